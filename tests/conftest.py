"""What all tests share: where their files are, and how many examples Hypothesis tries."""

import os
import shutil
from pathlib import Path

from support import examples

_IN_MEMORY = Path("/dev/shm")

_ROOM = 4 * 2**30
"""Bytes; a run of the whole suite leaves about one gigabyte until it ends."""


def _has_room(folder: Path) -> bool:
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK) and shutil.disk_usage(folder).free > _ROOM


if _has_room(_IN_MEMORY):
    # Every commit waits for the disk: the tests of the store take two thirds of the time in memory.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_IN_MEMORY))

examples.register()
