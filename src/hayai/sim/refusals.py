"""How does Bedrock say no? Its error names, their HTTP status, and the exact words where they are known.

Status codes are those of the service model. Texts marked with a comment were seen in public reports of real calls; the others are plain
sentences of ours, because clients must not depend on them.
"""

from __future__ import annotations

import msgspec

STATUS: dict[str, int] = {
    "ValidationException": 400,
    "ServiceQuotaExceededException": 400,
    "AccessDeniedException": 403,
    "InvalidSignatureException": 403,
    "UnrecognizedClientException": 403,
    "ExpiredTokenException": 403,
    "MissingAuthenticationTokenException": 403,
    "ResourceNotFoundException": 404,
    "UnknownOperationException": 404,
    "ModelTimeoutException": 408,
    "ModelErrorException": 424,
    "ModelStreamErrorException": 424,
    "ThrottlingException": 429,
    "ModelNotReadyException": 429,
    "InternalServerException": 500,
    "ServiceUnavailableException": 503,
}

TEXTS: dict[str, str] = {
    "ValidationException": "The provided request is not valid.",
    "ServiceQuotaExceededException": "Your request exceeds the service quota for your account.",
    "AccessDeniedException": "You don't have access to the model with the specified model ID.",  # seen
    "InvalidSignatureException": (
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing "
        "method. Consult the service documentation for details."
    ),  # seen
    "UnrecognizedClientException": "The security token included in the request is invalid.",  # seen
    "ExpiredTokenException": "The security token included in the request is expired",  # seen
    "MissingAuthenticationTokenException": "Missing Authentication Token",  # seen
    "ResourceNotFoundException": "The specified resource ARN was not found.",
    "UnknownOperationException": "The requested operation is not known to the service.",
    "ModelTimeoutException": "The request took too long to process. Processing time exceeded the model timeout length.",
    "ModelErrorException": "The request failed due to an error while processing the model.",
    "ModelStreamErrorException": "An error occurred while streaming the response.",
    "ThrottlingException": "Too many requests, please wait before trying again.",  # seen
    "ModelNotReadyException": "The model specified in the request is not ready to serve inference requests.",
    "InternalServerException": "The server had an error while processing the request.",
    "ServiceUnavailableException": "The service isn't currently available. Try again later.",
}

_DETAILS: dict[str, dict[str, object]] = {
    "ModelErrorException": {"originalStatusCode": 500, "resourceName": "model"},
    "ModelStreamErrorException": {"originalStatusCode": 500, "originalMessage": "The model stopped in the middle."},
}

IN_STREAM: dict[str, tuple[str, ...]] = {
    "converse-stream": (
        "InternalServerException",
        "ModelStreamErrorException",
        "ValidationException",
        "ThrottlingException",
        "ServiceUnavailableException",
    ),
    "invoke-with-response-stream": (
        "InternalServerException",
        "ModelStreamErrorException",
        "ValidationException",
        "ThrottlingException",
        "ModelTimeoutException",
        "ServiceUnavailableException",
    ),
}
"""Which errors each streaming call declares as members of its stream."""

UNKNOWN_MODEL = "The provided model identifier is invalid."
NEEDS_PROFILE = (
    "Invocation of model ID {model} with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference "
    "profile that contains this model."
)
END_OF_LIFE = (
    "This model version has reached the end of its life. Please refer to the AWS documentation for more details."
)
LEGACY = (
    "Access denied. This Model is marked by provider as Legacy and you have not been actively using the model in the last 30 days. Please "
    "upgrade to an active model on Amazon Bedrock"
)
NO_LATENCY_MODE = "Latency performance configuration is not supported for {model} in {region}"
NO_CACHE_WITH_LATENCY = (
    "The model returned the following errors: system.0.cache_control: Extra inputs are not permitted"
)
BAD_LATENCY = (
    "1 validation error detected: Value '{value}' at 'performanceConfig.latency' failed to satisfy constraint: Member must satisfy enum "
    "value set: [optimized, standard]"
)
BAD_TIER = "service tier provided is invalid"
NO_RESERVATION = "Reservation not found."
TOO_MANY_TOKENS_ASKED = (
    "The maximum tokens you requested exceeds the model limit of {limit}. Try again with a maximum tokens value that is lower than "
    "{limit}."
)
TOO_MANY_TOKENS = "Too many tokens, please wait before trying again."  # seen
EXTRANEOUS_KEY = (
    "Malformed input request: #: extraneous key [{key}] is not permitted, please reformat your input and try again."
)
MISSING_KEY = "Malformed input request: #: required key [{key}] not found, please reformat your input and try again."
NOT_JSON = "Malformed input request, please reformat your input and try again."


class Refusal(Exception):
    """The simulated service says no before it answers. `name` is the error's name, `status` its HTTP status.

    `retry_after_s`: when a quota has room again; None: not known.
    """

    def __init__(
        self, name: str, message: str | None = None, *, status: int | None = None, retry_after_s: float | None = None
    ) -> None:
        self.name = name
        self.status = STATUS.get(name, 400) if status is None else status
        self.message = TEXTS.get(name, name) if message is None else message
        self.retry_after_s = retry_after_s
        super().__init__(f"{self.status} {name}: {self.message}")


def error_body(name: str, message: str) -> bytes:
    """The JSON body that tells an error, as a response or inside a stream; two errors of models say more than words."""
    return msgspec.json.encode({"message": message, **_DETAILS.get(name, {})}, order="sorted")


def invalid(text: str, **values: object) -> Refusal:
    """A ValidationException with the given words."""
    return Refusal("ValidationException", text.format(**values))
