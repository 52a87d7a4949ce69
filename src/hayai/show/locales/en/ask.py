"""Texts of the room `ask`."""

TEXTS: dict[str, str] = {
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
    "target.not_json": "the value of {word} is not JSON: {reason}. Give a JSON object, or a file as {word}=@file.json",
    "target.not_json_object": "the value of {word} must be a JSON object or list, or a file as {word}=@file.json",
    "target.file_missing": "{word}: there is no file {path}. Check the path after @",
    "target.file_too_big": "{word}: the file {path} is larger than 1 MiB",
    "target.file_unreadable": "{word}: the file {path} cannot be read: {reason}",
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
        "{limit} requests do not reach for one cycle: {prompts} prompts × {targets} targets, and {warmup} requests of "
        "warm-up, make {needed}. Allow at least {needed}, or choose fewer prompts"
    ),
}
