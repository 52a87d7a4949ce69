"""Would another hour have said the same? Sessions apart in time answer that, each session being one observation."""

from __future__ import annotations

import math

import numpy as np

from hayai.decide.conclusions import Interval, SessionsAnswer
from hayai.decide.sample import Arm, Sample
from hayai.decide.stats.confidence_sequence import NOTHING
from hayai.decide.stats.student import t_interval
from hayai.decide.verdict.estimate import CONFIDENCE, both_known


def sessions(target: Arm, baseline: Arm, sample: Sample) -> SessionsAnswer | None:
    """The end-to-end ratio of each session and their mean over the prompts that every session has; None below two sessions."""
    known = both_known(target.e2e, baseline.e2e)
    numbers = np.unique(sample.session[known])
    if numbers.size < 2:
        return None
    logs = np.log(target.e2e[known] / baseline.e2e[known])
    prompt, session = sample.prompt[known], sample.session[known]
    means = np.full((numbers.size, len(sample.prompts)), np.nan)
    for row, number in enumerate(numbers):
        here = session == number
        counts = np.bincount(prompt[here], minlength=len(sample.prompts))
        sums = np.bincount(prompt[here], weights=logs[here], minlength=len(sample.prompts))
        means[row] = np.divide(sums, counts, out=np.full(counts.size, np.nan), where=counts > 0)
    everywhere = np.isfinite(means).all(axis=0)
    if not everywhere.any():
        return None
    of_session = means[:, everywhere].mean(axis=1)
    found = t_interval(of_session, CONFIDENCE) if np.ptp(of_session) > NOTHING else None
    return SessionsAnswer(
        ratios=tuple(math.exp(value) for value in of_session),
        ratio=math.exp(float(of_session.mean())),
        interval=None if found is None else Interval(low=math.exp(found.low), high=math.exp(found.high)),
    )
