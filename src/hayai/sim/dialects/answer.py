"""What is an answer, before any family puts it into its own words? The nouns that all dialects share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec

from hayai.sim.answer import count_tokens
from hayai.sim.refusals import MISSING_KEY, NOT_JSON, Refusal, invalid

Json = dict[str, Any]
PieceKind = Literal["t", "r", "u"]

_IMAGE_TOKENS = 1500
_DEEPEST = 50
_CHARACTERS_PER_BINARY_TOKEN = 16


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """A tool that the request offers: its name and the JSON schema of its input."""

    name: str
    schema: Json


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the body of a request asks for."""

    prompt: str
    """Text of the last user message."""
    input_tokens: int
    max_tokens: int | None = None
    reasoning: int | None = None
    """Budget of reasoning tokens; None: not asked for."""
    tools: tuple[Tool, ...] = ()
    latency: str | None = None
    tier: str | None = None
    metadata: Mapping[str, str] = {}
    prefix: str | None = None
    """Everything before the last cache point, in one text; None: no such point."""
    prefix_tokens: int = 0


class Piece(msgspec.Struct, frozen=True, gc=False):
    """What one chunk holds, and when it is due (ns after the complete request): text, reasoning or tool input.

    Not tracked by the garbage collector, whose pauses would make other streams late: there are hundreds of these in each stream.
    """

    kind: PieceKind
    text: str
    tokens: int
    offset_ns: int


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A whole answer with its timing."""

    id: str
    """Random letters and digits, for message and tool call ids."""
    model_id: str
    pieces: Sequence[Piece]
    stop: Literal["end_turn", "max_tokens", "tool_use"]
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    latency: str | None
    """Latency mode to echo; None: not asked for."""
    tier: str | None
    head_ns: int
    first_ns: int
    total_ns: int
    tool: str | None = None
    """Name of the tool that is called."""
    padding: int = 0
    """Seed of the padding of its events."""

    def text(self, kind: PieceKind) -> str:
        """All text of one kind."""
        return "".join(piece.text for piece in self.pieces if piece.kind == kind)

    def blocks(self) -> Iterator[tuple[PieceKind, list[Piece]]]:
        """Runs of pieces of one kind, in order."""
        run: list[Piece] = []
        for piece in self.pieces:
            if run and run[0].kind != piece.kind:
                yield run[0].kind, run
                run = []
            run.append(piece)
        if run:
            yield run[0].kind, run

    @property
    def total_ms(self) -> int:
        """Whole response time as the service tells it."""
        return self.total_ns // 1_000_000

    @property
    def first_ms(self) -> int:
        """Time to the first piece as the service tells it."""
        return self.first_ns // 1_000_000


class Event(NamedTuple):
    """One event of a stream: the payload of a Converse event or of a family's own chunk, its name where it has one, and what it holds."""

    offset_ns: int
    name: str
    payload: Json
    kind: Literal["e", "t", "r", "u"] = "e"
    chars: int = 0
    tokens: int = 0


def signature(answer: Answer) -> str:
    """What stands for the signature of a reasoning block."""
    return f"SIMULATED{answer.id}=="


def parse_body(body: bytes) -> Json:
    """The JSON object in a request's body. Raises Refusal (400) for anything else."""
    try:
        parsed = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refusal("ValidationException", NOT_JSON) from None
    if not isinstance(parsed, dict):
        raise Refusal("ValidationException", NOT_JSON)
    return parsed


def require(body: Json, key: str) -> Any:
    """The value of a key that must be there. Raises Refusal (400)."""
    if key not in body:
        raise invalid(MISSING_KEY, key=key)
    return body[key]


def table(value: object) -> Json:
    """`value` if it is an object, else an empty one: what is optional and odd is passed over."""
    return value if isinstance(value, dict) else {}


def whole_number(value: object, key: str) -> int | None:
    """A count of tokens from 1 up, or None when absent. Raises Refusal (400)."""
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise invalid(
            "Malformed input request: #/{key}: expected an integer of at least 1, please reformat your input and try again.",
            key=key,
        )
    return value


def text_of(content: object) -> str:
    """All text of a message's content, whether a string or a list of blocks."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    return "\n".join(
        block["text"] for block in content if isinstance(block, dict) and isinstance(block.get("text"), str)
    )


def count_input(value: object, *, depth: int = _DEEPEST) -> int:
    """Tokens of any part of a request: text by the pseudo-tokenizer, an image a flat number, other binary data by its length.

    What is nested deeper than any real request counts nothing.
    """
    if depth == 0:
        return 0
    if isinstance(value, str):
        return count_tokens(value)
    if isinstance(value, list):
        return sum(count_input(item, depth=depth - 1) for item in value)
    if isinstance(value, dict):
        if "image" in value or value.get("type") in ("image", "image_url"):
            return _IMAGE_TOKENS
        if "bytes" in value or value.get("type") == "base64":
            return len(str(value.get("bytes", value.get("data", "")))) // _CHARACTERS_PER_BINARY_TOKEN
        return sum(
            count_input(item, depth=depth - 1) for key, item in value.items() if key not in ("type", "role", "format")
        )
    return 0


def last_user_text(messages: object) -> str:
    """Text of the last message of the role `user`. Raises Refusal (400) when there is no message."""
    if not isinstance(messages, list) or not messages:
        raise invalid(
            "A conversation must start with a user message. Try again with a conversation that starts with a user message."
        )
    users = [m for m in messages if isinstance(m, dict) and m.get("role") == "user"]
    return text_of(users[-1].get("content")) if users else ""


def reasoning_budget(fields: Json) -> int | None:
    """The budget in `thinking`, `reasoning_config` (Claude) or `reasoningConfig` (Nova); None when reasoning is not enabled."""
    for key in ("thinking", "reasoning_config", "reasoningConfig"):
        config = table(fields.get(key))
        if config.get("type") in ("enabled", "adaptive"):
            budget = config.get("budget_tokens")
            return budget if isinstance(budget, int) and budget > 0 else 1024
    return None
