"""What did the user's own checks say? Kept beside the report, because nobody else may run them.

A line per check and answer in `derived/own_checks.jsonl`, and one for each check that somebody has dropped. It may be deleted: who has the
code makes it again with `hayai report --check`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from hayai.keep.journal import cannot_write, each_line
from hayai.keep.run_directory import RunDirectory

FILE = "own_checks.jsonl"


class OwnLooked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One check of one answer."""

    check: str
    """`module:function`."""
    record: str
    """Empty for a check that was dropped."""
    outcome: Literal["passed", "failed", "unknown", "dropped"]
    """`dropped`: reports leave the check out, whether the plan names it or not."""
    detail: str = ""
    """In the check's own words. Untrusted."""


def kept_own_checks(directory: RunDirectory) -> Iterator[OwnLooked]:
    """What is there, oldest first; lines that cannot be read are left out."""
    yield from each_line(directory.derived / FILE, OwnLooked)


def keep_own_checks(directory: RunDirectory, said: Iterable[OwnLooked]) -> None:
    """Writes all of it anew. JournalError when the disk does not take it."""
    place = directory.derived / FILE
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = place.with_name(FILE + ".part")
        with beside.open("wb") as file:
            file.writelines(msgspec.json.encode(one) + b"\n" for one in said)
        beside.replace(place)
    except OSError as error:
        raise cannot_write(place, error) from error
