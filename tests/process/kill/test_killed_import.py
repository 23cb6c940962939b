import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from support.terminal import UPHOLD
from uphold.store.database import open_store
from uphold.workflows.importing import ImportRequest, import_files

MOMENTS = 50

PAIRS = 600

_TABLES = ("imports", "examples", "responses", "pairs", "judgments", "events", "tags")


def importing(database: Path, file: Path, set_name: str) -> list[str]:
    """The command that brings the pairs in, as answers of systems of their own."""
    systems = ["--candidate", f"new {set_name}", "--baseline", f"old {set_name}"]
    return [*UPHOLD, "--db", str(database), "import", str(file), "--as", "pairs", "--set", set_name, *systems]


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


def killed_after(command: list[str], seconds: float) -> bool:
    """Run a program and kill it after this time; whether it had ended well by itself."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        time.sleep(seconds)
        child.kill()
    return child.returncode == 0


def usual_time(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def test_an_import_that_is_killed_is_there_whole_or_not_at_all(
    tmp_path: Path, pairs_file: Callable[[int], Path], sound: Callable[[Path], None], rng: random.Random
) -> None:
    file = pairs_file(PAIRS)
    usual = usual_time(importing(tmp_path / "model.db", file, "whole"))
    database, found = tmp_path / "killed.db", Counter[str]()
    for moment in range(MOMENTS):
        if moment % 5 == 0:  # into a new file again, so that its making is among what is killed
            database = tmp_path / f"killed-{moment}.db"
        before = there(database)
        ended = killed_after(importing(database, file, f"set {moment}"), usual * rng.uniform(0.4, 1.1))
        if database.exists():
            sound(database)
        added = {name: count - before[name] for name, count in there(database).items()}
        assert added in (dict.fromkeys(_TABLES, 0), whole(PAIRS)), f"moment {moment}: half an import"
        assert not ended or added["imports"], f"moment {moment}: the import had ended and is not there"
        found["whole" if added["imports"] else "nothing"] += 1
    subprocess.run(importing(database, file, "the last"), check=True, stdout=subprocess.DEVNULL)
    sound(database)
    assert there(database)["imports"] >= 1
    print(found)  # noqa: T201


def test_an_import_that_is_killed_between_its_rows_leaves_nothing_and_can_be_done_again(
    tmp_path: Path, pairs_file: Callable[[int], Path], sound: Callable[[Path], None], rng: random.Random
) -> None:
    file = pairs_file(3000)
    database = tmp_path / "killed.db"
    command = [sys.executable, str(Path(__file__).with_name("import_process.py")), str(database), str(file)]
    for steps in rng.sample(range(1, 6), 3):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            for _ in range(steps):
                assert child.stdout.readline().startswith("reading")
            time.sleep(rng.random() * 0.01)
            child.kill()
        sound(database)
        assert there(database) == dict.fromkeys(_TABLES, 0)
    with open_store(database) as store:
        for _ in import_files(store, ImportRequest([file])):
            pass
    assert there(database) == whole(3000)
