"""`cache=on`: where the point is set, what the service makes of it, and what the report says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hayai.ask.plan import Message, Prompt, Target, TextPart
from hayai.measure.providers.bedrock import Bedrock
from tests.aws.account import NOVA, account, profile_text, shell_at
from tests.cli.shell import MEASURED

POINT = {"cachePoint": {"type": "default"}}
LONG = "Everything that is known of the matter, word for word. " * 200
MODELS = """
[[models]]
id = "amazon.nova-pro-v1:0"
[models.arms.standard]
ttft_ms = 6000
itl_ms = 20
tokens = 20
cache_saves = 0.5

[[models]]
id = "anthropic.claude-3-5-haiku-20241022-v1:0"
[models.arms.standard]
ttft_ms = 100
itl_ms = 5
"""


def turn(text: str, role: Any = "user") -> Message:
    """One turn of a conversation."""
    return Message(role=role, parts=(TextPart(text=text),))


def body(prompt: Prompt, **options: Any) -> Any:
    """What is sent for it."""
    target = Target(name="t", provider="bedrock", model="us.amazon.nova-pro-v1:0", options=options)
    return json.loads(Bedrock().build_request(target, prompt, max_tokens=None, nonce=None).body)


def test_where_the_point_is_set() -> None:
    """Behind what stays the same: the system text, else the earlier turns, else the whole prompt; without the option nowhere."""
    alone = Prompt(id="p", messages=(turn("hi"),))
    talk = Prompt(id="p", messages=(turn("one"), turn("two", "assistant"), turn("three")))
    assert body(alone, cache="on", system="Be brief.")["system"] == [{"text": "Be brief."}, POINT]
    assert body(alone, cache="on", system="Be brief.")["messages"][0]["content"] == [{"text": "hi"}]
    assert body(alone, cache="on")["messages"][0]["content"] == [{"text": "hi"}, POINT]
    assert [POINT in one["content"] for one in body(talk, cache="on")["messages"]] == [False, True, False]
    assert "cachePoint" not in json.dumps(body(talk, cache="off") | body(talk))


def test_a_cache_that_helps(tmp_path: Path) -> None:
    """Against the same without: every asking but the first reads; usage, hit rate and effect are told and right."""
    suite = tmp_path / "suite.jsonl"
    rows = [{"id": f"p{number}", "prompt": "Sum it up.", "system": f"{number} {LONG}"} for number in range(3)]
    suite.write_text("\n".join(map(json.dumps, rows)))
    with account(tmp_path, profile_text("", MODELS)) as running:
        user = shell_at(tmp_path, running)
        words = (
            "--vary",
            "cache=off,on",
            "--cycles",
            "5",
            "--max-tokens",
            "50",
            "--stopping",
            "limits",
            "--warmup",
            "0",
        )
        user.inside("compare", NOVA, *words, "--suite", str(suite), "--skip-doctor", "--json", code=MEASURED)
    report = json.loads(user.inside("report", "--json", code=0).out)
    (use,) = report["cache"]
    assert (use["target"], use["answers"], use["hits"]) == ("nova-pro on", 15, 12)
    assert use["read_tokens"] == 4 * use["written_tokens"]
    assert 0.7 < use["read_share"] < 0.81
    assert use["ttft"]["ratio"] == pytest.approx(0.5, rel=0.15)
    page = user.inside("report", code=0).out
    assert "Prompt cache" in page
    assert "12 of 15" in page
    assert "with a hit the first token takes" in " ".join(page.split())


def test_a_prefix_that_is_too_short(tmp_path: Path) -> None:
    """Nothing is cached, and that is said."""
    with account(tmp_path, profile_text("", MODELS)) as running:
        user = shell_at(tmp_path, running)
        words = ("--cycles", "2", "--max-tokens", "50", "--stopping", "limits", "--prompts", "cicd")
        user.inside("compare", f"{NOVA},cache=on", *words, "--skip-doctor", "--json", code=MEASURED)
    report = json.loads(user.inside("report", "--json", code=0).out)
    assert "W119" in {caution["code"] for caution in report["cautions"]}
    assert (report["cache"][0]["hits"], report["cache"][0]["read_share"]) == (0, 0.0)


def test_what_does_not_go_together(tmp_path: Path) -> None:
    """The invoke calls have no such point, --cache avoid finds nothing again, and some latency modes refuse it."""
    with account(tmp_path, profile_text("", MODELS)) as running:
        user = shell_at(tmp_path, running)
        assert "api=converse" in user.inside("compare", f"{NOVA},cache=on,api=invoke", "--dry-run", code=2).err
        assert (
            "--cache avoid" in user.inside("compare", f"{NOVA},cache=on", "--cache", "avoid", "--dry-run", code=2).err
        )
        haiku = "bedrock:us.anthropic.claude-3-5-haiku-20241022-v1:0,latency=optimized,cache=on"
        done = user.inside("compare", haiku, "--cycles", "1", "--max-tokens", "9", "--skip-doctor", code=3)
    assert "does not cache prompts together with this latency mode" in done.err
