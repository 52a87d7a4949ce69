"""Checks of answers, as a user meets them: from the suite and the command line to the report, and nobody's code is run by accident."""

from __future__ import annotations

import csv
import json
import shutil
from io import StringIO
from pathlib import Path

import pytest

from hayai.ask.plan import Prompt
from hayai.cli.own_checks import load_own_checks
from hayai.sim.process import Running
from tests.cli.shell import MEASURED, NOVA, Shell, clean_environment

SUITE = """
[[prompts]]
id = "secret_of_acme"
text = "Say yes."
expect = { exact = "yes" }

[[prompts]]
id = "long"
text = "Say something."
expect = { min_chars = 10, languages = "en" }
"""
CHECKS = r"""
print("noise")

def begins(prompt, answer):
    print("more noise")
    if prompt.id == "secret_of_acme":
        raise ValueError("boom \x1b[31m")
    return True, "never told"

def never(prompt, answer):
    return False, f"not of {prompt.id}"

def odd(prompt, answer):
    return "yes"
"""
TWO = ("--vary", "latency=standard,optimized")


@pytest.fixture(scope="module")
def told(sim: Running, tmp_path_factory: pytest.TempPathFactory) -> tuple[Shell, str]:
    """A run with expectations and a check of one's own, and its JSON report."""
    folder = tmp_path_factory.mktemp("quality")
    shell = Shell(folder=folder, environment=clean_environment(folder))
    (folder / "mine.toml").write_text(SUITE)
    (folder / "mychecks.py").write_text(CHECKS)
    words = ("--suite", "mine.toml", "--expect", "contains=e", "--check", "mychecks:begins", "--cycles", "2", "--json")
    return shell, shell("compare", NOVA, *TWO, "--endpoint", sim.url, *words, code=MEASURED).out


def test_what_was_expected_is_reported(told: tuple[Shell, str]) -> None:
    """Of the suite, of all prompts and by the user's own check; stdout holds the report alone."""
    found = json.loads(told[1])["quality"]["checks"]
    names = ["finished", "not_empty", "no_refusal", "length", "languages", "contains", "exact", "mychecks:begins"]
    assert found["checks"] == names
    for target in found["targets"]:
        counts = {one["check"]: (one["passed"], one["failed"], one["unknown"]) for one in target["checks"]}
        assert counts["finished"] == counts["contains"] == (4, 0, 0)
        assert counts["length"] == counts["languages"] == (2, 0, 0)
        assert counts["exact"] == (0, 2, 0)
        assert counts["mychecks:begins"] == (2, 0, 2)
        # Two that failed one check, and of which another could not be made.
        assert (target["passed"], target["failed"], target["unknown"]) == (2, 0, 2)
    (pair,) = found["pairs"]
    assert (pair["prompts"], pair["pairs"], pair["answer"]) == (2, 4, "open")
    assert "no verdict on quality is possible with 2 prompts" in pair["sentence"]


@pytest.mark.parametrize(
    ("lang", "title"), [("en", "Quality: checks without a model"), ("ja", "品質: モデルを使わない検査")]
)
def test_every_form_of_the_report_tells_it(told: tuple[Shell, str], lang: str, title: str) -> None:
    """Terminal and Markdown; no word of a check acts on the terminal."""
    shell, _ = told
    terminal = shell.inside("report", "last", "--lang", lang, code=0).out
    section = " ".join(terminal[terminal.index(title) :].split())
    assert "mychecks:begins" in section
    assert "ValueError: boom \\x1b[31m" in section
    assert "\x1b" not in terminal
    assert title in shell.inside("report", "last", "--lang", lang, "--format", "markdown", code=0).out


def test_each_request_says_what_it_did_not_pass(told: tuple[Shell, str]) -> None:
    """In the CSV; nothing of the warm-up was looked at."""
    rows = list(csv.DictReader(StringIO(told[0].inside("report", "last", "--format", "csv", code=0).out)))
    assert {(row["prompt"], row["checks"]) for row in rows} == {
        ("warmup", ""),
        ("secret_of_acme", "exact:other_text; mychecks:begins:own_broken"),
        ("long", "passed"),
    }


@pytest.mark.parametrize("form", ["terminal", "json", "csv", "html"])
def test_what_is_shared_says_nothing_of_answers(told: tuple[Shell, str], form: str) -> None:
    """Neither what was expected nor what a check said; which check it was stays."""
    shown = told[0].inside("report", "last", "--share", "--format", form, code=0).out
    assert "mychecks:begins" in shown
    assert form != "html" or "Quality: checks without a model" in shown
    for word in ("boom", "acme", "ValueError"):
        assert word not in shown


def test_nothing_is_loaded_because_a_run_names_it(told: tuple[Shell, str], tmp_path: Path) -> None:
    """Whoever reads a run runs none of it: what was said before is shown, and without that a check was not made."""
    shutil.copytree(told[0].run.path, tmp_path / "runs" / "theirs")
    (tmp_path / "mychecks.py").write_text("raise SystemExit('loaded')")
    shell = Shell(folder=tmp_path, environment=clean_environment(tmp_path))
    kept = tmp_path / "runs" / "theirs" / "derived" / "own_checks.jsonl"
    assert "own_broken" in shell.inside("report", "theirs", "--json", code=0).out
    kept.unlink()
    assert "not_looked_at" in shell.inside("report", "theirs", "--json", code=0).out
    kept.write_text('{"check":"finished","record":"a1-2","outcome":"failed"}\n[1]\n{"check":"x:y"')
    damaged = shell.inside("report", "theirs", "--json", code=0).out
    assert "x:y" not in damaged
    assert '"reason": "own"' not in damaged


def test_a_check_may_be_made_later(told: tuple[Shell, str], tmp_path: Path) -> None:
    """On a run that is there, and it is kept unless it never could be made; what answers neither True nor False has not passed."""
    shutil.copytree(told[0].folder / "runs", tmp_path / "runs")
    (tmp_path / "morechecks.py").write_text(CHECKS)
    shell = Shell(folder=tmp_path, environment=clean_environment(tmp_path))
    words = ("--check", "morechecks:never", "--check", "morechecks:odd")
    done = shell.inside("report", "last", "--json", *words, code=0)
    assert "noise" in done.err
    assert "morechecks:odd could not be made on any answer (returned str)" in done.err
    for shown, names in (
        (done, ["mychecks:begins", "morechecks:never", "morechecks:odd"]),
        (shell.inside("report", "last", "--json", code=0), ["mychecks:begins", "morechecks:never"]),
    ):
        found = shown.json["quality"]["checks"]
        assert [name for name in found["checks"] if ":" in name] == names
        misses = {(m["check"], m["reason"], m["detail"]) for one in found["missed"] for m in one["misses"]}
        assert ("morechecks:never", "own", "not of long") in misses
        assert (("morechecks:odd", "own_broken", "returned str") in misses) == (names[-1] == "morechecks:odd")


def test_checks_can_be_dropped_and_made_again(told: tuple[Shell, str], tmp_path: Path) -> None:
    """For all later reports, those that the plan names too: what they could not say stands in nobody's way any more."""
    shutil.copytree(told[0].folder / "runs", tmp_path / "runs")
    (tmp_path / "mychecks.py").write_text("def begins(prompt, answer): return True")
    shell = Shell(folder=tmp_path, environment=clean_environment(tmp_path))

    def made(*words: str) -> list[str]:
        found = shell.inside("report", "last", "--json", *words, code=0).json["quality"]["checks"]
        (unknown,) = {target["unknown"] for target in found["targets"]}
        assert unknown == 0 or not words
        return [name for name in found["checks"] if ":" in name]

    assert [made("--check", "none"), made(), made("--check", "none"), made()] == [[], [], [], []]
    assert [made("--check", "mychecks:begins"), made()] == [["mychecks:begins"]] * 2


def test_a_check_may_import_and_print_as_it_likes(told: tuple[Shell, str], tmp_path: Path) -> None:
    """A module beside it, within the function too; what another program says for it is in no report."""
    shutil.copytree(told[0].folder / "runs", tmp_path / "runs")
    (tmp_path / "besides.py").write_text("passed = True")
    (tmp_path / "latechecks.py").write_text(
        "import os\ndef late(prompt, answer):\n    import besides\n    os.system('echo LOUD')\n    return besides.passed\n"
    )
    shell = Shell(folder=tmp_path, environment=clean_environment(tmp_path))
    words = ("--check", "none", "--check", "latechecks:late")
    done = shell("report", "last", "--json", *words, code=0)
    assert "LOUD" in done.err
    for target in done.json["quality"]["checks"]["targets"]:
        (late,) = (one for one in target["checks"] if one["check"] == "latechecks:late")
        assert (late["passed"], late["unknown"]) == (4, 0)


def test_a_check_that_hangs_is_told_and_can_be_given_up(
    told: tuple[Shell, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who waits hears for what; after Ctrl-C the report is there, what was looked at counts, and the rest was not looked at."""
    shutil.copytree(told[0].folder / "runs", tmp_path / "runs")
    (tmp_path / "hangs.py").write_text(
        "import signal, sys\ncalls = []\n"
        "def h(prompt, answer):\n"
        "    calls.append(prompt)\n"
        "    if len(calls) < 4: return True\n"
        "    while 'hangs:h' not in sys.stderr.getvalue(): pass\n"
        "    signal.raise_signal(signal.SIGINT)\n"
        "    return True\n"
    )
    monkeypatch.setattr("hayai.cli.own_checks.TOLD_AFTER_S", 0.01)
    shell = Shell(folder=tmp_path, environment=clean_environment(tmp_path))
    done = shell.inside("report", "last", "--json", "--check", "none", "--check", "hangs:h", code=130)
    assert "Looking at answers with hangs:h" in done.err
    assert "stopped by Ctrl-C" in done.err
    assert "could not be made" not in done.err
    for shown in (done, shell.inside("report", "last", "--json", code=0)):
        counts = [one for t in shown.json["quality"]["checks"]["targets"] for one in t["checks"] if ":" in one["check"]]
        assert (sum(one["passed"] for one in counts), sum(one["unknown"] for one in counts)) == (3, 5)
        missed = shown.json["quality"]["checks"]["missed"]
        assert {m["reason"] for one in missed for m in one["misses"] if m["check"] == "hangs:h"} == {"not_looked_at"}


@pytest.mark.parametrize(
    ("told", "outcome"), [("numpy.all([1])", "passed"), ("numpy.any([0])", "failed"), ("1", "unknown")]
)
def test_a_check_may_answer_as_numpy_does(tmp_path: Path, told: str, outcome: str) -> None:
    """What comparing arrays gives is True or False; a number is neither."""
    name = f"arrays_{outcome}"
    (tmp_path / f"{name}.py").write_text(f"import numpy\ndef check(prompt, answer):\n    return {told}\n")
    check = load_own_checks([f"{name}:check"], tmp_path)[f"{name}:check"]
    assert check(Prompt(id="p", messages=()), "text").outcome == outcome


def test_mistakes_are_told_before_anything_is_sent(shell: Shell) -> None:
    """Of expectations and of checks, all at once."""
    (shell.folder / "brokenchecks.py").write_text("1 / 0")
    (shell.folder / "okchecks.py").write_text("def fine(prompt, answer): return True\nnumber = 3")
    words = ["--expect", "min_chars=x", "--expect", "regex=(", "--check", "nowhere:f", "--check", "brokenchecks:f"]
    words += ["--check", "okchecks:fin", "--check", "okchecks:number", "--check", "okchecks"]
    done = shell.inside("compare", NOVA, *TWO, "--endpoint", "http://127.0.0.1:9", *words, code=2)
    assert "7 problems" in done.err
    assert "ZeroDivisionError" in done.err
    assert "Did you mean “fine”?" in done.err
    assert shell.runs == []


def test_a_file_says_it_too_and_the_command_line_wins(shell: Shell, sim: Running) -> None:
    """`[expect]` and `checks`, found beside the file."""
    folder = shell.folder / "project"
    folder.mkdir()
    (folder / "besidechecks.py").write_text("def fine(prompt, answer): return True")
    (folder / "bench.toml").write_text(
        f"""
        [run]
        prompts = "blockchain"
        cycles = 1
        checks = ["besidechecks:fine"]
        [[targets]]
        target = "{NOVA}"
        endpoint = "{sim.url}"
        [expect]
        min_chars = 1
        contains = "e"
        """
    )
    found = shell("run", "project/bench.toml", "--expect", "min_chars=100000", "--json", code=MEASURED).json
    checks = found["quality"]["checks"]["targets"][0]["checks"]
    counts = {one["check"]: (one["passed"], one["failed"]) for one in checks}
    assert (counts["length"], counts["contains"], counts["besidechecks:fine"]) == ((0, 1), (1, 0), (1, 0))
