"""May this model be called in this way? The account's catalogue as the profile has it, and every reason to say no."""

from __future__ import annotations

from dataclasses import dataclass

from hayai.sim.dialects.answer import Asked
from hayai.sim.models import CATALOGUE, Model, plain_id, split_prefix
from hayai.sim.profile import ModelEntry, Profile
from hayai.sim.refusals import (
    BAD_LATENCY,
    BAD_TIER,
    END_OF_LIFE,
    LEGACY,
    NEEDS_PROFILE,
    NO_CACHE_WITH_LATENCY,
    NO_LATENCY_MODE,
    NO_RESERVATION,
    TOO_MANY_TOKENS_ASKED,
    UNKNOWN_MODEL,
    Refusal,
    invalid,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A model as it was called: its facts, the profile's entry for it, and the way it was named."""

    model: Model
    entry: ModelEntry
    plain_id: str
    """Id without the ARN around it."""
    through_profile: bool
    """Named by an inference profile, not by the bare model id."""

    def check(self, asked: Asked, *, region: str) -> None:
        """Raises Refusal (400) for a latency mode, tier or length that this model does not take."""
        if asked.latency is not None and asked.latency not in ("standard", "optimized"):
            raise invalid(BAD_LATENCY, value=asked.latency)
        if asked.latency == "optimized" and not (self.model.optimized and self.through_profile):
            raise invalid(NO_LATENCY_MODE, model=self.plain_id, region=region)
        if asked.latency == "optimized" and asked.prefix is not None and self.model.family == "claude":
            raise invalid(NO_CACHE_WITH_LATENCY)
        if asked.tier == "reserved":
            raise Refusal("ValidationException", NO_RESERVATION)
        if asked.tier is not None and asked.tier not in self.model.tiers:
            raise Refusal("ValidationException", BAD_TIER)
        if asked.max_tokens is not None and asked.max_tokens > self.model.max_output:
            raise invalid(TOO_MANY_TOKENS_ASKED, limit=self.model.max_output)


def find_access(profile: Profile, model_id: str) -> Access:
    """The model that `model_id` (an id or ARN, decoded) names. Raises Refusal (400, 403, 404) when it may not be called."""
    plain = plain_id(model_id)
    prefix, bare = split_prefix(plain)
    alias = next((entry for entry in profile.models if model_id in entry.also), None)
    if alias is not None:
        plain = alias.id
        _, bare = split_prefix(alias.id)
    known = CATALOGUE.get(bare)
    entry = alias or _entry_for(profile, plain, bare, known)
    if entry is None:
        raise Refusal("ValidationException", UNKNOWN_MODEL)
    model = _model(entry, known, bare)
    through_profile = prefix is not None or alias is not None
    if entry.state == "end_of_life":
        raise Refusal("ResourceNotFoundException", END_OF_LIFE)
    if entry.state == "legacy":
        raise Refusal("ResourceNotFoundException", LEGACY)
    if entry.state == "no_access":
        raise Refusal("AccessDeniedException")
    if prefix is not None and prefix not in model.profiles and entry.id != plain:
        raise Refusal("ValidationException", UNKNOWN_MODEL)
    if not through_profile and not model.bare:
        raise invalid(NEEDS_PROFILE, model=plain)
    return Access(model=model, entry=entry, plain_id=plain, through_profile=through_profile)


NAMELESS_MAX_OUTPUT = 32_768
"""Most tokens of an answer by a model of which nothing is known but its name."""


def find_chat_access(profile: Profile, name: str) -> Access:
    """The model that an OpenAI-compatible request names. Raises Refusal (403, 404) when it may not be called.

    A name means the entry with that id, or with that name among its `also`, or with that id without the prefix of an inference
    profile; `*` means every name there is, as on a server that somebody runs for a model of their own.
    """
    alias = next((entry for entry in profile.models if name in entry.also), None)
    _, bare = split_prefix(name if alias is None else alias.id)
    known = CATALOGUE.get(bare)
    entry = alias or _entry_for(profile, name, bare, known) or _any_name(profile)
    if entry is None or entry.state in ("end_of_life", "legacy"):
        raise Refusal("ResourceNotFoundException")
    if entry.state == "no_access":
        raise Refusal("AccessDeniedException")
    if known is None and entry.max_output is None:
        known = Model(id=name, family="mistral_chat", max_output=NAMELESS_MAX_OUTPUT)
    return Access(model=_model(entry, known, bare), entry=entry, plain_id=name, through_profile=False)


def _any_name(profile: Profile) -> ModelEntry | None:
    return next((entry for entry in profile.models if entry.id == "*"), None)


def _entry_for(profile: Profile, plain: str, bare: str, known: Model | None) -> ModelEntry | None:
    """The entry that names it most exactly; `*` means every model of the catalogue."""
    entries = {entry.id: entry for entry in reversed(profile.models)}
    return entries.get(plain) or entries.get(bare) or (entries.get("*") if known is not None else None)


def _model(entry: ModelEntry, known: Model | None, bare: str) -> Model:
    """The catalogue's facts, with what the profile says otherwise."""
    if known is None:
        # A ModelEntry for a model that hayai does not know has both.
        known = Model(id=bare, family=entry.family or "mistral_chat", max_output=entry.max_output or 1)
    return Model(
        id=known.id,
        family=entry.family or known.family,
        max_output=entry.max_output or known.max_output,
        profiles=known.profiles,
        bare=known.bare,
        optimized=known.optimized if entry.optimized is None else entry.optimized,
        tiers=known.tiers if entry.tiers is None else entry.tiers,
    )
