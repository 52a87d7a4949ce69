"""What is left of what was claimed? Every reading of a claim with what it needs, what was measured and what follows.

A claim is a stranger's text: quoted, never obeyed. "60 % faster" can be meant in speed or in time saved; both are tested. "Up to" is
satisfied by a single case, so the typical value and the share of prompts stand beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

from hayai.decide.judgements import ClaimFinding, ClaimReading, Judgement
from hayai.show import format as fmt
from hayai.show.locales import Texts
from hayai.show.sections.faces import fast, fast_between, kind_of_all, number
from hayai.show.sections.parts import Block, Column, Row, Section
from hayai.show.sections.words import counted

_CLAIM = 120
"""Cells of a claim's text."""


def claims(judgement: Judgement, names: Sequence[str], texts: Texts) -> Section:
    """A block per claim, a row per reading, and a sentence."""
    blocks = tuple(
        Block(
            heading=_quoted(claim, texts),
            rows=tuple(_row(reading, texts) for reading in claim.readings),
            remarks=(claim_sentence(claim, names, texts),),
        )
        for claim in judgement.claims
    )
    judged = [one for one in judgement.verdicts if one.judged]
    columns = (
        Column(title=texts("claims.column.reading"), right=False),
        Column(title=texts("claims.column.needed")),
        Column(title=texts("claims.column.typical")),
        Column(title=texts("claims.column.interval")),
        Column(title=texts("claims.column.reached")),
        Column(title=texts("claims.column.most")),
        Column(title="", right=False),
    )
    return Section(
        title=texts("claims.title"),
        notes=(texts("claims.note", kind=kind_of_all(judged, texts)),),
        columns=columns,
        blocks=blocks,
        heading_column=texts("claims.column.claim"),
    )


def _quoted(claim: ClaimFinding, texts: Texts) -> str:
    return texts("claims.quoted", text=fmt.cut(fmt.clean(claim.text), _CLAIM))


def _row(reading: ClaimReading, texts: Texts) -> Row:
    most = None if reading.reached_interval is None else reading.reached_interval.high
    return (
        texts(f"claims.face.{reading.face}", quantity=texts(f"claims.quantity.{reading.quantity}")),
        texts("report.times", number=fmt.times(reading.needed)),
        texts("report.times", number=fast(reading.typical.ratio)),
        fast_between(reading.typical.anytime, texts),
        texts("claims.reached", reached=fmt.count(reading.reached), prompts=fmt.count(reading.prompts)),
        fmt.UNKNOWN if most is None else fmt.percent_short(most, sign=False),
        texts(f"claims.status.{reading.status}"),
    )


def claim_sentence(claim: ClaimFinding, names: Sequence[str], texts: Texts) -> str:
    """What follows from the readings, the first of which decides; or why nothing does."""
    key = f"claims.{claim.kind}.{claim.status}" if claim.readings else "claims.unknown"
    told = [
        texts(
            f"claims.withheld.{claim.withheld}" if claim.withheld else key,
            target=number(names, claim.target),
            baseline=number(names, claim.baseline),
        )
    ]
    if claim.readings and claim.withheld is None:
        first = claim.readings[0]
        if claim.kind == "up_to":
            told.append(
                texts(
                    "claims.up_to.typical",
                    fast=fast(first.typical.ratio),
                    reached=fmt.count(first.reached),
                    prompts=counted("prompts", first.prompts, texts),
                )
            )
            if first.best_tenth is not None:
                told.append(texts("claims.best_tenth", fast=fmt.times(first.best_tenth)))
        if claim.kind != "typical" and first.single:
            told.append(texts("claims.single"))
        if len(claim.readings) > 1:
            told.append(texts("claims.several"))
    return texts("verdict.space").join(told)
