"""What boto3 learns of the simulated prices: the same products from GetProducts, page by page, as from the public files."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from hayai.sim.process import serve_in_thread
from hayai.sim.profile import parse_profile

KEYS = {"AKIDEXAMPLE": "a secret of the tests"}
PROFILE = """
about = "an account whose prices are asked for"
region = "us-east-1"
[account]
denied = ["pricing:GetAttributeValues"]
[[models]]
id = "amazon.nova-pro-v1:0"
[models.arms.standard]
ttft_ms = 10
itl_ms = 0.1
"""


def fetched(url: str, region: str) -> tuple[int, Any]:
    """Status and body of the public file of a Region."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        connection.request("GET", f"/offers/v1.0/aws/AmazonBedrock/current/{region}/index.json")
        answer = connection.getresponse()
        return answer.status, json.load(answer)
    finally:
        connection.close()


def test_files_and_pages_tell_the_same() -> None:
    """GetProducts is signed for, files are public; a Region without a list is refused as S3 refuses."""
    account = parse_profile(PROFILE, name="account", place="account.toml")
    with serve_in_thread(account, speed=20, check_signatures=KEYS) as server:
        key = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": KEYS["AKIDEXAMPLE"]}
        config = Config(retries={"total_max_attempts": 1, "mode": "standard"})
        client = boto3.client("pricing", region_name="us-east-1", endpoint_url=server.url, config=config, **key)
        pages = client.get_paginator("get_products").paginate(
            ServiceCode="AmazonBedrock", Filters=[{"Type": "TERM_MATCH", "Field": "regionCode", "Value": "us-west-2"}]
        )
        told = [[json.loads(one) for one in page["PriceList"]] for page in pages]
        assert len(told) > 1
        skus = {one["product"]["sku"]: one["product"]["attributes"]["usagetype"] for page in told for one in page}
        status, file = fetched(server.url, "us-west-2")
        assert status == 200
        assert {sku: one["attributes"]["usagetype"] for sku, one in file["products"].items()} == skus
        assert set(file["terms"]["OnDemand"]) == set(skus)
        assert all(usage.startswith("USW2-") for usage in skus.values())
        assert fetched(server.url, "us-nowhere-1")[0] == 403
        with pytest.raises(ClientError, match="UnknownOperation"):
            client.get_attribute_values(ServiceCode="AmazonBedrock", AttributeName="model")
        client.close()
        wrong = boto3.client(
            "pricing",
            region_name="us-east-1",
            endpoint_url=server.url,
            config=config,
            **{**key, "aws_secret_access_key": "x"},
        )
        with pytest.raises(ClientError, match="Signature"):
            wrong.get_products(ServiceCode="AmazonBedrock")
        wrong.close()
