"""Merging a file: what comes in, what was there, what is in conflict, and which files are none."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from support.imports import bring, compared, dump, judged, values
from support.packs import pack, read_pack, run_with_secrets
from support.sessions import on_screen
from support.stores import new_store
from uphold.errors import BadDatabase, BadUsage
from uphold.records.enums import Choice
from uphold.records.packs import Share
from uphold.records.scripted_review import DecisionInput
from uphold.store.database import Store, open_store
from uphold.store.imports import drop_import
from uphold.store.outcomes import find_outdated, rebuild
from uphold.store.runs import all_runs
from uphold.store.schema import MIGRATIONS, migrate
from uphold.workflows import scripted_review
from uphold.workflows.forgetting import forget_examples
from uphold.workflows.merging import merge_file
from uphold.workflows.renaming import rename_reviewer
from uphold.workflows.review_opening import ReviewOptions, open_review
from uphold.workflows.statistics import read_run_statistics


def word(store: Store, reviewer: str, key: str) -> list[str]:
    """What stands as a reviewer's decision on a pair."""
    sql = (
        "SELECT d.choice FROM current_decisions d JOIN pairs p ON p.id = d.pair_id JOIN examples e ON e.id = p.example_id"
        " JOIN reviewers w ON w.id = d.reviewer_id WHERE w.name = ? AND e.key = ?"
    )
    return values(store, sql, reviewer, key)


def decide(path: Path, reviewer: str, key: str, choice: str) -> None:
    """Decide one pair, whichever the queue would show."""
    with open_store(path) as there:
        scripted_review.decide(there, all_runs(there)[0], reviewer, ReviewOptions(), [DecisionInput(key, choice)])


def contents(store: Store) -> dict[str, list[tuple[object, ...]]]:
    return {name: rows for name, rows in dump(store).items() if not name.startswith("merging")}


def test_thirty_decisions_are_added_and_then_known(store: Store) -> None:
    run_with_secrets(store, 40)
    path = pack(store, blind=True, reviewer="bob").path
    keys = read_pack(path, "bob", 30)
    first = merge_file(store, path)
    assert (first.added, first.known, first.conflicts) == (30, 0, ())
    assert all(word(store, "bob", key) == ["candidate"] for key in keys)
    before = contents(store)
    second = merge_file(store, path)
    assert (second.added, second.known, second.conflicts) == (0, 30, ())
    assert contents(store) == before
    assert find_outdated(store.conn) == []


def test_what_an_open_pack_came_with_is_neither_added_nor_known(store: Store) -> None:
    run_with_secrets(store)
    path = pack(store).path
    assert (merge_file(store, path).added, merge_file(store, path).known) == (0, 0)
    read_pack(path, "bob", 3)
    assert merge_file(store, path).added == 3
    assert merge_file(store, path).known == 3


def test_notes_marks_and_undone_decisions_come_as_they_are(store: Store) -> None:
    bring(store, *[judged(key) for key in "abcd"])
    path = pack(store).path
    with open_store(path) as there:
        session = open_review(there, all_runs(there)[0], "bob")
        session.flag(on_screen(session))
        session.comment("a remark", on_screen(session))
        session.decide(Choice.TIE, on_screen(session))
        session.decide(Choice.BASELINE, on_screen(session))
        session.undo()
        sql = (
            "SELECT id, kind, choice, note, undone, mode, verdict, side_a, seconds, width, created_at"
            " FROM events ORDER BY seq"
        )
        expected = there.rows(sql).fetchall()
    summary = merge_file(store, path)
    assert store.rows(sql).fetchall() == expected
    assert (summary.added, summary.notes) == (2, 2)
    assert values(store, "SELECT choice FROM current_decisions") == ["tie"]


def test_a_changed_mind_in_the_pack_is_no_conflict(store: Store) -> None:
    bring(store, *[compared(key) for key in "abcd"])
    decide(store.path, "bob", "a", "candidate")
    path = pack(store, reviewer="bob").path
    decide(path, "bob", "a", "baseline")
    summary = merge_file(store, path)
    assert (summary.added, summary.conflicts) == (1, ())
    assert word(store, "bob", "a") == ["baseline"]


def test_a_changed_mind_here_stands_when_the_file_knows_nothing_newer(store: Store) -> None:
    bring(store, *[compared(key) for key in "abcd"])
    path = pack(store).path
    decide(path, "bob", "a", "candidate")
    merge_file(store, path)
    decide(store.path, "bob", "a", "tie")
    summary = merge_file(store, path)
    assert (summary.added, summary.known, summary.conflicts) == (0, 1, ())
    assert word(store, "bob", "a") == ["tie"]


def test_different_words_made_without_each_other_are_a_conflict_and_what_stands_here_stands(store: Store) -> None:
    bring(store, *[compared(key) for key in "abcd"])
    path = pack(store).path
    decide(path, "bob", "a", "candidate")
    decide(path, "bob", "b", "tie")
    decide(store.path, "bob", "a", "baseline")
    decide(store.path, "bob", "b", "tie")
    for _ in range(2):
        summary = merge_file(store, path)
        (conflict,) = summary.conflicts
        assert (conflict.key, conflict.reviewer, conflict.here, conflict.there) == ("a", "bob", "baseline", "candidate")
        assert word(store, "bob", "a") == ["baseline"]
    assert summary.added == 0
    taken = merge_file(store, path, take_theirs=True)
    assert (taken.added, len(taken.conflicts)) == (1, 1)
    assert word(store, "bob", "a") == ["candidate"]
    assert merge_file(store, path).conflicts == ()


def test_two_people_of_one_name_are_told_apart_by_renaming_one(store: Store) -> None:
    bring(store, *[compared(key) for key in "abcd"])
    path = pack(store).path
    decide(store.path, "sam", "a", "candidate")
    decide(path, "sam", "a", "baseline")
    assert len(merge_file(store, path).conflicts) == 1
    with open_store(path) as there:
        rename_reviewer(there, "sam", "sam of the other office")
    summary = merge_file(store, path)
    assert (summary.added, summary.conflicts) == (1, ())
    assert summary.disputes == {"candidate-vs-baseline": 1}


def test_two_settled_disputes_that_differ_are_a_conflict(store: Store) -> None:
    bring(store, *[compared(key) for key in "ab"])
    decide(store.path, "ann", "a", "candidate")
    decide(store.path, "bob", "a", "baseline")
    path = pack(store).path
    for file, who, choice in ((store.path, "cleo", Choice.CANDIDATE), (path, "dan", Choice.TIE)):
        with open_store(file) as there:
            session = open_review(there, all_runs(there)[0], who, ReviewOptions(queue="disputed"))
            session.decide(choice, on_screen(session))
    summary = merge_file(store, path)
    (conflict,) = summary.conflicts
    assert (conflict.is_adjudication, conflict.here, conflict.there, conflict.reviewer) == (
        True,
        "candidate",
        "tie",
        "dan",
    )
    assert values(store, "SELECT label FROM human_labels") == ["candidate"]


def test_a_decision_on_texts_that_are_not_here_stays_out(store: Store) -> None:
    bring(store, *[compared(key) for key in "abcd"])
    path = pack(store).path
    for key in "abc":
        decide(path, "bob", key, "candidate")
    with open_store(path) as there:
        bring(there, compared("d", response_candidate="an answer that only the file has"), update=True)
    decide(path, "bob", "d", "candidate")
    bring(store, compared("a", response_candidate="a later answer"), update=True)
    summary = merge_file(store, path)
    assert (summary.added, summary.not_here, summary.stale) == (3, 1, 1)
    assert read_run_statistics(store, None).human.reviewed == 2


def test_decisions_of_another_random_order_are_chosen_not_drawn(store: Store) -> None:
    rows = [judged(f"k{number:02}") for number in range(30)]
    bring(store, *rows)
    with new_store(store.path.with_name("other.db")) as other:
        bring(other, *rows)
        path = other.path
    read_pack(path, "bob", 25)
    summary = merge_file(store, path)
    assert (summary.added, summary.chosen, summary.other_seeds) == (25, 25, ("s",))
    assert read_run_statistics(store, None).judges[0].assisted.state == "refused"


def test_shares_that_are_read_in_their_order_count_as_drawn(store: Store) -> None:
    bring(store, *[judged(f"k{number:02}") for number in range(60)])
    for part, count in ((1, 22), (2, 12)):
        path = pack(store, f"{part}.db", Share(part, 3, 6), blind=True).path
        read_pack(path, f"reader {part}", count)
        assert merge_file(store, path).chosen == 0
    numbers = read_run_statistics(store, None)
    assert numbers.human.reviewed == 28
    assert numbers.judges[0].assisted.state == "assisted"


def test_progress_says_how_far_each_reviewer_is_in_their_pack(store: Store) -> None:
    bring(store, *[judged(f"k{number:02}") for number in range(30)])
    read_pack(store.path, "ann", 4)
    path = pack(store, share=Share(1, 2), reviewer="bob").path
    read_pack(path, "bob", 5)
    merge_file(store, path)
    progress = read_run_statistics(store, None).reviewers.progress
    assert [(one.name, one.read, one.of) for one in progress] == [("ann", 4, 30), ("bob", 5, 15)]


def test_who_had_seen_a_verdict_here_did_not_decide_before_it_in_a_blind_pack(store: Store) -> None:
    bring(store, *[judged(key) for key in "ab"])
    run = all_runs(store)[0]
    (seen,) = scripted_review.next_pairs(store, run, "bob", ReviewOptions(), 1).pairs
    path = pack(store, blind=True, reviewer="bob").path
    for key in "ab":
        decide(path, "bob", key, "candidate")
    merge_file(store, path)
    sql = (
        "SELECT e.key, v.mode, v.verdict_shown FROM events v JOIN pairs p ON p.id = v.pair_id"
        " JOIN examples e ON e.id = p.example_id"
    )
    expected = {(key, "open", 1) if key == seen.key else (key, "blind", 0) for key in "ab"}
    assert set(store.rows(sql).fetchall()) == expected


def test_a_renamed_reviewer_keeps_their_pack(store: Store) -> None:
    bring(store, *[compared(key) for key in "abcd"])
    pack(store, reviewer="bob")
    decide(store.path, "bob", "a", "tie")
    rename_reviewer(store, "bob", "robert")
    (progress,) = read_run_statistics(store, None).reviewers.progress
    assert (progress.name, progress.read, progress.of) == ("robert", 1, 4)


def test_no_note_comes_back_on_texts_that_were_forgotten_here(store: Store) -> None:
    bring(store, *[compared(key) for key in "ab"])
    path = pack(store).path
    with open_store(path) as there:
        session = open_review(there, all_runs(there)[0], "bob")
        for _ in "ab":
            session.comment(f"about {session.current and session.current.key}", on_screen(session))
            session.decide(Choice.TIE, on_screen(session))
    forget_examples(store, "s", ["a"], "ann")
    assert merge_file(store, path).added == 2
    assert values(store, "SELECT note FROM events WHERE kind = 'comment' ORDER BY note") == [None, "about b"]


def test_an_import_that_others_have_a_pack_of_is_not_taken_back(store: Store) -> None:
    bring(store, compared("a"))
    pack(store)
    with pytest.raises(BadUsage, match="packs of its"):
        drop_import(store, 1)


def test_a_dry_run_says_the_same_and_writes_nothing(store: Store) -> None:
    run_with_secrets(store)
    path = pack(store).path
    read_pack(path, "bob", 5)
    before = contents(store)
    tried = merge_file(store, path, dry_run=True)
    assert contents(store) == before
    assert merge_file(store, path) == tried


def test_the_file_is_only_read(store: Store) -> None:
    run_with_secrets(store)
    path = pack(store).path
    read_pack(path, "bob", 5)
    path.chmod(0o444)
    before = {file.name: file.read_bytes() for file in path.parent.glob("pack.db*")}
    assert merge_file(store, path).added == 5
    assert {file.name: file.read_bytes() for file in path.parent.glob("pack.db*")} == before


def test_the_outcomes_are_those_of_the_facts_after_any_merge(store: Store) -> None:
    run_with_secrets(store, 12)
    path = pack(store).path
    for number in range(8):
        decide(path, "bob", f"k{number}", ("candidate", "tie", "baseline")[number % 3])
        decide(store.path, "ann", f"k{number}", ("tie", "baseline")[number % 2])
    merge_file(store, path)
    before = contents(store)
    with store.writing() as conn:
        rebuild(conn)
    assert {name: sorted(rows, key=repr) for name, rows in contents(store).items()} == {
        name: sorted(rows, key=repr) for name, rows in before.items()
    }


# files that are none, and files of strangers


def test_a_file_without_a_run_that_is_here_is_refused(store: Store) -> None:
    bring(store, compared("a"))
    with new_store(store.path.with_name("other.db")) as other:
        bring(other, compared("a"), set_="another set")
    with pytest.raises(BadUsage, match="no run of this file is here: its runs are 'candidate-vs-baseline'"):
        merge_file(store, other.path)
    with pytest.raises(BadUsage, match="this is the database itself"):
        merge_file(store, store.path)


def edited(store: Store, *statements: str) -> Path:
    """A pack of the run with one decision, changed by somebody who knows SQL."""
    path = pack(store, "edited.db").path
    read_pack(path, "bob", 1)
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("PRAGMA foreign_keys=OFF")
        for statement in statements:
            conn.execute(statement)
    return path


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("CREATE TRIGGER t AFTER INSERT ON events BEGIN DELETE FROM events; END", "the trigger 't' is not uphold's"),
        ("CREATE VIEW v AS SELECT 1", "the view 'v' is not uphold's"),
        ("PRAGMA application_id=1", "a SQLite file of another program"),
        ("PRAGMA user_version=99", "made by a newer uphold"),
        ("DELETE FROM decide_call_items; UPDATE events SET id = 'x'", "has an id that uphold does not make"),
        ("DELETE FROM decide_call_items; UPDATE events SET id = upper(id)", "has an id that uphold does not make"),
        ("UPDATE events SET created_at = 'yesterday'", "created_at is no time"),
        ("UPDATE events SET verdict = 'x'", "verdict is none of"),
        ("UPDATE events SET note = printf('%.*c', 2000000, 'x')", "more than anybody writes"),
        ("UPDATE reviewers SET name = printf('%.*c', 2000, 'x')", "a reviewer whose name is empty or longer"),
        ("UPDATE reviewers SET name = ' '", "a reviewer whose name is empty or longer"),
        ("UPDATE events SET pair_id = 999", "refers to one of pairs that is not there"),
        ("UPDATE events SET undone = 1", "undone is not what the undo and redo events say"),
    ],
)
def test_a_file_that_somebody_changed_is_refused_and_nothing_comes_in(store: Store, statement: str, said: str) -> None:
    bring(store, *[compared(key) for key in "abcd"])
    path = edited(store, *(statement.split("; ") if statement.startswith("DELETE") else [statement]))
    before = contents(store)
    with pytest.raises(BadDatabase, match=said):
        merge_file(store, path)
    assert contents(store) == before


def test_what_is_no_database_is_refused(store: Store, tmp_path: Path) -> None:
    bring(store, compared("a"))
    (tmp_path / "text.db").write_text("not a database at all")
    for name, said in (
        ("text.db", "not an uphold database"),
        ("gone.db", "no database here"),
        (".", "this is a folder"),
    ):
        with pytest.raises(BadDatabase, match=said):
            merge_file(store, tmp_path / name)


def test_another_word_under_the_id_of_a_decision_is_named_as_altered(store: Store) -> None:
    bring(store, *[compared(key) for key in "abcd"])
    path = pack(store).path
    decide(path, "bob", "a", "candidate")
    merge_file(store, path)
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("UPDATE events SET choice = 'baseline'")
        conn.execute("UPDATE human_labels SET label = 'baseline'")
    (conflict,) = merge_file(store, path).conflicts
    assert (conflict.is_altered, conflict.here, conflict.there) == (True, "candidate", "baseline")
    assert word(store, "bob", "a") == ["candidate"]


def test_nobody_takes_back_what_another_decided(store: Store) -> None:
    bring(store, *[compared(key) for key in "abcd"])
    decide(store.path, "ann", "a", "candidate")
    path = pack(store).path
    decide(path, "bob", "a", "tie")
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute(
            "INSERT INTO events (id, kind, pair_id, reviewer_id, target_id, source, created_at) SELECT ?, 'undo', v.pair_id,"
            " (SELECT id FROM reviewers WHERE name = 'bob'), v.id, 'app', v.created_at FROM events v"
            " JOIN reviewers w ON w.id = v.reviewer_id WHERE w.name = 'ann'",
            ("f" * 32,),
        )
        conn.execute("UPDATE events SET undone = 1 WHERE id = (SELECT target_id FROM events WHERE kind = 'undo')")
    assert merge_file(store, path).added == 1
    assert word(store, "ann", "a") == ["candidate"]


def test_a_file_of_an_older_schema_is_brought_up_to_date_in_a_copy(store: Store) -> None:
    rows = [compared(key) for key in "abcd"]
    bring(store, *rows)
    path = store.path.with_name("old.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("BEGIN")
        migrate(conn, upto=9)
        conn.execute("COMMIT")
    shutil.copy(path, path.with_name("model.db"))
    _fill_old(store, path)
    before = path.read_bytes()
    assert MIGRATIONS[-1][0] > 9
    assert merge_file(store, path).added == 1
    assert path.read_bytes() == before


def _fill_old(store: Store, path: Path) -> None:
    """Copy what a decision needs, and one decision, into a file of the schema before packs."""
    tables = (
        *(
            "reviewers",
            "sets",
            "texts",
            "text_prefixes",
            "examples",
            "systems",
            "responses",
            "runs",
            "pairs",
            "imports",
        ),
        *("example_events",),
    )
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("PRAGMA foreign_keys=OFF")
        for table in tables:
            rows = store.rows(f"SELECT * FROM {table}").fetchall()
            if rows:
                conn.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
        conn.execute("INSERT INTO reviewers (id, name) VALUES (77, 'bob')")
        conn.execute(
            "INSERT INTO events (id, kind, pair_id, reviewer_id, choice, source, created_at) SELECT ?, 'decision', min(id), 77,"
            " 'tie', 'app', '2026-03-01T10:00:00.000000Z' FROM pairs",
            ("a" * 32,),
        )
