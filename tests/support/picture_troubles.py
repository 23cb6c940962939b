"""What goes wrong, or is going on, behind the app: steps between the keys of a scene."""

import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

from textual.events import Paste
from textual.pilot import Pilot

from uphold.workflows.importing import ImportProgress
from uphold.workflows.lookup import Store
from uphold_tui.app import UpholdApp
from uphold_tui.importing.background import ImportOutcome, ImportWork
from uphold_tui.importing.screen import ImportScreen

_locks: list[sqlite3.Connection] = []


def _store(pilot: "Pilot[str]") -> Store:
    app = pilot.app
    assert isinstance(app, UpholdApp)
    return app.navigator.store


def _lose(pilot: "Pilot[str]") -> None:
    """The database file is deleted."""
    _store(pilot).path.unlink()


def _lock(pilot: "Pilot[str]") -> None:
    """Another program writes and does not end; nobody waits for it."""
    _store(pilot).db.execute("PRAGMA busy_timeout = 0")
    other = sqlite3.connect(_store(pilot).path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    _locks.append(other)


def _nothing(_: Store) -> Generator[ImportProgress | ImportOutcome, None, None]:
    yield from ()


def _import(pilot: "Pilot[str]") -> None:
    """An import is at work, a good third of it."""
    screen = pilot.app.screen
    assert isinstance(screen, ImportScreen)
    work = ImportWork(_store(pilot).path, screen.form.request, _nothing, lambda: None)
    work.progress = ImportProgress(37, 100, 14_310)
    screen.work = work
    screen.refresh_page()


STEPS: dict[str, Callable[["Pilot[str]"], None]] = {"lost": _lose, "locked": _lock, "importing": _import}


def paste(pilot: "Pilot[str]", text: str) -> None:
    """Paste a text."""
    pilot.app.post_message(Paste(text))


@contextmanager
def mended() -> Iterator[None]:
    """Give back afterwards what other programs were made to lock."""
    try:
        yield
    finally:
        while _locks:
            _locks.pop().close()
