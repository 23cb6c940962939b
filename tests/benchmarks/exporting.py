"""The largest memory of an export, above that of the same export of a few pairs."""

import os
import subprocess
from pathlib import Path

from made import UPHOLD
from tables import Line, megabytes

BUDGET = 50
"""Megabytes above what the program takes for a few pairs."""

WITH_VERSION = 100
"""The same for training data, for which a version of the set is cut: the ids of all its examples are in memory then."""

FORMATS = (
    ("csv", "out.csv"),
    ("jsonl", "out.jsonl"),
    ("xlsx", "out.xlsx"),
    ("alpaca-eval", "annotations.json"),
    ("mt-bench", "bench"),
    ("trl", "train.jsonl"),
    ("uphold", "bundle.jsonl"),
)


def measure(folder: Path, big: Path, small: Path) -> list[Line]:
    """Each format once: memory differs little from time to time, and the whole of it takes minutes."""
    return [
        megabytes(
            f"export {form}, memory above idle",
            [max(_peak(folder, big, form, name) - _peak(folder, small, form, name), 1)],
            WITH_VERSION if form == "trl" else BUDGET,
        )
        for form, name in FORMATS
    ]


def _peak(folder: Path, database: Path, form: str, name: str) -> float:
    """The largest resident memory of one export, in bytes."""
    more = ["--for-training"] if form == "trl" else []
    command = [*UPHOLD, "--db", str(database), "export", form, "1", *more, "-o", str(folder / name), "--force"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as program:
        _, status, used = os.wait4(program.pid, 0)
        program.returncode = os.waitstatus_to_exitcode(status)
        if program.returncode and program.stderr is not None:
            raise subprocess.CalledProcessError(program.returncode, command, stderr=program.stderr.read())
    return used.ru_maxrss * 1024
