"""How does one response leave? Each write stamped right before it is made, and all of them remembered until the last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hayai.clock import now_ns
from hayai.sim.line import Line
from hayai.sim.reply import Reply
from hayai.sim.schedule import Send
from hayai.sim.truth import Ended, Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A request's place in the server's life."""

    request_id: str
    number: int
    connection: int
    received_at_ns: int
    keep_alive: bool


class Response:
    """One response on its way out; what the schedule calls a stream. `over` is called once, after the last write."""

    def __init__(
        self,
        line: Line,
        reply: Reply,
        arrival: Arrival,
        over: Callable[[Response, Ended], None],
    ) -> None:
        self.sends: Iterator[Send] = reply.sends
        self.start_ns = arrival.received_at_ns
        self.arrival = arrival
        self._line, self._reply, self._over = line, reply, over
        self._ended: Ended = "complete"
        self._head_ns: int | None = None
        self._last_ns: int | None = None
        self._blocked = 0
        # Parallel lists of numbers and letters: unlike a list of objects they cost the garbage collector nothing.
        self._kinds: list[str] = []
        self._due_ns: list[int] = []
        self._sent_ns: list[int] = []
        self._chars: list[int] = []
        self._tokens: list[int] = []

    def write(self, send: Send, due_ns: int) -> bool:
        """Write now. False: the client is gone, or a fault ends the connection here."""
        line = self._line
        if line.closing:
            self._ended = "client_gone"
            return False
        if line.waiting:
            self._blocked += 1
        if send.data:
            sent_ns = now_ns()
            line.write(send.data)
            self._note(send, due_ns, sent_ns)
        if send.then:
            self._ended = send.then
            if send.then == "reset":
                line.reset()
            else:
                line.close()
            return False
        return True

    def _note(self, send: Send, due_ns: int, sent_ns: int) -> None:
        self._last_ns = sent_ns
        if self._head_ns is None:
            self._head_ns = sent_ns
        if send.kind not in {"h", "z"}:
            self._kinds.append(send.kind)
            self._due_ns.append(due_ns - self.start_ns)
            self._sent_ns.append(sent_ns - self.start_ns)
            self._chars.append(send.chars)
            self._tokens.append(send.tokens)

    def finished(self) -> None:
        """Tell that it is over."""
        self._over(self, self._ended)

    def truth(self, ended: Ended) -> Truth:
        """All that is known of this response."""
        facts, arrival = self._reply.facts, self.arrival
        return Truth(
            request_id=arrival.request_id,
            number=arrival.number,
            connection=arrival.connection,
            received_at_ns=arrival.received_at_ns,
            operation=facts.operation,
            model=facts.model,
            status=self._reply.status,
            head_at_ns=self._head_ns,
            last_at_ns=self._last_ns,
            kinds="".join(self._kinds),
            due_ns=tuple(self._due_ns),
            sent_ns=tuple(self._sent_ns),
            chars=tuple(self._chars),
            tokens=tuple(self._tokens),
            ended=ended,
            blocked=self._blocked,
            prompt_topic=facts.prompt_topic,
            region=facts.region,
            requested_latency=facts.requested_latency,
            served_latency=facts.served_latency,
            tier=facts.tier,
            input_tokens=facts.input_tokens,
            output_tokens=facts.output_tokens,
            ttft_ns=facts.ttft_ns,
            itl_ns=facts.itl_ns,
            fault=facts.fault,
            error=facts.error,
            attempt=facts.attempt,
        )
