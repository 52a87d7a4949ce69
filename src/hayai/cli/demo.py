"""`hayai demo`: the published comparison on the local Bedrock, without an account, in under a minute.

The very command a user would type, against a simulator in a process of its own. One published cycle takes over six
minutes of real time, so the simulator's clock runs forty times as fast; what is measured is shown as measured, under
a banner that says so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from hayai.cli.agent_process import AgentProcess
from hayai.cli.asked import Asked
from hayai.cli.environment import local_environment
from hayai.cli.options import output_options, wishes_from
from hayai.cli.telling import say
from hayai.cli.verbs import Option, Verb
from hayai.show.locales import Texts

PROFILE = "published-2024"
SPEED = 40.0
CYCLES = 5
"""At most: the answer is settled after four, in less time than a minute."""
TARGETS = (
    "bedrock:us.anthropic.claude-3-5-haiku-20241022-v1:0,latency=standard,name=3.5-haiku",
    "bedrock:us.anthropic.claude-3-5-haiku-20241022-v1:0,latency=optimized,name=3.5-haiku-optimized",
    "bedrock:us.anthropic.claude-3-haiku-20240307-v1:0,name=3-haiku",
)
MAX_TOKENS = 4096
"""The most that Claude 3 Haiku can write; the published script asked for 5,000."""


def command(texts: Texts) -> click.Command:
    """The verb with its options."""

    def callback(speed: float, cycles: int, seed: int | None, **values: Any) -> int:
        environment = local_environment()
        with AgentProcess(environment) as agent:
            from hayai.cli.comparing import compare  # The agent loads meanwhile, on another core.
            from hayai.sim.process import serve_in_process

            with serve_in_process(PROFILE, options=_options(speed, seed), environment=environment) as sim:
                say([texts("cli.demo.intro", url=sim.url, speed=f"{speed:g}")])
                asked = Asked(
                    targets=TARGETS,
                    defaults={"endpoint": sim.url, "region": sim.region, "temperature": "0"},
                    seed=seed,
                    cycles=cycles,
                    max_tokens=MAX_TOKENS,
                )
                return compare(asked, replace(wishes_from(values), resumable=False), texts, agent)

    options: list[click.Parameter] = [
        Option(
            ["--speed"],
            type=click.FloatRange(min=1, max=1000),
            default=SPEED,
            metavar="N",
            help=texts("cli.option.speed"),
        ),
        Option(
            ["--cycles"], type=click.IntRange(min=1), default=CYCLES, metavar="N", help=texts("cli.option.demo_cycles")
        ),
        Option(["--seed"], type=click.IntRange(min=0), metavar="N", help=texts("cli.option.seed")),
        *output_options(texts),
    ]
    return Verb("demo", texts, callback, options)


def _options(speed: float, seed: int | None) -> list[str]:
    options = ["--speed", f"{speed:g}"]
    return options if seed is None else [*options, "--seed", str(seed)]
