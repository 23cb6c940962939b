"""Schema version of an uphold database, and the migrations that bring a file up to it."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

APPLICATION_ID = 0x75_70_68_64
"""Value of PRAGMA application_id in every uphold database: `uphd` in ASCII."""

MIGRATIONS = (
    (6, "006_initial.sql"),
    (7, "007_decisions_and_servers.sql"),
    (8, "008_eval_sets.sql"),
    (9, "009_checkpoints.sql"),
    (10, "010_reports.sql"),
    (11, "011_training_exports.sql"),
    (12, "012_packs.sql"),
    (13, "013_judge_criteria.sql"),
    (14, "014_judge_workbench.sql"),
    (15, "015_certificates.sql"),
    (16, "016_review_comfort.sql"),
)
"""(schema version, SQL file) of every migration, oldest first; the last one makes the schema of this code."""

SCHEMA = MIGRATIONS[-1][0]
"""The schema version of this code, stored as PRAGMA user_version."""

OLDEST = MIGRATIONS[0][0]
"""Files of an older schema are refused: they were made by versions that were never released."""

SEARCH_INDEX = "CREATE VIRTUAL TABLE search USING fts5(text, content='', tokenize='unicode61 remove_diacritics 2')"
"""The full-text index, made when it is first needed."""

SEARCH_TABLES = ("search", "search_data", "search_idx", "search_content", "search_docsize", "search_config")
"""The full-text index and the tables in which SQLite keeps it."""


def migrate(conn: sqlite3.Connection, upto: int = SCHEMA) -> None:
    """Apply the migrations that the database lacks within the open transaction; the caller holds the write lock."""
    (version,) = conn.execute("PRAGMA user_version").fetchone()
    for number, name in MIGRATIONS:
        if version < number <= upto:
            for statement in statements(_read_script(name)):
                conn.execute(statement)
    conn.execute(f"PRAGMA application_id={APPLICATION_ID}")
    conn.execute(f"PRAGMA user_version={upto}")


def statements(script: str) -> Iterator[str]:
    """Yield the statements of an SQL script as SQLite delimits them: triggers, texts and comments may hold semicolons.

    Raises ValueError for a script whose last statement does not end. `Connection.executescript` is of no use here: it
    commits the open transaction first.
    """
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if any(line.strip() and not line.lstrip().startswith("--") for line in statement.splitlines()):
        raise ValueError(f"the last statement does not end: {statement.strip()[:80]!r}")


def _read_script(name: str) -> str:
    return (Path(__file__).parent / "migrations" / name).read_text("utf-8")
