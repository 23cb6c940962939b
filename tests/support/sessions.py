"""Review sessions as tests sit through them."""

from uphold.records.reviews import OnScreen
from uphold.workflows.review_session import ReviewSession


def on_screen(session: ReviewSession) -> OnScreen:
    """What the current pair looks like on the screen."""
    pair = session.current
    assert pair is not None
    judge = pair.judge
    return OnScreen(pair.side_a, judge_id=judge.judge_id if judge else None, verdict=judge.verdict if judge else None)
