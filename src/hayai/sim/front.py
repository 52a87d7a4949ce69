"""Whom is this request for? The path says which service of the account answers: Bedrock, or the OpenAI-compatible one."""

from __future__ import annotations

from hayai.sim.account import Account
from hayai.sim.bedrock import Bedrock
from hayai.sim.openai import OpenAI
from hayai.sim.reply import Reply
from hayai.wire.http1 import Request

_OPENAI = ("/v1/", "/chat/completions", "/models")
"""How the paths of the OpenAI-compatible service begin; all of Bedrock's begin with `/model/`, and so it has the rest."""


class Front:
    """All services of one account behind one address."""

    def __init__(self, account: Account) -> None:
        self._bedrock, self._openai = Bedrock(account), OpenAI(account)

    def respond(self, request: Request, *, number: int, request_id: str, now_ns: int, wall_ns: int) -> Reply:
        """The response to one complete request. What is wrong with the request is the response: nothing is raised."""
        service = self._openai if request.raw_path.startswith(_OPENAI) else self._bedrock
        return service.respond(request, number=number, request_id=request_id, now_ns=now_ns, wall_ns=wall_ns)
