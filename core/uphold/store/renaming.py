"""Renaming sets, systems and reviewers. Ids stay; names are what files, commands and people call them by."""

import sqlite3

from uphold.errors import BadUsage
from uphold.records.enums import REFERENCE
from uphold.store.runs import default_run_name

_NOUNS = {"sets": "set", "systems": "system", "reviewers": "reviewer"}


def rename(conn: sqlite3.Connection, table: str, old: str, new: str) -> int:
    """Rename a row of `sets`, `systems` or `reviewers` within the open transaction; return its id.

    Runs that are called by their default name are called by the new one. Raises BadUsage for a name that there is not, one
    that is taken, empty, or kept for the reference answers.
    """
    noun = _NOUNS[table]
    row = conn.execute(f"SELECT id FROM {table} WHERE name = ?", (old,)).fetchone()
    if row is None:
        names = ", ".join(repr(one) for (one,) in conn.execute(f"SELECT name FROM {table} ORDER BY name")) or "none yet"
        raise BadUsage(f"there is no {noun} {old!r}; {noun}s in this file: {names}")
    if not new.strip():
        raise BadUsage("the new name is empty; give one")
    if table == "systems" and REFERENCE in (old, new):
        raise BadUsage(
            f"{REFERENCE!r} is the name of the reference answers; no other system has it, and they have no other"
        )
    if conn.execute(f"SELECT 1 FROM {table} WHERE name = ?", (new,)).fetchone() is not None:
        raise BadUsage(f"there is a {noun} {new!r} already; two {noun}s cannot have one name")
    before = _default_names(conn)
    conn.execute(f"UPDATE {table} SET name = ? WHERE id = ?", (new, row[0]))
    if table == "reviewers":
        conn.execute("UPDATE packs SET reviewer = ? WHERE reviewer = ?", (new, old))
    if table == "sets":
        conn.execute("UPDATE imports SET set_name = ? WHERE set_name = ?", (new, old))
    _rename_runs(conn, before)
    return int(row[0])


_RUNS = """
SELECT r.id, r.name, s.name, c.name, b.name FROM runs r JOIN sets s ON s.id = r.set_id JOIN systems c ON c.id = r.candidate_id
JOIN systems b ON b.id = r.baseline_id ORDER BY r.id
"""


def _default_names(conn: sqlite3.Connection) -> dict[int, tuple[str, str, str, str]]:
    """Return (name, set, candidate, baseline) of the runs that are called by a default name, by id."""
    return {
        number: (name, *names)
        for number, name, *names in conn.execute(_RUNS).fetchall()
        if name == (short := f"{names[1]}-vs-{names[2]}") or name.startswith(f"{names[0]}:{short}")
    }


def _rename_runs(conn: sqlite3.Connection, before: dict[int, tuple[str, str, str, str]]) -> None:
    for number, _, *names in conn.execute(_RUNS).fetchall():
        if number in before and before[number][1:] != tuple(names):
            conn.execute("UPDATE runs SET name = ? WHERE id = ?", (f"\x00{number}", number))
            conn.execute("UPDATE runs SET name = ? WHERE id = ?", (default_run_name(conn, *names), number))
