"""The records of written reports, each with its figures and the digests of the facts behind them."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

from uphold.errors import BadDatabase
from uphold.records.replayed import Fact, FactKind, PairFacts, WrittenReport
from uphold.store.connections import DAMAGED
from uphold.store.database import Store, now

_COLUMNS = tuple(field.name for field in fields(WrittenReport))


def add_report(conn: sqlite3.Connection, report: WrittenReport) -> None:
    """Insert the record of a report that was written just now."""
    values = {name: getattr(report, name) for name in _COLUMNS}
    values["figures"] = json.dumps(dict(report.figures), ensure_ascii=True, separators=(",", ":"))
    values["facts"] = _written(report.facts)
    values["created_at"] = report.created_at or now()
    sql = f"INSERT INTO reports ({', '.join(_COLUMNS)}) VALUES ({', '.join(f':{name}' for name in _COLUMNS)})"
    conn.execute(sql, values)


def last_report(store: Store, run_id: int) -> WrittenReport | None:
    """Return the record of the last report of a run; None where there is none.

    Raises BadDatabase for one that uphold does not write.
    """
    sql = f"SELECT {', '.join(_COLUMNS)} FROM reports WHERE run_id = ? ORDER BY id DESC LIMIT 1"
    row = store.one(sql, (run_id,))
    if row is None:
        return None
    values = dict(zip(_COLUMNS, row, strict=True))
    try:
        values["figures"] = dict(json.loads(values["figures"]))
        values["facts"] = tuple(_read_facts(json.loads(values["facts"])))
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise BadDatabase(
            f"{store.path}: the record of the last report of run {run_id} cannot be read; {DAMAGED}"
        ) from error
    return WrittenReport(**values)


def reports_of_examples(conn: sqlite3.Connection, example_ids: Iterable[int]) -> list[str]:
    """Return the files of all reports on runs that have a pair of these examples, each once, the latest first."""
    sql = """
    SELECT path FROM reports
    WHERE run_id IN (SELECT run_id FROM pairs WHERE example_id IN (SELECT value FROM json_each(?)))
    GROUP BY path ORDER BY max(id) DESC
    """
    return [path for (path,) in conn.execute(sql, (json.dumps(sorted(example_ids)),))]


def _written(pairs: Iterable[PairFacts]) -> str:
    """Return the facts as JSON: a list for each pair, and in it one for each fact."""
    rows = [
        [pair.pair, pair.run, pair.key, pair.turn]
        + [[one.kind.value, one.id, one.digest, one.value, one.owner, one.label] for one in pair.facts]
        for pair in pairs
    ]
    return json.dumps(rows, ensure_ascii=True, separators=(",", ":"))


def _read_facts(rows: list[list[Any]]) -> Iterator[PairFacts]:
    for pair, run, key, turn, *facts in rows:
        yield PairFacts(int(pair), int(run), str(key), int(turn), tuple(map(_read_fact, facts)))


def _read_fact(row: list[Any]) -> Fact:
    kind, number, digest, value, owner, label = row
    return Fact(FactKind(kind), int(number), str(digest), str(value), int(owner), str(label))


@dataclass(frozen=True, slots=True)
class LaterActs:
    """What was done in a set that changes figures of some runs and is no fact on their pairs."""

    acts_elsewhere: int
    tags: int
    plans: int


_ACTS_ELSEWHERE = """
SELECT count(*) FROM events v JOIN pairs p ON p.id = v.pair_id JOIN runs r ON r.id = p.run_id
WHERE r.set_id = :set AND r.created_at <= :at AND v.created_at > :at AND r.id NOT IN (SELECT value FROM json_each(:runs))
"""

_TAGS = """
SELECT count(*) FROM tag_events t JOIN examples e ON e.id = t.example_id WHERE e.set_id = :set AND t.created_at > :at
"""

_PLANS = "SELECT count(*) FROM plans WHERE created_at > :at AND run_id IN (SELECT value FROM json_each(:runs))"


def later_acts(store: Store, set_id: int, run_ids: Iterable[int], at: str) -> LaterActs:
    """Count what was done in a set since a time (UTC, ISO 8601): tags, plans of these runs, and review acts in other runs.

    Runs that were made later are left out.
    """
    values = {"set": set_id, "runs": json.dumps(sorted(run_ids)), "at": at}
    return LaterActs(*(store.one(sql, values)[0] for sql in (_ACTS_ELSEWHERE, _TAGS, _PLANS)))
