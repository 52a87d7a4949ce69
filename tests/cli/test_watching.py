"""What stands on the screen while it runs: the answer so far above the progress lines, or now and then a line in a log."""

from __future__ import annotations

import io

import pytest

from hayai.ask.plan import Limits
from hayai.cli.watching import PLAIN_EVERY_NS, PLAIN_WAIT_EVERY_NS, Watcher
from hayai.decide.conclusions import Estimate, Interval, Verdict
from hayai.decide.judgements import Look
from hayai.show.format import cell_width
from hayai.show.locales import texts_in
from tests.cli.test_terminal import Screen
from tests.decide.made import a_plan, a_prompt, a_record, a_target

PLAN = a_plan((a_target("a"), a_target("b")), (a_prompt("p"),), limits=Limits())
SECOND_NS = 1_000_000_000


class Terminal(io.StringIO):
    """A stream that says whether somebody looks at it."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        """As asked for."""
        return self._is_terminal


@pytest.fixture(autouse=True)
def _eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")


def a_look(cycles: int) -> Look:
    """b is faster than a after this many cycles."""
    headline = Estimate(ratio=0.5, anytime=Interval(low=0.4, high=0.6), such_prompts=None, pairs=cycles, prompts=1)
    verdict = Verdict(
        target="b", baseline="a", judged=True, answer="much_faster", why_none=None, settled=True, margin_ratio=0.1,
        precision_ratio=None, alpha=0.05, form="stratified", anytime=True, looks=cycles, asked_prompts=1, headline=headline,
        within_sd=None, between_sd=None,
    )  # fmt: skip
    return Look(
        rounds=30, open_claims=0, cycles=cycles, requests=2 * cycles, verdicts=(verdict,), enough=True, forecast=None
    )


def a_watcher(*, is_terminal: bool) -> tuple[Watcher, Terminal]:
    """Somebody who watches, and what they see."""
    stream = Terminal(is_terminal=is_terminal)
    return Watcher(PLAN, texts_in("en"), {"TERM": "xterm"}, stream), stream


def test_on_a_terminal_the_answer_stays_above_the_progress() -> None:
    """Redrawn in place with it, replaced by the next one, and gone when the session is over."""
    watcher, stream = a_watcher(is_terminal=True)
    records = [a_record("a")]
    watcher.draw(records, began_at_ns=0, now_at_ns=SECOND_NS)
    for cycles in (1, 2):
        watcher.answer(a_look(cycles), now_at_ns=cycles * SECOND_NS)
        records += [a_record("a", cycle=cycles), a_record("b", cycle=cycles)]
        watcher.draw(records, began_at_ns=0, now_at_ns=(cycles + 1) * SECOND_NS)
        screen = Screen(80)
        screen.feed(stream.getvalue())
        shown = [line for line in screen.rows if line]
        assert [line.split(":")[0] for line in shown if line.startswith("after")] == [f"after cycle {cycles}"]
        assert shown[0].startswith("after cycle")
        assert [line[:3] for line in shown[1:3]] == ["[1]", "[2]"]
        assert max(map(cell_width, shown)) < 80
    watcher.finish()
    screen = Screen(80)
    screen.feed(stream.getvalue())
    assert not any(screen.rows)


def test_in_a_log_an_answer_in_ten_seconds_is_enough() -> None:
    """The first at once, then none for ten seconds; the last one is never missing."""
    watcher, stream = a_watcher(is_terminal=False)
    told = []
    for cycles in range(1, 8):
        watcher.answer(a_look(cycles), now_at_ns=cycles * PLAIN_EVERY_NS // 4)
    told = [line.split(":")[0] for line in stream.getvalue().splitlines()]
    assert told == ["after cycle 1", "after cycle 5"]
    watcher.finish()
    watcher.finish()
    told = [line.split(":")[0] for line in stream.getvalue().splitlines()]
    assert told == ["after cycle 1", "after cycle 5", "after cycle 7"]


def test_the_same_answer_is_not_told_twice() -> None:
    """A cycle that was not looked at leaves the last answer, which has been told."""
    watcher, stream = a_watcher(is_terminal=False)
    look = a_look(1)
    for second in range(0, 100, 20):
        watcher.answer(look, now_at_ns=second * SECOND_NS)
    watcher.answer(None, now_at_ns=200 * SECOND_NS)
    watcher.finish()
    assert stream.getvalue().count("after cycle") == 1


@pytest.mark.parametrize("is_terminal", [True, False])
def test_waiting(is_terminal: bool) -> None:
    """On a terminal one line that counts down, and nothing of it at the end; in a log a line each ten minutes."""
    watcher, stream = a_watcher(is_terminal=is_terminal)
    for second in range(0, 1800, 60):
        watcher.wait(f"begins in {1800 - second} s", now_at_ns=1 + second * SECOND_NS)
    if is_terminal:
        screen = Screen(80)
        screen.feed(stream.getvalue())
        assert [line for line in screen.rows if line] == ["begins in 60 s"]
        watcher.finish()
        screen = Screen(80)
        screen.feed(stream.getvalue())
        assert not any(screen.rows)
    else:
        assert PLAIN_WAIT_EVERY_NS == 600 * SECOND_NS
        assert stream.getvalue().splitlines() == ["begins in 1800 s", "begins in 1200 s", "begins in 600 s"]
