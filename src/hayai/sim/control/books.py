"""What can be read later of the calls that were made? CloudTrail's event history, and invocation logs in CloudWatch and S3.

CloudTrail answers two look-ups a second, at most 50 events each, the newest first, with one attribute to look for, and an event is there
only after minutes. Logs are there at once, where the account keeps any.
"""

from __future__ import annotations

import gzip
from collections import deque
from datetime import UTC, datetime
from typing import Any

import msgspec

from hayai.sim.account import Account
from hayai.sim.control.asking import Ask
from hayai.sim.control.identity import caller_arn
from hayai.sim.control.models import BUCKET, KEY_PREFIX, LOG_GROUP
from hayai.sim.refusals import Refusal
from hayai.sim.trail import Noted

_MOST_EVENTS, _MOST_LOG_EVENTS = 50, 10_000
_MOST_KEYS = 1000


class Books:
    """The event history and logs of one account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._lookups: deque[int] = deque()

    def lookup_events(self, account: Account, ask: Ask, *, now_ns: int, wall_ns: int) -> dict[str, Any]:
        """CloudTrail LookupEvents."""
        self._must_be_within_rate(now_ns)
        attributes = ask.values.get("LookupAttributes") or []
        if len(attributes) > 1:
            raise Refusal("InvalidLookupAttributesException", "You can only specify one lookup attribute.", status=400)
        size = int(ask.values.get("MaxResults", _MOST_EVENTS))
        if not 1 <= size <= _MOST_EVENTS:
            raise Refusal("InvalidMaxResultsException", f"MaxResults must be between 1 and {_MOST_EVENTS}.", status=400)
        start, token = _place(ask.values.get("NextToken"))
        began, ended = ask.values.get("StartTime"), ask.values.get("EndTime")
        if began is not None and ended is not None and began > ended:
            raise Refusal("InvalidTimeRangeException", "StartTime is after EndTime.", status=400)
        newest = token if token is not None else wall_ns
        events = [
            noted
            for noted in account.trail.newest_first(wall_ns=newest, delayed=True)
            if (began is None or noted.wall_ns // 10**9 >= began)
            and (ended is None or noted.wall_ns // 10**9 <= ended)
            and all(_has(noted, one) for one in attributes)
        ]
        page: dict[str, Any] = {"Events": [self._event(noted) for noted in events[start : start + size]]}
        # The token holds the instant of the first page: what comes meanwhile must not move what is on the next one.
        return page | ({"NextToken": f"{start + size}.{newest}"} if start + size < len(events) else {})

    def filter_log_events(self, account: Account, ask: Ask, *, wall_ns: int) -> dict[str, Any]:
        """CloudWatch Logs FilterLogEvents, oldest first."""
        if account.profile.account.logging != "cloudwatch" or ask.values.get("logGroupName") != LOG_GROUP:
            raise Refusal("ResourceNotFoundException", "The specified log group does not exist.", status=400)
        size = int(ask.values.get("limit", _MOST_LOG_EVENTS))
        start, _ = _place(ask.values.get("nextToken"))
        began, ended = ask.values.get("startTime", 0), ask.values.get("endTime", 2**62)
        noted = [one for one in self._logged(wall_ns) if began <= one.wall_ns // 10**6 <= ended]
        page: dict[str, Any] = {
            "events": [
                {
                    "logStreamName": "aws/bedrock/modelinvocations",
                    "timestamp": one.wall_ns // 10**6,
                    "ingestionTime": one.wall_ns // 10**6,
                    "message": msgspec.json.encode(self._log(one)).decode(),
                    "eventId": one.request_id,
                }
                for one in noted[start : start + size]
            ],
            "searchedLogStreams": [],
        }
        return page | ({"nextToken": f"{start + size}.0"} if start + size < len(noted) else {})

    def list_bucket(self, account: Account, ask: Ask, *, wall_ns: int) -> dict[str, Any]:
        """S3 ListObjectsV2: one object per hour."""
        self._must_be_ours(account, ask)
        prefix, after = ask.values.get("prefix", ""), ask.values.get("continuation-token", "")
        keys = sorted({self._key(one) for one in self._logged(wall_ns)})
        found = [key for key in keys if key.startswith(prefix) and key > after]
        size = min(int(ask.values.get("max-keys", _MOST_KEYS)), _MOST_KEYS)
        page = found[:size]
        more = {"NextContinuationToken": page[-1]} if len(found) > size else {}
        contents = [{"Key": key, "LastModified": "2026-01-01T00:00:00.000Z", "Size": 1} for key in page]
        return {
            "Name": BUCKET,
            "Prefix": prefix,
            "KeyCount": len(page),
            "MaxKeys": size,
            "IsTruncated": bool(more),
            **more,
            "*Contents": contents,
        }

    def get_object(self, account: Account, ask: Ask, *, wall_ns: int) -> bytes:
        """S3 GetObject: lines of JSON, packed."""
        self._must_be_ours(account, ask)
        lines = [
            msgspec.json.encode(self._log(one)) for one in self._logged(wall_ns) if self._key(one) == ask.values["key"]
        ]
        if not lines:
            raise Refusal("NoSuchKey", "The specified key does not exist.", status=404)
        return gzip.compress(b"\n".join(lines))

    def _must_be_ours(self, account: Account, ask: Ask) -> None:
        if account.profile.account.logging != "s3" or ask.values["bucket"] != BUCKET:
            raise Refusal("NoSuchBucket", "The specified bucket does not exist", status=404)

    def _must_be_within_rate(self, now_ns: int) -> None:
        account = self._account
        rate = account.profile.account.trail_per_s
        window_ns = max(1.0, 1 / rate) * 10**9 / account.speed
        while self._lookups and self._lookups[0] <= now_ns - window_ns:
            self._lookups.popleft()
        if len(self._lookups) >= max(1.0, rate):
            raise Refusal("ThrottlingException", "Rate exceeded", status=400)
        self._lookups.append(now_ns)

    def _logged(self, wall_ns: int) -> list[Noted]:
        """Calls that ran: what was refused is in no log."""
        found = [one for one in self._account.trail.newest_first(wall_ns=wall_ns, delayed=False) if one.error is None]
        return found[::-1]

    def _event(self, noted: Noted) -> dict[str, Any]:
        entry = self._account.profile.account
        told = {
            "eventVersion": "1.11",
            "userIdentity": {"type": "AssumedRole", "arn": caller_arn(entry), "accountId": entry.id},
            "eventTime": _second(noted),
            "eventSource": "bedrock.amazonaws.com",
            "eventName": noted.event_name,
            "awsRegion": self._account.profile.region,
            "sourceIPAddress": "192.0.2.1",
            "requestParameters": {"modelId": noted.model},
            "responseElements": None,
            "requestID": noted.request_id,
            "eventID": f"{noted.request_id[:-4]}beef",
            "readOnly": True,
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": entry.id,
        }
        more: dict[str, Any] = {"inputTokens": noted.input_tokens, "outputTokens": noted.output_tokens}
        if noted.region is not None:
            more["inferenceRegion"] = noted.region
        if noted.latency is not None:
            more["performanceConfig"] = {"latency": noted.latency}
        if noted.error is None:
            told["additionalEventData"] = more
        else:
            told |= {"errorCode": noted.error, "errorMessage": noted.message}
        return {
            "EventId": told["eventID"],
            "EventName": noted.event_name,
            "ReadOnly": "true",
            "EventTime": noted.wall_ns // 10**9,
            "EventSource": "bedrock.amazonaws.com",
            "Username": entry.principal.rpartition("/")[2],
            "Resources": [],
            "CloudTrailEvent": msgspec.json.encode(told).decode(),
        }

    def _log(self, noted: Noted) -> dict[str, Any]:
        entry = self._account.profile.account
        told = {
            "schemaType": "ModelInvocationLog",
            "schemaVersion": "1.0",
            "timestamp": _second(noted),
            "accountId": entry.id,
            "identity": {"arn": caller_arn(entry)},
            "region": self._account.profile.region,
            "requestId": noted.request_id,
            "operation": noted.event_name,
            "modelId": noted.model,
            "input": {"inputTokenCount": noted.input_tokens},
            "output": {"outputTokenCount": noted.output_tokens},
        }
        return told if noted.region is None else told | {"inferenceRegion": noted.region}

    def _key(self, noted: Noted) -> str:
        entry, at = self._account.profile, _at(noted)
        folder = f"{KEY_PREFIX}/AWSLogs/{entry.account.id}/BedrockModelInvocationLogs/{entry.region}"
        return f"{folder}/{at:%Y/%m/%d/%H}/{at:%Y%m%dT%H}0000000Z_part.json.gz"


def _place(token: object) -> tuple[int, int | None]:
    """Where the next page begins, and as of when."""
    if token is None:
        return 0, None
    start, _, newest = str(token).partition(".")
    if not start.isdigit() or not newest.isdigit():
        raise Refusal("InvalidNextTokenException", "The token is not valid.", status=400)
    return int(start), int(newest)


def _has(noted: Noted, attribute: dict[str, str]) -> bool:
    known = {"EventName": noted.event_name, "EventSource": "bedrock.amazonaws.com", "ReadOnly": "true"}
    return known.get(attribute.get("AttributeKey", "")) == attribute.get("AttributeValue")


def _at(noted: Noted) -> datetime:
    return datetime.fromtimestamp(noted.wall_ns // 10**9, tz=UTC)


def _second(noted: Noted) -> str:
    return f"{_at(noted):%Y-%m-%dT%H:%M:%SZ}"
