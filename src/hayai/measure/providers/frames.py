"""How does a message of the event stream become a frame that a provider can read?

The decoder in `wire` knows headers and payload; providers think in named frames. Amazon's framing names an event in `:event-type`, a modelled
exception in `:exception-type` and an unmodelled error in `:error-code`; whichever is there becomes the frame's kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from hayai.measure.providers.contract import Frame

_NAMED_BY = (":event-type", ":exception-type", ":error-code")


class StreamMessage(Protocol):
    """What an event-stream decoder yields. Header values may be of any type the framing knows; Bedrock only uses strings."""

    @property
    def headers(self) -> Mapping[str, object]: ...

    @property
    def payload(self) -> bytes: ...


def frame_of(message: StreamMessage) -> Frame:
    """The frame for one message. A message without a name becomes kind `""`, which every reader ignores."""
    headers = {name: value if isinstance(value, str) else str(value) for name, value in message.headers.items()}
    kind = next((headers[name] for name in _NAMED_BY if name in headers), "")
    return Frame(kind=kind, payload=message.payload, headers=headers)


def whole_body(body: bytes) -> Frame:
    """The one frame of a response that is not streamed."""
    return Frame(kind="body", payload=body)
