"""Suites: the built-in ones, and everybody's own in every format."""

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

from hayai.ask.plan import ImagePart, Prompt, Suite, TextPart
from hayai.ask.suites.builtin import BUILTIN_SUITES, builtin_text, list_suites
from hayai.ask.suites.read import read_suite
from hayai.ask.suites.rows import CSV_COLUMNS
from hayai.ask.suites.select import select_prompts
from hayai.errors import UsageError

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
EXAMPLES = Path(__file__).parents[2] / "examples"


Write = Callable[[str, str], Path]


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


@pytest.mark.parametrize("name", ["published-en", "published-ja"])
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
    """`published` first; ten prompts in those, 75 in the others."""
    assert list_suites()[0] == "published"
    assert {len(read_suite(name).prompts) for name in list_suites() if name.startswith("published")} == {10}
    assert {len(read_suite(name).prompts) for name in list_suites() if name.startswith("work")} == {75}


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


@pytest.mark.parametrize("name", ["prompts.csv", "prompts.jsonl", "prompts.toml", "prompts.txt", "prompts.yaml"])
def test_the_examples_are_suites(name: str) -> None:
    """One of each format: three prompts each, all with a category where the format has one."""
    suite = read_suite(str(EXAMPLES / name))
    assert len(suite.prompts) == 3
    assert name.endswith(".txt") or all(prompt.category for prompt in suite.prompts)


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
