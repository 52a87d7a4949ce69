"""Behind company walls: proxies, their logins and refusals, companies' authorities, VPC endpoints, and the ways to credentials."""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.errors import TheirMistake, UsageError
from hayai.measure.net.proxy import is_exempt, proxy_for
from hayai.wire.http1 import encode_connect, read_connect_answer
from tests.aws.account import KEY, NOVA, SECRET, account, profile_text
from tests.aws.wall import Papers, papers, wall
from tests.cli.shell import MEASURED, Shell, clean_environment

SHORT = ("--cycles", "1", "--warmup", "0", "--prompts", "cicd,blockchain", "--stopping", "limits", "--max-tokens", "50")
RUNTIME = "bedrock-runtime.us-east-1.amazonaws.com"
LOGIN = "employee:hunter22"


@dataclass(frozen=True, kw_only=True)
class Aws:
    """All of AWS behind one port, and the papers it shows."""

    port: int
    papers: Papers


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """An account that answers under every name of AWS's, over TLS, to signed requests."""
    folder = tmp_path_factory.mktemp("aws")
    made = papers(folder)
    options = ("--certificate", str(made.certificate), "--key", str(made.key))
    with account(folder, profile_text(), options) as running:
        yield Aws(port=urlsplit(running.url).port or 0, papers=made)


def user(folder: Path, aws: Aws, **more: str) -> Shell:
    """Who has an account and a company, and names no address at all."""
    own = {"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
    environment = {**clean_environment(folder), **own, "AWS_CA_BUNDLE": str(aws.papers.authority), **more}
    return Shell(folder=folder, environment=environment)


def everything_in(folder: Path) -> str:
    """All text of all files of the runs there."""
    return "\n".join(
        path.read_bytes().decode("utf-8", "replace") for path in folder.glob("runs/**/*") if path.is_file()
    )


def test_everything_goes_through_the_proxy(tmp_path: Path, aws: Aws) -> None:
    """Model calls and questions to AWS's own addresses; the tunnel is timed apart; the login is in no file and in no word."""
    with wall(aws.port, login=LOGIN) as proxy:
        me = user(tmp_path, aws, HTTPS_PROXY=f"http://{LOGIN}@{proxy.address}")
        done = me("compare", NOVA, f"{NOVA},latency=optimized", *SHORT, code=MEASURED)
        asked = set(proxy.asked)
        told = me.inside("doctor", NOVA, *SHORT, "--json", code=0)
    assert f"CONNECT {RUNTIME}:443" in asked
    assert "CONNECT bedrock.us-east-1.amazonaws.com:443" in asked
    facts = [record.connection for record in me.records()]
    assert all(one is not None and one.tunnel_ns and one.tls_ns and one.peer == proxy.address for one in facts)
    report = json.loads(me.inside("report", "--json", code=0).out)
    assert "W118" in {caution["code"] for caution in report["cautions"]}
    assert f"Through a proxy ({proxy.address})" in done.err
    found = {check["topic"]: check for check in json.loads(told.out)["checks"]}
    assert found["network"]["code"] == "network.tunnel"
    assert found["proxy"]["values"]["proxy"] == proxy.address
    assert found["identity"]["state"] == "good"
    assert "hunter22" not in done.err + done.out + told.out + told.err + everything_in(tmp_path)
    shared = me.inside("report", "--share", "--json", code=0).out
    assert proxy.address.partition(":")[0] not in shared


def test_a_proxy_that_wants_a_login(tmp_path: Path, aws: Aws) -> None:
    """Without one, or with a wrong one: exit code 3 and how to give it; doctor says the same."""
    with wall(aws.port, login=LOGIN) as proxy:
        for address in (f"http://{proxy.address}", f"http://employee:wrong@{proxy.address}"):
            me = user(tmp_path, aws, HTTPS_PROXY=address)
            done = me.inside("compare", NOVA, *SHORT, "--skip-doctor", code=3)
            assert "asks for a login" in done.err
            assert "HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT" in done.err
            assert "wrong" not in done.err
        told = json.loads(me.inside("doctor", NOVA, *SHORT, "--json", code=3).out)
        assert any("asks for a login" in check["sentence"] or "407" in check["sentence"] for check in told["checks"])


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "403 Forbidden"),
        (b"", "closed the connection instead"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "does not speak HTTP"),
    ],
)
def test_a_proxy_that_opens_no_tunnel(tmp_path: Path, aws: Aws, answer: bytes, words: str) -> None:
    """Told with its own words, exit code 3, nothing measured."""
    with wall(aws.port, answer=answer) as proxy:
        me = user(tmp_path, aws, HTTPS_PROXY=f"http://{proxy.address}")
        done = me.inside("compare", NOVA, *SHORT, "--skip-doctor", code=3)
    assert words in done.err
    assert "NO_PROXY" in done.err


def test_addresses_kept_out_of_the_proxy(tmp_path: Path, aws: Aws) -> None:
    """NO_PROXY leads past it: a VPC endpoint with a private name is reached directly, signed for its own host."""
    with wall(aws.port, answer=b"HTTP/1.1 403 Forbidden\r\n\r\n") as proxy:
        me = user(tmp_path, aws, HTTPS_PROXY=f"http://{proxy.address}", NO_PROXY=".example,10.0.0.0/8")
        target = f"{NOVA},endpoint=https://bedrock.example:{aws.port}"
        done = me.inside("compare", target, *SHORT, "--skip-doctor", "--connect-timeout", "5s", code=3)
        assert not proxy.asked
    assert "bedrock.example" in done.err  # Its name is nobody's here: it was looked up directly.


def test_a_vpc_endpoint_is_signed_for_its_own_name(tmp_path: Path, aws: Aws) -> None:
    """Another host, the same account: the service checks the signature over the host that was called."""
    with wall(aws.port) as proxy:
        me = user(tmp_path, aws, HTTPS_PROXY=f"http://{proxy.address}")
        me.inside(
            "compare", f"{NOVA},endpoint=https://bedrock.example", *SHORT, "--skip-doctor", "--json", code=MEASURED
        )
        assert set(proxy.asked) == {"CONNECT bedrock.example:443"}


def test_a_company_authority_must_be_named(tmp_path: Path, aws: Aws) -> None:
    """A wall that opens TLS shows a certificate of its own: refused with what to do."""
    with wall(aws.port) as proxy:
        me = user(tmp_path, aws, HTTPS_PROXY=f"http://{proxy.address}")
        del me.environment["AWS_CA_BUNDLE"]
        done = me.inside("compare", NOVA, *SHORT, "--skip-doctor", code=3)
    assert "AWS_CA_BUNDLE" in done.err


def test_a_program_that_hands_out_credentials(tmp_path: Path, aws: Aws) -> None:
    """credential_process: its keys are used, and what it prints when it fails is told without secrets."""
    keys = {"Version": 1, "AccessKeyId": KEY, "SecretAccessKey": SECRET}
    program = tmp_path / "keys.py"
    program.write_text(f"#!{sys.executable}\nprint('''{json.dumps(keys)}''')\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    config = tmp_path / "aws-config"
    config.write_text(f"[profile work]\nregion = us-east-1\ncredential_process = {program}\n")
    with wall(aws.port) as proxy:
        me = user(tmp_path, aws, HTTPS_PROXY=f"http://{proxy.address}", AWS_CONFIG_FILE=str(config))
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"):
            del me.environment[name]
        me.inside("compare", f"{NOVA},profile=work", *SHORT, "--json", code=MEASURED)
        (endpoint,) = me.run.manifest().endpoints
        assert endpoint.credentials_source == "custom-process"
        program.write_text(f"#!{sys.executable}\nimport sys\nsys.exit('{SECRET} is locked')\n")
        told = me.inside("doctor", f"{NOVA},profile=work", *SHORT, "--json", code=3)
    assert "credential_process failed" in told.out
    assert SECRET not in everything_in(tmp_path)


EXEMPTIONS = [
    ("*", True),
    ("bedrock.us-east-1.amazonaws.com", True),
    ("amazonaws.com", True),
    (".amazonaws.com", True),
    ("*.amazonaws.com", True),
    ("AMAZONAWS.com , other", True),
    ("bedrock.us-east-1.amazonaws.com:443", True),
    ("bedrock.us-east-1.amazonaws.com:8443", False),
    ("aws.com", False),
    ("us-east-1", False),
    ("", False),
    (" , ,", False),
    ("10.0.0.0/8", False),
]


@pytest.mark.parametrize(("told", "exempt"), EXEMPTIONS)
def test_who_is_kept_out(told: str, exempt: bool) -> None:
    """Names with all that ends in them, ports, and everything."""
    environment = {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": told}
    found = proxy_for("https://bedrock.us-east-1.amazonaws.com", environment)
    assert (found is None) == exempt


def test_networks_are_kept_out_by_number() -> None:
    """IPv4 and IPv6, with and without a port."""
    assert is_exempt("https://10.1.2.3:8443", {"no_proxy": "10.0.0.0/8"})
    assert is_exempt("https://[fd00::1]", {"NO_PROXY": "fd00::/8"})
    assert is_exempt("https://[fd00::1]:8443", {"NO_PROXY": "[fd00::1]:8443"})
    assert not is_exempt("https://11.1.2.3", {"NO_PROXY": "10.0.0.0/8"})


def test_which_proxy() -> None:
    """The first variable that is set; a bare host is http; a login is read and never shown."""
    url = "https://bedrock.us-east-1.amazonaws.com"
    both = {"HTTPS_PROXY": "http://one:1", "https_proxy": "http://two:2", "ALL_PROXY": "http://three:3"}
    found = proxy_for(url, both)
    assert found is not None
    assert (found.shown, found.variable) == ("one:1", "HTTPS_PROXY")
    bare = proxy_for(url, {"all_proxy": "proxy.example"})
    assert bare is not None
    assert (bare.host, bare.port) == ("proxy.example", 80)
    secret = proxy_for(url, {"HTTPS_PROXY": "http://me:p%40ss@[::1]:3128"})
    assert secret is not None
    assert (secret.shown, secret.authorization) == ("[::1]:3128", "Basic bWU6cEBzcw==")
    assert "Basic" not in repr(secret)
    assert proxy_for("http://bedrock.example", both) is None
    assert proxy_for("https://localhost:8443", both) is None
    for wrong in ("socks5://one:1", "https://one:1", "http://:1", "http://one:many"):
        with pytest.raises(UsageError):
            proxy_for(url, {"HTTPS_PROXY": wrong})


@given(st.binary(max_size=40))
def test_an_answer_to_connect_in_any_pieces(rest: bytes) -> None:
    """However the head is cut: nothing before it is whole, then status, reason and what follows."""
    head = b"HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n"
    data = head + rest
    for end in range(len(head)):
        assert read_connect_answer(data[:end]) is None
    assert read_connect_answer(data) == (200, "Connection established", rest)


@pytest.mark.parametrize("data", [b"SSH-2.0-x\r\n", b"HTTP/2 200\r\n\r\n", b"x" * 70000, b"HTTP/1.1 2x0 \r\n\r\n"])
def test_what_is_no_answer_to_connect(data: bytes) -> None:
    """Refused as soon as it shows."""
    with pytest.raises(TheirMistake):
        read_connect_answer(data)


def test_the_request_for_a_tunnel() -> None:
    """Host and port, IPv6 in brackets, the login as a header."""
    assert encode_connect("a.example", 443, [("Proxy-Authorization", "Basic x")]) == (
        b"CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\nProxy-Authorization: Basic x\r\n\r\n"
    )
    assert encode_connect("::1", 443, []).startswith(b"CONNECT [::1]:443 HTTP/1.1\r\n")
