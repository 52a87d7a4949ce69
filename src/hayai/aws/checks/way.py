"""Who are we, and is there a way to the service? Credentials, identity, address, network, trust, proxy, clock."""

from __future__ import annotations

import os
from collections.abc import Iterator

from hayai.aws.checks.patient import Patient
from hayai.aws.cloud import Unanswered
from hayai.decide.checkup import Check, State
from hayai.measure.net.dial import DialError, Dialled, try_once
from hayai.measure.net.proxy import VARIABLES, is_exempt, proxy_for

DIAL_S = 10.0
SKEW_BAD_S, SKEW_WARNING_S = 240, 30
"""Signatures hold for five minutes around the service's clock."""
SOON_S = 900
"""Credentials that end sooner than this will hardly last for a run."""


def credentials(patient: Patient) -> Iterator[Check]:
    """Where they come from, and how long they last."""
    source = patient.access.credentials_source
    if source.startswith("none"):
        yield patient.check("credentials", "note", "credentials.none")
        return
    key = "credentials.api_key" if "API key" in source else "credentials.found"
    yield patient.check("credentials", "good", key, source=source)
    left_s = patient.cloud.credentials_last_s() if patient.cloud is not None else None
    if left_s is not None:
        minutes = max(0, round(left_s / 60))
        renewed = patient.aws().credentials_are_renewed()
        state: State = "note" if renewed or left_s > SOON_S else "warning"
        yield patient.check(
            "credentials", state, "credentials.renewed" if renewed else "credentials.until", minutes=minutes
        )


def identity(patient: Patient) -> Iterator[Check]:
    """The principal that AWS sees."""
    if patient.access.credentials_source.startswith(("none", "env (API key)")):
        return
    try:
        told = patient.aws().ask("sts", "get_caller_identity")
    except Unanswered as none:
        yield patient.unknown("identity", none, "sts:GetCallerIdentity")
        return
    yield patient.check("identity", "good", "identity", arn=told["Arn"], account=told["Account"])


def endpoint(patient: Patient) -> Iterator[Check]:
    """Region and address."""
    where = "endpoint" if patient.access.region else "endpoint.no_region"
    yield patient.check("endpoint", "good", where, url=patient.access.endpoint_url)


def network(patient: Patient) -> Iterator[Check]:
    """Name look-up, TCP and TLS, timed apart."""
    url = patient.access.endpoint_url
    try:
        found = try_once(url, timeout_s=DIAL_S)
    except DialError as error:
        yield patient.check("network", "bad", "network.failed", code=error.code, reason=error.reason, advice="network")
        return
    yield patient.check(
        "network",
        "good",
        _network_key(found),
        peer=found.peer,
        dns_ns=found.dns_ns,
        tcp_ns=found.tcp_ns,
        tunnel_ns=found.tunnel_ns,
        tls_ns=found.tls_ns,
    )


def _network_key(found: Dialled) -> str:
    if found.tls_ns is None:
        return "network.plain"
    return "network" if found.tunnel_ns is None else "network.tunnel"


def proxy(patient: Patient) -> Iterator[Check]:
    """The company's proxy, where requests go through one, or would if NO_PROXY did not keep them out."""
    url = patient.access.endpoint_url
    variable = next((name for name in VARIABLES if os.environ.get(name)), None)
    found = proxy_for(url)
    if found is not None:
        yield patient.check("proxy", "note", "proxy", proxy=found.shown, variable=found.variable)
    elif variable is not None and url.startswith("https://") and is_exempt(url):
        yield patient.check("proxy", "note", "proxy.bypassed", variable=variable)


def trust(patient: Patient) -> Iterator[Check]:
    """Whose signatures on certificates count, where that is not the operating system's own store."""
    if not patient.access.endpoint_url.startswith("https://"):
        return
    name = next((name for name in ("AWS_CA_BUNDLE", "SSL_CERT_FILE") if os.environ.get(name)), None)
    if name is not None:
        yield patient.check("trust", "note", "trust", variable=name, path=os.environ[name])


def clock(patient: Patient) -> Iterator[Check]:
    """The clock of this machine against the service's date. Asked last of these, so that some answer has come already."""
    ahead_s = patient.aws().clock_ahead_s
    if ahead_s is None:
        yield patient.check("clock", "unknown", "clock.unknown")
        return
    off_s = abs(ahead_s)
    state: State = "bad" if off_s > SKEW_BAD_S else "warning" if off_s > SKEW_WARNING_S else "good"
    way = "good" if state == "good" else "behind" if ahead_s > 0 else "ahead"
    yield patient.check(
        "clock", state, f"clock.{way}", seconds=round(off_s), advice=None if state == "good" else "clock"
    )
