"""Is the simulator on time when it is full? 2,000 streams and 20,000 chunks a second on one core.

The simulator runs as its own process, pinned to one core; this process, pinned to another, opens the connections,
sends a ConverseStream request on each at random moments of a ramp, and only reads and counts. Lateness is taken from
the truth log: the instant stamped right before each write, minus the instant at which it was due, for all writes
while all streams were open. Bounded in time; loopback only.

    python benchmarks/sim_capacity.py [--streams 2000] [--rate 20000] [--seconds 15] [--tls]
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import selectors
import socket
import ssl
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import msgspec

from hayai.sim.process import Running, serve_in_process
from hayai.sim.truth import Truth, read_truth
from hayai.wire.http1 import encode_request

MODEL = "us.anthropic.claude-3-5-haiku-20241022-v1:0"
RAMP_S = 10.0
LIMIT_S = 55.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is asked of the simulator: streams at once, chunks a second over all, seconds for which all are open."""

    streams: int
    rate: int
    seconds: float
    tls: bool

    def request(self, host: str) -> bytes:
        """A request whose stream lasts from its start in the ramp to the end of the steady time, at its share of the rate."""
        itl_ms = 1000 * self.streams / self.rate
        tokens = round((RAMP_S + self.seconds) * 1000 / itl_ms)
        body = {
            "inferenceConfig": {"maxTokens": 8000},
            "messages": [
                {"role": "user", "content": [{"text": "Explain containers (Docker) from basics to practice."}]}
            ],
        }
        headers = [
            ("Host", host),
            ("Content-Type", "application/json"),
            ("x-hayai-sim-ttft-ms", "100"),
            ("x-hayai-sim-itl-ms", f"{itl_ms:g}"),
            ("x-hayai-sim-tokens", str(tokens)),
        ]
        return encode_request("POST", f"/model/{MODEL}/converse-stream", headers, msgspec.json.encode(body))


def main() -> int:
    """Run it and print the result. 1 when the simulator was not on time."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--streams", type=int, default=2000)
    parser.add_argument("--rate", type=int, default=20000)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--tls", action="store_true")
    given = parser.parse_args()
    load = Load(streams=given.streams, rate=given.rate, seconds=given.seconds, tls=given.tls)
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "truth.jsonl"
        os.sched_setaffinity(0, {cores[0]})  # the child inherits it
        options = ["--truth-log", str(log), *(["--tls"] if load.tls else [])]
        with serve_in_process("steady", options=options) as server:
            os.sched_setaffinity(0, {cores[-1]})
            complete = drain(server, load)
            busy_s, pushed = cpu_seconds(server.pid), preemptions(server.pid)
        report(load, list(read_truth(log).values()), complete=complete, busy_s=busy_s, pushed=pushed)
    return 0


def drain(server: Running, load: Load) -> int:
    """Open all streams and read them to their ends; how many got there."""
    address = urlsplit(server.url)
    assert address.hostname
    assert address.port
    request = load.request(address.netloc)
    context = ssl.create_default_context(cafile=str(server.authority)) if load.tls else None
    sockets = [socket.create_connection((address.hostname, address.port)) for _ in range(load.streams)]
    if context is not None:
        sockets = [context.wrap_socket(plain, server_hostname="localhost") for plain in sockets]
    # Random starts: evenly spaced ones would make streams due in step, a hundred at the same instant.
    draw = Random(1)
    waiting = sorted(((draw.uniform(0, RAMP_S), at) for at in range(load.streams)), reverse=True)
    started = time.monotonic()
    complete = 0
    with selectors.DefaultSelector() as selector, contextlib.ExitStack() as stack:
        for one in sockets:
            stack.enter_context(one)
        while (waiting or selector.get_map()) and time.monotonic() - started < LIMIT_S:
            while waiting and time.monotonic() >= started + waiting[-1][0]:
                one = sockets[waiting.pop()[1]]
                one.sendall(request)
                one.settimeout(0.0)
                selector.register(one, selectors.EVENT_READ)
            for key, _ in selector.select(0.002 if waiting else 1.0):
                data = read_all(key.fileobj)
                if not data or data.endswith(b"0\r\n\r\n"):
                    complete += data.endswith(b"0\r\n\r\n")
                    selector.unregister(key.fileobj)
    return complete


def read_all(stream: object) -> bytes:
    """Everything there is to read now."""
    assert isinstance(stream, socket.socket)
    data = b""
    with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError):
        data = stream.recv(65536)
        while isinstance(stream, ssl.SSLSocket) and stream.pending():
            data += stream.recv(65536)
    return data or (b" " if isinstance(stream, ssl.SSLSocket) else b"")


def cpu_seconds(pid: int) -> tuple[float, float]:
    """CPU time that a process has used so far: its own, and the kernel's for it."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    ticks = os.sysconf("SC_CLK_TCK")
    return int(fields[11]) / ticks, int(fields[12]) / ticks


def preemptions(pid: int) -> int:
    """How often other programs have pushed a process off its core."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("nonvoluntary_ctxt_switches"))


def report(load: Load, truths: list[Truth], *, complete: int, busy_s: tuple[float, float], pushed: int) -> None:
    """Print lateness in the steady time: from the last stream's first write to the first stream's last one."""
    begin = max(truth.received_at_ns for truth in truths)
    end = min(truth.last_at_ns or 0 for truth in truths)
    late_us = sorted(
        (sent - due) / 1000
        for truth in truths
        for due, sent in zip(truth.due_ns, truth.sent_ns, strict=True)
        if begin <= truth.received_at_ns + sent <= end
    )
    span_s = (end - begin) / 1e9
    whole_s = (max(truth.last_at_ns or 0 for truth in truths) - min(truth.received_at_ns for truth in truths)) / 1e9
    blocked = sum(truth.blocked for truth in truths)
    print(f"command: {Path(sys.argv[0]).name} {' '.join(sys.argv[1:])}".rstrip())
    print(
        f"machine: {cpu_name()}, {os.cpu_count()} cores, Linux {platform.release()}, Python {platform.python_version()}"
    )
    print(f"date: {time.strftime('%Y-%m-%d %H:%M')}, load average {os.getloadavg()[0]:.1f}")
    print(f"streams: {len(truths)} open at once ({complete} read to the end), {'TLS' if load.tls else 'plain HTTP'}")
    print(
        f"chunks: {len(late_us)} in {span_s:.1f} s = {len(late_us) / span_s:,.0f} a second; writes that found a full socket: {blocked}"
    )
    print(
        f"CPU of the simulator: {busy_s[0]:.1f} s of its own and {busy_s[1]:.1f} s of the kernel in {whole_s:.1f} s, "
        f"start-up included; pushed off its core {pushed} times"
    )
    shown = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p99.9": 0.999}
    texts = [f"{name} {late_us[int(len(late_us) * share)]:,.0f}" for name, share in shown.items()]
    print(f"lateness in microseconds: {', '.join(texts)}, max {late_us[-1]:,.0f}")


def cpu_name() -> str:
    """What the kernel calls this processor."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")


if __name__ == "__main__":
    # Thousands of sockets: take what the machine allows.
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
    sys.exit(main())
