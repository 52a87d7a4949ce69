"""Where does the difference come from? An earlier start, a shorter answer or faster writing, and every quantity for itself.

Streams split exactly into three factors. Answers that came in one body split into two, and a time to the first token is told only where
regression can tell it. Two speeds are never mixed: output tokens per second (after the first token) and end-to-end tokens per second (the
wait included).
"""

from __future__ import annotations

from collections.abc import Sequence

from hayai.decide.conclusions import EqualLength, Estimate, StartGuess, Verdict
from hayai.show import format as fmt
from hayai.show.locales import Texts
from hayai.show.sections.faces import (
    between,
    change,
    fast,
    fast_between,
    fast_within,
    has_bounds,
    kind,
    kind_of_all,
    number,
    pair,
    points_of,
)
from hayai.show.sections.parts import Block, Column, Row, Section
from hayai.show.sections.words import word

_AMOUNTS = ("output_tokens", "output_characters")
"""Shown as they are; everything else is a time and shown as times as fast."""
_ORDER = ("e2e", "ttft", "tpot", "e2e_per_token", "e2e_per_character", "output_tokens", "output_characters")
_OF_TOKENS = ("tpot", "output_tokens", "e2e_per_token")
"""Not shown where the two count tokens differently."""


def origin(verdicts: Sequence[Verdict], names: Sequence[str], texts: Texts) -> Section:
    """The factors of the end-to-end difference: each as a factor of the time, and its points of the whole change."""
    blocks, lines = [], []
    for one in verdicts:
        rows = _factors(one, texts)
        if rows:
            blocks.append(Block(heading=pair(names, one.target, one.baseline, texts), rows=rows))
        here = number(names, one.target)
        # The verdict has told the other kind already.
        if one.equal_length is not None and (one.equal_length.method == "regression" or one.answer == "none"):
            lines.append(f"{here}: {_equal_length(one, one.equal_length, texts)}")
        lines += [f"{number(names, guess.target)}: {_start(guess, texts)}" for guess in one.starts]
    if blocks and not all(one.streamed for one in verdicts):
        lines.append(texts("why.not_streamed"))
    lines = list(dict.fromkeys(lines))
    columns = (
        Column(title=texts("why.column.part"), right=False),
        Column(title=texts("why.column.factor")),
        Column(title=kind_of_all(verdicts, texts)),
        Column(title=texts("verdict.kind.descriptive")),
        Column(title=texts("why.column.points")),
    )
    return Section(
        title=texts("why.title"),
        notes=(texts("why.note"), *_no_interval(blocks, texts)) if blocks else (),
        columns=columns if blocks else (),
        blocks=tuple(blocks),
        lines=tuple(lines),
        heading_column=texts("verdict.column.pair"),
    )


def _no_interval(blocks: Sequence[Block], texts: Texts) -> tuple[str, ...]:
    """What a dash in place of an interval means, where there is one."""
    dashes = any(fmt.UNKNOWN in row for block in blocks for row in block.rows)
    return (texts("why.no_interval"),) if dashes else ()


def _factors(one: Verdict, texts: Texts) -> tuple[Row, ...]:
    if one.parts is not None:
        unit, whole = one.parts.unit, one.parts.whole
        split = {
            "why.start": one.parts.start,
            f"why.amount.{unit}": one.parts.amount,
            f"why.per_unit.{unit}": one.parts.per_unit,
        }
    else:
        found = _two(one)
        if found is None:
            return ()
        split, whole = found
    rows = [_factor(texts(key), part, points_of(part.ratio, whole.ratio), texts) for key, part in split.items()]
    rows.append(_factor(texts("why.whole"), whole, fmt.points(whole.ratio - 1), texts))
    return tuple(rows)


def _two(one: Verdict) -> tuple[dict[str, Estimate], Estimate] | None:
    """The split of answers in one body: how much was written, and the whole time per unit of it."""
    whole = one.estimates.get("e2e")
    for unit, amount, each in (
        ("tokens", "output_tokens", "e2e_per_token"),
        ("characters", "output_characters", "e2e_per_character"),
    ):
        parts = one.estimates.get(amount), one.estimates.get(each)
        # Over the same pairs, or the factors would not multiply to the whole.
        alike = whole is not None and all(part is not None and part.pairs == whole.pairs for part in parts)
        if alike and whole is not None and (unit == "characters" or one.same_tokens):
            split = {f"why.amount.{unit}": one.estimates[amount], f"why.whole_per_unit.{unit}": one.estimates[each]}
            return split, whole
    return None


def _factor(title: str, part: Estimate, points: str, texts: Texts) -> Row:
    return (
        title,
        texts("report.times", number=fmt.times(part.ratio)),
        between(part.anytime, texts),
        between(part.such_prompts, texts),
        points,
    )


def _equal_length(one: Verdict, equal: EqualLength, texts: Texts) -> str:
    estimate = equal.estimate
    values = {
        "unit": texts(f"why.unit.{equal.unit}"),
        "fast": fast(estimate.ratio),
        "time": change(estimate.ratio),
    }
    streams = equal.method == "streams"
    if not has_bounds(estimate.anytime if streams else estimate.such_prompts):
        return texts("why.equal.bare", **values)
    if streams:
        return texts("why.equal.streams", kind=kind(one, texts), fasts=fast_within(estimate.anytime, texts), **values)
    slope = fmt.number(equal.slope)
    if equal.slope_interval is not None:
        slope = texts("verdict.with_interval", number=slope, interval=between(equal.slope_interval, texts, fmt.number))
    return texts("why.equal.regression", fasts=fast_within(estimate.such_prompts, texts), slope=slope, **values)


def _start(guess: StartGuess, texts: Texts) -> str:
    """A time to the first token that was never observed, or that the data cannot tell it."""
    refused = "why.start.refused" if guess.low_ns > 0 else "why.start.refused.open"
    return texts(
        "why.start.told" if guess.identified else refused,
        start=fmt.duration_alone(guess.start_ns),
        low=fmt.duration_alone(guess.low_ns),
        high=fmt.duration_alone(guess.high_ns),
        per_unit=fmt.duration_alone(guess.per_unit_ns),
    )


def quantities(verdicts: Sequence[Verdict], names: Sequence[str], texts: Texts) -> Section:
    """Every quantity with both of its intervals, as a multiple of the baseline's: above 1 is faster, or more."""
    blocks = []
    for one in verdicts:
        ordered = sorted(one.estimates, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))
        shown = [name for name in ordered if one.same_tokens or name not in _OF_TOKENS]
        remarks = () if one.same_tokens else (texts("why.other_tokens"),)
        rows = tuple(_quantity(name, one.estimates[name], texts) for name in shown)
        if rows:
            heading = pair(names, one.target, one.baseline, texts)
            blocks.append(Block(heading=heading, rows=rows, remarks=remarks))
    columns = (
        Column(title=texts("why.column.quantity"), right=False),
        Column(title=texts("why.column.multiple")),
        Column(title=kind_of_all(verdicts, texts)),
        Column(title=texts("verdict.kind.descriptive")),
        Column(title=texts("why.column.pairs")),
    )
    return Section(
        title=texts("why.quantities"),
        notes=(texts("why.quantities.note"),),
        columns=columns,
        blocks=tuple(blocks),
        heading_column=texts("verdict.column.pair"),
    )


def _quantity(name: str, estimate: Estimate, texts: Texts) -> Row:
    key = f"why.quantity.{name}"
    is_amount = name in _AMOUNTS
    say = between if is_amount else fast_between
    return (
        texts(key) if key in texts else word(name),
        texts("report.times", number=fmt.times(estimate.ratio) if is_amount else fast(estimate.ratio)),
        say(estimate.anytime, texts),
        say(estimate.such_prompts, texts),
        fmt.count(estimate.pairs),
    )
