"""Which certificate does the simulator show? One made on the spot for this machine's loopback, with an authority of its own."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFiles:
    """PEM files of a server: certificate chain, private key, and the authority that clients must trust (None: they know it already)."""

    certificate: Path
    key: Path
    authority: Path | None = None


def make_tls_files(folder: Path) -> TlsFiles:
    """A fresh authority and a certificate for 127.0.0.1, ::1 and localhost.

    They are written to `folder`, which is created; only its owner can read the key. Raises OSError.
    """
    import trustme

    folder.mkdir(parents=True, exist_ok=True)
    authority = trustme.CA()
    issued = authority.issue_cert("localhost", "127.0.0.1", "::1")
    files = TlsFiles(certificate=folder / "certificate.pem", key=folder / "key.pem", authority=folder / "authority.pem")
    files.key.touch(mode=0o600)
    issued.private_key_pem.write_to_path(files.key)
    files.certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    authority.cert_pem.write_to_path(folder / "authority.pem")
    return files


def server_context(files: TlsFiles) -> ssl.SSLContext:
    """A context that shows this certificate and offers HTTP/1.1 only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    context.set_alpn_protocols(["http/1.1"])
    return context
