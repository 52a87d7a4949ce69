"""What the check of signatures promises: whatever botocore signs is accepted, whatever is changed afterwards is not."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from hayai.clock import wall_ns
from hayai.sim.refusals import Refusal
from hayai.sim.signature import check_signature
from hayai.wire.http1 import Request
from tests.sim.raw import HAIKU

KEYS = {"AKIDEXAMPLE": "a secret of the tests"}


def signed(path: str, headers: dict[str, str], body: bytes, *, service: str = "bedrock") -> Request:
    """A request as botocore signs it, as it comes off the wire."""
    request = AWSRequest(
        "POST", f"http://127.0.0.1:8000{path}", headers={"Host": "127.0.0.1:8000", **headers}, data=body
    )
    SigV4Auth(Credentials("AKIDEXAMPLE", KEYS["AKIDEXAMPLE"]), service, "us-west-2").add_auth(request)
    return Request(
        "POST", path, tuple((name, str(value)) for name, value in request.headers.items()), body, keep_alive=True
    )


def check(request: Request, *, late_s: int = 0) -> None:
    """Check it as the server does, on a clock that is `late_s` ahead."""
    headers = {name.lower(): value for name, value in request.headers}
    check_signature(request, headers, KEYS, wall_ns=wall_ns() + late_s * 10**9)


def refusal(request: Request, *, late_s: int = 0) -> str:
    """The name of the error."""
    with pytest.raises(Refusal) as raised:
        check(request, late_s=late_s)
    assert raised.value.status == 403
    return raised.value.name


VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30)
NAMES = st.from_regex(r"x-amzn-[a-z0-9]{1,12}", fullmatch=True)
MODELS = st.text(st.characters(min_codepoint=33, max_codepoint=0x3FF), min_size=1, max_size=40)


@given(MODELS, st.dictionaries(NAMES, VALUES, max_size=4), st.binary(max_size=200), st.booleans())
def test_what_botocore_signs_is_accepted(model: str, headers: dict[str, str], body: bytes, colons: bool) -> None:
    """Any model id encoded as boto3 does or with its colons left alone, any headers, any body."""
    path = f"/model/{quote(model, safe=':' if colons else '')}/converse"
    check(signed(path, headers, body))


@given(st.sampled_from(["method", "path", "header", "body", "signature"]))
def test_what_is_changed_afterwards_is_refused(part: str) -> None:
    """Each signed part is covered by the signature."""
    good = signed(f"/model/{quote(HAIKU, safe='')}/converse", {"x-amzn-bedrock-trace": "ENABLED"}, b'{"a":1}')
    check(good)

    def headers(name: str, old: str, new: str) -> tuple[tuple[str, str], ...]:
        return tuple((key, value.replace(old, new) if key == name else value) for key, value in good.headers)

    def but(method: str = "POST", path: str = good.raw_path, body: bytes = good.body) -> Request:
        return Request(method, path, good.headers, body, keep_alive=True)

    changed = {
        "method": but(method="PUT"),
        "path": but(path=good.raw_path.replace("converse", "invoke")),
        "body": but(body=b'{"a":2}'),
        "header": Request(
            "POST", good.raw_path, headers("x-amzn-bedrock-trace", "ENABLED", "DISABLED"), good.body, True
        ),
        "signature": Request(
            "POST", good.raw_path, headers("Authorization", "Signature=", "Signature=0"), good.body, True
        ),
    }
    assert refusal(changed[part]) == "InvalidSignatureException"


def test_dates_count() -> None:
    """Five minutes either way are allowed, more is not."""
    request = signed("/model/x/converse", {}, b"{}")
    check(request, late_s=290)
    check(request, late_s=-290)
    assert refusal(request, late_s=310) == "InvalidSignatureException"
    assert refusal(request, late_s=-310) == "InvalidSignatureException"


def test_other_services_and_nobody() -> None:
    """A signature for another service, none at all, one in a form of its own."""
    assert refusal(signed("/model/x/converse", {}, b"{}", service="s3")) == "InvalidSignatureException"
    assert (
        refusal(Request("POST", "/model/x/converse", (), b"", keep_alive=True)) == "MissingAuthenticationTokenException"
    )
    basic = (("Authorization", "Basic abc"),)
    assert refusal(Request("POST", "/model/x/converse", basic, b"", keep_alive=True)) == "InvalidSignatureException"


@pytest.mark.parametrize("stamp", ["", "yesterday", "20260230T000000Z"])
def test_dates_that_are_none(stamp: str) -> None:
    """A date that cannot be read is refused like a wrong one."""
    day = f"{datetime.now(tz=UTC):%Y%m%d}"
    scope = f"AKIDEXAMPLE/{day}/us-west-2/bedrock/aws4_request"
    told = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature={'0' * 64}"
    request = Request(
        "POST", "/", (("Authorization", told), ("x-amz-date", stamp), ("Host", "x")), b"", keep_alive=True
    )
    assert refusal(request) == "InvalidSignatureException"


@pytest.mark.parametrize("key", ["", "wrong", "b\u00fccher"])
def test_api_keys_that_are_not_known(key: str) -> None:
    """Also where no API key is accepted at all."""
    assert (
        refusal(Request("POST", "/", (("Authorization", f"Bearer {key}"),), b"", keep_alive=True))
        == "UnrecognizedClientException"
    )
