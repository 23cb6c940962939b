"""What the statistics read: pairs that look alike, counted in SQL.

Votes and judgments are gathered into a short pattern per pair, so that what a pattern means is worked out once for all
pairs that share it.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypedDict

from uphold.records.judged import Judgment
from uphold.records.numbers import Cell, JudgeCells, RunCounts, Votes
from uphold.records.runs import Run
from uphold.records.words import BOTH_ORDERS, Choice, Order, Preference, Status, Verdict
from uphold.store.database import Store
from uphold.store.sets import set_hash

Ruler = Callable[[tuple[Judgment, ...], Mapping[Order, int] | None], Verdict]
"""(judgments on a pair, samples asked for in each order or None) -> the verdict they amount to."""

_VOTES = """
SELECT pair_id, group_concat(reviewer_id || ':' || choice, ' ') AS pattern FROM current_decisions GROUP BY pair_id
"""

_SAID = """
SELECT pair_id, group_concat(
    substr("order", 1, 1) || substr(status, 1, 1) || coalesce(substr(verdict, 1, 1), '-') || sample, ' ') AS said
FROM judgments INDEXED BY judgments_in_force WHERE superseded_by IS NULL AND judge_id = :judge GROUP BY judge_id, pair_id
"""

_ORDERS = {order.value[0]: order for order in Order}
_STATUSES = {status.value[0]: status for status in Status}
_WORDS = {word.value[0]: word for word in Preference}

Scope = tuple[str, dict[str, Any]]


def run_counts(store: Store, run: Run, ruler: Ruler, judge: str | None = None, tag: str | None = None) -> RunCounts:
    """The counts of one run, or of those of its examples that carry `tag`."""
    scope = _tagged("p.run_id = :run", {"run": run.id}, tag)
    _gather(store, scope)
    (several,) = store.one("SELECT count(DISTINCT example_id) < count(*) FROM counted")
    return RunCounts(
        set=run.set,
        set_hash=set_hash(store, run.set_id),
        run=run.name,
        candidate=run.candidate,
        baseline=run.baseline,
        votes=_people(store, bool(several)),
        judges=_judges(store, [run.id], ruler, judge, bool(several)),
        reviewers=_reviewers(store),
        **_beside(store, scope),
    )


def set_counts(
    store: Store, set_id: int, name: str, ruler: Ruler, judge: str | None = None, tag: str | None = None
) -> RunCounts:
    """The counts of all runs of a set together."""
    runs = [row[0] for row in store.rows("SELECT id FROM runs WHERE set_id = ? ORDER BY id", (set_id,))]
    scope = _tagged("p.run_id IN (SELECT id FROM runs WHERE set_id = :set)", {"set": set_id}, tag)
    _gather(store, scope)
    return RunCounts(
        set=name,
        set_hash=set_hash(store, set_id),
        run=None,
        candidate=None,
        baseline=None,
        votes=_people(store, True),
        judges=_judges(store, runs, ruler, judge, True),
        reviewers=_reviewers(store),
        pooled=True,
        **_beside(store, scope),
    )


def tags_of(store: Store, set_id: int) -> list[str]:
    """Every tag of a set's examples, by name."""
    sql = "SELECT DISTINCT t.tag FROM tags t JOIN examples e ON e.id = t.example_id WHERE e.set_id = ? ORDER BY 1"
    return [row[0] for row in store.rows(sql, (set_id,))]


def _tagged(where: str, values: dict[str, Any], tag: str | None) -> Scope:
    if tag is None:
        return where, values
    return where + " AND p.example_id IN (SELECT example_id FROM tags WHERE tag = :tag)", values | {"tag": tag}


def _gather(store: Store, scope: Scope) -> None:
    """The current pairs in scope with their votes, in a temporary table: what everything else counts."""
    where, values = scope
    store.rows("DROP TABLE IF EXISTS temp.counted")
    store.rows(
        "CREATE TEMP TABLE counted AS SELECT p.id AS pair_id, p.run_id, p.example_id, v.pattern,"
        " p.id IN (SELECT pair_id FROM broken_pairs) AS broken FROM current_pairs p"
        f" LEFT JOIN ({_VOTES}) v ON v.pair_id = p.id WHERE {where}",
        values,
    )


def _people(store: Store, clustered: bool) -> tuple[Cell, ...]:
    sql = f"SELECT pattern, {_cluster(clustered)}, count(*) FROM counted WHERE NOT broken GROUP BY 1, 2"
    merged: Counter[tuple[Votes, int]] = Counter()
    for pattern, cluster, count in store.rows(sql):
        merged[_votes(pattern), cluster] += count
    return tuple(Cell(votes, None, None, cluster, count) for (votes, cluster), count in merged.items())


def _cluster(clustered: bool) -> str:
    return "example_id" if clustered else "0"


@cache
def _votes(pattern: str | None) -> Votes:
    pairs = (vote.split(":", 1) for vote in pattern.split(" ")) if pattern else ()
    return tuple(sorted((int(reviewer), Choice(choice)) for reviewer, choice in pairs))


def _reviewers(store: Store) -> dict[int, str]:
    return dict(store.rows("SELECT id, name FROM reviewers ORDER BY id").fetchall())


def _judges(store: Store, runs: list[int], ruler: Ruler, wanted: str | None, clustered: bool) -> tuple[JudgeCells, ...]:
    marks = ", ".join("?" * len(runs))
    rows = store.rows(
        "SELECT id, name, version, kind FROM judges WHERE id IN"
        f" (SELECT judge_id FROM asked WHERE run_id IN ({marks})) ORDER BY kind = 'rules', id DESC",
        runs,
    ).fetchall()
    judges = (
        JudgeCells(
            number, name, version, kind, _judge_cells(store, number, ruler, clustered), _preferences(store, number)
        )
        for number, name, version, kind in rows
        if wanted in (None, name)
    )
    return tuple(judge for judge in judges if any(cell.verdict for cell in judge.cells))


def _judge_cells(store: Store, judge_id: int, ruler: Ruler, clustered: bool) -> tuple[Cell, ...]:
    rows = store.rows(
        f"SELECT c.pattern, v.said, c.run_id, {_cluster(clustered)}, count(*) FROM counted c LEFT JOIN ({_SAID}) v"
        " ON v.pair_id = c.pair_id WHERE NOT c.broken GROUP BY 1, 2, 3, 4",
        {"judge": judge_id},
    ).fetchall()
    asked = asked_of(store, judge_id)
    merged: Counter[tuple[Votes, Verdict | None, tuple[str, str] | None, int]] = Counter()
    ruled: dict[tuple[str | None, int], tuple[Verdict | None, tuple[str, str] | None]] = {}
    for pattern, said, run_id, cluster, count in rows:
        place = (said, run_id)
        if place not in ruled:
            ruled[place] = _ruled(said, asked.get(run_id), ruler)
        merged[_votes(pattern), *ruled[place], cluster] += count
    return tuple(Cell(*key, count) for key, count in merged.items())


def asked_of(store: Store, judge_id: int) -> dict[int, dict[Order, int]]:
    """By run id: the samples asked of a judge in each order; runs in which nothing was asked are left out."""
    asked: dict[int, dict[Order, int]] = {}
    sql = 'SELECT run_id, "order", samples FROM asked WHERE judge_id = ? AND samples > 0'
    for run_id, order, samples in store.rows(sql, (judge_id,)):
        asked.setdefault(run_id, {})[Order(order)] = samples
    return asked


def _ruled(
    said: str | None, asked: Mapping[Order, int] | None, ruler: Ruler
) -> tuple[Verdict | None, tuple[str, str] | None]:
    """The verdict of a pattern of judgments, and the words of its two orders where both are readable."""
    judgments = tuple(_judgment(one) for one in said.split(" ")) if said else ()
    if not judgments and asked is None:
        return None, None
    words = []
    for order in BOTH_ORDERS:
        own = tuple(judgment for judgment in judgments if judgment.order is order)
        word = ruler(own, None if asked is None else {order: asked.get(order, 0)}) if own else None
        if word is not None and word.preference is not None:
            words.append(word.value)
    return ruler(judgments, asked), (words[0], words[1]) if len(words) == 2 else None


def _judgment(one: str) -> Judgment:
    return Judgment(_ORDERS[one[0]], _STATUSES[one[1]], _WORDS.get(one[2]), int(one[3:]))


def _preferences(store: Store, judge_id: int) -> tuple[float, ...]:
    """The mean soft preference of each pair that has one."""
    soft = "SELECT 1 FROM judgments WHERE judge_id = ? AND preference IS NOT NULL LIMIT 1"
    if store.one(soft, (judge_id,)) is None:
        return ()
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
