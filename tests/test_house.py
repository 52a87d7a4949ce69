"""Does the house stand: can a stranger install it, run it and check it with what the READMEs say, and does CI do the same?"""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import hayai

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = ("requirements.lock", "requirements-dev.lock")
CI = (ROOT / ".ci" / "run").read_text("utf-8")
NEVER_AT_START = {
    "anthropic", "boto3", "botocore", "cryptography", "jsonschema", "numpy", "pydantic", "regex", "rich", "scipy", "trustme", "truststore",
    "yaml",
}  # fmt: skip
"""Packages that cost the start: loaded where they are needed, never by being imported along."""


def pins(lock: str) -> dict[str, str]:
    """Name and version of every requirement in a lock, each with at least one hash; several versions (by Python) are joined."""
    found: dict[str, str] = {}
    text = (ROOT / lock).read_text("utf-8").replace("\\\n", " ")
    for line in filter(None, map(str.strip, text.splitlines())):
        pinned = re.fullmatch(r"([a-z0-9-]+)==(\S+)( ; [^#]*?)?((?:\s+--hash=sha256:[0-9a-f]{64})+)", line)
        assert pinned, f"{lock}: {line[:80]}"
        found[pinned[1]] = " ".join(filter(None, (found.get(pinned[1]), pinned[2])))
    return found


def plain_name(requirement: str) -> str:
    """`anthropic[bedrock]>=2` is anthropic."""
    matched = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert matched
    return re.sub(r"[-_.]+", "-", matched[0]).lower()


def make(*arguments: str) -> str:
    """What `make` would do, or says."""
    outer = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PYTHON", "VENV"}
    environment = {name: value for name, value in os.environ.items() if name not in outer}
    command = ["make", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_pin_everything_by_hash_and_name_no_address(lock: str) -> None:
    """Every line of a lock is a version and its hashes: pip can be told to require them, and nothing says where from."""
    assert len(pins(lock)) > 20
    assert "://" not in (ROOT / lock).read_text("utf-8")


def test_locks_hold_what_the_project_asks_for() -> None:
    """Each dependency, the builder that installs the tree itself, and in the second lock the tools: nothing is fetched unlocked."""
    groups = PROJECT["dependency-groups"]
    asked = {*PROJECT["project"]["dependencies"], *groups["build"], *PROJECT["build-system"]["requires"]}
    tools = {tool for tool in groups["dev"] if isinstance(tool, str)}
    assert set(map(plain_name, asked)) <= pins(LOCKS[0]).keys()
    assert set(map(plain_name, asked | tools)) <= pins(LOCKS[1]).keys()


def test_dependencies_are_what_is_imported() -> None:
    """The package imports nothing that it does not ask for, and asks for nothing that it does not import."""
    imported = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").partition(".")[0])
    named_otherwise = {"yaml": "pyyaml", "vl_convert": "vl-convert-python"}
    outside = {named_otherwise.get(name, name) for name in imported - set(sys.stdlib_module_names) - {"hayai"}}
    extras = {plain_name(one) for some in PROJECT["project"]["optional-dependencies"].values() for one in some}
    assert outside == set(map(plain_name, PROJECT["project"]["dependencies"])) | extras


def test_what_is_tested_is_what_is_run() -> None:
    """The developers' lock has the very versions of the users' lock."""
    assert pins(LOCKS[0]).items() <= pins(LOCKS[1]).items()


def test_npm_locks_name_no_address() -> None:
    """The JavaScript tests' lock, where there is one, leaves the registry to npm."""
    for lock in (ROOT / "tests").rglob("package-lock.json"):
        if "node_modules" not in lock.parts:
            assert '"resolved": "http' not in lock.read_text("utf-8"), lock


def test_make_alone_shows_what_there_is() -> None:
    """`make` is help, and help names every target that people use."""
    shown = make()
    for target in ("help", "demo", "test", "check", "bench"):
        assert re.search(rf"^  make {target} +\w", shown, re.MULTILINE), target


def test_make_installs_only_from_locks(tmp_path: Path) -> None:
    """On a fresh machine each pip call requires hashes or fetches nothing, before the command itself runs."""
    planned = make("--dry-run", "test", "demo", f"VENV={tmp_path}/venv").splitlines()
    installs = [line for line in planned if "pip install" in line]
    assert len(installs) == 3
    for line in installs:
        assert ("--require-hashes" in line) != ("--no-deps --no-build-isolation" in line), line
    assert planned.index(f"{tmp_path}/venv/bin/hayai demo") > planned.index(installs[1])


def test_make_installs_again_only_when_a_lock_changed(tmp_path: Path) -> None:
    """Stamps: no pip while they are newer than the locks, only the developers' part when only that lock is newer."""
    made, installed, developing = (tmp_path / stamp for stamp in (".made", ".installed", ".developing"))
    now = (ROOT / LOCKS[0]).stat().st_mtime + (ROOT / LOCKS[1]).stat().st_mtime
    for stamp in (made, installed, developing):
        stamp.touch()
        os.utime(stamp, (now, now))
    assert "pip install" not in make("--dry-run", "test", f"VENV={tmp_path}")
    os.utime(developing, (1, 1))
    assert make("--dry-run", "test", f"VENV={tmp_path}").count("pip install") == 1
    os.utime(installed, (1, 1))
    assert make("--dry-run", "test", f"VENV={tmp_path}").count("pip install") == 3


def test_an_old_python_is_told() -> None:
    """A Python below 3.11 ends with what to do, before anything is made."""
    recipe = make("--dry-run", "demo", "VENV=/nonexistent")
    condition = re.search(r"sys\.version_info < \((\d+), (\d+)\)", recipe)
    assert condition
    assert PROJECT["project"]["requires-python"] == f">={condition[1]}.{condition[2]}"


def test_check_runs_everything_and_the_tests_last() -> None:
    """Format, lint, types, floors and tests; pytest's closing line comes last, as CI needs it."""
    planned = make("--dry-run", "check")
    order = [
        planned.index(part) for part in ("ruff format --check", "ruff check", "/mypy", "lint-imports", "-m pytest")
    ]
    assert order == sorted(order)
    assert "-m pytest" in planned.rstrip().splitlines()[-1]


def test_ci_runs_the_check_on_a_fresh_machine() -> None:
    """The script stops at the first failure, installs what tests need, and runs what CONTRIBUTING and README tell people to run."""
    assert CI.startswith("#!/usr/bin/env bash\n")
    assert "\nset -euo pipefail\n" in CI
    assert CI.rstrip().splitlines()[-1] == "make check"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    subprocess.run(["bash", "-n", ".ci/run"], cwd=ROOT, check=True, timeout=60)


@pytest.mark.parametrize("readme", ["README.md", "README.ja.md"])
def test_readmes_name_the_commands_that_are_checked(readme: str) -> None:
    """Both READMEs start people with `make demo` and test with `make test`, which is what CI ends with."""
    text = (ROOT / readme).read_text("utf-8")
    for command in ("make demo", "make test"):
        assert command in text, command


def test_one_version_and_one_licence() -> None:
    """The package says the version that its metadata says, and carries the licence that it names."""
    assert hayai.__version__ == PROJECT["project"]["version"]
    assert PROJECT["project"]["license"] == "Apache-2.0"
    assert "Version 2.0, January 2004" in (ROOT / "LICENSE").read_text("utf-8")


START = ("hayai", "hayai.measure.agent", "hayai.cli.main")


@pytest.mark.parametrize("module", [module for module in START if importlib.util.find_spec(module)])
def test_starting_loads_nothing_heavy(module: str) -> None:
    """The help and the measuring agent come up without the packages that only some runs need."""
    asked = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    loaded = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert set(loaded.split()) & NEVER_AT_START == set()


@pytest.mark.parametrize(("ci", "code", "word"), [("", 0, "1 skipped"), ("true", 1, "1 error")])
def test_a_missing_tool_is_seen_and_in_ci_a_failure(tmp_path: Path, ci: str, code: int, word: str) -> None:
    """Without Node its tests skip and say so; under CI=true the same is red."""
    (tmp_path / "test_it.py").write_text("import pytest\n\n@pytest.mark.needs_node\ndef test_it() -> None:\n    pass\n")
    options = ["-p", "tests.conftest", "-p", "no:cacheprovider", "-rs", "-q", "--rootdir", str(tmp_path), str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=tmp_path,
        env={"CI": ci, "PATH": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert word in done.stdout
    assert "node is not installed" in done.stdout
