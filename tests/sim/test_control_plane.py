"""What boto3 learns of the simulated account: models, profiles, quotas, identity, permissions, event history and invocation logs."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from hayai.sim.process import serve_in_thread
from hayai.sim.profile import parse_profile

KEYS = {"AKIDEXAMPLE": "a secret of the tests"}
NOVA = "us.amazon.nova-pro-v1:0"
PROFILE = """
about = "an account to be asked about"
region = "us-east-1"
[account]
denied = ["servicequotas:*", "bedrock:InvokeModel"]
denied_regions = ["eu-west-3"]
trail_delay_s = 0
trail_per_s = 1000
logging = "cloudwatch"

[[models]]
id = "amazon.nova-pro-v1:0"
[models.arms.standard]
ttft_ms = 10
itl_ms = 0.1
tokens = 3
regions = { us-east-2 = 1 }
tokens_per_minute = 900000
[models.arms.optimized]
ttft_ms = 5
itl_ms = 0.1
tokens = 3

[[models]]
id = "anthropic.claude-3-haiku-20240307-v1:0"
state = "legacy"
lifecycle = { started = 2024-03-13, legacy = 2026-03-10, end_of_life = 2026-09-10 }
also = ["arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6"]
[models.arms.standard]
ttft_ms = 10
itl_ms = 0.1

[[models]]
id = "mistral.mistral-7b-instruct-v0:2"
state = "no_access"
[models.arms.standard]
ttft_ms = 10
itl_ms = 0.1
"""

Clients = Callable[..., Any]


def clients_of(profile: str, stack: ExitStack, *, keys: bool = True) -> Clients:
    """Clients of every service of a simulated account, by service name."""
    account = parse_profile(profile, name="account", place="account.toml")
    server = stack.enter_context(serve_in_thread(account, speed=20, check_signatures=KEYS if keys else None))
    session = boto3.Session(
        region_name="us-east-1", aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key=KEYS["AKIDEXAMPLE"]
    )

    def client(service: str) -> Any:
        config = Config(retries={"total_max_attempts": 1, "mode": "standard"}, read_timeout=20)
        made = session.client(service, endpoint_url=server.url, config=config)
        stack.callback(made.close)
        return made

    return client


@pytest.fixture(scope="module")
def account() -> Iterator[Clients]:
    """Clients of the account above; signatures are checked."""
    with ExitStack() as stack:
        yield clients_of(PROFILE, stack)


def say(runtime: Any, model: str = NOVA, **more: Any) -> str:
    """One streamed answer, read to its end; its request id."""
    answer = runtime.converse_stream(modelId=model, messages=[{"role": "user", "content": [{"text": "hi"}]}], **more)
    for _ in answer["stream"]:
        pass
    return str(answer["ResponseMetadata"]["RequestId"])


def refused(call: Callable[[], object]) -> tuple[str, str]:
    """Code and words of the refusal that `call` meets."""
    with pytest.raises(ClientError) as caught:
        call()
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_models_with_their_lives(account: Clients) -> None:
    """All of the account's, by name, and what is known of each one's end."""
    bedrock = account("bedrock")
    models = {one["modelId"]: one for one in bedrock.list_foundation_models()["modelSummaries"]}
    assert set(models) == {
        "amazon.nova-pro-v1:0",
        "anthropic.claude-3-haiku-20240307-v1:0",
        "mistral.mistral-7b-instruct-v0:2",
    }
    nova, haiku = models["amazon.nova-pro-v1:0"], models["anthropic.claude-3-haiku-20240307-v1:0"]
    assert (nova["providerName"], nova["modelName"]) == ("Amazon", "Nova Pro")
    assert nova["modelLifecycle"] == {"status": "ACTIVE"}
    assert haiku["modelLifecycle"]["status"] == "LEGACY"
    assert haiku["modelLifecycle"]["endOfLifeTime"].date().isoformat() == "2026-09-10"
    details = bedrock.get_foundation_model(modelIdentifier=nova["modelArn"])["modelDetails"]
    assert details == nova
    assert [one["modelId"] for one in bedrock.list_foundation_models(byProvider="Amazon")["modelSummaries"]] == [
        "amazon.nova-pro-v1:0"
    ]
    assert refused(lambda: bedrock.get_foundation_model(modelIdentifier="no.such-model"))[0] == "ValidationException"


def test_access_to_models(account: Clients) -> None:
    """What was never asked for is not available."""
    bedrock = account("bedrock")
    assert (
        bedrock.get_foundation_model_availability(modelId="amazon.nova-pro-v1:0")["authorizationStatus"] == "AUTHORIZED"
    )
    closed = bedrock.get_foundation_model_availability(modelId="mistral.mistral-7b-instruct-v0:2")
    assert (closed["entitlementAvailability"], closed["agreementAvailability"]["status"]) == (
        "NOT_AVAILABLE",
        "NOT_AVAILABLE",
    )


def test_inference_profiles_and_their_regions(account: Clients) -> None:
    """Only those of the Region's own geography, page by page, and applications' own."""
    bedrock = account("bedrock")
    pages = bedrock.get_paginator("list_inference_profiles").paginate(PaginationConfig={"PageSize": 1})
    found = {one["inferenceProfileId"]: one for page in pages for one in page["inferenceProfileSummaries"]}
    assert set(found) == {NOVA, "us.anthropic.claude-3-haiku-20240307-v1:0", "a1b2c3d4e5f6"}
    assert [model["modelArn"].split(":")[3] for model in found[NOVA]["models"]] == [
        "us-east-1",
        "us-east-2",
        "us-west-2",
    ]
    assert found["a1b2c3d4e5f6"]["type"] == "APPLICATION"
    one = bedrock.get_inference_profile(inferenceProfileIdentifier=NOVA)
    assert one["inferenceProfileArn"] == "arn:aws:bedrock:us-east-1:123456789012:inference-profile/" + NOVA
    assert refused(lambda: bedrock.get_inference_profile(inferenceProfileIdentifier="eu.amazon.nova-pro-v1:0"))[0] == (
        "ResourceNotFoundException"
    )


def test_identity_may_always_be_asked(account: Clients) -> None:
    """Even where everything is denied."""
    found = account("sts").get_caller_identity()
    assert (found["Account"], found["Arn"]) == (
        "123456789012",
        "arn:aws:sts::123456789012:assumed-role/measuring/analyst",
    )


def test_quotas_by_name() -> None:
    """Requests and tokens, per way of asking, page by page; what the profile sets is what is told."""
    with ExitStack() as stack:
        quotas = clients_of(PROFILE.replace('"servicequotas:*", ', ""), stack)("service-quotas")
        pages = quotas.get_paginator("list_service_quotas").paginate(
            ServiceCode="bedrock", PaginationConfig={"PageSize": 2}
        )
        found = {one["QuotaName"]: one["Value"] for page in pages for one in page["Quotas"]}
    assert found["Cross-region model inference tokens per minute for Amazon Nova Pro"] == 900000
    assert found["Cross-region model inference requests per minute for Amazon Nova Pro"] == 2000
    assert "On-demand, latency-optimized model inference tokens per minute for Amazon Nova Pro V1" in found


def test_what_no_policy_allows_is_denied(account: Clients) -> None:
    """In the words of the service, whatever the protocol."""
    code, words = refused(lambda: account("service-quotas").list_service_quotas(ServiceCode="bedrock"))
    assert code == "AccessDeniedException"
    assert (
        "is not authorized to perform: servicequotas:ListServiceQuotas because no identity-based policy allows" in words
    )
    runtime = account("bedrock-runtime")
    body = [{"role": "user", "content": [{"text": "hi"}]}]
    code, words = refused(lambda: runtime.converse(modelId=NOVA, messages=body))
    assert code == "AccessDeniedException"
    assert (
        "perform: bedrock:InvokeModel on resource: arn:aws:bedrock:us-east-1:123456789012:inference-profile/" in words
    )
    assert say(runtime)  # The stream is another action.


def test_an_organisation_can_close_a_region_that_a_profile_needs() -> None:
    """One closed Region of its route is enough to refuse every request."""
    with ExitStack() as stack:
        runtime = clients_of(PROFILE.replace("eu-west-3", "us-west-2"), stack)("bedrock-runtime")
        code, words = refused(lambda: say(runtime))
    assert code == "AccessDeniedException"
    assert (
        "arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-pro-v1:0 with an explicit deny in a service control policy"
        in words
    )


def test_policies_can_be_tried_out(account: Clients) -> None:
    """Allowed, denied by nobody's permission, denied by the organisation."""
    iam = account("iam")
    tried = iam.simulate_principal_policy(
        PolicySourceArn="arn:aws:iam::123456789012:role/measuring",
        ActionNames=["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
        ResourceArns=[f"arn:aws:bedrock:{region}::foundation-model/x" for region in ("us-east-1", "eu-west-3")],
    )["EvaluationResults"]
    assert [one["EvalDecision"] for one in tried] == ["implicitDeny", "explicitDeny", "allowed", "explicitDeny"]
    assert [one["OrganizationsDecisionDetail"]["AllowedByOrganizations"] for one in tried] == [True, False, True, False]
    assert (
        refused(
            lambda: iam.simulate_principal_policy(
                PolicySourceArn="arn:aws:sts::123456789012:assumed-role/measuring/analyst", ActionNames=["sts:x"]
            )
        )[0]
        == "InvalidInput"
    )


def test_a_minute_holds_so_many_tokens() -> None:
    """Input and max_tokens are reserved when a request begins, however short the answer is."""
    with ExitStack() as stack:
        runtime = clients_of(PROFILE.replace("= 900000", "= 9000"), stack)("bedrock-runtime")
        say(runtime, inferenceConfig={"maxTokens": 4000})
        say(runtime, inferenceConfig={"maxTokens": 4000})
        code, words = refused(lambda: say(runtime, inferenceConfig={"maxTokens": 4000}))
        assert (code, words) == ("ThrottlingException", "Too many tokens, please wait before trying again.")
        say(runtime, inferenceConfig={"maxTokens": 10})


def events(cloudtrail: Any, **more: Any) -> list[dict[str, Any]]:
    """The event history of streamed Converse calls, page by page."""
    attributes = [{"AttributeKey": "EventName", "AttributeValue": "ConverseStream"}]
    found: list[dict[str, Any]] = []
    told: dict[str, Any] = {"NextToken": None}
    while "NextToken" in told:
        token = {} if told["NextToken"] is None else {"NextToken": told["NextToken"]}
        told = cloudtrail.lookup_events(LookupAttributes=attributes, **more, **token)
        found += [json.loads(one["CloudTrailEvent"]) for one in told["Events"]]
    return found


def test_the_event_history_names_the_region(account: Clients) -> None:
    """By request id, the newest first, refusals too; pages hold while new events come."""
    runtime, cloudtrail = account("bedrock-runtime"), account("cloudtrail")
    made = [say(runtime, performanceConfig={"latency": "optimized"}) for _ in range(3)]
    refused(lambda: say(runtime, "us.anthropic.claude-3-haiku-20240307-v1:0"))
    found = events(cloudtrail, MaxResults=2)
    assert found[0]["errorCode"] == "ResourceNotFoundException"
    assert [one["requestID"] for one in found[1:4]] == made[::-1]
    assert found[1]["additionalEventData"]["performanceConfig"] == {"latency": "optimized"}
    assert found[1]["additionalEventData"]["inferenceRegion"] == "us-east-1"
    told = say(runtime)
    assert events(cloudtrail)[0]["additionalEventData"]["inferenceRegion"] == "us-east-2"
    long_ago = datetime.now(UTC) - timedelta(days=1)
    assert events(cloudtrail, EndTime=long_ago) == []
    assert told in {one["requestID"] for one in events(cloudtrail, StartTime=long_ago)}


def test_the_event_history_is_particular(account: Clients) -> None:
    """One attribute at most, 50 events at most, and a token of its own making."""
    cloudtrail = account("cloudtrail")
    two = [{"AttributeKey": "EventName", "AttributeValue": name} for name in ("Converse", "ConverseStream")]
    assert refused(lambda: cloudtrail.lookup_events(LookupAttributes=two))[0] == "InvalidLookupAttributesException"
    assert refused(lambda: cloudtrail.lookup_events(MaxResults=51))[0] == "InvalidMaxResultsException"
    assert refused(lambda: cloudtrail.lookup_events(NextToken="x"))[0] == "InvalidNextTokenException"


def test_the_event_history_is_slow_and_answers_little() -> None:
    """Events come later, and the third question of a second is refused."""
    profile = PROFILE.replace("trail_delay_s = 0", "trail_delay_s = 3600").replace(
        "trail_per_s = 1000", "trail_per_s = 0.1"
    )
    with ExitStack() as stack:
        account = clients_of(profile, stack)
        cloudtrail = account("cloudtrail")
        say(account("bedrock-runtime"))
        assert cloudtrail.lookup_events()["Events"] == []
        assert refused(cloudtrail.lookup_events) == ("ThrottlingException", "Rate exceeded")


@pytest.mark.parametrize("tells_home", [True, False])
def test_older_events_said_nothing_where_nothing_was_rerouted(tells_home: bool) -> None:
    """A missing Region does not mean a missing event."""
    profile = PROFILE.replace("[account]", f"[account]\ntrail_tells_home = {str(tells_home).lower()}")
    with ExitStack() as stack:
        account = clients_of(profile.replace("us-east-2 = 1", "us-east-1 = 1"), stack)
        say(account("bedrock-runtime"))
        (one,) = events(account("cloudtrail"))
        assert one["additionalEventData"].get("inferenceRegion") == ("us-east-1" if tells_home else None)


def test_invocation_logs_in_cloudwatch(account: Clients) -> None:
    """Named by the account's own configuration, there at once, page by page."""
    told = account("bedrock").get_model_invocation_logging_configuration()["loggingConfig"]
    group = told["cloudWatchConfig"]["logGroupName"]
    made = say(account("bedrock-runtime"))
    logs = account("logs")
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, PaginationConfig={"PageSize": 1})
    found = {
        line["requestId"]: line for page in pages for line in (json.loads(one["message"]) for one in page["events"])
    }
    assert (found[made]["inferenceRegion"], found[made]["operation"]) == ("us-east-2", "ConverseStream")
    assert refused(lambda: logs.filter_log_events(logGroupName="/other"))[0] == "ResourceNotFoundException"


def test_invocation_logs_in_a_bucket() -> None:
    """The same as packed lines in objects; a bucket of another name is not there."""
    with ExitStack() as stack:
        account = clients_of(PROFILE.replace('"cloudwatch"', '"s3"'), stack)
        made = say(account("bedrock-runtime"))
        where = account("bedrock").get_model_invocation_logging_configuration()["loggingConfig"]["s3Config"]
        s3 = account("s3")
        listed = s3.list_objects_v2(Bucket=where["bucketName"], Prefix=where["keyPrefix"])
        (key,) = [one["Key"] for one in listed["Contents"]]
        packed = s3.get_object(Bucket=where["bucketName"], Key=key)["Body"].read()
        lines = [json.loads(line) for line in gzip.decompress(packed).splitlines()]
        assert [line["requestId"] for line in lines] == [made]
        assert refused(lambda: s3.list_objects_v2(Bucket="another"))[0] == "NoSuchBucket"
        assert refused(lambda: s3.get_object(Bucket=where["bucketName"], Key="none"))[0] == "NoSuchKey"


def test_every_question_must_be_signed_for_its_own_service(account: Clients) -> None:
    """A wrong secret is a wrong secret everywhere; without a check nobody is asked."""
    sts = account("sts")
    session = boto3.Session(region_name="us-east-1", aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="wrong")
    for service, ask in (("sts", "get_caller_identity"), ("bedrock", "list_foundation_models")):
        other = session.client(service, endpoint_url=sts.meta.endpoint_url)
        assert refused(getattr(other, ask))[0].startswith("InvalidSignature")
        other.close()


def test_unknown_questions(account: Clients) -> None:
    """An operation that the simulator does not know is told apart from one that is denied."""
    assert refused(account("sts").get_session_token)[0] == "UnknownOperation"
    assert refused(account("bedrock").list_guardrails)[0] == "UnknownOperationException"
