"""What rubrics and labelled pairs promise: those that ship can be used, and of one's own every mistake is told at once, with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from hayai.ask.labelled import read_labelled
from hayai.ask.rubric import BUILTIN_RUBRICS, LONGEST, QUESTIONS, read_rubric
from hayai.errors import UsageError

EXAMPLE = Path(__file__).parents[2] / "examples" / "labelled-pairs.toml"
ROW = '"prompt": "q", "answer_a": "x", "answer_b": "y"'


@pytest.mark.parametrize(("name", "language"), BUILTIN_RUBRICS.items())
def test_shipped_rubrics_say_what_every_question_means(name: str, language: str) -> None:
    """By name, and as `general` in the user's language; another language gets English."""
    rubric = read_rubric(name, "en")
    assert all(word in rubric.text for word in QUESTIONS)
    assert read_rubric("general", language) == rubric
    assert read_rubric("general", "de").language == "en"


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (" \n", ["rubric.empty"]),
        ("Which is better overall?", ["rubric.word_missing", "rubric.word_missing"]),
        ("overall correctness detail" + "x" * LONGEST, ["rubric.too_long"]),
        ("Overall, Correctness, Detail", []),
    ],
)
def test_a_rubric_of_ones_own_is_looked_at(tmp_path: Path, text: str, keys: list[str]) -> None:
    """Before it costs anything; upper and lower case do not matter."""
    path = tmp_path / "own.txt"
    path.write_text(text, encoding="utf-8")
    if not keys:
        assert read_rubric(str(path), "ja").language == "ja"
        return
    with pytest.raises(UsageError) as told:
        read_rubric(str(path), "en")
    assert [problem.key for problem in told.value.problems] == keys
    assert all(str(path) in problem.place for problem in told.value.problems)


def test_a_rubric_that_is_not_there_is_told_with_those_that_are() -> None:
    """A slip of the hand, or a file in another folder."""
    with pytest.raises(UsageError) as told:
        read_rubric("generl", "en")
    (problem,) = told.value.problems
    assert problem.key == "rubric.unknown"
    assert "general-ja" in str(problem.values["known"])


def test_the_example_of_labelled_pairs_can_be_read() -> None:
    """Enough of them for a statement, of all labels and in both languages."""
    pairs = read_labelled(EXAMPLE)
    assert len(pairs) >= 20
    assert {pair.label for pair in pairs} == {"A", "B", "tie"}
    assert any("日本" in pair.prompt for pair in pairs)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.toml", '[[pairs]]\nprompt = "q"\nanswer_a = "x"\nanswer_b = "y"\nlabel = "b"\n'),
        ("p.jsonl", f'{{{ROW}, "label": "B"}}\n\n'),
        ("p.csv", "prompt,answer_a,answer_b,label\nq,x,y, B \n"),
        ("p.csv", "id,prompt,answer_a,answer_b,label\n,q,x,y,B\n"),
    ],
)
def test_every_form_says_the_same(tmp_path: Path, name: str, text: str) -> None:
    """TOML, JSONL, CSV."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    (pair,) = read_labelled(tmp_path / name)
    assert (pair.id, pair.prompt, pair.answer_a, pair.answer_b, pair.label) == ("p001", "q", "x", "y", "B")


@pytest.mark.parametrize(
    ("name", "text", "keys"),
    [
        ("p.md", "", ["labelled.unknown_ending"]),
        ("p.toml", "", ["labelled.none"]),
        ("p.toml", "pairs = 3", ["field.not_list"]),
        ("p.toml", "[[pairs", ["file.syntax"]),
        ("p.jsonl", "3", ["field.not_table"]),
        (
            "p.jsonl",
            '{"prompt": "q", "answer_a": 3, "label": "C", "lable": "A"}',
            ["field.unknown.maybe", "field.not_text", "field.missing", "field.not_a_choice"],
        ),
        ("p.jsonl", f'{{{ROW}, "label": "A", "id": "x"}}\n{{{ROW}, "label": "B", "id": "x"}}', ["labelled.id_twice"]),
        ("p.jsonl", f'{{{ROW}, "label": "A", "id": "a b"}}', ["labelled.bad_id"]),
        ("p.csv", "prompt,answer_a,answer_b,label\nq,x,y,A,z\n", ["field.unknown"]),
    ],
)
def test_all_that_is_wrong_with_labels_is_told(tmp_path: Path, name: str, text: str, keys: list[str]) -> None:
    """At once, and nothing is read of a file with mistakes."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as told:
        read_labelled(tmp_path / name)
    assert [problem.key for problem in told.value.problems] == keys
