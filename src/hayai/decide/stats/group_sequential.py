"""How far must an estimate lie from 0 when it is looked at a planned number of times? Group-sequential bounds.

A run that plans its length may spend its error rate alpha look by look. By the time a share t of the planned information is in,
`alpha ln(1 + (e - 1) t)` is spent: the spending function of Lan and DeMets (Biometrika 70, 1983, 659-663) that resembles Pocock's constant
boundary (Biometrika 64, 1977, 191-199), so that a clear difference may end the run early. Each boundary is then the one at which a Brownian
motion, not having left through an earlier one, leaves through this one with just the probability that is to be spent: the recursion of
Armitage, McPherson and Rowe (JRSS A 132, 1969, 235-244), integrated by Gauss-Legendre nodes over half of the symmetric region in which the
run goes on. Two-sided; valid at the planned looks only, and not when the run is extended.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hayai.decide.stats.checked import share
from hayai.decide.stats.special import special

_FEWEST_NODES = 48
_NODES_PER_STEP = 4.0
"""Nodes for each standard deviation of the motion's next step that fits into the region: with four, z is right to ten digits."""
_FURTHEST = 38.0
"""Standard deviations beyond which a double knows no probability."""
_HALVINGS = 46
"""Of the interval that holds a boundary: from 38 to less than 1e-12."""

Floats = NDArray[np.float64]


def critical_value(look: int, looks: int, alpha: float) -> float:
    """The one-sided tail probability `1 - Phi(z)` of the boundary z at the look after cycle `look`, of a run planned for `looks` cycles.

    Looks happen after the cycles 2, 3, ..., `looks`. With few degrees of freedom the caller takes the quantile of Student's t at this
    tail. ValueError unless 2 <= look <= looks and 0 < alpha < 1.
    """
    if not 2 <= look <= looks:
        raise ValueError(f"looks happen after cycles 2 to {looks}, not {look}")
    return _tails(looks, alpha)[look - 2]


@lru_cache(maxsize=64)
def _tails(looks: int, alpha: float) -> tuple[float, ...]:
    bounds = boundaries([cycle / looks for cycle in range(2, looks + 1)], alpha)
    return tuple(float(special.ndtr(-z)) for z in bounds)


def spent(fraction: float, alpha: float) -> float:
    """Error rate that may be used up once this share of the planned information is in."""
    return alpha * math.log1p((math.e - 1.0) * fraction)


def boundaries(fractions: Sequence[float], alpha: float) -> tuple[float, ...]:
    """The boundary z of |estimate / SE| at looks at these shares of the planned information, two-sided error rate `alpha` in all.

    ValueError unless the fractions rise within 0 < t <= 1, and 0 < alpha < 1.
    """
    share(alpha)
    if any(not before < after <= 1.0 for before, after in zip([0.0, *fractions], fractions, strict=False)):
        raise ValueError(
            f"looks happen at rising shares of the information, above 0 and up to 1, not {list(fractions)}"
        )
    bounds: list[float] = []
    # The motion starts at 0: one node that holds half the probability, its mirror image the other half.
    nodes, mass = np.zeros(1), np.full(1, 0.5)
    reached = used = 0.0
    for place, fraction in enumerate(fractions):
        step = math.sqrt(fraction - reached)
        edge = _edge(nodes, mass, step, spent(fraction, alpha) - used)
        bounds.append(edge / math.sqrt(fraction))
        reached, used = fraction, spent(fraction, alpha)
        if place + 1 < len(fractions):
            following = math.sqrt(fractions[place + 1] - fraction)
            at, weights = _nodes(max(_FEWEST_NODES, math.ceil(_NODES_PER_STEP * edge / min(step, following))))
            inside = edge * at
            mass = edge * weights * (_density(inside, nodes, step) @ mass)
            nodes = inside
    return tuple(bounds)


def _edge(nodes: Floats, mass: Floats, step: float, probability: float) -> float:
    """Where the boundary lies, on the scale of the motion, so that the next step ends beyond it, on either side, with this probability."""
    low, high = 0.0, float(nodes[-1]) + _FURTHEST * step
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        beyond = special.ndtr((nodes - middle) / step) + special.ndtr(-(nodes + middle) / step)
        if 2.0 * float(mass @ beyond) > probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def _density(to: Floats, start: Floats, step: float) -> Floats:
    """Density of a step to each point `to` from each of `start` or its mirror image (both halves carry the same mass)."""
    ahead = (to[:, None] - start[None, :]) / step
    across = (to[:, None] + start[None, :]) / step
    kernel: Floats = (np.exp(-0.5 * ahead**2) + np.exp(-0.5 * across**2)) / (step * math.sqrt(2.0 * math.pi))
    return kernel


@lru_cache(maxsize=128)
def _nodes(count: int) -> tuple[Floats, Floats]:
    """Gauss-Legendre nodes and weights on 0..1."""
    at, weights = np.polynomial.legendre.leggauss(count)
    return (at + 1.0) / 2.0, weights / 2.0
