"""Texts of the room `ask`."""

TEXTS: dict[str, str] = {
    "rules.unknown_preset": "There is no preset named {word}. There are: {known}.",
    "rules.unknown_preset.maybe": "There is no preset named {word}. Did you mean {suggestion}? There are: {known}.",
    # Targets: provider:model,option=value
    "target.none": "no target is given. Name at least one, for example bedrock:us.amazon.nova-pro-v1:0",
    "target.empty": "the target is empty. Write it as provider:model, for example {example}",
    "target.no_provider": (
        "“{word}” does not begin with a provider (known: {known}). Put the provider before the model: {example}"
    ),
    "target.unknown_provider": "there is no provider “{word}”. Known providers: {known}",
    "target.unknown_provider.maybe": "there is no provider “{word}”. Did you mean “{suggestion}”? Known providers: {known}",
    "target.no_model": (
        "the model is missing. Write it right after the provider: {provider}:MODEL; options follow after commas"
    ),
    "target.bad_model": "“{word}” cannot be a model id: it holds a blank or a sign that cannot be printed",
    "target.bad_name": "a target's name must be printable and at most {longest} characters long",
    "target.name_twice": "the name “{word}” is taken by {first}. Give each target a name of its own",
    "target.full_width": (
        "“{word}” is written with full-width signs. Use half-width , : = instead, for example {suggestion}"
    ),
    "target.empty_item": "there is a comma with nothing after it. Remove it, or add option=value",
    "target.not_an_option": (
        "“{word}” is not option=value. If it belongs to the value before it, write the comma in that value as \\,"
    ),
    "target.unknown_option": "there is no option “{word}”. Options of this provider: {known}",
    "target.unknown_option.maybe": (
        "there is no option “{word}”. Did you mean “{suggestion}”? Options of this provider: {known}"
    ),
    "target.option_twice": "the option “{word}” is given twice. Keep one of them",
    "target.empty_value": "“{word}” has no value. Write {word}=VALUE, for example {word}={example}, or leave the option out",
    "target.not_a_choice": "“{value}” is not a value of {word}. Choose one of: {choices}",
    "target.not_a_choice.maybe": "“{value}” is not a value of {word}. Did you mean “{suggestion}”? Choose one of: {choices}",
    "target.not_a_flag": "“{value}” is not a value of {word}. Write true or false",
    "target.not_an_integer": "{word} takes a whole number, not “{value}”; for example {word}={example}",
    "target.not_a_number": "{word} takes a number, not “{value}”; for example {word}={example}",
    "target.below_bound": "{word}={value} is too small: the least is {low}",
    "target.above_bound": "{word}={value} is too large: the most is {high}",
    "target.out_of_bounds": "{word}={value} is out of bounds: it must be between {low} and {high}",
    "target.control_character": "the value of {word} holds a control character or a line break. Remove it",
    "target.header_name": "“{word}” does not name an HTTP header. Write header.NAME=value",
    "target.header_value": "the value of {word} may only hold printable ASCII characters, on one line",
    "target.not_json": "the value of {word} is not JSON: {reason}. Write for example {word}={example}, or name a file: {word}=@file.json",
    "target.not_json_object": (
        "the value of {word} must be a JSON object or list, for example {word}={example}, or a file: {word}=@file.json"
    ),
    "target.file_missing": "there is no file {path} for {word}. Check the path after @",
    "target.file_too_big": "the file {path} for {word} is larger than 1 MiB",
    "target.file_unreadable": "the file {path} for {word} cannot be read: {reason}",
    # --vary option=a,b
    "vary.one_target": "--vary makes several targets out of one, so it needs exactly one target; {count} are given",
    "vary.syntax": "“{word}” has no values. Write --vary option=value,value, for example --vary latency=standard,optimized",
    "vary.twice": "the option “{word}” is varied twice. Put all its values into one --vary",
    "vary.same_value": "the value “{value}” of {word} is given twice. Give each value once",
    "vary.one_value": "{word} has only one value, “{value}”. Give at least two to compare, separated by commas",
    "vary.already_set": "{word} is both set in the target and varied. Remove it from the target",
    # Secrets. Never a gap in these: nothing of the text may be repeated.
    "secret.aws": (
        "this holds an AWS credential, which must never be written into a command line or a file. "
        "Set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN in the environment, or use AWS_PROFILE. "
        "If others may have seen this key, replace it"
    ),
    "secret.bedrock": (
        "this holds a key or a password, which must never be written into a command line or a file. "
        "Put a Bedrock API key into the environment variable AWS_BEARER_TOKEN_BEDROCK "
        "(other AWS credentials: AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY). "
        "If others may have seen this key, replace it"
    ),
    "secret.api_key": (
        "this holds a key or a password, which must never be written into a command line or a file. "
        "Put it into an environment variable of its own and name that variable, for example api_key_env=OPENAI_API_KEY. "
        "For a Bedrock API key the variable is AWS_BEARER_TOKEN_BEDROCK. If others may have seen this key, replace it"
    ),
    "secret.url": (
        "this address holds a password or a signature, which must never be written into a command line or a file. "
        "Give the address without it, and put credentials into the environment (AWS_PROFILE, AWS_BEARER_TOKEN_BEDROCK)"
    ),
    # The order and number of requests
    "rounds.budget_below_one_cycle": (
        "{limit} requests are not enough for one cycle: {prompts} prompts × {targets} targets, and {warmup} requests of "
        "warm-up, make {needed}. Allow at least {needed}, or choose fewer prompts"
    ),
    "rounds.budget_below_one_cycle.sessions": (
        "{limit} requests are not enough for one cycle in each of {sessions} sessions: {prompts} prompts × {targets} targets, and {warmup} "
        "requests of warm-up, each time, make {needed}. Allow at least {needed}, or choose fewer prompts or sessions"
    ),
    # Suites
    "suite.unknown": "there is no suite “{word}”. Give a file, a folder, or one of: {known}",
    "suite.unknown.maybe": "there is no suite “{word}”. Did you mean “{suggestion}”? Give a file, a folder, or one of: {known}",
    "suite.unknown_format": "there is no suite format “{word}”. Choose one of: {known}",
    "suite.unknown_format.maybe": "there is no suite format “{word}”. Did you mean “{suggestion}”? Choose one of: {known}",
    "suite.unknown_ending": "the name does not tell what kind of suite this is. Use one of the endings {known}, or name the format",
    "suite.unknown_prompt": "no prompt has the id or the category “{word}”. This suite has: {known}",
    "suite.unknown_prompt.maybe": (
        "no prompt has the id or the category “{word}”. Did you mean “{suggestion}”? This suite has: {known}"
    ),
    "suite.not_a_suite": "this is not a list of prompts. Write a list under the key prompts",
    "suite.no_prompts": "there are no prompts in here. Add at least one",
    "suite.no_text": "the prompt says nothing. Give it a text, or messages",
    "suite.two_texts": "the prompt is written in several places ({keys}). Keep one of them",
    "suite.empty_prompt": "the text is empty. Write what is asked, or remove it",
    "suite.bad_id": (
        "“{word}” cannot be an id. Use letters a to z, digits, _ - and . (at most 80 signs, not beginning with - or .)"
    ),
    "suite.reserved_id": "the id “{word}” is hayai's own. Choose another",
    "suite.duplicate_id": "the id “{word}” is taken by {first}. Give each prompt an id of its own (case does not count)",
    "suite.bad_label": "this must be one printable line of at most {longest} characters, and not empty",
    "suite.unknown_role": (
        "there is no role “{word}”. Use one of: {known}. Text for the system goes into the prompt's own key, system"
    ),
    "suite.last_not_user": "the last message is the assistant's. The conversation must end with a message of the user",
    "suite.part_unclear": (
        "each part must be exactly one of text, image or image_base64; format belongs to image_base64 only"
    ),
    "suite.image_missing": "there is no image file {path}. The path is relative to the suite",
    "suite.image_unreadable": "the image {path} cannot be read: {reason}",
    "suite.image_type": "this is not an image of a known kind. Use one of: {known}",
    "suite.image_format_unknown": "there is no such image format. Use one of: {known}",
    "suite.image_other_format": "the image is announced as {announced}, but it is {found}. Correct the format",
    "suite.image_not_base64": "this is not base64. Encode the image, or give its file as image",
    "suite.image_too_big": "the image is larger than {limit} MB, the most that Bedrock takes. Make it smaller",
    "suite.bad_tool_name": "a tool's name is made of letters a to z, digits, _ and -, at most 64 of them",
    "suite.unknown_column": "there is no column “{word}”. Columns of a suite: {known}",
    "suite.unknown_column.maybe": "there is no column “{word}”. Did you mean “{suggestion}”? Columns of a suite: {known}",
    "suite.column_twice": "the column “{word}” is there twice. Keep one of them",
    "suite.no_text_column": "the first line names no column text (or prompt). It must name the columns",
    "suite.too_many_cells": "{found} cells, but only {expected} columns. Put a text with commas into double quotes",
    # Fields of files
    "field.unknown": "there is no key “{word}” here. Known keys: {known}",
    "field.unknown.maybe": "there is no key “{word}” here. Did you mean “{suggestion}”? Known keys: {known}",
    "field.missing": "the key {word} is missing. Add it",
    "field.not_text": "{word} must be a text. Put it into quotes",
    "field.key_not_text": "the key {word} is not a text. Put it into quotes",
    "field.half_character": "{word} holds half a character (a lone surrogate), which is not text. Remove it",
    "field.not_integer": "{word} must be a whole number, without quotes",
    "field.not_flag": "{word} must be true or false, without quotes",
    "field.not_list": "{word} must be a list",
    "field.not_table": "this must be a table of keys and values",
    "field.not_json": "this value does not exist in JSON. Use texts, numbers, true and false, lists and tables",
    "field.empty_list": "{word} is empty. Put at least one into the list",
    "field.blank": "{word} is empty. Give it a value, or remove it",
    "field.too_small": "{word} must be at least {low}",
    "field.not_a_choice": "“{value}” is not a value of {word}. Choose one of: {choices}",
    "field.not_a_choice.maybe": "“{value}” is not a value of {word}. Did you mean “{suggestion}”? Choose one of: {choices}",
    "field.invalid": "this value is not right: {reason}",
    # Files
    "file.missing": "there is no file {path}. Check the path",
    "file.unreadable": "the file cannot be read: {reason}",
    "file.too_big": "the file is larger than {limit} MiB",
    "file.not_utf8": "this is not UTF-8 text. Save the file as UTF-8 (in Excel: “CSV UTF-8”)",
    "file.syntax": "this is not {language}: {reason}",
    # Durations
    "duration.not_a_duration": "“{word}” is not a duration. Write it like 90s, 10m, 1h30m, or as seconds",
    "duration.not_positive": "“{word}” is too short. Give a duration longer than zero",
    # Margins and precisions
    "ratio.not_a_ratio": "“{word}” is not a share. Write it like 10%, 0.1 or 1.1x",
    "ratio.out_of_bounds": "“{word}” is not between 0% and 100%. Write it like 10%, 0.1 or 1.1x",
    # Dollars
    "dollars.not_dollars": "“{word}” is not an amount of dollars. Write it like 1, 0.50 or $2, or none for no limit",
    "dollars.not_positive": "“{word}” is not more than nothing. Write the most that the run may cost, or none for no limit",
    # Rates
    "rate.not_a_rate": "“{word}” is not a rate. Say how many requests in which time: 5/s, 20/m or 100/h",
    "rate.not_positive": "“{word}” would send nothing. Give more than zero requests, such as 20/m, or leave it out to send without a limit",
    "rate.too_fast": "“{word}” is faster than hayai can keep to. Give at most 10000/s, or leave it out to send without a limit",
    "rate.too_slow": "“{word}” is slower than one request in an hour. Give at least 1/h",
    "rate.below_one_cycle": "at {rate} the {needed} requests of the warm-up and one cycle do not fit into the limit of time. "
    "Give --max-time {minutes} or more, a higher rate, or fewer prompts (--prompts)",
    # Rules that exclude each other
    "rules.precision_and_verdict_only": "this ends the run with the verdict, however exact it is, so no precision can be asked for. Keep one of the two",
    "rules.sessions_without_every": 'say how far apart the sessions begin as well, for example 4h (--every 4h, in a file every = "4h")',
    "rules.every_without_sessions": "say how many sessions there are as well, for example 3 (--sessions 3, in a file sessions = 3)",
    # Configuration files
    "config.unknown_ending": "a configuration file is TOML or YAML. Give it the ending .toml, .yaml or .yml",
    "config.two_models": "the model is named twice. Write either target, or provider and model",
    "config.options_in_target": "“{word}” holds a comma. Write options as keys of their own, one a line",
    "config.bad_option": "“{word}” cannot be the name of an option",
    "config.no_model": 'the target is not named. Write target = "provider:model", or like = "the name of another target"',
    "config.unknown_like": "no target has the name “{word}”. Named targets: {known}",
    "config.unknown_like.maybe": "no target has the name “{word}”. Did you mean “{suggestion}”? Named targets: {known}",
    "config.like_circle": "these targets are like each other in a circle: {way}. Let one of them name its own model",
}
