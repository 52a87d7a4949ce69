"""Which prompts are sent? The built-in suites, and the readers of everybody's own."""
