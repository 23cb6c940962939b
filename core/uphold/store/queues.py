"""Queues: the order in which a run's pairs are read, fixed when drawn; pairs that come later are a further draw."""

import sqlite3
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from uphold.records.counts import Stratum
from uphold.records.enums import Verdict
from uphold.records.reviews import QueueItem
from uphold.store.database import Store, first_values, now

QueueDraw = Callable[[str, Sequence[tuple[int, str, int, str]]], Sequence[tuple[int, str, float, float]]]
"""(seed, pairs as (id, key, turn, contents)) -> (pair id, stratum, weight, key) in the order to read them."""


Row = tuple[Any, ...]
"""A current pair as QueueItem has it, and its contents; position, stratum and weight are None where it has no place."""


_POSITION = itemgetter(QueueItem._fields.index("position"))


_ITEM = itemgetter(slice(len(QueueItem._fields)))


_PAIR = itemgetter(0, 1, 2, len(QueueItem._fields))


def queue_of(store: Store, run_id: int, kind: str, seed: str, draw: QueueDraw) -> tuple[int, list[QueueItem]]:
    """The queue's id and its current pairs in order; draws it, or what it lacks, first.

    Writes only where something is to be drawn, so a finished queue opens without the write lock.
    """
    queue_id = _find(store, run_id, kind)
    rows = [] if queue_id is None else _rows(store, run_id, queue_id)
    if queue_id is None or any(_POSITION(row) is None for row in rows):
        with store.writing() as conn:
            queue_id, rows = _draw(conn, store, run_id, kind, seed, draw)
    placed = [row for row in rows if _POSITION(row) is not None]
    placed.sort(key=_POSITION)
    return queue_id, list(map(QueueItem._make, map(_ITEM, placed)))


def _rows(store: Store, run_id: int, queue_id: int) -> list[Row]:
    """The run's current pairs with their places in the queue."""
    return store.rows(
        "SELECT p.id, e.key, p.turn, q.position, q.stratum, q.weight, p.contents FROM current_pairs p"
        " JOIN examples e ON e.id = p.example_id LEFT JOIN queue_items q ON q.queue_id = ? AND q.pair_id = p.id"
        " WHERE p.run_id = ?",
        (queue_id, run_id),
    ).fetchall()


def _find(store: Store, run_id: int, kind: str) -> int | None:
    row = store.one("SELECT id FROM queues WHERE run_id = ? AND kind = ?", (run_id, kind))
    return None if row is None else int(row[0])


def _draw(
    conn: sqlite3.Connection, store: Store, run_id: int, kind: str, seed: str, draw: QueueDraw
) -> tuple[int, list[Row]]:
    """Write down the places of the pairs that have none."""
    queue_id = _find(store, run_id, kind)
    if queue_id is None:
        sql = "INSERT INTO queues (run_id, kind, seed, at) VALUES (?, ?, ?, ?)"
        queue_id = int(conn.execute(sql, (run_id, kind, seed, now())).lastrowid or 0)
    (seed,) = conn.execute("SELECT seed FROM queues WHERE id = ?", (queue_id,)).fetchone()
    position, number = conn.execute(
        "SELECT coalesce(max(position), 0), coalesce(max(draw), 0) + 1 FROM queue_items WHERE queue_id = ?", (queue_id,)
    ).fetchone()
    rows = _rows(store, run_id, queue_id)
    drawn = draw(seed, sorted(_PAIR(row) for row in rows if _POSITION(row) is None))
    conn.executemany(
        "INSERT INTO queue_items (queue_id, position, pair_id, stratum, weight, key, draw) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (queue_id, position + i, pair, stratum, weight, key, number)
            for i, (pair, stratum, weight, key) in enumerate(drawn, 1)
        ],
    )
    places = {pair: (position + i, stratum, weight) for i, (pair, stratum, weight, _) in enumerate(drawn, 1)}
    return queue_id, [(*row[:3], *places[row[0]], row[-1]) if row[0] in places else row for row in rows]


CHOSEN = "chosen"


NOT_DRAWN = "not drawn yet"


_SAMPLED_KINDS = ("random", "uncertain")


_MOST_PASSED = 0.1


_ITEMS = """
SELECT q.id, q.kind, i.pair_id, i.stratum, i.draw FROM queues q JOIN queue_items i ON i.queue_id = q.id
WHERE q.run_id = ? ORDER BY q.id, i.position
"""


DrawnPrefix = tuple[int, str]
"""A pair and its stratum, in the order of a queue."""


@dataclass(frozen=True, slots=True)
class SampleStrata:
    """By pair id the place of its stratum in `strata`, and the pairs that are in any queue at all."""

    strata: tuple[Stratum, ...]
    places: Mapping[int, int]
    queued: frozenset[int]


@dataclass(frozen=True, slots=True)
class DrawnQueue:
    """How a run's pairs were dealt out: the strata, and the pairs of each in the order of the queue."""

    strata: tuple[Stratum, ...]
    orders: tuple[tuple[int, ...], ...]
    queued: frozenset[int]

    def places(self) -> dict[int, int]:
        """By pair id the place of the stratum it was dealt out from."""
        return {pair: place for place, order in enumerate(self.orders) for pair in order}

    def reached(self, first: Mapping[int, bool], skipped: Container[int], broken: Container[int]) -> set[int]:
        """The decided pairs that are a sample; `first` says of each whether its first decision was made in the app."""
        return {pair for order in self.orders for pair in _front(order, first, skipped, broken)}


def drawn_queue(store: Store, run_id: int, known: Container[int]) -> DrawnQueue:
    """How those of a run's pairs that are `known` were dealt out."""
    items = store.rows(_ITEMS, (run_id,)).fetchall()
    dealt = {
        name: tuple(pair for pair in order if pair in known) for name, order in _by_stratum(_finest(items)).items()
    }
    there = {name: order for name, order in dealt.items() if order}
    return DrawnQueue(tuple(map(Stratum, there)), tuple(there.values()), frozenset(item[2] for item in items))


def sample_strata(
    store: Store, runs: Mapping[int, Sequence[int]], first: Mapping[int, bool], skipped: Container[int]
) -> SampleStrata:
    """The strata of the pairs of each run, broken ones left out; `first` as in `Dealing.reached`.

    Of several runs together only drawn and chosen pairs are told apart.
    """
    found = [_of_run(drawn_queue(store, run, set(ids)), ids, first, skipped) for run, ids in runs.items()]
    if len(found) == 1:
        return found[0]
    places = {pair: int(drawn.strata[place].chosen) for drawn in found for pair, place in drawn.places.items()}
    queued = frozenset(pair for drawn in found for pair in drawn.queued)
    return SampleStrata((Stratum("all"), Stratum(CHOSEN, chosen=True)), places, queued)


def _of_run(
    dealing: DrawnQueue, ids: Sequence[int], first: Mapping[int, bool], skipped: Container[int]
) -> SampleStrata:
    strata, places = list(dealing.strata), dealing.places()
    reached = dealing.reached(first, skipped, ())
    _rest(strata, places, [pair for pair in ids if pair not in places and pair not in first], NOT_DRAWN, chosen=False)
    _rest(strata, places, [pair for pair in ids if pair in first and pair not in reached], CHOSEN, chosen=True)
    return SampleStrata(tuple(strata), places, dealing.queued)


def _rest(strata: list[Stratum], places: dict[int, int], pairs: Sequence[int], name: str, *, chosen: bool) -> None:
    """Make a stratum of these pairs, where there are any."""
    if pairs:
        places.update(dict.fromkeys(pairs, len(strata)))
        strata.append(Stratum(name, chosen))


def _finest(rows: Iterable[tuple[int, str, int, str, int]]) -> list[DrawnPrefix]:
    """The queue that samples the run in most strata; a later draw is a stratum of its own."""
    found: dict[int, list[DrawnPrefix]] = {}
    for queue, kind, pair, stratum, draw in rows:
        if kind in _SAMPLED_KINDS or kind.startswith("tag:"):
            found.setdefault(queue, []).append((pair, stratum if draw == 1 else f"{stratum}, draw {draw}"))
    return max(found.values(), key=lambda dealt: len({stratum for _, stratum in dealt}), default=[])


def _by_stratum(dealt: Iterable[DrawnPrefix]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for pair, stratum in dealt:
        found.setdefault(stratum, []).append(pair)
    return found


def _front(
    order: Sequence[int], first: Mapping[int, bool], skipped: Container[int], broken: Container[int]
) -> Sequence[int]:
    """The pairs read up to the last place before which no more than a tenth was passed over; skipped ones were not.

    Broken pairs, and those whose first decision came from elsewhere, have no place.
    """
    read: list[int] = []
    place = passed = end = 0
    for pair in order:
        if pair in broken or not first.get(pair, True):
            continue
        place += 1
        if pair in first:
            read.append(pair)
            end = len(read) if passed <= _MOST_PASSED * place else end
        elif pair not in skipped:
            passed += 1
            if passed > _MOST_PASSED * len(order):
                break
    return read[:end]


_RULED = ("candidate", "baseline", "tie", "inconsistent")


_FLIPPED = f"""
SELECT v.pair_id FROM verdicts v JOIN pairs p ON p.id = v.pair_id
JOIN pairs o ON o.example_id = p.example_id AND o.turn = p.turn AND o.run_id = (
    SELECT max(b.id) FROM runs b JOIN runs r ON r.id = :run
    WHERE b.set_id = r.set_id AND b.baseline_id = r.baseline_id AND b.id < r.id
)
JOIN current_pairs c ON c.id = o.id
JOIN verdicts w ON w.pair_id = o.id AND w.judge_id = v.judge_id
WHERE v.run_id = :run AND v.judge_id = :judge AND v.verdict <> w.verdict
    AND v.verdict IN {_RULED} AND w.verdict IN {_RULED}
"""


def verdicts_of(store: Store, run_id: int) -> list[tuple[int, int, Verdict]]:
    """(judge id, pair id, verdict) of everything judged in a run."""
    rows = store.rows("SELECT judge_id, pair_id, verdict FROM verdicts WHERE run_id = ?", (run_id,))
    return [(judge_id, pair_id, Verdict(word)) for judge_id, pair_id, word in rows]


def confidences(store: Store, run_id: int, judge_id: int) -> dict[int, float]:
    """By pair id: the mean confidence of a judge's readable answers."""
    sql = (
        "SELECT j.pair_id, avg(j.confidence) FROM judgments j JOIN pairs p ON p.id = j.pair_id WHERE p.run_id = ?"
        " AND j.judge_id = ? AND j.superseded_by IS NULL AND j.confidence IS NOT NULL GROUP BY j.pair_id"
    )
    return dict(store.rows(sql, (run_id, judge_id)).fetchall())


def tagged_pairs(store: Store, run_id: int, tag: str) -> set[int]:
    """The pairs of a run whose example carries a tag."""
    sql = "SELECT p.id FROM pairs p JOIN tags t ON t.example_id = p.example_id AND t.tag = ? WHERE p.run_id = ?"
    return first_values(store, sql, (tag, run_id))


def carried_pairs(store: Store, run_id: int) -> set[int]:
    """The pairs of a run that have a decision carried from another run."""
    sql = "SELECT d.pair_id FROM current_decisions d JOIN pairs p ON p.id = d.pair_id WHERE d.kind = 'carried' AND p.run_id = ?"
    return first_values(store, sql, (run_id,))


def flipped_pairs(store: Store, run_id: int, judge_id: int) -> set[int]:
    """The pairs on which a judge says something else than in the last earlier run of the set against the same baseline."""
    return {row[0] for row in store.rows(_FLIPPED, {"run": run_id, "judge": judge_id})}
