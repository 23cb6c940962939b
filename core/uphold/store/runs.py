"""Runs: finding and adding them, and where their responses came from."""

import sqlite3
from collections.abc import Collection

from uphold.errors import BadUsage
from uphold.records.runs import Run
from uphold.store.database import Store, now

_RUN = """
SELECT r.id, r.name, s.id, s.name, c.id, c.name, b.id, b.name, s.seed
FROM runs r JOIN sets s ON s.id = r.set_id JOIN systems c ON c.id = r.candidate_id JOIN systems b ON b.id = r.baseline_id
"""


def all_runs(store: Store) -> list[Run]:
    """Return every run, by number."""
    return [Run(*row) for row in store.rows(_RUN + " ORDER BY r.id")]


def find_run(store: Store, name_or_number: str | None) -> Run:
    """Return the run with this name or number, or with None the only run.

    Raises BadUsage, listing the runs, if there is no such run, or several with None.
    """
    runs = all_runs(store)
    if name_or_number is None:
        if not runs:
            raise BadUsage("there is no run yet; `uphold import FILE` or `uphold judge --set ...` makes one")
        return only_run(runs, "there are several runs")
    found = next((run for run in runs if run.name == name_or_number), None)
    if found is None:
        found = next((run for run in runs if str(run.number) == name_or_number), None)
    if found is None:
        raise BadUsage(f"there is no run {name_or_number!r}; name one of these, by name or number:\n" + _run_list(runs))
    return found


def only_run(runs: list[Run], several: str) -> Run:
    """Return the only run of a list; raises BadUsage, with the sentence `several` and the list, where it has more."""
    if len(runs) > 1:
        raise BadUsage(f"{several}; name one of them, by name or number:\n" + _run_list(runs))
    return runs[0]


def _run_list(runs: list[Run]) -> str:
    """Return the runs as lines of number and name, for an error message."""
    names = ((run.number, run.name if run.name.isprintable() else repr(run.name)) for run in runs)
    return "\n".join(f"  {number}  {name}" for number, name in names) or "  (none)"


def get_run(store: Store, run_id: int) -> Run:
    """Return the run with this id."""
    return Run(*store.one(_RUN + " WHERE r.id = ?", (run_id,)))


def find_or_add_run(conn: sqlite3.Connection, set_id: int, set_name: str, candidate: str, baseline: str) -> int:
    """Return the id of the run of two systems over a set, adding the run and the systems if they are new."""
    ids = []
    for name in (candidate, baseline):
        conn.execute("INSERT OR IGNORE INTO systems (name) VALUES (?)", (name,))
        ids.append(conn.execute("SELECT id FROM systems WHERE name = ?", (name,)).fetchone()[0])
    key = (set_id, *ids)
    sql = "SELECT id FROM runs WHERE set_id = ? AND candidate_id = ? AND baseline_id = ?"
    row = conn.execute(sql, key).fetchone()
    if row:
        return int(row[0])
    values = (*key, default_run_name(conn, set_name, candidate, baseline), now())
    inserted = conn.execute(
        "INSERT INTO runs (set_id, candidate_id, baseline_id, name, created_at) VALUES (?, ?, ?, ?, ?)", values
    )
    return int(inserted.lastrowid or 0)


def default_run_name(
    conn: sqlite3.Connection, set_name: str, candidate: str, baseline: str, taken: Collection[str] = ()
) -> str:
    """Return the first free name of `X-vs-Y`, `SET:X-vs-Y`, `SET:X-vs-Y-2`, `SET:X-vs-Y-3` and so on.

    `taken` are names of runs that are not in the database yet.
    """

    def is_taken(name: str) -> bool:
        return name in taken or _name_exists(conn, name)

    short = f"{candidate}-vs-{baseline}"
    full = f"{set_name}:{short}"
    for name in (short, full):
        if not is_taken(name):
            return name
    number = 2
    while is_taken(f"{full}-{number}"):
        number += 1
    return f"{full}-{number}"


def _name_exists(conn: sqlite3.Connection, name: str) -> bool:
    return conn.execute("SELECT 1 FROM runs WHERE name = ?", (name,)).fetchone() is not None


_FROM_OTHER_SETS = """
SELECT i.set_name, count(DISTINCT x.id) FROM current_pairs p JOIN runs r ON r.id = p.run_id JOIN sets s ON s.id = r.set_id
JOIN responses x ON x.id IN (p.candidate_response_id, p.baseline_response_id) JOIN imports i ON i.id = x.import_id
WHERE i.set_name NOT IN (s.name, '') AND {} GROUP BY i.set_name ORDER BY i.set_name
"""


def responses_from_other_sets(
    conn: sqlite3.Connection, *, run_id: int | None = None, set_name: str | None = None
) -> dict[str, int]:
    """Return by set name how many responses in the current pairs of a run, or of a set's runs, came with another set.

    Only imported responses came with a set; generated ones belong to their system alone.
    """
    if conn.execute("SELECT count(DISTINCT set_name) FROM imports").fetchone()[0] < 2:
        return {}
    condition, value = ("p.run_id = ?", run_id) if run_id is not None else ("s.name = ?", set_name)
    return dict(conn.execute(_FROM_OTHER_SETS.format(condition), (value,)).fetchall())
