"""How sure may one be of a mean that is looked at again and again? A confidence sequence: valid at every look, whenever one stops.

Observations are log ratios of pairs. Their mean is compared with all values it could have at once, by a mixture over Gaussian alternatives
whose prior variance is `growth` in units of the noise, with the t likelihood of a normal sample of unknown variance (Lai 1976; Wang and
Ramdas 2023, "Anytime-valid t-tests"). The closed form: with A = 1 + n g, w = 1/A and L = (sqrt(A)/alpha)^(2/(df+1)), the half-width is
SE sqrt(df (L-1)/(1-L w)), and infinite where L w >= 1.

Prompts differ in their effect, so noise is what remains *within* a prompt (`stratified`): mean of the prompts' means, pooled variance.
Where each prompt was asked once there is no within, and each pair is one observation (`pooled`): wider, and valid for prompts like these.
Which of the two applies is chosen before the run. Where prompts were repeated unequally often, a rare and noisy prompt must not be given
the noise of the others: then each prompt brings its own, if that is the larger sum, with Satterthwaite's degrees of freedom. Drift of one
side from cycle to cycle makes neighbouring pairs alike; the standard error is widened by sqrt(max(1, F)), F being the variance of the
cycles' means over what independent pairs would give. That factor is a safeguard, not a theorem: the exact part is the sequence without it,
for exchangeable Gaussian pairs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GROWTH = 0.16
"""Where the sequence is tightest: around ten to forty pairs."""
UNEQUAL = 2
"""From here on (some prompt has twice as many pairs as another) prompts bring their own noise; a failure here and there changes little."""
NOTHING = 1e-9
"""A standard deviation of log ratios below this is no noise of a network: the values were made or rounded."""

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanEstimate:
    """A mean of log ratios with what its interval needs."""

    mean: float
    sd: float
    """Of one pair: within prompts (`stratified`) or over all (`pooled`)."""
    n: float
    """Pairs that a balanced sample of the same precision would have."""
    df: int
    factor: float
    """The drift factor F; 1 where it cannot be told."""
    pairs: int
    prompt_means: Floats
    """Of the prompts that have pairs, in their order."""
    prompt_pairs: Ints
    prompt_sds: Floats
    """Standard deviation within each prompt; NaN where it was not repeated."""
    cycle_means: Floats
    """Mean deviation from the prompts' means, cycle by cycle."""

    @property
    def se(self) -> float:
        """Standard error of the mean, widened for drift. 0 where there is no variation at all."""
        return self.sd * math.sqrt(max(1.0, self.factor) / self.n)


def stratified(values: Floats, prompts: Ints, cycles: Ints) -> MeanEstimate | None:
    """Mean of the prompts' means, noise from within prompts. None unless some prompt was repeated.

    `prompts` and `cycles` are small non-negative numbers that say where each value belongs. ValueError for values that are not finite.
    """
    _check(values)
    if not values.size:
        return None
    counts = np.bincount(prompts)
    sums = np.bincount(prompts, weights=values)
    present = counts > 0
    df = int(values.size - present.sum())
    if df < 1:
        return None
    means = np.divide(sums, counts, out=np.zeros_like(sums), where=present)
    rest = values - means[prompts]
    variance = float(rest @ rest) / df
    strata = int(present.sum())
    pairs = counts[present]
    own = np.bincount(prompts, weights=rest**2)[present]
    own = np.divide(own, pairs - 1, out=np.full(strata, np.nan), where=pairs > 1)
    n, weighed = strata**2 / float((1.0 / pairs).sum()), df
    if pairs.max() >= UNEQUAL * pairs.min():
        n, weighed = _own_noise(own, pairs, variance, n=n, df=df)
    of_cycle = np.bincount(cycles, weights=rest).astype(np.float64)
    in_cycle = np.bincount(cycles)
    looked = in_cycle > 0
    return MeanEstimate(
        mean=float(means[present].mean()),
        sd=math.sqrt(variance),
        n=n,
        df=weighed,
        factor=_drift_factor(of_cycle[looked], in_cycle[looked], variance),
        pairs=int(values.size),
        prompt_means=means[present],
        prompt_pairs=pairs.astype(np.intp),
        prompt_sds=np.sqrt(own),
        cycle_means=of_cycle[looked] / in_cycle[looked],
    )


def _own_noise(own: Floats, pairs: Ints, variance: float, *, n: float, df: int) -> tuple[float, int]:
    """Pairs and degrees of freedom when prompts were repeated unequally often, each with the noise that it showed.

    Of a prompt without repeats nothing is known: it is taken to be as noisy as the noisiest of the others, with a single degree of freedom.
    Where the common noise is the larger sum, it stays. The degrees of freedom are Satterthwaite's (Biometrics Bulletin 2, 1946, 110-114)
    and never more than the common ones.
    """
    single = np.isnan(own)
    of_each = np.where(single, np.nanmax(own), own) / pairs
    total = float(of_each.sum())
    if total <= 0:
        return n, df
    share = of_each / total  # Of the sum, not the noise itself: the square of a tiny noise is 0.
    weighed = 1.0 / float((share**2 / np.where(single, 1, pairs - 1)).sum())
    # As many pairs as would give this standard error with the common noise.
    return min(n, variance * pairs.size**2 / total), max(1, min(df, round(weighed)))


def pooled(values: Floats) -> MeanEstimate | None:
    """Plain mean, every pair one observation. None below two pairs. ValueError for values that are not finite."""
    _check(values)
    if values.size < 2:
        return None
    return MeanEstimate(
        mean=float(values.mean()),
        sd=float(values.std(ddof=1)),
        n=float(values.size),
        df=int(values.size - 1),
        factor=1.0,
        pairs=int(values.size),
        prompt_means=values,
        prompt_pairs=np.ones(values.size, dtype=np.intp),
        prompt_sds=np.full(values.size, np.nan),
        cycle_means=np.empty(0),
    )


def _check(values: Floats) -> None:
    if not np.isfinite(values).all():
        raise ValueError("log ratios must be finite: leave out what is not known")


def _drift_factor(sums: Floats, counts: NDArray[np.signedinteger], variance: float) -> float:
    """Variance of cycle means in units of what independent pairs would give; 1 below two cycles or without any noise."""
    if sums.size < 2 or variance <= NOTHING**2:
        return 1.0
    return float((sums**2 / counts).sum() / (sums.size - 1) / variance)


def half_width(se: float, n: float, df: int, alpha: float, growth: float = GROWTH) -> float:
    """Half-width of the confidence sequence at error rate `alpha`; infinite while the sample is too small for any bound."""
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie between 0 and 1, not {alpha}")
    if df < 1 or n <= 0:
        return math.inf
    spread = 1.0 + n * growth
    likelihood = (math.sqrt(spread) / alpha) ** (2.0 / (df + 1))
    if likelihood >= spread:
        return math.inf
    return se * math.sqrt(df * (likelihood - 1.0) / (1.0 - likelihood / spread))
