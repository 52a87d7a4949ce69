"""`hayai prices`: what models cost, prices of one's own, and AWS's list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from hayai.ask.suggest import echo, suggest
from hayai.cli.verbs import Option, Verb
from hayai.errors import Problem, UsageError
from hayai.show.locales import Texts

OF_SET = (
    "input", "output", "cache_read", "cache_write", "latency", "tier", "currency", "rate", "source", "remove",
)  # fmt: skip
OF_UPDATE = ("region", "api", "profile", "endpoint", "dry_run")
ACTIONS: dict[str, tuple[str, ...]] = {"show": (), "set": OF_SET, "update": OF_UPDATE}
"""What may be done, and the options that mean something there."""


def command(texts: Texts) -> click.Command:
    """The verb with its options."""

    def callback(action: str, words: tuple[str, ...], *, as_json: bool, **values: Any) -> int:
        problems = _misfits(action, words, values)
        if action == "set":
            from hayai.cli.price_keeping import keep_price

            return keep_price(words, {name: values[name] for name in OF_SET}, problems, texts, as_json=as_json)
        if problems:
            raise UsageError(*problems)
        if action == "update":
            from hayai.cli.price_updating import update_prices

            return update_prices({name: values[name] for name in OF_UPDATE}, texts, as_json=as_json)
        from hayai.cli.price_keeping import show_prices

        return show_prices(words, texts, as_json=as_json)

    options: list[click.Parameter] = [
        click.Argument(["action"], default="show", metavar="[show|set|update]"),
        click.Argument(["words"], nargs=-1, metavar="[MODEL...]"),
        *(
            Option([f"--{name.replace('_', '-')}"], metavar=metavar, help=texts(f"cli.option.price.{name}"))
            for name, metavar in (
                ("input", "PRICE"),
                ("output", "PRICE"),
                ("cache_read", "PRICE"),
                ("cache_write", "PRICE"),
                ("latency", "standard|optimized"),
                ("tier", "default|priority|flex|reserved|scale"),
                ("currency", "CODE"),
                ("rate", "USD"),
                ("source", "TEXT"),
            )
        ),
        Option(["--remove"], is_flag=True, help=texts("cli.option.price.remove")),
        Option(["--region"], multiple=True, metavar="REGION", help=texts("cli.option.price.region")),
        Option(["--api"], is_flag=True, help=texts("cli.option.price.api")),
        Option(["--profile"], metavar="NAME", help=texts("cli.option.price.profile")),
        Option(["--endpoint"], metavar="URL", help=texts("cli.option.price.endpoint")),
        Option(["--dry-run"], is_flag=True, help=texts("cli.option.price.dry_run")),
        Option(["--json", "as_json"], is_flag=True, help=texts("cli.option.json")),
    ]
    return Verb("prices", texts, callback, options)


def _misfits(action: str, words: tuple[str, ...], values: Mapping[str, Any]) -> list[Problem]:
    """Options that mean nothing with this action. Raises UsageError for an action that there is not."""
    if action not in ACTIONS:
        near = suggest(action, ACTIONS)
        gaps: dict[str, object] = {"known": ", ".join(ACTIONS), "suggestion": near or "", "word": echo(action)}
        key = "cli.prices.no_such_action" + (".maybe" if near else "")
        raise UsageError(Problem(place=f"hayai prices {echo(action)}", key=key, values=gaps))
    problems = [
        Problem(place=f"--{name.replace('_', '-')}", key="cli.prices.not_here", values={"action": theirs})
        for theirs, names in ACTIONS.items()
        for name in names
        if theirs != action and values[name] not in (None, (), False)
    ]
    if action == "update" and words:
        problems.append(
            Problem(place="hayai prices update", key="cli.too_much", values={"words": echo(" ".join(words))})
        )
    return problems
