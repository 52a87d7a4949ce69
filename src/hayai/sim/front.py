"""Whom is this request for? Path and signature say it: Bedrock, the OpenAI-compatible service, or one that tells about the account."""

from __future__ import annotations

from hayai.sim.account import Account
from hayai.sim.bedrock import Bedrock
from hayai.sim.control.asking import read_ask
from hayai.sim.control.plane import ControlPlane
from hayai.sim.openai import OpenAI
from hayai.sim.reply import Reply
from hayai.wire.http1 import Request

_OPENAI = ("/v1/", "/chat/completions", "/models")
"""How the paths of the OpenAI-compatible service begin; all of Bedrock's begin with `/model/`, and so it has the rest."""


class Front:
    """All services of one account behind one address."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._bedrock, self._openai, self._control = Bedrock(account), OpenAI(account), ControlPlane(account)
        self._ahead_ns = round(account.profile.account.clock_s * 1e9)

    def respond(self, request: Request, *, number: int, request_id: str, now_ns: int, wall_ns: int) -> Reply:
        """The response to one complete request. What is wrong with the request is the response: nothing is raised."""
        wall_ns += self._ahead_ns
        if request.raw_path.startswith(_OPENAI):
            return self._openai.respond(request, number=number, request_id=request_id, now_ns=now_ns, wall_ns=wall_ns)
        ask = read_ask(request)
        if ask is not None:
            return self._control.respond(request, ask, request_id=request_id, now_ns=now_ns, wall_ns=wall_ns)
        return self._bedrock.respond(request, number=number, request_id=request_id, now_ns=now_ns, wall_ns=wall_ns)
