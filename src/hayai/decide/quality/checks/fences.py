"""Which fenced blocks are in this text? As CommonMark has them: three or more backticks or tildes, to a line of at least as many.

A block that never ends goes to the end of the text. Of indented blocks, as in lists, the indent of the fence is taken off.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_FENCE = re.compile(r"^([ \t>]{0,40})(`{3,200}|~{3,200})[ \t]*([^\s`{,;]{0,40})", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block."""

    language: str
    """The first word behind the fence, in lower case; empty: none."""
    text: str


def fenced_blocks(text: str) -> tuple[tuple[Block, ...], str]:
    """The blocks in their order, and what stands outside of them."""
    blocks: list[Block] = []
    outside: list[str] = []
    inside: list[str] | None = None
    indent, fence, language = "", "", ""
    for line in text.splitlines():
        found = _FENCE.match(line)
        if inside is None:
            if found is None:
                outside.append(line)
            else:
                indent, fence, language = found[1], found[2], found[3].lower()
                inside = []
        elif (
            found is not None
            and found[2][0] == fence[0]
            and len(found[2]) >= len(fence)
            and not line[found.end(2) :].strip()
        ):
            blocks.append(Block(language=language, text="\n".join(inside)))
            inside = None
        else:
            inside.append(line.removeprefix(indent))
    if inside is not None:
        blocks.append(Block(language=language, text="\n".join(inside)))
    return tuple(blocks), "\n".join(outside)
