"""Which checks of their own does the user bring, and how are they called?

`module:function`, found as Python finds modules, in the folder where hayai was started too, and beside the configuration
file that names it.
Only the command line and that file can name one: what a suite or a run says is data, and is never loaded. A check takes the prompt
(`hayai.ask.plan.Prompt`) and the text of an answer, and returns True or False, or one of them with a reason. Anything else that it does,
raising included, is "could not be checked"; what it prints goes to stderr.
"""

from __future__ import annotations

import contextlib
import importlib
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from hayai.ask.plan import Prompt
from hayai.ask.suggest import echo, suggest
from hayai.decide.quality.checking import OwnCheck
from hayai.decide.quality.findings import Looked
from hayai.errors import Problem, UsageError

_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", re.ASCII)
LONGEST_REASON = 200
"""Characters of a check's own words that are kept."""


def load_own_checks(names: Sequence[str], folder: Path = Path(), *, place: str = "--check") -> dict[str, OwnCheck]:
    """The checks by name. Raises one UsageError with all that cannot be loaded."""
    problems: list[Problem] = []
    found: dict[str, OwnCheck] = {}
    with _found_in(folder, Path()):
        for name in names:
            try:
                found[name] = _safe(_load(name, place))
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
def _found_in(*folders: Path) -> Iterator[None]:
    """Modules of these folders can be imported meanwhile, and what they print while they load does not get into a report."""
    before = list(sys.path)
    sys.path[:0] = [str(folder.resolve()) for folder in folders]
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        sys.path[:] = before


def _safe(check: Callable[..., Any]) -> OwnCheck:
    """The check, which whatever happens says something."""

    def look(prompt: Prompt, text: str) -> Looked:
        try:
            with contextlib.redirect_stdout(sys.stderr):
                told = check(prompt, text)
        except (Exception, SystemExit) as error:  # noqa: BLE001  A stranger's function: whatever it raises is told, and never a pass.
            return Looked(
                outcome="unknown", reason="own_broken", detail=f"{type(error).__name__}: {error}"[:LONGEST_REASON]
            )
        passed, reason = told if isinstance(told, tuple) and len(told) == 2 else (told, "")
        if type(passed).__module__ == "numpy" and type(passed).__name__ in {"bool", "bool_"}:
            passed = bool(passed)  # What comparing arrays gives; numpy itself is not loaded for it.
        if not isinstance(passed, bool) or not isinstance(reason, str):
            return Looked(
                outcome="unknown", reason="own_broken", detail=f"returned {type(told).__name__}"[:LONGEST_REASON]
            )
        return (
            Looked(outcome="passed")
            if passed
            else Looked(outcome="failed", reason="own", detail=reason[:LONGEST_REASON])
        )

    return look
