"""Which models does this account have in this Region? The lists of AWS, joined with what no list tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hayai.ask.plan import Target
from hayai.ask.prices.stated import StatedPrice
from hayai.aws.cloud import Cloud, Unanswered
from hayai.aws.known import known
from hayai.aws.model_ids import model_of_arn
from hayai.decide.offers import Life, Offer, OfferPrice, Offers
from hayai.decide.prices.matching import find_price


def offers(cloud: Cloud, *, today: date, stated: Sequence[StatedPrice] = ()) -> Offers:
    """Every text model of the account, by maker and name. `stated`: prices that count before those hayai knows.

    Raises Unanswered when models may not be listed.
    """
    summaries = cloud.ask("bedrock", "list_foundation_models")["modelSummaries"]
    unknown: str | None = None
    profiles: dict[str, list[str]] = {}
    try:
        for one in cloud.pages("bedrock", "list_inference_profiles", "inferenceProfileSummaries"):
            for bare in dict.fromkeys(model_of_arn(model["modelArn"]) for model in one["models"]):
                profiles.setdefault(bare, []).append(one["inferenceProfileId"])
    except Unanswered as none:
        unknown = none.words
    found = [
        _offer(one, tuple(sorted(profiles.get(one["modelId"], []))), cloud.region, today, stated)
        for one in summaries
        if "TEXT" in (one.get("outputModalities") or ["TEXT"])
    ]
    ordered = sorted(found, key=lambda one: (one.maker.lower(), one.name.lower(), one.id))
    return Offers(region=cloud.region, models=tuple(ordered), as_of=known().sources.as_of, profiles_unknown=unknown)


def _offer(
    summary: Mapping[str, Any],
    profiles: tuple[str, ...],
    region: str,
    today: date,
    stated: Sequence[StatedPrice],
) -> Offer:
    own = known().model(summary["modelId"])
    cycle: Mapping[str, Any] = summary.get("modelLifecycle") or {}
    told = cycle.get("endOfLifeTime")
    ends = told.date() if isinstance(told, datetime) else None
    life: Life = "legacy" if cycle.get("status") == "LEGACY" else "active"
    return Offer(
        id=summary["modelId"],
        name=summary.get("modelName") or summary["modelId"],
        maker=summary.get("providerName") or "",
        life="gone" if ends is not None and ends <= today else life,
        ends=ends,
        on_demand="ON_DEMAND" in (summary.get("inferenceTypesSupported") or []),
        profiles=profiles,
        streams=summary.get("responseStreamingSupported"),
        optimized=None if own is None else region in own.latency_optimized,
        tiers=() if own is None else own.tiers,
        prices=_prices([summary["modelId"], *profiles], region, stated),
    )


def _prices(ids: list[str], region: str, stated: Sequence[StatedPrice]) -> tuple[OfferPrice, ...]:
    asked = ((ident, Target(name=ident, provider="bedrock", model=ident)) for ident in ids)
    found = ((ident, find_price(one, stated, latency=None, tier=None, region=region)) for ident, one in asked)
    return tuple(
        OfferPrice(
            id=ident, input_usd=_plain(price.input_usd), output_usd=_plain(price.output_usd), source=price.source
        )
        for ident, price in found
        if price is not None
    )


def _plain(usd: Decimal | None) -> str | None:
    return None if usd is None else f"{usd.normalize():f}"
