"""hayai from Python: the same options, runs and verdicts as on the command line; nothing heavy before it is asked for."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import hayai
from hayai.api import words_of
from hayai.errors import AccessError, HayaiError, JournalError, UsageError
from hayai.sim.process import Running, serve_in_process
from tests.cli.shell import NOVA, clean_environment, until

SHORT = {"cycles": 2, "stopping": "limits", "prompts": ["blockchain", "cicd"], "seed": 3}


@pytest.fixture(scope="module")
def sim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The local service, fast."""
    environment = clean_environment(tmp_path_factory.getbasetemp())
    with serve_in_process("steady", options=["--speed", "100"], environment=environment) as running:
        yield running


@pytest.fixture(autouse=True)
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who has never used AWS here, in an empty folder."""
    environment = clean_environment(tmp_path)
    for name in os.environ:
        if name not in environment:
            monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)


def measured(sim: Running, **more: object) -> hayai.Run:
    """A short run of two targets."""
    return hayai.compare(
        f"{NOVA},name=one", f"{NOVA},name=two", endpoint=sim.url, progress=False, **{**SHORT, **more}  # type: ignore[arg-type]  # Options of a test.
    )  # fmt: skip


def test_it_measures_as_the_command_line_does(sim: Running, capfd: pytest.CaptureFixture[str]) -> None:
    """A run directory, sealed; a verdict; and not a word on stdout or stderr."""
    run = measured(sim)
    assert (run.path / "DONE").exists()
    assert run.plan.seed == 3
    assert [target.name for target in run.plan.targets] == ["one", "two"]
    (verdict,) = run.verdicts
    assert (verdict.target, verdict.baseline) == ("two", "one")
    assert verdict.headline is not None
    assert verdict.headline.pairs == 4
    assert capfd.readouterr() == ("", "")
    again = hayai.open_run("last")
    assert again.path == run.path
    assert repr(again).startswith("hayai.Run(")


def test_reports_frames_and_charts(sim: Running) -> None:
    """Every form; a row per request; a chart of Altair's; the page in a frame of its own."""
    run = measured(sim)
    assert run.report().startswith("> **")
    assert "<hayai-race>" in run.report("html")
    assert "blockchain" not in run.report("markdown", share=True)
    with pytest.raises(ValueError, match="there are html, terminal"):
        run.report("pdf")
    rows = run.to_dicts()
    assert len(rows) == 10  # Each target warms up once.
    assert {row["outcome"] for row in rows} == {"ok"}
    assert all(isinstance(row["e2e_s"], float) and isinstance(row["cycle"], int) for row in rows)
    chart = run.plot("curves")
    assert chart.to_dict()["$schema"].startswith("https://vega.github.io/")
    assert "#010203" not in chart.to_json()
    with pytest.raises(ValueError, match="forest"):
        run.plot("pie")
    frame = run._repr_html_()
    assert frame.startswith("<iframe srcdoc=")
    assert frame.count("<") == 2


def test_async_leaves_the_loop_free(sim: Running) -> None:
    """Two runs at once, and the loop goes on meanwhile."""

    async def both() -> tuple[list[hayai.Run], int]:
        beats = 0

        async def beat() -> None:
            nonlocal beats
            while True:
                await asyncio.sleep(0.001)
                beats += 1

        heart = asyncio.create_task(beat())
        runs = [
            hayai.compare_async(f"{NOVA},name=one", endpoint=sim.url, runs=f"runs{n}", cycles=1, prompts="cicd")
            for n in range(2)
        ]
        found = await asyncio.gather(*runs)
        heart.cancel()
        return found, beats

    found, beats = asyncio.run(both())
    assert [len(run.to_dicts()) for run in found] == [2, 2]
    assert beats > 10


def test_a_cancelled_run_is_stopped_and_kept(sim: Running) -> None:
    """What was measured until then is in its directory."""

    async def cancelled() -> None:
        run = asyncio.create_task(
            hayai.compare_async(f"{NOVA},name=one", endpoint=sim.url, max_requests=100_000, stopping="limits")
        )
        await asyncio.to_thread(
            until, lambda: any(p.stat().st_size for p in Path.cwd().glob("runs/*/records-a1.jsonl"))
        )
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run

    asyncio.run(cancelled())
    assert hayai.open_run("last").findings.run.ended_reason in ("stopped", "finished_early")


def test_all_that_is_wrong_is_told_at_once(sim: Running) -> None:
    """As the command line does, in words too; nothing is sent."""
    with pytest.raises(UsageError) as caught:
        hayai.compare("bedrok:x", endpoint=sim.url, cycles=0, margin="much", rate="fast")
    assert len(caught.value.problems) >= 3
    assert any("--margin" in note for note in caught.value.__notes__)
    with pytest.raises(UsageError) as late:
        hayai.compare("bedrok:x", f"{NOVA},temprature=1", endpoint=sim.url)
    assert len(late.value.problems) == 2
    with pytest.raises(TypeError, match="did you mean 'cycles'"):
        hayai.compare(NOVA, cycels=1)  # type: ignore[call-arg]  # The mistake that is tested.
    assert not list(Path.cwd().glob("runs/*"))


def test_what_cannot_be_reached_is_an_error() -> None:
    """With words in its notes, in the language asked for."""
    with pytest.raises(AccessError) as caught:
        hayai.compare(NOVA, endpoint="http://127.0.0.1:9", cycles=1, prompts="cicd", language="ja", progress=False)
    assert any("127.0.0.1" in note or "接続" in note for note in caught.value.__notes__)


def test_no_run_is_an_error() -> None:
    """The usual one."""
    with pytest.raises(JournalError) as caught:
        hayai.open_run("last")
    assert isinstance(caught.value, HayaiError)
    assert caught.value.__notes__


def test_options_are_the_command_lines() -> None:
    """Word for word."""
    options = {
        "claim": ["x", "y"],
        "together": True,
        "aa": False,
        "max_time": "10m",
        "prompts": ["p", "q"],
        "vary": "k=1,2",
    }
    words = words_of(["a", "b"], {**options, "margin": 0.1, "runs": "there"})
    told = "a b --claim x --claim y --together --max-time 10m --prompts p,q --vary k=1,2 --margin 0.1"
    assert words == told.split()


def test_the_example_notebook_runs() -> None:
    """Cell by cell, as somebody would run it."""
    notebook = json.loads((Path(__file__).parents[2] / "examples" / "compare.ipynb").read_text("utf-8"))
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    names: dict[str, object] = {}
    for cell in cells:
        exec(cell, names)  # noqa: S102  It is our own notebook.
    assert isinstance(names["run"], hayai.Run)
    assert names["run"].verdicts[0].headline is not None
    assert all(cell.get("outputs", []) == [] for cell in notebook["cells"])


def test_importing_hayai_loads_nothing() -> None:
    """Neither numpy nor click nor the engine."""
    heavy = {"numpy", "scipy", "click", "altair", "msgspec", "pydantic"}
    code = f"import sys, hayai; print(sorted({{n.partition('.')[0] for n in sys.modules}} & {heavy}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert callable(hayai.compare)
    with pytest.raises(AttributeError):
        _ = hayai.nothing


def test_a_limit_in_dollars_is_said_before_anything_is_sent(sim: Running, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever calls from a notebook must not learn of it from the bill."""
    options: hayai.Options = {**SHORT, "max_cost": 2, "max_tokens": 50}
    run = hayai.compare(f"{NOVA},name=one", f"{NOVA},name=two", endpoint=sim.url, **options)
    told = capsys.readouterr().err
    assert "Limit: $2," in told
    assert told.index("Limit: $2,") < told.index("after cycle 1")
    assert run.plan.limits.max_cost_usd == 2
