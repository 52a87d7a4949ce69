"""What do OpenAI-compatible servers send back? Raw responses, made by hand from what is known of each, and the pieces they must give.

Run this file (`python -m tests.providers.openai_transcripts`) to write them to `tests/transcripts/openai/`: `NAME.http` holds the bytes of
one response, `NAME.json` the target that was asked and the expected pieces. Names begin with whose habit it is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from hayai.ask.plan import Target
from hayai.keep.records import Failure, Outcome
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
from hayai.wire.http1 import LAST_CHUNK, encode_chunk, encode_head

FOLDER = Path(__file__).parent.parent / "transcripts" / "openai"
MS = 1_000_000
DATE = ("Date", "Tue, 24 Nov 2026 20:00:00 GMT")
SSE = ("Content-Type", "text/event-stream; charset=utf-8")
DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """One response, whom it answers, and what it says."""

    name: str
    options: dict[str, Any] = field(default_factory=dict)
    response: bytes
    pieces: list[Piece]

    @property
    def target(self) -> Target:
        """The target that was asked."""
        return Target(name=self.name, provider="openai", model="m", options=self.options)

    def told(self) -> str:
        """The expectation as it stands in the file."""
        pieces = [[type(piece).__name__, msgspec.to_builtins(piece)] for piece in self.pieces]
        return json.dumps({"options": self.options, "pieces": pieces}, ensure_ascii=False, indent=1)


def event(payload: object) -> bytes:
    """One chunk of a stream."""
    return b"data: " + json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode() + b"\n\n"


def chunk(delta: dict[str, Any] | None, finish: str | None = None, **more: object) -> bytes:
    """A chunk with one choice."""
    choice: dict[str, Any] = {"index": 0, "logprobs": None, "finish_reason": finish}
    if delta is not None:
        choice["delta"] = delta
    return event({"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "m", "choices": [choice], **more})


def chunked(*parts: bytes, headers: tuple[tuple[str, str], ...] = (), whole: bool = True) -> bytes:
    """A chunked response; not whole: the connection is cut after the last part."""
    head = encode_head(200, [DATE, SSE, ("Transfer-Encoding", "chunked"), *headers])
    return head + b"".join(encode_chunk(part) for part in parts) + (LAST_CHUNK if whole else b"")


def sized(status: int, body: object, *headers: tuple[str, str]) -> bytes:
    """A response of known length: JSON, or bytes as they are."""
    data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    kind = () if any(name == "Content-Type" for name, _ in headers) else (("Content-Type", "application/json"),)
    return encode_head(status, [DATE, *kind, ("Content-Length", str(len(data))), *headers]) + data


def failed(outcome: Outcome, code: str, message: str) -> Piece:
    """A refusal, as a piece."""
    return Failed(outcome=outcome, failure=Failure(code=code, message=message))


_USAGE = {"prompt_tokens": 11, "completion_tokens": 3, "total_tokens": 14}
_ANSWER = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "四です。", "refusal": None}, "finish_reason": "stop"}],
    "usage": {**_USAGE, "prompt_tokens_details": None},
}  # fmt: skip
_SAID: list[Piece] = [Text(text="四です。"), Stop(reason="stop"), Completed()]
_COUNTED = UsageReport(source="body", input_tokens=11, output_tokens=3)

STREAMS = [
    Transcript(
        name="openai_text",
        options={"tier": "priority"},
        response=chunked(
            chunk({"role": "assistant", "content": "", "refusal": None}, usage=None, service_tier="default"),
            chunk({"content": "The"}, usage=None, obfuscation="x9"),
            chunk({"content": " fox, 狐 🦊"}, usage=None, obfuscation="Qm3"),
            chunk({}, "stop", usage=None),
            event(
                {
                    "object": "chat.completion.chunk",
                    "choices": [],
                    "usage": {
                        **_USAGE,
                        "prompt_tokens_details": {"cached_tokens": 8, "audio_tokens": 0},
                        "completion_tokens_details": {"reasoning_tokens": 0},
                    },
                }
            ),
            DONE,
            headers=(("x-request-id", "req_1"), ("openai-processing-ms", "231"), ("x-ratelimit-remaining-requests", "9")),
        ),
        pieces=[
            Served(tier="default"),
            Text(text="The"),
            Text(text=" fox, 狐 🦊"),
            Stop(reason="stop"),
            Completed(),
            UsageReport(source="stream", input_tokens=11, output_tokens=3, cache_read_tokens=8),
            Completed(),
        ],
    ),
    Transcript(
        name="openai_tools_and_refusal",
        response=chunked(
            chunk({"role": "assistant", "content": None, "tool_calls": [
                {"index": 0, "id": "call_1", "type": "function", "function": {"name": "look", "arguments": ""}}
            ]}),
            chunk({"tool_calls": [{"index": 0, "function": {"arguments": '{"city":'}}]}),
            chunk({"tool_calls": [{"index": 0, "function": {"arguments": '"東京"}'}}]}),
            chunk({"refusal": "I cannot."}),
            chunk({}, "tool_calls"),
            DONE,
        ),
        pieces=[
            ToolInput(text='{"city":'),
            ToolInput(text='"東京"}'),
            Text(text="I cannot."),
            Stop(reason="tool_calls"),
            Completed(),
            Completed(),
        ],
    ),
    Transcript(
        name="vllm_reasoning_and_running_usage",
        response=chunked(
            chunk({"role": "assistant", "content": ""}, usage={"prompt_tokens": 11, "completion_tokens": 0}),
            chunk({"reasoning_content": "Hm", "reasoning": "Hm"}, usage={"prompt_tokens": 11, "completion_tokens": 1}),
            chunk({"content": "Four"}, usage={"prompt_tokens": 11, "completion_tokens": 2}),
            chunk({"content": ""}, "stop", stop_reason=None, usage={"prompt_tokens": 11, "completion_tokens": 3}),
            event({"object": "chat.completion.chunk", "choices": None, "usage": _USAGE}),
            DONE,
        ),
        pieces=[
            UsageReport(source="stream", input_tokens=11, output_tokens=0),
            Reasoning(text="Hm"),
            UsageReport(source="stream", input_tokens=11, output_tokens=1),
            Text(text="Four"),
            UsageReport(source="stream", input_tokens=11, output_tokens=2),
            Stop(reason="stop"),
            Completed(),
            UsageReport(source="stream", input_tokens=11, output_tokens=3),
            UsageReport(source="stream", input_tokens=11, output_tokens=3),
            Completed(),
        ],
    ),
    Transcript(
        name="vllm_failed_midway",
        response=chunked(
            chunk({"role": "assistant", "content": ""}),
            chunk({"content": "Once"}),
            event({"error": {"message": "EngineCore died", "type": "InternalServerError", "param": None, "code": 500}}),
            DONE,
        ),
        pieces=[Text(text="Once"), failed("server_error", "http_500", "EngineCore died"), Completed()],
    ),
    Transcript(
        name="azure_filter_results",
        response=chunked(
            event({"id": "", "choices": [], "created": 0, "model": "", "object": "", "prompt_filter_results": [{}]}),
            chunk({"role": "assistant"}, content_filter_results={}),
            chunk({"content": "Hello"}),
            chunk(None, content_filter_offsets={"check_offset": 1}),
            chunk({}, "content_filter"),
            DONE,
        ),
        pieces=[Text(text="Hello"), Stop(reason="content_filter"), Completed(), Completed()],
    ),
    Transcript(
        name="openrouter_comments_and_reasoning",
        response=chunked(
            b": OPENROUTER PROCESSING\n\n",
            chunk({"role": "assistant", "content": "", "reasoning": None}),
            b": OPENROUTER PROCESSING\n\n",
            chunk({"content": "", "reasoning": "Hm", "reasoning_details": [{"type": "reasoning.text", "text": "Hm"}]}),
            chunk({"content": "Four"}),
            chunk({"content": ""}, "stop", native_finish_reason="completed"),
            chunk({"role": "assistant", "content": ""}, usage={**_USAGE, "cost": 0.0001}),
            DONE,
            headers=(("X-Generation-Id", "gen-1"),),
        ),
        pieces=[
            Reasoning(text="Hm"),
            Text(text="Four"),
            Stop(reason="stop"),
            Completed(),
            UsageReport(source="stream", input_tokens=11, output_tokens=3),
            Completed(),
        ],
    ),
    Transcript(
        name="openrouter_failed_midway",
        response=chunked(
            chunk({"content": "Once"}),
            chunk({"content": ""}, "error", error={"code": 429, "message": "Provider returned error"}),
        ),
        pieces=[Text(text="Once"), failed("throttled", "http_429", "Provider returned error")],
    ),
    Transcript(
        name="mistral_thinking_parts",
        options={"usage": False},
        response=chunked(
            chunk({"role": "assistant", "content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]}]}),
            chunk({"content": "Four"}),
            chunk({"content": ""}, "length", usage=_USAGE),
            DONE,
        ),
        pieces=[
            Reasoning(text="Hm"),
            Text(text="Four"),
            Stop(reason="length"),
            Completed(),
            UsageReport(source="stream", input_tokens=11, output_tokens=3),
            Completed(),
        ],
    ),
    Transcript(
        name="deepseek_keep_alive",
        response=chunked(
            b": keep-alive\n\n: keep-alive\n\n",
            chunk({"role": "assistant", "content": None, "reasoning_content": "Hm"}),
            chunk({"content": "Four", "reasoning_content": None}),
            chunk({"content": ""}, "stop", usage={**_USAGE, "prompt_cache_hit_tokens": 8, "prompt_cache_miss_tokens": 3}),
            DONE,
        ),
        pieces=[
            Reasoning(text="Hm"),
            Text(text="Four"),
            Stop(reason="stop"),
            Completed(),
            UsageReport(source="stream", input_tokens=11, output_tokens=3, cache_read_tokens=8),
            Completed(),
        ],
    ),
    Transcript(
        name="odd_framing_closed_without_done",
        # A byte order mark, CRLF, no space after the colon, ids, names, an event in two lines, no [DONE]: the end is the connection's.
        response=encode_head(200, [DATE, SSE, ("Connection", "close")])
        + "\ufeff:hello\r\nretry:1000\r\n\r\n".encode()
        + b'id:1\r\nevent:message\r\ndata:{"choices":[{"index":0,\r\ndata:"delta":{"content":"Four"}}]}\r\n\r\n'
        + b'event:chunk\r\ndata:{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\r\n\r\n',
        pieces=[Text(text="Four"), Stop(reason="stop"), Completed()],
    ),
    Transcript(
        name="several_choices",
        response=chunked(
            event({"choices": [
                {"index": 1, "delta": {"content": "other"}, "finish_reason": "stop"}, {"index": 0, "delta": {"content": "Four"}}
            ]}),
            event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}),
            DONE,
        ),
        pieces=[Text(text="Four"), Stop(reason="stop"), Completed(), Completed()],
    ),
    Transcript(
        name="cut_before_the_end",
        response=chunked(chunk({"role": "assistant"}), chunk({"content": "Once upon"}), whole=False),
        pieces=[Text(text="Once upon")],
    ),
]  # fmt: skip

BODIES = [
    Transcript(
        name="whole_answer",
        options={"stream": False},
        response=sized(200, _ANSWER, ("openai-processing-ms", "812"), ("x-request-id", "req_2")),
        pieces=[ServiceTime(total_ns=812 * MS), *_SAID, _COUNTED, Completed()],
    ),
    Transcript(
        name="deepseek_blank_lines_before_a_whole_answer",
        options={"stream": False},
        response=sized(200, b"\n\n\n" + json.dumps(_ANSWER).encode()),
        pieces=[*_SAID, _COUNTED, Completed()],
    ),
    Transcript(
        name="stream_was_ignored",
        response=sized(200, _ANSWER),
        pieces=[*_SAID, _COUNTED, Completed()],
    ),
    Transcript(
        name="stream_was_not_asked_for",
        options={"stream": False},
        response=chunked(chunk({"content": "Four"}), chunk({}, "stop"), DONE),
        pieces=[Text(text="Four"), Stop(reason="stop"), Completed(), Completed()],
    ),
    Transcript(
        name="error_under_status_200",
        response=sized(200, {"error": {"message": "Provider returned error", "code": 502}, "user_id": "u"}),
        pieces=[failed("server_error", "http_502", "Provider returned error")],
    ),
]

REFUSED = [
    Transcript(
        name="refused_wrong_key",
        response=sized(401, {"error": {"message": "Incorrect API key provided: sk-abc12345xyz. You can find yours.",
                                       "type": "invalid_request_error", "param": None, "code": "invalid_api_key"}}),
        pieces=[failed("refused", "invalid_api_key", "Incorrect API key provided: ***. You can find yours.")],
    ),
    Transcript(
        name="refused_no_quota",
        response=sized(429, {"error": {"message": "You exceeded your current quota.", "type": "insufficient_quota",
                                       "param": None, "code": "insufficient_quota"}}),
        pieces=[failed("refused", "insufficient_quota", "You exceeded your current quota.")],
    ),
    Transcript(
        name="refused_rate_limit",
        response=sized(429, {"error": {"message": "Rate limit reached.", "type": "tokens", "code": "rate_limit_exceeded"}},
                       ("retry-after", "20")),
        pieces=[failed("throttled", "rate_limit_exceeded", "Rate limit reached.")],
    ),
    Transcript(
        name="refused_model_vllm",
        response=sized(404, {"object": "error", "message": "The model `m` does not exist.", "type": "NotFoundError", "code": 404}),
        pieces=[failed("refused", "http_404", "The model `m` does not exist.")],
    ),
    Transcript(
        name="refused_model_ollama",
        response=sized(404, {"error": {"message": 'model "m" not found, try pulling it first', "type": "api_error", "code": None}}),
        pieces=[failed("refused", "http_404", 'model "m" not found, try pulling it first')],
    ),
    Transcript(
        name="refused_fields_mistral",
        response=sized(422, {"object": "error", "message": {"detail": [{"type": "extra_forbidden"}]},
                             "type": "invalid_request_error", "code": None}),
        pieces=[failed("refused", "invalid_request_error", '{"detail":[{"type":"extra_forbidden"}]}')],
    ),
    Transcript(
        name="refused_by_proxy",
        response=sized(502, b"<html><h1>502 Bad Gateway</h1></html>\n", ("Content-Type", "text/html")),
        pieces=[failed("server_error", "http_502", "<html><h1>502 Bad Gateway</h1></html>")],
    ),
]  # fmt: skip

TRANSCRIPTS = [*STREAMS, *BODIES, *REFUSED]

if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for transcript in TRANSCRIPTS:
        (FOLDER / f"{transcript.name}.http").write_bytes(transcript.response)
        (FOLDER / f"{transcript.name}.json").write_text(transcript.told() + "\n", encoding="utf-8")
