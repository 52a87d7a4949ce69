"""What may be kept of words that come from outside? The beginning, and nothing that could be a secret.

A service quotes what it was sent: a refused signature comes back with the whole canonical request, session token included; a
denied call with the caller's ARN. A proxy may echo headers, a credential process may print what it should not. All such words
pass here before anybody keeps them.
"""

from __future__ import annotations

import re

WORDS_KEPT = 500
"""Characters that are kept; a proxy may answer with a whole page."""

_SECRETS = (
    (re.compile(r"(?i)\b(x-amz-security-token|x-amz-credential|(?:proxy-)?authorization)(\s*[:=]\s*)[^\r\n]*"), r"\1\2***"),
    (re.compile(r"(?i)\b(secret_?access_?key|(?:session|security)_?token)(\W{1,5})[^\s\"',}]+"), r"\1\2***"),
    (re.compile(r"(?i)\bbearer\s+[\w.~+/=-]{8,}"), "Bearer ***"),
    (re.compile(r"\bbedrock-api-key-\S+|\bABSK[\w+/=-]{12,}"), "***"),
    (re.compile(r"(?i)(api[ _-]?key(?: provided)?\s*[:=]\s*[\"'`]?)[^\s\"'`,}]+[^\s\"'`,}.]"), r"\1***"),
    (re.compile(r"\b(?:sk|pk|gsk|xai|hf|key)[-_][\w*.-]{8,}|\bAIza[\w-]{12,}|\beyJ[\w-]{8,}\.[\w.-]{8,}"), "***"),
    (re.compile(r"\b(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z0-9]{12,}"), "***"),
    (re.compile(r"(?<!\d)\d{12}(?!\d)"), "************"),
)  # fmt: skip


def own_words(words: str, keep: int = WORDS_KEPT) -> str:
    """The first `keep` characters of someone's own words, with keys, tokens, signatures and account ids blanked."""
    for pattern, blank in _SECRETS:
        words = pattern.sub(blank, words)
    words = words.strip()
    return words if len(words) <= keep else words[:keep] + "…"
