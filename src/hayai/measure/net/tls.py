"""Whom do we trust, and how do encrypted bytes become plain ones without losing their stamp?

TLS runs over memory (`ssl.MemoryBIO`): the socket is read by us, with the kernel's stamp, and only then decrypted.
Trust is the operating system's store (truststore); `AWS_CA_BUNDLE`, as the AWS tools read it, and `SSL_CERT_FILE`
replace it. HTTP/1.1 is the only protocol offered.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from typing import cast

PROTOCOL = "http/1.1"


def client_context(environment: Mapping[str, str] = os.environ) -> ssl.SSLContext:
    """A verifying context. OSError (with the file's name) when a bundle named by the environment cannot be read."""
    bundle = environment.get("AWS_CA_BUNDLE") or environment.get("SSL_CERT_FILE")
    if bundle:
        context = ssl.create_default_context(cafile=bundle)
    else:
        import truststore

        context = cast("ssl.SSLContext", truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    context.set_alpn_protocols([PROTOCOL])
    return context


class TlsStream:
    """One TLS session over memory: cipher bytes in, plain bytes out, and the other way round."""

    __slots__ = ("_incoming", "_object", "_outgoing")

    def __init__(self, context: ssl.SSLContext, host: str) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._object = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)

    def handshake(self, received: bytes) -> tuple[bool, bytes]:
        """One step: (finished, bytes to send). Raises ssl.SSLError when the other side is not who it should be."""
        self._incoming.write(received)
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

    def decrypt(self, data: bytes) -> tuple[bytes, bool]:
        """Plain bytes that these cipher bytes completed, and whether the peer closed the session properly. Raises ssl.SSLError."""
        self._incoming.write(data)
        plain: list[bytes] = []
        try:
            while piece := self._object.read(65536):
                plain.append(piece)
        except ssl.SSLWantReadError:
            return b"".join(plain), False
        except ssl.SSLZeroReturnError:
            pass
        return b"".join(plain), True

    def pending_output(self) -> bytes:
        """Bytes the session wants to send by itself (key updates, alerts)."""
        return self._outgoing.read()
