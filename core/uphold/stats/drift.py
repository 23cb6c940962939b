"""Does a judge still say what it said: how many verdicts may change when it is asked again before it counts as changed."""

from uphold.stats.certificate import tail

ALARM = 0.01
"""A number of changed verdicts that is no likelier than this, for a judge that is what it was, is an alarm."""


def drift_limit(asked: int, rerun_changed: int, rerun_asked: int) -> int:
    """Return how many of the `asked` verdicts may change without an alarm.

    When the judge was certified, `rerun_changed` of `rerun_asked` verdicts changed on a rerun. The number that changes now
    is beta-binomial with the Jeffreys prior; the limit is the largest number that is likelier than `ALARM` to be reached.
    """
    return next(
        (number - 1 for number in range(1, asked + 1) if tail(number, asked, rerun_changed, rerun_asked) <= ALARM),
        asked,
    )
