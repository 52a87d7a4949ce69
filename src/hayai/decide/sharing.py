"""What may be shown to others? The same findings without what names a person, an account or a machine, and without what was said.

Everything is walked, field by field, so that nothing is forgotten: ARNs, account numbers (twelve digits) and the words that a manifest is
known to hold (host name, hosts of endpoints, profile names) are replaced wherever they stand. Prompts are called by number, answers and the
service's own messages are left out. Numbers stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints, overload
from urllib.parse import urlsplit

import msgspec

from hayai.ask.plan import ModePrice, Plan
from hayai.ask.rubric import BUILTIN_RUBRICS
from hayai.decide.dossier import Dossier
from hayai.decide.findings import Findings, RequestRow
from hayai.keep.run_directory import Manifest

T = TypeVar("T")

ARN = re.compile(r"arn:aws[a-z-]*:[^\s\"'|<>,;]*")
ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
ADDRESS = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
LOCAL = frozenset({"localhost", "127.0.0.1", "::1", ""})
OF_AWS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")
SAID = frozenset({"message", "pieces", "detail"})
"""Fields with somebody's words: left out whatever is in them."""
OF_PROMPTS = frozenset({"prompt"})
OF_TARGETS = frozenset(
    {"target", "targets", "baseline", "first", "second", "self_test", "name", "contestants", "relatives"}
)
"""Fields that hold names, of prompts and of targets."""
NAMING = ("profile", "endpoint", "base_url", "api_key_env", "guardrail")
"""Options of a target whose values name something of somebody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrub:
    """What is replaced by what."""

    prompts: dict[str, str]
    targets: dict[str, str]
    """Only those whose names cannot stay as they are."""
    words: tuple[tuple[re.Pattern[str], str], ...]
    """Parts of a text."""

    def text(self, text: str, field: str = "") -> str:
        """What a field of this name may show of `text`."""
        if field in SAID:
            return ""
        if field == "rubric" and text not in BUILTIN_RUBRICS:
            return "[rubric]"  # A file of somebody's.
        names = self.prompts if field in OF_PROMPTS else self.targets if field in OF_TARGETS else {}
        if text in names:
            return names[text]
        for pattern, instead in self.words:
            text = pattern.sub(instead, text)
        return text


def scrub_for(manifest: Manifest, plan: Plan, judgings: Iterable[Manifest] = ()) -> Scrub:
    """What has to go from everything about this run. `judgings`: manifests of those who judged it, whose accounts are somebody's too."""
    words = [(ARN, "[ARN]"), (ACCOUNT, "[account]"), (ADDRESS, "[address]")]
    known = [*_known(manifest, plan), *(word for one in judgings for word in _known(one, one.plan))]
    words += [(_whole(word), f"[{kind}]") for kind, word in dict.fromkeys(known)]
    plain = Scrub(prompts={}, targets={}, words=tuple(words))
    return Scrub(
        prompts={prompt.id: f"prompt-{number}" for number, prompt in enumerate(plan.suite.prompts, start=1)},
        targets={
            target.name: f"target-{number}"
            for number, target in enumerate(plan.targets, start=1)
            if plain.text(target.name) != target.name
        },
        words=plain.words,
    )


def share_findings(findings: Findings, scrub: Scrub) -> Findings:
    """The findings for others; rows of requests are cleaned as they are looked at."""
    return msgspec.structs.replace(
        _shared(msgspec.structs.replace(findings, requests=()), scrub), requests=_Rows(findings.requests, scrub)
    )


def share(dossier: Dossier, scrub: Scrub) -> Dossier:
    """The page for others: races without a word, no command line, no machine."""
    bare = replace(dossier, findings=msgspec.structs.replace(dossier.findings, requests=()), argv=(), environment={})
    races = tuple(replace(race, lanes=tuple(replace(lane, pieces=()) for lane in race.lanes)) for race in bare.races)
    shared: Dossier = _shared(replace(bare, races=races), scrub)
    kept = {fact: dossier.environment.get(fact) for fact in ("cpus", "system", "release", "architecture", "python")}
    return replace(
        shared,
        run="",
        texts_kept=False,
        environment=kept,
        findings=msgspec.structs.replace(shared.findings, requests=_Rows(dossier.findings.requests, scrub)),
    )


class _Rows(Sequence[RequestRow]):
    """Rows of requests, each cleaned when it is looked at."""

    __slots__ = ("_rows", "_scrub")

    def __init__(self, rows: Sequence[RequestRow], scrub: Scrub) -> None:
        self._rows = rows
        self._scrub = scrub

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, number: int) -> RequestRow: ...

    @overload
    def __getitem__(self, number: slice) -> Sequence[RequestRow]: ...

    def __getitem__(self, number: int | slice) -> RequestRow | Sequence[RequestRow]:
        if isinstance(number, slice):
            return tuple(self[n] for n in range(len(self))[number])
        row = self._rows[number]
        # Headers may name anything.
        bare = msgspec.structs.replace(row.record, headers=_simulated(row.record.headers), run="")
        return _shared(msgspec.structs.replace(row, record=bare), self._scrub)


def _simulated(headers: dict[str, str]) -> dict[str, str]:
    """That an answer was simulated must not be lost."""
    return {name: value for name, value in headers.items() if name.startswith("x-hayai-sim")}


def _shared(value: T, scrub: Scrub) -> T:
    """`value` with every text in it cleaned, however deep."""
    return _walk(value, scrub)  # type: ignore[no-any-return]  # It has the type that it had.


def _walk(value: Any, scrub: Scrub, field: str = "") -> Any:
    """Keys of dictionaries are words of ours (metrics, averages) and stay."""
    if field == "request_id":
        return None  # It leads to the account that sent the request.
    if isinstance(value, str):
        return scrub.text(value, field)
    if isinstance(value, dict):
        return {name: _walk(inner, scrub, str(name)) for name, inner in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(_walk(inner, scrub, field) for inner in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **_parts(value, [one.name for one in fields(value)], scrub))
    if isinstance(value, ModePrice) and value.own:
        value = msgspec.structs.replace(value, source="")  # A file and a contract of somebody's.
    if isinstance(value, msgspec.Struct):
        return msgspec.structs.replace(value, **_parts(value, value.__struct_fields__, scrub))
    return value


def _parts(value: Any, names: Iterable[str], scrub: Scrub) -> dict[str, Any]:
    ours = _of_ours(value.__class__)
    return {name: _walk(getattr(value, name), scrub, name) for name in names if name not in ours}


@cache
def _of_ours(kind: Hashable) -> frozenset[str]:
    """Fields of a type that hold one word out of a few of ours: a host that is called `standard` must not change a mode."""
    return frozenset(name for name, hint in get_type_hints(kind).items() if _is_choice(hint))


def _is_choice(hint: Any) -> bool:
    if get_origin(hint) is Literal:
        return True
    inner = [one for one in get_args(hint) if one is not type(None)]
    return bool(inner) and get_origin(hint) in (Union, UnionType) and all(map(_is_choice, inner))


def _known(manifest: Manifest, plan: Plan) -> Iterator[tuple[str, str]]:
    """Words that this run is known to hold and that name something of somebody's: kind and word, the longest first."""
    found: set[tuple[str, str]] = set()
    host = manifest.environment.get("host")
    if isinstance(host, str):
        found.add(("host", host))
    for target in plan.targets:
        for name in NAMING:
            value = target.options.get(name)
            if isinstance(value, str):
                found.add((name, value))
                found |= set(_hosts([value]))
    found |= set(_hosts(endpoint.url for endpoint in manifest.endpoints))
    found |= set(_hosts(f"http://{endpoint.proxy}" for endpoint in manifest.endpoints if endpoint.proxy))
    found |= {
        ("credentials", endpoint.credentials_source) for endpoint in manifest.endpoints if endpoint.credentials_source
    }
    return iter(sorted((one for one in found if len(one[1]) > 1), key=lambda one: -len(one[1])))


def _hosts(urls: Iterable[str]) -> Iterator[tuple[str, str]]:
    for url in urls:
        host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
        if host not in LOCAL and not host.endswith(OF_AWS):
            yield "host", host


def _whole(word: str) -> re.Pattern[str]:
    """`word` where it is not part of a longer one."""
    return re.compile(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])")
