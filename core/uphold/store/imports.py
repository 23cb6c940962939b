"""Records of imports: what each brought; nothing else is ever deleted than an import that is taken back."""

import json
import sqlite3
from dataclasses import dataclass

from uphold.errors import BadUsage
from uphold.records.rows import ImportSummary
from uphold.store import dropping
from uphold.store.database import Store, now


@dataclass(frozen=True, slots=True)
class Import:
    """One recorded import."""

    number: int
    at: str
    format: str
    files: tuple[str, ...]
    set: str
    counts: dict[str, int]


def open_import(conn: sqlite3.Connection) -> int:
    """A number for the import that begins."""
    sql = "INSERT INTO imports (at, format, files, set_name, summary) VALUES (?, '', '[]', '', '{}')"
    return int(conn.execute(sql, (now(),)).lastrowid or 0)


def close_import(conn: sqlite3.Connection, number: int, summary: ImportSummary) -> None:
    """Record what the import brought."""
    names = ("rows", "examples", "responses", "pairs", "judgments", "reviews", "carried", "edited", "replaced")
    counts = {name: getattr(summary, name) for name in names}
    conn.execute(
        "UPDATE imports SET format = ?, files = ?, set_name = ?, summary = ? WHERE id = ?",
        (summary.format, json.dumps(summary.files), summary.set, json.dumps(counts), number),
    )
    conn.executemany(
        "INSERT INTO odd_rows (import_id, place, what) VALUES (?, ?, ?)",
        [(number, str(odd.where), odd.what) for odd in summary.odd],
    )


def forget_import(conn: sqlite3.Connection, number: int, set_id: int) -> None:
    """Nothing was new: leave no trace."""
    conn.execute("DELETE FROM sets WHERE id = ? AND import_id = ?", (set_id, number))
    conn.execute("DELETE FROM imports WHERE id = ?", (number,))


def all_imports(store: Store) -> list[Import]:
    """Every recorded import, oldest first."""
    rows = store.rows("SELECT id, at, format, files, set_name, summary FROM imports ORDER BY id")
    return [Import(r[0], r[1], r[2], tuple(json.loads(r[3])), r[4], json.loads(r[5])) for r in rows]


def drop_import(store: Store, number: int) -> Import:
    """Take an import back; raises BadUsage, with nothing changed, where something was built on it."""
    found = next((i for i in all_imports(store) if i.number == number), None)
    if found is None:
        raise BadUsage(f"there is no import {number}; `uphold imports` lists them")
    store.conn.execute("PRAGMA foreign_keys=OFF")
    try:
        with store.writing() as conn:
            dropping.drop(conn, number)
    finally:
        store.conn.execute("PRAGMA foreign_keys=ON")
    return found
