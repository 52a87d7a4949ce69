"""A table of metrics tells exactly what its records tell, though it lets their pieces go."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hayai.decide.describe import describe
from hayai.decide.findings import Findings, Spread
from hayai.decide.metric_table import MetricTable
from hayai.decide.metrics import METRICS
from hayai.decide.metrics.metric import value, values
from hayai.decide.stats.averages import median
from hayai.decide.stats.quantile import quantile
from hayai.decide.summary import medians, spread
from hayai.keep.query import complete_rounds
from hayai.keep.records import Pieces, RequestRecord
from tests.decide.made import S, a_failure, a_record, lively, published
from tests.keep.made import a_run

RECORDS: tuple[RequestRecord, ...] = (
    *lively()[1],
    *published()[1][:5],
    a_record(id="reasoned", first_reasoning_at_ns=10 * S + 1),
    a_record(id="bare", pieces=Pieces()),
    a_record(id="cut", outcome="cut_off"),
    a_record(id="one", pieces=Pieces(kinds="t", arrived_ns=(7,), earliest_ns=(3,), chars=(1,), clocks="u")),
    a_failure(id="refused", outcome="refused", sent_at_ns=0),
    a_record(id="warm", phase="warmup"),
)
"""Good and bad, streamed and not, with and without pieces."""
TABLE = MetricTable(RECORDS)
some_rows = st.lists(st.integers(0, len(RECORDS) - 1), unique=True, max_size=len(RECORDS)).map(
    lambda rows: np.array(sorted(rows), dtype=np.intp)
)


@given(some_rows)
def test_rows_tell_what_their_records_tell(rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> None:
    """Every metric, to the last bit and in the same order; how many told it; which were answered."""
    records = [RECORDS[row] for row in rows]
    for metric in METRICS.values():
        assert tuple(TABLE.values(metric, rows)) == values(metric, records), metric.name
        assert TABLE.telling(metric, rows) == sum(bool(values(metric, (record,))) for record in records), metric.name
    assert [RECORDS[row].outcome for row in TABLE.answered(rows)] == ["ok"] * sum(r.outcome == "ok" for r in records)


@given(some_rows)
def test_statistics_of_rows_are_those_of_their_values(rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> None:
    """The house's one percentile, whether of an array or of a list."""
    records = [RECORDS[row] for row in rows]
    told = medians(TABLE, rows)
    assert told == {name: median(values(metric, records)) for name, metric in METRICS.items() if not metric.many}
    for metric in METRICS.values():
        found = values(metric, records)
        eligible = [r for r in records if r.outcome == "ok" or not metric.of_answers]
        enough = {p: len(found) * (1 - p) >= 5 - 1e-9 for p in (0.90, 0.95, 0.99)}
        assert spread(metric, TABLE, rows) == Spread(
            known=len(found),
            missing=0 if metric.of_connections else sum(not values(metric, (record,)) for record in eligible),
            median=quantile(found, 0.5),
            lowest=min(found, default=None),
            highest=max(found, default=None),
            p90=quantile(found, 0.90) if enough[0.90] else None,
            p95=quantile(found, 0.95) if enough[0.95] else None,
            p99=quantile(found, 0.99) if enough[0.99] else None,
        )


def test_a_row_is_one_request() -> None:
    """Its value of each metric, of many-valued ones the median; in the order of the metrics."""
    for number, record in enumerate(RECORDS):
        row = TABLE.row(number)
        assert list(row) == list(METRICS)
        assert row == {
            name: median(values(metric, (record,))) if metric.many else value(metric, record)
            for name, metric in METRICS.items()
        }


def test_what_is_kept_of_a_record_is_all_but_its_pieces() -> None:
    """In the order in which they came."""
    table = MetricTable()
    bare = [msgspec.structs.replace(record, pieces=Pieces()) for record in RECORDS]
    assert [table.take(record) for record in RECORDS] == table.records == bare


def test_pieces_that_shared_a_read_are_counted_before_they_go() -> None:
    """Over all pieces of the streamed rows; without any piece the share is not known."""
    coalesced = a_record(pieces=Pieces(kinds="tt", arrived_ns=(5, 9), earliest_ns=(2, None), chars=(1, 1), clocks="kk"))
    table = MetricTable([coalesced, a_record(), a_record(pieces=Pieces()), a_record(streamed=False)])
    shares = [table.coalesced_share(np.array(rows, dtype=np.intp)) for rows in ([0], [0, 1], [1], [2, 3], [])]
    assert shares == [0.5, 1 / 6, 0.0, None, None]


def test_groups_have_their_rows() -> None:
    """In order; who is in no group is left out, and an unknown group has no rows."""
    table = MetricTable([a_record("a"), a_record("b"), a_record("a", phase="warmup"), a_record("a", cycle=1)])
    groups = table.rows_by(lambda r: r.target if r.phase == "measure" else None)
    assert {name: rows.tolist() for name, rows in groups.items()} == {"a": [0, 3], "b": [1]}
    assert (len(groups["c"]), table.of(groups["c"])) == (0, [])
    assert table.values(METRICS["e2e"], groups["c"]).tolist() == []


def found(what: Iterable[RequestRecord] | MetricTable) -> Findings:
    """Findings of the lively run, from its records or from a table."""
    return describe(lively()[0], what, regions={}, interrupted=False, ended_reason="cycles")


def test_a_run_read_from_disk_is_described_as_it_is_in_memory(tmp_path: Path) -> None:
    """A torn end and a damaged line take nothing away from the findings, and are counted."""
    plan, records = lively()
    run = a_run(tmp_path, plan=plan)
    lines = [msgspec.json.encode(record) + b"\n" for record in records]
    (run.path / "records-a1.jsonl").write_bytes(b"".join([*lines[:20], b"{damaged}\n", *lines[20:40], lines[40][:99]]))
    (run.path / "records-a2.jsonl").write_bytes(b"".join(lines[40:]))
    table = MetricTable()
    contents = run.read(table.take)
    assert contents.damaged == 2
    assert contents.records == tuple(table.records)
    streamed, whole = found(table), found(records)
    assert replace(streamed, requests=()) == replace(whole, requests=())
    assert list(streamed.requests) == list(whole.requests)
    assert len(streamed.requests) == len(records)


def test_requests_are_those_of_the_journal() -> None:
    """One row each, with its standing; the row can be had alone, from the end, or with its neighbours."""
    plan, records = lively()
    rows = found(records).requests
    paired = {record.id for record in complete_rounds(records, [target.name for target in plan.targets]).paired}
    assert [row.record.id for row in rows if row.standing == "paired"] == [r.id for r in records if r.id in paired]
    assert rows[-1] == list(rows)[-1]
    assert list(rows[3:5]) == [rows[3], rows[4]]
    with pytest.raises(IndexError):
        rows[len(records)]


def test_pieces_are_needed_only_for_what_is_told_of_pieces() -> None:
    """Records whose pieces are gone already are described all the same: gaps and their kin are unknown, all else is as it was."""
    records = lively()[1]
    bare = found([msgspec.structs.replace(record, pieces=Pieces()) for record in records])
    whole = found(records)
    assert [cell.medians["e2e"] for row in bare.prompts for cell in row.cells] == [
        cell.medians["e2e"] for row in whole.prompts for cell in row.cells
    ]
    for summary, other in zip(bare.targets, whole.targets, strict=True):
        assert summary.coalesced_ratio is None
        assert [summary.spreads[name].known for name in ("chunk_gap", "output_characters_per_s")] == [0, 0]
        differing = {name for name, told in summary.spreads.items() if told != other.spreads[name]}
        assert differing == {"chunk_gap", "output_characters_per_s"}
