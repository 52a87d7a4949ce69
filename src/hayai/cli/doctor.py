"""`hayai doctor`: will this comparison work, and if not, what to do? The work is in `doctoring.py`."""

from __future__ import annotations

import sys
from typing import Any

import click

from hayai.cli.options import asked_from, plan_options, rule_options, target_options
from hayai.cli.verbs import Option, Verb
from hayai.show.locales import Texts


def command(texts: Texts) -> click.Command:
    """The verb with its options: those of a comparison, so that `doctor` can stand in the place of `compare`."""

    def callback(targets: tuple[str, ...], *, policy: bool, call: bool, as_json: bool, **values: Any) -> int:
        from hayai.cli.doctoring import doctor, show_policy

        asked = asked_from(values, targets)
        if policy:
            return show_policy(asked, texts, sys.stdin)
        return doctor(asked, texts, sys.stdin, call=call, as_json=as_json)

    options: list[click.Parameter] = [
        click.Argument(["targets"], nargs=-1, metavar="[TARGET...]"),
        *target_options(texts),
        *plan_options(texts),
        *rule_options(texts),
        Option(["--call"], is_flag=True, help=texts("cli.option.call")),
        Option(["--policy"], is_flag=True, help=texts("cli.option.policy")),
        Option(["--json", "as_json"], is_flag=True, help=texts("cli.option.json")),
    ]
    return Verb("doctor", texts, callback, options)
