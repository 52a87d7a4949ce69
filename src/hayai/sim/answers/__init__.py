"""What the simulator writes about: the texts (`text/`), the topics they answer, and how text becomes pseudo-tokens."""
