"""What ruff, mypy and import-linter cannot say of the whole tree: words, sizes, reasons, and which room may reach for the world."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "hayai"

ONLY_IN = {
    "asyncio": ("measure", "sim", "cli", "live", "api.py", "alarm.py"),
    "socket": ("measure/net", "sim", "live", "kernel_clock.py"),
    "ssl": ("measure/net", "sim"),
    "select": ("measure/net", "sim"),
    "selectors": ("measure/net", "sim", "cli"),
    "socketserver": (),
    "starlette": ("live",),
    "uvicorn": ("live",),
    "multiprocessing": ("live",),
    "http.client": (),
    "http.server": (),
    "urllib.request": (),
    "time": ("clock.py",),
    "botocore": ("measure/net", "measure/sdk", "aws", "sim"),
    "boto3": ("measure/sdk",),
    "truststore": ("measure/net",),
    "aiohappyeyeballs": ("measure/net",),
    "httptools": ("wire",),
    "trustme": ("sim",),
    "pydantic": ("ask",),
    "yaml": ("ask", "decide/quality/checks"),
    "jsonschema": ("ask", "decide/quality/checks"),
    "referencing": ("decide/quality/checks",),
    "regex": ("ask",),
    "click": ("cli",),
    "rich": ("cli", "show"),
    "altair": ("show/charts",),
    "vl_convert": ("show/charts", "show/card.py"),
    "jinja2": ("show/html",),
    "genai_prices": (),
    "numpy": ("decide",),
    "scipy": ("decide",),
}
"""Room or file below src/hayai that may import it; all others may not."""

LONGEST_FILE, LONGEST_TEST = 400, 600
LONG_FOR_A_REASON = {
    "tests/providers/bedrock_transcripts.py": "recorded conversations: data, not code",
}
"""Files over the limit, and why each is better in one piece."""

NO_NAMES = {"base", "common", "helper", "helpers", "misc", "shared", "stuff", "util", "utils"}
NO_CLASSES = re.compile(r"(Manager|Handler|Factory|Mixin|Base|Helper|Helpers|Util|Utils|Impl)$")
# A bracket keeps these two from finding themselves.
UNFINISHED = re.compile(r"\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b")
ELSEWHERE = re.compile(r"pypi[.]org|pythonhosted[.]org|npmjs[.]|deb[.]debian|/work[/]shared")
SUPPRESSION = re.compile(r"#\s*(?:noqa|type:\s*ignore)(?P<codes>[:\[]\s*[\w, -]+?\]?)?(?P<reason>\s.*)?$")


@cache
def tracked(*endings: str) -> list[Path]:
    """Files of the project, whether committed yet or not; ignored ones left out."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    paths = (ROOT / name for name in listed if name)
    return sorted(path for path in paths if path.is_file() and (not endings or path.suffix in endings))


def rooms() -> list[Path]:
    """Python files of the package."""
    return [path for path in tracked(".py") if path.is_relative_to(SOURCE)]


def place(path: Path) -> str:
    """How a file is named in failures and in the tables above."""
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """A Python file as its tree: thirty checks look at the same few hundred."""
    return ast.parse(path.read_text("utf-8"))


def imports(tree: ast.AST) -> Iterator[str]:
    """Every module that a file imports, at whatever depth."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def imported(path: Path) -> frozenset[str]:
    """The same of a file."""
    return frozenset(imports(parsed(path)))


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call, under its dotted name as written."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def test_the_tree_is_seen() -> None:
    """The checks below look at something."""
    assert SOURCE / "wire" / "http1.py" in rooms()
    assert len(rooms()) > 20


@pytest.mark.parametrize("outside", ONLY_IN)
def test_the_outside_world_stays_in_its_rooms(outside: str) -> None:
    """Clocks, sockets, loops and heavy packages are imported only where the design lets them."""
    strays = []
    for path in rooms():
        within = path.relative_to(SOURCE)
        if any(within.is_relative_to(room) for room in ONLY_IN[outside]):
            continue
        if any(name == outside or name.startswith(outside + ".") for name in imported(path)):
            strays.append(place(path))
    assert strays == []


def test_only_the_clock_tells_the_time() -> None:
    """No `datetime.now()`, no `loop.time()`, outside clock.py."""
    asking = re.compile(r"\b(datetime|date)\.(now|today|utcnow)$|\.time$")
    strays = [
        f"{place(path)}:{call.lineno} {name}()"
        for path in rooms()
        if path.name != "clock.py"
        for name, call in calls(parsed(path))
        if asking.search(name) and not call.args
    ]
    assert strays == []


def test_one_definition_of_a_percentile() -> None:
    """Quantiles are computed in decide/stats and nowhere else."""
    strays = [
        f"{place(path)}:{call.lineno} {name}()"
        for path in rooms()
        if not path.is_relative_to(SOURCE / "decide" / "stats")
        for name, call in calls(parsed(path))
        if re.search(r"\b(np|numpy|scipy|statistics)\.\w*(quantile|percentile|median)", name)
    ]
    assert strays == []


def test_percent_exists_only_where_numbers_become_text() -> None:
    """A share is a ratio until show/format.py writes it."""
    written = re.compile(r"\{[^{}]*:[^{}]*%\}|['\"][^'\"]*\.\d+%['\"]\s*\)")
    strays = [
        f"{place(path)}:{number}"
        for path in rooms()
        if path != SOURCE / "show" / "format.py"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if written.search(line)
    ]
    assert strays == []


def test_names_say_what_a_thing_is() -> None:
    """No file and no class is named for being useful to others."""
    files = [place(path) for path in tracked(".py") if NO_NAMES & set(path.stem.split("_"))]
    classes = [
        f"{place(path)}:{node.lineno} {node.name}"
        for path in tracked(".py")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef) and NO_CLASSES.search(node.name)
    ]
    assert files + classes == []


def test_nothing_is_left_for_later() -> None:
    """No file of the project carries a note to finish it."""
    strays = [
        f"{place(path)}:{number}"
        for path in tracked(".py", ".md", ".toml", ".html", ".js", ".mjs", ".css", ".json")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert strays == []


def test_no_address_to_download_from() -> None:
    """Registries and places of this workplace are the machine's business: no file names one."""
    strays = [place(path) for path in tracked() if ELSEWHERE.search(path.read_text("utf-8", "replace"))]
    assert strays == []


def test_every_suppression_says_why() -> None:
    """`noqa` and `type: ignore` name a rule and give a reason."""
    strays = []
    for path in tracked(".py"):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            found = SUPPRESSION.search(line)
            if found and not (found["codes"] and len(re.findall(r"\w+", found["reason"] or "")) > 1):
                strays.append(f"{place(path)}:{number} {line.strip()}")
    assert strays == []


def test_files_stay_small() -> None:
    """A file over the limit has a reason, and a reason has a file."""
    limits = {path: LONGEST_FILE if path.is_relative_to(SOURCE) else LONGEST_TEST for path in tracked(".py")}
    long = {place(path) for path, limit in limits.items() if len(path.read_text("utf-8").splitlines()) > limit}
    assert long == set(LONG_FOR_A_REASON)


def test_rooms_introduce_themselves() -> None:
    """Each package says in its docstring which question it answers, and the five rooms import nothing by being entered."""
    for path in rooms():
        if path.name != "__init__.py":
            continue
        tree = parsed(path)
        assert len(ast.get_docstring(tree) or "") > 20, place(path)
        if path.parent.parent == SOURCE:
            assert list(imports(tree)) == [], place(path)
