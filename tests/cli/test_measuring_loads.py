"""What a verdict needs is loaded beside the measuring, and only once the first requests are on their way."""

import threading
from typing import Any
from unittest.mock import MagicMock

import msgspec

from hayai.ask.plan import Limits, Rules
from hayai.cli.agent_process import AgentProcess
from hayai.cli.looking import Looker
from hayai.cli.measuring import Interruptions, carry_out
from hayai.cli.watching import Watcher
from hayai.keep.records import RequestRecord
from hayai.measure.messages import Began, CycleEnded, Ended, FromAgent, Run
from tests.decide.made import a_plan, a_prompt, a_record, a_target


def happened(*messages: FromAgent | None) -> list[str]:
    """What the parent heard (or did not) and when it loaded, in order."""
    seen: list[str] = []
    coming = iter(messages)

    def hear(_timeout_s: float) -> FromAgent | None:
        message = next(coming)
        seen.append("silence" if message is None else type(message).__name__)
        return message

    agent, looker = MagicMock(spec=AgentProcess), MagicMock(spec=Looker, answer=None, trouble=None)
    agent.hear.side_effect = hear
    looker.load.side_effect = lambda: seen.append("load")
    run = Run(path="nowhere", limits=Limits(max_requests=9))
    looker.detectable = ()
    carry_out(agent, run, MagicMock(spec=Watcher), looker, Interruptions())
    return seen


def test_nothing_is_loaded_before_the_agent_is_at_work_and_has_been_left_alone() -> None:
    """Silence before `Began` is the opening of connections; the one after it follows the first requests."""
    seen = happened(None, Began(agent="a1"), None, CycleEnded(cycle=0), Ended(reason="cycles"))
    assert seen == ["silence", "Began", "silence", "load", "CycleEnded", "Ended"]


def test_a_run_that_is_over_at_once_loads_nothing_beside_it() -> None:
    """The look itself loads what it needs then."""
    assert happened(Began(agent="a1"), CycleEnded(cycle=0), Ended(reason="cycles")) == ["Began", "CycleEnded", "Ended"]


def test_what_a_plan_can_tell_is_known_as_soon_as_looks_are_loaded() -> None:
    """Of a new run that may end by its answer; one that goes on has said it before, and one up to its limits has no use for it."""
    plan = a_plan((a_target("a"), a_target("b")), (a_prompt("p"), a_prompt("q")))

    def loaded(*before: RequestRecord, **rules: Any) -> Looker:
        looker = Looker(msgspec.structs.replace(plan, rules=Rules(**rules)), plan.limits, before, may_end=True)
        looker.load()
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and not thread.daemon:
                thread.join()
        return looker

    assert [one.noise for one in loaded().detectable] == ["calm", "realistic", "rough"]
    assert loaded(a_record("a")).detectable == ()
    assert loaded(stopping="limits").detectable == ()
