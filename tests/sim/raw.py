"""A client that shows the simulator's bytes as they are: the standard library's HTTP, botocore's event-stream decoder, nothing of ours."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from botocore.eventstream import EventStreamBuffer, EventStreamMessage

HAIKU = "us.anthropic.claude-3-5-haiku-20241022-v1:0"
NOVA = "us.amazon.nova-pro-v1:0"
PROMPT = "Explain containers (Docker) from the basics to a beginner."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One response. Header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def frames(self) -> list[tuple[str, dict[str, Any]]]:
        """Event type and payload of each frame of an event stream."""
        return [(kind_of(message), json.loads(message.payload)) for message in decode(self.body)]


def kind_of(message: Any) -> str:
    """The event's name; of an exception, the exception's."""
    headers = headers_of(message)
    return headers.get(":event-type") or headers[":exception-type"]


def headers_of(message: Any) -> dict[str, str]:
    """The headers of a message; botocore's type stubs think them numbers."""
    return dict(message.headers)


def decode(body: bytes) -> list[EventStreamMessage]:
    """The messages of an event stream, by botocore."""
    buffer = EventStreamBuffer()
    buffer.add_data(body)
    return list(buffer)


def call(url: str, operation: str, model: str, body: object, headers: dict[str, str] | None = None) -> Answer:
    """One call of Bedrock on a connection of its own; `model` goes into the path as it is, a body that is no bytes as JSON."""
    return post(url, f"/model/{model}/{operation}", body, headers)


def post(url: str, path: str, body: object, headers: dict[str, str] | None = None, *, method: str = "POST") -> Answer:
    """One request on a connection of its own; a body that is no bytes goes as JSON."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc, timeout=20)
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    try:
        connection.request(method, path, data, headers or {})
        response = connection.getresponse()
        told = {name.lower(): value for name, value in response.getheaders()}
        return Answer(status=response.status, headers=told, body=response.read())
    finally:
        connection.close()


def converse_body(prompt: str = PROMPT, /, **more: object) -> dict[str, object]:
    """A Converse request."""
    return {"messages": [{"role": "user", "content": [{"text": prompt}]}], **more}


def claude_body(prompt: str = PROMPT, /, **more: object) -> dict[str, object]:
    """A Messages request as InvokeModel takes it."""
    whole = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 100}
    return whole | {"messages": [{"role": "user", "content": [{"type": "text", "text": prompt}]}]} | more


def nova_body(prompt: str = PROMPT, /, **more: object) -> dict[str, object]:
    """A Nova request as InvokeModel takes it."""
    return {"schemaVersion": "messages-v1", "messages": [{"role": "user", "content": [{"text": prompt}]}], **more}


def chat_body(prompt: str = PROMPT, /, **more: object) -> dict[str, object]:
    """A chat completion of a model that only `*` knows."""
    return {"model": "any-name", "messages": [{"role": "user", "content": prompt}], **more}
