"""Simulations of the numbers that uphold shows: how often intervals hold, gates pass wrongly, differences are found.

`python -m tests.simulations` runs them all on the program's own code, seeded; a name runs one. The tables in
docs/statistics.md are theirs. A module is a subject; its `SIMULATIONS` are listed in `registry.py`.
"""
