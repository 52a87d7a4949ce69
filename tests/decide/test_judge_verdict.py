"""What judgings promise to become: the right answer at the right size, votes counted once, whatever is no vote told apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from random import Random

import pytest

from hayai.ask.plan import Message, Plan, Prompt, Rules, TextPart
from hayai.ask.rubric import Rubric, read_rubric
from hayai.decide.quality.judge_cautions import CAUTIONS, judge_cautions
from hayai.decide.quality.judge_pairs import Pair, ballots_of, choose_pairs
from hayai.decide.quality.judge_tally import answered, tally
from hayai.decide.quality.judge_verdict import judged_findings, judged_qualities
from hayai.decide.quality.judged import JudgedComparison, JudgedFindings
from hayai.keep.judging import Ballot, Judged
from hayai.keep.query import SIMULATION_HEADER
from hayai.keep.records import AnswerText
from tests.decide.judgings import JUDGE, RUBRIC, a_judging, a_pair, preferring, vote
from tests.decide.made import a_plan, a_prompt, a_record, a_target

OTHER = a_target("large", "mistral.mistral-large-2407-v1:0")
PLAN = a_plan((a_target("a", "us.amazon.nova-pro-v1:0"), a_target("b", "us.meta.llama3-1-70b-instruct-v1:0")), ())


def pairs(count: int) -> list[Pair]:
    """One pair for each of so many prompts."""
    return [a_pair(f"p{number}") for number in range(count)]


def by_score(scores: Sequence[float]) -> Callable[[Ballot], str]:
    """A judge that gives each prompt its score."""
    return lambda ballot: preferring(scores[int(ballot.prompt[1:])])(ballot)


def found_in(*judgings: Judged, plan: Plan = PLAN, lengths: dict[str, int] | None = None) -> JudgedFindings:
    """The findings; answers have the lengths given."""
    records = [a_record(id=name, text_chars=count) for name, count in (lengths or {}).items()]
    found = judged_findings(plan, records, judgings)
    assert found is not None
    return found


def judged(scores: Sequence[float], margin: float = 0.10) -> JudgedComparison:
    """The only comparison, of prompts with these scores."""
    (one,) = found_in(a_judging(pairs(len(scores)), by_score(scores), margin=margin)).comparisons
    return one


def spread(count: int, mean: float) -> list[float]:
    """Scores around `mean` with a variance near 1/12."""
    low = [0.0, 0.25, 0.5, 0.75, 1.0]
    rng = Random(4)
    drawn = [rng.choice(low) for _ in range(count)]
    shift = mean - sum(drawn) / count
    while abs(shift) * count >= 0.25:
        place = rng.randrange(count)
        moved = drawn[place] + (0.25 if shift > 0 else -0.25)
        if 0 <= moved <= 1:
            drawn[place] = moved
            shift = mean - sum(drawn) / count
    return drawn


@pytest.mark.parametrize(
    ("count", "mean", "answer", "not_worse"),
    [
        (200, 0.50, "equivalent", True),
        (60, 0.55, "not_worse", True),
        (60, 0.70, "better", True),
        (60, 0.30, "worse", False),
        (30, 0.45, "cannot_tell", False),
    ],
)
def test_the_answer_follows_from_scores_and_size(count: int, mean: float, answer: str, not_worse: bool) -> None:
    """Equal at a size that shows it; better; worse; and at a size that shows nothing, that."""
    one = judged(spread(count, mean))
    assert (one.answer, one.not_worse, one.why_none) == (answer, not_worse, None)
    assert one.prompts == count
    assert one.preference("overall") == one.questions[0]


def test_ten_prompts_carry_no_verdict_and_the_number_needed_is_told() -> None:
    """However clear it looks: about 52, or 207 at the margin for decisions."""
    one = judged([1.0, 0.75] * 5)
    assert (one.answer, one.why_none, one.needed_prompts) == ("none", "few_prompts", 52)
    assert judged([1.0, 0.75] * 5, margin=0.05).needed_prompts == 207


def test_a_smaller_margin_asks_for_more() -> None:
    """The same votes are equal enough at ten points and cannot tell at three."""
    assert judged(spread(200, 0.5)).answer == "equivalent"
    assert judged(spread(200, 0.5), margin=0.03).answer == "cannot_tell"


def test_a_judge_that_always_votes_for_one_place_says_nothing() -> None:
    """All scores are one half; it is not called equal, and the order is measured."""
    (one,) = found_in(a_judging(pairs(60), lambda ballot: vote(ballot, overall="A"))).comparisons
    assert (one.answer, one.why_none) == ("none", "order_decides")
    assert (one.order.flips, one.order.pairs, one.order.bias) == (60, 60, 0.5)


def test_a_judge_that_always_ties_says_nothing() -> None:
    """Who never prefers anything tells nothing about what was judged."""
    one = judged([0.5] * 60)
    assert (one.answer, one.why_none) == ("none", "no_variation")


def test_detail_and_correctness_are_claims_of_their_own() -> None:
    """More detailed in every pair, less often right, and overall whatever it is."""

    def say(ballot: Ballot) -> str:
        target_is = "A" if ballot.first == ballot.target else "B"
        other_is = "B" if target_is == "A" else "A"
        odd = int(ballot.prompt[1:]) % 7 == 0
        sides = {"detail": target_is, "correctness": other_is, "overall": "tie"}
        return vote(ballot, **(dict.fromkeys(sides, "tie") if odd else sides))

    (one,) = found_in(a_judging(pairs(60), say)).comparisons
    told = {question.question: question.answer for question in one.questions}
    assert told == {"overall": "none", "correctness": "worse", "detail": "better"}


def test_length_stands_beside_it() -> None:
    """Longer answers preferred for their length alone: the plain rate is high, the one at equal length is not."""
    rng = Random(2)
    count, lengths, scores = 200, {}, []
    for number in range(count):
        factor = rng.choice([0.5, 1, 2, 4])
        lengths[f"b-p{number}-0"] = round(1000 * factor)
        lengths[f"a-p{number}-0"] = 1000
        scores.append(min(1, max(0, {0.5: 0.25, 1: 0.5, 2: 0.75, 4: 1.0}[factor] + rng.choice([-0.25, 0, 0.25]))))
    (one,) = found_in(a_judging(pairs(count), by_score(scores)), lengths=lengths).comparisons
    assert one.answer == "better"
    assert one.length_ratio == pytest.approx(1.4, rel=0.15)
    assert one.at_equal_length is not None
    assert one.at_equal_length.low < 0.5 < one.at_equal_length.high


def test_several_judges_are_averaged_and_never_counted_as_prompts() -> None:
    """The same votes from two judges prove what one proves; each is shown, and how far they agree."""
    scores = spread(60, 0.5)
    one = judged(scores)
    (both,) = found_in(
        a_judging(pairs(60), by_score(scores)), a_judging(pairs(60), by_score(scores), judge=OTHER)
    ).comparisons
    assert both.questions[0].win_rate == one.questions[0].win_rate
    assert [by.judge for by in both.by_judge] == ["sonnet", "large"]
    assert both.agreement == 1
    against = [1 - score for score in scores]
    (apart,) = found_in(
        a_judging(pairs(60), by_score(scores)), a_judging(pairs(60), by_score(against), judge=OTHER)
    ).comparisons
    assert apart.agreement is not None
    assert apart.agreement < 0


def test_a_judge_that_has_hardly_begun_hides_no_pairs() -> None:
    """Who is not done, or has voted on few pairs, is shown by itself and not averaged in."""
    begun = {ballot.id for pair in pairs(3) for ballot, _ in ballots_of(pair, RUBRIC, 1)}
    unfinished = a_judging(pairs(60), preferring(1.0), judge=OTHER, only=begun)
    (one,) = found_in(a_judging(pairs(60), by_score(spread(60, 0.3))), unfinished).comparisons
    assert (one.answer, one.prompts) == ("worse", 60)
    assert [by.counted for by in one.by_judge] == [True, False]
    (alone,) = found_in(unfinished).comparisons
    assert (alone.pairs, alone.why_none) == (3, "few_prompts")


def test_what_is_no_vote_is_counted_and_its_pair_left_out() -> None:
    """Nonsense, refusals, failed calls and ballots that were never asked, each by its name; one order alone is no pair."""

    def say(ballot: Ballot) -> str | None:
        number = int(ballot.prompt[1:])
        if ballot.first == ballot.baseline and number < 4:
            return ("A is better.", "I cannot compare these.", None, vote(ballot, overall="A"))[number]
        return vote(ballot, overall="A")

    ids = {ballot.id for pair in pairs(5) for ballot, _ in ballots_of(pair, RUBRIC, 1)} - {"p4.c0.1-2.ab"}
    found = found_in(a_judging(pairs(5), say, only=ids))
    (judge,) = found.judges
    assert (judge.ballots, judge.votes) == (10, 6)
    assert (judge.invalid, judge.refused, judge.failed, judge.open) == (1, 1, 1, 1)
    assert found.comparisons[0].pairs == 1


def test_what_failed_is_asked_again_and_what_was_answered_is_not() -> None:
    """The first answer stands, vote or not; a failed call does not keep its ballot."""
    first = a_judging(pairs(2), lambda ballot: None if ballot.prompt == "p0" else "no vote here")
    assert {name for name, _ in answered([first])} == {"p1.c0.1-2.ab", "p1.c0.1-2.ba"}
    again = a_judging(pairs(2), preferring(1.0), seed=2, created="2026-11-29T13:00:00Z")
    counted = tally([first, again])
    assert (counted.fates["vote"], counted.fates["invalid"], counted.fates["failed"]) == (2, 2, 0)
    assert [key.prompt for key in counted.pairs] == ["p0"]


def test_calls_are_priced_and_a_cost_that_is_not_known_is_told() -> None:
    """Two ballots answered at the price that the judging keeps; a call without usage is unknown, not free."""
    (judge,) = found_in(a_judging(pairs(1), preferring(1.0))).judges
    assert (judge.cost_usd, judge.cost_unknown) == (2 * Decimal("0.0045"), 0)
    (judge,) = found_in(a_judging(pairs(1), lambda _ballot: None)).judges
    assert (judge.cost_usd, judge.cost_unknown) == (Decimal(0), 2)


def test_the_last_rubric_counts() -> None:
    """Votes by another one are other votes; how many are left out is told."""
    other = Rubric(name="own.txt", text="overall correctness detail", language="en")
    first = a_judging(pairs(60), by_score(spread(60, 0.3)))
    last = a_judging(pairs(60), by_score(spread(60, 0.7)), rubric=other, created="2026-11-29T13:00:00Z")
    found = found_in(first, last)
    assert (found.rubric, found.left_out) == ("own.txt", 120)
    assert found.comparisons[0].answer == "better"


def quiet(**more: object) -> Judged:
    """A judge of another maker, nearly without faults."""
    return a_judging(pairs(160), by_score(spread(160, 0.5)), judge=OTHER, **more)  # type: ignore[arg-type]  # passed on


def biased(ballot: Ballot) -> str:
    """Two votes of five for whoever stands first."""
    score = spread(60, 0.5)[int(ballot.prompt[1:])]
    return vote(ballot, overall="A") if int(ballot.prompt[1:]) % 5 < 2 else preferring(score)(ballot)


TWICE = a_plan(
    (a_target("a", "us.amazon.nova-pro-v1:0"), a_target("b", "us.amazon.nova-pro-v1:0")),
    (),
    rules=Rules(self_test="b"),
)
RAISED = {
    "W320": lambda: found_in(
        a_judging(pairs(60), by_score(spread(60, 0.5)), judge=a_target("x", "eu.amazon.nova-pro-v1:0"))
    ),
    "W321": lambda: found_in(
        a_judging(pairs(60), by_score(spread(60, 0.5)), judge=a_target("x", "amazon.nova-lite-v1:0"))
    ),
    "W322": lambda: found_in(a_judging(pairs(60), biased, judge=OTHER)),
    "W323": lambda: found_in(a_judging(pairs(60), biased, judge=OTHER)),
    "W324": lambda: found_in(
        a_judging(pairs(60), lambda b: "A" if b.prompt == "p1" or b.prompt < "p3" else vote(b), judge=OTHER)
    ),
    "W325": lambda: found_in(a_judging(pairs(10), by_score(spread(10, 0.5)), judge=OTHER)),
    "W326": lambda: found_in(a_judging(pairs(60), by_score(spread(60, 0.8)), judge=OTHER), plan=TWICE),
    "W327": lambda: found_in(
        quiet(only={f"p{number}.c0.1-2.{order}" for number in range(30) for order in ("ab", "ba")})
    ),
}
"""Code -> findings that raise it."""


@pytest.mark.parametrize("code", [code for code, _ in CAUTIONS])
def test_each_caution_is_raised_by_what_it_warns_of(code: str) -> None:
    """And not by a judge without faults."""
    assert code in {caution.code for caution in judge_cautions(RAISED[code]())}
    assert judge_cautions(found_in(quiet())) == ()
    assert judge_cautions(None) == ()


@pytest.mark.parametrize(
    ("lost", "tied", "voted", "told"),
    [(40, 80, "equivalent", "not_worse"), (64, 56, "worse", "cannot_tell"), (20, 40, "better", "better")],
)
@pytest.mark.parametrize("word", ["I cannot compare these.", "A is better.", None])
def test_a_judge_that_refuses_where_an_answer_would_lose_proves_nothing(
    lost: int, tied: int, voted: str, told: str, word: str | None
) -> None:
    """By the votes that are left each target is better. What is told is what holds if all that are missing were against it."""
    scores = [0.0] * lost + [0.5] * tied + [1.0] * (160 - lost - tied if lost > 20 else 100)

    def say(ballot: Ballot) -> str | None:
        return word if int(ballot.prompt[1:]) < lost else by_score(scores)(ballot)

    one = judged(scores)
    assert (one.answer, one.missing, one.why_cannot_tell) == (voted, 0, None)
    (one,) = found_in(a_judging(pairs(160), say)).comparisons
    assert (one.answer, one.missing, one.pairs) == (told, lost, 160 - lost)
    assert one.why_cannot_tell == ("votes_missing" if told == "cannot_tell" else None)
    rate = one.questions[0].win_rate
    assert rate is not None
    assert rate.low > 0.5
    assert rate.lowest < rate.lower


def test_votes_that_are_still_to_come_are_not_missing() -> None:
    """What was not asked yet was drawn by lot, and speaks against nobody."""
    asked = {f"p{n}.c0.1-2.{order}" for n in range(60) for order in ("ab", "ba")}
    (one,) = found_in(a_judging(pairs(160), by_score([0.75, 0.5, 1.0] * 60), only=asked)).comparisons
    assert (one.answer, one.missing) == ("better", 0)


def test_one_missing_vote_leaves_what_the_other_said() -> None:
    """Lost in one order and not told in the other is between 0 and 1/2, not between 0 and 1."""
    say = by_score([1.0] * 40)
    half = tally([a_judging(pairs(40), lambda ballot: "?" if ballot.first == ballot.target else say(ballot))])
    assert {found["overall"] for found in half.missing.values()} == {(0.5, 1.0)}
    assert len(half.missing) == 40
    assert not half.pairs


def test_worse_says_not_worse_of_the_other_only_if_missing_votes_cannot_change_it() -> None:
    """A judge that refuses where the baseline would lose makes the target worse, and the baseline no better."""
    scores = [1.0] * (50 + 42) + [0.0] * 68

    def say(ballot: Ballot) -> str:
        return "I cannot." if int(ballot.prompt[1:]) < 50 else by_score(scores)(ballot)

    refused = found_in(a_judging(pairs(160), say))
    assert refused.comparisons[0].answer == "worse"
    assert judged_qualities(refused) == {("b", "a"): "worse", ("a", "b"): "open"}


def test_targets_that_are_judged_beside_each_other_share_the_error_rate() -> None:
    """Three against one baseline: a third of 5 % for each bound; the double of a self-test is nobody to be picked."""
    targets = tuple(a_target(name, f"maker{name}.model-v1:0") for name in "abcd")
    each = [a_pair(f"p{number}", "bcd"[number % 3]) for number in range(180)]
    judging = a_judging(each, by_score(spread(180, 0.5)), judge=OTHER)
    for rules, choices in ((Rules(), 3), (Rules(self_test="b"), 2)):
        found = found_in(judging, plan=a_plan(targets, (), rules=rules))
        rates = [one.questions[0].win_rate for one in found.comparisons]
        assert [rate and rate.confidence for rate in rates] == [pytest.approx(1 - 0.05 / choices)] * 3


def test_votes_by_place_shrink_the_margin() -> None:
    """A quarter of the prompts voted by place: the win rate is held to three quarters of the margin, and more prompts are needed."""
    scores = spread(160, 0.5)

    def say(ballot: Ballot) -> str:
        return vote(ballot, overall="A") if int(ballot.prompt[1:]) % 4 == 0 else by_score(sure)(ballot)

    sure = [float(score > 0.5) if score != 0.5 else 0.5 for score in scores]
    (one,) = found_in(a_judging(pairs(160), say)).comparisons
    assert one.order.by_place == pytest.approx(0.25)
    assert one.questions[0].margin == pytest.approx(0.075)


def test_answers_without_a_vote_are_counted_over_all_judges_that_have_many() -> None:
    """W324 says of how many answers, and how many were refusals, of whichever judge."""

    def silent(word: str, below: int) -> Callable[[Ballot], str]:
        return lambda ballot: word if int(ballot.prompt[1:]) < below else by_score(spread(60, 0.5))(ballot)

    found = found_in(
        a_judging(pairs(60), silent("A is better.", 10)),
        a_judging(pairs(60), silent("I cannot compare these.", 20), judge=OTHER),
    )
    (values,) = [caution.values for caution in judge_cautions(found) if caution.code == "W324"]
    assert values == {"judges": ("sonnet", "large"), "missing": 60, "total": 240, "refused": 40}


def test_a_judging_that_goes_on_asks_for_no_larger_suite() -> None:
    """W327 says that more of it is to come; W325 would send the reader elsewhere."""
    codes = {caution.code for caution in judge_cautions(RAISED["W327"]())}
    assert "W327" in codes
    assert "W325" not in codes


@pytest.mark.parametrize(
    "model", ["llama-3.1-70b", "meta-llama/Llama-3.3-70B-Instruct", "us.meta.llama3-3-70b-instruct-v1:0"]
)
def test_a_maker_is_known_whichever_service_offers_its_model(model: str) -> None:
    """W321: Llama on Bedrock is judged by Llama behind an address of its own."""
    found = found_in(a_judging(pairs(60), by_score(spread(60, 0.5)), judge=a_target("x", model)))
    assert found.judges[0].relatives == ("b",)


def test_who_weighs_quality_gets_it_both_ways() -> None:
    """Better on the one side is worse on the other; what cannot be told is open on both; where nobody looked there is nothing."""
    better = found_in(a_judging(pairs(60), by_score(spread(60, 0.7))))
    assert judged_qualities(better) == {("b", "a"): "not_worse", ("a", "b"): "worse"}
    few = found_in(a_judging(pairs(5), by_score([1.0] * 5)))
    assert set(judged_qualities(few).values()) == {"open"}
    assert judged_qualities(None) == {}


def test_a_simulated_judge_is_told() -> None:
    """By the header of its answers."""
    (real,) = found_in(quiet()).judges
    (made,) = found_in(quiet(headers={SIMULATION_HEADER: "judging;speed=1"})).judges
    assert (real.simulated, made.simulated) == (False, True)


def test_pairs_are_those_that_can_be_judged() -> None:
    """Complete rounds that both sides answered with words: the first of each prompt, or as many as are asked for."""
    names = ("a", "b", "c")
    prompts = (
        a_prompt("p"),
        a_prompt("q"),
        Prompt(id="r", messages=(Message(role="user", parts=(TextPart(text="R"),)),)),
    )
    plan = a_plan(tuple(a_target(name) for name in names), prompts)
    records = [
        a_record(
            name, prompt.id, cycle=cycle, outcome="throttled" if (name, prompt.id, cycle) == ("b", "p", 0) else "ok"
        )
        for cycle in (0, 1)
        for prompt in prompts
        for name in names
    ]
    said = {one.id: AnswerText(id=one.id, text="" if one.prompt == "r" else f"{one.target} says so") for one in records}
    chosen = choose_pairs(plan, records, said)
    assert [pair.id for pair in chosen.pairs] == ["p.c1.1-2", "p.c0.1-3", "q.c0.1-2", "q.c0.1-3"]
    assert chosen.wordless == 4
    everything = choose_pairs(plan, records, said, repeats=5, all_pairs=True)
    assert len(everything.pairs) == 1 + 2 + 1 + 2 * 3
    del said[records[3].id]
    assert choose_pairs(plan, records, said).texts_missing == 2
    (one, two) = ballots_of(chosen.pairs[0], read_rubric("general", "ja"), 1)
    assert (one[0].first, two[0].first) == ("a", "b")
    assert one[0].nonce != two[0].nonce
    assert JUDGE.name not in one[1].text
    assert "nova" not in one[1].text
