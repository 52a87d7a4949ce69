"""Which plan follows from what was asked? Every problem is told at once.

Targets and suite are resolved, each provider says what it has to object, claims are read, and limits and rate must allow one
cycle.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import TextIO, TypeVar

import msgspec

from hayai.ask.dollars import limit_of
from hayai.ask.expectations import NOTHING, Expectations, joined
from hayai.ask.plan import Claim, Goal, Limits, Plan, Suite, Target, Timeouts
from hayai.ask.rates import too_slow_for_one_cycle
from hayai.ask.rounds import affordable_cycles
from hayai.ask.suites.builtin import list_suites
from hayai.ask.suites.read import read_suite
from hayai.ask.suites.select import select_prompts
from hayai.ask.targets.resolve import names_without_options, resolve_targets
from hayai.cli.asked import Asked
from hayai.cli.charging import problems_of_prices
from hayai.cli.ruling import claims_of, clashes_of, goals_of, rules_of, sessions_of, with_self_test
from hayai.errors import Problem, UsageError
from hayai.measure.providers.registry import PROVIDERS

T = TypeVar("T")

DEFAULT_SUITE = "published"
SCHEMAS = {name: provider.OPTIONS for name, provider in PROVIDERS.items()}
"""The options each provider declares."""


def build_plan(asked: Asked, *, language: str, stdin: TextIO) -> Plan:
    """The plan. Raises one UsageError with every problem of targets, suite, rules and limits."""
    of_suite: list[Problem] = []
    suite: Suite | None = _collect(of_suite, lambda: _suite(asked, language, stdin))
    prompts = suite.prompts if suite is not None else ()

    def objections(target: Target) -> list[Problem]:
        return PROVIDERS[target.provider].validate(target, prompts=prompts, max_tokens=asked.max_tokens)

    problems: list[Problem] = []
    claims: tuple[Claim, ...] = ()
    goals: tuple[Goal, ...] = ()
    targets: tuple[Target, ...] | None = _collect(problems, lambda: _targets(asked, objections))
    problems += of_suite + clashes_of(asked)
    expect = _collect(problems, lambda: _expect(asked))
    _collect(problems, lambda: _must_load(asked))
    names = _names(asked, targets)
    if names is not None:
        if not 1 <= asked.baseline <= len(names):
            problems.append(Problem(place="--baseline", key="cli.no_such_target", values={"count": len(names)}))
        for target in targets or ():
            problems += objections(target)
        claims = claims_of(asked, _baseline_first(names, asked), problems)
        goals = goals_of(asked.goals, _baseline_first(names, asked), problems, place=asked.goal_place)
    problems += problems_of_prices(asked, names, targets)
    if problems or targets is None or suite is None:
        raise UsageError(*problems)
    targets, self_test = with_self_test(asked, _baseline_first(targets, asked))
    plan = Plan(
        targets=targets,
        suite=suite,
        seed=secrets.randbits(32) if asked.seed is None else asked.seed,
        limits=limits_of(asked, Limits()),
        timeouts=Timeouts(**asked.timeouts),
        together=asked.together,
        save_texts=asked.save_texts,
        max_tokens=asked.max_tokens,
        rules=rules_of(asked, claims, goals, self_test),
        sessions=sessions_of(asked),
        expect=None if expect == NOTHING else expect,
        checks=asked.checks,
    )
    plan = msgspec.structs.replace(
        plan, **_said(asked, "warmup", "concurrency", "rate", "cache", "connections", "retries")
    )
    caching = [target.name for target in plan.targets if target.options.get("cache") == "on"]
    if plan.cache == "avoid" and caching:
        values: dict[str, object] = {"targets": ", ".join(caching)}
        raise UsageError(Problem(place="--cache", key="cli.cache_avoid_and_on", values=values))
    _must_reach_for_one_cycle(plan)
    return plan


def _must_reach_for_one_cycle(plan: Plan) -> None:
    """Raises UsageError where the limit of requests, or that of time at the plan's rate, ends a session before its first cycle does."""
    problems = too_slow_for_one_cycle(plan)
    _collect(problems, lambda: affordable_cycles(plan))
    if problems:
        raise UsageError(*problems)


def problems_of_targets(asked: Asked) -> list[Problem]:
    """What is wrong with the targets and the claims about them, whatever the prompts. For when the rest cannot be understood."""

    def objections(target: Target) -> list[Problem]:
        return PROVIDERS[target.provider].validate(target)

    problems: list[Problem] = []
    targets = _collect(problems, lambda: _targets(asked, objections))
    for target in targets or ():
        problems += objections(target)
    names = _names(asked, targets)
    if names is not None:
        claims_of(asked, _baseline_first(names, asked), problems)
        goals_of(asked.goals, _baseline_first(names, asked), problems, place=asked.goal_place)
    return problems + problems_of_prices(asked, names, targets)


def limits_of(asked: Asked, otherwise: Limits) -> Limits:
    """The limits asked for; where nothing was said, those of `otherwise`."""
    return Limits(
        max_requests=otherwise.max_requests if asked.max_requests is None else asked.max_requests,
        max_time_s=otherwise.max_time_s if asked.max_time_s is None else asked.max_time_s,
        cycles=otherwise.cycles if asked.cycles is None else asked.cycles,
        # In a new run it is set later, when it is known where the requests go (`spending.py`).
        max_cost_usd=otherwise.max_cost_usd if asked.max_cost_usd is None else limit_of(asked.max_cost_usd),
    )


def _targets(asked: Asked, objections: Callable[[Target], list[Problem]]) -> tuple[Target, ...]:
    return resolve_targets(
        asked.targets,
        asked.vary,
        SCHEMAS,
        asked.defaults,
        places=asked.places,
        vary_place=asked.vary_place,
        folder=asked.folder,
        objections=objections,
    )


def _names(asked: Asked, targets: Sequence[Target] | None) -> tuple[str, ...] | None:
    """What the targets are called: claims about them can be read though something else is wrong with them. None: not known."""
    if targets is not None:
        return tuple(target.name for target in targets)
    return names_without_options(asked.targets, asked.vary, SCHEMAS)


def _baseline_first(things: Sequence[T], asked: Asked) -> tuple[T, ...]:
    """In their order, but the baseline's first; as they are where there is no such target."""
    if not 1 <= asked.baseline <= len(things):
        return tuple(things)
    at = asked.baseline - 1
    return (things[at], *things[:at], *things[at + 1 :])


def _suite(asked: Asked, language: str, stdin: TextIO) -> Suite:
    source = asked.suite or DEFAULT_SUITE
    if asked.suite_format is not None and source in list_suites():
        raise UsageError(Problem(place="--suite-format", key="cli.suite_format_alone"))
    suite = read_suite(source, format=asked.suite_format, stdin=stdin, language=language)
    return select_prompts(suite, asked.prompts) if asked.prompts else suite


def _expect(asked: Asked) -> Expectations:
    """What is expected of all answers."""
    if not asked.expect_options:
        return joined(asked.expect, None)
    from hayai.ask.expect_schema import read_expect_options  # Late: it brings pydantic.

    return joined(asked.expect, read_expect_options(asked.expect_options))


def _must_load(asked: Asked) -> None:
    """Raises UsageError where a check of the user's own cannot be loaded: better now than when all answers are there."""
    if asked.checks:
        from hayai.cli.own_checks import load_own_checks

        load_own_checks(asked.checks, asked.folder, place=asked.checks_place)


def _said(asked: Asked, *names: str) -> dict[str, object]:
    """The fields among `names` that were set; the plan's own defaults stand for the others."""
    return {name: value for name in names if (value := getattr(asked, name)) is not None}


def _collect(problems: list[Problem], read: Callable[[], T]) -> T | None:
    try:
        return read()
    except UsageError as error:
        problems += error.problems
        return None
