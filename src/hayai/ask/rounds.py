"""In which order are the requests sent?

A cycle asks every prompt once. A round is one prompt sent to every target back to back; it is the unit of pairing, and is never split.
The prompts of a cycle are in random order, and so are the targets of each round, so that neither drift of the service nor the place in a
round favours anybody. Every cycle is drawn from the plan's seed and its own number alone: the thousandth can be drawn without the first
999, on any machine, and a resumed run goes on in the same order.

The draw uses nothing but `random.Random(str)` and its `random()`, the one method whose sequence Python promises to keep, so the same seed
gives the same order for ever. Everything in here is pure.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

from hayai.ask.plan import Plan, Prompt, Target, Trial
from hayai.ask.suites.warmup import WARMUP_ID
from hayai.errors import Problem, UsageError

T = TypeVar("T")

MANY_PROMPTS = 20
"""From here on a single pass is worth looking at before its end."""
ROUNDS_PER_LOOK = 10


def cycle_trials(
    plan: Plan, cycle: int, *, round_tries: Mapping[tuple[int, str], int] | None = None
) -> tuple[tuple[Trial, ...], ...]:
    """The rounds of cycle `cycle` (from 0), in order; each round holds one trial per target, in order.

    `round_tries` tells, by cycle and prompt id, how often a torn round has been started before; its order stays as it was drawn.
    """
    rng = random.Random(f"{plan.seed}/{cycle}")
    tries = round_tries or {}
    names = [target.name for target in plan.targets]
    return tuple(
        tuple(
            Trial(
                phase="measure",
                cycle=cycle,
                round=place,
                position=position,
                target=name,
                prompt=prompt,
                round_try=tries.get((cycle, prompt), 0),
            )
            for position, name in enumerate(_shuffled(names, rng))
        )
        for place, prompt in enumerate(_shuffled([prompt.id for prompt in plan.suite.prompts], rng))
    )


def warmup_trials(plan: Plan) -> tuple[tuple[Trial, ...], ...]:
    """The rounds before the sample: `plan.warmup` of the warm-up prompt; with `cache == "warm"` also one of every prompt of the suite.

    Each warm-up round of the first kind is a cycle of its own; the suite's prompts together are one more cycle.
    """
    rng = random.Random(f"{plan.seed}/warmup")
    places = [(cycle, 0, WARMUP_ID) for cycle in range(plan.warmup)]
    if plan.cache == "warm":
        places += [(plan.warmup, place, prompt.id) for place, prompt in enumerate(plan.suite.prompts)]
    names = [target.name for target in plan.targets]
    return tuple(
        tuple(
            Trial(phase="warmup", cycle=cycle, round=place, position=position, target=name, prompt=prompt)
            for position, name in enumerate(_shuffled(names, rng))
        )
        for cycle, place, prompt in places
    )


NONCE_BYTES = 19
"""Length of a nonce."""


def nonce(plan: Plan, trial: Trial, attempt: int, agent: str) -> str | None:
    """The text put at the very start of this attempt's prompt so that no prompt cache can know it; None unless `cache == "avoid"`.

    Always 19 ASCII characters, `[`, 16 hexadecimal digits, `]`, a blank, so that every request has the same length as its siblings. No two
    attempts of a run share one: 64 bits of SHA-256 over the seed and everything that identifies the attempt. The session's name (`agent`)
    is part of it: what a killed session had in flight left no record, and the next session asks for it again.
    """
    if plan.cache != "avoid":
        return None
    identity = repr((plan.seed, trial.phase, trial.cycle, trial.round, trial.position, trial.target, trial.prompt))
    digest = hashlib.sha256(f"{identity}/{trial.round_try}/{attempt}/{agent}".encode()).hexdigest()
    return f"[{digest[:16]}] "


def requests_per_cycle(plan: Plan) -> int:
    """Requests of one cycle, all targets together, retries not counted."""
    return len(plan.suite.prompts) * len(plan.targets)


def warmup_requests(plan: Plan) -> int:
    """Requests before the sample, all targets together."""
    return plan.warmup * len(plan.targets) + (requests_per_cycle(plan) if plan.cache == "warm" else 0)


def affordable_cycles(plan: Plan) -> int:
    """Complete cycles that `max_requests` pays for after the warm-up, and at most `limits.cycles`; all sessions together. At least 1.

    Raises `UsageError` when the budget does not reach for one cycle (of each session): a torn cycle cannot be compared.
    """
    sessions = 1 if plan.sessions is None else plan.sessions.count
    per_cycle, warmup = requests_per_cycle(plan), warmup_requests(plan)
    cycles = (plan.limits.max_requests // sessions - warmup) // per_cycle
    if cycles < 1:
        values: dict[str, object] = {
            "limit": plan.limits.max_requests,
            "needed": sessions * (warmup + per_cycle),
            "prompts": len(plan.suite.prompts),
            "targets": len(plan.targets),
            "warmup": warmup,
            "sessions": sessions,
        }
        key = "rounds.budget_below_one_cycle"
        if plan.sessions is not None:
            key = "rounds.budget_below_one_cycle.sessions"
        raise UsageError(Problem(place="--max-requests", key=key, values=values))
    return sessions * (cycles if plan.limits.cycles is None else min(cycles, plan.limits.cycles))


def cycles_per_session(plan: Plan) -> int | None:
    """Cycles of each of the plan's sessions: an equal share of what its limits pay for, at least 1. None: it has one session.

    `limits.cycles` is the most of one session. Session `s` (from 0) has the cycles from `s` times this number on, also where an earlier one
    ran out of time. Raises `UsageError` as `affordable_cycles` does.
    """
    return None if plan.sessions is None else affordable_cycles(plan) // plan.sessions.count


def is_single_pass(plan: Plan) -> bool:
    """Whether the plan can pay for one cycle only, so that every prompt is asked once."""
    return plan.sessions is None and affordable_cycles(plan) == 1


def rounds_per_look(plan: Plan, cycle: int) -> int:
    """After how many rounds of `cycle` the parent is asked whether to go on: all, or a part of them in a single pass over many prompts.

    A part is ten rounds, or as many as are under way at once where that is more: whoever asks waits until they are complete. A single
    pass asks its prompts in random order, so any first part of it is a fair sample; elsewhere prompts weigh alike only in whole cycles.
    """
    prompts = len(plan.suite.prompts)
    single_pass = cycle == 0 and prompts >= MANY_PROMPTS and is_single_pass(plan)
    return min(prompts, max(ROUNDS_PER_LOOK, plan.concurrency)) if single_pass else prompts


def resolve_max_tokens(plan: Plan, target: Target, prompt: Prompt) -> int | None:
    """Longest answer in tokens for this prompt at this target: the target's own `max_tokens`, else the prompt's, else the plan's.

    The warm-up prompt keeps its own small number, since nobody reads that answer. None: nothing is sent.
    """
    if prompt.id == WARMUP_ID:
        return prompt.max_tokens
    for said in (target.options.get("max_tokens"), prompt.max_tokens, plan.max_tokens):
        if said is not None:
            return int(said)
    return None


def _shuffled(items: Sequence[T], rng: random.Random) -> list[T]:
    """A random permutation (Fisher-Yates on `random()`; see the head of this file for why not `shuffle`)."""
    order = list(items)
    for last in range(len(order) - 1, 0, -1):
        chosen = int(rng.random() * (last + 1))
        order[last], order[chosen] = order[chosen], order[last]
    return order
