"""`hayai models`: what this account offers in this Region."""

from __future__ import annotations

from typing import Any

import click

from hayai.cli.verbs import Option, Verb
from hayai.show.locales import Texts


def command(texts: Texts) -> click.Command:
    """The verb with its options."""

    def callback(pattern: str | None, **values: Any) -> int:
        from hayai.cli.doctoring import list_models

        way = {name: values[name] for name in ("region", "profile", "endpoint") if values[name] is not None}
        return list_models(pattern, way, texts, as_json=values["as_json"])

    options: list[click.Parameter] = [
        click.Argument(["pattern"], required=False, metavar="[WORD]"),
        Option(["--region"], metavar="REGION", help=texts("cli.option.region")),
        Option(["--profile"], metavar="NAME", help=texts("cli.option.profile")),
        Option(["--endpoint"], metavar="URL", help=texts("cli.option.endpoint")),
        Option(["--json", "as_json"], is_flag=True, help=texts("cli.option.json")),
    ]
    return Verb("models", texts, callback, options)
