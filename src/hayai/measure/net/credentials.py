"""Who are we to AWS, in which Region, and where does the service listen? Answered once per target, before the first request.

Credentials come from botocore's own chain, so whatever works for the AWS CLI works here. Where each answer comes from, first one
wins:

    region        option, AWS_REGION, AWS_DEFAULT_REGION, profile      (boto3 does not read AWS_REGION; every other AWS SDK does)
    endpoint      option, AWS_ENDPOINT_URL_BEDROCK_RUNTIME, AWS_ENDPOINT_URL, the profile's services section, the profile's endpoint_url,
                  botocore's rules for the Region (FIPS and dual-stack switches honoured)
    credentials   AWS_BEARER_TOKEN_BEDROCK, else botocore's chain: environment, profile, SSO, process, web identity, container, instance

An endpoint on this machine over plain http is a simulator or a test: there only keys at hand are looked for (environment, keys
written in the profile), so that no network is touched and no expired login is in the way; without any, requests go unsigned.
botocore is imported inside the functions: it takes longer than everything else the measuring agent loads.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import msgspec

from hayai.errors import AccessError, Problem, UsageError
from hayai.measure.net.credentials_told import told_by_us
from hayai.measure.net.signing import BearerSigner, NoSigner, Signer, SigV4Signer
from hayai.measure.providers.address import address_mistake, is_local

if TYPE_CHECKING:
    from botocore.session import Session

LOCAL_REGION = "us-east-1"
"""Region of an endpoint on this machine where nobody named one: it only stands in the signature."""

_REGION = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
_AT_HAND = ("env", "shared-credentials-file", "config-file")
"""Credential providers that read keys and nothing else: no network, no other program."""


class AwsAccess(msgspec.Struct, frozen=True, kw_only=True):
    """How requests of one target reach AWS."""

    endpoint_url: str
    """`https://host[:port][/path]`, without a slash at the end."""
    region: str
    signing_region: str
    credentials_source: str
    """botocore's name of the place (`env`, `sso`, `iam-role`, ...); never a secret."""
    signer: Signer


def open_session(
    *,
    profile: str | None,
    region: str | None,
    signing_region: str | None,
    endpoint: str | None,
    service: str = "bedrock-runtime",
    signing_name: str = "bedrock",
) -> AwsAccess:
    """Resolve Region, endpoint and credentials, and fetch the first credentials; may block on the network for a login or a role.

    Raises UsageError for what the user can write differently, AccessError for credentials that are missing, expired or refused.
    """
    session = new_session(profile)
    url, place = told_by_us(lambda: configured_endpoint(session, endpoint, service))
    if url is not None and (mistake := address_mistake(url)) is not None:
        raise UsageError(Problem(place=place, key=mistake))
    local = url is not None and is_local(url)
    named = region or os.environ.get("AWS_REGION") or told_by_us(lambda: session.get_config_variable("region"))
    region = _checked_region(named or (LOCAL_REGION if local else None))
    signing_region = _checked_region(signing_region or region)
    session.set_config_variable("region", region)
    if url is None:
        url = told_by_us(lambda: _endpoint_by_rules(session, service, region))
    elif not local and session.get_config_variable("use_fips_endpoint"):
        raise UsageError(Problem(place=place, key="providers.endpoint_fips"))
    url = url.rstrip("/")
    signer, source = _signer_for(session, url, signing_region, signing_name, at_hand=local and profile is None)
    return AwsAccess(
        endpoint_url=url, region=region, signing_region=signing_region, credentials_source=source, signer=signer
    )


def new_session(profile: str | None) -> Session:
    """A session of botocore's that logs no secrets."""
    import botocore.session

    _keep_secrets_out_of_logs()
    return botocore.session.Session(profile=profile)


def _signer_for(session: Session, url: str, region: str, signing_name: str, *, at_hand: bool) -> tuple[Signer, str]:
    """Who signs, and the name of the place where the credentials were found."""
    key = os.environ.get(f"AWS_BEARER_TOKEN_{signing_name.upper()}", "").strip()
    if key:
        if url.startswith("http://") and not is_local(url):
            raise UsageError(Problem(place="endpoint", key="providers.bearer_needs_https", values={"endpoint": url}))
        return BearerSigner(key), "env (API key)"
    quieten(session, at_hand=at_hand and url.startswith("http://"))
    credentials = told_by_us(session.get_credentials)
    if credentials is not None:
        signer = SigV4Signer(credentials, address=url, region=region, signing_name=signing_name)
        return signer, str(credentials.method)
    if is_local(url):
        return NoSigner(), "none (local endpoint)"
    raise AccessError("providers.credentials.none")


def quieten(session: Session, *, at_hand: bool) -> None:
    """Have the chain of `session` ask nobody at the terminal for a code; `at_hand`: and look only for keys that lie on this machine."""
    resolver = session.get_component("credential_provider")
    # botocore would ask for an MFA code on the terminal, or on standard input, which the agent needs for itself.
    resolver.get_provider("assume-role")._prompter = _mfa_code  # noqa: SLF001  There is no public way.
    if at_hand:
        for method in [provider.METHOD for provider in resolver.providers]:
            if method not in _AT_HAND:
                resolver.remove(method)


MFA_WANTED = "providers.credentials.mfa"
"""What is told when a role wants a code and there is none."""
_mfa_codes: list[str] = []


def answer_mfa_with(code: str | None) -> None:
    """The code for the next time that a role asks for one; None: there is none. A code is good once."""
    _mfa_codes[:] = [] if code is None else [code]


def _mfa_code(_prompt: str) -> str:
    if not _mfa_codes:
        raise AccessError(MFA_WANTED)
    return _mfa_codes.pop()


def configured_endpoint(session: Session, option: str | None, service: str) -> tuple[str | None, str]:
    """The endpoint that somebody wrote down, and where; None: nobody did."""
    if option is not None:
        return option, "endpoint"
    if session.get_config_variable("ignore_configured_endpoint_urls"):
        return None, ""
    for variable in (f"AWS_ENDPOINT_URL_{service.replace('-', '_').upper()}", "AWS_ENDPOINT_URL"):
        if os.environ.get(variable):
            return os.environ[variable], variable
    profile = session.get_scoped_config()
    section = profile.get("services")
    if section is not None:
        known = session.full_config.get("services", {})
        if section not in known:
            raise UsageError(Problem(place="profile", key="providers.services_missing", values={"section": section}))
        own = known[section].get(service.replace("-", "_"), {}).get("endpoint_url")
        if own:
            return str(own), f"services {section}"
    return profile.get("endpoint_url") or None, "profile"


def _endpoint_by_rules(session: Session, service: str, region: str) -> str:
    """The endpoint that botocore's own rules give. The client is made only to be asked, without credentials (about 40 ms)."""
    from botocore import UNSIGNED
    from botocore.config import Config

    config = Config(signature_version=UNSIGNED)
    return str(session.create_client(service, region_name=region, config=config).meta.endpoint_url)


def _checked_region(region: str | None) -> str:
    if not region:
        raise UsageError(Problem(place="region", key="providers.region_missing"))
    if not _REGION.fullmatch(region):
        raise UsageError(Problem(place="region", key="providers.region_invalid", values={"region": region[:40]}))
    return region


def _keep_secrets_out_of_logs() -> None:
    """At DEBUG botocore logs canonical requests and token services' answers, secrets included; only if somebody asked botocore for it."""
    import logging

    logger = logging.getLogger("botocore")
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.INFO)
