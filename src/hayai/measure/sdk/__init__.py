"""How does the same request fare through an SDK? Processes in which somebody else's client sends it, as applications do."""
