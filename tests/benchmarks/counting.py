"""The numbers at the foot of a review: counted anew after a decision, once the next pair is painted, against one frame."""

import shutil
import time
from pathlib import Path

from tables import Line, ratio

from uphold.records.enums import Choice
from uphold.records.reviews import OnScreen
from uphold.store.database import open_store
from uphold.store.runs import find_run
from uphold.workflows.review_opening import open_review
from uphold.workflows.review_session import ReviewSession

FRAME = 1 / 60

BUDGET = 2.4
"""In frames, 40 ms: beyond it the count would have to leave the screen's thread."""


def measure(rounds: int, *databases: Path) -> list[Line]:
    """In copies: after every decision the whole line is counted again, as the screen does when the next pair is there."""
    return [_measured(rounds, database) for database in databases]


def _measured(rounds: int, database: Path) -> Line:
    copy = Path(shutil.copy(database, database.with_name(f"counting-{database.name}")))
    with open_store(copy) as store:
        session = open_review(store, find_run(store, None), reviewer="measuring")
        session.numbers()
        times = [_counted(session) for _ in range(rounds)]
    return ratio(f"numbers after a decision, {database.stem}", times, [FRAME], BUDGET, "a frame of 60 a second")


def _counted(session: ReviewSession) -> float:
    pair = session.current
    assert pair is not None
    judge = pair.judge
    assert judge is not None
    session.decide(Choice.CANDIDATE, OnScreen(pair.side_a, judge_id=judge.judge_id, verdict=judge.verdict), 3.5)
    began = time.perf_counter()
    session.numbers()
    return time.perf_counter() - began
