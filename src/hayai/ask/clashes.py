"""Which rules cannot be asked for together?

Asked of a command line and of a configuration file alike, hence of plain facts and with the words by which the user named them.
"""

from __future__ import annotations

from collections.abc import Callable

from hayai.errors import Problem


def clashes(
    *, precision: bool, verdict_only: bool, sessions: bool, every: bool, place: Callable[[str], str]
) -> list[Problem]:
    """What contradicts itself among the rules that were set (True: set). `place` tells where a rule is written, by its name."""
    problems = []
    if precision and verdict_only:
        problems.append(Problem(place=place("verdict_only"), key="rules.precision_and_verdict_only"))
    if sessions and not every:
        problems.append(Problem(place=place("sessions"), key="rules.sessions_without_every"))
    if every and not sessions:
        problems.append(Problem(place=place("every"), key="rules.every_without_sessions"))
    return problems
