"""How is AWS asked about an account? By botocore's own clients, each question once, with its refusals told in a few kinds.

Addresses follow the environment and the profile as everywhere (`AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_BEDROCK`, …). Where nobody named one
and the runtime itself was sent to an address on this machine, the rest of the account is asked there too: such a service stands for all of
it, and nobody who tries things out on it wants real accounts to be asked. Without credentials it is asked unsigned.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Literal

from hayai.clock import wall_ns
from hayai.errors import HayaiError
from hayai.measure.net.credentials import configured_endpoint, new_session, quieten
from hayai.measure.net.credentials_told import told_by_us
from hayai.measure.providers.address import is_local
from hayai.measure.providers.words import own_words

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.credentials import Credentials

Why = Literal["denied", "expired", "throttled", "missing", "unreachable", "credentials", "failed"]

CONNECT_S, READ_S = 5, 20
ATTEMPTS = 2
_ENVIRONMENT_NAMES = {"logs": "cloudwatch-logs"}
"""Services whose name in `AWS_ENDPOINT_URL_…` is not that of their client."""

_TOKENS = {
    "list_service_quotas": ("NextToken", "NextToken"),
    "lookup_events": ("NextToken", "NextToken"),
    "simulate_principal_policy": ("Marker", "Marker"),
    "get_products": ("NextToken", "NextToken"),
    "list_objects_v2": ("ContinuationToken", "NextContinuationToken"),
}
"""How an operation takes and gives the token of its next page, where it is not `nextToken`."""

_WHY: tuple[tuple[Why, tuple[str, ...]], ...] = (
    ("denied", ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedAccess", "AuthorizationError")),
    ("expired", ("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired")),
    ("throttled", ("ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded", "SlowDown")),
    ("missing", ("ResourceNotFoundException", "NoSuchKey", "NoSuchBucket", "NoSuchEntity", "NoSuchResourceException")),
    (
        "credentials",
        (
            "UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException", "SignatureDoesNotMatch",
            "MissingAuthenticationToken", "MissingAuthenticationTokenException", "InvalidAccessKeyId", "InvalidSignature",
        ),
    ),
)  # fmt: skip


class Unanswered(Exception):
    """A question that AWS did not answer. `code` is the service's own, `words` its own, cleaned."""

    def __init__(self, why: Why, code: str, words: str) -> None:
        super().__init__(f"{why}: {code}: {words}")
        self.why: Why = why
        self.code = code
        self.words = words


class Cloud:
    """One account in one Region, as one set of credentials sees it. `endpoint` is where its model requests go.

    Raises UsageError and AccessError for a profile that is not there or not right.
    """

    def __init__(
        self, *, profile: str | None, region: str, endpoint: str | None, credentials: Credentials | None = None
    ) -> None:
        """`credentials`: found already; None: they are looked for here."""
        self.region = region
        self._session = new_session(profile)
        self._here = endpoint if endpoint is not None and is_local(endpoint) else None
        told_by_us(lambda: quieten(self._session, at_hand=self._here is not None and profile is None))
        if credentials is not None:
            # Where botocore keeps what it has found: a login or a code is asked for once.
            self._session._credentials = credentials  # type: ignore[attr-defined]  # noqa: SLF001  There is no public way.
        self._clients: dict[str, BaseClient] = {}
        self._answers: dict[object, Mapping[str, Any] | Unanswered] = {}
        self.clock_ahead_s: float | None = None
        """How far the service's clock is ahead of this machine's; to a second, as its `Date` is. None: nothing was answered yet."""

    def ask(self, service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        """The answer to `operation` (`get_foundation_model`); the same question is asked once. Raises Unanswered."""
        question = (service, operation, repr(sorted(parameters.items())))
        if question not in self._answers:
            try:
                self._answers[question] = self.ask_again(service, operation, **parameters)
            except Unanswered as none:
                self._answers[question] = none
        answer = self._answers[question]
        if isinstance(answer, Unanswered):
            raise answer
        return answer

    def ask_again(self, service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        """The same without memory. Raises Unanswered."""
        import botocore.exceptions

        client = self._client(service)
        before_ns = wall_ns()
        try:
            answer: Mapping[str, Any] = getattr(client, operation)(**parameters)
        except botocore.exceptions.ClientError as error:
            self._note_clock(error.response, before_ns)
            told = error.response.get("Error", {})
            raise _unanswered(str(told.get("Code", "")), str(told.get("Message", ""))) from None
        except botocore.exceptions.BotoCoreError as error:
            raise Unanswered(*_of_client(error)) from None
        self._note_clock(answer, before_ns)
        return answer

    def pages(self, service: str, operation: str, result: str, **parameters: Any) -> list[Any]:
        """All entries of `result` over all pages. Raises Unanswered."""
        into, out_of = _TOKENS.get(operation, ("nextToken", "nextToken"))
        found: list[Any] = []
        more: dict[str, Any] = {}
        while True:
            page = self.ask(service, operation, **parameters, **more)
            found += page.get(result, [])
            if not page.get(out_of):
                return found
            more = {into: page[out_of]}

    def address(self, service: str) -> str:
        """Where `service` is asked. Raises Unanswered."""
        return str(self._client(service).meta.endpoint_url)

    def credentials_last_s(self) -> float | None:
        """How long the credentials last, in s; None: they have no end, or do not tell it."""
        found = self._session.get_credentials()
        ends = getattr(found, "_expiry_time", None)
        if ends is None:
            told = os.environ.get("AWS_CREDENTIAL_EXPIRATION") if getattr(found, "method", "") == "env" else None
            try:
                ends = datetime.fromisoformat(told) if told else None
            except ValueError:
                return None
        return None if ends is None or ends.tzinfo is None else ends.timestamp() - wall_ns() / 1e9

    def credentials_are_renewed(self) -> bool:
        """Whether botocore gets new ones by itself before they end. From the environment it would only read the same again."""
        found = self._session.get_credentials()
        return hasattr(found, "refresh_needed") and getattr(found, "method", "") != "env"

    def _note_clock(self, answer: Mapping[str, Any], before_ns: int) -> None:
        date = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
        if date is None:
            return
        try:
            told_s = parsedate_to_datetime(date).timestamp()
        except ValueError:
            return
        # The second that the service names has begun when it spoke: half a second is the best guess within it.
        self.clock_ahead_s = told_s + 0.5 - (before_ns + wall_ns()) / 2e9

    def _client(self, service: str) -> BaseClient:
        if service not in self._clients:
            self._clients[service] = _told(lambda: self._new_client(service))
        return self._clients[service]

    def _new_client(self, service: str) -> BaseClient:
        from botocore import UNSIGNED
        from botocore.config import Config

        named, _ = configured_endpoint(self._session, None, _ENVIRONMENT_NAMES.get(service, service))
        address = named or self._here
        unsigned = address is not None and is_local(address) and self._session.get_credentials() is None
        config = Config(
            connect_timeout=CONNECT_S,
            read_timeout=READ_S,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            **({"signature_version": UNSIGNED} if unsigned else {}),
        )
        return self._session.create_client(service, region_name=self.region, endpoint_url=address, config=config)


def _told(make: Callable[[], BaseClient]) -> BaseClient:
    """The client; what its credentials or configuration lack is an answer that does not come."""
    try:
        return told_by_us(make)
    except HayaiError as error:
        raise Unanswered("credentials", error.key, own_words(str(error), 200)) from None


def _unanswered(code: str, words: str) -> Unanswered:
    name = code.partition(":")[0].rpartition("#")[2]
    why: Why = next((why for why, names in _WHY if name in names), "failed")
    return Unanswered(why, name, own_words(words, 300))


def _of_client(error: Exception) -> tuple[Why, str, str]:
    names = [kind.__name__ for kind in type(error).__mro__]
    why: Why = "failed"
    if "HTTPClientError" in names or "ConnectionError" in names:
        why = "unreachable"
    elif {"NoCredentialsError", "TokenRetrievalError", "SSOError", "CredentialRetrievalError"} & set(names):
        why = "credentials"
    return why, names[0], own_words(str(error), 300)
