"""Two sessions of one reviewer on one run, one inside the other: what the inner one did counts in the outer one."""

from support.imports import bring, judged
from support.sessions import on_screen
from uphold.records.enums import Choice, QueueKind, SortOrder
from uphold.reviewing.pair_filters import ordered
from uphold.store.database import Store
from uphold.store.runs import all_runs
from uphold.workflows.pair_list import PairListing
from uphold.workflows.review_opening import ReviewOptions, open_review, queue_advice
from uphold.workflows.review_session import ReviewSession
from uphold.workflows.statistics import read_run_statistics


def many(store: Store, count: int) -> None:
    """Judged pairs in both orders; of every third the orders disagree."""
    rows = []
    for number in range(count):
        word = "baseline" if number % 3 == 0 else "candidate"
        rows += [
            judged(f"k{number}", confidence=0.8),
            {"key": f"k{number}", "judge": "j", "verdict": word, "order": "baseline-first"},
        ]
    bring(store, *rows)


def read(session: ReviewSession, count: int, choice: Choice = Choice.CANDIDATE) -> None:
    for _ in range(count):
        session.decide(choice, on_screen(session), 1.0)


def test_what_was_said_in_between_counts_and_one_stays_at_ones_place(store: Store) -> None:
    many(store, 6)
    run = all_runs(store)[0]
    outer = open_review(store, run, reviewer="ada")
    read(outer, 2)
    here, last = outer.current, outer.cursor.items[-1].pair_id
    inner = open_review(store, run, "ada", ReviewOptions(QueueKind.HAND_PICKED, picked=[last]))
    read(inner, 1, Choice.BASELINE)
    outer.refresh(inner)
    assert outer.current == here
    assert outer.progress.read == 3
    assert outer.session_totals().decided == 3
    assert outer.trail(1)[0].pair_id == last
    assert outer.numbers().n == 3
    outer.undo()
    assert outer.progress.read == 2
    assert outer.current is not None
    assert outer.current.pair_id == last
    outer.redo()
    assert open_review(store, run, reviewer="ada").progress.read == 3


def test_what_stood_broken_or_skipped_and_what_was_seen_is_known_afterwards(store: Store) -> None:
    many(store, 6)
    run = all_runs(store)[0]
    outer = open_review(store, run, "ada", ReviewOptions(blind=True))
    pairs = [item.pair_id for item in outer.cursor.items]
    inner = open_review(store, run, "ada", ReviewOptions(QueueKind.HAND_PICKED, picked=pairs[2:5]))
    assert inner.current is not None
    inner.broken(on_screen(inner))
    inner.skip(on_screen(inner))
    assert inner.current is not None
    assert inner.current.pair_id == pairs[4]
    outer.refresh(inner)
    assert outer.is_broken(pairs[2])
    assert outer.progress.skipped == 1
    outer.go_to(5)
    assert outer.current is not None
    assert not outer.current.verdict_hidden
    outer.go_to(6)
    assert outer.current.verdict_hidden


def test_a_flag_from_the_list_is_the_last_act_that_undo_takes_back(store: Store) -> None:
    many(store, 3)
    run = all_runs(store)[0]
    session = open_review(store, run, reviewer="ada")
    read(session, 1)
    listing = PairListing(store, run, "ada")
    last = ordered(listing.read(), SortOrder.REVIEWED)[-1]
    assert listing.flag(last).flagged
    session.refresh()
    assert session.progress.read == 1
    session.undo()
    assert not session.current.state.flagged  # type: ignore[union-attr]
    assert session.progress.read == 1
    assert not listing.flag(listing.flag(last)).flagged


def test_the_queue_that_is_advised_leaves_what_was_read_before_a_sample(store: Store) -> None:
    many(store, 48)
    run = all_runs(store)[0]
    session = open_review(store, run, reviewer="ada")
    read(session, 24)
    assert queue_advice(store, run, "somebody").queue == "uncertain"
    found = queue_advice(store, run, "ada")
    assert found.queue == "uncertain"
    before = read_run_statistics(store, None).headline
    read(open_review(store, run, "ada", ReviewOptions(found.queue)), 10)
    after = read_run_statistics(store, None).headline
    assert before is not None
    assert after is not None
    assert (before.state, before.n, before.sampled) == ("assisted", 24, 24)
    assert (after.state, after.n, after.sampled) == ("assisted", 34, 34)
