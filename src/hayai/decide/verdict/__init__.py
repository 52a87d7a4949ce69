"""What does the sample prove? From paired rounds to a verdict, and to everything that a careful reader asks next.

`judge` is the way in for a whole sample, `look` for the question after each cycle: go on? Every part is a pure function over `Sample`.
"""
