"""How is an error said? Words from the catalogue, values made safe, every problem on a line of its own."""

from __future__ import annotations

from collections.abc import Mapping

from hayai.ask.secrets import redact
from hayai.errors import HayaiError, Problem, UsageError
from hayai.show.format import clean
from hayai.show.locales import Texts


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
