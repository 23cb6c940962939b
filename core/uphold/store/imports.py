"""Records of imports: what each brought; nothing else is ever deleted than an import that is taken back."""

import json
import sqlite3
from dataclasses import dataclass

from uphold.errors import BadUsage
from uphold.records.rows import ImportSummary
from uphold.store.database import Store, now


@dataclass(frozen=True, slots=True)
class ImportRecord:
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


def all_imports(store: Store) -> list[ImportRecord]:
    """Every recorded import, oldest first."""
    rows = store.rows("SELECT id, at, format, files, set_name, summary FROM imports ORDER BY id")
    return [ImportRecord(r[0], r[1], r[2], tuple(json.loads(r[3])), r[4], json.loads(r[5])) for r in rows]


def drop_import(store: Store, number: int) -> ImportRecord:
    """Take an import back; raises BadUsage, with nothing changed, where something was built on it."""
    found = next((i for i in all_imports(store) if i.number == number), None)
    if found is None:
        raise BadUsage(f"there is no import {number}; `uphold imports` lists them")
    store.conn.execute("PRAGMA foreign_keys=OFF")
    try:
        with store.writing() as conn:
            delete_import(conn, number)
    finally:
        store.conn.execute("PRAGMA foreign_keys=ON")
    return found


# Children before parents; every row an import wrote carries its number.
_FACTS = ("events", "judgments", "pairs", "replacements", "responses", "tags", "example_events")


# Names that later imports may use without building on this one, and who uses them: (id, import).
_NAMES = {
    "runs": "SELECT run_id AS id, import_id FROM pairs",
    "judges": "SELECT judge_id AS id, import_id FROM judgments",
    "reviewers": "SELECT reviewer_id AS id, import_id FROM events",
    "systems": "SELECT system_id AS id, import_id FROM responses"
    " UNION ALL SELECT candidate_id, import_id FROM runs UNION ALL SELECT baseline_id, import_id FROM runs",
    "sets": "SELECT e.set_id AS id, v.import_id FROM examples e JOIN example_events v ON v.example_id = e.id"
    " AND v.kind = 'added' UNION ALL SELECT set_id, import_id FROM runs",
}


_BUILT = {
    "events": "reviews of its pairs",
    "judgments": "judgments of its pairs",
    "pairs": "pairs of its examples or responses",
    "responses": "responses to its examples",
    "runs": "runs of its systems",
    "sessions": "review sessions of its runs",
    "asked": "judges asked about its runs",
    "batches": "batches of its runs",
    "batch_items": "batches of its pairs",
    "generations": "how its systems answered",
    "generated_turns": "generated answers to its examples",
    "generation_claims": "answers that are being generated",
    "perplexities": "perplexities of its systems or examples",
    "replacements": "replacements of its responses",
    "example_events": "edits of its examples",
    "tags": "tags of its examples",
}


def delete_import(conn: sqlite3.Connection, number: int) -> None:
    """Delete what the import wrote and bring back what it had replaced; the caller holds the lock, foreign keys are off.

    Raises BadUsage where something that is not the import's own then points at nothing; the caller rolls back.
    """
    _restore_texts(conn, number)
    texts, heirs = _texts(conn, number), _heirs(conn, number)
    mine = "SELECT id FROM pairs WHERE import_id = ?"
    conn.execute(f"DELETE FROM queue_items WHERE pair_id IN ({mine})", (number,))
    conn.execute(
        "DELETE FROM examples WHERE id IN (SELECT example_id FROM example_events WHERE import_id = ? AND kind = 'added')",
        (number,),
    )
    for table in _FACTS:
        conn.execute(f"DELETE FROM {table} WHERE import_id = ?", (number,))
    conn.executemany("UPDATE judgments SET superseded_by = ? WHERE id = ?", heirs)
    _delete_asked(conn, number)
    for table, users in _NAMES.items():
        _delete_name(conn, table, users, number)
    conn.execute("DELETE FROM queues WHERE run_id NOT IN (SELECT id FROM runs)")
    _delete_texts(conn, texts)
    conn.execute("DELETE FROM odd_rows WHERE import_id = ?", (number,))
    conn.execute("DELETE FROM imports WHERE id = ?", (number,))
    _refuse_if_built_on(conn, number)


def _restore_texts(conn: sqlite3.Connection, number: int) -> None:
    """Examples that this import edited get the text they have without it."""
    conn.execute(
        "UPDATE examples SET text_id = (SELECT text_id FROM example_events v WHERE v.example_id = examples.id"
        " AND v.import_id IS NOT :n ORDER BY v.id DESC LIMIT 1) WHERE id IN"
        " (SELECT example_id FROM example_events WHERE import_id = :n AND kind = 'edited')"
        " AND id NOT IN (SELECT example_id FROM example_events WHERE import_id = :n AND kind = 'added')",
        {"n": number},
    )


def _texts(conn: sqlite3.Connection, number: int) -> list[tuple[int]]:
    """Texts that the import gave to examples or answered."""
    tables = ("example_events", "responses", "pairs")
    sql = " UNION ".join(f"SELECT text_id FROM {table} WHERE import_id = :n" for table in tables)
    return conn.execute(sql, {"n": number}).fetchall()


def _heirs(conn: sqlite3.Connection, number: int) -> list[tuple[int | None, int]]:
    """(what supersedes it without this import, judgment) for the judgments of others that this import superseded."""
    return conn.execute(
        """
        WITH RECURSIVE mine AS (SELECT id, superseded_by FROM judgments WHERE import_id = :n),
        heirs(id, heir) AS (
            SELECT j.id, mine.superseded_by FROM judgments j JOIN mine ON mine.id = j.superseded_by
            WHERE j.import_id IS NOT :n
            UNION SELECT heirs.id, mine.superseded_by FROM heirs JOIN mine ON mine.id = heirs.heir
        )
        SELECT heir, id FROM heirs WHERE heir IS NULL OR heir NOT IN (SELECT id FROM mine)
        """,
        {"n": number},
    ).fetchall()


def _delete_asked(conn: sqlite3.Connection, number: int) -> None:
    """A run forgets the import's judges, except where later imports brought more of their judgments on it."""
    others = (
        'FROM judgments j JOIN pairs p ON p.id = j.pair_id WHERE p.run_id = asked.run_id AND j."order" = asked."order"'
        " AND j.judge_id = asked.judge_id"
    )
    sql = f"DELETE FROM asked WHERE import_id = ? AND NOT EXISTS (SELECT 1 {others})"
    conn.execute(sql, (number,))
    sql = f"UPDATE asked SET import_id = (SELECT min(j.import_id) {others}) WHERE import_id = ?"
    conn.execute(sql, (number,))


def _delete_name(conn: sqlite3.Connection, table: str, users: str, number: int) -> None:
    """Delete what nobody else uses, and make the rest the next user's (nobody's where that is no import)."""
    conn.execute(f"DELETE FROM {table} WHERE import_id = ? AND id NOT IN (SELECT id FROM ({users}))", (number,))
    heir = f"SELECT CASE WHEN count(*) = count(u.import_id) THEN min(u.import_id) END FROM ({users}) u WHERE u.id = {table}.id"
    conn.execute(f"UPDATE {table} SET import_id = ({heir}) WHERE import_id = ?", (number,))


def _delete_texts(conn: sqlite3.Connection, texts: list[tuple[int]]) -> None:
    """Delete those of these texts that no example has or had."""
    unused = "id = ? AND id NOT IN (SELECT text_id FROM examples UNION SELECT text_id FROM example_events)"
    conn.executemany(f"DELETE FROM texts WHERE {unused}", texts)
    conn.execute("DELETE FROM text_turns WHERE text_id NOT IN (SELECT id FROM texts)")


def _refuse_if_built_on(conn: sqlite3.Connection, number: int) -> None:
    tables = {row[0] for row in conn.execute("PRAGMA foreign_key_check")}
    if tables:
        what = ", ".join(_BUILT.get(table, f"rows of {table}") for table in sorted(tables))
        raise BadUsage(f"import {number} cannot be taken back: others have built on it ({what}); nothing was changed")
