"""The schema: one migration, files of unreleased versions refused, and an index behind every foreign key to a long table."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from uphold.errors import BadDatabase
from uphold.store.database import Store, open_store
from uphold.store.schema import APPLICATION_ID, MIGRATIONS, SCHEMA, migrate, statements

SHORT = {"imports", "sets", "systems", "generations", "runs", "judges", "batches", "reviewers", "queues", "sessions"}
"""Tables of few rows: nothing looks for the rows that refer to one of theirs, except where it reads most of them anyway."""


def test_a_new_file_has_the_version_of_the_last_migration(store: Store) -> None:
    assert MIGRATIONS[-1][0] == SCHEMA
    assert store.one("PRAGMA user_version") == (SCHEMA,)
    assert store.one("PRAGMA application_id") == (APPLICATION_ID,)


def made_by_an_unreleased_version(path: Path, version: int) -> None:
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("CREATE TABLE sets (id INTEGER PRIMARY KEY, name TEXT)")
        conn.execute("INSERT INTO sets (name) VALUES ('s')")
        conn.execute(f"PRAGMA application_id={APPLICATION_ID}")
        conn.execute(f"PRAGMA user_version={version}")
        conn.commit()


@pytest.mark.parametrize("version", range(1, 6))
@pytest.mark.parametrize("options", [{}, {"create": True}, {"reading": True}])
def test_a_file_of_an_unreleased_version_is_refused_and_left_as_it_is(
    tmp_path: Path, version: int, options: dict[str, bool]
) -> None:
    path = tmp_path / "old.db"
    made_by_an_unreleased_version(path, version)
    before = path.read_bytes()
    with pytest.raises(
        BadDatabase, match=r"unreleased version of uphold.*import your files again into a new database"
    ) as told:
        open_store(path, **options)
    assert "\n" not in str(told.value)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_read_only_file_of_an_unreleased_version_is_refused_too(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    made_by_an_unreleased_version(path, 5)
    path.chmod(0o444)
    with pytest.raises(BadDatabase, match="unreleased version"):
        open_store(path, reading=True)


def test_statements_end_where_sqlite_says_and_an_unfinished_script_is_an_error() -> None:
    script = (
        "-- first; a comment\nCREATE TABLE a (x TEXT DEFAULT ';\n');\n"
        "CREATE TRIGGER t AFTER DELETE ON a BEGIN\n DELETE FROM a;\n UPDATE a SET x = 1;\nEND;\n-- last\n"
    )
    found = list(statements(script))
    assert [" ".join(one.split()[-2:]) for one in found] == ["';\n');".replace("\n", " "), "1; END;"]
    with pytest.raises(ValueError, match="does not end"):
        list(statements("CREATE TABLE a (x);\nCREATE TABLE b (x)"))


def foreign_keys(store: Store) -> list[tuple[str, str, str]]:
    """(table, column, table it refers to) of every foreign key."""
    tables = [row[0] for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return [
        (table, row[3], row[2])
        for table in tables
        for row in store.rows(f"PRAGMA foreign_key_list({table})").fetchall()
    ]


def leading_indices(store: Store, table: str, column: str) -> list[str]:
    """The indices that begin with the column and have all its rows that are not null; the table itself, by its row id."""
    found = [
        table
        for row in store.rows(f"PRAGMA table_info({table})").fetchall()
        if row[1:3] == (column, "INTEGER") and row[5]
    ]
    if store.one("SELECT 1 FROM sqlite_master WHERE name = ? AND sql LIKE '%WITHOUT ROWID%'", (table,)):
        found = []
    for _, name, _, _, partial in store.rows(f"PRAGMA index_list({table})").fetchall():
        first = store.rows(f"PRAGMA index_info({name})").fetchall()[0][2]
        if first != column:
            continue
        made = store.one("SELECT sql FROM sqlite_master WHERE name = ?", (name,)) if partial else None
        if made is None or made[0].endswith(f"WHERE {column} IS NOT NULL"):
            found.append(name)
    return found


def test_every_foreign_key_to_a_long_table_is_the_first_column_of_an_index(store: Store) -> None:
    keys = foreign_keys(store)
    assert len(keys) > 60
    long = [(table, column, parent) for table, column, parent in keys if parent not in SHORT]
    assert {parent for *_, parent in long} >= {"texts", "examples", "responses", "pairs", "judgments", "events"}
    assert [key for key in long if not leading_indices(store, *key[:2])] == []


def test_no_name_needs_quotes(store: Store) -> None:
    names = [row[0] for row in store.rows("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")]
    tables = [row[0] for row in store.rows("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")]
    columns = {row[1] for table in tables for row in store.rows(f"PRAGMA table_info({table})").fetchall()}
    for name in {*names, *columns}:
        with closing(sqlite3.connect(":memory:")) as conn:
            conn.execute(f"CREATE TABLE t ({name} INTEGER)")
            conn.execute(f"SELECT {name} AS {name} FROM t ORDER BY {name}")


def test_a_file_of_schema_7_is_migrated_when_it_is_opened_for_writing(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("BEGIN")
        migrate(conn, upto=7)
        conn.execute("INSERT INTO about VALUES ('created', '2026-01-01')")
        conn.execute("INSERT INTO sets (name, seed, created_at) VALUES ('s', '00', '2026-01-01')")
        conn.execute(
            "INSERT INTO set_events (set_id, kind, value, created_at) VALUES (1, 'purpose', 'p', '2026-01-01')"
        )
        conn.execute("COMMIT")
    with open_store(path) as store:
        assert store.one("PRAGMA user_version") == (SCHEMA,)
        assert store.one("SELECT value, act_id FROM set_events") == ("p", None)
        assert store.rows("SELECT * FROM readable_versions").fetchall() == []
