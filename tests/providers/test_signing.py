"""hayai's signature is boto3's, for everything that can stand in a request."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hayai.measure.net.credentials import AwsAccess, open_session
from hayai.measure.providers.contract import HttpRequest
from tests.providers import boto

PLACES = ["us-east-2", "us-gov-west-1"]


@pytest.fixture
def access(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AwsAccess:
    """An access with the keys that boto3 gets too, at a stopped clock."""
    boto.without_aws_settings(monkeypatch, tmp_path)
    boto.stop_the_clock(monkeypatch)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", boto.ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", boto.SECRET_KEY)
    monkeypatch.setenv("AWS_SESSION_TOKEN", boto.SESSION_TOKEN)
    return open_session(profile=None, region="us-east-2", signing_region=None, endpoint=None)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=60),
    st.binary(max_size=60),
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=20),
)
@example("us.amazon.nova-pro-v1:0", "京都".encode(), "two  spaces")
@example("arn:aws:bedrock:us-east-2:123456789012:application-inference-profile/a1b2", b"{}", "")
@example("a/../b", b"", "~-._'()*!")
@example("%3A+ &=?#".replace(" ", "_"), b"\x00\xff", "a,b")
def test_the_signature_is_boto3s(access: AwsAccess, model: str, body: bytes, value: str) -> None:
    """Any id, any body, any further header: all that is signed is equal, and so is the signature."""
    extra = {"X-Extra": value.strip()}
    theirs = boto.boto3_sends(
        "invoke_model", modelId=model, body=body, contentType="application/json", extra_headers=extra
    )
    ours = HttpRequest(
        method="POST",
        path=f"/model/{quote(model, safe='-._~')}/invoke",
        headers=(("Content-Type", "application/json"), *extra.items()),
        body=body,
    )
    assert ours.path == theirs.path
    signed = {name.lower(): value for name, value in access.signer.sign(ours)}
    assert signed == {name: theirs.headers[name] for name in ("authorization", "x-amz-date", "x-amz-security-token")}


def test_the_signing_region_may_differ(access: AwsAccess) -> None:
    """A VPC endpoint is signed for its own Region; the host is part of what is signed."""
    request = HttpRequest(method="POST", path="/model/m/converse", headers=(), body=b"{}")
    other = open_session(
        profile=None, region="us-east-2", signing_region="us-west-2", endpoint="https://vpce.example.com/base"
    )
    here, there = dict(access.signer.sign(request)), dict(other.signer.sign(request))
    assert "/us-east-2/bedrock/aws4_request" in here["Authorization"]
    assert "/us-west-2/bedrock/aws4_request" in there["Authorization"]
    assert "SignedHeaders=host;x-amz-date;x-amz-security-token" in there["Authorization"]


def test_what_was_set_is_not_given_back(access: AwsAccess) -> None:
    """Only what must be added comes out, so that no header goes out twice."""
    request = HttpRequest(method="POST", path="/", headers=(("Content-Type", "a/b"), ("X-One", "1")), body=b"")
    assert {name for name, _ in access.signer.sign(request)} == {"Authorization", "X-Amz-Date", "X-Amz-Security-Token"}
