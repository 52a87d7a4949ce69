"""Which rules follow from what was asked: what counts as an answer, what is claimed, and when the run may end?

Claims name targets, so they are read when the targets are known.
"""

from __future__ import annotations

from collections.abc import Sequence

from hayai.ask.clashes import clashes
from hayai.ask.plan import Claim, Goal, Rules, Sessions, Target
from hayai.ask.targets.names import free_name
from hayai.cli.asked import Asked
from hayai.errors import Problem, UsageError


def clashes_of(asked: Asked) -> list[Problem]:
    """Rules of a command line that exclude each other; those of a file were told by its reader."""
    return clashes(
        precision=asked.precision_ratio is not None,
        verdict_only=asked.verdict_only,
        sessions=asked.sessions is not None,
        every=asked.every_s is not None,
        place=lambda name: f"--{name.replace('_', '-')}",
    )


def claims_of(asked: Asked, names: Sequence[str], problems: list[Problem]) -> tuple[Claim, ...]:
    """What was claimed of the targets with these names, the baseline first; what is wrong with it goes into `problems`."""
    claims: list[Claim] = []
    if asked.claims:
        from hayai.ask.claims import parse_claim

        for text in asked.claims:
            try:
                claims.append(parse_claim(text, names, place=asked.claim_place))
            except UsageError as error:
                problems += error.problems
    return tuple(claims)


def goals_of(
    texts: Sequence[str], names: Sequence[str], problems: list[Problem], *, place: str = "--goal"
) -> tuple[Goal, ...]:
    """The goals in these texts; what is wrong with them goes into `problems`."""
    goals: list[Goal] = []
    if texts:
        from hayai.ask.goals import parse_goals

        for text in texts:
            try:
                goals += parse_goals(text, names, place=place)
            except UsageError as error:
                problems += error.problems
    return tuple(goals)


def with_self_test(asked: Asked, targets: Sequence[Target]) -> tuple[tuple[Target, ...], str | None]:
    """The targets, with the baseline once more at the end where a self-test is asked for, and the name it has there."""
    if not asked.self_test:
        return tuple(targets), None
    baseline = targets[0]
    name = free_name(baseline.name, {target.name for target in targets})
    again = Target(name=name, provider=baseline.provider, model=baseline.model, options=baseline.options)
    return (*targets, again), name


def rules_of(asked: Asked, claims: tuple[Claim, ...], goals: tuple[Goal, ...], self_test: str | None) -> Rules:
    """The rules; where nothing was said, their own defaults."""
    usual = Rules()
    precision = usual.precision_ratio if asked.precision_ratio is None else asked.precision_ratio
    return Rules(
        margin_ratio=usual.margin_ratio if asked.margin_ratio is None else asked.margin_ratio,
        precision_ratio=None if asked.verdict_only else precision,
        stopping=asked.stopping or usual.stopping,
        all_pairs=asked.all_pairs,
        self_test=self_test,
        claims=claims,
        goals=goals,
    )


def sessions_of(asked: Asked) -> Sessions | None:
    """The sessions; None: one."""
    if asked.sessions is None or asked.every_s is None:
        return None
    return Sessions(count=asked.sessions, every_s=asked.every_s)
