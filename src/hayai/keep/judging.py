"""What was a judge asked about a run, and what did it say?

    judgings/<name>/judging.json    which pairs of answers, in which order, by which rubric; written before the first call
    judgings/<name>/…               beside it an ordinary run: its suite are the judge's prompts, its only target is the judge

So votes are kept, priced, paced and retried like everything that is measured, and none is paid for twice: a later judging asks only for
what no earlier one has an answer to. A judging that was interrupted is whole as far as it goes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from hayai.ask.plan import Target
from hayai.errors import JournalError
from hayai.keep.journal import cannot_read, cannot_write
from hayai.keep.records import AnswerText, RequestRecord, without_pieces
from hayai.keep.run_directory import Manifest, RunDirectory, write_whole

JUDGINGS = "judgings"
"""Folder of a run that holds them."""
FILE = "judging.json"
REACHED_BY = frozenset({"endpoint", "profile", "region"})
"""Options of a target that say how it is reached, not who it is."""


class Ballot(msgspec.Struct, frozen=True, kw_only=True):
    """One vote that is asked for. Names of targets and ids of records are those of the run that is judged."""

    id: str
    """The prompt of the judging's suite."""
    prompt: str
    cycle: int
    target: str
    baseline: str
    first: str
    """Whose answer the judge reads first, as A."""
    target_answer: str
    """Id of the record whose answer it is."""
    baseline_answer: str
    nonce: str
    """Stands in the prompt, and must stand in the vote."""
    sha256: str
    """Of all that the judge reads, the nonce left out: the same question is not asked twice."""


class Judging(msgspec.Struct, frozen=True, kw_only=True):
    """What a judging is about."""

    subject: str
    """Name of the run, or of the file of labelled pairs."""
    rubric: str
    rubric_text: str
    language: str
    repeats: int
    """Rounds of each prompt that were to be judged."""
    margin: float
    """How far below one half a win rate still counts as not worse."""
    all_pairs: bool
    """Every pair of targets, not only each against the baseline."""
    ballots: tuple[Ballot, ...]


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A judging, read back."""

    judging: Judging
    manifest: Manifest
    judge: Target
    records: tuple[RequestRecord, ...]
    answers: dict[str, AnswerText]
    """By record id. Untrusted text."""


def judge_identity(judge: Target) -> str:
    """Who judges, as one text: provider, model and options, but for how it is reached."""
    told = {name: value for name, value in judge.options.items() if name not in REACHED_BY}
    return f"{judge.provider}:{judge.model} " + msgspec.json.encode(told, order="deterministic").decode()


def text_hash(*texts: str) -> str:
    """SHA-256 over texts, with where each of them ends, in hex."""
    return hashlib.sha256(msgspec.json.encode(texts)).hexdigest()


def write_judging(directory: RunDirectory, judging: Judging) -> None:
    """Keeps what is asked, before it is. JournalError when it cannot be written."""
    path = directory.path / FILE
    try:
        write_whole(path, msgspec.json.format(msgspec.json.encode(judging), indent=1))
    except OSError as error:
        raise cannot_write(path, error) from error


PassedOver = Callable[[Path, JournalError], None]
"""Is told the folder of a judging that cannot be read, and why."""


def read_judgings(folder: Path, *, passed_over: PassedOver | None = None) -> tuple[Judged, ...]:
    """All judgings in `folder`, the oldest first. One that ended before it was said what it asks has asked nothing, and is passed over.

    So is one that is damaged or of a newer version, after `passed_over` was told: what else is there stays readable.
    """
    read = []
    for path in sorted(folder.glob(f"*/{FILE}")):
        try:
            read.append(_read(RunDirectory(path.parent)))
        except JournalError as error:
            if passed_over is not None:
                passed_over(path.parent, error)
    return tuple(sorted(read, key=lambda one: (one.manifest.created_utc, one.manifest.run)))


def heard(judgings: Sequence[Judged]) -> tuple[tuple[Judged, ...], tuple[str, ...]]:
    """The judgings of those who ever answered, and the names of those who never did: a slip in a name, a model without access.

    Where nobody ever did, all of them count: then that is what there is to say.
    """
    answering = {judge_identity(one.judge) for one in judgings if any(record.outcome == "ok" for record in one.records)}
    silent = {
        judge_identity(one.judge): one.judge.name for one in judgings if judge_identity(one.judge) not in answering
    }
    if not answering:
        return tuple(judgings), ()
    return tuple(one for one in judgings if judge_identity(one.judge) in answering), tuple(silent.values())


def _read(directory: RunDirectory) -> Judged:
    path = directory.path / FILE
    try:
        judging = msgspec.json.decode(path.read_bytes(), type=Judging)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise JournalError("journal.damaged", path=str(path), reason=str(error)) from error
    except OSError as error:
        raise cannot_read(path, error) from error
    contents = directory.read(without_pieces)
    if not contents.plan.targets:
        raise JournalError("journal.damaged", path=str(directory.path), reason="no judge")
    return Judged(
        judging=judging,
        manifest=contents.manifest,
        judge=contents.plan.targets[0],
        records=contents.records,
        answers=directory.answers(),
    )
