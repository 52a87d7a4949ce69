"""What should the reader know before trusting what checks found? Coded warnings about answers, W121 to W124.

Each is a function from what checks found to its values or None; `decide/cautions.py` has them in its list. The texts, with advice, are
`caution.<code>` and `explain.<code>` in the catalogues.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hayai.decide.quality.findings import CheckFindings

CheckRule = Callable[[CheckFindings], Mapping[str, object] | None]


def refused(checks: CheckFindings) -> Mapping[str, object] | None:
    """W121: answers that are refusals, or begin as refusals do."""
    found = {
        of.target: count.failed
        for of in checks.targets
        for count in of.checks
        if count.check == "no_refusal" and count.failed
    }
    total = sum(of.answers for of in checks.targets)
    return {"count": sum(found.values()), "total": total, "targets": tuple(found)} if found else None


def not_checked(checks: CheckFindings) -> Mapping[str, object] | None:
    """W122: answers of which a check could not be made."""
    if not checks.texts_kept:
        return None
    found = {of.target: of.unknown for of in checks.targets if of.unknown}
    total = sum(of.answers for of in checks.targets)
    return {"count": sum(found.values()), "total": total, "targets": tuple(found)} if found else None


def passes_less(checks: CheckFindings) -> Mapping[str, object] | None:
    """W123: a target passes its checks less often than its baseline, beyond chance."""
    worse = [one for one in checks.pairs if one.answer == "worse"]
    if not worse:
        return None
    return {
        "targets": tuple(one.target for one in worse),
        "target_ratio": worse[0].target_share,
        "baseline_ratio": worse[0].baseline_share,
    }


def none_passes(checks: CheckFindings) -> Mapping[str, object] | None:
    """W124: hardly an answer passes on either side of a comparison: what is expected may be wrong."""
    found = [one for one in checks.pairs if one.why_open == "none_passed"]
    if not found:
        return None
    return {
        "targets": tuple(dict.fromkeys(name for one in found for name in (one.target, one.baseline))),
        "most_ratio": max(share for one in found for share in (one.target_share, one.baseline_share)),
    }


CHECK_CAUTIONS: tuple[tuple[str, CheckRule], ...] = (
    ("W121", refused),
    ("W122", not_checked),
    ("W123", passes_less),
    ("W124", none_passes),
)
