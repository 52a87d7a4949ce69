"""What was found out about the quality of answers? Nouns that reports read; nothing in here computes.

What stands in a `detail` may repeat an answer, a prompt file or the user's own check: untrusted text, and left out of what is shared.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from hayai.decide.conclusions import Interval

Outcome = Literal["passed", "failed", "unknown"]
"""Of a check on one answer, or of all of them; `unknown`: it could not be checked."""
Reason = Literal[
    "cut", "filtered", "stop_untold", "no_text", "empty", "declined", "refusal_words", "too_short", "too_long", "languages_missing",
    "block_missing", "block_broken", "too_large", "too_deep", "not_json", "several_json", "against_schema", "text_missing",
    "pattern_missing", "pattern_slow", "other_text", "no_number", "other_number", "too_strange", "own", "own_broken", "not_looked_at",
]  # fmt: skip
"""Why a check was not passed, or could not be made."""
NotWorse = Literal["not_worse", "worse", "open"]
WhyOpen = Literal["none_passed", "few_prompts", "unchecked"]
"""Hardly an answer passed on either side; fewer prompts than can show it; it would be, if what could not be checked did not matter."""


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """What one check says of one answer."""

    outcome: Outcome
    reason: Reason | None = None
    """None where it passed."""
    detail: str = ""
    """What exactly: the language that is missing, the length it has. Untrusted."""


class Miss(msgspec.Struct, frozen=True, kw_only=True):
    """A check that an answer did not pass, or that could not be made."""

    check: str
    """A name of `CHECKS`, or `module:function` of the user's own. Untrusted."""
    outcome: Outcome
    reason: Reason
    detail: str = ""


class MissedAnswers(msgspec.Struct, frozen=True, kw_only=True):
    """Answers of one target to one prompt that missed the same checks for the same reasons."""

    target: str
    prompt: str
    count: int
    cycle: int
    """Of the first of them, as are the record and the details."""
    record: str
    misses: tuple[Miss, ...]


class CheckCount(msgspec.Struct, frozen=True, kw_only=True):
    """One check on the answers of one target that it applies to."""

    check: str
    passed: int
    failed: int
    unknown: int


class TargetChecks(msgspec.Struct, frozen=True, kw_only=True):
    """All checks of one target's answers, in complete rounds. An answer passes when it passes all of its checks."""

    target: str
    passed: int
    failed: int
    unknown: int
    """One of their checks could not be made, whatever the others say."""
    checks: tuple[CheckCount, ...]
    """As many as there are checks, in their order."""

    @property
    def answers(self) -> int:
        """All that were looked at."""
        return self.passed + self.failed + self.unknown


class Unmade(msgspec.Struct, frozen=True, kw_only=True):
    """A check that is left out of a comparison where it could not be made on both sides."""

    check: str
    """Untrusted, as in `Miss`."""
    pairs: int
    """In so many rounds."""


class PassDifference(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a target passes as often as its baseline, over the prompts that both answered in the same rounds."""

    target: str
    baseline: str
    prompts: int
    pairs: int
    left_out: int
    """Complete rounds in which a request failed, or no check could be made on both sides."""
    unmade: tuple[Unmade, ...]
    """In the order of the checks; empty where all could be made."""
    target_share: float
    """Mean over the prompts of the share of answers that passed the checks that could be made on both sides."""
    baseline_share: float
    difference: float
    """Target minus baseline; below 0: passes less often."""
    interval: Interval
    """Newcombe's for paired shares, prompts as the observations; each bound alone holds at `confidence`."""
    confidence: float
    more_often: int
    """Prompts on which the target passed more often."""
    less_often: int
    p: float
    """Exact McNemar over those prompts, two-sided."""
    margin: float
    """A difference of shares that does not matter yet."""
    answer: NotWorse
    why_open: WhyOpen | None
    """None also where the interval alone is the reason."""
    fewest_prompts: int
    """Fewer cannot show `not_worse`, unless the target passes far more often."""
    needed_prompts: int
    """For `not_worse` with a chance of 80 % if nothing differs in truth, prompts being as much alike as these."""


class CheckFindings(msgspec.Struct, frozen=True, kw_only=True):
    """What checks without a model found in the answers of complete rounds."""

    checks: tuple[str, ...]
    """Names of those that apply to any answer, in their order."""
    targets: tuple[TargetChecks, ...]
    pairs: tuple[PassDifference, ...]
    missed: tuple[MissedAnswers, ...]
    """Those that failed first, then those that could not be checked; by prompt and target. At most `LISTED`."""
    missed_count: int
    """Answers that did not pass, whether listed or not."""
    failed_requests: int
    """Requests of complete rounds that brought no answer: not part of any share in here."""
    texts_kept: bool
    prompts: int
    """Of the suite."""
    form_only: int
    """Prompts that expect nothing of what an answer says: what is looked at there is its form alone, but for the user's own checks."""


LISTED = 200
"""A report shows fewer."""


class QualityFindings(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the quality of answers; None: not looked at."""

    checks: CheckFindings | None = None
