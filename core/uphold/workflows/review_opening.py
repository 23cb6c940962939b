"""store <-> reviewing: opening a review, with its queue, its mode and its plan."""

from collections.abc import Sequence
from dataclasses import dataclass

from uphold.errors import BadUsage
from uphold.records.enums import REFERENCE
from uphold.records.runs import Run
from uphold.reviewing.advice import Advice, PairOutlook, advice
from uphold.reviewing.cursor import QueueCursor
from uphold.reviewing.history import replay
from uphold.reviewing.queue_order import uncertain
from uphold.store import pair_list, pairs, reviews, runs, sets
from uphold.store.database import Store
from uphold.store.pairs import MadePairs
from uphold.workflows.pair_reader import LEAST_FOR_SHARES, OPEN_SHARE, PairReader, ReviewMode
from uphold.workflows.queue_drawing import DISPUTED, FLAGGED, HAND_PICKED, RANDOM, judged, open_queue
from uphold.workflows.review_session import ReviewSession


@dataclass(frozen=True, slots=True)
class ReviewOptions:
    """How a run is to be read: which queue, blind or not, how much of a blind session open, how many pairs are planned."""

    queue: str = RANDOM
    blind: bool = False
    open_share: float = OPEN_SHARE
    planned: int | None = None


def open_review_with(
    manner: ReviewOptions, store: Store, run: Run, *, reviewer: str, judge: str | None = None
) -> ReviewSession:
    """Open a run in this manner."""
    return open_review(
        store,
        run,
        reviewer=reviewer,
        judge=judge,
        queue=manner.queue,
        blind=manner.blind,
        open_share=manner.open_share,
        planned=manner.planned,
    )


def open_review(
    store: Store,
    run: Run,
    *,
    reviewer: str,
    judge: str | None = None,
    queue: str = RANDOM,
    blind: bool = False,
    open_share: float = OPEN_SHARE,
    planned: int | None = None,
    picked: Sequence[int] = (),
) -> ReviewSession:
    """Open a run for a reviewer at the first unread pair of a queue, which is drawn where it was not.

    Raises BadUsage for a judge that has not judged the run, or a queue that does not exist.
    """
    judges = _judges(store, run, judge)
    queue_id, items = open_queue(store, run, queue, judges[0][0] if judges else None, picked)
    reviewer_id = _reviewer(store, reviewer)
    history = replay(reviews.own_events(store, run.id, reviewer_id))
    mode = ReviewMode(blind, open_share, adjudicating=queue == DISPUTED)
    if queue == FLAGGED:
        items = [item for item in items if history.state_of(item.pair_id).flagged]
    elif mode.adjudicating:
        elsewhere = reviews.settled_pairs(store, run.id)
        disputed = set(reviews.disputed_pairs(store, run.id))
        mine = {item.pair_id for item in items if history.state_of(item.pair_id).adjudicated is not None}
        items = [item for item in items if item.pair_id in disputed and item.pair_id not in elsewhere - mine]
    meeting = PairReader(store, run, reviewer, judges, history, mode, len(items))
    returns = (
        meeting.returns if len(items) >= LEAST_FOR_SHARES and queue not in (DISPUTED, FLAGGED, HAND_PICKED) else None
    )
    walk = QueueCursor(
        items,
        history,
        broken=reviews.broken_pairs(store, run.id),
        returns=returns,
        adjudicating=mode.adjudicating,
        planned=reviews.planned_count(store, run.id, queue_id, reviewer_id),
    )
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
        return reviews.add_reviewer(conn, name)


def make_pairs(
    store: Store, set_name: str, candidate: str, baseline: str, *, last_turn_only: bool = False
) -> tuple[Run, MadePairs]:
    """The run of two systems over a set, made where it is new, and what making its pairs came to."""
    set_id = sets.find_set(store, set_name)
    _known_systems(store, set_id, set_name, candidate, baseline)
    made = pairs.make_pairs(store, set_id, set_name, candidate, baseline, last_turn_only=last_turn_only)
    return runs.get_run(store, made.run_id), made


def make_run(store: Store, set_name: str, candidate: str, baseline: str) -> Run:
    """The run of two systems over a set, with its pairs."""
    return make_pairs(store, set_name, candidate, baseline)[0]


def _known_systems(store: Store, set_id: int, set_name: str, candidate: str, baseline: str) -> None:
    if candidate == baseline:
        raise BadUsage(f"candidate and baseline are the same system, {candidate!r}")
    known = [name for name, _ in pairs.systems_of(store, set_id)]
    for name in (candidate, baseline):
        if name != REFERENCE and name not in known:
            listed = ", ".join(map(repr, known)) or "none yet"
            raise BadUsage(f"no system {name!r} has answered the set {set_name!r}; systems that have: {listed}")


def queue_advice(store: Store, run: Run, reviewer: str, judge: str | None = None) -> Advice:
    """What this reviewer had best read next; raises BadUsage for a judge that has not judged the run."""
    first = runs.primary_judge(store, run.id, judge)
    rows = [row for row in pair_list.pair_rows(store, run.id, first[0] if first else None) if not row.broken]
    keyed = [(row.pair_id, row.key, row.turn, "") for row in rows]
    strata = uncertain(judged(store, run, first[0] if first else None, keyed))
    known = store.one("SELECT id FROM reviewers WHERE name = ?", (reviewer,))
    history = replay(reviews.own_events(store, run.id, known[0]) if known is not None else ())
    pairs = [
        PairOutlook(strata[row.pair_id], row.verdict, row.label, history.state_of(row.pair_id).decision is not None)
        for row in rows
    ]
    current = {row.pair_id for row in rows}
    disputes = set(reviews.disputed_pairs(store, run.id)) - reviews.settled_pairs(store, run.id)
    return advice(pairs, len(disputes & current), judged=first is not None)
