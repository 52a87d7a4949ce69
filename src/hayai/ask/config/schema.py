"""Which keys may a configuration file have, and what is wrong with the ones it has?

Everything is judged before anything is refused: the run's own keys by pydantic, the targets and their inheritance by hand (in
`tables`), so that one error tells all of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, InstanceOf, ValidationError

from hayai.ask.clashes import clashes
from hayai.ask.config.bench import BenchConfig, Judge
from hayai.ask.config.tables import resolve_tables, vary_texts
from hayai.ask.dollars import parse_dollars
from hayai.ask.durations import parse_duration
from hayai.ask.expect_schema import ExpectFields
from hayai.ask.plan import CacheMode, ConnectionMode, Rate, Stopping
from hayai.ask.prices.fields import PriceFields, joint_problems, stated, subjects_of
from hayai.ask.rates import parse_rate
from hayai.ask.ratios import parse_ratio
from hayai.ask.suggest import echo
from hayai.ask.suites.builtin import list_suites
from hayai.ask.validation import FieldProblem, Fields, half_characters, one_of, problems_of
from hayai.errors import Problem, UsageError


def _to_seconds(value: object) -> object:
    """Durations as texts, or as plain numbers of seconds."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise FieldProblem("duration.not_a_duration", word=type(value).__name__)
    try:
        return parse_duration(str(value))
    except UsageError as error:
        raise FieldProblem(error.problems[0].key, **error.problems[0].values) from None


def _to_ratio(value: object) -> object:
    """Ratios as texts (`"10%"`), or as plain numbers."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise FieldProblem("ratio.not_a_ratio", word=type(value).__name__)
    try:
        return parse_ratio(str(value))
    except UsageError as error:
        raise FieldProblem(error.problems[0].key, **error.problems[0].values) from None


def _to_dollars(value: object) -> object:
    """Dollars as plain numbers, or as texts (`"$1"`, `"none"`)."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise FieldProblem("dollars.not_dollars", word=type(value).__name__)
    try:
        return parse_dollars(str(value))
    except UsageError as error:
        raise FieldProblem(error.problems[0].key, **error.problems[0].values) from None


def _to_rate(value: object) -> object:
    """Rates are texts (`"20/m"`): a number alone does not say of what."""
    if not isinstance(value, str):
        raise FieldProblem("rate.not_a_rate", word=echo(str(value)))
    try:
        return parse_rate(value)
    except UsageError as error:
        raise FieldProblem(error.problems[0].key, **error.problems[0].values) from None


def _filled(text: str) -> str:
    if not text.strip():
        raise FieldProblem("field.blank", word="")
    return text


def _to_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Ratio = Annotated[float, BeforeValidator(_to_ratio)]
DollarsText = Annotated[InstanceOf[Decimal], BeforeValidator(_to_dollars)]
RateText = Annotated[InstanceOf[Rate], BeforeValidator(_to_rate)]
Seconds = Annotated[float, BeforeValidator(_to_seconds)]
Word = Annotated[str, AfterValidator(_filled)]
AtLeastOne = Annotated[int, Field(ge=1)]
AtLeastTwo = Annotated[int, Field(ge=2)]
AtLeastNone = Annotated[int, Field(ge=0)]


class TimeoutFields(Fields):
    """`[run.timeouts]`."""

    connect: Seconds | None = None
    first_byte: Seconds | None = None
    gap: Seconds | None = None
    total: Seconds | None = None


class RunFields(Fields):
    """`[run]`."""

    suite: Word | None = None
    prompts: Annotated[list[Word], BeforeValidator(_to_list)] | None = None
    seed: int | None = None
    warmup: AtLeastNone | None = None
    concurrency: AtLeastOne | None = None
    rate: RateText | None = None
    together: bool | None = None
    cache: Annotated[str, AfterValidator(one_of("cache", get_args(CacheMode)))] | None = None
    connections: Annotated[str, AfterValidator(one_of("connections", get_args(ConnectionMode)))] | None = None
    retries: AtLeastNone | None = None
    max_requests: AtLeastOne | None = None
    max_time: Seconds | None = None
    max_cost: DollarsText | None = None
    cycles: AtLeastOne | None = None
    max_tokens: AtLeastOne | None = None
    timeouts: TimeoutFields | None = None
    margin: Ratio | None = None
    precision: Ratio | None = None
    verdict_only: bool | None = None
    stopping: Annotated[str, AfterValidator(one_of("stopping", get_args(Stopping)))] | None = None
    claim: Annotated[list[Word], BeforeValidator(_to_list)] | None = None
    goal: Annotated[list[Word], BeforeValidator(_to_list)] | None = None
    all_pairs: bool | None = None
    aa: bool | None = None
    sessions: AtLeastTwo | None = None
    every: Seconds | None = None
    lang: Annotated[str, AfterValidator(one_of("lang", ("ja", "en")))] | None = None
    no_texts: bool | None = None
    results: Word | None = None
    checks: Annotated[list[Word], BeforeValidator(_to_list)] | None = None


class TargetFields(Fields):
    """`[[targets]]`; every further key is an option of the provider, judged by the provider's own declarations."""

    model_config = ConfigDict(extra="allow")

    target: Word | None = None
    provider: Word | None = None
    model: Word | None = None
    name: Word | None = None
    like: Word | None = None


class BenchFields(Fields):
    """The whole file."""

    run: RunFields = Field(default_factory=RunFields)
    targets: Annotated[list[TargetFields], Field(min_length=1)]
    vary: dict[str, list[Any]] = Field(default_factory=dict)
    prices: list[PriceFields] = Field(default_factory=list)
    expect: ExpectFields | None = None


def read_fields(document: object, path: str, judge: Judge | None = None) -> BenchConfig:
    """The configuration in `document`, as read from `path`. Raises one `UsageError` with all problems.

    Among them are those that `judge` finds in the targets: whoever mends a wrong key should not then learn of a wrong option.
    """
    problems = half_characters(document, place=path)
    run = RunFields()
    prices: list[PriceFields] = []
    try:
        fields = BenchFields.model_validate({} if document is None else document)
        run, prices = fields.run, fields.prices
    except ValidationError as error:
        problems += problems_of(error, BenchFields, place=path)
    tables = document.get("targets") if isinstance(document, dict) else None
    texts, wrong = resolve_tables(tables if isinstance(tables, list) else [], path)
    problems += wrong
    vary = document.get("vary") if isinstance(document, dict) else None
    varied, wrong = vary_texts(vary if isinstance(vary, dict) else {}, path)
    problems += wrong
    written = document.get("run") if isinstance(document, dict) else None
    table = written if isinstance(written, dict) else {}
    problems += _clashes(table, path)
    priced = document.get("prices") if isinstance(document, dict) else None
    priced = priced if isinstance(priced, list) else []
    problems += joint_problems(priced, f"{path}: prices", targets=True)
    folder = Path(path).parent
    places = tuple(f"{path}: targets[{number}]" for number in range(1, len(texts) + 1))
    config = BenchConfig(
        path=path,
        folder=folder,
        targets=texts,
        places=places,
        vary=varied,
        vary_place=f"{path}: vary",
        claim=_texts(table, "claim"),
        claim_place=f"{path}: run.claim",
        goal=_texts(table, "goal"),
        goal_place=f"{path}: run.goal",
        prices=tuple(stated(one, path) for one in prices),
        price_subjects=subjects_of(priced),
        price_place=f"{path}: prices",
    )
    if problems:
        raise UsageError(*problems, *(judge(config) if judge is not None and texts else ()))
    seconds = run.timeouts.model_dump(exclude_none=True) if run.timeouts else {}
    left_out = {"timeouts", "max_time", "every", "prompts", "suite", "claim", "goal", "results", "checks"}
    said = run.model_dump(exclude=left_out)
    return replace(
        config,
        suite=_beside(folder, run.suite, but=("-", *list_suites())),
        prompts=tuple(run.prompts or ()),
        max_time_s=run.max_time,
        every_s=run.every,
        timeouts={f"{name}_s": value for name, value in seconds.items()},
        results=_beside(folder, run.results),
        expect=None if fields.expect is None else fields.expect.expectations,
        checks=tuple(dict.fromkeys(run.checks or ())),
        checks_place=f"{path}: run.checks",
        **said,
    )


def _clashes(run: Mapping[str, object], path: str) -> list[Problem]:
    """Keys of `[run]` that contradict each other, whatever else is wrong with them."""
    return clashes(
        precision="precision" in run,
        verdict_only=run.get("verdict_only") is True,
        sessions="sessions" in run,
        every="every" in run,
        place=lambda name: f"{path}: run.{name}",
    )


def _texts(run: Mapping[str, object], key: str) -> tuple[str, ...]:
    """The claims, or goals, that could be read, whatever else is wrong."""
    texts = _to_list(run.get(key))
    return tuple(text for text in texts if isinstance(text, str) and text) if isinstance(texts, list) else ()


def _beside(folder: Path, path: str | None, *, but: Collection[str] = ()) -> str | None:
    """A path of the file, as it is seen from where hayai runs; None, and words in `but`, are no paths."""
    return path if path is None or path in but else str(folder / Path(path).expanduser())
