"""A company's wall on loopback: a proxy that opens tunnels, whatever the name, to one local service with papers for all names."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import trustme

NAMES = ("*.us-east-1.amazonaws.com", "*.amazonaws.com", "bedrock.example")


@dataclass(frozen=True, kw_only=True)
class Papers:
    """PEM files for a service that stands for all of AWS, and the authority that vouches for it."""

    certificate: Path
    key: Path
    authority: Path


def papers(folder: Path) -> Papers:
    """Made for `NAMES`."""
    authority = trustme.CA()
    issued = authority.issue_cert(*NAMES)
    made = Papers(certificate=folder / "aws.pem", key=folder / "aws-key.pem", authority=folder / "company.pem")
    issued.private_key_pem.write_to_path(made.key)
    made.certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    authority.cert_pem.write_to_path(made.authority)
    return made


@dataclass(kw_only=True)
class Wall:
    """The proxy. `asked`: each line it was asked with, as `CONNECT host:port`."""

    address: str
    asked: list[str] = field(default_factory=list)


@contextmanager
def wall(port: int, *, login: str | None = None, answer: bytes | None = None) -> Iterator[Wall]:
    """Tunnels to `port` of this machine. `login`: `name:password` that is asked for; `answer`: what it says instead of opening one."""
    listener = socket.create_server(("127.0.0.1", 0))
    there = Wall(address=f"127.0.0.1:{listener.getsockname()[1]}")

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=tunnel, args=(client,), daemon=True).start()

    def tunnel(client: socket.socket) -> None:
        head = b""
        with suppress(OSError), client:
            while b"\r\n\r\n" not in head:
                data = client.recv(65536)
                if not data:
                    return
                head += data
            lines = head.decode().split("\r\n")
            there.asked.append(lines[0].rpartition(" ")[0])
            expected = None if login is None else base64.b64encode(login.encode()).decode()
            if expected is not None and f"Proxy-Authorization: Basic {expected}" not in lines:
                client.sendall(
                    b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"
                )
                return
            if answer is not None:
                client.sendall(answer)
                return
            with socket.create_connection(("127.0.0.1", port)) as service:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=pump, args=(service, client), daemon=True)
                back.start()
                pump(client, service)
                back.join(5)

    with listener:
        threading.Thread(target=serve, daemon=True).start()
        yield there
        listener.close()


def pump(source: socket.socket, sink: socket.socket) -> None:
    """Everything from one to the other, and the end of it."""
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
