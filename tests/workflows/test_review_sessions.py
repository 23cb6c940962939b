"""Sessions on a real file: failing saves, several people at once, the queue they share, what is recorded."""

import sqlite3
from pathlib import Path

import pytest

from support.imports import bring, compared, dump, judged, reviewed, values
from support.sessions import on_screen
from support.stores import new_store
from uphold.errors import BadDatabase
from uphold.records.enums import Choice, EventKind, Ruling
from uphold.reviewing.receipts import Receipt, Refusal
from uphold.store.database import Store, open_store
from uphold.store.runs import all_runs
from uphold.workflows.review_opening import open_review
from uphold.workflows.review_session import ReviewSession


def opened(store: Store, reviewer: str = "ada") -> ReviewSession:
    return open_review(store, all_runs(store)[0], reviewer=reviewer)


def seen(session: ReviewSession) -> object:
    """Everything that a session shows."""
    return (
        session.index,
        session.current,
        session.progress,
        session.trail(99),
        session.session_totals(),
        session.finished,
    )


def keys(session: ReviewSession) -> list[str]:
    """The queue's keys in order."""
    found = []
    for number in range(1, session.total + 1):
        session.go_to(number)
        assert session.current is not None
        found.append(session.current.key)
    return found


def test_a_session_opens_on_the_first_unread_pair_and_goes_on_from_there(store: Store) -> None:
    bring(store, *[compared(key) for key in "abcd"])
    session = opened(store)
    order = keys(session)
    session.go_to(1)
    session.decide(Choice.TIE, on_screen(session))
    session.go_to(3)
    session.decide(Choice.TIE, on_screen(session))
    again = opened(store)
    assert again.current is not None
    assert again.current.key == order[1]
    assert (again.progress.read, again.progress.total) == (2, 4)


def test_a_run_without_a_current_pair_has_nothing_to_act_on(store: Store) -> None:
    bring(store, compared())
    with store.writing() as conn:
        conn.execute("UPDATE examples SET status = 'retired'")
    session = opened(store)
    assert (session.current, session.total, session.finished, session.peek()) == (None, 0, True, None)
    assert isinstance(session.undo(), Refusal)
    assert not session.go_next()


@pytest.mark.parametrize("act", ["decide", "uphold", "skip", "flag", "broken", "comment", "undo", "redo"])
@pytest.mark.parametrize("first", [True, False])
def test_a_save_that_fails_leaves_session_and_file_as_they_were(tmp_path: Path, act: str, first: bool) -> None:
    path = tmp_path / "x.db"
    with new_store(path) as made:
        bring(made, *[judged(key) for key in "abc"])
        prepared = opened(made)
        if not first or act in ("undo", "redo"):
            prepared.decide(Choice.TIE, on_screen(prepared))
        if act == "redo":
            prepared.undo()
    with open_store(path, busy_ms=20) as store:
        session = opened(store)
        shown = on_screen(session)
        acts = {
            "decide": lambda: session.decide(Choice.TIE, shown),
            "uphold": lambda: session.uphold(shown),
            "skip": lambda: session.skip(shown),
            "flag": lambda: session.flag(shown),
            "undo": session.undo,
            "broken": lambda: session.broken(shown),
            "comment": lambda: session.comment("hm", shown),
            "redo": session.redo,
        }
        before, held = seen(session), dump(store)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BadDatabase, match="locked by another program"):
            acts[act]()
        assert seen(session) == before
        other.execute("ROLLBACK")
        other.close()
        assert dump(store) == held
        assert isinstance(acts[act](), Receipt)
        assert seen(session) != before


def test_a_session_is_recorded_with_its_first_act_and_only_then(store: Store) -> None:
    bring(store, compared("a"), compared("b"))
    session = opened(store)
    assert values(store, "SELECT count(*) FROM sessions") == [0]
    session.flag(on_screen(session))
    session.decide(Choice.TIE, on_screen(session))
    assert values(store, "SELECT count(*) FROM sessions") == [1]
    assert values(store, "SELECT DISTINCT session_id FROM events") == [1]


def test_what_was_on_the_screen_is_kept_with_the_decision(store: Store) -> None:
    bring(store, judged())
    session = opened(store)
    shown = on_screen(session)
    receipt = session.decide(Choice.CANDIDATE, shown, 2.5)
    assert isinstance(receipt, Receipt)
    assert receipt.ruling is Ruling.UPHELD
    row = store.one(
        "SELECT side_a, mode, verdict_shown, names_shown, judge_id, verdict, seconds, source, length(id) FROM events"
    )
    assert row == (shown.side_a.value, "open", 1, 0, 1, "candidate", 2.5, "app", 32)


def test_the_queue_is_drawn_once_and_is_the_same_for_everyone(store: Store) -> None:
    bring(store, *[compared(str(number)) for number in range(30)])
    order = keys(opened(store))
    assert order != sorted(order, key=int)
    assert keys(opened(store, "ben")) == order
    assert keys(opened(store)) == order
    assert values(store, "SELECT count(*) FROM queues") == [1]


def test_pairs_that_come_later_are_a_further_draw_behind_the_first(store: Store) -> None:
    bring(store, *[compared(f"old-{number}") for number in range(5)])
    order = keys(opened(store))
    bring(store, *[compared(f"new-{number}") for number in range(5)])
    longer = keys(opened(store))
    assert longer[:5] == order
    assert sorted(longer[5:]) == [f"new-{number}" for number in range(5)]
    assert values(store, "SELECT draw FROM queue_items ORDER BY position") == [1] * 5 + [2] * 5
    assert values(store, "SELECT position FROM queue_items ORDER BY position") == list(range(1, 11))


def test_a_pair_that_is_current_no_longer_leaves_the_queue_and_comes_back_to_its_place(store: Store) -> None:
    bring(store, *[compared(key) for key in "abcde"])
    order = keys(opened(store))
    with store.writing() as conn:
        conn.execute("UPDATE examples SET status = 'retired' WHERE key = 'c'")
    assert keys(opened(store)) == [key for key in order if key != "c"]
    with store.writing() as conn:
        conn.execute("UPDATE examples SET status = 'active'")
    assert keys(opened(store)) == order


def test_imported_and_carried_decisions_are_overridden_and_not_undone(store: Store) -> None:
    bring(store, reviewed())
    bring(store, compared(candidate="twin"))
    session = open_review(store, all_runs(store)[1], reviewer="ada")
    assert session.current is not None
    assert session.current.state.decision is not None
    assert session.current.state.decision.kind is EventKind.CARRIED
    assert session.current.carried_from == "candidate-vs-baseline"
    assert (session.finished, session.undo()) == (True, Refusal("nothing to take back"))
    assert session.skip(on_screen(session)) == Refusal("decided already; u takes it back")
    session.decide(Choice.BASELINE, on_screen(session))
    assert session.current.state.decision.choice is Choice.BASELINE
    session.undo()
    assert session.current.state.decision.choice is Choice.CANDIDATE


def test_a_decision_done_again_takes_its_old_place_behind_one_that_was_imported_since(store: Store) -> None:
    bring(store, compared())
    session = opened(store)
    session.decide(Choice.TIE, on_screen(session))
    session.undo()
    bring(store, reviewed(review="baseline"))
    again = opened(store)
    assert isinstance(again.redo(), Receipt)
    assert again.current is not None
    assert again.current.state.decision is not None
    assert again.current.state.decision.choice is Choice.BASELINE
    assert values(store, "SELECT choice FROM current_decisions") == ["baseline"]


def test_two_people_in_two_programs_do_not_disturb_each_other(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with new_store(path) as store:
        bring(store, *[compared(key) for key in "abc"])
    with open_store(path) as one, open_store(path) as two:
        ada, ben = opened(one, "ada"), opened(two, "ben")
        for choice in (Choice.TIE, Choice.CANDIDATE, Choice.BASELINE):
            ada.decide(choice, on_screen(ada))
            ben.decide(Choice.BOTH_BAD, on_screen(ben))
            ben.undo()
            ben.decide(choice, on_screen(ben))
        assert ada.finished
        assert ben.finished
        assert len(ada.trail(99)) == len(ben.trail(99)) == 3
        ada.undo()
        assert len(opened(one, "ben").trail(99)) == 3
        labels = values(one, "SELECT votes FROM human_labels ORDER BY votes")
    assert labels == [1, 2, 2]


def test_what_one_marks_broken_another_may_take_away(store: Store) -> None:
    bring(store, compared())
    ada = opened(store)
    ada.broken(on_screen(ada))
    ben = opened(store, "ben")
    assert ben.current is not None
    assert ben.is_broken(ben.current.pair_id)
    assert not ben.current.state.broken
    assert ben.finished
    assert ben.broken(on_screen(ben)) == Receipt(EventKind.UNBROKEN, 1, "k")
    assert not opened(store).finished
    ben.undo()
    assert opened(store).is_broken(1)


def test_the_sitting_counts_what_was_done_since_the_session_was_opened(store: Store) -> None:
    bring(store, *[judged(key) for key in "abcd"])
    first = opened(store)
    first.decide(Choice.CANDIDATE, on_screen(first), 1.0)
    session = opened(store)
    session.decide(Choice.CANDIDATE, on_screen(session), 2.0)
    session.decide(Choice.TIE, on_screen(session), 3.0)
    session.flag(on_screen(session))
    session.decide(Choice.TIE, on_screen(session), 4.0)
    session.undo()
    sitting = session.session_totals()
    assert (sitting.decided, sitting.upheld, sitting.overturned, sitting.flagged, sitting.seconds) == (2, 1, 1, 1, 5.0)


def test_an_act_on_a_pair_that_is_current_no_longer_can_still_be_undone(store: Store) -> None:
    bring(store, compared("a"), compared("b"))
    session = opened(store)
    assert session.current is not None
    key = session.current.key
    session.decide(Choice.TIE, on_screen(session))
    with store.writing() as conn:
        conn.execute("UPDATE examples SET status = 'retired' WHERE key = ?", (key,))
    again = opened(store)
    assert again.progress.total == 1
    assert isinstance(again.undo(), Receipt)
    assert values(store, "SELECT count(*) FROM current_decisions") == [0]
