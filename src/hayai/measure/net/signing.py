"""Which headers prove that a request is ours? Three ways to sign, none of which touches the network.

What signs holds its secrets frozen: `sign` only computes, and may be called while a run is being timed. `refresh` may talk to the
network and belongs in a thread; when it fails, what is held stays in use. No secret is ever part of a repr.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from hayai.errors import AccessError
from hayai.measure.net.credentials_told import told_by_us
from hayai.measure.providers.contract import HttpRequest

if TYPE_CHECKING:
    from botocore.credentials import Credentials

LAST_MOMENT_S = 90
"""Renewal may fail as long as what is held lasts longer than this: the next try comes before it ends."""

Headers = tuple[tuple[str, str], ...]


class Signer(Protocol):
    """Who adds the headers that prove where a request comes from."""

    def sign(self, request: HttpRequest) -> Headers:
        """The headers to add. Pure computation."""

    def refresh(self) -> None:
        """Renew what expires, ahead of time; to be called every half minute. May block on the network.

        Raises AccessError when what is held is about to end and cannot be renewed; it stays in use all the same.
        """


class SigV4Signer:
    """Signs with AWS Signature Version 4, by botocore's own code on frozen credentials (about 0.1 ms a request)."""

    __slots__ = ("_address", "_auth", "_credentials", "_frozen", "_region", "_signing_name")

    def __init__(self, credentials: Credentials, *, address: str, region: str, signing_name: str) -> None:
        """`address` is the endpoint's URL; a path in it is signed before the request's own. Fetches the first credentials."""
        self._credentials = credentials
        self._address = address.rstrip("/")
        self._region = region
        self._signing_name = signing_name
        self._frozen: object = None
        self.refresh()

    def sign(self, request: HttpRequest) -> Headers:
        """Date, session token and signature."""
        from botocore.awsrequest import AWSRequest

        signed = AWSRequest(
            method=request.method, url=self._address + request.path, data=request.body, headers=dict(request.headers)
        )
        self._auth.add_auth(signed)
        ours = {name.lower() for name, _ in request.headers}
        return tuple((name, value) for name, value in signed.headers.items() if name.lower() not in ours)

    def refresh(self) -> None:
        """Take what botocore holds valid; it renews ahead of expiry."""
        from botocore.auth import SigV4Auth

        try:
            # botocore renews within 15 minutes of expiry, quietly; within 10, or its failure is raised.
            frozen = told_by_us(self._credentials.get_frozen_credentials)
        except AccessError:
            if self._frozen is None or self._ends_soon():
                raise
            return
        if frozen != self._frozen:
            # One assignment swaps what `sign` uses in other threads.
            self._auth = SigV4Auth(frozen, self._signing_name, self._region)
            self._frozen = frozen

    @property
    def credentials(self) -> Credentials:
        """botocore's own, which renew themselves: for who asks the same account something else."""
        return self._credentials

    def _ends_soon(self) -> bool:
        """Whether what is held lasts no longer than the last moment. Keys that never expire have no such question to ask."""
        refresh_needed = getattr(self._credentials, "refresh_needed", None)
        return refresh_needed is None or bool(refresh_needed(refresh_in=LAST_MOMENT_S))

    def __repr__(self) -> str:
        return f"SigV4Signer({self._signing_name}, {self._region})"


class BearerSigner:
    """Shows a Bedrock API key. Such a key is valid for hours to months and comes from the environment: nothing to renew."""

    __slots__ = ("_token",)

    def __init__(self, token: str) -> None:
        self._token = token

    def sign(self, request: HttpRequest) -> Headers:
        """The key itself."""
        return (("Authorization", f"Bearer {self._token}"),)

    def refresh(self) -> None:
        """Nothing expires."""

    def __repr__(self) -> str:
        return "BearerSigner()"


class NoSigner:
    """Adds nothing: for a service on this machine, where nobody has credentials."""

    __slots__ = ()

    def sign(self, request: HttpRequest) -> Headers:
        """No headers."""
        return ()

    def refresh(self) -> None:
        """Nothing expires."""

    def __repr__(self) -> str:
        return "NoSigner()"
