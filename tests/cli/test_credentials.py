"""Whatever door the keys come through, a whole run is signed with them, and none of them is left behind."""

from __future__ import annotations

import hashlib
import json
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from hayai.sim.process import Running, serve_in_process
from tests.cli.shell import NOVA, Shell, clean_environment

ACCESS_KEY, SECRET, TOKEN = "ASIAIOSFODNN7EXAMPLE", "notSoSecretButLongEnoughToBeOne", "sessionTokenOfAWholeRun"
LOGIN = "accessTokenOfALogin"
ROLE = "arn:aws:iam::123456789012:role/measuring"
LASTS = timedelta(hours=1)

STS = """<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result><Credentials>
<AccessKeyId>{key}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey><SessionToken>{token}</SessionToken>
<Expiration>{until}</Expiration></Credentials></{action}Result></{action}Response>"""


class _Identity(BaseHTTPRequestHandler):
    """What hands out keys in AWS: the token service, the login portal, the instance and the container. All give the same ones."""

    def do_GET(self) -> None:
        until = datetime.now(UTC) + LASTS
        keys = {"AccessKeyId": ACCESS_KEY, "SecretAccessKey": SECRET, "Token": TOKEN}
        match self.path.partition("?")[0]:
            case "/keys":
                self._answer(json.dumps({**keys, "Expiration": f"{until:%Y-%m-%dT%H:%M:%SZ}"}))
            case "/federation/credentials" if self.headers["x-amz-sso_bearer_token"] == LOGIN:
                told = {"accessKeyId": ACCESS_KEY, "secretAccessKey": SECRET, "sessionToken": TOKEN}
                self._answer(json.dumps({"roleCredentials": {**told, "expiration": int(until.timestamp() * 1000)}}))
            case "/latest/meta-data/iam/security-credentials/" if self.headers["x-aws-ec2-metadata-token"] == LOGIN:
                self._answer("measuring")
            case "/latest/meta-data/iam/security-credentials/measuring":
                told = {**keys, "Code": "Success", "Type": "AWS-HMAC", "LastUpdated": "2026-11-24T00:00:00Z"}
                self._answer(json.dumps({**told, "Expiration": f"{until:%Y-%m-%dT%H:%M:%SZ}"}))
            case _:
                self.send_error(404)

    def do_PUT(self) -> None:
        self._answer(LOGIN)

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        action = "AssumeRoleWithWebIdentity" if f"WebIdentityToken={LOGIN}" in asked else "AssumeRole"
        until = f"{datetime.now(UTC) + LASTS:%Y-%m-%dT%H:%M:%SZ}"
        self._answer(STS.format(action=action, key=ACCESS_KEY, secret=SECRET, token=TOKEN, until=until))

    def _answer(self, body: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def identity() -> Iterator[str]:
    """Address of the service that hands out keys."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Identity)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def strict_sim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service over TLS that accepts only what was signed with these keys."""
    environment = clean_environment(tmp_path_factory.getbasetemp())
    environment |= {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
    options = ["--speed", "200", "--tls", "--check-signatures"]
    with serve_in_process("steady", options=options, environment=environment) as sim:
        yield sim


SSO = "sso_session = office\nsso_account_id = 123456789012\nsso_role_name = r\n"
SSO_SESSION = "[sso-session office]\nsso_start_url = https://hayai.example/start\nsso_region = us-east-1\n"
BASE_KEYS = "[profile base]\naws_access_key_id = AKIABASE\naws_secret_access_key = base\n"


def doors(folder: Path, identity: str) -> dict[str, tuple[str, dict[str, str]]]:
    """By botocore's name of the door: what stands in the configuration file, and in the environment."""
    (folder / "token").write_text(LOGIN)
    (folder / "print.py").write_text(
        f"import json; print(json.dumps(dict(Version=1, AccessKeyId={ACCESS_KEY!r}, "
        f"SecretAccessKey={SECRET!r}, SessionToken={TOKEN!r})))"
    )
    return {
        "custom-process": (f"[default]\ncredential_process = {sys.executable} {folder / 'print.py'}\n", {}),
        "sso": (f"[default]\n{SSO}{SSO_SESSION}", {"AWS_ENDPOINT_URL_SSO": identity}),
        "assume-role": (
            f"[default]\nrole_arn = {ROLE}\nsource_profile = base\n{BASE_KEYS}",
            {"AWS_ENDPOINT_URL_STS": identity},
        ),
        "assume-role-with-web-identity": (
            "",
            {
                "AWS_WEB_IDENTITY_TOKEN_FILE": str(folder / "token"),
                "AWS_ROLE_ARN": ROLE,
                "AWS_ENDPOINT_URL_STS": identity,
            },
        ),
        "container-role": ("", {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{identity}/keys"}),
        "iam-role": (
            "",
            {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": f"{identity}/"},
        ),
    }


@pytest.mark.parametrize(
    "door",
    ["custom-process", "sso", "assume-role", "assume-role-with-web-identity", "container-role", "iam-role"],
)
def test_a_run_with_keys_from_every_door(shell: Shell, strict_sim: Running, identity: str, door: str) -> None:
    """A login, a role, a web identity, a container, an instance, a program: the service accepts each request."""
    config, surroundings = doors(shell.folder, identity)[door]
    (shell.folder / "no-config").write_text(config)
    cache = shell.folder / ".aws/sso/cache"
    cache.mkdir(parents=True)
    login = {"accessToken": LOGIN, "expiresAt": f"{datetime.now(UTC) + LASTS:%Y-%m-%dT%H:%M:%SZ}"}
    (cache / f"{hashlib.sha1(b'office').hexdigest()}.json").write_text(json.dumps(login))  # noqa: S324  botocore's name for it.
    (shell.folder / "one.txt").write_text("What is a mutex?")
    environment = {**surroundings, "HOME": str(shell.folder), "AWS_CA_BUNDLE": str(strict_sim.authority)}
    words = ("--endpoint", strict_sim.url, "--region", "us-east-1", "--suite", "one.txt", "--cycles", "1")
    done = shell.inside("compare", NOVA, *words, "--json", environment=environment, code=0)
    assert f"credentials: {door})" in done.err
    assert [record.outcome for record in shell.records()] == ["ok"]
    kept = [path.read_text() for path in shell.folder.glob("runs/**/*") if path.is_file()]
    for secret in (SECRET, TOKEN, LOGIN):
        assert not any(secret in text for text in (*kept, done.err, done.out))
