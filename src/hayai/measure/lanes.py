"""How is each target of a plan reached? A lane for each: who speaks, who signs, and what carries its requests."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

import msgspec

from hayai.ask.plan import Plan, Target
from hayai.measure.engine.request import Encode, Lane
from hayai.measure.net.access import Access
from hayai.measure.net.dial import Address
from hayai.measure.net.pool import Pool
from hayai.measure.net.proxy import proxy_for
from hayai.measure.net.tls import client_context
from hayai.measure.providers.address import host_header
from hayai.measure.providers.bedrock_options import LATENCY_HEADER, TIER_HEADER, api_of
from hayai.measure.providers.contract import HttpRequest
from hayai.measure.providers.registry import PROVIDERS
from hayai.measure.sdk.calls import Call, Setup
from hayai.measure.sdk.seats import Seats
from hayai.wire.http1 import encode_request


@contextlib.contextmanager
def lanes_of(plan: Plan, access: Mapping[str, Access]) -> Iterator[dict[str, Lane]]:
    """A lane per target; their connections are closed at the end."""
    lanes: dict[str, Lane] = {}
    context = client_context() if any(found.endpoint_url.startswith("https:") for found in access.values()) else None
    for target in plan.targets:
        found = access[target.name]
        if getattr(PROVIDERS[target.provider], "SDK", None) is not None:
            lanes[target.name] = Lane(
                target=target,
                provider=PROVIDERS[target.provider],
                encode=_call_encoder(target),
                pool=Seats(_setup(plan, target, found)),
            )
            continue
        parts = urlsplit(found.endpoint_url)
        secure = parts.scheme == "https"
        address = Address(
            host=parts.hostname or "",
            port=parts.port or (443 if secure else 80),
            tls=context if secure else None,
            proxy=proxy_for(found.endpoint_url),
        )
        lanes[target.name] = Lane(
            target=target,
            provider=PROVIDERS[target.provider],
            encode=_encoder(found),
            pool=Pool(address, connect_timeout_s=plan.timeouts.connect_s),
        )
    try:
        yield lanes
    finally:
        for lane in lanes.values():
            lane.pool.close()


def _setup(plan: Plan, target: Target, access: Access) -> Setup:
    """The SDK's client for `target`: what the user set, and its own defaults for the rest."""
    options = target.options
    return Setup(
        region=str(access.region),
        endpoint=access.endpoint_url,
        threads=plan.concurrency,
        profile=options.get("profile"),
        unsigned=access.credentials_source.startswith("none"),
        retry_mode=options.get("retry_mode"),
        max_attempts=options.get("max_attempts"),
        read_timeout_s=options.get("read_timeout"),
        client_each=options.get("client") == "each" or plan.connections == "cold",
    )


def _call_encoder(target: Target) -> Encode:
    def encode(request: HttpRequest) -> bytes:
        asked = {name: value for name, value in request.headers if name in (LATENCY_HEADER, TIER_HEADER)}
        call = Call(
            id=0,
            api=api_of(target),
            model=target.model,
            body=request.body.decode(),
            latency=asked.get(LATENCY_HEADER),
            tier=asked.get(TIER_HEADER),
        )
        return msgspec.json.encode(call)

    return encode


def _encoder(access: Access) -> Encode:
    host, prefix = host_header(access.endpoint_url), urlsplit(access.endpoint_url).path

    def encode(request: HttpRequest) -> bytes:
        headers = (("Host", host), *request.headers, *access.signer.sign(request))
        return encode_request(request.method, prefix + request.path, headers, request.body)

    return encode
