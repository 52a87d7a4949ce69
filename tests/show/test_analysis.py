"""What is said of the published table: sentence by sentence, and only where its own question was asked."""

from __future__ import annotations

import pytest

from hayai.ask.claims import parse_claim
from hayai.ask.plan import Rules
from hayai.decide.analyze import analyze
from hayai.keep.measurements import published_measurements
from hayai.show.analysis import OPTIMIZED, STANDARD, page_of_analysis
from hayai.show.locales import LANGUAGES, Language, texts_in

HAIKU = "claude-3-haiku"
CLAIM = f"{OPTIMIZED} up to 60% faster than {STANDARD}"


def told(*names: str, judged: tuple[str, ...] | None = None, language: Language = "en") -> dict[str, str]:
    """Title -> lines of each section, for the published table with these targets."""
    claims = (parse_claim(CLAIM, names, place="--claim"),) if {STANDARD, OPTIMIZED} <= set(names) else ()
    rules = Rules(precision_ratio=None, claims=claims)
    found = analyze(published_measurements(), rules, targets=names, judged=judged, published=True)
    page = page_of_analysis(found, (), (), texts_in(language))
    return {section.title: "\n".join(section.lines) for section in page.sections}


def test_the_older_model_and_the_optimized_one_differ_by_length() -> None:
    """End to end undecided, per token a tie; and the plainest example of a longer answer that came sooner."""
    lines = told(STANDARD, OPTIMIZED, HAIKU, judged=(OPTIMIZED,))["What was written, and what the table supports"]
    assert (
        "[3] claude-3-haiku against [2] claude-3-5-haiku-optimized: end to end undecided, 1.28 times as fast (0.938 to 1.74 "
        "for prompts like these). Per token a tie: 0.937 times as fast (0.791 to 1.11). What is seen end to end is length: "
        "the optimized answers have 36% more tokens."
    ) in lines
    assert "Plainest: blockchain, 364 tokens in 7.09 s against 589 tokens in 6.66 s." in lines


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("names", [(STANDARD, HAIKU), (HAIKU, STANDARD, OPTIMIZED), (OPTIMIZED, STANDARD)])
def test_another_question_gets_no_published_sentences(names: tuple[str, ...], language: Language) -> None:
    """With another baseline or target those sentences would be wrong; the verdict stands alone."""
    texts = texts_in(language)
    sections = told(*names, language=language)
    assert texts("verdict.title") in sections
    assert texts("published_table.title") not in sections


def test_two_targets_are_enough_for_its_question() -> None:
    """Without the third there is nothing to say of it."""
    lines = told(STANDARD, OPTIMIZED)["What was written, and what the table supports"]
    assert '"About 30 % shorter": supported, as time. Time -32%' in lines
    assert "Per token a tie" not in lines
