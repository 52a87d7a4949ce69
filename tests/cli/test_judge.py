"""What `hayai judge` promises, with contestants of known quality and judges of known faults: the right end, and no call paid twice."""

from __future__ import annotations

import json
import re
import shutil
import signal
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hayai.keep.judging import JUDGINGS, Judged, read_judgings
from hayai.keep.records import AnswerText
from hayai.keep.run_directory import RunDirectory
from hayai.sim.process import Running, serve_in_process
from tests.cli.shell import Done, Shell, clean_environment, until

PRO, LITE, MICRO = (f"bedrock:us.amazon.nova-{name}-v1:0" for name in ("pro", "lite", "micro"))
LOOKS = "bedrock:us.anthropic.claude-sonnet-4-5-20250929-v1:0"
LEANS = "bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0"
NONSENSE = "bedrock:mistral.mistral-large-2407-v1:0"
REFUSES = "bedrock:us.meta.llama3-1-70b-instruct-v1:0"
PROMPTS = 32
EXAMPLE = Path(__file__).parents[2] / "examples" / "labelled-pairs.toml"
TOPICS = ("Docker", "blockchain", "FastAPI", "machine learning projects", "microservices")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Nova Pro and Nova Lite are equally good, Nova Micro is worse; Sonnet looks at answers, Haiku leans on their order."""
    environment = clean_environment(tmp_path_factory.getbasetemp())
    with serve_in_process("judging", options=["--speed", "400"], environment=environment) as running:
        yield running


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """Somebody with thirty-two prompts."""
    folder = tmp_path_factory.mktemp("user")
    prompts = (f"Explain {TOPICS[number % 5]} to a beginner, take {number}." for number in range(PROMPTS))
    (folder / "prompts.txt").write_text("\n---\n".join(prompts), encoding="utf-8")
    return Shell(folder=folder, environment=clean_environment(folder))


@pytest.fixture(scope="module")
def measured(user: Shell, service: Running) -> Done:
    """Measured, and judged at once by a judge that looks."""
    words = ("--suite", "prompts.txt", "--cycles", "1", "--seed", "1", "--endpoint", service.url, "--concurrency", "4")
    return user("compare", PRO, LITE, MICRO, *words, "--judge", LOOKS, "--json", "--skip-doctor", code=(0, 4))


@pytest.fixture(scope="module")
def interrupted(user: Shell, measured: Done, service: Running) -> list[Judged]:
    """A second judge, stopped by Ctrl-C in the middle, and what was kept then."""
    with user.begin("judge", "--with", LEANS, "--endpoint", service.url, "--seed", "3", "--rate", "60/s") as process:
        segments = user.run.path / JUDGINGS
        until(lambda: sum(path.read_bytes().count(b"\n") for path in segments.glob("*haiku*/records-*")) > 5)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
    return of_judge(user, "haiku")


@pytest.fixture(scope="module")
def completed(user: Shell, interrupted: list[Judged], service: Running) -> Done:
    """The same command again, without a name: the judges of before go on."""
    return user("judge", "--endpoint", service.url, "--seed", "3", "--json", code=(0, 4))


def of_judge(user: Shell, name: str) -> list[Judged]:
    """The judgings of one judge."""
    return [one for one in read_judgings(user.run.path / JUDGINGS) if name in one.judge.model]


def comparison(document: dict[str, Any], target: str) -> dict[str, Any]:
    """What was found about one target."""
    (one,) = (found for found in document["judged"]["comparisons"] if found["target"] == target)
    return dict(one)


def test_equal_quality_and_a_real_gap_are_told_apart(measured: Done) -> None:
    """By a judge that looks: the worse one is found worse, the equal one is not; both in the report of the comparison."""
    worse, equal = comparison(measured.json, "nova-micro"), comparison(measured.json, "nova-lite")
    assert worse["answer"] == "worse"
    assert worse["not_worse"] is False
    assert equal["answer"] in ("equivalent", "not_worse", "cannot_tell")
    assert equal["questions"][0]["win_rate"]["low"] < 0.5 < equal["questions"][0]["win_rate"]["high"]
    assert "the answers are worse" in worse["sentence"]
    assert re.search(r"Then judged by .*sonnet.*: at most 128 calls", measured.err)
    assert "claude-sonnet-4-5 judges 64 pairs of answers to 32 prompts" in measured.err


def test_judging_is_a_run_of_its_own(user: Shell, measured: Done) -> None:
    """Journalled, priced, with the texts of the votes, every pair in both orders and no name in what the judge reads."""
    (one,) = of_judge(user, "sonnet")
    assert len(one.records) == len(one.judging.ballots) == len(one.answers) == 128
    assert one.manifest.prices
    assert {(ballot.prompt, ballot.target, ballot.first == ballot.target) for ballot in one.judging.ballots} == {
        (f"p{number:02}", target, first)
        for number in range(1, 33)
        for target in ("nova-lite", "nova-micro")
        for first in (True, False)
    }
    (folder,) = (path.parent for path in (user.run.path / JUDGINGS).glob("*sonnet*/judging.json"))
    said = [prompt.text for prompt in RunDirectory(folder).plan().suite.prompts]
    assert not any("nova" in text for text in said)
    (judge,) = (found for found in measured.json["judged"]["judges"] if "sonnet" in found["judge"])
    assert float(judge["cost_usd"]) > 0
    assert judge["simulated"] is True


def test_a_stopped_judging_goes_on_and_nothing_is_bought_twice(
    user: Shell, interrupted: list[Judged], completed: Done
) -> None:
    """What was answered before Ctrl-C is not asked again; after the second time every ballot has one answer."""
    (before,) = interrupted
    answered = {record.prompt for record in before.records if record.outcome == "ok"}
    assert 5 < len(answered) < 128
    first, *later = of_judge(user, "haiku")
    assert first.records == before.records
    asked_later = [ballot.id for one in later for ballot in one.judging.ballots]
    assert not answered & set(asked_later)
    assert sorted([*answered, *asked_later]) == sorted(ballot.id for ballot in before.judging.ballots)
    assert "claude-sonnet-4-5: nothing to ask, all 128 votes are there already." in completed.err


def test_a_judge_that_leans_on_the_order_is_corrected_and_told(completed: Done) -> None:
    """Four votes of ten go to whoever stands first: measured, warned of, and the conclusions are still the right ones."""
    (judge,) = (found for found in completed.json["judged"]["judges"] if "haiku" in found["judge"])
    assert judge["votes"] == 128
    assert judge["order"]["bias_low"] < 0.2 < judge["order"]["bias_high"]
    assert {"W322", "W323"} <= {caution["code"] for caution in completed.json["cautions"]}
    worse, equal = comparison(completed.json, "nova-micro"), comparison(completed.json, "nova-lite")
    assert worse["answer"] == "worse"
    (by_haiku,) = (one for one in equal["by_judge"] if "haiku" in one["judge"])
    assert by_haiku["win_rate"]["low"] < 0.5 < by_haiku["win_rate"]["high"]
    assert 0 < equal["agreement"] < 1


def test_nonsense_and_refusals_are_counted_and_move_nothing(user: Shell, completed: Done, service: Running) -> None:
    """Two judges without a vote between them, within a limit of calls; terminal escapes in their answers stay where they are kept."""
    told = user(
        *("judge", "--with", NONSENSE, "--with", REFUSES, "--endpoint", service.url, "--max-requests", "24"),
        code=(0, 4),
    )
    after = user.inside("report", "--json").json
    judges = {found["judge"]: found for found in after["judged"]["judges"]}
    assert (judges["mistral-large-2407"]["invalid"], judges["mistral-large-2407"]["votes"]) == (12, 0)
    assert (judges["llama3-1-70b-instruct"]["refused"], judges["llama3-1-70b-instruct"]["votes"]) == (12, 0)
    assert "W324" in told.out
    assert "\x1b" not in told.out
    assert "instruct you" not in told.out
    for target in ("nova-lite", "nova-micro"):
        assert comparison(after, target)["questions"] == comparison(completed.json, target)["questions"]
    assert told.err.count("Left for later, because of --max-requests: 116 calls.") == 2


def test_reports_show_judges_and_shared_ones_no_word_of_theirs(user: Shell, completed: Done) -> None:
    """The section in every form and in both languages, within 80 columns; what a judge said stands in none."""
    terminal = user.inside("report").out
    assert "\nJudge ---" in terminal
    assert max(map(len, terminal.splitlines())) <= 80
    assert "\nジャッジ ---" in user.inside("report", "--lang", "ja").out
    reasons = {json.loads(text.text)["reason"] for one in of_judge(user, "sonnet") for text in said_by(one)}
    user.inside("report", "--format", "markdown", "--share", "--output", "shared", code=0)
    written = (user.folder / "shared").read_text("utf-8")
    assert "haiku" in written
    assert not any(reason in written for reason in reasons)


def said_by(judged: Judged) -> list[AnswerText]:
    """All that a judge said."""
    return list(judged.answers.values())


def test_a_judge_is_calibrated_on_labelled_pairs(user: Shell, service: Running) -> None:
    """The shipped example is read; answers without marks all look alike to this judge, and it is told that it sees nothing in them."""
    told = user(
        *("judge", "calibrate", str(EXAMPLE), "--with", LOOKS, "--endpoint", service.url, "--seed", "1", "--json"),
        code=1,
    )
    (judge,) = told.json["judges"]
    assert (judge["asked"], judge["pairs"], judge["reading"]) == (24, 24, "no_better")
    assert "not shown to see anything" in judge["sentence"]
    again = user.inside(
        "judge",
        "calibrate",
        str(EXAMPLE),
        "--with",
        f"{LOOKS},endpoint={service.url}",
        "--rubric",
        "general-en",
        "--lang",
        "ja",
    )
    assert "校正" in again.out
    assert "48 票すべてがそろっています" in again.err


def test_a_page_that_is_there_is_made_anew(user: Shell, completed: Done, service: Running) -> None:
    """With the other reports, and it is said where it is; who need not be asked again stands in a dry run too."""
    page = user.run.derived / "report.html"
    page.write_text("as it was", encoding="utf-8")
    told = user.inside("judge", "--with", f"{LOOKS},endpoint={service.url}", code=(0, 4))
    assert f"Report to open in a browser: runs/{user.run.path.name}/derived/report.html" in told.err
    assert "Judge claude-haiku-4-5" in page.read_text("utf-8")
    page.unlink()
    (judge,) = user.inside("judge", "--with", f"{LOOKS},endpoint={service.url}", "--dry-run", "--json", code=0).json[
        "judges"
    ]
    assert (judge["judge"], judge["ballots"], judge["known"], judge["plan"]) == ("claude-sonnet-4-5", 0, 128, None)


def test_what_cannot_be_read_and_who_never_answered_stand_in_nobodys_way(
    user: Shell, completed: Done, tmp_path: Path
) -> None:
    """A damaged judging is passed over with its folder named; a judge that was never reached is named, and counted in nothing."""
    run = tmp_path / "runs" / user.run.path.name
    shutil.copytree(user.run.path, run)
    damaged, silent, headless = (
        shutil.copytree(next((run / JUDGINGS).glob("*sonnet*")), run / JUDGINGS / name) for name in ("d", "s", "h")
    )
    (damaged / "judging.json").write_text('{"subject": "torn', encoding="utf-8")
    (headless / "manifest.json").unlink()
    (silent / "manifest.json").write_text((silent / "manifest.json").read_text("utf-8").replace("sonnet", "sonet"))
    for path in silent.glob("records-*"):
        path.unlink()
    told = user.inside("report", "--runs", str(run.parent), "--json", code=0)
    for folder in (damaged, headless):
        assert f"Passed over: the judging in {folder} cannot be read" in told.err
    assert told.json["judged"]["silent"] == ["claude-sonet-4-5"]
    assert told.json["judged"] == {**user.inside("report", "--json").json["judged"], "silent": ["claude-sonet-4-5"]}
    shown = user.inside("report", "--runs", str(run.parent), code=0).out
    assert "no call to it was ever answered: claude-sonet-4-5" in " ".join(shown.split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--judge", LOOKS), ("--judge claude-sonnet-4-5", "No AWS Region is set")),
        (
            ("--judge", f"{LOOKS},region=us-west-2"),
            ("--judge claude-sonnet-4-5 cannot be asked", "No AWS credentials were found"),
        ),
        (
            ("--judge", f"{LOOKS},endpoint=http://127.0.0.1:9,extra={{}}", "--max-cost", "1", "--max-tokens", "9"),
            ("extra= of claude-sonnet-4-5", "no limit in dollars can be held"),
        ),
    ],
)
def test_a_judge_that_cannot_be_asked_is_told_before_anything_is_measured(
    user: Shell, tmp_path: Path, words: tuple[str, ...], said: tuple[str, ...]
) -> None:
    """Its Region, its credentials, and what its calls may cost."""
    targets = [f"{one},endpoint=http://127.0.0.1:9" for one in (PRO, LITE)]
    told = user.inside("compare", *targets, "--skip-doctor", "--runs", str(tmp_path), *words, code=(2, 3))
    assert all(part in told.err for part in said), told.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--with", "bogus", "--rubric", "gone.txt", "--margin", "70%"), ("bedrock:bogus", "gone.txt", "0 and 50%")),
        (("--rubric", "empty.txt"), ("the rubric is empty",)),
        (("--rubric", "short.txt"), ("what correctness means", "what detail means")),
        (("--margin", "5%"), ("margin of 0.1",)),
        (("--with", LOOKS, "--with", LOOKS), ("named twice",)),
        (("--max-requests", "3"), ("are the least",)),
        (("nowhere",), ("nowhere",)),
        (("calibrate",), ("Which file?",)),
        (("last", "pairs.toml"), ("Only calibrate",)),
        (("calibrate", "pairs.toml", "--with", LOOKS), ("pairs[1]", "label", "answer_b")),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_asked(
    user: Shell, completed: Done, words: tuple[str, ...], said: tuple[str, ...]
) -> None:
    """All of it at once, with its place; exit code 2 and no judging more than before."""
    (user.folder / "empty.txt").write_text(" \n", encoding="utf-8")
    (user.folder / "short.txt").write_text("Say overall which is better.", encoding="utf-8")
    (user.folder / "pairs.toml").write_text('[[pairs]]\nprompt = "x"\nanswer_a = "y"\nlabel = "C"\n', encoding="utf-8")
    before = len(read_judgings(user.run.path / JUDGINGS))
    told = user.inside("judge", *words, code=2)
    assert all(part in told.err for part in said), told.err
    assert len(read_judgings(user.run.path / JUDGINGS)) == before


def test_a_dry_run_asks_nothing(user: Shell, completed: Done, service: Running) -> None:
    """It says how many calls, and what they may take."""
    told = user.inside("judge", "--with", f"{PRO},endpoint={service.url}", "--dry-run", "--json", code=0)
    (judge,) = told.json["judges"]
    assert (judge["ballots"], judge["plan"]["requests"]["all"]) == (128, 128)
    assert not of_judge(user, "nova")


def test_a_limit_holds_for_measuring_and_judging_together(user: Shell, tmp_path: Path, service: Running) -> None:
    """Judges get what is left of it, in whole pairs as far as it goes; a judge without a price is refused before anything is measured."""
    words = (
        "compare",
        PRO,
        LITE,
        "--suite",
        "prompts.txt",
        "--prompts",
        "p01,p02,p03,p04",
        "--cycles",
        "1",
        "--seed",
        "1",
    )
    limited = (*words, "--max-tokens", "300", "--max-cost", "0.05", "--endpoint", service.url, "--runs", str(tmp_path))
    assert (
        "is charged is not known"
        in user.inside(*limited, "--judge", "openai:foo,base_url=http://127.0.0.1:9", code=2).err
    )
    told = user(*limited, "--judge", LOOKS, "--json", "--skip-doctor", code=(0, 4))
    (judge,) = told.json["judged"]["judges"]
    assert 0 < judge["votes"] < 8
    assert judge["open"] == 8 - judge["votes"]
    paid = Decimal(judge["cost_usd"]) + sum(Decimal(one["total_usd"]) for one in told.json["costs"]["targets"])
    assert paid <= Decimal("0.05")


def test_a_run_without_texts_says_what_to_do(user: Shell, service: Running) -> None:
    """Before anything is spent."""
    told = user.inside("compare", PRO, LITE, "--no-texts", "--judge", LOOKS, "--endpoint", service.url, code=2)
    assert "--no-texts keeps none" in told.err
