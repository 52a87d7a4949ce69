"""What is expected of answers can be said in every format, with every mistake told at its place, and changes nothing that is sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
import yaml

from hayai.ask.config import read_config
from hayai.ask.expect_schema import read_expect_options
from hayai.ask.expectations import Expectations, NumberExpectation, expectations_of, joined
from hayai.ask.plan import Plan, Prompt
from hayai.ask.suites.builtin import BUILTIN_SUITES, builtin_text
from hayai.ask.suites.read import read_suite
from hayai.errors import Problem, UsageError
from hayai.keep.run_directory import prompt_hash
from hayai.show.locales import LANGUAGES, texts_in

Write = Callable[[str, str], Path]

EVERYTHING: dict[str, object] = {
    "min_chars": 10,
    "max_chars": 2000,
    "languages": ["ja", "en"],
    "code": ["python"],
    "json_schema": {"type": "object", "properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"type": "integer"}}},
    "contains": ["a, b"],
    "regex": [r"^\d+"],
    "exact": ["yes"],
    "number": {"value": 0.1, "tolerance": 2},
    "skip": ["no_refusal"],
}
MEANT = Expectations(
    min_chars=10,
    max_chars=2000,
    languages=("ja", "en"),
    code=("python",),
    json_schema={
        "type": "object",
        "properties": {"a": {"$ref": "#/$defs/x"}},
        "$defs": {"x": {"type": "integer"}},
    },
    contains=("a, b",),
    regex=(r"^\d+",),
    exact=("yes",),
    number=NumberExpectation(value=Decimal("0.1"), tolerance=Decimal(2)),
    skip=("no_refusal",),
)


def _inline(value: object) -> str:
    """A value of TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_inline(inner)}" for key, inner in value.items()) + "}"
    return json.dumps(value)


FORMATS: dict[str, str] = {
    "toml": f'[[prompts]]\ntext = "x"\nexpect = {_inline(EVERYTHING)}\n',
    "yaml": yaml.safe_dump({"prompts": [{"text": "x", "expect": EVERYTHING}]}),
    "jsonl": json.dumps({"text": "x", "expect": EVERYTHING}),
}


@pytest.mark.parametrize("ending", FORMATS)
def test_expectations_mean_the_same_in_every_format(ending: str, write: Write) -> None:
    """TOML, YAML and JSONL, all keys."""
    assert read_suite(str(write(f"mine.{ending}", FORMATS[ending]))).prompts[0].expect == MEANT


def test_a_table_has_columns_for_what_is_simple(write: Write) -> None:
    """Words parted by blanks, numbers, one text; an empty cell expects nothing."""
    header = "text,expect.min_chars,expect.languages,expect.contains,expect.number,expect.exact\n"
    rows = 'x,10,"ja en","a, b",4.5,\ny,,,,,yes\nz,,,,,\n'
    first, second, third = read_suite(str(write("a.csv", header + rows))).prompts
    number = NumberExpectation(value=Decimal("4.5"))
    assert first.expect == Expectations(min_chars=10, languages=("ja", "en"), contains=("a, b",), number=number)
    assert second.expect == Expectations(exact=("yes",))
    assert third.expect is None


def test_short_forms_stand_for_long_ones(write: Write) -> None:
    """One text for a list of one, a number for its exact value."""
    text = '[[prompts]]\ntext = "x"\n[prompts.expect]\nlanguages = "ja"\ncontains = "a"\nexact = "b"\nnumber = 1e3\nregex = "c"'
    assert read_suite(str(write("a.toml", text))).prompts[0].expect == Expectations(
        languages=("ja",), contains=("a",), exact=("b",), number=NumberExpectation(value=Decimal(1000)), regex=("c",)
    )


@pytest.mark.parametrize("name", BUILTIN_SUITES)
def test_the_fast_reader_reads_expectations_as_the_careful_one(name: str, write: Write) -> None:
    """A built-in suite with expectations of every kind is the same by the schema and without it."""
    text = (
        builtin_text(name)
        + f"\n[[prompts]]\nid = 'more'\ncategory = 'x'\nlanguage = 'en'\ntext = 'x'\nexpect = {_inline(EVERYTHING)}"
    )
    assert read_suite(str(write("a.toml", text))).prompts[-1].expect == expectations_of(EVERYTHING)


MISTAKES = {
    "min_chars = 0": ("min_chars", "field.too_small"),
    "min_chars = '10'": ("min_chars", "field.not_integer"),
    "min_chars = 3\nmax_chars = 2": ("max_chars", "expect.min_above_max"),
    "languages = ['jp']": ("languages[1]", "field.not_a_choice"),
    "languages = []": ("languages", "field.empty_list"),
    "code = ['pyton']": ("code[1]", "field.not_a_choice.maybe"),
    "contains = []": ("contains", "field.empty_list"),
    "contains = ['a', ' ']": ("contains[2]", "expect.blank"),
    "regex = ['a', '(']": ("regex[2]", "expect.bad_regex"),
    "regex = ['" + "a" * 3000 + "']": ("regex[1]", "expect.bad_regex"),
    "exact = 3": ("exact", "field.not_list"),
    "number = 'x'": ("number.value", "expect.not_a_number"),
    "number = nan": ("number.value", "expect.not_a_number"),
    "number = true": ("number.value", "expect.not_a_number"),
    "number = {value = 1, tolerance = -1}": ("number.tolerance", "expect.negative"),
    "number = {tolerance = 1}": ("number.value", "field.missing"),
    "skip = ['empty']": ("skip[1]", "field.not_a_choice.maybe"),
    "lenght = 3": ("lenght", "field.unknown"),
    "json_schema = 3": ("json_schema", "field.not_table"),
    "json_schema = {type = 'objct'}": ("json_schema", "expect.bad_schema"),
    "json_schema = {pattern = '('}": ("json_schema", "expect.bad_schema"),
    "json_schema = {'$ref' = 'other.json'}": ("json_schema", "expect.bad_schema"),
    "json_schema = {'$ref' = '#/$defs/none'}": ("json_schema", "expect.bad_schema"),
    "json_schema = {'$schema' = 'nobody knows'}": ("json_schema", "expect.bad_schema"),
    "json_schema = {properties = {a = {'$id' = 'x'}}}": ("json_schema", "expect.bad_schema"),
    "json_schema = {patternProperties = {a = {}}, unevaluatedProperties = false}": ("json_schema", "expect.bad_schema"),
    "json_schema = {const = 2024-01-01}": ("json_schema", "field.not_json"),
}


def test_every_mistake_is_told_at_its_place(write: Write) -> None:
    """All of them at once, in both languages, and none is let through."""
    tables = [f'[[prompts]]\ntext = "x"\n[prompts.expect]\n{mistake}\n' for mistake in MISTAKES]
    path = write("a.toml", "\n".join(tables))
    with pytest.raises(UsageError) as caught:
        read_suite(str(path))
    expected = [
        (f"{path} prompts[{number}].expect.{where}", key)
        for number, (where, key) in enumerate(MISTAKES.values(), start=1)
    ]
    assert [(problem.place, problem.key) for problem in caught.value.problems] == expected
    for problem in caught.value.problems:
        must_be_told(problem)


def must_be_told(problem: Problem) -> None:
    """There are words for it, and its values fill them."""
    for language in LANGUAGES:
        assert texts_in(language)(problem.key, **problem.values)


def test_expectations_of_all_answers_come_from_a_file(write: Write) -> None:
    """`[expect]`, and the user's own checks among the options; mistakes with their place."""
    one = '[[targets]]\ntarget = "bedrock:m"\n'
    config = read_config(write("bench.toml", f'{one}[expect]\nmin_chars = 5\n[run]\nchecks = ["m:f", "m:g", "m:f"]\n'))
    assert (config.expect, config.checks) == (Expectations(min_chars=5), ("m:f", "m:g"))
    with pytest.raises(UsageError) as caught:
        read_config(write("bench.toml", f"{one}[expect]\nmin_chars = 0\nregex = '('\n"))
    assert [problem.place.partition(": ")[2] for problem in caught.value.problems] == [
        "expect.min_chars",
        "expect.regex[1]",
    ]


def test_a_prompt_file_is_no_code(write: Write) -> None:
    """A suite that names a check of one's own is refused: nothing is ever loaded because of it."""
    for text in (
        'checks = ["os:system"]\n[[prompts]]\ntext = "x"',
        '[[prompts]]\ntext = "x"\nexpect = {checks = ["os:system"]}',
    ):
        with pytest.raises(UsageError) as caught:
            read_suite(str(write("a.toml", text)))
        assert [problem.key for problem in caught.value.problems] == ["field.unknown"]


def test_the_command_line_says_the_same(write: Write) -> None:
    """One key each; texts may hold commas and repeat, words are parted by commas, a schema may lie in a file."""
    schema = write("s.json", json.dumps(EVERYTHING["json_schema"]))
    words = [
        "min_chars=10",
        "max_chars=2000",
        "languages=ja, en",
        "code=python",
        f"json_schema=@{schema}",
        "contains=a, b",
    ]
    words += [r"regex=^\d+", "exact=yes", "number=0.1±2", "skip=no_refusal"]
    assert read_expect_options(words) == MEANT
    assert read_expect_options(["exact=a", "exact=b=c"]) == Expectations(exact=("a", "b=c"))
    assert read_expect_options(["number=-3"]) == Expectations(number=NumberExpectation(value=Decimal(-3)))
    assert read_expect_options([]) is None


def test_mistakes_of_the_command_line_are_told_at_once() -> None:
    """Each at its key."""
    words = [
        "contains",
        "min_chars=x",
        "min_chars=3",
        "nmber=3",
        "json_schema={",
        "json_schema=@none.json",
        "regex=(",
        "=1",
    ]
    with pytest.raises(UsageError) as caught:
        read_expect_options(words)
    told = {(problem.place, problem.key) for problem in caught.value.problems}
    assert told == {
        ("--expect", "expect.not_key_value"),
        ("--expect: min_chars", "field.not_integer"),
        ("--expect: min_chars", "expect.twice"),
        ("--expect: nmber", "field.unknown.maybe"),
        ("--expect: json_schema", "expect.not_json"),
        ("--expect: json_schema", "file.missing"),
        ("--expect: regex[1]", "expect.bad_regex"),
    }
    for problem in caught.value.problems:
        must_be_told(problem)


def test_a_prompt_is_the_same_prompt_whatever_is_expected(write: Write) -> None:
    """Its hash is that of the run it was in before; the expectations themselves survive the run directory."""
    plain = Prompt(id="p", messages=read_suite("published-en").prompts[0].messages)
    with_expectations = msgspec.structs.replace(plain, expect=MEANT)
    assert prompt_hash(with_expectations) == prompt_hash(plain)
    assert b"expect" not in msgspec.json.encode(plain)
    assert msgspec.json.decode(msgspec.json.encode(with_expectations), type=Prompt) == with_expectations
    assert {"expect", "checks"} <= set(Plan.__struct_fields__)


def test_a_prompts_own_word_wins() -> None:
    """Key by key; what is skipped adds up."""
    of_all = Expectations(min_chars=5, contains=("a",), skip=("finished",))
    own = Expectations(min_chars=1, regex=("b",), skip=("no_refusal",))
    assert joined(of_all, own) == Expectations(
        min_chars=1, contains=("a",), regex=("b",), skip=("finished", "no_refusal")
    )
    assert (joined(of_all, None), joined(None, own), joined(None, None)) == (of_all, own, Expectations())
