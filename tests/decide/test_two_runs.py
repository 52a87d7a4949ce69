"""What changed between two runs: the right number, an interval that holds it as often as it says, and nothing that the runs do not know."""

from __future__ import annotations

import math
import random
from typing import Any

import msgspec
import pytest

from hayai.ask.plan import Plan, Rate
from hayai.decide.describe import describe
from hayai.decide.findings import Findings
from hayai.decide.two_runs import TargetChange, two_runs
from hayai.keep.query import SIMULATION_HEADER
from hayai.keep.records import RequestRecord
from hayai.keep.run_directory import Contents, Manifest, PromptHash, prompt_hash
from tests.decide.made import MS, S, a_failure, a_plan, a_prompt, a_record, a_target

PROMPTS = tuple(a_prompt(f"p{number}", text=f"Question {number}") for number in range(10))


def a_run(plan: Plan, records: list[RequestRecord], **more: Any) -> tuple[Contents, Findings]:
    """A run as it is read back."""
    manifest = Manifest(
        schema_version=1,
        run=more.pop("run", "r"),
        hayai_version=more.pop("version", "0.1.0"),
        created_utc="2026-11-29T01:00:00Z",
        argv=(),
        plan=plan,
        prompts=tuple(PromptHash(id=prompt.id, sha256=prompt_hash(prompt)) for prompt in plan.suite.prompts),
        endpoints=(),
        environment={"host": more.pop("host", "h"), "cpus": 2},
    )
    contents = Contents(
        manifest=manifest, plan=plan, records=tuple(records), regions={}, events=(), damaged=0, done=True
    )
    return contents, describe(plan, records, regions={}, interrupted=False, ended_reason="cycles")


def timed(target: str, times_ms: dict[str, list[float]], **more: Any) -> list[RequestRecord]:
    """Answers of these durations, prompt by prompt."""
    records: list[RequestRecord] = []
    for prompt, times in times_ms.items():
        for cycle, time_ms in enumerate(times):
            sent = (1 + len(records)) * 1000 * S
            last = sent + round(time_ms * MS)
            at = {"sent_at_ns": sent, "first_visible_at_ns": sent + 10 * MS, "last_at_ns": last, "ended_at_ns": last}
            records.append(a_record(target, prompt, cycle=cycle, **at, **more))
    return records


def noisy(rng: random.Random, factor: float, *, cycles: int = 5) -> dict[str, list[float]]:
    """Prompts of different lengths, noise of 20 % within and of 5 % between prompts and runs."""
    return {
        prompt.id: [
            factor * 500 * (1 + number) * math.exp(shift + rng.gauss(0, 0.2))
            for shift in [rng.gauss(0, 0.05)]
            for _ in range(cycles)
        ]
        for number, prompt in enumerate(PROMPTS)
    }


def change_of(found: TargetChange, metric: str = "e2e") -> Any:
    """The change of one metric."""
    return next(change for change in found.changes if change.metric == metric)


def test_the_ratio_is_that_of_geometric_means() -> None:
    """Prompt by prompt, each counting once, however often it was asked and however long its answer is."""
    plan = a_plan((a_target("a"),), PROMPTS[:2])
    old = a_run(plan, timed("a", {"p0": [100, 400], "p1": [1000, 1000]}))
    new = a_run(plan, timed("a", {"p0": [400, 400], "p1": [1000]}))
    (target,) = two_runs(old, new).targets
    assert target.by_prompt == pytest.approx({"p0": 2.0, "p1": 1.0})
    assert change_of(target).ratio == pytest.approx(math.sqrt(2))
    assert change_of(target).prompts == 2
    assert change_of(target, "ttft").ratio == pytest.approx(1.0)
    assert change_of(target, "ttft").interval is None  # All alike: no spread from which to know how sure one may be.
    assert (target.answered, target.sent) == ((4, 3), (4, 3))


def test_there_and_back_is_the_inverse() -> None:
    """What became twice as slow is half as slow seen from the other side, interval and all."""
    rng = random.Random(3)
    plan = a_plan((a_target("a"),), PROMPTS)
    old, new = a_run(plan, timed("a", noisy(rng, 1.0))), a_run(plan, timed("a", noisy(rng, 2.0)))
    there, back = (change_of(two_runs(*pair).targets[0]) for pair in ((old, new), (new, old)))
    assert there.ratio * back.ratio == pytest.approx(1.0)
    assert there.interval.low * back.interval.high == pytest.approx(1.0)
    assert there.interval.low > 1 > back.interval.high


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """95 of 100 times, with noise within and between prompts: 400 pairs of runs whose change is known."""
    rng = random.Random(11)
    plan = a_plan((a_target("a"),), PROMPTS)
    held = 0
    for _ in range(400):
        old, new = a_run(plan, timed("a", noisy(rng, 1.0))), a_run(plan, timed("a", noisy(rng, 1.25)))
        interval = change_of(two_runs(old, new).targets[0]).interval
        held += interval.low <= 1.25 <= interval.high
    # Three standard errors of a share of 0.95 among 400 are 0.033.
    assert 0.917 <= held / 400 <= 0.983


def test_only_the_same_words_are_compared() -> None:
    """A prompt whose text changed is another prompt, whatever it is called."""
    other = a_prompt("p1", text="Something else")
    old = a_run(a_plan((a_target("a"),), PROMPTS[:2]), timed("a", {"p0": [100], "p1": [100]}))
    new = a_run(a_plan((a_target("a"),), (PROMPTS[0], other)), timed("a", {"p0": [300], "p1": [900]}))
    found = two_runs(old, new)
    assert found.prompts == 1
    assert change_of(found.targets[0]).ratio == pytest.approx(3.0)
    assert change_of(found.targets[0]).interval is None
    assert [one.kind for one in found.differs] == ["prompts", "cycles"]


def test_a_target_is_known_by_its_name_or_by_what_it_is() -> None:
    """A renamed target is the same where service, model and options are; others stand alone."""
    old = a_run(
        a_plan((a_target("a"), a_target("old", "m.one", temperature=0), a_target("gone", "m.two")), PROMPTS[:1]),
        [*timed("a", {"p0": [100]}), *timed("old", {"p0": [100]}), *timed("gone", {"p0": [100]})],
    )
    new = a_run(
        a_plan((a_target("fresh", "m.three"), a_target("renamed", "m.one", temperature=0), a_target("a")), PROMPTS[:1]),
        [*timed("fresh", {"p0": [100]}), *timed("renamed", {"p0": [200]}), *timed("a", {"p0": [100]})],
    )
    found = two_runs(old, new)
    assert [target.name for target in found.targets] == ["a", "old → renamed"]
    assert change_of(found.targets[1]).ratio == pytest.approx(2.0)
    assert (found.only_old, found.only_new) == (("gone",), ("fresh",))


def test_failures_are_counted_and_not_averaged() -> None:
    """A target that stopped answering has no ratio, and that is said, not hidden."""
    plan = a_plan((a_target("a"),), PROMPTS[:2])
    old = a_run(plan, timed("a", {"p0": [100, 100], "p1": [100, 100]}))
    new = a_run(plan, [a_failure("a", prompt, cycle=cycle) for prompt in ("p0", "p1") for cycle in range(2)])
    (target,) = two_runs(old, new).targets
    assert target.changes == ()
    assert target.by_prompt == {}
    assert target.answered == (4, 0)


def test_what_else_was_different_is_told() -> None:
    """Options, load, machine, version, and that one side was simulated."""
    old = a_run(a_plan((a_target("a", temperature=0),), PROMPTS[:1]), timed("a", {"p0": [100] * 3}))
    plan = a_plan((a_target("a", temperature=1),), PROMPTS[:1], concurrency=4, rate=Rate(requests=5, per="s"))
    simulated = timed("a", {"p0": [100] * 3}, headers={SIMULATION_HEADER: "steady;speed=20"})
    new = a_run(plan, simulated, version="0.2.0", host="other")
    kinds = [one.kind for one in two_runs(old, new).differs]
    assert kinds == ["simulated", "options", "load", "machine", "version"]
    assert two_runs(old, old).differs == ()


def test_where_a_service_lies_is_no_option() -> None:
    """A simulator has another port each time."""
    sides = [
        a_run(a_plan((a_target("a", endpoint=f"http://127.0.0.1:{port}"),), PROMPTS[:1]), timed("a", {"p0": [100] * 3}))
        for port in (1000, 2000)
    ]
    assert two_runs(sides[0], sides[1]).differs == ()


def test_nothing_in_common_is_no_error() -> None:
    """Two runs of different things have nothing to say of each other."""
    old = a_run(a_plan((a_target("a"),), PROMPTS[:1]), timed("a", {"p0": [100]}))
    new = a_run(a_plan((a_target("b", "m.other"),), PROMPTS[1:2]), timed("b", {"p1": [100]}))
    found = two_runs(old, new)
    assert (found.targets, found.prompts, found.only_old, found.only_new) == ((), 0, ("a",), ("b",))
    assert msgspec.to_builtins(found.differs)
