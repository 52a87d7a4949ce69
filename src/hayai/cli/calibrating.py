"""From a file of labelled pairs to how far a judge can be trusted. Asked and kept as the votes on a run are, beside the runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from hayai.ask.labelled import read_labelled
from hayai.cli.agent_process import AgentProcess
from hayai.cli.judge_planning import JudgeAsked, settle, tasks_of
from hayai.cli.judging import carry_out_tasks, ended_code, locked
from hayai.cli.outputs import room, telling_passed_over
from hayai.cli.telling import put_out
from hayai.decide.quality.judge_calibration import calibration, pairs_of_labelled
from hayai.decide.quality.judge_pairs import ballots_of
from hayai.decide.quality.judged import Calibration
from hayai.errors import Problem, UsageError
from hayai.keep.journal import cannot_write
from hayai.keep.judging import Judged, judge_identity, read_judgings
from hayai.keep.run_directory import RunDirectory
from hayai.show.judging import calibration_json, calibration_text
from hayai.show.locales import Texts

CALIBRATIONS = "calibrations"
"""Folder beside the runs."""
TOO_FEW, NO_BETTER = 4, 1


def calibrate(file: Path, asked: JudgeAsked, texts: Texts, agent: AgentProcess) -> int:
    """Asks what is missing, shows how the judges did: 4 for too few pairs, 1 where a judge is no better than one answer for all, else 0."""
    if not asked.judges:
        raise UsageError(Problem(place="--with", key="judge.no_judge_to_calibrate"))
    rows = read_labelled(file)
    folder = asked.runs / CALIBRATIONS
    settled = settle(asked, (), texts.language)
    earlier = read_judgings(folder, passed_over=telling_passed_over(texts))
    pairs = pairs_of_labelled(rows)
    tasks = tasks_of(settled, pairs, earlier, asked, subject=file.name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    with locked(RunDirectory(folder)):
        ended = carry_out_tasks(folder, tasks, asked, texts, agent)
    if asked.dry_run:
        return 0
    wanted = {(b.id, b.sha256) for pair in pairs for b, _ in ballots_of(pair, settled.rubric, 0)}
    everything = _about(read_judgings(folder), wanted)
    found = tuple(
        calibration(
            task.judge.name,
            file.name,
            rows,
            [one for one in everything if judge_identity(one.judge) == judge_identity(task.judge)],
        )
        for task in tasks
    )
    width, colour = room()
    put_out(
        calibration_json(found, texts) if asked.json else calibration_text(found, texts, width=width, colour=colour)
    )
    return ended_code(ended) or _code(found)


def _about(judgings: Sequence[Judged], wanted: set[tuple[str, str]]) -> list[Judged]:
    """The judgings with the ballots of these pairs alone, and the calls that were made for them."""
    found = []
    for one in judgings:
        ballots = tuple(ballot for ballot in one.judging.ballots if (ballot.id, ballot.sha256) in wanted)
        ids = {ballot.id for ballot in ballots}
        if ballots:
            found.append(
                msgspec.structs.replace(
                    one,
                    judging=msgspec.structs.replace(one.judging, ballots=ballots),
                    records=tuple(record for record in one.records if record.prompt in ids),
                )
            )
    return found


def _code(found: Sequence[Calibration]) -> int:
    if any(one.reading == "too_few" for one in found):
        return TOO_FEW
    return NO_BETTER if any(one.reading == "no_better" for one in found) else 0
