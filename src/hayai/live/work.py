"""What takes long: reading a whole run, judging it, drawing its page. Done in a process of its own, so that no reader waits for another's.

Each function takes and returns what can be passed between processes: paths, languages, strings.
"""

from __future__ import annotations

import os
import signal
import threading
from multiprocessing import parent_process
from pathlib import Path

from hayai.ask.plan import Prompt, TextPart
from hayai.decide.findings import Findings
from hayai.errors import HayaiError
from hayai.keep.records import without_pieces
from hayai.keep.run_directory import Contents, RunDirectory
from hayai.live.follow import is_measuring
from hayai.live.runs import Mark, mark_of
from hayai.show.format import clean
from hayai.show.html.live import RunLine, State
from hayai.show.locales import Language, Texts, texts_in


class CannotShow(Exception):
    """Why a page cannot be made, in the reader's language."""


def leave_with_parent() -> None:
    """Ends this process when the one that started it is gone, however it went: nobody would be left to do so."""
    parent = parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
        os._exit(0)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=wait, daemon=True).start()


def run_line(path: str, language: Language) -> RunLine:
    """A run in the list. A directory that cannot be read is one that says so."""
    from hayai.cli.outputs import read_findings
    from hayai.cli.telling import sentence
    from hayai.show.sections.answers import answer_sentence

    texts, directory = texts_in(language), RunDirectory(Path(path))
    try:
        contents, findings = read_findings(directory, answers=False)
    except HayaiError as error:
        told = (sentence(error.key, error.values, texts),)
        return RunLine(run=directory.path.name, created="", targets=(), state="unreadable", told=told)
    names = [target.name for target in contents.plan.targets]
    return RunLine(
        run=directory.path.name,
        created=contents.manifest.created_utc,
        targets=tuple(names),
        state=_state(contents),
        told=tuple(answer_sentence(one, names, texts) for one in findings.judgement.verdicts if one.judged),
        simulated=bool(findings.simulations),
    )


def _state(contents: Contents) -> State:
    if is_measuring(contents.events, contents.manifest):
        return "measuring"
    if not any(record.phase == "measure" for record in contents.records):
        return "empty"
    return "finished" if contents.done else "unfinished"


def report(path: str, language: Language, links: tuple[tuple[str, str], ...]) -> str:
    """The report of a run as a page. CannotShow where the run cannot be read."""
    from hayai.cli.paging import page

    texts, directory = texts_in(language), RunDirectory(Path(path))
    contents, findings = _read(directory, texts)
    return page(directory, contents, findings, texts, links=links)


def so_far(path: str, language: Language) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The provisional answer and the cautions of a run that is being measured, in lines."""
    from hayai.cli.looking import pace_of
    from hayai.decide.instrument import instrument_of
    from hayai.decide.verdict.look import look
    from hayai.show.sections.look import look_lines
    from hayai.show.sections.notices import cautions

    texts, directory = texts_in(language), RunDirectory(Path(path))
    contents, findings = _read(directory, texts)
    plan = contents.plan
    if not any(record.phase == "measure" for record in contents.records):
        return (), ()
    seen = look(
        plan,
        plan.limits,
        contents.records,
        pace_ns=pace_of(contents.records, len(plan.targets)),
        instrument=instrument_of(contents.manifest),
    )
    return look_lines(seen, [target.name for target in plan.targets], texts), cautions(findings, texts).lines


def requests(path: str, language: Language, asked: dict[str, str], root: str) -> str:
    """The list of a run's attempts as a page."""
    from hayai.show.html.requests import requests_page

    texts, directory = texts_in(language), RunDirectory(Path(path))
    return requests_page(_read(directory, texts)[1], directory.path.name, asked, texts, root=root)


def request(path: str, language: Language, number: str, root: str) -> str:
    """One attempt as a page. CannotShow where the run has none of this id."""
    from hayai.keep.query import regions_of
    from hayai.show.html.requests import request_page

    texts, directory = texts_in(language), RunDirectory(Path(path))
    contents, findings = _read(directory, texts)
    whole = directory.read(lambda record: record if record.id == number else without_pieces(record)).records
    record = next((record for record in whole if record.id == number), None)
    if record is None:
        raise CannotShow(texts("requests.no_such", id=clean(number)[:80]))
    prompt = next((prompt for prompt in contents.plan.suite.prompts if prompt.id == record.prompt), None)
    region = regions_of([record], contents.regions)[record.id]
    asked = "" if prompt is None else words_of(prompt)
    return request_page(
        record,
        directory.answers().get(record.id),
        asked,
        findings,
        texts,
        run=directory.path.name,
        region=region,
        root=root,
    )


def words_of(prompt: Prompt) -> str:
    """What a prompt asks, as text: its system text and its turns."""
    turns = [(message.role, part) for message in prompt.messages for part in message.parts]
    told = [f"{role}: {part.text if isinstance(part, TextPart) else '[image]'}" for role, part in turns]
    if len(told) == 1 and prompt.system is None:
        return told[0].removeprefix("user: ")
    return "\n\n".join([*([] if prompt.system is None else [f"system: {prompt.system}"]), *told])


def compared(old: str, new: str, language: Language, root: str) -> str:
    """What changed from one run to another, as a page."""
    from hayai.decide.two_runs import two_runs
    from hayai.show.html.frame import sections_page
    from hayai.show.two_runs import page_of

    texts = texts_in(language)
    sides = [_read(RunDirectory(Path(path)), texts) for path in (old, new)]
    return sections_page(page_of(two_runs(sides[0], sides[1]), texts), texts, root=root)


_LAST: dict[str, tuple[Mark, tuple[Contents, Findings]]] = {}
"""The runs read last: whoever leafs through a list of requests asks for the same one again and again."""
KEPT = 2


def _read(directory: RunDirectory, texts: Texts) -> tuple[Contents, Findings]:
    from hayai.cli.outputs import read_findings
    from hayai.cli.telling import sentence

    path, mark = str(directory.path), mark_of(directory.path)
    known = _LAST.pop(path, None)
    if known is None or known[0] != mark:
        try:
            known = mark, read_findings(directory)
        except HayaiError as error:
            raise CannotShow(sentence(error.key, error.values, texts)) from None
    _LAST[path] = known
    while len(_LAST) > KEPT:
        del _LAST[next(iter(_LAST))]
    return known[1]
