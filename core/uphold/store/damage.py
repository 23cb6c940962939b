"""Finds what is wrong with the values in a database: the first that its own schema, or uphold, cannot have written.

Reading checks nothing twice: it relies on the rules of the tables. Only when that goes wrong are the tables searched for
the value that broke them, so that a message can name table and row.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from uphold.errors import BadDatabase
from uphold.records.enums import AnswerOrder, Preference, Verdict
from uphold.records.judge_clauses import parse_prompt
from uphold.store.schema import SEARCH_TABLES

_STORAGE = {"INTEGER": ("integer",), "TEXT": ("text",), "REAL": ("real",), "BLOB": ("blob",)}

_ENUMERATIONS = {
    ("verdicts", "candidate_first"): Verdict,
    ("verdicts", "baseline_first"): Verdict,
    ("events", "verdict"): Verdict,
    ("shown_pairs", "verdict"): Verdict,
    ("claims", "answer_order"): AnswerOrder,
    ("batch_items", "answer_order"): AnswerOrder,
}
"""Columns of an enumeration for which their tables have no CHECK."""

_UNDONE = """
SELECT seq FROM events e WHERE undone <> coalesce((
    SELECT a.kind = 'undo' FROM events a WHERE a.target_id = e.id AND a.kind IN ('undo', 'redo') ORDER BY a.seq DESC LIMIT 1
), 0) LIMIT 1
"""

_TURNS = """
SELECT p.id FROM pairs p JOIN texts t ON t.id = p.text_id JOIN responses x ON x.id = p.candidate_response_id
JOIN responses y ON y.id = p.baseline_response_id
WHERE p.turn > json_array_length(t.turns) OR p.turn > json_array_length(x.cells) OR p.turn > json_array_length(y.cells) LIMIT 1
"""

_SETTINGS = """
SELECT id FROM set_events WHERE value IS NOT NULL AND NOT CASE kind
    WHEN 'floor' THEN json_valid(value) AND json_type(value) IN ('integer', 'real')
    WHEN 'wanted' THEN json_valid(value) AND json_type(value) = 'object'
    ELSE 1 END LIMIT 1
"""

UNDONE_DIFFERS = "undone is not what the undo and redo events say"

_ORDERS = f"""
SELECT id FROM certificates WHERE json_type(answer_orders) <> 'array' OR EXISTS (
    SELECT 1 FROM json_each(answer_orders) WHERE coalesce(value NOT IN ({", ".join(f"'{order}'" for order in AnswerOrder)}), 1)
) LIMIT 1
"""

_ACROSS = (
    (_TURNS, "pairs", "turn is behind the last turn of its text or answers"),
    (_SETTINGS, "set_events", "value is no number for a floor, or no object of counts"),
    (_ORDERS, "certificates", "answer_orders is no list of orders"),
    (_UNDONE, "events", UNDONE_DIFFERS),
)
"""Rules that join tables or columns: a query for the first row that breaks one, its table, and what is wrong."""

_PLACES = 6
"""How many columns of a key are shown."""

_SHOWN = 40
"""How many characters of a value are shown."""


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    type: str
    nullable: bool
    in_key: bool


def find_damage(conn: sqlite3.Connection) -> str | None:
    """Return a sentence on the first value that cannot be right, with its table and row; None if all can."""
    return next(all_damage(conn), None)


def all_damage(conn: sqlite3.Connection) -> Iterator[str]:
    """Yield a sentence on the first wrong value of each table, then on what is wrong between tables and in pages.

    Reads the whole database. The rules are those of the tables: kinds of values, CHECK and NOT NULL, foreign keys; then
    UTF-8, JSON of the shape that is stored, times, finite numbers, and rules across tables.
    """
    try:
        tables = [
            (str(name), str(sql))
            for name, sql in conn.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
            if not name.startswith("sqlite_") and name not in SEARCH_TABLES
        ]
    except (sqlite3.Error, BadDatabase) as error:
        yield f"its schema cannot be read ({_cause(error)})"
        return
    for name, sql in tables:
        try:
            found = _find_in_table(conn, name, sql)
        except (sqlite3.Error, BadDatabase) as error:
            found = f"the table {name} cannot be read to its end ({_cause(error)})"
        if found is not None:
            yield found
    for find in (_find_between_tables, damage_in_pages):
        try:
            yield from find(conn)
        except (sqlite3.Error, BadDatabase) as error:
            yield f"it cannot be read to its end ({_cause(error)})"
            return


def _cause(error: Exception) -> str:
    return str(error.__cause__ or error)


def _find_in_table(conn: sqlite3.Connection, table: str, sql: str) -> str | None:
    info = conn.execute(f"PRAGMA table_info({table})").fetchall()
    columns = [_Column(row[1], row[2], not row[3] and not row[5], bool(row[5])) for row in info]
    key = [column.name for column in columns if column.in_key] if "WITHOUT ROWID" in sql else ["rowid"]
    rules = [*_value_rules(table, columns), *((check, f"CHECK ({' '.join(check.split())})") for check in checks(sql))]
    cases = " ".join(f"WHEN NOT ({rule}) THEN {number}" for number, (rule, _) in enumerate(rules))
    # In a WHERE a column goes before an alias of the same name: no table may have this one.
    row = conn.execute(
        f"SELECT {', '.join(key)}, CASE {cases} END AS broken_rule_ FROM {table} WHERE broken_rule_ IS NOT NULL LIMIT 1"
    ).fetchone()
    if row is not None:
        return _sentence(table, key, row[:-1], _what(conn, table, key, row[:-1], rules[row[-1]][1]))
    return _find_in_texts(conn, table, columns, key)


def _value_rules(table: str, columns: list[_Column]) -> Iterator[tuple[str, str]]:
    """Yield (SQL that holds for a good row, what is wrong where it does not) for each column."""
    for column in columns:
        name = column.name
        if not column.nullable:
            yield f"{name} IS NOT NULL", f"{name} is null"
        if column.type in _STORAGE:
            kinds = ", ".join(f"'{kind}'" for kind in (*_STORAGE[column.type], "null"))
            yield f"typeof({name}) IN ({kinds})", f"{name} is no {column.type}"
        if (table, name) in _ENUMERATIONS:
            words = ", ".join(f"'{word}'" for word in _ENUMERATIONS[table, name])
            yield f"coalesce({name} IN ({words}), 1)", f"{name} is none of {words}"
        if column.type == "REAL":
            yield f"coalesce(abs({name}) < 9e999, 1)", f"{name} is not a finite number"
        if name.endswith("_at") or name == "until":
            yield f"coalesce({name} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*', 1)", f"{name} is no time"
            yield f"coalesce(julianday({name}), {name} IS NULL)", f"{name} is no time"


def checks(sql: str) -> list[str]:
    """Return the expressions of the CHECK constraints in the SQL of a table."""
    found, at = [], sql.find("CHECK (")
    while at >= 0:
        start = at + len("CHECK (")
        end = _closing(sql, start)
        found.append(sql[start:end])
        at = sql.find("CHECK (", end)
    return found


def _closing(sql: str, start: int) -> int:
    """Return where the parenthesis that was opened before `start` closes; texts in quotes may hold others."""
    depth, quoted = 1, False
    for place in range(start, len(sql)):
        character = sql[place]
        if character == "'":
            quoted = not quoted
        elif not quoted:
            depth += (character == "(") - (character == ")")
        if depth == 0:
            return place
    return len(sql)


def _what(conn: sqlite3.Connection, table: str, key: list[str], row: tuple[Any, ...], rule: str) -> str:
    """Return what is wrong, with the value of the column that a rule begins with."""
    column = rule.removeprefix("CHECK (").split()[0].strip("(")
    where = " AND ".join(f"{name} IS ?" for name in key)
    try:
        value = conn.execute(f"SELECT {column} FROM {table} WHERE {where}", row).fetchone()[0]
    except (sqlite3.Error, BadDatabase, TypeError):
        return rule
    return f"{rule}, but {column} is {_shown(value)}" if rule.startswith("CHECK") else f"{rule}: {_shown(value)}"


def _shown(value: object) -> str:
    text = "null" if value is None else repr(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _sentence(table: str, key: list[str], values: tuple[Any, ...], what: str) -> str:
    row = ", ".join(f"{name} {_shown(value)}" for name, value in list(zip(key, values, strict=True))[:_PLACES])
    row = row.removeprefix("rowid ")
    return f"a value in the table {table}, row {row}, is not one that uphold writes: {what}"


def _is_list_of(kinds: tuple[type, ...] | None, least: int) -> Callable[[Any], bool]:
    def is_list(value: Any) -> bool:
        return (
            isinstance(value, list)
            and len(value) >= least
            and (kinds is None or all(isinstance(item, kinds) for item in value))
        )

    return is_list


def _is_detail(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str | None) for item in value.values())


def _is_summary(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(item, int) for item in value.values())


def _is_prompt(value: Any) -> bool:
    try:
        return bool(parse_prompt(json.dumps(value)).judge)
    except ValueError:
        return False


def _is_criteria(value: Any) -> bool:
    return isinstance(value, dict) and all(item in list(Preference) for item in value.values())


_JSON = {
    ("imports", "files"): _is_list_of((str,), 0),
    ("imports", "summary"): _is_summary,
    ("texts", "turns"): _is_list_of((str,), 1),
    ("reference_texts", "turns"): _is_list_of((str, type(None)), 1),
    ("responses", "cells"): _is_list_of(None, 1),
    ("generations", "definition"): lambda value: isinstance(value, dict),
    ("judges", "definition"): lambda value: isinstance(value, dict),
    ("judge_prompts", "text"): _is_prompt,
    ("judgments", "criteria"): _is_criteria,
    ("set_acts", "detail"): _is_detail,
    ("pool_items", "tags"): _is_list_of((str,), 0),
    ("pool_items", "turns"): _is_list_of((str,), 1),
    ("pool_items", "reference"): _is_list_of((str, type(None)), 1),
    ("pool_items", "answers"): lambda value: isinstance(value, dict),
}
"""Columns of JSON, and whether a value is of the shape that is stored there."""


def _find_in_texts(conn: sqlite3.Connection, table: str, columns: list[_Column], key: list[str]) -> str | None:
    """Return a sentence on the first text that is not UTF-8, or JSON of another shape than its column's."""
    names = [column.name for column in columns if column.type == "TEXT"]
    if not names:
        return None
    before, conn.text_factory = conn.text_factory, bytes
    try:
        for row in conn.execute(f"SELECT {', '.join([*key, *names])} FROM {table}"):
            for name, raw in zip(names, row[len(key) :], strict=True):
                what = None if raw is None else _text_problem(raw, _JSON.get((table, name)))
                if what is not None:
                    return _sentence(table, key, row[: len(key)], f"{name} {what}: {_shown(raw)}")
    finally:
        conn.text_factory = before
    return None


def _text_problem(raw: bytes, is_right: Callable[[Any], bool] | None) -> str | None:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return "is not UTF-8"
    if is_right is None:
        return None
    try:
        value = json.loads(text)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return "is JSON that cannot be read"
    return None if is_right(value) else "is JSON of another shape"


def _find_between_tables(conn: sqlite3.Connection) -> Iterator[str]:
    seen: set[tuple[str, str]] = set()
    for table, row, parent, _ in conn.execute("PRAGMA foreign_key_check"):
        if (table, parent) not in seen:
            seen.add((table, parent))
            place = f", row {row}," if row is not None else ""
            yield f"a row of the table {table}{place} refers to one of {parent} that is not there"
    tables = {row[0] for row in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for query, table, what in _ACROSS:
        # A file of an older schema lacks some.
        row = conn.execute(query).fetchone() if table in tables else None
        if row is not None:
            yield _sentence(table, ["rowid"], row, what)


def damage_in_pages(conn: sqlite3.Connection) -> Iterator[str]:
    """Yield a sentence where SQLite itself finds the pages of the file damaged."""
    (found,) = conn.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        yield f"its pages are damaged ({found})"
