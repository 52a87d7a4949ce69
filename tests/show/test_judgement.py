"""How a verdict is read: the words of each answer, its three faces, what is refused, and that nothing breaks whatever was concluded."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from functools import cache

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len

from hayai.decide.conclusions import BEYOND_HELP
from hayai.decide.findings import Findings
from hayai.decide.judgements import Detectable, Judgement, Look
from hayai.show.format import clean, cut
from hayai.show.locales import LANGUAGES, Language, Texts, texts_in
from hayai.show.reports import REPORTS
from hayai.show.sections.answers import answer_sentence
from hayai.show.sections.claims import claim_sentence
from hayai.show.sections.judgement import evidence_sections, verdict_sections
from hayai.show.sections.look import WIDTH, detectable_line, look_lines
from hayai.show.sections.order import page_of
from hayai.show.sections.parts import Section
from hayai.show.sections.words import word
from tests.show import any_judgement
from tests.show.hostile import CASES
from tests.show.judged import (
    DETECTABLE,
    JUDGED,
    NAMES,
    WHY,
    a_judgement,
    a_verdict,
    an_estimate,
    looks,
    percentiles,
    slow_answers,
    surroundings,
    within,
)

EN, JA = texts_in("en"), texts_in("ja")
FIVE = (*NAMES, "fourth", "3.5-haiku#2")
NOTHING = re.compile(r"\b[nN]a[nN]\b|\binf\b|\bNone\b|[{}]")


def judgement_sections(judgement: Judgement, names: Sequence[str], texts: Texts, *, scope: str) -> tuple[Section, ...]:
    """Everything that a judgement says, in order of reading."""
    return (*verdict_sections(judgement, names, texts, scope=scope), *evidence_sections(judgement, names, texts))


@cache
def ordinary() -> Findings:
    """A run whose judgement is replaced."""
    return CASES["ordinary"]()


def words(section: Section) -> str:
    """All text of a section."""
    cells = [cell for block in section.blocks for row in block.rows for cell in row]
    notes = [block.heading or "" for block in section.blocks] + [r for block in section.blocks for r in block.remarks]
    points = [line for point in section.points for line in (point.text, *point.more)]
    return "\n".join((section.title, *section.notes, *points, *cells, *notes, *section.lines))


def said(judgement: Judgement, language: Language = "en", names: tuple[str, ...] = FIVE) -> dict[str, str]:
    """Title -> text of each section."""
    found = judgement_sections(judgement, names, texts_in(language), scope="These prompts.")
    return {section.title: words(section) for section in found}


def shown(judgement: Judgement, name: str, language: Language) -> str:
    """A report of a run that was judged like this."""
    return REPORTS[name](replace(ordinary(), judgement=judgement), texts_in(language), width=80)


# The sentence


@pytest.mark.parametrize(
    ("answer", "ratio", "words"),
    [
        (
            "much_faster",
            1 / 1.4724,
            "[2] 3.5-haiku-optimized is faster than [1] 3.5-haiku, by more than 10%: 1.47 times as fast",
        ),
        ("faster", 1 / 1.2, "[2] 3.5-haiku-optimized is faster than [1] 3.5-haiku: 1.20 times as fast"),
        ("same", 1.0, "is practically the same as [1] 3.5-haiku (within 10%): 1.00 times as fast"),
        ("same_but_faster", 1 / 1.05, "practically the same as [1] 3.5-haiku (within 10%), but measurably faster"),
        ("same_but_slower", 1.05, "but measurably slower: it takes 1.05 times as long"),
        ("slower", 1.12, "is slower than [1] 3.5-haiku: it takes 1.12 times as long"),
        ("much_slower", 1.30, "is slower than [1] 3.5-haiku, by more than 10%: it takes 1.30 times as long"),
    ],
)
def test_every_answer_has_its_words(answer: str, ratio: float, words: str) -> None:
    """In full, with both names."""
    verdict = a_verdict(answer, ratio)  # type: ignore[arg-type]  # Parametrized as str.
    assert words in answer_sentence(verdict, NAMES, EN)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("answer", ["much_faster", "faster", "same", "slower", "much_slower", "undecided"])
@pytest.mark.parametrize("ratio", [1 / 1.6, 1.6])
def test_three_faces_are_always_there(answer: str, ratio: float, language: Language) -> None:
    """60 % more speed is 37.5 % less time: who reads one can compare it with whichever was promised."""
    sentence = answer_sentence(a_verdict(answer, ratio), NAMES, texts_in(language))  # type: ignore[arg-type]  # As above.
    faces = ("1.60", "+60%", "-38%") if ratio < 1 else ("0.625", "-38%", "+60%")
    assert [face for face in faces if face not in sentence] == []


def test_the_numbers_of_the_published_comparison_are_said_as_they_are() -> None:
    """1.47 times as fast, 1.32 to 1.64; the same as speed and as time."""
    verdict = a_verdict(headline=replace(an_estimate(1 / 1.4724), anytime=within(1 / 1.6394, 1 / 1.3225)))
    assert answer_sentence(verdict, NAMES, EN).endswith(
        ": 1.47 times as fast (95% anytime interval 1.32 to 1.64), speed +47%, time -32% (-39% to -24%)."
    )
    assert answer_sentence(verdict, NAMES, JA).endswith(
        "速さは1.47倍 (95%随時有効区間 1.32〜1.64倍)、速度+47%、時間-32% (-39%〜-24%)。"
    )


def test_undecided_says_what_it_rules_out() -> None:
    """Undecided is no finding; what it excludes is one."""
    sentence = said(JUDGED["undecided"]())["Verdict"]
    assert "between 4% slower and 13% faster" in sentence
    assert "A gain above 13% and a loss above 4% are ruled out." in sentence
    assert (
        "About 240 more requests would settle it (cycles: 12, 14 min 00 s). The limits do not allow that many."
        in sentence
    )
    early = said(JUDGED["early"]())["Verdict"]
    assert "nothing is ruled out" in early
    assert "between 3.8% slower and any amount faster" in early


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_verdict_says_why_and_what_to_do(language: Language) -> None:
    """Six reasons, six sentences, none of which names a winner."""
    found = {said(JUDGED[f"none_{why}"](), language)[texts_in(language)("verdict.title")] for why in WHY}
    assert len(found) == len(WHY)
    assert "max_tokens" in said(JUDGED["none_cut"]())["Verdict"]
    assert "Two cycles are the least" in said(JUDGED["none_few_pairs"]())["Verdict"]
    for sentence in (said(JUDGED[f"none_{why}"]())["Verdict"] for why in WHY):
        assert "No verdict on [2]" in sentence
        assert "is faster" not in sentence


def test_certain_is_not_yet_exact() -> None:
    """A direction that is beyond doubt, and a size that is not told as exactly as asked."""
    assert "not yet as exact as asked (±10%). About 90 more requests" in said(JUDGED["slower"]())["Verdict"]
    assert "exact" not in said(a_judgement(a_verdict()))["Verdict"]


def test_the_same_reason_is_told_once() -> None:
    """For all comparisons that have no verdict for it; what was seen stands below, pair by pair."""
    few = JUDGED["none_few_pairs"]().verdicts[0]
    told = said(a_judgement(few, replace(few, target=NAMES[2]), replace(few, judged=False, baseline=NAMES[1])))[
        "Verdict"
    ]
    assert told.count("too few pairs for any bound yet") == 1
    assert "[2] 3.5-haiku-optimized against [1] 3.5-haiku, [3] 3-haiku against [1] 3.5-haiku" in told
    assert told.count("Seen, not judged") == 2


# What stands beside it


def test_the_scope_and_what_one_session_cannot_tell_are_said() -> None:
    """Until there were sessions to tell it."""
    one = said(JUDGED["clear"]())["Verdict"]
    assert "These prompts. Anytime: valid however often one looked and whenever one stopped. Descriptive: an" in one
    assert "One session cannot tell whether another hour would say the same" in one
    several = said(JUDGED["troubled"]())["Verdict"]
    assert "One session cannot" not in several
    assert "Over 3 sessions, each one observation: 1.44 times as fast (1.32 to 1.59, 95% descriptive)" in several
    assert "Planned: valid at the planned looks only" in several


def test_several_comparisons_say_how_they_share_the_error_rate() -> None:
    """97.5 % each, 95 % all together; alone there is nothing to share."""
    slower = said(JUDGED["slower"]())["Verdict"]
    assert "2 comparisons share the rate of errors: each interval 97.5%, all together 95%." in slower
    assert "Described, not judged: [3] 3-haiku against [2]" in slower
    assert "share the rate" not in said(JUDGED["clear"]())["Verdict"]


def test_a_verdict_of_one_comparison_is_short() -> None:
    """Twelve lines at 80 cells."""
    text = shown(JUDGED["clear"](), "terminal", "en")
    block = text.split("Verdict ---")[1].split("\n\n")[0]
    assert len(block.splitlines()) - 1 <= 13


@pytest.mark.parametrize("name", ["terminal", "markdown"])
def test_the_verdict_comes_first(name: str) -> None:
    """After what ran, before every table; the claims behind it."""
    text = shown(JUDGED["published"](), name, "en")
    order = ["Verdict", "Claims", "Targets", "Response time by prompt", "Where the difference comes from", "Cautions"]
    marks = {"terminal": "{} --", "markdown": "## {}\n"}[name]
    places = [text.index(marks.format(title)) for title in order]
    assert places == sorted(places)


def test_a_terminal_ends_with_the_verdicts_in_short() -> None:
    """After a long page the eye is at its end; other reports do not repeat themselves."""
    names = [target.name for target in ordinary().targets]
    judgement = a_judgement(a_verdict(target=names[1], baseline=names[0]))
    line = "[2] claude-3-5-haiku 1.47x as fast as [1] (1.32-1.64): faster (>10%)"
    assert shown(judgement, "terminal", "en").splitlines()[-1] == line
    assert line not in shown(judgement, "markdown", "en")


def test_parts_are_factors_and_points_of_the_whole() -> None:
    """The points add up to the change of time."""
    verdict = JUDGED["clear"]().verdicts[0]
    section = next(s for s in judgement_sections(JUDGED["clear"](), NAMES, EN, scope="") if s.title.startswith("Where"))
    points = [float(row[-1]) for row in section.blocks[0].rows]
    assert sum(points[:-1]) == pytest.approx(points[-1], abs=1)
    assert verdict.parts is not None
    assert [row[1] for row in section.blocks[0].rows] == ["0.958x", "1.09x", "0.650x", "0.679x"]


def test_the_two_speeds_are_never_one() -> None:
    """Output tokens per second leave the wait out, end-to-end tokens per second hold it: two rows, two names."""
    section = said(JUDGED["clear"]())["Each quantity by itself"]
    assert "output tokens per second" in section
    assert "end-to-end tokens per second" in section
    assert "Output tokens per second: after the first token." in section


def test_a_time_to_first_token_that_cannot_be_told_is_refused() -> None:
    """And one that can is told as what it is: not observed."""
    why = said(JUDGED["published"]())["Where the difference comes from"]
    assert "[1]: the time to first token cannot be told from these answers: regression gives 2.37 s" in why
    assert "anything from 0.640 s to 4.10 s fits" in why
    assert "[2]: time to first token by regression: 1.74 s" in why
    assert "It was not observed." in why
    assert "whole time per token" in why


def test_tokens_that_do_not_compare_are_left_out_with_the_reason() -> None:
    """Characters stand alone."""
    section = said(JUDGED["strangers"]())["Each quantity by itself"]
    assert "Tokens are left out" in section
    assert "tokens per second" not in section.replace("Output tokens per second: after the first token.", "")


def test_a_trend_with_length_needs_an_interval_without_one() -> None:
    """0.97 with 0.85 to 1.10 is no sign; 0.80 with 0.75 to 0.90 is one."""
    clear = JUDGED["clear"]().verdicts[0]
    assert "no sign that longer answers gain more or less" in said(a_judgement(clear))["On which kinds of prompts"]
    assert clear.length is not None
    steep = replace(
        clear.length, per_doubling=replace(clear.length.per_doubling, ratio=0.8, interval=within(0.75, 0.9))
    )
    told = said(a_judgement(replace(clear, length=steep)))["On which kinds of prompts"]
    assert (
        "longer answers gain more: each doubling of the length (tokens) changes the ratio of times by a factor of 0.800"
        in told
    )


def test_many_prompts_are_told_by_their_ends() -> None:
    """The rest is counted."""
    clear = JUDGED["clear"]().verdicts[0]
    many = tuple(replace(clear.prompts[0], prompt=f"p{place}", ratio=0.5 + place / 100) for place in range(60))
    told = said(a_judgement(replace(clear, prompts=many)))["Prompt by prompt"]
    assert "p0\n" in told
    assert "p59\n" in told
    assert "p30" not in told
    assert "44 more are in the JSON report" in told


def test_a_percentile_that_cannot_be_told_says_what_it_needs() -> None:
    """No p99 of 100 answers."""
    told = said(JUDGED["clear"]())["Percentiles over these prompts"]
    assert "(one-sided), and for a useful value: p99 299 / 1000. There are 100 ([1], [2])." in told
    mixed = a_judgement(percentiles=(*percentiles(NAMES[:1]), *percentiles(NAMES[1:2], n=90)))
    assert "There are 100 ([1]), 90 ([2])." in said(mixed)["Percentiles over these prompts"]
    assert "max 41.2" in told
    enough = said(a_judgement(percentiles=percentiles(NAMES[:1], n=310)))["Percentiles over these prompts"]
    assert "first token (s)" not in enough
    assert "first token p99 (s)\nat most 4.12" in enough
    assert "at most: the slowest seen, a one-sided 95% bound." in enough
    assert "max" not in enough
    assert "24.3? (at least 21.9)" in told


def test_troubles_are_told() -> None:
    """Failures, throttles, fallbacks, order, warm-up, drift: beside the verdict and below it."""
    found = said(JUDGED["troubled"]())
    assert "Only where both were served as asked (" in found["Verdict"]
    assert "pairs): 1.61 times as fast" in found["Verdict"]
    assert "Conditional on success: [2] failed in 3 and [1] in 1 of 40 rounds." in found["Verdict"]
    rest = found["What else could explain it"]
    assert "Failures in 40 rounds: [2] 3, [1] 1; difference of the rates -4.2 to +15 points." in rest
    assert "Rounds with a throttled attempt: [2] 2, [1] 0." in rest
    assert "[2] was complete before [1] in 90% of the rounds (77% to 96%); a failure loses." in rest
    assert "3.10 times what chance would give" in rest
    assert "second takes 1.09 times as long as first (1.02 to 1.17; 99%). Random order" in rest
    assert "the beginning was different" in rest
    assert "[3]: no answer says which mode served it, so the verdict is about asking for the mode" in rest
    assert "[2]: 3 of 40 answers were served in another mode than asked for (share 2.6% to 20%). 2 do not say." in rest


def test_a_throttle_is_no_failure_when_a_retry_was_answered() -> None:
    """Both are told, each as what it is."""
    clear = JUDGED["clear"]().verdicts[0]
    assert clear.failing is not None
    retried = replace(clear, failing=replace(clear.failing, target_throttled=3))
    rest = said(a_judgement(retried))["What else could explain it"]
    assert "Failures: none in 40 rounds, on either side. Rounds with a throttled attempt: [2] 3, [1] 0." in rest
    assert "throttled" not in said(a_judgement(clear))["What else could explain it"]


def test_percentiles_say_who_is_not_in_them() -> None:
    """A failed request has no time."""
    told = said(JUDGED["troubled"]())["Percentiles over these prompts"]
    assert "Failed requests have no time and are in no percentile: [2] 3, [1] 1." in told
    assert "Failed" not in said(JUDGED["clear"]())["Percentiles over these prompts"]


@pytest.mark.parametrize(("language", "kinds"), [("en", ("anytime", "planned")), ("ja", ("随時有効", "計画時点"))])
def test_every_interval_says_what_it_is(language: Language, kinds: tuple[str, str]) -> None:
    """Beside the number, with its level: headline, as served, with waits, equal length, self-test, described pairs, tables."""
    anytime, planned = kinds
    troubled = said(JUDGED["troubled"](), language)
    (verdict, *_) = [text for title, text in troubled.items() if title == texts_in(language)("verdict.title")]
    assert verdict.count(f"95% {planned}" if language == "en" else f"95%{planned}") == 4
    assert anytime not in verdict.casefold()
    for case in ("self_test", "slower", "clear"):
        found = said(JUDGED[case](), language)[texts_in(language)("verdict.title")]
        intervals = re.findall(r"\d%(?: interval|区間)", found)
        assert not intervals
        assert f"5%{' ' if language == 'en' else ''}{anytime}" in found
    several = a_judgement(a_verdict(alpha=0.025, **surroundings()))
    for section in judgement_sections(several, NAMES, texts_in(language), scope=""):
        titles = [column.title for column in section.columns]
        bare = [title for title in titles if any(kind in title for kind in kinds) and "97.5%" not in title]
        assert not bare


def test_the_waits_for_retries_are_told_beside() -> None:
    """The verdict is about the last attempt; a user waits for all of them."""
    told = said(JUDGED["troubled"]())["Verdict"]
    assert "With the waits for retries: 1.11 times as fast (95% planned interval" in told
    assert "retries" not in said(JUDGED["clear"]())["Verdict"]


def test_what_was_seen_of_a_pair_without_verdict_has_its_interval() -> None:
    """It was measured; it is only not judged."""
    cut = a_verdict("none", why_none="cut")
    assert "Seen, not judged: [2] / [1]: 1.47 times as fast (95% anytime interval" in said(a_judgement(cut))["Verdict"]


def test_prompts_that_do_not_differ_do_not_differ_by_nothing() -> None:
    """0 % of difference is said in words; one of anything is no plural."""
    one = a_verdict(between_sd=0.0, headline=an_estimate(0.7, pairs=1, prompts=1))
    told = said(a_judgement(one))["What else could explain it"]
    assert "1 pair on 1 prompt, cycles: 4." in told
    assert "No difference between prompts beyond the noise was seen." in told


def test_answers_that_stand_out_are_marked() -> None:
    """A robust distance above 5."""
    told = said(JUDGED["clear"]())["Slowest answers"]
    assert "7.12*" in told
    assert "6.12*" in told
    assert "5.12*" in told
    calm = replace(slow_answers()[0], robust_z=5.0, stands_out=False)
    assert "5.00\n" in said(a_judgement(slowest=(calm,)))["Slowest answers"]


def test_the_self_test_has_no_winner_or_says_so() -> None:
    """Only against the baseline it repeats; the other pairs of the repeat are nobody's question."""
    good, bad = said(JUDGED["self_test"]())["Verdict"], said(JUDGED["failed_self_test"]())["Verdict"]
    assert "Self-test: [5] is [1] once more, and there is no winner, as it should be" in good
    assert good.count("[5]") == 1
    assert "and yet they differ" in bad
    assert "Do not trust the verdicts" in bad


def test_a_claim_is_quoted_with_every_reading() -> None:
    """What it needs, what was found, how many prompts reach it; and the first line decides."""
    told = said(JUDGED["published"]())["Claims"]
    assert "“B up to 60% faster than A”" in told
    assert "speed, end to end\n1.60x\n1.47x\n1.09 to 1.98\n5 of 10\n81%\nundecided" in told
    assert "time, end to end\n2.50x\n1.47x\n1.09 to 1.98\n0 of 10\n26%\ncontradicted" in told
    assert "Each prompt was measured once: no prompt alone is proof." in told
    assert "the first line, the weaker one, decides" in told
    assert "typically 1.47 times as fast, and reached by 5 of 10 prompts" in told


# While it goes on


def test_the_provisional_answer_is_a_line() -> None:
    """Per judged comparison, then what is missing."""
    found = [look_lines(look, NAMES, EN) for look in looks()]
    assert found[2] == (
        "after cycle 3: [2] 1.44x as fast as [1] (1.21-1.71): faster, not yet ±10%",
        "about 60 more requests (2 min 10 s) to settle it",
    )
    assert found[0] == ("after cycle 1: [2] 3.5-haiku-optimized 1.40x as fast as [1]: too early to say",)
    assert found[1][1] == "about 123456 more requests to settle it, more than the limits allow"
    assert len(found[3]) == 2


def test_a_line_says_by_more_than_the_margin_where_there_is_room() -> None:
    """First the name gives way, then the margin (as above), then how exact the answer is."""
    look = looks()[2]
    (line, *_) = look_lines(
        replace(look, cycles=0, rounds=3, verdicts=(replace(look.verdicts[0], settled=True),)), NAMES, EN
    )
    assert line == "after round 3: [2] 3.5-ha…mized 1.44x as fast as [1] (1.21-1.71): faster (>10%)"


def test_claims_that_keep_a_run_going_are_counted() -> None:
    """Otherwise nobody knows why it goes on though the verdict is settled."""
    assert look_lines(replace(looks()[3], open_claims=1), NAMES, EN)[-1] == "claims still open: 1"
    assert look_lines(replace(looks()[3], open_claims=2), NAMES, JA)[-1] == "未決の主張: 2件"


def test_what_a_plan_can_tell_is_a_line() -> None:
    """For each noise; "none" where nothing can be told."""
    assert detectable_line(DETECTABLE, EN) == (
        "This plan (400 requests) can tell a difference of 1.07x in calm, 1.12x in realistic, none in rough noise (80% chance)."
    )
    assert detectable_line((), EN)


@settings(max_examples=60, deadline=None)
@given(any_judgement.looks, st.sampled_from(LANGUAGES))
def test_any_look_fits_its_lines(look: Look, language: Language) -> None:
    """79 cells, a line per judged comparison, never a hidden character."""
    lines = look_lines(look, any_judgement.NAMES, texts_in(language))
    judged = sum(verdict.judged for verdict in look.verdicts)
    assert len(lines) == judged + (look.open_claims > 0) + (look.forecast is not None)
    for line in lines:
        assert cell_len(line) <= WIDTH
        assert line.isprintable()
        assert not NOTHING.search(line)


@given(any_judgement.detectables, st.sampled_from(LANGUAGES))
def test_any_plan_can_be_told_of(found: tuple[Detectable, ...], language: Language) -> None:
    """One printable line."""
    line = detectable_line(found, texts_in(language))
    assert line.isprintable()
    assert not NOTHING.search(line)


# Whatever was concluded


@pytest.mark.parametrize("width", [60, 80, 200])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", JUDGED)
def test_no_line_of_a_verdict_is_wider_than_the_page(case: str, language: Language, width: int) -> None:
    """With the longest and widest names too."""
    text = REPORTS["terminal"](replace(ordinary(), judgement=JUDGED[case]()), texts_in(language), width=width)
    assert max(map(cell_len, text.splitlines())) <= width
    assert {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")} <= {"\n"}


@settings(max_examples=60, deadline=None)
@given(any_judgement.judgements, st.sampled_from(LANGUAGES))
def test_any_judgement_can_be_read(judgement: Judgement, language: Language) -> None:
    """As sections and in every report: no error, nothing unknown shown as a word of ours, nothing hidden, nothing too wide."""
    for text in said(judgement, language, any_judgement.NAMES).values():
        own = re.sub("|".join(map(re.escape, strangers(judgement))) or "$^", "", text)
        assert not NOTHING.search(own), own
        assert {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")} <= {"\n"}
    terminal = shown(judgement, "terminal", language)
    assert max(map(cell_len, terminal.splitlines())) <= 80
    assert shown(judgement, "markdown", language)
    document = json.loads(shown(judgement, "json", language))
    assert [told["answer"] for told in document["judgement"]["verdicts"]] == [v.answer for v in judgement.verdicts]


def strangers(judgement: Judgement) -> list[str]:
    """Words of others, cleaned as they are shown; they may say whatever they like."""
    found = [e.prompt for v in judgement.verdicts for e in v.prompts] + [s.prompt for s in judgement.slowest]
    found += [s.record for s in judgement.slowest] + [s.request_id or "" for s in judgement.slowest]
    found += [g.name or "" for v in judgement.verdicts for g in v.groups] + [claim.text for claim in judgement.claims]
    shown = (part for text in found for part in (clean(text), word(text, 60), cut(clean(text), 120)))
    return sorted(filter(None, shown), key=len, reverse=True)


def test_json_holds_the_judgement_and_its_sentences() -> None:
    """The numbers as they are, and beside them the words of the reader's language."""
    judgement = JUDGED["published"]()
    for language, texts in (("en", EN), ("ja", JA)):
        told = json.loads(shown(judgement, "json", language))["judgement"]  # type: ignore[arg-type]  # Both are languages.
        sentence = told["verdicts"][0].pop("sentence")
        assert sentence == answer_sentence(judgement.verdicts[0], [t.name for t in ordinary().targets], texts)
        assert all(claim.pop("sentence") for claim in told["claims"])
        assert told == json.loads(msgspec.json.encode(judgement))


def test_a_remark_in_markdown_says_what_it_is_about() -> None:
    """Tables are flat there, and remarks stand below all of it."""
    text = shown(JUDGED["published"](), "markdown", "en")
    assert "- “B at least 25% less time than A”: Contradicted: on one prompt or more" in text


def test_hostile_words_of_a_verdict_are_only_words_in_markdown() -> None:
    """No link, mention, image, HTML or code span; every table keeps its columns."""
    text = shown(JUDGED["strangers"](), "markdown", "en")
    bare = re.sub(r"\\[\\`*_{}\[\]#~!|]", "", text)
    assert not re.search(r"<|`|\]\(|http://|www\.|@|\r", bare)
    for table in re.findall(r"(?:^\|.*\n)+", bare, re.MULTILINE):
        assert len({line.count("|") for line in table.splitlines()}) == 1


def test_a_claim_that_cannot_be_tested_says_so() -> None:
    """Nothing was measured of what it is about, or its times prove nothing: no word of an interval that there is not."""
    finding = JUDGED["published"]().claims[0]
    unknown = claim_sentence(replace(finding, readings=(), status="undecided"), NAMES, EN)
    assert unknown.startswith("Cannot be tested: what it is about was not measured")
    for why in BEYOND_HELP:
        told = claim_sentence(replace(finding, status="undecided", withheld=why), NAMES, EN)
        assert told.startswith("Cannot be tested")
        assert "prompts reach it" not in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_run_in_sessions_is_not_told_to_use_sessions(language: Language) -> None:
    """After the first of three it says what the others will tell, and does not advise what was asked for."""
    findings = CASES["ordinary"]()
    told = page_of(replace(findings, run=replace(findings.run, sessions=3)), texts_in(language)).sections[0].notes
    assert any(note == texts_in(language)("verdict.sessions_to_come", count="3") for note in told)
    assert not any("--sessions" in note for note in told)
