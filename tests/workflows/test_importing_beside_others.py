"""An import while others write to the same file: they need not wait, and nothing of theirs is missed or lost."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from support.imports import added, bring, compared, decisions, dump, judged, reviewed, values, write
from support.sessions import on_screen
from uphold.errors import BadFile, DatabaseBusy
from uphold.records.enums import Choice
from uphold.records.rows import ImportSummary
from uphold.store.database import Store, open_store
from uphold.store.imports import drop_import
from uphold.store.outcomes import rebuild
from uphold.workflows.importing import ImportProgress, ImportRequest, import_files
from uphold.workflows.lookup import find_run
from uphold.workflows.review_opening import ReviewOptions, open_review
from uphold.workflows.review_session import ReviewSession


@pytest.fixture
def theirs(store: Store) -> Iterator[Store]:
    """The connection of another process, which waits for no lock."""
    with open_store(store.path, busy_ms=0) as opened:
        yield opened


def session(store: Store, reviewer: str = "ada") -> ReviewSession:
    return open_review(store, find_run(store, None), reviewer, ReviewOptions(queue="all"))


def decide(at: ReviewSession, choice: Choice = Choice.TIE) -> None:
    at.decide(choice, on_screen(at))


def file(store: Store, rows: list[dict[str, Any]]) -> Path:
    return write(store.path.with_name("beside.jsonl"), *rows)


def importing(
    store: Store, path: Path, meanwhile: Callable[[], object], *, times: int = 1, **options: Any
) -> tuple[ImportSummary, list[ImportProgress]]:
    """Import a file, and do something else each of the first times that all of it is read and nothing written."""
    request, told, left = ImportRequest([path], set="s", **options), list[ImportProgress](), times
    for update in import_files(store, request):
        if isinstance(update, ImportSummary):
            return update, told
        if update.writing and not update.done and left:
            left -= 1
            meanwhile()
        told.append(update)
    raise AssertionError("no summary")


def sound(store: Store) -> None:
    assert values(store, "PRAGMA integrity_check") == ["ok"]
    assert not store.rows("PRAGMA foreign_key_check").fetchall()
    outcomes = ("verdicts", "human_labels")
    before = {name: sorted(dump(store)[name]) for name in outcomes}
    with store.writing() as conn:
        rebuild(conn)
    assert {name: sorted(dump(store)[name]) for name in outcomes} == before


def test_others_write_at_once_while_the_files_are_read(store: Store, theirs: Store) -> None:
    bring(store, *[judged(f"old-{number}") for number in range(9)])
    path, reviewer = file(store, [judged(str(number)) for number in range(1600)]), session(theirs)
    decided = 0
    for update in import_files(store, ImportRequest([path], set="s")):
        if isinstance(update, ImportProgress) and not update.writing:
            decide(reviewer)
            decided += 1
    assert decided >= 3
    assert len(values(store, "SELECT id FROM events WHERE kind = 'decision'")) == decided
    assert len(values(store, "SELECT id FROM pairs")) == 1609
    sound(store)


def test_decisions_that_come_meanwhile_keep_their_place_before_those_of_the_file(store: Store, theirs: Store) -> None:
    bring(store, judged("old"))
    reviewer = session(theirs)
    path = file(store, [reviewed(str(number), reviewer="ben") for number in range(700)])
    summary, told = importing(store, path, lambda: decide(reviewer))
    assert summary.reviews == 700
    assert values(store, "SELECT w.name FROM events v JOIN reviewers w ON w.id = v.reviewer_id ORDER BY seq")[:2] == [
        "ada",
        "ben",
    ]
    assert len({update.rows for update in told}) == 2  # read once
    sound(store)


def test_judgments_of_others_that_come_meanwhile_stay(store: Store, theirs: Store) -> None:
    bring(store, judged("old"))
    sql = (
        "INSERT INTO judgments (pair_id, judge_id, answer_order, purpose, status, verdict, created_at)"
        " SELECT pair_id, judge_id, answer_order, 'rerun', status, verdict, created_at FROM judgments WHERE id = 1"
    )

    def judge_again() -> None:
        with theirs.writing() as conn:
            conn.execute(sql)

    path = file(store, [judged("old", "tie"), *[judged(str(number), "baseline") for number in range(600)]])
    summary, _ = importing(store, path, judge_again, update=True)
    assert summary.judgments == 601
    assert values(store, "SELECT superseded_by FROM judgments WHERE id = 1") == [3]
    assert store.one("SELECT verdict, pair_id FROM judgments WHERE id = 3") == ("tie", 1)
    assert values(store, "SELECT purpose FROM judgments WHERE id = 2") == ["rerun"]
    sound(store)


def test_a_decision_that_comes_meanwhile_and_says_another_word_than_the_file_is_a_contradiction(
    store: Store, theirs: Store
) -> None:
    bring(store, judged("old"))
    reviewer, path = session(theirs), file(store, [judged("new"), reviewed("old", "candidate")])
    before = values(store, "SELECT count(*) FROM pairs")
    with pytest.raises(BadFile, match="reviewer 'ada' says candidate here, and baseline elsewhere"):
        importing(store, path, lambda: decide(reviewer, Choice.BASELINE))
    assert values(store, "SELECT count(*) FROM pairs") == before
    assert decisions(store, "old") == [("ada", "decision", "baseline")]


def test_a_decision_that_comes_meanwhile_and_says_the_same_is_kept_beside_it(store: Store, theirs: Store) -> None:
    bring(store, judged("old"))
    reviewer, path = session(theirs), file(store, [judged("new"), reviewed("old", "candidate")])
    importing(store, path, lambda: decide(reviewer, Choice.CANDIDATE))
    assert decisions(store, "old") == [("ada", "decision", "candidate")]
    sound(store)


def test_the_same_file_imported_by_another_meanwhile_adds_nothing_more(store: Store, theirs: Store) -> None:
    rows = [judged(str(number)) for number in range(600)]
    path = file(store, rows)
    summary, _ = importing(store, path, lambda: bring(theirs, *rows))
    assert added(summary) == {}
    assert summary.number is None
    assert len(values(store, "SELECT id FROM imports")) == 1
    sound(store)


def test_an_import_taken_back_meanwhile_is_noticed(store: Store, theirs: Store) -> None:
    bring(store, judged("first"))
    bring(store, judged("other"), set_="t")
    path = file(store, [judged("first"), judged("second")])
    summary, _ = importing(store, path, lambda: drop_import(theirs, 1))
    assert summary.pairs == 2
    sound(store)


def test_an_edit_that_comes_meanwhile_is_a_contradiction_too(store: Store, theirs: Store) -> None:
    bring(store, compared("old"))
    path = file(store, [judged("new"), judged("old")])
    with pytest.raises(BadFile, match="key 'old' stands for another text already"):
        importing(store, path, lambda: bring(theirs, compared("old", instruction="Another."), update=True))
    sound(store)


def test_changes_that_do_not_end_make_it_hold_the_lock_while_it_reads(store: Store, theirs: Store) -> None:
    bring(store, judged("old"))
    path, numbers = file(store, [judged(str(number)) for number in range(1200)]), count()
    refused, told = 0, list[ImportProgress]()
    for update in import_files(store, ImportRequest([path], set="s")):
        if isinstance(update, ImportSummary):
            assert update.pairs == 1200
            break
        told.append(update)
        try:
            bring(theirs, compared(f"theirs-{next(numbers)}"))
        except DatabaseBusy:
            refused += 1
    assert refused >= 3
    assert len([update for update in told if update.rows == 1000 and not update.writing]) == 3
    sound(store)


@pytest.mark.parametrize("writing", [False, True])
def test_an_import_that_is_left_in_either_part_leaves_the_file_as_it_was(store: Store, writing: bool) -> None:
    bring(store, judged("old"))
    before = dump(store)
    updates = import_files(store, ImportRequest([file(store, [judged(str(n)) for n in range(1200)])], set="s"))
    for update in updates:
        assert isinstance(update, ImportProgress)
        if update.writing == writing and (update.done or not writing):
            break
    updates.close()
    assert dump(store) == before
    assert not values(store, "SELECT name FROM temp.sqlite_master")
    assert bring(store, judged("new")).pairs == 1


def test_an_import_with_nothing_new_takes_no_lock(store: Store, theirs: Store) -> None:
    rows = [judged("a"), reviewed("b")]
    bring(store, *rows)
    with theirs.writing():
        assert added(bring(store, *rows)) == {}
