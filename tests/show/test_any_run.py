"""Whatever a journal holds, it can be described and shown: any mix of known and unknown, any order of instants, any words."""

from __future__ import annotations

from itertools import product
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from hayai.decide.describe import describe
from hayai.decide.progress import Tally, progress
from hayai.keep.records import OUTCOMES, ConnectionFacts, Failure, Pieces, RequestRecord, Usage
from hayai.show.locales import LANGUAGES, Language, texts_in
from hayai.show.progress import progress_lines
from hayai.show.reports import REPORTS
from tests.decide.made import S, a_plan, a_prompt, a_record, a_target

NAMES = ("a", "b", "c")
PROMPTS = ("p", "q")
instants = st.one_of(st.none(), st.integers(0, 400 * S))
counts = st.one_of(st.none(), st.integers(0, 10**6))
words = st.one_of(st.none(), st.text(max_size=12))


@st.composite
def a_pieces(draw: st.DrawFn) -> Pieces:
    """Pieces with any arrivals."""
    number = draw(st.integers(0, 4))
    some = st.integers(0, 400 * S)
    return Pieces(
        kinds="t" * number,
        arrived_ns=tuple(draw(st.lists(some, min_size=number, max_size=number))),
        earliest_ns=tuple(draw(st.lists(st.one_of(st.none(), some), min_size=number, max_size=number))),
        chars=tuple(draw(st.lists(st.integers(1, 999), min_size=number, max_size=number))),
        clocks="k" * number,
    )


@st.composite
def records(draw: st.DrawFn) -> list[RequestRecord]:
    """Up to three cycles on three targets, one request of them lost, with anything unknown."""
    found: list[RequestRecord] = []
    torn = draw(st.integers(0, 18))
    for number, (cycle, prompt, target) in enumerate(product(range(draw(st.integers(0, 3))), PROMPTS, NAMES)):
        if number == torn:
            continue
        changed: dict[str, Any] = {
            name: draw(instants)
            for name in ("due_at_ns", "headers_at_ns", "first_reasoning_at_ns", "first_visible_at_ns", "last_at_ns")
        }
        changed |= {
            "cycle": cycle,
            "outcome": draw(st.sampled_from((*OUTCOMES, *("ok",) * 9))),
            "failure": draw(
                st.one_of(st.none(), st.builds(Failure, code=st.text(max_size=9), message=st.text(max_size=99)))
            ),
            "usage": Usage(output_tokens=draw(counts), cache_read_tokens=draw(counts)),
            "pieces": draw(a_pieces()),
            "streamed": draw(st.booleans()),
            "text_chars": draw(counts),
            "service_ns": draw(instants),
            "served_latency": draw(words),
            "requested_latency": draw(words),
            "stop_reason": draw(st.sampled_from(["max_tokens", "end_turn", None])),
            "clock": draw(st.sampled_from(["kernel", "user", "mixed", None])),
            "connection": draw(
                st.one_of(
                    st.none(),
                    st.builds(
                        ConnectionFacts,
                        id=st.integers(0, 3),
                        use=st.integers(1, 3),
                        opened_at_ns=st.integers(0, 400 * S),
                        dns_ns=instants,
                        tcp_ns=st.integers(0, S),
                        tls_ns=instants,
                    ),
                )
            ),
            "headers": draw(
                st.dictionaries(st.sampled_from(["x-hayai-sim", "x-hayai-sim-region"]), st.text(max_size=30))
            ),
        }
        record = a_record(target, prompt, **changed)
        found.append(record if draw(st.booleans()) else msgspec.structs.replace(record, sent_at_ns=draw(instants)))
    return found


@settings(max_examples=60)
@given(records(), st.sampled_from(LANGUAGES), st.booleans())
def test_any_run_can_be_shown(kept: list[RequestRecord], language: Language, interrupted: bool) -> None:
    """In every form, within the width, and the counts add up."""
    plan = a_plan(tuple(a_target(name) for name in NAMES), tuple(a_prompt(prompt) for prompt in PROMPTS))
    findings = describe(plan, kept, regions={}, interrupted=interrupted, ended_reason=None)
    counts = findings.counts
    assert counts.warmup + counts.paired + counts.unpaired + counts.retried == len(kept)
    texts = texts_in(language)
    shown = {name: report(findings, texts, width=80) for name, report in REPORTS.items()}
    assert max(map(cell_len, shown["terminal"].splitlines())) <= 80
    for line in progress_lines(progress(plan, Tally(kept), began_at_ns=0, now_at_ns=S), texts, width=80):
        assert cell_len(line) <= 80
