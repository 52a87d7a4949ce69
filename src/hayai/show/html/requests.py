"""Which requests did a run send, and what exactly happened in one of them?

A list that can be filtered, page by page, and a page for a single attempt: its instants, its pieces, what the service said about itself.
Of headers there is what the record keeps, which is an allow-list: no credential is ever in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from hayai.decide.findings import Findings, RequestRow
from hayai.keep.records import OUTCOMES, AnswerText, RequestRecord
from hayai.show import format as fmt
from hayai.show.html.frame import framed
from hayai.show.locales import Texts
from hayai.show.sections.opening import banner
from hayai.show.sections.words import label, numbers_of, word

PER_PAGE = 200
MOST_PIECES = 3000
"""Rows of pieces on one page; an answer has a few hundred."""
FILTERS = ("target", "prompt", "outcome")
_COLUMNS = ("id", "prompt", "target", "cycle", "attempt", "outcome", "ttft", "e2e", "tokens", "region")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A stretch of time in a picture: where it begins and how long it is, of 100."""

    name: str
    left: float
    width: float
    waits: bool


def requests_page(findings: Findings, run: str, asked: Mapping[str, str], texts: Texts, *, root: str) -> str:
    """The attempts that `asked` leaves (target, prompt, outcome, and the page's number), in the order in which they ended."""
    known: dict[str, list[str]] = {
        "target": [target.name for target in findings.targets],
        "prompt": [row.prompt for row in findings.prompts],
        "outcome": [*OUTCOMES],
    }
    # An address holds the number of what is asked for: names are somebody else's words.
    wanted = {name: int(asked[name]) for name in FILTERS if _is_number(asked.get(name, ""), len(known[name]))}
    sought = {name: known[name][number - 1] for name, number in wanted.items()}
    rows = [number for number, row in enumerate(findings.requests) if _fits(row.record, sought)]
    pages = max(1, -(-len(rows) // PER_PAGE))
    page = int(asked["page"]) if _is_number(asked.get("page", ""), pages) else 1
    numbers = numbers_of(findings)
    shown = [findings.requests[number] for number in rows[(page - 1) * PER_PAGE : page * PER_PAGE]]
    address = f"{root}/run/{quote(run)}"
    return framed(
        "requests.html",
        texts,
        title=texts("requests.title"),
        run=fmt.clean(run),
        banner=banner(findings, texts),
        root=root,
        address=address,
        choices={
            "target": [label(target) for target in findings.targets],
            "prompt": [fmt.clean(prompt) for prompt in known["prompt"]],
            "outcome": [texts(f"report.outcome.{name}") for name in OUTCOMES],
        },
        wanted=wanted,
        columns=[
            (texts(f"requests.column.{name}"), name in ("cycle", "attempt", "ttft", "e2e", "tokens"))
            for name in _COLUMNS
        ],
        rows=[(row.record.id, _cells(row, numbers, texts)) for row in shown],
        count=texts("requests.count", shown=fmt.count(len(rows)), known=fmt.count(len(findings.requests))),
        here=texts("requests.page", page=fmt.count(page), pages=fmt.count(pages)) if pages > 1 else "",
        before=f"{address}/requests?{urlencode({**wanted, 'page': page - 1})}" if page > 1 else None,
        after=f"{address}/requests?{urlencode({**wanted, 'page': page + 1})}" if page < pages else None,
    )


def _is_number(text: str, most: int) -> bool:
    return text.isdecimal() and len(text) < 9 and 1 <= int(text) <= most


def _fits(record: RequestRecord, wanted: Mapping[str, str]) -> bool:
    return all(getattr(record, name) == value for name, value in wanted.items())


def _cells(row: RequestRow, numbers: Mapping[str, str], texts: Texts) -> list[str]:
    record = row.record
    outcome = texts(f"report.outcome.{record.outcome}")
    return [
        word(record.prompt),
        f"{numbers.get(record.target, '')} {word(record.target)}".strip(),
        texts("requests.warmup") if record.phase == "warmup" else fmt.count(record.cycle + 1),
        fmt.count(record.attempt),
        outcome
        if row.standing in ("paired", "warmup")
        else texts("requests.standing", outcome=outcome, standing=texts(f"requests.{row.standing}")),
        fmt.duration_alone(row.values["ttft"]),
        fmt.duration_alone(row.values["e2e"]),
        fmt.count(record.usage.output_tokens),
        word(row.region or texts("report.unknown")),
    ]


def request_page(
    record: RequestRecord,
    answer: AnswerText | None,
    prompt: str,
    findings: Findings,
    texts: Texts,
    *,
    run: str,
    region: str | None,
    root: str,
) -> str:
    """One attempt, whole. `run`: name of its directory; `prompt`: what was asked, as text."""
    numbers = numbers_of(findings)
    address = f"{root}/run/{quote(run)}"
    pieces = list(_pieces(record, answer, texts))
    return framed(
        "request.html",
        texts,
        title=texts("requests.one", id=fmt.clean(record.id)),
        run=fmt.clean(run),
        banner=banner(findings, texts),
        root=root,
        address=address,
        facts=list(_facts(record, numbers, region, texts)),
        instants=_instants(record, texts),
        bars=bars(record, texts),
        headers=[(fmt.clean(name), fmt.clean(value)) for name, value in record.headers.items()],
        pieces=pieces[:MOST_PIECES],
        more=texts("requests.more_pieces", count=fmt.count(len(pieces) - MOST_PIECES))
        if len(pieces) > MOST_PIECES
        else "",
        prompt=fmt.clean(prompt, prose=True),
        answer=None if answer is None else fmt.clean(answer.text, prose=True),
        reasoning=fmt.clean(answer.reasoning, prose=True) if answer is not None and answer.reasoning else "",
    )


def _facts(
    record: RequestRecord, numbers: Mapping[str, str], region: str | None, texts: Texts
) -> Iterator[tuple[str, str]]:
    """Name and value of everything that is known; what is not known is left out, except where not to know is news."""
    usage, connection = record.usage, record.connection
    told: dict[str, str | None] = {
        "target": f"{numbers.get(record.target, '')} {fmt.clean(record.target)}".strip(),
        "prompt": fmt.clean(record.prompt),
        "place": texts("requests.warmup")
        if record.phase == "warmup"
        else texts(
            "requests.place",
            cycle=fmt.count(record.cycle + 1),
            round=fmt.count(record.round + 1),
            position=fmt.count(record.position + 1),
        ),
        "attempt": fmt.count(record.attempt) + (f" ← {fmt.clean(record.retry_of)}" if record.retry_of else ""),
        "outcome": texts(f"report.outcome.{record.outcome}"),
        "failure": None
        if record.failure is None
        else f"{fmt.clean(record.failure.code)}: {fmt.clean(record.failure.message)}",
        "status": None if record.status is None else str(record.status),
        "stop": None if record.stop_reason is None else fmt.clean(record.stop_reason),
        "input": None if usage.input_tokens is None else fmt.count(usage.input_tokens),
        "output": fmt.count(usage.output_tokens),
        "cached": None if usage.cache_read_tokens is None else fmt.count(usage.cache_read_tokens),
        "source": None if usage.source is None else fmt.clean(usage.source),
        "latency": _asked_got(record.requested_latency, record.served_latency, texts),
        "tier": _asked_got(record.requested_tier, record.served_tier, texts),
        "region": texts("report.unknown") if region is None else fmt.clean(region),
        "request_id": None if record.request_id is None else fmt.clean(record.request_id),
        "connection": None
        if connection is None
        else texts("requests.connection", id=fmt.count(connection.id), use=fmt.count(connection.use)),
        "peer": None if connection is None or connection.peer is None else fmt.clean(connection.peer),
        "tls": None if connection is None or connection.tls_version is None else fmt.clean(connection.tls_version),
        "clock": None if record.clock is None else texts(f"requests.clock.{record.clock}"),
        "lag": None if record.lag_ns is None else fmt.duration_alone(record.lag_ns),
        "service": None if record.service_ns is None else fmt.duration_alone(record.service_ns),
        "bytes": None if record.response_bytes is None else fmt.count(record.response_bytes),
        "reads": None if record.reads is None else fmt.count(record.reads),
        "buffered": texts("requests.buffered") if record.buffered else None,
    }
    yield from ((texts(f"requests.fact.{name}"), value) for name, value in told.items() if value is not None)


def _asked_got(asked: str | None, got: str | None, texts: Texts) -> str | None:
    if asked is None and got is None:
        return None
    unknown = texts("report.unknown")
    return texts("requests.asked_got", asked=fmt.clean(asked or unknown), got=fmt.clean(got or unknown))


_INSTANTS = ("due", "headers", "first_byte", "first_reasoning", "first_visible", "last", "ended")


def _since_sent(record: RequestRecord) -> dict[str, int]:
    """Instant -> ns since the request was sent, of those that happened."""
    if record.sent_at_ns is None:
        return {}
    found = {name: getattr(record, f"{name}_at_ns") for name in _INSTANTS}
    return {name: at - record.sent_at_ns for name, at in found.items() if at is not None}


def _instants(record: RequestRecord, texts: Texts) -> list[tuple[str, str]]:
    return [(texts(f"requests.instant.{name}"), fmt.duration_alone(at)) for name, at in _since_sent(record).items()]


def bars(record: RequestRecord, texts: Texts) -> tuple[Bar, ...]:
    """The request as a line: waiting, reasoning, writing, and what came after the answer."""
    at = _since_sent(record)
    end = max(at.values(), default=0)
    if end <= 0:
        return ()
    first = at.get("first_reasoning", at.get("first_visible"))
    marks: list[tuple[str, int | None, int | None]] = [
        ("waiting", 0, first if first is not None else end),
        ("reasoning", at.get("first_reasoning"), at.get("first_visible", at.get("last"))),
        ("writing", at.get("first_visible"), at.get("last")),
        ("closing", at.get("last"), at.get("ended")),
    ]
    return tuple(
        Bar(
            name=texts(f"requests.bar.{name}"),
            left=100 * begin / end,
            width=100 * (until - begin) / end,
            waits=name in ("waiting", "closing"),
        )
        for name, begin, until in marks
        if begin is not None and until is not None and until > begin
    )


def _pieces(record: RequestRecord, answer: AnswerText | None, texts: Texts) -> Iterator[Sequence[str]]:
    """A row per piece. The text of a visible one is known where the run kept texts."""
    columns, shown, before = record.pieces, _visible(answer), 0
    for number, (kind, at, earliest, chars, clock) in enumerate(
        zip(columns.kinds, columns.arrived_ns, columns.earliest_ns, columns.chars, columns.clocks, strict=True), 1
    ):
        yield (
            fmt.count(number),
            texts(f"requests.kind.{kind}"),
            fmt.duration_alone(at),
            fmt.duration_alone(at - before) if number > 1 else fmt.UNKNOWN,
            texts("requests.exact")
            if earliest is None
            else texts("requests.from", earliest=fmt.duration_alone(earliest)),
            fmt.count(chars),
            texts("requests.clock.kernel" if clock == "k" else "requests.clock.user"),
            fmt.clean(next(shown, "")) if kind == "t" else "",
        )
        before = at


def _visible(answer: AnswerText | None) -> Iterator[str]:
    if answer is None:
        return
    begin = 0
    for end in answer.piece_ends:
        yield answer.text[begin:end]
        begin = end
