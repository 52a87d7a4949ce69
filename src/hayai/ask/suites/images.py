"""Is this an image that a model can be shown?

The format is told by the first bytes, never by the name of the file: a service refuses a PNG that is announced as a JPEG.
"""

from __future__ import annotations

import base64
import binascii
from pathlib import Path

from hayai.ask.plan import ImagePart
from hayai.ask.validation import FieldProblem

LARGEST_IMAGE = int(3.75 * (1 << 20))
"""Bytes; the largest image that Bedrock's Converse calls take."""

IMAGE_FORMATS = ("png", "jpeg", "gif", "webp")


def read_image(path: Path) -> ImagePart:
    """The image in a file. Raises `FieldProblem`."""
    try:
        if not path.is_file():
            raise FieldProblem("suite.image_missing", path=str(path))
        with path.open("rb") as file:
            data = file.read(LARGEST_IMAGE + 1)
    except OSError as error:
        raise FieldProblem("suite.image_unreadable", path=str(path), reason=error.strerror or "") from None
    except ValueError:  # a path with a NUL
        raise FieldProblem("suite.image_missing", path="") from None
    return _check(data, announced=None)


def decode_image(text: str, announced: str | None) -> ImagePart:
    """The image in a base64 text; `announced` is the format the user named. Raises `FieldProblem`."""
    if announced is not None and announced not in (*IMAGE_FORMATS, "jpg"):
        raise FieldProblem("suite.image_format_unknown", known=", ".join(IMAGE_FORMATS))
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise FieldProblem("suite.image_not_base64") from None
    return _check(data, announced="jpeg" if announced == "jpg" else announced)


def _check(data: bytes, *, announced: str | None) -> ImagePart:
    if len(data) > LARGEST_IMAGE:
        raise FieldProblem("suite.image_too_big", limit="3.75")
    found = _format_of(data)
    if found is None:
        raise FieldProblem("suite.image_type", known=", ".join(IMAGE_FORMATS))
    if announced is not None and announced != found:
        raise FieldProblem("suite.image_other_format", announced=announced, found=found)
    return ImagePart(format=found, data=data)


def _format_of(data: bytes) -> str | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    return "webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None
