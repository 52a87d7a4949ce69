"""How does what the wire decodes become a frame that a provider can read?

The decoders in `wire` know headers and payloads; providers think in named frames. Amazon's framing names an event in
`:event-type`, a modelled exception in `:exception-type` and an unmodelled error in `:error-code`; whichever is there becomes the
frame's kind.
"""

from __future__ import annotations

from hayai.measure.providers.contract import Frame
from hayai.wire import eventstream, sse

_NAMED_BY = (":event-type", ":exception-type", ":error-code")


def frame_of(message: eventstream.Message) -> Frame:
    """The frame for one event-stream message. A message without a name becomes kind `""`, which every reader ignores."""
    headers = message.headers
    kind = next((headers[name] for name in _NAMED_BY if name in headers), "")
    return Frame(kind=str(kind), payload=message.payload, headers=headers)


def frame_of_event(event: sse.Event) -> Frame:
    """The frame for one server-sent event."""
    return Frame(kind=event.event, payload=event.data.encode())
