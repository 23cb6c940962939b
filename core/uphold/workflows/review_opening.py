"""Opens a review of a run: its judges, queue, mode and plan; makes runs of two systems; advises on a queue."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from uphold.errors import BadUsage
from uphold.records.enums import REFERENCE, QueueKind
from uphold.records.reviews import QueueItem
from uphold.records.runs import Run
from uphold.reviewing.advice import Advice, PairOutlook, advice
from uphold.reviewing.cursor import QueueCursor
from uphold.reviewing.history import History, replay
from uphold.reviewing.queue_order import FLIPPED_VERDICT, uncertain_strata
from uphold.store import packs, pairs, reviews, runs, sets
from uphold.store.database import Store
from uphold.store.headline_judges import judges_in_order
from uphold.store.pairs import MadePairs
from uphold.workflows.event_writer import EventWriter
from uphold.workflows.live_counts import LiveCounts
from uphold.workflows.pair_reader import (
    MIN_QUEUE_FOR_SHARES,
    OPEN_SHARE,
    PairReader,
    ReviewerContext,
    ReviewMode,
    is_drawn_for_repeat,
)
from uphold.workflows.queue_drawing import open_queue, verdicts_by_pair
from uphold.workflows.review_session import ReviewSession
from uphold.workflows.run_context import RunContext
from uphold.workflows.seen_pairs import SeenPairs

_WITHOUT_REPEATS = (QueueKind.DISPUTED, QueueKind.FLAGGED, QueueKind.HAND_PICKED)


@dataclass(frozen=True, slots=True)
class ReviewOptions:
    """How a run is to be reviewed.

    `queue` is a kind of queue (`random`, `tag:NAME`, ...), `open_share` the share of a blind session's pairs that are
    shown open, `planned` how many pairs the reviewer plans to read (None: as planned before). `judge` names the judge
    whose verdicts are upheld (None: that of the run's headline). `picked` are the pair ids of a hand-picked queue, in order.
    With `flips_only` a queue of what changed ends behind the pairs whose verdict turned, which come first in it.
    """

    queue: str = QueueKind.RANDOM
    blind: bool = False
    open_share: float = OPEN_SHARE
    planned: int | None = None
    judge: str | None = None
    picked: Sequence[int] = ()
    flips_only: bool = False


def open_review(store: Store, run: Run, reviewer: str, options: ReviewOptions | None = None) -> ReviewSession:
    """Open a run for a reviewer at the first unread pair of a queue, which is drawn where it was not.

    A blind pack is reviewed blind. Raises BadUsage for a judge that has not judged the run, or a queue that does not exist.
    """
    options = as_packed(store, options or ReviewOptions())
    headline, judges = judges_in_order(store, run, options.judge)
    judge = headline.shown
    queue_id, items = open_queue(store, run, options.queue, judge.id if judge else None, options.picked)
    reviewer_id = _reviewer_id(store, reviewer)
    history = replay(reviews.reviewer_events(store, run.id, reviewer_id))
    seen = SeenPairs(store, run.id, reviewer_id, queue_id)
    mode = ReviewMode(options.blind, options.open_share, adjudicating=options.queue == QueueKind.DISPUTED)
    if options.flips_only:
        items = [item for item in items if item.stratum.startswith(FLIPPED_VERDICT)]
    if options.queue == QueueKind.FLAGGED:
        items = [item for item in items if history.state_of(item.pair_id).flagged]
    elif mode.adjudicating:
        items = _open_disputes(store, run, items, history)
    is_long = len(items) >= MIN_QUEUE_FOR_SHARES
    cursor = QueueCursor(
        items,
        history,
        broken=reviews.broken_pairs(store, run.id),
        should_repeat=_repeats(run, reviewer) if is_long and options.queue not in _WITHOUT_REPEATS else None,
        adjudicating=mode.adjudicating,
        planned=reviews.planned_count(store, run.id, queue_id, reviewer_id),
    )
    session = ReviewSession(
        cursor=cursor,
        history=history,
        reader=PairReader(store, ReviewerContext(run, reviewer, judges), history, mode, draws_open=is_long),
        writer=EventWriter(
            store,
            reviews.SessionRow(
                run.id,
                reviewer_id,
                queue_id,
                judge.id if judge else None,
                "open",
                judge_named=options.judge is not None,
            ),
        ),
        seen=seen,
        context=RunContext(store, run, options.queue),
        counts=LiveCounts(store, run, judge, reviewer_id),
        named_judge=options.judge,
    )
    if options.planned is not None:
        session.plan(options.planned)
    return session


def as_packed(store: Store, options: ReviewOptions) -> ReviewOptions:
    """Return the options, in a blind pack those of a blind session: it has no verdicts, so that none is shown open."""
    return replace(options, blind=True, open_share=0.0) if packs.is_blind_pack(store) else options


def _reviewer_id(store: Store, name: str) -> int:
    """Return a reviewer's id; they are added where they are new."""
    found = reviews.find_reviewer(store, name)
    if found is not None:
        return found
    with store.writing() as conn:
        return reviews.add_reviewer(conn, name)


def _open_disputes(store: Store, run: Run, items: Sequence[QueueItem], history: History) -> list[QueueItem]:
    """Return the disputed pairs that are open, or that this reviewer settled."""
    disputed = set(reviews.disputed_pairs(store, run.id))
    own = {item.pair_id for item in items if history.state_of(item.pair_id).adjudicated is not None}
    left_out = reviews.adjudicated_pairs(store, run.id) - own
    return [item for item in items if item.pair_id in disputed and item.pair_id not in left_out]


def _repeats(run: Run, reviewer: str) -> Callable[[QueueItem], bool]:
    """Return what says whether an item is to be repeated; each is drawn once, since a cursor asks after every act."""

    @cache
    def should_repeat(item: QueueItem) -> bool:
        return is_drawn_for_repeat(run, reviewer, item)

    return should_repeat


def make_pairs(
    store: Store, set_name: str, candidate: str, baseline: str, *, last_turn_only: bool = False
) -> tuple[Run, MadePairs]:
    """Make the missing pairs of two systems over a set; return their run, made where it is new, and what was made.

    Raises BadUsage where the systems are the same, or one has answered no example of the set.
    """
    set_id = sets.find_set(store, set_name)
    _check_systems(store, set_id, set_name, candidate, baseline)
    made = pairs.make_pairs(store, set_id, set_name, candidate, baseline, last_turn_only=last_turn_only)
    return runs.get_run(store, made.run_id), made


def make_run(store: Store, set_name: str, candidate: str, baseline: str) -> Run:
    """Return the run of two systems over a set with all its pairs; raises BadUsage as `make_pairs` does."""
    return make_pairs(store, set_name, candidate, baseline)[0]


def _check_systems(store: Store, set_id: int, set_name: str, candidate: str, baseline: str) -> None:
    if candidate == baseline:
        raise BadUsage(f"candidate and baseline are the same system, {candidate!r}")
    known = [name for name, _ in pairs.systems_of(store, set_id)]
    for name in (candidate, baseline):
        if name != REFERENCE and name not in known:
            listed = ", ".join(map(repr, known)) or "none yet"
            raise BadUsage(f"no system {name!r} has answered the set {set_name!r}; systems that have: {listed}")


def queue_advice(store: Store, run: Run, reviewer: str, judge: str | None = None) -> Advice:
    """Return which queue the reviewer should read next; raises BadUsage for a judge that has not judged the run."""
    shown = judges_in_order(store, run, judge)[0].shown
    judge_id = shown.id if shown else None
    from uphold.store import pair_list  # here: a queue that is drawn already needs no list of pairs

    rows = [row for row in pair_list.pair_rows(store, run.id, judge_id) if not row.broken]
    identities = [(row.pair_id, row.key, row.turn) for row in rows]
    strata = uncertain_strata(verdicts_by_pair(store, run, judge_id, identities))
    reviewer_id = reviews.find_reviewer(store, reviewer)
    history = replay(reviews.reviewer_events(store, run.id, reviewer_id) if reviewer_id is not None else ())
    outlooks = [
        PairOutlook(strata[row.pair_id], row.verdict, row.label, history.state_of(row.pair_id).decision is not None)
        for row in rows
    ]
    current = {row.pair_id for row in rows}
    disputes = set(reviews.disputed_pairs(store, run.id)) - reviews.adjudicated_pairs(store, run.id)
    return advice(outlooks, len(disputes & current), judged=shown is not None)
