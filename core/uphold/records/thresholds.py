"""How many verdicts a number needs before it is shown.

Apart from the statistics, so that a review can be opened without their records.
"""

MIN_FOR_RATE = 10
"""With fewer verdicts, counts are shown and no rate."""

MIN_FOR_ASSISTED = 20
"""From so many verdicts on the headline is the judge-assisted rate."""
