"""Opens a review as the reviewer last read the run: in the same mode and queue, with the judge that they had named."""

from dataclasses import dataclass, replace

from uphold.errors import BadUsage
from uphold.records.enums import QueueKind
from uphold.records.headline_judge import versioned_name
from uphold.records.runs import Run
from uphold.store import reviews
from uphold.store.database import Store
from uphold.store.headline_judges import run_judges
from uphold.workflows.pair_reader import OPEN_SHARE
from uphold.workflows.review_opening import ReviewOptions, open_review
from uphold.workflows.review_session import ReviewSession


@dataclass(frozen=True, slots=True)
class WantedReview:
    """What a reviewer says of how a run is to be reviewed; None: as they read it last, and at first open, in random order.

    The fields are those of `ReviewOptions`; an empty `judge` is that of the run's headline.
    """

    queue: str | None = None
    blind: bool | None = None
    open_share: float | None = None
    planned: int | None = None
    judge: str | None = None


def resume_review(store: Store, run: Run, reviewer: str, wanted: WantedReview | None = None) -> ReviewSession:
    """Open a run for a reviewer, as they read it last where `wanted` does not say otherwise.

    A queue is taken up again while something is unread in it, a hand-picked one never. Raises BadUsage for a judge or a
    queue that is wanted and does not exist.
    """
    wanted = wanted or WantedReview()
    last = reviews.last_session(store, run.id, reviewer)
    mode = last.mode if last is not None else "open"
    judge = _named_judge(store, run, last) if wanted.judge is None else wanted.judge
    options = ReviewOptions(
        queue=wanted.queue or QueueKind.RANDOM,
        blind=mode == "blind" if wanted.blind is None else wanted.blind,
        open_share=_open_share(wanted, last),
        planned=wanted.planned,
        judge=judge or None,
    )
    if wanted.queue is None and last is not None and last.queue not in (QueueKind.RANDOM, QueueKind.HAND_PICKED):
        found = _open_again(store, run, reviewer, options, last.queue)
        if found is not None:
            return found
    return open_review(store, run, reviewer, options)


def _named_judge(store: Store, run: Run, last: reviews.LastSession | None) -> str | None:
    """Return the judge that the reviewer had named, where it has still judged the run."""
    if last is None or last.judge is None or not last.judge_named:
        return None
    is_there = any(judge.id == last.judge.id for judge in run_judges(store, run.id))
    return versioned_name(last.judge) if is_there else None


def _open_share(wanted: WantedReview, last: reviews.LastSession | None) -> float:
    if wanted.open_share is not None:
        return wanted.open_share
    return last.open_share if last is not None and last.open_share is not None else OPEN_SHARE


def _open_again(store: Store, run: Run, reviewer: str, options: ReviewOptions, queue: str) -> ReviewSession | None:
    """Open a queue that was read before; None where nothing is left in it, or its tag is gone."""
    try:
        session = open_review(store, run, reviewer, replace(options, queue=queue))
    except BadUsage:
        return None
    return None if session.finished else session
