"""An import, against executemany of exactly the rows it wrote: in one process, each into a fresh database.

Both are timed from the first byte or row to the end of the commit, into databases that the same code made; ours reads,
checks and hashes on the way.
"""

import gc
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tables import Line, Timed, interleaved, ratio

from uphold.records.rows import ImportSummary
from uphold.store.database import open_store
from uphold.workflows.importing import ImportRequest, import_files


@dataclass(frozen=True)
class Written:
    """The rows of one table, as an INSERT takes them."""

    sql: str
    rows: list[tuple[object, ...]]


def measure(rounds: int, folder: Path, files: Sequence[tuple[str, Path]]) -> list[Line]:
    """One line a file or folder."""
    return [line for name, path in files for line in _measure(rounds, folder, name, path)]


def _measure(rounds: int, folder: Path, name: str, path: Path) -> list[Line]:
    numbers = itertools.count()

    def fresh() -> Path:
        return folder / f"import-{name}-{next(numbers)}.db"

    request = ImportRequest([path])
    model = fresh()
    _bring(model, request)
    written = _rows(model, fresh())
    ours, bare = interleaved(
        rounds, _timed(fresh, lambda p: _bring(p, request)), _timed(fresh, lambda p: _put(p, written))
    )
    count = sum(len(table.rows) for table in written)
    return [ratio(f"import, {name}", ours, bare, 4, f"executemany of {count:,} rows")]


def _timed(fresh: Callable[[], Path], action: Callable[[Path], float]) -> Timed:
    def run() -> float:
        path = fresh()
        gc.collect()
        try:
            return action(path)
        finally:
            for left in path.parent.glob(path.name + "*"):
                left.unlink()

    return run


def _bring(path: Path, request: ImportRequest) -> float:
    with open_store(path, create=True) as store:
        began = time.perf_counter()
        *_, summary = import_files(store, request)
        taken = time.perf_counter() - began
    assert isinstance(summary, ImportSummary)
    assert summary.pairs
    return taken


def _put(path: Path, written: list[Written]) -> float:
    with open_store(path, create=True) as store:
        began = time.perf_counter()
        with store.writing() as conn:
            for table in written:
                conn.executemany(table.sql, table.rows)
        return time.perf_counter() - began


def _rows(path: Path, empty: Path) -> list[Written]:
    """Every row of the database that an empty one has not, parents before children: tables in the order they were made.

    What SQLite or a trigger writes by itself (the tables of a search index) is written again by itself.
    """
    with open_store(path, reading=True) as store, open_store(empty, create=True) as other:
        made = store.rows("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY rowid").fetchall()
        own = [name for name, sql in made if sql.startswith("CREATE VIRTUAL")] + ["sqlite"]
        found = []
        for name, _ in made:
            if name in own or name.startswith(("_", *(f"{virtual}_" for virtual in own))):
                continue
            rows = store.rows(f"SELECT * FROM {name}").fetchall()
            before = set(other.rows(f"SELECT * FROM {name}").fetchall())
            new = [row for row in rows if row not in before] if before else rows
            if new and name != "about":
                found.append(Written(f"INSERT INTO {name} VALUES ({', '.join('?' * len(new[0]))})", new))
    return found
