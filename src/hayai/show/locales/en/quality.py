"""Texts of the quality of answers: which checks they passed, and how two targets compare by that."""

TEXTS: dict[str, str] = {
    "quality.checks.title": "Quality: checks without a model",
    "quality.checks.note": "Answers of complete rounds that passed, of those that could be checked. An answer passes when it passes all checks that apply to it; where one of them could not be made, it is not in the last row. “No refusal” goes by the opening words: a rule of thumb.",
    "quality.column.check": "check",
    "quality.row.all": "all of its checks",
    "quality.check.finished": "finished",
    "quality.check.not_empty": "not empty",
    "quality.check.no_refusal": "no refusal",
    "quality.check.length": "length",
    "quality.check.languages": "languages",
    "quality.check.code": "code parses",
    "quality.check.json_schema": "JSON Schema",
    "quality.check.contains": "contains",
    "quality.check.regex": "pattern",
    "quality.check.exact": "exact answer",
    "quality.check.number": "number",
    "quality.pair.not_worse": "{pair}: not worse, within a margin of {margin} points.",
    "quality.pair.worse": "{pair}: worse. It passes its checks less often.",
    "quality.pair.open": "{pair}: cannot be told. To show that it is not worse by {margin} points, about {needed} prompts like these are needed; there are {prompts}.",
    "quality.pair.few_prompts": "{pair}: no verdict on quality is possible with {prompts} prompts; to show that it is not worse by {margin} points, about {needed} are needed.",
    "quality.pair.none_passed": "{pair}: no verdict on quality. Hardly an answer passed on either side: look at what is expected. Two that pass nothing are alike, and that shows nothing.",
    "quality.pair.unchecked": "{pair}: cannot be told. Had the checks that could not be made failed on it, it might be worse by more than {margin} points.",
    "quality.pair.numbers": "Passed {share} against {baseline}, a difference of {difference} points ({level} interval {interval}).",
    "quality.pair.moved": "It passes more often on {more} of the prompts, less often on {less} (exact McNemar p {p}).",
    "quality.repeats": "Repeats of a prompt are no new prompts: each prompt counts once.",
    "quality.pair.unmade": "Left out of the comparison, because they could not be made on both sides: {checks}.",
    "quality.pair.unmade.one": "“{check}” in {rounds}",
    "quality.pair.left_out": "{rounds} left out: a request failed, or nothing could be checked on both sides.",
    "quality.form_only": "On {count} of {prompts} prompts these checks look at form only (or at what checks of your own look at), not at what an answer says: for a choice this does not show that answers are as good.",
    "quality.no_texts": "No texts were kept (--no-texts, or removed since), so what the answers say could not be checked.",
    "quality.failed_requests": "Failed requests are no answers and count neither way ({count} in complete rounds): see “{section}”.",
    "quality.missed": "{prompt}, {target}, cycle {cycle}: {reasons}",
    "quality.missed.several": "{prompt}, {target}, {count} answers, the first in cycle {cycle}: {reasons}",
    "quality.missed.more": "{count} more answers did not pass: see the column checks of hayai report RUN --format csv.",
    "quality.list": "; ",
    "quality.reason.of": "{check}: {reason}",
    "quality.reason.with": "{reason} ({detail})",
    "quality.reason.cut": "cut by the limit of tokens",
    "quality.reason.filtered": "ended by a filter",
    "quality.reason.stop_untold": "the service does not say why it ended",
    "quality.reason.no_text": "the text is not there",
    "quality.reason.empty": "no visible text",
    "quality.reason.declined": "the model declined",
    "quality.reason.refusal_words": "begins as refusals do",
    "quality.reason.too_short": "too short",
    "quality.reason.too_long": "too long",
    "quality.reason.languages_missing": "a language is missing",
    "quality.reason.block_missing": "a block of code is missing",
    "quality.reason.block_broken": "does not parse",
    "quality.reason.too_large": "too large to be checked",
    "quality.reason.too_deep": "too deeply nested to be checked",
    "quality.reason.not_json": "not JSON",
    "quality.reason.several_json": "several blocks of JSON",
    "quality.reason.against_schema": "not valid by the schema",
    "quality.reason.text_missing": "not there",
    "quality.reason.pattern_missing": "not found",
    "quality.reason.pattern_slow": "the pattern takes too long",
    "quality.reason.other_text": "another answer",
    "quality.reason.no_number": "no number in it",
    "quality.reason.other_number": "another number",
    "quality.reason.too_strange": "too many marks on one letter to be checked",
    "quality.reason.own": "not passed",
    "quality.reason.own_broken": "the check itself failed",
    "quality.reason.not_looked_at": "not checked yet: name it with --check",
    "caution.W121": "{count} of {total} answers are refusals, or begin as refusals do ({targets}). A refusal is short and comes fast: that is no speed.",
    "explain.W121": (
        "hayai looks whether the service says that the model declined, and at the opening words of each answer, in English and Japanese. The words are a rule of thumb: an answer may be taken for a "
        "refusal that is none, and a refusal in other words is not seen. The section on quality names the prompts. Read these answers. If they are refusals, change the prompt, or leave it out "
        '(--prompts), since a refusal takes less time than the answer that was asked for; if they are not, write skip = ["no_refusal"] into the prompt\'s expectations.'
    ),
    "caution.W122": "On {count} of {total} answers a check could not be made ({targets}). It counts neither as passed nor as failed.",
    "explain.W122": (
        "A check could not be made: the service does not say why answers end, a block is too large or too deeply nested to be parsed safely, a pattern takes too long, or a check of your own raised an "
        "error or was not named again with --check. Answers are compared by the checks that could be made on both sides, and “not worse” is said only if it would hold as well had the others failed on the target. The section on quality says which and why. What "
        'cannot be told of any answer can be left out: skip = ["finished"].'
    ),
    "caution.W123": "{targets} passes its checks less often than the baseline ({target_ratio} against {baseline_ratio}), beyond chance. A speed-up is not one at equal quality.",
    "explain.W123": (
        "The same prompts, the same rounds: one target passes the checks of its answers less often, by an exact test over the prompts and by an interval for paired shares that lies below zero. Whatever "
        "was measured of speed and price is then of answers that are not as good by these checks. Read the answers that failed; whether a check matters for your use is yours to say. If answers were "
        "cut by max_tokens, raise it and measure again."
    ),
    "caution.W124": "Hardly an answer passes its checks on either side of a comparison ({targets}; at most {most_ratio}). Look at what is expected before anything is concluded: wrong expectations find everybody equal.",
    "explain.W124": (
        "Where next to nothing passes on both sides, both have the same share, and that is no sign of equal quality: it is what a wrong expectation, a broken check of your own or an impossible task looks "
        "like. hayai gives no verdict where neither side passes more than twice the margin (10% with the margin of 5 points): a loss within the margin would then be half of all that passes, or more. Read "
        "some of the answers that failed, in the section on quality, beside what their prompts expect. If the expectations are right, the prompts are too hard to tell these targets apart."
    ),
}
