"""In which shapes may the same stream of server-sent events come? The plain one, and the odd ones that the standard allows as well.

Every reader of `text/event-stream` must take them all, and many do not. The script header `x-hayai-sim-framing` asks for one or several:
`crlf` or `cr` instead of LF, `no-space` after `data:`, `comments` before every event, `bom` (a byte order mark first), and `split`, which
puts each event into two HTTP chunks, cut in its middle, still in one write.
"""

from __future__ import annotations

from typing import NamedTuple

from hayai.sim.refusals import invalid
from hayai.wire.http1 import encode_chunk

_NAMES = ("crlf", "cr", "no-space", "comments", "bom", "split")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Framing(NamedTuple):
    """What stands around the data of each event."""

    before: bytes = b"data: "
    after: bytes = b"\n\n"
    opening: bytes = b""
    """What leads the whole stream."""
    split: bool = False

    def frame(self, data: bytes) -> bytes:
        """The bytes of one event. `data` has no line end in it, as JSON has none."""
        return b"%b%b%b" % (self.before, data, self.after)

    def chunk(self, frame: bytes) -> bytes:
        """The bytes of one event in the chunks of HTTP."""
        if self.split and len(frame) > 1:
            half = len(frame) // 2
            return encode_chunk(frame[:half]) + encode_chunk(frame[half:])
        return encode_chunk(frame)


PLAIN = Framing()


def read_framing(asked: str | None) -> Framing:
    """The framing that a script asks for. Raises Refusal (400) for a name that is none."""
    if asked is None:
        return PLAIN
    names = {name.strip() for name in asked.split(",")}
    if unknown := names - set(_NAMES):
        raise invalid("hayai-sim: framing: {name} is not one of {known}", name=min(unknown), known=", ".join(_NAMES))
    end = b"\r\n" if "crlf" in names else b"\r" if "cr" in names else b"\n"
    comment = b": ping" + end + end if "comments" in names else b""
    return Framing(
        before=comment + (b"data:" if "no-space" in names else b"data: "),
        after=end + end,
        opening=_BYTE_ORDER_MARK if "bom" in names else b"",
        split="split" in names,
    )
