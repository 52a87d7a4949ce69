"""Long runs and logins: what expires midway pauses the run for whoever sits there, and ends it with a way on for whoever does not."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.aws.account import ACCOUNT_ID, KEY, NOVA, SECRET, account, profile_text, shell_at
from tests.aws.terminal import at_terminal
from tests.cli.shell import MEASURED, Shell, clean_environment

EXPIRES = """
[[faults]]
kind = "error"
request = [6, 7, 8]
error = "ExpiredTokenException"
"""
PLAN = (
    "compare",
    NOVA,
    "--cycles",
    "6",
    "--prompts",
    "cicd,blockchain",
    "--warmup",
    "0",
    "--stopping",
    "limits",
    "--max-tokens",
    "50",
)
QUIETLY = (*PLAN, "--skip-doctor")
CODE = "123456"

STS = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>{key}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey><SessionToken>token</SessionToken>
<Expiration>{until}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""


def test_an_expired_login_pauses_the_run_of_who_sits_there(tmp_path: Path) -> None:
    """It says what to do, looks whether it was done, and goes on to the end of the plan by itself."""
    with account(tmp_path, profile_text() + EXPIRES) as running:
        user = shell_at(tmp_path, running)
        with at_terminal(tmp_path, user.environment, *QUIETLY) as terminal:
            terminal.sees("have expired")
            terminal.sees("Paused. Renew the login")
            terminal.sees("the run goes on")
            assert terminal.process.wait(60) in MEASURED, terminal.text
    records = user.records()
    assert sum(record.outcome == "ok" for record in records) == 12 - 3
    assert {record.failure.code for record in records if record.failure} == {"ExpiredTokenException"}
    assert len(list(user.run.path.glob("records-*.jsonl"))) == 2


def test_who_has_enough_of_the_pause_goes_on_later(tmp_path: Path) -> None:
    """Ctrl-C ends it; what was measured is kept, and --resume measures the rest."""
    with account(tmp_path, profile_text() + EXPIRES) as running:
        user = shell_at(tmp_path, running)
        with at_terminal(tmp_path, user.environment, *QUIETLY) as terminal:
            terminal.sees("Paused. Renew the login")
            terminal.process.send_signal(signal.SIGINT)
            assert terminal.process.wait(60) == 3, terminal.text
        before = len(user.records())
        assert before >= 5
        user.inside("compare", "--resume", str(user.run.path), "--json", code=MEASURED)
        assert len(user.records()) > before


def test_nobody_there_to_log_in_again(tmp_path: Path) -> None:
    """Without a terminal the run ends at once with exit code 3, the reason and the command that goes on."""
    with account(tmp_path, profile_text() + EXPIRES) as running:
        user = shell_at(tmp_path, running)
        done = user(*QUIETLY, code=3)
    assert "have expired" in done.err
    assert "--resume" in done.err
    assert len([record for record in user.records() if record.outcome == "ok"]) == 5


class _TokenService(BaseHTTPRequestHandler):
    """Gives keys for the right code."""

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        until = f"{datetime.now(UTC) + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
        right = f"TokenCode={CODE}" in asked
        body = (
            STS.format(key=KEY, secret=SECRET, until=until)
            if right
            else (
                "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>"
                "<Message>MultiFactorAuthentication failed with invalid MFA one time pass code.</Message></Error></ErrorResponse>"
            )
        )
        self.send_response(200 if right else 403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def token_service() -> Iterator[str]:
    """Its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _TokenService)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def careful(folder: Path, url: str, token_service: str) -> Shell:
    """Who may take on a role only with a code."""
    config = folder / "aws-config"
    config.write_text(
        f"[profile base]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"
        f"[profile careful]\nrole_arn = arn:aws:iam::{ACCOUNT_ID}:role/measuring\nsource_profile = base\n"
        f"mfa_serial = arn:aws:iam::{ACCOUNT_ID}:mfa/me\nregion = us-east-1\n"
    )
    own = {
        "AWS_CONFIG_FILE": str(config),
        "AWS_ENDPOINT_URL_STS": token_service,
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": url,
    }
    return Shell(folder=folder, environment=clean_environment(folder) | own)


@pytest.mark.parametrize(("typed", "code"), [(CODE, MEASURED), ("000000", (3,))])
def test_a_role_that_wants_a_code(tmp_path: Path, token_service: str, typed: str, code: tuple[int, ...]) -> None:
    """It is asked for at the terminal, not shown, kept nowhere; a wrong one is told in the words of AWS."""
    with account(tmp_path, profile_text()) as running:
        user = careful(tmp_path, running.url, token_service)
        words = (*QUIETLY[:1], f"{NOVA},profile=careful", *QUIETLY[2:])
        with at_terminal(tmp_path, user.environment, *words) as terminal:
            terminal.sees("MFA: ")
            terminal.types(typed)
            assert terminal.process.wait(60) in code, terminal.text
    assert typed not in terminal.text
    if typed == CODE:
        names = ("manifest.json", "events.jsonl")
        assert all(CODE not in (user.run.path / name).read_text("utf-8") for name in names)
    else:
        assert "invalid MFA one time pass code" in terminal.text


def test_doctor_asks_for_the_code_too(tmp_path: Path, token_service: str) -> None:
    """Once, for the way to the service and for all that it asks the account."""
    with account(tmp_path, profile_text()) as running:
        user = careful(tmp_path, running.url, token_service)
        del user.environment["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"]
        own = user.environment | {"AWS_ENDPOINT_URL": running.url}
        with at_terminal(tmp_path, own, "doctor", f"{NOVA},profile=careful", "--max-tokens", "9") as terminal:
            terminal.sees("MFA: ")
            terminal.types(CODE)
            assert terminal.process.wait(60) == 0, terminal.text
    assert terminal.text.count("MFA: ") == 1


def test_a_code_that_nobody_can_type(tmp_path: Path, token_service: str) -> None:
    """Without a terminal: exit code 3 and how to get keys beforehand."""
    with account(tmp_path, profile_text()) as running:
        user = careful(tmp_path, running.url, token_service)
        done = user.inside(*QUIETLY[:1], f"{NOVA},profile=careful", *QUIETLY[2:], code=3)
    assert "export-credentials" in done.err
