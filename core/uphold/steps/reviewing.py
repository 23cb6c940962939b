"""store <-> reviewing: opening a review, with its queue, its mode and its plan."""

from collections.abc import Sequence
from dataclasses import dataclass

from uphold.records.runs import Run
from uphold.reviewing.history import replay
from uphold.reviewing.receipts import Outcome, Receipt, Refusal, Sitting
from uphold.reviewing.walking import Walk
from uphold.steps.meeting import LEAST_FOR_SHARES, OPEN_SHARE, Meeting, Mode
from uphold.steps.queueing import DISPUTED, FLAGGED, PICKED, RANDOM, queue_of
from uphold.steps.session import ReviewSession
from uphold.store import events, plans, runs, sifting
from uphold.store.database import Store

__all__ = ["Manner", "Outcome", "Receipt", "Refusal", "ReviewSession", "Sitting", "open_in", "open_review"]


@dataclass(frozen=True, slots=True)
class Manner:
    """How a run is to be read: which queue, blind or not, how much of a blind session open, how many pairs are planned."""

    queue: str = RANDOM
    blind: bool = False
    open_share: float = OPEN_SHARE
    planned: int | None = None


def open_in(manner: Manner, store: Store, run: Run, *, reviewer: str, judge: str | None = None) -> ReviewSession:
    """Open a run in this manner."""
    return open_review(
        store, run, reviewer=reviewer, judge=judge, queue=manner.queue, blind=manner.blind,
        open_share=manner.open_share, planned=manner.planned,
    )  # fmt: skip


def open_review(
    store: Store, run: Run, *, reviewer: str, judge: str | None = None, queue: str = RANDOM, blind: bool = False,
    open_share: float = OPEN_SHARE, planned: int | None = None, picked: Sequence[int] = (),
) -> ReviewSession:  # fmt: skip
    """Open a run for a reviewer at the first unread pair of a queue, which is drawn where it was not.

    Raises BadUsage for a judge that has not judged the run, or a queue that does not exist.
    """
    judges = _judges(store, run, judge)
    queue_id, items = queue_of(store, run, queue, judges[0][0] if judges else None, picked)
    reviewer_id = _reviewer(store, reviewer)
    history = replay(events.own_events(store, run.id, reviewer_id))
    mode = Mode(blind, open_share, adjudicating=queue == DISPUTED)
    if queue == FLAGGED:
        items = [item for item in items if history.stand(item.pair_id).flagged]
    elif mode.adjudicating:
        elsewhere = sifting.settled_pairs(store, run.id)
        disputed = set(sifting.disputed_pairs(store, run.id))
        mine = {item.pair_id for item in items if history.stand(item.pair_id).adjudicated is not None}
        items = [item for item in items if item.pair_id in disputed and item.pair_id not in elsewhere - mine]
    meeting = Meeting(store, run, reviewer, judges, history, mode, len(items))
    returns = meeting.returns if len(items) >= LEAST_FOR_SHARES and queue not in (DISPUTED, FLAGGED, PICKED) else None
    walk = Walk(
        items, history, broken=events.broken_pairs(store, run.id), returns=returns, adjudicating=mode.adjudicating,
        planned=plans.planned(store, run.id, queue_id, reviewer_id),
    )  # fmt: skip
    session = ReviewSession(store, run, reviewer_id, (queue_id, queue), walk, meeting)
    if planned is not None:
        session.plan(planned)
    return session


def _judges(store: Store, run: Run, wanted: str | None) -> list[tuple[int, str, str]]:
    """(id, name, kind) of the run's judges, the primary one first."""
    primary = runs.primary_judge(store, run.id, wanted)
    if primary is None:
        return []
    others = [(number, name, kind) for number, name, _, kind in runs.judges_of(store, run.id) if number != primary[0]]
    return [primary, *others]


def _reviewer(store: Store, name: str) -> int:
    found = store.one("SELECT id FROM reviewers WHERE name = ?", (name,))
    if found is not None:
        return int(found[0])
    with store.writing() as conn:
        return events.add_reviewer(conn, name)
