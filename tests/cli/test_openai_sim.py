"""hayai against the simulated OpenAI-compatible service: its faults are outcomes, its truth log our instants, its ratio our verdict."""

from __future__ import annotations

from pathlib import Path

import pytest

from hayai.keep.records import RequestRecord
from hayai.sim.process import Running, serve_in_process
from hayai.sim.truth import read_truth
from tests.cli.shell import MEASURED, Shell, clean_environment

FAULTS = {
    "error,error=ThrottlingException": ("throttled", "rate_limit_exceeded"),
    "error,error=ServiceUnavailableException": ("throttled", "server_is_overloaded"),
    "error,error=ModelTimeoutException": ("server_error", "server_error"),
    "error,error=ValidationException": ("refused", "invalid_request_error"),
    "in_stream_exception,error=ThrottlingException": ("throttled", "rate_limit_exceeded"),
    "in_stream_exception,after_chunks=0,error=ModelStreamErrorException": ("server_error", "server_error"),
    "reset": ("cut_off", "connection_reset"),
    "close": ("cut_off", "connection_closed"),
    "cut_frame": ("cut_off", "no_completion"),
    "bad_crc": ("bad_protocol", "bad_payload"),
    "no_last_events": ("cut_off", "no_completion"),
    "stall,wait_ms=2000": ("ok", None),
    "slow_headers,wait_ms=2000": ("ok", None),
    "buffered": ("ok", None),
}
"""Every kind of fault, as the script of a request, and what its record must say."""
FRAMINGS = ("crlf", "cr", "no-space", "comments", "bom", "split", "crlf,no-space,comments,bom,split")
RUN = '[run]\nprompts = ["blockchain"]\ncycles = 1\nwarmup = 0\nstopping = "limits"\n'


def records_by_script(shell: Shell, url: str, header: str, scripts: tuple[str, ...]) -> dict[str, RequestRecord]:
    """One request with each script, as targets of one run."""
    lines = [
        f'[[targets]]\nname = "t{number}"\nprovider = "openai"\nmodel = "m"\nbase_url = "{url}/v1"\n"header.{header}" = "{script}"\n'
        for number, script in enumerate(scripts)
    ]
    (shell.folder / "bench.toml").write_text("".join((RUN, *lines)))
    shell.inside("run", "bench.toml", "--json", code=(0, 4, 5))
    return {scripts[int(record.target[1:])]: record for record in shell.records()}


def test_every_fault_is_an_outcome(shell: Shell, sim: Running, truth_log: Path) -> None:
    """With the service's code; what had been said before it is kept, and a stream's error is known as one."""
    records = records_by_script(shell, sim.url, "x-hayai-sim-fault", tuple(FAULTS))
    for script, record in records.items():
        found = (record.outcome, record.failure and record.failure.code)
        assert found == FAULTS[script], (script, record.failure)
        kind = script.partition(",")[0]
        if kind == "in_stream_exception":
            assert record.failure is not None
            assert record.failure.in_stream
        whole = record.outcome == "ok" or kind == "no_last_events"
        none = kind == "error" or "after_chunks=0" in script
        assert len(record.pieces.kinds) == (50 if whole else 0 if none else 3), script
    assert {truth.fault for truth in read_truth(truth_log).values()} >= {script.partition(",")[0] for script in FAULTS}


def test_odd_framing_changes_nothing(shell: Shell, sim: Running) -> None:
    """All that `text/event-stream` allows, to the same pieces, tokens and end."""
    records = records_by_script(shell, sim.url, "x-hayai-sim-framing", FRAMINGS)
    assert len(records) == len(FRAMINGS)
    for script, record in records.items():
        assert record.outcome == "ok", (script, record.failure)
        assert (record.pieces.kinds, record.usage.output_tokens, record.stop_reason) == ("t" * 50, 50, "stop"), script


PROFILE = """
about = "One is exactly {ratio} times as fast as the other; both are noisy."
seed = {seed}
[[models]]
id = "slow"
family = "llama"
max_output = 100
arms = {{ standard = {{ ttft_ms = 25, ttft_sigma = 0.08, itl_ms = 2.5, itl_sigma = 0.08, tokens = 20 }} }}
[[models]]
id = "fast"
family = "llama"
max_output = 100
arms = {{ standard = {{ ttft_ms = {ttft}, ttft_sigma = 0.08, itl_ms = {itl}, itl_sigma = 0.08, tokens = 20 }} }}
"""


@pytest.mark.parametrize(("ratio", "answer"), [(1.5, "faster"), (1.0, "same")])
def test_the_verdict_holds_the_truth(shell: Shell, tmp_path: Path, ratio: float, answer: str) -> None:
    """The interval has it, the answer is never the opposite; and each piece arrived when the service's log says it was sent."""
    profile, log = tmp_path / "known.toml", tmp_path / "known.jsonl"
    profile.write_text(PROFILE.format(ratio=ratio, seed=5, ttft=25 / ratio, itl=2.5 / ratio))
    environment = clean_environment(tmp_path)
    with serve_in_process(profile, options=["--truth-log", str(log)], environment=environment) as sim:
        words = [f"openai:{model},base_url={sim.url}/v1" for model in ("slow", "fast")]
        done = shell.inside("compare", *words, "--seed", "5", "--concurrency", "4", "--json", code=MEASURED)
    (verdict,) = done.json["judgement"]["verdicts"]
    interval = verdict["headline"]["anytime"]
    assert interval["low"] < 1 / ratio < interval["high"]
    assert "slower" not in verdict["answer"]
    if answer == "faster":
        assert "faster" in verdict["answer"]
    truths = read_truth(log)
    for record in shell.records():
        truth, sent_at_ns = truths[str(record.request_id)], record.sent_at_ns
        assert sent_at_ns is not None
        sent = truth.pieces_at_ns()
        assert len(sent) == len(record.pieces.arrived_ns) == 20
        assert all(at <= sent_at_ns + after for at, after in zip(sent, record.pieces.arrived_ns, strict=True))
        assert (truth.output_tokens, truth.input_tokens) == (record.usage.output_tokens, record.usage.input_tokens)
