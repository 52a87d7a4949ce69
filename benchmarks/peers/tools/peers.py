"""How is each peer started and read? With the most favourable settings found: no warm-up, quiet screens, the server's token counts.

All get a prompt of about twenty tokens, ask for a hundred, stream, and send their next request when one ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers import environments
from benchmarks.peers.environments import PINS, TOKENIZER, program
from benchmarks.peers.tools.contract import Reported, read_json
from benchmarks.peers.truth import Served
from benchmarks.peers.work import Cell

OFFLINE = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
PROMPT = "the quick brown fox jumps over the lazy dog"


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """What they have in common."""

    name: str
    besides: str
    notes: str
    fine: frozenset[int] = frozenset({0})

    def version(self) -> str:
        """As pinned."""
        return str(PINS[self.name]["version"])

    def prepare(self) -> str | None:
        """Installed, and a tokenizer there."""
        why = environments.install(self.name)
        if why is None:
            environments.tokenizer()
        return why

    def environment(self) -> dict[str, str]:
        """Nothing is fetched while it runs."""
        return OFFLINE

    def own(self, log: Sequence[Served], folder: Path) -> dict[str, float]:
        """Its summary is what it is judged by."""
        return {}


class LLMeter(Peer):
    """A library; the script that calls it is below."""

    SCRIPT = """
import asyncio, sys
from llmeter.endpoints import OpenAICompletionStreamEndpoint
from llmeter.runner import Runner
model, url, clients, requests, prompt = sys.argv[1:]
async def run():
    endpoint = OpenAICompletionStreamEndpoint(model_id=model, api_key="none", base_url=url + "/v1")
    payload = endpoint.create_payload(prompt, max_tokens=100)
    await Runner(endpoint, output_path="out").run(payload=payload, clients=int(clients), n_requests=int(requests))
asyncio.run(run())
"""

    def command(self, cell: Cell, url: str, folder: Path) -> list[str]:
        """Requests are counted by client there."""
        each = str(cell.requests // cell.streams)
        return [program(self.name, "python"), "-c", self.SCRIPT, cell.model, url, str(cell.streams), each, PROMPT]

    def reported(self, cell: Cell, folder: Path) -> Reported:
        """stats.json, in seconds."""
        said = read_json(folder, "out/*/stats.json")
        return Reported(
            requests=said["total_requests"] - said["failed_requests"],
            ttft_p50=said["time_to_first_token-p50"] * 1e3,
            ttft_p99=said["time_to_first_token-p99"] * 1e3,
            per_request_p50=said["time_per_output_token-p50"] * 1e3,
            per_request_p99=said["time_per_output_token-p99"] * 1e3,
        )


class EvalScope(Peer):
    """`evalscope perf`."""

    def command(self, cell: Cell, url: str, folder: Path) -> list[str]:
        """Random prompts from the local tokenizer."""
        return [
            program(self.name, "evalscope"), "perf", "--model", cell.model, "--api", "openai", "--url", f"{url}/v1/chat/completions",
            "--api-key", "none", "--tokenizer-path", str(TOKENIZER), "--dataset", "random", "--min-prompt-length", "20",
            "--max-prompt-length", "20", "--prefix-length", "0", "--max-tokens", "100", "--min-tokens", "100",
            "--number", str(cell.requests), "--parallel", str(cell.streams), "--stream", "--no-test-connection",
            "--outputs-dir", "out", "--no-timestamp",
        ]  # fmt: skip

    def reported(self, cell: Cell, folder: Path) -> Reported:
        """benchmark_percentile.json, in milliseconds."""
        rows = {row["Percentiles"]: row for row in read_json(folder, "out/**/benchmark_percentile.json")}
        return Reported(
            requests=read_json(folder, "out/**/benchmark_summary.json")["Success Requests"],
            ttft_p50=rows["50%"]["TTFT (ms)"],
            ttft_p99=rows["99%"]["TTFT (ms)"],
            per_request_p50=rows["50%"]["TPOT (ms)"],
            per_request_p99=rows["99%"]["TPOT (ms)"],
            per_chunk_p50=rows["50%"]["ITL (ms)"],
            per_chunk_p99=rows["99%"]["ITL (ms)"],
        )


class AIPerf(Peer):
    """`aiperf profile`."""

    def command(self, cell: Cell, url: str, folder: Path) -> list[str]:
        """Token counts are the server's: its own tokenizing is switched off."""
        return [
            program(self.name, "aiperf"), "profile", "--model", cell.model, "--url", url, "--endpoint-type", "chat", "--streaming",
            "--concurrency", str(cell.streams), "--request-count", str(cell.requests), "--tokenizer", str(TOKENIZER),
            "--synthetic-input-tokens-mean", "20", "--output-tokens-mean", "100", "--use-server-token-count", "--ui", "none",
            "--no-server-metrics", "--no-gpu-telemetry", "--artifact-dir", "out",
        ]  # fmt: skip

    def environment(self) -> dict[str, str]:
        """A tokenizer's path is refused when the hub is said to be offline."""
        return {"TOKENIZERS_PARALLELISM": "false"}

    def reported(self, cell: Cell, folder: Path) -> Reported:
        """profile_export_aiperf.json, in milliseconds; what it calls inter token latency is the mean of a request."""
        said = read_json(folder, "out/profile_export_aiperf.json")
        return Reported(
            requests=int(said["request_count"]["avg"]),
            ttft_p50=said["time_to_first_token"]["p50"],
            ttft_p99=said["time_to_first_token"]["p99"],
            per_request_p50=said["inter_token_latency"]["p50"],
            per_request_p99=said["inter_token_latency"]["p99"],
            per_chunk_p50=said["inter_chunk_latency"]["p50"],
            per_chunk_p99=said["inter_chunk_latency"]["p99"],
        )


class GuideLLM(Peer):
    """`guidellm run`."""

    def command(self, cell: Cell, url: str, folder: Path) -> list[str]:
        """As many streams as there are users."""
        return [
            program(self.name, "guidellm"), "run", "--backend", f"kind=openai_http,target={url},model={cell.model}",
            "--profile", f"kind=concurrent,streams={cell.streams}", "--constraint", f"kind=max_requests,count={cell.requests}",
            "--tokenizer", f"kind=hf_auto,model={TOKENIZER}", "--data", "kind=synthetic_text,prompt_tokens=20,output_tokens=100",
            "--output", "kind=json,path=out.json", "--disable-console-interactive",
        ]  # fmt: skip

    def environment(self) -> dict[str, str]:
        """One worker: it has one core here, and ten of them, its default, cost it twice the CPU and half of its exactness."""
        return OFFLINE | {"GUIDELLM__MAX_WORKER_PROCESSES": "1"}

    def reported(self, cell: Cell, folder: Path) -> Reported:
        """Its JSON, in milliseconds; its inter token latency is the mean of a request, weighted by tokens."""
        metrics = read_json(folder, "out.json")["benchmarks"][0]["metrics"]
        ttft = metrics["time_to_first_token_ms"]["successful"]["percentiles"]
        itl = metrics["inter_token_latency_ms"]["successful"]["percentiles"]
        return Reported(
            requests=metrics["request_totals"]["successful"],
            ttft_p50=ttft["p50"],
            ttft_p99=ttft["p99"],
            per_request_p50=itl["p50"],
            per_request_p99=itl["p99"],
        )


class GenAIBench(Peer):
    """`genai-bench benchmark`."""

    def command(self, cell: Cell, url: str, folder: Path) -> list[str]:
        """The deterministic scenario."""
        return [
            program(self.name, "genai-bench"), "benchmark", "--api-backend", "openai", "--api-base", url, "--api-key", "none",
            "--task", "text-to-text", "--api-model-name", cell.model, "--model", "sim", "--model-tokenizer", str(TOKENIZER),
            "--num-concurrency", str(cell.streams), "--traffic-scenario", "D(20,100)", "--max-time-per-run", "5",
            "--max-requests-per-run", str(cell.requests), "--experiment-base-dir", ".", "--experiment-folder-name", "out",
            "--metrics-time-unit", "ms",
        ]  # fmt: skip

    def reported(self, cell: Cell, folder: Path) -> Reported:
        """The scenario's JSON."""
        said = read_json(folder, "out/D20_100*.json")["aggregated_metrics"]
        return Reported(
            requests=said["num_completed_requests"],
            ttft_p50=said["stats"]["ttft"]["p50"],
            ttft_p99=said["stats"]["ttft"]["p99"],
            per_request_p50=said["stats"]["tpot"]["p50"],
            per_request_p99=said["stats"]["tpot"]["p99"],
        )


PEERS = (
    LLMeter(
        name="llmeter",
        besides="progress bars with running statistics, a file with every answer's text",
        notes="a library; the script that calls it is in benchmarks/peers/tools/peers.py. TPOT is the mean of a request.",
    ),
    EvalScope(
        name="evalscope",
        besides="makes prompts with a tokenizer, SQLite of all requests, tables, an HTML report",
        notes="evalscope perf. TPOT is the mean of a request, ITL each gap between chunks.",
    ),
    AIPerf(
        name="aiperf",
        besides="makes prompts with a tokenizer, several processes that scale to many cores, HTTP traces, CSV and JSON",
        notes="told to use the server's token counts. Its inter token latency is the mean of a request, its inter chunk latency each gap.",
    ),
    GuideLLM(
        name="guidellm",
        besides="makes prompts with a tokenizer, several processes that scale to many cores, tables, JSON of all requests",
        notes="guidellm run with one worker instead of ten, as there is one core. Its inter token latency is the mean of a request.",
    ),
    GenAIBench(
        name="genai-bench",
        besides="makes prompts with a tokenizer, a spreadsheet and a dozen plots, its own screen",
        notes="TPOT is the mean of a request. It may send a few requests more than asked.",
    ),
)
