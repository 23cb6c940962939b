"""store -> reviewing -> store: the queue of a run, by its kind; drawn where it was not, extended by what is new."""

from collections.abc import Callable, Sequence

from uphold.errors import BadUsage
from uphold.records.enums import Verdict
from uphold.records.reviews import QueueItem
from uphold.records.runs import Run
from uphold.reviewing import queue_order
from uphold.reviewing.queue_order import (
    OrderedPairs,
    Pairs,
    draw_as_listed,
    draw_by_stratum,
    draw_random,
    draw_weighted,
)
from uphold.store import queues, reviews
from uphold.store.database import Store

RANDOM, DISPUTED, FLAGGED, HAND_PICKED = "random", "disputed", "flagged", "hand-picked"


KINDS = (RANDOM, "uncertain", "tag:NAME", "all", DISPUTED, FLAGGED, "changed", HAND_PICKED)


_TAG = "tag:"


Draw = Callable[[str, Pairs], OrderedPairs]


def open_queue(
    store: Store, run: Run, kind: str, judge_id: int | None, picked: Sequence[int] = ()
) -> tuple[int, list[QueueItem]]:
    """The queue's id and its current pairs in order; of a hand-picked queue only those picked now, where some were.

    Raises BadUsage for a kind that does not exist, or a tag that no pair of the run has.
    """
    queue_id, items = queues.queue_of(store, run.id, kind, run.seed, _draw(store, run, kind, judge_id, picked))
    if kind == HAND_PICKED and picked:
        wanted = {pair_id: place for place, pair_id in enumerate(picked)}
        items = sorted((one for one in items if one.pair_id in wanted), key=lambda one: wanted[one.pair_id])
    return queue_id, items


def is_sampled(kind: str) -> bool:
    """Are the numbers from a queue of this kind a sample of the run?"""
    return kind in (RANDOM, "uncertain") or kind.startswith(_TAG)


def queue_words(kind: str) -> str:
    """What a queue is, and what its numbers are worth."""
    worth = {RANDOM: "a sample", "all": "a sample only when all is read", "changed": "chosen, not sampled"}
    what = kind.removeprefix(_TAG) + " first" if kind.startswith(_TAG) else kind
    default = "a weighted sample" if is_sampled(kind) else "chosen, not sampled"
    return f"{what}: {worth.get(kind, default)}"


def _draw(store: Store, run: Run, kind: str, judge_id: int | None, picked: Sequence[int]) -> Draw:
    if kind == RANDOM:
        return draw_random
    if kind == "uncertain":
        return lambda seed, pairs: draw_weighted(
            seed, pairs, queue_order.uncertain(judged(store, run, judge_id, pairs))
        )
    if kind.startswith(_TAG):
        return _tagged(store, run, kind.removeprefix(_TAG))
    if kind == "all":
        return lambda seed, pairs: draw_as_listed(seed, pairs, [pair[0] for pair in pairs], queue_order.ALL)
    if kind == "changed":
        return lambda seed, pairs: _changed(store, run, judge_id, seed, pairs)
    listed = {DISPUTED: reviews.disputed_pairs, FLAGGED: reviews.flagged_pairs}.get(kind)
    if listed is not None:
        return lambda seed, pairs: draw_as_listed(seed, pairs, listed(store, run.id), queue_order.LISTED)
    if kind == HAND_PICKED:
        return lambda seed, pairs: draw_as_listed(seed, pairs, picked, queue_order.PICKED)
    raise BadUsage(f"there is no queue {kind!r}; queues are {', '.join(KINDS)}")


def judged(store: Store, run: Run, judge_id: int | None, pairs: Pairs) -> dict[int, queue_order.Judged]:
    """By pair id: what is known of these pairs before anybody reads them."""
    said: dict[int, dict[int, Verdict]] = {}
    for judge, pair_id, verdict in queues.verdicts_of(store, run.id):
        said.setdefault(pair_id, {})[judge] = verdict
    sure = queues.confidences(store, run.id, judge_id) if judge_id is not None else {}

    def of(pair_id: int) -> queue_order.Judged:
        words = dict(said.get(pair_id, {}))
        first = words.pop(judge_id, None) if judge_id is not None else None
        return queue_order.Judged(first, tuple(words.values()), sure.get(pair_id))

    return {pair[0]: of(pair[0]) for pair in pairs}


def _tagged(store: Store, run: Run, tag: str) -> Draw:
    carrying = queues.tagged_pairs(store, run.id, tag)
    if not carrying:
        raise BadUsage(f"no pair of {run.name} has the tag {tag!r}")
    return lambda seed, pairs: draw_weighted(
        seed, pairs, queue_order.tagged(tag, [pair[0] for pair in pairs], carrying)
    )


def _changed(store: Store, run: Run, judge_id: int | None, seed: str, pairs: Pairs) -> OrderedPairs:
    flipped = queues.flipped_pairs(store, run.id, judge_id) if judge_id is not None else set()
    found = queue_order.changed([pair[0] for pair in pairs], queues.carried_pairs(store, run.id), flipped)
    return draw_by_stratum(seed, pairs, found, queue_order.CHANGED_ORDER)
