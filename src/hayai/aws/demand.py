"""How much will a plan ask of one model in a minute? Requests, and the tokens that Bedrock reserves for each when it begins.

Bedrock counts input and `max_tokens` against the quota when a request begins, and settles later; some models' output then counts several
times (its guide, "how tokens are counted"). So the worst case of a request is its input, no token being shorter than a byte, plus its
longest answer times that factor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hayai.ask.plan import Plan, Prompt, Target

ANSWERS_PER_MINUTE = 30
"""Without a rate: how many answers of two seconds one stream of requests gets in a minute. Shorter ones would be more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What one target's model will be asked for."""

    requests_per_minute: float
    """The most that is to be expected."""
    paced: bool
    """By `--rate`, hence not exceeded."""
    input_tokens: int
    """Of the longest prompt, at most."""
    share: float
    """Of all requests of the plan."""
    max_tokens: int | None
    """Longest answer; None: not set, and then the model's own limit is reserved."""


def demand_of(plan: Plan, target: Target) -> Demand:
    """What `plan` asks of the model of `target`; targets that share it are counted together."""
    same = [one for one in plan.targets if _quota_of(one) == _quota_of(target)]
    share = len(same) / len(plan.targets)
    if plan.rate is not None:
        all_targets = plan.rate.requests * 60 / plan.rate.span_s
    else:
        streams = plan.concurrency * (len(plan.targets) if plan.together else 1)
        all_targets = min(ANSWERS_PER_MINUTE * streams, plan.limits.max_requests)
    return Demand(
        requests_per_minute=all_targets * share,
        share=share,
        paced=plan.rate is not None,
        input_tokens=max((_bytes(prompt, target) for prompt in plan.suite.prompts), default=0),
        max_tokens=_longest(plan.suite.prompts, target, plan.max_tokens),
    )


def _quota_of(target: Target) -> tuple[object, ...]:
    return (target.provider, target.model, target.options.get("region"), target.options.get("latency", "standard"))


def _bytes(prompt: Prompt, target: Target) -> int:
    system = f"{target.options.get('system', '')}{prompt.system or ''}"
    texts = [part.text for message in prompt.messages for part in message.parts if hasattr(part, "text")]
    return sum(len(text.encode()) for text in (system, *texts))


def _longest(prompts: Sequence[Prompt], target: Target, of_plan: int | None) -> int | None:
    own = target.options.get("max_tokens")
    limits = [own or prompt.max_tokens or of_plan for prompt in prompts] or [own or of_plan]
    return None if None in limits else max(limit for limit in limits if limit is not None)
