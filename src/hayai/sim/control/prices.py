"""What does a request cost here? A small price list in the ways AWS's is written, with what in it cannot be understood.

Public offer files, which nobody signs for, and GetProducts, a few products to a page. The prices are those of no real Region.
"""

from __future__ import annotations

import json
from typing import Any

from hayai.sim.account import Account
from hayai.sim.control.asking import Ask
from hayai.sim.models import ROUTES
from hayai.sim.refusals import Refusal

_PAGE = 5
PUBLISHED = "2026-11-20T00:00:00Z"
_TERM, _RATE = "JRTCKXETXF", "6YS6EN2CT7"

_ON_DEMAND = "On-demand Inference"
_BEDROCK: tuple[tuple[str, str, str, str, str], ...] = (
    # Model, usage type without its Region, what inferenceType says, unit, US dollars.
    ("Nova Pro", "NovaPro-input-tokens", "Input tokens", "1K tokens", "0.0008000000"),
    ("Nova Pro", "NovaPro-output-tokens", "Output tokens", "1K tokens", "0.0032000000"),
    ("Nova Pro", "NovaPro-cache-read-input-token-count", "Prompt cache read input tokens", "1K tokens", "0.0002000000"),
    (
        "Nova Pro",
        "NovaPro-cache-write-input-token-count",
        "Prompt cache write input tokens",
        "1K tokens",
        "0.0000000000",
    ),
    ("Nova Pro", "NovaPro-input-tokens-priority", "Input tokens priority", "1K tokens", "0.0014000000"),
    ("Nova Pro", "NovaPro-output-tokens-priority", "Output tokens priority", "1K tokens", "0.0056000000"),
    ("Nova Pro", "NovaPro-input-tokens-flex", "Input tokens flex", "1K tokens", "0.0004000000"),
    ("Nova Pro", "NovaPro-output-tokens-flex", "Output tokens flex", "1K tokens", "0.0016000000"),
    (
        "Nova Pro Latency Optimized",
        "NovaPro-input-tokens-latency-optimized",
        "Input tokens",
        "1K tokens",
        "0.0010000000",
    ),
    (
        "Nova Pro Latency Optimized",
        "NovaPro-output-tokens-latency-optimized",
        "Output tokens",
        "1K tokens",
        "0.0040000000",
    ),
    ("Nova Pro", "NovaPro-input-tokens-batch", "Input tokens", "1K tokens", "0.0004000000"),
    ("Nova Pro", "NovaPro-input-tokens-custom-model", "Input tokens", "1K tokens", "0.0009000000"),
    ("Nova 2.0 Lite", "Nova2.0Lite-text-input-tokens", "Text input tokens", "1K tokens", "0.0003300000"),
    ("Nova 2.0 Lite", "Nova2.0Lite-text-output-tokens", "Text output tokens", "1K tokens", "0.0027500000"),
    (
        "Nova 2.0 Lite",
        "Nova2.0Lite-text-input-tokens-cross-region-global",
        "Text input tokens",
        "1K tokens",
        "0.0003000000",
    ),
    (
        "Nova 2.0 Lite",
        "Nova2.0Lite-text-output-tokens-cross-region-global",
        "Text output tokens",
        "1K tokens",
        "0.0025000000",
    ),
    ("Llama 3.1 70B", "Llama3-1-70B-LatencyOptimized-input-tokens", "Input tokens", "1K tokens", "0.0009000000"),
    ("Llama 3.1 70B", "Llama3-1-70B-LatencyOptimized-output-tokens", "Output tokens", "1K tokens", "0.0009000000"),
    ("Nova Micro", "NovaMicro-input-tokens", "Input tokens", "1K tokens", "0.0000350000"),
    ("Nova Lite", "NovaLite-input-tokens", "Output tokens", "1K tokens", "0.0000600000"),
    ("Nova Canvas", "NovaCanvas-T2I-1024-Standard", "T2I 1024 Standard", "image", "0.0400000000"),
    ("Hypothetica 1", "Hypothetica1-input-tokens", "Input tokens", "1K tokens", "0.0010000000"),
    ("Hypothetica 1", "Hypothetica1-output-tokens", "Output tokens", "1K tokens", "-0.0010000000"),
)
_OTHERS: tuple[tuple[str, str, str], ...] = (
    # Name, usage type without its Region, US dollars per million tokens.
    ("Claude Haiku 4.5", "InputTokenCount", "1.1000000000"),
    ("Claude Haiku 4.5", "OutputTokenCount", "5.5000000000"),
    ("Claude Haiku 4.5", "InputTokenCount_Global", "1.0000000000"),
    ("Claude Haiku 4.5", "OutputTokenCount_Global", "5.0000000000"),
    ("Claude Haiku 4.5", "CacheReadInputTokenCount", "0.1100000000"),
    ("Claude Haiku 4.5", "CacheWriteInputTokenCount", "1.3750000000"),
    ("Claude Haiku 4.5", "CacheWrite1hInputTokenCount", "2.2000000000"),
    ("Claude Haiku 4.5", "InputTokenCount_Global_Batch", "0.5000000000"),
    ("Claude Opus 5.5", "input_tokens_standard", "4.4000000000"),
    ("Claude Opus 5.5", "output_tokens_standard", "22.0000000000"),
    ("Claude Opus 5.5", "input_tokens_global_standard", "4.0000000000"),
    ("Claude Opus 5.5", "output_tokens_global_standard", "20.0000000000"),
    ("Claude 3.5 Haiku", "InputTokenCount", "0.8000000000"),
    ("Claude 3.5 Haiku", "OutputTokenCount", "4.0000000000"),
    ("Claude 3.5 Haiku", "InputTokenCount_LatencyOptimized", "1.0000000000"),
    ("Claude 3.5 Haiku", "OutputTokenCount_LatencyOptimized", "5.0000000000"),
    ("Claude 3.5 Sonnet", "InputTokenCount", "3.0000000000"),
    ("Claude Opus 4.1", "InputTokenCount", "15.0000000000"),
    ("Claude Opus 4.1", "InputTokenCount", "16.0000000000"),
    ("Claude Opus 4.1", "OutputTokenCount", "75.0000000000"),
)
_REGIONS = sorted({region for regions in ROUTES.values() for region in regions})


def offer_file(_account: Account, ask: Ask) -> bytes:
    """The public file of one service in one Region."""
    items = _items(ask.values["ServiceCode"], ask.values["regionCode"])
    if not items:
        raise Refusal("AccessDenied", "Access Denied", status=403)
    document = {
        "formatVersion": "v1.0",
        "offerCode": ask.values["ServiceCode"],
        "version": "20261120000000",
        "publicationDate": PUBLISHED,
        "products": {one["product"]["sku"]: one["product"] for one in items},
        "terms": {"OnDemand": {one["product"]["sku"]: one["terms"]["OnDemand"] for one in items}, "Reserved": {}},
    }
    return json.dumps(document).encode()


def get_products(_account: Account, ask: Ask) -> dict[str, Any]:
    """GetProducts: each product is a JSON text within the answer."""
    filters = {one.get("Field"): one.get("Value") for one in ask.values.get("Filters") or []}
    items = _items(str(ask.values.get("ServiceCode")), str(filters.get("regionCode", _REGIONS[0])))
    token = str(ask.values.get("NextToken", "0"))
    if not token.isdigit():
        raise Refusal("InvalidNextTokenException", "The token is not valid.", status=400)
    start = int(token)
    page: dict[str, Any] = {
        "FormatVersion": "aws_v1",
        "PriceList": [json.dumps(one) for one in items[start : start + _PAGE]],
    }
    return page | ({"NextToken": str(start + _PAGE)} if start + _PAGE < len(items) else {})


def _items(service: str, region: str) -> list[dict[str, Any]]:
    """The products of a service, with their terms; none where there is no such service or Region."""
    if region not in _REGIONS:
        return []
    short = (
        "".join(part[0] if number else part for number, part in enumerate(region.split("-"))).upper()[:-1] + region[-1]
    )
    if service == "AmazonBedrock":
        rows = [
            ({"model": model, "inferenceType": told, "usagetype": f"{short}-{usage}", "feature": _ON_DEMAND}, unit, usd)
            for model, usage, told, unit, usd in _BEDROCK
        ]
    elif service == "AmazonBedrockFoundationModels":
        rows = [
            (
                {"servicename": f"{name} (Amazon Bedrock Edition)", "usagetype": f"{short}-MP:{short}_{usage}-Units"},
                "1M tokens",
                usd,
            )
            for name, usage, usd in _OTHERS
        ]
    else:
        return []
    return [_item(service, region, number, row) for number, row in enumerate(rows)]


def _item(service: str, region: str, number: int, row: tuple[dict[str, str], str, str]) -> dict[str, Any]:
    attributes, unit, usd = row
    sku = f"SIM{service[-1].upper()}{number:010}"
    rate = f"{sku}.{_TERM}.{_RATE}"
    dimension = {
        "rateCode": rate,
        "description": "",
        "beginRange": "0",
        "endRange": "Inf",
        "unit": unit,
        "pricePerUnit": {"USD": usd},
        "appliesTo": [],
    }
    term = {
        "offerTermCode": _TERM,
        "sku": sku,
        "effectiveDate": "2026-11-01T00:00:00Z",
        "priceDimensions": {rate: dimension},
        "termAttributes": {},
    }
    told = {"servicecode": service, "regionCode": region, "locationType": "AWS Region", **attributes}
    return {
        "product": {"sku": sku, "productFamily": "Amazon Bedrock", "attributes": told},
        "serviceCode": service,
        "terms": {"OnDemand": {f"{sku}.{_TERM}": term}},
        "version": "20261120000000",
        "publicationDate": PUBLISHED,
    }
