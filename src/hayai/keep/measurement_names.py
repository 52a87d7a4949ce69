"""How is a prompt called of which only its text is known?

By its first words and a number: short enough for a table, and told from any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST_NAME = 80
"""Characters; what is longer, or has several lines, is a prompt's text and not its name."""
_LONGEST_SLUG = 24
_NUMBERED = "prompt"


def short_names(prompts: Iterable[str], *, always: bool = False) -> dict[str, str]:
    """Names for those of `prompts` that are texts (all of them: `always`), in the order of their first appearance."""
    different = dict.fromkeys(prompts)
    texts = [prompt for prompt in different if always or len(prompt) > LONGEST_NAME or len(prompt.splitlines()) > 1]
    digits = max(2, len(str(len(texts))))
    taken = different.keys() - texts
    found: dict[str, str] = {}
    for number, text in enumerate(texts, start=1):
        name = f"{_slug(text)}-{number:0{digits}}"
        while name in taken:
            name += "-"
        found[text] = name
    return found


def _slug(text: str) -> str:
    """The first words in small letters, whatever their script, joined by hyphens; whole words where the first is short enough."""
    slug = ""
    for word in re.findall(r"[^\W_]+", text[:400].casefold()):
        longer = f"{slug}-{word}" if slug else word
        if len(longer) > _LONGEST_SLUG:
            break
        slug = longer
    if slug:
        return slug
    first = re.search(r"[^\W_]+", text[:400].casefold())
    return first.group()[:_LONGEST_SLUG] if first else _NUMBERED
