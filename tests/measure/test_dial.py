"""What does opening a connection cost, and why could it not be opened? One code word for each reason."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from typing import Any

import aiohappyeyeballs
import pytest

from hayai.measure.net.dial import Address, DialError, dial
from tests.measure.wired import SECOND, Peer, accept, answered, listening, looped, meeting

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def refused(address: Address, *, timeout_s: float = 10) -> DialError:
    """What a dial is told."""
    with pytest.raises(DialError) as raised:
        await dial(address, timeout_s=timeout_s)
    assert address.host in raised.value.reason
    return raised.value


@looped
async def test_a_literal_address_has_no_look_up() -> None:
    """None, not zero: it did not happen. TCP took some time, and the peer is named."""
    async with meeting() as (connection, peer):
        facts = connection.facts
        assert facts.dns_ns is None
        assert 0 < facts.tcp_ns < 10 * SECOND
        assert facts.peer == f"127.0.0.1:{peer.sock.getsockname()[1]}"
        assert facts.opened_at_ns > 0


@looped
async def test_a_name_is_looked_up_and_timed() -> None:
    """Apart from TCP, though one of its addresses refuses."""
    async with listening() as listener:
        port = listener.getsockname()[1]
        accepting = asyncio.create_task(accept(listener))
        dialled = await dial(Address(host="localhost", port=port), timeout_s=10)
        peer = await accepting
        assert dialled.dns_ns is not None
        assert dialled.dns_ns > 0
        assert dialled.tcp_ns > 0
        assert dialled.peer == f"127.0.0.1:{port}"
        dialled.sock.close()
        peer.close()


@pytest.mark.skipif(not socket.has_ipv6, reason="this Python knows no IPv6")
@looped
async def test_ipv6_works_as_ipv4_does() -> None:
    """On the loopback of the other family, if this machine has one."""
    try:
        async with meeting("::1") as (connection, peer):
            assert (await answered(connection, peer, OK)).complete
            assert connection.facts.dns_ns is None
            assert connection.facts.peer == f"[::1]:{peer.sock.getsockname()[1]}"
    except OSError as error:
        if error.errno != errno.EADDRNOTAVAIL:
            raise
        pytest.skip("this machine has no IPv6 loopback")


@looped
async def test_small_writes_are_not_held_back() -> None:
    """TCP_NODELAY is set before anything is sent."""
    async with meeting() as (connection, _):
        assert connection.dialled.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
        assert not connection.dialled.sock.getblocking()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@looped
async def test_a_closed_port_refuses(host: str) -> None:
    """By one address or by all that the name has."""
    async with listening() as listener:
        port = listener.getsockname()[1]
    error = await refused(Address(host=host, port=port))
    assert error.code == "connection_refused"
    assert str(port) in error.reason


@pytest.mark.parametrize("host", ["a..b", "x" * 70 + ".invalid"])
@looped
async def test_what_is_no_name_cannot_be_looked_up(host: str) -> None:
    """Also where Python itself, not the resolver, refuses it."""
    assert (await refused(Address(host=host, port=80))).code == "dns_failed"


@looped
async def test_an_unknown_name_is_told_in_the_resolvers_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """The resolver is a fake: this test asks no network."""

    async def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)
    error = await refused(Address(host="bedrock.invalid", port=443))
    assert error.code == "dns_failed"
    assert "Name or service not known" in error.reason


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENETUNREACH, "unreachable"),
        (errno.EHOSTUNREACH, "unreachable"),
        (errno.ETIMEDOUT, "unreachable"),
        (errno.EMFILE, "too_many_files"),
        (errno.ENFILE, "too_many_files"),
        (errno.ECONNREFUSED, "connection_refused"),
    ],
)
@looped
async def test_what_the_kernel_says_has_a_code_word(number: int, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks that are down cannot be had on a loopback: the kernel's word is put into its mouth."""

    async def fail(*_: Any, **__: Any) -> socket.socket:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(aiohappyeyeballs, "start_connection", fail)
    error = await refused(Address(host="127.0.0.1", port=80))
    assert error.code == code
    assert os.strerror(number) in error.reason


@looped
async def test_a_peer_that_hangs_up_while_we_set_up_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """It accepted and reset: there is no address to be asked any more. No file stays open."""
    start = aiohappyeyeballs.start_connection

    async def connect_and_be_reset(*args: Any, **kwargs: Any) -> socket.socket:
        accepting = asyncio.create_task(accept(listener))
        sock = await start(*args, **kwargs)
        peer: Peer = await accepting
        peer.reset()
        return sock

    monkeypatch.setattr(aiohappyeyeballs, "start_connection", connect_and_be_reset)
    async with listening() as listener:
        host, port = listener.getsockname()
        error = await refused(Address(host=host, port=port))
    assert error.code == "unreachable"


@looped
async def test_a_port_that_never_answers_is_given_up_in_time() -> None:
    """A full backlog drops what knocks."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        knocking = [socket.socket() for _ in range(8)]
        for sock in knocking:
            sock.setblocking(False)
            with pytest.raises(BlockingIOError):
                sock.connect(listener.getsockname())
        host, port = listener.getsockname()
        error = await refused(Address(host=host, port=port), timeout_s=0.1)
        for sock in knocking:
            sock.close()
    assert error.code == "connect_timeout"
