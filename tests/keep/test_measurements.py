"""Other people's numbers: every table that is right is read to the digit, and every one that is not is refused with all that is wrong."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hayai.errors import UsageError
from hayai.keep.measurement_columns import SYNONYMS, UNITS, meaning_of
from hayai.keep.measurement_names import LONGEST_NAME, short_names
from hayai.keep.measurement_rows import LARGEST_TEXT
from hayai.keep.measurements import (
    MOST_PROBLEMS,
    OK_WORDS,
    PUBLISHED,
    THROTTLED_WORDS,
    published_measurements,
    read_measurements,
)
from hayai.show.locales.en.measurements import TEXTS as ENGLISH
from hayai.show.locales.ja.measurements import TEXTS as JAPANESE
from tests.keep.tables import beside, column, notes, problems, read, seconds, told

ROOT = Path(__file__).parents[2]


# The published table


def test_the_published_table_comes_with_the_package_and_is_the_one_of_the_tests() -> None:
    """The same bytes; thirty times, three targets, ten prompts, with region and category."""
    shipped = (ROOT / "src/hayai/keep" / PUBLISHED).read_bytes()
    data = ROOT / "tests/data/published_measurements.csv"
    assert shipped == data.read_bytes()
    found = published_measurements()
    with data.open(encoding="utf-8", newline="") as file:
        expected = list(csv.DictReader(file))
    assert [
        (row.prompt, row.category, row.target, row.region, row.seconds, row.output_tokens, row.round, row.line)
        for row in found.rows
    ] == [
        (
            line["prompt_id"],
            line["category"],
            line["target"],
            line["serving_region"],
            float(line["response_time_s"]),
            int(line["output_tokens"]),
            0,
            number,
        )
        for number, line in enumerate(expected, start=2)
    ]
    assert len({row.prompt for row in found.rows}) == 10
    assert [note.values for note in found.notes] == [{"columns": "published_tokens_per_s, published_improvement_pct"}]


# What a table may look like

PLAIN = "prompt,target,seconds,output_tokens\np,A,1.5,10\np,B,2.25,20\n"


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        "\ufeff" + PLAIN,
        PLAIN.rstrip("\n"),
        "\n\n" + PLAIN.replace("p,B", "\n , ,,\np,B"),
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", "\t"),
        PLAIN.replace(",", ";").replace(".", ","),
        "sep=;\r\n" + PLAIN.replace(",", ";"),
        "\ufeffsep=|\n" + PLAIN.replace(",", "|"),
        '"sep=,"\n' + PLAIN,
        PLAIN.replace("p,A", '"p","A"'),
        PLAIN.replace("p,A,1.5,10", " p , A , 1.5 , 10 "),
        PLAIN.replace("10", "10.0").replace("20", "20."),
        PLAIN.replace("1.5", "１．５").replace("10", "１０"),
        PLAIN.replace("1.5", "1.5e0").replace("2.25", "+22.5E-1"),
        PLAIN.replace("tokens\n", "tokens,\n").replace("10\n", "10,\n").replace("20\n", "20,,\n"),
        PLAIN.replace("prompt,target,seconds,output_tokens", "プロンプトID,モデル,応答時間（秒）,出力トークン数"),
        PLAIN.replace("prompt,target,seconds,output_tokens", "Prompt ID,MODEL,Response-Time [sec],Completion Tokens"),
        PLAIN.replace("seconds", "latencyMs").replace("1.5", "1500").replace("2.25", "2250"),
        PLAIN.replace("seconds", "duration_ns").replace("1.5", "1500000000").replace("2.25", "2250000000"),
        PLAIN.replace("seconds", "e2e (µs)").replace("1.5", "1.5e6").replace("2.25", "2.25e6"),
        PLAIN.replace("1.5", "1.5s").replace("2.25", "2250 ms"),
        PLAIN.replace("1.5", "1500ミリ秒").replace("2.25", "2.25秒"),
        (
            '{"prompt": "p", "target": "A", "seconds": 1.5, "output_tokens": 10}\n\n'
            '{"target": "B", "prompt": "p", "seconds": "2.25", "output_tokens": 20, "more": null}\r\n'
        ),
    ],
)  # fmt: skip
def test_the_same_table_in_many_ways(text: str) -> None:
    """Separators, line ends, marks, languages, units, quotes: the same two measurements."""
    rows = read(text).rows
    assert [(row.prompt, row.target, row.seconds, row.output_tokens) for row in rows] == [
        ("p", "A", 1.5, 10),
        ("p", "B", 2.25, 20),
    ]


def test_every_column_is_read() -> None:
    """Rounds and positions from 1 become from 0; what is empty is not known; a category said once holds for its prompt."""
    text = (
        "prompt,target,seconds,ttft_ms,output_tokens,characters,round,category,region,status,position,served_as_asked\n"
        "p,A,2,500,0,9,1,code,us-east-1,OK,1,true\n"
        "p,B,3,,,,1,,,,2,no\n"
        "p,A,NaN,x,x,x,2,,,timed_out,1,\n"
    )
    found = read(text)
    a, b, failed = found.rows
    assert (a.seconds, a.ttft_seconds, a.output_tokens, a.characters, a.round) == (2.0, 0.5, 0, 9, 0)
    assert (a.category, a.region, a.position, a.served_as_asked, a.line) == ("code", "us-east-1", 0, True, 2)
    assert (b.ttft_seconds, b.output_tokens, b.characters, b.category, b.region) == (None, None, None, "code", None)
    assert (b.position, b.served_as_asked, b.line) == (1, False, 3)
    assert (failed.seconds, failed.ttft_seconds, failed.output_tokens, failed.round) == (None, None, None, 1)
    assert [note.values for note in found.notes] == [{"count": 1, "words": "timed_out"}]


def test_without_rounds_the_order_pairs() -> None:
    """The k-th row of a prompt and target is its k-th round, and a note says so; with one row each there is nothing to say."""
    found = read("prompt,target,seconds\np,A,1\np,A,2\np,B,3\nq,A,4\np,B,5\nq,B,6\n")
    assert [row.round for row in found.rows] == [0, 1, 0, 0, 1, 0]
    assert notes(found) == {"rounds_by_order"}
    assert notes(read(PLAIN)) == set()


def test_a_failure_keeps_its_round() -> None:
    """It is counted, in its place."""
    found = read("prompt,target,seconds,status\np,A,,throttled\np,A,2,\np,B,3,ok\np,B,,failed\n")
    assert [(row.seconds, row.round) for row in found.rows] == [(None, 0), (2.0, 1), (3.0, 0), (None, 1)]


@pytest.mark.parametrize(
    ("status", "throttled"),
    [
        ("throttled", True),
        ("HTTP 429", True),
        ("ThrottlingException", True),
        ("TooManyRequests", True),
        ("rate limit exceeded", True),
        ("Rate-Limited", True),
        ("RATE_LIMIT", True),
        ("スロットリングされた", True),
        ("レート制限", True),
        ("timeout", False),
    ],
)
def test_a_throttle_is_told_from_other_failures(status: str, throttled: bool) -> None:
    """Both failed; one because requests came too fast."""
    rows = read(f"prompt,target,seconds,status\np,a,1,ok\np,b,,{status}\n").rows
    assert [row.throttled for row in rows] == [False, throttled]


@pytest.mark.parametrize("word", OK_WORDS)
def test_words_of_success(word: str) -> None:
    """In any case; everything else is a failure."""
    assert seconds(beside("status", word.upper(), "nope", word)) == [1.1, None, 1.3]


def test_assumptions_are_told() -> None:
    """Seconds where no unit is named, units of the values' own, decimal commas, columns left alone."""
    assert notes(read(column("latency", "1.5", "2"))) == {"seconds_assumed"}
    assert notes(read(column("latency_s", "1.5", "2"))) == set()
    assert notes(read(column("latency_ms", "850 ms", "1.2s"))) == {"own_units"}
    assert notes(read(column("latency_ms", "850ms", "900ms"))) == set()
    assert notes(read(column("seconds", "1,5", "2,5", separator=";"))) == {"decimal_comma"}
    found = read("prompt,tokens,target,,seconds,latency_ms\np,1,A,,1,1\np,1,B,,1,1\n")
    assert [note.values for note in found.notes] == [{"columns": "tokens, #4, latency_ms"}]


def test_a_long_prompt_is_called_by_its_first_words() -> None:
    """And a short one by itself."""
    long = "Explain the CI/CD pipeline, " + "step by step, " * 20
    found = read(f'prompt,target,seconds\n"{long}",A,1\nshort,A,1\n"{long}",B,2\n')
    assert [row.prompt for row in found.rows] == ["explain-the-ci-cd-01", "short", "explain-the-ci-cd-01"]
    assert notes(found) == {"short_names"}


@given(st.lists(st.text(max_size=200), min_size=1))
@example(
    [
        "…" * 100,
        "？\n",
        "日本語のとても長い文章はどのように短くなるのでしょうかという問いです。" * 4,
        "a-01",
        "a\n" + "b" * 100,
    ]
)
def test_names_are_short_and_different(prompts: list[str]) -> None:
    """Of whatever text: one name each, none taken by a prompt that keeps its own."""
    for always in (False, True):
        short = short_names(prompts, always=always)
        names = [short.get(prompt, prompt) for prompt in dict.fromkeys(prompts)]
        assert len(set(names)) == len(names)
        assert all(0 < len(name) <= LONGEST_NAME and name.isprintable() for name in short.values())


# Columns


def test_every_synonym_is_understood() -> None:
    """Each name means one column; a time with each unit behind it still is that time."""
    for meaning, names in SYNONYMS.items():
        for name in (meaning, *names):
            assert meaning_of(name)[0] == meaning
            assert meaning_of(name.upper())[0] == meaning
            if meaning in {"seconds", "ttft"} and name != "seconds":
                assert {meaning_of(f"{name}_{unit}") for unit in UNITS} == {(meaning, k) for k in UNITS.values()}
                assert meaning_of(f"{name} ({'ms'})") == (meaning, 1000)


@pytest.mark.parametrize(
    "name", ["", "s", "us", "ns", "tokens", "prompt_s", "round_ms", "target_time", "time_x", "ms_time", "%"]
)
def test_no_column_is_guessed(name: str) -> None:
    """Nearly is not enough."""
    assert meaning_of(name) == (None, None)


def test_missing_columns_are_told_with_what_may_be_meant() -> None:
    """All at once."""
    assert told("a,b\n1,2\n") == [("line 1", f"no_column{more}") for more in ("", "", "")]
    found = problems("promt,modle,secnds\np,A,1\n")
    assert [(p.key, p.values["word"], p.values["suggestion"]) for p in found] == [
        ("measurements.no_column.maybe", "promt", "prompt"),
        ("measurements.no_column.maybe", "modle", "model"),
        ("measurements.no_column.maybe", "secnds", "seconds"),
    ]


def test_two_columns_with_one_meaning_are_refused() -> None:
    """Unless one has the very name."""
    assert told("prompt,model,model_id,time,e2e\np,A,a,1,1\n") == [("line 1", "two_columns"), ("line 1", "two_columns")]
    assert told("prompt,target,Target,seconds\np,A,a,1\n") == [("line 1", "two_columns")]
    assert [row.target for row in read("model,target,prompt,seconds\nx,A,p,1\nx,B,p,2\n").rows] == ["A", "B"]


# Cells


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        ("", "empty_time"),
        ("NaN", "not_finite"),
        ("inf", "not_finite"),
        ("-Infinity", "not_finite"),
        ("1e999", "not_finite"),
        ("0", "not_positive"),
        ("0.00", "not_positive"),
        ("-1.5", "not_positive"),
        ("1e-999", "not_positive"),
        ("fast", "not_a_time"),
        ("1.5 parsecs", "not_a_time"),
        ("1m30s", "not_a_time"),
        ("1.5.2", "not_a_time"),
        ("1_000", "not_a_time"),
        ("0x10", "not_a_time"),
        ("10²", "not_a_time"),
        ("½", "not_a_time"),
        ("٣", "not_a_time"),
        ('"1,5"', "not_a_time"),
        ("=1+1", "not_a_time"),
        ("1e-9", "two_units"),
        ("90000", "two_units"),
    ],
)
def test_a_cell_that_is_no_time(cell: str, key: str) -> None:
    """Told at its line, and nothing made of it."""
    assert told(column("seconds", "1", "2", cell, "1.5")) == [("line 4", key)]


@pytest.mark.parametrize("cell", ["1.5", "-1", "x", "1,602", "1.000", "NaN", "1e3", "10²", "9" * 40, "1 000"])
@pytest.mark.parametrize("name", ["output_tokens", "characters", "round", "position"])
def test_a_cell_that_is_no_whole_number(name: str, cell: str) -> None:
    """A separator of thousands neither."""
    assert told(beside(name, "1", "1", f'"{cell}"', "1")) == [("line 4", "not_whole")]


def test_what_else_a_row_can_lack() -> None:
    """Names, a round, a plain yes or no, as many cells as there are columns."""
    assert told("prompt,target,seconds\n,A,1\np,,2\np,A,1\np,B,1\n") == [
        ("line 2", "empty_name"),
        ("line 3", "empty_name"),
    ]
    assert told(beside("round", "1", "", "1", "1")) == [("line 3", "empty_round")]
    assert told(beside("served_as_asked", "maybe", "true")) == [("line 2", "not_yes_or_no")]
    assert told("prompt,target,seconds\np,A,1,\np,B\np,A,1,2\n") == [
        ("line 3", "too_few_cells"),
        ("line 4", "too_many_cells"),
    ]
    assert told("prompt,target,seconds,status\np,A,,ok\np,B,1,ok\n") == [("line 2", "empty_time")]


def test_the_first_token_comes_first() -> None:
    """A TTFT in milliseconds beside a time in seconds shows itself."""
    assert told(beside("ttft_s", "300", "400")) == [("line 2", "ttft_after_end"), ("line 3", "ttft_after_end")]
    assert [row.ttft_seconds for row in read(beside("ttft", "1.1", "0.4")).rows] == [1.1, 0.4]


def test_decimal_marks_are_not_mixed() -> None:
    """1.234 and 1,5 in one column: one of them may be a thousand."""
    assert told(column("seconds", "1,5", "1.5", separator=";")) == [("line 3", "two_marks")]


def test_everything_is_told_at_once_and_in_order() -> None:
    """Of all columns; of very many the first twenty and a count."""
    assert told("prompt,target,seconds,output_tokens,round\np,A,x,1.5,1\np,B,-1,2,1\n\np,A,NaN,y,z\n,,,,\n,A,2\n") == [
        ("line 2", "not_a_time"),
        ("line 2", "not_whole"),
        ("line 3", "not_positive"),
        ("line 5", "not_finite"),
        ("line 5", "not_whole"),
        ("line 5", "not_whole"),
        ("line 7", "too_few_cells"),
    ]
    many = problems(column("seconds", *("x" for _ in range(50))))
    assert len(many) == MOST_PROBLEMS + 1
    assert (many[-1].key, many[-1].values) == ("measurements.more", {"count": 30})


# What belongs together


def test_what_cannot_be_compared_is_refused() -> None:
    """One target, no shared prompt, no shared round, nothing but failures."""
    assert told("prompt,target,seconds\np,A,1\nq,A,2\n") == [("", "one_target")]
    assert told("prompt,target,seconds\np,A,1\nq,B,2\n") == [("", "no_pair")]
    assert told("prompt,target,seconds,round\np,A,1,1\np,B,2,2\n") == [("", "no_pair")]
    assert told("prompt,target,seconds,status\np,A,1,stop\np,B,2,stop\n") == [("", "all_failed")]


def test_one_prompt_and_one_round_are_data() -> None:
    """How little they say is for the verdict to tell."""
    assert seconds(PLAIN) == [1.5, 2.25]


def test_contradictions_are_refused() -> None:
    """The same round twice, with the line of the first; a prompt in two categories."""
    (twice,) = problems("prompt,target,seconds,round\np,A,1,0\np,B,2,0\np,A,3,0\n")
    assert (twice.place, twice.key) == ("t.csv line 4", "measurements.twice")
    assert twice.values == {"prompt": "p", "target": "A", "first": 2}
    assert told(beside("category", "x", "y")) == [("line 3", "two_categories")]


# What is no table


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("", "no_rows")]),
        ("\ufeff\n \n", [("", "no_rows")]),
        ("prompt,target,seconds\n", [("", "no_rows")]),
        ("[{}]", [("", "json_array")]),
        ("prompt,target\n\0\n", [("line 2", "binary")]),
        ("\x7fELF\x02\x01\x01\x00\x00", [("line 1", "binary")]),
        ("\x89PNG\r\n\x1a\n\r\n", [("line 1", "no_column")] * 3),
        ("prompt,target,time\n\n", [("", "no_rows")]),
        ("prompt,target,lat\n", [("line 1", "no_column.maybe"), ("", "no_rows")]),
        ('prompt,target,seconds\np,"A"x,1\np,B,1\n', [("line 2", "file.syntax")]),
        ('prompt,target,seconds\np,A,1\n"p,B,1\n', [("line 3", "file.syntax")]),
        ('{"prompt": "p"', [("", "no_column")] * 3 + [("line 1", "file.syntax")]),
        ('{"prompt": "p", "target": "A", "seconds": 1}\n[1]\n{"a": 1, "a": 2}\n' + '{"a":' * 100_000,
         [("line 2", "not_an_object"), ("line 3", "file.syntax"), ("line 4", "file.syntax")]),
        ('{"prompt": "p", "target": "A", "seconds": NaN}\n{"prompt": "p", "target": "B", "seconds": [1]}\n',
         [("line 1", "not_finite"), ("line 2", "not_a_time")]),
        ('{"prompt": "p", "target": "A", "seconds": true}\n{"prompt": "p", "target": "B"}\n',
         [("line 1", "not_a_time"), ("line 2", "empty_time")]),
    ],
)  # fmt: skip
def test_what_is_no_table_is_told(text: str, expected: list[tuple[str, str]]) -> None:
    """Nothing, garbage, broken quotes, broken JSON."""
    assert told(text) == expected


def test_a_huge_text_is_refused() -> None:
    """Before anything is made of it, and by its bytes."""
    for text in ("x" * (LARGEST_TEXT + 1), "速" * (LARGEST_TEXT // 3 + 1)):
        with pytest.raises(UsageError) as caught:
            read_measurements(text, place="t.csv")
        assert [(p.key, p.values) for p in caught.value.problems] == [("measurements.too_big", {"limit": 50})]


# Whatever comes

NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12).filter(lambda s: s == s.strip())
ROW = st.tuples(
    st.floats(min_value=0.5, max_value=40), st.none() | st.floats(min_value=0.01, max_value=0.5),
    st.none() | st.integers(0, 10**9), st.none() | st.integers(0, 10**9), st.sampled_from(["ok", "", "throttled"]),
    st.none() | st.booleans(), st.none() | st.text("abc", min_size=1),
)  # fmt: skip


@given(
    prompts=st.lists(NAMES, min_size=1, max_size=4, unique=True),
    targets=st.lists(NAMES, min_size=2, max_size=3, unique=True),
    rounds=st.integers(1, 3),
    data=st.data(),
)
def test_what_is_written_is_read_back(prompts: list[str], targets: list[str], rounds: int, data: st.DataObject) -> None:
    """To the last digit, as CSV with any separator and as JSON Lines, whatever the names are."""
    header = [
        "prompt",
        "target",
        "round",
        "seconds",
        "ttft",
        "output_tokens",
        "characters",
        "status",
        "served_as_asked",
        "region",
    ]
    lines: list[list[object]] = []
    expected = []
    for number in range(rounds):
        for prompt in prompts:
            for position, target in enumerate(targets):
                time, ttft, tokens, characters, status, served, region = data.draw(ROW)
                status = "ok" if (number, position) == (0, 0) else status
                flag = None if served is None else str(served).lower()
                lines.append([prompt, target, number, time, ttft, tokens, characters, status, flag, region])
                known = (time, ttft, tokens, characters, served) if status != "throttled" else (None,) * 5
                expected.append((prompt, target, number, *known, region))
    sheets = []
    for separator in ",;\t":
        sheet = io.StringIO()
        csv.writer(sheet, delimiter=separator).writerows([header, *lines])
        sheets.append(sheet.getvalue())
    sheets.append("\n".join(json.dumps(dict(zip(header, line, strict=True))) for line in lines))
    for text in sheets:
        assert [
            (
                row.prompt, row.target, row.round, row.seconds, row.ttft_seconds, row.output_tokens, row.characters,
                row.served_as_asked, row.region,
            )
            for row in read(text).rows
        ] == expected  # fmt: skip


_PIECES = st.sampled_from([
    "prompt", "target", "seconds", "latency_ms", "ttft", "round", "output_tokens", "status", ",", ";", "\t", "\n", "\r\n", '"', "p",
    "A", "B", "1", "1.5", "2,5", "850ms", "1.2s", "NaN", "inf", "-3", "0", "1e400", "ok", "failed",
    "{", "}", ":", "\ufeff", "sep=;\n", "²", "１",
])  # fmt: skip
_BODY = st.lists(
    st.lists(st.sampled_from(["p", "q", "A", "B", "1", "2", "0", "1.5", "2,5", "850ms", "1.2s", "x", "", "1e3", "１", "10²"]),
             min_size=4, max_size=4).map(",".join),
    max_size=6,
).map(lambda rows: "prompt,target,latency_ms,output_tokens\n" + "\n".join(rows))  # fmt: skip
_LIKELY = st.lists(
    st.tuples(st.sampled_from("pq"), st.sampled_from("AB"), st.sampled_from(["1.5", "3", "850", "1e3", "０.7"]), st.sampled_from("012"))
    .map(",".join),
    min_size=2, max_size=6,
).map(lambda rows: "prompt,target,latency_ms,output_tokens\n" + "\n".join(rows))  # fmt: skip


@given(st.one_of(st.text(), st.lists(_PIECES, max_size=60).map("".join), _BODY, _LIKELY))
@example(PLAIN)
@example('{"prompt": "p", "target": "A", "seconds": 1}\n{"prompt": "p", "target": "B", "seconds": 2}')
def test_never_a_number_made_of_nothing(text: str) -> None:
    """Any text is refused in words, or gives rows whose every number stands in it."""
    try:
        found = read_measurements(text, place="t.csv", allow_wide=True)
    except UsageError:
        assert problems(text)
        return
    plain = text.translate(str.maketrans("０１２３４５６７８９．，", "0123456789.,"))
    marked = (plain, plain.replace(",", "."))
    written = [n for each in marked for n in re.findall(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", each)]
    stand = {float(number) for number in written}
    times = {number / unit for number in stand for unit in UNITS.values()}
    assert len({row.target for row in found.rows}) > 1
    for row in found.rows:
        assert row.prompt
        assert row.seconds is None or (row.seconds in times and math.isfinite(row.seconds) and row.seconds > 0)
        assert row.ttft_seconds is None or row.ttft_seconds in times
        assert {row.output_tokens, row.characters} <= {None, *stand}


# The page and the words


def test_the_page_names_every_synonym_and_unit_and_no_other() -> None:
    """docs/analyze.md is the documentation of `SYNONYMS`, `UNITS` and `OK_WORDS`."""
    page = (ROOT / "docs/analyze.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("| ")]
    told_names = {row[0].strip("`"): tuple(re.findall(r"`([^`]+)`", row[2])) for row in rows if row[0].startswith("`")}
    assert told_names == SYNONYMS
    told_units = {row[0]: re.findall(r"`([^`]+)`", row[1]) for row in rows if row[0].endswith("seconds")}
    scale = {"seconds": 1, "milliseconds": 10**3, "microseconds": 10**6, "nanoseconds": 10**9}
    assert {unit: scale[name] for name, units in told_units.items() for unit in units} == UNITS
    assert f"Answered means {', '.join(f'`{word}`' for word in OK_WORDS)};" in " ".join(page.split())
    *words, last = [f"`{word}`" for word in THROTTLED_WORDS]
    assert f"whose status holds {', '.join(words)} or {last} counts as throttled" in " ".join(page.split())


@pytest.mark.parametrize(
    "block",
    re.findall(
        r"^```(?:csv|json)\n(.*?)^```$", (ROOT / "docs/analyze.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
    ),
)
def test_the_tables_on_the_page_can_be_read(block: str) -> None:
    """As they stand there."""
    assert len(read(block).rows) >= 2


def test_every_problem_has_a_text_and_every_text_a_use() -> None:
    """Keys in the code and keys in the catalogues are the same set."""
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "src/hayai/keep").glob("measurement*.py"))
    used = set(re.findall(r'"(measurements\.[a-z_.]+)"', code))
    assert used == set(ENGLISH) == set(JAPANESE)


def test_thousands_of_columns_are_no_burden() -> None:
    """Neither in a note nor in a search for slips of the hand."""
    more = ",".join(f"sample{n}" for n in range(20_000))
    (note,) = read(f"prompt,target,seconds,{more}\np,A,1{',' * 20_000}\np,B,1{',' * 20_000}\n").notes
    assert note.values == {"columns": ", ".join(f"sample{n}" for n in range(10)) + ", …"}
    assert told(f"{more}\n") == [("line 1", "no_column")] * 3 + [("", "no_rows")]
