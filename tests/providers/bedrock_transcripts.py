"""What does Bedrock send back? Responses as raw bytes, made by hand from what is known of the service, with the pieces they must give.

Run this file (`python -m tests.providers.bedrock_transcripts`) to write them to `tests/transcripts/bedrock/`: `NAME.http` holds
the bytes of one response, `NAME.json` the target that was asked and the expected pieces. Padding, key order, header order and
errors are as the real service sends them; the first frame of `converse_stream_text` is, byte for byte, one that was recorded from
it.
"""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from hayai.ask.plan import Target
from hayai.keep.records import Failure
from hayai.measure.providers.contract import (
    Completed,
    Failed,
    Piece,
    Reasoning,
    Served,
    ServiceTime,
    Stop,
    Text,
    ToolInput,
    UsageReport,
)
from hayai.wire.eventstream import encode_message
from hayai.wire.http1 import LAST_CHUNK, encode_chunk, encode_head

FOLDER = Path(__file__).parent.parent / "transcripts" / "bedrock"
REQUEST_ID = ("x-amzn-RequestId", "5b1a6f0e-7c3d-4a52-9e0b-2f6d1c8a4e37")
MS = 1_000_000

HAIKU = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
NOVA = "us.amazon.nova-pro-v1:0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """One response, whom it answers, and what it says."""

    name: str
    model: str
    options: dict[str, Any] = field(default_factory=dict)
    response: bytes
    pieces: list[Piece]

    @property
    def target(self) -> Target:
        """The target that was asked."""
        return Target(name=self.name, provider="bedrock", model=self.model, options=self.options)

    def told(self) -> str:
        """The expectation as it stands in the file."""
        pieces = [[type(piece).__name__, msgspec.to_builtins(_fields(piece))] for piece in self.pieces]
        return json.dumps(
            {"model": self.model, "options": self.options, "pieces": pieces}, ensure_ascii=False, indent=1
        )


def _fields(piece: Piece) -> dict[str, Any]:
    if isinstance(piece, Failed):
        return {"outcome": piece.outcome, "failure": piece.failure}
    return msgspec.structs.asdict(piece)


def event(kind: str, payload: dict[str, Any], pad: int = 7) -> bytes:
    """One event of a stream, padded, its keys sorted."""
    padding = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[:pad]
    return _message([(":event-type", kind), (":content-type", "application/json"), (":message-type", "event")], {
        **payload, "p": padding,
    })  # fmt: skip


def chunk(inner: dict[str, Any], pad: int = 7) -> bytes:
    """One `chunk` event around the model's own JSON."""
    return event("chunk", {"bytes": b64encode(_json(inner, sort=False)).decode()}, pad)


def exception(kind: str, payload: dict[str, Any]) -> bytes:
    """An exception inside a stream."""
    return _message(
        [(":exception-type", kind), (":content-type", "application/json"), (":message-type", "exception")], payload
    )


def _message(headers: list[tuple[str, str]], payload: dict[str, Any]) -> bytes:
    return encode_message(headers, _json(payload, sort=True))


def _json(value: object, *, sort: bool) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=sort).encode()


def stream(*frames: bytes, headers: tuple[tuple[str, str], ...] = (), whole: bool = True) -> bytes:
    """A chunked response, one chunk per frame; not whole: the connection is cut after the last frame."""
    head = encode_head(
        200,
        [
            ("Date", "Sun, 22 Nov 2026 12:36:05 GMT"),
            ("Content-Type", "application/vnd.amazon.eventstream"),
            ("Transfer-Encoding", "chunked"),
            ("Connection", "keep-alive"),
            REQUEST_ID,
            *headers,
        ],
    )
    return head + b"".join(encode_chunk(frame) for frame in frames) + (LAST_CHUNK if whole else b"")


def answer(status: int, body: object, *headers: tuple[str, str]) -> bytes:
    """A response with one body: JSON, or bytes as they are."""
    data = body if isinstance(body, bytes) else _json(body, sort=True)
    kind = "text/html" if isinstance(body, bytes) else "application/json"
    fields = [("Date", "Sun, 22 Nov 2026 12:36:05 GMT"), ("Content-Type", kind), ("Content-Length", str(len(data)))]
    return encode_head(status, [*fields, REQUEST_ID, *headers]) + data


def refusal(status: int, name: str, words: str, **more: object) -> bytes:
    """An error as the service sends it: the name in a header, the words in the body."""
    kind = f"{name}:http://internal.amazon.com/coral/com.amazon.bedrock/"
    return answer(status, {"message": words, **more}, ("x-amzn-ErrorType", kind))


def failed(outcome: str, code: str, message: str) -> Piece:
    """A refusal, as a piece."""
    return Failed(outcome=outcome, failure=Failure(code=code, message=message))  # type: ignore[arg-type]  # a Literal


_ROLE = event("messageStart", {"role": "assistant"}, 24)
_END_OF_LIFE = (
    "This model version has reached the end of its life. Please refer to the AWS documentation for more details."
)
_NEEDS_PROFILE = (
    f"Invocation of model ID {HAIKU[3:]} with on-demand throughput isn’t supported. "
    "Retry your request with the ID or ARN of an inference profile that contains this model."
)


def _delta(text: str, index: int = 0) -> bytes:
    return event("contentBlockDelta", {"contentBlockIndex": index, "delta": {"text": text}}, len(text))


CONVERSE = [
    Transcript(
        name="converse_stream_text",
        model=NOVA,
        options={"latency": "optimized"},
        response=stream(
            _ROLE,
            _delta("The"),
            _delta(" fox, 狐"),
            _delta(""),
            _delta(" naps 🦊."),
            event("contentBlockStop", {"contentBlockIndex": 0}),
            event("messageStop", {"stopReason": "end_turn"}, 8),
            event(
                "metadata",
                {
                    "metrics": {"latencyMs": 391},
                    "performanceConfig": {"latency": "optimized"},
                    "usage": {"inputTokens": 11, "outputTokens": 9, "serverToolUsage": {}, "totalTokens": 20},
                },
            ),
        ),
        pieces=[
            Text(text="The"),
            Text(text=" fox, 狐"),
            Text(text=" naps 🦊."),
            Stop(reason="end_turn"),
            UsageReport(source="stream", input_tokens=11, output_tokens=9),
            ServiceTime(total_ns=391 * MS),
            Served(latency="optimized"),
            Completed(),
        ],
    ),
    Transcript(
        name="converse_stream_reasoning_and_tools",
        model=HAIKU,
        options={"latency": "optimized", "tier": "priority"},
        response=stream(
            _ROLE,
            event(
                "contentBlockDelta", {"contentBlockIndex": 0, "delta": {"reasoningContent": {"text": "Look it up."}}}
            ),
            event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"reasoningContent": {"signature": "c2ln"}}}),
            event("contentBlockStop", {"contentBlockIndex": 0}),
            _delta("One moment.", 1),
            event("somethingNew", {"future": [1, 2, 3]}),
            event(
                "contentBlockStart", {"contentBlockIndex": 2, "start": {"toolUse": {"name": "f", "toolUseId": "t1"}}}
            ),
            event("contentBlockDelta", {"contentBlockIndex": 2, "delta": {"toolUse": {"input": ""}}}),
            event("contentBlockDelta", {"contentBlockIndex": 2, "delta": {"toolUse": {"input": '{"city":'}}}),
            event("contentBlockDelta", {"contentBlockIndex": 2, "delta": {"toolUse": {"input": '"東京"}'}}}),
            event("contentBlockStop", {"contentBlockIndex": 2}),
            event("messageStop", {"additionalModelResponseFields": {}, "stopReason": "tool_use"}),
            event(
                "metadata",
                {
                    "metrics": {"latencyMs": 2204},
                    "performanceConfig": {"latency": "standard"},
                    "serviceTier": {"type": "priority"},
                    "usage": {
                        "cacheDetails": [{"inputTokens": 1024, "ttl": "5m"}],
                        "cacheReadInputTokens": 0,
                        "cacheWriteInputTokens": 1024,
                        "inputTokens": 31,
                        "outputTokens": 58,
                        "totalTokens": 1113,
                    },
                },
            ),
        ),
        pieces=[
            Reasoning(text="Look it up."),
            Text(text="One moment."),
            ToolInput(text='{"city":'),
            ToolInput(text='"東京"}'),
            Stop(reason="tool_use"),
            UsageReport(
                source="stream", input_tokens=31, output_tokens=58, cache_read_tokens=0, cache_write_tokens=1024
            ),
            ServiceTime(total_ns=2204 * MS),
            Served(latency="standard", tier="priority"),
            Completed(),
        ],
    ),
    Transcript(
        name="converse_stream_throttled_midway",
        model=HAIKU,
        response=stream(
            _ROLE,
            _delta("Once"),
            exception("throttlingException", {"message": "Too many tokens, please wait before trying again."}),
        ),
        pieces=[
            Text(text="Once"),
            failed("throttled", "ThrottlingException", "Too many tokens, please wait before trying again."),
        ],
    ),
    Transcript(
        name="converse_stream_model_error",
        model=HAIKU,
        response=stream(
            _ROLE,
            exception(
                "modelStreamErrorException",
                {"message": "The model failed.", "originalMessage": "out of memory", "originalStatusCode": 500},
            ),
        ),
        pieces=[failed("server_error", "ModelStreamErrorException", "The model failed. (out of memory)")],
    ),
    Transcript(
        name="converse_stream_unmodelled_error",
        model=HAIKU,
        response=stream(
            _ROLE,
            encode_message(
                [(":message-type", "error"), (":error-code", "InternalError"), (":error-message", "Something broke")],
                b"",
            ),
        ),
        pieces=[failed("server_error", "InternalError", "Something broke")],
    ),
    Transcript(
        name="converse_stream_cut",
        model=HAIKU,
        response=stream(_ROLE, _delta("Once upon"), whole=False),
        pieces=[Text(text="Once upon")],
    ),
    Transcript(
        name="converse",
        model=HAIKU,
        options={"api": "converse", "tier": "flex"},
        response=answer(
            200,
            {
                "metrics": {"latencyMs": 1105},
                "output": {
                    "message": {
                        "content": [
                            {"reasoningContent": {"reasoningText": {"signature": "c2ln", "text": "Simple."}}},
                            {"text": "四です。"},
                            {"toolUse": {"input": {"a": [1, 2]}, "name": "f", "toolUseId": "t1"}},
                        ],
                        "role": "assistant",
                    }
                },
                "serviceTier": {"type": "default"},
                "stopReason": "max_tokens",
                "usage": {"inputTokens": 20, "outputTokens": 6, "serverToolUsage": {}, "totalTokens": 26},
            },
        ),
        pieces=[
            Reasoning(text="Simple."),
            Text(text="四です。"),
            ToolInput(text='{"a":[1,2]}'),
            Stop(reason="max_tokens"),
            UsageReport(source="body", input_tokens=20, output_tokens=6),
            ServiceTime(total_ns=1105 * MS),
            Served(tier="default"),
            Completed(),
        ],
    ),
]

_METRICS = {"inputTokenCount": 10, "outputTokenCount": 15, "invocationLatency": 1798, "firstByteLatency": 1507}
_CLAUDE_START = {
    "type": "message_start",
    "message": {
        "model": "claude-haiku-4-5-20251001",
        "id": "msg_bdrk_01",
        "type": "message",
        "role": "assistant",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {
            "input_tokens": 10,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
            "output_tokens": 1,
        },
    },
}


def _claude_delta(index: int, **delta: str) -> bytes:
    return chunk({"type": "content_block_delta", "index": index, "delta": delta})


INVOKE = [
    Transcript(
        name="invoke_stream_claude",
        model=HAIKU,
        options={"api": "invoke-stream", "latency": "optimized"},
        response=stream(
            chunk(_CLAUDE_START),
            chunk({"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}}),
            _claude_delta(0, type="thinking_delta", thinking="Hmm."),
            _claude_delta(0, type="signature_delta", signature="c2ln"),
            chunk({"type": "content_block_stop", "index": 0}),
            chunk({"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}}),
            chunk({"type": "ping"}),
            _claude_delta(1, type="text_delta", text="Hello"),
            _claude_delta(1, type="text_delta", text=" 世界"),
            chunk({"type": "content_block_stop", "index": 1}),
            chunk(
                {
                    "type": "content_block_start",
                    "index": 2,
                    "content_block": {"type": "tool_use", "id": "t", "name": "f", "input": {}},
                }
            ),
            _claude_delta(2, type="input_json_delta", partial_json=""),
            _claude_delta(2, type="input_json_delta", partial_json='{"n":1}'),
            chunk({"type": "content_block_stop", "index": 2}),
            chunk(
                {
                    "type": "message_delta",
                    "delta": {"stop_reason": "end_turn", "stop_sequence": None},
                    "usage": {"output_tokens": 15},
                }
            ),
            chunk({"type": "message_stop", "amazon-bedrock-invocationMetrics": _METRICS}),
            headers=(
                ("X-Amzn-Bedrock-Content-Type", "application/json"),
                ("X-Amzn-Bedrock-PerformanceConfig-Latency", "standard"),
            ),
        ),
        pieces=[
            Served(latency="standard"),
            UsageReport(source="stream", input_tokens=10, cache_read_tokens=0, cache_write_tokens=0),
            Reasoning(text="Hmm."),
            Text(text="Hello"),
            Text(text=" 世界"),
            ToolInput(text='{"n":1}'),
            Stop(reason="end_turn"),
            UsageReport(source="stream", output_tokens=15),
            UsageReport(source="metrics", input_tokens=10, output_tokens=15),
            ServiceTime(total_ns=1798 * MS, first_byte_ns=1507 * MS),
            Completed(),
        ],
    ),
    Transcript(
        name="invoke_stream_claude_overloaded",
        model=HAIKU,
        options={"api": "InvokeModelWithResponseStream"},
        response=stream(
            chunk(_CLAUDE_START),
            chunk({"type": "error", "error": {"type": "rate_limit_error", "message": "Slow down"}}),
        ),
        pieces=[
            UsageReport(source="stream", input_tokens=10, cache_read_tokens=0, cache_write_tokens=0),
            failed("throttled", "rate_limit_error", "Slow down"),
        ],
    ),
    Transcript(
        name="invoke_stream_timed_out",
        model=HAIKU,
        options={"api": "invoke-stream"},
        response=stream(exception("modelTimeoutException", {"message": "Model has timed out in processing."})),
        pieces=[failed("server_error", "ModelTimeoutException", "Model has timed out in processing.")],
    ),
    Transcript(
        name="invoke_stream_nova",
        model=NOVA,
        options={"api": "invoke-stream"},
        response=stream(
            chunk({"messageStart": {"role": "assistant"}}),
            chunk({"contentBlockDelta": {"delta": {"text": "Kyoto"}, "contentBlockIndex": 0}}),
            chunk({"contentBlockDelta": {"delta": {"text": " in spring"}, "contentBlockIndex": 0}}),
            chunk({"contentBlockStop": {"contentBlockIndex": 0}}),
            chunk({"messageStop": {"stopReason": "max_tokens"}}),
            chunk(
                {
                    "metadata": {
                        "usage": {
                            "inputTokens": 10,
                            "outputTokens": 15,
                            "cacheReadInputTokenCount": 3,
                            "cacheWriteInputTokenCount": 0,
                        },
                        "metrics": {},
                        "trace": {},
                    },
                    "amazon-bedrock-invocationMetrics": {
                        **_METRICS,
                        "cacheReadInputTokenCount": 3,
                        "cacheWriteInputTokenCount": 0,
                    },
                }
            ),
            headers=(("X-Amzn-Bedrock-Content-Type", "application/json"),),
        ),
        pieces=[
            Text(text="Kyoto"),
            Text(text=" in spring"),
            Stop(reason="max_tokens"),
            UsageReport(source="stream", input_tokens=10, output_tokens=15, cache_read_tokens=3, cache_write_tokens=0),
            UsageReport(source="metrics", input_tokens=10, output_tokens=15, cache_read_tokens=3, cache_write_tokens=0),
            ServiceTime(total_ns=1798 * MS, first_byte_ns=1507 * MS),
            Completed(),
        ],
    ),
    Transcript(
        name="invoke_claude",
        model=HAIKU,
        options={"api": "invoke", "tier": "priority"},
        response=answer(
            200,
            {
                "id": "msg_bdrk_01",
                "type": "message",
                "role": "assistant",
                "model": "claude-haiku-4-5-20251001",
                "content": [
                    {"type": "thinking", "thinking": "Easy.", "signature": "c2ln"},
                    {"type": "text", "text": "Four."},
                    {"type": "tool_use", "id": "t", "name": "f", "input": {"n": 4}},
                ],
                "stop_reason": "stop_sequence",
                "stop_sequence": "END",
                "usage": {
                    "input_tokens": 12,
                    "output_tokens": 7,
                    "cache_read_input_tokens": 5,
                    "cache_creation_input_tokens": 0,
                },
            },
            ("X-Amzn-Bedrock-Invocation-Latency", "842"),
            ("X-Amzn-Bedrock-Input-Token-Count", "12"),
            ("X-Amzn-Bedrock-Output-Token-Count", "7"),
            ("X-Amzn-Bedrock-Cache-Read-Input-Token-Count", "5"),
            ("X-Amzn-Bedrock-Cache-Write-Input-Token-Count", "0"),
            ("X-Amzn-Bedrock-Service-Tier", "priority"),
        ),
        pieces=[
            Served(tier="priority"),
            UsageReport(source="headers", input_tokens=12, output_tokens=7, cache_read_tokens=5, cache_write_tokens=0),
            ServiceTime(total_ns=842 * MS),
            Reasoning(text="Easy."),
            Text(text="Four."),
            ToolInput(text='{"n":4}'),
            Stop(reason="stop_sequence"),
            UsageReport(source="body", input_tokens=12, output_tokens=7, cache_read_tokens=5, cache_write_tokens=0),
            Completed(),
        ],
    ),
    Transcript(
        name="invoke_nova",
        model=NOVA,
        options={"api": "InvokeModel"},
        response=answer(
            200,
            {
                "output": {"message": {"content": [{"text": "春の京都。"}], "role": "assistant"}},
                "stopReason": "end_turn",
                "usage": {"inputTokens": 9, "outputTokens": 5, "totalTokens": 14, "cacheReadInputTokenCount": 0},
            },
            ("X-Amzn-Bedrock-Invocation-Latency", "odd"),
        ),
        pieces=[
            Text(text="春の京都。"),
            Stop(reason="end_turn"),
            UsageReport(source="body", input_tokens=9, output_tokens=5, cache_read_tokens=0),
            Completed(),
        ],
    ),
]

REFUSED = [
    Transcript(
        name="refused_throttled",
        model=HAIKU,
        response=answer(429, {"__type": "ThrottlingException", "message": "Rate exceeded"}),
        pieces=[failed("throttled", "ThrottlingException", "Rate exceeded")],
    ),
    Transcript(
        name="refused_not_ready",
        model=HAIKU,
        response=refusal(429, "ModelNotReadyException", "The model is not ready."),
        pieces=[failed("throttled", "ModelNotReadyException", "The model is not ready.")],
    ),
    Transcript(
        name="refused_quota",
        model=HAIKU,
        response=refusal(400, "ServiceQuotaExceededException", "Your request exceeds the quota."),
        pieces=[failed("throttled", "ServiceQuotaExceededException", "Your request exceeds the quota.")],
    ),
    Transcript(
        name="refused_needs_profile",
        model=HAIKU[3:],
        response=refusal(400, "ValidationException", _NEEDS_PROFILE),
        pieces=[failed("refused", "ValidationException", _NEEDS_PROFILE)],
    ),
    Transcript(
        name="refused_access_denied",
        model=HAIKU,
        response=refusal(
            403,
            "AccessDeniedException",
            "User: arn:aws:sts::123456789012:assumed-role/ci/i-0 is not authorized to perform: bedrock:InvokeModel",
        ),
        pieces=[
            failed(
                "refused",
                "AccessDeniedException",
                "User: arn:aws:sts::************:assumed-role/ci/i-0 is not authorized to perform: bedrock:InvokeModel",
            )
        ],
    ),
    Transcript(
        name="refused_end_of_life",
        model="us.anthropic.claude-3-5-haiku-20241022-v1:0",
        response=refusal(404, "ResourceNotFoundException", _END_OF_LIFE),
        pieces=[failed("refused", "ResourceNotFoundException", _END_OF_LIFE)],
    ),
    Transcript(
        name="refused_model_timeout",
        model=HAIKU,
        response=refusal(408, "ModelTimeoutException", "Model has timed out."),
        pieces=[failed("server_error", "ModelTimeoutException", "Model has timed out.")],
    ),
    Transcript(
        name="refused_model_error",
        model=HAIKU,
        response=refusal(424, "ModelErrorException", "The model failed.", originalStatusCode=500, resourceName="m"),
        pieces=[failed("server_error", "ModelErrorException", "The model failed.")],
    ),
    Transcript(
        name="refused_internal",
        model=HAIKU,
        response=refusal(500, "InternalServerException", "The server had an error."),
        pieces=[failed("server_error", "InternalServerException", "The server had an error.")],
    ),
    Transcript(
        name="refused_unavailable_by_proxy",
        model=HAIKU,
        response=answer(503, b"<html><h1>503 Service Unavailable</h1>\xff</html>\n"),
        pieces=[
            failed("server_error", "http_503", "<html><h1>503 Service Unavailable</h1>\N{REPLACEMENT CHARACTER}</html>")
        ],
    ),
]

TRANSCRIPTS = [*CONVERSE, *INVOKE, *REFUSED]

if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for transcript in TRANSCRIPTS:
        (FOLDER / f"{transcript.name}.http").write_bytes(transcript.response)
        (FOLDER / f"{transcript.name}.json").write_text(transcript.told() + "\n", encoding="utf-8")
