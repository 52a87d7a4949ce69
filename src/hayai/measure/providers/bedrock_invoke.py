"""How do InvokeModel and its streaming twin speak? In the model's own language, with Bedrock around it.

The body is the maker's (`bedrock_claude`, `bedrock_nova`); Bedrock's own words travel in headers: latency mode and tier both
ways, and, where nothing is streamed, token counts and the invocation's latency. A stream wraps the maker's chunks in base64 and
adds `amazon-bedrock-invocationMetrics` to the last one: the only place where the service tells its own time to first byte.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from hayai.ask.plan import Target
from hayai.measure.providers.bedrock_options import LATENCY_HEADER, TIER_HEADER
from hayai.measure.providers.content import Count, Milliseconds, decoded, only_set, service_time
from hayai.measure.providers.contract import Piece, Served, UsageReport

_HEADER_OF_COUNT = {
    "input_tokens": "x-amzn-bedrock-input-token-count",
    "output_tokens": "x-amzn-bedrock-output-token-count",
    "cache_read_tokens": "x-amzn-bedrock-cache-read-input-token-count",
    "cache_write_tokens": "x-amzn-bedrock-cache-write-input-token-count",
}
_INVOCATION_LATENCY = "x-amzn-bedrock-invocation-latency"


def headers_asked(target: Target) -> dict[str, str]:
    """Latency mode and tier, as the invoke calls carry them."""
    return only_set(**{LATENCY_HEADER: target.options.get("latency"), TIER_HEADER: target.options.get("tier")})


def read_head(headers: Mapping[str, str]) -> tuple[Piece, ...]:
    """Pieces told by the headers of an answer: what was served, token counts, the invocation's latency."""
    pieces: list[Piece] = []
    served = Served(latency=headers.get(LATENCY_HEADER.lower()), tier=headers.get(TIER_HEADER.lower()))
    if served.latency or served.tier:
        pieces.append(served)
    counts = {field: _whole_number(headers.get(header)) for field, header in _HEADER_OF_COUNT.items()}
    if any(count is not None for count in counts.values()):
        pieces.append(UsageReport(source="headers", **counts))
    latency = _whole_number(headers.get(_INVOCATION_LATENCY))
    if latency is not None:
        pieces.append(service_time(total_ms=latency))
    return tuple(pieces)


def _whole_number(text: str | None) -> int | None:
    """The number in a header; None where there is none. These headers are not part of the service's model, so odd ones are ignored."""
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) <= 12 else None


class _Chunk(msgspec.Struct):
    inner: bytes = msgspec.field(name="bytes")


class _InvocationMetrics(msgspec.Struct, rename="camel"):
    input_token_count: Count | None = None
    output_token_count: Count | None = None
    cache_read_input_token_count: Count | None = None
    cache_write_input_token_count: Count | None = None
    invocation_latency: Milliseconds | None = None
    first_byte_latency: Milliseconds | None = None


class WithMetrics(msgspec.Struct):
    """The last chunk of a stream, whatever the family."""

    metrics: _InvocationMetrics | None = msgspec.field(name="amazon-bedrock-invocationMetrics", default=None)


def unwrapped(payload: bytes) -> bytes:
    """The maker's own JSON inside a `chunk` event."""
    return decoded(payload, _Chunk).inner


def metrics_pieces(chunk: WithMetrics) -> tuple[Piece, ...]:
    """Token counts and the service's own times, from the invocation metrics of the last chunk."""
    told = chunk.metrics
    if told is None:
        return ()
    return (
        UsageReport(
            source="metrics",
            input_tokens=told.input_token_count,
            output_tokens=told.output_token_count,
            cache_read_tokens=told.cache_read_input_token_count,
            cache_write_tokens=told.cache_write_input_token_count,
        ),
        service_time(total_ms=told.invocation_latency, first_byte_ms=told.first_byte_latency),
    )
