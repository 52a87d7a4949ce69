"""Texts about claims that cannot be read."""

TEXTS: dict[str, str] = {
    "claim.one_target": "a claim compares two targets, and there is only one here. Give a second one, or leave the claim out",
    "claim.empty": "the claim is empty. Write for example “B up to 60% faster than A” or “at least 25% less time”",
    "claim.unknown_word": (
        "“{word}” is not understood. A claim says who, how often, by how much and of what: “B up to 60% faster than A”, "
        "“typically 1.5x as fast”, “at least 25% less time”, “40% lower TTFT”. Put a target's name into quotes if it holds such words"
    ),
    "claim.unknown_word.maybe": (
        "“{word}” is not understood. Did you mean “{suggestion}”? A claim says who, how often, by how much and of what: "
        "“B up to 60% faster than A”, “typically 1.5x as fast”, “at least 25% less time”, “40% lower TTFT”"
    ),
    "claim.unknown_target": "there is no target “{word}”. Write one of these, or its number in brackets such as [2]: {known}",
    "claim.unknown_target.maybe": (
        "there is no target “{word}”. Did you mean “{suggestion}”? Targets: {known}; or write its number in brackets, such as [2]"
    ),
    "claim.no_number": "the claim says no number. Write by how much, for example “60% faster” or “1.5x as fast”",
    "claim.several_numbers": (
        "the claim holds more than one number. Make it one claim for each, every one with its own --claim; write decimals with a point"
    ),
    "claim.no_unit": "{number} of what? Write {number}% or {number}x",
    "claim.no_difference": (
        "“{number}” claims no difference. Write a percentage above zero, for example “25% faster”, or a factor, for example “1.5x as fast”"
    ),
    "claim.impossible": (
        "nothing can save “{number}” of a time, or lose that much speed. Write less than 100%, or say how many times as fast: “3x as fast”"
    ),
    "claim.no_comparison": (
        "the claim does not say whether it is about speed or about time. Write for example “60% faster”, “60% higher tokens/s”, "
        "“25% less time” or “1.5x as fast”"
    ),
    "claim.contradictory": (
        "the claim compares in two ways at once, such as faster and slower. Keep one of them, for example “30% slower”"
    ),
    "claim.several_kinds": (
        "the claim is about the best and the usual at once. Keep one: “up to 60% faster”, “typically 30% faster” or “at least 20% faster”"
    ),
    "claim.several_quantities": (
        "the claim is about several things at once, such as speed and time to first token. Make it one claim for each: "
        "“60% higher tokens/s”, “40% lower TTFT”, “30% less time”"
    ),
    "claim.several_targets": (
        "it is not clear who is compared with whom. Write it in the order “B 60% faster than A”, with two targets"
    ),
    "claim.same_target": "the claim compares “{word}” with itself. Name the other target after “than”",
    "claim.which_target": (
        "there are more than two targets, and the claim does not say which it means. Name two of them, or one that is not the first: {known}"
    ),
}
