"""Are the answers as good, too? Looked at on the very answers that were timed.

`checks/` says what can be said of one answer without a model, `checking` looks at all answers of a run, `pairs` compares two targets by it,
`check_cautions` warns, `findings` has the nouns. What other models say of two answers is in `judge_*`: from which pairs are put before a
judge to what its votes prove; their nouns are in `judged`.
"""
