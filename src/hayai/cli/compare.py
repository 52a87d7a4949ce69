"""`hayai compare`: the same prompts to several targets, measured, kept and shown (`comparing.py`)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click
import msgspec

from hayai.ask.presets import presets
from hayai.cli.agent_process import AgentProcess
from hayai.cli.asked import Asked
from hayai.cli.options import (
    LIST,
    asked_from,
    doctor_option,
    judge_option,
    output_options,
    plan_options,
    quality_options,
    rule_options,
    target_options,
    wishes_from,
)
from hayai.cli.telling import put_out
from hayai.cli.verbs import PROBLEMS, Option, Verb, problem_of
from hayai.errors import Problem, UsageError
from hayai.show.locales import Texts


def command(texts: Texts) -> click.Command:
    """The verb with its options."""

    def callback(targets: tuple[str, ...], resume: str | None, **values: Any) -> int:
        wishes = wishes_from(values)
        if values["preset"] == LIST:
            return list_presets(texts, as_json=wishes.json)
        if resume is not None:
            must_say_nothing_of_the_plan()
        with AgentProcess() as agent:
            # The agent loads meanwhile, on another core.
            from hayai.cli.comparing import compare
            from hayai.cli.resuming import resume_run

            if resume is not None:
                return resume_run(resume, asked_from(values, targets), wishes, texts, agent)
            return compare(asked_from(values, targets), wishes, texts, agent)

    def check(targets: tuple[str, ...], resume: str | None, **values: Any) -> Sequence[Problem]:
        from hayai.cli.planning import build_plan  # Only when the command line is wrong already.

        try:
            if resume is None:
                build_plan(asked_from(values, targets), language=texts.language, stdin=sys.stdin)
        except UsageError as error:
            return error.problems
        return ()

    options: list[click.Parameter] = [
        click.Argument(["targets"], nargs=-1, metavar="TARGET..."),
        *target_options(texts),
        *plan_options(texts),
        *rule_options(texts),
        *quality_options(texts),
        Option(["--resume"], metavar="RUN", help=texts("cli.option.resume")),
        doctor_option(texts),
        judge_option(texts),
        *output_options(texts),
    ]
    return Verb("compare", texts, callback, options, check=check)


def list_presets(texts: Texts, *, as_json: bool) -> int:
    """The comparisons that have a name, on stdout: what each does, what one would type instead, where it comes from."""
    found = presets().values()
    if as_json:
        put_out(msgspec.json.format(msgspec.json.encode({"version": 1, "presets": list(found)})).decode() + "\n")
        return 0
    lines = [
        line
        for one in found
        for line in (
            one.name,
            f"  {texts(f'preset.{one.name}')}",
            f"  hayai compare {one.words}",
            f"  {texts('preset.source', source=one.source, as_of=one.as_of.isoformat())}",
            "",
        )
    ]
    put_out("\n".join(lines))
    return 0


def asked_of_words(words: Sequence[str], texts: Texts) -> Asked:
    """What these words, typed after `hayai compare`, ask for. UsageError with all that is wrong with the options."""
    try:
        context = command(texts).make_context("compare", list(words))
    except click.ClickException as error:
        raise UsageError(problem_of(error)) from error
    if problems := context.meta.get(PROBLEMS, []):
        raise UsageError(*problems)
    return asked_from(context.params, context.params["targets"])


OF_A_RESUME = {
    "resume",
    "max_requests",
    "max_time",
    "max_cost",
    "cycles",
    "check",
    "results",
    "runs",
    "json",
    "live",
    "dry_run",
    "skip_doctor",
    "judges",
    "lang",
    "debug",
}
"""What may be said together with `--resume`; all else is the plan's, and stands."""


def must_say_nothing_of_the_plan() -> None:
    """Raises UsageError when the command line wants another plan for a run that has one."""
    context = click.get_current_context()
    said = [
        param.human_readable_name if isinstance(param, click.Argument) else param.opts[0]
        for param in context.command.params
        if param.name not in OF_A_RESUME and context.params.get(str(param.name)) not in (None, (), False)
        if context.get_parameter_source(str(param.name)) is not click.core.ParameterSource.DEFAULT
    ]
    if said:
        raise UsageError(Problem(place="--resume", key="cli.resume_has_a_plan", values={"options": ", ".join(said)}))
