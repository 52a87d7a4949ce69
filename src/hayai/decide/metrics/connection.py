"""What did opening the connection cost? Once per connection, told by its first request, whether that one went well or not."""

from __future__ import annotations

from collections.abc import Callable

from hayai.decide.metrics.metric import Metric
from hayai.keep.records import ConnectionFacts, RequestRecord


def _part(name: str, formula: str, took: Callable[[ConnectionFacts], int | None]) -> Metric:
    """A part of opening a connection, in nanoseconds."""

    def of(record: RequestRecord) -> int | None:
        facts = record.connection
        return took(facts) if facts is not None and facts.use == 1 else None

    return Metric(
        name=name,
        unit="ns",
        formula=f"{formula}, once per connection",
        more_is_better=False,
        of=of,
        of_answers=False,
        of_connections=True,
    )


DNS = _part("dns", "name look-up", lambda facts: facts.dns_ns)
TCP = _part("tcp", "TCP handshake", lambda facts: facts.tcp_ns)
TUNNEL = _part("tunnel", "opening a tunnel through a proxy (CONNECT)", lambda facts: facts.tunnel_ns)
TLS = _part("tls", "TLS handshake", lambda facts: facts.tls_ns)
