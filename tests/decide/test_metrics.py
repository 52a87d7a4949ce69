"""Each metric is what its definition says, and unknown where a record cannot tell it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hayai.decide.metrics import METRICS
from hayai.decide.metrics.gaps import coalesced_pieces
from hayai.decide.metrics.metric import value, values
from hayai.decide.metrics.page import metrics_page
from hayai.keep.records import ConnectionFacts, Pieces, RequestRecord, Usage
from tests.decide.made import MS, S, a_failure, a_record

EXPECTED = {
    "e2e": 2000 * MS,
    "ttft": 500 * MS,
    "ttfv": 500 * MS,
    "e2e_from_due": 2000 * MS + 20_000,
    "ttft_from_due": 500 * MS + 20_000,
    "ttfv_from_due": 500 * MS + 20_000,
    "tpot": 15 * MS,
    "output_speed": 1000 / 15,
    "e2e_tokens_per_s": 50.5,
    "output_characters_per_s": 60.0,
    "e2e_characters_per_s": 50.0,
    "output_tokens": 101,
    "output_characters": 100,
    "input_tokens": 12,
    "cached_tokens": None,
    "sdk_retries": None,
    "cache_written_tokens": None,
    "dns": None,
    "tcp": None,
    "tunnel": None,
    "tls": None,
    "service_time": 1900 * MS,
    "service_first_byte": None,
    "network_share": 0.05,
    "header_time": 300 * MS,
    "lateness": 20_000,
}


def of(name: str, record: RequestRecord) -> float | None:
    """The value of a metric by name."""
    return value(METRICS[name], record)


def test_the_expected_values_cover_every_metric_with_one_value() -> None:
    """A new metric is not forgotten here."""
    assert set(EXPECTED) == {name for name, metric in METRICS.items() if not metric.many}


@pytest.mark.parametrize(("name", "expected"), EXPECTED.items())
def test_a_whole_answer(name: str, expected: float | None) -> None:
    """Every metric of the plain record, by hand."""
    assert of(name, a_record()) == (expected if expected is None else pytest.approx(expected))


@pytest.mark.parametrize("name", [name for name, metric in METRICS.items() if metric.of_answers])
def test_a_failed_request_has_no_times(name: str) -> None:
    """A cut answer has instants, but no metric takes them for an answer's."""
    assert values(METRICS[name], [a_record(outcome="cut_off")]) == ()


def test_lateness_and_phases_are_known_of_failures_too() -> None:
    """They are facts about us and the way there."""
    opened = ConnectionFacts(id=1, use=1, opened_at_ns=0, dns_ns=MS, tcp_ns=2 * MS, tls_ns=3 * MS, tunnel_ns=4 * MS)
    failed = a_failure(connection=opened)
    assert [of(name, failed) for name in ("dns", "tcp", "tls", "tunnel", "lateness")] == [
        MS,
        2 * MS,
        3 * MS,
        4 * MS,
        20_000,
    ]


def test_phases_count_once_per_connection() -> None:
    """The second request on a connection did not pay for it; plain HTTP has no TLS time, and it is not 0."""
    plain = ConnectionFacts(id=1, use=1, opened_at_ns=0, dns_ns=None, tcp_ns=MS, tls_ns=None)
    first, second = a_record(connection=plain), a_record()
    assert values(METRICS["tcp"], [first, second]) == (MS,)
    assert of("tls", first) is None


def test_reasoning_is_a_first_token_but_not_a_visible_one() -> None:
    """Two metrics, two instants; end to end includes both."""
    thinking = a_record(first_reasoning_at_ns=10 * S + 100 * MS)
    assert (of("ttft", thinking), of("ttfv", thinking)) == (100 * MS, 500 * MS)


def test_an_answer_that_is_not_streamed_has_no_first_token() -> None:
    """Its time to first token is unknown, not the whole time; tokens over the whole time are known."""
    whole = a_record(streamed=False, pieces=Pieces(), first_visible_at_ns=10 * S + 2000 * MS)
    names = ("ttft", "ttfv", "tpot", "output_speed", "output_characters_per_s")
    assert [of(name, whole) for name in names] == [None] * 5
    assert of("e2e_tokens_per_s", whole) == 50.5


def test_an_answer_that_was_held_back_tells_its_whole_time_only() -> None:
    """When the buffer was emptied is no time to first token; how long it took to the last piece is true."""
    held = a_record(buffered=True)
    names = ("ttft", "ttfv", "ttft_from_due", "ttfv_from_due", "tpot", "output_speed", "output_characters_per_s")
    assert [of(name, held) for name in names] == [None] * len(names)
    assert values(METRICS["chunk_gap"], (held,)) == ()
    assert coalesced_pieces(held) == (0, 0)
    assert (of("e2e", held), of("e2e_tokens_per_s", held)) == (2 * S, 50.5)


@pytest.mark.parametrize("tokens", [None, 0, 1])
def test_time_per_token_needs_two_tokens(tokens: int | None) -> None:
    """Fewer have no distance between them."""
    assert of("tpot", a_record(usage=Usage(output_tokens=tokens))) is None


def test_an_answer_in_one_read_has_no_writing_speed() -> None:
    """First and last piece at the same instant: infinitely fast is a fault of looking, not of the service."""
    at_once = a_record(first_visible_at_ns=10 * S + 2000 * MS)
    assert [of(n, at_once) for n in ("tpot", "output_speed", "output_characters_per_s")] == [None] * 3


def test_no_usage_means_no_tokens_but_characters() -> None:
    """Tokens are reported or unknown; characters are always counted."""
    silent = a_record(usage=Usage())
    assert [of(n, silent) for n in ("output_tokens", "tpot", "e2e_tokens_per_s")] == [None] * 3
    assert of("e2e_characters_per_s", silent) == 50.0


def test_gaps_are_between_exact_pieces_only() -> None:
    """The third piece was coalesced: the gaps to and from it are left out, and its share is told."""
    pieces = Pieces(
        kinds="ttttt",
        arrived_ns=(1, 3, 6, 10, 15),
        earliest_ns=(None, None, 3, None, None),
        chars=(1,) * 5,
        clocks="k" * 5,
    )
    record = a_record(pieces=pieces)
    assert values(METRICS["chunk_gap"], [record]) == (2, 5)
    assert coalesced_pieces(record) == (1, 5)
    assert coalesced_pieces(a_record(pieces=pieces, streamed=False)) == (0, 0)


def test_nothing_known_is_nothing_told() -> None:
    """A record that holds only ids makes no metric up."""
    empty = RequestRecord(
        id="1",
        run="r",
        machine="m",
        phase="measure",
        cycle=0,
        round=0,
        position=0,
        target="a",
        prompt="p",
        outcome="ok",
    )
    assert {name: values(metric, [empty]) for name, metric in METRICS.items()} == dict.fromkeys(METRICS, ())


def test_the_page_is_current() -> None:
    """docs/metrics.md is what the code says; `python -m hayai.decide.metrics.page > docs/metrics.md` renews it."""
    page = Path(__file__).parents[2] / "docs" / "metrics.md"
    assert page.read_text(encoding="utf-8") == metrics_page()
    run = [sys.executable, "-m", "hayai.decide.metrics.page"]
    assert subprocess.run(run, capture_output=True, check=True, timeout=60).stdout.decode() == metrics_page()
