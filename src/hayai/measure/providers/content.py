"""What is common to the bodies of all calls: order of system texts, place of the nonce, how bytes become documented JSON.

Numbers are bounded where they enter: a count or a duration that could not be true is a broken protocol, not a measurement.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Hashable
from functools import cache
from typing import Annotated, Any, TypeVar, cast

import msgspec

from hayai.ask.plan import ImagePart, Message, Part, Prompt, Target, TextPart
from hayai.errors import TheirMistake
from hayai.measure.providers.contract import ServiceTime

Count = Annotated[int, msgspec.Meta(ge=0, le=10**15)]
"""A number of tokens."""

Milliseconds = Annotated[float, msgspec.Meta(ge=0, le=10**12)]
"""A duration as the service tells it."""

T = TypeVar("T")


def opening(target: Target, prompt: Prompt, nonce: str | None) -> tuple[list[str], tuple[Message, ...]]:
    """System texts (the target's first, then the prompt's) and messages, the nonce in front of all of it.

    That is before the system text if any, else before the first message; one that begins with an image gets a text in front of it, because
    a cache would hold the image otherwise.
    """
    said = (target.options.get("system"), prompt.system)
    system = [str(text) for text in said if text]
    if nonce is None:
        return system, prompt.messages
    if system:
        return [nonce + system[0], *system[1:]], prompt.messages
    first, *rest = prompt.messages
    return system, (Message(role=first.role, parts=_with_nonce(first.parts, nonce)), *rest)


def _with_nonce(parts: tuple[Part, ...], nonce: str) -> tuple[Part, ...]:
    if parts and isinstance(parts[0], TextPart):
        return (TextPart(text=nonce + parts[0].text), *parts[1:])
    return (TextPart(text=nonce), *parts)


def base64_of(image: ImagePart) -> str:
    """The image's bytes as JSON carries them."""
    return b64encode(image.data).decode("ascii")


def only_set(**fields: Any) -> dict[str, Any]:
    """The fields that were set: what is None or empty is not sent."""
    return {name: value for name, value in fields.items() if value is not None and value not in ([], {})}


def decoded(payload: bytes, shape: type[T]) -> T:
    """`payload` as the documented shape. Unknown keys are ignored; anything else unexpected raises `TheirMistake` (`bad_payload`)."""
    try:
        found: T = _decoder(cast("Hashable", shape)).decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TheirMistake(f"bad_payload not the documented JSON: {error}") from None
    return found


@cache
def _decoder(shape: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(shape)


def json_text(value: Any) -> str:
    """A tool's input as text: stretches of JSON as they are, JSON values compactly."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def service_time(*, total_ms: float | None, first_byte_ms: float | None = None) -> ServiceTime:
    """The service's own durations, from its milliseconds."""
    return ServiceTime(total_ns=_ns(total_ms), first_byte_ns=_ns(first_byte_ms))


def _ns(milliseconds: float | None) -> int | None:
    return None if milliseconds is None else round(milliseconds * 1e6)
