"""Texts of reports, cautions and their explanations."""

TEXTS: dict[str, str] = {
    # Banner
    "report.simulated": "simulated, {speed} times real speed (profile {profile}): no real service was measured",
    "report.simulated.real_time": "simulated at real speed (profile {profile}): no real service was measured",
    "report.simulated.unknown_speed": "simulated (profile {profile}): no real service was measured",
    # What ran
    "report.title": "Comparison of {targets} targets, prompts: {prompts} (suite {suite})",
    "report.title.one": "Measurement of one target, prompts: {prompts} (suite {suite})",
    "report.ran": "Complete cycles: {cycles}. Requests: {requests}, {failed} failed, in {duration} ({window}).",
    "report.pace": "Pace: at most {rate}, evenly spaced, all targets together.",
    "report.pace.less": "Pace: at most {rate}, evenly spaced, all targets together; {reached} left, because a request also waits for the answers "
    "before it (--concurrency allows more at once).",
    "report.pace.late": "Pace: at most {rate}, evenly spaced, all targets together; {reached} left (see W116).",
    "rate.s": "{requests} per second",
    "rate.m": "{requests} per minute",
    "rate.h": "{requests} per hour",
    "report.window": "{start} to {end} {zone}",
    "report.window.unknown": "time unknown",
    "report.machines": "Measured on {machines}.",
    "report.unpaired": "Kept but not compared: {unpaired} of torn rounds, {retried} attempts that were retried.",
    "report.ended": "Ended: {reason}.",
    "report.ended.cycles": "all cycles are complete",
    "report.ended.max_requests": "the limit of requests was reached",
    "report.ended.max_cost": "the limit in dollars was reached",
    "report.ended.max_time": "the limit of time was reached",
    "report.ended.finished_early": "by Ctrl-C; what was in flight was finished",
    "report.ended.stopped": "stopped at once",
    "report.ended.parent": "the measuring process was told to stop",
    "report.ended.no_verdict": "no further request could lead to a verdict: answers were cut on one side",
    "report.ended.verdict": "the answer is settled",
    "report.ended.waiting": "sessions are still to come",
    "report.ended.access": "credentials or access to a model are missing",
    "report.ended.cannot_connect": "a target could not be reached",
    "report.ended.disk": "the run directory could not be written",
    "report.ended.instrument": "the measuring process failed",
    "report.ended.failures": "too many requests in a row failed",
    "report.span.s": "{s} s",
    "report.span.min": "{min} min {s} s",
    "report.span.h": "{h} h {min} min",
    "report.nothing": "No complete round yet: there is nothing to compare.",
    "report.place": "Everything measured lies in {place}",
    # Table of targets
    "report.targets": "Targets",
    "report.baseline": "baseline",
    # The published table
    "report.prompts": "Response time by prompt",
    "report.prompts.note": "Medians over the repeats. saved: time saved against {baseline}. as fast: times as fast as {baseline}. "
    "tok/s: output tokens / whole response time.",
    "report.prompts.note.one": "Medians over the repeats. tok/s: output tokens / whole response time.",
    "report.region_names": "Regions: {names}.",
    "report.cell.answered": "{target}: {answered} of {requests} answered",
    "report.category.none": "no category",
    "report.column.prompt": "prompt",
    "report.column.category": "category",
    "report.column.target": "target",
    "report.column.region": "region",
    "report.column.time": "time ({unit})",
    "report.column.saved": "saved",
    "report.column.fast": "as fast",
    "report.column.tokens": "tokens",
    "report.column.speed": "tok/s",
    "report.column.prompts": "prompts",
    "report.times": "{number}x",
    "report.unknown": "unknown",
    # By category
    "report.categories": "By category",
    "report.categories.note": "Geometric means over the prompts of a category.",
    "report.categories.note.gains": "Geometric means over the prompts of a category. The differences, with intervals: see “{section}”.",
    # Per target
    "report.per_target": "Per target",
    "report.per_target.note": "Medians; in brackets the 95th percentile (p95) where the sample is large enough to tell it, otherwise the largest value (max).",
    "report.spread": "{median} ({high})",
    "report.row.p95": "{row} (p95)",
    "report.row.max": "{row} (max)",
    "report.row.answered": "answered",
    "report.row.of": "{part} of {whole}",
    "report.row.e2e": "response time {unit}",
    "report.row.ttft": "first token {unit}",
    "report.row.ttfv": "first visible {unit}",
    "report.row.tpot": "per token {unit}",
    "report.row.output_speed": "output speed tok/s",
    "report.row.e2e_tokens_per_s": "end-to-end tok/s",
    "report.row.e2e_characters_per_s": "end-to-end char/s",
    "report.row.output_characters_per_s": "output speed char/s",
    "report.row.output_tokens": "output tokens",
    "report.row.chunk_gap": "chunk gap {unit}",
    "report.row.dns": "DNS {unit}",
    "report.row.tcp": "TCP {unit}",
    "report.row.tunnel": "proxy tunnel {unit}",
    "report.row.tls": "TLS {unit}",
    "report.row.service_time": "service time {unit}",
    "report.row.service_first_byte": "service 1st byte {unit}",
    "report.row.network_share": "network share",
    "report.row.lateness": "lateness {unit}",
    "report.row.regions": "served from",
    "report.row.latency.asked": "latency mode asked",
    "report.row.latency.served": "latency mode served",
    "report.row.tier.asked": "tier asked",
    "report.row.tier.served": "tier served",
    "report.row.clock": "clock",
    "report.row.coalesced": "coalesced pieces",
    "report.not_told": "not told",
    "report.clock.kernel": "kernel",
    "report.clock.user": "user space",
    "report.clock.mixed": "mixed",
    # Averages
    "report.gains": "Response time against {baseline}, by each average",
    "report.gains.note": "The geometric mean treats both sides alike. Each unit is averaged on its own.",
    "report.average.geometric": "geometric mean",
    "report.average.totals": "ratio of totals",
    "report.average.mean": "mean of ratios",
    "report.average.median": "median prompt",
    "report.average.lowest": "smallest gain",
    "report.average.highest": "largest gain",
    "report.ratios": "Other ratios to {baseline} (geometric mean over the prompts)",
    "report.ratio.e2e": "response time",
    "report.ratio.ttft": "time to first token",
    "report.ratio.tpot": "time per output token",
    "report.ratio.output_tokens": "output tokens",
    "report.ratio.e2e_tokens_per_s": "end-to-end tokens per second",
    "report.ratio.e2e_characters_per_s": "end-to-end characters per second",
    "report.speeds": "End-to-end tokens per second, by each average",
    "report.speeds.note": "Over the prompts that all targets answered: {count} of {prompts}. The others would make failing look fast.",
    "report.speed.mean": "mean over the prompts",
    "report.speed.totals": "total tokens / total time",
    "report.speed.geometric": "geometric mean",
    "report.speed.time": "mean response time ({unit})",
    # Differences
    "report.differences": "Differences in response time ({unit}), first minus second",
    "report.differences.mean": "mean",
    # Failures
    "report.failures": "Failed requests",
    "report.failure": "{target}: {count} {outcome}",
    "report.failure.code": "{target}: {count} {outcome}, {code}",
    "report.outcome.ok": "ok",
    "report.outcome.throttled": "throttled",
    "report.outcome.refused": "refused",
    "report.outcome.server_error": "server error",
    "report.outcome.cut_off": "cut off",
    "report.outcome.timed_out": "timed out",
    "report.outcome.no_connection": "no connection",
    "report.outcome.bad_protocol": "broken protocol",
    "report.outcome.cancelled": "cancelled",
    # Cautions
    "report.cautions": "Cautions",
    "report.cautions.none": "None.",
    "report.cautions.more": "More about one of them: hayai explain {code}",
    "report.list.more": "and {count} more",
    "report.list": ", ",
    "caution.W100": "The answers came from a simulator (profile {profiles}). The numbers say nothing about a real service.",
    "caution.W101": "The service read input from its cache in {count} of {total} answers ({targets}). Cached answers start sooner; "
    "use --cache avoid to compare without.",
    "caution.W102": "In {count} of {total} answers another latency mode or tier was served than asked for ({targets}). They stay where "
    "they were asked for; check the quota of that mode.",
    "caution.W103": "Which latency mode or tier was served is not told in {count} of {total} answers ({targets}). Whether the mode was given is unknown; another API of the service may tell.",
    "caution.W104": "The token limit cut some answers and left others to the same prompt whole ({targets}; prompts {prompts}). A cut "
    "answer is not a fast one: raise max_tokens.",
    "caution.W105": "The token limit cut every answer of all targets (prompts {prompts}). Times compare, lengths do not: raise max_tokens "
    "if whole answers matter.",
    "caution.W106": "{count} of {total} answers came without token counts ({targets}). Their tokens per second are unknown; compare "
    "characters per second.",
    "caution.W107": "The user-space clock stamped {count} of {total} answers ({targets}). Times include the scheduling of this machine; keep it idle, or measure on Linux.",
    "caution.W108": "Up to {worst_ratio} of the pieces came together with others in one read ({targets}). Their gaps are left out; "
    "end-to-end times are not touched.",
    "caution.W109": "{count} of {total} requests failed, {throttled} of them throttled ({targets}). Times describe the others only. See the service's "
    "words among the failures; against throttling, send more slowly (--rate), or ask for more quota.",
    "caution.W110": "Complete cycles: {cycles}. With fewer than 2, one request stands for each cell, and noise cannot be told from "
    "difference. Run more cycles.",
    "caution.W111": "{count} of {total} requests left more than {limit_ns} late (worst {worst_ns}). The client was busy; stop other "
    "work on it or lower the concurrency.",
    "caution.W112": "The targets belong to different model families ({families}), which cut text into tokens differently. Compare "
    "characters per second, not tokens.",
    "caution.W113": "{targets} answered from several regions ({regions}). Part of the spread is the way there; pin a region to remove it.",
    "caution.W114": "{count} of {total} requests had to open a new connection during the run ({targets}). Look at the phases; the "
    "service or something between closes idle connections.",
    "caution.W115": "The run was interrupted (complete cycles: {cycles}). What was measured is shown; --resume goes on while the targets can be reached.",
    "caution.W116": "This machine may have been the limit: measuring took {core_ratio} of a core, and {held_up_ratio} of the looks at the clock came late (worst "
    "{worst_ns}). Use fewer streams, or a machine with nothing else to do.",
    "caution.W116.rate": "This machine could not keep the rate: requests left late (worst {worst_ns}), which cost {behind_ratio} of it. Measuring took {core_ratio} of a "
    "core, and {held_up_ratio} of the looks at the clock came late. Lower --rate, or use a machine with nothing else to do.",
    "caution.W119": "cache=on, and no answer tells of a cache ({targets}; {count} of {total} answers). Models cache nothing below a least length, mostly 1,024 tokens.",
    "explain.W119": "A cache point was set (cache=on), and neither a read nor a write of the cache is in any answer's usage. The prefix before the point (the system text; without one, the turns before the last; else the whole prompt) may be too short: "
    "most models cache nothing below 1,024 tokens, some 2,048 or 4,096. Or the model has no cache here. What was measured is the same as without.",
    "cache.title": "Prompt cache",
    "cache.note": "hits: answers that read from the cache. share: of all input tokens.",
    "cache.column.hits": "hits",
    "cache.column.read": "read",
    "cache.column.written": "written",
    "cache.column.share": "share",
    "cache.effect.ttft": "{target}: with a hit the first token takes {ratio} times as long as without ({interval}; 95%, prompts compared with themselves).",
    "cache.effect.e2e": "{target}: with a hit the whole answer takes {ratio} times as long as without ({interval}; 95%, prompts compared with themselves).",
    "report.row.cache_written_tokens": "tokens cached",
    "caution.W120": "The SDK retried within {count} of {total} requests ({targets}). Its waits are in their times: an application sees them as slow answers.",
    "explain.W120": "boto3 retries by itself when a request is throttled or a connection breaks, and waits before it does. Whoever calls it sees one call that took long. A target bedrock-boto3: measures just that; "
    "the metric sdk_retries says how often. Race it with max_attempts=1, or against bedrock:, which retries nothing, to see what the service did.",
    "report.row.sdk_retries": "SDK retries",
    "caution.W117": "{count} of {total} answers came all at once at their end ({targets}): something on the way held them back. Their times to the first token, gaps "
    "and speeds of writing are the buffer's and are left out; end-to-end times hold. Go round the proxy, or switch its buffering off.",
    # Explanations
    "explain.W100": "hayai ships a local service that speaks the real protocol and behaves as its profile says. It is there to try hayai "
    "without an account and to check the instrument against a known truth. Every report of such a run says so at its top. To measure a real "
    "service, give targets without an endpoint of the simulator.",
    "explain.W101": "Services may keep the beginning of a prompt and skip reading it again. The first token then comes sooner and the "
    "input costs less, which a user with ever new prompts never sees. hayai sends prompts as written unless told otherwise. With --cache "
    "avoid every request begins with a short text of its own, so that nothing can be reused; with --cache warm all targets are given the "
    "chance to fill their caches before the sample.",
    "explain.W102": "Beyond a quota the service may answer in standard latency though optimized latency was asked for, or in another tier. "
    "The answer says which was given. hayai leaves such requests in the arm that asked for them, because that is what a user who asks gets, "
    "and counts them in the open. If you want to know how fast the mode is when it is given, send fewer requests at once or raise the quota.",
    "explain.W103": "A latency mode or a tier was requested, and the response has no field or header that tells which was served. The "
    "request may have been answered in another mode in silence. The Converse calls of Bedrock tell it at the end of the answer, the Invoke "
    "calls in a response header; an older service or a proxy between may drop it.",
    "explain.W104": "An answer that reached its token limit stops early, so its time is too short. If this happens to one target more often than to "
    "another, that target looks faster than it is. Raise max_tokens (in the suite, the target or the plan) until no answer is cut, or set the same low limit "
    "for all so that all are cut alike.",
    "explain.W105": "All targets reached the token limit on these prompts. Their answers then have the same length in tokens, which makes "
    "times easy to compare, but none of them is whole: the quality and the natural length of the answers cannot be compared.",
    "explain.W106": "hayai counts tokens only as the service reports them, because only the service knows its tokenizer; chunks and words are "
    "not tokens. Where no count was reported, tokens, tokens per second and time per token are unknown, never estimated. Characters per second "
    "are counted by hayai itself and are always known.",
    "explain.W107": "On Linux the kernel stamps each packet as it arrives. Elsewhere, and where no stamp came, the instant is taken when our "
    "process wakes up, which a busy machine does later. The difference is usually below a millisecond and falls on all targets alike, but it "
    "adds to short times and to the gaps between pieces.",
    "explain.W108": "When several pieces of an answer arrive in one read, only the last has an exact instant; the others came somewhere "
    "before. This happens when the service sends pieces in bursts, when the network bundles them or when the client is busy. hayai keeps the interval "
    "of each such piece and leaves its gaps out of the chunk gaps. End-to-end time and tokens per second are not affected; a first token that came together with "
    "others may have come earlier than it says, by no more than the time since the read before. A proxy that passes on in blocks makes it late that way.",
    "explain.W109": "A failed request has no response time. hayai counts failures by outcome with the service's own words and never mixes them "
    "into times. If one side fails more often than the other, its times describe only its good moments. Throttling means that the account's quota or "
    "the service's capacity was reached: send more slowly (--rate), ask for more quota, or allow retries, whose attempts are recorded one by one.",
    "explain.W110": "A response time varies from request to request, often by a tenth or more. With one request per prompt and target, a "
    "difference may be a difference of the targets or of the moment, and nothing in the data can tell which. Two or more cycles show how much a "
    "repeat differs from itself. The first cycle alone is what the published comparison of 2024 had.",
    "explain.W111": "Each request has an instant at which it is due. If it leaves later, the client was busy, and the service saw less load "
    "than planned. Times from sent do not contain the delay; times from due do, and both are kept. Close other programs, use a larger machine, "
    "or lower the concurrency.",
    "explain.W112": "A token is a piece of text, and each model family cuts differently: the same sentence may be 100 tokens for one and 140 for "
    "another. Tokens per second and time per token of different families are therefore different units. Characters per second are the same unit "
    "for all, as long as the answers are in one language.",
    "explain.W113": "Cross-region inference profiles send a request to whichever region has room. The way there takes longer or shorter, and "
    "regions may differ in load. The spread of such a target holds this choice as well. That is what its users get, so it is no error; to "
    "compare models alone, use a model id or a profile that stays in one region.",
    "explain.W114": "hayai opens its connections before the first request so that DNS, TCP and TLS are not part of any answer's time. If a "
    "connection is opened during the run, the request waits for it before it is sent. Reasons are a service that closes idle connections, a proxy or "
    "a NAT between, or an error that broke the connection. The phases of such connections are metrics of their own.",
    "explain.W115": "The run ended before its own limits: by Ctrl-C, by a signal, or because the measuring process died. Requests in flight were "
    "finished or are lost; everything that had ended is in the run directory. Rounds that are not complete are kept but not compared, and run "
    "again whole with --resume.",
    "explain.W116": "The measuring process looks at the clock twenty times a second to see how late it is itself, and counts its own CPU time. When it is often late, or "
    "uses most of its core, requests leave late and bytes wait to be read. Arrivals that the kernel stamped stay right; instants of sending, and pieces that came together, "
    "suffer. With --rate it also counts how late requests left their slots; nothing catches up, so what they lose is lost to the rate. "
    "Lower --concurrency or --rate, stop other programs, or measure from a machine with more idle cores. Targets measured in the same rounds suffer alike, so ratios are hurt "
    "less than times.",
    "caution.W118": "{count} of {total} answers came through a proxy ({targets}). What the proxy adds is in every time, on all targets that go through it.",
    "explain.W118": "HTTPS_PROXY is set and NO_PROXY does not keep the address out, so hayai opens a tunnel through the proxy (CONNECT). Opening it is timed apart, as a part of the connection; but then every byte passes the proxy, "
    "and its time cannot be told from the service's. Targets that go the same way are still compared fairly, because both bear it; one that goes through a proxy and one that does not are not. Put the address into NO_PROXY, or use a VPC endpoint, to measure without it.",
    "explain.W117": "The answer was asked for as a stream, and yet many pieces came in the last twentieth of the time, several in a read, or one after another within hundredths of a millisecond. No model writes so: "
    "a proxy, a gateway, or a service that only looks like a stream collected the answer and passed it on when it was complete. Such pieces tell when the buffer "
    "was emptied. So the time to the first token, the time per token, the speed of writing and the gaps of these answers are unknown, as those of an answer in one body. "
    "The time to the last piece is what it is, and the verdict about end-to-end time stands. A buffer that passes on in blocks is not found by this rule; see W108.",
    # Markdown, CSV, JSON, published files
    "published.note.first_cycle": "Note: times of the first measured cycle.",
    "published.compared_at": "Comparison time",
    "published.prompt": "Prompt",
    "published.answer": "Answer of {name}",
    "published.time": "Response time",
    "published.seconds": "{number} s",
    "published.tokens": "Output tokens",
    "published.times": "Comparison of response times",
    "published.differences": "Differences of response times",
    "published.token_counts": "Comparison of output tokens",
    "published.not_such_a_file": "This is not a results file of the published comparison: its sections (times, differences, token counts) are not there. Give a file that hayai or the published script wrote.",
    "published.unknown": "unknown",
    # Progress
    "progress.failed": "{count} failed",
    "progress.speed": "{number} tok/s",
    "progress.ttft": "first token {duration}",
    "progress.line": "cycle {cycle}: {done}/{planned} requests, {failed} failed, {elapsed}",
    "progress.line.left": "cycle {cycle}: {done}/{planned} requests, {failed} failed, {elapsed}, at most {left} left",
    "progress.spent": "{line}, {spent}",
    "progress.simulated": "simulated, {line}",
}
