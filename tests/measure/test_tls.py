"""Under TLS everything holds that holds without: stamps, ends, nothing lost. And we talk only to whom we trust."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest

from hayai.measure.net import tls
from hayai.measure.net.dial import DialError, dial
from hayai.measure.net.tls import client_context
from hayai.sim.certificate import TlsFiles, make_tls_files, server_context
from tests.measure.wired import (
    CHUNKED,
    END,
    REQUEST,
    SECOND,
    WAITS,
    accept,
    address_of,
    answered,
    body,
    listening,
    looped,
    meeting,
)

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
STREAM = [CHUNKED, b"3\r\none\r\n", b"3\r\ntwo\r\n", END]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> TlsFiles:
    """A certificate for loopback."""
    return make_tls_files(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def theirs(files: TlsFiles) -> ssl.SSLContext:
    """The server's context."""
    return server_context(files)


@pytest.fixture(scope="module")
def ours(files: TlsFiles) -> ssl.SSLContext:
    """The client's context: trusts the certificate."""
    return client_context({"AWS_CA_BUNDLE": str(files.authority)})


# The stream


@looped
async def test_an_answer_is_read_and_its_handshake_is_timed_apart(ours: ssl.SSLContext, theirs: ssl.SSLContext) -> None:
    """Session tickets and all, over several requests; stamps come from the kernel as without TLS."""
    async with meeting("127.0.0.1", ours, theirs) as (connection, peer):
        for use in (1, 2, 3):
            exchange = await answered(connection, peer, *STREAM)
            assert exchange.complete
            assert exchange.bodies == [b"", b"one", b"two", b""]
            assert sum(exchange.sizes) == sum(map(len, STREAM))
            assert all(exchange.wall_ns) == connection.dialled.stamped
            assert exchange.request_bytes == len(REQUEST)
            facts = connection.facts
            assert (facts.use, facts.tls_version) == (use, "TLSv1.3")
            assert facts.tls_ns is not None
            assert facts.tls_ns > 0
            assert facts.tcp_ns > 0


@looped
async def test_a_record_may_be_cut_anywhere(ours: ssl.SSLContext, theirs: ssl.SSLContext) -> None:
    """A read that completes no record brings nothing; the plain bytes belong to the read that completed it."""
    async with meeting("127.0.0.1", ours, theirs) as (connection, peer):
        for at in (1, 4, 5, 6, 20, -1):
            exchanging = asyncio.create_task(connection.exchange(REQUEST, WAITS))
            await peer.request()
            sealed = peer.sealed(OK)
            await peer.send_raw(sealed[:at])
            assert connection.partial is not None
            assert connection.partial.at_ns == []
            await peer.send_raw(sealed[at:])
            exchange = await exchanging
            assert (body(exchange), len(exchange.at_ns)) == (b"ok", 1)


@looped
async def test_several_records_in_one_read_are_all_read(ours: ssl.SSLContext, theirs: ssl.SSLContext) -> None:
    """Whole ones, and the beginning of the next."""
    async with meeting("127.0.0.1", ours, theirs) as (connection, peer):
        exchanging = asyncio.create_task(connection.exchange(REQUEST, WAITS))
        await peer.request()
        sealed = b"".join(map(peer.sealed, STREAM))
        await peer.send_raw(sealed[:-9])
        await peer.send_raw(sealed[-9:])
        exchange = await exchanging
        assert exchange.complete
        assert exchange.bodies == [b"onetwo", b""]


@looped
async def test_a_read_that_holds_the_beginning_of_the_next_record_says_so(
    ours: ssl.SSLContext, theirs: ssl.SSLContext
) -> None:
    """The kernel's stamp is then that of bytes which are not among the plain ones yet."""
    async with meeting("127.0.0.1", ours, theirs) as (connection, peer):
        for of_next in (0, 1, 4, 5, 6, 20):
            exchanging = asyncio.create_task(connection.exchange(REQUEST, WAITS))
            await peer.request()
            first, second, end = map(peer.sealed, (CHUNKED + STREAM[1], STREAM[2], END))
            await peer.send_raw(first + second[:of_next])
            await peer.send_raw(second[of_next:])
            await peer.send_raw(end)
            exchange = await exchanging
            assert exchange.complete
            assert (exchange.followed, len(exchange.at_ns)) == ({0} if of_next else set(), 3)


@looped
async def test_a_large_body_is_read_record_by_record(ours: ssl.SSLContext, theirs: ssl.SSLContext) -> None:
    """A megabyte and a half."""
    payload = bytes(range(256)) * 6000
    async with meeting("127.0.0.1", ours, theirs) as (connection, peer):
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(payload)
        exchange = await answered(connection, peer, head, payload)
        assert body(exchange) == payload


# The end


@looped
async def test_a_proper_end_of_the_session_ends_an_unframed_body(ours: ssl.SSLContext, theirs: ssl.SSLContext) -> None:
    """`close_notify` is enough: the connection below it need not close."""
    async with meeting("127.0.0.1", ours, theirs) as (connection, peer):
        exchanging = asyncio.create_task(connection.exchange(REQUEST, WAITS))
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\n\r\n", b"whole")
        await peer.end_session()
        exchange = await exchanging
        assert (exchange.complete, exchange.error, body(exchange)) == (True, None, b"whole")
        assert not connection.alive


@looped
async def test_bytes_and_the_end_of_the_session_in_one_read_are_both_taken(
    ours: ssl.SSLContext, theirs: ssl.SSLContext
) -> None:
    """The end that came along is not forgotten."""
    async with meeting("127.0.0.1", ours, theirs) as (connection, peer):
        exchanging = asyncio.create_task(connection.exchange(REQUEST, WAITS))
        await peer.request()
        sealed = peer.sealed(b"HTTP/1.1 200 OK\r\n\r\nwhole")
        with pytest.raises(ssl.SSLWantReadError):
            peer._tls.unwrap()  # type: ignore[union-attr]  # This peer speaks TLS.
        await peer.send_raw(sealed + peer.sealed(b""))
        exchange = await exchanging
        assert (exchange.complete, body(exchange)) == (True, b"whole")


@looped
async def test_a_truncated_session_is_not_a_whole_answer(ours: ssl.SSLContext, theirs: ssl.SSLContext) -> None:
    """Anybody on the way can close a TCP connection; only the service can end its session."""
    async with meeting("127.0.0.1", ours, theirs) as (connection, peer):
        exchanging = asyncio.create_task(connection.exchange(REQUEST, WAITS))
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\n\r\n", b"hal")
        peer.close()
        exchange = await exchanging
        assert not exchange.complete
        assert exchange.error is not None
        assert exchange.error[0] == "connection_closed"
        assert body(exchange) == b"hal"


@looped
async def test_a_broken_record_is_noticed_and_what_came_before_it_is_kept(
    ours: ssl.SSLContext, theirs: ssl.SSLContext
) -> None:
    """In the same read, too."""
    async with meeting("127.0.0.1", ours, theirs) as (connection, peer):
        exchanging = asyncio.create_task(connection.exchange(REQUEST, WAITS))
        await peer.request()
        good, bad = peer.sealed(CHUNKED + b"3\r\none\r\n"), bytearray(peer.sealed(b"3\r\ntwo\r\n"))
        bad[-1] ^= 1
        await peer.send_raw(good + bytes(bad))
        exchange = await exchanging
        assert exchange.error is not None
        assert exchange.error[0] == "tls_broken"
        assert body(exchange) == b"one"
        assert not connection.alive


@looped
async def test_an_idle_session_that_ends_is_noticed(ours: ssl.SSLContext, theirs: ssl.SSLContext) -> None:
    """Before the next request, though the connection below it is still there; tickets alone end nothing."""
    async with meeting("127.0.0.1", ours, theirs) as (connection, peer):
        assert (await answered(connection, peer, OK)).complete
        assert connection.still_open()
        peer.client = None
        await peer.end_session()
        assert not connection.still_open()


# Trust


async def refusal(context: ssl.SSLContext, theirs: ssl.SSLContext | None, answer: bytes = b"") -> DialError:
    """What a dial is told by a server; without a context the server says `answer` as it is, and hangs up."""

    async def serve() -> None:
        if theirs is not None:
            with pytest.raises(ConnectionError):
                await accept(listener, theirs)
            return
        peer = await accept(listener)
        await peer.receive()
        if answer:
            await peer.send(answer)
        peer.close()

    async with listening() as listener:
        serving = asyncio.create_task(serve())
        with pytest.raises(DialError) as raised:
            await dial(address_of(listener, context), timeout_s=10)
        await serving
    assert raised.value.code == "tls_refused"
    assert "127.0.0.1:" in raised.value.reason
    return raised.value


@looped
async def test_an_untrusted_certificate_is_refused(theirs: ssl.SSLContext) -> None:
    """By the system's own trust, and the words say that it is about the certificate."""
    error = await refusal(client_context({}), theirs)
    assert "not trusted" in error.reason


@looped
async def test_a_certificate_for_another_host_is_refused(tmp_path: Path) -> None:
    """Trust in the authority is not enough."""
    import trustme

    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("elsewhere.example").configure_cert(context)
    error = await refusal(client_context({"SSL_CERT_FILE": str(tmp_path / "ca.pem")}), context)
    assert "not trusted" in error.reason


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
@looped
async def test_a_server_without_tls_is_refused(ours: ssl.SSLContext, answer: bytes) -> None:
    """Whether it hangs up or complains in plain words."""
    await refusal(ours, None, answer)


@looped
async def test_a_handshake_that_never_ends_is_ended(ours: ssl.SSLContext) -> None:
    """Look-up, TCP and TLS share one limit."""
    async with listening() as listener:
        with pytest.raises(DialError) as raised:
            await dial(address_of(listener, ours), timeout_s=0.05)
    assert raised.value.code == "connect_timeout"
    assert "0.05 s" in raised.value.reason


@pytest.mark.parametrize("name", ["AWS_CA_BUNDLE", "SSL_CERT_FILE"])
@looped
async def test_a_bundle_of_the_users_is_trusted(name: str, files: TlsFiles, theirs: ssl.SSLContext) -> None:
    """Either variable names it."""
    async with meeting("127.0.0.1", client_context({name: str(files.authority)}), theirs) as (connection, peer):
        assert (await answered(connection, peer, OK)).complete


@looped
async def test_the_bundle_of_aws_wins_and_replaces_the_others(
    files: TlsFiles, theirs: ssl.SSLContext, tmp_path: Path
) -> None:
    """As the AWS tools read it."""
    import trustme

    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    right, wrong = str(files.authority), str(tmp_path / "other.pem")
    async with meeting("127.0.0.1", client_context({"AWS_CA_BUNDLE": right, "SSL_CERT_FILE": wrong}), theirs):
        pass
    await refusal(client_context({"AWS_CA_BUNDLE": wrong, "SSL_CERT_FILE": right}), theirs)


@pytest.mark.parametrize("name", ["AWS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_a_bundle_that_cannot_be_read_is_told(name: str, tmp_path: Path) -> None:
    """Missing, a folder, or no certificates: with the variable, the file and the reason."""
    (tmp_path / "empty.pem").write_text("no certificate", "utf-8")
    for path in (tmp_path / "missing.pem", tmp_path, tmp_path / "empty.pem"):
        with pytest.raises(DialError) as raised:
            client_context({name: str(path)})
        assert raised.value.code == "tls_refused"
        assert raised.value.reason.startswith(f"{name}={path}: ")
        assert len(raised.value.reason) > len(f"{name}={path}: ")


@pytest.fixture
def no_system_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose OpenSSL finds no authorities by itself."""
    nothing = ssl.DefaultVerifyPaths(None, None, "", "", "", "")  # type: ignore[arg-type]  # As ssl itself makes it.
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: nothing)


@pytest.mark.usefixtures("no_system_store")
def test_where_openssl_finds_no_store_the_system_is_asked_otherwise() -> None:
    """truststore knows where else to look."""
    import truststore

    assert isinstance(client_context({}), truststore.SSLContext)


def test_the_store_is_not_read_again_for_every_connection(files: TlsFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading some 150 certificates takes 27 ms, in which every stream of this process would wait."""
    monkeypatch.setenv("SSL_CERT_FILE", str(files.authority))  # Here OpenSSL finds a store, whatever this machine has.
    context = client_context({})
    assert context.cert_store_stats()["x509_ca"] > 0
    monkeypatch.setattr(ssl.SSLContext, "set_default_verify_paths", None)
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", None)
    tls.TlsStream(context, "localhost")


@looped
async def test_only_tls_has_a_handshake(ours: ssl.SSLContext, theirs: ssl.SSLContext) -> None:
    """A plain connection has none, rather than one of no time."""
    async with meeting() as (plain, _), meeting("127.0.0.1", ours, theirs) as (secure, _):
        assert (plain.facts.tls_ns, plain.facts.tls_version) == (None, None)
        assert 0 < (secure.facts.tls_ns or 0) < 10 * SECOND
