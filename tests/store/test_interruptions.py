"""A Ctrl-C while SQLite computes is a Ctrl-C: no error of the database, and nothing is kept of the transaction."""

import subprocess
import sys
from pathlib import Path

import pytest

from uphold.store.database import open_store

_ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT {what} FROM n"

_PROGRAM = """
import os, signal, sys, threading
from pathlib import Path

from uphold.store.database import open_store

with open_store(Path(sys.argv[1])) as store:
    try:
        with store.writing() as conn:
            conn.execute("INSERT INTO about VALUES ('half', 'done')")
            # SQLite computes for as long as the query lives, so the signal meets it.
            threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
            for row in conn.execute(sys.argv[2]):
                pass
    except KeyboardInterrupt:
        print("interrupted")
"""


@pytest.mark.parametrize("what", ["max(i)", "i"])
def test_ctrl_c_ends_a_query_as_an_interruption(tmp_path: Path, what: str) -> None:
    path = tmp_path / "x.db"
    open_store(path, create=True).close()
    query = _ENDLESS.format(what=what) + (" WHERE i < 0" if what == "i" else "")
    command = [sys.executable, "-c", _PROGRAM, str(path), query]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("interrupted\n", "", 0)
    with open_store(path) as store:
        assert store.one("SELECT count(*) FROM about WHERE name = 'half'")[0] == 0
