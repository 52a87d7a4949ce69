"""Which model does AWS's price list mean by this name? `Nova Pro`, `Claude Haiku 4.5 (Amazon Bedrock Edition)`, `Llama 3.1 70B`.

The list names models as people do, and not by their ids. A name is understood where letters and digits alone are those of one id that hayai
knows, without its maker, date and version. Where two ids share them (`Claude 3.5 Sonnet`), nobody can say which one is meant.
"""

from __future__ import annotations

import re
from functools import cache

from hayai.decide.prices.catalogue import known_prices

_EDITION = re.compile(r" \(Amazon Bedrock Edition\)$")
_OPTIMIZED = re.compile(r"[ -]Latency ?Optimized$", re.IGNORECASE)
_VERSION = re.compile(r"(-v?\d+)?:\d+$|-v\d+$")
_DATE = re.compile(r"-20\d{6}(?=-|$)")
_WHOLE = re.compile(r"(?<=\d)\.0(?!\d)")
_SIGNS = re.compile(r"[^a-z0-9]+")


def says_optimized(name: str) -> bool:
    """Whether the name itself says the latency mode."""
    return _OPTIMIZED.search(name) is not None


def bare_name(name: str) -> str:
    """Without what every name of the list has, and without the latency mode."""
    return _OPTIMIZED.sub("", _EDITION.sub("", name.strip()))


def spelled(name: str) -> str:
    """Its letters and digits: `Nova 2.0 Lite` and `nova-2-lite` are one name."""
    plain = _SIGNS.sub("", _WHOLE.sub("", name.lower()))
    return plain.removesuffix("instruct")


def ids_of(name: str) -> frozenset[str]:
    """The ids of models that may be meant, without the prefix of a profile: one where it is certain."""
    return _ids().get(spelled(bare_name(name)), frozenset())


@cache
def _ids() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for ident in dict.fromkeys(model.removeprefix("global.") for model, _, _ in known_prices()):
        maker, _, rest = ident.partition(".")
        own = _DATE.sub("", _VERSION.sub("", rest))
        for name in (own, f"{maker} {own}"):
            found.setdefault(spelled(name), set()).add(ident)
    return {name: frozenset(ids) for name, ids in found.items()}
