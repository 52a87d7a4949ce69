"""Which prompt warms the connections up, before the sample?

One that is in no suite, so that nothing of the sample is in the service's prompt cache because of us, and short, because its answer is
thrown away. The id is reserved: no suite may use it.
"""

from __future__ import annotations

from hayai.ask.plan import Message, Prompt, Suite, TextPart

WARMUP_ID = "warmup"


def _prompt(language: str, text: str) -> Prompt:
    message = Message(role="user", parts=(TextPart(text=text),))
    return Prompt(id=WARMUP_ID, language=language, max_tokens=32, messages=(message,))


WARMUP_PROMPTS = {
    "en": _prompt("en", "Say good morning in one short sentence."),
    "ja": _prompt("ja", "おはようの挨拶を、短い一文で書いてください。"),
}
WARMUP_PROMPT = WARMUP_PROMPTS["en"]
"""The warm-up prompt where a suite says nothing of its language."""


def warmup_prompt(suite: Suite) -> Prompt:
    """The warm-up prompt for `suite`: in the language of its first prompt, English where that is not known to us."""
    return WARMUP_PROMPTS.get(suite.prompts[0].language or "", WARMUP_PROMPT)
