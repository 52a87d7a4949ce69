"""Where requests ran: joined from the account's books, exact where they say it, unknown where they do not, and never guessed."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hayai.sim.process import Running, serve_in_thread
from hayai.sim.profile import parse_profile
from hayai.sim.truth import read_truth
from tests.aws.account import ACCOUNT_ID, KEY, NOVA, SECRET, account, profile_text, shell_at
from tests.cli.shell import MEASURED, Shell, until

FALLBACKS = """
[[models]]
id = "amazon.nova-pro-v1:0"
[models.arms.standard]
ttft_ms = 2000
ttft_sigma = 0.05
itl_ms = 50
tokens = 20
regions = { us-east-2 = 1 }
[models.arms.optimized]
ttft_ms = 1000
ttft_sigma = 0.05
itl_ms = 25
tokens = 20
fallback_chance = 0.3
regions = { us-east-1 = 2, us-west-2 = 1 }
"""
QUIET = "tells_region = false\ntrail_delay_s = 0\ntrail_per_s = 1000\n"
ASKED = (NOVA, "--vary", "latency=standard,optimized", "--max-tokens", "100", "--stopping", "limits")
PLAN = (*ASKED, "--cycles", "3", "--concurrency", "10")
ALONE = (*ASKED, "--cycles", "5")
"""For what is judged: one request at a time."""
TRUTH = "truth.jsonl"


def measured(folder: Path, running: Any, plan: tuple[str, ...] = PLAN) -> Shell:
    """A user who has compared the two modes."""
    user = shell_at(folder, running)
    user.inside("compare", *plan, "--skip-doctor", "--json", code=MEASURED)
    return user


def kept(user: Shell) -> dict[str, str]:
    """What the run knows: Region by request id."""
    lines = (user.run.path / "regions.jsonl").read_text().splitlines()
    return {told["request_id"]: told["region"] for told in map(json.loads, lines)}


def true_regions(folder: Path) -> dict[str, str]:
    """What the service really did, by request id."""
    truths = read_truth(folder / TRUTH).values()
    return {
        truth.request_id: truth.region
        for truth in truths
        if truth.region is not None and truth.status == 200 and truth.model
    }


@pytest.mark.parametrize("logging", ["none", "cloudwatch", "s3"])
def test_every_request_finds_its_region(tmp_path: Path, logging: str) -> None:
    """From the event history, and from logs where the account keeps any; the join is exact."""
    text = profile_text(f'{QUIET}logging = "{logging}"', FALLBACKS)
    with account(tmp_path, text, ("--truth-log", str(tmp_path / TRUTH))) as running:
        user = measured(tmp_path, running)
        assert not any(record.headers.get("x-hayai-sim-region") for record in user.records())
        done = user.inside("regions", "--json", code=0)
    truth, found = true_regions(tmp_path), kept(user)
    assert found == {record.request_id: truth[str(record.request_id)] for record in user.run.read().records}
    sources = {json.loads(line)["source"] for line in (user.run.path / "regions.jsonl").read_text().splitlines()}
    assert sources == {
        {"none": "cloudtrail", "cloudwatch": "invocation logs, CloudWatch", "s3": "invocation logs, S3"}[logging]
    }
    told = done.json["targets"]["nova-pro optimized"]
    assert told["unknown"] == 0
    expected = Counter(truth[str(one.request_id)] for one in user.records() if one.target == "nova-pro optimized")
    assert told["regions"] == dict(expected)


def test_a_run_with_fallbacks_tells_all_of_it(tmp_path: Path) -> None:
    """Counts exact; the headline is about asking; the as-served line about what was given; Regions in table and sentences."""
    with account(tmp_path, profile_text(QUIET, FALLBACKS), ("--truth-log", str(tmp_path / TRUTH))) as running:
        user = measured(tmp_path, running, ALONE)
        user.inside("regions", code=0)
    report = json.loads(user.inside("report", "--json", code=0).out)
    truths = read_truth(tmp_path / TRUTH)
    asked = [truths[str(one.request_id)] for one in user.records() if one.requested_latency == "optimized"]
    otherwise = sum(truth.served_latency == "standard" for truth in asked)
    (fallback,) = [one for one in report["judgement"]["fallbacks"] if one["target"] == "nova-pro optimized"]
    assert (fallback["asked"], fallback["otherwise"], fallback["untold"]) == (len(asked), otherwise, 0)
    assert otherwise > 0
    (verdict,) = report["judgement"]["verdicts"]
    assert verdict["headline"]["pairs"] == len(asked)  # Intention to treat: fallbacks stay where they were asked.
    assert verdict["as_served"]["pairs"] == len(asked) - otherwise
    assert verdict["as_served"]["ratio"] < verdict["headline"]["ratio"] < 1
    regions = report["regions"]
    counted = {(cell["target"], cell["region"]): cell["answers"] for cell in regions["cells"]}
    assert counted["nova-pro standard", "us-east-2"] == len(asked)
    assert counted["nova-pro optimized", "us-east-2"] == otherwise
    (same,) = regions["same"]
    assert same["pairs"] == otherwise  # Only where it fell back did one Region serve both.
    assert same["reading"] in ("goes", "open")
    page = user.inside("report", code=0).out
    assert re.search(r"us-west-2 +\d+", page)


def test_what_the_books_do_not_hold_stays_unknown(tmp_path: Path) -> None:
    """Lost events are neither guessed nor forgotten: exit code 4, and the rest is exact."""
    text = profile_text(f"{QUIET}trail_loses = 0.3", FALLBACKS)
    with account(tmp_path, text, ("--truth-log", str(tmp_path / TRUTH))) as running:
        user = measured(tmp_path, running)
        done = user.inside("regions", code=4)
        again = user.inside("regions", code=4)
    truth, found = true_regions(tmp_path), kept(user)
    assert 0 < len(found) < len(user.run.read().records)
    assert all(truth[ident] == region for ident, region in found.items())
    assert "unknown" in done.out
    assert done.out == again.out
    assert len((user.run.path / "regions.jsonl").read_text().splitlines()) == len(found)  # Nothing is kept twice.


def test_older_events_name_no_region_where_nothing_was_sent_on(tmp_path: Path) -> None:
    """Then the Region that was called served; but only if no other event names it."""
    models = FALLBACKS.replace("us-east-2 = 1", "us-east-1 = 1")
    text = profile_text(f"{QUIET}trail_tells_home = false", models)
    with account(tmp_path, text, ("--truth-log", str(tmp_path / TRUTH))) as running:
        user = measured(tmp_path, running)
        user.inside("regions", code=0)
    assert kept(user) == {
        str(one.request_id): true_regions(tmp_path)[str(one.request_id)] for one in user.run.read().records
    }
    lines = (user.run.path / "regions.jsonl").read_text()
    assert '"source":"cloudtrail, not sent on"' in lines


def test_events_that_come_late_are_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At first nothing is there; with --wait it is looked at again until all is found."""
    profile = parse_profile(
        profile_text("tells_region = false\ntrail_per_s = 1000\ntrail_delay_s = 1e6", FALLBACKS),
        name="late",
        place="late",
    )
    with serve_in_thread(profile, speed=100) as server:
        user = shell_at(tmp_path, Running(url=server.url, authority=None, profile="", region="", speed=1, pid=0))
        user.inside("compare", *PLAN, "--skip-doctor", "--json", code=MEASURED)
        user.inside("regions", code=4)
        assert not kept(user)
        waited: list[float] = []

        def pause(_asking: object, seconds: float) -> None:
            waited.append(seconds)
            server.account.trail.delay_ns = 0

        monkeypatch.setattr("hayai.cli.placing._Asking._pause", pause)
        done = user.inside("regions", "--wait", "60m", code=0)
    assert waited[0] == 60.0  # Then the pages, at their own pace.
    assert "The next look is in 60 s" in done.err
    assert len(kept(user)) == len(user.run.read().records)


def test_a_throttled_history_is_read_to_its_end(tmp_path: Path) -> None:
    """AWS answers few questions a second: a refusal is waited out, and no page is lost."""
    text = profile_text(
        "tells_region = false\ntrail_delay_s = 0\ntrail_per_s = 0.011", FALLBACKS
    )  # About one a second here.
    with account(tmp_path, text, ("--truth-log", str(tmp_path / TRUTH))) as running:
        user = measured(tmp_path, running)
        user.inside("regions", code=0)
    assert len(kept(user)) == len(user.run.read().records)
    refused = [
        truth for truth in read_truth(tmp_path / TRUTH).values() if truth.operation == "LookupEvents" and truth.error
    ]
    assert refused


def test_books_that_may_not_be_read(tmp_path: Path) -> None:
    """Exit code 3 with the permission that is missing; every Region stays unknown."""
    text = profile_text(
        f'{QUIET}denied = ["cloudtrail:*", "bedrock:GetModelInvocationLoggingConfiguration"]', FALLBACKS
    )
    with account(tmp_path, text) as running:
        user = measured(tmp_path, running)
        done = user.inside("regions", code=3)
    assert "Allow cloudtrail:LookupEvents" in done.err
    assert "hayai doctor --policy" in done.err
    assert ACCOUNT_ID not in done.err


def test_runs_without_anything_to_ask(tmp_path: Path) -> None:
    """No run, and a run of which AWS answered nothing."""
    with account(tmp_path, profile_text(QUIET, FALLBACKS)) as running:
        user = shell_at(tmp_path, running)
        assert "run" in user.inside("regions", code=2).err
        user.inside(
            "compare", "bedrock:nobody.knows-v1:0", "--cycles", "1", "--max-tokens", "9", "--skip-doctor", code=3
        )
        assert "nothing to ask" in user.inside("regions", code=2).err


def test_ctrl_c_keeps_what_was_found(tmp_path: Path) -> None:
    """While it waits for the rest."""
    import signal

    text = profile_text(f"{QUIET}trail_loses = 0.3", FALLBACKS)
    with account(tmp_path, text) as running:
        user = measured(tmp_path, running)
        with user.begin("regions", "--wait", "10m") as process:
            path = user.run.path / "regions.jsonl"
            until(lambda: path.exists() and path.stat().st_size > 0)
            until(lambda: "next look" in (process.stderr.readline() if process.stderr else ""))
            process.send_signal(signal.SIGINT)
            assert process.wait(10) == 130
    assert kept(user)


def test_no_secret_and_no_account_in_any_file_of_a_run(tmp_path: Path) -> None:
    """Whatever a run, its reports and what is shared of it hold: no key, no account id, and in what is shared no ARN."""
    with account(tmp_path, profile_text(QUIET, FALLBACKS)) as running:
        user = measured(tmp_path, running)
        user.inside("doctor", NOVA, "--max-tokens", "9", code=0)
        user.inside("regions", code=0)
        user.inside("report", "--share", "--format", "html", "-o", "shared.html", code=0)
        user.inside("report", "--share", "--json", "-o", "shared.json", code=0)
    secrets = (SECRET, KEY, ACCOUNT_ID)
    for path in [*user.run.path.rglob("*"), user.folder / "shared.html", user.folder / "shared.json"]:
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "replace")
            assert [one for one in secrets if one in text] == [], path
            assert not re.search(r"(AKIA|ASIA)[A-Z0-9]{12}|aws_secret_access_key|arn:aws:(sts|iam)", text), path
