"""By what a judge version is asked again: the spec it was asked or pinned by, and the run that asked it last."""

import json
import sqlite3

from uphold.errors import BadDatabase
from uphold.records.runs import Run
from uphold.store.database import Store, now
from uphold.store.runs import get_run


def record_spec(conn: sqlite3.Connection, judge_id: int, spec: str) -> None:
    """Record the spec that stands for a judge version: KIND:MODEL, rules:NAME, a name in uphold.toml or the path of a file."""
    if spec and _latest(conn, judge_id) != spec:
        sql = "INSERT INTO judge_specs (judge_id, spec, created_at) VALUES (?, ?, ?)"
        conn.execute(sql, (judge_id, spec, now()))


def find_spec(store: Store, judge_id: int) -> str | None:
    """Return the spec that a judge version was last asked or pinned by, None where none was recorded."""
    return _latest(store.conn, judge_id)


def _latest(conn: sqlite3.Connection, judge_id: int) -> str | None:
    row = conn.execute(
        "SELECT spec FROM judge_specs WHERE judge_id = ? ORDER BY id DESC LIMIT 1", (judge_id,)
    ).fetchone()
    return None if row is None else str(row[0])


def recorded_files(store: Store) -> list[str]:
    """Return the paths of the TOML files that stand for judge versions."""
    rows = store.rows("SELECT DISTINCT spec FROM judge_specs WHERE spec LIKE '%.toml' ORDER BY spec")
    return [path for (path,) in rows]


def judge_definition(store: Store, judge_id: int) -> dict[str, str]:
    """Return all of a judge version that changes an answer, as names and texts."""
    definition: dict[str, str] = json.loads(store.one("SELECT definition FROM judges WHERE id = ?", (judge_id,))[0])
    return definition


def criterion_names(store: Store, judge_id: int) -> tuple[str, ...]:
    """Return the names of the criteria that a judge version is asked beside the whole, in their order.

    Raises BadDatabase for a definition that uphold cannot have written.
    """
    try:
        return tuple(str(one["name"]) for one in json.loads(judge_definition(store, judge_id).get("criteria", "[]")))
    except (ValueError, TypeError, KeyError):
        raise BadDatabase(
            f"{store.path}: the definition in the table judges, row {judge_id}, is not one that uphold writes"
        ) from None


def last_run_asked(store: Store, judge_id: int, set_id: int) -> Run | None:
    """Return the latest run of a set that a judge was asked about; None where there is none."""
    sql = (
        "SELECT max(o.run_id) FROM judge_orders o JOIN runs r ON r.id = o.run_id WHERE o.judge_id = ? AND r.set_id = ?"
    )
    run_id = store.one(sql, (judge_id, set_id))[0]
    return None if run_id is None else get_run(store, run_id)
