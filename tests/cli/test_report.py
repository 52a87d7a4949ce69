"""`hayai run` and `hayai report`: the same comparison from a file, and the same run shown again, however much of it there is."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hayai.keep.run_directory import RunDirectory
from hayai.show.reports import REPORTS
from hayai.sim.process import Running
from tests.cli.shell import HAYAI, MEASURED, NOVA, Shell

TWO = ("--vary", "latency=standard,optimized")
FORMS = (*REPORTS, "published")


@pytest.fixture(scope="module")
def finished(sim: Running, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder `runs` with one run of two cycles."""
    from tests.cli.shell import clean_environment

    folder = tmp_path_factory.mktemp("finished")
    shell = Shell(folder=folder, environment=clean_environment(folder))
    shell("compare", NOVA, *TWO, "--endpoint", sim.url, "--prompts", "code", "--cycles", "2", code=4)
    return folder / "runs"


@pytest.fixture
def copied(shell: Shell, finished: Path) -> Path:
    """The same run in this test's folder, to be damaged."""
    shutil.copytree(finished, shell.folder / "runs")
    return shell.run.path


def manifest(path: Path) -> dict[str, Any]:
    """The manifest as JSON."""
    found: dict[str, Any] = json.loads((path / "manifest.json").read_text())
    return found


def test_a_file_says_what_the_command_line_says(shell: Shell, sim: Running) -> None:
    """`hayai run bench.toml` and the same `hayai compare` make the same plan, prompts and endpoints."""
    (shell.folder / "mine.csv").write_text("id,text\na,Say one.\nb,Say two.\n")
    (shell.folder / "bench.toml").write_text(f"""
        [run]
        suite = "mine.csv"
        prompts = ["a", "b"]
        seed = 7
        warmup = 2
        concurrency = 2
        together = true
        cache = "avoid"
        connections = "cold"
        retries = 1
        cycles = 2
        max_requests = 50
        max_time = "5m"
        max_tokens = 40
        timeouts = {{ connect = "5s", gap = "30s" }}
        margin = "5%"
        precision = 0.2
        stopping = "limits"
        claim = ["quick up to 60% faster than plain", "quick typically 1.5x as fast as plain"]
        all_pairs = true
        aa = true
        [[targets]]
        name = "plain"
        target = "{NOVA}"
        region = "us-east-1"
        endpoint = "{sim.url}"
        temperature = 0.5
        [[targets]]
        name = "quick"
        like = "plain"
        latency = "optimized"
    """)
    shell.inside("run", "bench.toml", "--runs", "one", "--json", code=4)
    options = f"region=us-east-1,endpoint={sim.url},temperature=0.5"
    words = [f"{NOVA},name=plain,{options}", f"{NOVA},name=quick,{options},latency=optimized"]
    words += shlex.split("--suite mine.csv --prompts a,b --seed 7 --warmup 2 --concurrency 2 --together --cache avoid")
    words += shlex.split("--connections cold --retries 1 --cycles 2 --max-requests 50 --max-time 5m --max-tokens 40")
    words += shlex.split("--connect-timeout 5s --gap-timeout 30s --runs two --margin 1.05x --precision 20%")
    words += ["--claim", "quick up to 60% faster than plain", "--claim", "quick typically 1.5x as fast as plain"]
    words += shlex.split("--stopping limits --all-pairs --aa")
    shell.inside("compare", *words, "--json", code=4)
    runs = [next((shell.folder / runs).glob("*/manifest.json")).parent for runs in ("one", "two")]
    first, second = map(manifest, runs)
    for name in ("plan", "prompts", "endpoints"):
        assert first[name] == second[name], name
    rules = RunDirectory(runs[0]).plan().rules
    assert (rules.margin_ratio, rules.precision_ratio, rules.stopping) == (0.05, 0.2, "limits")
    assert (rules.all_pairs, rules.self_test, len(rules.claims)) == (True, "plain#2", 2)
    sent = [
        sorted((r.prompt, r.target, r.cycle, r.request_bytes) for r in RunDirectory(path).read().records)
        for path in runs
    ]
    assert sent[0] == sent[1]


def test_a_file_says_its_language(shell: Shell, sim: Running) -> None:
    """`lang` of the file counts, for the report and for what is said on the way; `--lang` has the last word."""
    (shell.folder / "bench.toml").write_text(
        f'[run]\nlang = "ja"\nprompts = ["code"]\ncycles = 1\n[[targets]]\ntarget = "{NOVA}"\nendpoint = "{sim.url}"\n'
    )
    done = shell("run", "bench.toml", code=0)
    assert "シミュレーション" in done.out
    assert "最長 10分" in done.err
    assert "simulated" in shell.inside("run", "bench.toml", "--lang", "en", code=0).out
    (shell.folder / "bench.toml").write_text(f'[run]\nlang = "ja"\nmax_requests = 3\n[[targets]]\ntarget = "{NOVA}"\n')
    assert "リクエスト" in shell.inside("run", "bench.toml", code=2).err


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_in_both_languages(shell: Shell, copied: Path, form: str, language: str) -> None:
    """Each `--format`, to stdout and to a file; a simulated run says so at the very top of what people read."""
    done = shell.inside("report", "last", "--format", form, "--lang", language, code=0)
    shell.inside("report", "last", "--format", form, "--lang", language, "-o", "out", code=0)
    if form == "published":
        assert len(list((copied / "derived" / "results").iterdir())) == len(list((shell.folder / "out").iterdir())) == 2
        return
    assert (shell.folder / "out").read_text() == done.out
    if form in ("terminal", "markdown"):
        assert ("simulated, 200 times" if language == "en" else "200倍速") in done.out[:200]
    if form == "json":
        assert done.json
        assert shell.inside("report", "--json", "--lang", language, code=0).json == done.json


def test_a_run_by_any_name(shell: Shell, copied: Path) -> None:
    """`last`, the whole name, a part, the path, nothing at all: the same run."""
    texts = {shell.inside("report", *name, code=0).out for name in ((), ("last",), (copied.name,), (copied.name[-4:],))}
    assert len(texts) == 1
    elsewhere = copied.rename(shell.folder / "moved")
    assert "Comparison of 2 targets" in shell.inside("report", str(elsewhere), code=0).out


@pytest.mark.parametrize("cut", [0, 1, 2000, 7000, -1])
def test_a_half_written_run(shell: Shell, copied: Path, cut: int) -> None:
    """Cut anywhere, a run is still shown: the torn line is counted and said, and `--resume` completes it."""
    (segment,) = copied.glob("records-*.jsonl")
    data = segment.read_bytes()[:cut]
    segment.write_bytes(data)
    (copied / "DONE").unlink()
    for form in FORMS:
        done = shell.inside("report", "--format", form, code=0)
        assert ("left out: 1." in done.err) == (bool(data) and not data.endswith(b"\n"))
    whole = data[: data.rfind(b"\n") + 1]
    shell.inside("compare", "--resume", "last", "--json", code=4)
    assert segment.read_bytes().startswith(whole)
    contents = shell.run.read()
    assert {(r.prompt, r.target, r.cycle) for r in contents.records if r.phase == "measure"} >= {
        (prompt, target.name, cycle)
        for prompt in ("web_scraping", "fastapi_auth")
        for target in contents.plan.targets
        for cycle in (0, 1)
    }


def test_a_run_without_texts(shell: Shell, copied: Path) -> None:
    """Answers that were deleted, or never kept, are missing in the published files and in the checks of answers, and nowhere else."""

    def shown(form: str) -> str:
        """The report without what is said of the checks."""
        text = shell.inside("report", "--format", form, code=0).out
        text = re.sub(r"(?s)(## )?Quality: checks.*?(?=(## )?Cost)", "", text)
        if form == "json":
            text = json.dumps(json.loads(text) | {"quality": None})
        if form == "csv":
            rows = list(csv.DictReader(io.StringIO(text)))
            assert {row["checks"] for row in rows} > {""}
            return str([{name: cell for name, cell in row.items() if name != "checks"} for row in rows])
        return text

    with_texts = {form: shown(form) for form in REPORTS}
    for path in copied.glob("texts-*"):
        path.unlink()
    assert {form: shown(form) for form in REPORTS} == with_texts
    shell.inside("report", "--format", "published", code=0)


def test_a_run_without_records(shell: Shell, copied: Path) -> None:
    """A run that was never begun can be shown in every form, and says that there is nothing."""
    for path in (*copied.glob("records-*"), *copied.glob("texts-*"), copied / "events.jsonl", copied / "DONE"):
        path.unlink()
    for form in FORMS:
        done = shell.inside("report", "--format", form, code=0)
        assert form != "terminal" or done.out.strip()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"schema_version": 99}, "newer hayai (format 99"),
        ({"plan": 3}, "damaged"),
        (None, "damaged"),
    ],
    ids=["newer", "changed", "no-json"],
)
def test_manifests_that_cannot_be_read(shell: Shell, copied: Path, change: dict[str, Any] | None, words: str) -> None:
    """A newer version and damage are told in one line, by report and by resume, and nothing is written."""
    path = copied / "manifest.json"
    path.write_text("{" if change is None else json.dumps({**manifest(copied), **change}))
    before = {p: p.read_bytes() for p in copied.rglob("*") if p.is_file()}
    for command in (("report",), ("compare", "--resume", "last")):
        done = shell.inside(*command, code=2)
        assert words in done.err
        assert len(done.err.splitlines()) == 1
    assert {p: p.read_bytes() for p in copied.rglob("*") if p.is_file()} == before


def test_prompts_of_another_run(shell: Shell, copied: Path) -> None:
    """A suite that was edited after the run is noticed."""
    suite = (copied / "suite.json").read_text()
    (copied / "suite.json").write_text(suite.replace("web", "Web", 3))
    assert "prompts" in shell.inside("report", code=2).err


def test_somebody_reads_one_line_only(shell: Shell, copied: Path) -> None:
    """`hayai report | head -1` prints one line and no noise; so do help and explain."""
    for words in (("report",), ("report", "--format", "csv"), ("explain",), ("compare", "--help"), ()):
        with subprocess.Popen(
            [*HAYAI, *words], cwd=shell.folder, env=shell.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdout
            process.stdout.close()
            assert process.stderr
            assert process.stderr.read() == b""
        assert process.returncode == 0


def test_json_is_readable_by_anybody(shell: Shell, copied: Path) -> None:
    """No NaN, no Infinity: the JSON report is JSON."""
    text = shell.inside("report", "--json", code=0).out
    msgspec.json.decode(text)


def test_a_terminal_that_knows_no_japanese(shell: Shell, copied: Path) -> None:
    """Where stdout cannot take a character, another stands for it, and nothing breaks."""
    narrow = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    for words in ((), ("report", "--lang", "ja"), ("nonsense", "--lang", "ja")):
        done = subprocess.run(
            [sys.executable, "-m", "hayai", *words],
            cwd=shell.folder,
            env={**shell.environment, **narrow},
            capture_output=True,
            check=False,
            timeout=40,
        )
        assert done.returncode == (2 if "nonsense" in words else 0), done.stderr
        assert b"Traceback" not in done.stderr


def damage(data: bytes, rng: random.Random) -> bytes:
    """`data` after something happened to it: bits, lines, numbers, or a piece that is gone or there twice."""
    at, way = rng.randrange(max(1, len(data))), rng.choice(["flip", "cut", "twice", "nulls", "lines", "number"])
    if way == "number" and (numbers := list(re.finditer(rb"\d+", data))):
        number = rng.choice(numbers)
        return data[: number.start()] + rng.choice([b"-1", b"0", b"9" * 20, b"1e5", b"null"]) + data[number.end() :]
    if way == "lines":
        lines = data.split(b"\n")
        rng.shuffle(lines)
        return b"\n".join(lines)
    put = {"flip": bytes([rng.randrange(256)]), "cut": b"", "twice": data[at : at + 600], "nulls": b"\0" * 20}.get(
        way, b""
    )
    return data[:at] + put + data[at + rng.randrange(1, 200) :]


@pytest.mark.parametrize("seed", range(5))
def test_a_run_that_was_damaged_in_any_way(shell: Shell, copied: Path, seed: int) -> None:
    """Whatever happened to whichever file: the run is shown, or one message says what is wrong with it; nothing unexpected."""
    rng = random.Random(f"damage/{seed}")
    files = {path: path.read_bytes() for path in copied.iterdir() if path.is_file()}
    for _ in range(12):
        path = rng.choice(sorted(files))
        path.write_bytes(damage(files[path], rng))
        done = shell.inside("report", "--format", rng.choice(FORMS))
        assert done.code in (0, 2), done.err
        assert done.code == 0 or len(done.err.splitlines()) == 1
        path.write_bytes(files[path])


def test_against_another_run(shell: Shell, copied: Path) -> None:
    """In every form that a comparison has, to stdout or to a file; with itself, nothing has changed."""
    shutil.copytree(copied, copied.with_name("another"))
    done = shell.inside("report", copied.name, "--against", "another", code=0)
    assert done.out.count("1.00x") >= 2
    assert "This is no verdict." in done.out
    told = shell.inside("report", copied.name, "--against", "another", "--json", code=0).json
    assert [change["ratio"] for target in told["targets"] for change in target["changes"]] == pytest.approx([1.0] * 6)
    assert shell.inside("report", copied.name, "--against", "another", "--format", "md", code=0).out.startswith("> **")
    made = shell.inside("report", copied.name, "--against", "another", "--format", "html", "-o", "two.html", code=0)
    assert "two.html" in made.err
    assert "<h1>Two runs compared</h1>" in (shell.folder / "two.html").read_text("utf-8")


def test_what_does_not_go_with_another_run(shell: Shell, copied: Path) -> None:
    """All of it is told at once; and a run that is not there is no comparison."""
    words = ("report", copied.name, "--against", copied.name, "--share", "--races", "all", "--format", "slack")
    told = shell.inside(*words, code=2).err
    for place in ("--share", "--races", "--format"):
        assert f"{place}: " in told
    assert "nowhere" in shell.inside("report", copied.name, "--against", "nowhere", code=2).err


def test_markdown_has_a_short_name(shell: Shell, copied: Path) -> None:
    """`md`, as files are called."""
    long, short = (shell.inside("report", copied.name, "--format", form, code=0).out for form in ("markdown", "md"))
    assert long == short


def test_costs_are_those_of_the_run_or_todays(shell: Shell, sim: Running) -> None:
    """A snapshot lies in the manifest; --reprice takes the list of this hayai, and does not change the run."""
    words = ("--endpoint", sim.url, "--cycles", "2", "--prompts", "code", "--max-tokens", "60", "--stopping", "limits")
    shell.inside("compare", f"{NOVA},name=one", f"{NOVA},name=two", *words, "--json", code=MEASURED)
    manifest = shell.run.path / "manifest.json"
    kept = json.loads(manifest.read_text())
    assert {one["input_usd"] for one in kept["prices"]} == {"0.8"}
    before = json.loads(shell.inside("report", "--json", code=0).out)["costs"]
    for one in kept["prices"]:
        one["output_usd"] = "32"
    manifest.write_text(json.dumps(kept))
    dear = json.loads(shell.inside("report", "--json", code=0).out)["costs"]
    assert dear["targets"][0]["per_thousand_usd"] > 5 * before["targets"][0]["per_thousand_usd"]
    assert json.loads(shell.inside("report", "--json", "--reprice", code=0).out)["costs"] == before
    page = shell.inside("report", "--lang", "ja", code=0).out
    assert "費用" in page
    assert "genai-prices" in page
    refused = shell.inside("report", "last", "--against", "last", "--reprice", code=2)
    assert "--reprice" in refused.err
