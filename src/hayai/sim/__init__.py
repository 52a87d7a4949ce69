"""A local Bedrock and OpenAI-compatible service with known truth: what would the real one have sent, and when did this one send it?

    request bytes → front (whom is it for?) → bedrock or openai (which call, which model, is it allowed?)
                  → account → behaviour (how long, how many tokens, where?) → dialects (in whose words?)
                  → faults (what breaks) → schedule (each write at its instant) → truth (the log)

Nothing here knows how hayai measures: the room imports `wire`, `errors` and `clock` only, so any client may be checked against it.
"""
