"""Two processes: one imports many pairs, the other decides all the while."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.imports import judged, values, write
from support.terminal import UPHOLD
from uphold.store.database import open_store


def _rows(count: int, characters: int) -> Iterator[dict[str, Any]]:
    """Pairs with verdicts in both orders; the second without the texts, so that it is applied after all others."""
    for number in range(count):
        key = f"pair-{number}"
        text = f"{number} ".ljust(characters, "x")
        yield judged(key, instruction=f"instruct {text}", response_candidate=f"c {text}", response_baseline=f"b {text}")
        yield {"key": key, "judge": "j", "verdict": "tie", "order": "baseline-first"}


def _write_rows(path: Path, count: int, characters: int) -> Path:
    """Row by row: a child's peak of memory begins with what its parent has at hand."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in _rows(count, characters))
    return path


def _import(database: Path, file: Path, set_name: str) -> None:
    command = [*UPHOLD, "--db", str(database), "import", str(file), "--set", set_name]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _beside_a_reviewer(folder: Path, count: int, characters: int) -> dict[str, Any]:
    """Import so many pairs while a reviewer decides; return how long their decisions took."""
    database = folder / "shared.db"
    _import(database, write(folder / "first.jsonl", *[judged(str(number)) for number in range(50)]), "first")
    file = _write_rows(folder / "many.jsonl", count, characters)
    process = [sys.executable, str(Path(__file__).with_name("deciding_process.py")), str(database), "ada"]
    with subprocess.Popen(process, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reviewer:
        assert reviewer.stdin is not None
        assert reviewer.stdout is not None
        assert reviewer.stdout.readline() == "deciding\n"
        began = time.perf_counter()
        _import(database, file, "many")
        taken = time.perf_counter() - began
        reviewer.stdin.close()
        found: dict[str, Any] = json.loads(reviewer.stdout.read())
    with open_store(database) as store:
        assert values(store, "SELECT count(*) FROM events WHERE kind = 'decision'") == [found["decisions"]]
        assert values(store, "SELECT count(*) FROM pairs") == [count + 50]
        assert values(store, "SELECT count(*) FROM verdicts") == [count + 50]
        assert not store.rows("PRAGMA foreign_key_check").fetchall()
    return found | {"import": taken}


def test_a_reviewer_decides_all_the_while_that_another_process_imports(tmp_path: Path) -> None:
    found = _beside_a_reviewer(tmp_path, 1500, 100)
    assert found["decisions"] > 10


@pytest.mark.slow
def test_a_reviewer_decides_while_another_process_imports_100_000_pairs(tmp_path: Path) -> None:
    found = _beside_a_reviewer(tmp_path, 100_000, 300)
    print(found)  # noqa: T201
    assert found["longest"] < found["import"] / 2, "the reviewer waited for more than the writing"
    assert found["longest"] < 60


@pytest.mark.slow
def test_an_import_of_100_000_pairs_takes_less_than_200_megabytes(tmp_path: Path) -> None:
    file = _write_rows(tmp_path / "many.jsonl", 100_000, 300)
    child = subprocess.Popen([*UPHOLD, "--db", str(tmp_path / "x.db"), "import", str(file)], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    assert usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) < 200 * 2**20
