"""Which checks are there, in which order, and which are quick enough to be made before every comparison?"""

from __future__ import annotations

from hayai.aws.checks import model, way
from hayai.aws.checks.patient import Examine
from hayai.aws.checks.permission import permission
from hayai.aws.checks.quota import quota

CHECKS: dict[str, Examine] = {
    "credentials": way.credentials,
    "endpoint": way.endpoint,
    "network": way.network,
    "proxy": way.proxy,
    "trust": way.trust,
    "identity": way.identity,
    "model": model.lifecycle,
    "profile": model.profile,
    "access": model.access,
    "latency": model.latency,
    "tier": model.tier,
    "permission": permission,
    "quota": quota,
    "clock": way.clock,
}
"""Every check by the topic it is about, in the order in which the answers are told."""

EVERYWHERE = frozenset({"credentials", "endpoint", "network", "proxy", "trust"})
"""Those that make sense for a service that is not AWS's."""

SHARED = frozenset({"credentials", "endpoint", "network", "proxy", "trust", "identity", "clock"})
"""Those that say the same about all targets with one account, Region and address."""

BRIEF = ("model", "profile", "access", "latency", "tier", "quota", "clock")
"""Those made before every comparison: the rest shows itself by the first request."""
