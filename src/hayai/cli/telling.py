"""How is anything said? Words from the catalogue, values made safe, every problem on a line of its own.

What is told may go anywhere: to a reader who goes away, or to a disk that is full. Neither may end a run that measures.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import TextIO

from hayai.ask.secrets import redact
from hayai.cli.help_layout import wrap
from hayai.errors import HayaiError, JournalError, Problem, UsageError
from hayai.show.format import clean
from hayai.show.locales import Texts

_LEAD = re.compile(r" *(- )?")


def tell_error(error: HayaiError, texts: Texts) -> str:
    """The whole message, without a line feed at its end."""
    if isinstance(error, UsageError):
        return tell_problems(error.problems, texts)
    return f"hayai: {sentence(error.key, error.values, texts)}"


def tell_problems(problems: tuple[Problem, ...], texts: Texts) -> str:
    """One line for one problem; a heading and a list for several."""
    lines = [f"{clean(redact(problem.place))}: {sentence(problem.key, problem.values, texts)}" for problem in problems]
    if len(lines) == 1:
        return f"hayai: {lines[0]}"
    return "\n".join((f"hayai: {texts('cli.problems', count=len(lines))}", *(f"  - {line}" for line in lines)))


def sentence(key: str, values: Mapping[str, object], texts: Texts) -> str:
    """The text of `key` with `values` in it, each made safe to print: they may hold what a server, a file or a slip of the hand said."""
    return texts(key, **{name: clean(redact(str(value))) for name, value in values.items()})


def put_out(text: str) -> None:
    """The result, on stdout. Raises JournalError when it was sent to a file that takes no more."""
    try:
        put(sys.stdout, text)
    except OSError as error:
        _to_nowhere(sys.stdout)
        raise JournalError("journal.cannot_write", path="stdout", reason=os.strerror(error.errno or 0)) from error


def put(stream: TextIO, text: str) -> None:
    """Writes at once. A reader who has seen enough (`hayai report | head -1`) is no error: the rest has no reader."""
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _to_nowhere(stream)


def _to_nowhere(stream: TextIO) -> None:
    """What is still to come, and what Python would flush at its end, is dropped without a word."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def say(lines: Sequence[str], *, to_copy: bool = False) -> None:
    """Lines for the user, on stderr: stdout belongs to the result. What is there to be copied (a command, a path) stays in one piece."""
    put(sys.stderr, "".join(f"{line if to_copy else fitted(line, sys.stderr)}\n" for line in lines))


def fitted(text: str, stream: TextIO) -> str:
    """`text` in lines that fit the terminal it goes to, broken where people break lines; as it is where no terminal reads it."""
    if not stream.isatty():
        return text
    columns, _ = size_of(stream)
    return "\n".join(part for line in text.split("\n") for part in _hanging(line, columns))


def size_of(stream: TextIO) -> tuple[int, int]:
    """Columns and rows of the terminal behind `stream`, at least 2 each; another stream may go somewhere else."""
    try:
        columns, rows = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        columns, rows = shutil.get_terminal_size()
    return max(2, columns or 80), max(2, rows or 24)


def _hanging(line: str, columns: int) -> list[str]:
    """An indented line goes on under its own text, an entry of a list under its first word."""
    words = _LEAD.sub("", line, count=1)
    lead = line[: len(line) - len(words)]
    rest = " " * (len(lead) if "-" in lead else 2 * len(lead))
    first, *others = wrap(words, columns - len(rest))
    return [lead + first, *(rest + other for other in others)]
