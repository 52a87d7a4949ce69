"""How is hayai used from Python? As on the command line: the same options, the same run directory, the same verdict.

    import hayai

    run = hayai.compare("bedrock:us.amazon.nova-pro-v1:0", vary=["latency=standard,optimized"], region="us-east-1")
    run                             # in a notebook: the whole report
    run.verdicts[0].answer          # "much_faster"
    run.to_pandas()                 # a row per request

Options are those of `hayai compare`, with underscores; what is wrong with them is told all at once. Heavy libraries are loaded when they
are asked for: a data frame by `to_pandas`, charts by `plot`.
"""

from __future__ import annotations

import asyncio
import html
import importlib
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack

from hayai.errors import AccessError, HayaiError, InstrumentError, JournalError, UsageError

if TYPE_CHECKING:
    from hayai.ask.plan import CacheMode, ConnectionMode, Plan, Stopping
    from hayai.cli.measuring import Interruptions
    from hayai.decide.conclusions import Verdict
    from hayai.decide.findings import Findings
    from hayai.keep.run_directory import Contents, RunDirectory
    from hayai.show.locales import Language

__all__ = ["AccessError", "HayaiError", "InstrumentError", "JournalError", "Options", "Run", "UsageError"]
__all__ += ["compare", "compare_async", "open_run"]


class Options(TypedDict, total=False):
    """What may be said about a comparison; the same as on the command line (`docs/cli.md`). Durations and shares are typed as there."""

    vary: str | Sequence[str]
    baseline: int
    region: str
    profile: str
    endpoint: str
    suite: str | Path
    suite_format: str
    prompts: str | Sequence[str]
    max_requests: int
    max_time: str | float
    max_cost: str | float | Decimal
    cycles: int
    max_tokens: int
    prices: str | Path
    seed: int
    warmup: int
    concurrency: int
    rate: str
    together: bool
    cache: CacheMode
    connections: ConnectionMode
    retries: int
    connect_timeout: str | float
    first_byte_timeout: str | float
    gap_timeout: str | float
    total_timeout: str | float
    no_texts: bool
    margin: str | float
    precision: str | float
    verdict_only: bool
    stopping: Stopping
    claim: str | Sequence[str]
    goal: str | Sequence[str]
    all_pairs: bool
    aa: bool
    sessions: int
    every: str | float
    expect: str | Sequence[str]
    check: str | Sequence[str]
    runs: str | Path
    """Where runs are kept."""


class Run:
    """A run and what was concluded from it, read when it is first asked for."""

    def __init__(self, path: str | Path, *, language: Language = "en") -> None:
        """`path`: the run's directory. `language`: of what it shows."""
        self.path = Path(path).resolve()
        self.language: Language = language
        self._read: tuple[Contents, Findings] | None = None

    def __repr__(self) -> str:
        return f"hayai.Run({str(self.path)!r})"

    @property
    def findings(self) -> Findings:
        """Everything that a report shows, computed (`hayai.decide.findings`)."""
        return self._contents()[1]

    @property
    def plan(self) -> Plan:
        """What was asked."""
        return self._contents()[0].plan

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Every comparison: `answer`, `headline.ratio` (of times, target / baseline) and its intervals. Judged ones first."""
        return self.findings.judgement.verdicts

    def report(self, form: str = "markdown", *, share: bool = False, width: int = 100) -> str:
        """The report as text: any form of `hayai report --format`, `html` too. `share` leaves out what is nobody else's business."""
        from hayai.cli.paging import page, scrub_of
        from hayai.decide.sharing import share_findings
        from hayai.show.reports import REPORTS

        contents, findings = self._contents()
        texts = self._texts()
        scrub = scrub_of(self._directory(), contents) if share else None
        if form == "html":
            return page(self._directory(), contents, findings, texts, scrub=scrub)
        if form not in REPORTS:
            raise ValueError(f"no report is called {form!r}; there are html, {', '.join(REPORTS)}")
        return REPORTS[form](findings if scrub is None else share_findings(findings, scrub), texts, width=width)

    def plot(self, name: str = "forest") -> Any:
        """A chart of the report as an Altair chart; several, where there are several comparisons, one below the other.

        `name`: forest, curves, parts, lengths, timeline or settling. ValueError for another one, or where the run holds nothing for it.
        """
        from hayai.cli.paging import read_dossier
        from hayai.show.charts import CHARTS
        from hayai.show.charts.style import for_notebooks

        if name not in CHARTS:
            raise ValueError(f"no chart is called {name!r}; there are {', '.join(CHARTS)}")
        contents, findings = self._contents()
        dossier = read_dossier(self._directory(), contents, findings)
        drawn = CHARTS[name](findings, dossier.pictures, self._texts())
        if not drawn:
            raise ValueError(f"this run holds nothing for the chart {name!r}")
        return for_notebooks(drawn)

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row for each attempt, warm-up included: what it was, how it ended, and every metric in the unit its name tells."""
        from hayai.show.tables_csv import rows_of_requests

        return rows_of_requests(self.findings)

    def to_pandas(self) -> Any:
        """The same as a pandas.DataFrame. ImportError where pandas is not installed."""
        return _library("pandas").DataFrame(self.to_dicts())

    def to_polars(self) -> Any:
        """The same as a polars.DataFrame. ImportError where polars is not installed."""
        return _library("polars").DataFrame(self.to_dicts(), infer_schema_length=None)

    def to_arrow(self) -> Any:
        """The same as a pyarrow.Table. ImportError where pyarrow is not installed."""
        return _library("pyarrow").Table.from_pylist(self.to_dicts())

    def _repr_html_(self) -> str:
        """The page, in a frame of its own: neither its styles nor anything in it can touch the notebook."""
        return (
            f'<iframe srcdoc="{html.escape(self.report("html"), quote=True)}" sandbox="allow-scripts" '
            'style="width:100%;height:900px;border:1px solid #8884" title="hayai"></iframe>'
        )

    def _contents(self) -> tuple[Contents, Findings]:
        if self._read is None:
            from hayai.cli.outputs import read_findings

            self._read = read_findings(self._directory())
        return self._read

    def _directory(self) -> RunDirectory:
        from hayai.keep.run_directory import RunDirectory

        return RunDirectory(self.path)

    def _texts(self) -> Any:
        from hayai.show.locales import texts_in

        return texts_in(self.language)


def open_run(name: str | Path = "last", *, runs: str | Path = "runs", language: Language = "en") -> Run:
    """A run that was measured before: its directory, its name or a part of it, or `last`. JournalError when there is none."""
    from hayai.keep.run_directory import open_run as find

    with _told(language):
        return Run(find(str(name), Path(runs)).path, language=language)


def compare(*targets: str, language: Language = "en", progress: bool = True, **options: Unpack[Options]) -> Run:
    """Sends the same prompts to several targets, keeps every record, and concludes. Blocks until the run has ended.

    `targets`: `provider:model,option=value,…`; the first is the baseline. `progress`: lines on stderr. Ctrl-C (the stop button of a
    notebook) once finishes what flies, twice stops; either way what was measured is returned.

    Raises UsageError with all that is wrong (nothing was sent), AccessError when credentials or access are missing or a target could not be
    reached, InstrumentError when measuring itself failed. What they say in words is in their notes.
    """
    return _compare(targets, options, language=language, progress=progress, interruptions=None)


async def compare_async(
    *targets: str, language: Language = "en", progress: bool = False, **options: Unpack[Options]
) -> Run:
    """The same without blocking the event loop. When it is cancelled, the run is stopped; what was measured is in its directory."""
    from hayai.cli.measuring import Interruptions

    interruptions = Interruptions()
    work = asyncio.create_task(
        asyncio.to_thread(_compare, targets, options, language=language, progress=progress, interruptions=interruptions)
    )
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        interruptions.count += 2
        await asyncio.wait([work])
        raise


def _compare(
    targets: Sequence[str],
    options: Options,
    *,
    language: Language,
    progress: bool,
    interruptions: Interruptions | None,
) -> Run:
    from hayai.ask.secrets import redact_argv
    from hayai.cli.agent_process import AgentProcess

    words = words_of(targets, options)
    with _told(language), AgentProcess() as agent:
        from hayai.cli.announcing import cost_lines
        from hayai.cli.charging import prices_of
        from hayai.cli.compare import asked_of_words
        from hayai.cli.measuring import create_run, find_endpoints
        from hayai.cli.outputs import read_findings
        from hayai.cli.own_checks import load_own_checks
        from hayai.cli.planning import build_plan
        from hayai.cli.sessions import whole
        from hayai.cli.sittings import Sittings
        from hayai.cli.spending import prospect, with_budget
        from hayai.cli.telling import say
        from hayai.show.locales import texts_in

        asked = asked_of_words(words, texts_in(language))
        plan = build_plan(asked, language=language, stdin=sys.stdin)
        endpoints = find_endpoints(agent, plan)
        prices = prices_of(plan, asked, endpoints)
        plan = with_budget(plan, asked.max_cost_usd, prices, endpoints)
        if progress and plan.limits.max_cost_usd is not None:
            say(cost_lines(prospect(plan, whole(plan), prices), plan.limits, None, texts_in(language)))
        directory = create_run(
            Path(options.get("runs", "runs")), plan, endpoints, redact_argv(["hayai", "compare", *words]), prices
        )
        sittings = Sittings(
            directory=directory,
            limits=plan.limits,
            texts=texts_in(language),
            may_end=True,
            stream=None if progress else StringIO(),
        )
        ended = sittings.measure(agent, interruptions)
        if ended is None:
            raise InstrumentError("measure.agent_died", code="-")
        if ended.fault is not None:
            kind = AccessError if ended.reason in ("access", "cannot_connect", "failures") else InstrumentError
            raise kind(ended.fault.key, **ended.fault.values)
        contents = directory.read()
        directory.seal(len(contents.records))
        if asked.checks:
            read_findings(directory, own=load_own_checks(asked.checks))  # What they say is kept beside the run.
    return Run(directory.path, language=language)


def words_of(targets: Sequence[str], options: Mapping[str, Any]) -> list[str]:
    """The command line that means the same. TypeError for an option that there is not."""
    from hayai.ask.suggest import suggest

    known = Options.__annotations__
    words = [str(target) for target in targets]
    for name, value in options.items():
        if name not in known:
            near = suggest(name, known)
            raise TypeError(f"compare() has no option {name!r}" + (f"; did you mean {near!r}?" if near else ""))
        if name == "runs" or value is None or value is False:
            continue
        flag = f"--{name.replace('_', '-')}"
        if value is True:
            words.append(flag)
        elif name == "prompts" and not isinstance(value, str):
            words += [flag, ",".join(map(str, value))]
        elif isinstance(value, str | int | float | Decimal | Path):
            words += [flag, str(value)]
        else:
            words += [word for one in value for word in (flag, str(one))]
    return words


def _library(name: str) -> Any:
    """A library that is no part of hayai. ImportError says how to get it."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        error.add_note(f"hayai does not bring {name}: pip install {name}")
        raise


class _told:  # noqa: N801  Read as a phrase: `with _told(language)`.
    """Adds to an error what it says in words, so that a traceback tells it."""

    def __init__(self, language: Language) -> None:
        self._language: Language = language

    def __enter__(self) -> None:
        """Nothing."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> Literal[False]:
        if isinstance(error, HayaiError) and not getattr(error, "__notes__", None):
            from hayai.cli.telling import tell_error
            from hayai.show.locales import texts_in

            error.add_note(tell_error(error, texts_in(self._language)))
        return False
