"""What stands on the screen while it runs: the answer so far above the progress lines, or now and then a line in a log."""

from __future__ import annotations

import io

import pytest

from hayai.ask.plan import Limits
from hayai.cli.looking import NEVER_LEFT_OUT, SLOW_NS, Looker
from hayai.cli.watching import ANSWER_EVERY_NS, PLAIN_EVERY_NS, PLAIN_WAIT_EVERY_NS, Watcher
from hayai.decide.conclusions import Estimate, Forecast, Interval, Verdict
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


def a_look(cycles: int, *, interval: bool = True, forecast: bool = False) -> Look:
    """b is faster than a after this many cycles."""
    bounds = Interval(low=0.4, high=0.6) if interval else None
    headline = Estimate(ratio=0.5, anytime=bounds, such_prompts=None, pairs=cycles, prompts=1)
    verdict = Verdict(
        target="b", baseline="a", judged=True, answer="much_faster", why_none=None, settled=True, margin_ratio=0.1,
        precision_ratio=None, alpha=0.05, form="stratified", anytime=True, looks=cycles, asked_prompts=1, headline=headline,
        within_sd=None, between_sd=None,
    )  # fmt: skip
    return Look(
        rounds=30, open_claims=0, cycles=cycles, requests=2 * cycles, verdicts=(verdict,), enough=True,
        forecast=Forecast(cycles=3, requests=60, time_ns=None, within_limits=True) if forecast else None,
    )  # fmt: skip


def a_watcher(*, is_terminal: bool) -> tuple[Watcher, Terminal]:
    """Somebody who watches, and what they see."""
    stream = Terminal(is_terminal=is_terminal)
    return Watcher(PLAN, texts_in("en"), {"TERM": "xterm"}, stream), stream


def test_a_terminal_is_redrawn_at_most_eight_times_a_second() -> None:
    """However often something happens, and however fast the records come in."""
    watcher, stream = a_watcher(is_terminal=True)
    records = []
    for millisecond in range(3000):
        records.append(a_record("a", cycle=millisecond, id=f"a1-{millisecond}"))
        watcher.draw(records, began_at_ns=0, now_at_ns=SECOND_NS + millisecond * 1_000_000)
    assert stream.getvalue().count("\x1b[J") == 3 * 8


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


def told_by(stream: Terminal) -> list[str]:
    """What stands in the log, the numbers of a line left out."""
    return [line.split(":")[0] for line in stream.getvalue().splitlines()]


def test_in_a_log_there_is_an_answer_after_every_cycle() -> None:
    """Cycles take seconds; nothing is left out, and nothing said twice."""
    watcher, stream = a_watcher(is_terminal=False)
    for cycles in range(1, 8):
        watcher.answer(a_look(cycles), now_at_ns=cycles * ANSWER_EVERY_NS)
    watcher.finish()
    assert told_by(stream) == [f"after cycle {cycles}" for cycles in range(1, 8)]


def test_in_a_log_answers_are_no_flood() -> None:
    """Cycles of a quarter of a second: the first at once, then one in a second; the last one is never missing."""
    watcher, stream = a_watcher(is_terminal=False)
    for cycles in range(1, 8):
        watcher.answer(a_look(cycles), now_at_ns=cycles * ANSWER_EVERY_NS // 4)
    assert told_by(stream) == ["after cycle 1", "after cycle 5"]
    watcher.finish()
    watcher.finish()
    assert told_by(stream) == ["after cycle 1", "after cycle 5", "after cycle 7"]


def test_the_first_interval_and_the_first_forecast_do_not_wait() -> None:
    """However soon after another answer they come; the second of their kind does."""
    watcher, stream = a_watcher(is_terminal=False)
    for cycles, interval, forecast in ((1, False, False), (2, True, False), (3, True, True), (4, True, True)):
        watcher.answer(a_look(cycles, interval=interval, forecast=forecast), now_at_ns=cycles)
    told = stream.getvalue().splitlines()
    assert [line.split(":")[0] for line in told[:3]] == ["after cycle 1", "after cycle 2", "after cycle 3"]
    assert "60" in told[3]
    assert len(told) == 4


def test_an_answer_that_was_held_back_is_told_when_it_is_time() -> None:
    """Though the next cycle is far from its end."""
    watcher, stream = a_watcher(is_terminal=False)
    for cycles in (1, 2):
        watcher.answer(a_look(cycles), now_at_ns=cycles)
    records = [a_record("a")]
    watcher.draw(records, began_at_ns=0, now_at_ns=ANSWER_EVERY_NS // 2)
    assert told_by(stream) == ["after cycle 1"]
    watcher.draw(records, began_at_ns=0, now_at_ns=ANSWER_EVERY_NS + 1)
    watcher.draw(records, began_at_ns=0, now_at_ns=3 * ANSWER_EVERY_NS)
    assert told_by(stream) == ["after cycle 1", "after cycle 2"]


def test_progress_in_a_log_is_a_line_in_ten_seconds() -> None:
    """However often it could be drawn."""
    watcher, stream = a_watcher(is_terminal=False)
    for second in range(1, 62):
        watcher.draw([a_record("a")], began_at_ns=0, now_at_ns=second * SECOND_NS)
    assert PLAIN_EVERY_NS == 10 * SECOND_NS
    # The tenth second begins the count: there is little to tell yet.
    assert len(stream.getvalue().splitlines()) == 5


def test_slow_looks_rest_but_the_first_two_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first answer and the forecast are promised; after that a slow look is followed by a rest."""
    clock = iter(range(0, 100 * SLOW_NS, 2 * SLOW_NS))
    monkeypatch.setattr("hayai.cli.looking.now_ns", lambda: next(clock))
    records = [a_record(name, cycle=cycle) for cycle in range(2) for name in "ab"]
    looker = Looker(PLAN, PLAN.limits, (), may_end=False)
    seen = []
    for _ in range(NEVER_LEFT_OUT + 1):
        assert looker.go_on(records)
        seen.append(looker.answer)
    assert seen[0] is not None
    assert seen[0] is not seen[1]
    assert seen[1] is seen[2]


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
