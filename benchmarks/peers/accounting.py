"""What does a command cost, all its processes together? CPU from a control group of its own, memory from /proc.

A control group counts what short-lived processes used too, which sampling cannot. Where none can be made, CPU is what the kernel reports
of children that have been waited for, and the result says so.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

ACCOUNTING = Path("/sys/fs/cgroup/cpuacct")
UNIFIED = Path("/sys/fs/cgroup")
RSS_EVERY_S = 0.1
PSS_EVERY = 10
"""Every so many samples: reading it holds up the process that is looked at a little."""
PAGE = os.sysconf("SC_PAGE_SIZE")


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What a command cost."""

    launched_ns: int
    """CLOCK_MONOTONIC right before its start."""
    wall_s: float
    cpu_s: float
    cpu_from: str
    """`cgroup` or `rusage`."""
    rss_mb: float
    """Peak over samples of the sum over its processes; pages that two of them share are counted twice."""
    pss_mb: float
    """The same with shared pages counted once; sampled once a second, so a short peak may be missed."""
    processes: int
    """Most at once."""
    exit: int
    timed_out: bool
    said: str
    """The end of what it wrote to stdout and stderr."""


class Group:
    """A control group for one command. Its CPU time is None where no group can be made."""

    def __init__(self) -> None:
        name = f"hayai-bench-{os.getpid()}-{time.monotonic_ns()}"
        self.folder: Path | None = None
        for root, figure in ((ACCOUNTING, "cpuacct.usage"), (UNIFIED, "cpu.stat")):
            with suppress(OSError):
                folder = root / name
                folder.mkdir()
                if (folder / figure).exists():
                    self.folder = folder
                    return
                folder.rmdir()

    def joining(self, command: Sequence[str]) -> list[str]:
        """The command, in this group from its first instruction on."""
        if self.folder is None:
            return list(command)
        return ["sh", "-c", 'echo $$ > "$0" && exec "$@"', str(self.folder / "cgroup.procs"), *command]

    def cpu_s(self) -> float | None:
        """User and system, every process that ever was in it."""
        if self.folder is None:
            return None
        usage = self.folder / "cpuacct.usage"
        if usage.exists():
            return int(usage.read_text()) / 1e9
        words = (self.folder / "cpu.stat").read_text().split()
        return int(words[words.index("usage_usec") + 1]) / 1e6

    def pids(self) -> list[int]:
        """Who is in it now."""
        if self.folder is None:
            return []
        return [int(word) for word in (self.folder / "cgroup.procs").read_text().split()]

    def close(self) -> None:
        """Ends what is left in it, and removes it."""
        for _ in range(100):
            left = self.pids()
            if not left:
                break
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
        if self.folder is not None:
            with suppress(OSError):
                self.folder.rmdir()


class _Memory(threading.Thread):
    """Samples the memory of a group until told to stop."""

    def __init__(self, group: Group, leader: int) -> None:
        super().__init__(daemon=True)
        self.group, self.leader = group, leader
        self.rss = self.pss = 0
        self.processes = 0
        self.done = threading.Event()

    def run(self) -> None:
        """Ten looks a second."""
        looks = 0
        while not self.done.wait(RSS_EVERY_S):
            pids = self.group.pids() or [self.leader]
            self.processes = max(self.processes, len(pids))
            self.rss = max(self.rss, sum(_rss(pid) for pid in pids))
            if looks % PSS_EVERY == 0:
                self.pss = max(self.pss, sum(_pss(pid) for pid in pids))
            looks += 1


def _rss(pid: int) -> int:
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    return 0


def _pss(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def run(
    command: Sequence[str],
    *,
    core: int,
    folder: Path,
    environment: Mapping[str, str],
    timeout_s: float,
    beside: Callable[[Group, threading.Event], None] | None = None,
) -> Cost:
    """Runs a command to its end, every process of it on one core, and says what that cost. One that hangs is ended, and this told.

    `beside` runs in a thread as long as the command does; the event tells it to end.
    """
    group = Group()
    said = folder / "said.txt"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    timed_out = False
    try:
        with said.open("wb") as file:
            launched = time.monotonic_ns()
            process = subprocess.Popen(
                group.joining(["taskset", "--cpu-list", str(core), *command]),
                cwd=folder,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
            memory = _Memory(group, process.pid)
            memory.start()
            other = None if beside is None else threading.Thread(target=beside, args=(group, memory.done), daemon=True)
            if other is not None:
                other.start()
            try:
                process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                timed_out = True
                process.kill()
                process.wait()
            wall_s = (time.monotonic_ns() - launched) / 1e9
            memory.done.set()
            memory.join()
            if other is not None:
                other.join()
        counted = group.cpu_s()
    finally:
        group.close()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    waited = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(
        launched_ns=launched,
        wall_s=wall_s,
        cpu_s=waited if counted is None else counted,
        cpu_from="rusage" if counted is None else "cgroup",
        rss_mb=memory.rss / 1e6,
        pss_mb=memory.pss / 1e6,
        processes=memory.processes,
        exit=process.returncode,
        timed_out=timed_out,
        said=said.read_bytes()[-2000:].decode("utf-8", "replace"),
    )
