"""Texts about how services speak: the options of their targets, what cannot work, credentials and access."""

TEXTS: dict[str, str] = {
    # Options of a Bedrock target.
    "option.bedrock.api": "Which call: converse-stream (default), converse, invoke-stream or invoke; the operation's name works too.",
    "option.bedrock.latency": "Latency mode to ask for. What was really served is read from the answer.",
    "option.bedrock.tier": "Service tier to ask for. What was really served is read from the answer.",
    "option.bedrock.region": "AWS Region. Without it: AWS_REGION, AWS_DEFAULT_REGION, then the profile's.",
    "option.bedrock.profile": "Profile of the AWS configuration to take credentials and Region from.",
    "option.bedrock.endpoint": "Address of the service, for VPC endpoints and simulators.",
    "option.bedrock.signing_region": "Region that stands in the signature, where it is not the target's.",
    "option.bedrock.family": "Whose native body the invoke calls send, where the model id does not tell it.",
    "option.bedrock.temperature": "Sampling temperature.",
    "option.bedrock.top_p": "Nucleus sampling: the share of probability to choose from.",
    "option.bedrock.top_k": "Choose among this many most likely tokens (Claude and Nova).",
    "option.bedrock.max_tokens": "Longest answer, in tokens.",
    "option.bedrock.system": "System text; it stands before the prompt's own.",
    "option.bedrock.cache": "on: a cache point behind the system text; without one, behind the turns before the last; else behind the whole prompt (Converse calls).",
    "providers.cache_in_invoke": "cache=on sets Converse's cache point, which the invoke calls do not have. Use api=converse-stream or api=converse.",
    "providers.access.cache_unsupported": "{model} does not cache prompts together with this latency mode. Leave cache= or latency= out. Bedrock said: {words}",
    "option.bedrock.stop": "Stop sequences, as a JSON list.",
    "option.bedrock.extra": "JSON object merged into the request body: thinking, guardrailConfig, requestMetadata and the like.",
    "option.bedrock.header.": "Any further request header.",
    "option.bedrock-boto3.api": "Which call: converse-stream (default), converse, invoke-stream or invoke; the operation's name works too.",
    "option.bedrock-boto3.latency": "Latency mode to ask for. What was really served is read from the answer.",
    "option.bedrock-boto3.tier": "Service tier to ask for. What was really served is read from the answer.",
    "option.bedrock-boto3.region": "AWS Region. Without it: AWS_REGION, AWS_DEFAULT_REGION, then the profile's.",
    "option.bedrock-boto3.profile": "Profile of the AWS configuration to take credentials and Region from.",
    "option.bedrock-boto3.endpoint": "Address of the service, for VPC endpoints and simulators.",
    "option.bedrock-boto3.family": "Whose native body the invoke calls send, where the model id does not tell it.",
    "option.bedrock-boto3.temperature": "Sampling temperature.",
    "option.bedrock-boto3.top_p": "Nucleus sampling: the share of probability to choose from.",
    "option.bedrock-boto3.top_k": "Choose among this many most likely tokens (Claude and Nova).",
    "option.bedrock-boto3.max_tokens": "Longest answer, in tokens.",
    "option.bedrock-boto3.system": "System text; it stands before the prompt's own.",
    "option.bedrock-boto3.cache": "on: a cache point behind the system text; without one, behind the turns before the last; else behind the whole prompt (Converse calls).",
    "option.bedrock-boto3.stop": "Stop sequences, as a JSON list.",
    "option.bedrock-boto3.extra": "JSON object merged into the request body: thinking, guardrailConfig, requestMetadata and the like.",
    "option.bedrock-boto3.retry_mode": "boto3's retry mode; its own default otherwise.",
    "option.bedrock-boto3.max_attempts": "Attempts boto3 may make, the first included; 1: no retry.",
    "option.bedrock-boto3.read_timeout": "Seconds boto3 waits for the next bytes (its default: 60).",
    "option.bedrock-boto3.client": "shared (default): one client for all; each: a new client for every call, within the time that is measured.",
    # Targets that cannot work.
    "providers.api_unknown": "Bedrock has no call named {api}. Use api= with one of: {choices}.",
    "providers.model_id": "{model} cannot be a Bedrock model id: those have 1 to {longest} visible ASCII characters and no spaces. "
    "Give a model id, an inference profile id or an ARN.",
    "providers.family_needed": "The model id {model} does not tell whose native body the invoke calls must send. "
    "Add family=claude or family=nova, or use api=converse-stream.",
    "providers.invoke_family": "hayai knows the native bodies of Claude and Nova only, not that of {model}. "
    "Use api=converse-stream or api=converse, which speak one language for every model.",
    "providers.top_k_family_needed": "Where top_k= belongs depends on the model's family, and {model} does not tell it. "
    "Add family=claude or family=nova, or write the field into extra= yourself.",
    "providers.top_k_family": "hayai does not know where {model} expects top_k. "
    'Write it into extra= yourself, such as extra={{"additionalModelRequestFields":{{"top_k":50}}}}.',
    "providers.max_tokens_needed": "Claude's native body needs a longest answer, and nothing sets one for: {prompts}. "
    "Add max_tokens= to the target or to the prompts.",
    "providers.stop_not_list": 'stop= must be a JSON list of texts, such as ["END"].',
    "providers.extra_not_object": 'extra= must be a JSON object, such as {{"requestMetadata":{{"team":"search"}}}}.',
    "providers.extra_in_invoke": "The invoke calls refuse {field} in the body; they take it as a header. Use {option} instead.",
    "providers.header_name": "{header} is not a possible header name.",
    "providers.header_reserved": "The header {header} is set by hayai itself, since the connection or the signature depends on it. "
    "Leave it out.",
    "providers.header_value": "The value of the header {header} must be printable ASCII without spaces at either end.",
    # Where and who.
    "providers.endpoint_url": "This is not an address hayai can call. Write http(s)://host[:port][/path], without ? and #.",
    "providers.endpoint_secret": "The address holds a user name or a password. Leave them out; hayai takes credentials from the AWS configuration and keys from the environment.",
    "providers.endpoint_fips": "FIPS endpoints are switched on (AWS_USE_FIPS_ENDPOINT or use_fips_endpoint), which cannot be combined with an "
    "endpoint of your own. Switch one of them off.",
    "providers.endpoint_variant": "AWS has no such endpoint in this Region: {reason}. "
    "Choose another Region or switch the FIPS or dual-stack setting off.",
    "providers.bearer_needs_https": "A Bedrock API key would travel readable to {endpoint}. Use an https:// address, or unset "
    "AWS_BEARER_TOKEN_BEDROCK to sign with AWS credentials.",
    "providers.region_missing": "No AWS Region is set. Add region= to the target, set AWS_REGION, or give the profile a region.",
    "providers.region_invalid": "{region} is not a Region's name. Names look like us-east-1.",
    "providers.proxy_address": "This is not a proxy's address. Write http://HOST:PORT, or http://NAME:PASSWORD@HOST:PORT.",
    "providers.proxy_kind": "hayai speaks to proxies over http only, not {scheme}. Name an http:// proxy, or keep the address out with NO_PROXY.",
    "providers.boto3_missing": "bedrock-boto3: sends through boto3, which is not installed here. Install it beside hayai (pip install boto3), or use bedrock:.",
    "providers.profile_missing": "The AWS configuration has no profile named {profile}. `aws configure list-profiles` shows which there are.",
    "providers.config_unreadable": "The AWS configuration file {path} cannot be understood. Correct it, or point AWS_CONFIG_FILE elsewhere.",
    "providers.services_missing": "The profile refers to a services section named {section}, which the AWS configuration does not have.",
    # Credentials.
    "providers.credentials.none": "No AWS credentials were found. Run `aws configure` or `aws sso login`, set AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY or AWS_BEARER_TOKEN_BEDROCK, or name a profile with profile=. `hayai demo` needs none.",
    "providers.credentials.partial": "The AWS credentials from {source} are incomplete: {variable} is missing.",
    "providers.credentials.sso_expired": "The SSO login has expired or was never made. Run `aws sso login` (with --profile if you use one) "
    "and start again. ({reason})",
    "providers.credentials.login_expired": "The AWS login has expired or was never made. Run `aws login` and start again. ({reason})",
    "providers.credentials.mfa": "These credentials need an MFA code, and nobody sits at a terminal who could type one (or it was wrong). Get temporary ones first, for instance with "
    "`aws configure export-credentials --profile NAME --format env`, put them into the environment, and leave profile= out.",
    "providers.credentials.config": "The AWS configuration for these credentials is not right: {reason}",
    "providers.credentials.role_refused": "AWS refused to hand out credentials for this role or login: {reason}",
    "providers.credentials.unreachable": "The service that hands out the credentials cannot be reached: {reason}",
    "providers.credentials.process_failed": "The profile's credential_process failed. Run it yourself to see why. It said: {reason}",
    "providers.credentials.not_json": "The profile's credential_process did not print JSON. Run it yourself to see what it prints. ({reason})",
    "providers.credentials.program_missing": "A program or file that the AWS credentials depend on cannot be opened: {reason}",
    "providers.credentials.failed": "The AWS credentials could not be loaded: {reason}",
    # The service's refusals, with what helps.
    "providers.access.denied": "These credentials may not call {model}. Allow bedrock:InvokeModel and "
    "bedrock:InvokeModelWithResponseStream on the model and, for an inference profile, on the profile and on the model in each of its Regions. "
    "Bedrock said: {words}",
    "providers.access.model_access": "This account has no access to {model} yet. Ask for it in the Bedrock console of this Region. "
    "Bedrock said: {words}",
    "providers.access.api_key": "Bedrock does not accept the API key used for {model}. Short-term keys last at most 12 hours and belong to one "
    "Region; make a new one, or unset AWS_BEARER_TOKEN_BEDROCK to sign with AWS credentials. Bedrock said: {words}",
    "providers.access.expired": "The credentials used for {model} have expired. Renew them (`aws sso login`, or new temporary keys) and resume the "
    "run. Bedrock said: {words}",
    "providers.access.unrecognised": "AWS does not know the credentials used for {model}. Check that the access key exists, and that keys and "
    "session token belong together. Bedrock said: {words}",
    "providers.access.unsigned": "The request for {model} went out unsigned, but the service asks for a signature. Set AWS credentials. "
    "Bedrock said: {words}",
    "providers.access.signature": "The signature on the request for {model} is not right. Check the secret key, and that signing_region= is the "
    "endpoint's Region. Bedrock said: {words}",
    "providers.access.clock": "The clock of this machine is too far from AWS's, so the signature for {model} does not hold. Set the clock. "
    "Bedrock said: {words}",
    "providers.access.end_of_life": "{model} has reached its end of life and can no longer be called. Choose a newer model (hayai doctor names some), or run the published comparison simulated: hayai demo. Bedrock said: {words}",
    "providers.access.legacy": "{model} is marked as legacy, and this account has not used it lately, so it is closed to it. "
    "Choose an active model. Bedrock said: {words}",
    "providers.access.use_case_form": "Before {model} can be called, the maker's use case form must be filled in once for this account, in the "
    "Bedrock console. Bedrock said: {words}",
    "providers.access.not_found": "Bedrock does not find {model} in this Region. Check the id, and that the model or profile exists there. "
    "Bedrock said: {words}",
    "providers.access.model_id": "{model} is not a model id that Bedrock knows in this Region. Check the spelling and the Region. "
    "Bedrock said: {words}",
    "providers.access.needs_profile": "{model} can be called through an inference profile only. Use the profile's id, mostly the same "
    "name with us., eu., apac. or global. before it. Bedrock said: {words}",
    "providers.access.latency_unsupported": "{model} does not offer this latency mode here. Use an inference profile and a Region that do, or leave "
    "latency= out. Bedrock said: {words}",
    "providers.access.no_reservation": "tier=reserved needs reserved capacity for {model}, and this account has none. Choose another tier. "
    "Bedrock said: {words}",
    "providers.access.tier_unsupported": "{model} does not offer this service tier here. Choose another tier, or leave tier= out. "
    "Bedrock said: {words}",
    "providers.access.proxy": "A proxy between this machine and the service for {model} asks for a login. Put it into HTTPS_PROXY, "
    "or keep the address out of the proxy with NO_PROXY. The proxy said: {words}",
    "providers.access.redirected": "The address of {model} sends its callers elsewhere. hayai does not follow: prompts and signatures would go where you did not send them. "
    "If the new address is right, write it in endpoint=; if it is a login page, there is a proxy or portal between. The answer was: {words}",
    # OpenAI-compatible targets: options, what cannot work, keys, refusals.
    "option.openai.base_url": "Address of the service, up to and without /chat/completions; OpenAI's own by default.",
    "option.openai.endpoint": "The same as base_url, which wins over it; what --endpoint sets.",
    "option.openai.api_key_env": "Name of the environment variable that holds the key. OpenAI's own address uses OPENAI_API_KEY; any other gets no key unless you name one. none: no key at all.",
    "option.openai.stream": "Ask for the answer piece by piece (default). false: one body, which has no first token.",
    "option.openai.usage": "Ask a stream to report its tokens (default). false for servers that refuse stream_options.",
    "option.openai.tier": "Service tier to ask for (service_tier). What was really served is read from the answer.",
    "option.openai.temperature": "Sampling temperature.",
    "option.openai.top_p": "Nucleus sampling: the share of probability to choose from.",
    "option.openai.frequency_penalty": "Penalty on tokens by how often they stand in the text already.",
    "option.openai.presence_penalty": "Penalty on tokens that stand in the text already.",
    "option.openai.seed": "Seed of the sampling, where the service has one.",
    "option.openai.reasoning_effort": "How much the model may reason, in the service's word.",
    "option.openai.max_tokens": "Longest answer, in tokens.",
    "option.openai.max_tokens_field": "Field that carries it: max_completion_tokens at OpenAI and Azure OpenAI, max_tokens elsewhere.",
    "option.openai.system": "System text; it stands before the prompt's own.",
    "option.openai.stop": "Stop sequences, as a JSON list.",
    "option.openai.extra": "JSON object merged into the request body: whatever the service knows and hayai does not.",
    "option.openai.header.": "Any further request header.",
    "providers.openai.whole_address": "hayai adds /chat/completions itself. Write {suggestion}.",
    "providers.openai.key_variable": "api_key_env= takes the name of an environment variable in capitals, such as OPENAI_API_KEY, or none; never the key itself.",
    "providers.openai.several_answers": "extra= asks for several answers (n). hayai times one answer per request; leave n out.",
    "providers.openai.extra_option": "extra= sets {field}, which hayai must know of. Use {option} instead.",
    "providers.openai.key_missing": "The environment variable {variable} holds no key. Set it, name another one with api_key_env=, or point base_url= at a service that needs none.",
    "providers.openai.key_odd": "What the environment variable {variable} holds cannot be a key: it has spaces or characters beyond ASCII. Set it anew.",
    "providers.openai.key_needs_https": "The key in {variable} would travel readable to {endpoint}. Use an https:// address, or api_key_env=none to send no key.",
    "providers.openai.access.key": "The service wants a key for {model} and did not get one it accepts. Name the environment variable that holds it with api_key_env=, and check what it holds. The service said: {words}",
    "providers.openai.access.denied": "This key may not use {model}. Ask for access, or use another key. The service said: {words}",
    "providers.openai.access.model": "The service does not find {model}, or has nothing at this address. Check the model's name (GET base_url/models lists them) and base_url=, which mostly ends in /v1. The service said: {words}",
    "providers.openai.access.address": "There is no chat at this address for {model}. Check base_url=, which mostly ends in /v1. The service said: {words}",
    "providers.openai.access.redirected": "The address of {model} sends its callers elsewhere. hayai does not follow: prompts and keys would go where you did not send them. If the new address is right, write it in base_url= (without /chat/completions); if it is a login page, there is a proxy or portal between. The answer was: {words}",
    "providers.openai.access.quota": "The account has no money or quota left for {model}. Look at its billing page. The service said: {words}",
    "providers.openai.access.proxy": "A proxy between this machine and the service for {model} asks for a login. Put it into HTTPS_PROXY, or keep the address out of the proxy with NO_PROXY. The proxy said: {words}",
}
