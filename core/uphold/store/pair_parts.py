"""Parts of a run's pairs: by tag, by turn, by a judge's confidence."""

from collections.abc import Collection
from typing import TypeVar

from uphold.records.runs import Run
from uphold.store.database import Store

Key = TypeVar("Key", str, int)

_TAGS = "SELECT t.tag, p.id FROM current_pairs p JOIN tags t ON t.example_id = p.example_id WHERE p.run_id = ? ORDER BY 1, 2"

_TURNS = "SELECT turn, id FROM current_pairs WHERE run_id = ? ORDER BY 1, 2"

_CONFIDENCES = """
SELECT j.pair_id, round(avg(j.confidence), 3) FROM standing_judgments j JOIN pairs p ON p.id = j.pair_id
WHERE j.judge_id = ? AND p.run_id = ? AND j.status = 'readable' AND j.confidence IS NOT NULL GROUP BY j.pair_id
"""


def pairs_by_tag(store: Store, run: Run) -> dict[str, set[int]]:
    """Return the current pairs of a run by tag."""
    return _sets(store.rows(_TAGS, (run.id,)).fetchall())


def pairs_by_turn(store: Store, run: Run) -> dict[int, set[int]]:
    """Return the current pairs of a run by turn."""
    return _sets(store.rows(_TURNS, (run.id,)).fetchall())


def _sets(rows: Collection[tuple[Key, int]]) -> dict[Key, set[int]]:
    found: dict[Key, set[int]] = {}
    for key, pair_id in rows:
        found.setdefault(key, set()).add(pair_id)
    return found


def mean_confidences(store: Store, run: Run, judge_id: int) -> dict[int, float]:
    """Return a judge's mean confidence in its verdict, by pair id, where it stated one."""
    return dict(store.rows(_CONFIDENCES, (judge_id, run.id)).fetchall())
