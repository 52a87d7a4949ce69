"""Who charges what? Prices in US dollars per million tokens, each with its source; unknown is unknown, never another mode's."""
