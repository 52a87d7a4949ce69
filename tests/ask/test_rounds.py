"""The order of requests: balanced, drawn from the seed alone, the same for ever."""

from __future__ import annotations

import itertools
import random
from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.ask.plan import Limits, Message, Plan, Prompt, Sessions, Suite, Target, TextPart
from hayai.ask.rounds import (
    affordable_cycles,
    cycle_trials,
    cycles_per_session,
    nonce,
    requests_per_cycle,
    resolve_max_tokens,
    warmup_requests,
    warmup_trials,
)
from hayai.ask.suites.warmup import WARMUP_ID, WARMUP_PROMPT, warmup_prompt
from hayai.errors import UsageError


def a_prompt(name: str, **fields: object) -> Prompt:
    """A prompt of one line."""
    message = Message(role="user", parts=(TextPart(text=f"about {name}"),))
    return msgspec.structs.replace(Prompt(id=name, messages=(message,)), **fields)


def a_plan(*, prompts: int = 4, targets: int = 3, seed: int = 7, **fields: object) -> Plan:
    """A plan of `prompts` times `targets`."""
    suite = Suite(name="s", source="s.toml", prompts=tuple(a_prompt(f"p{n}") for n in range(prompts)))
    named = tuple(Target(name=f"t{n}", provider="bedrock", model="m") for n in range(targets))
    return msgspec.structs.replace(Plan(targets=named, suite=suite, seed=seed), **fields)


plans = st.builds(a_plan, prompts=st.integers(1, 12), targets=st.integers(1, 6), seed=st.integers(-(2**70), 2**70))


@given(plans, st.integers(0, 10_000))
def test_a_cycle_asks_every_prompt_of_every_target_once(plan: Plan, cycle: int) -> None:
    """Each round is one prompt and each target once; each prompt has exactly one round; places count from 0."""
    rounds = cycle_trials(plan, cycle)
    assert sorted(trials[0].prompt for trials in rounds) == sorted(p.id for p in plan.suite.prompts)
    for place, trials in enumerate(rounds):
        assert {trial.prompt for trial in trials} == {trials[0].prompt}
        assert sorted(trial.target for trial in trials) == sorted(t.name for t in plan.targets)
        assert [trial.position for trial in trials] == list(range(len(trials)))
        assert {(trial.phase, trial.cycle, trial.round) for trial in trials} == {("measure", cycle, place)}
    assert sum(map(len, rounds)) == requests_per_cycle(plan)


@given(plans, st.integers(0, 100))
def test_a_cycle_is_drawn_from_seed_and_number_alone(plan: Plan, cycle: int) -> None:
    """Drawn after others, or with the global random numbers anywhere else, it is the same."""
    alone = cycle_trials(plan, cycle)
    random.seed(cycle)
    for other in range(3):
        cycle_trials(plan, other)
    assert cycle_trials(plan, cycle) == alone


def test_the_order_for_a_seed_never_changes() -> None:
    """Golden: a plan stored by an old version is carried out in the same order by a new one."""
    drawn = [
        [trials[0].prompt + ":" + "".join(t.target[1] for t in trials) for trials in cycle_trials(a_plan(), c)]
        for c in (0, 1, 999)
    ]
    assert drawn == GOLDEN


NONCES = ["[ebf4085ffd80df84] ", "[ccf1839dbbdc25e3] "]
GOLDEN = [
    ["p3:102", "p0:021", "p1:021", "p2:021"],
    ["p1:201", "p2:021", "p3:012", "p0:021"],
    ["p3:012", "p1:210", "p2:201", "p0:210"],
]


def test_cycles_and_seeds_draw_different_orders() -> None:
    """Neither the next cycle nor the next seed repeats an order of ten prompts."""
    orders = {
        tuple(trials[0].prompt for trials in cycle_trials(a_plan(prompts=10, seed=seed), cycle))
        for seed, cycle in itertools.product(range(20), range(20))
    }
    assert len(orders) == 400


def test_every_order_of_targets_is_about_equally_likely() -> None:
    """Over 1,200 rounds each of the six orders of three targets comes 200 times on average; 140..260 is beyond four deviations."""
    orders = Counter(
        tuple(trial.target for trial in trials) for cycle in range(300) for trials in cycle_trials(a_plan(), cycle)
    )
    assert len(orders) == 6
    assert all(140 < count < 260 for count in orders.values())


def test_every_prompt_comes_about_equally_often_first() -> None:
    """1,200 cycles of four prompts: each begins 300 on average."""
    firsts = Counter(cycle_trials(a_plan(), cycle)[0][0].prompt for cycle in range(1200))
    assert all(240 < firsts[f"p{n}"] < 360 for n in range(4))


def test_a_torn_round_runs_again_in_its_own_order_under_a_new_try() -> None:
    """Only the round named is a further try; nothing else of the cycle changes."""
    plan = a_plan()
    fresh = cycle_trials(plan, 3)
    again = cycle_trials(plan, 3, round_tries={(3, "p2"): 2, (4, "p1"): 1})
    for before, after in zip(itertools.chain(*fresh), itertools.chain(*again), strict=True):
        assert after.round_try == (2 if before.prompt == "p2" else 0)
        assert msgspec.structs.replace(after, round_try=0) == before


@pytest.mark.parametrize(("cache", "rounds"), [("as-is", 2), ("avoid", 2), ("warm", 2 + 4)])
def test_warm_up_covers_every_target(cache: str, rounds: int) -> None:
    """`plan.warmup` rounds of the warm-up prompt; with a warm cache, one more round of every prompt."""
    plan = a_plan(warmup=2, cache=cache)
    trials = warmup_trials(plan)
    assert len(trials) == rounds
    assert all(sorted(t.target for t in one) == ["t0", "t1", "t2"] for one in trials)
    assert [one[0].prompt for one in trials[:2]] == [WARMUP_ID, WARMUP_ID]
    assert sorted(one[0].prompt for one in trials[2:]) == (["p0", "p1", "p2", "p3"] if cache == "warm" else [])
    flat = list(itertools.chain(*trials))
    assert {trial.phase for trial in flat} == {"warmup"}
    assert len({(t.cycle, t.round, t.position) for t in flat}) == len(flat) == warmup_requests(plan)


def test_no_warm_up_when_none_is_asked_for() -> None:
    """`warmup=0` sends nothing before the sample."""
    assert warmup_trials(a_plan(warmup=0)) == ()


def test_the_warm_up_prompt_speaks_the_language_of_the_suite() -> None:
    """Japanese for a Japanese suite; English where the language is another or not known; short in any case."""
    japanese = Suite(name="s", source="s", prompts=(a_prompt("a", language="ja"),))
    assert warmup_prompt(japanese).language == "ja"
    assert warmup_prompt(a_plan().suite) == WARMUP_PROMPT
    assert warmup_prompt(japanese).id == WARMUP_PROMPT.id == WARMUP_ID
    assert warmup_prompt(japanese).max_tokens == WARMUP_PROMPT.max_tokens == 32


def test_nonces_have_one_length_and_never_repeat() -> None:
    """Over trials, tries, attempts, sessions, phases and cycles of one run."""
    plan = a_plan(prompts=10, cache="avoid", warmup=3)
    trials = [t for cycle in range(40) for one in cycle_trials(plan, cycle) for t in one]
    trials += [msgspec.structs.replace(t, round_try=1) for t in trials]
    trials += list(itertools.chain(*warmup_trials(plan)))
    nonces = [nonce(plan, trial, attempt, agent) for trial in trials for attempt in (1, 2, 3) for agent in ("a1", "a2")]
    assert len(set(nonces)) == len(nonces)
    assert {len(text or "") for text in nonces} == {19}
    assert all(text is not None and text.isascii() for text in nonces)


def test_the_nonces_for_a_seed_never_change() -> None:
    """Golden: a run that is resumed by a newer version goes on with the same bytes."""
    plan = a_plan(cache="avoid")
    trial = cycle_trials(plan, 0)[0][0]
    assert [nonce(plan, trial, attempt, "a1") for attempt in (1, 2)] == NONCES


def test_nonces_differ_between_seeds_and_repeat_with_the_seed() -> None:
    """The same plan asks with the same bytes; another seed with others."""
    trial = cycle_trials(a_plan(), 0)[0][0]
    one, same, other = (nonce(a_plan(seed=seed, cache="avoid"), trial, 1, "a1") for seed in (1, 1, 2))
    assert one == same != other


@pytest.mark.parametrize("cache", ["as-is", "warm"])
def test_prompts_go_out_as_written_unless_the_cache_is_avoided(cache: str) -> None:
    """No nonce is put into a prompt that nobody asked to change."""
    plan = a_plan(cache=cache)
    assert nonce(plan, cycle_trials(plan, 0)[0][0], 1, "a1") is None


@pytest.mark.parametrize(
    ("max_requests", "cycles", "cache", "expected"),
    [
        (15, None, "as-is", 1),
        (26, None, "as-is", 1),
        (27, None, "as-is", 2),
        (400, 5, "as-is", 5),
        (39, None, "warm", 2),
    ],
)
def test_the_budget_pays_for_whole_cycles_after_the_warm_up(
    max_requests: int, cycles: int | None, cache: str, expected: int
) -> None:
    """4 prompts x 3 targets = 12 a cycle, 3 for the warm-up, 12 more to warm the cache."""
    plan = a_plan(limits=Limits(max_requests=max_requests, cycles=cycles), cache=cache)
    assert affordable_cycles(plan) == expected


def test_a_budget_below_one_cycle_is_told_with_what_is_needed() -> None:
    """14 requests do not reach for 3 + 12."""
    with pytest.raises(UsageError) as caught:
        affordable_cycles(a_plan(limits=Limits(max_requests=14)))
    (problem,) = caught.value.problems
    assert problem.key == "rounds.budget_below_one_cycle"
    assert problem.values["needed"] == 15


@pytest.mark.parametrize(
    ("limits", "each"),
    [
        (Limits(max_requests=400), 10),  # 133 - 3 warm-up = 130, 12 a cycle
        (Limits(max_requests=3 * 27), 2),
        (Limits(max_requests=3 * 27 - 1), 1),
        (Limits(max_requests=400, cycles=4), 4),
        (Limits(max_requests=3 * 27, cycles=4), 2),
    ],
)
def test_sessions_share_the_budget_evenly(limits: Limits, each: int) -> None:
    """Each of three warms up and has the same number of whole cycles; `cycles` is the most of one; the total stays within the limit."""
    plan = a_plan(limits=limits, sessions=Sessions(count=3, every_s=60))
    assert cycles_per_session(plan) == each
    assert affordable_cycles(plan) == 3 * each
    assert 3 * (warmup_requests(plan) + each * requests_per_cycle(plan)) <= limits.max_requests


def test_one_session_has_no_share() -> None:
    """A run without `--sessions` is not divided."""
    assert cycles_per_session(a_plan()) is None


def test_a_budget_below_one_cycle_of_each_session_is_told() -> None:
    """44 requests are enough for three times 3 + 12 but for one."""
    with pytest.raises(UsageError) as caught:
        affordable_cycles(a_plan(limits=Limits(max_requests=44), sessions=Sessions(count=3, every_s=60)))
    (problem,) = caught.value.problems
    assert problem.key == "rounds.budget_below_one_cycle.sessions"
    assert (problem.values["needed"], problem.values["sessions"]) == (45, 3)


@pytest.mark.parametrize(
    ("target", "prompt", "plan", "expected"),
    [(100, 200, 300, 100), (None, 200, 300, 200), (None, None, 300, 300), (None, None, None, None)],
)
def test_the_nearest_word_on_the_length_of_the_answer_wins(
    target: int | None, prompt: int | None, plan: int | None, expected: int | None
) -> None:
    """Target before prompt before plan; nothing is sent where nobody said anything."""
    options = {} if target is None else {"max_tokens": target}
    asked = Target(name="t", provider="bedrock", model="m", options=options)
    assert resolve_max_tokens(a_plan(max_tokens=plan), asked, a_prompt("p", max_tokens=prompt)) == expected


def test_the_warm_up_stays_short_whatever_the_target_says() -> None:
    """Nobody reads its answer, so nobody should pay for 5,000 tokens of it."""
    asked = Target(name="t", provider="bedrock", model="m", options={"max_tokens": 5000})
    assert resolve_max_tokens(a_plan(max_tokens=900), asked, WARMUP_PROMPT) == 32
