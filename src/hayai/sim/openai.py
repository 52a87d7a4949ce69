"""What does the OpenAI-compatible service of the account answer? Chat completions and the list of its models.

Paths are taken with and without `/v1`. A model is named as profiles name them (`find_chat_access`); the same profile that makes a Bedrock
makes this service, with the same times, faults and scripts.
"""

from __future__ import annotations

from collections.abc import Mapping
from hmac import compare_digest

import msgspec

from hayai.sim.access import find_chat_access
from hayai.sim.account import Account, Call
from hayai.sim.dialects.openai import Chat, read, read_json, read_model
from hayai.sim.framing import Framing, read_framing
from hayai.sim.models import CATALOGUE
from hayai.sim.openai_refusals import ChatRefusal, chat_refusal_reply
from hayai.sim.openai_writing import write_chat, write_chunks
from hayai.sim.profile import Profile
from hayai.sim.refusals import Refusal
from hayai.sim.reply import Facts, Head, Reply
from hayai.sim.schedule import Send
from hayai.sim.script import read_script
from hayai.wire.http1 import Request, encode_head

_METHODS = {"/chat/completions": "POST", "/models": "GET"}


class OpenAI:
    """The simulated service."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def respond(self, request: Request, *, number: int, request_id: str, now_ns: int, wall_ns: int) -> Reply:
        """The response to one complete request. What is wrong with the request is the response: nothing is raised."""
        facts = Facts()
        head = self._account.head(request, request_id=request_id, id_header="x-request-id", wall_ns=wall_ns)
        headers = {name.lower(): value for name, value in request.headers}
        facts.attempt = headers.get("x-stainless-retry-count")
        try:
            self._check_key(headers.get("authorization", ""))
            path = request.raw_path.partition("?")[0].removeprefix("/v1")
            if path not in _METHODS:
                raise ChatRefusal(f"Invalid URL ({request.method} {request.raw_path})", status=404)
            if request.method != _METHODS[path]:
                raise ChatRefusal(f"Only {_METHODS[path]} requests are accepted.", status=405)
            if path == "/models":
                facts.operation = "models"
                return _write_models(self._account.profile, facts, head)
            call, chat, framing = self._read(request.body, headers, facts)
            settled = self._account.settle(
                call, facts, head, service="openai|", number=number, streamed=chat.streamed, now_ns=now_ns
            )
        except Refusal as refusal:
            return chat_refusal_reply(refusal, head, facts)
        facts.served_latency = None  # there are no latency modes here
        facts.input_tokens = settled.composition.answer.input_tokens + settled.composition.answer.cache_read_tokens
        if chat.streamed:
            return write_chunks(settled, chat, framing, facts, head, speed=self._account.speed)
        return write_chat(settled, facts, head, speed=self._account.speed)

    def _check_key(self, authorization: str) -> None:
        """Raises Refusal (401) unless the API key is the account's, where anybody is asked."""
        if self._account.keys is None:
            return
        scheme, _, key = authorization.partition(" ")
        if scheme.lower() != "bearer" or not key:
            raise Refusal("MissingAuthenticationTokenException")
        known = self._account.keys.get("openai", "")
        if not known or not compare_digest(key.strip().encode(), known.encode()):
            raise Refusal("UnrecognizedClientException")

    def _read(self, body: bytes, headers: Mapping[str, str], facts: Facts) -> tuple[Call, Chat, Framing]:
        """The chat that this request asks for. Raises Refusal when it makes no sense or may not be had."""
        facts.operation = "chat.completions"
        parsed = read_json(body)
        if parsed.get("stream") is True:
            facts.operation = "chat.completions-stream"
        facts.model = read_model(parsed)
        access = find_chat_access(self._account.profile, facts.model)
        chat = read(parsed)
        most, limit = chat.asked.max_tokens, access.model.max_output
        if most is not None and most > limit:
            text = f"max_tokens is too large: {most}. This model supports at most {limit} completion tokens."
            raise ChatRefusal(text, param="max_tokens", code="invalid_value")
        script = read_script(headers, chat.asked.metadata)
        return Call(access=access, asked=chat.asked, script=script), chat, read_framing(script.framing)


def _write_models(profile: Profile, facts: Facts, head: Head) -> Reply:
    """The models that may be asked for by name; `*` stands for all that hayai knows."""
    ids = [entry.id for entry in profile.models if entry.id != "*" and entry.state == "active"]
    if any(entry.id == "*" for entry in profile.models):
        ids += [model for model in CATALOGUE if model not in ids]
    models = [{"id": name, "object": "model", "created": 0, "owned_by": "hayai-sim"} for name in ids]
    data = msgspec.json.encode({"object": "list", "data": models})
    lines = head.lines([("Content-Type", "application/json"), ("Content-Length", str(len(data)))])
    return Reply(status=200, sends=iter((Send(0, encode_head(200, lines) + data, "b"),)), facts=facts)
