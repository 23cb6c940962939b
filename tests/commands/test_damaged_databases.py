"""Whatever is in the file: every command ends with a documented exit code, and a sentence instead of a traceback."""

import io
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.damaging import damage
from support.imports import compared, write
from support.stores import new_store
from uphold.store import pair_list
from uphold.store.connections import Connection
from uphold.store.database import open_store
from uphold.workflows.importing import ImportRequest, import_files
from uphold_tui.cli import run

SHORT = 25

LONG = 3000

MOST_SECONDS = 20.0

RUN = "new-vs-old"

COMMANDS = (
    ("stats", RUN, "--json"),
    ("stats", RUN, "--full"),
    ("stats", "--set", "s", "--by", "tag"),
    ("show", RUN, "k3"),
    ("runs",),
    ("runs", "--json"),
    ("judges", RUN),
    ("plan", RUN),
    ("compare", RUN, "newer-vs-old"),
    ("gate", RUN, "--against", "newer-vs-old", "--margin", "0.05"),
    ("export", "jsonl", RUN),
    ("export", "csv", "--set", "s"),
    ("imports",),
    ("imports", "--json"),
    ("imports", "drop", "1"),
    ("judge", RUN, "--judge", "openai:m", "--base-url", "http://127.0.0.1:9/v1", "--dry-run"),
    ("judge", RUN, "--judge", "rules:closer"),
    ("next", RUN, "--reviewer", "ada", "--json"),
    ("next", RUN, "--reviewer", "bob", "--queue", "uncertain", "--count", "3"),
    ("decide", RUN, "k2", "candidate", "--reviewer", "ada"),
    ("decide", RUN, "--undo", "--reviewer", "ada"),
    ("import", "rows.jsonl", "--set", "s", "--update"),
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database with two runs, judgments in both orders, decisions, undone ones, drawn queues and a search index."""
    folder = tmp_path_factory.mktemp("sound")
    rows = []
    for number in range(40):
        key, rng = f"k{number}", random.Random(number)
        for candidate in ("new", "newer"):
            base = compared(
                key, reference=f"{key} says", candidate=candidate, baseline="old", tags=["even"] * (number % 2 == 0)
            )
            for order in ("candidate-first", "baseline-first"):
                verdict = rng.choice(("candidate", "baseline", "tie"))
                rows.append(
                    base | {"judge": "j", "verdict": verdict, "order": order, "confidence": 0.5, "reason": "so"}
                )
            if number % 2:
                rows.append(
                    base | {"reviewer": "ada", "review": rng.choice(("candidate", "baseline", "both-bad")), "note": "n"}
                )
    path = folder / "x.db"
    with new_store(path) as store:
        *_, _ = import_files(store, ImportRequest([write(folder / "rows.jsonl", *rows)], set="s"))
    for command in (
        ("next", RUN, "--reviewer", "ada", "--queue", "uncertain"),
        ("decide", RUN, "k2", "candidate", "--reviewer", "ada", "--note", "word"),
        ("decide", RUN, "k4", "tie", "--reviewer", "ada"),
        ("decide", RUN, "--undo", "--reviewer", "ada"),
        ("judge", RUN, "--judge", "rules:closer"),
    ):
        assert ended(path, *command)[0] == 0
    with open_store(path) as store:
        pair_list.update_index(store)
    return path.read_bytes()


@contextmanager
def streams() -> Iterator[tuple[io.BytesIO, io.BytesIO]]:
    """Standard output and error as a program's."""
    kept, pair = (sys.stdout, sys.stderr), (io.BytesIO(), io.BytesIO())
    sys.stdout, sys.stderr = (io.TextIOWrapper(one, "utf-8", write_through=True) for one in pair)
    try:
        yield pair
    finally:
        sys.stdout, sys.stderr = kept


def ended(path: Path, *command: str) -> tuple[int, str]:
    """Exit code and standard error of a command."""
    with streams() as (_, err):
        code = run(["--db", str(path), *command])
        return code, err.getvalue().decode()


def attack(sound: bytes, folder: Path, seed: int, commands: int) -> int:
    """Damage the database and run some commands on it; returns how many."""
    rng = random.Random(seed)
    path = folder / "x.db"
    for command in rng.sample(COMMANDS, commands):
        for old in folder.iterdir():
            old.unlink()
        path.write_bytes(sound)
        rows = [
            compared(f"k{number}", candidate="new", baseline="old", reviewer="bob", review="tie") for number in range(5)
        ]
        command = tuple(str(write(folder / "rows.jsonl", *rows)) if word == "rows.jsonl" else word for word in command)
        done = damage(path, seed)
        began = time.perf_counter()
        try:
            code, said = ended(path, *command)
        except Exception as error:
            raise AssertionError(f"seed {seed}, {done}, {command}: {error!r}") from error
        assert code in (0, 1, 2, 3, 4), (seed, done, command, code)
        assert time.perf_counter() - began < MOST_SECONDS, (seed, done, command)
        assert "Traceback" not in said, (seed, done, command)
        assert "error of its own" not in said, (seed, done, command)
        assert "\x1b" not in said, (seed, done, command)
        assert code != 2 or said.strip(), (seed, done, command)
    return commands


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Queries are stopped after some seconds."""
    monkeypatch.setattr(Connection, "query_seconds", 5.0)


def test_no_damage_ends_in_a_traceback(sound: bytes, tmp_path: Path) -> None:
    assert sum(attack(sound, tmp_path, seed, 3) for seed in range(SHORT)) == 3 * SHORT


@pytest.mark.slow
def test_no_damage_ends_in_a_traceback_at_length(sound: bytes, tmp_path: Path) -> None:
    assert sum(attack(sound, tmp_path, seed, 8) for seed in range(SHORT, SHORT + LONG)) == 8 * LONG
