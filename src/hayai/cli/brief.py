"""Is anything in the way that should be said before money is spent? A short look while the agent gets ready, for some seconds at most.

It is made where real accounts are asked: an address on this machine that was given for model calls alone has no account behind it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping

from hayai.ask.plan import Plan, Target
from hayai.cli.telling import say
from hayai.clock import now_ns
from hayai.decide.checkup import Check, Checkup
from hayai.measure.providers.address import is_local
from hayai.measure.providers.registry import PROVIDERS
from hayai.show.locales import Texts

LIMIT_S = 6.0
"""How long a run may be kept waiting for it."""
ACCOUNT_VARIABLES = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_BEDROCK")
"""By these somebody says where the account itself is to be asked."""


class Brief:
    """The look, in a thread of its own: begun at once, told when the run is ready."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._targets = tuple(target for target in plan.targets if has_account(target, os.environ))
        self._found: list[Check] = []
        self._given_up = threading.Event()
        self._began_ns = now_ns()
        # A daemon: a question that nobody answers must not keep the command from ending.
        self._thread = threading.Thread(target=self._look, daemon=True)
        if self._targets:
            self._thread.start()

    def _look(self) -> None:
        try:
            from hayai.aws.checks.patient import Patient
            from hayai.aws.checks.registry import BRIEF
            from hayai.aws.doctor import admit, examine
            from hayai.clock import utc_today

            admitted = admit(self._targets, plan=self._plan, today=utc_today())
            patients = [found for _, found in admitted if isinstance(found, Patient)]
            for check in examine(patients, BRIEF, go_on=lambda: not self._given_up.is_set()):
                self._found.append(check)
        except Exception:  # noqa: BLE001  Advice that cannot be given is no reason not to measure.
            return

    def tell(self, texts: Texts) -> None:
        """Waits for what is still to come, not for long, and says what is in the way."""
        if not self._targets:
            return
        self._thread.join(max(0.0, LIMIT_S - (now_ns() - self._began_ns) / 1e9))
        self._given_up.set()
        from hayai.show.doctor import brief_text

        names = tuple(target.name for target in self._targets)
        checkup = Checkup(targets=names, checks=tuple(self._found), incomplete=self._thread.is_alive())
        say(brief_text(checkup, texts, limit_s=LIMIT_S))


def has_account(target: Target, environment: Mapping[str, str]) -> bool:
    """Whether there is an account of AWS to be asked about behind this target."""
    if PROVIDERS[target.provider].AUTH != "aws":
        return False
    asked = target.options.get("endpoint")
    if asked is None and any(environment.get(name) for name in ACCOUNT_VARIABLES):
        return True
    runtime = asked or environment.get("AWS_ENDPOINT_URL_BEDROCK_RUNTIME")
    return runtime is None or not is_local(str(runtime))
