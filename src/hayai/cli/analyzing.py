"""What happens when somebody's numbers are analyzed, from the files to the exit code?

Nothing is measured and nothing is kept: tables or results files in, a verdict out. The exit code is that of a comparison, 5 when a target
failed more often than it answered, 4 when it is undecided and 1 when a claim is not met; `--published` explains and always ends with 0.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from hayai.ask.claims import parse_claim
from hayai.ask.documents import decode, read_text
from hayai.ask.plan import Claim, ModePrice, Rules
from hayai.ask.suggest import echo, suggest
from hayai.cli.exit_codes import decided_code, mostly_failed
from hayai.cli.outputs import write_text
from hayai.cli.ruling import goals_of
from hayai.cli.telling import put_out, say
from hayai.clock import utc_text, wall_ns
from hayai.decide.analyze import analyze as analysis_of
from hayai.decide.prices.catalogue import price_of
from hayai.decide.verdict.cautions import verdict_cautions
from hayai.errors import Problem, UsageError
from hayai.keep.measurement_files import PublishedCell, measurements_of_published_files
from hayai.keep.measurements import Measurements, published_measurements, read_measurements
from hayai.show import terminal
from hayai.show.analysis import render
from hayai.show.format import clean
from hayai.show.locales import Texts
from hayai.show.published import DASHES
from hayai.show.published_reading import read_published

QUESTION = ("claude-3-5-haiku", "claude-3-5-haiku-optimized")
"""What the published comparison asked: standard against optimized. Claude 3 Haiku stands beside it."""
PUBLISHED_MODELS = {
    "claude-3-haiku": ("anthropic.claude-3-haiku-20240307-v1:0", None),
    "claude-3-5-haiku": ("anthropic.claude-3-5-haiku-20241022-v1:0", None),
    "claude-3-5-haiku-optimized": ("anthropic.claude-3-5-haiku-20241022-v1:0", "optimized"),
}
"""Model and latency mode behind each of its names: what they were charged."""
_PRICE = re.compile(r"(.+?)\s*=\s*\$?(\d+(?:\.\d+)?|\.\d+)\s*/\s*\$?(\d+(?:\.\d+)?|\.\d+)", re.ASCII)
PUBLISHED_CLAIM = "claude-3-5-haiku-optimized up to 60% faster than claude-3-5-haiku"
"""The claim that it tested."""


def analyze(values: Mapping[str, Any], texts: Texts) -> int:
    """Reads, judges, shows. UsageError tells everything that is wrong with the command line or the files."""
    published: bool = values["published"]
    found = _read(values)
    names, rules, prices = _asked(found, values)
    analysis = analysis_of(
        found,
        rules,
        targets=names,
        judged=QUESTION[1:] if published and not values["targets"] and not values["baseline"] else None,
        published=published,
        prices=prices,
    )
    form = "json" if values["json"] else values["form"]
    width = shutil.get_terminal_size((80, 24)).columns
    text = render(
        analysis,
        verdict_cautions(analysis.judgement),
        [(note.key, note.values) for note in found.notes],
        texts,
        form=form,
        width=width,
        colour=values["output"] is None and terminal.wants_colour(os.environ, is_terminal=sys.stdout.isatty()),
    )
    output: Path | None = values["output"]
    if output is not None:
        write_text(output, text)
        say([texts("cli.written", path=clean(str(output)))], to_copy=True)
    else:
        put_out(text)
    if published:
        return 0
    compared = ((row.target, row.seconds is not None) for row in found.rows if row.target in names)
    return 5 if mostly_failed(compared) else decided_code(analysis.judgement)


def problems_of(values: Mapping[str, Any]) -> Sequence[Problem]:
    """What is wrong with the files, and with what is asked of them, whatever else is wrong with the command line."""
    try:
        _asked(_read(values), values)
    except UsageError as error:
        return error.problems
    return ()


def _read(values: Mapping[str, Any]) -> Measurements:
    files: Sequence[str] = values["files"]
    if values["published"]:
        if files:
            raise UsageError(Problem(place="--published", key="analysis.published_alone"))
        return published_measurements()
    if not files:
        raise UsageError(Problem(place="hayai analyze", key="analysis.nothing_to_read"))
    if len(files) == 1 and not Path(files[0]).is_dir():
        text = (
            decode(sys.stdin.buffer.read(), place="-") if files[0] == "-" else read_text(Path(files[0]), place=files[0])
        )
        if DASHES not in text:
            return read_measurements(text, place=files[0], allow_wide=values["allow_wide"])
        pages = {files[0]: text}
    else:
        pages = _pages(files)
    if values["allow_wide"]:
        raise UsageError(Problem(place="--allow-wide", key="analysis.wide_alone"))
    return _of_results_files(pages, source=files[0] if len(files) == 1 else ", ".join(files))


def _pages(places: Sequence[str]) -> dict[str, str]:
    """The texts of all results files, those of folders included."""
    paths: list[Path] = []
    for place in places:
        path = Path(place)
        paths += sorted(path.glob("*.txt")) if path.is_dir() else [path]
    return {str(path): read_text(path, place=str(path)) for path in paths}


def _of_results_files(pages: Mapping[str, str], *, source: str) -> Measurements:
    """What several results files say together; every file that is none is told at once."""
    cells: list[PublishedCell] = []
    problems: list[Problem] = []
    for place, text in pages.items():
        try:
            page = read_published(text, place)
        except UsageError as error:
            problems += error.problems
            continue
        cells += [
            PublishedCell(
                place=place,
                compared_at=page.compared_at,
                prompt=page.prompt,
                target=answer.name,
                seconds=answer.time_s,
                output_tokens=answer.output_tokens,
            )
            for answer in page.answers
        ]
    if problems:
        raise UsageError(*problems)
    return measurements_of_published_files(cells, source=source)


def _asked(found: Measurements, values: Mapping[str, Any]) -> tuple[tuple[str, ...], Rules, tuple[ModePrice, ...]]:
    """The targets to compare, the rules for it, and prices. Raises one UsageError with all that is wrong with them."""
    problems: list[Problem] = []
    names = _order(found, values, problems)
    claims = _claims(values, names, problems, sure=not problems)
    goals = goals_of(values["goals"], names, problems)
    prices = _prices(values, names, problems)
    if problems:
        raise UsageError(*problems)
    usual = Rules()
    return (
        names,
        Rules(
            margin_ratio=usual.margin_ratio if values["margin"] is None else values["margin"],
            precision_ratio=None,  # Nothing more will be measured.
            all_pairs=values["all_pairs"],
            claims=claims,
            goals=goals,
        ),
        prices,
    )


def _prices(values: Mapping[str, Any], names: Sequence[str], problems: list[Problem]) -> tuple[ModePrice, ...]:
    """What was named, and of the published table what its models cost."""
    known = {one.target: one for one in (published_prices() if values["published"] else ()) if one.target in names}
    for text in values["prices"]:
        read = _PRICE.fullmatch(text)
        if read is None:
            problems.append(Problem(place="--price", key="analysis.price.not_a_price", values={"word": echo(text)}))
        elif read[1] not in names:
            gaps: dict[str, object] = {"word": echo(read[1]), "names": ", ".join(map(echo, names[:20]))}
            problems.append(Problem(place="--price", key="analysis.price.no_such_target", values=gaps))
        else:
            known[read[1]] = ModePrice(
                target=read[1],
                input_usd=Decimal(read[2]),
                output_usd=Decimal(read[3]),
                source="--price",
                as_of=date.fromisoformat(utc_text(wall_ns())[:10]),
            )
    return tuple(known.values())


def published_prices() -> tuple[ModePrice, ...]:
    """What the three targets of the published table cost, as far as it is known."""
    found = {name: price_of(model, latency=latency) for name, (model, latency) in PUBLISHED_MODELS.items()}
    return tuple(
        ModePrice(
            target=name,
            input_usd=price.input_usd,
            output_usd=price.output_usd,
            source=price.source,
            as_of=price.as_of,
        )
        for name, price in found.items()
        if price is not None
    )


def _order(found: Measurements, values: Mapping[str, Any], problems: list[Problem]) -> tuple[str, ...]:
    """The targets to compare, the baseline first; by default all, in order of appearance. Where there are problems: all."""
    known = list(dict.fromkeys(row.target for row in found.rows))
    problems += [
        Problem(
            place=option,
            key="analysis.no_such_target" + (".maybe" if suggest(name, known) else ""),
            values={
                "place": found.source,
                "name": echo(name),
                "names": ", ".join(map(echo, known[:20])),
                "suggestion": suggest(name, known) or "",
            },
        )
        for option, names in (("--baseline", [values["baseline"]]), ("--target", values["targets"]))
        for name in names
        if name is not None and name not in known
    ]
    asked: list[str] = list(dict.fromkeys(values["targets"]))
    usual = QUESTION[0] if values["published"] else next((name for name in known if name not in asked), known[0])
    baseline = usual if values["baseline"] is None else values["baseline"]
    if baseline in asked:
        problems.append(Problem(place="--target", key="analysis.baseline_twice", values={"name": echo(baseline)}))
    if problems:
        return tuple(known)
    others = asked or [name for name in known if name != baseline]
    if values["published"] and not asked and values["baseline"] is None:
        others = [QUESTION[1], *(name for name in others if name not in QUESTION)]
    return (baseline, *others)


def _claims(
    values: Mapping[str, Any], names: Sequence[str], problems: list[Problem], *, sure: bool
) -> tuple[Claim, ...]:
    """What was claimed of them. `sure`: these are the targets that are meant; otherwise it may be clear already whom a claim is about."""
    texts: list[str] = list(values["claims"])
    if values["published"] and set(QUESTION) <= set(names):
        texts.insert(0, PUBLISHED_CLAIM)
    claims: list[Claim] = []
    for text in texts:
        try:
            claims.append(parse_claim(text, names, place="--claim"))
        except UsageError as error:
            problems += [problem for problem in error.problems if sure or problem.key != "claim.which_target"]
    return tuple(claims)
