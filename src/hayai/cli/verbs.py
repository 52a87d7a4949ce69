"""How does click speak our languages, and load nothing it does not need?

A verb is one file with a function `command(texts) -> click.Command`, named in `VERBS`; it is imported when somebody
types it. The help of `hayai` itself comes from the catalogue alone. click's own words (Usage, Options, its errors)
are said by the catalogues as well.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import click
from click.exceptions import BadOptionUsage, BadParameter, MissingParameter, NoSuchOption, UsageError

from hayai.cli.help_layout import INDENT, definitions, paragraph, written
from hayai.cli.telling import put_out
from hayai.errors import Problem
from hayai.errors import UsageError as OurUsageError
from hayai.show.locales import LANGUAGES, Texts

VERBS: dict[str, str] = {
    "demo": "hayai.cli.demo",
    "compare": "hayai.cli.compare",
    "run": "hayai.cli.run",
    "report": "hayai.cli.report",
    "replay": "hayai.cli.replay",
    "judge": "hayai.cli.judge",
    "regions": "hayai.cli.regions",
    "serve": "hayai.cli.serve",
    "analyze": "hayai.cli.analyze",
    "doctor": "hayai.cli.doctor",
    "models": "hayai.cli.models",
    "prices": "hayai.cli.prices",
    "selfcheck": "hayai.cli.selfcheck",
    "sim": "hayai.cli.sim",
    "explain": "hayai.cli.explain",
}
"""Every verb and the module that holds it, in the order of the help."""

PROBLEMS = "hayai.problems"
"""Where, in click's context, what is wrong with the options is collected."""

Check = Callable[..., Sequence[Problem]]
"""Takes what a callback takes (None for what could not be read) and says what else is wrong; does nothing."""


class Option(click.Option):
    """An option that does not stop at its own mistake: all of them are told at once."""

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """The value, or None when it cannot be read; why is collected."""
        try:
            return super().process_value(ctx, value)
        except click.UsageError as error:
            found: Sequence[Problem] = [problem_of(error)]
        except OurUsageError as error:
            found = error.problems
        ctx.meta.setdefault(PROBLEMS, []).extend(found)
        return None


class Verb(click.Command):
    """A command whose help is written in the user's language, and which tells all that is wrong with its options at once."""

    def __init__(
        self,
        name: str,
        texts: Texts,
        callback: Callable[..., Any],
        params: list[click.Parameter],
        *,
        check: Check | None = None,
    ) -> None:
        """`check` is asked when some option could not be read, so that what is wrong with the rest is told as well."""
        self.texts = texts
        self.check = check
        help_option = click.Option(
            ["--help", "-h"], is_flag=True, is_eager=True, expose_value=False, help=texts("cli.option.help")
        )
        help_option.callback = _show_help
        lang = Option(
            ["--lang"], type=click.Choice(LANGUAGES), expose_value=False, metavar="en|ja", help=texts("cli.option.lang")
        )
        debug = click.Option(["--debug"], is_flag=True, expose_value=False, help=texts("cli.option.debug"))
        super().__init__(
            name,
            callback=callback,
            params=[*params, lang, debug, help_option],
            help=texts(f"cli.{name}.help"),
            add_help_option=False,
        )

    def invoke(self, ctx: click.Context) -> Any:
        """Carries out the verb, unless something is wrong with its options. Raises UsageError with all of it."""
        problems: list[Problem] = ctx.meta.get(PROBLEMS, [])
        if problems:
            more = self.check(**ctx.params) if self.check is not None else ()
            raise OurUsageError(*problems, *more)
        return super().invoke(ctx)

    def get_help(self, ctx: click.Context) -> str:
        """What the verb does, how it is written, and its options."""
        options = [(written(o), o.help or "") for o in self.get_params(ctx) if isinstance(o, click.Option)]
        lines = [
            *paragraph(f"{self.texts('cli.usage')} {ctx.command_path} {self.texts(f'cli.{self.name}.usage')}"),
            "",
            *paragraph(self.help or "", indent=INDENT),
            "",
            f"{self.texts('cli.options')}:",
            *definitions(options),
        ]
        return "\n".join(lines)


class Verbs(click.Group):
    """`hayai` itself."""

    def __init__(self, texts: Texts, version: str) -> None:
        self.texts = texts
        version_option = click.Option(
            ["--version"], is_flag=True, is_eager=True, expose_value=False, help=texts("cli.option.version")
        )
        version_option.callback = _show_version(version)
        help_option = click.Option(
            ["--help", "-h"], is_flag=True, is_eager=True, expose_value=False, help=texts("cli.option.help")
        )
        help_option.callback = _show_help
        lang = click.Option(
            ["--lang"], type=click.Choice(LANGUAGES), expose_value=False, metavar="en|ja", help=texts("cli.option.lang")
        )
        debug = click.Option(["--debug"], is_flag=True, expose_value=False, help=texts("cli.option.debug"))
        super().__init__(
            "hayai",
            params=[version_option, lang, debug, help_option],
            add_help_option=False,
            invoke_without_command=True,
        )
        self.callback = self._without_verb

    def _without_verb(self) -> None:
        context = click.get_current_context()
        if context.invoked_subcommand is None:
            put_out(context.get_help() + "\n")

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs, in the order of `VERBS`."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports a verb when it is named."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = importlib.import_module(VERBS[cmd_name]).command(self.texts)
        return command

    def get_help(self, ctx: click.Context) -> str:
        """The help of `hayai` itself; no verb is imported for it."""
        options = [(written(o), o.help or "") for o in self.get_params(ctx) if isinstance(o, click.Option)]
        lines = [
            *paragraph(self.texts("cli.about")),
            "",
            *paragraph(f"{self.texts('cli.usage')} hayai {self.texts('cli.usage.group')}"),
            "",
            f"{self.texts('cli.verbs')}:",
            *definitions([(name, self.texts(f"cli.{name}.short")) for name in VERBS]),
            "",
            f"{self.texts('cli.options')}:",
            *definitions(options),
            "",
            *paragraph(self.texts("cli.more")),
        ]
        return "\n".join(lines)


def problem_of(error: click.ClickException) -> Problem:
    """What click found wrong with the command line, in our terms."""
    from hayai.ask.suggest import echo, suggest

    match error:
        case NoSuchOption(option_name=name, ctx=context):
            known = [o for p in context.command.params for o in p.opts] if context else []
            near = suggest(name, known)
            return Problem(
                place=echo(name),
                key="cli.no_such_option" + (".maybe" if near else ""),
                values={"suggestion": near or ""},
            )
        case BadOptionUsage(option_name=name, message=message):
            needs = "requires" in message
            return Problem(place=name, key="cli.option_needs_a_value" if needs else "cli.option_takes_no_value")
        case MissingParameter(param=param):
            return Problem(place=_place(param), key="cli.missing")
        case BadParameter(param=param, message=message):
            return _bad_value(param, message)
        case UsageError(ctx=context, message=message) if context is not None and isinstance(context.command, Verbs):
            word = message.rsplit("'", 2)[-2] if message.count("'") >= 2 else message
            near = suggest(word, VERBS)
            values: dict[str, object] = {"known": ", ".join(VERBS), "suggestion": near or ""}
            return Problem(place=echo(word), key="cli.no_such_verb" + (".maybe" if near else ""), values=values)
        case UsageError(ctx=context, message=message) if context is not None and "unexpected extra" in message:
            words = echo(message.partition("(")[2].removesuffix(")"))
            return Problem(place=f"hayai {context.command.name}", key="cli.too_much", values={"words": words})
        case _:
            return Problem(place="hayai", key="cli.bad_value", values={"words": echo(error.format_message())})


def _bad_value(param: click.Parameter | None, message: str) -> Problem:
    kind = param.type if param is not None else None
    if isinstance(kind, click.Choice):
        return Problem(
            place=_place(param), key="cli.not_a_choice", values={"choices": ", ".join(map(str, kind.choices))}
        )
    if isinstance(kind, click.types.IntParamType | click.types.FloatParamType):
        low, high = getattr(kind, "min", None), getattr(kind, "max", None)
        form = ".range" if high is not None else ".least" if low is not None else ""
        return Problem(place=_place(param), key=f"cli.not_a_number{form}", values={"low": low, "high": high})
    return Problem(place=_place(param), key="cli.bad_value", values={"words": message})


def _place(param: click.Parameter | None) -> str:
    if param is None:
        return "hayai"
    return param.opts[0] if isinstance(param, click.Option) else (param.human_readable_name or "")


def _show_help(ctx: click.Context, _param: click.Parameter, value: bool) -> None:  # noqa: FBT001  click's signature.
    if value and not ctx.resilient_parsing:
        put_out(ctx.get_help() + "\n")
        ctx.exit()


def _show_version(version: str) -> Callable[[click.Context, click.Parameter, bool], None]:
    def show(ctx: click.Context, _param: click.Parameter, value: bool) -> None:  # noqa: FBT001  click's signature.
        if value and not ctx.resilient_parsing:
            put_out(f"hayai {version}\n")
            ctx.exit()

    return show
