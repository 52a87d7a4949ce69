"""Which things can go wrong on our side of the table, and how loudly?

An exception of this module never carries prose. It carries the key of a text in the catalogues (`hayai.show.locales`)
and the values that fill its gaps, so that the same error can be told in English and in Japanese, and tests can assert
on what happened rather than on wording.

    HayaiError                 anything we tell the user about; has an exit code
    ├── UsageError             what the user wrote cannot be run; carries every problem at once          exit 2
    ├── AccessError            credentials or access to a model are missing                             exit 3
    ├── JournalError           a run directory cannot be read or written                                exit 2
    └── InstrumentError        the measuring agent itself failed; measured records are kept              exit 130
    WireError                  bytes that break a protocol; becomes an outcome of one request
    ├── OurMistake             we sent or asked something impossible
    └── TheirMistake           the other side sent something impossible

A failed request is not an exception: it is an `Outcome` in a record.
"""

from __future__ import annotations

from dataclasses import dataclass, field

INTERRUPTED = 130
"""The exit code of a command that was stopped, or broke."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with what the user wrote.

    `place` says where (`--vary`, `bench.toml: targets[1].latency`, `prompts.csv line 7`); `key` names the text in the catalogues;
    `values` fill its gaps.
    """

    place: str
    key: str
    values: dict[str, object] = field(default_factory=dict)


class HayaiError(Exception):
    """Something the user must be told. `key` names the text, `values` fill it."""

    exit_code = 1

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values

    def __str__(self) -> str:
        gaps = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"{self.key}({gaps})"


class UsageError(HayaiError):
    """The request cannot be run as written. All problems are collected before this is raised."""

    exit_code = 2

    def __init__(self, *problems: Problem) -> None:
        super().__init__("error.usage", count=len(problems))
        self.problems = problems

    def __str__(self) -> str:
        return "; ".join(f"{p.place}: {p.key} {p.values}" for p in self.problems)


class AccessError(HayaiError):
    """Credentials are missing, expired or may not use the model."""

    exit_code = 3


class JournalError(HayaiError):
    """A run directory is unreadable, unwritable, or of a version this hayai does not know."""

    exit_code = 2


class InstrumentError(HayaiError):
    """The measuring agent died or could not go on; what was measured is in the run directory."""

    exit_code = 130


class WireError(Exception):
    """Bytes that break a protocol. The message is English and technical: it is kept as data in the record."""


class OurMistake(WireError):
    """We would have sent, or asked for, something the protocol does not allow."""


class TheirMistake(WireError):
    """The other side sent something the protocol does not allow."""
