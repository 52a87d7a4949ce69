"""What may a prompt say?

The one schema for prompts from every source. A prompt is either a text (`text`, or `prompt`) or a whole conversation (`messages`), and may
bring a system text, tools, the longest answer, and what is expected of answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Field,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from hayai.ask.expect_schema import ExpectFields
from hayai.ask.plan import Message, Part, Prompt, TextPart, Tool
from hayai.ask.suggest import echo, suggest
from hayai.ask.suites.images import decode_image, read_image
from hayai.ask.suites.plain import LONGEST_LABEL, is_label, is_prompt_id
from hayai.ask.suites.warmup import WARMUP_ID
from hayai.ask.validation import FieldProblem, Fields, half_characters, join_place, problems_of
from hayai.errors import Problem

ROLES = ("user", "assistant")

_TOOL_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def _check_id(text: str) -> str:
    if not is_prompt_id(text):
        raise FieldProblem("suite.bad_id", word=echo(text))
    if text == WARMUP_ID:
        raise FieldProblem("suite.reserved_id", word=text)
    return text


def _check_text(text: str) -> str:
    if not text.strip():
        raise FieldProblem("suite.empty_prompt")
    return text


def _check_label(text: str) -> str:
    if not is_label(text):
        raise FieldProblem("suite.bad_label", longest=LONGEST_LABEL)
    return text


def _check_tool_name(text: str) -> str:
    if _TOOL_NAME.fullmatch(text) is None:
        raise FieldProblem("suite.bad_tool_name")
    return text


def _check_json(value: dict[str, Any]) -> dict[str, Any]:
    """TOML and YAML know values that JSON does not (dates, infinity), and YAML even circles."""
    try:
        plain: dict[str, Any] = json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        raise FieldProblem("field.not_json", word="schema") from None
    return plain


Text = Annotated[str, AfterValidator(_check_text)]
Label = Annotated[str, AfterValidator(_check_label)]


class PartFields(Fields):
    """A stretch of a message: a text, or an image from a file or in base64."""

    text: Text | None = None
    image: str | None = None
    image_base64: str | None = None
    format: str | None = None
    _part: Part = PrivateAttr()

    @model_validator(mode="after")
    def _one_thing(self, info: ValidationInfo) -> PartFields:
        said = [name for name in ("text", "image", "image_base64") if getattr(self, name) is not None]
        if len(said) != 1 or (self.format is not None and self.image_base64 is None):
            raise FieldProblem("suite.part_unclear")
        part: Part
        if self.text is not None:
            part = TextPart(text=self.text)
        elif self.image is not None:
            part = read_image(_folder(info) / self.image)
        else:
            part = decode_image(self.image_base64 or "", self.format)
        self._part = part
        return self

    @property
    def part(self) -> Part:
        """The part, its image read."""
        return self._part


def _folder(info: ValidationInfo) -> Path:
    return Path() if info.context is None else Path(info.context["folder"])


class MessageFields(Fields):
    """One turn. A plain text stands for a list of one text."""

    role: str
    content: Annotated[list[PartFields], Field(min_length=1)]

    @field_validator("role")
    @classmethod
    def _known_role(cls, role: str) -> str:
        if role not in ROLES:
            raise FieldProblem("suite.unknown_role", word=echo(role), known=", ".join(ROLES))
        return role

    @field_validator("content", mode="before")
    @classmethod
    def _text_is_content(cls, content: Any) -> Any:
        return [{"text": _check_text(content)}] if isinstance(content, str) else content

    def message(self) -> Message:
        """The turn as the plan holds it."""
        role: Literal["user", "assistant"] = "assistant" if self.role == "assistant" else "user"
        return Message(role=role, parts=tuple(part.part for part in self.content))


class ToolFields(Fields):
    """A tool the model may call."""

    name: Annotated[str, AfterValidator(_check_tool_name)]
    description: Text
    input_schema: Annotated[dict[str, Any], AfterValidator(_check_json)] = Field(alias="schema")


class PromptFields(Fields):
    """One prompt, from whichever source."""

    id: Annotated[str, AfterValidator(_check_id)] | None = None
    category: Label | None = None
    language: Label | None = None
    text: Text | None = None
    prompt: Text | None = None
    system: Text | None = None
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    messages: Annotated[list[MessageFields], Field(min_length=1)] | None = None
    tools: list[ToolFields] | None = None
    expect: ExpectFields | None = None


TEXT_KEYS = ("text", "prompt", "messages")
"""Where a prompt says what is asked; exactly one of them."""


def read_prompt(fields: object, *, place: str, default_id: str, folder: Path) -> tuple[Prompt | None, list[Problem]]:
    """The prompt that `fields` describe, or every problem with them. `folder` is where images are looked for."""
    problems = half_characters(fields, place=place)
    if isinstance(fields, Mapping):
        problems += _whole_problems(fields, place)
    try:
        valid = PromptFields.model_validate(fields, context={"folder": folder})
    except ValidationError as error:
        return None, [*problems_of(error, PromptFields, place=place), *problems]
    return (None, problems) if problems else (_build(valid, default_id), [])


def _whole_problems(fields: Mapping[Any, Any], place: str) -> list[Problem]:
    """What no single field can tell: which of the texts there is, and who speaks last. Looked at even when single fields are wrong."""
    said = [key for key in TEXT_KEYS if fields.get(key) is not None]
    misspelt = [key for key in fields if key not in PromptFields.model_fields and suggest(str(key), TEXT_KEYS)]
    if not said and not misspelt:
        return [Problem(place=place, key="suite.no_text")]
    if len(said) > 1:
        return [Problem(place=place, key="suite.two_texts", values={"keys": ", ".join(said)})]
    messages = fields.get("messages")
    last = messages[-1] if isinstance(messages, list) and messages else None
    if isinstance(last, Mapping) and last.get("role") == "assistant":
        where = join_place(place, ("messages", len(messages) - 1 if isinstance(messages, list) else 0))
        return [Problem(place=where, key="suite.last_not_user")]
    return []


def _build(valid: PromptFields, default_id: str) -> Prompt:
    if valid.messages is None:
        text = valid.text if valid.text is not None else valid.prompt or ""
        messages: tuple[Message, ...] = (Message(role="user", parts=(TextPart(text=text),)),)
    else:
        messages = tuple(message.message() for message in valid.messages)
    tools = tuple(Tool(name=t.name, description=t.description, schema=t.input_schema) for t in valid.tools or ())
    return Prompt(
        id=valid.id or default_id,
        messages=messages,
        category=valid.category,
        language=valid.language,
        system=valid.system,
        max_tokens=valid.max_tokens,
        tools=tools,
        expect=None if valid.expect is None else valid.expect.expectations,
    )
