"""Texts of what is wrong with expectations, and with checks of the user's own."""

TEXTS: dict[str, str] = {
    "cli.option.expect": "what is expected of every answer: min_chars=200, languages=ja,en, contains=TEXT, regex=PATTERN, number=42, skip=no_refusal, …; repeatable",
    "cli.option.check": "a check of your own, called with (prompt, answer text): returns True or False, or one of them with a reason; repeatable",
    "cli.option.check_again": "a check of your own, made now and kept, as compare has it; none: those of before are left out from now on; repeatable",
    "expect.blank": "this is empty. Write what is expected, or remove it",
    "expect.bad_regex": "this pattern cannot be read: {reason}",
    "expect.bad_schema": "this is no JSON Schema that can be used: {reason}. References may only lead into the schema itself (#/…)",
    "expect.not_a_number": "this must be a number, without quotes, or a table of value and tolerance",
    "expect.negative": "this must not be below 0",
    "expect.min_above_max": "min_chars is {low} and max_chars is {high}: no answer can be both. Exchange them, or remove one",
    "expect.not_key_value": "“{word}” is not KEY=VALUE. Write for example --expect min_chars=200",
    "expect.twice": "{word} is given twice. Keep one of them",
    "expect.not_json": "this is not JSON: {reason}. Write the schema in place, or name a file: json_schema=@file.json",
    "expect.bad_check": "“{word}” does not name a check. Write module:function, for example checks:is_polite for the function is_polite in checks.py",
    "expect.no_module": "there is no module “{word}”. It is looked for in the folder where hayai was started, beside the configuration file, and where Python looks",
    "expect.no_function": "the module {module} has no function “{word}”",
    "expect.no_function.maybe": "the module {module} has no function “{word}”. Did you mean “{suggestion}”?",
    "expect.broken_module": "{word} cannot be loaded: {kind}: {reason}",
    "expect.looking": "Looking at answers with {check} (a check of yours; nothing limits its time). Ctrl-C leaves the rest unlooked at and shows what there is.",
    "expect.given_up": "Your checks were stopped by Ctrl-C. Answers they had not looked at by then are reported so; to look again: hayai report RUN --check MODULE:FUNCTION.",
    "expect.never_made": "{check} could not be made on any answer ({reason}), so nothing is known of what it asks. Mend it and say --check again, or leave it out of this run's reports: hayai report RUN --check none",
}
