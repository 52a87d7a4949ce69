"""Texts of the room `sim`."""

TEXTS: dict[str, str] = {
    "sim.profile_unknown": "No simulator profile has this name. Known: {known}. A path to a TOML file works too.",
    "sim.profile_unreadable": "The simulator profile cannot be read: {reason}.",
    "sim.profile_not_toml": "The simulator profile is not valid TOML: {reason}.",
    "sim.profile_not_a_table": "A table is expected here, as in `[name]` or `{{key = value}}`.",
    "sim.profile_unknown_key": "A profile has no such key. Did you mean: {close}?",
    "sim.profile_missing_key": "This key is required and missing.",
    "sim.profile_bad_value": "This value cannot be used: {reason}.",
    "sim.bad_speed": "The simulator cannot run at speed {speed}. Give a number above 0: 1 is real speed, 20 is twenty times as fast.",
    "sim.cannot_listen": "The simulator cannot listen here: {reason}. Choose another port, or 0 for any free one.",
    "sim.died": "The simulator ended before it was ready. What it said stands above.",
}
