"""What queues look at, and what people say of a pair in dispute."""

from dataclasses import dataclass

from uphold.records.words import Choice, Preference, Verdict
from uphold.store.database import Store

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

_PEOPLE = """
SELECT w.name, d.choice,
    (SELECT note FROM acts_in_force c WHERE c.pair_id = d.pair_id AND c.reviewer_id = d.reviewer_id AND c.kind = 'comment'
        ORDER BY seq DESC LIMIT 1),
    d.note,
    (SELECT note FROM acts_in_force c WHERE c.pair_id = d.pair_id AND c.reviewer_id = d.reviewer_id AND c.kind = 'reasons'
        ORDER BY seq DESC LIMIT 1),
    v.mode, v.verdict_shown, v.seconds, v.side_a
FROM current_decisions d JOIN reviewers w ON w.id = d.reviewer_id JOIN events v ON v.id = d.event_id
WHERE d.pair_id = ? ORDER BY w.name
"""

_SHARED = """
SELECT count(*), total(same) FROM (
    SELECT count(DISTINCT CASE d.choice WHEN 'both-bad' THEN 'tie' ELSE d.choice END) = 1 AS same
    FROM current_pairs p JOIN current_decisions d ON d.pair_id = p.id WHERE p.run_id = ?
    GROUP BY d.pair_id HAVING count(*) > 1
)
"""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One reviewer's current word on a pair; `reasons` as their event holds them, `blind`: made before the verdict."""

    reviewer: str
    choice: Choice
    note: str | None
    reasons: str | None
    blind: bool | None
    seconds: float | None
    side_a: Preference | None = None


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
    return _ids(store, sql, (tag, run_id))


def carried_pairs(store: Store, run_id: int) -> set[int]:
    """The pairs of a run that have a decision carried from another run."""
    sql = "SELECT d.pair_id FROM current_decisions d JOIN pairs p ON p.id = d.pair_id WHERE d.kind = 'carried' AND p.run_id = ?"
    return _ids(store, sql, (run_id,))


def flipped_pairs(store: Store, run_id: int, judge_id: int) -> set[int]:
    """The pairs on which a judge says something else than in the last earlier run of the set against the same baseline."""
    return {row[0] for row in store.rows(_FLIPPED, {"run": run_id, "judge": judge_id})}


def disputed_pairs(store: Store, run_id: int) -> list[int]:
    """The pairs of a run on which reviewers differ and that nobody marked broken, settled or not, by id."""
    sql = (
        "SELECT d.pair_id FROM disputes d JOIN pairs p ON p.id = d.pair_id WHERE p.run_id = ?"
        " AND d.pair_id NOT IN (SELECT pair_id FROM broken_pairs) ORDER BY d.pair_id"
    )
    return [row[0] for row in store.rows(sql, (run_id,))]


def settled_pairs(store: Store, run_id: int) -> set[int]:
    """The pairs of a run that somebody settled."""
    return _ids(
        store, "SELECT a.pair_id FROM adjudications a JOIN pairs p ON p.id = a.pair_id WHERE p.run_id = ?", (run_id,)
    )


def flagged_pairs(store: Store, run_id: int) -> list[int]:
    """The pairs of a run that somebody ever flagged, the first flag first."""
    sql = (
        "SELECT v.pair_id FROM events v JOIN pairs p ON p.id = v.pair_id WHERE p.run_id = ? AND v.kind = 'flag'"
        " GROUP BY v.pair_id ORDER BY min(v.seq)"
    )
    return [row[0] for row in store.rows(sql, (run_id,))]


def people_on(store: Store, pair_id: int) -> list[PersonRow]:
    """What each reviewer says of a pair, by name."""
    return [
        PersonRow(
            name, Choice(choice), comment or note or None, reasons, None if mode is None else not shown, seconds,
            Preference(side_a) if side_a else None,
        )
        for name, choice, comment, note, reasons, mode, shown, seconds, side_a in store.rows(_PEOPLE, (pair_id,))
    ]  # fmt: skip


def shared_pairs(store: Store, run_id: int) -> tuple[int, int]:
    """How many current pairs of a run several people read, and on how many of them they say the same."""
    shared, same = store.one(_SHARED, (run_id,))
    return int(shared), int(same)


def _ids(store: Store, sql: str, values: tuple[object, ...]) -> set[int]:
    return {row[0] for row in store.rows(sql, values)}
