"""Where does AWS tell its prices? Public files, which anybody may read, and the price API, which wants credentials."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from hayai.aws.cloud import CONNECT_S, Cloud, Unanswered
from hayai.aws.price_list import Product, products_of_api, products_of_file
from hayai.measure.providers.words import own_words

OFFERS = "https://pricing.us-east-1.amazonaws.com"
"""AWS's own address of the public files."""
SERVICES = ("AmazonBedrock", "AmazonBedrockFoundationModels")
"""How the list calls Bedrock: models of Amazon and open ones; models of other makers."""
API_REGION = "us-east-1"
READ_S = 60
_WHY = {403: "denied", 404: "missing", 429: "throttled"}
_OF_AWS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")


def is_of_aws(address: str) -> bool:
    """Whether it is AWS that is asked there."""
    return (urlsplit(address).hostname or "").endswith(_OF_AWS)


def offers_address(endpoint: str | None, environ: Mapping[str, str]) -> str:
    """Where the public files are asked for: where somebody said, or at AWS."""
    return (endpoint or environ.get("AWS_ENDPOINT_URL_PRICING") or OFFERS).rstrip("/")


def products_in_files(address: str, region: str) -> list[Product]:
    """All products of Bedrock in `region`. Raises Unanswered and NotAPriceList."""
    found = []
    for service in SERVICES:
        data = _fetch(f"{address}/offers/v1.0/aws/{service}/current/{region}/index.json")
        found += products_of_file(data, service)
    return found


def _fetch(url: str) -> bytes:
    """The whole answer. Raises Unanswered where it does not come, not from there, or not to its end."""
    from botocore.awsrequest import AWSRequest
    from botocore.exceptions import BotoCoreError
    from botocore.httpsession import URLLib3Session
    from botocore.utils import get_environ_proxies

    how: dict[str, Any] = {"verify": os.environ.get("AWS_CA_BUNDLE") or True, "timeout": (CONNECT_S, READ_S)}
    session = URLLib3Session(proxies=get_environ_proxies(url), **how)
    try:
        answer = session.send(AWSRequest(method="GET", url=url).prepare())
    except (BotoCoreError, ValueError) as error:
        raise Unanswered("unreachable", type(error).__name__, own_words(str(error), 300)) from error
    finally:
        session.close()
    body: bytes = answer.content
    if answer.status_code != 200:
        why: Any = _WHY.get(answer.status_code, "failed")
        raise Unanswered(why, str(answer.status_code), own_words(body[:300].decode("utf-8", "replace"), 300))
    length = answer.headers.get("content-length")
    if length is not None and length.isdigit() and int(length) != len(body):
        raise Unanswered("unreachable", "cut", f"{len(body)} of {length} bytes")
    return body


def products_of_account(cloud: Cloud, region: str) -> list[Product]:
    """The same from GetProducts, page by page. Raises Unanswered and NotAPriceList."""
    filters = [{"Type": "TERM_MATCH", "Field": "regionCode", "Value": region}]
    found = []
    for service in SERVICES:
        items = cloud.pages("pricing", "get_products", "PriceList", ServiceCode=service, Filters=filters)
        found += products_of_api(items, service)
    return found
