"""The benchmarks' page: every result has its place, what is missing is called missing, a goal that is missed is called so."""

from __future__ import annotations

import pytest

from benchmarks.peers.accounting import Cost
from benchmarks.peers.goals import goals
from benchmarks.peers.kept import Results, cpu_without_startup_ms
from benchmarks.peers.machine import Machine
from benchmarks.peers.page import page
from benchmarks.peers.race import Entry, Race
from benchmarks.peers.running import Run, Truth
from benchmarks.peers.tables import near, precise, spread, table
from benchmarks.peers.tools.contract import Reported

NOTHING = Results(race=None, ramp=None, stall=None, capture=None, recording=None, boto3=None)
MACHINE = Machine(
    date="2026-11-24", cpu="a CPU", cores=2, memory_gb=24, system="Linux", python="3.11.7", hayai="0.1.0", command="python"
)  # fmt: skip


def ran(tool: str, streams: int, cpu_s: float, requests: int, *, failed: str | None = None, ttft: float = 200.0) -> Run:
    """A run with round figures."""
    if failed:
        return Run(tool=tool, streams=streams, repetition=0, load_before=0.0, failed=failed)
    cost = Cost(
        launched_ns=0,
        wall_s=1,
        cpu_s=cpu_s,
        cpu_from="cgroup",
        rss_mb=100,
        pss_mb=90,
        processes=2,
        exit=0,
        timed_out=False,
        said="",
    )
    true = Truth(
        requests=requests, connections=1, ttft_p50=200, ttft_p99=200, per_request_p50=50, per_request_p99=50, per_chunk_p50=50,
        per_chunk_p99=50, latest=0, blocked=0,
    )  # fmt: skip
    own = {"ttft_error_p50_ms": 0.05, "ttft_error_p99_ms": 3.0, "chunk_error_p99_ms": 0.01} if tool == "hayai" else {}
    return Run(
        tool=tool, streams=streams, repetition=0, load_before=0.5, cost=cost, true=true, startup_s=0.4, load_s=5.2, own=own,
        reported=Reported(requests=requests, ttft_p50=ttft, ttft_p99=ttft),
    )  # fmt: skip


def raced(*runs: Run) -> Race:
    """A race of those."""
    names = dict.fromkeys(run.tool for run in runs)
    entries = [Entry(name=name, version="1", besides="tables | plots", notes="none") for name in names]
    absent = Entry(name="gone", version="", besides="", notes="", absent="does not install: no wheel")
    return Race(machine=MACHINE, seed=1, entries=[*entries, absent], runs=list(runs))


RACE = raced(
    ran("hayai", 1, 0.5, 6),
    ran("hayai", 1000, 2.5, 1000),
    ran("slow", 1, 8.0, 5),
    ran("slow", 1000, 15.0, 1000, ttft=767.0),
    ran("broken", 1000, 0, 0, failed="ended with exit code 1: no\nmemory"),
)


def test_nothing_measured_is_said() -> None:
    """A page without results has no figures, and no goal is met."""
    assert {goal.met for goal in goals(NOTHING)} == {None}
    text = page(NOTHING)
    assert "Not measured yet." in text
    assert "| yes |" not in text
    assert "{" not in text


def test_every_run_has_its_place() -> None:
    """Medians of those that ran, the reason of those that did not, a bar inside of a cell that does not break the table."""
    text = page(Results(race=RACE, ramp=None, stall=None, capture=None, recording=None, boto3=None))
    assert "| slow | 767.00 | 200.00 |" in text
    assert "did not run: does not install: no wheel" in text
    assert "broken, repetition 1, has no figures: ended with exit code 1: no memory" in text
    assert "tables / plots" in text
    assert "No run can take less than 5.15 s." in text


def test_goals_are_judged_by_their_bound() -> None:
    """Met, missed, and not measured are three different things."""
    judged = {
        goal.what: goal
        for goal in goals(Results(race=RACE, ramp=None, stall=None, capture=None, recording=None, boto3=None))
    }
    assert judged["TTFT error at 1,000 streams, p50"].met is True
    assert judged["TTFT error at 1,000 streams, p99"].met is False
    best = judged["CPU per request at 1,000 streams: best peer ÷ hayai"]
    assert (best.met, best.found) == (True, "6.0 (15.00 and 2.50 ms)")
    assert judged["CPU per request at 1,000 streams: peers' median ÷ hayai"].met is False
    assert judged["CPU of one ConverseStream of 200 chunks: boto3 ÷ hayai"].met is None


def test_cpu_without_startup() -> None:
    """What the larger cell costs more, by the requests it has more."""
    assert cpu_without_startup_ms(RACE, "slow", 1000) == pytest.approx((15 - 8) / 995 * 1e3)
    assert cpu_without_startup_ms(RACE, "slow", 1) is None
    assert cpu_without_startup_ms(RACE, "broken", 1000) is None


def test_medians_and_ranges() -> None:
    """One value stands alone; several have their range; nothing known is a dash."""
    assert spread([1.0, None, 3.0, 2.0], 1, " %") == "2.0 % (1.0–3.0)"
    assert spread([1234.5], 1) == "1,234.5"
    assert spread([None]) == near([]) == "–"
    assert [precise(value) for value in (250, 25, 2.5, 0.25, 0.0025)] == [0, 1, 2, 3, 4]
    assert table(["a"], [["b|c"]]) == ["| a |", "| --- |", "| b/c |"]
