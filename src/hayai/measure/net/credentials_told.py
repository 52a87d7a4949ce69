"""What does an exception of botocore's mean to the user? The one place where they are told in our words.

botocore looks for credentials in a dozen places, and each can fail in its own way. Exceptions are recognised by the names of
their classes, not imported: which classes exist depends on botocore's version.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hayai.errors import AccessError, HayaiError, Problem, UsageError
from hayai.measure.providers.words import own_words

T = TypeVar("T")

_KEYS = {
    "PartialCredentialsError": "partial",
    "NoCredentialsError": "none",
    "SSOError": "sso_expired",
    "TokenRetrievalError": "sso_expired",
    "LoginError": "login_expired",
    "RefreshWithMFAUnsupportedError": "mfa",
    "InvalidConfigError": "config",
    "UnknownCredentialError": "config",
    "ClientError": "role_refused",
    "ConnectionError": "unreachable",
    "HTTPClientError": "unreachable",
    "MetadataRetrievalError": "unreachable",
    "CredentialRetrievalError": "failed",
    "JSONDecodeError": "not_json",
    "FileNotFoundError": "program_missing",
    "PermissionError": "program_missing",
}
"""By class name, the class itself or one it derives from: the nearest ancestor counts."""


def told_by_us(call: Callable[[], T]) -> T:
    """The result of `call`; whatever it raises becomes one of our errors.

    The original is dropped on purpose, not chained: it may hold what a credential process printed.
    """
    try:
        return call()
    except HayaiError:
        raise
    except Exception as raw:  # noqa: BLE001  Credential providers raise anything: KeyError, RuntimeError, OSError.
        told = _told(raw)
    raise told


def _told(raw: Exception) -> HayaiError:
    gaps = getattr(raw, "kwargs", {})
    names = [kind.__name__ for kind in type(raw).__mro__]
    if "ProfileNotFound" in names:
        return UsageError(
            Problem(place="profile", key="providers.profile_missing", values={"profile": gaps["profile"]})
        )
    if "ConfigParseError" in names:
        return UsageError(Problem(place="profile", key="providers.config_unreadable", values={"path": gaps["path"]}))
    if "InvalidRegionError" in names:
        return UsageError(
            Problem(place="region", key="providers.region_invalid", values={"region": gaps["region_name"]})
        )
    if "EndpointVariantError" in names:
        return UsageError(
            Problem(place="endpoint", key="providers.endpoint_variant", values={"reason": own_words(str(raw), 200)})
        )
    if names[0] == "CredentialRetrievalError" and gaps.get("provider") == "custom-process":
        return AccessError("providers.credentials.process_failed", reason=own_words(str(gaps.get("error_msg")), 200))
    key = next((_KEYS[name] for name in names if name in _KEYS), "failed")
    if key == "mfa":
        return AccessError("providers.credentials.mfa")
    if key == "partial":
        return AccessError("providers.credentials.partial", variable=gaps["cred_var"], source=gaps["provider"])
    return AccessError(f"providers.credentials.{key}", reason=own_words(f"{names[0]}: {raw}", 200))
