"""Why is there no connection? One exception with one code word, so that its text can be told in every language."""

from __future__ import annotations


class DialError(Exception):
    """No connection.

    `code`: dns_failed, connection_refused, connect_timeout, tls_refused, unreachable, too_many_files, proxy_refused or proxy_login.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason
