import random
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from support import forked, forked_programs
from support.command_line import UPHOLD
from uphold.store.database import open_store
from uphold.workflows.importing import ImportRequest, import_files

MOMENTS = 20

RANDOM_MOMENTS = 5

MANY_RANDOM_MOMENTS = 50

PAIRS = 120

_TABLES = ("imports", "examples", "responses", "pairs", "judgments", "events", "tags")


def importing(file: Path, set_name: str) -> tuple[str, ...]:
    """The arguments that bring the pairs in, as answers of systems of their own."""
    systems = ("--candidate", f"new {set_name}", "--baseline", f"old {set_name}")
    return ("import", str(file), "--as", "pairs", "--set", set_name, *systems)


def there(database: Path) -> dict[str, int]:
    """How many rows of each kind are in the file; none where there is no database yet."""
    if not database.exists():
        return dict.fromkeys(_TABLES, 0)
    with closing(sqlite3.connect(database)) as conn:
        made = {row[0] for row in conn.execute("SELECT name FROM sqlite_master")}
        return {
            name: conn.execute(f"SELECT count(*) FROM {name}").fetchone()[0] if name in made else 0 for name in _TABLES
        }


def whole(count: int) -> dict[str, int]:
    """The rows that one import of so many pairs makes."""
    reviews = (count + 2) // 3
    return {
        "imports": 1,
        "examples": count,
        "responses": 2 * count,
        "pairs": count,
        "judgments": count,
        "events": reviews,
        "tags": 2 * count,
    }


def _is_whole_or_nothing(database: Path, before: dict[str, int], sound: Callable[[Path], None]) -> bool:
    """Assert that the database is sound and that an import added all its rows or none; whether it added them."""
    if database.exists():
        sound(database)
    added = {name: count - before[name] for name, count in there(database).items()}
    assert added in (dict.fromkeys(_TABLES, 0), whole(PAIRS)), "half an import"
    return added["imports"] == 1


@pytest.mark.parametrize("into", ["a new file", "a file with an import"])
def test_an_import_that_is_killed_before_any_statement_is_there_whole_or_not_at_all(
    tmp_path: Path, pairs_file: Callable[[int], Path], sound: Callable[[Path], None], rng: random.Random, into: str
) -> None:
    file = pairs_file(PAIRS)
    model, database = tmp_path / "model", tmp_path / "killed" / "x.db"
    for folder in (model, database.parent):
        folder.mkdir()
        if into != "a new file":
            assert forked.start(forked_programs.command, folder, importing(file, "first")).heard() is not None
    before = there(database)
    ended = forked.start(forked_programs.command_killed_at, model, importing(file, "model"), None).heard()
    assert ended is not None
    code, moments = ended
    assert code == 0
    found = Counter[bool]()
    # A moment of each part of the import, of its first statements and of its last ones.
    parts = [rng.randrange(part * moments // MOMENTS, (part + 1) * moments // MOMENTS) + 1 for part in range(MOMENTS)]
    # Each once: an import that had ended before its moment adds nothing the second time.
    for moment in sorted({*parts, *range(moments - 5, moments + 1)}):
        child = forked.start(
            forked_programs.command_killed_at, database.parent, importing(file, f"set {moment}"), moment
        )
        ended_with = child.end()
        is_there = _is_whole_or_nothing(database, before, sound)
        # Once an import is there, the next one has no new file to make, and may end before the last moments of the model.
        assert ended_with == -signal.SIGKILL or (ended_with == 0 and is_there), f"moment {moment}"
        found[is_there] += 1
        before = there(database)
    assert found[False] > MOMENTS / 2
    assert forked.start(forked_programs.command, database.parent, importing(file, "last")).heard() is not None
    assert _is_whole_or_nothing(database, before, sound)


def _killed_after(command: list[str], seconds: float) -> bool:
    """Run a program and kill it after this time; whether it had ended well by itself."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        time.sleep(seconds)
        child.kill()
    return child.returncode == 0


def _kill_at_random(tmp_path: Path, file: Path, sound: Callable[[Path], None], rng: random.Random, times: int) -> None:
    """Kill the real command again and again, every fifth time while it makes a new file."""
    began = time.perf_counter()
    program = [*UPHOLD, "--db", str(tmp_path / "model.db"), *importing(file, "whole")]
    subprocess.run(program, check=True, stdout=subprocess.DEVNULL)
    usual = time.perf_counter() - began
    for moment in range(times):
        database = tmp_path / f"killed-{moment - moment % 5}.db"
        before = there(database)
        program = [*UPHOLD, "--db", str(database), *importing(file, f"set {moment}")]
        ended = _killed_after(program, usual * rng.uniform(0.4, 1.1))
        is_there = _is_whole_or_nothing(database, before, sound)
        assert not ended or is_there, f"moment {moment}: the import had ended and is not there"


def test_the_command_that_is_killed_at_random_is_there_whole_or_not_at_all(
    tmp_path: Path, pairs_file: Callable[[int], Path], sound: Callable[[Path], None], rng: random.Random
) -> None:
    _kill_at_random(tmp_path, pairs_file(PAIRS), sound, rng, RANDOM_MOMENTS)


@pytest.mark.slow
def test_the_same_at_many_moments(
    tmp_path: Path, pairs_file: Callable[[int], Path], sound: Callable[[Path], None], rng: random.Random
) -> None:
    _kill_at_random(tmp_path, pairs_file(PAIRS), sound, rng, MANY_RANDOM_MOMENTS)


def test_an_import_that_is_killed_between_its_rows_leaves_nothing_and_can_be_done_again(
    tmp_path: Path, pairs_file: Callable[[int], Path], sound: Callable[[Path], None], rng: random.Random
) -> None:
    file = pairs_file(3000)
    database = tmp_path / "killed.db"
    for steps in rng.sample(range(1, 6), 3):
        child = forked.start(forked_programs.import_in_steps, database, file)
        for _ in range(steps):
            said = child.heard()
            assert said is not None
            assert said != ("whole",)
        child.kill()
        sound(database)
        assert there(database) == dict.fromkeys(_TABLES, 0)
    with open_store(database) as store:
        for _ in import_files(store, ImportRequest([file])):
            pass
    assert there(database) == whole(3000)
