"""What does a test say about its own request? A known truth without a profile file.

Request headers (or entries of Converse's `requestMetadata`, or of the header `X-Amzn-Bedrock-Request-Metadata`) whose names begin with
`x-hayai-sim-` override the profile for this one request. What is scripted is exact: no noise, no drift, no tail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_type_hints

import msgspec

from hayai.sim.refusals import Refusal, invalid

PREFIX = "x-hayai-sim-"


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """The overrides of one request; None: as the profile says. In requests the names have hyphens: `x-hayai-sim-ttft-ms: 200`."""

    ttft_ms: float | None = None
    """Time from the complete request to the first piece, before the division by `speed`."""
    itl_ms: float | None = None
    """Time per token after the first."""
    tokens: int | None = None
    """Tokens of the visible answer."""
    reasoning_tokens: int | None = None
    chunk_tokens: int | None = None
    """Tokens of each chunk after the first (which holds one)."""
    region: str | None = None
    """Serving region."""
    served: str | None = None
    """`standard`: an optimized request falls back."""
    answer: str | None = None
    """`text` or `tool_use`."""
    fault: str | None = None
    """Kind of a fault for this request, with settings: `reset`, `stall,wait_ms=200`, `in_stream_exception,after_chunks=2,error=...`."""

    framing: str | None = None
    """How an OpenAI-compatible stream is framed (`framing.py`): `crlf`, `no-space,comments`, ..."""


_LONGEST_MS = 86_400_000.0
_HINTS = get_type_hints(Script)
NO_SCRIPT = Script()


def read_script(*sources: Mapping[str, str]) -> Script:
    """The script in these headers or metadata entries; later sources win. Raises Refusal (400) for a name or value that makes no sense."""
    said = {
        name.lower().removeprefix(PREFIX).replace("-", "_"): value
        for source in sources
        for name, value in source.items()
        if name.lower().startswith(PREFIX)
    }
    if not said:
        return NO_SCRIPT
    unknown = said.keys() - _HINTS.keys()
    if unknown:
        raise invalid("hayai-sim: unknown override {name}", name=PREFIX + min(unknown))
    try:
        script = msgspec.convert(said, Script, strict=False)
    except msgspec.ValidationError as reason:
        raise invalid("hayai-sim: {reason}", reason=reason) from reason
    times = (script.ttft_ms or 0.0, script.itl_ms or 0.0)
    counts = (script.tokens, script.chunk_tokens)
    in_range = (
        all(0 <= time <= _LONGEST_MS for time in times)
        and all(count is None or count >= 1 for count in counts)
        and (script.reasoning_tokens or 0) >= 0
    )
    if not in_range:
        raise Refusal("ValidationException", "hayai-sim: an override is out of range")
    return script
