"""Which checks of their own does the user bring, and how are they called?

`module:function`, found as Python finds modules, in the folder where hayai was started too, and beside the configuration
file that names it.
Only the command line and that file can name one: what a suite or a run says is data, and is never loaded. A check takes the prompt
(`hayai.ask.plan.Prompt`) and the text of an answer, and returns True or False, or one of them with a reason. Anything else that it does,
raising included, is "could not be checked"; what it prints, by whatever way, goes to stderr.

Nothing limits its time. Who waits is told what for, and Ctrl-C gives the checks up: what is not looked at by then is said to be so, and all
else is shown (`Patience`).
"""

from __future__ import annotations

import contextlib
import importlib
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from hayai.ask.plan import Prompt
from hayai.ask.suggest import echo, suggest
from hayai.cli.telling import say
from hayai.decide.quality.checking import NOT_LOOKED_AT, OwnCheck
from hayai.decide.quality.findings import Looked
from hayai.errors import INTERRUPTED, Problem, UsageError
from hayai.show.format import clean
from hayai.show.locales import Texts

_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", re.ASCII)
LONGEST_REASON = 200
"""Characters of a check's own words that are kept."""
NONE = "none"
"""Stands for no check, where those of before are to be left out."""
TOLD_AFTER_S = 5.0
"""Who has waited so long for checks is told so."""


@dataclass(slots=True)
class Patience:
    """How the user's checks get on. One of them may hang: that is seen from outside."""

    checks: tuple[str, ...] = ()
    """Those that are to be made."""
    at: str | None = None
    """The one that is looking now."""
    given_up: bool = False
    """By Ctrl-C."""
    never_made: dict[str, str] = field(default_factory=dict)
    """Checks that said nothing of any answer so far, and why the last time."""
    made: set[str] = field(default_factory=set)

    @contextlib.contextmanager
    def told(self, texts: Texts) -> Iterator[None]:
        """Answers are looked at meanwhile. Says on stderr what takes long, what was given up, and which check could never be made."""
        if not self.checks:
            yield
            return
        over = threading.Event()
        threading.Thread(target=self._tell_late, args=(over, texts), daemon=True).start()
        try:
            with self._interruptible():
                yield
        finally:
            over.set()
        if self.given_up:
            say([texts("expect.given_up")])
        say([texts("expect.never_made", check=name, reason=clean(why)) for name, why in self.never_made.items()])

    def code(self, code: int) -> int:
        """The exit code, `code` unless somebody gave up."""
        return INTERRUPTED if self.given_up else code

    def saw(self, name: str, looked: Looked) -> None:
        """Remembers whether the check could be made at all."""
        if looked.outcome != "unknown":
            self.made.add(name)
            self.never_made.pop(name, None)
        elif name not in self.made:
            self.never_made[name] = looked.detail

    def _tell_late(self, over: threading.Event, texts: Texts) -> None:
        while not over.wait(TOLD_AFTER_S):
            if (check := self.at) is not None:
                say([texts("expect.looking", check=check)])
                return

    @contextlib.contextmanager
    def _interruptible(self) -> Iterator[None]:
        """Ctrl-C ends the check that is looking, and with it all others; the second one is what it always is.

        Signals are left alone where Python has none to give: outside of its main thread.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def on_interrupt(_number: int, _frame: FrameType | None) -> None:
            first, self.given_up = not self.given_up, True
            if self.at is not None or not first:
                raise KeyboardInterrupt

        before = signal.signal(signal.SIGINT, on_interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)


def load_own_checks(
    names: Sequence[str], folder: Path = Path(), *, place: str = "--check", patience: Patience | None = None
) -> dict[str, OwnCheck]:
    """The checks by name. Raises one UsageError with all that cannot be loaded."""
    problems: list[Problem] = []
    found: dict[str, OwnCheck] = {}
    patience = patience or Patience()
    patience.checks = tuple(names)
    folders = [str(one.resolve()) for one in (folder, Path())]
    with _found_in(folders):
        for name in names:
            try:
                found[name] = _safe(name, _load(name, place), folders, patience)
            except UsageError as error:
                problems += error.problems
    if problems:
        raise UsageError(*problems)
    return found


def _load(name: str, place: str) -> Callable[..., Any]:
    if _NAME.fullmatch(name) is None:
        raise UsageError(Problem(place=place, key="expect.bad_check", values={"word": echo(name)}))
    module_name, _, function = name.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{module_name}.".startswith(f"{error.name}."):
            values: dict[str, object] = {"word": module_name}
            raise UsageError(Problem(place=place, key="expect.no_module", values=values)) from None
        raise _broken(name, place, error) from error
    except (Exception, SystemExit) as error:
        raise _broken(name, place, error) from error
    check = getattr(module, function, None)
    if not callable(check):
        near = suggest(
            function, [word for word, it in vars(module).items() if callable(it) and not word.startswith("_")]
        )
        values = {"word": function, "module": module_name, "suggestion": near or ""}
        raise UsageError(Problem(place=place, key="expect.no_function" + (".maybe" if near else ""), values=values))
    wanted: Callable[..., Any] = check
    return wanted


def _broken(name: str, place: str, error: BaseException) -> UsageError:
    values: dict[str, object] = {"word": name, "kind": type(error).__name__, "reason": echo(str(error))}
    return UsageError(Problem(place=place, key="expect.broken_module", values=values))


@contextlib.contextmanager
def _found_in(folders: Sequence[str]) -> Iterator[None]:
    """Modules of these folders can be imported meanwhile, and what is printed meanwhile does not get into a report."""
    before = list(sys.path)
    sys.path[:0] = folders
    try:
        with contextlib.redirect_stdout(sys.stderr), _stdout_to_stderr():
            yield
    finally:
        sys.path[:] = before


@contextlib.contextmanager
def _stdout_to_stderr() -> Iterator[None]:
    """The same for what does not print by `sys.stdout`: other programs, libraries in C."""
    try:
        kept = os.dup(1)
    except OSError:  # There is no stdout at all.
        yield
        return
    try:
        os.dup2(2, 1)
        yield
    finally:
        if sys.__stdout__ is not None:
            with contextlib.suppress(OSError, ValueError):
                sys.__stdout__.flush()
        os.dup2(kept, 1)
        os.close(kept)


def _safe(name: str, check: Callable[..., Any], folders: Sequence[str], patience: Patience) -> OwnCheck:
    """The check, which whatever happens says something."""

    def look(prompt: Prompt, text: str) -> Looked:
        if patience.given_up:
            return NOT_LOOKED_AT
        with _found_in(folders):
            try:
                looked = ask(prompt, text)
            except KeyboardInterrupt:
                patience.at = None
                if not patience.given_up:
                    raise
                return NOT_LOOKED_AT
        patience.saw(name, looked)
        return looked

    def ask(prompt: Prompt, text: str) -> Looked:
        try:
            patience.at = name
            return _looked(check(prompt, text))
        except (Exception, SystemExit) as error:  # noqa: BLE001  A stranger's function: whatever it raises is told, and never a pass.
            return _broken_by(f"{type(error).__name__}: {error}")
        finally:
            patience.at = None

    return look


def _looked(told: object) -> Looked:
    """What a check returned, as a finding."""
    passed, reason = told if isinstance(told, tuple) and len(told) == 2 else (told, "")
    if type(passed).__module__ == "numpy" and type(passed).__name__ in {"bool", "bool_"}:
        passed = bool(passed)  # What comparing arrays gives; numpy itself is not loaded for it.
    if not isinstance(passed, bool) or not isinstance(reason, str):
        return _broken_by(f"returned {type(told).__name__}")
    return (
        Looked(outcome="passed") if passed else Looked(outcome="failed", reason="own", detail=reason[:LONGEST_REASON])
    )


def _broken_by(words: str) -> Looked:
    return Looked(outcome="unknown", reason="own_broken", detail=words[:LONGEST_REASON])
