"""The pace of a session, and where it may pause: both follow from decisions, not from a clock."""

from uphold.records.enums import Choice, EventKind
from uphold.records.reviews import ReviewEvent, ReviewProgress
from uphold.reviewing.pace import Pace, pace

NO_PLAN = ReviewProgress(total=200)


def decisions(*seconds: float | None) -> list[ReviewEvent]:
    """A decision on a pair of its own for each of these."""
    return [
        ReviewEvent(f"e{number}", EventKind.DECISION, number, Choice.TIE, seconds=spent)
        for number, spent in enumerate(seconds)
    ]


def test_nothing_decided_has_no_pace_and_is_no_place_to_pause() -> None:
    assert pace([], NO_PLAN) == Pace(0, None, False)


def test_the_median_is_not_moved_by_a_long_break() -> None:
    assert pace(decisions(10, 3600, 12), NO_PLAN).median_seconds == 12


def test_times_that_are_not_known_are_left_out() -> None:
    assert pace(decisions(None, 20.0), NO_PLAN) == Pace(2, 20.0)
    assert pace(decisions(None), NO_PLAN) == Pace(1, None)


def test_a_pair_that_is_decided_again_counts_once_and_other_acts_do_not() -> None:
    (first,) = decisions(30)
    again = ReviewEvent("again", EventKind.DECISION, first.pair_id, Choice.CANDIDATE, seconds=2)
    flag = ReviewEvent("flag", EventKind.FLAG, 9)
    assert pace([first, again, flag], NO_PLAN) == Pace(1, 30)


def test_every_25_decisions_are_a_place_to_pause() -> None:
    found = [number for number in range(1, 80) if pace(decisions(*[1.0] * number), NO_PLAN).may_pause]
    assert found == [25, 50, 75]


def test_the_quarters_of_a_longer_plan_are_places_to_pause() -> None:
    def pauses(planned: int) -> list[int]:
        return [
            read
            for read in range(1, planned + 1)
            if pace(decisions(1.0), ReviewProgress(total=200, read=read, planned=planned)).may_pause
        ]

    assert pauses(60) == [15, 30, 45, 60]
    assert pauses(42) == [11, 21, 32, 42]
    assert pauses(20) == []
