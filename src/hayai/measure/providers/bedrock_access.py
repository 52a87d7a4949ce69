"""Is this refusal about credentials or access to the model, and what would help?

Such a refusal will not go away by asking again: when it is a target's first answer, the run stops and says what to do. One table
maps the service's words to an advice; each advice has the gaps `{model}` and `{words}`, nothing else.
"""

from __future__ import annotations

from hayai.keep.records import Failure

_BY_WORDS: tuple[tuple[str, str, str], ...] = (
    # (code, what the words contain in lower case, advice); the first that fits.
    ("ResourceNotFoundException", "end of its life", "end_of_life"),
    ("ResourceNotFoundException", "marked by provider as legacy", "legacy"),
    ("ResourceNotFoundException", "use case details", "use_case_form"),
    ("ResourceNotFoundException", "", "not_found"),
    ("AccessDeniedException", "api key", "api_key"),
    ("AccessDeniedException", "access to the model", "model_access"),
    ("AccessDeniedException", "use case details", "use_case_form"),
    ("AccessDeniedException", "", "denied"),
    ("ExpiredTokenException", "", "expired"),
    ("ExpiredToken", "", "expired"),
    ("InvalidSignatureException", "signature expired", "clock"),
    ("InvalidSignatureException", "not yet current", "clock"),
    ("InvalidSignatureException", "", "signature"),
    ("SignatureDoesNotMatch", "", "signature"),
    ("IncompleteSignatureException", "", "signature"),
    ("RequestTimeTooSkewed", "", "clock"),
    ("UnrecognizedClientException", "", "unrecognised"),
    ("InvalidClientTokenId", "", "unrecognised"),
    ("MissingAuthenticationTokenException", "", "unsigned"),
    ("MissingAuthenticationToken", "", "unsigned"),
    ("OptInRequired", "", "denied"),
    ("ValidationException", "model identifier is invalid", "model_id"),
    ("ValidationException", "on-demand throughput isn", "needs_profile"),
    ("ValidationException", "latency performance configuration is not supported", "latency_unsupported"),
    ("ValidationException", "cache_control: extra inputs", "cache_unsupported"),
    ("ValidationException", "reservation not found", "no_reservation"),
    ("ValidationException", "service tier", "tier_unsupported"),
    ("http_401", "", "denied"),
    ("http_403", "", "denied"),
    ("http_407", "", "proxy"),
    *((f"http_{status}", "", "redirected") for status in (301, 302, 303, 307, 308)),
)


def access_advice(failure: Failure) -> str | None:
    """The key of the advice for a failure about access; None when it is about something else."""
    words = failure.message.lower()
    for code, part, advice in _BY_WORDS:
        if failure.code == code and part in words:
            return f"providers.access.{advice}"
    return None
