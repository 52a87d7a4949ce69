"""The suite that can carry a verdict on quality: the same tasks in both languages, and expectations that are right."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from hayai.ask.plan import Suite
from hayai.ask.suites.builtin import BUILTIN_SUITES, builtin_text
from hayai.ask.suites.read import read_suite
from tests.ask.work_proofs import PROOFS, numbers

WORK = ("work-en", "work-ja")
NEEDED = 72
"""Prompts that tell "not worse" with 90 % power and "equivalent" with 80 %: margin 0.10, votes of both orders averaged (variance 0.083)."""
KEYS = {"min_chars", "max_chars", "languages", "code", "json_schema", "contains", "regex", "exact", "number", "skip"}
CHECKED = {"exact", "number", "json_schema", "code"}
"""Expectations that tell a right answer from a wrong one without a model."""
ASKED_FOR = {
    "code": "fenced|コードブロック",
    "json_schema": "JSON (alone|object)|JSONだけ|JSONオブジェクトを1つだけ",
    "exact": "alone|だけ",
    "number": "[Ee]nd |最後に",
}
"""What the text of a prompt must say where this is expected of its answers."""


def _rows(name: str) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in tomllib.loads(builtin_text(name))["prompts"]}


ROWS = {name: _rows(name) for name in BUILTIN_SUITES}
EXPECTED = [pytest.param(name, row, id=f"{name}-{row['id']}") for name in BUILTIN_SUITES for row in ROWS[name].values()]


def _suites() -> tuple[Suite, Suite]:
    return read_suite("work-en"), read_suite("work-ja")


def test_both_languages_ask_the_same_tasks() -> None:
    """The same ids, categories and limits in the same order; each prompt in its own language, no text twice."""
    english, japanese = _suites()
    assert [(p.id, p.category, p.max_tokens) for p in english.prompts] == [
        (p.id, p.category, p.max_tokens) for p in japanese.prompts
    ]
    assert {p.language for p in english.prompts} == {"en"}
    assert {p.language for p in japanese.prompts} == {"ja"}
    assert all(re.search("[ぁ-ん]", p.text) for p in japanese.prompts)
    assert all(p.text.isascii() for p in english.prompts if p.category != "multilingual")
    texts = [p.text for p in (*english.prompts, *japanese.prompts)]
    assert len(set(texts)) == len(texts)
    assert all(text == text.strip() for text in texts)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_work_follows_the_language_of_the_user(language: str) -> None:
    """As `published` does."""
    assert read_suite("work", language=language) == read_suite(f"work-{language}")


def test_there_are_enough_prompts_and_no_category_outweighs_another() -> None:
    """In the five categories of the published suites, as many in each."""
    english, _ = _suites()
    assert len(english.prompts) >= NEEDED
    counts = Counter(p.category for p in english.prompts)
    assert set(counts) == {p.category for p in read_suite("published-en").prompts}
    assert len(set(counts.values())) == 1


def test_a_third_of_the_answers_can_be_checked_without_a_model() -> None:
    """In every category some, and the others are left to a judge."""
    rows = ROWS["work-en"].values()
    checked = Counter(row["category"] for row in rows if CHECKED & row["expect"].keys())
    assert all(checked[row["category"]] >= 2 for row in rows)
    assert len(rows) / 3 <= checked.total() <= len(rows) * 2 / 3


@pytest.mark.parametrize(("name", "row"), EXPECTED)
def test_what_is_expected_was_asked_for(name: str, row: dict[str, Any]) -> None:
    """Every prompt expects something that can be met, and its text asks for whatever form that has."""
    expect = row["expect"]
    assert expect
    assert expect.keys() <= KEYS
    assert expect.get("min_chars", 1) * 2 < expect.get("max_chars", 10**6), "bounds catch broken answers, not style"
    for pattern in expect.get("regex", ()):
        re.compile(pattern)
    if name in WORK:
        assert all(re.search(words, row["text"]) for key, words in ASKED_FOR.items() if key in expect)
        assert row.get("max_tokens", 2000) >= 2000, "an answer cut on one side takes the verdict on time away"


@pytest.mark.parametrize("name", WORK)
def test_every_right_answer_is_proved(name: str) -> None:
    """Each number and each text that is expected exactly is worked out from the prompt; none is left out."""
    exactly = {key for key, row in ROWS[name].items() if {"exact", "number"} & row["expect"].keys()}
    assert exactly == PROOFS.keys() | {"cron_weekdays"}
    wrong = {}
    for key, proof in PROOFS.items():
        expect, answer = ROWS[name][key]["expect"], proof(ROWS[name][key]["text"])
        if "number" in expect:
            told = expect["number"] if isinstance(expect["number"], dict) else {"value": expect["number"]}
            right = answer == Fraction(Decimal(str(told["value"])))
        else:
            right = answer in ([expect["exact"]] if isinstance(expect["exact"], str) else expect["exact"])
        if not right:
            wrong[key] = answer
    assert wrong == {}


SAME_NUMBERS = (
    "server_count",
    "critical_path",
    "serial_availability",
    "alert_precision",
    "queue_drain",
    "office_hours",
)


@pytest.mark.parametrize("key", [*SAME_NUMBERS, "storage_growth", "usable_hosts", "mean_and_median", "buy_or_build"])
def test_both_languages_tell_the_same_numbers(key: str) -> None:
    """In whichever order the language puts them: what is proved of one text holds for the other."""
    english, japanese = (_spelt_out(ROWS[name][key]["text"]) for name in WORK)
    assert english <= japanese


def _spelt_out(text: str) -> set[Fraction]:
    """The numbers that are in digits, but for small ones, which English spells out."""
    return {number for number in numbers(text) if number >= 10}


@pytest.mark.parametrize("name", WORK)
def test_every_schedule_that_is_taken_means_weekdays_at_half_past_seven(name: str) -> None:
    """However the days are written."""
    for schedule in ROWS[name]["cron_weekdays"]["expect"]["exact"]:
        minute, hour, day, month, weekdays = schedule.split(" ")
        assert (minute, hour, day, month) == ("30", "7", "*", "*")
        names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
        days: list[int] = []
        for part in weekdays.lower().split(","):
            ends = [int(word) if word.isdecimal() else names.index(word) for word in part.split("-")]
            days += range(ends[0], ends[-1] + 1)
        assert days == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("name", WORK)
def test_the_json_of_a_log_line_is_what_the_line_says(name: str) -> None:
    """Field by field, read from the prompt."""
    row = ROWS[name]["event_json"]
    (line,) = [line for line in row["text"].splitlines() if line.startswith("ERROR")]
    level, service, request, took, retry, message = shlex.split(line)
    said = {
        "level": level,
        "service": service,
        "request_id": request.removeprefix("req="),
        "message": message,
        "duration_ms": int(took.removeprefix("took=").removesuffix("ms")),
        "retryable": retry == "retry=yes",
    }
    schema = row["expect"]["json_schema"]
    assert {key: value["const"] for key, value in schema["properties"].items()} == said
    assert set(schema["required"]) == set(said)


@pytest.mark.parametrize("name", WORK)
def test_what_answers_must_contain_can_be_known_from_the_prompt(name: str) -> None:
    """Names, places and sizes that are expected to come back stand in the prompt."""
    for key in ("service_toml", "room_change", "release_notes", "farewell_words", "reply_korean", "translate_notice"):
        row = ROWS[name][key]
        assert all(word in row["text"] for word in row["expect"].get("contains", ()))
        assert all(re.search(pattern, row["text"]) for pattern in row["expect"].get("regex", ()))
    owners = ROWS[name]["minutes_json"]["expect"]["json_schema"]["properties"]["actions"]["items"]["properties"][
        "owner"
    ]
    assert all(owner in ROWS[name]["minutes_json"]["text"] for owner in owners["enum"])


def test_converted_sizes_are_exact() -> None:
    """10 inches and 8 ounces one way, 25.4 cm and 226.8 g the other."""
    length, weight = Decimal(10) * Decimal("2.54"), Decimal(8) * Decimal("28.35")
    english, japanese = (ROWS[name]["product_units"] for name in WORK)
    assert english["expect"]["contains"] == [f"{length:.1f}", f"{weight:.1f}"]
    assert "10 inches" in english["text"]
    assert "8 ounces" in english["text"]
    assert f"{length:.1f} cm" in japanese["text"]
    assert f"{weight:.1f} g" in japanese["text"]
    assert [re.search(pattern, "10 inches long, 8 ounces") is not None for pattern in japanese["expect"]["regex"]] == [
        True
    ] * 2


def test_the_page_counts_right() -> None:
    """How many answers are checked in which way; each prompt is counted once."""
    rows = [row["expect"].keys() for row in ROWS["work-en"].values()]
    exactly = sum(bool({"exact", "number"} & keys) for keys in rows)
    data, code = sum("json_schema" in keys for keys in rows), sum("code" in keys for keys in rows)
    counts = {"one right answer": exactly, "data": data, "code": code, "open": len(rows) - exactly - data - code}
    page = (Path(__file__).parents[2] / "docs/suites.md").read_text(encoding="utf-8")
    assert {name: int(re.findall(rf"^\| {name} \| (\d+) \|", page, re.MULTILINE)[0]) for name in counts} == counts
