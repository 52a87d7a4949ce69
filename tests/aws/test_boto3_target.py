"""`bedrock-boto3:`, what an application sees: all four calls through boto3 itself, its retries made visible, its failures as outcomes."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from hayai.measure.sdk.boto3_process import Boto3
from hayai.measure.sdk.calls import Call, Came, Said, Setup
from hayai.measure.sdk.seats import exchange_of
from tests.aws.account import NOVA, account, profile_text, shell_at
from tests.cli.shell import MEASURED, Shell, until

SDK = NOVA.replace("bedrock:", "bedrock-boto3:")
SHORT = (
    "--cycles",
    "2",
    "--prompts",
    "cicd,blockchain",
    "--stopping",
    "limits",
    "--max-tokens",
    "50",
    "--skip-doctor",
    "--warmup",
    "0",
)
THROTTLED = """
[[faults]]
kind = "error"
request = 2
error = "ThrottlingException"
"""


def fault(kind: str, **more: Any) -> str:
    """A fault that hits the second request."""
    lines = "\n".join(f"{name} = {json.dumps(value)}" for name, value in more.items())
    return f'\n[[faults]]\nkind = "{kind}"\nrequest = 2\n{lines}\n'


def compared(folder: Path, profile: str, *targets: str, code: Any = MEASURED) -> Shell:
    """A user who has compared these."""
    with account(folder, profile) as running:
        user = shell_at(folder, running)
        user.inside("compare", *targets, *SHORT, "--json", code=code)
    return user


@pytest.mark.parametrize("api", ["converse-stream", "converse", "invoke-stream", "invoke"])
def test_the_same_answers_as_over_the_wire(tmp_path: Path, api: str) -> None:
    """Beside the bare wire: text, pieces, usage, modes and ids are read alike; the instants are the application's."""
    user = compared(
        tmp_path,
        profile_text(),
        f"{NOVA},api={api},latency=optimized,name=wire",
        f"{SDK},api={api},latency=optimized,name=sdk",
    )
    answers = user.run.answers()
    by_target: dict[str, dict[tuple[int, str], Any]] = {"wire": {}, "sdk": {}}
    for record in user.records():
        assert record.outcome == "ok"
        by_target[record.target][record.cycle, record.prompt] = record
    for key, sdk in by_target["sdk"].items():
        wire = by_target["wire"][key]
        assert (sdk.requested_latency, sdk.served_latency) == ("optimized", "optimized")
        assert sdk.usage.output_tokens == wire.usage.output_tokens == 20
        assert (sdk.stop_reason, sdk.streamed, sdk.usage.source) == (wire.stop_reason, wire.streamed, wire.usage.source)
        assert len(answers[sdk.id].text) > 10
        assert sdk.request_id is not None
        assert (sdk.clock, sdk.connection) == ("user", None)
        assert sdk.headers["x-hayai-sdk-retries"] == "0"
        if api.endswith("stream"):
            assert len(sdk.pieces.kinds) == len(wire.pieces.kinds)
            assert sdk.sent_at_ns < sdk.first_visible_at_ns <= sdk.last_at_ns <= sdk.ended_at_ns
    manifest = json.loads((user.run.path / "manifest.json").read_text())
    assert {one["target"] for one in manifest["endpoints"]} == {"wire", "sdk"}


def test_retries_are_made_visible(tmp_path: Path) -> None:
    """A throttle is hidden by the SDK and told by hayai; with one attempt it is an outcome, as over the wire."""
    hidden = compared(tmp_path, profile_text() + THROTTLED, f"{SDK},name=sdk")
    assert {record.outcome for record in hidden.records()} == {"ok"}
    assert sorted(record.headers["x-hayai-sdk-retries"] for record in hidden.records()) == ["0", "0", "0", "1"]
    report = json.loads(hidden.inside("report", "--json", code=0).out)
    (caution,) = [one for one in report["cautions"] if one["code"] == "W120"]
    assert (caution["values"]["count"], caution["values"]["total"]) == (1, 4)
    assert report["targets"][0]["spreads"]["sdk_retries"]["highest"] == 1
    (tmp_path / "once").mkdir()
    shown = compared(tmp_path / "once", profile_text() + THROTTLED, f"{SDK},max_attempts=1,name=sdk")
    assert [record.outcome for record in shown.records()].count("throttled") == 1
    (failed,) = [record for record in shown.records() if record.failure]
    assert failed.failure is not None
    assert (failed.failure.code, failed.status) == ("ThrottlingException", 429)


@pytest.mark.parametrize(
    ("broken", "outcome", "code"),
    [
        (
            fault("in_stream_exception", error="ModelStreamErrorException", after_chunks=2),
            "server_error",
            "ModelStreamErrorException",
        ),
        (fault("reset", after_chunks=2), "cut_off", "connection_closed"),
        (fault("close", after_chunks=2), "cut_off", "connection_closed"),
        (fault("error", error="ValidationException"), "refused", "ValidationException"),
        (fault("no_last_events"), "cut_off", None),
        (fault("stall", after_chunks=2, wait_ms=400000), "timed_out", "gap_timeout"),
    ],
)
def test_failures_are_outcomes(tmp_path: Path, broken: str, outcome: str, code: str | None) -> None:
    """What the SDK raises has the same name as on the wire, and what had come before it is kept."""
    target = f"{SDK},max_attempts=1,name=sdk" + (",read_timeout=1" if "stall" in broken else "")
    user = compared(tmp_path, profile_text() + broken, target)
    (failed,) = [record for record in user.records() if record.outcome != "ok"]
    assert failed.outcome == outcome
    assert failed.failure is not None
    if code is not None:
        assert failed.failure.code == code
    if "after_chunks" in broken:
        assert len(failed.pieces.kinds) == 2


def test_access_is_told_as_over_the_wire(tmp_path: Path) -> None:
    """A refused model ends the run with the same advice and exit code 3."""
    with account(tmp_path, profile_text()) as running:
        user = shell_at(tmp_path, running)
        gone = "bedrock-boto3:us.anthropic.claude-3-haiku-20240307-v1:0"
        assert "reached its end of life" in user.inside("compare", gone, *SHORT, code=3).err
        wrong = Shell(folder=tmp_path, environment=user.environment | {"AWS_SECRET_ACCESS_KEY": "wrong"})
        assert "signature" in wrong.inside("compare", SDK, *SHORT, code=3).err.lower()


def test_a_client_for_every_call_pays_for_it(tmp_path: Path) -> None:
    """As the published comparison was made: making the client is inside the time that is measured."""
    user = compared(tmp_path, profile_text(), f"{SDK},name=shared", f"{SDK},client=each,name=each")
    times: dict[str, list[int]] = {"shared": [], "each": []}
    for record in user.records():
        assert record.last_at_ns is not None
        assert record.sent_at_ns is not None
        times[record.target].append(record.last_at_ns - record.sent_at_ns)
    assert min(times["each"]) > max(min(times["shared"]), 1)


def test_many_streams_at_once_and_an_end_on_demand(tmp_path: Path) -> None:
    """Threads as many as streams; Ctrl-C twice records what flies as cancelled and leaves no process behind."""
    slow = profile_text().replace("ttft_ms = 200", "ttft_ms = 400000")
    with account(tmp_path, slow) as running:
        user = shell_at(tmp_path, running)
        words = (
            "compare",
            f"{SDK},name=sdk",
            "--concurrency",
            "8",
            "--warmup",
            "0",
            "--max-tokens",
            "50",
            "--skip-doctor",
        )
        with user.begin(*words) as process:
            until(lambda: any('"began"' in p.read_text() for p in user.folder.glob("runs/*/events.jsonl")))
            process.send_signal(signal.SIGINT)
            assert process.stderr is not None
            assert any("again" in line for line in process.stderr)
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 130
    assert {record.outcome for record in user.records()} <= {"cancelled"}


def test_options_it_does_not_have(tmp_path: Path) -> None:
    """Headers of one's own are the wire's; a mode that boto3 does not know is refused at once."""
    user = Shell(folder=tmp_path)
    assert "header." not in user.inside("compare", f"{SDK},retry_mode=never", "--dry-run", code=2).out
    assert "legacy, standard, adaptive" in user.inside("compare", f"{SDK},retry_mode=never", "--dry-run", code=2).err
    assert user.inside("compare", f"{SDK},header.X-Y=1", "--dry-run", code=2).err


def test_an_image_goes_as_bytes() -> None:
    """The wire's base64 is undone: boto3 makes its own."""
    import base64

    from hayai.measure.sdk.boto3_process import _parameters

    source = {"bytes": base64.b64encode(b"pixels").decode()}
    body = {"messages": [{"role": "user", "content": [{"image": {"format": "png", "source": source}}]}]}
    call = Call(id=1, api="converse", model="m", body=json.dumps(body))
    assert _parameters(call)["messages"][0]["content"][0]["image"]["source"]["bytes"] == b"pixels"


def test_what_the_sdk_refuses_itself() -> None:
    """Parameters that boto3 does not know never leave, and are refused like the service's own no."""
    sdk = Boto3(Setup(region="us-east-1", endpoint="http://127.0.0.1:9", threads=1, unsigned=True))
    came = sdk.call(Call(id=1, api="converse", model="m", body=json.dumps({"messages": [], "strange": 1})))
    assert (came.status, came.headers["x-amzn-errortype"]) == (400, "ParamValidationError")
    nobody = sdk.call(Call(id=2, api="converse", model="m", body=json.dumps({"messages": []})))
    assert nobody.error is not None
    assert nobody.error[0] == "sdk_no_connection"


def test_an_exchange_from_what_was_handed_out() -> None:
    """Each event at its own instant, in the frames of the wire; the response itself is a read without a body."""
    said = (Said(at_ns=30, name="messageStart", payload='{"role":"assistant"}'),)
    came = Came(
        id=1, sent_at_ns=10, sent_wall_ns=1, answered_at_ns=20, ended_at_ns=40, status=200, events=said, retries=2
    )
    exchange = exchange_of(came, streamed=True, request_bytes=5)
    assert exchange.at_ns == [20, 30]
    assert (exchange.head_read, exchange.complete, exchange.headers["x-hayai-sdk-retries"]) == (0, True, "2")
