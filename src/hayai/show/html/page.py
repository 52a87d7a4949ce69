"""How does a report look in a browser? The answer first, then the race, the charts, the tables, and how it came about.

One file. Its policy lets it load nothing and run only the two scripts that are in it, by their hashes; without them it is still complete.
Jinja escapes everything that enters; only our own charts, styles and scripts are put in as they are.
"""

from __future__ import annotations

import base64
import hashlib
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from hayai.decide.conclusions import Verdict
from hayai.decide.dossier import Dossier
from hayai.decide.races import Lane, Race
from hayai.show import format as fmt
from hayai.show.charts import CHARTS
from hayai.show.charts.style import Drawn, colour, shape
from hayai.show.html.race_data import race_data
from hayai.show.locales import Texts
from hayai.show.sections.answers import answer_sentence
from hayai.show.sections.averages import differences, gains, ratios, speeds
from hayai.show.sections.cache import prompt_cache
from hayai.show.sections.choice import recommendation_sections
from hayai.show.sections.cost import costs
from hayai.show.sections.faces import (
    between,
    change,
    change_between,
    fast,
    fast_within,
    has_bounds,
    inverse,
    kind,
    pair,
    speed,
)
from hayai.show.sections.judge import judge_section
from hayai.show.sections.judgement import evidence_sections, verdict_sections
from hayai.show.sections.notices import cautions, failures
from hayai.show.sections.opening import banner, instrument, later, opening, scope
from hayai.show.sections.parts import Section
from hayai.show.sections.prompts import by_category, by_prompt
from hayai.show.sections.quality import quality_checks
from hayai.show.sections.regions import by_region
from hayai.show.sections.targets import list_of_targets, per_target
from hayai.show.sections.words import counted, label, word

GLOSSARY = ("ttft", "e2e", "itl", "tpot", "anytime", "descriptive", "margin", "equal_length", "coalesced", "goodput")
SCRIPTS = ("race.js", "page.js")


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One of the three numbers of a verdict."""

    name: str
    value: str
    interval: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A judged comparison at the top of the page."""

    sentence: str
    pair: str
    faces: tuple[Face, ...]
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One answer of a race, as the page shows it without scripts."""

    target: str
    colour: str
    facts: str
    text: str


def render(dossier: Dossier, texts: Texts, *, links: Sequence[tuple[str, str]] = ()) -> str:
    """The whole page. `links`: address and words of what stands around it, where it is not alone."""
    findings = dossier.findings
    names = [target.name for target in findings.targets]
    drawn = draw_all(dossier, texts)
    verdicts = [
        *verdict_sections(findings.judgement, names, texts, scope=scope(findings, texts), later=later(findings, texts))
    ]
    choice = recommendation_sections(findings.recommendation, names, texts)
    answered = bool(findings.counts.answered)
    tables = [list_of_targets(findings, texts)]
    if answered:
        tables += [by_category(findings, texts), per_target(findings, texts), gains(findings, texts)]
        tables += [] if findings.judgement.verdicts else [ratios(findings, texts)]
        tables += [speeds(findings, texts), differences(findings, texts)]
    tables += [
        *evidence_sections(findings.judgement, names, texts),
        *choice[1:],
        quality_checks(findings, texts),
        judge_section(findings, texts),
        costs(findings, texts),
        by_region(findings, texts),
        prompt_cache(findings, texts),
    ]
    title, *facts = opening(findings, texts)
    scripts = {name: asset(name) for name in SCRIPTS}
    page: str = template("report.html").render(
        lang=texts.language,
        t=texts,
        title=title,
        facts=facts,
        banner=banner(findings, texts),
        headlines=headlines(dossier, texts),
        choice=choice[0] if choice else None,
        verdicts=_there(verdicts),
        cautions=cautions(findings, texts),
        failures=failures(findings, texts),
        legend=[(label(target), colour(target.number - 1), shape(target.number - 1)) for target in findings.targets],
        race=race_data(findings, dossier.races, texts) if dossier.races else None,
        races=[_told(race, dossier, texts) for race in dossier.races],
        texts_kept=dossier.texts_kept,
        left_out=fmt.count(dossier.races_left_out) if dossier.races_left_out else "",
        raced_prompts=fmt.count(len(dossier.races)),
        charts=drawn,
        prompts=by_prompt(findings, texts) if answered else Section(title=""),
        tables=_there(tables),
        method=list(_method(dossier, texts)),
        command=command_of(dossier.argv),
        glossary=[(texts(f"glossary.{name}.word"), texts(f"glossary.{name}")) for name in GLOSSARY],
        css=asset("report.css"),
        scripts=scripts,
        policy=policy(scripts.values()),
        links=links,
        version=dossier.hayai_version,
        run=word(dossier.run, 100),
    )
    return page


def draw_all(dossier: Dossier, texts: Texts) -> tuple[Drawn, ...]:
    """Every chart that there is anything for."""
    return tuple(drawn for draw in CHARTS.values() for drawn in draw(dossier.findings, dossier.pictures, texts))


def headlines(dossier: Dossier, texts: Texts) -> tuple[Headline, ...]:
    """The judged comparisons: sentence, and the same number from three sides."""
    judgement, names = dossier.findings.judgement, [target.name for target in dossier.findings.targets]
    return tuple(
        Headline(
            sentence=answer_sentence(one, names, texts),
            pair=pair(names, one.target, one.baseline, texts),
            faces=faces(one, texts),
            tone=_tone(one),
        )
        for one in judgement.verdicts
        if one.judged
    )


def faces(one: Verdict, texts: Texts) -> tuple[Face, ...]:
    """Times as fast, speed, time; none where there is no number."""
    head = one.headline
    if head is None:
        return ()
    bounds = inverse(head.anytime)
    known = has_bounds(head.anytime)
    speeds_between = between(bounds, texts, lambda fast: fmt.percent_short(fast - 1)) if known else ""
    return (
        Face(
            name=texts("html.face.fast"),
            value=texts("report.times", number=fast(head.ratio)),
            interval=f"{kind(one, texts)}: {fast_within(head.anytime, texts)}" if known else "",
        ),
        Face(name=texts("html.face.speed"), value=speed(head.ratio), interval=speeds_between),
        Face(
            name=texts("html.face.time"),
            value=change(head.ratio),
            interval=change_between(head.anytime, texts) if known else "",
        ),
    )


def _tone(one: Verdict) -> str:
    if one.answer in ("none", "undecided"):
        return "open"
    return "same" if one.answer.startswith("same") else "apart"


def _there(sections: Sequence[Section]) -> list[Section]:
    return [section for section in sections if section.points or section.blocks or section.lines]


def _told(race: Race, dossier: Dossier, texts: Texts) -> tuple[str, str, list[Told]]:
    labels = {target.name: label(target) for target in dossier.findings.targets}
    places = {target.name: target.number - 1 for target in dossier.findings.targets}
    heading = fmt.clean(race.prompt)
    chosen = (
        texts("race.shown", round=race.cycle + 1) if race.chosen else texts("race.shown.other", round=race.cycle + 1)
    )
    return (
        heading,
        chosen,
        [
            Told(
                target=labels[lane.target],
                colour=colour(places[lane.target]),
                facts=_facts(lane, texts),
                text=fmt.clean("".join(lane.pieces), prose=True),
            )
            for lane in race.lanes
        ],
    )


def _facts(lane: Lane, texts: Texts) -> str:
    if lane.outcome != "ok":
        return texts(f"report.outcome.{lane.outcome}")
    told = [texts("html.answer.end", time=fmt.duration_alone(lane.end_ns))]
    if lane.ttft_ns is not None:
        told.insert(0, texts("html.answer.ttft", time=fmt.duration_alone(lane.ttft_ns)))
    if lane.output_tokens is not None:
        told.append(texts("html.answer.tokens", count=fmt.count(lane.output_tokens)))
    if lane.region is not None:
        told.append(word(lane.region))
    return texts("report.list").join(told)


def _method(dossier: Dossier, texts: Texts) -> Iterator[str]:
    """How it was measured, and on what."""
    run, machine = dossier.findings.run, dossier.environment
    yield texts("html.method.order", seed=fmt.count(run.seed), cycles=counted("cycles", run.cycles, texts))
    yield texts(f"html.method.connections.{run.connections}")
    yield texts(f"html.method.cache.{run.cache}")
    clocks = {clock for target in dossier.findings.targets for clock in target.clocks}
    yield texts("html.method.clock.kernel" if clocks <= {"kernel"} and clocks else "html.method.clock.user")
    yield instrument(dossier.findings, texts)
    yield texts(
        "html.method.machine",
        cpus=fmt.count(machine.get("cpus")),
        system=word(f"{machine.get('system')} {machine.get('release')} {machine.get('architecture')}", 80),
        python=word(str(machine.get("python"))),
        version=word(dossier.hayai_version),
    )


def command_of(argv: Sequence[str]) -> str:
    """The command line that made the run, to be copied; empty where it was left out."""
    if not argv:
        return ""
    return fmt.clean(" ".join(["hayai", *map(shlex.quote, argv[1:])]))


def asset(name: str) -> str:
    """A style or script that lies beside this module."""
    return (resources.files("hayai.show.html") / "assets" / name).read_text("utf-8").strip()


def policy(scripts: Iterable[str], *, besides: str = "form-action 'none'") -> str:
    """What a page may do: show itself, run these scripts, and what is said `besides`."""
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{one}'" for one in hashes) or "'none'"
    return f"default-src 'none'; style-src 'unsafe-inline'; script-src {allowed}; base-uri 'none'; {besides}"


@cache
def _environment() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = resources.files("hayai.show.html") / "templates"
    return Environment(
        loader=FileSystemLoader(str(folder)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def template(name: str) -> Any:
    """A template that lies beside this module."""
    return _environment().get_template(name)
