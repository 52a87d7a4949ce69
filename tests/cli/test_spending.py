"""A limit in dollars, as a user meets it: said before, held while it runs, refused where it cannot be held, and raised to go on."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hayai.ask.dollars import NO_LIMIT, parse_dollars
from hayai.ask.plan import Plan
from hayai.cli.sessions import whole
from hayai.cli.spending import DEFAULT_USD, more_dollars, prospect, rounded_down, with_budget
from hayai.decide.prices.snapshot import prices_for
from hayai.errors import UsageError
from hayai.keep.run_directory import Endpoint
from hayai.measure.providers.address import is_local
from hayai.sim.process import Running
from tests.cli.shell import NOVA, Shell
from tests.decide.made import a_plan, a_prompt, a_target

MODEL = "us.amazon.nova-pro-v1:0"
REAL = "https://bedrock-runtime.us-east-1.amazonaws.com"


def planned(model: str = MODEL, **options: Any) -> Plan:
    """Two targets, two prompts."""
    return a_plan(tuple(a_target(f"t{one}", model, **options) for one in range(2)), (a_prompt("p"), a_prompt("q")))


def endpoints(*urls: str) -> tuple[Endpoint, ...]:
    """Where the targets are."""
    return tuple(
        Endpoint(target=f"t{number}", url=url, region="us-east-1", credentials_source="env")
        for number, url in enumerate(urls)
    )


def limited(plan: Plan, asked: Decimal | None, *urls: str) -> Decimal | None:
    """The limit that the plan gets."""
    return with_budget(plan, asked, prices_for(plan.targets), endpoints(*urls)).limits.max_cost_usd


def test_a_dollar_where_real_money_is_spent_at_known_prices() -> None:
    """Not on this machine, not where a price is missing, and not where somebody wants none."""
    local = "http://127.0.0.1:8765"
    assert limited(planned(max_tokens=9), None, REAL, REAL) == DEFAULT_USD == 1
    assert limited(planned(max_tokens=9), None, local, REAL) == 1
    assert limited(planned(max_tokens=9), None, local, "http://[::1]:1") is None
    assert limited(planned("nobody.knows", max_tokens=9), None, REAL, REAL) is None
    assert limited(planned(max_tokens=9), NO_LIMIT, REAL, REAL) is None
    assert limited(planned(max_tokens=9), Decimal("0.5"), local, local) == Decimal("0.5")
    # Soft where nothing says how long an answer may be: better than none.
    assert limited(planned(), None, REAL, REAL) == 1
    assert not prospect(planned(), whole(planned()), prices_for(planned().targets)).hard


@pytest.mark.parametrize("url", ["http://localhost:1", "http://127.8.9.1", "http://[::1]", "http://sim.localhost:99"])
def test_addresses_of_this_machine(url: str) -> None:
    """By name and by number: nobody charges anything there."""
    assert is_local(url)
    elsewhere = url.replace("localhost", "localhost.example").replace("127.8.9.1", "128.8.9.1")
    assert not is_local(elsewhere.replace("::1", "::2"))


@pytest.mark.parametrize(
    ("model", "options", "keys"),
    [
        ("nobody.knows", {"max_tokens": 9}, ["cost.unbounded.price"]),
        (MODEL, {}, ["cost.unbounded.max_tokens"]),
        (MODEL, {"max_tokens": 9, "extra": {}}, ["cost.unbounded.extra"]),
        (MODEL, {"max_tokens": 10**9}, ["cost.limit_below_one_round"]),
    ],
)
def test_a_limit_that_cannot_be_held_is_refused(model: str, options: dict[str, Any], keys: list[str]) -> None:
    """Once for all targets of which it is true."""
    with pytest.raises(UsageError) as refused:
        limited(planned(model, **options), Decimal(1), REAL, REAL)
    assert [problem.key for problem in refused.value.problems] == keys
    assert "t0" in str(refused.value.problems[0].values.get("target", "t0"))


@pytest.mark.parametrize(
    ("text", "dollars"), [("1", "1"), ("$0.50", "0.50"), (".5", "0.5"), ("2 USD", "2"), ("NONE", "Infinity")]
)
def test_dollars_are_read(text: str, dollars: str) -> None:
    """With or without the sign."""
    assert parse_dollars(text) == Decimal(dollars)


@pytest.mark.parametrize("text", ["", "0", "-1", "1e3", "1,5", "€1", "nan", "inf", "1 2"])
def test_other_words_are_no_dollars(text: str) -> None:
    """Nothing is guessed where money hangs on it."""
    with pytest.raises(UsageError):
        parse_dollars(text)


def test_going_on_takes_twice_as_much_or_what_is_needed() -> None:
    """Rounded up to a cent."""
    assert more_dollars(Decimal("0.05"), Decimal("0.01")) == "0.10"
    assert more_dollars(Decimal("0.05"), Decimal("0.1201")) == "0.13"


@pytest.mark.parametrize(
    ("usd", "shown"), [("1", "1"), ("10.00", "10"), ("29.92803336", "29.928"), ("0.00001", "0.00001")]
)
def test_a_limit_is_never_shown_as_more_than_it_is(usd: str, shown: str) -> None:
    """Four digits are enough, unless nothing would be left."""
    assert rounded_down(Decimal(usd)) == shown


def test_the_low_end_is_below_the_high_end() -> None:
    """Also of a single round."""
    plan = planned(max_tokens=9)
    found = prospect(plan, whole(plan), prices_for(plan.targets))
    assert found.low_usd is not None
    assert found.most_usd is not None
    assert 0 < found.low_usd < found.most_usd


def test_a_run_ends_clean_when_its_dollars_do(shell: Shell, sim: Running) -> None:
    """Never more than the limit; said before, told after; refused to go on with nothing left, and going on with more."""
    command = (
        "compare",
        NOVA,
        f"{NOVA},name=again",
        "--endpoint",
        sim.url,
        "--max-tokens",
        "60",
        "--stopping",
        "limits",
    )
    limit = Decimal("0.004")
    done = shell.inside(*command, "--max-cost", f"${limit}", "--json")
    assert "$0.004" in done.err
    assert done.json["run"]["ended_reason"] == "max_cost"
    assert not done.json["run"]["interrupted"]
    spent = sum(Decimal(one["total_usd"]) for one in done.json["costs"]["targets"])
    assert 0 < spent <= limit
    assert "--max-cost" in done.err
    refused = shell.inside("compare", "--resume", "last")
    assert refused.code == 2
    assert "--max-cost" in refused.err
    more = shell.inside("compare", "--resume", "last", "--max-cost", "0.02", "--max-requests", "60", "--json")
    assert more.json["run"]["ended_reason"] in ("max_requests", "max_cost")
    assert spent < sum(Decimal(one["total_usd"]) for one in more.json["costs"]["targets"]) <= Decimal("0.02")


def test_a_file_may_name_the_limit(shell: Shell, sim: Running, tmp_path: Path) -> None:
    """As a number or a text; what it costs is in the dry run's document."""
    file = tmp_path / "bench.toml"
    targets = (f'[[targets]]\ntarget = "{NOVA}"\nendpoint = "{sim.url}"\nname = "{name}"\n' for name in "ab")
    file.write_text("[run]\nmax_cost = 0.25\nmax_tokens = 20\n" + "".join(targets))
    cost = shell.inside("run", str(file), "--dry-run", "--json").json["cost"]
    assert (cost["limit_usd"], cost["limit_is_hard"]) == ("0.25", True)
    assert 0 < Decimal(cost["low_usd"]) < Decimal(cost["most_usd"])
    file.write_text(file.read_text().replace("0.25", "-1"))
    assert "run.max_cost" in shell.inside("run", str(file), "--dry-run", code=2).err
