"""How does Nova speak natively, inside the invoke calls?

Nearly as Converse does: its stream's chunks are Converse's events as objects of one key (`{"contentBlockDelta": {...}}`), its
whole answer has Converse's content and usage. Latency, mode and tier are not in there: those stand in headers and invocation
metrics.
"""

from __future__ import annotations

from typing import Any

import msgspec

from hayai.ask.plan import Prompt, Target
from hayai.measure.providers.bedrock_converse import (
    Answer,
    BlockDelta,
    MessageStop,
    Metadata,
    answer_pieces,
    content_pieces,
    message_json,
    metadata_pieces,
    stop_pieces,
    tool_config,
)
from hayai.measure.providers.bedrock_invoke import WithMetrics, metrics_pieces
from hayai.measure.providers.content import decoded, only_set, opening
from hayai.measure.providers.contract import Completed, Piece

NOVA_SCHEMA = "messages-v1"


def nova_body(target: Target, prompt: Prompt, *, max_tokens: int | None, nonce: str | None) -> dict[str, Any]:
    """Nova's messages-v1 body."""
    options = target.options
    system, messages = opening(target, prompt, nonce)
    return only_set(
        schemaVersion=NOVA_SCHEMA,
        messages=[message_json(message) for message in messages],
        system=[{"text": text} for text in system],
        inferenceConfig=only_set(
            maxTokens=max_tokens,
            temperature=options.get("temperature"),
            topP=options.get("top_p"),
            topK=options.get("top_k"),
            stopSequences=options.get("stop"),
        ),
        toolConfig=tool_config(prompt.tools),
    )


class _Chunk(WithMetrics, kw_only=True):
    content_block_delta: BlockDelta | None = msgspec.field(name="contentBlockDelta", default=None)
    message_stop: MessageStop | None = msgspec.field(name="messageStop", default=None)
    metadata: Metadata | None = None


def read_chunk(chunk: bytes) -> tuple[Piece, ...]:
    """Pieces of one event of Nova's stream. Events we do not know say nothing."""
    event = decoded(chunk, _Chunk)
    pieces: list[Piece] = []
    if event.content_block_delta:
        pieces += content_pieces(event.content_block_delta.delta)
    if event.message_stop:
        pieces += stop_pieces(event.message_stop.stop_reason)
    if event.metadata:
        pieces += metadata_pieces(event.metadata, "stream")
    pieces += metrics_pieces(event)
    if event.metadata or event.metrics:
        pieces.append(Completed())
    return tuple(pieces)


def read_answer(body: bytes) -> tuple[Piece, ...]:
    """Pieces of a whole answer."""
    return answer_pieces(decoded(body, Answer))
