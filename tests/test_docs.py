"""Documentation that cannot lie: pages made from the code are current, pages written by hand name what is there and nothing else."""

from __future__ import annotations

import re
import shlex
import subprocess
from functools import cache
from pathlib import Path
from typing import get_args

import click
import msgspec
import pytest

from hayai.ask.expectations import Expectations
from hayai.ask.plan import Limits, Plan, Prompt, Rate, Target, Timeouts
from hayai.cli.environment import environment_facts
from hayai.cli.reference import reference_page
from hayai.cli.verbs import VERBS, Verbs
from hayai.decide.cautions import CAUTIONS
from hayai.decide.quality.judge_cautions import CODES as JUDGE_CODES
from hayai.decide.verdict.cautions import CODES
from hayai.keep.judging import Ballot, Judging
from hayai.keep.records import OUTCOMES, AnswerText, ConnectionFacts, Failure, Pieces, RequestRecord, Usage
from hayai.keep.run_directory import SCHEMA_VERSION, Done, Endpoint, Event, Manifest, PromptHash, Region
from hayai.keep.selfcheck import SelfCheck, Step
from hayai.kernel_clock import STEP_TOLERANCE_NS
from hayai.measure.engine.compare import FAILURES_IN_A_ROW
from hayai.measure.messages import EndReason
from hayai.show.cautions_page import cautions_page
from hayai.show.locales import texts_in

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
SOURCE = ROOT / "src" / "hayai"
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
JOURNAL = (DOCS / "journal-format.md").read_text("utf-8")
STRUCTS = (
    Manifest, Plan, Target, Limits, Rate, Timeouts, PromptHash, Endpoint, Prompt, RequestRecord, Failure, Pieces, ConnectionFacts, Usage,
    AnswerText, Event, Region, Done, SelfCheck, Step, Expectations, Judging, Ballot,
)  # fmt: skip
ONES_OWN = ("src/hayai/sim/answers/text/", "benchmarks/results/")
"""Markdown that is data: what the simulator says, and what benchmarks wrote."""
REGISTRY = re.compile(r"registry|pypi|pythonhosted|npmjs|crates|rubygems|goproxy|conda")


@cache
def pages() -> dict[str, str]:
    """Every page of the project by its path, whether committed yet or not."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "*.md"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    names = sorted(name for name in listed if name and not name.startswith(ONES_OWN) and (ROOT / name).is_file())
    return {name: (ROOT / name).read_text("utf-8") for name in names}


def prose(page: str) -> str:
    """A page without its blocks of code."""
    return re.sub(r"^```.*?^```$|^ {4}[^\n]*$", "", page, flags=re.DOTALL | re.MULTILINE)


def section(page: str, start: str) -> str:
    """What stands under the heading in which `start` is written, down to the next heading."""
    found = re.search(rf"^#+ [^\n]*{re.escape(start)}.*?(?=^#|\Z)", page, re.DOTALL | re.MULTILINE)
    assert found, start
    return found[0]


def rows(text: str) -> list[list[str]]:
    """The cells of every table row, the head of the table and the rule below it left out."""
    found = []
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        lines = table.splitlines()[2:]
        found += [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return found


def codes(text: str) -> list[str]:
    """Everything in backticks."""
    return re.findall(r"`([^`]+)`", text)


def anchors(page: str) -> set[str]:
    """The anchors that a Markdown reader gives to the headings of a page."""
    titles = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@cache
def commands() -> dict[str, click.Command]:
    """Every verb, as click has it."""
    group = Verbs(texts_in("en"), "")
    found = {name: group.get_command(click.Context(group), name) for name in VERBS}
    return {name: command for name, command in found.items() if command is not None}


def long_options(command: click.Command) -> set[str]:
    """`--lang`, ..."""
    return {name for param in command.params for name in param.opts if name.startswith("--")}


def test_there_is_something_to_check() -> None:
    """The checks below look at pages, from the first line to the last, at verbs and at structs."""
    assert prose("a\n    b\n```\nc\n```\nd").split() == ["a", "d"]
    assert {"ARCHITECTURE.md", "CHANGELOG.md", "README.md", "docs/README.md"} <= pages().keys()
    assert commands().keys() == VERBS.keys()
    assert sum(len(struct.__struct_fields__) for struct in STRUCTS) > 100


@pytest.mark.parametrize("name", pages())
def test_links_lead_somewhere(name: str) -> None:
    """Every relative link of every page names a file or folder of this tree, and its anchor a heading there."""
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(pages()[name])):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (ROOT / name).parent / path if path else ROOT / name
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8"))):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("name", pages())
def test_no_page_sends_anybody_to_a_registry(name: str) -> None:
    """Where packages come from is the business of the reader's machine."""
    hosts = re.findall(r"https?://([^/\s)>`\"]+)", pages()[name])
    assert [host for host in hosts if REGISTRY.search(host)] == []


def test_pages_made_from_the_code_are_current() -> None:
    """`python -m hayai.cli.reference > docs/cli.md`, `python -m hayai.show.cautions_page > docs/cautions.md`."""
    assert (DOCS / "cli.md").read_text("utf-8") == reference_page()
    assert (DOCS / "cautions.md").read_text("utf-8") == cautions_page()


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_of_a_verb_is_documented(verb: str) -> None:
    """In its own section of the reference or in the one on every verb, with words in both languages."""
    page = (DOCS / "cli.md").read_text("utf-8")
    told = rows(section(page, f"hayai {verb}\n")) + rows(section(page, "Every verb"))
    named = {name for row in told for name in re.findall(r"--[a-z-]+", row[0])}
    assert named == long_options(commands()[verb])
    assert all(len(row) == 3 and row[1] and row[2] for row in told)


def test_every_verb_is_in_the_readme_or_the_docs() -> None:
    """Apart from the reference: somebody explains in words what it is for."""
    words = "\n".join(text for name, text in pages().items() if name not in {"docs/cli.md", "CHANGELOG.md"})
    assert [verb for verb in VERBS if f"hayai {verb}" not in words] == []


def test_every_command_in_a_page_can_be_typed() -> None:
    """Each `hayai VERB --option` in any page names a verb and options that exist."""
    strange = []
    for name, text in pages().items():
        joined = text.replace("\\\n", " ")
        lines = re.findall(r"^ {4}(hayai [a-z].*)$", joined, re.MULTILINE)
        lines += [code for code in codes(prose(joined)) if code.startswith("hayai ")]
        for line in lines:
            quoted = re.sub(r'"[^"]*"', "quoted", line)  # What stands in quotes neither pipes nor ends anything.
            words = shlex.split(re.split(r" {3,}| #|\s*[;&|>]", quoted)[0].replace("'", ""))
            verb = words[1] if len(words) > 1 else ""
            if verb == "VERB" or verb.startswith("--"):
                continue
            used = {word.partition("=")[0] for word in words if word.startswith("--")}
            if verb not in commands() or used - long_options(commands()[verb]):
                strange.append(f"{name}: {line}")
    assert strange == []


def test_every_caution_has_its_section() -> None:
    """The codes on the page are those that `decide` can raise."""
    page = (DOCS / "cautions.md").read_text("utf-8")
    assert re.findall(r"^## (\w+)$", page, re.MULTILINE) == [*(code for code, _ in CAUTIONS), *CODES, *JUDGE_CODES]


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_every_field_of_the_run_directory_is_documented(struct: type[msgspec.Struct]) -> None:
    """A table per struct: each field has a row, and each row a field."""
    table = rows(section(JOURNAL, f"`{struct.__name__}`"))
    if struct is Event:
        table = [row for row in table if len(row) == 2 and set(codes(row[0])) & set(struct.__struct_fields__)]
    assert sorted(code for row in table for code in codes(row[0])) == sorted(struct.__struct_fields__)


@pytest.mark.parametrize("struct", [Plan, Limits, Timeouts], ids=lambda struct: struct.__name__)
def test_defaults_are_those_of_the_code(struct: type[msgspec.Struct]) -> None:
    """What a plan says where nobody said anything."""
    told = {row[0].strip("`"): row[1] for row in rows(section(JOURNAL, f"`{struct.__name__}`")) if row[1]}
    plain = {
        f.name: f.default for f in msgspec.structs.fields(struct) if isinstance(f.default, int | float | str | None)
    }
    said = {name: msgspec.json.encode(value).decode().strip('"') for name, value in plain.items()}
    assert told == said


def test_the_page_on_measuring_says_the_real_limits() -> None:
    """Waits by option, with their defaults; the limits of a run; when a target has failed often enough; which stamps are believed."""
    page = pages()["docs/measuring.md"]
    told = {row[0].strip("`"): row[1] for row in rows(section(page, "Limits and waits"))}
    waits = {
        field.name.removesuffix("_s").replace("_", "-"): field.default for field in msgspec.structs.fields(Timeouts)
    }
    assert told == {f"--{name}-timeout": f"{seconds:g} s" for name, seconds in waits.items()}
    assert told.keys() <= long_options(commands()["compare"])
    assert f"`--max-requests` ({Limits().max_requests}," in page
    assert f"`--max-time` ({Limits().max_time_s / 60:g} minutes" in page
    assert FAILURES_IN_A_ROW == 10
    assert "fails ten times in a row" in page
    assert page.count(f"more than {STEP_TOLERANCE_NS / 1e6:g} ms") == 3


def test_every_word_of_the_run_directory_is_documented() -> None:
    """Outcomes, reasons for an end, facts about the environment, the version."""
    words = set(codes(JOURNAL))
    assert set(OUTCOMES) <= words
    assert set(get_args(EndReason)) <= words
    assert environment_facts().keys() <= set(codes(section(JOURNAL, "Environment")))
    assert f"schema version {SCHEMA_VERSION}" in JOURNAL


def mapped() -> list[str]:
    """Files of the map in ARCHITECTURE.md, as paths below src/hayai."""
    found = []
    for folder, files, *_ in rows(section(ARCHITECTURE, "The map")):
        found += [folder.strip("`").removeprefix("./") + name for name in codes(files)]
    return found


def test_the_map_shows_every_file_and_no_other() -> None:
    """Each module of each room stands in the map of ARCHITECTURE.md once; `__init__.py` goes without saying."""
    there = [p.relative_to(SOURCE).as_posix() for p in SOURCE.rglob("*.py") if p.name != "__init__.py"]
    languages = ("show/locales/en/", "show/locales/ja/")
    assert sorted(mapped()) == sorted(path for path in there if not path.startswith(languages))


def test_files_named_in_the_architecture_exist() -> None:
    """Wherever the page names a path."""
    names = {code for code in codes(ARCHITECTURE) if re.fullmatch(r"[\w./-]+/[\w.-]+\.(py|md|toml|jsonl?)", code)}
    assert len(names) > 10
    homes = (ROOT, SOURCE, DOCS)
    assert [name for name in sorted(names) if not any((home / name).exists() for home in homes)] == []


def test_the_index_lists_every_page() -> None:
    """docs/README.md links to each page below docs, and decisions are numbered without a gap."""
    linked = set(re.findall(r"\]\(([^)#]+)\)", pages()["docs/README.md"]))
    there = {p.relative_to(DOCS).as_posix() for p in DOCS.rglob("*.md")} - {"README.md"}
    assert there <= linked
    numbers = sorted(p.name[:4] for p in (DOCS / "decisions").glob("*.md"))
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]


def test_pages_named_in_the_program_exist() -> None:
    """Help and docstrings send readers to `docs/…` only where there is a page."""
    named = {found for p in SOURCE.rglob("*.py") for found in re.findall(r"docs/[\w/-]+\.md", p.read_text("utf-8"))}
    assert named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
