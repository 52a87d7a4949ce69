"""Markdown, JSON and CSV: the same numbers, no stranger's markup, no formula, and simulated runs say so in each."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.decide.describe import describe
from hayai.keep.records import Failure
from hayai.show.locales import LANGUAGES, Language, texts_in
from hayai.show.markdown import escape
from hayai.show.reports import REPORTS
from hayai.show.tables_csv import guard
from tests.decide.made import a_failure, a_plan, a_prompt, a_record, a_target
from tests.show.hostile import CASES

EN = texts_in("en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("case", CASES)
def test_every_report_of_every_run_is_clean_text(case: str, name: str, language: Language) -> None:
    """Whatever was measured, there is a report, and nothing hidden in it."""
    text = REPORTS[name](CASES[case](), texts_in(language), width=80)
    assert text.endswith("\n")
    assert {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")} <= {"\n"}


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_shows_every_caution_or_is_a_table_of_numbers(name: str) -> None:
    """Cautions travel with the findings."""
    findings = CASES["ordinary"]()
    assert len(findings.cautions) > 3
    if not name.startswith("csv"):
        text = REPORTS[name](findings, EN, width=80)
        assert [caution.code for caution in findings.cautions if caution.code not in text] == []


@pytest.mark.parametrize("name", ["terminal", "markdown", "json"])
def test_a_simulated_run_says_so_at_the_top(name: str) -> None:
    """Within the first two lines."""
    top = "".join(REPORTS[name](CASES["ordinary"](), EN, width=80).splitlines()[:3])
    assert "simulated, 20 times real speed" in top


@pytest.mark.parametrize("name", ["csv", "csv-cells"])
def test_a_simulated_run_says_so_in_each_row(name: str) -> None:
    """In the first column, which is empty for a real run."""

    def first(case: str) -> set[str]:
        return {row["simulation"] for row in csv.DictReader(StringIO(REPORTS[name](CASES[case](), EN)))}

    assert first("ordinary") == {"published-2024 speed=20.0"}
    assert first("one_cycle") == {""}


# Markdown


def test_hostile_words_are_only_words_in_markdown() -> None:
    """No link, mention, image, HTML, code span or additional column."""
    text = REPORTS["markdown"](CASES["hostile"](), EN)
    bare = re.sub(r"\\[\\`*_{}\[\]#~!|]", "", text)
    assert not re.search(r"<|`|\]\(|http://|www\.|@|\r", bare)
    for table in re.findall(r"(?:^\|.*\n)+", bare, re.MULTILINE):
        assert len({line.count("|") for line in table.splitlines()}) == 1


@given(st.text())
def test_escaped_text_has_no_active_character(text: str) -> None:
    """Every character that Markdown acts on is behind a backslash or an entity."""
    left = re.sub(r"\\[\\`*_{}\[\]#~!|]", "", re.sub(r"&(?:amp|lt|gt|#\d+);", "", escape(text)))
    assert not re.search(r"[<>&`*_{}\[\]#~!|@$\\]|://|www\.", left, re.IGNORECASE)


def test_markdown_tables_have_a_heading_column() -> None:
    """A flat table: the prompt stands in each row."""
    rows = [line for line in REPORTS["markdown"](CASES["published"](), EN).splitlines() if line.startswith("| cicd (")]
    assert rows[1].split("|")[2:5] == [" \\[2\\] claude-3-5-haiku ", " us-west-2 ", " 22.7 "]
    assert rows[2].split("|")[5:9] == [" +41.8% ", " 1.72x ", " 1391 ", " 105 "]


# JSON


def test_json_holds_raw_numbers() -> None:
    """Nanoseconds, ratios and null; nothing rounded for show."""
    document = json.loads(REPORTS["json"](CASES["published"](), EN))
    assert document["version"] == 1
    assert document["simulated"] == []
    cell = document["prompts"][0]["cells"][2]
    assert cell["medians"]["e2e"] == 15_430_000_000
    assert cell["medians"]["ttft"] is None
    assert cell["gain"]["time_saved_ratio"] == pytest.approx(1 - 15.43 / 25.38)
    assert document["units"]["e2e"] == "ns"
    assert "requests" not in document


@pytest.mark.parametrize(("language", "line"), [("en", "[1]: 1 cancelled"), ("ja", "[1]: 取り消し 1件")])
def test_what_the_reader_stopped_is_said_once(language: Language, line: str) -> None:
    """A cancelled request is counted in the reader's language, without a code and words that repeat it in English."""
    stopped = a_failure("a", outcome="cancelled", failure=Failure(code="cancelled", message="stopped by the user"))
    plan = a_plan((a_target("a"), a_target("b")), (a_prompt("p"),))
    findings = describe(plan, [stopped, a_record("b")], regions={}, interrupted=True, ended_reason="stopped")
    assert line in [shown.strip() for shown in REPORTS["terminal"](findings, texts_in(language), width=80).splitlines()]


def test_every_key_of_the_json_report_is_explained() -> None:
    """Who reads it with a program finds each of its keys on the page about metrics."""
    page = (
        (Path(__file__).parents[2] / "docs" / "metrics.md")
        .read_text(encoding="utf-8")
        .partition("## The JSON report")[2]
    )
    document = json.loads(REPORTS["json"](CASES["published"](), EN))
    assert [key for key in document if f"`{key}`" not in page] == []


def test_json_keeps_hostile_words_as_they_were() -> None:
    """Escaped on the way out, whole after parsing: an escape in JSON loses nothing."""
    findings = CASES["hostile"]()
    document = json.loads(REPORTS["json"](findings, EN))
    assert document["targets"][0]["name"] == findings.targets[0].name
    assert document["failures"][0]["message"] == findings.failures[0].message


# CSV


def test_csv_has_a_row_per_request_with_units_in_the_names() -> None:
    """Warm-up and failures too; unknown is empty."""
    rows = list(csv.DictReader(StringIO(REPORTS["csv"](CASES["ordinary"](), EN))))
    assert len(rows) == 60
    failed = next(row for row in rows if row["outcome"] == "throttled")
    assert (failed["e2e_s"], failed["failure_code"], failed["standing"]) == ("", "ThrottlingException", "paired")
    assert (rows[0]["e2e_s"], rows[0]["output_tokens"], rows[0]["region"]) == ("0.3535", "792", "us-west-2")


def test_csv_has_a_row_per_cell() -> None:
    """With the gain over the baseline as a ratio."""
    rows = list(csv.DictReader(StringIO(REPORTS["csv-cells"](CASES["published"](), EN))))
    assert len(rows) == 30
    best = next(row for row in rows if (row["prompt"], row["target"]) == ("cicd", "claude-3-5-haiku-optimized"))
    assert best["median_e2e_s"] == "13.23"
    assert best["time_saved_ratio"] == "0.417950"[:-1]
    assert best["regions"] == "us-east-2 1"


def test_a_csv_of_nothing_has_its_header() -> None:
    """So that a program that reads it finds its columns."""
    lines = REPORTS["csv"](CASES["empty"](), EN).splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("simulation,run,id,")


@pytest.mark.parametrize("name", ["csv", "csv-cells"])
@pytest.mark.parametrize("case", CASES)
def test_no_field_of_a_csv_is_a_formula(case: str, name: str) -> None:
    """A field begins with = + - @ only if it is a number; every row has every column."""
    rows = list(csv.reader(StringIO(REPORTS[name](CASES[case](), EN))))
    assert {len(row) for row in rows} == {len(rows[0])}
    for field in (field for row in rows for field in row):
        assert not re.match(r"\s*[=+\-@＝＋－＠]", field) or re.fullmatch(r"-?\d+(\.\d+)?", field)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", " =1", "\t=1", "＝1"])
def test_formulas_are_defused(text: str) -> None:
    """By an apostrophe, which spreadsheets do not show."""
    assert guard(text).startswith(("'", "\\t"))


def test_every_column_is_documented() -> None:
    """docs/metrics.md names each column that is not a metric."""
    from pathlib import Path

    page = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")
    findings = CASES["ordinary"]()
    for name in ("csv", "csv-cells"):
        header = next(csv.reader(StringIO(REPORTS[name](findings, EN))))
        named = [
            c for c in header if not any(c.removeprefix("median_").startswith(metric) for metric in findings.units)
        ]
        assert [column for column in named if f"`{column}`" not in page] == []
