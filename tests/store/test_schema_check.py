"""What is in the schema and not uphold's is refused by name when the file is opened; nothing of it runs."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from support.imports import bring, compared
from support.stores import new_store
from uphold.errors import BadDatabase
from uphold.store import pair_list
from uphold.store.connections import Connection
from uphold.store.database import Store, open_store
from uphold.store.schema import MIGRATIONS, SCHEMA, migrate
from uphold.store.schema_check import SCHEMA_HASHES, expected_objects, schema_hash


def edit(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        for statement in statements:
            conn.execute(statement)
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "x.db"
    with new_store(made) as store:
        bring(store, compared())
    return made


def test_the_hashes_are_those_of_the_migrations() -> None:
    assert {number: schema_hash(expected_objects(number)) for number, _ in MIGRATIONS} == SCHEMA_HASHES


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("CREATE VIEW mine AS SELECT 1", "the view 'mine' is not uphold's.*DROP VIEW \"mine\""),
        ("CREATE TRIGGER t AFTER INSERT ON events BEGIN DELETE FROM events; END", 'DROP TRIGGER "t"'),
        ("CREATE TABLE notes (id INTEGER PRIMARY KEY)", 'DROP TABLE "notes"'),
        ("CREATE TABLE g (a, b AS (a + 1))", 'DROP TABLE "g"'),
        ("CREATE VIRTUAL TABLE other USING fts5(x)", "not uphold's"),
        ("CREATE INDEX i ON events(lower(note))", 'DROP INDEX "i"'),
        ("CREATE INDEX i ON events(note) WHERE note > ''", 'DROP INDEX "i"'),
        ("CREATE UNIQUE INDEX i ON events(note)", 'DROP INDEX "i"'),
        ('CREATE VIEW "a""b; \x1b[31m" AS SELECT 1', 'DROP VIEW "a""b; '),
        ("ALTER TABLE events ADD COLUMN more TEXT DEFAULT 'x'", "the table 'events' is not as uphold makes it"),
        ("DROP INDEX tags_tag", "the index 'tags_tag' is missing"),
        ("DROP TRIGGER search_texts_gone", "the trigger 'search_texts_gone' is missing"),
        (f"CREATE VIEW {'v' * 500} AS SELECT 1", r"the view 'v{80}…' is not uphold's"),
    ],
)
@pytest.mark.parametrize("options", [{}, {"create": True}, {"reading": True}])
def test_what_is_not_ours_is_refused_by_name(path: Path, sql: str, said: str, options: dict[str, bool]) -> None:
    before = edit(path, sql).read_bytes()
    with pytest.raises(BadDatabase, match=said) as told:
        open_store(path, **options)
    assert "\n" not in str(told.value)
    assert path.read_bytes() == before


def test_what_the_message_says_to_do_makes_it_open(path: Path) -> None:
    edit(path, 'CREATE VIEW "my ""view" AS SELECT 1')
    with pytest.raises(BadDatabase) as told:
        open_store(path)
    edit(path, "DROP VIEW" + str(told.value).partition("DROP VIEW")[2].partition(";")[0])
    open_store(path).close()


def test_a_rewritten_definition_is_noticed_whatever_it_is(path: Path) -> None:
    edit(
        path,
        "PRAGMA writable_schema=ON",
        "UPDATE sqlite_master SET sql = replace(sql, 'NOT undone', '1') WHERE name = 'standing_events'",
    )
    with pytest.raises(BadDatabase, match="the view 'standing_events' is not as uphold makes it"):
        open_store(path)


def test_plain_indices_and_the_tables_of_analyze_are_taken(path: Path) -> None:
    edit(
        path,
        "CREATE INDEX mine ON events(created_at)",
        'CREATE INDEX "my two" ON "events" (kind DESC, note)',
        "ANALYZE",
    )
    with open_store(path) as store:
        bring(store, compared("more"))


def test_the_search_index_is_ours(path: Path) -> None:
    with open_store(path) as store:
        pair_list.update_index(store)
    open_store(path).close()
    edit(path, "DROP TABLE search", "CREATE VIRTUAL TABLE search USING fts5(text)")
    with pytest.raises(BadDatabase, match="the table 'search' is not uphold's"):
        open_store(path)


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A file of the first released schema."""
    path = tmp_path / "older.db"
    with closing(sqlite3.connect(path)) as conn:
        migrate(conn, upto=MIGRATIONS[0][0])
        conn.execute("INSERT INTO reviewers (name) VALUES ('ada')")
        conn.commit()
    return path


def test_a_file_of_an_older_version_is_compared_with_that_version_and_migrated(older: Path) -> None:
    with open_store(older) as store:
        assert store.one("PRAGMA user_version") == (SCHEMA,)
        assert store.one("SELECT name FROM reviewers") == ("ada",)
    open_store(older, reading=True).close()


def test_a_trigger_in_an_older_file_does_not_run_in_the_migration(older: Path) -> None:
    before = edit(
        older, "CREATE TRIGGER t AFTER INSERT ON about BEGIN DELETE FROM reviewers; END", "PRAGMA journal_mode=WAL"
    ).read_bytes()
    with pytest.raises(BadDatabase, match="the trigger 't'"):
        open_store(older)
    assert older.read_bytes() == before


def test_every_connection_is_wary_of_the_file(store: Store) -> None:
    assert store.one("PRAGMA trusted_schema") == (0,)
    assert store.one("PRAGMA cell_size_check") == (1,)
    assert store.conn.getlimit(sqlite3.SQLITE_LIMIT_LENGTH) < 1_000_000_000
    with store.copy_in_memory() as copy:
        assert copy.one("PRAGMA trusted_schema") == (0,)


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


def test_a_query_that_does_not_end_is_stopped_with_a_sentence(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Connection, "query_seconds", 0.05)
    with pytest.raises(BadDatabase, match=r"a query computed for more than .* and was stopped"):
        store.rows(ENDLESS)
    with pytest.raises(BadDatabase, match="was stopped"), store.writing() as conn:
        conn.execute(f"INSERT INTO plans SELECT *, 1, 1, 1, 1, 1, '', NULL FROM ({ENDLESS})")
    assert store.one("SELECT 1") == (1,)


def test_the_time_in_which_rows_are_used_does_not_count(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Connection, "query_seconds", 60.0)
    monkeypatch.setattr("uphold.store.connections._LONGEST_GAP", 0.0)
    monkeypatch.setattr(Connection, "query_seconds", 0.0)
    numbers = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 300000) SELECT x FROM n"
    assert sum(1 for _ in store.rows(numbers)) == 300_000
