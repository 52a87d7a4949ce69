"""How would the service behave on this request: how fast, how long, from where, or not at all?

Every draw comes from the seed and from the request's identity (what was asked, and how often before), never from the order in which
requests happen to arrive. So the same requests get the same answers at the same pace in every run, however many fly at once. Only quotas
and drift look at the clock, as they must.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from hayai.sim.profile import Arm, Cell, Drift, ModelEntry, Profile, Tail
from hayai.sim.refusals import TOO_MANY_TOKENS, Refusal
from hayai.sim.script import Script

_WINDOW_NS = 60_000_000_000
_CACHED_NS = 300_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What one request gets. Offsets are ns from the complete request, already divided by the speed."""

    served_latency: str
    region: str
    reasoning_tokens: int
    text_tokens: int
    wanted_tokens: int
    """What the visible answer would have had without max_tokens."""
    cut: bool
    """The answer ends because max_tokens was reached."""
    chunks: tuple[int, ...]
    """Tokens of each chunk, reasoning first; no chunk holds both kinds."""
    offsets_ns: tuple[int, ...]
    """When each chunk is due."""
    head_ns: int
    """When head and opening event are due."""
    ttft_ns: int
    itl_ns: float
    """Pace of this request, without jitter and pauses."""
    cache_read_tokens: int
    cache_write_tokens: int = 0
    quality: float | None = None
    """Share of its sentences that are right; None: nothing is marked."""
    quality_sd: float = 0.0
    of_input: int = 0
    """How many tokens of the request's own were read or written, and are no input tokens any more."""


class Behaviour:
    """The profile at work. One per server; keeps what must be remembered between requests."""

    def __init__(self, profile: Profile, *, seed: int, speed: float, started_ns: int) -> None:
        self._profile, self._seed, self._speed, self._started_ns = profile, seed, speed, started_ns
        self._seen: Counter[str] = Counter()
        self._windows: dict[tuple[str, str], deque[tuple[int, int]]] = {}
        self._prefixes: dict[str, int] = {}
        """Until when each cached prefix is kept."""
        self._walks: dict[str, _Walk] = {}

    def random_for(self, identity: str) -> Random:
        """The dice of the next request with this identity."""
        self._seen[identity] += 1
        return Random(f"{self._seed}|{identity}|{self._seen[identity]}")

    def course(
        self,
        *,
        entry: ModelEntry,
        random: Random,
        topic: str | None,
        latency: str | None,
        tier: str | None,
        max_tokens: int,
        input_tokens: int,
        prefix: tuple[str, int] | None = None,
        reasoning: int | None,
        length: int | None,
        script: Script,
        now_ns: int,
    ) -> Course:
        """What this request gets.

        `prefix` is what stands before a cache point and its tokens (None: no such point), `reasoning` the budget asked for (None: not
        asked), `length` a number of tokens that is already settled.

        Raises Refusal when it is throttled.
        """
        served, arm = self._served(
            entry,
            latency,
            tier,
            random,
            falls_back=script.served == "standard",
            reserved=input_tokens + max_tokens,
            now_ns=now_ns,
        )
        cell = arm.prompts.get(topic or "", Cell())
        wanted_text, wanted_reasoning = _lengths(arm, cell, reasoning, script, random)
        wanted_text = length or wanted_text
        reasoning_tokens = min(wanted_reasoning, max(max_tokens - 1, 0))
        text_tokens = min(wanted_text, max_tokens - reasoning_tokens)
        chunks = _chunks(reasoning_tokens, arm, script, random, first=True) + _chunks(
            text_tokens, arm, script, random, first=not reasoning_tokens
        )
        slowness = self._slowness(entry, served, arm, now_ns)
        ttft_ms, itl_ms = _pace(arm, cell, slowness, script, random)
        read, written = self._cached(arm, prefix, now_ns)
        if read and script.ttft_ms is None:
            ttft_ms *= 1 - arm.cache_saves
        offsets = _offsets(chunks, ttft_ms, itl_ms, arm if script.itl_ms is None else None, random)
        to_ns = 1e6 / self._speed
        return Course(
            served_latency=served,
            region=script.region or cell.region or _draw_region(arm, self._profile.region, random),
            reasoning_tokens=reasoning_tokens,
            text_tokens=text_tokens,
            wanted_tokens=wanted_text,
            cut=text_tokens < wanted_text or reasoning_tokens < wanted_reasoning,
            chunks=chunks,
            offsets_ns=tuple(round(offset * to_ns) for offset in offsets),
            head_ns=round(ttft_ms * arm.head_share * to_ns),
            ttft_ns=round(ttft_ms * to_ns),
            itl_ns=itl_ms * to_ns,
            cache_read_tokens=arm.cache_read_tokens + read,
            cache_write_tokens=written,
            of_input=read + written,
            quality=arm.quality,
            quality_sd=arm.quality_sd,
        )

    def _cached(self, arm: Arm, prefix: tuple[str, int] | None, now_ns: int) -> tuple[int, int]:
        """Tokens read from the cache and written to it; a prefix is kept for five minutes from its last use."""
        if prefix is None or prefix[1] < arm.cache_min_tokens:
            return 0, 0
        text, tokens = prefix
        there = self._prefixes.get(text, -1) >= now_ns
        self._prefixes[text] = now_ns + round(_CACHED_NS / self._speed)
        return (tokens, 0) if there else (0, tokens)

    def _served(
        self,
        entry: ModelEntry,
        latency: str | None,
        tier: str | None,
        random: Random,
        *,
        falls_back: bool,
        reserved: int,
        now_ns: int,
    ) -> tuple[str, Arm]:
        """The latency mode that is given, and the arm that gives it."""
        standard = entry.arms["standard"]
        asked = entry.arms.get("optimized", standard) if latency == "optimized" else standard
        if random.random() < asked.throttle_chance:
            raise Refusal("ThrottlingException")
        if latency == "optimized":
            falls_back |= random.random() < asked.fallback_chance
            if not falls_back and self._within_quota(entry.id, "optimized", asked, reserved, now_ns):
                return "optimized", asked
        if not self._within_quota(entry.id, "standard", standard, reserved, now_ns):
            window = self._windows[entry.id, "standard"]
            in_requests = len(window) >= (standard.requests_per_minute or math.inf)
            until_ns = window[0][0] + _WINDOW_NS / self._speed if window else now_ns
            text = None if in_requests else TOO_MANY_TOKENS
            raise Refusal("ThrottlingException", text, retry_after_s=(until_ns - now_ns) / 1e9)
        if latency != "optimized" and tier in ("priority", "flex"):
            return "standard", entry.arms.get(tier, standard)  # type: ignore[call-overload]  # mypy forgets what `in` told it
        return "standard", standard

    def _within_quota(self, model: str, mode: str, arm: Arm, reserved: int, now_ns: int) -> bool:
        """Whether the last minute leaves room for one more request that may take `reserved` tokens; if so, it is counted."""
        if arm.requests_per_minute is None and arm.tokens_per_minute is None:
            return True
        window = self._windows.setdefault((model, mode), deque())
        while window and window[0][0] <= now_ns - _WINDOW_NS / self._speed:
            window.popleft()
        if len(window) >= (arm.requests_per_minute or math.inf):
            return False
        if sum(tokens for _, tokens in window) + reserved > (arm.tokens_per_minute or math.inf):
            return False
        window.append((now_ns, reserved))
        return True

    def _slowness(self, entry: ModelEntry, served: str, arm: Arm, now_ns: int) -> float:
        """The factor of drift, shared and own, on all times of a request that arrives now."""
        at_s = max(now_ns - self._started_ns, 0) / 1e9 * self._speed
        log = 0.0
        for name, drift in (("shared", self._profile.drift), (f"{entry.id}|{served}", arm.drift)):
            if drift is not None:
                walk = self._walks.get(name)
                if walk is None:
                    walk = self._walks[name] = _Walk(drift, Random(f"{self._seed}|drift|{name}"))
                log += walk.at(at_s)
        return math.exp(log)


class _Walk:
    """An AR(1) walk on a grid of a tenth of its correlation time; remembers its past, so any instant may be asked for."""

    def __init__(self, drift: Drift, random: Random) -> None:
        self._step_s = drift.correlation_s / 10
        self._keep = math.exp(-0.1)
        self._push = drift.sd * math.sqrt(1 - self._keep**2)
        self._random = random
        self._values = [random.gauss(0.0, drift.sd)]

    def at(self, seconds: float) -> float:
        index = int(seconds / self._step_s)
        while len(self._values) <= index:
            self._values.append(self._keep * self._values[-1] + self._random.gauss(0.0, self._push))
        return self._values[index]


def _spread(random: Random, sigma: float) -> float:
    """A lognormal factor with median 1."""
    return math.exp(random.gauss(0.0, sigma)) if sigma else 1.0


def _wait_ms(tail: Tail | None, random: Random) -> float:
    if tail is None or random.random() >= tail.chance:
        return 0.0
    return min(tail.median_ms * _spread(random, tail.sigma), tail.most_ms)


def _lengths(arm: Arm, cell: Cell, reasoning: int | None, script: Script, random: Random) -> tuple[int, int]:
    """Tokens of the visible answer and of the reasoning that the model would like to write."""
    spread = _spread(random, arm.tokens_sigma)
    text = script.tokens or max(1, round((cell.tokens or arm.tokens) * spread))
    if script.reasoning_tokens is not None:
        return text, script.reasoning_tokens
    if arm.reasoning_tokens or reasoning is None:
        return text, arm.reasoning_tokens
    return text, min(reasoning, max(1, text // 2))


def _chunks(tokens: int, arm: Arm, script: Script, random: Random, *, first: bool) -> tuple[int, ...]:
    """Cut `tokens` into chunks; the very first chunk of a response holds one token."""
    sizes = script.chunk_tokens or arm.tokens_per_chunk
    chunks = [1] if first and tokens else []
    left = tokens - len(chunks)
    while left > 0:
        size = min(left, sizes if isinstance(sizes, int) else random.choice(sizes))
        chunks.append(size)
        left -= size
    return tuple(chunks)


def _pace(arm: Arm, cell: Cell, slowness: float, script: Script, random: Random) -> tuple[float, float]:
    """Time to first token and time per token of this request, in ms. What a script says is exact."""
    ttft_ms = cell.ttft_ms or arm.ttft_ms
    itl_ms = arm.itl_ms
    tokens = cell.tokens or arm.tokens
    if cell.total_s is not None:
        itl_ms = max(cell.total_s * 1000 - ttft_ms, 0.0) / max(tokens - 1, 1)
    drawn_ttft = ttft_ms * slowness * _spread(random, arm.ttft_sigma) + _wait_ms(arm.tail, random)
    drawn_itl = itl_ms * slowness * _spread(random, arm.itl_sigma)
    return (
        drawn_ttft if script.ttft_ms is None else script.ttft_ms,
        drawn_itl if script.itl_ms is None else script.itl_ms,
    )


def _offsets(chunks: tuple[int, ...], ttft_ms: float, itl_ms: float, noisy: Arm | None, random: Random) -> list[float]:
    """When each chunk goes out, in ms: when its last token would be ready. `noisy`: whose jitter and pauses come on top."""
    jitter = noisy.jitter if noisy else 0.0
    pause = noisy.pause if noisy else None
    offsets: list[float] = []
    at, lead = ttft_ms, -jitter * jitter / 2
    for size in chunks:
        if offsets:
            gap = size * itl_ms
            if jitter:
                gap *= math.exp(random.gauss(lead, jitter))
            if pause is not None:
                gap += _wait_ms(pause, random)
            at += gap
        offsets.append(at)
    return offsets


def _draw_region(arm: Arm, home: str, random: Random) -> str:
    weights: Mapping[str, float] = arm.regions
    return random.choices(tuple(weights), tuple(weights.values()))[0] if weights else home
