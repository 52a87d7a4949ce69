"""`hayai explain W104`: what a caution means and what to do about it."""

from __future__ import annotations

import json

import click

from hayai.ask.suggest import suggest
from hayai.cli.telling import put_out
from hayai.cli.verbs import Option, Verb
from hayai.errors import Problem, UsageError
from hayai.show.format import wrap
from hayai.show.locales import Texts

PREFIX = "explain."


def command(texts: Texts) -> click.Command:
    """The verb with its options."""

    def callback(code: str | None, as_json: bool) -> int:  # noqa: FBT001  click's way.
        known = {key.removeprefix(PREFIX): key for key in texts.keys() if key.startswith(PREFIX)}  # noqa: SIM118  Texts is no dict.
        if code is None:
            chosen = known
        elif code.upper() in known:
            chosen = {code.upper(): known[code.upper()]}
        else:
            near = suggest(code.upper(), known)
            values: dict[str, object] = {"known": ", ".join(known), "suggestion": near or ""}
            raise UsageError(Problem(place=code, key="cli.no_such_code" + (".maybe" if near else ""), values=values))
        told = {name: texts(key) for name, key in chosen.items()}
        if as_json:
            put_out(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
            return 0
        put_out(
            "\n\n".join("\n".join((name, *(f"  {line}" for line in wrap(text, 78)))) for name, text in told.items())
            + "\n"
        )
        return 0

    options: list[click.Parameter] = [
        click.Argument(["code"], required=False, metavar="[CODE]"),
        Option(["--json", "as_json"], is_flag=True, help=texts("cli.option.json")),
    ]
    return Verb("explain", texts, callback, options)
