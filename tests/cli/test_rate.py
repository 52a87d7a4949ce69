"""`--rate`, as a user meets it: said beforehand, kept against a real service, told afterwards, and never in the way of the end."""

from __future__ import annotations

import os
import signal
from itertools import pairwise
from pathlib import Path

import pytest

from hayai.ask.plan import Rate
from hayai.keep.records import RequestRecord
from hayai.sim.process import Running, serve_in_process
from tests.cli.shell import MEASURED, NOVA, Shell, truth_lines, until

TWO = ("--vary", "latency=standard,optimized")
WAY_NS = 1_000_000


def spacings(instants: list[int]) -> list[int]:
    """From each to the next, in order of time."""
    return [later - earlier for earlier, later in pairwise(sorted(instants))]


def assert_kept(records: tuple[RequestRecord, ...], rate: Rate) -> None:
    """None early, and no two too close."""
    assert all(record.sent_at_ns >= record.due_at_ns for record in records if record.sent_at_ns and record.due_at_ns)
    assert min(spacings([record.sent_at_ns for record in records if record.sent_at_ns])) >= rate.interval_ns


@pytest.mark.parametrize(
    "more", [(), ("--concurrency", "6"), ("--together", "--concurrency", "3", "--connections", "cold")]
)
def test_the_service_is_never_asked_faster(shell: Shell, sim: Running, truth_log: Path, more: tuple[str, ...]) -> None:
    """By the service's own log, warm-up included; and the run says how late it was, and its manifest at which rate."""
    rate = Rate(requests=100, per="s")
    before = len(truth_lines(truth_log))
    words = ("--endpoint", sim.url, "--rate", "100/s", "--cycles", "2", *more)
    shell.inside("compare", NOVA, *TWO, *words, "--json", code=MEASURED)
    contents = shell.run.read()
    assert contents.plan.rate == rate
    assert_kept(contents.records, rate)
    until(lambda: len(truth_lines(truth_log)) >= before + len(contents.records))
    came = [line["received_at_ns"] for line in truth_lines(truth_log, before)]
    # Between our instant of sending and the service's of receiving lies the way through the kernel, not always as long.
    assert min(spacings(came)) >= rate.interval_ns - WAY_NS
    (watched,) = [event.details for event in contents.events if event.kind == "watched"]
    assert watched["paced_sends"] == len(contents.records) == len(came) == 42
    late = [(record.sent_at_ns or 0) - (record.due_at_ns or 0) for record in contents.records]
    assert (watched["worst_send_ns"], watched["sends_late_ns"]) == (max(late), sum(late))


QUOTA = """
about = "Short answers, and a quota."
seed = 1
[[models]]
id = "*"
[models.arms.standard]
ttft_ms = 200
itl_ms = 10
tokens = 10
requests_per_minute = 60
"""


def test_a_rate_within_the_quota_is_never_throttled(shell: Shell) -> None:
    """Sixty in a minute, which is 0.3 seconds here: 190 a second keep to it, with eight rounds in flight. Without a rate it is passed."""
    profile = shell.folder / "quota.toml"
    profile.write_text(QUOTA)
    words = ("compare", NOVA, "--concurrency", "8", "--cycles", "15", "--stopping", "limits")
    with serve_in_process(profile, options=["--speed", "200"], environment=shell.environment) as sim:
        shell.inside(*words, "--endpoint", sim.url, "--rate", "190/s", "--json", code=MEASURED)
    assert {record.outcome for record in shell.records()} == {"ok"}
    with serve_in_process(profile, options=["--speed", "200"], environment=shell.environment) as sim:
        done = shell.inside(*words, "--endpoint", sim.url, "--runs", "unpaced")
    assert "throttled" in done.out
    assert "(--rate)" in done.out


def test_a_run_says_its_rate_before_and_after(shell: Shell, sim: Running) -> None:
    """How long it takes at that pace, and what was allowed; a run without one says nothing of it."""
    words = ("compare", NOVA, "--endpoint", sim.url, "--cycles", "1", "--seed", "1")
    done = shell.inside(*words, "--rate", "40/s", "--json", code=MEASURED)
    assert (
        "Pace: at most 40 per second, evenly spaced, all targets together. 11 requests take at least 0.25 s."
        in done.err
    )
    assert done.json["run"]["rate"] == {"requests": 40.0, "per": "s"}
    assert 0 < done.json["run"]["reached_per_s"] <= 40
    report = shell.inside("report", "last", code=0).out
    assert "Pace: at most 40 per second" in report
    assert "Pace: at most 40 per second" in shell.inside("report", "last", "--format", "markdown", code=0).out
    assert "最大毎秒40件" in shell.inside("report", "last", "--lang", "ja", code=0).out
    plain = shell.inside(*words, "--json", code=MEASURED)
    assert "Pace" not in plain.err
    assert (plain.json["run"]["rate"], plain.json["run"]["reached_per_s"]) == (None, None)


def test_a_dry_run_says_how_far_the_time_reaches(shell: Shell, sim: Running) -> None:
    """391 requests at 20 a minute, of which ten minutes hold 200. For programs the same numbers; in sessions they are those of each."""
    words = ("compare", NOVA, "--endpoint", sim.url, "--rate", "20/m", "--dry-run", "--json")
    done = shell.inside(*words, code=0)
    assert "391 requests would take at least 19 min 30 s; the limit of time lets at most 200 of them leave." in done.err
    assert done.json["rate"] == {
        "requests": 20.0,
        "per": "m",
        "interval_s": 3.0,
        "least_time_s": 1170.0,
        "requests_in_time": 200,
    }
    done = shell.inside(*words, "--sessions", "3", "--every", "4h", code=0)
    assert "take at least 6 min" in done.err
    assert "per session" in done.err
    assert done.json["rate"]["requests_in_time"] == 200
    assert "送信は全ターゲット合計で最大毎分20件、等間隔です。" in shell.inside(*words, "--lang", "ja", code=0).err
    assert shell.inside(*words[:4], "--dry-run", "--json", code=0).json["rate"] is None


def test_a_file_may_say_the_rate(shell: Shell, sim: Running) -> None:
    """`rate = "50/s"`; what is wrong with it is told with everything else."""
    file = shell.folder / "bench.toml"
    text = '[run]\nrate = {rate}\ncycles = {cycles}\n[[targets]]\ntarget = "{nova}"\nendpoint = "{url}"\nregion = "us-east-1"\n'
    file.write_text(text.format(rate='"50/s"', cycles=1, nova=NOVA, url=sim.url))
    shell.inside("run", "bench.toml", "--json", code=MEASURED)
    contents = shell.run.read()
    assert contents.plan.rate == Rate(requests=50, per="s")
    assert_kept(contents.records, contents.plan.rate)
    for rate, word in (
        ("20", "“20” is not a rate"),
        ('"20/d"', "“20/d” is not a rate"),
        ('"0/s"', "would send nothing"),
    ):
        file.write_text(text.format(rate=rate, cycles=0, nova=NOVA, url=sim.url))
        told = shell.inside("run", "bench.toml", code=2).err
        assert "run.rate" in told
        assert word in told
        assert "run.cycles" in told


def test_limits_that_leave_no_room_for_a_cycle_are_told_together(shell: Shell, sim: Running) -> None:
    """The rate with what would do, and the requests."""
    told = shell.inside(
        "compare", NOVA, "--endpoint", sim.url, "--rate", "20/h", "--max-requests", "5", "--max-time", "5m", code=2
    ).err
    assert "2 problems" in told
    assert "--rate: at 20/h the 11 requests" in told
    assert "--max-time 33m" in told
    assert "--max-requests: 5 requests are not enough" in told


@pytest.mark.parametrize("signals", [(signal.SIGINT,), (signal.SIGINT, signal.SIGINT), (signal.SIGTERM,)])
def test_nobody_waits_for_a_slot_when_the_run_is_stopped(
    shell: Shell, sim: Running, signals: tuple[signal.Signals, ...]
) -> None:
    """The next slot is six minutes away. What was measured is shown, and nothing is recorded that was not sent."""
    words = (
        "compare",
        NOVA,
        *TWO,
        "--endpoint",
        sim.url,
        "--rate",
        "10/h",
        "--max-time",
        "30h",
        "--warmup",
        "0",
        "--lang",
        "en",
    )
    with shell.begin(*words) as process:
        until(lambda: bool(shell.runs) and any(event.kind == "began" for event in shell.run.read().events))
        until(lambda: len(shell.run.read().records) == 1)
        for one in signals:
            os.killpg(process.pid, one)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    contents = shell.run.read()
    assert [record.outcome for record in contents.records] == ["ok"]
    assert contents.damaged == 0
    assert "Go on with: hayai compare --resume" in err


def test_a_resumed_run_keeps_its_rate(shell: Shell, sim: Running) -> None:
    """What is left is announced at its pace, and the first request waits for what the earlier session sent last."""
    words = (
        "compare",
        NOVA,
        "--endpoint",
        sim.url,
        "--rate",
        "2/s",
        "--cycles",
        "1",
        "--stopping",
        "limits",
        "--warmup",
        "0",
    )
    with shell.begin(*words) as process:
        until(lambda: bool(shell.runs) and len(shell.run.read().records) >= 2)
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=30)
    done = shell.inside("compare", "--resume", "last", "--dry-run", "--json", code=0)
    assert "Pace: at most 2 per second" in done.err
    assert done.json["rate"]["interval_s"] == 0.5
    shell.inside("compare", "--resume", "last", "--json", code=MEASURED)
    records = shell.run.read().records
    assert {record.id.partition("-")[0] for record in records} == {"a1", "a2"}
    # Both sessions ran on this machine and since it started: one clock.
    assert_kept(records, Rate(requests=2, per="s"))
