"""Damages a database in the ways in which disks, programs and strangers do, by a seed."""

import contextlib
import random
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

PAGE = 4096

ODD_VALUES: tuple[object, ...] = (
    None,
    -1,
    0,
    2**63 - 1,
    -(2**63),
    1e308,
    float("inf"),
    float("-inf"),
    "",
    "candidat",
    "\x1b]0;title\x07\x1b[31m",
    "{",
    "[]",
    "[1, null]",
    "[" * 100_000,
    '{"a": [' * 20_000,
    '["\\ud800"]',
    '["x"]',
    "NaN",
    "2026-99-99T99:99:99Z",
    "tag:\x00x",
    "x" * 1_000_000,
    b"",
    b"\x00\xff",
)

_HOSTILE_SQL = (
    "CREATE VIEW hostile AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n",
    "CREATE VIEW sum_of_all AS SELECT load_extension('/tmp/x.so')",
    "CREATE TRIGGER hostile AFTER INSERT ON events BEGIN DELETE FROM judgments; END",
    "CREATE TABLE extra (id INTEGER PRIMARY KEY, x TEXT)",
    "CREATE TABLE generated (id INTEGER, x AS (randomblob(1000000)))",
    "CREATE VIRTUAL TABLE other USING fts5(x)",
    "CREATE INDEX hostile_index ON events(lower(note))",
    "CREATE INDEX plain_index ON events(created_at)",
    "CREATE UNIQUE INDEX one_each ON events(note, seq)",
    "DROP INDEX events_pair",
    "DROP VIEW current_pairs",
    "DROP TABLE verdicts",
    "ALTER TABLE events ADD COLUMN more TEXT",
    "PRAGMA user_version=0",
    "PRAGMA user_version=6",
    "PRAGMA user_version=99",
    "PRAGMA application_id=1",
    "ANALYZE",
    "PRAGMA journal_mode=DELETE",
)

_SCHEMA_EDITS = (
    "UPDATE sqlite_master SET sql = NULL WHERE name = ?",
    "UPDATE sqlite_master SET sql = 'CREATE TABLE ' || name || '(x)' WHERE name = ?",
    "UPDATE sqlite_master SET sql = 'rubbish' WHERE name = ?",
    "UPDATE sqlite_master SET type = 'view' WHERE name = ?",
    "UPDATE sqlite_master SET name = x'ff00' WHERE name = ?",
    "UPDATE sqlite_master SET rootpage = 1 + rootpage / 2 WHERE name = ?",
    "UPDATE sqlite_master SET rootpage = 0 WHERE name = ?",
    "UPDATE sqlite_master SET rootpage = 99999999 WHERE name = ?",
    "UPDATE sqlite_master SET tbl_name = 'events' WHERE name = ?",
    "DELETE FROM sqlite_master WHERE name = ?",
)


def damage(path: Path, seed: int) -> str:
    """Damage the database at `path`; returns what was done to it."""
    rng = random.Random(seed)
    how = rng.choices(_WAYS, weights=[4, 2, 2, 2, 1, 12, 3, 3, 2, 2, 1])[0]
    try:
        return f"{how.__name__}: {how(path, rng)}"
    except sqlite3.Error as error:
        return f"{how.__name__}: {error}"


def _flip_bytes(path: Path, rng: random.Random) -> str:
    data = bytearray(path.read_bytes())
    places = [rng.randrange(rng.choice((100, PAGE, len(data)))) for _ in range(rng.choice((1, 3, 20)))]
    for place in places:
        data[place] = rng.randrange(256)
    path.write_bytes(data)
    return str(places)


def _swap_pages(path: Path, rng: random.Random) -> str:
    data = bytearray(path.read_bytes())
    one, two = (rng.randrange(len(data) // PAGE) * PAGE for _ in range(2))
    data[one : one + PAGE], data[two : two + PAGE] = data[two : two + PAGE], data[one : one + PAGE]
    path.write_bytes(data)
    return f"{one} {two}"


def _overwrite_page(path: Path, rng: random.Random) -> str:
    data = bytearray(path.read_bytes())
    at = rng.randrange(len(data) // PAGE) * PAGE + rng.choice((0, 0, 100, 2000))
    size = rng.choice((8, 100, PAGE))
    data[at : at + size] = rng.choice((bytes(size), b"\xff" * size, rng.randbytes(size)))
    path.write_bytes(data)
    return f"{at} {size}"


def _truncate(path: Path, rng: random.Random) -> str:
    size = rng.choice((0, 1, 16, 99, 100, PAGE, rng.randrange(path.stat().st_size)))
    with path.open("r+b") as file:
        file.truncate(size)
    return str(size)


def _append(path: Path, rng: random.Random) -> str:
    with path.open("ab") as file:
        file.write(rng.randbytes(rng.choice((1, PAGE, 3 * PAGE))))
    return ""


def _odd_value(path: Path, rng: random.Random) -> str:
    """Write a value that the table refuses, into one row or all, while its rules are switched off."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as conn:
        tables = conn.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
        ).fetchall()
        table, sql = rng.choice([row for row in tables if conn.execute(f"SELECT 1 FROM {row[0]}").fetchone()])
        column = rng.choice([row[1] for row in conn.execute(f"PRAGMA table_info({table})").fetchall()])
        value = rng.choice(ODD_VALUES)
        expression = "CAST(x'61ff62' AS TEXT)" if value == b"" else "?"
        where = rng.choice(("", f" WHERE {column} IN (SELECT {column} FROM {table} LIMIT 1 OFFSET 1)"))
        statement = f"UPDATE OR IGNORE {table} SET {column} = {expression}{where}"
        execute_without_rules(conn, table, sql, statement, () if value == b"" else (value,))
    return f"{table}.{column} = {str(value)[:20]!r}{where}"


def execute_without_rules(
    conn: sqlite3.Connection, table: str, sql: str, statement: str, values: tuple[object, ...] = ()
) -> None:
    """Execute a statement while a table, made by `sql`, has no CHECK, NOT NULL, STRICT and foreign keys."""
    conn.execute("PRAGMA ignore_check_constraints=ON")
    for definition in (re.sub(r"STRICT,? ?|(?<!IS )NOT NULL", "", sql), sql):
        conn.execute("PRAGMA writable_schema=ON")
        conn.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (definition, table))
        conn.execute("PRAGMA writable_schema=RESET")
        if definition != sql:
            conn.execute(statement, values)


def _hostile_schema(path: Path, rng: random.Random) -> str:
    sql = rng.choice(_HOSTILE_SQL)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute(sql)
    return sql


def _edit_schema(path: Path, rng: random.Random) -> str:
    sql = rng.choice(_SCHEMA_EDITS)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as conn:
        names = [row[0] for row in conn.execute("SELECT name FROM sqlite_master ORDER BY name").fetchall()]
        name = rng.choice(names)
        conn.execute("PRAGMA writable_schema=ON")
        conn.execute(sql, (name,))
    return f"{sql} {name}"


def _delete_rows(path: Path, rng: random.Random) -> str:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as conn:
        tables = conn.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%STRICT%' ORDER BY name"
        )
        table = rng.choice([row[0] for row in tables.fetchall()])
        share = rng.choice((2, 10, 1))
        conn.execute(f"DELETE FROM {table} WHERE random() % {share} = 0")
    return f"{table} 1/{share}"


def _damage_log(path: Path, rng: random.Random) -> str:
    """Leave a write-ahead log beside the file, with a byte changed, cut off, or as it is."""
    log = path.with_name(path.name + "-wal")
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("PRAGMA journal_mode=WAL")
    conn.execute("PRAGMA wal_autocheckpoint=0")
    conn.execute("UPDATE examples SET key = key || '-later'")
    kept = path.read_bytes(), bytearray(log.read_bytes())
    conn.close()
    data, frames = kept
    how = rng.choice(("whole", "cut", "flipped"))
    if how == "cut":
        frames = frames[: rng.randrange(len(frames))]
    if how == "flipped":
        frames[rng.randrange(len(frames))] ^= 0xFF
    path.write_bytes(data)
    log.write_bytes(frames)
    return how


def _leave_journal(path: Path, rng: random.Random) -> str:
    path.with_name(path.name + "-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + rng.randbytes(5000))
    return ""


_WAYS: tuple[Callable[[Path, random.Random], str], ...] = (
    _flip_bytes,
    _swap_pages,
    _overwrite_page,
    _truncate,
    _append,
    _odd_value,
    _hostile_schema,
    _edit_schema,
    _delete_rows,
    _damage_log,
    _leave_journal,
)
