"""What are answering times like? The one generator of made-up measurements on which hayai's verdicts are tried.

Two targets, A and B, answer the prompts of a suite, cycle after cycle. One time is

    log T = log(F0 + tau0 tokens) + sigma z + [a stall] Exp(stall_size) + shared drift + own drift (+ theta_k for B)

where z is normal noise, `tokens` the prompt's typical answer length times exp(token_sd z), and `theta_k = theta + prompt_sd z_k` the true
log ratio of prompt k, its z_k drawn once for a trial and centred, so that the truth over these prompts is theta. Both drifts are
autoregressive, one step for each request: the shared one (phi 0.995) meets both targets, each at its own place in the sequence; the own
one (phi 0.98) each target has for itself. Every cycle asks the prompts in a fresh random order, in rounds whose order is random too.

The constants are not for tuning. F0, tau0 and the ten lengths are those of Claude 3.5 Haiku (standard) in the published comparison that
`hayai analyze --published` shows; the three rows of noise are about as rough as its residuals and as the tails of other public
measurements (99th percentile four to five medians). Real services may be worse.

    .venv/bin/python -m benchmarks.noise

prints what each row looks like.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

START_S = 2.367
PER_TOKEN_S = 0.015240
TOKENS = (1595, 2375, 1037, 928, 318, 364, 739, 414, 1069, 1368)
SHARED_PHI = 0.995
OWN_PHI = 0.98


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """One row: standard deviations on the log scale, and how often an answer stalls."""

    name: str
    sigma: float
    stall_share: float
    stall_size: float
    token_sd: float
    prompt_sd: float
    shared_sd: float
    own_sd: float = 0.0


CALM = Noise(name="calm", sigma=0.08, stall_share=0.01, stall_size=0.5, token_sd=0.05, prompt_sd=0.05, shared_sd=0.05)
REALISTIC = Noise(
    name="realistic", sigma=0.12, stall_share=0.03, stall_size=0.6, token_sd=0.10, prompt_sd=0.10, shared_sd=0.15
)
ROUGH = Noise(name="rough", sigma=0.20, stall_share=0.08, stall_size=0.8, token_sd=0.15, prompt_sd=0.15, shared_sd=0.25)
OWN_DRIFT = replace(REALISTIC, name="own drift", own_sd=0.06)
ROWS = (CALM, REALISTIC, ROUGH, OWN_DRIFT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """Many runs of the same kind. Prompts are numbered as in the suite, whatever the order in which they were asked."""

    theta: float
    """True mean log ratio B / A; below 0, B is faster."""
    seconds: Floats
    """Trial x cycle x prompt x target (A, B)."""
    order: Ints
    """Trial x cycle x place: the prompt asked there."""
    window: Floats
    """Trial x cycle: what the log ratio really was, on average, up to the end of that cycle. Differs from theta by own drift only."""

    @property
    def ratios(self) -> Floats:
        """Trial x cycle x prompt: log of B's time over A's in the same round."""
        logs: Floats = np.log(self.seconds[..., 1] / self.seconds[..., 0])
        return logs

    @property
    def in_sequence(self) -> Floats:
        """Trial x round: the same ratios in the order in which they were measured."""
        return np.take_along_axis(self.ratios, self.order, axis=2).reshape(len(self.order), -1)


def trials(
    noise: Noise,
    count: int,
    seed: Sequence[int],
    *,
    times_as_fast: float = 1.0,
    cycles: int = 20,
    tokens: Sequence[int] = TOKENS,
    blocked: bool = False,
    centred: bool = True,
    stalls_of_b: float = 1.0,
) -> Trials:
    """So many independent runs in which B is truly `times_as_fast` as A.

    `blocked`: all of A first, then all of B, as one must not do. `centred` False: the prompts are a sample of a population, whose mean
    effect is theta. `stalls_of_b`: how many times as often B stalls, its times otherwise shortened so that the mean log ratio stays theta.
    """
    random = np.random.default_rng(list(seed))
    theta, prompts = -math.log(times_as_fast), len(tokens)
    shape = (count, cycles, prompts)
    effects = noise.prompt_sd * random.standard_normal((count, 1, prompts))
    if centred:
        effects -= effects.mean(axis=2, keepdims=True)
    order = random.random(shape).argsort(axis=2)
    place = order.argsort(axis=2) + prompts * np.arange(cycles)[:, None]
    b_second = random.integers(2, size=shape)
    again = random.random(shape).argsort(axis=2) + prompts * np.arange(cycles)[:, None]
    position = (place, cycles * prompts + again) if blocked else (2 * place + 1 - b_second, 2 * place + b_second)
    steps = 2 * cycles * prompts
    shared = _drift(random, count, steps, SHARED_PHI, noise.shared_sd)
    own = [_drift(random, count, steps, OWN_PHI, noise.own_sd) for _ in "AB"]
    logs = []
    for target, where in enumerate(position):
        stall_share = noise.stall_share * (stalls_of_b if target else 1.0)
        length = np.array(tokens) * np.exp(noise.token_sd * random.standard_normal(shape))
        log = np.log(START_S + PER_TOKEN_S * length) + noise.sigma * random.standard_normal(shape)
        log += np.where(random.random(shape) < stall_share, random.exponential(noise.stall_size, shape), 0.0)
        log -= (stall_share - noise.stall_share) * noise.stall_size
        for drift in (shared, own[target]):
            log += np.take_along_axis(drift, where.reshape(count, -1), axis=1).reshape(shape)
        logs.append(log + theta + effects if target else log)
    so_far = (own[1] - own[0]).cumsum(axis=1)[:, 2 * prompts - 1 :: 2 * prompts]
    return Trials(
        theta=theta,
        seconds=np.exp(np.stack(logs, axis=3)),
        order=order,
        window=theta + so_far / (2 * prompts * np.arange(1, cycles + 1)),
    )


def _drift(random: np.random.Generator, count: int, steps: int, phi: float, sd: float) -> Floats:
    """Trial x step: a stationary autoregressive walk of this standard deviation."""
    walk = random.standard_normal((count, steps)) if sd else np.zeros((count, steps))
    fresh = math.sqrt(1.0 - phi * phi)
    for step in range(1, steps):
        walk[:, step] = phi * walk[:, step - 1] + fresh * walk[:, step]
    return sd * walk


def main() -> None:
    """Prints what the rows look like."""
    print("| noise | sd of a pair's log ratio, within prompts | p95 / p50 of one prompt's times | p99 / p50 |")
    print("|---|---|---|---|")
    for row in ROWS:
        made = trials(row, 2000, [1])
        within = math.sqrt(float(made.ratios.var(axis=1, ddof=1).mean()))
        p50, p95, p99 = np.quantile(made.seconds[..., 0, 0], [0.5, 0.95, 0.99])
        print(f"| {row.name} | {within:.3f} | {p95 / p50:.2f} | {p99 / p50:.2f} |")


if __name__ == "__main__":
    main()
