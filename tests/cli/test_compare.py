"""`hayai compare` as its user sees it: what is sent is what was asked for, what is shown is what was measured."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hayai.keep.run_directory import RunDirectory
from hayai.sim.process import Running, serve_in_process
from tests.cli.shell import HAIKU, MEASURED, NOVA, Shell, truth_lines

TWO = ("--vary", "latency=standard,optimized")
CSV = "id,category,text,max_tokens\nfirst,code,Say one.,20\nsecond,,Say two.,30\n"
JSONL = '{"id": "first", "text": "Say one."}\n{"id": "second", "text": "Say two.", "system": "Be brief."}\n'


@pytest.fixture(autouse=True)
def _one_suite(shell: Shell) -> None:
    (shell.folder / "two.csv").write_text(CSV)


def order(run: RunDirectory) -> list[tuple[object, ...]]:
    """What was asked of whom, in the order of sending."""
    records = sorted(run.read().records, key=lambda record: record.due_at_ns or 0)
    return [(record.phase, record.cycle, record.prompt, record.target) for record in records]


def test_two_targets_one_switch(shell: Shell, sim: Running) -> None:
    """The first command of the README: every prompt to both targets, the report on stdout, what happens on stderr, everything kept."""
    words = ("--endpoint", sim.url, "--region", "us-east-1", "--cycles", "2", "--stopping", "limits")
    done = shell("compare", NOVA, *TWO, *words, code=MEASURED)
    records = shell.records()
    assert Counter((r.target, r.outcome) for r in records) == {
        ("nova-pro standard", "ok"): 20,
        ("nova-pro optimized", "ok"): 20,
    }
    assert {r.served_latency for r in records if r.target.endswith("optimized")} == {"optimized"}
    assert "simulated, 200 times real speed" in done.out.splitlines()[0]
    assert "at most 10 min." in done.err
    assert "Cost: not known beforehand" in done.err
    assert (shell.run.path / "DONE").exists()
    names = {path.name for path in shell.run.derived.iterdir()}
    assert names == {"comparison.md", "comparison.json", "requests.csv", "cells.csv", "report.html", "results"}
    assert (shell.folder / "runs" / ".gitignore").read_text().endswith("*\n")


def test_one_of_each_is_said_as_one(shell: Shell, sim: Running) -> None:
    """Numbers in the announcement are right for one as for many."""
    words = ("compare", NOVA, "--endpoint", sim.url, "--suite", "two.csv", "--prompts", "first", "--cycles", "1")
    told = shell.inside(*words, code=0).err
    for wrong in ("1 targets", "1 prompts", "1 requests", "1 cycles"):
        assert wrong not in told, told


def test_several_regions_and_another_baseline(shell: Shell, sim: Running) -> None:
    """`--vary region=` makes a target per region; `--baseline 2` puts the second one first."""
    words = ("--vary", "region=us-east-1,us-west-2,eu-west-1", "--baseline", "2", "--suite", "two.csv", "--cycles", "1")
    done = shell.inside("compare", NOVA, "--endpoint", sim.url, *words, code=4)
    targets = shell.run.plan().targets
    assert [target.options["region"] for target in targets] == ["us-west-2", "us-east-1", "eu-west-1"]
    assert "(region us-west-2, " in done.err.splitlines()[1]


@pytest.mark.parametrize(
    ("words", "stdin"),
    [
        (("--suite", "two.csv"), ""),
        (("--suite", "two.jsonl"), ""),
        (("--suite", "-"), JSONL),
        (("--suite", "-", "--suite-format", "csv"), CSV),
        (("--suite", "two.list", "--suite-format", "jsonl"), ""),
    ],
    ids=["csv", "jsonl", "stdin", "stdin-csv", "other-ending"],
)
def test_own_suites(shell: Shell, sim: Running, words: tuple[str, ...], stdin: str) -> None:
    """Prompts from a file, from stdin, in a format that the name tells or `--suite-format`."""
    (shell.folder / "two.jsonl").write_text(JSONL)
    (shell.folder / "two.list").write_text(JSONL)
    asked = ("compare", NOVA, "--endpoint", sim.url, "--cycles", "1", *words)
    if stdin:
        shell(*asked, stdin=stdin, code=0)
    else:
        shell.inside(*asked, "--json", code=0)
    assert Counter(record.prompt for record in shell.records()) == {"first": 1, "second": 1}


@pytest.mark.parametrize("chosen", ["code", "web_scraping,fastapi_auth", " web_scraping , fastapi_auth"])
def test_some_prompts_only(shell: Shell, sim: Running, chosen: str) -> None:
    """`--prompts` by id or by category."""
    shell.inside("compare", NOVA, "--endpoint", sim.url, "--cycles", "1", "--prompts", chosen, "--json", code=0)
    assert {record.prompt for record in shell.records()} == {"web_scraping", "fastapi_auth"}


def test_no_prompt_cache_can_help(shell: Shell, sim: Running) -> None:
    """`--cache avoid`: repeats of a prompt have one length, and the service is sent no two alike."""
    words = ("--suite", "two.csv", "--cycles", "4", "--cache", "avoid", "--warmup", "0")
    shell.inside("compare", NOVA, "--endpoint", sim.url, *words, "--json", code=0)
    assert len({(r.prompt, r.request_bytes) for r in shell.records()}) == 2
    assert Counter(r.prompt for r in shell.records()) == {"first": 4, "second": 4}
    nonces = _nonces(shell.run)
    assert len(nonces) == len(set(nonces)) == 8


def _nonces(run: RunDirectory) -> list[str | None]:
    """The nonces of the run's requests: what the plan says they are, which `tests/ask` holds to what is sent."""
    from hayai.ask.plan import Trial
    from hayai.ask.rounds import nonce

    plan = run.plan()
    return [
        nonce(
            plan,
            Trial(phase=r.phase, cycle=r.cycle, round=r.round, position=r.position, target=r.target, prompt=r.prompt),
            r.attempt,
            r.id.partition("-")[0],
        )
        for r in run.read().records
    ]


def test_five_at_once(shell: Shell, sim: Running, truth_log: Path) -> None:
    """`--concurrency 5` keeps five streams per target in flight on as many connections, and asks everything once a cycle."""
    start = len(truth_lines(truth_log))
    words = ("--concurrency", "5", "--cycles", "2", "--stopping", "limits")
    shell.inside("compare", NOVA, *TWO, "--endpoint", sim.url, *words, "--json", code=MEASURED)
    assert {r.outcome for r in shell.records()} == {"ok"}
    assert Counter(Counter((r.cycle, r.prompt, r.target) for r in shell.records()).values()) == {1: 40}
    spans = sorted((r.sent_at_ns or 0, r.ended_at_ns or 0) for r in shell.records())
    assert max(sum(s <= at < e for s, e in spans) for at, _ in spans) == 5
    assert len({line["connection"] for line in truth_lines(truth_log, start)}) <= 10


def test_a_round_together(shell: Shell, slow_sim: Running) -> None:
    """`--together` sends a round to all its targets before the first of them has its answer."""
    shell.inside(
        "compare", NOVA, *TWO, "--endpoint", slow_sim.url, "--together", "--cycles", "1", "--json", code=MEASURED
    )
    rounds: dict[str, list[Any]] = {}
    for record in shell.records():
        rounds.setdefault(record.prompt, []).append(record)
    for first, second in rounds.values():
        assert max(first.sent_at_ns, second.sent_at_ns) < min(first.last_at_ns, second.last_at_ns)


def test_cold_connections(shell: Shell, sim: Running) -> None:
    """`--connections cold`: each request pays for a connection of its own."""
    words = ("--connections", "cold", "--suite", "two.csv", "--cycles", "2")
    shell.inside("compare", NOVA, *TWO, "--endpoint", sim.url, *words, "--json", code=4)
    connections = [record.connection for record in shell.records()]
    assert {c.use for c in connections if c} == {1}
    assert len({c.id for c in connections if c}) == 8


def test_retries_on_a_bad_day(shell: Shell) -> None:
    """`--retries 2` against a service that throttles and breaks: every attempt is a record, and names the one before it."""
    with serve_in_process("faulty", options=["--speed", "1000", "--seed", "4"], environment=shell.environment) as bad:
        words = (
            "--retries",
            "2",
            "--cycles",
            "3",
            "--concurrency",
            "5",
            "--first-byte-timeout",
            "5s",
            "--gap-timeout",
            "5s",
        )
        done = shell.inside("compare", NOVA, *TWO, "--endpoint", bad.url, *words, "--json")
    assert done.code in (*MEASURED, 5), done.err
    records = {record.id: record for record in shell.run.read().records}
    again = [record for record in records.values() if record.retry_of]
    assert again
    for record in again:
        before = records[str(record.retry_of)]
        assert (before.prompt, before.target, before.cycle) == (record.prompt, record.target, record.cycle)
        assert (before.attempt + 1, before.outcome == "ok") == (record.attempt, False)
    assert max(record.attempt for record in records.values()) <= 3


def test_no_texts_leaves_no_answer_anywhere(shell: Shell, sim: Running) -> None:
    """With `--no-texts` no word of an answer is in any file of the run or of the results."""
    shell.inside(
        "compare", NOVA, "--endpoint", sim.url, "--prompts", "code", "--cycles", "1", "--seed", "1", "--json", code=0
    )
    (told,) = shell.runs
    answers = [answer.text for answer in RunDirectory(told).answers().values()]
    words = ("--prompts", "code", "--cycles", "1", "--seed", "1", "--no-texts", "--runs", "quiet", "--results", "files")
    shell.inside("compare", NOVA, "--endpoint", sim.url, *words, code=0)
    pieces = {answer[start : start + 40] for answer in answers for start in range(0, len(answer) - 40, 40)}
    files = [path for root in ("quiet", "files") for path in (shell.folder / root).rglob("*") if path.is_file()]
    assert len(pieces) > 5
    assert len(files) > 7
    assert not list((shell.folder / "quiet").rglob("texts-*"))
    for path in files:
        text = path.read_text()
        assert not [piece for piece in pieces if piece in text or json.dumps(piece)[1:-1] in text], path


def test_json_is_one_document(shell: Shell, sim: Running) -> None:
    """With `--json` stdout is one JSON document and nothing else."""
    done = shell("compare", NOVA, "--endpoint", sim.url, "--suite", "two.csv", "--cycles", "1", "--json", code=0)
    assert done.json["simulations"]


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_dry_run_sends_nothing(shell: Shell, sim: Running, truth_log: Path, more: tuple[str, ...]) -> None:
    """`--dry-run` tells what would be sent, sends nothing, and leaves no run."""
    before = truth_log.read_bytes()
    done = shell.inside("compare", NOVA, *TWO, "--endpoint", sim.url, "--dry-run", *more, code=0)
    assert "Nothing was sent" in done.err
    assert sim.url in done.err
    assert truth_log.read_bytes() == before
    assert not (shell.folder / "runs").exists()
    if more:
        assert [target["name"] for target in done.json["targets"]] == ["nova-pro standard", "nova-pro optimized"]
        assert done.json["requests"] == {"per_cycle": 20, "warmup": 2, "all": 382}
    else:
        assert done.out == ""


def test_results_go_where_they_were_asked_to_go(shell: Shell, sim: Running) -> None:
    """`--results DIR` gets one published file per prompt; nothing else is left there."""
    words = ("--suite", "two.csv", "--cycles", "1", "--results", "a/b")
    done = shell.inside("compare", NOVA, *TWO, "--endpoint", sim.url, *words, code=4)
    names = sorted(path.name for path in (shell.folder / "a" / "b").iterdir())
    assert [name.split("_")[2] for name in names] == ["first", "second"]
    assert "a/b" in done.err
    assert not (shell.run.derived / "results").exists()


def test_no_file_for_each_of_very_many_prompts_unless_asked_for(shell: Shell, sim: Running) -> None:
    """More than 100 results files are written where `--results` names their folder, and nowhere else; `hayai report` makes them later."""
    (shell.folder / "many.jsonl").write_text("".join(f'{{"id": "p{n}", "text": "Say {n}"}}\n' for n in range(101)))
    words = ("--suite", "many.jsonl", "--cycles", "1", "--concurrency", "50", "--together", "--max-tokens", "1")
    limits = ("--stopping", "limits", "--max-requests", "300")
    done = shell.inside("compare", NOVA, *TWO, "--endpoint", sim.url, *limits, *words, code=MEASURED)
    assert not (shell.run.derived / "results").exists()
    assert "Results files" not in done.err
    assert "Markdown, JSON, CSV" in done.err
    shell.inside("report", "last", "--format", "published", "--output", "later", code=0)
    assert len(list((shell.folder / "later").iterdir())) == 101


def test_everything_in_japanese(shell: Shell, sim: Running) -> None:
    """`--lang ja`: announcement, report, results files and the suite itself."""
    words = ("--prompts", "code", "--cycles", "1", "--lang", "ja")
    done = shell.inside("compare", NOVA, *TWO, "--endpoint", sim.url, *words, code=4)
    assert "最長 10分" in done.err
    assert "費用: 事前には" in done.err
    assert "シミュレー" in done.out.splitlines()[0]
    assert shell.run.plan().suite.name == "published-ja"
    for path in (shell.run.derived / "results").iterdir():
        assert "応答" in path.read_text()


def test_the_same_seed_sends_the_same(shell: Shell, sim: Running) -> None:
    """The same seed gives the same order twice; another seed another one."""
    orders = []
    for runs, seed in (("one", "5"), ("two", "5"), ("three", "6")):
        words = ("--cycles", "2", "--seed", seed, "--runs", runs, "--stopping", "limits")
        shell.inside("compare", NOVA, *TWO, "--endpoint", sim.url, *words, "--json", code=MEASURED)
        (path,) = (path.parent for path in (shell.folder / runs).glob("*/manifest.json"))
        orders.append(order(RunDirectory(path)))
    assert orders[0] == orders[1]
    assert orders[0] != orders[2]


def test_all_four_calls(shell: Shell, sim: Running, truth_log: Path) -> None:
    """`api=` chooses the call; what is not streamed has no time to first token."""
    start = len(truth_lines(truth_log))
    calls = ("converse-stream", "converse", "invoke-stream", "invoke")
    words = ("--vary", f"api={','.join(calls)}", "--suite", "two.csv", "--cycles", "1", "--max-tokens", "60")
    shell.inside("compare", HAIKU, "--endpoint", sim.url, *words, "--json", code=4)
    sent = Counter(line["operation"] for line in truth_lines(truth_log, start))
    assert sent == dict.fromkeys(("converse", "converse-stream", "invoke", "invoke-with-response-stream"), 3)
    for record in shell.records():
        assert record.outcome == "ok", record.failure
        assert record.streamed == record.target.endswith("stream")
        assert (record.first_visible_at_ns is not None) == record.streamed
        assert record.usage.output_tokens == (20 if record.prompt == "first" else 30)


def test_over_tls_with_keys_that_are_checked(shell: Shell) -> None:
    """TLS with AWS_CA_BUNDLE, signatures checked by the service, the address from AWS_ENDPOINT_URL_BEDROCK_RUNTIME."""
    keys = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "not/so/secret"}
    options = ["--speed", "200", "--tls", "--check-signatures"]
    with serve_in_process("steady", options=options, environment={**shell.environment, **keys}) as sim:
        environment = {**keys, "AWS_CA_BUNDLE": str(sim.authority), "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": sim.url}
        words = ("--suite", "two.csv", "--cycles", "1", "--region", "eu-west-1")
        done = shell.inside("compare", NOVA, *TWO, *words, environment=environment, code=4)
        assert "credentials: env" in done.err
        for record in shell.records():
            assert record.outcome == "ok"
            assert record.connection
            assert record.connection.tls_version
    for path in shell.folder.rglob("*.json*"):
        assert "not/so/secret" not in path.read_text()


def test_a_bedrock_api_key_over_tls(shell: Shell) -> None:
    """AWS_BEARER_TOKEN_BEDROCK is used, and stands in no file."""
    key = {"AWS_BEARER_TOKEN_BEDROCK": "ABSKbedrockkey12345678901234567890"}
    options = ["--speed", "200", "--tls", "--check-signatures"]
    with serve_in_process("steady", options=options, environment={**shell.environment, **key}) as sim:
        environment = {**key, "AWS_CA_BUNDLE": str(sim.authority)}
        words = ("--endpoint", sim.url, "--suite", "two.csv", "--cycles", "1")
        done = shell("compare", NOVA, *words, environment=environment, code=0)
    assert {record.outcome for record in shell.records()} == {"ok"}
    assert key["AWS_BEARER_TOKEN_BEDROCK"] not in done.err + done.out
    for path in shell.folder.rglob("*"):
        assert path.is_dir() or key["AWS_BEARER_TOKEN_BEDROCK"] not in path.read_text(), path
