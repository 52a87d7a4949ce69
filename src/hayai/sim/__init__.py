"""A local Bedrock with known truth: what would the real service have sent, and when exactly did this one send it?

    request bytes → bedrock (which call, which model, is it allowed?) → behaviour (how long, how many tokens, where?)
                  → dialects (the bytes of that family) → faults (what breaks) → schedule (each write at its instant) → truth (the log)

Nothing here knows how hayai measures: the room imports `wire`, `errors` and `clock` only, so any client may be checked against it.
"""
