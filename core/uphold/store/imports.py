"""Records of imports: what each brought, and taking one back."""

import json
import sqlite3
from dataclasses import dataclass

from uphold.errors import BadUsage
from uphold.records.rows import ImportSummary
from uphold.store.database import Store, now

# Children before parents; every row an import wrote carries its number.
_WRITTEN = (
    "events", "judgments", "asked", "pairs", "replacements", "responses", "runs", "judges", "reviewers", "tags",
    "example_events",
)  # fmt: skip


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
    conn.execute("UPDATE asked SET import_id = NULL WHERE import_id = ?", (number,))
    for table in ("judges", "reviewers", "systems"):
        conn.execute(f"DELETE FROM {table} WHERE import_id = ?", (number,))
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
    store.db.execute("PRAGMA foreign_keys=OFF")
    try:
        with store.writing() as conn:
            _delete(conn, number)
            _refuse_if_built_on(conn, number)
    finally:
        store.db.execute("PRAGMA foreign_keys=ON")
    return found


def _delete(conn: sqlite3.Connection, number: int) -> None:
    """Delete what the import wrote, and bring back what it had replaced; foreign keys are looked at afterwards."""
    _restore_texts(conn, number)
    mine = "SELECT id FROM {} WHERE import_id = :n"
    conn.execute(
        f"UPDATE judgments SET superseded_by = NULL WHERE superseded_by IN ({mine.format('judgments')})"
        " AND import_id IS NOT :n",
        {"n": number},
    )
    conn.execute(f"DELETE FROM queue_items WHERE pair_id IN ({mine.format('pairs')})", {"n": number})
    for table in _WRITTEN:
        conn.execute(f"DELETE FROM {table} WHERE import_id = ?", (number,))
    conn.execute("DELETE FROM queues WHERE run_id NOT IN (SELECT id FROM runs)")
    conn.execute("DELETE FROM examples WHERE id NOT IN (SELECT example_id FROM example_events)")
    _delete_unused_texts(conn)
    for table in ("systems", "sets", "odd_rows"):
        conn.execute(f"DELETE FROM {table} WHERE import_id = ?", (number,))
    conn.execute("DELETE FROM imports WHERE id = ?", (number,))


def _delete_unused_texts(conn: sqlite3.Connection) -> None:
    users = ("examples", "example_events", "responses", "pairs")
    used = " UNION ".join(f"SELECT text_id FROM {table}" for table in users)
    conn.execute(f"DELETE FROM text_turns WHERE text_id NOT IN ({used})")
    conn.execute(f"DELETE FROM texts WHERE id NOT IN ({used})")


def _restore_texts(conn: sqlite3.Connection, number: int) -> None:
    """Examples that this import edited get the text they had before."""
    conn.execute(
        "UPDATE examples SET text_id = (SELECT text_id FROM example_events v WHERE v.example_id = examples.id"
        " AND v.import_id IS NOT ? ORDER BY v.id DESC LIMIT 1) WHERE id IN"
        " (SELECT example_id FROM example_events WHERE import_id = ? AND kind = 'edited')"
        " AND id IN (SELECT example_id FROM example_events WHERE import_id IS NOT ?)",
        (number, number, number),
    )


_BUILT = {
    "events": "reviews of its pairs",
    "judgments": "judgments of its pairs",
    "pairs": "pairs of its examples or responses",
    "responses": "responses to its examples",
    "runs": "runs of its systems",
    "sessions": "review sessions of its runs",
    "queues": "review queues of its runs",
    "asked": "judge runs of its pairs",
    "replacements": "responses that replace its own",
    "example_events": "later edits of its examples",
}


def _refuse_if_built_on(conn: sqlite3.Connection, number: int) -> None:
    tables = {row[0] for row in conn.execute("PRAGMA foreign_key_check")}
    if tables:
        what = ", ".join(_BUILT.get(table, f"rows of {table}") for table in sorted(tables))
        raise BadUsage(f"import {number} cannot be taken back: others have built on it ({what}); nothing was changed")
