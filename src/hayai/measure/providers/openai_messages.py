"""How does a prompt become chat messages? System text first, images as data URLs, tools as functions.

The target's system text and the prompt's go out as one message: the chat templates of many models refuse a second one.
"""

from __future__ import annotations

from typing import Any

from hayai.ask.plan import Message, Part, Prompt, Target, TextPart, Tool
from hayai.measure.providers.content import base64_of, opening


def opening_messages(target: Target, prompt: Prompt, nonce: str | None) -> list[Message | str]:
    """System text (plain), if any, and turns, in the order they are sent; the nonce stands before everything that a cache could hold."""
    system, messages = opening(target, prompt, nonce)
    return [*(["\n\n".join(system)] if system else []), *messages]


def message_json(message: Message | str) -> dict[str, Any]:
    """One message. A turn of one text is written as that text, which every compatible server takes."""
    if isinstance(message, str):
        return {"role": "system", "content": message}
    if len(message.parts) == 1 and isinstance(message.parts[0], TextPart):
        return {"role": message.role, "content": message.parts[0].text}
    return {"role": message.role, "content": [_part_json(part) for part in message.parts]}


def _part_json(part: Part) -> dict[str, Any]:
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    return {"type": "image_url", "image_url": {"url": f"data:image/{part.format};base64,{base64_of(part)}"}}


def tool_json(tool: Tool) -> dict[str, Any]:
    """A tool that the model may call."""
    function = {"name": tool.name, "description": tool.description, "parameters": tool.schema}
    return {"type": "function", "function": function}
