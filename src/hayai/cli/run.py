"""`hayai run bench.toml`: the same as `compare`, from a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import click

from hayai.ask.config import BenchConfig, read_config
from hayai.ask.plan import CacheMode, ConnectionMode, Stopping
from hayai.cli.agent_process import AgentProcess
from hayai.cli.asked import Asked
from hayai.cli.options import (
    doctor_option,
    judge_option,
    output_options,
    own_checks_of,
    prices_option,
    quality_options,
    wishes_from,
)
from hayai.cli.verbs import Verb, Verbs
from hayai.show.locales import Texts, texts_in


def command(texts: Texts) -> click.Command:
    """The verb with its options."""

    def callback(file: Path, prices: Path | None, **values: Any) -> int:
        with AgentProcess() as agent:
            # The agent loads meanwhile, on another core.
            from hayai.cli.comparing import compare
            from hayai.cli.planning import problems_of_targets

            config = read_config(file, lambda config: problems_of_targets(asked_from_file(config, prices)))
            given = asked_from_file(config, prices)
            asked = replace(
                given,
                expect_options=tuple(values["expect"] or ()),
                checks=tuple(dict.fromkeys((*given.checks, *own_checks_of(values)))),
            )
            wishes = replace(wishes_from(values), checks=asked.checks, folder=asked.folder)
            if wishes.results is None and config.results is not None:
                wishes = replace(wishes, results=Path(config.results))
            # --lang on the command line has spoken already; the file's word counts where nobody else has said anything.
            words = (
                texts_in("ja" if config.lang == "ja" else "en") if config.lang and not _language_was_said() else texts
            )
            root = click.get_current_context().find_root().command
            if isinstance(root, Verbs):
                root.texts = words  # What goes wrong from here on is told in the same language.
            return compare(asked, wishes, words, agent)

    options: list[click.Parameter] = [
        click.Argument(["file"], type=click.Path(path_type=Path), metavar="FILE"),
        *quality_options(texts),
        prices_option(texts),
        doctor_option(texts),
        judge_option(texts),
        *output_options(texts),
    ]
    return Verb("run", texts, callback, options)


def _language_was_said() -> bool:
    """Whether `--lang` stands on the command line, before the verb or after it."""
    here = click.get_current_context()
    said = click.core.ParameterSource.COMMANDLINE
    return any(context.get_parameter_source("lang") is said for context in (here, here.find_root()))


def asked_from_file(config: BenchConfig, price_file: Path | None = None) -> Asked:
    """The file's values as `Asked`. `price_file`: prices that were named on the command line."""
    return Asked(
        targets=config.targets,
        places=config.places,
        vary=config.vary,
        vary_place=config.vary_place,
        folder=config.folder,
        suite=config.suite,
        prompts=config.prompts,
        seed=config.seed,
        warmup=config.warmup,
        concurrency=config.concurrency,
        rate=config.rate,
        together=bool(config.together),
        cache=cast("CacheMode | None", config.cache),  # checked by the reader of the file
        connections=cast("ConnectionMode | None", config.connections),
        retries=config.retries,
        max_requests=config.max_requests,
        max_time_s=config.max_time_s,
        max_cost_usd=config.max_cost,
        cycles=config.cycles,
        max_tokens=config.max_tokens,
        timeouts=config.timeouts,
        save_texts=not config.no_texts,
        margin_ratio=config.margin,
        precision_ratio=config.precision,
        verdict_only=bool(config.verdict_only),
        stopping=cast("Stopping | None", config.stopping),
        claims=config.claim,
        claim_place=config.claim_place,
        goals=config.goal,
        goal_place=config.goal_place,
        all_pairs=bool(config.all_pairs),
        self_test=bool(config.aa),
        sessions=config.sessions,
        every_s=config.every_s,
        prices=config.prices,
        price_subjects=config.price_subjects,
        price_place=config.price_place,
        price_file=price_file,
        expect=config.expect,
        checks=config.checks,
        checks_place=config.checks_place,
    )
