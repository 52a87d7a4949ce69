"""What was charged for a request, and what may be? By the mode in which it was served, at the prices that the run keeps.

Unknown where a price or a count of tokens is not known. Both rooms above need it: the engine, which holds a run to its dollars, and the
reports. Who charges what at all is `decide/prices`.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import product
from typing import Literal, Protocol

import msgspec

from hayai.ask.plan import ImagePart, ModePrice, Plan, Prompt, Target, TextPart
from hayai.ask.rounds import NONCE_BYTES, resolve_max_tokens
from hayai.keep.records import RequestRecord

MILLION = 1_000_000
STANDARD = (None, "standard")
DEFAULT_TIERS = (None, "default")
TURN_TOKENS = 64
"""What a service may add to a turn, a system text or a tool by itself: marks of who speaks, and the like."""
SDKS = frozenset({"bedrock-boto3"})
"""Providers that may send a request again without telling beforehand."""
FREE = frozenset({"throttled", "refused", "no_connection"})
"""Outcomes of which nothing was ever charged: no model was asked."""


class Rates(Protocol):
    """US dollars per million tokens. None: not known."""

    @property
    def input_usd(self) -> Decimal | None:
        """What was read."""

    @property
    def output_usd(self) -> Decimal | None:
        """What was written."""

    @property
    def cache_read_usd(self) -> Decimal | None:
        """What was read from a prompt cache."""

    @property
    def cache_write_usd(self) -> Decimal | None:
        """What was put into one."""

    @property
    def flat_to(self) -> int | None:
        """Longer prompts than so many tokens cost something else."""


def cost_at(
    price: Rates,
    *,
    input_tokens: int,
    output_tokens: int,
    cache_read_tokens: int = 0,
    cache_write_tokens: int = 0,
) -> Decimal | None:
    """What so many tokens cost at `price`, in US dollars; None where a price that is needed is not known.

    `input_tokens` without those read from or written to a cache, as Bedrock tells them. ValueError for fewer than none.
    """
    parts = (
        (input_tokens, price.input_usd),
        (output_tokens, price.output_usd),
        (cache_read_tokens, price.cache_read_usd),
        (cache_write_tokens, price.cache_write_usd),
    )
    if any(tokens < 0 for tokens, _ in parts):
        raise ValueError("fewer than no tokens")
    if price.flat_to is not None and input_tokens + cache_read_tokens + cache_write_tokens > price.flat_to:
        return None
    if any(tokens and usd is None for tokens, usd in parts):
        return None
    return sum((usd * tokens / MILLION for tokens, usd in parts if usd is not None), Decimal(0))


def mode_of(latency: str | None, tier: str | None) -> tuple[str | None, str | None]:
    """None stands for what one gets without asking."""
    return None if latency in STANDARD else latency, None if tier in DEFAULT_TIERS else tier


def price_served(record: RequestRecord, prices: Sequence[ModePrice]) -> ModePrice | None:
    """The price of the mode that `record` was served in; None: not known, or the answer does not tell the mode."""
    latency, tier = record.served_latency, record.served_tier
    if (latency is None and record.requested_latency not in STANDARD) or (
        tier is None and record.requested_tier not in DEFAULT_TIERS
    ):
        return None
    served = mode_of(latency, tier)
    return next((one for one in prices if one.target == record.target and (one.latency, one.tier) == served), None)


def is_free(record: RequestRecord) -> bool:
    """Whether nothing was charged for certain: no model was asked. Within a stream one was at work already, whatever stopped it."""
    return record.outcome in FREE and not (record.failure is not None and record.failure.in_stream)


def cost_of(record: RequestRecord, prices: Sequence[ModePrice]) -> Decimal | None:
    """US dollars; None: not known."""
    if is_free(record):
        return Decimal(0)
    usage, price = record.usage, price_served(record, prices)
    if price is None or usage.input_tokens is None or usage.output_tokens is None:
        return None
    cached = (usage.cache_read_tokens or 0) if price.input_holds_cache else 0
    return cost_at(
        price,
        input_tokens=max(0, usage.input_tokens - cached),
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cache_read_tokens or 0,
        cache_write_tokens=usage.cache_write_tokens or 0,
    )


def most_input_tokens(prompt: Prompt, target: Target) -> int:
    """The most tokens that `target` is charged for reading `prompt`: no token is shorter than a byte, and turns cost some of their own."""
    texts = [part.text for message in prompt.messages for part in message.parts if isinstance(part, TextPart)]
    system = [str(text) for text in (target.options.get("system"), prompt.system) if text]
    tools = [tool.name + tool.description + str(tool.schema) for tool in prompt.tools]
    everything = (*texts, *system, *tools)
    return sum(len(text.encode()) + TURN_TOKENS for text in everything)


Unbounded = Literal["price", "cache", "extra", "images", "tools", "max_tokens", "attempts", "length"]
"""Why nobody can say what a request costs at the most.

A price is not known, of a mode that it may be served in or of the prompt cache that it asks for; `extra=` may change anything; how many
tokens an image counts for, and what a service adds for tools, is the model's own affair; nothing says how long the answer may be, or how
often an SDK tries by itself (its environment and files may say anything); the prompt is longer than a price holds for.
"""


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """The most that one request may cost, in any mode that it may be served in. `usd` None: `why` there is no such number."""

    usd: Decimal | None = None
    why: Unbounded | None = None
    input_tokens: int = 0
    """The most that are read: no token is shorter than a byte."""
    output_tokens: int | None = None
    """The most that are written; None: as many as the model likes."""


def bound_of(plan: Plan, prices: Sequence[ModePrice], target: Target, prompt: Prompt) -> Bound:
    """The most that `prompt` may cost at `target`. Attempts that an SDK makes by itself are in it, those of hayai's own are not."""
    input_tokens, max_tokens = most_input_tokens(prompt, target), resolve_max_tokens(plan, target, prompt)
    if plan.cache == "avoid":
        input_tokens += NONCE_BYTES
    why = _unbounded(prices, target, prompt, input_tokens, max_tokens)
    if why is not None or max_tokens is None:
        return Bound(why=why or "max_tokens", input_tokens=input_tokens, output_tokens=max_tokens)
    most = Decimal(0)
    for one in prices:
        if one.target == target.name and one.input_usd is not None and one.output_usd is not None:
            dearest = max(one.input_usd, one.cache_write_usd or one.input_usd, one.cache_read_usd or one.input_usd)
            most = max(most, (dearest * input_tokens + one.output_usd * max_tokens) / MILLION)
    attempts = int(target.options["max_attempts"]) if target.provider in SDKS else 1
    return Bound(usd=most * attempts, input_tokens=input_tokens, output_tokens=max_tokens)


def _unbounded(
    prices: Sequence[ModePrice], target: Target, prompt: Prompt, input_tokens: int, max_tokens: int | None
) -> Unbounded | None:
    own = [one for one in prices if one.target == target.name]
    latency, tier = mode_of(target.options.get("latency"), target.options.get("tier"))
    # What it asks for, and standard, which it may fall back to.
    modes = set(product((None, latency), (None, tier)))
    if not modes <= {(one.latency, one.tier) for one in own} or any(
        one.input_usd is None or one.output_usd is None for one in own
    ):
        return "price"
    if target.options.get("cache") == "on" and any(
        one.cache_read_usd is None or one.cache_write_usd is None for one in own
    ):
        return "cache"
    if "extra" in target.options:
        return "extra"
    if any(isinstance(part, ImagePart) for message in prompt.messages for part in message.parts):
        return "images"
    if prompt.tools:
        return "tools"
    if max_tokens is None:
        return "max_tokens"
    if target.provider in SDKS and target.options.get("max_attempts") is None:
        return "attempts"
    return "length" if any(one.flat_to is not None and input_tokens > one.flat_to for one in own) else None
