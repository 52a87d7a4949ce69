"""hayai (速い): is this LLM endpoint really faster than that one, and how do you know?"""

__version__ = "0.1.0"
