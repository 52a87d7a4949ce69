"""Which providers are there? Every way of speaking that hayai knows, by the name users type before the colon."""

from __future__ import annotations

from hayai.measure.providers.bedrock import Bedrock
from hayai.measure.providers.bedrock_boto3 import BedrockBoto3
from hayai.measure.providers.contract import Provider
from hayai.measure.providers.openai import OpenAI

PROVIDERS: dict[str, Provider] = {
    "bedrock": Bedrock(),
    "openai": OpenAI(),
    "bedrock-boto3": BedrockBoto3(),
}
