"""Scores of benchmarks: what an import changes of them, what counts, and the documents that two systems share."""

import json
import math
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from uphold.errors import BadFile, BadUsage
from uphold.records.scores import (
    BenchmarkItem,
    ImportedItem,
    ImportedScore,
    ItemCounts,
    Score,
    SystemScores,
)
from uphold.store.database import Store

_SAME = 1e-6
"""Two numbers that differ by a smaller share are one number, computed twice."""


@dataclass(slots=True)
class ScoreChanges:
    """What writing scores would change: new ones, those that only gain documents, and how many were there already.

    `added` are (score, id of the score that it replaces or None), `completed` are (score, id of its row).
    """

    added: list[tuple[ImportedScore, int | None]] = field(default_factory=list)
    completed: list[tuple[ImportedScore, int]] = field(default_factory=list)
    already_there: int = 0

    def __bool__(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.added or self.completed)

    @property
    def replaced(self) -> int:
        """How many scores are replaced by later ones."""
        return sum(earlier is not None for _, earlier in self.added)

    @property
    def items(self) -> int:
        """How many results of single documents are new."""
        return sum(len(score.items) for score, _ in (*self.added, *self.completed))


_EARLIER = """
SELECT s.id, s.value, s.error, s.n, s.higher_is_better, s.leaves,
    s.id IN (SELECT id FROM current_scores c WHERE c.system_id = s.system_id),
    (SELECT count(*) FROM item_results r WHERE r.score_id = s.id)
FROM scores s JOIN systems y ON y.id = s.system_id
WHERE y.name = ? AND s.task = ? AND s.metric = ? AND s.filter = ? ORDER BY s.id DESC
"""


def score_changes(conn: sqlite3.Connection, scores: Sequence[ImportedScore], *, update: bool) -> ScoreChanges:
    """Return what writing scores would change; one that is there, superseded or not, changes nothing.

    With `update` a score that differs from the one that counts replaces it. Raises BadFile for it without.
    """
    changes = ScoreChanges()
    for score in scores:
        rows = conn.execute(_EARLIER, (score.system, score.task, score.metric, score.filter)).fetchall()
        same = [row for row in rows if _is_same(conn, score, row) and (row[6] or not update)]
        if same:
            row_id, known = same[0][0], same[0][7]
            if score.items and not known:
                changes.completed.append((score, row_id))
            else:
                changes.already_there += 1
        elif rows and not update:
            raise BadFile(
                f"{score.source}: {score.name} of {score.system!r} is {score.value:g} here and {rows[0][1]:g} in the"
                " database; --update takes the new one, --system NAME keeps both under two names"
            )
        else:
            changes.added.append((score, rows[0][0] if rows else None))
    return changes


def _is_same(conn: sqlite3.Connection, score: ImportedScore, row: tuple[object, ...]) -> bool:
    row_id, value, error, n, higher, leaves, _, known = row
    numbers = ((score.value, value), (score.error, error), (score.n, n))
    if not all(_equal(mine, other) for mine, other in numbers) or score.higher_is_better is not bool(higher):
        return False
    if list(score.leaves) != json.loads(str(leaves)):
        return False
    return not score.items or not known or _same_items(conn, score.items, int(str(row_id)))


def _equal(mine: float | None, other: object) -> bool:
    """Whether two numbers are the same; one that a file does not have contradicts nothing."""
    return mine is None or other is None or math.isclose(mine, float(str(other)), rel_tol=_SAME, abs_tol=1e-12)


def _same_items(conn: sqlite3.Connection, items: Sequence[ImportedItem], score_id: int) -> bool:
    rows = conn.execute(
        "SELECT i.doc_hash, i.occurrence, r.passed FROM item_results r JOIN benchmark_items i ON i.id = r.item_id"
        " WHERE r.score_id = ?",
        (score_id,),
    )
    return {tuple(row) for row in rows} == {(item.doc_hash, item.occurrence, int(item.passed)) for item in items}


def write_scores(conn: sqlite3.Connection, changes: ScoreChanges, import_id: int, at: str) -> None:
    """Write what an import changes of the scores, under its number; the caller holds the write lock."""
    for score, _ in changes.added:
        conn.execute("INSERT OR IGNORE INTO systems (name, import_id) VALUES (?, ?)", (score.system, import_id))
        cursor = conn.execute(
            "INSERT INTO scores (system_id, task, metric, filter, value, error, n, higher_is_better, leaves, created_at,"
            " import_id) VALUES ((SELECT id FROM systems WHERE name = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                score.system,
                score.task,
                score.metric,
                score.filter,
                score.value,
                score.error,
                score.n,
                score.higher_is_better,
                json.dumps(score.leaves),
                at,
                import_id,
            ),
        )
        _write_items(conn, score, int(cursor.lastrowid or 0), import_id)
    for score, row_id in changes.completed:
        _write_items(conn, score, row_id, import_id)


def _write_items(conn: sqlite3.Connection, score: ImportedScore, score_id: int, import_id: int) -> None:
    conn.executemany(
        "INSERT OR IGNORE INTO benchmark_items (task, doc_hash, occurrence, place, asked, import_id) VALUES (?, ?, ?, ?, ?, ?)",
        [(score.task, item.doc_hash, item.occurrence, item.place, item.asked, import_id) for item in score.items],
    )
    conn.executemany(
        "INSERT INTO item_results (score_id, item_id, passed, import_id) SELECT ?, id, ?, ? FROM benchmark_items"
        " WHERE task = ? AND doc_hash = ? AND occurrence = ?",
        [(score_id, item.passed, import_id, score.task, item.doc_hash, item.occurrence) for item in score.items],
    )


def find_system(store: Store, name: str) -> str:
    """Return the system of this name, or the candidate of the run of this name. Raises BadUsage."""
    for sql in (
        "SELECT name FROM systems WHERE name = ?",
        "SELECT s.name FROM runs r JOIN systems s ON s.id = r.candidate_id WHERE r.name = ?",
    ):
        row = store.rows(sql, (name,)).fetchone()
        if row is not None:
            return str(row[0])
    known = ", ".join(map(repr, systems_with_scores(store))) or "none has one yet"
    raise BadUsage(f"there is no system {name!r}; with scores: {known}")


def systems_with_scores(store: Store) -> list[str]:
    """Return the systems that have a score, in the order they came."""
    rows = store.rows("SELECT y.name FROM systems y WHERE y.id IN (SELECT system_id FROM scores) ORDER BY y.id")
    return [row[0] for row in rows]


_SCORES = """
SELECT c.id, c.task, c.metric, c.filter, c.value, c.error, c.n, c.higher_is_better, c.leaves,
    (SELECT count(*) FROM item_results r WHERE r.score_id = c.id)
FROM current_scores c WHERE c.system = ? ORDER BY c.id
"""


def scores_of(store: Store, system: str) -> SystemScores:
    """Return the scores of a system that count."""
    found = [
        Score(row_id, task, metric, name_of_filter, value, error, n, bool(higher), tuple(json.loads(leaves)), items)
        for row_id, task, metric, name_of_filter, value, error, n, higher, leaves, items in store.rows(
            _SCORES, (system,)
        )
    ]
    return SystemScores.of(system, _with_items_of_leaves(found))


def _with_items_of_leaves(scores: Sequence[Score]) -> list[Score]:
    """Return scores, groups with the number of documents that their tasks have."""
    of_tasks = {(one.task, one.metric, one.filter): one.items for one in scores}
    return [
        replace(one, items=sum(of_tasks.get((leaf, one.metric, one.filter), 0) for leaf in one.leaves))
        if one.leaves
        else one
        for one in scores
    ]


_SHARED = """
SELECT a.task, a.metric, a.filter, sum(x.passed AND y.passed), sum(x.passed AND NOT y.passed), sum(y.passed AND NOT x.passed),
    sum(NOT x.passed AND NOT y.passed)
FROM current_scores a JOIN current_scores b ON b.task = a.task AND b.metric = a.metric AND b.filter = a.filter
JOIN item_results x ON x.score_id = a.id JOIN item_results y ON y.score_id = b.id AND y.item_id = x.item_id
WHERE a.system = ? AND b.system = ? GROUP BY a.id
"""

_CHANGED = """
SELECT a.task, a.metric, a.filter, y.passed, i.task, i.doc_hash, i.place, i.asked
FROM current_scores a JOIN current_scores b ON b.task = a.task AND b.metric = a.metric AND b.filter = a.filter
JOIN item_results x ON x.score_id = a.id
JOIN item_results y ON y.score_id = b.id AND y.item_id = x.item_id AND y.passed != x.passed
JOIN benchmark_items i ON i.id = x.item_id
WHERE a.system = ? AND b.system = ? ORDER BY a.id, i.id
"""


@dataclass(frozen=True)
class SharedItems:
    """The documents that two systems were both scored on, by (task, metric, filter): counts, and those lost and won."""

    counts: dict[tuple[str, str, str], ItemCounts]
    lost: dict[tuple[str, str, str], list[BenchmarkItem]]
    won: dict[tuple[str, str, str], list[BenchmarkItem]]

    def of(
        self, before: Score, after: Score
    ) -> tuple[ItemCounts | None, tuple[BenchmarkItem, ...], tuple[BenchmarkItem, ...]]:
        """Return counts and changed documents of a score, those of a group pooled over its tasks.

        There are none where one of the tasks shares no document, or the two groups are made of different tasks.
        """
        if set(before.leaves) != set(after.leaves):
            return None, (), ()
        places = [(task, before.metric, before.filter) for task in dict.fromkeys(before.leaves or (before.task,))]
        if not all(place in self.counts for place in places):
            return None, (), ()
        total = sum((self.counts[place] for place in places), ItemCounts())
        return total, tuple(self._items(self.lost, places)), tuple(self._items(self.won, places))

    @staticmethod
    def _items(
        found: dict[tuple[str, str, str], list[BenchmarkItem]], places: Sequence[tuple[str, str, str]]
    ) -> Iterator[BenchmarkItem]:
        for place in places:
            yield from found.get(place, ())


def shared_items(store: Store, before: str, after: str) -> SharedItems:
    """Return the documents that two systems were both scored on."""
    counts = {(row[0], row[1], row[2]): ItemCounts(*row[3:]) for row in store.rows(_SHARED, (before, after))}
    lost: dict[tuple[str, str, str], list[BenchmarkItem]] = {}
    won: dict[tuple[str, str, str], list[BenchmarkItem]] = {}
    for row in store.rows(_CHANGED, (before, after)):
        (won if row[3] else lost).setdefault((row[0], row[1], row[2]), []).append(BenchmarkItem(*row[4:]))
    return SharedItems(counts, lost, won)
