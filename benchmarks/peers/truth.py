"""What really happened at the service? Builds, starts and reads the truth server in C (`benchmarks/truth/server.c`).

The server answers with the timing its model's name asks for and keeps, for each request, when the kernel received it
and when each chunk was sent; everything in CLOCK_MONOTONIC, which hayai's own instants are in too. Binaries are built
into the cache, once for each state of their source.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

SOURCES = Path(__file__).parent.parent / "truth"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hayai-bench"
FLAGS = ("-O2", "-Wall", "-Wextra", "-Werror")
LIBRARIES = {"server": ("-lssl", "-lcrypto"), "client": ()}
STOP_S = 60

Instants = NDArray[np.int64]


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the log as the server writes it."""

    id: str
    client_id: str
    connection: int
    model: str
    received_kernel_ns: int
    received_ns: int
    head_sent_ns: int
    end_ns: int
    latest_ns: int
    blocked: int
    finished: bool
    sent_ns: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What the server knows about one request. Instants are CLOCK_MONOTONIC in ns."""

    id: str
    """What it sent as `x-request-id`."""
    client_id: str
    """What the client sent as `x-request-id`; empty when nothing."""
    connection: int
    model: str
    received_ns: int
    """When the kernel received the request's last byte."""
    read_ns: int
    """When the server had read it."""
    head_sent_ns: int
    sent_ns: Instants
    """Right before the send of each content chunk."""
    ended_ns: int
    """Right before the send of the end; 0 when it did not come to that."""
    latest_ns: int
    """How late the latest send was, against what its model asks for."""
    blocked: int
    """Sends that had to wait because the client did not read."""
    finished: bool

    @property
    def ttft_ms(self) -> float:
        """True time to first token."""
        return float(self.sent_ns[0] - self.received_ns) / 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A truth server that listens."""

    port: int
    pid: int
    log: Path
    """Written when the server stops."""

    @property
    def url(self) -> str:
        """Where it is, without TLS."""
        return f"http://127.0.0.1:{self.port}"


def build(name: str) -> Path:
    """The compiled server or client; compiled now if its source has changed. CalledProcessError if it does not compile."""
    source = SOURCES / f"{name}.c"
    state = hashlib.sha256(source.read_bytes() + repr(FLAGS).encode()).hexdigest()[:16]
    binary = CACHE / "truth" / f"{name}-{state}"
    if not binary.exists():
        binary.parent.mkdir(parents=True, exist_ok=True)
        half = binary.with_suffix(f".{os.getpid()}")
        subprocess.run(["cc", *FLAGS, "-o", str(half), str(source), *LIBRARIES[name]], check=True)
        half.replace(binary)
    return binary


@contextmanager
def serve(log: Path, *, core: int | None = 0, tls: tuple[Path, Path] | None = None) -> Iterator[Running]:
    """A truth server pinned to a core, as long as the block lasts; after it, `log` is there. `tls` is certificate and key."""
    command = [str(build("server")), "--log", str(log)]
    if tls:
        command += ["--tls", str(tls[0]), str(tls[1])]
    process = subprocess.Popen(pinned(command, core), stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield Running(port=json.loads(process.stdout.readline())["port"], pid=process.pid, log=log)
    finally:
        process.terminate()
        process.wait(STOP_S)
        if process.stdout:
            process.stdout.close()


def pinned(command: Sequence[str], core: int | None) -> list[str]:
    """The command, bound to one core; None leaves it free."""
    return list(command) if core is None else ["taskset", "--cpu-list", str(core), *command]


def read_log(log: Path) -> list[Served]:
    """The log of a server that has stopped, in the order in which requests arrived."""
    return parse_log(log.read_bytes())


def parse_log(lines: bytes) -> list[Served]:
    """The same from what `GET /_dump` returned."""
    decode = msgspec.json.Decoder(_Line).decode
    return [served(decode(line)) for line in lines.splitlines() if line]


def served(line: _Line) -> Served:
    """One line with its instants as an array."""
    return Served(
        id=line.id,
        client_id=line.client_id,
        connection=line.connection,
        model=line.model,
        received_ns=line.received_kernel_ns,
        read_ns=line.received_ns,
        head_sent_ns=line.head_sent_ns,
        sent_ns=np.array(line.sent_ns, dtype=np.int64),
        ended_ns=line.end_ns,
        latest_ns=line.latest_ns,
        blocked=line.blocked,
        finished=line.finished,
    )


def certificate() -> tuple[Path, Path, Path]:
    """Certificate and key for 127.0.0.1, and the authority that a client must trust; made once, for this machine only."""
    folder = CACHE / "certificate"
    files = (folder / "server.pem", folder / "server.key", folder / "authority.pem")
    if not all(file.exists() for file in files):
        import trustme

        folder.mkdir(parents=True, exist_ok=True)
        authority = trustme.CA()
        made = authority.issue_cert("127.0.0.1", "localhost")
        files[0].write_bytes(b"".join(blob.bytes() for blob in made.cert_chain_pems))
        files[1].write_bytes(made.private_key_pem.bytes())
        authority.cert_pem.write_to_path(str(files[2]))
    return files
