"""Is it an answer at all? Finished, not empty, and no refusal: what is looked at unless it is skipped.

The first two are told by the service. A refusal is told by its opening words, in English and Japanese, which is a rule of thumb: it wants
an apology or an "I cannot" together with what is declined, at the very beginning, so that an answer that only says what it cannot know is
left alone. A refusal in other words is not seen.
"""

from __future__ import annotations

import re

from hayai.ask.expectations import Expectations
from hayai.decide.quality.checks.check import NO_TEXT, PASSED, Answer, Look, failed, in_text, unknown
from hayai.decide.quality.checks.searches import Searches
from hayai.decide.quality.findings import Looked
from hayai.decide.stop_reasons import CALLED, CUT, DECLINED, FILTERED

OPENING = 300
"""Characters of an answer among which a refusal says that it is one."""

_MARKS = re.compile(r"[*_#>`\"“”]+")
"""Of Markdown, and quotation marks."""
_THIS = r"(?:this|that|your|such|the|any)"
_ENGLISH = re.compile(
    r"^[\s\W]*(?:(?:i['’]?m|i am)(?: (?:very|so|really|truly))? sorry|sorry|(?:i|my) apologi[sz]e[sd]?|my apologies|unfortunately)?"
    r"[\s,.;:—–-]*(?:but |however,? )?"
    r"(?:as an ai(?: (?:language )?model| assistant)?,? )?"
    r"(?:i (?:can(?:no|['’])?t|can not|won['’]?t|will not|must decline to|am (?:not able|unable) to)|i['’]m (?:not able|unable) to|"
    r"i have to decline|i must decline)(?: be able to)?\s*"
    rf"(?:(?:assist|help|comply|fulfil+)\b\s*(?:(?:you )?(?:with )?{_THIS}\b|in this\b|[.,!]|$)"
    rf"|(?:answer|discuss|respond to|engage with|complete) {_THIS}\b|do (?:this|that)\b"
    r"|(?:provide|create|write|generate|produce) (?:this|that|such)(?: (?:kind|type|sort) of)? "
    r"(?:content|information|material|text|request)"
    r"|(?:this|that|your) request|$)"
    # Who says what is missing, or how far he can go, has not refused.
    r"(?![^.\n]{0,80}\b(?:without|unless|until|but here|with (?:certainty|confidence))\b)",
    re.IGNORECASE,
)
_CANNOT = r"(?:でき(?:ません|かねます)|(?:いた|致)しかねます)(?!が|けれど|けど)"
_JAPANESE = re.compile(
    r"^[\s\W]*(?:(?:大変|誠に)?(?:申し訳(?:あり|ござい)ません|申し訳ないの?です|すみません|恐れ入ります|恐縮です|残念)[^。\n]{0,12}[、。]?\s*)?"
    r"[^。\n]{0,60}?"
    rf"(?:お(?:手伝い|答え|応え|力添え)(?:する(?:こと(?:は|が))?)?(?:は|が)?{_CANNOT}"
    rf"|(?:ご要望|ご依頼|リクエスト|ご質問|その依頼|この依頼)(?:に(?:は|対しては)?|を|は)[^。\n]{{0,20}}?"
    rf"(?:{_CANNOT}|(?:応じ|沿え|応えられ)(?:られ)?ません(?!が|けれど|けど))"
    rf"|(?:回答|対応|返答)(?:を|は)?(?:(?:差し)?控えさせて|{_CANNOT}))",
)


def finished(expect: Expectations, _searches: Searches) -> Look | None:
    """Neither the limit of tokens nor a filter ended it."""
    return None if "finished" in expect.skip else _finished


def _finished(answer: Answer) -> Looked:
    reason = answer.stop_reason
    if reason is None:
        return unknown("stop_untold")
    if reason in CUT:
        return failed("cut")
    return failed("filtered", reason) if reason in FILTERED else PASSED


def not_empty(expect: Expectations, _searches: Searches) -> Look | None:
    """It says something, or calls a tool."""
    return None if "not_empty" in expect.skip else _not_empty


def _not_empty(answer: Answer) -> Looked:
    if answer.stop_reason in CALLED:
        return PASSED
    if answer.text is None:
        return failed("empty") if answer.chars == 0 else NO_TEXT
    return PASSED if answer.text and not answer.text.isspace() else failed("empty")


def no_refusal(expect: Expectations, _searches: Searches) -> Look | None:
    """The service did not say that the model declined, and it does not begin as a refusal does."""
    return None if "no_refusal" in expect.skip else _no_refusal


def _no_refusal(answer: Answer) -> Looked:
    return failed("declined") if answer.stop_reason in DECLINED else _words(answer)


def _opening(text: str) -> Looked:
    opening = _MARKS.sub("", text[:OPENING])
    found = _ENGLISH.search(opening) or _JAPANESE.search(opening)
    return failed("refusal_words", found[0].strip()) if found else PASSED


_words = in_text(_opening)
