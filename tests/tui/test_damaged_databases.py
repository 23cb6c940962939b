"""Screens on a database with values that cannot be: a sentence with table and row, in its place or as the app's last word."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from support.app_samples import app, database, press, shown
from support.damaging import execute_without_rules
from uphold.errors import BadDatabase
from uphold.workflows.lookup import Store, open_store

SCREENS = {
    "review": ("space", "right", "right", "b", "a"),
    "list": ("l", "down", "down", "enter"),
    "search": ("l", "slash", "w", "o", "enter"),
    "numbers": ("n",),
    "guidelines": ("I",),
}

DAMAGE = {
    "texts": "UPDATE texts SET turns = '['",
    "responses": "UPDATE responses SET cells = '{}'",
    "verdicts": "UPDATE verdicts SET verdict = 'candidat'",
    "judgments": "UPDATE judgments SET answer_order = 'sideways' WHERE id = 1",
    "events": "UPDATE events SET kind = 'decided'",
    "examples": "UPDATE examples SET key = CAST(x'61ff' AS TEXT) WHERE id = 1",
    "queue_items": "UPDATE queue_items SET weight = 9e999",
    "tags": "UPDATE tags SET tag = x'00'",
}


def break_rules(path: Path, table: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        (sql,) = conn.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        execute_without_rules(conn, table, sql, DAMAGE[table])


async def visit(store: Store, keys: tuple[str, ...]) -> str:
    """The last screen after these keys."""
    async with app(store).run_test(size=(120, 36)) as pilot:
        await press(pilot, *keys)
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        return shown(pilot)


@pytest.mark.parametrize("table", DAMAGE)
@pytest.mark.parametrize("screen", SCREENS)
async def test_a_screen_on_a_damaged_database_ends_in_a_sentence(tmp_path: Path, screen: str, table: str) -> None:
    path = database(tmp_path).path
    break_rules(path, table)
    with open_store(path) as store:
        said = await last_words(store, SCREENS[screen])
    assert said is None or f"table {table}, row" in said or f"table {table} cannot be read" in said


async def last_words(store: Store, keys: tuple[str, ...]) -> str | None:
    """What the error says with which a visit ends, or the store of it; None where it ends without one."""
    try:
        await visit(store, keys)
    except Exception as error:
        cause = getattr(error, "error", error)
        return str(cause if isinstance(cause, BadDatabase) else store.explain(cause) or repr(cause))
    return None
