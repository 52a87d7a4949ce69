"""Which trial goes now, and what became of it? Runs a plan's trials and folds each exchange into one record."""
