"""Which prices count for a plan?

In this order: those named on the command line, those in its file, the user's, AWS's list, and what hayai knows by itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from hayai.ask.plan import ModePrice, Plan, Target
from hayai.ask.prices.read import read_prices
from hayai.ask.prices.stated import StatedPrice
from hayai.ask.suggest import unknown_word
from hayai.cli.asked import Asked
from hayai.decide.prices.matching import in_order, names_model
from hayai.decide.prices.snapshot import prices_for
from hayai.errors import Problem, UsageError
from hayai.keep.price_files import aws_prices_at, own_prices_at, read_aws_prices
from hayai.keep.run_directory import Endpoint, Manifest
from hayai.measure.providers.address import is_local


def prices_of(plan: Plan, asked: Asked, endpoints: Iterable[Endpoint]) -> tuple[ModePrice, ...]:
    """What the targets of a new run are charged. UsageError and JournalError where a file of prices cannot be used."""
    where = tuple(endpoints)
    found = prices_for(plan.targets, stated_for(where, asked.price_file, asked.prices), regions_of(where))
    return with_twin(found, plan)


def with_twin(prices: Sequence[ModePrice], plan: Plan) -> tuple[ModePrice, ...]:
    """The same, the baseline's for whoever repeats it: a price that names the baseline means the same service."""
    twin, baseline = plan.rules.self_test, plan.targets[0].name
    if twin is None:
        return tuple(prices)
    own = [msgspec.structs.replace(one, target=twin) for one in prices if one.target == baseline]
    return (*(one for one in prices if one.target != twin), *own)


def prices_today(manifest: Manifest, price_file: Path | None) -> tuple[ModePrice, ...]:
    """What the targets of an earlier run would be charged today.

    A price that was stated for that run stands until today's own word says otherwise: list prices were not what was paid.
    """
    plan = manifest.plan
    today = with_twin(
        prices_for(plan.targets, stated_for(manifest.endpoints, price_file), regions_of(manifest.endpoints)), plan
    )
    before = {(one.target, one.latency, one.tier): one for one in manifest.prices if one.own}
    found = {(one.target, one.latency, one.tier): one for one in today}
    kept = {mode: one for mode, one in before.items() if mode not in found or not found[mode].own}
    return tuple((found | kept).values())


def stated_prices(price_file: Path | None = None, of_run: Sequence[StatedPrice] = ()) -> tuple[StatedPrice, ...]:
    """All that somebody stated, the first that fits counts. UsageError with everything that is wrong with the user's files."""
    mine = own_prices_at(os.environ)
    problems: list[Problem] = []
    said = _read(price_file, problems) if price_file is not None else ()
    own = _read(mine, problems) if mine.exists() else ()
    if problems:
        raise UsageError(*problems)
    listed = read_aws_prices(aws_prices_at(os.environ))
    return (*in_order(said), *in_order(of_run), *in_order(own), *in_order(listed))


def stated_for(
    endpoints: Sequence[Endpoint], price_file: Path | None = None, of_run: Sequence[StatedPrice] = ()
) -> tuple[StatedPrice, ...]:
    """Those that count there: a list that a simulator told is good for simulated runs alone."""
    real = not all(is_local(endpoint.url) for endpoint in endpoints)
    return tuple(one for one in stated_prices(price_file, of_run) if not (real and one.elsewhere))


def problems_of_prices(asked: Asked, names: Sequence[str] | None, targets: Sequence[Target] | None) -> list[Problem]:
    """What is wrong with the prices that come with a plan: files that cannot be read, and prices of nothing. None: not known."""
    problems: list[Problem] = []
    try:
        stated_prices(asked.price_file)
    except UsageError as error:
        problems += error.problems
    for number, (target, model) in enumerate(asked.price_subjects, start=1):
        place = f"{asked.price_place}[{number}]"
        if target is not None and names is not None and target not in names:
            problems.append(unknown_word(f"{place}.target", "price.no_such_target", target, names))
        if model is not None and targets is not None and not any(_is_named(model, one) for one in targets):
            known = dict.fromkeys(one.model for one in targets)
            problems.append(unknown_word(f"{place}.model", "price.no_such_model", model, known))
    return problems


def regions_of(endpoints: Iterable[Endpoint]) -> dict[str, str | None]:
    """Where each target is asked."""
    return {endpoint.target: endpoint.region for endpoint in endpoints}


def _is_named(model: str, target: Target) -> bool:
    return names_model(model, target.provider, target.model)


def _read(path: Path, problems: list[Problem]) -> tuple[StatedPrice, ...]:
    try:
        return read_prices(path)
    except UsageError as error:
        problems += error.problems
        return ()
