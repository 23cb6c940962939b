"""Whatever is in the file: every command ends with a documented exit code, and a sentence instead of a traceback."""

import io
import os
import random
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

import pytest

from support.damaging import damage
from support.full_file import KEY, NAME, OTHER_RUN, RUN, make_full_file
from support.imports import compared, write
from support.judge_workbench import judge_file
from support.model_server import Asked, Reply, answer_to, serving
from uphold.store.connections import Connection
from uphold.store.damage import all_damage
from uphold.store.database import open_store
from uphold_tui.cli import run

SHORT = 25

LONG = 600

MOST_SECONDS = 20.0

SERVER = "http://127.0.0.1:9/v1"
"""Stands for the address of a server that answers with something that is no verdict."""

EXAMPLE = "k005-dev"

COMMANDS = (
    ("stats", RUN, "--json"),
    ("stats", RUN, "--full"),
    ("stats", "--set", "s", "--by", "tag"),
    ("show", RUN, EXAMPLE),
    ("show", RUN, "two-turns", "--json"),
    ("runs",),
    ("runs", "--json"),
    ("runs", "bless", OTHER_RUN),
    ("scores",),
    ("judges", RUN),
    ("judges", "show", "weak.toml", RUN),
    ("judges", "clauses", RUN),
    ("judges", "versions", "s", "2", "--against", "1"),
    ("judges", "versions", "s", "2", "-o", "v.toml"),
    ("judges", "wrong", RUN),
    ("judges", "certify", RUN, "--judge", "weak.toml", "--yes", "--floor", ".5"),
    ("judges", "drift", RUN, "--judge", "weak"),
    ("judges", "try", RUN, "--judge", "weak.toml", "--against", "weak", "--dry-run"),
    ("plan", RUN),
    ("compare", RUN, OTHER_RUN),
    ("gate", RUN, "--against", OTHER_RUN, "--margin", "0.05"),
    ("gate", OTHER_RUN, "--margin", "0.05", "--no-worse", "mmlu_law:acc:0.1"),
    ("report", RUN, "-o", "new.html"),
    ("report", RUN, OTHER_RUN, "-o", "new.md"),
    ("replay", RUN),
    ("export", "jsonl", RUN),
    ("export", "csv", "--set", "s"),
    ("export", "xlsx", RUN, "-o", "o.xlsx"),
    ("export", "alpaca-eval", RUN),
    ("export", "mt-bench", RUN, "-o", "bench"),
    ("export", "trl", RUN, "--for-training", "-o", "t.jsonl"),
    ("export", "uphold", "--set", "s", "-o", "bundle.jsonl"),
    ("imports",),
    ("imports", "--json"),
    ("imports", "drop", "2"),
    ("judge", RUN, "--judge", "openai:m", "--base-url", SERVER, "--dry-run"),
    ("judge", RUN, "--judge", "weak.toml"),
    ("judge", RUN, "--judge", "rules:closer"),
    ("next", RUN, "--reviewer", "ada", "--json"),
    ("next", RUN, "--reviewer", "bob", "--queue", "uncertain", "--count", "3"),
    ("next", RUN, "--reviewer", "cyd", "--queue", "changed"),
    ("decide", RUN, EXAMPLE, "candidate", "--reviewer", "ada"),
    ("decide", RUN, EXAMPLE, "tie", "--as-program", "program"),
    ("decide", RUN, "--undo", "--reviewer", "ada"),
    ("import", "more.jsonl", "--set", "s", "--update"),
    ("import", "two.jsonl", "--set", "s"),
    ("import", "scores", "--as", "lm-eval"),
    ("pack", RUN, "-o", "new.db", "--blind"),
    ("merge", "pack.db"),
    ("backup", "copy.db"),
    ("doctor",),
    ("doctor", "--repair"),
    ("set", "list", "s"),
    ("set", "show", "s"),
    ("set", "show", "s", EXAMPLE),
    ("set", "edit", "s", EXAMPLE, "--reference", "other"),
    ("set", "retire", "s", EXAMPLE),
    ("set", "undo", "s", "--reviewer", "mira"),
    ("set", "check", "s"),
    ("set", "wanted", "s"),
    ("set", "propose", "s", "pool.jsonl"),
    ("set", "take", "s"),
    ("set", "leave", "s"),
    ("set", "versions", "s"),
    ("set", "diff", "s", "1", "2"),
    ("set", "bring-back", "s", "1"),
    ("set", "export", "s"),
    ("set", "import", "s.jsonl", "--yes"),
    ("set", "rename", "s", "t"),
    ("set", "forget", "s", EXAMPLE, "--yes"),
    ("systems", "rename", "lora", "other"),
    ("reviewers", "rename", "ada", "eve"),
    ("generate", "--set", "s", "--system", "third", "--endpoint", "openai:m", "--base-url", SERVER),
    ("run", "third", "--answers", "third.jsonl", "--set", "s", "--judge", "rules:closer", "--no-review"),
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A folder with a database that has rows in every table, beside files for commands; the address of a server."""

    def answer(asked: Asked) -> Reply:
        return answer_to(asked, "neither of them")

    folder = tmp_path_factory.mktemp("sound")
    make_full_file(folder)
    keys = [f"k{number:03d}-dev" for number in range(8)]
    write(folder / "third.jsonl", *({"key": key, "response_candidate": "third"} for key in keys))
    said = {"candidate": "lora", "baseline": "base", "reviewer": "bob", "review": "tie"}
    write(folder / "more.jsonl", *(compared(key, instruction=None, **said) for key in keys))
    with serving(answer) as server:
        judge_file(folder / "weak.toml", server.url, "weak")
        yield folder, f"{server.url}/v1"


@contextmanager
def streams() -> Iterator[tuple[io.BytesIO, io.BytesIO]]:
    """Standard output and error as a program's."""
    kept, pair = (sys.stdout, sys.stderr), (io.BytesIO(), io.BytesIO())
    sys.stdout, sys.stderr = (io.TextIOWrapper(one, "utf-8", write_through=True) for one in pair)
    try:
        yield pair
    finally:
        sys.stdout, sys.stderr = kept


def ended(folder: Path, *command: str) -> tuple[int, str]:
    """Exit code and standard error of a command on the database in a folder."""
    with streams() as (_, err), chdir(folder):
        code = run(["--db", NAME, *command])
        return code, err.getvalue().decode()


def attack(sound: tuple[Path, str], folder: Path, seed: int, commands: int) -> int:
    """Damage the database and run some commands on it; returns how many."""
    rng = random.Random(seed)
    for command in rng.sample(COMMANDS, commands):
        at = folder / "at"
        shutil.rmtree(at, ignore_errors=True)
        shutil.copytree(sound[0], at)
        command = tuple(sound[1] if word == SERVER else word for word in command)
        done = damage(at / NAME, seed)
        began = time.perf_counter()
        try:
            code, said = ended(at, *command)
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
    for name in tuple(os.environ):
        if name.startswith(("ANTHROPIC_", "OPENAI_")):
            monkeypatch.delenv(name)
    for name, value in KEY.items():
        monkeypatch.setenv(name, value)


@pytest.mark.slow
def test_every_command_ends_well_on_the_database_as_it_is(sound: tuple[Path, str], tmp_path: Path) -> None:
    """Else damage would be tried on commands that end before they read anything."""
    bad = []
    for command in COMMANDS:
        at = tmp_path / "at"
        shutil.copytree(sound[0], at)
        words = tuple(sound[1] if word == SERVER else word for word in command)
        code, said = ended(at, *words)
        if code not in (0, 1, 3, 4):
            bad.append((words, said))
        shutil.rmtree(at)
    assert not bad, "\n".join(map(str, bad))


def test_a_database_with_rows_in_every_table_is_sound(sound: tuple[Path, str]) -> None:
    """A column of judge_trials once had the name of an alias of the search for damage."""
    with open_store(sound[0] / NAME, reading=True) as store:
        assert list(all_damage(store.conn)) == []
        names = store.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%STRICT%'").fetchall()
        empty = [name for (name,) in names if not store.one(f"SELECT EXISTS (SELECT 1 FROM {name})")[0]]
    assert empty == []


def test_no_damage_ends_in_a_traceback(sound: tuple[Path, str], tmp_path: Path) -> None:
    assert sum(attack(sound, tmp_path, seed, 3) for seed in range(SHORT)) == 3 * SHORT


@pytest.mark.slow
def test_no_damage_ends_in_a_traceback_at_length(sound: tuple[Path, str], tmp_path: Path) -> None:
    assert sum(attack(sound, tmp_path, seed, 8) for seed in range(SHORT, SHORT + LONG)) == 8 * LONG
