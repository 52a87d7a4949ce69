"""What is each target called, where the user gave no name?

By its model, and by whatever sets it apart from the other targets of the same model: `claude-3-5-haiku standard`, `claude-3-5-haiku
optimized`. Model ids are long (`us.anthropic.claude-3-5-haiku-20241022-v1:0`), so the region group, the maker, the date and the version are
left out as long as no two models end up with the same name. What is still alike is numbered: `A`, `A#2`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence

from hayai.ask.plan import Target
from hayai.ask.targets.grammar import format_value

_LONGEST_VALUE = 24
_HOST = re.compile(r"\Ahttps?://([^/?#]+).*\Z")
"""What tells addresses apart in few words."""
_DATE = re.compile(r"[-@](?:19|20)\d{6}\b|-(?:19|20)\d\d-\d\d-\d\d\b")
_VERSION = re.compile(r"-v\d+:0(?::\d+k)?\Z")  # `-v1:0`, `-v1:0:24k`; in `claude-v2:1` it is the model's own
_OWNERS = re.compile(r"\A(?:(?:us|eu|apac|jp|au|ca|sa|me|us-gov|global)\.)?(?:[a-z0-9]+\.)(?=[A-Za-z])")


def name_targets(targets: Sequence[Target], plain: Callable[[str, str], bool]) -> tuple[Target, ...]:
    """`targets` with a name of its own for each. An empty name is replaced; so is one that several share (`--vary` of a named target).

    `plain(provider, option)` tells that the values of an option speak for themselves (choices), so that its name can be left out.
    """
    models = _model_names({target.model for target in targets})
    uses = Counter(target.name for target in targets)
    taken = {name for name, count in uses.items() if name and count == 1}
    named: list[Target] = []
    for target in targets:
        name = target.name
        if not name or uses[name] > 1:
            siblings = [other for other in targets if (other.provider, other.model) == (target.provider, target.model)]
            name = free_name(" ".join([name or models[target.model], *_differences(target, siblings, plain)]), taken)
            taken.add(name)
        named.append(Target(name=name, provider=target.provider, model=target.model, options=target.options))
    return tuple(named)


def free_name(name: str, taken: Collection[str]) -> str:
    """`name`, or where it is taken the first of `name#2`, `name#3`, … that is not."""
    number, candidate = 1, name
    while candidate in taken:
        number += 1
        candidate = f"{name}#{number}"
    return candidate


def _model_names(models: Collection[str]) -> dict[str, str]:
    """The shortest form of each model id that no other shares."""
    forms = (
        lambda model: _VERSION.sub("", _DATE.sub("", _bare(model))),
        lambda model: _VERSION.sub("", _bare(model)),
        _bare,
        lambda model: model.rpartition("/")[2],
        lambda model: model,
    )
    chosen: dict[str, str] = {}
    for model in models:
        shorter = ((form(model), {form(other) for other in models if other != model}) for form in forms)
        chosen[model] = next(short for short, others in shorter if short and short not in others)
    return chosen


def _bare(model: str) -> str:
    """Without the path of an ARN, the region group and the maker."""
    last = model.rpartition("/")[2]
    return _OWNERS.sub("", last) or last


def _differences(target: Target, siblings: Sequence[Target], plain: Callable[[str, str], bool]) -> list[str]:
    """What sets `target` apart from its siblings, in the order in which the options were written."""
    words = []
    for option, value in target.options.items():
        if all(option in other.options and other.options[option] == value for other in siblings):
            continue
        text = _HOST.sub(r"\1", f"{value:g}" if isinstance(value, float) else format_value(value))
        if isinstance(value, dict | list) or len(text) > _LONGEST_VALUE or not text.isprintable():
            words.append(option)
        else:
            words.append(text if plain(target.provider, option) else f"{option}={text}")
    return words
