"""Amazon Bedrock through boto3: what an application sees, its SDK's retries, pools and parsing included.

The words are Bedrock's own, so bodies and readers are those of `bedrock`. Who sends them is a process with the SDK in it (`measure/sdk`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from hayai.ask.plan import Prompt, Target
from hayai.errors import Problem
from hayai.keep.query import SDK_RETRIES_HEADER
from hayai.measure.providers.bedrock import Bedrock
from hayai.measure.providers.bedrock_options import OPTIONS
from hayai.measure.providers.contract import Option

RETRY_MODES = ("legacy", "standard", "adaptive")
_NOT_HERE = ("header.", "signing_region")
_OWN = (
    Option(name="retry_mode", kind="choice", choices=RETRY_MODES, example="standard"),
    Option(name="max_attempts", kind="integer", low=1, high=100, example="1"),
    Option(name="read_timeout", kind="number", low=1, high=7200, example="300"),
    Option(name="client", kind="choice", choices=("shared", "each"), example="each"),
)


class BedrockBoto3(Bedrock):
    """How Bedrock speaks through boto3. Stateless: one instance serves every target."""

    NAME = "bedrock-boto3"
    OPTIONS: Mapping[str, Option] = {
        **{name: option for name, option in OPTIONS.items() if name not in _NOT_HERE},
        **{option.name: option for option in _OWN},
    }
    SDK: ClassVar[Literal["boto3"]] = "boto3"
    HEADERS_KEPT = Bedrock.HEADERS_KEPT | {SDK_RETRIES_HEADER}

    def validate(
        self, target: Target, *, prompts: Sequence[Prompt] = (), max_tokens: int | None = None
    ) -> list[Problem]:
        """What Bedrock itself would object to, and a boto3 that is not there."""
        from importlib.util import find_spec

        problems = super().validate(target, prompts=prompts, max_tokens=max_tokens)
        if find_spec("boto3") is None:
            problems.append(Problem(place=target.name, key="providers.boto3_missing"))
        return problems
