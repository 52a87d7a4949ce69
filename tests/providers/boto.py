"""What would boto3 send? The request it has prepared and signed, caught right before it would leave."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.auth
import pytest
from botocore.config import Config

INSTANT = dt.datetime(2026, 11, 22, 12, 36, 5, tzinfo=dt.UTC)
ACCESS_KEY = "AKIDEXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
SESSION_TOKEN = "FwoGZXIvYXdzEXAMPLE//token=="


class _CaughtError(Exception):
    """Raised in place of sending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """A request as it would have left."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """As it stands in the request line."""
        return urlsplit(self.url).path

    @property
    def signed(self) -> list[str]:
        """Names of the headers under the signature."""
        return self.headers["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")


def stop_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every signature of this test is made at `INSTANT`."""
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: INSTANT)


def without_aws_settings(monkeypatch: pytest.MonkeyPatch, folder: Any) -> None:
    """Nothing of the machine's own AWS configuration is seen, and the instance service is not asked."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(folder))


def boto3_sends(
    call: str, *, region: str = "us-east-2", extra_headers: dict[str, str] | None = None, **arguments: Any
) -> Caught:
    """What boto3's `call` would send with the credentials above. `extra_headers` are added before it signs."""
    client = _client(region)
    caught: list[Caught] = []

    def add_headers(request: Any, **_: Any) -> None:
        for name, value in (extra_headers or {}).items():
            request.headers[name] = value

    def catch(request: Any, **_: Any) -> None:
        headers = {
            name.lower(): value.decode() if isinstance(value, bytes) else str(value)
            for name, value in request.headers.items()
        }
        body = request.body or b""
        caught.append(Caught(method=request.method, url=request.url, headers=headers, body=body))
        raise _CaughtError

    events = client.meta.events
    events.register_first("before-sign.bedrock-runtime", add_headers)
    events.register("before-send.bedrock-runtime", catch)
    try:
        with pytest.raises(_CaughtError):
            getattr(client, call)(**arguments)
    finally:
        events.unregister("before-sign.bedrock-runtime", add_headers)
        events.unregister("before-send.bedrock-runtime", catch)
    return caught[0]


@cache
def _client(region: str) -> Any:
    session = boto3.session.Session(
        aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY, aws_session_token=SESSION_TOKEN
    )
    return session.client("bedrock-runtime", region_name=region, config=Config(retries={"total_max_attempts": 1}))
