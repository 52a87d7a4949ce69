"""What does a page about a run need beside its findings? The races, the points of its charts, and how the run came about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hayai.decide.findings import Findings
from hayai.decide.instrument import instrument_of
from hayai.decide.pictures import Pictures, pictures
from hayai.decide.races import Race, races, that_fit, typical_rounds
from hayai.decide.sample import sample_of_run
from hayai.keep.query import Rounds, regions_of
from hayai.keep.records import AnswerText, RequestRecord
from hayai.keep.run_directory import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A run as a page shows it."""

    run: str
    """Name of the run's directory."""
    findings: Findings
    pictures: Pictures
    races: tuple[Race, ...]
    """One of each prompt, or all of them; without texts where the run kept none."""
    races_left_out: int = 0
    """For which there was no room in the page."""
    texts_kept: bool
    argv: tuple[str, ...]
    """The command line, secrets left out."""
    hayai_version: str
    environment: dict[str, Any]
    """What the manifest knows of the machine."""


def in_races(manifest: Manifest, rounds: Rounds, *, all_races: bool) -> frozenset[str]:
    """Ids of the records that race: of the typical round of each prompt, or of all complete rounds."""
    typical = typical_rounds(rounds.paired, [target.name for target in manifest.plan.targets])
    return frozenset(r.id for r in rounds.paired if all_races or typical[r.prompt] == r.cycle)


def dossier_of(
    manifest: Manifest,
    findings: Findings,
    rounds: Rounds,
    racing: Iterable[RequestRecord],
    *,
    answers: Mapping[str, AnswerText],
    regions: Mapping[str, str],
) -> Dossier:
    """`racing`: the records named by `in_races`, with their pieces. `regions` maps request ids to regions, as far as they are known."""
    plan, names = manifest.plan, [target.name for target in manifest.plan.targets]
    place = {prompt.id: number for number, prompt in enumerate(manifest.prompts)}
    in_order = sorted(racing, key=lambda record: (place[record.prompt], record.cycle))
    sample = sample_of_run(plan, rounds.paired, rounds.retried, instrument=instrument_of(manifest))
    return Dossier(
        run=manifest.run,
        findings=findings,
        pictures=pictures(plan, rounds.paired, sample),
        races=races(in_order, answers, names, typical_rounds(rounds.paired, names), regions_of(in_order, regions)),
        texts_kept=plan.save_texts,
        argv=manifest.argv,
        hayai_version=manifest.hayai_version,
        environment=manifest.environment,
    )


def trimmed(dossier: Dossier) -> Dossier:
    """The same with as many races as a page has room for."""
    kept = that_fit(dossier.races)
    return replace(dossier, races=kept, races_left_out=len(dossier.races) - len(kept))
