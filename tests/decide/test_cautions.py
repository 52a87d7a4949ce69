"""Each caution fires where it should and is silent where it should not; one pair of examples each."""

from __future__ import annotations

from typing import Any

import pytest

from hayai.ask.plan import Plan, Rate
from hayai.decide.cautions import CAUTIONS, Evidence, cautions, model_family
from hayai.decide.metric_table import MetricTable
from hayai.decide.quality.findings import CheckFindings
from hayai.keep.query import Simulation
from hayai.keep.records import ConnectionFacts, Pieces, RequestRecord, Usage
from hayai.keep.run_directory import Watched
from tests.decide.checked import Say, a_run, checks_of, described
from tests.decide.made import MS, S, a_failure, a_plan, a_prompt, a_record, a_target

RULES = dict(CAUTIONS)
LLAMA = "us.meta.llama3-3-70b-instruct-v1:0"


def shares(records: tuple[RequestRecord, ...]) -> dict[str, float | None]:
    """Share of coalesced pieces by target."""
    table = MetricTable(records)
    return {name: table.coalesced_share(rows) for name, rows in table.rows_by(lambda r: r.target).items()}


def seen(*records: RequestRecord, plan: Plan | None = None, **more: Any) -> Evidence:
    """Evidence of a calm run of two cycles with these records."""
    made = plan or a_plan((a_target("a"), a_target("b")), (a_prompt("p"), a_prompt("q")))
    facts: dict[str, Any] = {
        "plan": made,
        "sample": records,
        "regions": {record.id: None for record in records},
        "simulations": (),
        "coalesced_ratios": shares(records),
        "cycles": 2,
        "interrupted": False,
    }
    return Evidence(**(facts | more))


def checked(say: Say, **plan: Any) -> CheckFindings:
    """What checks found in the answers of ten rounds."""
    return checks_of(described(*a_run(10, **plan), say))


def opened(at_ns: int, use: int = 1) -> ConnectionFacts:
    """A connection opened at an instant."""
    return ConnectionFacts(id=1, use=use, opened_at_ns=at_ns, dns_ns=None, tcp_ns=MS, tls_ns=None)


TUNNELLED = ConnectionFacts(id=1, use=1, opened_at_ns=0, dns_ns=MS, tcp_ns=MS, tls_ns=MS, tunnel_ns=2 * MS)


def pieces(coalesced: int, exact: int) -> Pieces:
    """So many pieces of each kind."""
    number = coalesced + exact
    return Pieces(
        kinds="t" * number,
        arrived_ns=tuple(range(number)),
        earliest_ns=(0,) * coalesced + (None,) * exact,
        chars=(1,) * number,
        clocks="k" * number,
    )


def asked(requested: str | None, served: str | None, **more: Any) -> RequestRecord:
    """An answer with a latency mode."""
    return a_record(requested_latency=requested, served_latency=served, **more)


def late(count: int, of: int, by_ns: int = 6 * MS) -> tuple[RequestRecord, ...]:
    """So many late ones of so many."""
    return tuple(a_record(id=str(n), due_at_ns=10 * S - (by_ns if n < count else 0)) for n in range(of))


def watched(*, late: int, cpu_s: int, wakes: int = 100, **more: Any) -> Watched:
    """An agent that measured for ten seconds."""
    return Watched(
        span_ns=10 * S,
        cpu_ns=cpu_s * S,
        wakes=wakes,
        late_wakes=late,
        worst_wake_ns=6 * MS if wakes else None,
        collections=0,
        **more,
    )


CUT = {"stop_reason": "max_tokens"}
REGIONS = {"x": "us-east-1", "y": "us-west-2"}
TWO = (a_record(id="x"), a_record(id="y", cycle=1))
MIXED = a_plan((a_target("a"), a_target("b", LLAMA)), (a_prompt("p"),))

EXAMPLES: dict[str, tuple[Evidence, Evidence]] = {
    "W100": (seen(simulations=(Simulation(profile="x", speed=20.0),)), seen()),
    "W101": (
        seen(a_record(usage=Usage(output_tokens=9, cache_read_tokens=4))),
        seen(a_record(usage=Usage(output_tokens=9, cache_read_tokens=0))),
    ),
    "W102": (seen(asked("optimized", "standard")), seen(asked("optimized", "optimized"), asked(None, "standard"))),
    "W103": (seen(asked("optimized", None)), seen(asked("optimized", "standard"), asked(None, None))),
    "W104": (
        seen(a_record("a", **CUT), a_record("b")),
        seen(a_record("a", **CUT), a_record("b", **CUT), a_record("a", "q"), a_record("b", "q")),
    ),
    "W105": (
        seen(a_record("a", **CUT), a_record("b", **CUT)),
        seen(a_record("a", **CUT), a_record("b"), a_record("a", "q"), a_record("b", "q")),
    ),
    "W106": (seen(a_record(usage=Usage(input_tokens=3))), seen(a_record(), a_failure())),
    "W107": (seen(a_record(clock="mixed")), seen(a_record(clock="kernel"))),
    "W108": (seen(a_record(pieces=pieces(6, 94))), seen(a_record(pieces=pieces(5, 95)))),
    "W109": (seen(a_failure()), seen(a_record(), a_failure(outcome="cancelled"))),
    "W110": (seen(cycles=1), seen(cycles=2)),
    "W111": (seen(*late(2, 100)), seen(*late(1, 100), a_record(id="never", due_at_ns=None))),
    "W112": (seen(plan=MIXED), seen()),
    "W113": (
        seen(*TWO, regions=REGIONS),
        seen(a_record("a", id="x"), a_record("b", id="y"), a_record("b", id="z"), regions=REGIONS),
    ),
    "W114": (
        seen(a_record(id="a1-1"), a_record(id="a1-2", connection=opened(11 * S))),
        # Opened before the first request; and by a second session, before its own first request.
        seen(
            a_record(id="a1-1", connection=opened(9 * S)),
            a_record(id="a2-1", sent_at_ns=50 * S, connection=opened(49 * S)),
        ),
    ),
    "W115": (seen(interrupted=True), seen()),
    "W116": (
        seen(watched=(watched(late=0, cpu_s=3), watched(late=0, cpu_s=9))),
        # Late now and then, as every machine is; and a session too short to say anything.
        seen(watched=(watched(late=5, cpu_s=7), watched(late=0, cpu_s=0, wakes=0))),
    ),
    "W117": (seen(a_record(buffered=True)), seen(a_record(), a_failure(buffered=True))),
    "W118": (seen(a_record(connection=TUNNELLED)), seen(a_record(), a_failure(connection=TUNNELLED))),
    "W119": (
        seen(a_record(target="c"), plan=a_plan((a_target("c", cache="on"),), (a_prompt("p"),))),
        seen(
            a_record(target="c", usage=Usage(cache_write_tokens=2000)),
            a_record(target="d"),
            plan=a_plan((a_target("c", cache="on"), a_target("d")), (a_prompt("p"),)),
        ),
    ),
    "W120": (
        seen(a_record(headers={"x-hayai-sdk-retries": "2"})),
        seen(a_record(headers={"x-hayai-sdk-retries": "0"}), a_record()),
    ),
    "W121": (
        seen(
            a_record(),
            checks=checked(lambda name, *_: "I'm sorry, but I can't help with that." if name == "b" else "Yes."),
        ),
        seen(a_record(), checks=checked(lambda *_: "Yes.")),
    ),
    "W122": (
        seen(a_record(), checks=checked(lambda name, *_: None if name == "b" else "Yes.")),
        seen(a_record(), checks=checked(lambda *_: None, save_texts=False)),
    ),
    "W123": (
        seen(a_record(), checks=checked(lambda name, *_: "" if name == "b" else "Yes.")),
        seen(a_record(), checks=checked(lambda name, n, _: "" if name == "b" and n < 3 else "Yes.")),
    ),
    "W124": (
        seen(a_record(), checks=checked(lambda *_: "")),
        seen(a_record(), checks=checked(lambda _name, n, _: "" if n < 8 else "Yes.")),
    ),
}


def test_every_caution_has_its_examples() -> None:
    """A new caution comes with two."""
    assert list(EXAMPLES) == [code for code, _ in CAUTIONS]


@pytest.mark.parametrize("code", EXAMPLES)
def test_it_fires_where_it_should(code: str) -> None:
    """With its own code and key."""
    caution = RULES[code](EXAMPLES[code][0])
    assert caution is not None
    assert (caution.code, caution.key) == (code, f"caution.{code}")


@pytest.mark.parametrize("code", EXAMPLES)
def test_it_is_silent_where_it_should_be(code: str) -> None:
    """The nearest harmless case."""
    assert RULES[code](EXAMPLES[code][1]) is None


def test_a_calm_run_has_no_caution() -> None:
    """Nothing is warned about for the sake of warning."""
    assert cautions(seen(a_record("a"), a_record("b"))) == ()


def test_cautions_come_in_the_order_of_their_codes() -> None:
    """So that reports of two runs can be compared."""
    found = cautions(seen(a_failure(), interrupted=True, cycles=0, simulations=(Simulation(profile="x", speed=None),)))
    assert [caution.code for caution in found] == ["W100", "W109", "W110", "W115"]


def test_connections_may_open_when_the_plan_says_cold() -> None:
    """Then it is what was asked for."""
    cold = a_plan((a_target("a"),), (a_prompt("p"),), connections="cold")
    records = (a_record(id="a1-1"), a_record(id="a1-2", connection=opened(11 * S)))
    assert RULES["W114"](seen(*records, plan=cold)) is None


def test_values_tell_how_many_and_where() -> None:
    """Of the answers that asked for a mode, those that got another, on their targets."""
    records = (
        asked("optimized", "standard", id="1"),
        asked("optimized", "optimized", id="2"),
        asked(None, None, id="3"),
    )
    caution = RULES["W102"](seen(*records))
    assert caution is not None
    assert caution.values == {"count": 1, "total": 2, "targets": ("a",)}


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("us.anthropic.claude-3-haiku-20240307-v1:0", "anthropic.claude"),
        ("anthropic.claude-haiku-5-5", "anthropic.claude"),
        ("us-gov.amazon.nova-pro-v1:0", "amazon.nova"),
        ("arn:aws:bedrock:us-east-2:123456789012:inference-profile/us.amazon.nova-pro-v1:0", "amazon.nova"),
        ("arn:aws:bedrock:us-east-2:123456789012:application-inference-profile/a1b2c3", None),
        ("gpt-4.1", "openai.gpt"),
        ("openai/gpt-oss-120b", "openai.gpt"),
        ("openai.gpt-oss-120b-1:0", "openai.gpt"),
        ("claude-3-5-haiku", "anthropic.claude"),
        ("meta-llama/Llama-3.3-70B", "llama"),
        ("qwen2.5-coder", "qwen"),
        ("123", None),
    ],
)
def test_the_family_of_a_model(model: str, family: str | None) -> None:
    """Maker and family; an ARN that hides its model tells none."""
    assert model_family(model) == family


def test_answers_that_were_cut_once_here_and_always_there_were_not_cut_alike() -> None:
    """W104, not W105: the times of the two do not compare."""
    reasons = {"a": ["max_tokens", "end_turn", "end_turn"], "b": ["max_tokens"] * 3}
    records = [a_record(t, "p", cycle=c, stop_reason=r) for t in "ab" for c, r in enumerate(reasons[t])]
    found = cautions(seen(*records))
    assert [c.code for c in found if c.code in ("W104", "W105")] == ["W104"]


def test_a_client_that_was_often_held_up_is_told_with_its_worst_moment() -> None:
    """The share of a core, the share of late looks at the clock, and the longest of them."""
    caution = RULES["W116"](seen(watched=(watched(late=6, cpu_s=1),)))
    assert caution is not None
    assert caution.values == {"core_ratio": 0.1, "held_up_ratio": 0.06, "worst_ns": 6 * MS}


PACED = a_plan((a_target("a"),), (a_prompt("p"),), rate=Rate(requests=100, per="s"))


def paced(late_ms: float, sends: int = 100) -> Watched:
    """An agent whose requests were so late on average, one of them by 7 ms."""
    late_ns = round(late_ms * MS * sends)
    return watched(
        late=0, cpu_s=1, paced_sends=sends, late_sends=1, worst_send_ns=7 * MS if sends else None, sends_late_ns=late_ns
    )


def test_a_client_that_could_not_keep_the_rate_is_told_by_how_much() -> None:
    """Slots 10 ms apart, and requests 1 ms late on average: a tenth of the time between two of them is lost, one eleventh of the rate."""
    caution = RULES["W116"](seen(plan=PACED, watched=(paced(1.0),)))
    assert caution is not None
    assert (caution.code, caution.key) == ("W116", "caution.W116.rate")
    assert caution.values == {
        "core_ratio": 0.1,
        "held_up_ratio": 0.0,
        "behind_ratio": pytest.approx(1 / 11),
        "worst_ns": 7 * MS,
    }


def test_lateness_that_costs_little_of_the_rate_is_no_limit() -> None:
    """Half a millisecond in ten; a session in which none left; a run without a rate."""
    assert RULES["W116"](seen(plan=PACED, watched=(paced(0.5),))) is None
    assert RULES["W116"](seen(plan=PACED, watched=(paced(0.0, sends=0),))) is None
    assert RULES["W116"](seen(watched=(watched(late=0, cpu_s=1),))) is None
