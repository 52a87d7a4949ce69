"""Both languages have every text, with the same gaps, and every text that a caution or a record can ask for exists."""

from __future__ import annotations

import importlib
import string
from typing import get_args

import pytest

from hayai.decide.cautions import CAUTIONS
from hayai.decide.quality.judge_cautions import CODES as JUDGE_CODES
from hayai.decide.quality.judge_cautions import judge_cautions
from hayai.decide.verdict.cautions import CODES, verdict_cautions
from hayai.keep.records import OUTCOMES, Clock
from hayai.measure.messages import EndReason
from hayai.show.locales import LANGUAGES, SECTIONS, Language, texts_in
from hayai.show.locales.ja import choice, judge, quality
from hayai.show.sections.notices import caution_text
from tests.decide.test_cautions import EXAMPLES, RULES
from tests.decide.test_judge_verdict import RAISED as VOTES
from tests.decide.test_verdict_cautions import EXAMPLES as JUDGEMENTS


def section(language: Language, name: str) -> dict[str, str]:
    """The texts of one room."""
    texts: dict[str, str] = importlib.import_module(f"hayai.show.locales.{language}.{name}").TEXTS
    return texts


def gaps(text: str) -> set[str]:
    """The names of the gaps in a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("name", SECTIONS)
def test_both_languages_have_the_same_texts_with_the_same_gaps(name: str) -> None:
    """Nobody meets a missing sentence in the other language."""
    english, japanese = section("en", name), section("ja", name)
    assert sorted(english) == sorted(japanese)
    assert {key: gaps(text) for key, text in english.items()} == {key: gaps(text) for key, text in japanese.items()}


@pytest.mark.parametrize("name", SECTIONS)
def test_a_gap_has_a_name_and_no_format_of_its_own(name: str) -> None:
    """Numbers are formatted in show/format.py; texts receive strings."""
    for language in LANGUAGES:
        for key, text in section(language, name).items():
            for _, gap, spec, conversion in string.Formatter().parse(text):
                assert gap is None or (gap.isidentifier() and not spec and conversion is None), key


def test_no_text_is_in_two_sections() -> None:
    """Merging would hide one of them; `texts_in` refuses."""
    for language in LANGUAGES:
        assert len(texts_in(language).keys()) == sum(len(section(language, name)) for name in SECTIONS)


def test_every_section_of_the_folder_is_listed() -> None:
    """A file that nobody merges is a file that nobody reads."""
    package = importlib.import_module("hayai.show.locales.en")
    from pkgutil import iter_modules

    assert sorted(module.name for module in iter_modules(package.__path__)) == sorted(SECTIONS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_caution_can_be_told_and_explained(language: Language) -> None:
    """Its values fill its text, and `hayai explain` has more to say than the caution itself."""
    texts = texts_in(language)
    for code, _ in CAUTIONS:
        caution = RULES[code](EXAMPLES[code][0])
        assert caution is not None
        short = caution_text(caution, texts)
        assert "{" not in short
        assert len(texts(f"explain.{code}")) > len(short)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_every_caution_about_a_verdict_can_be_told_and_explained(language: Language, code: str) -> None:
    """The same for those that a judgement raises."""
    texts = texts_in(language)
    caution = next(found for found in verdict_cautions(JUDGEMENTS[code]()) if found.code == code)
    short = caution_text(caution, texts)
    assert "{" not in short
    assert len(texts(f"explain.{code}")) > len(short)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", JUDGE_CODES)
def test_every_caution_about_judges_can_be_told_and_explained(language: Language, code: str) -> None:
    """The same for those that votes raise."""
    texts = texts_in(language)
    caution = next(found for found in judge_cautions(VOTES[code]()) if found.code == code)
    short = caution_text(caution, texts)
    assert "{" not in short
    assert len(texts(f"explain.{code}")) > len(short)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_a_record_has_a_text(language: Language) -> None:
    """Outcomes, clocks and reasons for ending."""
    texts = texts_in(language)
    words = [f"report.outcome.{outcome}" for outcome in OUTCOMES if outcome != "ok"]
    words += [f"report.clock.{clock}" for clock in get_args(Clock)]
    words += [f"report.ended.{reason}" for reason in get_args(EndReason)]
    assert [word for word in words if word not in texts] == []


def test_an_unknown_key_is_our_own_mistake() -> None:
    """It is not shown to anybody as if it were a text."""
    with pytest.raises(KeyError):
        texts_in("en")("no.such.text")


def test_japanese_has_one_word_for_an_answer() -> None:
    """What to choose, the checks and the judges speak of the same answers."""
    assert not [key for module in (choice, judge, quality) for key, text in module.TEXTS.items() if "回答" in text]
