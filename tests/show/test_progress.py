"""The live lines fit, tell what is known, and say when they are simulated."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from hayai.decide.progress import Tally, progress
from hayai.keep.query import SIMULATION_HEADER
from hayai.show.locales import LANGUAGES, Language, texts_in
from hayai.show.progress import progress_line, progress_lines
from tests.decide.made import S, a_plan, a_prompt, a_record, a_target, lively
from tests.show.hostile import EVIL, LONG, WIDE


def test_the_lines_of_a_run() -> None:
    """A line per target, aligned, and one for the run."""
    plan, records = lively()
    state = progress(plan, Tally(records[:20]), began_at_ns=100 * S, now_at_ns=110 * S)
    assert progress_lines(state, texts_in("en"), width=80) == [
        "[1] claude-3-haiku           7 of 132  0 failed  1439 tok/s  first token 29.0 ms",
        "[2] claude-3-5-haiku         7 of 132  0 failed  1018 tok/s  first token 30.0 ms",
        "[3] claude-3-…iku-optimized  6 of 132  0 failed  1635 tok/s  first token 29.5 ms",
        "simulated, cycle 1: 20/396 requests, 0 failed, 10 s, at most 3 min 08 s left",
    ]


@pytest.mark.parametrize("width", [40, 60, 80, 200])
@pytest.mark.parametrize("language", LANGUAGES)
def test_lines_fit_and_hold_no_control_character(language: Language, width: int) -> None:
    """With the longest, widest and most hostile names."""
    plan = a_plan(tuple(a_target(name) for name in (WIDE, LONG, EVIL)), (a_prompt("p"),))
    records = [a_record(name, headers={SIMULATION_HEADER: EVIL}) for name in (WIDE, LONG, EVIL)]
    for line in progress_lines(
        progress(plan, Tally(records), began_at_ns=0, now_at_ns=S), texts_in(language), width=width
    ):
        assert cell_len(line) <= width
        assert line.isprintable()


def test_before_the_first_answer_nothing_is_made_up() -> None:
    """No speed, no first token, no time left."""
    plan, _ = lively()
    lines = progress_lines(progress(plan, Tally(), began_at_ns=0, now_at_ns=0), texts_in("en"), width=80)
    assert lines[0] == "[1] claude-3-haiku              0 of 132  0 failed  - tok/s  first token -"
    assert lines[-1] == "cycle 1: 0/396 requests, 0 failed, 0 s"


def test_one_line_where_lines_cannot_be_redrawn() -> None:
    """The same words, plain."""
    plan, records = lively(simulated=False)
    state = progress(plan, Tally(records), began_at_ns=0, now_at_ns=60 * S)
    assert progress_line(state, texts_in("ja")) == "2周目: 60/396件、失敗 1件、経過 1分00秒、残り最大 5分36秒"
