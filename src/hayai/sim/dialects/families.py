"""In which words does each family ask and answer? Which family speaks which form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from hayai.sim.dialects import claude, converse, llama, mistral, nova
from hayai.sim.dialects.answer import Answer, Asked, Event, Json


class Dialect(NamedTuple):
    """A form of request and response."""

    read: Callable[[Json], Asked]
    body: Callable[[Answer, Json | None], Json]
    events: Callable[[Answer], Iterator[Event]]


CONVERSE = Dialect(converse.read, converse.body, converse.events)

NATIVE: dict[str, Dialect] = {
    "claude": Dialect(claude.read, claude.body, claude.events),
    "nova": Dialect(nova.read, nova.body, nova.events),
    "llama": Dialect(llama.read, llama.body, llama.events),
    "mistral_text": Dialect(mistral.read_text, mistral.text_body, mistral.text_events),
    "mistral_chat": Dialect(mistral.read_chat, mistral.chat_body, mistral.chat_events),
}
"""What InvokeModel speaks, by family."""
