"""Where did each request run? Nothing in an answer says it; the account's own books do, some minutes later.

CloudTrail's event history has every call with its request id and, newer ones, `additionalEventData.inferenceRegion`. It cannot be asked for
a request id: so the pages of a time window are read, at most two a second as AWS allows, and joined here. Model invocation logs, where the
account keeps any, have the same at once and go first. An event without a Region means that the request was not sent on, unless other
events of the same account do name the Region that was called: then nothing is known. Only request ids and Regions are kept.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from hayai.aws.cloud import Cloud, Unanswered
from hayai.keep.run_directory import Region

Source = Literal["auto", "cloudtrail", "logs"]

PAGE = 50
PACE_S = 0.5
"""AWS answers two look-ups a second per account and Region; others may be asking too."""
MOST_WAIT_S = 30.0
"""Longest pause after a refusal for asking too often; it begins with a second and doubles."""
MOST_REFUSALS = 8
LOG_ACTIONS = "bedrock:GetModelInvocationLoggingConfiguration, logs:FilterLogEvents, s3:ListBucket, s3:GetObject"
MARGIN = timedelta(minutes=1)
"""Around the run: the books know whole seconds, of another clock."""

OPERATIONS = {
    "converse-stream": "ConverseStream",
    "converse": "Converse",
    "invoke-stream": "InvokeModelWithResponseStream",
    "invoke": "InvokeModel",
}
"""Calls by their names in the books."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Requests of one account and Region that are to be found."""

    request_ids: frozenset[str]
    operations: tuple[str, ...]
    """As the books name them."""
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A book that could not be read, and why."""

    action: str
    none: Unanswered


def find_regions(
    cloud: Cloud, wanted: Wanted, *, source: Source, pause: Callable[[float], None], trouble: Callable[[Trouble], None]
) -> Iterator[Region]:
    """The Regions of the wanted requests, as far as the books tell them now. `pause` waits so many seconds."""
    missing = set(wanted.request_ids)
    if source in ("auto", "logs"):
        try:
            for found in from_logs(cloud, wanted):
                if found.request_id in missing:
                    missing.discard(found.request_id)
                    yield found
        except Unanswered as none:
            if source == "logs":
                trouble(Trouble(action=LOG_ACTIONS, none=none))
    if source in ("auto", "cloudtrail") and missing:
        try:
            yield from from_trail(cloud, wanted, missing, pause=pause)
        except Unanswered as none:
            trouble(Trouble(action="cloudtrail:LookupEvents", none=none))


def from_trail(cloud: Cloud, wanted: Wanted, missing: set[str], *, pause: Callable[[float], None]) -> Iterator[Region]:
    """From CloudTrail's event history, page by page until nothing is missing. Raises Unanswered."""
    silent: list[str] = []
    home_is_named = False
    for operation in wanted.operations:
        for event in _events(cloud, wanted, operation, pause=pause):
            told = _object(event.get("CloudTrailEvent"))
            request_id, region = str(told.get("requestID", "")), _region_in(told)
            home_is_named |= region == told.get("awsRegion")
            if request_id not in missing or told.get("errorCode"):
                continue
            if region is None:
                silent.append(request_id)
                continue
            missing.discard(request_id)
            yield Region(request_id=request_id, region=region, source="cloudtrail")
            if not missing:
                return
    if not home_is_named:
        for request_id in dict.fromkeys(silent):
            missing.discard(request_id)
            yield Region(request_id=request_id, region=cloud.region, source="cloudtrail, not sent on")


def _events(
    cloud: Cloud, wanted: Wanted, operation: str, *, pause: Callable[[float], None]
) -> Iterator[Mapping[str, Any]]:
    """Events of one call in the window, newest first, as fast as AWS allows; a refusal for haste is waited out."""
    token: dict[str, Any] = {}
    refusals = 0
    while True:
        try:
            page = cloud.ask_again(
                "cloudtrail",
                "lookup_events",
                LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": operation}],
                StartTime=wanted.first - MARGIN,
                EndTime=wanted.last + MARGIN,
                MaxResults=PAGE,
                **token,
            )
        except Unanswered as none:
            refusals += 1
            if none.why != "throttled" or refusals > MOST_REFUSALS:
                raise
            pause(min(MOST_WAIT_S, 2.0 ** (refusals - 1)))
            continue
        refusals = 0
        yield from page.get("Events", [])
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}
        pause(PACE_S)


def from_logs(cloud: Cloud, wanted: Wanted) -> Iterator[Region]:
    """From the account's model invocation logs, where it keeps any and they may be read. Raises Unanswered."""
    told = cloud.ask("bedrock", "get_model_invocation_logging_configuration").get("loggingConfig") or {}
    group = (told.get("cloudWatchConfig") or {}).get("logGroupName")
    bucket = told.get("s3Config") or {}
    if group:
        yield from _read_logs(cloud, _lines_of_group(cloud, group, wanted), wanted, "invocation logs, CloudWatch")
    elif bucket.get("bucketName"):
        yield from _read_logs(cloud, _lines_of_bucket(cloud, bucket, wanted), wanted, "invocation logs, S3")


def _read_logs(cloud: Cloud, lines: Iterable[Any], wanted: Wanted, source: str) -> Iterator[Region]:
    """A log that names a Region nowhere but where a request was sent on is silent about the others in the same way as an event is."""
    silent: list[str] = []
    home_is_named = False
    for line in lines:
        told = _object(line)
        request_id, region = str(told.get("requestId", "")), _text(told.get("inferenceRegion"))
        home_is_named |= region == told.get("region")
        if request_id not in wanted.request_ids:
            continue
        if region is None:
            silent.append(request_id)
        else:
            yield Region(request_id=request_id, region=region, source=source)
    if not home_is_named:
        yield from (Region(request_id=one, region=cloud.region, source=f"{source}, not sent on") for one in silent)


def _lines_of_group(cloud: Cloud, group: str, wanted: Wanted) -> Iterator[Any]:
    began, ended = (round(at.timestamp() * 1000) for at in (wanted.first - MARGIN, wanted.last + MARGIN))
    token: dict[str, Any] = {}
    while True:
        page = cloud.ask_again("logs", "filter_log_events", logGroupName=group, startTime=began, endTime=ended, **token)
        yield from (event.get("message") for event in page.get("events", []))
        if not page.get("nextToken"):
            return
        token = {"nextToken": page["nextToken"]}


def _lines_of_bucket(cloud: Cloud, where: Mapping[str, Any], wanted: Wanted) -> Iterator[Any]:
    """Objects lie in folders by the hour: `PREFIX/AWSLogs/ACCOUNT/BedrockModelInvocationLogs/REGION/YYYY/MM/DD/HH/`."""
    bucket, prefix = where["bucketName"], str(where.get("keyPrefix") or "").strip("/")
    account = cloud.ask("sts", "get_caller_identity")["Account"]
    top = "/".join(part for part in (prefix, "AWSLogs", account, "BedrockModelInvocationLogs", cloud.region) if part)
    hour = (wanted.first - MARGIN).replace(minute=0, second=0, microsecond=0)
    while hour <= wanted.last + MARGIN:
        for found in cloud.pages(
            "s3", "list_objects_v2", "Contents", Bucket=bucket, Prefix=f"{top}/{hour:%Y/%m/%d/%H}/"
        ):
            body = cloud.ask_again("s3", "get_object", Bucket=bucket, Key=found["Key"])["Body"].read()
            data = gzip.decompress(body) if found["Key"].endswith(".gz") else body
            yield from data.splitlines()
        hour += timedelta(hours=1)


def _region_in(told: Mapping[str, Any]) -> str | None:
    more = told.get("additionalEventData")
    return _text(more.get("inferenceRegion")) if isinstance(more, dict) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _object(line: Any) -> Mapping[str, Any]:
    try:
        found = json.loads(line)
    except (TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def wanted_of(requests: Sequence[tuple[str, str, int]]) -> Wanted:
    """From (request id, call, wall clock in ns) of each request. Raises ValueError for none."""
    instants = [datetime.fromtimestamp(wall / 1e9, tz=UTC) for _, _, wall in requests]
    return Wanted(
        request_ids=frozenset(one for one, _, _ in requests),
        operations=tuple(dict.fromkeys(OPERATIONS[api] for _, api, _ in requests)),
        first=min(instants),
        last=max(instants),
    )
