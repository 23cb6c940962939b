"""Merges the reviews of another database into this one: all of them or none, and twice adds nothing."""

import os
from collections.abc import Callable
from pathlib import Path

from uphold.errors import BadUsage
from uphold.records.merges import MergeSummary
from uphold.store.database import Store
from uphold.store.foreign import reading_foreign
from uphold.store.merging import merge_reviews, stage_reviews


class _Undone(Exception):
    """Ends the transaction of a dry run, so that nothing of it stays."""


_STEPS = 3
"""The file is checked, its reviews are read, and then written."""


def merge_file(
    store: Store,
    path: Path,
    *,
    take_theirs: bool = False,
    dry_run: bool = False,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> MergeSummary:
    """Bring in the reviews of a pack, or of any other uphold database, and return what came of them.

    With `take_theirs` the file's word stands where a reviewer has decided differently in both; with `dry_run` nothing is
    written. The file is only read. `tell` is told how many steps of how many are done. Raises BadDatabase for a file that is
    no database of ours, or a damaged one, and BadUsage for this file itself and for one whose runs are not here.
    """
    if os.path.realpath(path) == os.path.realpath(store.path):
        raise BadUsage(f"{path}: this is the database itself; name the file that came back")
    tell(0, _STEPS)
    with reading_foreign(path) as foreign:
        tell(1, _STEPS)
        found = stage_reviews(store, foreign, path)
    tell(2, _STEPS)
    try:
        with store.writing() as conn:
            summary = merge_reviews(store, conn, found, take_theirs=take_theirs)
            if dry_run:
                raise _Undone
    except _Undone:
        pass
    return summary
