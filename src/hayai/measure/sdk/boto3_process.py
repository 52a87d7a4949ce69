"""What does an application see that calls Bedrock through boto3? A process of its own, spoken to by the agent (`calls`).

A client as applications make one, and a thread for each call. An instant is taken right before the call and whenever the SDK hands
something out: its serialising, signing, pooling, parsing and its retries are inside what is measured, on purpose.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn

import msgspec

from hayai.clock import now_ns, wall_ns
from hayai.measure.sdk.calls import Call, Came, FromSdk, Ready, Said, Setup, ToSdk, as_json

_OPERATIONS = {
    "converse-stream": "converse_stream",
    "converse": "converse",
    "invoke-stream": "invoke_model_with_response_stream",
    "invoke": "invoke_model",
}


class Boto3:
    """The SDK at work."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._shared = None if setup.client_each else self._client()

    def _client(self) -> Any:
        import boto3
        from botocore import UNSIGNED
        from botocore.config import Config

        setup = self._setup
        said: dict[str, Any] = {}
        if setup.retry_mode is not None or setup.max_attempts is not None:
            attempts = {} if setup.max_attempts is None else {"total_max_attempts": setup.max_attempts}
            said["retries"] = attempts | ({} if setup.retry_mode is None else {"mode": setup.retry_mode})
        if setup.read_timeout_s is not None:
            said["read_timeout"] = setup.read_timeout_s
        if setup.unsigned:
            said["signature_version"] = UNSIGNED
        config = Config(max_pool_connections=setup.threads, **said)
        session = boto3.Session(profile_name=setup.profile, region_name=setup.region)
        return session.client("bedrock-runtime", endpoint_url=setup.endpoint, config=config)

    def call(self, call: Call) -> Came:
        """Makes it, and tells what it came to; never raises for what a service or a network can do."""
        parameters = _parameters(call)
        sent_at_ns, sent_wall_ns = now_ns(), wall_ns()
        answered_at_ns: int | None = None
        events: list[Said] = []
        told: dict[str, Any] = {}
        try:
            client = self._client() if self._shared is None else self._shared
            answer = getattr(client, _OPERATIONS[call.api])(modelId=call.model, **parameters)
            answered_at_ns = now_ns()
            told = _head(answer)
            _take_events(answer, events)
        except Exception as error:  # noqa: BLE001  Whatever an SDK raises is what an application would see.
            told |= _told_of(error, events)
        return Came(
            id=call.id,
            sent_at_ns=sent_at_ns,
            sent_wall_ns=sent_wall_ns,
            answered_at_ns=answered_at_ns,
            ended_at_ns=now_ns(),
            events=tuple(events),
            **told,
        )


def _parameters(call: Call) -> dict[str, Any]:
    """The call's arguments as boto3 wants them."""
    if call.api.startswith("converse"):
        body: dict[str, Any] = json.loads(call.body)
        for message in body.get("messages", ()):
            for part in message["content"]:
                source = part.get("image", {}).get("source")
                if source is not None:
                    source["bytes"] = base64.b64decode(source["bytes"])
        return body
    more = {"performanceConfigLatency": call.latency, "serviceTier": call.tier}
    known = {name: value for name, value in more.items() if value is not None}
    return {"body": call.body.encode(), "contentType": "application/json", "accept": "application/json", **known}


def _head(answer: Mapping[str, Any]) -> dict[str, Any]:
    meta = answer.get("ResponseMetadata", {})
    return {
        "status": meta.get("HTTPStatusCode"),
        "headers": {str(name).lower(): str(value) for name, value in meta.get("HTTPHeaders", {}).items()},
        "retries": int(meta.get("RetryAttempts", 0)),
    }


def _take_events(answer: Mapping[str, Any], events: list[Said]) -> None:
    """Everything the answer says, with the instant at which it was handed out."""
    body = answer.get("body")
    stream: Iterable[Mapping[str, Any]] | None = answer.get("stream")
    if stream is None and body is not None and not hasattr(body, "read"):
        stream = body
    if stream is not None:
        for event in stream:
            at_ns = now_ns()
            ((name, payload),) = event.items()
            events.append(Said(at_ns=at_ns, name=name, payload=as_json(payload)))
        return
    whole = body.read().decode("utf-8", "replace") if body is not None else as_json(_without_meta(answer))
    events.append(Said(at_ns=now_ns(), name="body", payload=whole))


def _without_meta(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def _told_of(error: Exception, events: list[Said]) -> dict[str, Any]:
    """What an exception says, as an answer with its error or as a code word."""
    names = [kind.__name__ for kind in type(error).__mro__]
    response = getattr(error, "response", None)
    if "EventStreamError" in names and isinstance(response, dict):
        said = response.get("Error", {})
        payload = as_json({"message": str(said.get("Message", ""))})
        events.append(Said(at_ns=now_ns(), name=str(said.get("Code", "")), payload=payload, exception=True))
        return {}
    if isinstance(response, dict) and "ResponseMetadata" in response:
        said, head = response.get("Error", {}), _head(response)
        head["headers"] = {**head["headers"], "x-amzn-errortype": str(said.get("Code", ""))}
        events.append(Said(at_ns=now_ns(), name="body", payload=as_json({"message": str(said.get("Message", ""))})))
        return head
    words = f"{names[0]}: {error}"[:500]
    if "ParamValidationError" in names:
        events.append(Said(at_ns=now_ns(), name="body", payload=as_json({"message": words})))
        return {"status": 400, "headers": {"x-amzn-errortype": names[0]}}
    return {"error": (_code_word(names, began=bool(events)), words)}


def _code_word(names: list[str], *, began: bool) -> str:
    if {"ReadTimeoutError", "ReadTimeout"} & set(names):
        return "gap_timeout" if began else "first_byte_timeout"
    if {"EndpointConnectionError", "ConnectTimeoutError", "ConnectionError", "ProxyConnectionError", "SSLError"} & set(
        names
    ) and not began:
        return "sdk_no_connection"
    if {"ProtocolError", "IncompleteRead", "ConnectionClosedError", "ResponseStreamingError", "HTTPClientError"} & set(
        names
    ):
        return "connection_closed"
    return "sdk_error"


def main() -> NoReturn:
    """Serves calls until its input ends."""
    out, lock = sys.stdout.buffer, threading.Lock()
    sys.stdout = sys.stderr  # What a library may print must not stand between our messages.

    def say(message: FromSdk) -> None:
        with lock:
            out.write(msgspec.json.encode(message) + b"\n")
            out.flush()

    decoder = msgspec.json.Decoder(ToSdk)
    setup = decoder.decode(sys.stdin.buffer.readline())
    assert isinstance(setup, Setup)  # noqa: S101  The first line of our own agent.
    try:
        sdk = Boto3(setup)
        import boto3

        say(Ready(version=str(boto3.__version__)))
    except Exception as error:  # noqa: BLE001  The edge of the process: whatever broke is told in words.
        say(Ready(trouble=f"{type(error).__name__}: {error}"[:300]))
        sys.exit(1)
    pool = ThreadPoolExecutor(setup.threads)
    for line in sys.stdin.buffer:
        call = decoder.decode(line)
        if isinstance(call, Call):
            pool.submit(lambda asked: say(sdk.call(asked)), call)
    # Whoever asked is gone, or needs nothing more: what flies is nobody's.
    os._exit(0)


if __name__ == "__main__":
    main()
