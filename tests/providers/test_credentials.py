"""Region, endpoint and credentials come from where the user put them; what is broken is told once, clearly and without secrets."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest

from hayai.errors import AccessError, HayaiError, UsageError
from hayai.measure.net.credentials import AwsAccess, open_session
from hayai.measure.providers.address import host_header
from hayai.measure.providers.contract import HttpRequest
from hayai.show.locales import LANGUAGES, texts_in
from tests.providers import boto

LOCAL = "http://127.0.0.1:8000"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
REQUEST = HttpRequest(
    method="POST", path="/model/m%3A0/converse", headers=(("Content-Type", "application/json"),), body=b"{}"
)


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A machine without any AWS settings; its configuration files would lie in this folder."""
    boto.without_aws_settings(monkeypatch, tmp_path)
    yield tmp_path
    logging.getLogger("botocore").setLevel(logging.NOTSET)


def opened(
    *,
    profile: str | None = None,
    region: str | None = None,
    signing_region: str | None = None,
    endpoint: str | None = None,
) -> AwsAccess:
    """A session, with what the test says and nothing else."""
    return open_session(profile=profile, region=region, signing_region=signing_region, endpoint=endpoint)


def keys_in_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plainest credentials there are."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)


def refused(**said: str) -> tuple[str, str, HayaiError]:
    """(place, key, error) of the one thing that is told; it can be said in both languages and holds no secret."""
    with pytest.raises(HayaiError) as caught:
        opened(**said)
    error = caught.value
    place, key, values = "", error.key, error.values
    if isinstance(error, UsageError):
        (problem,) = error.problems
        place, key, values = problem.place, problem.key, problem.values
    for language in LANGUAGES:
        assert SECRET not in texts_in(language)(key, **values)
    assert SECRET not in repr(error) + str(error)
    # Nothing of botocore's hangs on to it: an exception may hold what a credential process printed.
    assert error.__cause__ is None
    assert error.__context__ is None
    return place, key.removeprefix("providers."), error


# Region


def test_the_region_is_the_first_one_that_was_said(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Option, AWS_REGION, AWS_DEFAULT_REGION, profile."""
    keys_in_environment(monkeypatch)
    (folder / "config").write_text("[default]\nregion = eu-west-1\n[profile work]\nregion = eu-west-2\n")
    assert opened().region == "eu-west-1"
    monkeypatch.setenv("AWS_PROFILE", "work")
    assert opened().region == "eu-west-2"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-1")
    assert opened().region == "us-west-1"
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    assert opened().region == "us-west-2"
    access = opened(region="us-east-2")
    assert (access.region, access.signing_region) == ("us-east-2", "us-east-2")
    assert opened(region="us-east-2", signing_region="us-east-1").signing_region == "us-east-1"


@pytest.mark.parametrize(
    "region", ["US-EAST-1", "us east 1", "us_east_1", "us-east-1.evil.example", "東京", "us-east-1\n"]
)
def test_what_is_no_region_is_told(monkeypatch: pytest.MonkeyPatch, region: str) -> None:
    """It would become part of a host name."""
    keys_in_environment(monkeypatch)
    assert refused(region=region)[:2] == ("region", "region_invalid")
    assert refused(region="us-east-1", signing_region=region)[:2] == ("region", "region_invalid")


def test_no_region_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Except on this machine, where it only stands in the signature."""
    keys_in_environment(monkeypatch)
    assert refused()[:2] == ("region", "region_missing")
    assert refused(endpoint="https://vpce.example.com")[:2] == ("region", "region_missing")
    assert opened(endpoint=LOCAL).region == "us-east-1"


# Endpoint

CONFIG = """
[default]
services = local
endpoint_url = https://profile.example.com

[services local]
bedrock_runtime =
  endpoint_url = https://services.example.com/path/
"""


def same_as_boto3(access: AwsAccess) -> bool:
    """Whether boto3 would call the same address, asked with the Region hayai found."""
    client = boto3.session.Session().client("bedrock-runtime", region_name=access.region)
    return bool(client.meta.endpoint_url.rstrip("/") == access.endpoint_url)


def test_the_endpoint_is_the_first_one_that_was_said(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Option, the service's variable, the general variable, the services section, the profile; as boto3 finds it."""
    keys_in_environment(monkeypatch)
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    (folder / "config").write_text("[default]\nendpoint_url = https://profile.example.com\n")
    assert opened().endpoint_url == "https://profile.example.com"
    (folder / "config").write_text(CONFIG)
    access = opened()
    assert (access.endpoint_url, urlsplit(access.endpoint_url).path) == ("https://services.example.com/path", "/path")
    assert same_as_boto3(access)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://general.example.com")
    assert opened().endpoint_url == "https://general.example.com"
    assert same_as_boto3(opened())
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "https://own.example.com")
    assert opened().endpoint_url == "https://own.example.com"
    assert same_as_boto3(opened())
    assert opened(endpoint="https://option.example.com").endpoint_url == "https://option.example.com"
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    assert opened().endpoint_url == "https://bedrock-runtime.us-west-2.amazonaws.com"
    assert same_as_boto3(opened())
    assert opened(endpoint="https://option.example.com").endpoint_url == "https://option.example.com"


@pytest.mark.parametrize("region", ["us-east-1", "us-gov-west-1", "cn-north-1", "eusc-de-east-1"])
@pytest.mark.parametrize("fips", ["", "true"])
@pytest.mark.parametrize("dual", ["", "true"])
def test_without_any_the_rules_of_aws_decide(
    monkeypatch: pytest.MonkeyPatch, region: str, fips: str, dual: str
) -> None:
    """Partitions, FIPS and dual-stack hosts are where boto3 calls them."""
    keys_in_environment(monkeypatch)
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", fips)
    monkeypatch.setenv("AWS_USE_DUALSTACK_ENDPOINT", dual)
    access = opened(region=region)
    assert access.endpoint_url.startswith("https://bedrock-runtime")
    assert ("-fips." in access.endpoint_url) == bool(fips)
    assert same_as_boto3(access)


def test_an_endpoint_that_cannot_be_is_told(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """With the place where it was written, and without the password that stands in it."""
    keys_in_environment(monkeypatch)
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    assert refused(endpoint="nonsense")[:2] == ("endpoint", "endpoint_url")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"https://me:{SECRET}@example.com")
    assert refused()[:2] == ("AWS_ENDPOINT_URL", "endpoint_secret")
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    (folder / "config").write_text("[default]\nservices = nowhere\n")
    assert refused()[:2] == ("profile", "services_missing")
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    assert refused(endpoint="https://vpce.example.com")[:2] == ("endpoint", "endpoint_fips")
    assert opened(endpoint=LOCAL).endpoint_url == LOCAL
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    monkeypatch.setenv("AWS_USE_DUALSTACK_ENDPOINT", "true")
    assert refused(region="eu-isoe-west-1")[:2] == ("endpoint", "endpoint_variant")


# Credentials


def test_keys_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signed with them, and the place is named."""
    keys_in_environment(monkeypatch)
    access = opened(region="us-east-1")
    headers = dict(access.signer.sign(REQUEST))
    assert access.credentials_source == "env"
    assert headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert set(headers) == {"Authorization", "X-Amz-Date"}
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    assert dict(opened(region="us-east-1").signer.sign(REQUEST))["X-Amz-Security-Token"] == "token"


def test_keys_of_a_profile(folder: Path) -> None:
    """From either of the two files; with Unicode in the path of the home folder or not."""
    (folder / "credentials").write_text(f"[work]\naws_access_key_id = AKIDWORK\naws_secret_access_key = {SECRET}\n")
    access = opened(region="us-east-1", profile="work")
    assert access.credentials_source == "shared-credentials-file"
    assert "AKIDWORK" in dict(access.signer.sign(REQUEST))["Authorization"]


def test_a_named_profile_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """As in boto3: who names a profile means it."""
    keys_in_environment(monkeypatch)
    (folder / "credentials").write_text(f"[work]\naws_access_key_id = AKIDWORK\naws_secret_access_key = {SECRET}\n")
    assert "AKIDWORK" in dict(opened(region="us-east-1", profile="work").signer.sign(REQUEST))["Authorization"]


def process_profile(folder: Path, script: str) -> None:
    """A profile whose credentials a program prints."""
    (folder / "print.py").write_text(script)
    (folder / "config").write_text(f"[default]\ncredential_process = {sys.executable} {folder / 'print.py'}\n")


def printed(access_key: str, lasts: timedelta | None) -> str:
    """What a credential process prints."""
    told = {"Version": 1, "AccessKeyId": access_key, "SecretAccessKey": SECRET, "SessionToken": "token"}
    if lasts is not None:
        told["Expiration"] = (datetime.now(UTC) + lasts).isoformat()
    return json.dumps(told)


def test_keys_that_a_program_prints(folder: Path) -> None:
    """credential_process."""
    process_profile(folder, f"print('''{printed('AKIDPRINTED', None)}''')")
    access = opened(region="us-east-1")
    assert access.credentials_source == "custom-process"
    assert "AKIDPRINTED" in dict(access.signer.sign(REQUEST))["Authorization"]


@pytest.mark.parametrize(
    ("script", "key"),
    [
        (f"import sys; print('boom SecretAccessKey={SECRET}', file=sys.stderr); sys.exit(3)", "process_failed"),
        ("print('{\"Version\": 2}')", "process_failed"),
        ("print('{\"Version\": 1}')", "process_failed"),
        (f"print('not JSON {SECRET}')", "not_json"),
        ("print('[]')", "failed"),
    ],
)
def test_a_program_that_prints_no_keys_is_told(folder: Path, script: str, key: str) -> None:
    """With what it said, except what it should not have said."""
    process_profile(folder, script)
    _, told, error = refused(region="us-east-1")
    assert told == f"credentials.{key}"
    assert isinstance(error, AccessError)


def test_a_program_that_is_not_there_is_told(folder: Path) -> None:
    """Its name is in the message."""
    (folder / "config").write_text("[default]\ncredential_process = /no/such/program\n")
    _, told, error = refused(region="us-east-1")
    assert told == "credentials.program_missing"
    assert "/no/such/program" in str(error.values["reason"])


SSO = "sso_start_url = https://hayai.example/start\nsso_region = us-east-1"
SSO_PROFILE = "[default]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = r\n"
KEYS = f"[profile k]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = {SECRET}\n"
BROKEN: list[tuple[dict[str, str], str, str, str]] = [
    # (environment, config file, profile, what is told)
    ({}, "", "", "credentials.none"),
    ({"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE"}, "", "", "credentials.partial"),
    ({}, "[default]\naws_access_key_id = AKIDEXAMPLE\n", "", "credentials.partial"),
    ({}, "[default]\nregion", "", "config_unreadable"),
    ({}, "[default]\n", "missing", "profile_missing"),
    ({"AWS_PROFILE": "missing"}, "[default]\n", "", "profile_missing"),
    (
        {},
        f"[default]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = k\nmfa_serial = m\n{KEYS}",
        "",
        "credentials.mfa",
    ),
    ({}, "[default]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = no\n", "", "credentials.config"),
    ({}, "[default]\nrole_arn = arn:aws:iam::123456789012:role/r\ncredential_source = X\n", "", "credentials.config"),
    ({}, f"[default]\n{SSO}\nsso_account_id = 123456789012\nsso_role_name = r\n", "", "credentials.sso_expired"),
    ({}, f"{SSO_PROFILE}[sso-session s]\n{SSO}\n", "", "credentials.sso_expired"),
    (
        {"AWS_WEB_IDENTITY_TOKEN_FILE": "/no/such/token", "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/r"},
        "",
        "",
        "credentials.program_missing",
    ),
]


@pytest.mark.parametrize(("environment", "config", "profile", "key"), BROKEN)
def test_broken_credentials_are_told(
    monkeypatch: pytest.MonkeyPatch, folder: Path, *, environment: dict[str, str], config: str, profile: str, key: str
) -> None:
    """One message each, in place of botocore's dozen kinds of exceptions."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    (folder / "config").write_text(config)
    _, told, error = refused(region="us-east-1", **({"profile": profile} if profile else {}))
    assert told == key
    assert "123456789012" not in str(error)


# An API key in place of credentials


def test_an_api_key_wins_over_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """As botocore decides; nobody looks for credentials then."""
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", SECRET)
    access = opened(region="us-east-1")
    assert access.signer.sign(REQUEST) == (("Authorization", f"Bearer {SECRET}"),)
    assert access.credentials_source == "env (API key)"
    access.signer.refresh()
    assert SECRET not in repr(access)


def test_an_api_key_does_not_travel_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain http only to this machine."""
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", SECRET)
    assert refused(region="us-east-1", endpoint="http://example.com")[:2] == ("endpoint", "bearer_needs_https")
    assert dict(opened(endpoint=LOCAL).signer.sign(REQUEST))["Authorization"] == f"Bearer {SECRET}"


# This machine's own services


def test_a_local_service_needs_no_credentials() -> None:
    """A simulator is asked unsigned where nobody has credentials, and that is said."""
    access = opened(endpoint=LOCAL)
    assert access.credentials_source == "none (local endpoint)"
    assert access.signer.sign(REQUEST) == ()
    access.signer.refresh()
    assert refused(region="us-east-1", endpoint="https://example.com")[1] == "credentials.none"


def test_for_a_local_service_only_keys_at_hand_are_looked_for(folder: Path) -> None:
    """No program runs and no login is in the way of a simulator, unless a profile is named."""
    marker = folder / "ran"
    process_profile(folder, f"open({str(marker)!r}, 'w'); print('''{printed('AKIDPRINTED', None)}''')")
    assert opened(endpoint=LOCAL).credentials_source == "none (local endpoint)"
    assert not marker.exists()
    assert opened(endpoint=LOCAL, profile="default").credentials_source == "custom-process"
    assert marker.exists()
    (folder / "config").write_text(f"[default]\naws_access_key_id = AKIDLOCAL\naws_secret_access_key = {SECRET}\n")
    assert opened(endpoint=LOCAL).credentials_source == "config-file"


@pytest.mark.parametrize(
    ("endpoint", "host", "prefix"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8000", ""),
        ("http://LocalHost:80/", "localhost", ""),
        ("https://[::1]:8443/a/b/", "[::1]:8443", "/a/b"),
        ("https://localhost:443", "localhost", ""),
        ("http://sim.localhost", "sim.localhost", ""),
    ],
)
def test_host_and_path_of_an_endpoint(endpoint: str, host: str, prefix: str) -> None:
    """As they are signed, so as they must be sent."""
    access = opened(endpoint=endpoint)
    assert (host_header(access.endpoint_url), urlsplit(access.endpoint_url).path) == (host, prefix)
    assert access.credentials_source == "none (local endpoint)"


# Renewal


def test_credentials_are_renewed_ahead_of_time(folder: Path) -> None:
    """A program that gives keys for two minutes is asked again at each refresh; signing never asks."""
    count = folder / "count"
    count.write_text("0")
    process_profile(
        folder,
        "import datetime, json, pathlib\n"
        f"count = pathlib.Path({str(count)!r}); number = int(count.read_text()) + 1; count.write_text(str(number))\n"
        "until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=2)\n"
        "print(json.dumps({'Version': 1, 'AccessKeyId': f'AKID{number}', 'SecretAccessKey': 's', 'SessionToken': 't',\n"
        "                  'Expiration': until.isoformat()}))\n",
    )
    access = opened(region="us-east-1")
    asked = count.read_text()
    first = dict(access.signer.sign(REQUEST))["Authorization"]
    assert f"AKID{asked}/" in first
    assert dict(access.signer.sign(REQUEST))["Authorization"].split("/")[0] == first.split("/")[0]
    assert count.read_text() == asked
    access.signer.refresh()
    assert int(count.read_text()) == int(asked) + 1
    assert f"AKID{count.read_text()}/" in dict(access.signer.sign(REQUEST))["Authorization"]


@pytest.mark.parametrize(("lasts", "told"), [(timedelta(minutes=5), False), (timedelta(seconds=80), True)])
def test_a_failing_renewal_is_told_when_nothing_else_is_left(folder: Path, lasts: timedelta, told: bool) -> None:
    """What was held goes on signing; only when it is about to end, too early for another try, is the failure told."""
    process_profile(folder, f"print('''{printed('AKIDFIRST', lasts)}''')")
    access = opened(region="us-east-1")
    (folder / "print.py").write_text("import sys; sys.exit('no more keys')")
    if told:
        with pytest.raises(AccessError) as error:
            access.signer.refresh()
        assert error.value.key == "providers.credentials.process_failed"
        assert "no more keys" in str(error.value.values["reason"])
    else:
        access.signer.refresh()
    assert "AKIDFIRST" in dict(access.signer.sign(REQUEST))["Authorization"]


class _KeyService(BaseHTTPRequestHandler):
    """Hands out numbered keys, as the container credential service does; or an error of the token service."""

    def do_GET(self) -> None:
        server: Any = self.server
        server.asked += 1
        until = datetime.now(UTC) + timedelta(minutes=2)
        told = {
            "AccessKeyId": f"AKID{server.asked}",
            "SecretAccessKey": SECRET,
            "Token": "token",
            "Expiration": until.isoformat(),
        }
        self._answer(200, json.dumps(told).encode())

    def do_POST(self) -> None:
        self._answer(
            403,
            b"<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: "
            b"arn:aws:iam::123456789012:user/me is not authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>",
        )

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def key_service() -> Iterator[HTTPServer]:
    """A local service that botocore can fetch keys from over a real socket."""
    server: Any = HTTPServer(("127.0.0.1", 0), _KeyService)
    server.asked = 0
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_keys_fetched_over_the_network_are_renewed(monkeypatch: pytest.MonkeyPatch, key_service: Any) -> None:
    """The container's credential service: asked at opening and at each refresh, never while signing."""
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"http://127.0.0.1:{key_service.server_port}/keys")
    access = opened(region="us-east-1")
    assert access.credentials_source == "container-role"
    asked = key_service.asked
    for _ in range(3):
        assert f"AKID{asked}/" in dict(access.signer.sign(REQUEST))["Authorization"]
    assert key_service.asked == asked
    access.signer.refresh()
    assert f"AKID{asked + 1}/" in dict(access.signer.sign(REQUEST))["Authorization"]


def test_a_refused_role_is_told(monkeypatch: pytest.MonkeyPatch, folder: Path, key_service: Any) -> None:
    """In AWS's words, without the account."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", f"http://127.0.0.1:{key_service.server_port}")
    (folder / "config").write_text(
        "[default]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = keys\n"
        f"[profile keys]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = {SECRET}\n"
    )
    _, told, error = refused(region="us-east-1")
    assert told == "credentials.role_refused"
    assert "sts:AssumeRole" in str(error.values["reason"])
    assert "123456789012" not in str(error)


def test_a_key_service_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """A role that cannot be assumed because nobody answers."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    (folder / "config").write_text(
        "[default]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = keys\n"
        f"[profile keys]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = {SECRET}\n"
    )
    assert refused(region="us-east-1")[1] == "credentials.unreachable"


# Secrets


def test_no_secret_is_logged_or_shown(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Not even when everything logs at DEBUG: botocore would write out what it signs, session token included."""
    keys_in_environment(monkeypatch)
    monkeypatch.setenv("AWS_SESSION_TOKEN", "SESSIONTOKENEXAMPLE")
    with caplog.at_level(logging.DEBUG):
        access = opened(region="us-east-1")
        access.signer.sign(REQUEST)
        access.signer.refresh()
    shown = caplog.text + repr(access) + repr(access.signer) + str(access)
    assert SECRET not in shown
    assert "SESSIONTOKENEXAMPLE" not in shown
    assert "AKIDEXAMPLE" not in repr(access)
