"""What does `docs/metrics.md` say? The page about every metric, made from `METRICS`, so that it cannot drift from the code.

python -m hayai.decide.metrics.page > docs/metrics.md
"""

from __future__ import annotations

import sys

from hayai.decide.metrics import METRICS
from hayai.decide.metrics.metric import Metric

_INTRODUCTION = """\
# Metrics

One definition each. This page is made from the code by `python -m hayai.decide.metrics.page`; a test holds it current.

*sent* is the instant right before the request is written, *due* the instant at which it was meant to leave. All instants are of one
monotonic clock, in nanoseconds. A metric that a record cannot tell is unknown, never 0. Unless the last column says otherwise, a metric
is defined only for requests that ended well. What opening a connection cost is told by its first request, warm-up included.

Two speeds are easily mixed up and therefore never share a name: `output_speed` is how fast the answer is written once it has begun;
`e2e_tokens_per_s` divides by the whole response time, the wait for the first token included, and is the figure of the published comparison.
"""

_CSV = """
## Columns of the CSV reports

`csv` has a row per request, warm-up included: what it was (`simulation`, `run`, `id`, `machine`, `standing`, `cycle`, `round`, `position`,
`round_try`, `attempt`, `target`, `prompt`), how it ended (`outcome`, `failure_code`, `failure_message`, `stop_reason`), which checks its
answer did not pass and why (`checks`; `passed` where it passed all), where and how it was served (`region`, `requested_latency`,
`served_latency`, `requested_tier`, `served_tier`, `request_id`, `streamed`, `buffered`, `clock`, `connection_use`, `sent_at_utc`), and a
column per metric. `standing` is `paired` (in a complete round, hence in the report),
`unpaired`, `retried` or `warmup`.

`csv-cells` has a row per prompt and target: `simulation`, `category`, `baseline`, `prompt`, `target`, `requests`, `answered`, `regions`
(with counts), `time_saved_ratio`, `times_as_fast`, and a column `median_…` per metric.

The unit is in a column's name: `_s` seconds, `_ratio` a share of 1, `_tokens`, `_characters`, `_tokens_per_s`, `_characters_per_s`. A
metric with several values per request has its median in `csv`. Unknown is an empty field. Text that a spreadsheet would take for a formula
begins with an apostrophe. A run on the simulator says so in the first column of every row.
"""

_JSON = """
## The JSON report

`--json`, `--format json` and `derived/comparison.json` are one object. Nothing in it is formatted: durations are
**nanoseconds**, shares are ratios (0.3 is 30 %), unknown is `null`. `units` names the unit of every metric.

| key | what |
|---|---|
| `simulated` | the banner's lines; empty for a run against a real service |
| `version` | 1; raised when a field changes its meaning or goes away |
| `run` | what was run and when: `…_wall_ns` since 1970 (UTC), `duration_ns`, why it ended |
| `simulations` | profile and speed of each simulator that answered |
| `counts` | requests: `warmup`, `paired` (in the report), `answered` of these, `unpaired`, `retried` |
| `targets` | per target: `spreads` has for each metric how many requests told it (`known`, `missing`), `median`, `lowest`, `highest`, and \
percentiles where the sample is large enough; regions and served modes with counts |
| `prompts` | per prompt a list `cells`, one per target: `medians` of each metric, `regions`, `gain` against the baseline |
| `categories` | per category and target: `geometric_means` over its prompts, `gain` |
| `comparisons` | per target against the baseline: `gains` in response time by each average; `ratios`, metric by metric |
| `differences` | per prompt and pair of targets: `difference_ns`, the first's response time minus the second's |
| `judgement` | what was concluded: `verdicts` with their estimates (ratios of times, target over baseline; intervals), `claims`, \
`percentiles`, `fallbacks`, the `slowest` answers; beside each verdict and claim its `sentence` |
| `regions` | `cells`: latency by target and serving Region; `shifts`: what another Region costs a target; `same`: the pairs that \
one Region served, and whether that explains the difference; `null` where fewer than two Regions are known |
| `recommendation` | what to choose: `choices` by need (`lowest_cost`, `best_value`, `fastest`) with `target`, `clear`, `rivals`, `ties`, \
`open` and `why_none`; `fulfilments` of goals; `standings` between cost and time; `combined` (faster and not worse?); `null` \
where there is nothing to choose by |
| `costs` | dollars: `targets` with `total_usd` (exact, as a text) and `per_thousand_usd`, `comparisons` with `ratio`, \
`extra_per_thousand_usd`, `saved_ns` and `usd_per_saved_second`, and the `prices` that the run keeps; `null` where it keeps none |
| `quality` | `checks`: per target how many answers passed each check; `pairs`: the difference of shares that passed, with its interval, \
`answer` (`not_worse`, `worse`, `open`), `why_open`, the checks left out (`unmade`) and `sentence`; `missed`: answers that did not pass; \
`null` where answers were not looked at |
| `judged` | what judges found: `comparisons` with `answer`, `not_worse`, `why_cannot_tell`, the pairs that lack a vote (`missing`), \
`questions` (each with `win_rate`: one half is equally good; and the `margin` it is held to), `at_equal_length`, `order` and \
`sentence`; `judges` with their ballots, votes and cost; `null` where none was asked |
| `cache` | of targets with a prompt cache: `hits`, tokens read and written, `read_share`, and the times of hits over those of misses |
| `instrument` | how exact the times are: `error_ns` counts against verdicts; `step` and `checked_utc` are those of \
`hayai selfcheck`, `null` where it was not run; `beyond`: the run had more streams than were checked |
| `failures`, `cautions` | by target and kind, with the service's words; by code, with its values and its sentence |

A `gain` says the same twice: `time_saved_ratio` is 1 - time / baseline's time, `times_as_fast` is baseline's time / time.

    hayai report last --json | jq '.targets[] | {name, median_s: (.spreads.e2e.median / 1e9)}'
"""


def metrics_page() -> str:
    """The page in Markdown."""
    rows = "\n".join(_row(metric) for metric in METRICS.values())
    return f"{_INTRODUCTION}\n| metric | unit | definition | better | known for |\n|---|---|---|---|---|\n{rows}\n{_CSV}{_JSON}"


def _row(metric: Metric) -> str:
    better = {True: "more", False: "less", None: "neither"}[metric.more_is_better]
    known = "every connection" if metric.of_connections else "answers" if metric.of_answers else "every request"
    several = ", several values each" if metric.many else ""
    return f"| `{metric.name}` | {metric.unit} | {metric.formula} | {better} | {known}{several} |"


if __name__ == "__main__":
    sys.stdout.write(metrics_page())
