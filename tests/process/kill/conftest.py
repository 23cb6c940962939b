import json
import os
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def rng() -> random.Random:
    """Random moments from a seed that is printed when a test fails; UPHOLD_SEED overrides it."""
    seed = os.environ.get("UPHOLD_SEED") or str(random.SystemRandom().randrange(10**9))
    print(f"UPHOLD_SEED={seed}")  # noqa: T201  (pytest shows it when the test fails)
    return random.Random(seed)


def pair(number: int, rng: random.Random) -> dict[str, Any]:
    """A row with both answers, a verdict and every third time a review."""
    said = {"reviewer": "ada", "review": rng.choice(["candidate", "tie"])} if number % 3 == 0 else {}
    return {
        "key": f"item-{number}",
        "instruction": f"question {number} " + "q" * 300,
        "tags": ["one", "two"],
        "response_candidate": f"answer {number} " + "c" * 700,
        "response_baseline": f"reply {number} " + "b" * 700,
        "judge": "judge",
        "order": "candidate-first",
        "verdict": rng.choice(["candidate", "baseline", "tie"]),
        **said,
    }


@pytest.fixture
def pairs_file(tmp_path: Path) -> Callable[[int], Path]:
    """Write so many pairs into a file."""

    def write(count: int) -> Path:
        rng = random.Random(count)
        path = tmp_path / f"pairs-{count}.jsonl"
        path.write_text("".join(json.dumps(pair(number, rng)) + "\n" for number in range(count)))
        return path

    return write


@pytest.fixture
def sound() -> Callable[[Path], None]:
    """Assert that SQLite itself finds nothing wrong with a database, opened as anybody would."""

    def check(database: Path) -> None:
        with closing(sqlite3.connect(database)) as conn:
            assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert conn.execute("PRAGMA foreign_key_check").fetchall() == []

    return check
