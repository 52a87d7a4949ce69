"""What should the reader know before trusting judges? Coded warnings about votes, W320 and up.

Each is a function from what judges found to its values or None. The texts, with advice, are `caution.<code>` and `explain.<code>` in the
catalogues.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hayai.decide.findings import Caution
from hayai.decide.quality.judged import JudgedFindings, JudgeSummary, OrderEffect

BIAS_HIGH = 0.10
"""How much more often than half the first answer may win before the order counts as a say of its own."""
FLIPS_HIGH = 0.30
"""Share of pairs whose winner may change with the order."""
INVALID_MUCH = 0.05
"""Share of answers that may hold no vote."""

Values = Mapping[str, object]
Rule = Callable[[JudgedFindings], Values | None]


def judges_itself(judged: JudgedFindings) -> Values | None:
    """W320: a judge is one of those that it judges."""
    found = [one for one in judged.judges if one.contestants]
    return {"judges": _names(found), "targets": found[0].contestants} if found else None


def judges_relatives(judged: JudgedFindings) -> Values | None:
    """W321: a judge comes from the maker of one of those that it judges."""
    found = [one for one in judged.judges if one.relatives]
    return {"judges": _names(found), "targets": found[0].relatives} if found else None


def leans_on_place(judged: JudgedFindings) -> Values | None:
    """W322: whoever stood first, or second, won too often; such votes find everybody equal, and the margin shrinks with them."""
    found = [one for one in judged.judges if _leans(one.order)]
    return {"judges": _names(found), "won_ratio": 0.5 + abs(found[0].order.bias or 0.0)} if found else None


def flips(judged: JudgedFindings) -> Values | None:
    """W323: the winner of too many pairs changed with the order."""
    found = [one for one in judged.judges if (one.order.flip_ratio or 0.0) > FLIPS_HIGH]
    return {"judges": _names(found), "flip_ratio": found[0].order.flip_ratio} if found else None


def votes_missing(judged: JudgedFindings) -> Values | None:
    """W324: too many answers of a judge held no vote, and the pairs they were about are missing."""
    found = [one for one in judged.judges if _missing(one) > INVALID_MUCH * (_missing(one) + one.votes)]
    if not found:
        return None
    missing = sum(map(_missing, found))
    return {
        "judges": _names(found),
        "missing": missing,
        "total": missing + sum(one.votes for one in found),
        "refused": sum(one.refused for one in found),
    }


def too_few_prompts(judged: JudgedFindings) -> Values | None:
    """W325: open, with fewer prompts than it takes to find equal quality not worse; not where W327 says that more are to come."""
    if unfinished(judged) is not None:
        return None
    found = [
        one
        for one in judged.comparisons
        if one.answer in ("cannot_tell", "none") and 0 < one.prompts < one.needed_prompts
    ]
    return {"prompts": found[0].prompts, "needed": found[0].needed_prompts} if found else None


def self_test_differs(judged: JudgedFindings) -> Values | None:
    """W326: the same target twice, and the judges prefer one of the two."""
    found = [one for one in judged.comparisons if one.is_self_test and one.answer in ("better", "worse")]
    rate = found[0].questions[0].win_rate if found else None
    return None if rate is None else {"targets": (found[0].target,), "rate_ratio": rate.rate}


def unfinished(judged: JudgedFindings) -> Values | None:
    """W327: a judge is not done, and what it has said so far is looked at."""
    found = [one for one in judged.judges if one.open and one.votes]
    return {"judges": _names(found), "open": found[0].open, "total": found[0].ballots} if found else None


CAUTIONS: tuple[tuple[str, Rule], ...] = (
    ("W320", judges_itself),
    ("W321", judges_relatives),
    ("W322", leans_on_place),
    ("W323", flips),
    ("W324", votes_missing),
    ("W325", too_few_prompts),
    ("W326", self_test_differs),
    ("W327", unfinished),
)
CODES = tuple(code for code, _ in CAUTIONS)


def judge_cautions(judged: JudgedFindings | None) -> tuple[Caution, ...]:
    """All cautions that apply, in the order of their codes."""
    if judged is None:
        return ()
    found = ((code, rule(judged)) for code, rule in CAUTIONS)
    return tuple(
        Caution(code=code, key=f"caution.{code}", values=dict(values)) for code, values in found if values is not None
    )


def _leans(order: OrderEffect) -> bool:
    """By much, and beyond chance: of a handful of pairs any share is possible."""
    if order.bias is None or order.bias_low is None or order.bias_high is None:
        return False
    return abs(order.bias) > BIAS_HIGH and (order.bias_low > 0 or order.bias_high < 0)


def _missing(judge: JudgeSummary) -> int:
    return judge.invalid + judge.refused


def _names(judges: list[JudgeSummary]) -> tuple[str, ...]:
    return tuple(one.judge for one in judges)
