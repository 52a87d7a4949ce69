"""What the simulator's answers promise: the asked length to the token, the right topic and language, text worth reading."""

import tomllib
import unicodedata
from importlib.resources import files
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.sim.answer import answer_tokens, count_tokens, language_of, split_tokens, topic_of
from hayai.sim.answers.topics import TOPICS

LANGUAGES = ("ja", "en")


def suite_prompts() -> list[tuple[str, str, str]]:
    """Topic, language and text of the prompts of both shipped suites."""
    folder = files("hayai.ask") / "suites"
    return [
        (prompt["id"], language, prompt["text"])
        for language in LANGUAGES
        for prompt in tomllib.loads((folder / f"published_{language}.toml").read_text(encoding="utf-8"))["prompts"]
    ]


SUITE = suite_prompts()
PROMPTS = {(topic, language): text for topic, language, text in SUITE}
UNKNOWN = {
    "ja": "京都の紅葉と寺院について教えてください。",
    "en": "Tell me about the tides and fishing grounds of Brittany.",
}


def test_the_suites_have_the_ten_topics_in_two_languages() -> None:
    """The topics recognised here are those of the shipped suites."""
    assert {(topic, language) for topic in TOPICS for language in LANGUAGES} == set(PROMPTS)


@pytest.mark.parametrize(("topic", "language", "text"), SUITE)
@pytest.mark.parametrize("nonce", ["", "[3f9a0c1d22e84b77] ", "[0000ffff]\n"])
def test_suite_prompts_are_recognised(topic: str, language: str, text: str, nonce: str) -> None:
    """Every shipped prompt is recognised, with and without a nonce before it."""
    assert (topic_of(nonce + text), language_of(nonce + text)) == (topic, language)


@given(st.sampled_from(sorted(PROMPTS.items())), st.integers(min_value=0, max_value=8_000), st.integers(0, 2**64))
def test_an_answer_has_exactly_the_asked_tokens(place: tuple[tuple[str, str], str], count: int, seed: int) -> None:
    """Any length, any seed, any topic: the number of tokens is the number asked for, and the same again next time."""
    _, prompt = place
    tokens = answer_tokens(prompt, count, seed=seed)
    assert len(tokens) == count
    assert all(tokens)
    assert tokens == answer_tokens(prompt, count, seed=seed)


@given(st.text(), st.integers(min_value=0, max_value=3_000), st.integers())
def test_any_prompt_gets_an_answer_of_the_asked_length(prompt: str, count: int, seed: int) -> None:
    """An unknown topic, an empty prompt, noise: still an answer."""
    assert len(answer_tokens(prompt, count, seed=seed)) == count
