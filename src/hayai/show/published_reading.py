"""What does a published results file say? Reads the original layout and hayai's own, in Japanese or English.

The subtle part: an answer may itself hold rows of dashes, and whatever else a model likes to write. So sections are not counted. The last
three are the lists of times, differences and token counts; the times name the targets in order; and a section opens only with the next
target's heading together with its own time. Everything between belongs to the answer before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from hayai.decide.findings import PublishedAnswer, PublishedDifference, PublishedPrompt
from hayai.errors import Problem, UsageError
from hayai.show.locales import LANGUAGES, texts_in
from hayai.show.published import DASHES

_CUT = re.compile(rf"\n\n{DASHES}-*(?=\n\n)")
"""A row of dashes with a blank line on both sides. The second is left in place: it may belong to the next row as well."""
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")


def read_published(text: str, place: str) -> PublishedPrompt:
    """The page in `text`. `place` (the file's name) is for the message: UsageError if this is not such a file."""
    whole = "\n\n" + text.replace("\r\n", "\n").removeprefix("\ufeff").strip("\n")
    raw, rows = _CUT.split(whole), _CUT.findall(whole)
    times = _listed(raw[-3]) if len(raw) >= 5 and _titled(raw[-3], "published.times") else None
    if times is None or not _titled(raw[-1], "published.token_counts"):
        raise UsageError(Problem(place=place, key="published.not_such_a_file", values={}))
    openings = [_opening(name, shown) for name, shown in times]
    groups: list[str] = [raw[0]]
    found: list[re.Match[str]] = []
    for row, part in zip(rows, raw[1:-3], strict=False):
        opened = openings[len(found)].match(part) if len(found) < len(openings) else None
        if opened is None:
            groups[-1] += row + part
        else:
            found.append(opened)
            groups.append(part[opened.end() :])
    if len(found) != len(openings):
        raise UsageError(Problem(place=place, key="published.not_such_a_file", values={}))
    names = [name for name, _ in times]
    compared_at, prompt = _head(groups[0])
    return PublishedPrompt(
        compared_at=compared_at,
        prompt=prompt,
        answers=tuple(
            PublishedAnswer(
                name=name, time_s=_float(shown), output_tokens=_int(opened.group("tokens")), text=_below(answer)
            )
            for (name, shown), opened, answer in zip(times, found, groups[1:], strict=True)
        ),
        differences=tuple(_differences(_listed(raw[-2]), names)),
    )


def _below(answer: str) -> str:
    """What follows the blank line under the heading. Taken off last: with dashes right under it, it looked like the end of a section."""
    return answer.removeprefix("\n\n") if answer.startswith("\n\n") else answer.removeprefix("\n")


def _labels(key: str) -> str:
    """A pattern for the label of `key` in any language."""
    return "(?:" + "|".join(re.escape(texts_in(language)(key)) for language in LANGUAGES) + ")"


def _titled(part: str, key: str) -> bool:
    return re.match(rf"\n\n{_labels(key)}\s*[:：]?\s*(?:\n|$)", part) is not None


def _opening(name: str, time: str) -> re.Pattern[str]:
    """How the section of this target begins: heading, its time, its tokens."""
    headings = "|".join(re.escape(texts_in(language)("published.answer", name=name)) for language in LANGUAGES)
    return re.compile(
        rf"\n\n(?:{headings})\s*[:：]?\n"
        rf"{_labels('published.time')}\s*[:：]\s*{re.escape(time)}[^\S\n]*\n"
        rf"{_labels('published.tokens')}\s*[:：]\s*(?P<tokens>[^\n]*)(?=\n|$)"
    )


def _listed(part: str) -> list[tuple[str, str]]:
    """`name: value` lines below a title; the last colon divides, because names hold colons too."""
    found = (re.fullmatch(r"(.*)[:：]\s*(.*?)\s*", line) for line in part.strip("\n").split("\n")[1:])
    return [(line.group(1), line.group(2)) for line in found if line is not None]


def _head(part: str) -> tuple[str, str]:
    opened = re.search(rf"\n{_labels('published.prompt')}\s*?[:：][^\S\n]?", part)
    above, prompt = (part[: opened.start()], part[opened.end() :]) if opened else (part, "")
    time = re.search(rf"\n{_labels('published.compared_at')}\s*[:：]\s*(\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d)", above)
    return (time.group(1) if time else ""), prompt


def _differences(lines: Iterable[tuple[str, str]], names: list[str]) -> Iterable[PublishedDifference]:
    pairs = {f"{first} - {second}": (first, second) for first in names for second in names}
    for title, shown in lines:
        if title in pairs:
            first, second = pairs[title]
            yield PublishedDifference(first=first, second=second, difference_s=_float(shown))


def _float(text: str) -> float | None:
    number = _NUMBER.search(text)
    return None if number is None else float(number.group())


def _int(text: str) -> int | None:
    number = _NUMBER.search(text)
    return None if number is None else int(float(number.group()))
