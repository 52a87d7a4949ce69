"""Is each language there that was asked for? Told by script, outside of fenced code.

    Japanese   two kana in a row
    Korean     two syllables of Hangul in a row
    English    two words of Latin letters in a row: any language that is written so passes for it
    Chinese    Han without kana or Hangul in the same stretch: what stands between line ends, full stops, brackets and bars

Japanese headings are Han alone as well. So where there is kana anywhere in the answer, a stretch of Chinese must show more: a character
that only Chinese writes, eight of Han, or three with a mark that ends a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from hayai.ask.expectations import AnswerLanguage, Expectations
from hayai.decide.quality.checks.check import PASSED, Look, failed, in_text
from hayai.decide.quality.checks.fences import fenced_blocks
from hayai.decide.quality.checks.searches import Searches
from hayai.decide.quality.findings import Looked

_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d]{2}")
_ANY_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]{2}")
_ANY_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_LATIN = re.compile(r"[A-Za-z]{2,40}['’]?[A-Za-z]{0,3}[ ,;:]{1,3}[A-Za-z]{2}|\b[AI] [a-z]{2}")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_STRETCH = re.compile(r"[^\n|。！？!?()（）「」『』【】\[\]/→]+[。！？!?]?")
_CHINESE = frozenset(
    "你您们們这這吗嗎呢吧啊哪么麼谁怎给让说话为时个沒很她妳它还过开关见问间东车长门认识谢应该语现发议习实际从动务单业电线经济结构类请"
)
"""Common in Chinese, simplified or traditional, and not in Japanese."""


def _is_chinese(text: str) -> bool:
    among_kana = _ANY_KANA.search(text) is not None
    return any(_is_stretch(found[0], strict=among_kana) for found in _STRETCH.finditer(text))


def _is_stretch(stretch: str, *, strict: bool) -> bool:
    if _ANY_KANA.search(stretch) or _ANY_HANGUL.search(stretch):
        return False
    han = _HAN.findall(stretch)
    if len(han) < 2 or not strict:
        return len(han) >= 2
    return len(han) >= 8 or not _CHINESE.isdisjoint(han) or (len(han) >= 3 and stretch[-1] in "。！？!?")


PRESENT: dict[AnswerLanguage, Callable[[str], bool]] = {
    "ja": lambda text: _KANA.search(text) is not None,
    "en": lambda text: _LATIN.search(text) is not None,
    "zh": _is_chinese,
    "ko": lambda text: _HANGUL.search(text) is not None,
}
"""How each language is told."""


def languages(expect: Expectations, _searches: Searches) -> Look | None:
    """All of `languages` are there."""
    wanted = expect.languages
    if not wanted:
        return None

    def look(text: str) -> Looked:
        _, prose = fenced_blocks(text)
        missing = [language for language in wanted if not PRESENT[language](prose)]
        return failed("languages_missing", ", ".join(missing)) if missing else PASSED

    return in_text(look)
