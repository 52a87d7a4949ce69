"""`hayai selfcheck`: how exact is this machine? The work is in `selfchecking.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from hayai.ask.suggest import echo
from hayai.cli.options import Duration
from hayai.cli.verbs import Option, Verb
from hayai.errors import Problem, UsageError
from hayai.show.locales import Texts

STREAMS = (1, 10, 100, 300, 1000)
BOUND_S = 0.001
MOST_STREAMS = 10_000


class Numbers(click.ParamType[tuple[int, ...]]):
    """`1,10,100`: numbers of streams, in rising order."""

    name = "numbers"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        """The numbers; UsageError names the option and every word that is none."""
        del ctx
        if isinstance(value, tuple):
            return value
        place = param.opts[0] if param is not None else "--streams"
        words = [word.strip() for word in str(value).split(",")]
        wrong = [w for w in words if not (w.isascii() and w.isdecimal() and 1 <= int(w[:9]) <= MOST_STREAMS)]
        if wrong:
            raise UsageError(
                *(
                    Problem(place=place, key="selfcheck.not_streams", values={"word": echo(w), "most": MOST_STREAMS})
                    for w in wrong
                )
            )
        return tuple(sorted({int(word) for word in words}))


def command(texts: Texts) -> click.Command:
    """The verb with its options."""

    def callback(**values: Any) -> int:
        from hayai.cli.selfchecking import Wanted, selfcheck, show_kept

        if values["kept"]:
            return show_kept(texts, as_json=values["as_json"])
        wanted = Wanted(
            streams=values["streams"],
            transports=_transports(values["transport"]),
            bound_ns=round(values["bound"] * 1e9),
            keep=not values["no_store"],
        )
        return selfcheck(wanted, texts, as_json=values["as_json"])

    options: list[click.Parameter] = [
        Option(["--streams"], type=Numbers(), default=STREAMS, metavar="N,...", help=texts("selfcheck.option.streams")),
        Option(
            ["--transport"],
            type=click.Choice(["both", "plain", "tls"]),
            default="both",
            help=texts("selfcheck.option.transport"),
        ),
        Option(["--bound"], type=Duration(), default=BOUND_S, metavar="TIME", help=texts("selfcheck.option.bound")),
        Option(["--no-store"], is_flag=True, help=texts("selfcheck.option.no_store")),
        Option(["--show", "kept"], is_flag=True, help=texts("selfcheck.option.show")),
        Option(["--json", "as_json"], is_flag=True, help=texts("cli.option.json")),
    ]
    return Verb("selfcheck", texts, callback, options)


def _transports(word: str) -> Sequence[Any]:
    return ("plain", "tls") if word == "both" else (word,)
