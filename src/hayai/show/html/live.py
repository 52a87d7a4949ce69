"""What stands around a report when it is served: the list of runs, a run that is being measured, and a word where there is nothing.

Strings come in, pages go out. A page that changes is complete without scripts as well: it says how things stood when it was asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

import msgspec

from hayai.decide.findings import Progress
from hayai.show import format as fmt
from hayai.show.html.frame import framed
from hayai.show.html.page import asset
from hayai.show.html.race_data import in_script
from hayai.show.locales import Texts
from hayai.show.progress import progress_line

State = Literal["measuring", "finished", "unfinished", "empty", "unreadable", "unread"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """One run in the list, in finished strings."""

    run: str
    created: str
    targets: tuple[str, ...]
    state: State
    told: tuple[str, ...] = ()
    """What it found: a sentence for each judged comparison, or why there is none."""
    simulated: bool = False

    def holds(self, words: Sequence[str]) -> bool:
        """Whether every one of these words stands somewhere in it."""
        text = " ".join((self.run, self.created, *self.targets, *self.told)).casefold()
        return all(word in text for word in words)


def list_page(lines: Sequence[RunLine], texts: Texts, *, root: str, asked: str, known: int, place: str) -> str:
    """The runs, newest first. `asked`: what is searched for; `known`: runs there are; `root`: the address of this page."""
    return framed(
        "list.html",
        texts,
        title=texts("live.runs"),
        lines=[(line, fmt.clean(line.run), [fmt.clean(told) for told in line.told]) for line in lines],
        root=root,
        asked=asked,
        count=texts("live.count", shown=fmt.count(len(lines)), known=fmt.count(known)),
        nothing=texts("live.no_runs", place=fmt.clean(place)) if not known else texts("live.none_found"),
        waits=any(line.state == "unread" for line in lines),
        clean=fmt.clean,
    )


def message_page(title: str, words: str, texts: Texts, *, root: str) -> str:
    """A page that says one thing."""
    return framed("message.html", texts, title=title, words=words, root=root)


def run_page(
    run: str, names: Sequence[str], state: dict[str, Any], player: dict[str, Any], texts: Texts, *, root: str
) -> str:
    """A run that is being measured, or was never finished. `state` as `told_state` gives it, `player` with the races so far."""
    scripts = {name: asset(name) for name in ("race.js", "live.js")}
    words = {word: texts(f"live.{word}") for word in ("on", "lost", "over")}
    return framed(
        "live.html",
        texts,
        scripts=scripts,
        besides="connect-src 'self'; form-action 'none'",
        title=" / ".join(f"[{number}] {fmt.clean(name)}" for number, name in enumerate(names, 1)),
        run=fmt.clean(run),
        state=state,
        columns=[texts(f"live.column.{name}") for name in ("target", "done", "failed", "speed", "ttft")],
        data=in_script({**player, "live": words}),
        address=f"{root}/run/{quote(run)}",
        root=root,
    )


def told_state(
    found: Progress | None,
    texts: Texts,
    *,
    measuring: bool,
    told: Sequence[str],
    cautions: Sequence[str],
    untimed: bool,
) -> dict[str, Any]:
    """How things stand, in finished strings. `told`: the provisional answer; `untimed`: how long it takes still cannot be told."""
    line = texts("live.not_begun")
    rows: list[list[str]] = []
    if found is not None:
        line = progress_line(_without_time(found) if untimed else found, texts)
        rows = [
            [
                f"[{target.number}] {fmt.clean(target.name)}",
                texts("report.row.of", part=fmt.count(target.done), whole=fmt.count(target.planned)),
                fmt.count(target.failed),
                texts("progress.speed", number=fmt.number(target.tokens_per_s)),
                fmt.duration_alone(target.ttft_median_ns),
            ]
            for target in found.targets
        ]
    state = "on" if measuring else "over"
    return {
        "measuring": measuring,
        "state": texts(f"live.{state}"),
        "line": line,
        "rows": rows,
        "told": list(told),
        "cautions": list(cautions),
    }


def _without_time(found: Progress) -> Progress:
    return msgspec.structs.replace(found, left_ns=None)
