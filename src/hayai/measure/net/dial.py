"""How is a connection opened, and what did each part of it cost?

Name look-up, TCP, a proxy's tunnel and TLS are timed apart, because each has its own cure. Addresses of both families are tried as RFC
8305 says (aiohappyeyeballs). A connection that cannot be opened is told by a `DialError` with one code word; the
engine turns it into an outcome.
"""

from __future__ import annotations

import asyncio
import errno
import functools
import ipaddress
import os
import socket
import ssl
from collections.abc import Sequence
from urllib.parse import urlsplit

import aiohappyeyeballs
import msgspec

from hayai import kernel_clock
from hayai.clock import now_ns
from hayai.errors import TheirMistake
from hayai.measure.net.dial_error import DialError
from hayai.measure.net.proxy import Proxy, proxy_for
from hayai.measure.net.tls import TlsStream, client_context
from hayai.measure.providers.words import own_words
from hayai.wire.http1 import encode_connect, read_connect_answer

__all__ = ["Address", "DialError", "Dialled", "dial"]

HAPPY_EYEBALLS_DELAY_S = 0.25
"""Head start of the first address (RFC 8305, section 8)."""


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """Where to dial. `tls` is None for plain HTTP."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None
    proxy: Proxy | None = None
    """Whom to ask for a tunnel; None: reached directly."""


class Dialled(msgspec.Struct, frozen=True, kw_only=True):
    """An open, non-blocking socket, and what opening it cost in ns. `stamped`: the kernel stamps what it receives."""

    sock: socket.socket
    tls: TlsStream | None
    opened_at_ns: int
    dns_ns: int | None
    tcp_ns: int
    tls_ns: int | None
    peer: str
    stamped: bool
    tunnel_ns: int | None = None
    """From the open connection to a proxy to the open tunnel; None: there is no proxy on the way."""


async def dial(address: Address, *, timeout_s: float) -> Dialled:
    """Opens a connection within `timeout_s` (look-up, TCP, tunnel and TLS together). Raises DialError."""
    try:
        async with asyncio.timeout(timeout_s):
            return await _dial(address)
    except TimeoutError as error:
        raise DialError(
            "connect_timeout", f"no connection to {address.host}:{address.port} within {timeout_s:g} s"
        ) from error


def try_once(url: str, *, timeout_s: float) -> Dialled:
    """What it costs to reach `url` now, for who wants to know beforehand; the connection is closed again. Raises DialError."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    tls = client_context() if secure else None
    address = Address(
        host=str(parts.hostname), port=parts.port or (443 if secure else 80), tls=tls, proxy=proxy_for(url)
    )
    found = asyncio.run(dial(address, timeout_s=timeout_s))
    found.sock.close()
    return found


async def _dial(address: Address) -> Dialled:
    loop = asyncio.get_running_loop()
    place = f"{address.host}:{address.port}"
    proxy = address.proxy
    # With a proxy, the name that is looked up here is the proxy's own; it looks up the other.
    first_host, first_port = (address.host, address.port) if proxy is None else (proxy.host, proxy.port)
    first = place if proxy is None else proxy.shown
    literal = _is_literal(first_host)
    try:
        # Made before the clock starts: it asks nothing of the network.
        tls = None if address.tls is None else TlsStream(address.tls, address.host)
        started = now_ns()
        infos = await _look_up(loop, first_host, first_port, literal=literal)
    except (socket.gaierror, ValueError) as error:  # ValueError: what is no name at all, such as `a..b`.
        raise DialError("dns_failed", f"{first_host}: {getattr(error, 'strerror', None) or error}") from error
    looked_up = now_ns()
    try:
        sock = await aiohappyeyeballs.start_connection(infos, happy_eyeballs_delay=HAPPY_EYEBALLS_DELAY_S)
    except OSError as error:
        error.__traceback__ = None  # aiohappyeyeballs' frame holds the error that holds the frame: a ring, and nobody collects rings here.
        raise DialError(_code_of(error), f"{first}: {_words_of(error)}") from error
    connected = now_ns()
    tunnelled = connected
    begun = b""
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        stamped = kernel_clock.enable(sock)
        host, port = sock.getpeername()[:2]
        if proxy is not None:
            begun = await _tunnel(loop, sock, address, proxy)
            tunnelled = now_ns()
        if tls is not None:
            await _handshake(loop, sock, tls, place, begun)
    except OSError as error:
        sock.close()
        raise DialError("unreachable", f"{place}: {_words_of(error)} right after connecting") from error
    except BaseException:
        sock.close()
        raise
    secured = now_ns()
    return Dialled(
        sock=sock,
        tls=tls,
        opened_at_ns=started,
        dns_ns=None if literal else looked_up - started,
        tcp_ns=connected - looked_up,
        tunnel_ns=None if proxy is None else tunnelled - connected,
        tls_ns=None if tls is None else secured - tunnelled,
        peer=f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        stamped=stamped,
    )


async def _look_up(
    loop: asyncio.AbstractEventLoop, host: str, port: int, *, literal: bool
) -> Sequence[aiohappyeyeballs.AddrInfoType]:
    """The addresses of a name. One that is an address already needs no thread to wait for an answer in."""
    if literal:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    return await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)


async def _tunnel(loop: asyncio.AbstractEventLoop, sock: socket.socket, address: Address, proxy: Proxy) -> bytes:
    """Asks the proxy for a tunnel; what came out of it already. Raises DialError when there is none."""
    login = [] if proxy.authorization is None else [("Proxy-Authorization", proxy.authorization)]
    try:
        await loop.sock_sendall(sock, encode_connect(address.host, address.port, login))
        received = b""
        while (answer := read_connect_answer(received)) is None:
            data = await loop.sock_recv(sock, 65536)
            if not data:
                raise DialError("proxy_refused", f"{proxy.shown} closed the connection instead of opening a tunnel")
            received += data
    except TheirMistake as error:
        raise DialError("proxy_refused", f"{proxy.shown} does not speak HTTP") from error
    except OSError as error:
        raise DialError("proxy_refused", f"{proxy.shown}: {_words_of(error)}") from error
    status, reason, rest = answer
    if 200 <= status < 300:
        return rest
    code = "proxy_login" if status == 407 else "proxy_refused"
    raise DialError(code, f"{proxy.shown}: {status} {own_words(reason, 100)}".rstrip())


async def _handshake(
    loop: asyncio.AbstractEventLoop, sock: socket.socket, tls: TlsStream, place: str, received: bytes
) -> None:
    try:
        while True:
            finished, to_send = tls.handshake(received)
            if to_send:
                await loop.sock_sendall(sock, to_send)
            if finished:
                return
            received = await loop.sock_recv(sock, 65536)
            if not received:
                raise DialError(
                    "tls_refused", f"{place} closed the connection during the TLS handshake; does it speak TLS?"
                )
    except ssl.SSLCertVerificationError as error:
        raise DialError("tls_refused", f"{place}: certificate not trusted: {error.verify_message}") from error
    except ssl.SSLError as error:
        raise DialError("tls_refused", f"{place}: {error.reason or error}") from error
    except OSError as error:
        raise DialError("tls_refused", f"{place}: {_words_of(error)} during the TLS handshake") from error


@functools.lru_cache(maxsize=256)
def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _code_of(error: OSError) -> str:
    numbers = {error.errno} | {getattr(e, "errno", None) for e in getattr(error, "exceptions", ())}
    if errno.ECONNREFUSED in numbers:
        return "connection_refused"
    if numbers & {errno.EMFILE, errno.ENFILE}:
        return "too_many_files"
    return "unreachable"


def _words_of(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else str(error)
