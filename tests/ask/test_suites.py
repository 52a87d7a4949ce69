"""Suites: the built-in ones, and everybody's own in every format, with every mistake told at once."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hayai.ask.plan import ImagePart, Prompt, Suite, TextPart
from hayai.ask.suites.builtin import BUILTIN_SUITES, builtin_text, list_suites
from hayai.ask.suites.images import LARGEST_IMAGE
from hayai.ask.suites.prompt_schema import PromptFields
from hayai.ask.suites.read import read_suite
from hayai.ask.suites.rows import CSV_COLUMNS
from hayai.ask.suites.select import select_prompts
from hayai.errors import Problem, UsageError
from hayai.show.locales.en.ask import TEXTS as ENGLISH
from hayai.show.locales.ja.ask import TEXTS as JAPANESE

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
EXAMPLES = Path(__file__).parents[2] / "examples"


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


Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file into the test's own folder."""

    def write_file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode())
        return path

    return write_file


# The built-in suites.

CATEGORIES = {
    "web_scraping": "code",
    "fastapi_auth": "code",
    "microservices": "reasoning",
    "data_processing": "reasoning",
    "llm_impact": "writing",
    "blockchain": "writing",
    "quality_multilingual": "multilingual",
    "ml_project": "multilingual",
    "docker_intro": "explanation",
    "cicd": "explanation",
}


@pytest.mark.parametrize("name", BUILTIN_SUITES)
def test_the_published_suites_hold_the_ten_published_tasks(name: str) -> None:
    """The same ids and categories in both languages, in the published order; no limit on the answers."""
    suite = read_suite(name)
    assert {prompt.id: prompt.category for prompt in suite.prompts} == CATEGORIES
    assert [prompt.id for prompt in suite.prompts] == list(CATEGORIES)
    assert {prompt.language for prompt in suite.prompts} == {BUILTIN_SUITES[name]}
    assert {prompt.max_tokens for prompt in suite.prompts} == {None}
    assert (suite.name, suite.source) == (name, name)


def test_the_published_suites_are_in_their_languages() -> None:
    """Kana in every Japanese prompt, none in an English one, and each text says something of its own."""
    japanese, english = read_suite("published-ja"), read_suite("published-en")
    assert all(re.search("[ぁ-ん]", prompt.text) for prompt in japanese.prompts)
    assert all(prompt.text.isascii() for prompt in english.prompts)
    assert len({prompt.text for prompt in (*japanese.prompts, *english.prompts)}) == 20
    assert all(prompt.text == prompt.text.strip() for prompt in (*japanese.prompts, *english.prompts))


@pytest.mark.parametrize(("language", "name"), [("ja", "published-ja"), ("en", "published-en"), ("fr", "published-en")])
def test_published_follows_the_language_of_the_user(language: str, name: str) -> None:
    """English for everybody but Japanese users."""
    assert read_suite("published", language=language) == read_suite(name)


@pytest.mark.parametrize("name", BUILTIN_SUITES)
def test_the_fast_reader_reads_what_the_careful_one_reads(name: str, write: Write) -> None:
    """The built-in suites would pass every check of a suite of one's own, with the same result."""
    own = read_suite(str(write("suite.toml", builtin_text(name))))
    assert own.prompts == read_suite(name).prompts
    assert own.name == name


def test_builtin_suites_load_without_pydantic_and_yaml() -> None:
    """A command's start must not pay for what it does not use."""
    code = (
        "import sys; from hayai.ask.suites.read import read_suite; import hayai.ask.targets, hayai.ask.rounds, hayai.ask.config;"
        "read_suite('published'); print([m for m in ('pydantic', 'yaml', 'csv') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_the_suites_that_are_listed_are_the_ones_that_can_be_read() -> None:
    """`published` first."""
    assert list_suites()[0] == "published"
    assert all(len(read_suite(name).prompts) == 10 for name in list_suites())


# The same prompts in every format.

TWO: list[dict[str, object]] = [
    {"id": "a", "category": "x", "language": "ja", "text": '一行目\n二行目, "引用"', "system": "S", "max_tokens": 7},
    {"id": "b.1-x_", "text": "second"},
]


def _csv(rows: list[dict[str, object]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, [c for c in CSV_COLUMNS if c != "prompt"])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _toml(rows: list[dict[str, object]]) -> str:
    return "\n".join(
        "[[prompts]]\n" + "\n".join(f"{key} = {json.dumps(value)}" for key, value in row.items()) for row in rows
    )


FORMATS: dict[str, Callable[[list[dict[str, object]]], str]] = {
    "toml": _toml,
    "yaml": lambda rows: yaml.safe_dump({"prompts": rows}, allow_unicode=True),
    "yml": yaml.safe_dump,
    "jsonl": lambda rows: "\n\n".join(json.dumps(row) for row in rows) + "\n",
    "csv": _csv,
}


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_prompt_says_the_same_in_every_format(ending: str, mark: str, write: Write) -> None:
    """TOML, YAML (a table or a list), JSONL and CSV, with and without a byte order mark."""
    suite = read_suite(str(write(f"mine.{ending}", mark + FORMATS[ending](TWO))))
    first, second = suite.prompts
    assert suite.name == "mine"
    assert (first.id, first.category, first.language, first.system, first.max_tokens) == ("a", "x", "ja", "S", 7)
    assert first.text == '一行目\n二行目, "引用"'
    assert (second.id, second.text, second.category, second.max_tokens, second.tools) == (
        "b.1-x_",
        "second",
        None,
        None,
        (),
    )


def test_windows_line_ends_are_line_ends(write: Write) -> None:
    """Excel writes them."""
    suite = read_suite(str(write("a.csv", 'id,text\r\na,"one\r\ntwo"\r\n')))
    assert suite.prompts[0].text == "one\ntwo"


def test_prompts_without_an_id_are_numbered(write: Write) -> None:
    """By their place, so that leaving out other ids does not shift them."""
    suite = read_suite(str(write("a.csv", "text,id\none,\ntwo,x\nthree,\n")))
    assert [prompt.id for prompt in suite.prompts] == ["p01", "x", "p03"]
    many = read_suite(str(write("b.csv", "text\n" + "word\n" * 120)))
    assert [many.prompts[0].id, many.prompts[119].id] == ["p001", "p120"]


def test_empty_rows_of_a_table_are_no_prompts(write: Write) -> None:
    """Spreadsheets leave them."""
    suite = read_suite(str(write("a.csv", "\nid,text\n,\n\n,one\n , \nb,two\n")))
    assert [(prompt.id, prompt.text) for prompt in suite.prompts] == [("p01", "one"), ("b", "two")]


def test_a_file_far_too_big_is_told(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it fills the memory."""
    monkeypatch.setattr("hayai.ask.documents.LARGEST_FILE", 1 << 20)
    assert told(write("a.txt", "x" * ((1 << 20) + 1)), tmp_path) == [("a.txt", "file.too_big")]
    assert read_suite(str(write("b.txt", "x" * (1 << 20)))).prompts


def test_a_long_prompt_fits_into_a_cell(write: Write) -> None:
    """Longer than the csv module's own limit, which is left as it was."""
    before = csv.field_size_limit()
    suite = read_suite(str(write("a.csv", "text\n" + "x" * 300_000 + "\n")))
    assert len(suite.prompts[0].text) == 300_000
    assert csv.field_size_limit() == before


def test_a_suite_may_name_itself(write: Write) -> None:
    """TOML and YAML; the file's name otherwise."""
    assert read_suite(str(write("a.toml", 'name = "mine"\n[[prompts]]\ntext = "x"'))).name == "mine"


# Whole requests.


def test_a_prompt_may_be_a_whole_request(write: Write, tmp_path: Path) -> None:
    """System text, several messages, images from a file beside the suite and from base64, tools."""
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.jpg").write_bytes(PNG)  # the name says JPEG, the bytes say PNG: the bytes win
    schema = {"type": "object", "properties": {"place": {"type": "string", "enum": ["a", None, 1.5, True]}}}
    row = {
        "id": "whole",
        "system": "Be kind.",
        "messages": [
            {"role": "user", "content": "What is this?"},
            {"role": "assistant", "content": [{"text": "A picture"}]},
            {
                "role": "user",
                "content": [
                    {"text": "And these?"},
                    {"image": "pictures/a.jpg"},
                    {"image_base64": base64.b64encode(PNG).decode(), "format": "png"},
                ],
            },
        ],
        "tools": [{"name": "look", "description": "Looks", "schema": schema}],
    }
    (prompt,) = read_suite(str(write("a.jsonl", json.dumps(row)))).prompts
    assert [message.role for message in prompt.messages] == ["user", "assistant", "user"]
    image = ImagePart(format="png", data=PNG)
    assert prompt.messages[2].parts == (TextPart(text="And these?"), image, image)
    assert prompt.tools[0].schema == schema
    assert prompt.text == "What is this?\n\nAnd these?"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PNG, "png"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 16, "jpeg"),
        (b"GIF87a" + b"\0" * 16, "gif"),
        (b"GIF89a" + b"\0" * 16, "gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "webp"),
    ],
)
def test_images_of_all_four_kinds_are_known_by_their_bytes(
    data: bytes, kind: str, write: Write, tmp_path: Path
) -> None:
    """Whatever the file is called; `jpg` is another word for jpeg; base64 may be broken into lines."""
    (tmp_path / "image").write_bytes(data)
    encoded = base64.encodebytes(data).decode()
    parts = [
        {"image": "image"},
        {"image_base64": encoded, "format": "jpg" if kind == "jpeg" else kind},
        {"image_base64": encoded},
    ]
    row = {"messages": [{"role": "user", "content": parts}]}
    (prompt,) = read_suite(str(write("a.jsonl", json.dumps(row)))).prompts
    assert prompt.messages[0].parts == (ImagePart(format=kind, data=data),) * 3


# Plain text, folders, stdin.


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one\n---\ntwo\n", [("p01", "one"), ("p02", "two")]),
        ("---\none\n\n  -----  \n\ntwo\n---\n", [("p01", "one"), ("p02", "two")]),
        ("first line\n\nsecond -- line\n--\n", [("my-file", "first line\n\nsecond -- line\n--")]),
    ],
)
@pytest.mark.parametrize("ending", ["txt", "md"])
def test_lines_of_dashes_separate_prompts(
    text: str, expected: list[tuple[str, str]], ending: str, write: Write
) -> None:
    """Three or more; without one, the whole text is one prompt with the name of the file as its id."""
    suite = read_suite(str(write(f"my file.{ending}", text)))
    assert [(prompt.id, prompt.text) for prompt in suite.prompts] == expected


def test_a_folder_is_a_suite_of_its_text_files(write: Write, tmp_path: Path) -> None:
    """In the order of their names, dashes and all; other files and folders in it are left alone."""
    write("b.md", "# Title\n---\nbody\n")
    write("a.txt", "first\n")
    write("質問.txt", "third")
    write("data.csv", "no,text,here")
    (tmp_path / "c.txt").mkdir()
    suite = read_suite(str(tmp_path))
    assert [(p.id, p.text) for p in suite.prompts] == [("a", "first"), ("b", "# Title\n---\nbody"), ("p03", "third")]
    assert suite.name == tmp_path.name


class _Pipe(io.TextIOWrapper):
    """stdin as a terminal of another encoding hands it over."""

    def __init__(self, text: str, encoding: str = "cp932") -> None:
        super().__init__(io.BytesIO(text.encode("utf-8")), encoding=encoding)


@pytest.mark.parametrize(
    ("text", "syntax", "expected"),
    [
        ("日本語\n---\nx", None, ["日本語", "x"]),
        ('\n {"text": "日本語"}\n{"text": "x"}', None, ["日本語", "x"]),
        ('{"text": "x"}', "text", ['{"text": "x"}']),
        ("text\n日本語\n", "csv", ["日本語"]),
        ("- text: x", "yaml", ["x"]),
        ('[[prompts]]\ntext = "x"', "toml", ["x"]),
    ],
)
def test_stdin_is_guessed_unless_told(text: str, syntax: str | None, expected: list[str]) -> None:
    """JSONL when it begins with a brace, else plain text; UTF-8 whatever the terminal thinks; also a plain `StringIO`."""
    for stdin in (_Pipe(text), io.StringIO(text)):
        suite = read_suite("-", format=syntax, stdin=stdin)
        assert [prompt.text for prompt in suite.prompts] == expected
        assert (suite.name, suite.source) == ("stdin", "stdin")


def test_the_format_can_be_told_for_a_file_too(write: Write) -> None:
    """Where its name does not tell it."""
    assert read_suite(str(write("prompts.data", "text\nx\n")), format="csv").prompts[0].text == "x"


# Mistakes.


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


# Choosing prompts.


def _ids(suite: Suite) -> list[str]:
    return [prompt.id for prompt in suite.prompts]


def test_prompts_are_chosen_by_id_and_by_category() -> None:
    """In the suite's own order, each once, whatever the order of the words; nothing wanted means all."""
    suite = read_suite("published-en")
    assert _ids(select_prompts(suite, ["cicd", "code", "web_scraping"])) == ["web_scraping", "fastapi_auth", "cicd"]
    assert select_prompts(suite, []) == suite


def test_unknown_prompts_are_all_told_with_suggestions() -> None:
    """Two wrong words, two problems at `--prompts`."""
    with pytest.raises(UsageError) as caught:
        select_prompts(read_suite("published-en"), ["cidc", "code", "zzzzzz"])
    found = caught.value.problems
    assert [(p.place, p.key) for p in found] == [
        ("--prompts", "suite.unknown_prompt.maybe"),
        ("--prompts", "suite.unknown_prompt"),
    ]
    assert found[0].values["suggestion"] == "cicd"


# The examples.


@pytest.mark.parametrize("name", ["prompts.csv", "prompts.jsonl", "prompts.yaml"])
def test_the_examples_are_suites(name: str) -> None:
    """Three prompts each, all with an id and a category."""
    suite = read_suite(str(EXAMPLES / name))
    assert len(suite.prompts) == 3
    assert all(prompt.category for prompt in suite.prompts)


def test_the_example_image_is_an_image() -> None:
    """Its chunks are whole: a service would show it."""
    (image,) = (
        part
        for prompt in read_suite(str(EXAMPLES / "prompts.yaml")).prompts
        for m in prompt.messages
        for part in m.parts
        if isinstance(part, ImagePart)
    )
    assert image.format == "png"
    assert image.data.endswith(b"IEND\xaeB`\x82")


def test_examples_hold_valid_toml() -> None:
    """Also for other readers than ours."""
    assert tomllib.loads((EXAMPLES / "bench.toml").read_text(encoding="utf-8"))["targets"]


def test_a_prompt_of_a_suite_is_a_prompt_of_the_plan(write: Write) -> None:
    """Frozen, and equal when read twice."""
    path = str(write("a.csv", "text\nx\n"))
    assert isinstance(read_suite(path).prompts[0], Prompt)
    assert read_suite(path) == read_suite(path)
