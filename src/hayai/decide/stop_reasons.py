"""What does a service mean by the word with which an answer ended? The words of all providers, by what they say."""

from __future__ import annotations

CUT = frozenset({"max_tokens", "length", "LENGTH", "MAX_TOKENS", "max_output_tokens", "model_context_window_exceeded"})
"""The answer was longer than it was allowed to be."""
FILTERED = frozenset(
    {
        "content_filter",
        "content_filtered",
        "CONTENT_FILTERED",
        "guardrail_intervened",
        "malformed_model_output",
        "malformed_tool_use",
    }
)
"""Something between the model and us ended it."""
DECLINED = frozenset({"refusal"})
"""The model declined."""
CALLED = frozenset({"tool_use", "tool_calls", "function_call"})
"""It ends in a call of a tool, and need not say a word."""
