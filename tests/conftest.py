"""What all tests share: where their files are, how many examples Hypothesis tries, how often garbage is looked for."""

import gc
import os
import shutil
import tempfile
from pathlib import Path

from support import examples

_IN_MEMORY = Path("/dev/shm")

_ROOM = 4 * 2**30
"""Bytes; a run of the whole suite leaves about one gigabyte until it ends."""


def _is_fit(folder: Path) -> bool:
    """Whether there is room, and a program may be started there, as tests do."""
    return (
        os.access(folder, os.W_OK | os.X_OK)
        and not os.statvfs(folder).f_flag & os.ST_NOEXEC
        and shutil.disk_usage(folder).free > _ROOM
    )


if "TMPDIR" not in os.environ and _is_fit(_IN_MEMORY):
    # On a disk every commit waits for it: the tests of the store take half as long again.
    os.environ["TMPDIR"] = tempfile.tempdir = str(_IN_MEMORY)

# What the app remembers of a user is not that of whoever runs the tests.
_STATE = tempfile.TemporaryDirectory(prefix="uphold-state-")
os.environ["UPHOLD_STATE"] = str(Path(_STATE.name, "state.json"))

examples.register()

gc.set_threshold(
    100_000, 20, 50
)  # thousands of modules and tests are alive until the end, and nothing among them is garbage


def pytest_collection_finish() -> None:
    """Look for garbage only among what tests make."""
    gc.freeze()
