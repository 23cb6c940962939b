"""The blessed run of a set: the one that later runs are held against."""

import sqlite3

from uphold.records.checkpoints import BlessedRun
from uphold.records.runs import Run
from uphold.store.database import Store, now
from uphold.store.runs import get_run


def bless(conn: sqlite3.Connection, run_id: int, note: str | None, reviewer_id: int | None) -> None:
    """Write that a run is the one of its set that later ones are held against from now on."""
    sql = "INSERT INTO blessed (run_id, note, reviewer_id, created_at) VALUES (?, ?, ?, ?)"
    conn.execute(sql, (run_id, note, reviewer_id, now()))


def find_blessed(store: Store, set_id: int) -> BlessedRun | None:
    """Return the blessed run of a set, None where none was blessed."""
    row = store.one("SELECT run_id, created_at, note, reviewer FROM blessed_runs WHERE set_id = ?", (set_id,))
    return None if row is None else BlessedRun(get_run(store, row[0]), *row[1:])


def blessed_run_of(store: Store, run: Run) -> Run | None:
    """Return the blessed run that a run is held against: that of its set, None where there is none or it is this one."""
    found = find_blessed(store, run.set_id)
    return None if found is None or found.run.id == run.id else found.run
