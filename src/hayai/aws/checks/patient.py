"""Whom is a check about, and what may it ask?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from hayai.ask.plan import Target
from hayai.aws.cloud import Cloud, Unanswered
from hayai.aws.demand import Demand
from hayai.aws.known import KnownModel, known
from hayai.aws.model_ids import Named, model_of_arn
from hayai.decide.checkup import Check, State, Topic
from hayai.measure.net.access import Access
from hayai.measure.providers.bedrock_options import api_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """One target with its way to the service. `cloud` is None where the service is not AWS's."""

    target: Target
    access: Access
    cloud: Cloud | None
    named: Named
    demand: Demand | None
    """None: nobody said what will be asked."""
    today: date

    @property
    def way(self) -> int:
        """The same number for targets that share account, Region and address."""
        return id(self.access if self.cloud is None else self.cloud)

    @property
    def action(self) -> str:
        """The IAM action of its calls."""
        streams = api_of(self.target).endswith("stream")
        return "bedrock:InvokeModelWithResponseStream" if streams else "bedrock:InvokeModel"

    @property
    def latency(self) -> str | None:
        """The latency mode asked for."""
        asked: str | None = self.target.options.get("latency")
        return asked

    def aws(self) -> Cloud:
        """Whom to ask; only for targets of AWS."""
        assert self.cloud is not None  # noqa: S101  Checks of AWS are only made of targets of AWS.
        return self.cloud

    def profile_facts(self) -> Mapping[str, Any] | None:
        """What GetInferenceProfile tells; None for a plain model. Raises Unanswered."""
        if self.named.kind not in ("profile", "application"):
            return None
        wanted = self.named.given if self.named.kind == "application" else self.named.ident
        return self.aws().ask("bedrock", "get_inference_profile", inferenceProfileIdentifier=wanted)

    def bare(self) -> str | None:
        """The foundation model's id, for an application profile by asking; None: not to be found out."""
        if self.named.bare is not None or self.named.kind != "application":
            return self.named.bare
        try:
            models = (self.profile_facts() or {}).get("models", [])
        except Unanswered:
            return None
        return model_of_arn(models[0]["modelArn"]) if models else None

    def facts(self) -> Mapping[str, Any]:
        """What GetFoundationModel tells. Raises Unanswered."""
        answer = self.aws().ask("bedrock", "get_foundation_model", modelIdentifier=self.bare() or self.named.ident)
        details: Mapping[str, Any] = answer.get("modelDetails", {})
        return details

    def known(self) -> KnownModel | None:
        """What hayai knows of the model by itself."""
        return known().model(self.bare())

    def check(self, topic: Topic, state: State, key: str, **values: Any) -> Check:
        """A finding about this target; `advice=` and `statement=` go their own way."""
        advice, statement = values.pop("advice", None), values.pop("statement", None)
        return Check(
            topic=topic,
            state=state,
            key=f"doctor.{key}",
            values={"model": self.target.model, "region": self.access.region or "", **values},
            advice=None if advice is None else f"doctor.advice.{advice}",
            target=self.target.name,
            statement=statement,
        )

    def unknown(self, topic: Topic, none: Unanswered, action: str) -> Check:
        """A question that nobody answered: unknown, never a refusal."""
        denied = none.why == "denied"
        return self.check(
            topic,
            "unknown",
            f"unknown.{none.why}",
            action=action,
            words=none.words,
            code=none.code,
            advice="allow" if denied else None,
            statement={"Effect": "Allow", "Action": [action], "Resource": "*"} if denied else None,
        )


Examine = Callable[[Patient], Iterator[Check]]
"""One check: looks, and tells what it found."""
