"""Looks a database file over without writing to it: what is at the path, its schema, its values, its stored outcomes."""

import contextlib
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

from uphold.errors import BadDatabase
from uphold.records.diagnosis import Area, Finding
from uphold.store.connections import DAMAGED, ERRORS_OF_VALUES, Connection
from uphold.store.damage import UNDONE_DIFFERS, all_damage, damage_in_pages
from uphold.store.opening import Location, connect_to_read, is_new, locate, why_read_only
from uphold.store.outcomes import find_outdated
from uphold.store.schema import SCHEMA
from uphold.store.schema_check import schema_problems
from uphold.store.sets import set_names

_WAIT = 5.0

_LITTLE_SPACE = 50 * 2**20
"""Bytes; so much more than the database again should be free, for copies and logs."""

_REPAIR = "the facts are whole: `uphold doctor --repair` makes the outcomes again from them"


def examine(path: Path) -> Iterator[Finding]:
    """Yield what is to be said of the database at a path, whatever is there; nothing is written to it or beside it."""
    try:
        place = locate(path)
        is_new(place, create=False, wait=_WAIT)
        yield from _beside(place)
        conn, state = connect_to_read(place, _WAIT)
        with contextlib.closing(conn):
            yield from _inside(conn, path)
            if state is not None:
                state.check()
    except BadDatabase as error:
        yield _finding(path, str(error))
    except ERRORS_OF_VALUES as error:
        yield Finding(Area.FILE, str(path), f"it cannot be read ({error})", DAMAGED)


def names_of_sets(path: Path) -> list[str]:
    """Return the eval sets of a database in which nothing is wrong, of an older schema too; nothing is written."""
    conn, _ = connect_to_read(locate(path), _WAIT)
    with contextlib.closing(conn):
        return set_names(conn)


def _finding(path: Path, message: str) -> Finding:
    """Return an error's sentence as a finding: what is so, and what to do about it behind the first semicolon."""
    what, _, advice = message.removeprefix(f"{path}: ").partition("; ")
    return Finding(Area.FILE, str(path), what, advice)


def _beside(place: Location) -> Iterator[Finding]:
    """Yield what is to be said of the file as a file, of its logs and its disk."""
    path = str(place.named)
    if place.named.is_symlink():
        yield Finding(
            Area.FILE,
            path,
            f"it is a link to {place.file}",
            "copy both that file and the logs beside it",
            is_wrong=False,
        )
    for log, what in (
        (place.log, "transactions that are not in the file itself yet"),
        (place.journal, "a transaction that did not end; the next program that writes undoes it"),
    ):
        if log.exists() and log.stat().st_size:
            advice = "do not part the two; `uphold backup FILE` makes one file of them"
            yield Finding(Area.FILE, str(log), what, advice, is_wrong=False)
    obstacle = why_read_only(place)
    if obstacle is not None:
        what, _, advice = obstacle.partition("; ")
        yield Finding(Area.FILE, path, what, advice, is_wrong=False)
    status = place.file.stat()
    if status.st_mode & stat.S_IWOTH:
        yield Finding(Area.FILE, path, "everybody on this machine may write to it", f"chmod o-w {path}", is_wrong=False)
    if shutil.disk_usage(place.file.parent).free < status.st_size + _LITTLE_SPACE:
        yield Finding(Area.FILE, str(place.file.parent), "its disk is nearly full", "free some space", is_wrong=False)


def _inside(conn: Connection, path: Path) -> Iterator[Finding]:
    """Yield what is wrong with schema, values and outcomes; what rests on a schema that is not ours is not looked at."""
    (version,) = conn.execute("PRAGMA user_version").fetchone()
    foreign = list(schema_problems(conn, version))
    yield from (_finding(path, problem) for problem in foreign)
    if foreign:
        yield from (Finding(Area.FILE, str(path), what, DAMAGED) for what in damage_in_pages(conn))
        return
    damage = [what for what in all_damage(conn) if not what.endswith(UNDONE_DIFFERS)]
    yield from (Finding(Area.FILE, str(path), what, DAMAGED) for what in damage)
    if version < SCHEMA:
        what = f"its schema is an older one ({version}, this uphold makes {SCHEMA})"
        advice = "the next command that writes copies the file and brings it up to date"
        yield Finding(Area.FILE, str(path), what, advice, is_wrong=False)
    elif not damage:
        yield from _outcomes(conn)


def _outcomes(conn: sqlite3.Connection) -> Iterator[Finding]:
    for found in find_outdated(conn):
        more = ", …" if found.rows > len(found.examples) else ""
        what = f"not what the facts amount to on {found.rows} pairs ({', '.join(found.examples)}{more})"
        yield Finding(Area.OUTCOMES, found.table, what, _REPAIR)
