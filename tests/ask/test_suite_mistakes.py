"""Suites with mistakes: every one is told, at its place, all of them at once."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hayai.ask.suites.images import LARGEST_IMAGE
from hayai.ask.suites.prompt_schema import PromptFields
from hayai.ask.suites.read import read_suite
from hayai.errors import Problem, UsageError
from hayai.show.locales.en.ask import TEXTS as ENGLISH
from hayai.show.locales.ja.ask import TEXTS as JAPANESE

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
Write = Callable[[str, str], Path]


def problems(source: str | Path, **more: str) -> list[Problem]:
    """What is wrong with a suite; each problem also has a text in both languages that its values fill."""
    with pytest.raises(UsageError) as caught:
        read_suite(str(source), **more)  # type: ignore[arg-type]  # keyword arguments passed through
    for problem in caught.value.problems:
        assert ENGLISH[problem.key].format(**problem.values)
        assert JAPANESE[problem.key].format(**problem.values)
    return list(caught.value.problems)


def told(source: str | Path, folder: Path, **more: str) -> list[tuple[str, str]]:
    """Place (without the folder) and key of each problem."""
    return [(p.place.replace(f"{folder}/", ""), p.key) for p in problems(source, **more)]


@pytest.mark.parametrize(
    ("source", "key"),
    [
        ("publishd-ja", "suite.unknown.maybe"),
        ("quux", "suite.unknown"),
        ("nowhere.csv", "file.missing"),
        ("no/where", "suite.unknown_ending"),
        ("nul\0.csv", "file.unreadable"),
    ],
)
def test_a_suite_that_is_not_there_is_told(source: str, key: str) -> None:
    """A name is compared with the built-in ones; a path is a path."""
    assert [problem.key for problem in problems(source)] == [key]


def test_unreadable_files_are_told(write: Write, tmp_path: Path) -> None:
    """Not UTF-8 with the line of the first wrong byte, a folder with a file's name, an unknown ending, an unknown format."""
    (tmp_path / "sjis.csv").write_bytes("text\nok\n日本語\n".encode("shift_jis"))
    assert told(tmp_path / "sjis.csv", tmp_path) == [("sjis.csv line 3", "file.not_utf8")]
    write("a.xlsx", "x")
    assert told(tmp_path / "a.xlsx", tmp_path) == [("a.xlsx", "suite.unknown_ending")]
    assert told(tmp_path / "a.xlsx", tmp_path, format="jsonll") == [("--suite", "suite.unknown_format.maybe")]
    (tmp_path / "f").mkdir()
    assert told(tmp_path / "f", tmp_path) == [(str(tmp_path / "f").replace(f"{tmp_path}/", ""), "suite.no_prompts")]
    (tmp_path / "f" / "bad.txt").write_bytes(b"\xff")
    (tmp_path / "f" / "empty.txt").write_bytes(b" \n")
    assert told(tmp_path / "f", tmp_path) == [
        ("f/bad.txt line 1", "file.not_utf8"),
        ("f/empty.txt", "suite.empty_prompt"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.toml", '[[prompts]]\ntext = "a"\n[[prompts]\n', [("a.toml line 3", "file.syntax")]),
        ("a.toml", '[[prompts]]\ntext = "a', [("a.toml line 2", "file.syntax")]),
        ("a.toml", "a = " + "[" * 5000, [("a.toml", "file.syntax")]),
        ("a.yaml", "prompts:\n  - text: 'a\n", [("a.yaml line 3", "file.syntax")]),
        ("a.yaml", "prompts:\n- text: a\n  id: x\n  text: b\n", [("a.yaml line 4", "file.syntax")]),
        ("a.yaml", "- text: !!python/object:os.system x", [("a.yaml line 1", "file.syntax")]),
        ("a.yaml", "- text: \x00", [("a.yaml line 1", "file.syntax")]),
        ("a.yaml", "- id: 2024-13-45", [("a.yaml", "file.syntax")]),
        ("a.yaml", "- &a\n  text: *a", [("a.yaml prompts[1].text", "field.not_text")]),
        ("a.yaml", "&a\n- *a", [("a.yaml prompts[1]", "field.not_table")]),
        ("a.yaml", '- text: "half \\ud800"', [("a.yaml prompts[1].text", "field.half_character")]),
        ("a.yaml", "- {1: x, text: y}", [("a.yaml prompts[1]", "field.key_not_text")]),
        (
            "a.yaml",
            "- text: x\n  tools: [{name: a, description: d, schema: &s {a: *s}}]",
            [("a.yaml prompts[1].tools[1].schema", "field.not_json")],
        ),
        ("a.yaml", "just text", [("a.yaml", "suite.not_a_suite")]),
        ("a.yaml", "prompts: text", [("a.yaml prompts", "field.not_list")]),
        ("a.yaml", "prompts: [text]", [("a.yaml prompts[1]", "field.not_table")]),
        ("a.yaml", "", [("a.yaml", "suite.no_prompts")]),
        ("a.toml", "", [("a.toml", "suite.no_prompts")]),
        ("a.toml", "name = 3", [("a.toml name", "suite.bad_label")]),
        ("a.toml", "[[prompt]]\ntext='x'", [("a.toml", "field.unknown.maybe")]),
        (
            "a.jsonl",
            '{"text": "a"}\n{"text": \n{"text": "b"}\n[1]\n',
            [("a.jsonl line 2", "file.syntax"), ("a.jsonl line 4", "field.not_table")],
        ),
        ("a.jsonl", "[" * 100_000, [("a.jsonl line 1", "file.syntax")]),
        ("a.jsonl", "\n\n", [("a.jsonl", "suite.no_prompts")]),
        ("a.csv", "", [("a.csv", "suite.no_prompts")]),
        ("a.csv", "id,text\n", [("a.csv", "suite.no_prompts")]),
        ("a.csv", "id,txt,categry\n1,b,c\n", [("a.csv line 1", "suite.unknown_column.maybe")] * 2),
        ("a.csv", "id,category\na,b\n", [("a.csv line 1", "suite.no_text_column")]),
        ("a.csv", "id,text,id\na,b,c\n", [("a.csv line 1", "suite.column_twice")]),
        ("a.csv", "id,text\na,b,c\n", [("a.csv line 2", "suite.too_many_cells")]),
        ("a.csv", 'id,text\na,"x\ny"\nb,"open\n', [("a.csv line 4", "file.syntax")]),
        ("a.csv", 'id,text\na,"x\ny"\nb,\n', [("a.csv line 4", "suite.no_text")]),
        (
            "a.csv",
            "text,max_tokens\nx,many\ny,0\nz,1.5\n",
            [
                ("a.csv line 2: max_tokens", "field.not_integer"),
                ("a.csv line 3: max_tokens", "field.too_small"),
                ("a.csv line 4: max_tokens", "field.not_integer"),
            ],
        ),
        ("a.txt", " \n---\n\n", [("a.txt", "suite.no_prompts")]),
        ("a.txt", "a\n---\n\n---\nb\n", [("a.txt line 3", "suite.empty_prompt")]),
    ],
)
def test_each_mistake_is_told_at_its_line(
    name: str, text: str, expected: list[tuple[str, str]], write: Write, tmp_path: Path
) -> None:
    """Syntax errors with the line; a row of CSV by the line it begins on, also after cells of several lines."""
    assert told(write(name, text), tmp_path) == expected


def a_row(**fields: object) -> dict[str, object]:
    """A valid prompt, changed."""
    row: dict[str, object] = {"text": "x", **fields}
    return {key: value for key, value in row.items() if value is not None}


USER = {"role": "user", "content": "x"}
BIG = base64.b64encode(PNG + b"\0" * LARGEST_IMAGE).decode()


def _content(*parts: dict[str, object]) -> dict[str, object]:
    return a_row(text=None, messages=[{"role": "user", "content": list(parts)}])


PART = "messages[1].content[1]"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (a_row(text=None), [("", "suite.no_text")]),
        (a_row(text=""), [("text", "suite.empty_prompt")]),
        (a_row(text=" \n\t"), [("text", "suite.empty_prompt")]),
        (a_row(text=3), [("text", "field.not_text")]),
        (a_row(text=["x"]), [("text", "field.not_text")]),
        (a_row(text="half \ud800"), [("text", "field.half_character")]),
        (
            a_row(tools=[{"name": "a", "description": "d", "schema": {"a": "\udfff"}}]),
            [("tools[1].schema.a", "field.half_character")],
        ),
        (
            a_row(tools=[{"name": "a", "description": "d", "schema": {"\udfff": 1}}]),
            [("tools[1].schema", "field.half_character")],
        ),
        (a_row(prompt="y"), [("", "suite.two_texts")]),
        (a_row(messages=[USER]), [("", "suite.two_texts")]),
        (a_row(system=" "), [("system", "suite.empty_prompt")]),
        (a_row(categroy="x"), [("categroy", "field.unknown.maybe")]),
        (a_row(zzzzz="x"), [("zzzzz", "field.unknown")]),
        (a_row(text=None, txet="x"), [("txet", "field.unknown.maybe")]),
        (a_row(id="a b"), [("id", "suite.bad_id")]),
        (a_row(id="../a"), [("id", "suite.bad_id")]),
        (a_row(id="a\n"), [("id", "suite.bad_id")]),
        (a_row(id="日本"), [("id", "suite.bad_id")]),
        (a_row(id=""), [("id", "suite.bad_id")]),
        (a_row(id=7), [("id", "field.not_text")]),
        (a_row(id="warmup"), [("id", "suite.reserved_id")]),
        (a_row(category="a\nb"), [("category", "suite.bad_label")]),
        (a_row(max_tokens=0), [("max_tokens", "field.too_small")]),
        (a_row(max_tokens="5"), [("max_tokens", "field.not_integer")]),
        (a_row(max_tokens=True), [("max_tokens", "field.not_integer")]),
        (a_row(max_tokens=2.0), [("max_tokens", "field.not_integer")]),
        (a_row(text=None, messages=[]), [("messages", "field.empty_list")]),
        (a_row(text=None, messages="x"), [("messages", "field.not_list")]),
        (a_row(text=None, messages=["x"]), [("messages[1]", "field.not_table")]),
        (
            a_row(text=None, messages=[USER, {"role": "assistant", "content": "y"}]),
            [("messages[2]", "suite.last_not_user")],
        ),
        (
            a_row(text=None, messages=[{"role": "system", "content": "y"}, USER]),
            [("messages[1].role", "suite.unknown_role")],
        ),
        (a_row(text=None, messages=[{"role": "user"}]), [("messages[1].content", "field.missing")]),
        (a_row(text=None, messages=[{"content": "x"}]), [("messages[1].role", "field.missing")]),
        (
            a_row(text=None, messages=[{"role": "user", "contents": "x"}]),
            [("messages[1].content", "field.missing"), ("messages[1].contents", "field.unknown.maybe")],
        ),
        (a_row(text=None, messages=[{"role": "user", "content": ""}]), [("messages[1].content", "suite.empty_prompt")]),
        (a_row(text=None, messages=[{"role": "user", "content": []}]), [("messages[1].content", "field.empty_list")]),
        (_content({"text": " "}), [(f"{PART}.text", "suite.empty_prompt")]),
        (_content({}), [(PART, "suite.part_unclear")]),
        (_content({"text": "x", "image": "a.png"}), [(PART, "suite.part_unclear")]),
        (_content({"text": "x", "format": "png"}), [(PART, "suite.part_unclear")]),
        (_content({"image": "nowhere.png"}), [(PART, "suite.image_missing")]),
        (_content({"image": "x" * 300}), [(PART, "suite.image_unreadable")]),
        (_content({"image": "."}), [(PART, "suite.image_missing")]),
        (_content({"image": "a\0b"}), [(PART, "suite.image_missing")]),
        (_content({"image": "text.png"}), [(PART, "suite.image_type")]),
        (_content({"image": "big.png"}), [(PART, "suite.image_too_big")]),
        (_content({"image_base64": "!"}), [(PART, "suite.image_not_base64")]),
        (_content({"image_base64": BIG}), [(PART, "suite.image_too_big")]),
        (_content({"image_base64": "aGVsbG8="}), [(PART, "suite.image_type")]),
        (
            _content({"image_base64": base64.b64encode(PNG).decode(), "format": "jpeg"}),
            [(PART, "suite.image_other_format")],
        ),
        (
            _content({"image_base64": base64.b64encode(PNG).decode(), "format": "bmp"}),
            [(PART, "suite.image_format_unknown")],
        ),
        (a_row(tools=[{"name": "a b", "description": "d", "schema": {}}]), [("tools[1].name", "suite.bad_tool_name")]),
        (a_row(tools=[{"name": "a", "description": "d"}]), [("tools[1].schema", "field.missing")]),
        (a_row(tools=[{"name": "a", "description": "d", "schema": []}]), [("tools[1].schema", "field.not_table")]),
        (
            a_row(tools=[{"name": "a", "description": "d", "input_schema": {}}]),
            [("tools[1].schema", "field.missing"), ("tools[1].input_schema", "field.unknown.maybe")],
        ),
    ],
)
def test_each_mistake_in_a_prompt_is_told_at_its_field(
    row: dict[str, object], expected: list[tuple[str, str]], write: Write, tmp_path: Path
) -> None:
    """Places count from 1, as lines do; the third prompt is the wrong one."""
    write("text.png", "hello")
    (tmp_path / "big.png").write_bytes(PNG + b"\0" * LARGEST_IMAGE)
    suite = write("a.jsonl", "\n".join(json.dumps(one) for one in (a_row(), a_row(), row)))
    places = [(f"a.jsonl line 3{': ' if field else ''}{field}", key) for field, key in expected]
    assert sorted(told(suite, tmp_path)) == sorted(places)


def test_ids_are_unique_without_regard_to_case(write: Write, tmp_path: Path) -> None:
    """Result files are named after them, and some disks do not tell A from a. Told at the later one, which names the earlier."""
    suite = write("a.csv", "id,text\nabc,x\nother,y\nABC,z\np05,v\n,w\n")
    found = problems(suite)
    assert [(p.place.rpartition("/")[2], p.key) for p in found] == [
        ("a.csv line 4", "suite.duplicate_id"),
        ("a.csv line 6", "suite.duplicate_id"),
    ]
    assert str(found[0].values["first"]).endswith("a.csv line 2")
    broken = write("b.jsonl", '{"id": "a", "text": ""}\n{"id": "a", "text": "x"}\n{"id": "A", "txt": "x"}\n')
    assert [p.key for p in problems(broken)].count("suite.duplicate_id") == 2, "of prompts with other mistakes too"


def test_a_datetime_is_no_json(write: Write, tmp_path: Path) -> None:
    """TOML and YAML know values that a tool's schema cannot hold."""
    text = (
        '[[prompts]]\ntext = "x"\n[[prompts.tools]]\nname = "a"\ndescription = "d"\nschema = { since = 2024-01-01 }\n'
    )
    assert told(write("a.toml", text), tmp_path) == [("a.toml prompts[1].tools[1].schema", "field.not_json")]


MISTAKES: list[dict[str, object]] = [
    {"max_tokens": 0},
    {"id": "a b"},
    {"categroy": "x"},
    {"text": " "},
    {"system": 3},
    {"messages": [{"role": "user", "content": "x"}]},
    {"tools": [{"name": "!", "description": "d", "schema": {}}]},
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.sampled_from(range(len(MISTAKES))), unique=True, max_size=4), min_size=1, max_size=5))
def test_all_mistakes_of_all_prompts_are_told_at_once(write: Write, chosen: list[list[int]]) -> None:
    """As many problems as mistakes, whichever are combined in whichever prompts."""
    rows = [{"text": "x"} | {k: v for number in numbers for k, v in MISTAKES[number].items()} for numbers in chosen]
    suite = write("a.jsonl", "\n".join(json.dumps(row) for row in rows))
    expected = sum(map(len, chosen))
    if expected:
        assert len(problems(suite)) == expected
    else:
        assert len(read_suite(str(suite)).prompts) == len(rows)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*PromptFields.model_fields, "role", "content", "x", "image"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
@given(anything)
def test_any_yaml_is_a_suite_or_a_problem_with_a_text(write: Write, value: object) -> None:
    """Whatever is in the file, the answer is one or the other, never another exception."""
    path = write("a.yaml", yaml.safe_dump({"prompts": value}))
    try:
        assert read_suite(str(path)).prompts
    except UsageError:
        assert problems(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
@given(
    st.sampled_from(["toml", "yaml", "jsonl", "csv", "txt"]),
    st.text(max_size=80) | st.text("id,text\"'\n-: {}[]&*!#", max_size=60),
)
def test_any_text_is_a_suite_or_a_problem_with_a_text(write: Write, ending: str, text: str) -> None:
    """Garbage in any format."""
    path = write(f"a.{ending}", text)
    try:
        assert read_suite(str(path)).prompts
    except UsageError:
        assert problems(path)


def test_a_file_far_too_big_is_told(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it fills the memory."""
    monkeypatch.setattr("hayai.ask.documents.LARGEST_FILE", 1 << 20)
    assert told(write("a.txt", "x" * ((1 << 20) + 1)), tmp_path) == [("a.txt", "file.too_big")]
    assert read_suite(str(write("b.txt", "x" * (1 << 20)))).prompts
