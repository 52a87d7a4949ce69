"""End to end against a service whose true ratio is known: the verdict is right, and the truth lies in its interval.

Real sockets, the real agent, noise as of a calm service; only the speed is not real. Every draw of the service comes from its seed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hayai.sim.process import serve_in_process
from tests.cli.shell import NOVA, Shell, clean_environment

PROFILE = """
about = "Optimized is exactly {ratio} times as fast; both are noisy."
seed = {seed}
[[models]]
id = "*"
[models.arms.standard]
ttft_ms = {ttft}
ttft_sigma = 0.08
itl_ms = {itl}
itl_sigma = 0.08
tokens = 20
[models.arms.optimized]
ttft_ms = {fast_ttft}
ttft_sigma = 0.08
itl_ms = {fast_itl}
itl_sigma = 0.08
tokens = 20
"""
TTFT_MS, ITL_MS = 25.0, 2.5
"""About 73 ms for an answer: a busy machine's delays are small against it."""


def compared(shell: Shell, tmp_path: Path, ratio: float, seed: int, *more: str, code: tuple[int, ...]) -> Any:
    """The judgement of a run against a service of this truth."""
    profile = tmp_path / "known.toml"
    profile.write_text(
        PROFILE.format(
            ratio=ratio,
            seed=seed,
            ttft=TTFT_MS,
            itl=ITL_MS,
            fast_ttft=TTFT_MS / ratio,
            fast_itl=ITL_MS / ratio,
        )
    )
    with serve_in_process(profile, environment=clean_environment(tmp_path)) as sim:
        words = ("compare", NOVA, "--vary", "latency=standard,optimized", "--endpoint", sim.url, "--seed", str(seed))
        done = shell.inside(*words, "--concurrency", "4", "--json", *more, code=code)
    return done.json["judgement"]


def truth_is_inside(verdict: Any, ratio: float) -> bool:
    """The interval of the end-to-end ratio holds the truth."""
    interval = verdict["headline"]["anytime"]
    return bool(interval["low"] < 1 / ratio < interval["high"])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_true_1_47_is_found_and_in_its_interval(shell: Shell, tmp_path: Path, seed: int) -> None:
    """As in the published comparison: faster by more than the margin, within a few cycles."""
    (verdict,) = compared(shell, tmp_path, 1.47, seed, code=(0,))["verdicts"]
    assert verdict["answer"] == "much_faster"
    assert truth_is_inside(verdict, 1.47)
    assert verdict["headline"]["pairs"] <= 100
    assert verdict["parts"]["amount"]["ratio"] == pytest.approx(1)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_true_1_10_is_found_and_in_its_interval(shell: Shell, tmp_path: Path, seed: int) -> None:
    """A small difference, verdict only: faster, whether or not it is more than the margin says."""
    (verdict,) = compared(shell, tmp_path, 1.10, seed, "--verdict-only", code=(0,))["verdicts"]
    assert verdict["answer"] in ("faster", "same_but_faster")
    assert truth_is_inside(verdict, 1.10)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_but_noise_has_no_winner(shell: Shell, tmp_path: Path, seed: int) -> None:
    """A true 1.00: practically the same or undecided, and the interval holds 1."""
    (verdict,) = compared(shell, tmp_path, 1.0, seed, code=(0, 4))["verdicts"]
    assert verdict["answer"] in ("same", "undecided")
    assert truth_is_inside(verdict, 1.0)


def test_the_same_target_twice_has_no_winner(shell: Shell, tmp_path: Path) -> None:
    """`hayai compare A A`: two names, one service, no verdict for either."""
    profile = tmp_path / "known.toml"
    profile.write_text(PROFILE.format(ratio=1, seed=5, ttft=TTFT_MS, itl=ITL_MS, fast_ttft=TTFT_MS, fast_itl=ITL_MS))
    with serve_in_process(profile, environment=clean_environment(tmp_path)) as sim:
        words = ("compare", NOVA, NOVA, "--endpoint", sim.url, "--concurrency", "4", "--json")
        done = shell.inside(*words, code=(0, 4))
    (verdict,) = done.json["judgement"]["verdicts"]
    assert verdict["target"].endswith("#2")
    assert verdict["answer"] in ("same", "undecided")


def test_many_prompts_asked_once_need_not_all_be_paid_for(shell: Shell, tmp_path: Path) -> None:
    """Sixty prompts, one pass, a true 1.47: a part of them settles it, and the report says which part it is about."""
    rows = "".join(f"p{number},Question {number}?\n" for number in range(60))
    (tmp_path / "many.csv").write_text("id,text\n" + rows)
    found = compared(shell, tmp_path, 1.47, 1, "--suite", "many.csv", "--cycles", "1", code=(0,))
    (verdict,) = found["verdicts"]
    assert verdict["form"] == "pairs"
    assert verdict["answer"] in ("much_faster", "faster")
    assert verdict["headline"]["pairs"] % 10 == 0
    assert verdict["headline"]["pairs"] < 60
    assert truth_is_inside(verdict, 1.47)
    told = shell.inside("report", "last", code=0).out
    assert f"About {verdict['asked_prompts']} of 60 prompts, drawn at random and asked once each" in " ".join(
        told.split()
    )
