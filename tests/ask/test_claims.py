"""Claims as people write them, in English and Japanese: what is read, what is refused, and that the page about them is right."""

from __future__ import annotations

import re
import string
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import hayai.ask
from hayai.ask.claim_words import AMOUNTS, MEANINGS, PHRASES
from hayai.ask.claims import Face, Kind, Quantity, parse_claim
from hayai.ask.plan import Claim, ClaimReading
from hayai.errors import UsageError
from hayai.show.locales.en.claims import TEXTS as ENGLISH
from hayai.show.locales.ja.claims import TEXTS as JAPANESE

TWO = ("A", "B")
THREE = ("claude-3-5-haiku standard", "claude-3-5-haiku optimized", "Nova 2.5 Pro")


def read(text: str, names: tuple[str, ...] = TWO) -> Claim:
    """The claim, as `--claim` would have it."""
    return parse_claim(text, names, place="--claim")


def readings(claim: Claim) -> list[tuple[str, float]]:
    """Faces and factors, rounded for the eye."""
    return [(reading.face, round(reading.times_as_fast, 4)) for reading in claim.readings]


def _gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def refusals(text: str, names: tuple[str, ...] = TWO) -> set[str]:
    """The keys of what is told about a claim that is refused; each can be told in both languages."""
    with pytest.raises(UsageError) as caught:
        parse_claim(text, names, place="--claim")
    for problem in caught.value.problems:
        assert problem.place == "--claim"
        assert problem.values.keys() == _gaps(ENGLISH[problem.key]) == _gaps(JAPANESE[problem.key])
    return {problem.key for problem in caught.value.problems}


BOTH_60 = [("speed", 1.6), ("time", 2.5)]


@pytest.mark.parametrize(
    ("text", "target", "kind", "quantity", "factors"),
    [
        # The number is of speed or of time: both are read.
        ("B up to 60% faster than A", "B", "up_to", None, BOTH_60),
        ("60% higher tokens/s", "B", "typical", "speed", BOTH_60),
        ("up to 60% higher inference speed", "B", "up_to", "speed", BOTH_60),
        ("60 % more tokens per second", "B", "typical", "speed", BOTH_60),
        ("B is 60 percent quicker", "B", "typical", None, BOTH_60),
        ("a 60% speed-up", "B", "typical", None, BOTH_60),
        ("A 60% speed-up", "A", "typical", None, BOTH_60),
        ("+60% throughput improvement", "B", "typical", "speed", BOTH_60),
        # It is of time only.
        ("at least 25% less time", "B", "at_least", None, [("time", 1.3333)]),
        ("usually 25% sooner", "B", "typical", None, [("time", 1.3333)]),
        ("up to 40% lower TTFT", "B", "up_to", "ttft", [("time", 1.6667)]),
        ("60% less latency", "B", "typical", "e2e", [("time", 2.5)]),
        ("reduces response time by 40 %", "B", "typical", "e2e", [("time", 1.6667)]),
        ("B's time to first token is always 40% lower than A's", "B", "at_least", "ttft", [("time", 1.6667)]),
        ("saves 40% of the time", "B", "typical", None, [("time", 1.6667)]),
        ("cuts TTFT latency in half", "B", "typical", "ttft", [("time", 2.0)]),
        ("halves the time", "B", "typical", None, [("time", 2.0)]),
        ("B takes half as long as A", "B", "typical", None, [("time", 2.0)]),
        # Factors.
        ("typically 1.5x", "B", "typical", None, [("times", 1.5)]),
        ("1.5x as fast", "B", "typical", None, [("times", 1.5)]),
        ("twice as fast", "B", "typical", None, [("times", 2.0)]),
        ("160% as fast", "B", "typical", None, [("times", 1.6)]),
        ("2x the throughput", "B", "typical", "speed", [("times", 2.0)]),
        ("twice A's tokens/s", "B", "typical", "speed", [("times", 2.0)]),
        ("1.5x speedup over A", "B", "typical", None, [("times", 1.5)]),
        ("3x lower latency", "B", "typical", "e2e", [("times", 3.0)]),
        ("1.5 times faster", "B", "typical", None, [("times", 1.5), ("speed", 2.5)]),
        ("three times faster", "B", "typical", None, [("times", 3.0), ("speed", 4.0)]),
        ("at least 0.8x as fast", "B", "at_least", None, [("times", 0.8)]),
        # More than all cannot be saved: only the speed can be meant.
        ("150% faster", "B", "typical", None, [("speed", 2.5)]),
        # Said of the slower one: the other is faster.
        ("B is 30 % slower than A", "A", "typical", None, [("time", 1.3), ("speed", 1.4286)]),
        ("30% higher latency", "A", "typical", "e2e", [("time", 1.3)]),
        ("60% fewer tokens per second", "A", "typical", "speed", [("speed", 2.5)]),
        ("B takes twice as long", "A", "typical", None, [("time", 2.0)]),
        ("twice A's latency", "A", "typical", "e2e", [("time", 2.0)]),
        ("2x slower", "A", "typical", None, [("times", 2.0), ("time", 3.0)]),
        ("0.8x as fast", "A", "typical", None, [("times", 1.25)]),
        ("100% slower", "A", "typical", None, [("time", 2.0)]),
        # How often.
        ("about 60% faster", "B", "typical", None, BOTH_60),
        ("up to about 60% faster", "B", "up_to", None, BOTH_60),
        ("as much as 60% faster", "B", "up_to", None, BOTH_60),
        ("more than 60% faster", "B", "at_least", None, BOTH_60),
        ("over 60% faster", "B", "at_least", None, BOTH_60),
        ("on every prompt 60% faster", "B", "at_least", None, BOTH_60),
        ("on average at least 60% faster", "B", "typical", None, BOTH_60),
        # Who.
        ("60% faster than A", "B", "typical", None, BOTH_60),
        ("60% faster than B", "A", "typical", None, BOTH_60),
        ("A is 60% faster", "A", "typical", None, BOTH_60),
        ("[2] is 60% faster than [1]", "B", "typical", None, BOTH_60),
        ("1 is 60% faster than 2", "A", "typical", None, BOTH_60),
        ("“B”: 60% faster than 'A'", "B", "typical", None, BOTH_60),
        ("B vs A: 60% faster", "B", "typical", None, BOTH_60),
        # Japanese.
        ("BはAより最大60%高速", "B", "up_to", None, BOTH_60),
        ("ＢはＡよりも最大で６０％速い", "B", "up_to", None, BOTH_60),
        ("AよりBの方が6割速い", "B", "typical", None, BOTH_60),
        ("トークン/秒が60%高い", "B", "typical", "speed", BOTH_60),
        ("出力速度が約60％向上", "B", "typical", "speed", BOTH_60),
        ("Bはより60%高速", "B", "typical", None, BOTH_60),
        ("平均で30%短い", "B", "typical", None, [("time", 1.4286)]),
        ("BのTTFTはAより40%短い", "B", "typical", "ttft", [("time", 1.6667)]),
        ("最初のトークンまでの時間が常に40%以上短い", "B", "at_least", "ttft", [("time", 1.6667)]),
        ("BはAに比べて、応答時間を30%削減します", "B", "typical", "e2e", [("time", 1.4286)]),
        ("少なくとも25%速い", "B", "at_least", None, [("speed", 1.25), ("time", 1.3333)]),
        ("1.5倍速い", "B", "typical", None, [("times", 1.5)]),
        ("BはAの2倍の速さ", "B", "typical", None, [("times", 2.0)]),
        ("二倍高速", "B", "typical", None, [("times", 2.0)]),
        ("応答時間が半分", "B", "typical", "e2e", [("time", 2.0)]),
        ("BはAより30%遅い", "A", "typical", None, [("time", 1.3), ("speed", 1.4286)]),
        ("レイテンシが2倍", "A", "typical", "e2e", [("time", 2.0)]),
    ],
)  # fmt: skip
def test_what_people_write_is_read(
    text: str, target: str, kind: str, quantity: str | None, factors: list[tuple[str, float]]
) -> None:
    """Who, how often, of what, and every factor that the number can mean, the weakest first."""
    claim = read(text)
    assert (claim.target, claim.baseline) == (target, "A" if target == "B" else "B")
    assert (claim.kind, claim.quantity, readings(claim)) == (kind, quantity, factors)
    assert claim.text == text


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "claim.empty"),
        (" 、 ", "claim.empty"),
        ("faster", "claim.no_number"),
        ("B up to faster than A", "claim.no_number"),
        ("60% faster than 30%", "claim.several_numbers"),
        ("25-30% faster", "claim.several_numbers"),
        ("60,5% faster", "claim.several_numbers"),
        ("60 faster", "claim.no_unit"),
        ("0% faster", "claim.no_difference"),
        ("-30% less time", "claim.no_difference"),
        ("時間が−30%短い", "claim.no_difference"),
        ("1x as fast", "claim.no_difference"),
        ("0x as fast", "claim.no_difference"),
        ("9" * 400 + "x as fast", "claim.no_difference"),
        ("100% less time", "claim.impossible"),
        ("120% lower TTFT", "claim.impossible"),
        ("100% fewer tokens per second", "claim.impossible"),
        ("0.5x lower latency", "claim.impossible"),
        ("60%", "claim.no_comparison"),
        ("B up to 60% more", "claim.no_comparison"),
        ("2x latency", "claim.no_comparison"),
        ("30% faster and slower", "claim.contradictory"),
        ("30% more time and shorter", "claim.contradictory"),
        ("typically up to 60% faster", "claim.several_kinds"),
        ("always on average 60% faster", "claim.several_kinds"),
        ("60% higher tokens/s and TTFT", "claim.several_quantities"),
        ("60% faster end-to-end tokens/s", "claim.several_quantities"),
        ("B is 60% faster than B", "claim.same_target"),
        ("B is 60% faster than", "claim.several_targets"),
        ("B is 60% faster than C", "claim.unknown_target"),
        ("“gpt” is 60% faster", "claim.unknown_target"),
        ("[3] is 60% faster", "claim.unknown_target"),
        ("B is 60% schneller", "claim.unknown_word"),
        ("B is at most 60% faster", "claim.unknown_word"),
        ("B is not 60% faster", "claim.unknown_word"),
        ("B is 60% fastre", "claim.unknown_word.maybe"),
        ("1e3% faster", "claim.unknown_word"),
        ("60%pt faster", "claim.unknown_word"),
        ("B's maximum latency is 40% lower", "claim.unknown_word"),
        ("最大レイテンシが40%低い", "claim.unknown_word"),
        ("B is 60\x1b[31m% faster", "claim.unknown_word"),
        ("\ud800 60% faster", "claim.unknown_word"),
    ],
)
def test_what_is_not_understood_is_refused(text: str, key: str) -> None:
    """With a reason, never with a guess."""
    assert key.removesuffix(".maybe") in {found.removesuffix(".maybe") for found in refusals(text)}
    if key.endswith(".maybe"):
        assert key in refusals(text)


def test_everything_wrong_is_told_at_once() -> None:
    """As everywhere."""
    assert refusals("B is typically up to 60% faster than B with 30% lower TTFT") == {
        "claim.several_kinds", "claim.several_numbers", "claim.same_target",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "target", "baseline"),
    [
        ("claude-3-5-haiku optimized is 60% faster than claude-3-5-haiku standard", 1, 0),
        ("optimized up to 60% faster than standard", 1, 0),
        ("'Nova 2.5 Pro' is 60% faster", 2, 0),
        ("nova 2.5 pro is 60% faster than optimized", 2, 1),
        ("C is 60% faster than B", 2, 1),
        ("3 is 1.5x as fast as 2", 2, 1),
        ("[2] is 60% faster", 1, 0),
        ("Nova 2.5 Proはstandardより60%高速", 2, 0),
    ],
)
def test_targets_are_found_by_name_number_letter_and_by_what_sets_them_apart(
    text: str, target: int, baseline: int
) -> None:
    """The longest name first; without a partner, the comparison is with the first target."""
    claim = read(text, THREE)
    assert (claim.target, claim.baseline) == (THREE[target], THREE[baseline])


@pytest.mark.parametrize("text", ["60% faster", "60% faster than B", "A is 60% faster"])
def test_of_three_targets_one_must_be_meant(text: str) -> None:
    """None is chosen for the user."""
    assert refusals(text, THREE) == {"claim.which_target"}


@pytest.mark.parametrize(
    ("text", "names", "target"),
    [
        # A is a name: letters are no places.
        ("A is 60% faster", ("B", "A"), "A"),
        ("fast is 1.5x as fast as “slow”", ("slow", "fast"), "fast"),
        ("60% faster than faster", ("slow one", "faster"), None),
        ("“faster” is 60% faster", ("slow one", "faster"), "faster"),
        ("nova-pro is 60% faster than nova", ("nova", "nova-pro"), "nova-pro"),
        ("2x is 60% faster", ("1x", "2x"), "2x"),
        ("最適化は標準より60%高速", ("標準", "最適化"), "最適化"),
        ("pro is 60% faster than lite", ("nova-lite-v1", "nova-pro-v1"), "nova-pro-v1"),
        ("latency up to 60% lower on optimized", ("haiku", "haiku latency=optimized"), "haiku latency=optimized"),
        ("A#2 is 60% faster than A", ("A", "A#2"), "A#2"),
    ],
)
def test_names_may_be_made_of_the_words_of_claims(text: str, names: tuple[str, ...], target: str | None) -> None:
    """Quotes decide where it is not clear; what stays unclear is refused."""
    if target is None:
        assert refusals(text, names)
    else:
        assert read(text, names).target == target


def test_a_name_that_is_near_is_suggested() -> None:
    """And all names are listed."""
    with pytest.raises(UsageError) as caught:
        read("B is 60% faster than clade", ("Claude", "B"))
    (problem,) = caught.value.problems
    assert (problem.key, problem.values["suggestion"]) == ("claim.unknown_target.maybe", "Claude")


def test_a_claim_needs_two_targets() -> None:
    """There is nobody to be faster than."""
    assert refusals("60% faster", ("A",)) == {"claim.one_target"}


WORDS = st.sampled_from([*MEANINGS, *AMOUNTS, "A", "B", "60%", "1.5x", "2倍", "0", "'", "[2]", "zzz", "-", "、", "\n"])


@given(st.text(max_size=60) | st.lists(WORDS, max_size=8).map(" ".join) | st.lists(WORDS, max_size=8).map("".join))
@example("İ60% faster")
@example("\u017fpeed 60% higher")
def test_any_text_is_read_or_refused(text: str) -> None:
    """A claim that can be tested, or a problem that can be told."""
    try:
        claim = read(text)
    except UsageError:
        refusals(text)
        return
    factors = [reading.times_as_fast for reading in claim.readings]
    assert factors
    assert factors == sorted(factors)
    assert all(0 < factor < float("inf") and factor != 1 for factor in factors)
    assert all(factor > 1 for factor in factors) or claim.kind != "typical"
    assert {claim.target, claim.baseline} == set(TWO)
    assert claim.text == " ".join(text.split())


@given(st.integers(1, 9999))
def test_every_percentage_is_read_on_both_faces(tenths: int) -> None:
    """More speed by p; less time by p where less than all; and the same in Japanese."""
    p = tenths / 10
    claim = read(f"{p}% faster")
    expected = {"speed": 1 + p / 100}
    if p < 100:
        expected["time"] = 1 / (1 - p / 100)
        assert read(f"{p}% less time").readings == claim.readings[1:]
    assert {reading.face: reading.times_as_fast for reading in claim.readings} == pytest.approx(expected)
    assert read(f"{p}%高速").readings == claim.readings


SAID: dict[str, dict[str, str]] = {
    "kind": {"typical": "typically", "at_least": "at least", "up_to": "up to"},
    "quantity": {"e2e": "end-to-end", "ttft": "time to first token", "speed": "token generation", "": ""},
}


def formatted(claim: Claim) -> str:
    """The claim in plain words, from its weakest reading."""
    reading = claim.readings[0]
    factor = reading.times_as_fast
    size = {
        "speed": f"{(factor - 1) * 100:.12f}% faster",
        "time": f"{(1 - 1 / factor) * 100:.12f}% sooner",
        "times": f"{factor:.12f}x as fast",
    }[reading.face]
    what = SAID["quantity"][claim.quantity or ""]
    return f"'{claim.target}' is {SAID['kind'][claim.kind]} {size} in {what} compared to '{claim.baseline}'"


@given(
    st.sampled_from(get_args(Kind)),
    st.sampled_from([*get_args(Quantity), None]),
    st.sampled_from(get_args(Face)),
    st.floats(1.001, 50.0),
    st.permutations(THREE),
)
def test_a_claim_put_into_words_is_the_same_claim(
    kind: Kind, quantity: Quantity | None, face: Face, factor: float, names: list[str]
) -> None:
    """Written out and read again."""
    reading = ClaimReading(face=face, times_as_fast=factor)
    made = Claim(text="", target=names[0], baseline=names[1], kind=kind, quantity=quantity, readings=(reading,))
    again = read(formatted(made), THREE)
    assert (again.target, again.baseline, again.kind, again.quantity) == (names[0], names[1], kind, quantity)
    assert again.readings[0].face == face
    assert again.readings[0].times_as_fast == pytest.approx(factor, rel=1e-9)


def test_texts_and_problems_are_the_same_set() -> None:
    """A text for every problem, a problem for every text, the same gaps in both languages."""
    folder = Path(hayai.ask.__file__).parent
    code = "\n".join(path.read_text("utf-8") for path in folder.glob("claim*.py"))
    used = set(re.findall(r'"(claim\.[a-z_.]+)"', code))
    assert {key.removesuffix(".maybe") for key in used} == {key.removesuffix(".maybe") for key in ENGLISH}
    assert {key: _gaps(text) for key, text in ENGLISH.items()} == {key: _gaps(text) for key, text in JAPANESE.items()}


@pytest.mark.parametrize("texts", [ENGLISH, JAPANESE], ids=["en", "ja"])
def test_the_examples_in_the_messages_are_understood(texts: dict[str, str]) -> None:
    """Whoever copies one is not refused again."""
    quoted = [
        found
        for text in texts.values()
        for found in re.findall(r"“([^”]+)”|「([^」]+)」", text)
        if any(re.search(r"\d", f) for f in found)
    ]
    examples = {one or other for one, other in quoted if "{" not in one + other}
    assert len(examples) > 8
    for text in examples:
        read(text)


def test_no_word_has_two_meanings() -> None:
    """Each stands in the vocabulary once, in lower case."""
    listed = [phrase for phrases in PHRASES.values() for phrase in phrases.split(", ")]
    assert len(listed) == len(set(listed))
    assert not set(listed) & AMOUNTS.keys()
    assert all(phrase == phrase.lower().strip() and phrase for phrase in listed)


PAGE = (Path(__file__).parents[2] / "docs" / "claims.md").read_text("utf-8")


def table(heading: str) -> list[list[str]]:
    """The rows of the table whose head begins with `heading`."""
    found = re.search(rf"^\| {re.escape(heading)}.*\n\|[-|]+\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    assert found, heading
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in found[1].splitlines()]


def test_the_page_lists_every_word_under_one_meaning() -> None:
    """Words that mean the same stand in one row; those that say nothing are left out."""
    silent = {"filler", "the", "of", "possessive"}
    listed = [re.findall("`([^`]+)`", words) for _, words in table("meaning")]
    every = [word for words in listed for word in words]
    assert sorted(every) == sorted(
        [word for word, meaning in MEANINGS.items() if meaning not in silent] + list(AMOUNTS)
    )
    homes: dict[str, int] = {}
    for row, words in enumerate(listed):
        for word in words:
            assert homes.setdefault(MEANINGS.get(word, "amount"), row) == row


def test_the_readings_on_the_page_are_those_of_the_code() -> None:
    """Row by row."""
    rows = table("written")
    assert len(rows) > 5
    for written, factors in rows:
        told = [(face, float(factor)) for factor, face in re.findall(r"([\d.]+) as (\w+)", factors)]
        assert readings(read(written.strip("`"))) == told


def test_the_faces_on_the_page_are_conversions_of_each_other() -> None:
    """More speed, less time, times as fast."""
    for _, factor, speed, time in table("said"):
        more, less = (float(cell.strip("+−% ")) / 100 for cell in (speed, time))
        assert 1 + more == pytest.approx(float(factor))
        assert 1 / (1 - less) == pytest.approx(float(factor))


def test_the_claims_in_the_commands_of_the_page_are_understood() -> None:
    """As they would be typed."""
    typed = re.findall(r'--claim "([^"]+)"', PAGE)
    assert len(typed) > 2
    for text in typed:
        read(text)
