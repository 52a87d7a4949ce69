"""Numbers, names and strangers' texts look as promised, whatever they hold."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from hayai.show import format as fmt
from hayai.show.locales import texts_in


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"), (7.07, "7.07"), (25.38, "25.4"), (112.02, "112"), (1595.5, "1596"), (0.04, "0.0400"), (9.996, "10.0"),
        (99.96, "100"), (999.6, "1000"), (123456, "123456"), (-3.456, "-3.46"), (0.000123456, "0.000123"),
    ],
)  # fmt: skip
def test_three_significant_digits_without_an_exponent(number: float, text: str) -> None:
    """Rounding up to the next power of ten keeps three digits; whole digits are never lost."""
    assert fmt.significant(number) == text


@given(st.floats(1e-9, 1e12))
def test_a_number_is_told_to_half_a_percent(number: float) -> None:
    """Three digits are that exact, anywhere."""
    assert float(fmt.significant(number)) == pytest.approx(number, rel=0.00501)


def test_percent_has_a_sign_and_no_negative_zero() -> None:
    """Ratio in, percent out."""
    assert [fmt.percent(r) for r in (0.32081, -0.8821, 0.0, -0.0001, None)] == ["+32.1%", "-88.2%", "0.0%", "0.0%", "-"]
    assert fmt.share(0.1234) == "12.3%"


def test_unknown_is_not_zero() -> None:
    """In every form."""
    shown = [
        fmt.number(None),
        fmt.count(None),
        fmt.times(None),
        fmt.duration(None, fmt.SECONDS),
        fmt.duration_alone(None),
    ]
    assert shown == ["-"] * 5


def test_a_column_of_durations_has_one_unit() -> None:
    """The unit in which its middle value is readable."""
    assert fmt.duration_unit([7.07e9, 25e9, 0.05e9]) == fmt.SECONDS
    assert fmt.duration_unit([20e6, 35e6, None]) == fmt.MILLISECONDS
    assert fmt.duration_unit([80_000]) == fmt.MICROSECONDS
    assert fmt.duration_unit([None]) == fmt.SECONDS
    assert [fmt.duration(ns, fmt.SECONDS) for ns in (7.07e9, 0.05e9)] == ["7.07", "0.0500"]
    assert fmt.duration(1e9, fmt.SECONDS, sign=True) == "+1.00"
    assert fmt.duration_alone(6_000_000) == "6.00 ms"


def test_a_span_is_said_as_people_say_it() -> None:
    """In both languages."""
    spans = (42e9, 365e9, 7380e9)
    assert [fmt.clock_span(ns, texts_in("en")) for ns in spans] == ["42 s", "6 min 05 s", "2 h 03 min"]
    assert [fmt.clock_span(ns, texts_in("ja")) for ns in spans] == ["42秒", "6分05秒", "2時間03分"]


@given(st.text(st.characters()))
def test_clean_text_holds_nothing_hidden(text: str) -> None:
    """No control, escape, bidi mark or lone surrogate is left; visible text is as it was."""
    cleaned = fmt.clean(text)
    assert not [c for c in cleaned if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")]
    assert fmt.clean(cleaned) == cleaned
    prose = fmt.clean(text, prose=True)
    assert not [c for c in prose if unicodedata.category(c) in ("Cc", "Cf", "Cs") and c not in "\n\t\u200c\u200d"]


def test_what_was_hidden_becomes_visible() -> None:
    """As an escape that names it."""
    assert fmt.clean("a\x1b[31m\x00\u202e\x9b\r\n\ud800\U000e0041") == r"a\x1b[31m\x00\u202e\x9b\r\n\ud800\U000e0041"
    assert fmt.clean("速い\tfast", prose=True) == "速い\tfast"


@given(st.text(), st.integers(0, 40))
def test_shortened_text_fits(text: str, cells: int) -> None:
    """In cells, not characters; text that fits is left alone."""
    clean = fmt.clean(text)
    for result in (fmt.shorten(clean, cells), fmt.cut(clean, cells)):
        assert cell_len(result) <= cells
        assert result == clean or cell_len(clean) > cells


def test_a_name_is_cut_in_its_middle() -> None:
    """Targets differ at their ends."""
    assert fmt.shorten("[3] claude-3-5-haiku-optimized", 16) == "[3] clau…timized"


@given(st.text(st.sampled_from("ab 、。速い「」(Fast) ")), st.integers(4, 30))
def test_wrapped_text_fits_and_loses_nothing_but_spaces(text: str, cells: int) -> None:
    """Also without a single space in it."""
    lines = fmt.wrap(text, cells)
    assert all(cell_len(line) <= cells for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_japanese_breaks_between_characters_but_not_before_a_full_stop() -> None:
    """And words of Latin letters stay whole."""
    assert fmt.wrap("速い応答です。", 12) == ["速い応答で", "す。"]
    assert fmt.wrap("これは hayai です", 10) == ["これは", "hayai です"]


@given(st.text(max_size=30), st.integers(0, 40))
def test_padding_reaches_the_width(text: str, cells: int) -> None:
    """On either side."""
    clean = fmt.clean(text)
    for right in (False, True):
        padded = fmt.pad(clean, cells, right=right)
        assert cell_len(padded) == max(cells, cell_len(clean))
        assert padded.strip(" ") == clean.strip(" ")


def test_regions_are_shortened_only_if_that_means_one_region() -> None:
    """Two regions that would share a short name keep their own."""
    assert fmt.region_shorts(["us-east-1", "ap-northeast-1", "us-gov-west-1"]) == {
        "us-east-1": "use1",
        "ap-northeast-1": "apne1",
        "us-gov-west-1": "usgw1",
    }
    assert fmt.region_shorts(["eu-west-1", "eu-wild-1"]) == {"eu-west-1": "eu-west-1", "eu-wild-1": "eu-wild-1"}
    assert fmt.region_shorts(["global", "eastus2"]) == {"global": "global", "eastus2": "eastus2"}
