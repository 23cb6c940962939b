"""Records what a reviewer has on the screen, for an act and before there is one."""

from contextlib import suppress

from uphold.errors import UpholdError
from uphold.records.reviews import OnScreen, PairView
from uphold.workflows.review_session import ReviewSession
from uphold_tui.review.layout import Shape
from uphold_tui.review.reading import ReadingState


def on_screen(session: ReviewSession, pair: PairView, reading: ReadingState, shape: Shape) -> OnScreen:
    """Return what is shown of a pair: its sides, its verdict, whether the systems' names are known, and the screen's size."""
    return OnScreen(
        side_a=pair.side_a,
        names_shown=reading.names or session.names_were_shown(pair.pair_id),
        judge_id=pair.judge.judge_id if pair.judge else None,
        verdict=pair.judge.verdict if pair.judge else None,
        width=shape.width,
        height=shape.height,
    )


def record_seen(session: ReviewSession, shown: OnScreen) -> None:
    """Write down what of an undecided pair is shown; where that cannot be, nothing is said, and it may be tried again."""
    # What cannot be saved is said when a decision cannot.
    with suppress(UpholdError), session.store.waiting_at_most(0):
        session.record_seen(shown)
