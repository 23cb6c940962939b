"""A file made before blind reviews opens, migrates, and keeps every review."""

import sqlite3
from contextlib import closing
from importlib import resources
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

from support.imports import bring, judged, reviewed, values
from uphold.records.enums import Choice, Preference
from uphold.records.reviews import OnScreen
from uphold.store.database import open_store
from uphold.store.runs import all_runs
from uphold.store.schema import APPLICATION_ID, SCHEMA
from uphold.workflows.review_opening import ReviewOptions, open_review

FIRST = {"m001_identity": ("001_tables.sql", "001_views.sql")}


def first_schema(path: Path) -> None:
    """A database as the first migration alone made it, with two reviews in it."""
    steps = Migrations("uphold")

    def m001_identity(db: Database) -> None:
        for name in FIRST["m001_identity"]:
            text = resources.files("uphold.store").joinpath("migrations", name).read_text("utf-8")
            for statement in filter(str.strip, text.split(";\n")):
                db.conn.execute(statement)

    steps()(m001_identity)
    with closing(sqlite3.connect(path)) as conn:
        db = Database(conn)
        steps.apply(db)
        conn.execute(f"PRAGMA application_id={APPLICATION_ID}")
        conn.execute("PRAGMA user_version=1")
        conn.commit()
    full = path.with_name("full.db")
    with open_store(full, create=True) as store:
        bring(store, judged("a"), judged("b"))
        bring(store, reviewed("a", "tie", note="so so"), reviewed("b", "baseline"))
        session = open_review(store, all_runs(store)[0], reviewer="ada")
        session.decide(Choice.CANDIDATE, OnScreen(Preference.CANDIDATE))
        session.undo()
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("ATTACH ? AS whole", (str(full),))
        tables = [row[0] for row in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in (name for name in tables if not name.startswith(("_", "sqlite"))):
            columns = ", ".join(f'"{row[1]}"' for row in conn.execute(f"PRAGMA table_info({table})"))
            conn.execute(f'INSERT OR IGNORE INTO main."{table}" ({columns}) SELECT {columns} FROM whole."{table}"')
        conn.commit()


def test_a_file_of_the_first_schema_keeps_its_reviews_and_takes_new_kinds(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    first_schema(path)
    with closing(sqlite3.connect(path)) as conn:
        before = conn.execute("SELECT seq, id, kind, choice, note, refers FROM events ORDER BY seq").fetchall()
    assert len(before) >= 3
    with open_store(path) as store:
        assert values(store, "PRAGMA user_version") == [SCHEMA]
        assert values(store, "PRAGMA foreign_key_check") == []
        after = store.rows("SELECT seq, id, kind, choice, note, refers FROM events ORDER BY seq").fetchall()
        assert after == before
        session = open_review(store, all_runs(store)[0], "ben", ReviewOptions(blind=True))
        session.decide(Choice.TIE, OnScreen(Preference.CANDIDATE))
        session.reasons(["style"], OnScreen(Preference.CANDIDATE))
        assert values(store, "SELECT count(*) FROM blind_decisions") == [1]
        assert values(store, "SELECT label FROM human_labels ORDER BY pair_id") != []


@pytest.mark.parametrize("kind", ["best", "seen"])
def test_an_event_of_no_known_kind_is_refused(tmp_path: Path, kind: str) -> None:
    with open_store(tmp_path / "new.db", create=True) as store:
        bring(store, judged("a"))
        write_kind = (
            "INSERT INTO events (id, kind, pair_id, reviewer_id, source, at) VALUES ('e', ?, 1, 1, 'app', 'now')"
        )
        open_review(store, all_runs(store)[0], reviewer="ada")
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            store.db.conn.execute(write_kind, (kind,))
