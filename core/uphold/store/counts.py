"""What the statistics read: pairs that look alike, counted in SQL."""

from collections import Counter
from typing import Any, TypedDict

from uphold.records.numbers import Cell, JudgeCells, RunCounts, Votes
from uphold.records.runs import Run
from uphold.records.words import Choice, Verdict
from uphold.store.database import Store
from uphold.store.sets import set_hash

_VOTES = """
SELECT pair_id, group_concat(reviewer_id || ':' || choice, ' ') AS pattern FROM current_decisions GROUP BY pair_id
"""

Scope = tuple[str, dict[str, Any]]


def run_counts(store: Store, run: Run, judge: str | None = None, tag: str | None = None) -> RunCounts:
    """The counts of one run, or of those of its examples that carry `tag`."""
    where, values = _tagged("p.run_id = :run", {"run": run.id}, tag)
    several = store.one(
        f"SELECT 1 FROM current_pairs p WHERE {where} GROUP BY p.example_id HAVING count(*) > 1 LIMIT 1", values
    )
    names = (run.set, run.name, run.candidate, run.baseline)
    return _counts(
        store, run.set_id, names, (where, values), [run.id], judge, clustered=several is not None, pooled=False
    )


def set_counts(store: Store, set_id: int, name: str, judge: str | None = None, tag: str | None = None) -> RunCounts:
    """The counts of all runs of a set together."""
    runs = [row[0] for row in store.rows("SELECT id FROM runs WHERE set_id = ? ORDER BY id", (set_id,))]
    where, values = _tagged("p.run_id IN (SELECT id FROM runs WHERE set_id = :set)", {"set": set_id}, tag)
    return _counts(store, set_id, (name, None, None, None), (where, values), runs, judge, clustered=True, pooled=True)


def tags_of(store: Store, set_id: int) -> list[str]:
    """Every tag of a set's examples, by name."""
    sql = "SELECT DISTINCT t.tag FROM tags t JOIN examples e ON e.id = t.example_id WHERE e.set_id = ? ORDER BY 1"
    return [row[0] for row in store.rows(sql, (set_id,))]


def _tagged(where: str, values: dict[str, Any], tag: str | None) -> Scope:
    if tag is None:
        return where, values
    return where + " AND p.example_id IN (SELECT example_id FROM tags WHERE tag = :tag)", values | {"tag": tag}


def _counts(
    store: Store, set_id: int, names: tuple[str, str | None, str | None, str | None], scope: Scope, runs: list[int],
    judge: str | None, *, clustered: bool, pooled: bool,
) -> RunCounts:  # fmt: skip
    _gather(store, scope)
    votes = store.rows(
        f"SELECT pattern, NULL, NULL, NULL, {_cluster(clustered)}, count(*) FROM counted WHERE NOT broken GROUP BY 1, 5"
    )
    set_name, run, candidate, baseline = names
    return RunCounts(
        set=set_name,
        set_hash=set_hash(store, set_id),
        run=run,
        candidate=candidate,
        baseline=baseline,
        votes=_cells(votes),
        judges=_judges(store, runs, judge, clustered),
        reviewers=dict(store.rows("SELECT id, name FROM reviewers ORDER BY id").fetchall()),
        pooled=pooled,
        **_beside(store, scope),
    )


def _gather(store: Store, scope: Scope) -> None:
    """The current pairs in scope with their votes, in a temporary table: what everything else counts."""
    where, values = scope
    store.rows("DROP TABLE IF EXISTS temp.counted")
    store.rows(
        "CREATE TEMP TABLE counted AS SELECT p.id AS pair_id, p.example_id, v.pattern,"
        " p.id IN (SELECT pair_id FROM broken_pairs) AS broken FROM current_pairs p"
        f" LEFT JOIN ({_VOTES}) v ON v.pair_id = p.id WHERE {where}",
        values,
    )
    store.rows("CREATE INDEX temp.counted_pair ON counted(pair_id)")


def _cluster(clustered: bool) -> str:
    return "example_id" if clustered else "0"


def _cells(rows: Any) -> tuple[Cell, ...]:
    """Patterns that hold the same votes in another order are one."""
    merged: Counter[tuple[Votes, Verdict | None, tuple[str, str] | None, int]] = Counter()
    read: dict[str | None, Votes] = {None: ()}
    for pattern, verdict, first, second, cluster, count in rows:
        votes = read.get(pattern)
        if votes is None:
            votes = read[pattern] = _votes(pattern)
        word = Verdict(verdict) if verdict is not None else None
        merged[votes, word, (first, second) if first and second else None, cluster] += count
    return tuple(Cell(*key, count) for key, count in merged.items())


def _votes(pattern: str) -> Votes:
    pairs = (vote.split(":", 1) for vote in pattern.split(" "))
    return tuple(sorted((int(reviewer), Choice(choice)) for reviewer, choice in pairs))


def _judges(store: Store, runs: list[int], wanted: str | None, clustered: bool) -> tuple[JudgeCells, ...]:
    marks = ", ".join("?" * len(runs))
    rows = store.rows(
        "SELECT id, name, version, kind FROM judges WHERE id IN"
        f" (SELECT judge_id FROM asked WHERE run_id IN ({marks})) ORDER BY kind = 'rules', id DESC",
        runs,
    ).fetchall()
    judges = (
        JudgeCells(number, name, version, kind, _judge_cells(store, number, clustered), _preferences(store, number))
        for number, name, version, kind in rows
        if wanted in (None, name)
    )
    return tuple(judge for judge in judges if any(cell.verdict for cell in judge.cells))


def _judge_cells(store: Store, judge_id: int, clustered: bool) -> tuple[Cell, ...]:
    readable = "CASE WHEN {0} IN ('candidate', 'baseline', 'tie') THEN {0} END"
    rows = store.rows(
        f"""
        SELECT c.pattern, v.verdict, {readable.format("v.candidate_first")}, {readable.format("v.baseline_first")},
            {_cluster(clustered)}, count(*)
        FROM counted c LEFT JOIN (SELECT * FROM verdicts WHERE judge_id = ?) v ON v.pair_id = c.pair_id
        WHERE NOT c.broken GROUP BY 1, 2, 3, 4, 5
        """,
        (judge_id,),
    )
    return _cells(rows)


def _preferences(store: Store, judge_id: int) -> tuple[float, ...]:
    """The mean soft preference of each pair that has one."""
    rows = store.rows(
        "SELECT avg(j.preference) FROM counted c JOIN judgments j ON j.pair_id = c.pair_id AND j.judge_id = ?"
        " WHERE NOT c.broken AND j.superseded_by IS NULL AND j.preference IS NOT NULL GROUP BY c.pair_id",
        (judge_id,),
    )
    return tuple(row[0] for row in rows)


class _Beside(TypedDict):
    pairs: int
    skipped: int
    broken: int
    carried: int
    imported: int
    outside_queue: int
    stale: int
    retired: int


def _beside(store: Store, scope: Scope) -> _Beside:
    """What is counted beside the votes; stale and retired pairs are in scope but not current."""
    where, values = scope
    decided = "FROM counted c JOIN current_decisions d ON d.pair_id = c.pair_id"
    pairs, broken, skipped = store.one(
        "SELECT count(*), total(broken), total(pattern IS NULL AND pair_id IN"
        " (SELECT pair_id FROM acts_in_force WHERE kind = 'skip')) FROM counted"
    )
    carried, imported, outside = store.one(
        "SELECT count(DISTINCT CASE WHEN d.kind = 'carried' THEN c.pair_id END),"
        " count(DISTINCT CASE WHEN d.source = 'import' THEN c.pair_id END),"
        f" count(DISTINCT CASE WHEN c.pair_id NOT IN (SELECT pair_id FROM queue_items) THEN c.pair_id END) {decided}"
    )
    stale, retired = store.one(
        "SELECT total(e.status = 'active'), total(e.status <> 'active') FROM pairs p JOIN examples e ON e.id = p.example_id"
        f" WHERE {where} AND p.id NOT IN (SELECT pair_id FROM counted)",
        values,
    )
    return _Beside(
        pairs=pairs, skipped=int(skipped), broken=int(broken), carried=carried, imported=imported,
        outside_queue=outside, stale=int(stale), retired=int(retired),
    )  # fmt: skip
