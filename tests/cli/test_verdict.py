"""When does a comparison end, what is said meanwhile, and with which code? Against a service whose truth is known.

The steady service answers twice as fast in the optimized mode; the same target under two names does not differ at all.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hayai.keep.run_directory import Event
from hayai.sim.process import Running, serve_in_process
from tests.cli.shell import MEASURED, NOVA, Shell, clean_environment

TWO = ("--vary", "latency=standard,optimized")
CSV = "id,text\none,Say one.\ntwo,Say two.\n"
OFFER = re.compile(r"(?:Extend with|To measure more all the same|Go on with): hayai (.*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service that takes 118 or 60 ms for an answer: so long that a busy machine is no large part of it."""
    environment = clean_environment(tmp_path_factory.getbasetemp())
    with serve_in_process("steady", options=["--speed", "10"], environment=environment) as sim:
        yield sim


NOISY = """
about = "Twice as fast, and noisy."
seed = 7
[[models]]
id = "*"
[models.arms.standard]
ttft_ms = 30
ttft_sigma = 0.1
itl_ms = 1
itl_sigma = 0.1
tokens = 20
[models.arms.optimized]
ttft_ms = 15
ttft_sigma = 0.1
itl_ms = 0.5
itl_sigma = 0.1
tokens = 20
"""


@pytest.fixture(scope="module")
def noisy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service whose answers vary by some percent: not even a quiet machine can tell much from a few."""
    profile = tmp_path_factory.mktemp("noisy") / "noisy.toml"
    profile.write_text(NOISY)
    with serve_in_process(profile, environment=clean_environment(tmp_path_factory.getbasetemp())) as sim:
        yield sim


@pytest.fixture(autouse=True)
def _two_prompts(shell: Shell) -> None:
    (shell.folder / "two.csv").write_text(CSV)


def small(sim: Running, *more: str) -> tuple[str, ...]:
    """A comparison of two prompts and two cycles: too little for any verdict, whatever is measured."""
    return ("compare", NOVA, *TWO, "--endpoint", sim.url, "--suite", "two.csv", "--max-requests", "10", *more)


def last_end(shell: Shell) -> Event:
    """What the last session said when it ended."""
    return [event for event in shell.run.read().events if event.kind == "ended"][-1]


def test_a_clear_difference_ends_the_run(shell: Shell, calm: Running) -> None:
    """Twice as fast: settled long before the limits, exit 0; the answer holds the truth, and was told while it ran."""
    done = shell("compare", NOVA, *TWO, "--endpoint", calm.url, "--json", code=0)
    end = last_end(shell)
    assert end.details["reason"] == "verdict"
    cycles = len(shell.records()) // 20
    assert len(shell.records()) == cycles * 20 < 200
    assert end.details["questions"] == cycles
    (verdict,) = done.json["judgement"]["verdicts"]
    assert (verdict["answer"], verdict["settled"]) == ("much_faster", True)
    bounds = verdict["headline"]["anytime"]
    assert bounds["low"] < 1 / 2 < bounds["high"] or abs(verdict["headline"]["ratio"] - 1 / 2) < 0.05
    assert "after cycle 1: " in done.err
    assert f"after cycle {cycles}: " in done.err
    assert "Ends sooner once the answer is certain (margin 10%) and exact to 10%." in done.err
    assert "Settled." in done.err


def test_a_log_holds_every_answer_and_the_forecast(shell: Shell, noisy: Running) -> None:
    """After each of three cycles what can be said, from the second on an interval; and how much more it takes to be that exact."""
    words = ("--cycles", "3", "--precision", "1%", "--max-requests", "4000")
    done = shell.inside("compare", NOVA, *TWO, "--endpoint", noisy.url, *words, "--json")
    told = done.err.splitlines()
    answers = [line for line in told if line.startswith("after cycle ")]
    assert [line.split(":")[0] for line in answers] == ["after cycle 1", "after cycle 2", "after cycle 3"]
    assert ["(" in line for line in answers] == [False, True, True]
    assert " more requests" in told[told.index(answers[1]) + 1]


def test_to_the_limits_whatever_the_answer(shell: Shell, calm: Running) -> None:
    """`--stopping limits` measures what it was told to; the answer is the same, and so is the code."""
    done = shell.inside("compare", NOVA, *TWO, "--endpoint", calm.url, "--cycles", "5", "--stopping", "limits", code=0)
    assert last_end(shell).details["reason"] == "cycles"
    assert len(shell.records()) == 100
    assert "Ends sooner" not in done.err


def test_the_last_cycle_may_settle_it(shell: Shell, calm: Running) -> None:
    """A run that settles its question within its last cycle ends by the verdict, not by the limit."""
    shell.inside(
        "compare", NOVA, *TWO, "--endpoint", calm.url, "--verdict-only", "--max-requests", "42", "--json", code=0
    )
    assert last_end(shell).details["reason"] == "verdict"
    assert len(shell.records()) == 40


def test_undecided_then_extended(shell: Shell, calm: Running) -> None:
    """Two prompts, two cycles: exit 4 and a command with more requests. Extended, the answer is settled: exit 0; what was kept stays."""
    done = shell(*small(calm), code=4)
    assert last_end(shell).details["reason"] == "max_requests"
    before = {path.name: path.read_bytes() for path in shell.run.path.glob("records-*")}
    (offered,) = OFFER.findall(done.err)
    assert shlex.split(offered)[3] == "--max-requests"
    assert int(shlex.split(offered)[4]) > 10
    shell.inside("compare", "--resume", "last", "--max-requests", "300", "--json", code=0)
    assert last_end(shell).details["reason"] == "verdict"
    assert all((shell.run.path / name).read_bytes() == data for name, data in before.items())


def test_more_of_what_is_settled(shell: Shell, calm: Running) -> None:
    """Nothing is left to do, and that is said; whoever asks for more by a limit gets all of it, and still the same answer."""
    done = shell.inside("compare", NOVA, *TWO, "--endpoint", calm.url, "--prompts", "code", "--json", code=0)
    cycles = len(shell.records()) // 4
    told = shell.inside("compare", "--resume", "last", code=2).err
    assert f"is settled (complete cycles: {cycles})" in told
    assert f"add --cycles {2 * cycles}" in told
    (offered,) = OFFER.findall(done.err)
    assert shlex.split(offered)[3:] == ["--cycles", str(2 * cycles)]
    shell.inside(*shlex.split(offered), "--json", code=0)
    assert len(shell.records()) == 2 * cycles * 4
    assert last_end(shell).details["reason"] == "cycles"


def test_claims_decide_the_code(shell: Shell, calm: Running) -> None:
    """What is true is confirmed, exit 0; what is not is contradicted, exit 1. Both end the run before its limits."""
    words = ("compare", NOVA, *TWO, "--endpoint", calm.url, "--json")
    for claim, status, code in (("50% faster than", "confirmed", 0), ("4x as fast as", "contradicted", 1)):
        text = f"nova-pro optimized is typically {claim} nova-pro standard"
        done = shell(*words, "--claim", text, "--runs", status, code=code)
        (found,) = done.json["judgement"]["claims"]
        assert found["status"] == status
        assert done.json["run"]["ended_reason"] == "verdict"


def test_an_undecided_claim_is_why_a_settled_run_is_undecided(shell: Shell, noisy: Running) -> None:
    """Exit 4 though the comparison is settled: the last line says what is open, and offers more with that reason."""
    claim = "nova-pro optimized is at least 1.6x as fast as nova-pro standard"
    words = ("--claim", claim, "--verdict-only", "--max-requests", "62", "--json")
    done = shell.inside("compare", NOVA, *TWO, "--endpoint", noisy.url, *words, code=4)
    assert done.json["judgement"]["verdicts"][0]["settled"]
    assert [found["status"] for found in done.json["judgement"]["claims"]] == ["undecided"]
    assert "claims are undecided (1 of 1)" in done.err
    assert "To measure more" not in done.err
    (offered,) = OFFER.findall(done.err)
    assert shlex.split(offered)[3:] == ["--max-requests", "122"]


def test_cut_answers_ask_for_no_more_of_them(shell: Shell, calm: Running) -> None:
    """The run ends at once, says what would help, and refuses to go on as it is."""
    words = ("compare", f"{NOVA},name=short,max_tokens=5", f"{NOVA},name=long", "--endpoint", calm.url)
    done = shell.inside(*words, "--json", code=4)
    assert last_end(shell).details["reason"] == "verdict"
    assert len(shell.records()) == 20
    assert "Raise max_tokens and begin a new run." in done.err
    assert not OFFER.findall(done.err)
    told = shell.inside("compare", "--resume", "last", code=2).err
    assert "cut on one side only (complete cycles: 1)" in told
    assert "settled" not in told


def test_an_undecided_run_says_what_would_extend_it(shell: Shell, calm: Running) -> None:
    """Resumed as it is, it has nothing left to do within its limits; the options are named."""
    shell.inside(*small(calm), "--json", code=4)
    told = shell.inside("compare", "--resume", "last", code=2).err
    assert "nothing is left to do within the limits of this run (complete cycles: 2)" in told
    assert "add --max-requests 14" in told


def test_the_same_twice(shell: Shell, calm: Running) -> None:
    """`compare A A` ends in "practically the same" or "undecided", and never in a winner."""
    done = shell.inside("compare", NOVA, NOVA, "--endpoint", calm.url, "--max-requests", "102", "--json", code=MEASURED)
    (verdict,) = done.json["judgement"]["verdicts"]
    assert verdict["judged"]
    assert verdict["answer"] in ("same", "same_but_faster", "same_but_slower", "undecided")


def test_a_self_test_rides_along(shell: Shell, calm: Running) -> None:
    """`--aa` measures the baseline once more under a free name. It is not judged: neither the end of the run nor the code depends on it."""
    done = shell.inside("compare", NOVA, *TWO, "--endpoint", calm.url, "--aa", "--json", code=0)
    plan = shell.run.plan()
    assert [target.name for target in plan.targets] == [
        "nova-pro standard",
        "nova-pro optimized",
        "nova-pro standard#2",
    ]
    assert plan.targets[0].options == plan.targets[2].options
    assert plan.rules.self_test == done.json["judgement"]["self_test"] == "nova-pro standard#2"
    judged = [verdict["target"] for verdict in done.json["judgement"]["verdicts"] if verdict["judged"]]
    assert judged == ["nova-pro optimized"]
    assert last_end(shell).details["reason"] == "verdict"


def test_one_target_has_no_verdict(shell: Shell, calm: Running) -> None:
    """It is described, up to its limits, and that is a 0."""
    done = shell.inside(
        "compare", NOVA, "--endpoint", calm.url, "--suite", "two.csv", "--cycles", "3", "--json", code=0
    )
    assert "after cycle" not in done.err
    assert last_end(shell).details["reason"] == "cycles"


def test_planned_looks_cannot_be_extended(shell: Shell, noisy: Running) -> None:
    """`--stopping fixed` refuses other limits than its own, offers none, and foretells nothing beyond its plan."""
    done = shell.inside(*small(noisy, "--stopping", "fixed"), "--json", code=MEASURED)
    assert "cannot be extended" in done.err
    assert "more requests" not in done.err + done.out
    assert not OFFER.findall(done.err)
    for limit in (("--max-requests", "100"), ("--cycles", "9")):
        told = shell.inside("compare", "--resume", "last", *limit, code=2).err
        assert "planned for its own limits (--stopping fixed)" in told
    assert "planned beforehand (--stopping fixed)" in shell.inside("compare", "--resume", "last", code=2).err


def test_planned_looks_can_be_finished(shell: Shell, calm: Running) -> None:
    """A run that ran out of time is completed within its own limits of requests, with more time."""
    done = shell.inside(*small(calm, "--stopping", "fixed", "--max-time", "1ms"), "--json", code=4)
    assert last_end(shell).details["reason"] == "max_time"
    (offered,) = OFFER.findall(done.err)
    shell.inside(*shlex.split(offered), "--max-time", "1m", "--json", code=MEASURED)
    assert last_end(shell).details["reason"] in ("max_requests", "verdict")
    assert len({(r.cycle, r.prompt, r.target) for r in shell.records()}) == 8


def test_a_look_that_fails_ends_no_run(shell: Shell, calm: Running) -> None:
    """What was paid for goes on to its limits; the trouble is told once."""
    broken = (
        "import sys\n"
        "if 'compare' in sys.orig_argv:\n"
        "    import hayai.cli.looking\n"
        "    def fail(*_):\n"
        "        raise KeyError('nobody foresaw this')\n"
        "    hayai.cli.looking.pace_of = fail\n"
    )
    (shell.folder / "sitecustomize.py").write_text(broken)
    environment = {"PYTHONPATH": str(shell.folder)}
    words = ("compare", NOVA, *TWO, "--endpoint", calm.url, "--suite", "two.csv", "--cycles", "3")
    done = shell(*words, environment=environment)
    assert done.err.count("No provisional answer") == 1
    assert "nobody foresaw this" in done.err
    assert (last_end(shell).details["reason"], len(shell.records())) == ("cycles", 12)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_dry_run_says_what_the_plan_could_tell(shell: Shell, sim: Running, language: str) -> None:
    """Which difference would be found, in words and for programs; with a run to go on from its own noise is used."""
    words = ("compare", NOVA, *TWO, "--endpoint", sim.url, "--lang", language)
    plain = shell.inside(*words, "--dry-run", code=0)
    told = shell.inside(*words, "--dry-run", "--json", code=0)
    assert told.err == plain.err
    found = {one["noise"]: one["times_as_fast"] for one in told.json["detectable"]}
    assert 1.1 <= found["calm"] <= found["realistic"] < found["rough"] < 1.5
    assert f"{found['calm']:.2f}" in plain.err
    assert told.json["rules"]["stopping"] == "anytime"
    shell.inside(*words, "--prompts", "code", "--cycles", "8", "--stopping", "limits", "--json", code=MEASURED)
    more = ("--cycles", "20", "--dry-run", "--json", "--lang", language)
    assert [one["noise"] for one in shell.inside("compare", "--resume", "last", *more, code=0).json["detectable"]] == [
        "seen"
    ]


def test_a_dry_run_of_one_target_promises_nothing(shell: Shell, sim: Running) -> None:
    """There is no difference to be told."""
    done = shell.inside("compare", NOVA, "--endpoint", sim.url, "--dry-run", "--json", code=0)
    assert done.json["detectable"] == []


def test_everything_wrong_with_the_rules_at_once(shell: Shell, sim: Running) -> None:
    """On a command line, among mistakes of other kinds."""
    rules = ("--margin", "lots", "--precision", "5%", "--verdict-only", "--sessions", "3", "--stopping", "never")
    done = shell.inside("compare", NOVA, *TWO, *rules, "--claim", "faster", "--suite", "nope", code=2)
    for part in ("--margin", "--verdict-only", "--sessions", "--stopping", "--claim", "--suite"):
        assert f"  - {part}: " in done.err, part


def test_a_wrong_option_hides_no_wrong_claim(shell: Shell) -> None:
    """Where the targets' names do not depend on it: in a command line, and in a file. Where they do, nothing is made up."""
    lite = NOVA.replace("pro", "lite")
    words = ("compare", NOVA, f"{lite},foo=1", "--baseline", "3")
    told = shell.inside(*words, "--claim", "nova-pro 2x as fast as nova-light", code=2).err
    assert "TARGET 2: foo" in told
    assert [line for line in told.splitlines() if "--claim" in line and "nova-light" in line and "nova-lite" in line]
    assert "  - --baseline: " in told
    assert len(told.splitlines()) == 4
    told = shell.inside("compare", NOVA, f"{NOVA},foo=1", "--claim", "zzz", code=2).err
    assert "foo" in told
    assert "--claim" not in told
    (shell.folder / "bench.toml").write_text(
        f'[run]\nclaim = ["zzz 2x as fast"]\n[[targets]]\ntarget = "{NOVA}"\n[[targets]]\ntarget = "{lite}"\nfoo = 1\n'
    )
    told = shell.inside("run", "bench.toml", code=2).err
    assert "targets[2].foo" in told
    assert [line for line in told.splitlines() if "run.claim" in line and "zzz" in line]


def test_everything_wrong_with_the_rules_of_a_file_at_once(shell: Shell) -> None:
    """Each with its place in the file, the claims too."""
    (shell.folder / "bench.toml").write_text(f"""
        [run]
        margin = 10
        precision = "5%"
        verdict_only = true
        stopping = "never"
        claim = ["a is quick"]
        all_pairs = "yes"
        every = "4h"
        [[targets]]
        name = "a"
        target = "{NOVA}"
        [[targets]]
        like = "a"
        name = "b"
        latency = "optimized"
    """)
    done = shell.inside("run", "bench.toml", code=2)
    for key in ("margin", "verdict_only", "stopping", "claim", "all_pairs", "every"):
        assert f"  - bench.toml: run.{key}" in done.err, key


def test_the_promise_of_the_manifest(shell: Shell, calm: Running) -> None:
    """The rules lie in the manifest before the first request, and a resume cannot change them."""
    words = ("--margin", "5%", "--precision", "3%", "--sessions", "2", "--every", "1ms", "--cycles", "1")
    shell.inside(*small(calm, *words, "--max-requests", "12"), "--json", code=4)
    plan = json.loads((shell.run.path / "manifest.json").read_text())["plan"]
    assert (plan["rules"]["margin_ratio"], plan["rules"]["precision_ratio"]) == (0.05, 0.03)
    assert plan["sessions"] == {"count": 2, "every_s": 0.001}
    rules = ("--margin", "20%", "--verdict-only", "--claim", "x", "--aa", "--all-pairs", "--stopping", "limits")
    told = shell.inside("compare", "--resume", "last", *rules, "--sessions", "3", "--every", "1h", code=2).err
    for option in (
        "--margin",
        "--verdict-only",
        "--claim",
        "--aa",
        "--all-pairs",
        "--stopping",
        "--sessions",
        "--every",
    ):
        assert option in told
    assert len(told.splitlines()) == 1


def test_nothing_heavy_before_the_first_request(tmp_path: Path) -> None:
    """What the parent loads while the agent starts brings neither numpy nor scipy: they come while the first cycle is measured."""
    asked = "import sys, hayai.cli.comparing, hayai.cli.resuming; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=60)
    assert {"numpy", "scipy"} & set(done.stdout.split()) == set()
    assert "hayai.cli.sittings" in done.stdout
