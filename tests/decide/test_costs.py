"""What it cost: by what was served, exact, and unknown rather than wrong."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import msgspec
import numpy as np
import pytest

from hayai.ask.plan import ImagePart, Message, ModePrice, Rules, Target, Tool
from hayai.ask.prices.stated import StatedPrice
from hayai.ask.rounds import NONCE_BYTES
from hayai.cli.charging import stated_for, with_twin
from hayai.decide.costs import cost_findings
from hayai.decide.judgements import CostFindings
from hayai.decide.prices.matching import names_model
from hayai.decide.prices.snapshot import prices_for
from hayai.decide.sample import sample_of_run
from hayai.decide.verdict.judge import judge
from hayai.keep.charges import Bound, Unbounded, bound_of, cost_of, most_input_tokens
from hayai.keep.price_files import aws_prices_at, write_aws_prices
from hayai.keep.records import RequestRecord, Usage
from hayai.keep.run_directory import Endpoint
from tests.decide.made import a_failure, a_plan, a_prompt, a_record, a_target
from tests.decide.rounds import ANYTIME, streams

NOVA = "us.amazon.nova-pro-v1:0"


def price(target: str, input_usd: str, output_usd: str | None, **more: Any) -> ModePrice:
    """A price of somebody's."""
    output = None if output_usd is None else Decimal(output_usd)
    return ModePrice(
        target=target, input_usd=Decimal(input_usd), output_usd=output, source="s", as_of=date(2026, 1, 1), **more
    )


PRICES = (price("a", "1", "10"), price("b", "1", "10"), price("b", "2", "20", latency="optimized"))


def test_a_request_is_charged_as_it_was_served() -> None:
    """A fallback at standard's price, a mode that nobody tells at none, refusals at nothing."""
    usage = Usage(input_tokens=1000, output_tokens=100)
    standard = Decimal("0.002")
    assert cost_of(a_record(target="b", usage=usage), PRICES) == standard
    asked: dict[str, Any] = {"target": "b", "usage": usage, "requested_latency": "optimized"}
    assert cost_of(a_record(**asked, served_latency="optimized"), PRICES) == 2 * standard
    assert cost_of(a_record(**asked, served_latency="standard"), PRICES) == standard
    assert cost_of(a_record(**asked), PRICES) is None
    assert cost_of(a_record(target="b", usage=usage, requested_tier="flex", served_tier="flex"), PRICES) is None
    assert cost_of(a_record(target="c", usage=usage), PRICES) is None
    assert cost_of(a_record(target="b", usage=Usage(input_tokens=5)), PRICES) is None
    assert cost_of(a_failure(target="b", outcome="throttled"), PRICES) == 0
    assert cost_of(a_failure(target="b", outcome="cut_off"), PRICES) is None


def found(times: float, change: Any = None, prices: tuple[ModePrice, ...] = PRICES) -> CostFindings:
    """Costs of a run in which b takes `times` of a's time; every answer reads 1,000 tokens and writes as many as its prompt wants."""

    def changed(record: RequestRecord, cycle: int, prompt: int) -> dict[str, Any]:
        usage = Usage(input_tokens=1000, output_tokens=100 * (1 + prompt))
        return {"usage": usage} | ({} if change is None else change(record, cycle, prompt))

    noise = np.exp(np.random.default_rng(3).normal(0, 0.02, (5, 4)))
    plan, records = streams(times * noise, change=changed)
    sample = sample_of_run(plan, records)
    judged = judge(sample, ("a", "b"), Rules(), ANYTIME)
    costs, _ = cost_findings(sample, records, prices, judged.verdicts, ANYTIME)
    assert costs is not None
    return costs


def test_a_second_saved_has_a_price() -> None:
    """Twice the price for half the time: dollars more over seconds less, every prompt weighing the same."""
    costs = found(
        0.5,
        lambda record, *_: (
            {"requested_latency": "optimized", "served_latency": "optimized"} if record.target == "b" else {}
        ),
    )
    a, b = costs.targets
    assert a.total_usd == 5 * sum(Decimal(1000 + 10 * 100 * (1 + prompt)) / 1_000_000 for prompt in range(4))
    assert b.total_usd == 2 * a.total_usd
    assert (a.unknown, b.requests) == (0, 20)
    (one,) = costs.comparisons
    assert one.ratio is not None
    assert one.ratio.ratio == pytest.approx(2.0)
    mean = (1000 + 10 * 250) / 1e6
    assert one.extra_per_thousand_usd == pytest.approx(mean * 1000)
    assert one.saved_ns is not None
    assert one.usd_per_saved_second == pytest.approx(mean / (one.saved_ns / 1e9))


def test_longer_answers_are_told_from_dearer_ones() -> None:
    """At one price, twice the tokens cost more, and per token the same or less."""

    def longer(record: RequestRecord, _cycle: int, prompt: int) -> dict[str, Any]:
        factor = 2 if record.target == "b" else 1
        return {"usage": Usage(input_tokens=0, output_tokens=factor * 100 * (1 + prompt))}

    (one,) = found(1.0, longer).comparisons
    assert one.ratio is not None
    assert one.per_output_token is not None
    assert one.ratio.ratio == pytest.approx(2.0)
    assert one.per_output_token.ratio == pytest.approx(1.0)


def test_a_cost_that_is_partly_unknown_is_not_averaged() -> None:
    """The known ones are another kind of answer: their mean would be another target's."""

    def untold(record: RequestRecord, cycle: int, _prompt: int) -> dict[str, Any]:
        return (
            {"requested_latency": "optimized", "served_latency": None if cycle else "standard"}
            if record.target == "b"
            else {}
        )

    costs = found(0.5, untold)
    assert (costs.targets[1].unknown, costs.targets[1].per_thousand_usd) == (16, None)
    assert costs.targets[1].total_usd > 0
    assert costs.comparisons == ()


def test_cheaper_and_faster_has_no_price_of_a_second() -> None:
    """Nothing is paid for the time that is saved."""
    (one,) = found(0.5, prices=(price("a", "2", "20"), price("b", "1", "10"))).comparisons
    assert one.usd_per_saved_second is None
    assert one.extra_per_thousand_usd is not None
    assert one.extra_per_thousand_usd < 0
    assert not math.isnan(one.extra_per_thousand_usd)


def test_without_prices_there_is_no_cost() -> None:
    """Not zero: none."""
    plan, records = streams(np.ones((2, 2)))
    sample = sample_of_run(plan, records)
    assert cost_findings(sample, records, (), (), ANYTIME) == (None, {})


def test_a_snapshot_holds_what_may_be_charged() -> None:
    """The mode that is asked for and standard, for Bedrock; nothing for others, and nothing where no price is known."""
    kept = prices_for(
        (
            a_target("x", NOVA, latency="optimized"),
            a_target("y", NOVA, latency="standard"),
            a_target("z", "nobody.knows"),
        )
    )
    assert [(one.target, one.latency, one.tier) for one in kept] == [
        ("x", None, None),
        ("x", "optimized", None),
        ("y", None, None),
    ]
    assert all(one.source and one.as_of for one in kept)


def test_the_worst_case_is_worse_than_any_case() -> None:
    """No token is shorter than a byte; a fallback may cost the other mode's price; an SDK may try as often as it is told."""
    prompt = a_prompt("p")

    def bound(target: Target, **plan: Any) -> Bound:
        return bound_of(a_plan((target,), (prompt,), **plan), prices_for((target,)), target, prompt)

    target = a_target("x", NOVA, tier="priority", max_tokens=100)
    most = most_input_tokens(prompt, target)
    assert most >= len(prompt.text.encode())
    usd = (Decimal("1.40") * most + Decimal("5.60") * 100) / 1_000_000
    assert bound(target) == Bound(usd=usd, input_tokens=most, output_tokens=100)
    # What makes a cache know nothing is read, and paid, as well.
    assert bound(target, cache="avoid").input_tokens == most + NONCE_BYTES
    twice = msgspec.structs.replace(target, provider="bedrock-boto3", options={**target.options, "max_attempts": 2})
    assert bound(twice).usd == 2 * usd


def test_what_has_no_bound_says_why() -> None:
    """Each reason by itself."""
    prompt = a_prompt("p")
    tool = Tool(name="clock", description="The time.", schema={})
    image = ImagePart(format="png", data=b"png")
    whys = {
        "price": (a_target("x", "nobody.knows", max_tokens=9), prompt),
        "extra": (a_target("x", NOVA, max_tokens=9, extra={}), prompt),
        "tools": (a_target("x", NOVA, max_tokens=9), msgspec.structs.replace(prompt, tools=(tool,))),
        "images": (
            a_target("x", NOVA, max_tokens=9),
            msgspec.structs.replace(prompt, messages=(Message(role="user", parts=(image,)),)),
        ),
        "max_tokens": (a_target("x", NOVA), prompt),
        "cache": (a_target("x", NOVA, max_tokens=9, cache="on"), prompt),
        "attempts": (msgspec.structs.replace(a_target("x", NOVA, max_tokens=9), provider="bedrock-boto3"), prompt),
        "length": (a_target("x", "global.anthropic.claude-haiku-5-5", max_tokens=9), a_prompt("p", text="w" * 200_000)),
    }
    for why, (target, asked) in whys.items():
        found = bound_of(a_plan((target,), (asked,)), prices_for((target,)), target, asked)
        assert (found.usd, found.why) == (None, why)
    half = a_target("h", NOVA, latency="optimized", max_tokens=9)
    assert bound_of(a_plan((half,), (prompt,)), prices_for((half,)), half, prompt).why == "price"
    assert set(whys) == set(get_args(Unbounded))


def test_every_mode_that_may_be_served_needs_its_price() -> None:
    """A tier that may fall back to default is not bounded by its own price alone."""
    prompt = a_prompt("p")
    target = msgspec.structs.replace(a_target("x", "gpt-x", tier="flex", max_tokens=9), provider="openai")
    flex = price("x", "1", "2", tier="flex")
    plan = a_plan((target,), (prompt,))
    assert bound_of(plan, (flex,), target, prompt).why == "price"
    assert bound_of(plan, (flex, price("x", "2", "4")), target, prompt).usd is not None


def test_what_stops_within_a_stream_was_charged() -> None:
    """A throttle before the answer is free; one in its middle is not known."""
    throttled = a_failure("a")
    assert cost_of(throttled, PRICES) == 0
    assert throttled.failure is not None
    inside = msgspec.structs.replace(throttled, failure=msgspec.structs.replace(throttled.failure, in_stream=True))
    assert cost_of(inside, PRICES) is None


def test_whoever_repeats_the_baseline_has_its_price() -> None:
    """A price that names the baseline means the same service, under the name of the self-test too."""
    plan = a_plan((a_target("a", NOVA), a_target("a#2", NOVA)), (a_prompt("p"),), rules=Rules(self_test="a#2"))
    named = (price("a", "1", "5"), price("a#2", "0.8", "4"))
    assert [(one.target, one.input_usd) for one in with_twin(named, plan)] == [("a", Decimal(1)), ("a#2", Decimal(1))]
    without = msgspec.structs.replace(plan, rules=Rules())
    assert with_twin(named, without) == named


@pytest.mark.parametrize(
    "model",
    [
        "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0",
        "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0",
        "us.amazon.nova-pro-v1:0",
        "amazon.nova-pro-v1:0",
    ],
)
def test_a_price_of_a_model_is_that_of_its_arns(model: str) -> None:
    """One's own price must not be passed over because the target is written as an ARN."""
    assert names_model("amazon.nova-pro-v1:0", "bedrock", model)
    assert not names_model("amazon.nova-lite-v1:0", "bedrock", model)
    hidden = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc"
    assert names_model(hidden, "bedrock", hidden)
    assert not names_model("amazon.nova-pro-v1:0", "bedrock", hidden)


def test_a_list_of_a_simulator_does_not_price_what_is_real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts where everything is asked on this machine, and nowhere else."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    day = date(2026, 11, 29)
    told = StatedPrice(
        model=NOVA, region="us-east-1", input_usd=Decimal(7), output_usd=Decimal(9), source="s", as_of=day, own=False
    )
    known = replace(told, region="us-west-2")
    write_aws_prices(aws_prices_at(os.environ), (replace(told, elsewhere=True), known))

    def where(*urls: str) -> tuple[Endpoint, ...]:
        return tuple(Endpoint(target="t", url=url, region="us-east-1", credentials_source="env") for url in urls)

    assert len(stated_for(where("http://127.0.0.1:1"))) == 2
    assert [one.region for one in stated_for(where("http://127.0.0.1:1", "https://a.example"))] == ["us-west-2"]
