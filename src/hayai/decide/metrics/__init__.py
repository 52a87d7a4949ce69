"""What is measured per request? Every metric of the house, by name; one expression each. A new one is one file and one line here."""

from __future__ import annotations

from hayai.decide.metrics.amounts import (
    CACHE_WRITTEN_TOKENS,
    CACHED_TOKENS,
    INPUT_TOKENS,
    OUTPUT_CHARACTERS,
    OUTPUT_TOKENS,
    SDK_RETRIES,
)
from hayai.decide.metrics.connection import DNS, TCP, TLS, TUNNEL
from hayai.decide.metrics.gaps import CHUNK_GAPS
from hayai.decide.metrics.metric import Metric
from hayai.decide.metrics.service import NETWORK_SHARE, SERVICE_FIRST_BYTE, SERVICE_TIME
from hayai.decide.metrics.speeds import (
    E2E_CHARACTERS_PER_S,
    E2E_TOKENS_PER_S,
    OUTPUT_CHARACTERS_PER_S,
    OUTPUT_SPEED,
    TPOT,
)
from hayai.decide.metrics.times import (
    E2E,
    E2E_FROM_DUE,
    HEADER_TIME,
    LATENESS,
    TTFT,
    TTFT_FROM_DUE,
    TTFV,
    TTFV_FROM_DUE,
)

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        E2E,
        TTFT,
        TTFV,
        E2E_FROM_DUE,
        TTFT_FROM_DUE,
        TTFV_FROM_DUE,
        TPOT,
        OUTPUT_SPEED,
        E2E_TOKENS_PER_S,
        OUTPUT_CHARACTERS_PER_S,
        E2E_CHARACTERS_PER_S,
        OUTPUT_TOKENS,
        OUTPUT_CHARACTERS,
        INPUT_TOKENS,
        CACHED_TOKENS,
        CACHE_WRITTEN_TOKENS,
        SDK_RETRIES,
        CHUNK_GAPS,
        DNS,
        TCP,
        TUNNEL,
        TLS,
        SERVICE_TIME,
        SERVICE_FIRST_BYTE,
        NETWORK_SHARE,
        HEADER_TIME,
        LATENESS,
    )
}
