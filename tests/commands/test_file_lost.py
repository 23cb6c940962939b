"""Commands whose database is taken away while they run: the sentence, the exit code, and where the paid work is."""

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from support.command_line import done, told
from support.faulty_endpoint import right
from support.imports import bring_files
from support.model_server import Asked, Reply, answer_to, serving
from support.stores import new_store
from uphold.errors import DatabaseLost
from uphold.store.database import open_store
from uphold.workflows.importing import ImportRequest, import_files


@pytest.fixture(autouse=True)
def environment_with_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in tuple(os.environ):
        if name.startswith(("ANTHROPIC_", "OPENAI_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-the-test")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [
        {"key": f"k{n}", "instruction": f"Question {n}", "response_candidate": "yes", "response_baseline": "no"}
        for n in range(12)
    ]
    (tmp_path / "s.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    done(tmp_path, "import", "s.jsonl", "--set", "s", "--candidate", "new", "--baseline", "old")
    return tmp_path


def _replace(path: Path) -> None:
    other = path.with_name("other.db")
    with new_store(other) as store:
        bring_files(store, path.with_name("s.jsonl"))
    other.replace(path)


def judged(path: Path) -> int:
    with closing(sqlite3.connect(path)) as conn:
        return int(conn.execute("SELECT count(*) FROM judgments").fetchone()[0])


@pytest.mark.parametrize(("spoil", "said"), [(Path.unlink, "was deleted"), (_replace, "was replaced by another file")])
def test_judgments_are_not_said_to_be_stored_in_a_file_that_is_gone(
    folder: Path, spoil: Callable[[Path], None], said: str
) -> None:
    path = folder / "x.db"

    def answer(asked: Asked) -> Reply:
        if asked.number == 10:
            spoil(path)
        return right(asked)

    with serving(answer) as server:
        command = ("judge", "--judge", "openai:m", "--base-url", f"{server.url}/v1", "--concurrency", "1")
        error = told(folder, *command)
        asked = len(server.asked)
    assert error.startswith(f"x.db: the database {said}; ")
    assert error.endswith("; all that was stored by then is in x-saved.db")
    assert asked < 24
    assert judged(folder / "x-saved.db") >= 9
    with serving(right) as server:
        command = ("judge", "--judge", "openai:m", "--base-url", f"{server.url}/v1", "--json")
        summary = json.loads(done(folder, *command, db="x-saved.db"))
        assert len(server.asked) <= 24 - 9
    assert summary["left"] == 0


def test_a_truncated_database_is_not_copied(folder: Path) -> None:
    path = folder / "x.db"

    def answer(asked: Asked) -> Reply:
        if asked.number == 10:
            os.truncate(path, 4096)
        return right(asked)

    with serving(answer) as server:
        error = told(
            folder, "judge", "--judge", "openai:m", "--base-url", f"{server.url}/v1", "--concurrency", "1", "--json"
        )
    assert error.startswith("x.db: the database was truncated; ")
    assert not (folder / "x-saved.db").exists()


def test_an_import_into_a_file_that_is_gone_is_no_import(folder: Path) -> None:
    more = folder / "more.jsonl"
    more.write_text("".join(json.dumps({"key": f"m{n}", "instruction": f"More {n}"}) + "\n" for n in range(1200)))
    store = open_store(folder / "x.db")
    updates = import_files(store, ImportRequest([more], set="s"))
    next(updates)
    store.path.unlink()
    with pytest.raises(DatabaseLost, match="was deleted"):
        list(updates)
    store.close()


def test_answers_are_not_said_to_be_stored_in_a_file_that_is_gone(folder: Path) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.number == 6:
            (folder / "x.db").unlink()
        return answer_to(asked, "an answer")

    with serving(answer) as server:
        error = told(
            folder,
            *("generate", "--set", "s", "--system", "next", "--endpoint", "openai:m"),
            *("--base-url", f"{server.url}/v1", "--concurrency", "1"),
        )
    assert error.startswith("x.db: the database was deleted; ")
    assert error.endswith("is in x-saved.db")
