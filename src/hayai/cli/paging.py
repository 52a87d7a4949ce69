"""From a run's directory to the page about it: what the page needs beside the findings is read here.

The races need the pieces of a few records, which `read_findings` does not keep: the journal is read once more for these alone.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from hayai.cli.outputs import write_text
from hayai.cli.telling import say, sentence
from hayai.decide.dossier import Dossier, dossier_of, in_races, trimmed
from hayai.decide.findings import Findings
from hayai.decide.sharing import Scrub, scrub_for, share
from hayai.errors import JournalError, Problem, UsageError
from hayai.keep.judging import JUDGINGS, read_judgings
from hayai.keep.query import complete_rounds
from hayai.keep.records import without_pieces
from hayai.keep.run_directory import Contents, RunDirectory
from hayai.show.format import clean
from hayai.show.locales import Texts

PAGE = "report.html"
"""The page's file under `derived/`."""
CARD = "card.png"
"""The picture's."""
SHARED = {PAGE: "report.shared.html", CARD: "card.shared.png"}
"""The same for others, beside one's own."""


def read_dossier(
    directory: RunDirectory, contents: Contents, findings: Findings, *, all_races: bool = False
) -> Dossier:
    """What a page shows. `all_races`: every complete round instead of one for each prompt."""
    manifest = msgspec.structs.replace(contents.manifest, plan=contents.plan)
    rounds = complete_rounds(contents.records, [target.name for target in contents.plan.targets])
    wanted = in_races(manifest, rounds, all_races=all_races)
    whole = directory.read(lambda record: record if record.id in wanted else without_pieces(record)).records
    racing = [record for record in whole if record.id in wanted]
    return dossier_of(manifest, findings, rounds, racing, answers=directory.answers(), regions=contents.regions)


def scrub_of(directory: RunDirectory, contents: Contents) -> Scrub:
    """What has to go from a run, and from what judges did for it, before others see it."""
    judgings = (one.manifest for one in read_judgings(directory.path / JUDGINGS))
    return scrub_for(contents.manifest, contents.plan, judgings)


def page(
    directory: RunDirectory,
    contents: Contents,
    findings: Findings,
    texts: Texts,
    *,
    all_races: bool = False,
    scrub: Scrub | None = None,
    links: Sequence[tuple[str, str]] = (),
) -> str:
    """The report as one HTML page. `scrub`: what must not be shown to others; `links`: address and words of what stands around it."""
    from hayai.show.html.page import render

    dossier = read_dossier(directory, contents, findings, all_races=all_races)
    if not all_races:
        dossier = trimmed(dossier)
    return render(dossier if scrub is None else share(dossier, scrub), texts, links=links)


def write_page(directory: RunDirectory, contents: Contents, findings: Findings, texts: Texts) -> Path:
    """Writes it under `derived/`. JournalError when that cannot be written."""
    place = directory.derived / PAGE
    write_text(place, page(directory, contents, findings, texts))
    return place


def leave_page(directory: RunDirectory, contents: Contents, findings: Findings, texts: Texts) -> tuple[str, int]:
    """Writes the page. Says where it is, or why it is not, with the exit code of that; whatever goes wrong with it, all else is there."""
    try:
        place = write_page(directory, contents, findings, texts)
    except JournalError as error:
        return f"hayai: {sentence(error.key, error.values, texts)}", error.exit_code
    except Exception as error:  # noqa: BLE001  Drawing rests on other people's libraries; the run is measured and told.
        return texts("cli.no_page", kind=type(error).__name__, words=clean(str(error)[:200])), 0
    return texts("cli.page", path=clean(str(place))), 0


def renew_page(directory: RunDirectory, contents: Contents, findings: Findings, texts: Texts) -> int:
    """Writes the page anew where there is one, as what it says is about the run as it was, and tells it. Returns the exit code of that."""
    if not (directory.derived / PAGE).exists():
        return 0
    words, code = leave_page(directory, contents, findings, texts)
    say([words], to_copy=True)
    return code


def write_card(place: Path, findings: Findings, texts: Texts) -> Path:
    """Writes the verdict as a picture. UsageError where there is no verdict to be shown; JournalError when it cannot be written."""
    from hayai.show.card import render_png

    try:
        picture = render_png(findings, texts)
    except ValueError as error:
        raise UsageError(Problem(place="--format png", key="cli.nothing_to_picture")) from error
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(picture)
    except OSError as error:
        raise JournalError("journal.cannot_write", path=str(place), reason=os.strerror(error.errno or 0)) from error
    return place
