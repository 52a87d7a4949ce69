"""A proxy that passes nothing on before it has everything, as a user meets it: no first token is claimed, and the whole time is right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hayai.sim.process import Running, serve_in_process
from hayai.sim.truth import read_truth
from tests.cli.shell import MEASURED, NOVA, Shell, clean_environment


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the patient service writes what it did."""
    return tmp_path_factory.mktemp("patient") / "truth.jsonl"


@pytest.fixture(scope="module")
def patient(log: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service that takes 60 ms for an answer: a busy machine does not send all of that at once, as if it had been held back."""
    environment = clean_environment(tmp_path_factory.getbasetemp())
    with serve_in_process("steady", options=["--speed", "20", "--truth-log", str(log)], environment=environment) as sim:
        yield sim


HELD = "header.x-hayai-sim-fault=buffered"
LIMITS = ("--cycles", "2", "--stopping", "limits", "--prompts", "blockchain,cicd")


@pytest.mark.parametrize("service", ["bedrock", "openai"])
def test_what_a_proxy_held_back_has_no_first_token(shell: Shell, patient: Running, log: Path, service: str) -> None:
    """TTFT, gaps and speeds of that side are unknown, W117 says why, and the verdict about the whole time stands."""
    plain = NOVA if service == "bedrock" else f"openai:m,base_url={patient.url}/v1"
    endpoint = ("--endpoint", patient.url) if service == "bedrock" else ()
    done = shell.inside(
        "compare", f"{plain},name=plain", f"{plain},name=held,{HELD}", *endpoint, *LIMITS, "--json", code=MEASURED
    )
    report = done.json
    spreads = {target["name"]: target["spreads"] for target in report["targets"]}
    for metric in ("ttft", "ttfv", "tpot", "output_speed", "chunk_gap"):
        assert spreads["held"][metric]["known"] == 0, metric
        assert spreads["plain"][metric]["known"] > 0, metric
    assert spreads["held"]["e2e"]["known"] == spreads["plain"]["e2e"]["known"] == 4
    cautions = {caution["code"]: caution["values"] for caution in report["cautions"]}
    assert (cautions["W117"]["count"], cautions["W117"]["total"]) == (4, 8)
    assert cautions["W117"]["targets"] == ["held"]
    assert "W108" not in cautions or "held" not in cautions["W108"]["targets"]
    (verdict,) = report["judgement"]["verdicts"]
    assert verdict["headline"]["pairs"] == 4
    truths = read_truth(log)
    for record in shell.records():
        held = record.target == "held"
        assert (record.outcome, record.streamed, record.buffered) == ("ok", True, held)
        assert record.last_at_ns is not None
        truth = truths[str(record.request_id)]
        assert record.last_at_ns >= truth.received_at_ns + (truth.sent_ns[-1] if held else truth.due_ns[-1])


def test_a_short_answer_may_come_at_once(shell: Shell, sim: Running) -> None:
    """Few pieces say nothing about a buffer."""
    target = f"openai:m,base_url={sim.url}/v1,max_tokens=7,{HELD}"
    report = shell.inside("compare", target, *LIMITS, "--json", code=0).json
    assert {caution["code"] for caution in report["cautions"]} >= {"W100"}
    assert "W117" not in {caution["code"] for caution in report["cautions"]}
    assert {record.buffered for record in shell.records()} == {False}
