"""A value that uphold cannot have written is named with its table and row, wherever reading it goes wrong."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from support.command_line import told
from support.damaging import execute_without_rules
from support.imports import bring, compared
from support.stores import new_store
from uphold.errors import BadDatabase
from uphold.store.damage import checks, find_damage
from uphold.store.database import open_store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "x.db"
    rows = [
        compared(
            key,
            reference="r",
            judge="j",
            verdict="tie",
            reason="so",
            reviewer="ada",
            review="tie",
            note="n",
            tags=["t"],
        )
        for key in ("one", "two")
    ]
    with new_store(made) as store:
        bring(store, *rows)
    return made


def break_rules(path: Path, table: str, statement: str) -> None:
    """Run a statement on a table whose rules are switched off meanwhile."""
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        (sql,) = conn.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        execute_without_rules(conn, table, sql, statement)


def damage_of(path: Path) -> str | None:
    with open_store(path, reading=True) as store:
        return find_damage(store.conn)


def test_a_sound_database_has_none(path: Path) -> None:
    assert damage_of(path) is None


def test_a_sound_database_with_a_tried_judge_has_none_either(path: Path) -> None:
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute(
            "INSERT INTO judge_trials (set_id, judge_id, old_judge_id, half, pairs, fixed, broken, both_right,"
            " both_wrong, rerun_pairs, rerun_changed, created_at)"
            " VALUES (1, 1, 1, 'development', 4, 1, 1, 1, 1, 0, 0, '2026-03-03T21:14:00Z')"
        )
    assert damage_of(path) is None


@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        ("events", "choice = 'candidat'", r"events, row 1, .*choice IN .*but choice is 'candidat'"),
        ("events", "kind = 'decided'", r"events, row 1, .*kind is 'decided'"),
        ("judgments", "status = 'fine'", r"judgments, row 1, .*'fine'"),
        ("verdicts", "candidate_first = 'x'", r"verdicts, row judge_id 1, pair_id 1, .*candidate_first is none of"),
        ("texts", "turns = '['", r"texts, row 1, .*json_valid\(turns\)"),
        ("texts", "turns = '{}'", r"texts, row 1, .*turns is JSON of another shape"),
        ("texts", "turns = '[1]'", r"texts, row 1, .*turns is JSON of another shape"),
        ("responses", "cells = '[\"\\ud800\"]'", r"responses, row 1, .*cells is JSON that cannot be read"),
        ("examples", "key = x'00ff'", r"examples, row 1, .*key is no TEXT: b'"),
        ("examples", "key = CAST(x'61ff' AS TEXT)", r"examples, row 1, .*key is not UTF-8"),
        ("examples", "key = NULL", r"examples, row 1, .*key is null"),
        ("pairs", "turn = 'x'", r"pairs, row 1, .*turn is no INTEGER: 'x'"),
        ("pairs", "turn = 9223372036854775807", r"pairs, row 1, .*turn is behind the last turn"),
        ("pairs", "example_id = 99", r"pairs, row 1, refers to one of examples that is not there"),
        ("judgments", "criteria = '{'", r"judgments, row 1, .*json_valid\(criteria\)"),
        ("judgments", 'criteria = \'{"tone": "A"}\'', r"judgments, row 1, .*criteria is JSON of another shape"),
        ("judgments", "criteria = '[1]'", r"judgments, row 1, .*criteria is JSON of another shape"),
        ("judgments", "cost = 9e999", r"judgments, row 1, .*cost is not a finite number"),
        ("sets", "created_at = 'yesterday'", r"sets, row 1, .*created_at is no time: 'yesterday'"),
        ("sets", "created_at = '2026-99-01T00:00:00Z'", r"sets, row 1, .*created_at is no time"),
        ("events", "undone = 1", r"events, row 1, .*undone is not what the undo and redo events say"),
        ("imports", "summary = '[]'", r"imports, row 1, .*summary is JSON of another shape"),
    ],
)
def test_a_value_that_cannot_be_is_named(path: Path, table: str, change: str, said: str) -> None:
    row = "WHERE rowid = 1" if table != "verdicts" else "WHERE pair_id = 1"
    break_rules(path, table, f"UPDATE {table} SET {change} {row}")
    found = damage_of(path)
    assert found is not None
    assert re.search(said, found), found


def test_damaged_pages_are_named_by_their_table_or_by_what_sqlite_finds(path: Path) -> None:
    with closing(sqlite3.connect(path)) as conn:
        (page,) = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = 'judgments'").fetchone()
    data = bytearray(path.read_bytes())
    data[(page - 1) * 4096 : (page - 1) * 4096 + 8] = b"\xff" * 8
    path.write_bytes(data)
    found = damage_of(path)
    assert found is not None
    assert found.startswith("the table judgments cannot be read to its end")


def test_an_error_with_a_sound_database_stays_what_it_is(path: Path) -> None:
    with pytest.raises(KeyError), open_store(path):
        raise KeyError("not the data's fault")


def test_an_error_with_a_bad_value_behind_it_becomes_a_sentence(path: Path) -> None:
    break_rules(path, "events", "UPDATE events SET choice = 'candidat'")
    with pytest.raises(BadDatabase, match="candidat") as caught, open_store(path):
        raise ValueError("'candidat' is not a valid Choice")
    assert isinstance(caught.value.__cause__, ValueError)


def test_text_that_is_not_utf_8_is_named_where_rows_are_read(path: Path) -> None:
    break_rules(path, "examples", "UPDATE examples SET key = CAST(x'61ff' AS TEXT) WHERE id = 2")
    with open_store(path) as store, pytest.raises(BadDatabase, match=r"table examples, row 2, .*key is not UTF-8"):
        store.rows("SELECT key FROM examples").fetchall()
    with open_store(path) as store, pytest.raises(BadDatabase, match="row 2"):
        list(store.rows("SELECT key FROM examples"))
    with open_store(path) as store, pytest.raises(BadDatabase, match="row 2"):
        store.one("SELECT key FROM examples WHERE id = 2")


@pytest.mark.parametrize(
    "command", [("stats",), ("export", "jsonl"), ("show", "candidate-vs-baseline", "one"), ("plan",)]
)
def test_commands_end_with_the_sentence(path: Path, command: tuple[str, ...]) -> None:
    break_rules(path, "events", "UPDATE events SET choice = 'candidat' WHERE seq = 1")
    said = told(path.parent, *command)
    assert "x.db: a value in the table events, row 1, is not one that uphold writes" in said
    assert said.endswith("go back to a copy of it, or import its sources into a new one")


def test_an_error_after_the_database_was_closed_is_explained_too(path: Path) -> None:
    break_rules(path, "imports", "UPDATE imports SET created_at = NULL")
    assert "table imports, row 1, is not one that uphold writes: created_at is null" in told(path.parent, "imports")


def test_the_checks_of_a_table_are_found_whatever_is_in_them() -> None:
    sql = "CREATE TABLE t (a TEXT CHECK (a IN ('(', ')''')), b CHECK (b > (1 + 2)), CHECK ((a = '') <> (b = 1))) STRICT"
    assert checks(sql) == ["a IN ('(', ')''')", "b > (1 + 2)", "(a = '') <> (b = 1)"]
