"""Screens on a database with values that cannot be: a sentence with table and row, in its place or as the app's last word."""

import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from support.app_samples import app, database, make_app, press, shown
from support.damaging import execute_without_rules
from support.full_file import make_full_file
from uphold.errors import BadDatabase
from uphold.records.runs import Run
from uphold.store.runs import all_runs
from uphold.workflows.lookup import Store, open_store
from uphold_tui.navigation.navigator import Navigator

SCREENS = {
    "review": ("space", "right", "right", "b", "a"),
    "list": ("l", "down", "down", "enter"),
    "search": ("l", "slash", "w", "o", "enter"),
    "numbers": ("i",),
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


def break_rules(path: Path, table: str, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        (sql,) = conn.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        execute_without_rules(conn, table, sql, statement)


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
    break_rules(path, table, DAMAGE[table])
    with open_store(path) as store:
        said = await last_words(store, lambda: visit(store, SCREENS[screen]))
    assert said is None or f"table {table}, row" in said or f"table {table} cannot be read" in said


ELSEWHERE: dict[str, tuple[Callable[[Navigator, Run], object], tuple[str, ...]]] = {
    "home": (lambda navigator, run: None, ("down", "up")),
    "wrong": (lambda navigator, run: navigator.show_numbers(run), ("e", "j")),
    "set": (lambda navigator, run: navigator.show_set("s"), ("down", "a", "escape", "I", "escape", "C", "escape")),
    "versions": (lambda navigator, run: navigator.show_set("s"), ("V", "j", "space", "k", "c")),
    "proposals": (lambda navigator, run: navigator.show_set("s"), ("P", "right", "p", "enter")),
    "checkpoints": (lambda navigator, run: navigator.checkpoints.show("s"), ("j", "enter", "q", "x", "escape")),
    "standing": (lambda navigator, run: navigator.show_standing("s", None), ("tab", "j", "C", "escape", "L", "escape")),
    "workbench": (lambda navigator, run: navigator.show_workbench(run), ("w", "escape", "V", "escape", "h", "escape")),
    "judging": (lambda navigator, run: navigator.judge_run(run), ("j", "k")),
}
"""How other screens are opened, and keys that read more."""

NEWER_DAMAGE = {
    "judge_prompts": "text = '{\"judge\": 3}'",
    "judge_trials": "fixed = 'x'",
    "certificates": "answer_orders = '[1]'",
    "drift_checks": "p = 9e999",
    "example_halves": "half = 'both'",
    "served_models": "created_at = 'yesterday'",
    "set_acts": "detail = '[1]'",
    "set_events": "value = 'NaN'",
    "set_versions": "number = 'x'",
    "pool_items": "answers = '[]'",
    "scores": "value = 9e999",
    "blessed": "created_at = x'00'",
    "judges": "definition = '[]'",
    "sessions": "mode = 'both'",
    "shown_pairs": "verdict = 'candidat'",
    "training_exports": "pairs = 'many'",
}
"""A table, and what is set in all its rows."""


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_full_file(tmp_path_factory.mktemp("full"))


@pytest.mark.slow
@pytest.mark.parametrize("table", NEWER_DAMAGE)
@pytest.mark.parametrize("screen", ELSEWHERE)
async def test_another_screen_on_a_damaged_database_ends_in_a_sentence(
    full: Path, tmp_path: Path, screen: str, table: str
) -> None:
    path = Path(shutil.copy(full, tmp_path / "x.db"))
    break_rules(path, table, f"UPDATE OR IGNORE {table} SET {NEWER_DAMAGE[table]}")
    with open_store(path) as store:
        said = await last_words(store, lambda: visit_elsewhere(store, *ELSEWHERE[screen]))
    assert said is None or f"table {table}, row" in said or f"table {table} cannot be read" in said, said


async def visit_elsewhere(store: Store, open_screen: Callable[[Navigator, Run], object], keys: tuple[str, ...]) -> None:
    """Open a screen, press its keys, and fail where it shows an error of the program's own."""
    made = make_app(store, reviewer="mira")
    async with made.run_test(size=(130, 38)) as pilot:
        await pilot.pause()
        open_screen(made.navigator, all_runs(store)[0])
        for key in ("", *keys):
            if key:
                await press(pilot, key)
            await pilot.app.workers.wait_for_complete()
            await pilot.pause()
            assert "error of its own" not in shown(pilot)


async def last_words(store: Store, visit: Callable[[], Awaitable[object]]) -> str | None:
    """What the error says with which a visit ends, or the store of it; None where it ends without one."""
    try:
        await visit()
    except Exception as error:
        cause = getattr(error, "error", error)
        return str(cause if isinstance(cause, BadDatabase) else store.explain(cause) or repr(cause))
    return None
