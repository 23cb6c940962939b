"""Review queues, and which of a run's decided pairs are a random sample of it.

The order of a queue is fixed when it is drawn; pairs that are added later are a further draw behind it. The decided
pairs at the front of a sampled queue are a random sample of their stratum; pairs decided otherwise are only "chosen".
"""

import sqlite3
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from uphold.records.counts import Stratum
from uphold.records.enums import QueueKind, Verdict
from uphold.records.reviews import QueueItem
from uphold.store.database import Store, first_values, now
from uphold.store.packs import shares_of_run

QueueDraw = Callable[[str, Sequence[tuple[int, str, int]]], Sequence[tuple[int, str, float, float]]]
"""Order the pairs of a queue: (seed, pairs as (id, key, turn)) to (pair id, stratum, weight, sort key)."""

_Row = tuple[Any, ...]
"""The fields of QueueItem; position, stratum and weight are None for a pair not yet drawn."""

# Getters, since a queue of 10,000 pairs is read before the first frame.
_POSITION = itemgetter(QueueItem._fields.index("position"))

_PAIR = itemgetter(0, 1, 2)


def find_or_draw_queue(store: Store, run_id: int, kind: str, seed: str, draw: QueueDraw) -> tuple[int, list[QueueItem]]:
    """Return the id of a run's queue and its current pairs in order, drawing those that have no place yet.

    Nothing is written unless there are such pairs, so that a complete queue opens without the write lock.
    """
    queue_id = _find_queue(store, run_id, kind)
    rows = [] if queue_id is None else _read_rows(store, run_id, queue_id)
    if queue_id is None or any(_POSITION(row) is None for row in rows):
        with store.writing() as conn:
            queue_id, rows = _draw_missing(conn, store, run_id, kind, seed, draw)
    placed = [row for row in rows if _POSITION(row) is not None]
    placed.sort(key=_POSITION)
    return queue_id, list(map(QueueItem._make, placed))


def _read_rows(store: Store, run_id: int, queue_id: int) -> list[_Row]:
    """Return the run's current pairs with their places in the queue."""
    return store.rows(
        "SELECT p.id, e.key, p.turn, q.position, q.stratum, q.weight FROM current_pairs p"
        " JOIN examples e ON e.id = p.example_id LEFT JOIN queue_items q ON q.queue_id = ? AND q.pair_id = p.id"
        " WHERE p.run_id = ?",
        (queue_id, run_id),
    ).fetchall()


def read_queue(store: Store, run_id: int, kind: str) -> list[tuple[int, str]]:
    """Return (pair id, stratum) of the current pairs of a queue in its order; nothing where it was not drawn."""
    queue_id = _find_queue(store, run_id, kind)
    rows = (
        [] if queue_id is None else [row for row in _read_rows(store, run_id, queue_id) if _POSITION(row) is not None]
    )
    rows.sort(key=_POSITION)
    return [(item.pair_id, item.stratum) for item in map(QueueItem._make, rows)]


def pair_identities(store: Store, run_id: int) -> list[tuple[int, str, int]]:
    """Return (id, key, turn) of a run's current pairs."""
    sql = "SELECT p.id, e.key, p.turn FROM current_pairs p JOIN examples e ON e.id = p.example_id WHERE p.run_id = ?"
    return store.rows(sql, (run_id,)).fetchall()


def _find_queue(store: Store, run_id: int, kind: str) -> int | None:
    row = store.one("SELECT id FROM queues WHERE run_id = ? AND kind = ?", (run_id, kind))
    return None if row is None else int(row[0])


def _draw_missing(
    conn: sqlite3.Connection, store: Store, run_id: int, kind: str, seed: str, draw: QueueDraw
) -> tuple[int, list[_Row]]:
    """Add the pairs without a place to the end of the queue, as one more draw; return its id and all rows."""
    queue_id = _find_queue(store, run_id, kind)
    if queue_id is None:
        sql = "INSERT INTO queues (run_id, kind, created_at) VALUES (?, ?, ?)"
        queue_id = int(conn.execute(sql, (run_id, kind, now())).lastrowid or 0)
    last_position, draw_number = conn.execute(
        "SELECT coalesce(max(position), 0), coalesce(max(draw), 0) + 1 FROM queue_items WHERE queue_id = ?", (queue_id,)
    ).fetchone()
    rows = _read_rows(store, run_id, queue_id)
    drawn = draw(seed, sorted(_PAIR(row) for row in rows if _POSITION(row) is None))
    conn.executemany(
        "INSERT INTO queue_items (queue_id, position, pair_id, stratum, weight, sort_key, draw) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (queue_id, last_position + i, pair, stratum, weight, key, draw_number)
            for i, (pair, stratum, weight, key) in enumerate(drawn, 1)
        ],
    )
    places = {pair: (last_position + i, stratum, weight) for i, (pair, stratum, weight, _) in enumerate(drawn, 1)}
    return queue_id, [(*row[:3], *places[row[0]]) if row[0] in places else row for row in rows]


CHOSEN = "chosen"
"""Name of the stratum of pairs that were decided without having been drawn."""

NOT_DRAWN = "not drawn yet"
"""Name of the stratum of undecided pairs that are in no sampled queue."""

CHANGED = "changed"
"""The queue whose strata are read one after another; of any other queue a draw is read in one order."""

_SAMPLED_KINDS = ("random", "uncertain", CHANGED)

# The share of a stratum that may be left undecided before the last pair that still counts as sampled.
_MAX_PASSED_OVER = 0.1

_ITEMS = """
SELECT q.id, q.kind, i.pair_id, i.stratum, i.draw, i.weight FROM queues q JOIN queue_items i ON i.queue_id = q.id
WHERE q.run_id = ? ORDER BY q.id, i.position
"""


@dataclass(frozen=True, slots=True)
class SampleStrata:
    """The strata of some pairs: `stratum_indexes` by pair id into `strata`; `queued` pairs are in any queue."""

    strata: tuple[Stratum, ...]
    stratum_indexes: Mapping[int, int]
    queued: frozenset[int]


@dataclass(frozen=True, slots=True)
class DrawnQueue:
    """A sampled queue of a run: its strata, and the pairs of each in the order of the queue.

    `queued` pairs are in any queue of the run. `shares` are the pairs of each part of it that was packed for a reviewer: a
    part is read in the order of the queue too.
    """

    strata: tuple[Stratum, ...]
    pairs_by_stratum: tuple[tuple[int, ...], ...]
    queued: frozenset[int]
    shares: tuple[frozenset[int], ...] = ()

    def stratum_indexes(self) -> dict[int, int]:
        """Return by pair id the index of the stratum it was drawn in."""
        return {pair: index for index, pairs in enumerate(self.pairs_by_stratum) for pair in pairs}

    def without(self, broken: Container[int]) -> "DrawnQueue":
        """Return the queue without some of its pairs; a stratum that is left empty goes too."""
        kept = [tuple(pair for pair in pairs if pair not in broken) for pairs in self.pairs_by_stratum]
        present = [place for place, pairs in enumerate(kept) if pairs]
        return DrawnQueue(
            tuple(self.strata[place] for place in present),
            tuple(kept[place] for place in present),
            self.queued,
            self.shares,
        )

    def sampled_pairs(self, decided_as_drawn: Mapping[int, bool], skipped: Container[int]) -> set[int]:
        """Return the decided pairs that are a random sample of their strata.

        `decided_as_drawn` has every decided pair, with whether its first decision was made in the app or carried from one
        that was. Which place of the order belongs to which share says nothing of a pair, so that the fronts of the order and
        of all shares are together as good as a front of the order.
        """
        orders: list[Sequence[int]] = [*self.pairs_by_stratum]
        for share in self.shares:
            orders += [[pair for pair in pairs if pair in share] for pairs in self.pairs_by_stratum]
        return {pair for order in orders for pair in _sampled(order, decided_as_drawn, skipped)}


def read_drawn_queues(store: Store, run_id: int, pairs: Container[int]) -> tuple[DrawnQueue, ...]:
    """Read the queues that sample a run, the most stratified first, with those of their pairs that are in `pairs`.

    A run without one has a queue without pairs.
    """
    items = store.rows(_ITEMS, (run_id,)).fetchall()
    shares = shares_of_run(store, run_id)
    queued = frozenset(item[2] for item in items)
    orders: dict[int, dict[Stratum, list[int]]] = {}
    kinds: dict[int, str] = {}
    sequences: dict[tuple[int, str], int] = {}
    for queue, kind, pair, name, draw, weight in items:
        if kind in _SAMPLED_KINDS or kind.startswith("tag:"):
            named = name if draw == 1 else f"{name}, draw {draw}"
            sequence = sequences.setdefault((queue, named if kind == CHANGED else str(draw)), len(sequences) + 1)
            stratum = Stratum(named, weight=weight, sequence=sequence)
            kinds[queue] = kind
            order = orders.setdefault(queue, {}).setdefault(stratum, [])
            if pair in pairs:
                order.append(pair)
    found = [
        DrawnQueue(
            tuple(stratum for stratum in order if order[stratum]),
            tuple(map(tuple, filter(None, order.values()))),
            queued,
            shares if kinds[queue] == QueueKind.RANDOM else (),
        )
        for queue, order in orders.items()
    ]
    found.sort(key=lambda queue: -len(queue.strata))
    return tuple(found) or (DrawnQueue((), (), queued),)


def sample_strata(
    queues: Mapping[int, Sequence[DrawnQueue]],
    runs: Mapping[int, Sequence[int]],
    decided_as_drawn: Mapping[int, bool],
    skipped: Container[int],
) -> SampleStrata:
    """Return the strata of pairs, given by run id, without broken ones; `queues` are those of the runs.

    `decided_as_drawn` is as in `DrawnQueue.sampled_pairs`. The pairs of several runs have two strata only, sampled and
    chosen.
    """
    by_run = [_run_strata(queues[run], ids, decided_as_drawn, skipped) for run, ids in runs.items()]
    if len(by_run) == 1:
        return by_run[0]
    indexes = {pair: int(run.strata[index].chosen) for run in by_run for pair, index in run.stratum_indexes.items()}
    queued = frozenset(pair for run in by_run for pair in run.queued)
    return SampleStrata((Stratum("all"), Stratum(CHOSEN, chosen=True)), indexes, queued)


def _run_strata(
    queues: Sequence[DrawnQueue], ids: Sequence[int], decided_as_drawn: Mapping[int, bool], skipped: Container[int]
) -> SampleStrata:
    """Return the strata of one run: those of its queue, pairs not drawn yet, and chosen pairs.

    Of several queues it is the one that most of the decided pairs are a sample of, the most stratified of equal ones.
    """
    samples = [queue.sampled_pairs(decided_as_drawn, skipped) for queue in queues]
    sampled, queue = max(zip(samples, queues, strict=True), key=lambda pair: len(pair[0]))
    strata, indexes = list(queue.strata), queue.stratum_indexes()
    not_drawn = [pair for pair in ids if pair not in indexes and pair not in decided_as_drawn]
    chosen = [pair for pair in ids if pair in decided_as_drawn and pair not in sampled]
    for stratum, pairs in ((Stratum(NOT_DRAWN), not_drawn), (Stratum(CHOSEN, chosen=True), chosen)):
        if pairs:
            indexes.update(dict.fromkeys(pairs, len(strata)))
            strata.append(stratum)
    return SampleStrata(tuple(strata), indexes, queue.queued)


def _sampled(pairs: Sequence[int], decided_as_drawn: Mapping[int, bool], skipped: Container[int]) -> Sequence[int]:
    """Return the decided pairs of a stratum up to the last position before which at most a tenth was passed over.

    `pairs` are in the order of the queue. A skipped pair does not count as passed over. A pair whose first decision was
    neither made in the app nor carried from one that was drawn has no position.
    """
    decided: list[int] = []
    position = passed_over = end = 0
    for pair in pairs:
        if not decided_as_drawn.get(pair, True):
            continue
        position += 1
        if pair in decided_as_drawn:
            decided.append(pair)
            end = len(decided) if passed_over <= _MAX_PASSED_OVER * position else end
        elif pair not in skipped:
            passed_over += 1
            if passed_over > _MAX_PASSED_OVER * len(pairs):
                break
    return decided[:end]


_COMPARABLE_VERDICTS = ("candidate", "baseline", "tie", "inconsistent")

_PREVIOUS = """(
    SELECT max(b.id) FROM runs b JOIN runs r ON r.id = :run
    WHERE b.set_id = r.set_id AND b.baseline_id = r.baseline_id AND b.id < r.id
)"""

# CROSS JOIN: from the verdicts of the run to those of the pairs before. In the order that SQLite chooses by itself all verdicts
# of the run are gone through for each pair of the run before: 9.3 s instead of 0.02 with 10,000 pairs.
_FLIPPED = f"""
SELECT v.pair_id FROM verdicts v CROSS JOIN pairs p ON p.id = v.pair_id
CROSS JOIN pairs o ON o.example_id = p.example_id AND o.turn = p.turn AND o.run_id = {_PREVIOUS}
CROSS JOIN current_pairs c ON c.id = o.id
CROSS JOIN verdicts w ON w.pair_id = o.id AND w.judge_id = v.judge_id
WHERE v.run_id = :run AND v.judge_id = :judge AND v.verdict <> w.verdict
    AND v.verdict IN {_COMPARABLE_VERDICTS} AND w.verdict IN {_COMPARABLE_VERDICTS}
"""

# CROSS JOIN: from the pairs of the run, by their contents, to those of earlier runs of the set, the latest last.
_UNCHANGED = """
SELECT p.id, o.id, o.run_id FROM pairs p CROSS JOIN pairs o
ON o.contents = p.contents AND o.example_id = p.example_id AND o.turn = p.turn AND o.run_id < p.run_id
WHERE p.run_id = :run ORDER BY o.run_id
"""


def verdicts_in_run(store: Store, run_id: int) -> list[tuple[int, int, Verdict]]:
    """Return (judge id, pair id, verdict) of every judged pair of a run."""
    rows = store.rows("SELECT judge_id, pair_id, verdict FROM verdicts WHERE run_id = ?", (run_id,))
    return [(judge_id, pair_id, Verdict(verdict)) for judge_id, pair_id, verdict in rows]


def mean_confidences(store: Store, run_id: int, judge_id: int) -> dict[int, float]:
    """Return by pair id the mean confidence (0 to 1) of a judge's judgments in force that state one."""
    sql = (
        "SELECT j.pair_id, avg(j.confidence) FROM standing_judgments j JOIN pairs p ON p.id = j.pair_id WHERE p.run_id = ?"
        " AND j.judge_id = ? AND j.confidence IS NOT NULL GROUP BY j.pair_id"
    )
    return dict(store.rows(sql, (run_id, judge_id)).fetchall())


def tagged_pairs(store: Store, run_id: int, tag: str) -> set[int]:
    """Return the pairs of a run whose example has a tag."""
    sql = "SELECT p.id FROM pairs p JOIN tags t ON t.example_id = p.example_id AND t.tag = ? WHERE p.run_id = ?"
    return first_values(store, sql, (tag, run_id))


def unchanged_pairs(store: Store, run_id: int) -> dict[int, tuple[int, int]]:
    """Return (pair id, run id) by pair id: of the latest earlier run of the set with the same texts and answers there."""
    return {pair: (original, run) for pair, original, run in store.rows(_UNCHANGED, {"run": run_id})}


def flipped_pairs(store: Store, run_id: int, judge_id: int) -> set[int]:
    """Return the pairs on which a judge's verdict differs from that in the previous run of the set and baseline."""
    return {row[0] for row in store.rows(_FLIPPED, {"run": run_id, "judge": judge_id})}
