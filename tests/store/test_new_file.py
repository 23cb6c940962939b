"""A new database gets its name when it is complete; what ends its making leaves nothing, and a killed process is swept."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support.command_line import UPHOLD, environment, told, uphold
from support.imports import bring, compared, write
from uphold.errors import BadDatabase
from uphold.store.database import Store, open_or_make_store, open_store
from uphold.temporary_files import sweep, temporary_file


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_a_failed_import_leaves_no_database(tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text(json.dumps(compared()) + '\n{"instruction": 1}\n')
    assert "bad.jsonl:2" in told(tmp_path, "import", "bad.jsonl")
    assert names(tmp_path) == ["bad.jsonl"]


def test_an_import_makes_the_database(tmp_path: Path) -> None:
    write(tmp_path / "good.jsonl", compared())
    assert uphold(tmp_path, "import", "good.jsonl").returncode == 0
    assert names(tmp_path) == ["good.jsonl", "x.db"]
    with open_store(tmp_path / "x.db") as store:
        assert store.one("SELECT count(*) FROM pairs") == (1,)
        assert store.one("PRAGMA journal_mode") == ("wal",)


def test_an_existing_database_is_written_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    open_store(path, create=True).close()
    before = path.stat().st_ino
    with open_or_make_store(path) as store:
        bring(store, compared())
    assert path.stat().st_ino == before
    with pytest.raises(KeyError), open_or_make_store(path):
        raise KeyError
    assert path.exists()


@pytest.mark.parametrize("error", [KeyError, KeyboardInterrupt, SystemExit])
def test_whatever_ends_the_making_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    def stop(store: Store) -> None:
        bring(store, compared())
        (tmp_path / "rows.jsonl").unlink()
        raise error

    with pytest.raises(error), open_or_make_store(tmp_path / "x.db") as store:
        stop(store)
    assert names(tmp_path) == []


def test_where_nothing_was_written_there_is_no_database(tmp_path: Path) -> None:
    with open_or_make_store(tmp_path / "x.db") as store:
        assert store.one("SELECT count(*) FROM pairs") == (0,)
    assert names(tmp_path) == []


KILLED = """
import os, sys
from pathlib import Path
from uphold.store.database import Store, open_or_make_store
with open_or_make_store(Path(sys.argv[1])) as store, store.writing() as conn:
    conn.execute("INSERT INTO reviewers (name) VALUES ('ada')")
    print("writing", flush=True)
    if len(sys.argv) > 2:
        sys.stdin.read()
    else:
        os.kill(os.getpid(), 9)
"""


def test_a_killed_process_leaves_no_database_and_the_next_one_sweeps(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    ended = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False, stdout=subprocess.PIPE)
    assert ended.returncode == -signal.SIGKILL
    left = names(tmp_path)
    assert left
    assert all(name.startswith(".uphold-") for name in left)
    with open_or_make_store(tmp_path / "other.db") as store:
        bring(store, compared())
    assert names(tmp_path) == ["other.db", "rows.jsonl"]


def test_two_processes_that_make_the_same_database_wait_for_each_other(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    first = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path), "wait"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert first.stdout is not None
    assert first.stdout.readline() == "writing\n"
    with (
        pytest.raises(BadDatabase, match="another process is making this database"),
        open_or_make_store(path, busy_ms=50),
    ):
        pass
    with pytest.raises(BadDatabase, match="there is no database here"):
        open_store(path)
    sweep(tmp_path)
    first.communicate("")
    assert first.returncode == 0
    with open_or_make_store(path) as store:
        assert store.one("SELECT name FROM reviewers") == ("ada",)
        bring(store, compared())


def test_a_file_that_came_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    made = open_or_make_store(path)
    bring(made.__enter__(), compared())
    path.write_text("somebody's")
    with pytest.raises(BadDatabase, match="another program made this file meanwhile"):
        made.__exit__(None, None, None)
    assert path.read_text() == "somebody's"
    assert names(tmp_path) == ["rows.jsonl", "x.db"]


EXPORT_KILLED = """
import os, sys
from pathlib import Path
from uphold.workflows.file_writing import write_lines
def lines():
    yield "a line\\n" * 10000
    os.kill(os.getpid(), 9)
write_lines(lines(), Path(sys.argv[1]), Path("x.db"))
"""


def test_the_next_export_removes_what_a_killed_one_left_and_nothing_of_a_live_one(tmp_path: Path) -> None:
    with open_store(tmp_path / "x.db", create=True) as store:
        bring(store, compared())
    subprocess.run([sys.executable, "-c", EXPORT_KILLED, str(tmp_path / "out.jsonl")], check=False)
    assert [name for name in names(tmp_path) if name.startswith(".uphold-")]
    (tmp_path / ".uphold-notes.part").mkdir()
    with temporary_file(tmp_path, "0" * 16) as live:
        ended = subprocess.run(
            [*UPHOLD, "--db", "x.db", "export", "jsonl", "-o", "out.jsonl"],
            cwd=tmp_path,
            env=environment(),
            check=False,
        )
        assert ended.returncode == 0
        assert live.exists()
    assert names(tmp_path) == [".uphold-notes.part", "out.jsonl", "rows.jsonl", "x.db"]


def test_a_link_with_the_name_of_a_temporary_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / ".uphold-0.part").symlink_to("mine")
    os.mkfifo(tmp_path / ".uphold-1.part")
    sweep(tmp_path)
    assert (tmp_path / "mine").read_text() == "mine"
    assert names(tmp_path) == [".uphold-0.part", ".uphold-1.part", "mine"]


def test_the_wait_for_a_process_that_makes_the_same_database_is_told(tmp_path: Path) -> None:
    told: list[float] = []

    class Enough(Exception):
        pass

    def tell(seconds: float) -> None:
        told.append(seconds)
        if len(told) == 3:
            raise Enough

    path = tmp_path / "x.db"
    with open_or_make_store(path), pytest.raises(Enough), open_or_make_store(path, busy_ms=0, tell_wait=tell):
        pass
    assert told == sorted(told)
    assert list(tmp_path.iterdir()) == []
