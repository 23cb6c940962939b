"""Blind sessions: the own decision first, and what was seen stays seen."""

from typing import Any

import pytest

from support.imports import bring, judged, values
from uphold.records.enums import Choice, EventKind, Preference, Verdict
from uphold.records.reviews import OnScreen
from uphold.reviewing.cursor import REPEAT_DISTANCE
from uphold.reviewing.receipts import Receipt, Refusal
from uphold.store.database import Store
from uphold.store.runs import all_runs
from uphold.workflows.review_opening import ReviewOptions, open_review
from uphold.workflows.review_session import ReviewSession
from uphold.workflows.statistics import read_run_statistics


def review(store: Store, **options: Any) -> ReviewSession:
    return open_review(store, all_runs(store)[0], "ada", ReviewOptions(**options))


def screen(session: ReviewSession) -> OnScreen:
    pair = session.current
    assert pair is not None
    return OnScreen(pair.side_a, width=120, height=36)


def decide(session: ReviewSession, choice: Choice = Choice.CANDIDATE) -> Receipt:
    done = session.decide(choice, screen(session), 1.0)
    assert isinstance(done, Receipt)
    return done


def few(store: Store) -> None:
    bring(store, *(judged(f"k{number}", reason="why") for number in range(4)))


def many(store: Store, count: int = 60) -> None:
    bring(store, *(judged(f"k{number:02}") for number in range(count)))


def test_nothing_of_the_judge_is_in_a_pair_that_was_not_decided(store: Store) -> None:
    few(store)
    pair = review(store, blind=True).current
    assert pair is not None
    assert pair.judge is None
    assert pair.verdict_hidden
    assert pair.has_verdict


def test_the_first_decision_stays_and_the_verdict_appears(store: Store) -> None:
    few(store)
    session = review(store, blind=True)
    before = session.current
    decide(session, Choice.BASELINE)
    after = session.current
    assert before is not None
    assert after is not None
    assert after.pair_id == before.pair_id
    assert after.judge is not None
    assert after.judge.verdict is Verdict.CANDIDATE
    assert after.state.blind_decision is after.state.decision
    rows = store.rows("SELECT mode, verdict_shown, verdict, judge_id FROM events").fetchall()
    assert rows == [("blind", 0, "candidate", 1)]


def test_a_changed_decision_is_kept_beside_the_first(store: Store) -> None:
    few(store)
    session = review(store, blind=True)
    first = session.current
    decide(session, Choice.BASELINE)
    decide(session, Choice.CANDIDATE)
    assert session.current is not first
    assert session.progress.overturned == 1
    rows = store.rows("SELECT choice, verdict_shown, mode FROM events ORDER BY seq").fetchall()
    assert rows == [("baseline", 0, "blind"), ("candidate", 1, "blind")]
    assert store.rows("SELECT choice, final, blind FROM compared_decisions").fetchall() == [
        ("baseline", "candidate", 1)
    ]
    numbers = read_run_statistics(store, None)
    assert (numbers.human.wins, numbers.human.losses) == (1, 0)
    assert numbers.judges[0].agreement.raw.rate == 0


def test_enter_upholds_nothing_before_the_own_decision(store: Store) -> None:
    few(store)
    session = review(store, blind=True)
    refused = session.uphold(screen(session))
    assert isinstance(refused, Refusal)
    assert "after yours" in refused.reason


@pytest.mark.parametrize("restart", [False, True])
def test_what_was_seen_stays_seen_across_undo_and_restart(store: Store, restart: bool) -> None:
    few(store)
    session = review(store, blind=True)
    seen = session.current
    decide(session, Choice.BASELINE)
    session.undo()
    if restart:
        session = review(store, blind=True)
        session.go_to(session.place_of(seen.pair_id) + 1 if seen else 0)
    pair = session.current
    assert pair is not None
    assert pair.judge is not None
    assert pair.state.decision is None
    decide(session, Choice.CANDIDATE)
    assert values(store, "SELECT verdict_shown FROM events WHERE kind = 'decision' ORDER BY seq") == [0, 1]
    assert values(store, "SELECT count(*) FROM blind_decisions") == [0]


def test_going_blind_hides_what_was_not_yet_seen_only(store: Store) -> None:
    few(store)
    session = review(store)
    seen = session.current
    session.go_blind(True)
    here = session.current
    session.go_next()
    there = session.current
    assert seen is not None
    assert here is not None
    assert there is not None
    assert here.judge is not None
    assert there.judge is None
    decide(session)
    session.go_blind(False)
    assert store.rows("SELECT mode, open_share FROM sessions ORDER BY id").fetchall() == [
        ("blind", 0.15),
        ("open", None),
    ]


def test_a_share_of_a_long_blind_session_is_shown_open(store: Store) -> None:
    many(store, 200)
    session = review(store, blind=True, open_share=0.3)
    shown = 0
    for number in range(session.total):
        session.go_to(number + 1)
        pair = session.current
        shown += pair is not None and pair.judge is not None
    assert 35 <= shown <= 85


def test_a_short_blind_session_shows_nothing_open(store: Store) -> None:
    many(store, 49)
    session = review(store, blind=True, open_share=1.0)
    assert all(pair is not None and pair.verdict_hidden for pair in (session.peek(at) for at in range(2, 40)))


def test_repeats_come_later_with_sides_swapped_and_count_nowhere_else(store: Store) -> None:
    many(store, 120)
    session = review(store)
    sides: dict[int, Preference] = {}
    made: list[int] = []
    again: dict[int, int] = {}
    while not session.finished and len(made) < 200:
        pair = session.current
        assert pair is not None
        if pair.is_repeat:
            assert pair.side_a is sides[pair.pair_id].mirrored
            assert pair.state.decision is None
            again[pair.pair_id] = len(made) - 1 - made.index(pair.pair_id)
        sides.setdefault(pair.pair_id, pair.side_a)
        made.append(pair.pair_id)
        decide(session, Choice.TIE if pair.is_repeat else Choice.CANDIDATE)
    assert 2 <= len(again) <= 25
    assert min(again.values()) >= REPEAT_DISTANCE
    assert values(store, "SELECT count(*) FROM current_decisions") == [120]
    assert values(store, "SELECT count(*) FROM repeats WHERE first <> again") == [len(again)]
    numbers = read_run_statistics(store, None)
    assert (numbers.human.wins, numbers.human.ties) == (120, 0)
    assert numbers.reviewers.leans[0].self_agreement.rate == 0


def test_before_a_repeat_comes_the_pair_that_was_decided_last(store: Store) -> None:
    many(store, 120)
    session = review(store)
    last = None
    while not session.finished:
        pair = session.current
        assert pair is not None
        if pair.is_repeat:
            break
        last = pair.pair_id
        decide(session)
    assert session.go_previous()
    assert session.current is not None
    assert (session.current.pair_id, session.current.is_repeat) == (last, False)


def test_a_repeat_that_is_taken_back_comes_back(store: Store) -> None:
    many(store, 120)
    session = review(store)
    while (pair := session.current) is not None and not pair.is_repeat:
        decide(session)
    assert decide(session).kind is EventKind.REPEAT
    session.undo()
    here = session.current
    assert here is not None
    assert pair is not None
    assert (here.pair_id, here.is_repeat) == (pair.pair_id, True)


def test_short_queues_have_no_repeats(store: Store) -> None:
    many(store, 49)
    session = review(store)
    while not session.finished:
        assert decide(session).kind is EventKind.DECISION
    assert values(store, "SELECT count(*) FROM events WHERE kind = 'repeat'") == [0]


def test_reasons_are_events_that_can_be_taken_back(store: Store) -> None:
    few(store)
    session = review(store)
    session.reasons(["style", "unsafe"], screen(session))
    pair = session.current
    assert pair is not None
    assert pair.state.reasons == ("style", "unsafe")
    session.undo()
    pair = session.current
    assert pair is not None
    assert pair.state.reasons == ()
    session.keep_reason_words({"n": "wrong number"})
    assert review(store).reason_words() == {"n": "wrong number"}
