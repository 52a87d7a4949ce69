"""What does this usage type of AWS's price list count? Only what is understood with certainty; the rest is None.

Two ways of writing are in use. `USE1-NovaPro-input-tokens-latency-optimized`: Region, name, what is counted, mode. And
`USE1-MP:USE1_InputTokenCount_Global-Units`, or since 2026 `…_input_tokens_global_standard-Units`: models of other makers, whose name stands
beside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["input", "output", "cache_read", "cache_write"]

_LEGACY = re.compile(
    r"[A-Z0-9]+-(?P<name>.+?)(?P<optimized>-LatencyOptimized)?-(?:text-)?"
    r"(?P<kind>input-tokens|output-tokens|cache-read-input-token-count|cache-write-input-token-count)(?P<more>(?:-[a-z-]+)?)"
)
_CAMEL = re.compile(
    r"[A-Z0-9]+-MP:[A-Z0-9]+_(?P<kind>Input|Output|CacheReadInput|CacheWriteInput)TokenCount(?P<more>(?:_[A-Za-z]+)*)-Units"
)
_SNAKE = re.compile(
    r"[A-Z0-9]+-MP:[A-Z0-9]+_(?P<kind>input|output|cache_read|cache_write)_tokens(?P<more>(?:_[a-z]+)+)-Units"
)
_KINDS: dict[str, Kind] = {
    "input-tokens": "input", "Input": "input", "input": "input",
    "output-tokens": "output", "Output": "output", "output": "output",
    "cache-read-input-token-count": "cache_read", "CacheReadInput": "cache_read", "cache_read": "cache_read",
    "cache-write-input-token-count": "cache_write", "CacheWriteInput": "cache_write", "cache_write": "cache_write",
}  # fmt: skip
_WORDS = re.compile(r"latency-optimized|cross-region-global|long-context|[a-z]+")
_MEANINGS = {
    "latency-optimized": "optimized", "latencyoptimized": "optimized",
    "cross-region-global": "global", "global": "global",
    "long-context": "long", "longcontext": "long", "long": "long", "context": "long",
    "priority": "priority", "flex": "flex", "standard": "standard",
}  # fmt: skip
TIERS = ("priority", "flex")


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What is counted, and in which mode."""

    kind: Kind
    name: str | None
    """The model's name, where it is part of the usage type."""
    is_global: bool
    """By a global inference profile."""
    is_long: bool
    """In prompts that are longer than some length, which the list does not tell."""
    latency: str | None
    tier: str | None


def read_usage(usage_type: str) -> Usage | None:
    """What it counts; None: it is not understood, or no on-demand text tokens."""
    match = _LEGACY.fullmatch(usage_type) or _CAMEL.fullmatch(usage_type) or _SNAKE.fullmatch(usage_type)
    if match is None:
        return None
    parts = match.groupdict()
    words = _WORDS.findall(parts["more"].lower() if "_" in parts["more"] else parts["more"])
    meanings = [_MEANINGS.get(word) for word in words]
    tiers = [word for word in TIERS if word in meanings]
    if None in meanings or len(tiers) > 1 or ("standard" in meanings and tiers):
        return None
    optimized = bool(parts.get("optimized")) or "optimized" in meanings
    return Usage(
        kind=_KINDS[parts["kind"]],
        name=parts.get("name"),
        is_global="global" in meanings,
        is_long="long" in meanings,
        latency="optimized" if optimized else None,
        tier=tiers[0] if tiers else None,
    )
