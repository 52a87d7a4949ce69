"""How much was read and written? Tokens as the service reported them, characters as we counted them."""

from __future__ import annotations

from hayai.decide.metrics.metric import Metric
from hayai.decide.metrics.speeds import all_characters
from hayai.keep.query import SDK_RETRIES_HEADER
from hayai.keep.records import RequestRecord

OUTPUT_TOKENS = Metric(
    name="output_tokens",
    unit="tokens",
    formula="output tokens reported by the service",
    more_is_better=None,
    of=lambda r: r.usage.output_tokens,
)
INPUT_TOKENS = Metric(
    name="input_tokens",
    unit="tokens",
    formula="input tokens reported by the service",
    more_is_better=None,
    of=lambda r: r.usage.input_tokens,
)
CACHED_TOKENS = Metric(
    name="cached_tokens",
    unit="tokens",
    formula="input tokens that the service read from its cache",
    more_is_better=None,
    of=lambda r: r.usage.cache_read_tokens,
)
CACHE_WRITTEN_TOKENS = Metric(
    name="cache_written_tokens",
    unit="tokens",
    formula="input tokens that the service wrote into its cache",
    more_is_better=None,
    of=lambda r: r.usage.cache_write_tokens,
)


def _sdk_retries(record: RequestRecord) -> int | None:
    told = record.headers.get(SDK_RETRIES_HEADER)
    return int(told) if told is not None and told.isdecimal() else None


SDK_RETRIES = Metric(
    name="sdk_retries",
    unit="attempts",
    formula="retries that an SDK made within the request, hidden from whoever calls it",
    more_is_better=False,
    of=_sdk_retries,
    of_answers=False,
)
OUTPUT_CHARACTERS = Metric(
    name="output_characters",
    unit="characters",
    formula="code points of text and reasoning",
    more_is_better=None,
    of=all_characters,
)
