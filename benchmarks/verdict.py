"""Does hayai's verdict hold what it promises, and what do the usual ways of comparing promise?

Thousands of runs are made up whose truth is known (`noise.py`), and decided by the very functions that `hayai compare` decides with, looked
at after every cycle up to 400 requests; and by the naive ways (`_ways.py`) on runs of the same kind. Ends with PASS or FAIL for each
promise, and with exit code 1 if one is not kept.

    .venv/bin/python -m benchmarks.verdict [--trials 2000] [--seed 1]

The tables replace those in results/verdict.md; what was written there under "Reading" stays, and is for a person to bring up to date.
"""

from __future__ import annotations

import argparse
import math
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks import _ways as ways
from benchmarks._ways import FASTER, SAME, SLOWER, Ended, Rule, Seen, Width
from benchmarks.noise import CALM, REALISTIC, ROUGH, ROWS, TOKENS, Floats, Noise, Trials, trials
from hayai.clock import local_text, now_ns, wall_ns
from hayai.decide.verdict.estimate import Bounds

RESULT = Path(__file__).parent / "results" / "verdict.md"
READING = "## Reading"
CYCLES = 20
TRUE = (1.0, 1.1, 1.2, 1.47)
SOBER = (CALM, REALISTIC, ROUGH)
DEFAULT, VERDICT_ONLY = Rule(name="default", precision=1.10), Rule(name="verdict only")
NARROW = Rule(name="margin 5 %, verdict only", margin=1.05)
RULES = (DEFAULT, VERDICT_ONLY, NARROW)
SEQUENCE = ways.sequence_width()
PLANNED = ways.planned_width(CYCLES)
OURS: dict[str, Width] = {
    "**confidence sequence with drift factor (hayai)**": SEQUENCE,
    "confidence sequence, no drift factor": ways.without_factor(SEQUENCE),
    "group-sequential with drift factor (`--stopping fixed`)": PLANNED,
    "group-sequential, no drift factor": ways.without_factor(PLANNED),
}
OTHERS: dict[str, Width] = {
    "as it is: g = 0.16, factor F": SEQUENCE,
    **{f"g = {growth}": ways.grown_width(growth) for growth in (0.04, 0.08, 0.32)},
    "no drift factor": ways.without_factor(SEQUENCE),
    "factor only where F is significant (p < .05)": ways.factor_if_certain(SEQUENCE),
    "F (C - 1) / (C - 3) from C = 4 cycles on": ways.cautious_factor(SEQUENCE),
    "cycle means as observations": ways.by_cycle_means(),
}
"""Alternatives, tried with the verdict-only rule."""
PEEKING = "peeking at an ordinary 95 % interval, paired logs"
BOUND_FALSE, BOUND_COVERAGE = 0.05, 0.95
BOUND_REQUESTS = {(1.47, CALM): 40, (1.47, REALISTIC): 60, (1.47, ROUGH): 60, (1.1, CALM): 80, (1.1, REALISTIC): 180}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Runs of one kind of noise and one truth, with what each way made of them."""

    noise: Noise
    times_as_fast: float
    theta: float
    ended: dict[tuple[str, str], Ended]
    """By way and rule."""
    window: dict[tuple[str, str], Floats]
    """The truth of the window in which each run was measured."""
    missed: dict[str, float]
    """Share of the runs in which any look's interval missed the truth of its window, by way."""


def main() -> int:
    """Runs the simulation, prints and keeps its tables; 1 if a promise is not kept."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    began = now_ns()
    cases = {(row, truth): tried(row, truth, asked) for row in ROWS for truth in TRUE}
    kept, promised = promises(cases)
    tables = [
        *promised,
        *nothing_table(cases),
        *effect_table(cases),
        *ways_tables(cases, asked),
        *stress_table(asked),
        *rare_table(asked),
        *pairs_table(asked),
        *appendix(cases),
    ]
    head = [
        "# The verdict",
        "",
        f"`.venv/bin/python -m benchmarks.verdict --trials {asked.trials} --seed {asked.seed}`",
        "",
        (
            f"{local_text(wall_ns())}, Python {platform.python_version()}, numpy {np.__version__}. {asked.trials} runs of each kind, "
            f"{(now_ns() - began) / 1e9:.0f} s. ± is one standard error of the simulation. Requests: median / 90th percentile, both "
            f"targets together, {CYCLES * 2 * len(TOKENS)} at most."
        ),
    ]
    text = "\n".join([*head, *tables]) + "\n"
    print(text)
    RESULT.parent.mkdir(exist_ok=True)
    before = RESULT.read_text(encoding="utf-8") if RESULT.exists() else ""
    reading = before[before.index(READING) :] if READING in before else ""
    RESULT.write_text(text + ("\n" + reading if reading else ""), encoding="utf-8")
    return 0 if kept else 1


def tried(row: Noise, truth: float, asked: argparse.Namespace, *, stalls_of_b: float = 1.0) -> Case:
    """All sequential ways on the same runs."""
    made = trials(
        row, asked.trials, _seed(asked, row, truth, 0), times_as_fast=truth, cycles=CYCLES, stalls_of_b=stalls_of_b
    )
    found = ways.seen(made)
    ended = {(way, rule.name): ways.stopped(found, width, rule) for way, width in OURS.items() for rule in RULES}
    ended |= {(way, "other"): ways.stopped(found, width, VERDICT_ONLY) for way, width in OTHERS.items()}
    runs = np.arange(asked.trials)
    window = {key: made.window[runs, one.looks + 1] for key, one in ended.items()}
    ended |= {(PEEKING, rule.name): ways.peeking(made, rule) for rule in (VERDICT_ONLY, NARROW)}
    missed = {way: _missed(found, width, made) for way, width in OURS.items()} if truth == 1.0 else {}
    return Case(noise=row, times_as_fast=truth, theta=made.theta, ended=ended, window=window, missed=missed)


def _missed(found: Seen, width: Width, made: Trials) -> float:
    return ways.ever_missed(found, width, made.window[:, 1:])


def _seed(asked: argparse.Namespace, row: Noise, truth: float, part: int) -> tuple[int, ...]:
    """Every kind of run has random numbers of its own."""
    return (asked.seed, [each.name for each in ROWS].index(row.name), round(truth * 100), part)


def promises(cases: dict[tuple[Noise, float], Case]) -> tuple[bool, list[str]]:
    """What was promised, and whether it was kept."""
    found: list[tuple[bool, str]] = []
    for row in SOBER:
        for rule in (DEFAULT, VERDICT_ONLY):
            share = _ours(cases[row, 1.0], rule).share(*FASTER, *SLOWER)
            text = f"A/A, {row.name}, {rule.name}: false verdicts {_share(share, _ours(cases[row, 1.0], rule))}, at most {BOUND_FALSE}"
            found.append((share <= BOUND_FALSE, text))
    for row in SOBER:
        share, truth, rule_name = min(
            (_ours(cases[row, truth], rule).covers(cases[row, truth].theta), truth, rule.name)
            for truth in TRUE
            for rule in (DEFAULT, VERDICT_ONLY)
        )
        text = (
            f"{row.name}: final interval covers in {_share(share, _ours(cases[row, truth], DEFAULT))} at worst "
            f"(true {truth:.2f}x, {rule_name}), at least {BOUND_COVERAGE}"
        )
        found.append((share >= BOUND_COVERAGE, text))
    for (truth, row), bound in BOUND_REQUESTS.items():
        ended = _ours(cases[row, truth], VERDICT_ONLY)
        slack = 1.0 / math.sqrt(len(ended.requests))
        spread = "-".join(f"{ended.within(0.5 + side * slack)}" for side in (-1, 1))
        text = f"true {truth:.2f}x, {row.name}, verdict only: median {ended.within(0.5)} requests (95 %: {spread}), at most {bound}"
        found.append((ended.within(0.5) <= bound, text))
    lines = [f"- {'PASS' if kept else 'FAIL'} {text}" for kept, text in found]
    return all(kept for kept, _ in found), ["", "## Promises", "", *lines]


def _ours(case: Case, rule: Rule) -> Ended:
    return case.ended[next(iter(OURS)), rule.name]


def nothing_table(cases: dict[tuple[Noise, float], Case]) -> Iterator[str]:
    """hayai when nothing differs."""
    yield from (
        "",
        "## hayai when nothing differs (A/A)",
        "",
        'False: the run ended in faster or slower, by whatever margin. Strict: also in "practically the same, but measurably faster" or',
        "slower. Covers: the final interval holds the truth over the window; in brackets the long-run mean, from which the window differs",
        "where a target drifts on its own. Ever: some look's interval, stop or no stop, missed the window's truth up to then.",
        "",
        "| noise | rule | false | strict | same | undecided | requests | covers | ever |",
        "|---|---|---|---|---|---|---|---|---|",
    )
    way = next(iter(OURS))
    for row in ROWS:
        case = cases[row, 1.0]
        for rule in RULES:
            one = case.ended[way, rule.name]
            wrong = one.share(*FASTER, *SLOWER)
            strict = wrong + one.share(*ways.APART)
            yield (
                f"| {row.name} | {rule.name} | {_share(wrong, one)} | {_share(strict, one)} | {one.share(*SAME):.3f} | "
                f"{one.share('undecided'):.3f} | {_requests(one)} | {_covers(case, (way, rule.name))} | {case.missed[way]:.3f} |"
            )


def effect_table(cases: dict[tuple[Noise, float], Case]) -> Iterator[str]:
    """hayai when B is faster."""
    yield from (
        "",
        "## hayai when B is truly faster",
        "",
        'Correct: faster, or faster by more than the margin. Too much: "by more than the margin" where that is not so. Estimate: geometric',
        "mean over the runs of the speed-up at the stop.",
        "",
        "| true | noise | rule | correct | called same | slower | too much | undecided | requests | covers | estimate |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    )
    way = next(iter(OURS))
    for truth in TRUE[1:]:
        for row in ROWS:
            case = cases[row, truth]
            for rule in (DEFAULT, VERDICT_ONLY):
                one = case.ended[way, rule.name]
                too_much = one.share("much_faster") if truth <= rule.margin + 1e-9 else 0.0
                yield (
                    f"| {truth:.2f}x | {row.name} | {rule.name} | {_share(one.share(*FASTER), one)} | {one.share(*SAME):.3f} | "
                    f"{one.share(*SLOWER):.3f} | {too_much:.3f} | {one.share('undecided'):.3f} | {_requests(one)} | "
                    f"{_covers(case, (way, rule.name))} | {_estimate(one)} |"
                )


def ways_tables(cases: dict[tuple[Noise, float], Case], asked: argparse.Namespace) -> Iterator[str]:
    """hayai and the naive ways, on the same kinds of runs."""
    at_once = {truth: {row: _at_once(row, truth, asked) for row in SOBER} for truth in TRUE}
    once = list(at_once[1.0][CALM])
    yield from (
        "",
        "## Side by side: false verdicts when nothing differs",
        "",
        "The sequential ways stop as soon as they have an answer (verdict only). By eye: mean time saved beyond 5 % either way.",
        "",
        "| way | calm | realistic | rough | margin 10 %: calm | realistic | rough | covers, realistic |",
        "|---|---|---|---|---|---|---|---|",
    )
    for way in once:
        ended = [at_once[1.0][row][way] for row in SOBER]
        shares = " | ".join(_share(one.share(*FASTER, *SLOWER), one) for one in ended)
        covers = "" if np.isnan(ended[1].half).any() else f"{ended[1].covers(0.0):.3f}"
        yield f"| {way} | {shares} | | | | {covers} |"
    for way in (PEEKING, *reversed(OURS)):
        ended = [cases[row, 1.0].ended[way, rule.name] for rule in (NARROW, VERDICT_ONLY) for row in SOBER]
        shares = " | ".join(_share(one.share(*FASTER, *SLOWER), one) for one in ended)
        yield f"| {way} | {shares} | {ended[1].covers(0.0):.3f} |"
    yield from (
        "",
        'The first three columns of the sequential ways have margin 5 %, the harder case: fewer runs end early in "the same".',
        "",
        "## Side by side: when B is truly faster",
        "",
        "Share that says so; requests median / 90th percentile; estimate at the stop. Margin 10 %, verdict only.",
        "",
        "| true | way | calm | realistic | rough |",
        "|---|---|---|---|---|",
    )
    for truth in TRUE[1:]:
        for way in (*once, PEEKING, *reversed(OURS)):
            cells = []
            for row in SOBER:
                one = at_once[truth][row][way] if way in once else cases[row, truth].ended[way, VERDICT_ONLY.name]
                cells.append(
                    f"{one.share(*FASTER):.3f}; {_requests(one)}" + ("" if way in once else f"; {_estimate(one)}")
                )
            yield f"| {truth:.2f}x | {way} | {' | '.join(cells)} |"


def _at_once(row: Noise, truth: float, asked: argparse.Namespace) -> dict[str, Ended]:
    """The ways that look once, each on the kind of run that goes with it."""

    def made(part: int, cycles: int, *, blocked: bool) -> Trials:
        seed = _seed(asked, row, truth, part)
        return trials(row, asked.trials, seed, times_as_fast=truth, cycles=cycles, blocked=blocked)

    pass_in_blocks, three_in_blocks = made(1, 1, blocked=True), made(2, 3, blocked=True)
    one_pass, three = made(3, 1, blocked=False), made(4, 3, blocked=False)
    return {
        "one pass, A then B, mean % by eye": ways.by_eye(pass_in_blocks),
        "Welch t on raw seconds, n = 10, A then B": ways.welch_on_seconds(pass_in_blocks),
        "Mann-Whitney on raw seconds, n = 30, A then B": ways.mann_whitney(three_in_blocks),
        "Mann-Whitney on raw seconds, n = 30, in rounds": ways.mann_whitney(three),
        "paired t on logs, fixed n = 10": ways.paired_t(one_pass),
        "paired t on logs, fixed n = 30": ways.paired_t(three),
    }


def stress_table(asked: argparse.Namespace) -> Iterator[str]:
    """Skewed differences: B stalls five times as often."""
    cases = [tried(row, 1.0, asked, stalls_of_b=5.0) for row in SOBER]
    yield from (
        "",
        "## Stress: B stalls five times as often, and is otherwise faster by as much",
        "",
        "The mean log ratio is 0, its distribution skewed. False verdicts, margin 5 % first, then 10 %; verdict only.",
        "",
        "| way | calm | realistic | rough | margin 10 %: calm | realistic | rough | covers, rough |",
        "|---|---|---|---|---|---|---|---|",
    )
    for way in (PEEKING, *reversed(OURS)):
        ended = [case.ended[way, rule.name] for rule in (NARROW, VERDICT_ONLY) for case in cases]
        shares = " | ".join(_share(one.share(*FASTER, *SLOWER), one) for one in ended)
        yield f"| {way} | {shares} | {ended[2].covers(0.0):.3f} |"


def rare_table(asked: argparse.Namespace) -> Iterator[str]:
    """Prompts that are not alike: one is noisier, and may fail as well."""
    yield from (
        "",
        "## Stress: one prompt of ten is four times as noisy",
        "",
        "A thing compared with itself; verdict only, margin 10 %. Answered: the share of that prompt's pairs that do not fail.",
        "",
        "| noise of the others | all answered: false | covers | one in four: false | covers | one in ten: false | covers |",
        "|---|---|---|---|---|---|---|",
    )
    for row in SOBER:
        alike = replace(row, prompt_sd=0.0)
        cells = []
        for place, lost in enumerate((0.0, 0.75, 0.9)):
            made = trials(alike, asked.trials, _seed(asked, row, 1.0, 6))
            found = ways.seen_lossy(made, noisier=4.0, lost=lost, seed=_seed(asked, row, 1.0, 7 + place))
            ended = ways.stopped(found, SEQUENCE, VERDICT_ONLY)
            cells += [_share(ended.share(*FASTER, *SLOWER), ended), f"{ended.covers(0.0):.3f}"]
        yield f"| {row.name} | {' | '.join(cells)} |"


def pairs_table(asked: argparse.Namespace) -> Iterator[str]:
    """The form for many prompts asked once each."""
    prompts = 200
    yield from (
        "",
        f"## One pass over {prompts} prompts (the `pairs` form)",
        "",
        "The prompts are a sample; covered or not is the mean of all prompts like these. First looked at once, at the end, margin 10 %;",
        "then as hayai does it, after every 10 pairs until there is an answer.",
        "",
        "| noise | true | end: faster or slower | same | undecided | covers | every 10 pairs: faster or slower | covers | requests |",
        "|---|---|---|---|---|---|---|---|---|",
    )
    bounds = Bounds(form="pairs", alpha=0.05)
    for row in SOBER:
        for truth in TRUE:
            seed = _seed(asked, row, truth, 5)
            tokens = TOKENS * (prompts // len(TOKENS))
            made = trials(row, asked.trials, seed, times_as_fast=truth, cycles=1, tokens=tokens, centred=False)
            found = ways.seen_pairs(made, 10)
            last, often = (
                ways.stopped(each, bounds.half_width, VERDICT_ONLY, first=1)
                for each in ([run[-1:] for run in found], found)
            )
            yield (
                f"| {row.name} | {truth:.2f}x | {_share(last.share(*FASTER, *SLOWER), last)} | {last.share(*SAME):.3f} | "
                f"{last.share('undecided'):.3f} | {last.covers(made.theta):.3f} | {_share(often.share(*FASTER, *SLOWER), often)} | "
                f"{often.covers(made.theta):.3f} | {_requests(often)} |"
            )


def appendix(cases: dict[tuple[Noise, float], Case]) -> Iterator[str]:
    """Would something simple be better?"""
    yield from (
        "",
        "## Appendix: other choices",
        "",
        "Margin 10 %, verdict only. False: A/A in calm / realistic / rough / own drift. Long run: share of the A/A intervals under own",
        "drift that hold the long-run mean. Then the requests for a true 1.10x and 1.47x, calm, realistic and rough.",
        "",
        "| choice | false | covers at worst | long run | 1.10x calm | realistic | rough | 1.47x calm | realistic | rough |",
        "|---|---|---|---|---|---|---|---|---|---|",
    )
    for way in OTHERS:
        key = (way, "other")
        false = " / ".join(f"{cases[row, 1.0].ended[key].share(*FASTER, *SLOWER):.3f}" for row in ROWS)
        worst = min(cases[row, truth].ended[key].covers(cases[row, truth].theta) for row in SOBER for truth in TRUE)
        requests = " | ".join(_requests(cases[row, truth].ended[key]) for truth in (1.1, 1.47) for row in SOBER)
        yield f"| {way} | {false} | {worst:.3f} | {cases[ROWS[-1], 1.0].ended[key].covers(0.0):.3f} | {requests} |"


def _share(share: float, ended: Ended) -> str:
    return f"{share:.3f} ±{math.sqrt(share * (1.0 - share) / len(ended.answers)):.3f}"


def _requests(ended: Ended) -> str:
    return f"{ended.within(0.5)} / {ended.within(0.9)}"


def _estimate(ended: Ended) -> str:
    return f"{math.exp(-float(ended.centre.mean())):.3f}"


def _covers(case: Case, key: tuple[str, str]) -> str:
    one = case.ended[key]
    over_window = f"{one.covers(case.window[key]):.3f}"
    return f"{over_window} ({one.covers(case.theta):.3f})" if case.noise.own_sd else over_window


if __name__ == "__main__":
    sys.exit(main())
