"""What does the service say it took, and how much of our time is the way to it and back?"""

from __future__ import annotations

from hayai.decide.metrics.metric import Metric
from hayai.decide.metrics.times import E2E
from hayai.keep.records import RequestRecord


def _network_share(record: RequestRecord) -> float | None:
    time_ns = E2E.of(record)
    if record.service_ns is None or not isinstance(time_ns, int) or time_ns <= 0:
        return None
    return (time_ns - record.service_ns) / time_ns


SERVICE_TIME = Metric(
    name="service_time",
    unit="ns",
    formula="total time reported by the service",
    more_is_better=False,
    of=lambda r: r.service_ns,
)
SERVICE_FIRST_BYTE = Metric(
    name="service_first_byte",
    unit="ns",
    formula="time to its first byte reported by the service",
    more_is_better=False,
    of=lambda r: r.service_first_byte_ns,
)
NETWORK_SHARE = Metric(
    name="network_share",
    unit="ratio",
    formula="(e2e - service time) / e2e; negative when the service counts work after the last piece",
    more_is_better=False,
    of=_network_share,
)
