"""What did opening the connection cost? Once per connection, told by its first request, whether that one went well or not."""

from __future__ import annotations

from hayai.decide.metrics.metric import Metric
from hayai.keep.records import ConnectionFacts, RequestRecord


def _opened(record: RequestRecord) -> ConnectionFacts | None:
    return record.connection if record.connection is not None and record.connection.use == 1 else None


def _dns(record: RequestRecord) -> int | None:
    opened = _opened(record)
    return None if opened is None else opened.dns_ns


def _tcp(record: RequestRecord) -> int | None:
    opened = _opened(record)
    return None if opened is None else opened.tcp_ns


def _tunnel(record: RequestRecord) -> int | None:
    opened = _opened(record)
    return None if opened is None else opened.tunnel_ns


def _tls(record: RequestRecord) -> int | None:
    opened = _opened(record)
    return None if opened is None else opened.tls_ns


DNS = Metric(
    name="dns",
    unit="ns",
    formula="name look-up, once per connection",
    more_is_better=False,
    of=_dns,
    of_answers=False,
    of_connections=True,
)
TCP = Metric(
    name="tcp",
    unit="ns",
    formula="TCP handshake, once per connection",
    more_is_better=False,
    of=_tcp,
    of_answers=False,
    of_connections=True,
)
TUNNEL = Metric(
    name="tunnel",
    unit="ns",
    formula="opening a tunnel through a proxy (CONNECT), once per connection",
    more_is_better=False,
    of=_tunnel,
    of_answers=False,
    of_connections=True,
)
TLS = Metric(
    name="tls",
    unit="ns",
    formula="TLS handshake, once per connection",
    more_is_better=False,
    of=_tls,
    of_answers=False,
    of_connections=True,
)
