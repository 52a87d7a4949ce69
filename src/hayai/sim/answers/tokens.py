"""How many tokens is this text, and which? A pseudo-tokenizer, close to real ones in size and shape.

A simulated service needs tokens to stream and to count, but no vocabulary: one pattern cuts text into pieces that look
like those of real models. English comes out near 4 characters a token (a short word with its leading space is one
token, a long one two or three), Japanese near 1.3 (a kanji is one token, frequent kana endings are one token).
The pieces always join to exactly the text. A character is never parted from what belongs to it: combining marks,
variation selectors, skin tones, joined emoji, pairs of flag letters, the parts of a Korean syllable. This is not any vendor's tokenizer.
"""

import re
from functools import cache
from itertools import pairwise
from unicodedata import category

_FREQUENT_KANA = (
    "ください|でしょう|という|ました|ません|される|できる|さらに|です|ます|して|する|した|から|まで|など|こと|ため|よう|ない|"
    "これ|それ|その|この|では|には|また|もの|なる|なり|れる|られ|でき|いる|ある|あり|ので|とき|ながら|より|まず|とは"
)
_WORD = r"[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]+"
_CJK_MARK = r"[\u2014\u2026\u2500-\u257f\u3000-\u3004\u3006-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]"
_PIECES = (
    rf"(?P<word> ?_?{_WORD}(?:'[a-z]{{1,2}}\b)?)",
    r" ?\d{1,3}",
    r"\r?\n(?:\r?\n)*",
    r"[ \t]+(?=[ \t]\S)",  # indentation; its last space goes with what follows
    rf"(?:{_FREQUENT_KANA})",
    r"[\u3041-\u309f]",
    r"[\u30a0-\u30ff]{1,2}",
    _CJK_MARK,
    r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]",
    r"[\u1100-\u115f][\u1160-\u11ff]*",  # a Korean syllable in its parts
    r"[\ud800-\udbff][\udc00-\udfff]",
    r"[\U0001f1e6-\U0001f1ff]{2}",
    r"[\U0001f000-\U0001faff]",
    rf" ?(?:(?!{_CJK_MARK}|[\ud800-\udfff\U0001f000-\U0001faff])[^\w\s]){{1,3}}",
    r"[ \t]+",
    r"\s+",
    r"[^\W\d_]{1,2}",
    r"(?s:.)",
)
_LONGEST_WHOLE_WORD = 7
_LONGEST_PART = 6
_JOINER = "\u200d"
_MAY_EXTEND = r"[^\x00-\u02ff\u3000-\u3029\u3030-\u3098\u309b-\u9fff\uff00-\uffef]"


@cache
def _piece() -> re.Pattern[str]:
    return re.compile("|".join(_PIECES))


def split_tokens(text: str) -> list[str]:
    """The pieces of `text` in order; their concatenation is exactly `text`."""
    pieces: list[str] = []
    for match in _piece().finditer(text):
        piece = match.group()
        if match.lastgroup == "word" and len(piece) > _LONGEST_WHOLE_WORD:
            size = len(piece)
            parts = max(2, -(-size // _LONGEST_PART))
            cuts = [size * part // parts for part in range(parts + 1)]
            pieces.extend(piece[start:end] for start, end in pairwise(cuts))
        else:
            pieces.append(piece)
    return _rejoin_extended(pieces) if re.search(_MAY_EXTEND, text) else pieces


def count_tokens(text: str) -> int:
    """How many tokens `split_tokens` makes of `text`."""
    return len(split_tokens(text))


def _rejoin_extended(pieces: list[str]) -> list[str]:
    whole: list[str] = []
    for piece in pieces:
        if whole and (_extends(piece[0]) or whole[-1].endswith(_JOINER)):
            whole[-1] += piece
        else:
            whole.append(piece)
    return whole


def _extends(character: str) -> bool:
    """Whether `character` belongs to the one before it: a mark, a joiner, a skin tone or a tag."""
    return (
        character == _JOINER
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U000e0020" <= character <= "\U000e007f"
        or category(character).startswith("M")
    )
