"""The queue of a run, by its kind: drawn where it was not, extended by pairs that are new."""

from collections.abc import Callable, Sequence

from uphold.errors import BadUsage
from uphold.records.enums import QueueKind, Verdict
from uphold.records.reviews import QueueItem
from uphold.records.runs import Run
from uphold.reviewing import queue_order
from uphold.reviewing.queue_order import (
    OrderedPairs,
    PairIdentities,
    VerdictSummary,
    draw_as_listed,
    draw_changed,
    draw_random,
    draw_weighted,
)
from uphold.store import queues, reviews
from uphold.store.database import Store

_TAG_PREFIX = "tag:"

_KINDS = (
    QueueKind.RANDOM,
    QueueKind.UNCERTAIN,
    f"{_TAG_PREFIX}NAME",
    QueueKind.ALL,
    QueueKind.DISPUTED,
    QueueKind.FLAGGED,
    QueueKind.CHANGED,
    QueueKind.HAND_PICKED,
)

Draw = Callable[[str, PairIdentities], OrderedPairs]
"""(seed, pairs) -> those of them that belong to the queue, in the order to read them."""


def open_queue(
    store: Store, run: Run, kind: str, judge_id: int | None, picked: Sequence[int] = ()
) -> tuple[int, list[QueueItem]]:
    """Return the queue's id and its current pairs in order, drawing those that it lacks.

    Of a hand-picked queue only the pairs in `picked` are returned, where there are any. Raises BadUsage for a kind that
    does not exist, or a tag that no pair of the run has.
    """
    queue_id, items = queues.find_or_draw_queue(
        store, run.id, kind, run.seed, _draw(store, run, kind, judge_id, picked)
    )
    if kind == QueueKind.HAND_PICKED and picked:
        places = {pair_id: place for place, pair_id in enumerate(picked)}
        items = sorted((item for item in items if item.pair_id in places), key=lambda item: places[item.pair_id])
    return queue_id, items


def reading_order(store: Store, run: Run, kind: str, judge_id: int | None) -> list[tuple[int, str]]:
    """Return (pair id, stratum) of a run's current pairs in the order of a queue: the stored one, else as it would be drawn."""
    stored = queues.read_queue(store, run.id, kind)
    known = {pair for pair, _ in stored}
    missing = sorted(pair for pair in queues.pair_identities(store, run.id) if pair[0] not in known)
    drawn = _draw(store, run, kind, judge_id, ())(run.seed, missing) if missing else []
    return [*stored, *((pair, stratum) for pair, stratum, *_ in drawn)]


def is_sampled(kind: str) -> bool:
    """Whether what is read of a queue of this kind is a sample of the run."""
    return kind in (QueueKind.RANDOM, QueueKind.UNCERTAIN, QueueKind.CHANGED) or kind.startswith(_TAG_PREFIX)


def describe_queue(kind: str) -> str:
    """Return a queue's name and whether its pairs are a sample, as in `uncertain: a weighted sample`."""
    samples: dict[str, str] = {
        QueueKind.RANDOM: "a sample",
        QueueKind.ALL: "a sample only when all is read",
        QueueKind.CHANGED: "a sample of each part",
    }
    name = kind.removeprefix(_TAG_PREFIX) + " first" if kind.startswith(_TAG_PREFIX) else kind
    default = "a weighted sample" if is_sampled(kind) else "chosen, not sampled"
    return f"{name}: {samples.get(kind, default)}"


def verdicts_by_pair(store: Store, run: Run, judge_id: int | None, pairs: PairIdentities) -> dict[int, VerdictSummary]:
    """Return by pair id what judges said of these pairs; `judge_id` is the primary judge."""
    verdicts: dict[int, dict[int, Verdict]] = {}
    for judge, pair_id, verdict in queues.verdicts_in_run(store, run.id):
        verdicts.setdefault(pair_id, {})[judge] = verdict
    confidences = queues.mean_confidences(store, run.id, judge_id) if judge_id is not None else {}

    def summary(pair_id: int) -> VerdictSummary:
        by_judge = dict(verdicts.get(pair_id, {}))
        primary = by_judge.pop(judge_id, None) if judge_id is not None else None
        return VerdictSummary(primary, tuple(by_judge.values()), confidences.get(pair_id))

    return {pair[0]: summary(pair[0]) for pair in pairs}


def _draw(store: Store, run: Run, kind: str, judge_id: int | None, picked: Sequence[int]) -> Draw:
    if kind.startswith(_TAG_PREFIX):
        return _draw_tagged(store, run, kind.removeprefix(_TAG_PREFIX))
    match kind:
        case QueueKind.RANDOM:
            return draw_random
        case QueueKind.UNCERTAIN:
            return lambda seed, pairs: draw_weighted(
                seed, pairs, queue_order.uncertain_strata(verdicts_by_pair(store, run, judge_id, pairs))
            )
        case QueueKind.ALL:
            return lambda seed, pairs: draw_as_listed(seed, pairs, [pair[0] for pair in pairs], queue_order.ALL)
        case QueueKind.CHANGED:
            return lambda seed, pairs: _draw_changed(store, run, judge_id, seed, pairs)
        case QueueKind.DISPUTED:
            return lambda seed, pairs: draw_as_listed(
                seed, pairs, reviews.disputed_pairs(store, run.id), queue_order.LISTED
            )
        case QueueKind.FLAGGED:
            return lambda seed, pairs: draw_as_listed(
                seed, pairs, reviews.flagged_pairs(store, run.id), queue_order.LISTED
            )
        case QueueKind.HAND_PICKED:
            return lambda seed, pairs: draw_as_listed(seed, pairs, picked, queue_order.PICKED)
    raise BadUsage(f"there is no queue {kind!r}; queues are {', '.join(_KINDS)}")


def _draw_tagged(store: Store, run: Run, tag: str) -> Draw:
    with_tag = queues.tagged_pairs(store, run.id, tag)
    if not with_tag:
        raise BadUsage(f"no pair of {run.name} has the tag {tag!r}")
    return lambda seed, pairs: draw_weighted(
        seed, pairs, queue_order.tag_strata(tag, [pair[0] for pair in pairs], with_tag)
    )


def _draw_changed(store: Store, run: Run, judge_id: int | None, seed: str, pairs: PairIdentities) -> OrderedPairs:
    flipped = queues.flipped_pairs(store, run.id, judge_id) if judge_id is not None else set()
    strata = queue_order.changed_strata([pair[0] for pair in pairs], flipped, _unchanged_strata(store, run))
    return draw_changed(seed, pairs, strata)


def _unchanged_strata(store: Store, run: Run) -> dict[int, queue_order.Stratum | None]:
    """Return by pair id, of those that an earlier run has too, the stratum that they were drawn in there.

    None where that run was read as it comes, in one stratum.
    """
    from uphold.store.pair_columns import PairCondition, read_pairs  # other queues open without it

    unchanged = queues.unchanged_pairs(store, run.id)
    strata: dict[int, queue_order.Stratum] = {}
    for earlier in {run_id for _, run_id in unchanged.values()}:
        columns = read_pairs(store, PairCondition("p.run_id = :run", {"run": earlier}))
        drawn = {stratum for stratum in columns.strata if stratum.sequence}
        for pair, index in zip(columns.ids, columns.stratum_indexes, strict=True):
            stratum = columns.strata[index]
            if stratum.sequence and len(drawn) > 1:
                strata[pair] = stratum.name, stratum.weight
    return {pair: strata.get(original) for pair, (original, _) in unchanged.items()}
