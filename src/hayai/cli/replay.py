"""`hayai replay`: the race of one round, in the terminal, at the pace at which the answers came."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from hayai.cli.options import RUNS
from hayai.cli.telling import put, put_out, size_of
from hayai.cli.verbs import Option, Verb
from hayai.clock import now_ns
from hayai.errors import Problem, UsageError
from hayai.show.locales import Texts

FRAMES_PER_S = 15
PACES = (0.1, 20.0)


def command(texts: Texts) -> click.Command:
    """The verb with its options."""

    def callback(*, run: str, prompt: str | None, number: int | None, pace: float, runs: Path) -> int:
        return replay(run, runs, texts, prompt=prompt, number=number, pace=pace)

    options: list[click.Parameter] = [
        click.Argument(["run"], default="last", metavar="[RUN]"),
        Option(["--prompt"], metavar="ID", help=texts("replay.option.prompt")),
        Option(["--round", "number"], type=click.IntRange(min=1), metavar="N", help=texts("replay.option.round")),
        Option(["--pace"], type=click.FloatRange(*PACES), default=1.0, metavar="N", help=texts("replay.option.pace")),
        Option(["--runs"], type=click.Path(path_type=Path), default=RUNS, metavar="DIR", help=texts("cli.option.runs")),
    ]
    return Verb("replay", texts, callback, options)


def replay(run: str, runs: Path, texts: Texts, *, prompt: str | None, number: int | None, pace: float) -> int:
    """Plays it. UsageError for a prompt or a round that the run does not have."""
    from hayai.cli.outputs import read_findings
    from hayai.cli.paging import read_dossier
    from hayai.keep.run_directory import open_run
    from hayai.show.replay import frame, labels_of, length_ns, summary

    directory = open_run(run, runs)
    contents, findings = read_findings(directory, answers=False)
    races = read_dossier(directory, contents, findings, all_races=number is not None).races
    race = _chosen(races, prompt, number)
    labels = labels_of([target.name for target in contents.plan.targets])
    if not sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
        put_out("\n".join(summary(race, labels, texts)) + "\n")
        return 0
    end, began = length_ns(race), now_ns()
    drawn = 0
    while True:
        at = min(end, round((now_ns() - began) * pace))
        width, height = size_of(sys.stdout)
        lines = frame(race, labels, at, texts, width=width - 1, height=height - 1)[: height - 1]
        up = f"\x1b[{drawn}F" if drawn else ""
        put(sys.stdout, up + "".join(f"\x1b[2K{line}\n" for line in lines) + "\x1b[J")
        drawn = len(lines)
        if at >= end:
            return 0
        threading.Event().wait(1 / FRAMES_PER_S)


def _chosen(races: Sequence[Any], prompt: str | None, number: int | None) -> Any:
    """The race that was asked for; the first prompt's typical one by default."""
    from hayai.ask.suggest import suggest

    known = list(dict.fromkeys(race.prompt for race in races))
    if not races:
        raise UsageError(Problem(place="hayai replay", key="replay.nothing"))
    name = known[0] if prompt is None else prompt
    if name not in known:
        near = suggest(name, known)
        key = "replay.no_such_prompt" + (".maybe" if near else "")
        values: dict[str, object] = {"known": ", ".join(known[:20]), "suggestion": near or ""}
        raise UsageError(Problem(place="--prompt", key=key, values=values))
    own = [race for race in races if race.prompt == name]
    if number is None:
        return next(race for race in own if race.chosen)
    found = next((race for race in own if race.cycle == number - 1), None)
    if found is None:
        rounds = ", ".join(str(race.cycle + 1) for race in own)
        raise UsageError(Problem(place="--round", key="replay.no_such_round", values={"rounds": rounds}))
    return found
