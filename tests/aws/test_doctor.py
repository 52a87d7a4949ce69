"""Every reason why a comparison fails outside of the stream: what doctor says of it, what compare says of it, and with which exit code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from hayai.sim.process import Running
from tests.aws.account import ACCOUNT_ID, HAIKU_3, NOVA, SECRET, account_beside, leads_to, profile_text, shell_at
from tests.cli.shell import MEASURED, Shell

SHORT = ("--cycles", "1", "--warmup", "0", "--prompts", "cicd", "--stopping", "limits", "--max-tokens", "50")
ARN = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The account with nothing denied."""
    with account_beside(tmp_path_factory.mktemp("account"), profile_text()) as running:
        yield running


@pytest.fixture
def user(tmp_path: Path, whole: Running) -> Shell:
    """Who may do everything."""
    return shell_at(tmp_path, whole)


def checks(user: Shell, *words: str, code: int, **environment: str) -> dict[str, list[dict[str, Any]]]:
    """What doctor found, by topic."""
    told = json.loads(run(user, "doctor", *words, "--json", code=code, **environment).out)
    found: dict[str, list[dict[str, Any]]] = {}
    for check in told["checks"]:
        found.setdefault(check["topic"], []).append(check)
    return found


def run(user: Shell, *words: str, code: int | tuple[int, ...], **environment: str) -> Any:
    """The command with a few more settings."""
    return Shell(folder=user.folder, environment=user.environment | environment).inside(*words, code=code)


def test_a_healthy_account(user: Shell) -> None:
    """Everything is found, nothing stands in the way."""
    found = checks(user, NOVA, "--vary", "latency=standard,optimized", *SHORT, code=0)
    assert {check["state"] for topic in found.values() for check in topic} <= {"good", "note"}
    assert found["identity"][0]["values"]["account"] == ACCOUNT_ID
    assert found["identity"][0]["target"] == "nova-pro standard, nova-pro optimized"
    assert [check["code"] for check in found["latency"]] == ["latency"]
    assert found["profile"][0]["values"]["regions"] == "us-east-1, us-east-2, us-west-2"
    assert [check["code"] for check in found["quota"]] == ["quota.requests.enough", "quota.tokens.enough"] * 2


def test_without_targets_the_account_alone(user: Shell) -> None:
    """Who, where, how far, and the clock."""
    found = checks(user, code=0)
    assert set(found) == {"credentials", "endpoint", "network", "identity", "clock"}


class Cause(NamedTuple):
    """Why requests for `target` fail: what doctor says, and what compare says (None: nothing else than of others)."""

    target: str
    topic: str
    code: str
    advice: str | None
    words: str | None
    exit_code: int = 3


CAUSES = (
    Cause(HAIKU_3, "model", "model.gone", "anthropic.claude-haiku-5-5", "has reached its end of life"),
    Cause("bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0", "access", "access.missing", "Bedrock console", "no access to"),
    Cause("bedrock:anthropic.claude-haiku-4-5-20251001-v1:0", "profile", "profile.needed", "us.anthropic.claude", "no access to"),
    Cause("bedrock:mistral.mistral-large-2402-v1:0", "model", "model.legacy.ends", "hayai models", "marked as legacy"),
    Cause("bedrock:nobody.knows-v1:0", "model", "model.not_here", "hayai models", "not a model id that Bedrock knows"),
    Cause("bedrock:eu.amazon.nova-pro-v1:0", "profile", "profile.missing", "us.amazon.nova-pro-v1:0", None),
    Cause("bedrock:amazon.nova-pro-v1:0,latency=optimized", "latency", "latency.needs_profile", "us.amazon.nova", "this latency mode"),
    Cause(f"{NOVA},tier=reserved", "tier", "tier.reserved", None, "needs reserved capacity"),
    Cause("bedrock:mistral.mistral-7b-instruct-v0:2", "model", "model.not_here", "hayai models", "not a model id that Bedrock knows"),
)  # fmt: skip


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: f"{cause.code}-{cause.target[-20:]}")
def test_causes_of_the_model(user: Shell, cause: Cause) -> None:
    """Told before, with what to do next; and told by the failing call, which alone blocks."""
    bad = cause.code not in ("tier.reserved", "model.legacy.ends")
    found = checks(user, cause.target, *SHORT, code=3 if bad else 0)
    (check,) = [one for one in found[cause.topic] if one["code"] == cause.code]
    if cause.advice is not None:
        assert cause.advice in check["advice"]
    if cause.words is not None:
        done = user.inside("compare", cause.target, *SHORT, code=cause.exit_code)
        assert cause.words in done.err
        if bad or check["state"] == "warning":
            assert check["sentence"] in done.err  # The short look said it before anything was sent.


class Denied(NamedTuple):
    """What a role may not do, and how far that goes."""

    action: str
    topic: str | None
    state: str = "unknown"
    exit_code: int = 0
    of_compare: int | tuple[int, ...] = MEASURED


DENIED = (
    Denied("sts:*", None),
    Denied("bedrock:GetFoundationModel", "model"),
    Denied("bedrock:GetInferenceProfile", "profile"),
    Denied("bedrock:GetFoundationModelAvailability", "access"),
    Denied("iam:SimulatePrincipalPolicy", "permission"),
    Denied("servicequotas:ListServiceQuotas", "quota"),
    Denied("bedrock:InvokeModelWithResponseStream", "permission", "bad", 3, 3),
)


@pytest.mark.parametrize("denied", DENIED, ids=lambda denied: denied.action)
def test_what_a_role_may_not(tmp_path: Path, denied: Denied) -> None:
    """A question that may not be asked is unknown, with the statement that would allow it; only a call that fails blocks."""
    with account_beside(tmp_path, profile_text(f'denied = ["{denied.action}"]')) as running:
        user = shell_at(tmp_path, running)
        found = checks(user, NOVA, *SHORT, code=denied.exit_code)
        if denied.topic is not None:
            check = found[denied.topic][0]
            assert check["state"] == denied.state
            assert denied.action in check["sentence"]
            assert denied.action in check["statement"]["Action"]
        user.inside("compare", NOVA, *SHORT, "--json", code=denied.of_compare)


def test_a_region_that_the_organisation_closes(tmp_path: Path) -> None:
    """Found by trying the policies out, and told by the failing call."""
    with account_beside(tmp_path, profile_text('denied_regions = ["us-west-2"]')) as running:
        user = shell_at(tmp_path, running)
        (check,) = checks(user, NOVA, *SHORT, code=3)["permission"]
        assert check["code"] == "permission.organisation"
        assert check["values"]["regions"] == "us-west-2"
        done = user.inside("compare", NOVA, *SHORT, code=3)
        assert "service control policy" in done.err
        assert ACCOUNT_ID not in done.err


@pytest.mark.parametrize(
    ("clock_s", "state", "code"), [(100, "warning", "clock.behind"), (-100, "warning", "clock.ahead")]
)
def test_a_clock_that_is_off(tmp_path: Path, clock_s: int, state: str, code: str) -> None:
    """Against the date of the service's own answers."""
    with account_beside(tmp_path, profile_text(f"clock_s = {clock_s}")) as running:
        (check,) = checks(shell_at(tmp_path, running), code=0)["clock"]
    assert (check["state"], check["code"]) == (state, code)
    assert abs(check["values"]["seconds"] - 100) <= 2


def test_a_clock_so_wrong_that_no_signature_holds(tmp_path: Path) -> None:
    """Then even the refusals tell the date."""
    with account_beside(tmp_path, profile_text("clock_s = 4000")) as running:
        user = shell_at(tmp_path, running)
        (check,) = checks(user, code=3)["clock"]
        assert (check["state"], check["code"]) == ("bad", "clock.behind")
        assert "Set the clock" in user.inside("compare", NOVA, *SHORT, code=3).err


def test_wrong_and_missing_credentials(user: Shell, whole: Running) -> None:
    """A secret that is wrong, a profile that is not there, a login that ended, and none at all."""
    wrong = checks(user, NOVA, *SHORT, code=0, AWS_SECRET_ACCESS_KEY="wrong")
    assert wrong["identity"][0]["code"] == "unknown.credentials"
    missing = checks(user, f"{NOVA},profile=nobody", *SHORT, code=3)
    assert "no profile named nobody" in missing["credentials"][0]["sentence"]
    expired = checks(user, NOVA, *SHORT, code=0, AWS_SESSION_TOKEN="expired")
    assert expired["identity"][0]["code"] == "unknown.expired"
    nobody = {name: value for name, value in user.environment.items() if not name.startswith("AWS_ACCESS")}
    del nobody["AWS_SECRET_ACCESS_KEY"]
    found = checks(Shell(folder=user.folder, environment=nobody), NOVA, *SHORT, code=0)
    assert found["credentials"][0]["code"] == "credentials.none"
    assert whole.url.startswith("http://127")


def test_credentials_that_end_soon(user: Shell) -> None:
    """Keys with an end that nobody moves."""
    from datetime import UTC, datetime, timedelta

    ends = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    found = checks(user, NOVA, *SHORT, code=0, AWS_SESSION_TOKEN="t", AWS_CREDENTIAL_EXPIRATION=ends)["credentials"]
    assert [(check["code"], check["state"]) for check in found] == [
        ("credentials.found", "good"),
        ("credentials.until", "warning"),
    ]


def test_an_address_where_nobody_listens(user: Shell) -> None:
    """Bad, with the reason; what would have been asked there is unknown."""
    found = checks(user, NOVA, *SHORT, code=3, AWS_ENDPOINT_URL="http://127.0.0.1:9")
    assert found["network"][0]["code"] == "network.failed"
    assert {found[topic][0]["code"] for topic in ("identity", "model", "quota")} == {"unknown.unreachable"}
    assert found["clock"][0]["state"] == "unknown"


def test_quotas_that_do_not_bear_the_plan(tmp_path: Path) -> None:
    """Requests, tokens by reservation, and a rate that would fit; with that rate, nothing is said any more."""
    models = profile_text().replace(
        "ttft_ms = 200\n", "ttft_ms = 200\nrequests_per_minute = 12\ntokens_per_minute = 3000\n"
    )
    with account_beside(tmp_path, models) as running:
        user = shell_at(tmp_path, running)
        plan = (NOVA, "--max-tokens", "500", "--prompts", "cicd", "--stopping", "limits")
        requests, tokens = checks(user, *plan, code=0)["quota"]
        assert (requests["code"], tokens["code"]) == ("quota.requests.short", "quota.tokens.short")
        assert requests["values"]["rate"] == 9
        reserved = tokens["values"]["each"]
        assert reserved == tokens["values"]["input"] + 500
        assert tokens["values"]["allowed"] == 3000 / reserved
        slow = checks(user, *plan, "--rate", "2/m", code=0)["quota"]
        assert [check["state"] for check in slow] == ["good", "good"]
        unlimited = checks(user, NOVA, "--prompts", "cicd", code=0)["quota"][1]
        assert unlimited["code"] == "quota.tokens.no_limit"
        assert "--rate 9/m" in user.inside("compare", *plan, "--dry-run", code=0).err


def test_one_real_call(user: Shell) -> None:
    """Made when asked for: it says in which mode it was served."""
    found = checks(user, NOVA, f"{NOVA},latency=optimized", HAIKU_3, *SHORT, "--call", code=3)["call"]
    assert [check["code"] for check in found] == ["call", "call.served", "call.failed"]
    assert "end of life" in found[2]["sentence"]
    assert not list(user.folder.glob("runs/*"))


def test_a_fallback_of_the_real_call_is_told(tmp_path: Path) -> None:
    """Served in another mode than asked for: a warning."""
    models = profile_text().replace(
        "ttft_ms = 100\nitl_ms = 5\ntokens = 20\n", "ttft_ms = 100\nitl_ms = 5\nfallback_chance = 1.0\n"
    )
    with account_beside(tmp_path, models) as running:
        (check,) = checks(shell_at(tmp_path, running), f"{NOVA},latency=optimized", *SHORT, "--call", code=0)["call"]
    assert (check["state"], check["values"]["served"]) == ("warning", "standard")


def test_an_application_profile_is_looked_through(user: Shell) -> None:
    """Its ARN tells no model; AWS does."""
    found = checks(user, f"bedrock:{ARN}", *SHORT, code=0)
    assert found["model"][0]["code"] == "model.active"
    assert found["profile"][0]["state"] == "good"
    assert found["quota"][0]["state"] == "good"


def test_the_least_policy(user: Shell) -> None:
    """Model calls on exactly the profile and the models behind it; streams and whole answers are different actions."""
    told = json.loads(user.inside("doctor", NOVA, f"{NOVA},api=converse", *SHORT, "--policy", code=0).out)
    by_sid = {statement["Sid"]: statement for statement in told["Statement"]}
    model = "foundation-model/amazon.nova-pro-v1:0"
    assert (
        by_sid["CallInvokeModelWithResponseStream"]["Resource"]
        == by_sid["CallInvokeModel"]["Resource"]
        == [
            f"arn:aws:bedrock:us-east-1:{ACCOUNT_ID}:inference-profile/us.amazon.nova-pro-v1:0",
            *(f"arn:aws:bedrock:{region}::{model}" for region in ("us-east-1", "us-east-2", "us-west-2")),
        ]
    )
    assert "hayai doctor" in user.inside("doctor", "--policy", code=2).err


def test_words_in_both_languages(user: Shell) -> None:
    """Readable lines, without a traceback and without the secret; the Japanese has no English sentence."""
    english = user.inside("doctor", NOVA, HAIKU_3, *SHORT, code=3)
    assert "✗ Model: Claude 3 Haiku reached its end of life on 2026-09-10" in english.out
    assert "It will not run as it is" in english.out
    japanese = user.inside("doctor", NOVA, HAIKU_3, *SHORT, "--lang", "ja", code=3)
    assert "✗ モデル: Claude 3 Haiku は 2026-09-10 に提供を終了" in japanese.out
    assert SECRET not in english.out + english.err


def test_a_short_look_before_a_comparison_can_be_skipped(user: Shell) -> None:
    """Trouble is said before the run; with --skip-doctor nobody looks."""
    words = ("compare", HAIKU_3, *SHORT, "--dry-run")
    assert "reached its end of life on 2026-09-10" in user.inside(*words, code=0).err
    assert "end of life" not in user.inside(*words, "--skip-doctor", code=0).err


def test_an_address_for_model_calls_alone_has_no_account(tmp_path: Path, whole: Running) -> None:
    """An endpoint on this machine that is only the target's is not asked about accounts before a run."""
    environment = leads_to(whole)
    del environment["AWS_ENDPOINT_URL"]
    user = shell_at(tmp_path, whole)
    user.environment.pop("AWS_ENDPOINT_URL")
    done = user.inside("compare", HAIKU_3, "--endpoint", whole.url, *SHORT, "--dry-run", code=0)
    assert "end of life" not in done.err


def test_models_of_the_account(user: Shell) -> None:
    """Ids to call by, life, and what each takes; a word chooses."""
    told = json.loads(user.inside("models", "--json", code=0).out)
    nova = next(one for one in told["models"] if one["id"] == "amazon.nova-pro-v1:0")
    assert (nova["profiles"][0], nova["optimized"], nova["tiers"]) == (
        "a1b2c3d4e5f6",
        True,
        ["default", "priority", "flex"],
    )
    haiku = next(one for one in told["models"] if one["id"] == "anthropic.claude-haiku-4-5-20251001-v1:0")
    prices = {one["id"].partition(".")[0]: (one["input_usd"], one["output_usd"]) for one in haiku["prices"]}
    assert (prices["us"], prices["global"]) == (("1.1", "5.5"), ("1", "5"))
    page = user.inside("models", "haiku", code=0).out
    for scope in ("us", "global"):
        rows = [row for row in page.splitlines() if f"{scope}.anthropic.claude-haiku-4-5-20251001-v1:0" in row]
        assert any(row.endswith(" / ".join(prices[scope])) for row in map(str.rstrip, rows))
    assert "us.anthropic.claude-haiku-4-5-20251001-v1:0" in page
    assert "ended 2026-09-10" in page
    assert "nova" not in page


def test_models_that_may_not_be_listed(tmp_path: Path) -> None:
    """Words and exit code 3; profiles alone missing are a remark."""
    with account_beside(tmp_path, profile_text('denied = ["bedrock:ListFoundationModels"]')) as running:
        assert "Allow bedrock:ListFoundationModels" in shell_at(tmp_path, running).inside("models", code=3).err
    with account_beside(tmp_path, profile_text('denied = ["bedrock:ListInferenceProfiles"]')) as running:
        assert "Inference profiles are missing" in shell_at(tmp_path, running).inside("models", code=0).out


class Answered(NamedTuple):
    """What the service says to every request, and what becomes of it."""

    error: str
    message: str | None
    words: str
    exit_code: int
    kind: str = "error"


ANSWERS = (
    Answered("ResourceNotFoundException", "Model use case details have not been submitted for this account.", "use case form", 3),
    Answered("AccessDeniedException", None, "has no access to", 3),
    Answered("ValidationException", "Invocation of model ID X with on-demand throughput isn’t supported.", "inference profile only", 3),
    Answered("ValidationException", "service tier provided is invalid", "does not offer this service tier", 3),
    Answered("ExpiredTokenException", None, "have expired", 3),
    Answered("InvalidSignatureException", None, "The signature on the request", 3),
    Answered("UnrecognizedClientException", None, "does not know the credentials", 3),
    Answered("ThrottlingException", "Too many tokens, please wait before trying again.", "Too many tokens", 5),
    Answered("ServiceQuotaExceededException", None, "ServiceQuotaExceededException", 5),
    Answered("ModelNotReadyException", None, "ModelNotReadyException", 5),
    Answered("ModelTimeoutException", None, "ModelTimeoutException", 5),
    Answered("ModelErrorException", None, "ModelErrorException", 5),
    Answered("InternalServerException", None, "InternalServerException", 5),
    Answered("ServiceUnavailableException", None, "ServiceUnavailableException", 5),
    Answered("ThrottlingException", "Rate exceeded", "ThrottlingException", 5, "in_stream_exception"),
    Answered("ModelStreamErrorException", None, "ModelStreamErrorException", 5, "in_stream_exception"),
    Answered("ValidationException", "The maximum tokens you requested exceeds the model limit of 9.", "exceeds the model limit", 5),
)  # fmt: skip
"""The refusals of Bedrock's own protocol, outside of the stream and in it: cause, words, exit code."""


@pytest.mark.parametrize("answered", ANSWERS, ids=lambda one: f"{one.error}-{one.exit_code}-{one.kind}")
def test_what_the_service_may_say(tmp_path: Path, answered: Answered) -> None:
    """compare ends with the right code and words; doctor's one real call meets the same and explains it alike."""
    message = "" if answered.message is None else f"message = {json.dumps(answered.message, ensure_ascii=False)}\n"
    fault = (
        f'[[faults]]\nkind = "{answered.kind}"\nchance = 1.0\nafter_chunks = 0\nerror = "{answered.error}"\n{message}'
    )
    with account_beside(tmp_path, profile_text() + fault) as running:
        user = shell_at(tmp_path, running)
        done = user.inside("compare", NOVA, *SHORT, "--skip-doctor", code=answered.exit_code)
        (call,) = checks(user, NOVA, *SHORT, "--call", code=3)["call"]
    assert answered.words in done.err + done.out
    assert (call["state"], call["code"]) == ("bad", "call.failed")
    assert answered.words in call["sentence"]
    assert ACCOUNT_ID not in done.err
