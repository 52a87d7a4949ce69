"""The way most people call Bedrock: boto3, a thread for each stream. The peer in `bedrock.py`; a process of its own.

python -m benchmarks.peers.boto3_threads URL converse|invoke MODEL THREADS REQUESTS
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config


def main() -> None:
    """Sends them all and prints how many chunks came."""
    url, call, model, threads, requests = sys.argv[1:]
    config = Config(max_pool_connections=int(threads), retries={"total_max_attempts": 1, "mode": "standard"})
    client: Any = boto3.client("bedrock-runtime", region_name="us-east-1", endpoint_url=url, config=config)
    one = converse if call == "converse" else invoke
    with ThreadPoolExecutor(int(threads)) as pool:
        arrivals = list(pool.map(lambda _: one(client, model), range(int(requests))))
    print(json.dumps({"chunks": sum(map(len, arrivals))}))


def converse(client: Any, model: str) -> list[int]:
    """Instants of the pieces of one ConverseStream."""
    messages = [{"role": "user", "content": [{"text": "Tell me."}]}]
    answer = client.converse_stream(modelId=model, messages=messages, inferenceConfig={"maxTokens": 400})
    return [time.monotonic_ns() for event in answer["stream"] if "contentBlockDelta" in event]


def invoke(client: Any, model: str) -> list[int]:
    """Instants of the pieces of one InvokeModelWithResponseStream."""
    body = {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 400,
        "messages": [{"role": "user", "content": "Tell me."}],
    }
    answer = client.invoke_model_with_response_stream(modelId=model, body=json.dumps(body))
    return [
        time.monotonic_ns()
        for event in answer["body"]
        if json.loads(event["chunk"]["bytes"])["type"] == "content_block_delta"
    ]


main()
