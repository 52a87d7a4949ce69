"""Which answers are put before a judge? Pairs of complete rounds that both sides answered, each in both orders.

By default the first such round of every prompt for every comparison against the baseline: further rounds of a prompt are no further
prompts, and cost as much. What cannot be shown (an image in the question, an answer that was not kept or has no words on either side) is
counted. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from hayai.ask.plan import Plan, Prompt
from hayai.ask.rubric import Rubric
from hayai.decide.quality.judge_prompts import ballot_hash, ballot_prompt, ballot_text, nonce_for, question_text
from hayai.keep.judging import Ballot
from hayai.keep.query import complete_rounds
from hayai.keep.records import AnswerText, RequestRecord

Aside = Literal["images", "texts_missing", "wordless"]
"""Why something is not put before a judge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two answers to one question."""

    id: str
    prompt: str
    cycle: int
    target: str
    baseline: str
    question: str
    target_answer: str
    """Id of its record."""
    baseline_answer: str
    target_text: str
    """Untrusted."""
    baseline_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The pairs, and how many prompts cannot be shown to a judge."""

    pairs: tuple[Pair, ...]
    images: int
    """Prompts with an image."""
    texts_missing: int
    """Rounds that both answered and of which a text was not kept."""
    wordless: int
    """Rounds in which neither said a word (tools were called)."""


def comparisons(names: Sequence[str], *, all_pairs: bool) -> Iterator[tuple[str, str]]:
    """Target and baseline of each comparison: every target against the first, or every pair, the earlier one as the baseline."""
    for baseline, target in combinations(names, 2):
        if all_pairs or baseline == names[0]:
            yield target, baseline


def choose_pairs(
    plan: Plan,
    records: Sequence[RequestRecord],
    answers: Mapping[str, AnswerText],
    *,
    repeats: int = 1,
    all_pairs: bool = False,
) -> Chosen:
    """The pairs of a run, prompt by prompt: of each comparison the first `repeats` complete rounds that both sides answered."""
    names = [target.name for target in plan.targets]
    rounds: dict[str, dict[int, dict[str, RequestRecord]]] = {}
    for record in complete_rounds(records, names).paired:
        if record.outcome == "ok":
            rounds.setdefault(record.prompt, {}).setdefault(record.cycle, {})[record.target] = record
    pairs: list[Pair] = []
    counted: Counter[Aside] = Counter()
    for prompt in plan.suite.prompts:
        question = question_text(prompt)
        if question is None:
            counted["images"] += 1
            continue
        for sides in comparisons(names, all_pairs=all_pairs):
            numbers = f"{names.index(sides[1]) + 1}-{names.index(sides[0]) + 1}"
            taken = 0
            for cycle, answered in sorted(rounds.get(prompt.id, {}).items()):
                pair = _pair(f"{prompt.id}.c{cycle}.{numbers}", question, sides, answered, answers)
                if isinstance(pair, Pair) and taken < repeats:
                    pairs.append(pair)
                    taken += 1
                elif not isinstance(pair, Pair) and pair is not None:
                    counted[pair] += 1
    return Chosen(
        pairs=tuple(pairs),
        images=counted["images"],
        texts_missing=counted["texts_missing"],
        wordless=counted["wordless"],
    )


def _pair(
    ident: str,
    question: str,
    sides: tuple[str, str],
    answered: Mapping[str, RequestRecord],
    answers: Mapping[str, AnswerText],
) -> Pair | Aside | None:
    """The pair of one round; why it is left aside; None where one of the sides did not answer."""
    target, baseline = (answered.get(side) for side in sides)
    if target is None or baseline is None:
        return None
    texts = answers.get(target.id), answers.get(baseline.id)
    if texts[0] is None or texts[1] is None:
        return "texts_missing"
    if not texts[0].text.strip() and not texts[1].text.strip():
        return "wordless"
    return Pair(
        id=ident,
        prompt=target.prompt,
        cycle=target.cycle,
        target=sides[0],
        baseline=sides[1],
        question=question,
        target_answer=target.id,
        baseline_answer=baseline.id,
        target_text=texts[0].text,
        baseline_text=texts[1].text,
    )


def ballots_of(pair: Pair, rubric: Rubric, seed: int) -> Iterator[tuple[Ballot, Prompt]]:
    """The two ballots of a pair, the baseline's answer first (`ab`), then the target's (`ba`), and what the judge reads for each."""
    sides = {pair.baseline: pair.baseline_text, pair.target: pair.target_text}
    for order, first in (("ab", pair.baseline), ("ba", pair.target)):
        second = pair.target if first == pair.baseline else pair.baseline
        shown = pair.question, sides[first], sides[second]
        name = f"{pair.id}.{order}"
        nonce = nonce_for(seed, name, shown)
        ballot = Ballot(
            id=name,
            prompt=pair.prompt,
            cycle=pair.cycle,
            target=pair.target,
            baseline=pair.baseline,
            first=first,
            target_answer=pair.target_answer,
            baseline_answer=pair.baseline_answer,
            nonce=nonce,
            sha256=ballot_hash(rubric, *shown),
        )
        yield ballot, ballot_prompt(name, ballot_text(rubric, *shown, nonce), rubric.language)
