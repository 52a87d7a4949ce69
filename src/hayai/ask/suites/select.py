"""Which prompts of the suite are wanted?"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hayai.ask.plan import Suite
from hayai.ask.suggest import unknown_word
from hayai.errors import UsageError


def select_prompts(suite: Suite, wanted: Sequence[str], *, place: str = "--prompts") -> Suite:
    """`suite` with only the prompts whose id or category is in `wanted`, in the suite's own order; all of them when nothing is.

    Raises one `UsageError` at `place` for all words that are neither an id nor a category.
    """
    if not wanted:
        return suite
    ids = [prompt.id for prompt in suite.prompts]
    categories = list(dict.fromkeys(prompt.category for prompt in suite.prompts if prompt.category is not None))
    known = [*ids, *categories]
    unknown = [unknown_word(place, "suite.unknown_prompt", word, known) for word in wanted if word not in known]
    if unknown:
        raise UsageError(*unknown)
    chosen = tuple(prompt for prompt in suite.prompts if prompt.id in wanted or prompt.category in wanted)
    return msgspec.structs.replace(suite, prompts=chosen)
