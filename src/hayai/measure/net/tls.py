"""Whom do we trust, and how do encrypted bytes become plain ones without losing their stamp?

TLS runs over memory (`ssl.MemoryBIO`): the socket is read by us, with the kernel's stamp, and only then decrypted.
Trust is the operating system's store; `AWS_CA_BUNDLE`, as the AWS tools read it, and `SSL_CERT_FILE` replace it.
HTTP/1.1 is the only protocol offered.
"""

from __future__ import annotations

import os
import ssl
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from hayai.measure.net.dial_error import DialError

PROTOCOL = "http/1.1"

_RECORD_BYTES = 16384
"""Most plain bytes of one TLS record, hence of one read from the session."""


def client_context(environment: Mapping[str, str] = os.environ) -> ssl.SSLContext:
    """A verifying context. Raises DialError (`tls_refused`) when a bundle named by the environment cannot be read."""
    for name in ("AWS_CA_BUNDLE", "SSL_CERT_FILE"):
        if bundle := environment.get(name):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            try:
                context.load_verify_locations(cafile=bundle)
            except OSError as error:
                reason = os.strerror(error.errno) if error.errno and not isinstance(error, ssl.SSLError) else str(error)
                raise DialError("tls_refused", f"{name}={bundle}: {reason}") from error
            break
    else:
        context = _system_context()
    context.set_alpn_protocols([PROTOCOL])
    return context


def _system_context() -> ssl.SSLContext:
    """The operating system's trust.

    Where that is a file that OpenSSL finds by itself, it is read here, once. truststore knows the stores of macOS and Windows and the odd
    places of some Linuxes, but reads such a file again for every connection: 27 ms on a common machine, in which nothing else is done.
    """
    if sys.platform not in ("darwin", "win32") and _openssl_finds_authorities():
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_default_certs()
        return context
    import truststore

    return cast("ssl.SSLContext", truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


def _openssl_finds_authorities() -> bool:
    where = ssl.get_default_verify_paths()
    return where.cafile is not None or (where.capath is not None and any(Path(where.capath).iterdir()))


_RECORD_HEAD_BYTES = 5
"""Type, version and length, in front of every record (RFC 8446, section 5.1)."""


class TlsStream:
    """One TLS session over memory: cipher bytes in, plain bytes out, and the other way round."""

    __slots__ = ("_head", "_incoming", "_left", "_object", "_outgoing", "closed", "mistake")

    def __init__(self, context: ssl.SSLContext, host: str) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._object = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
        self._head = b""
        self._left = 0
        self.closed = False
        """The peer has ended the session properly: nothing was cut off."""
        self.mistake: str | None = None
        """What broke the session. The words only: a kept exception would hold the frames that hold it."""

    def handshake(self, received: bytes) -> tuple[bool, bytes]:
        """One step: (finished, bytes to send). Raises ssl.SSLError when the other side is not who it should be."""
        self._take(received)
        try:
            self._object.do_handshake()
        except ssl.SSLWantReadError:
            return False, self._outgoing.read()
        return True, self._outgoing.read()

    @property
    def version(self) -> str | None:
        """`TLSv1.3`, ..."""
        return self._object.version()

    def encrypt(self, data: bytes) -> bytes:
        """Records for `data`, ready to be sent in one write."""
        self._object.write(data)
        return self._outgoing.read()

    def decrypt(self, data: bytes) -> bytes:
        """Plain bytes that these cipher bytes completed, also those before an end (`closed`) or a break (`mistake`) of the session."""
        self._take(data)
        plain: list[bytes] = []
        try:
            while piece := self._object.read(_RECORD_BYTES):
                plain.append(piece)
            self.closed = True
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:
            self.closed = True
        except ssl.SSLError as error:
            self.mistake = error.reason or str(error)
        return b"".join(plain)

    @property
    def unfinished(self) -> bool:
        """Whether the bytes taken so far end inside a record: what came last is not yet among the plain bytes."""
        return bool(self._head) or self._left > 0

    def _take(self, data: bytes) -> None:
        """Gives cipher bytes to the session, and counts where its records end, as OpenSSL does not tell."""
        self._incoming.write(data)
        at = 0
        while at < len(data):
            if self._left:
                step = min(self._left, len(data) - at)
                self._left -= step
            else:
                step = min(_RECORD_HEAD_BYTES - len(self._head), len(data) - at)
                self._head += data[at : at + step]
                if len(self._head) == _RECORD_HEAD_BYTES:
                    self._left = int.from_bytes(self._head[-2:], "big")
                    self._head = b""
            at += step

    def pending_output(self) -> bytes:
        """Bytes the session wants to send by itself (key updates, alerts)."""
        return self._outgoing.read()
