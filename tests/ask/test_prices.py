"""Stated prices: numbers as they were written, other currencies at a stated rate, and every mistake told at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.ask.config import read_config
from hayai.ask.documents import parse_toml
from hayai.ask.prices.fields import PriceFields
from hayai.ask.prices.read import read_prices
from hayai.ask.prices.write import prices_text
from hayai.clock import utc_today
from hayai.errors import UsageError
from hayai.show.locales import texts_in

Write = Callable[[str, str], Path]
NOVA = "us.amazon.nova-pro-v1:0"


def mistakes(text: str, write: Write) -> list[tuple[str, str]]:
    """Place and key of each; every one has a text in both languages that its values fill."""
    path = write("prices.toml", text)
    with pytest.raises(UsageError) as caught:
        read_prices(path, shown="prices.toml")
    for problem in caught.value.problems:
        for language in ("en", "ja"):
            assert "{" not in texts_in(language)(problem.key, **problem.values)
    return [(problem.place.removeprefix("prices.toml: "), problem.key) for problem in caught.value.problems]


def test_a_price_in_another_currency_is_dollars_at_its_rate(write: Write) -> None:
    """Exactly so many, whether numbers stand as numbers or as texts."""
    path = write(
        "prices.toml",
        f'[[prices]]\nmodel = "{NOVA}"\nlatency = "optimized"\ninput = 120\noutput = "480.50"\ncache_read = 0.1\n'
        'currency = "JPY"\nrate = 0.0066\nsource = "contract"\nas_of = 2026-10-01\n',
    )
    (price,) = read_prices(path, shown="mine")
    assert (price.input_usd, price.output_usd) == (Decimal("0.792"), Decimal("3.1713"))
    assert (price.cache_read_usd, price.cache_write_usd) == (Decimal("0.00066"), None)
    assert (price.currency, price.rate, price.mode) == ("JPY", Decimal("0.0066"), ("optimized", None))
    assert (price.source, price.as_of, price.own) == ("contract, mine", date(2026, 10, 1), True)


def test_the_standard_mode_has_one_name(write: Write) -> None:
    """Said or not said, it is the same mode; a price without a day is stated today."""
    path = write(
        "prices.toml", f'[[prices]]\nmodel = "{NOVA}"\nlatency = "standard"\ntier = "default"\ninput = 1\noutput = 2\n'
    )
    (price,) = read_prices(path)
    assert price.mode == (None, None)
    assert (price.source, price.as_of) == (str(path), utc_today())


GOOD = {"model": f'"{NOVA}"', "input": "1", "output": "2"}


@pytest.mark.parametrize(
    ("change", "place", "key"),
    [
        ({"input": "-0.7"}, ".input", "price.negative"),
        ({"input": '"-1"'}, ".input", "price.negative"),
        ({"output": '"abc"'}, ".output", "price.not_a_number"),
        ({"output": "nan"}, ".output", "price.not_a_number"),
        ({"output": "inf"}, ".output", "price.not_a_number"),
        ({"cache_read": "true"}, ".cache_read", "price.not_a_number"),
        ({"cache_write": '"$3"'}, ".cache_write", "price.not_a_number"),
        ({"input": "1e30"}, ".input", "price.absurd"),
        ({"output": None}, ".output", "field.missing"),
        ({"currency": '"JPY"'}, ".currency", "price.no_rate"),
        ({"currency": '"yen"', "rate": "1"}, ".currency", "price.not_a_currency"),
        ({"currency": '"JPY"', "rate": "0"}, ".rate", "price.rate_not_positive"),
        ({"currency": '"JPY"', "rate": "-2"}, ".rate", "price.rate_not_positive"),
        ({"currency": '"JPY"', "rate": "1e300"}, ".rate", "price.absurd_rate"),
        ({"currency": '"JPY"', "rate": "nan"}, ".rate", "price.not_a_number"),
        ({"rate": "2"}, ".rate", "price.rate_of_what"),
        ({"inptu": "3"}, ".inptu", "field.unknown.maybe"),
        ({"latency": '"optimised"'}, ".latency", "field.not_a_choice.maybe"),
        ({"tier": '"gold"'}, ".tier", "field.not_a_choice"),
        ({"as_of": '"tomorrow"'}, ".as_of", "price.not_a_day"),
        ({"as_of": "2026-10-01T10:00:00"}, ".as_of", "price.not_a_day"),
        ({"model": None}, "", "price.of_which_model"),
        ({"model": '" "'}, ".model", "field.blank"),
        ({"model": None, "target": '"standard"'}, ".target", "price.target_elsewhere"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    change: dict[str, str | None], place: str, key: str, write: Write
) -> None:
    """One mistake, one problem."""
    table = {name: value for name, value in (GOOD | change).items() if value is not None}
    text = "[[prices]]\n" + "\n".join(f"{name} = {value}" for name, value in table.items())
    assert mistakes(text, write) == [(f"prices[1]{place}", key)]


def test_mistakes_of_all_prices_are_told_together(write: Write) -> None:
    """Two prices of one thing among them, however they say its mode."""
    text = (
        f'[[prices]]\nmodel = "{NOVA}"\ninput = -1\noutput = 1\n\n[[prices]]\nmodel = "{NOVA}"\nlatency = "standard"\ninput = 1\n'
        "output = 1\n\n[other]\n"
    )
    told = mistakes(text, write)
    assert ("prices[1].input", "price.negative") in told
    assert ("prices[2]", "price.twice") in told
    assert ("other", "field.unknown") in told


def test_a_file_of_a_run_prices_its_targets(write: Write) -> None:
    """By name or by model; in all else as a file of the user's."""
    targets = f'[[targets]]\nname = "a"\ntarget = "bedrock:{NOVA}"\n\n'
    path = write("bench.toml", f'{targets}[[prices]]\ntarget = "a"\ninput = 1\noutput = 2\n')
    config = read_config(path)
    assert [(one.target, one.model, one.source) for one in config.prices] == [("a", None, str(path))]
    assert config.price_subjects == (("a", None),)
    path = write(
        "bench.toml",
        f'{targets}[[prices]]\ntarget = "a"\nmodel = "m"\ninput = -1\noutput = 2\n\n[[prices]]\noutput = 1\n',
    )
    with pytest.raises(UsageError) as caught:
        read_config(path)
    assert {problem.key for problem in caught.value.problems} == {
        "price.negative", "price.model_and_target", "price.of_what", "field.missing",
    }  # fmt: skip


NUMBERS = st.decimals(0, 10**6, allow_nan=False, allow_infinity=False, places=6)


@given(NUMBERS, NUMBERS, st.text(min_size=1).filter(lambda text: text.strip() and text.isprintable()))
def test_what_is_written_is_read_again(low: Decimal, high: Decimal, words: str) -> None:
    """To the last digit and letter."""
    table: dict[str, Any] = {"model": words, "input": low, "output": high, "as_of": date(2026, 1, 2), "source": None}
    read = parse_toml(prices_text([table], remarks=["a remark"]), place="file")
    fields = PriceFields.model_validate(read["prices"][0])
    assert (fields.model, fields.input, fields.output, fields.as_of) == (words, low, high, date(2026, 1, 2))
