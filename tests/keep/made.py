"""Run directories made for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from hayai.ask.plan import Plan
from hayai.keep.run_directory import SCHEMA_VERSION, Manifest, PromptHash, RunDirectory, prompt_hash
from tests.decide.made import a_plan, a_prompt, a_target

PLAN = a_plan((a_target("a"), a_target("b")), (a_prompt("p", text="犬 and cats?"), a_prompt("q")))


def a_manifest(run: str = "2026-11-22T2136_a-vs-b_k3f9", plan: Plan = PLAN, **changed: Any) -> Manifest:
    """The manifest of a run of `plan`."""
    values: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "run": run,
        "hayai_version": "0",
        "created_utc": "2026-11-22T21:36:05.123Z",
        "argv": ("hayai", "compare"),
        "plan": msgspec.structs.replace(plan, suite=msgspec.structs.replace(plan.suite, prompts=())),
        "prompts": tuple(PromptHash(id=p.id, sha256=prompt_hash(p)) for p in plan.suite.prompts),
        "endpoints": (),
        "environment": {},
    }
    return Manifest(**(values | changed))


def a_run(root: Path, run: str = "2026-11-22T2136_a-vs-b_k3f9", plan: Plan = PLAN) -> RunDirectory:
    """An empty run below `root`."""
    return RunDirectory.create(root, a_manifest(run, plan), plan.suite)
