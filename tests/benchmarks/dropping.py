"""Taking an import back, against the import itself: in one process, at several sizes, so that the ratio shows the growth."""

import time
from collections.abc import Sequence
from pathlib import Path

from tables import Line, ratio

from uphold.store.database import open_store
from uphold.store.imports import drop_import
from uphold.workflows.importing import ImportRequest, import_files


def measure(rounds: int, folder: Path, files: Sequence[tuple[str, Path]]) -> list[Line]:
    """One line a file; each is imported into a fresh database and dropped from it."""
    return [_measured(rounds, folder, name, path) for name, path in files]


def _measured(rounds: int, folder: Path, name: str, path: Path) -> Line:
    imported, dropped = [], []
    for number in range(rounds):
        database = folder / f"drop-{path.stem}-{number}.db"
        with open_store(database, create=True) as store:
            began = time.perf_counter()
            for _ in import_files(store, ImportRequest([path])):
                pass
            between = time.perf_counter()
            drop_import(store, 1)
            imported.append(between - began)
            dropped.append(time.perf_counter() - between)
        for left in folder.glob(database.name + "*"):
            left.unlink()
    return ratio(f"imports drop, {name}", dropped, imported, 2, "the import")
