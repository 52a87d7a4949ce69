"""`hayai replay` and the page, as a user asks for them."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from hayai.sim.process import Running
from tests.cli.shell import MEASURED, NOVA, Shell, clean_environment

SHORT = ("--cycles", "2", "--stopping", "limits", "--prompts", "blockchain,cicd")


@pytest.fixture(scope="module")
def finished(sim: Running, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder `runs` with one short run, measured in the terminal's way."""
    folder = tmp_path_factory.mktemp("finished")
    shell = Shell(folder=folder, environment=clean_environment(folder))
    shell("compare", f"{NOVA},name=one", f"{NOVA},name=two", "--endpoint", sim.url, *SHORT, code=MEASURED)
    return folder / "runs"


@pytest.fixture
def measured(shell: Shell, finished: Path) -> Shell:
    """A folder of this test's own with that run."""
    shutil.copytree(finished, shell.folder / "runs")
    return shell


def test_a_run_leaves_a_page(measured: Shell) -> None:
    """Under derived/, and its place is told; it holds the race and the very answers."""
    (place,) = measured.folder.glob("runs/*/derived/report.html")
    page = place.read_text("utf-8")
    assert page.lstrip().startswith("<!doctype html>")
    assert page.count("</hayai-race>") == 1
    (data,) = re.findall(r'<hayai-race><script type="application/json">(.*?)</script>', page)
    answers = measured.run.answers()
    texts = {(each.prompt, each.cycle + 1, answers[each.id].text) for each in measured.records()}
    for race in json.loads(data)["races"]:
        for lane in race["lanes"]:
            assert (race["prompt"], race["round"], "".join(lane["text"])) in texts


def test_with_json_nothing_is_drawn(shell: Shell, sim: Running) -> None:
    """A program that reads JSON looks at no page; it can be made later."""
    done = shell.inside("compare", f"{NOVA},name=one", "--endpoint", sim.url, *SHORT, "--json", code=0)
    assert done.json["version"] == 1
    assert not list(shell.folder.glob("runs/*/derived/report.html"))
    made = shell.inside("report", "last", "--format", "html", "-o", "page.html", code=0)
    assert "page.html" in made.err
    assert "<hayai-race>" in (shell.folder / "page.html").read_text("utf-8")
    assert "<!doctype html>" in shell.inside("report", "last", "--format", "html", "--lang", "ja", code=0).out


def test_all_rounds_race_when_asked_for(measured: Shell) -> None:
    """Two cycles of two prompts."""
    sizes = {}
    for which in ("typical", "all"):
        page = measured.inside("report", "last", "--format", "html", "--races", which, code=0).out
        sizes[which] = page.count('"chosen":')
    assert sizes == {"typical": 2, "all": 4}


def test_what_is_shared_lies_beside_ones_own(measured: Shell) -> None:
    """A picture for others does not take the place of the private one."""
    measured.inside("report", "last", "--format", "png", code=0)
    measured.inside("report", "last", "--format", "png", "--share", code=0)
    names = {path.name for path in measured.run.derived.iterdir()}
    assert {"card.png", "card.shared.png"} <= names


def test_where_nobody_watches_the_end_is_told(measured: Shell) -> None:
    """A pipe gets the order, at once."""
    out = measured.inside("replay", code=0).out
    assert "blockchain, round" in out
    assert "[1] one: complete after" in out
    assert "not the verdict" in out
    assert "cicd" in measured.inside("replay", "last", "--prompt", "cicd", "--round", "2", "--lang", "ja", code=0).out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--prompt", "blockchian"), "blockchain"),
        (("--round", "9"), "1, 2"),
        (("--round", "0"), "--round"),
        (("--pace", "0"), "--pace"),
        (("--pace", "0", "--round", "x"), "2 problems"),
    ],
)
def test_what_is_not_there_is_told(measured: Shell, words: tuple[str, ...], told: str) -> None:
    """With what there is."""
    assert told in measured.inside("replay", "last", *words, code=2).err


def test_a_run_without_rounds_has_no_race(shell: Shell, tmp_path: Path) -> None:
    """And no run at all is the usual error."""
    assert shell.inside("replay", code=(1, 2, 3, 130)).err
    del tmp_path
