"""What did it cost, and what does a saved second cost? Dollars by target, the comparison in a sentence, and where the prices come from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Protocol

from hayai.decide.findings import Findings
from hayai.decide.judgements import CostFindings, CostOf, TargetCost
from hayai.keep.query import Simulation
from hayai.show import format as fmt
from hayai.show.locales import Texts
from hayai.show.sections.faces import between, called, pair
from hayai.show.sections.parts import Block, Column, Section

LENGTH_COUNTS = 1e-6
"""Of the difference: what the length of answers adds below this is the noise of numbers."""


class Sourced(Protocol):
    """A price and whose word it is."""

    @property
    def source(self) -> str:
        """A publication, or the file of one's own."""

    @property
    def own(self) -> bool:
        """The user's own word."""

    @property
    def currency(self) -> str | None:
        """What it was stated in; None: US dollars."""

    @property
    def usd_per_unit(self) -> Decimal | None:
        """US dollars for one unit of it."""


def costs(findings: Findings, texts: Texts) -> Section:
    """Empty where the run keeps no prices."""
    names = [target.name for target in findings.targets]
    return cost_section(findings.costs, names, texts, simulations=findings.simulations)


def cost_section(
    found: CostFindings | None, names: Sequence[str], texts: Texts, *, simulations: Sequence[Simulation] = ()
) -> Section:
    """The same of measurements made elsewhere."""
    title = texts("cost.title")
    if found is None:
        return Section(title=title)
    columns = (
        Column(title=texts("report.column.target"), right=False, shortens="all"),
        *(Column(title=texts(f"cost.column.{name}")) for name in ("thousand", "total", "unknown")),
    )
    rows = tuple(
        (
            called(names, one.target),
            usd(one.per_thousand_usd),
            _paid(one, texts),
            texts("report.row.of", part=fmt.count(one.unknown), whole=fmt.count(one.requests)),
        )
        for one in found.targets
    )
    notes = (texts("cost.output_only"),) if found.output_only else (texts("cost.note"),)
    lines = (
        *(_sentence(one, names, texts) for one in found.comparisons),
        *_speeds(simulations, found, texts),
        *_sources(found, names, texts),
    )
    return Section(title=title, notes=notes, columns=columns, blocks=(Block(rows=rows),), lines=lines)


def _paid(one: TargetCost, texts: Texts) -> str:
    """What is known of it is the least."""
    if one.unknown == one.requests:
        return fmt.UNKNOWN
    known = usd(float(one.total_usd))
    return texts("verdict.at_least", number=known) if one.unknown else known


def _sentence(one: CostOf, names: Sequence[str], texts: Texts) -> str:
    """How much more or less, for how much time."""
    ratio, extra, saved = one.ratio, one.extra_per_thousand_usd, one.saved_ns
    key = "same" if not extra else "more" if extra > 0 else "less"
    sides = "faster" if saved is not None and saved > 0 else "slower"
    told = texts(
        f"cost.{key}.{sides}",
        pair=pair(names, one.target, one.baseline, texts),
        ratio=fmt.UNKNOWN if ratio is None else fmt.times(ratio.ratio),
        interval=fmt.UNKNOWN if ratio is None else between(ratio.anytime or ratio.such_prompts, texts),
        extra=usd(None if extra is None else abs(extra)),
        time=fmt.duration_alone(None if saved is None else abs(saved)),
        each=usd(one.usd_per_saved_second),
    )
    if one.per_output_token is not None:
        equal = texts("cost.equal", ratio=fmt.times(one.per_output_token.ratio))
        told = texts("verdict.space").join((told, equal))
    longer = one.longer_per_thousand_usd
    extra_usd = one.extra_per_thousand_usd or 0.0
    if one.at_equal_length is not None and longer is not None and abs(longer) > LENGTH_COUNTS * abs(extra_usd):
        level = texts(
            "cost.level" if longer >= 0 else "cost.level.shorter",
            ratio=fmt.times(one.at_equal_length.ratio),
            longer=usd(abs(longer)),
        )
        told = texts("verdict.space").join((told, level))
    return told


def _speeds(simulations: Sequence[Simulation], found: CostFindings, texts: Texts) -> Iterator[str]:
    """That a second of a simulation is not one of the clock, where a second saved has a price."""
    if any(one.usd_per_saved_second is not None for one in found.comparisons):
        for simulation in simulations:
            if simulation.speed not in (None, 1.0):
                yield texts("cost.simulated", speed=fmt.number(simulation.speed))


def _sources(found: CostFindings, names: Sequence[str], texts: Texts) -> Iterator[str]:
    """One line for each price that counted."""
    for one in found.prices:
        mode = ", ".join(word for word in (one.latency, one.tier) if word is not None)
        yield texts(
            "cost.price",
            target=called(names, one.target),
            mode=f" ({fmt.clean(mode)})" if mode else "",
            input=fmt.UNKNOWN if one.input_usd is None else f"{one.input_usd.normalize():f}",
            output=fmt.UNKNOWN if one.output_usd is None else f"{one.output_usd.normalize():f}",
            source=source_words(one, texts),
            as_of=one.as_of.isoformat(),
        )


def source_words(one: Sourced, texts: Texts) -> str:
    """Where a price comes from: whose word it is, and at which rate it became dollars."""
    source = fmt.clean(one.source)
    told = source
    if one.own:
        # Without its file where it is shown to others.
        told = texts("price.source.own", source=source) if source else texts("price.source.own.alone")
    if one.currency is None or one.usd_per_unit is None:
        return told
    rate = texts("price.source.rate", currency=fmt.clean(one.currency), rate=f"{one.usd_per_unit.normalize():f}")
    return texts("price.source.stated", source=told, rate=rate)


def usd(value: float | None) -> str:
    """Three significant digits, with the sign of the currency."""
    return fmt.UNKNOWN if value is None else fmt.dollars(value)
