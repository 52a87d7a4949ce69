"""The expectations of the work suites, by the checks themselves: good answers pass all of them, wrong ones fail the right one."""

from __future__ import annotations

from fractions import Fraction

import pytest

from hayai.ask.expectations import Expectations
from hayai.ask.plan import Prompt
from hayai.ask.suites.read import read_suite
from hayai.decide.quality.checks import CHECKS
from hayai.decide.quality.checks.check import Answer
from hayai.decide.quality.checks.searches import Searches
from tests.ask.work_proofs import PROOFS
from tests.decide.good_answers import GOOD

PROMPTS = {(language, p.id): p for language in ("en", "ja") for p in read_suite(f"work-{language}").prompts}
PADDING = {
    "en": "The way there takes a few steps, and NULL is none of them. " * 5,
    "ja": "順に考えます。NULLにも気をつけます。" * 12,
}
SEARCHES = Searches()


def _expect(prompt: Prompt) -> Expectations:
    assert prompt.expect is not None
    return prompt.expect


def _failed(place: tuple[str, str], text: str) -> list[str]:
    """Names of the checks that the answer does not pass."""
    looks = ((name, check(_expect(PROMPTS[place]), SEARCHES)) for name, check in CHECKS.items())
    answer = Answer(text=text, stop_reason="end_turn", chars=len(text))
    return [name for name, look in looks if look is not None and look(answer).outcome != "passed"]


def _proved(place: tuple[str, str], *, more: int = 0) -> str:
    """The right answer as it is proved, after a way to it where it ends in a number; `more` is added to that."""
    answer = PROOFS[place[1]](PROMPTS[place].text)
    if not isinstance(answer, Fraction):
        return answer
    told = answer + more
    return f"{PADDING[place[0]]}\n\n{told.numerator if told.denominator == 1 else float(told)}"


EXACT = [(language, key) for key in PROOFS for language in ("en", "ja")]


@pytest.mark.parametrize("place", EXACT, ids="-".join)
def test_what_is_proved_passes_and_nothing_else(place: tuple[str, str]) -> None:
    """A number that is off by one fails as a number, a text with a full stop behind it as a text."""
    right = _proved(place)
    assert _failed(place, right) == []
    wrong, check = (_proved(place, more=1), "number") if _expect(PROMPTS[place]).number else (f"{right};", "exact")
    assert _failed(place, wrong) == [check]


@pytest.mark.parametrize("place", GOOD, ids="-".join)
def test_good_answers_pass(place: tuple[str, str]) -> None:
    """Whichever way they are put."""
    assert _failed(place, GOOD[place]) == []


def test_every_answer_that_can_be_checked_has_a_good_one() -> None:
    """Exact, JSON or code: each is either proved or written down."""
    checkable = {
        place
        for place, prompt in PROMPTS.items()
        if (e := _expect(prompt)).exact or e.number or e.code or e.json_schema is not None
    }
    assert checkable <= GOOD.keys() | set(EXACT)


@pytest.mark.parametrize(("place", "expect"), [(place, _expect(PROMPTS[place])) for place in GOOD], ids=str)
def test_broken_answers_fail(place: tuple[str, str], expect: Expectations) -> None:
    """Code that does not parse, JSON without its end, half a word, an answer in no language at all."""
    if expect.code:
        assert _failed(place, f"{GOOD[place]}\n\n```{expect.code[0]}\n[)\n```") == ["code"]
    elif expect.json_schema is not None:
        assert "json_schema" in _failed(place, GOOD[place].replace("}", "", 1))
    else:
        assert _failed(place, "…") != []
