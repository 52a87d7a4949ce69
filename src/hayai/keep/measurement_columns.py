"""Which column of somebody else's table is which?

People call the same thing by many names and write the unit into the name: `latency_ms`, `Response time (s)`, `応答時間（秒）`. Case,
blanks, brackets and underscores do not count; what is left is looked up in `SYNONYMS`, and a last word that is a unit is taken off a time.
A name that is not known is never guessed at: the column is left alone, and a note says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from hayai.ask.suggest import echo, suggest
from hayai.errors import Problem

SYNONYMS: dict[str, tuple[str, ...]] = {
    "prompt": (
        "prompt_id", "prompt_name", "question", "task", "test_case", "プロンプト", "プロンプトID", "プロンプト名", "質問", "課題",
    ),
    "target": (
        "model", "model_id", "model_name", "endpoint", "system", "variant", "ターゲット", "モデル", "モデルID", "モデル名", "比較対象",
    ),
    "seconds": (
        "time", "response_time", "latency", "duration", "elapsed", "elapsed_time", "total_time", "wall_time", "e2e", "e2e_time",
        "e2e_latency", "end_to_end", "end_to_end_latency", "応答時間", "実行時間", "所要時間", "経過時間", "レイテンシ", "レイテンシー",
    ),
    "ttft": (
        "time_to_first_token", "first_token", "first_token_time", "first_token_latency", "最初のトークン",
        "最初のトークンまでの時間", "初回トークン時間",
    ),
    "input_tokens": ("prompt_tokens", "input_token_count", "入力トークン", "入力トークン数"),
    "output_tokens": ("completion_tokens", "generated_tokens", "output_token_count", "出力トークン", "出力トークン数"),
    "characters": ("chars", "output_characters", "output_chars", "文字数", "出力文字数"),
    "round": ("cycle", "repeat", "repetition", "iteration", "run", "trial", "ラウンド", "周回", "繰り返し", "試行", "回目"),
    "category": ("prompt_category", "カテゴリ", "カテゴリー", "分類"),
    "region": ("serving_region", "served_region", "リージョン"),
    "status": ("outcome", "result", "success", "ok", "状態", "結果", "ステータス"),
    "position": ("order", "順番", "順序"),
    "served_as_asked": (),
}  # fmt: skip
"""Name of each column, and what else it may be called."""

UNITS: dict[str, int] = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "秒"), 1),
    **dict.fromkeys(("ms", "msec", "msecs", "millis", "millisecond", "milliseconds", "ミリ秒"), 1_000),
    **dict.fromkeys(("us", "μs", "usec", "micros", "microsecond", "microseconds", "マイクロ秒"), 1_000_000),
    **dict.fromkeys(("ns", "nsec", "nanos", "nanosecond", "nanoseconds", "ナノ秒"), 1_000_000_000),
}
"""How many of a unit make a second."""

REQUIRED = ("prompt", "target", "seconds")
TIMES = ("seconds", "ttft")
_LOOKED_AT = 50
"""So many unknown names are held against the known ones: a table of samples has thousands, and none of them is a slip."""
_NOT_ALONE = frozenset({"s", "us", "ns"})
"""Units that are no name of a column on their own: they are other things too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something that was assumed while reading. `key` names the text in the catalogues, `values` fill its gaps."""

    key: str
    values: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column that is read: where it stands, what its owner calls it, the unit in its name (how many make a second)."""

    index: int
    written: str
    per_second: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The columns by their name in `SYNONYMS`, the written names of those left alone, and what is wrong."""

    columns: dict[str, Column]
    ignored: tuple[str, ...]
    problems: tuple[Problem, ...]


def read_header(written: Sequence[str], *, place: str) -> Header:
    """What each of the names in the first line means. Two columns with one meaning are a problem, unless one has the very name."""
    found: dict[str, list[Column]] = {}
    ignored: list[str] = []
    for index, name in enumerate(written):
        meaning, per_second = meaning_of(name)
        if meaning is None:
            ignored.append(echo(name) or f"#{index + 1}")
        else:
            found.setdefault(meaning, []).append(Column(index=index, written=echo(name), per_second=per_second))
    problems: list[Problem] = []
    columns: dict[str, Column] = {}
    for meaning, several in found.items():
        exact = [column for column in several if _plain(column.written) == _plain(meaning)] or several
        columns[meaning] = exact[0]
        if len(exact) > 1:
            values: dict[str, object] = {"first": exact[0].written, "second": exact[1].written, "meaning": meaning}
            problems.append(Problem(place=place, key="measurements.two_columns", values=values))
        else:
            ignored += [column.written for column in several if column is not exact[0]]
    problems += [_missing(meaning, ignored, place) for meaning in REQUIRED if meaning not in columns]
    return Header(columns=columns, ignored=tuple(ignored), problems=tuple(problems))


def meaning_of(written: str) -> tuple[str | None, int | None]:
    """The name in `SYNONYMS` of a column called `written` (None: not known), and the unit in its name."""
    words = _words(written)
    plain = "".join(words)
    if plain in _MEANINGS:
        return _MEANINGS[plain], UNITS.get(plain)
    per_second = UNITS.get(words[-1]) if words else None
    if per_second is None:
        return None, None
    if len(words) == 1:
        return (None, None) if plain in _NOT_ALONE else ("seconds", per_second)
    meaning = _MEANINGS.get("".join(words[:-1]))
    return (meaning, per_second) if meaning in TIMES else (None, None)


def _missing(meaning: str, unknown: Sequence[str], place: str) -> Problem:
    names = (meaning, *SYNONYMS[meaning])
    values: dict[str, object] = {"column": meaning, "known": ", ".join(names)}
    for name in unknown[:_LOOKED_AT]:
        near = suggest(name, names)
        if near is not None:
            near_values = {**values, "word": name, "suggestion": near}
            return Problem(place=place, key="measurements.no_column.maybe", values=near_values)
    return Problem(place=place, key="measurements.no_column", values=values)


def _words(written: str) -> list[str]:
    """`latencyMs`, `Latency (ms)` and `latency_ms` are all `latency`, `ms`."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", unicodedata.normalize("NFKC", written))
    return re.findall(r"[^\W_]+", split.casefold())


def _plain(written: str) -> str:
    return "".join(_words(written))


_MEANINGS = {_plain(name): meaning for meaning, names in SYNONYMS.items() for name in (meaning, *names)}
