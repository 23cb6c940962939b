"""How reviewers decide in the app: by the side and the length of the answer they chose, and how long they take."""

from uphold.records.numbers import Habits
from uphold.store.database import Store
from uphold.store.looked import Looked, Scope

_ANY = "SELECT 1 FROM sessions LIMIT 1"

_DECISIONS = """
SELECT d.reviewer_id, d.pair_id, v.choice, v.side_a, v.seconds FROM current_decisions d JOIN events v ON v.id = d.event_id
JOIN current_pairs p ON p.id = d.pair_id WHERE v.side_a IS NOT NULL AND {}
"""

_REPEATS = """
SELECT r.reviewer_id, r.pair_id, r.first = r.again FROM repeats r JOIN current_pairs p ON p.id = r.pair_id WHERE {}
"""

_SIGNS = {"candidate": 1, "baseline": -1}


def habits_of(store: Store, scope: Scope, looked: Looked) -> dict[int, Habits]:
    """By reviewer id: the decisions in the app on the pairs that were looked at, and the same pairs once more."""
    if store.one(_ANY) is None:
        return {}
    where, values = scope
    known = set(looked.ids)
    rows: dict[int, list[tuple[int, str, str, float | None]]] = {}
    for reviewer, *row in store.rows(_DECISIONS.format(where), values):
        if row[0] in known:
            rows.setdefault(reviewer, []).append((row[0], row[1], row[2], row[3]))
    twice: dict[int, list[bool]] = {}
    for reviewer, pair, same in store.rows(_REPEATS.format(where), values):
        if pair in known:
            twice.setdefault(reviewer, []).append(bool(same))
    return {reviewer: _habits(own, looked, twice.get(reviewer, [])) for reviewer, own in rows.items()}


def _habits(rows: list[tuple[int, str, str, float | None]], looked: Looked, twice: list[bool]) -> Habits:
    decided = [(pair, choice, side) for pair, choice, side, _ in rows if choice in _SIGNS]
    longer = [looked.differences.get(pair, 0) * _SIGNS[choice] for pair, choice, _ in decided]
    seconds = sorted(second for *_, second in rows if second is not None)
    return Habits(
        first=sum(choice == side for _, choice, side in decided),
        second=sum(choice != side for _, choice, side in decided),
        longer=sum(more > 0 for more in longer),
        shorter=sum(more < 0 for more in longer),
        repeated=len(twice),
        same=sum(twice),
        seconds=_median(seconds) if seconds else None,
    )


def _median(ordered: list[float]) -> float:
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
