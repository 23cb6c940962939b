"""Records of imports, and dropping an import with everything it wrote.

Nothing else is ever deleted from a database.
"""

import json
import shlex
import sqlite3
from dataclasses import dataclass

from uphold.errors import BadUsage
from uphold.records.rows import ImportSummary
from uphold.store.database import Store
from uphold.store.halves import drop_unused_halves
from uphold.store.outcomes import write_labels, write_verdicts
from uphold.store.texts import delete_unused_references, delete_unused_texts


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """A recorded import; `counts` is how many rows it had, and how many of each kind it added."""

    number: int
    at: str
    format: str
    files: tuple[str, ...]
    set: str
    counts: dict[str, int]


def next_number(conn: sqlite3.Connection) -> int:
    """Return the number of the next import; the caller holds the write lock."""
    return int(conn.execute("SELECT coalesce(max(id), 0) + 1 FROM imports").fetchone()[0])


def open_import(conn: sqlite3.Connection, number: int, at: str) -> None:
    """Insert the record of an import whose rows are about to be written."""
    sql = "INSERT INTO imports (id, created_at, format, files, set_name, summary) VALUES (?, ?, '', '[]', '', '{}')"
    conn.execute(sql, (number, at))


def close_import(conn: sqlite3.Connection, number: int, summary: ImportSummary) -> None:
    """Complete the record of an import with its summary and warnings."""
    names = (
        "rows",
        "examples",
        "responses",
        "pairs",
        "judgments",
        "reviews",
        "carried",
        "edited",
        "replaced",
        "scores",
    )
    counts = {name: getattr(summary, name) for name in names}
    conn.execute(
        "UPDATE imports SET format = ?, files = ?, set_name = ?, summary = ? WHERE id = ?",
        (summary.format, json.dumps(summary.files), summary.set, json.dumps(counts), number),
    )
    conn.executemany(
        "INSERT INTO odd_rows (import_id, place, what) VALUES (?, ?, ?)",
        [(number, str(odd.source), odd.message) for odd in summary.warnings],
    )


def forget_import(conn: sqlite3.Connection, number: int, set_id: int) -> None:
    """Delete the record of an import that added nothing, and the set if it was made for it."""
    conn.execute("DELETE FROM sets WHERE id = ? AND import_id = ?", (set_id, number))
    conn.execute("DELETE FROM imports WHERE id = ?", (number,))


def forget_empty_set(conn: sqlite3.Connection, number: int, set_id: int) -> None:
    """Delete the set that was made for an import if no example came with it."""
    conn.execute(
        "DELETE FROM sets WHERE id = ? AND import_id = ? AND id NOT IN (SELECT set_id FROM examples)", (set_id, number)
    )


def all_imports(store: Store) -> list[ImportRecord]:
    """Return every recorded import, oldest first."""
    rows = store.rows("SELECT id, created_at, format, files, set_name, summary FROM imports ORDER BY id")
    return [ImportRecord(r[0], r[1], r[2], tuple(json.loads(r[3])), r[4], json.loads(r[5])) for r in rows]


def import_of_response(conn: sqlite3.Connection, response_id: int) -> tuple[int | None, str]:
    """Return the number of the import that brought a response, None for one that was generated, and when it came."""
    sql = "SELECT import_id, created_at FROM responses WHERE id = ?"
    number, at = conn.execute(sql, (response_id,)).fetchone()
    return number, at


def import_of_example(conn: sqlite3.Connection, example_id: int) -> tuple[int | None, str]:
    """Return the number of the import that gave an example its text, None for one that none did, and when it got it."""
    sql = (
        "SELECT import_id, created_at FROM example_events WHERE example_id = ? AND (text_id IS NOT NULL OR reference_id IS NOT"
        " NULL) ORDER BY id DESC LIMIT 1"
    )
    number, at = conn.execute(sql, (example_id,)).fetchone()
    return number, at


def drop_import(store: Store, number: int) -> ImportRecord:
    """Drop an import and return its record.

    Raises BadUsage, with nothing changed, if there is no such import or later rows refer to what it wrote.
    """
    record = next((i for i in all_imports(store) if i.number == number), None)
    if record is None:
        raise BadUsage(f"there is no import {number}; `uphold imports` lists them")
    # Checked as a whole at the end; the pragma has no effect within a transaction.
    store.conn.execute("PRAGMA foreign_keys=OFF")
    try:
        with store.writing() as conn:
            _delete_import(conn, number)
    finally:
        store.conn.execute("PRAGMA foreign_keys=ON")
    return record


# Children before parents; every row that an import wrote has its number in import_id.
_OWN_TABLES = (
    "item_results",
    "scores",
    "events",
    "sessions",
    "plans",
    "judgments",
    "pairs",
    "replacements",
    "responses",
    "tags",
    "tag_events",
    "example_events",
    "set_events",
)

# Tables whose rows later imports may share without blocking a drop, and a query of their users: (id, import_id).
_SHARED_TABLES = {
    "runs": "SELECT run_id AS id, import_id FROM pairs",
    "judges": "SELECT judge_id AS id, import_id FROM judgments",
    "reviewers": "SELECT reviewer_id AS id, import_id FROM events"
    " UNION ALL SELECT reviewer_id, NULL FROM shown_pairs WHERE reviewer_id IS NOT NULL",
    "systems": "SELECT system_id AS id, import_id FROM responses"
    " UNION ALL SELECT candidate_id, import_id FROM runs UNION ALL SELECT baseline_id, import_id FROM runs"
    " UNION ALL SELECT system_id, import_id FROM scores",
    "benchmark_items": "SELECT item_id AS id, import_id FROM item_results",
    "sets": "SELECT e.set_id AS id, v.import_id FROM examples e JOIN example_events v ON v.example_id = e.id"
    " AND v.kind = 'added' UNION ALL SELECT set_id, import_id FROM runs",
}

# What a drop is refused for, by the table whose rows would refer to nothing.
_DEPENDENTS = {
    "events": "reviews of its pairs",
    "judgments": "judgments of its pairs",
    "pairs": "pairs of its examples or responses",
    "responses": "responses to its examples",
    "runs": "runs of its systems",
    "sessions": "review sessions of its runs",
    "decide_calls": "decisions on its runs",
    "decide_call_items": "decisions on its pairs",
    "plans": "review plans of its runs",
    "item_results": "results of its benchmarks",
    "judge_orders": "judges asked about its runs",
    "batches": "batches of its runs",
    "batch_items": "batches of its pairs",
    "generations": "how its systems answered",
    "generated_turns": "generated answers to its examples",
    "generation_claims": "answers that are being generated",
    "perplexities": "perplexities of its systems or examples",
    "replacements": "replacements of its responses",
    "example_events": "edits of its examples",
    "tags": "tags of its examples",
    "tag_events": "tags of its examples",
    "set_events": "what was set for its set",
    "reason_keys": "reasons of its set",
    "set_acts": "acts on its set",
    "set_versions": "versions of its set",
    "set_members": "versions of its set",
    "run_versions": "versions that its runs were judged on",
    "reports": "reports on its runs",
    "pool_items": "proposals for its set",
    "training_exports": "training data made of its set",
    "training_examples": "training data made of its examples",
    "certificates": "certificates on its runs or set",
    "locked_uses": "certificates on its pairs",
    "ended_judges": "a judge that was found changed",
    "served_models": "what its judges were answered by",
    "forgotten_texts": "texts of its examples that were forgotten",
    "packs": "packs of its runs",
    "pack_pairs": "packs of its pairs",
    "judge_prompts": "versions of a judge for its set",
    "judge_trials": "tries of judges on its runs",
}


def _delete_import(conn: sqlite3.Connection, number: int) -> None:
    """Delete what the import wrote and restore what it had superseded; foreign keys must be off.

    Every statement goes once through a table or an index, so that the time grows with the number of rows. Raises BadUsage
    if rows of others then refer to nothing; the caller rolls back.
    """
    lost_pins = _lost_pins(conn)
    _restore_examples(conn, number)
    text_ids, successors = _text_ids(conn, number), _remaining_successors(conn, number)
    changed = _changed_pairs(conn, number)
    conn.execute("DELETE FROM shown_pairs WHERE pair_id IN (SELECT id FROM pairs WHERE import_id = ?)", (number,))
    conn.execute("DELETE FROM queue_items WHERE pair_id IN (SELECT id FROM pairs WHERE import_id = ?)", (number,))
    conn.execute(
        "DELETE FROM examples WHERE id IN (SELECT example_id FROM example_events WHERE import_id = ? AND kind = 'added')",
        (number,),
    )
    drop_unused_halves(conn)
    for table in _OWN_TABLES:
        conn.execute(f"DELETE FROM {table} WHERE import_id = ?", (number,))
    conn.executemany("UPDATE judgments SET superseded_by = ? WHERE id = ?", successors)
    _delete_requested_orders(conn, number)
    for table, users in _SHARED_TABLES.items():
        _delete_unshared(conn, table, users, number)
    write_verdicts(conn, changed)
    write_labels(conn, changed)
    conn.execute("DELETE FROM queues WHERE run_id NOT IN (SELECT id FROM runs)")
    # A text that others have answered stays missing, so that the drop is refused.
    delete_unused_texts(conn, text_ids, users=("examples", "example_events"))
    delete_unused_references(conn)
    conn.execute("DELETE FROM odd_rows WHERE import_id = ?", (number,))
    conn.execute("DELETE FROM imports WHERE id = ?", (number,))
    _refuse_if_referenced(conn, number)
    if lost := _lost_pins(conn) - lost_pins:
        name, value = min(lost)
        raise BadUsage(
            f"import {number} cannot be taken back: its judge {value.rpartition('@')[0]!r} is pinned to the set {name!r};"
            f" `uphold set pin {shlex.quote(name)} --none` takes the pin away; nothing was changed"
        )


_EARLIER = """
SELECT {column} FROM example_events v WHERE v.example_id = examples.id AND v.import_id IS NOT :n AND v.kind IN {kinds}
ORDER BY v.id DESC LIMIT 1
"""


def _restore_examples(conn: sqlite3.Connection, number: int) -> None:
    """Give the examples that this import edited the text and the reference they have without it."""
    text = _EARLIER.format(column="text_id", kinds="('added', 'edited')")
    reference = _EARLIER.format(column="reference_id", kinds="('added', 'edited', 'referenced')")
    conn.execute(
        f"UPDATE examples SET text_id = ({text}),"
        f" reference_id = ({reference}) WHERE id IN"
        " (SELECT example_id FROM example_events WHERE import_id = :n AND kind IN ('edited', 'referenced'))"
        " AND id NOT IN (SELECT example_id FROM example_events WHERE import_id = :n AND kind = 'added')",
        {"n": number},
    )


def _text_ids(conn: sqlite3.Connection, number: int) -> list[int]:
    """Return the ids of the texts of the import's examples, edits, responses and pairs."""
    tables = ("example_events", "responses", "pairs")
    sql = " UNION ".join(
        f"SELECT text_id FROM {table} WHERE import_id = :n AND text_id IS NOT NULL" for table in tables
    )
    return [row[0] for row in conn.execute(sql, {"n": number})]


def _changed_pairs(conn: sqlite3.Connection, number: int) -> list[int]:
    """Return the ids of the import's pairs, of those with judgments or decisions of it, and of examples that it edited."""
    edited = "SELECT example_id FROM example_events WHERE import_id = :n AND kind IN ('edited', 'referenced')"
    sql = f"SELECT id FROM pairs WHERE import_id = :n OR example_id IN ({edited})" + "".join(
        f" UNION SELECT pair_id FROM {table} WHERE import_id = :n" for table in ("judgments", "events")
    )
    return [row[0] for row in conn.execute(sql, {"n": number})]


def _remaining_successors(conn: sqlite3.Connection, number: int) -> list[tuple[int | None, int]]:
    """Return (successor, judgment) ids for the judgments of others that this import superseded.

    The successor is what supersedes the judgment without this import, None if nothing does.
    """
    return conn.execute(
        """
        WITH RECURSIVE dropped AS MATERIALIZED (SELECT id, superseded_by FROM judgments WHERE import_id = :n),
        successors(id, successor) AS (
            SELECT j.id, dropped.superseded_by FROM judgments j JOIN dropped ON dropped.id = j.superseded_by
            WHERE j.superseded_by IS NOT NULL AND j.import_id IS NOT :n
            UNION SELECT successors.id, dropped.superseded_by
            FROM successors JOIN dropped ON dropped.id = successors.successor
        )
        SELECT successor, id FROM successors WHERE successor IS NULL OR successor NOT IN (SELECT id FROM dropped)
        """,
        {"n": number},
    ).fetchall()


_USERS_OF_ORDERS = """
WITH users AS MATERIALIZED (
    SELECT p.run_id, j.judge_id, j.answer_order, min(j.import_id) AS import_id
    FROM judgments j JOIN pairs p ON p.id = j.pair_id
    WHERE j.judge_id IN (SELECT judge_id FROM judge_orders WHERE import_id = :n) GROUP BY 1, 2, 3
)
"""


def _delete_requested_orders(conn: sqlite3.Connection, number: int) -> None:
    """Delete the import's rows of `judge_orders`, except where judgments of others use them: those become theirs."""
    own = "(judge_orders.run_id, judge_orders.judge_id, judge_orders.answer_order)"
    sql = f"DELETE FROM judge_orders WHERE import_id = :n AND {own} NOT IN (SELECT run_id, judge_id, answer_order FROM users)"
    conn.execute(_USERS_OF_ORDERS + sql, {"n": number})
    sql = (
        "UPDATE judge_orders SET import_id ="
        f" (SELECT u.import_id FROM users u WHERE (u.run_id, u.judge_id, u.answer_order) = {own}) WHERE import_id = :n"
    )
    conn.execute(_USERS_OF_ORDERS + sql, {"n": number})


def _delete_unshared(conn: sqlite3.Connection, table: str, users: str, number: int) -> None:
    """Delete the import's rows that nothing else uses; the others become the next import's that uses them.

    They become no import's if something outside of any import uses them.
    """
    owners = (
        "WITH owners AS MATERIALIZED (SELECT id, CASE WHEN count(*) = count(import_id) THEN min(import_id) END AS import_id"
        f" FROM ({users}) GROUP BY id) "
    )
    conn.execute(f"DELETE FROM {table} WHERE import_id = ? AND id NOT IN (SELECT id FROM ({users}))", (number,))
    owner = f"SELECT o.import_id FROM owners o WHERE o.id = {table}.id"
    conn.execute(f"{owners} UPDATE {table} SET import_id = ({owner}) WHERE import_id = ?", (number,))


def _lost_pins(conn: sqlite3.Connection) -> set[tuple[str, str]]:
    """Return (set, value) of the pins whose judge the file does not have."""
    return set(
        conn.execute(
            "SELECT v.set_name, v.value FROM set_values v WHERE v.kind = 'judge'"
            " AND NOT EXISTS (SELECT 1 FROM pinned_judges p WHERE p.set_id = v.set_id)"
        )
    )


def _refuse_if_referenced(conn: sqlite3.Connection, number: int) -> None:
    """Raise BadUsage, naming what depends on the import, if a foreign key refers to nothing."""
    tables = {row[0] for row in conn.execute("PRAGMA foreign_key_check")}
    if tables:
        what = ", ".join(dict.fromkeys(_DEPENDENTS.get(table, f"rows of {table}") for table in sorted(tables)))
        raise BadUsage(f"import {number} cannot be taken back: others have built on it ({what}); nothing was changed")
