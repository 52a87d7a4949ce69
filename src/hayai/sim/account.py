"""What do the services of the simulated account share? One profile, one behaviour, and the way from a call to what it gets.

Bedrock and the OpenAI-compatible service differ in how they are asked and in how they speak. What they do with a call is the same: its dice
are drawn from what was asked, a fault may hit it, and the behaviour says how long it takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from hayai.sim.access import Access
from hayai.sim.answer import topic_of
from hayai.sim.behaviour import Behaviour
from hayai.sim.compose import Composition, compose, visible_prompt
from hayai.sim.dialects.answer import Asked
from hayai.sim.faults import choose_fault
from hayai.sim.profile import Fault, Profile
from hayai.sim.refusals import Refusal
from hayai.sim.reply import Facts, Head
from hayai.sim.script import Script
from hayai.sim.signature import Keys
from hayai.sim.trail import Trail
from hayai.wire.http1 import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that is understood and allowed."""

    access: Access
    asked: Asked
    script: Script


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What a call gets, and what breaks in it."""

    composition: Composition
    fault: Fault | None


class Account:
    """One account in one region, as the profile has it. `keys` None: nobody is asked who they are."""

    def __init__(self, profile: Profile, *, seed: int, speed: float, keys: Keys | None, started_ns: int) -> None:
        self.profile, self.speed, self.keys = profile, speed, keys
        self.trail = Trail(profile, seed=seed, speed=speed)
        self._behaviour = Behaviour(profile, seed=seed, speed=speed, started_ns=started_ns)

    def head(self, request: Request, *, request_id: str, id_header: str, wall_ns: int) -> Head:
        """The headers that every response to `request` has."""
        return Head(
            request_id=request_id,
            id_header=id_header,
            wall_ns=wall_ns,
            label=f"{self.profile.name};speed={self.speed:g}",
            keep_alive=request.keep_alive,
        )

    def settle(
        self, call: Call, facts: Facts, head: Head, *, service: str, number: int, streamed: bool, now_ns: int
    ) -> Settled:
        """What this call gets. Raises Refusal for throttles and for errors that a fault makes.

        `service` keeps the dice of two services apart: the same question to both must not depend on who was asked first.
        """
        asked, access = call.asked, call.access
        facts.requested_latency, facts.tier, facts.input_tokens = asked.latency, asked.tier, asked.input_tokens
        facts.prompt_topic = topic_of(asked.prompt)
        identity = f"{service}{access.plain_id}|{asked.latency}|{asked.tier}|{visible_prompt(asked)}"
        random = self._behaviour.random_for(identity)
        fault = choose_fault(
            self.profile.faults,
            number=number,
            model=facts.model,
            scripted=call.script.fault,
            random=Random(random.getrandbits(64)),
        )
        if fault is not None:
            _refuse_if_told(fault, facts, streamed=streamed)
        composition = compose(
            asked, access, call.script, self._behaviour, random=random, topic=facts.prompt_topic, now_ns=now_ns
        )
        facts.take_course(composition.course)
        if self.profile.account.tells_region:
            head.region = composition.course.region
        return Settled(composition=composition, fault=fault)


def _refuse_if_told(fault: Fault, facts: Facts, *, streamed: bool) -> None:
    """Raises Refusal for the fault `error`, and for an exception in a stream where there is no stream."""
    if fault.kind == "error" or (fault.kind == "in_stream_exception" and not streamed):
        facts.fault = fault.kind
        raise Refusal(fault.error, fault.message)
