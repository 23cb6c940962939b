"""A review that is open while others write to the same file: what it sees of that, and when."""

from pathlib import Path

import pytest

from support.imports import bring, compared, judged
from support.sessions import on_screen
from support.stores import new_store
from uphold.records.enums import Choice, Preference, Verdict
from uphold.workflows.lookup import Store, find_run, open_store
from uphold.workflows.review_opening import ReviewOptions, open_review
from uphold.workflows.review_session import ReviewSession


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with new_store(tmp_path / "two.db") as store:
        bring(store, *[judged(str(number)) for number in range(6)])
    return tmp_path / "two.db"


@pytest.fixture
def mine(path: Path) -> Store:
    return open_store(path)


@pytest.fixture
def theirs(path: Path) -> Store:
    return open_store(path)


def session(store: Store, reviewer: str, **options: str) -> ReviewSession:
    return open_review(store, find_run(store, None), reviewer, ReviewOptions(**options))  # type: ignore[arg-type]


def decide(at: ReviewSession, choice: Choice = Choice.TIE) -> int:
    pair = at.current
    assert pair is not None
    at.decide(choice, on_screen(at))
    return pair.pair_id


def test_the_numbers_count_what_another_decided(mine: Store, theirs: Store) -> None:
    mira, jonas = session(mine, "mira"), session(theirs, "jonas")
    decide(mira)
    assert mira.numbers().n == 1
    jonas.go_to(5)
    decide(jonas)
    decide(jonas)
    assert mira.numbers().n == 3


def test_a_pair_that_another_marks_broken_is_passed_over_from_the_next_key_on(mine: Store, theirs: Store) -> None:
    mira, jonas = session(mine, "mira"), session(theirs, "jonas")
    jonas.go_to(2)
    marked = jonas.current
    assert marked is not None
    jonas.broken(on_screen(jonas))
    assert not mira.is_broken(marked.pair_id)
    decide(mira)
    assert mira.is_broken(marked.pair_id)
    assert mira.index == 2
    jonas.undo()
    mira.go_previous()
    assert not mira.is_broken(marked.pair_id)


def test_how_far_people_agree_is_counted_anew_when_another_has_decided(mine: Store, theirs: Store) -> None:
    mira, jonas = session(mine, "mira"), session(theirs, "jonas")
    decide(mira, Choice.TIE)
    assert mira.shared() == (0, 0)
    decide(jonas, Choice.TIE)
    decide(mira)
    assert mira.shared() == (1, 1)


def test_a_verdict_that_changes_meanwhile_is_shown_on_return_and_never_swapped_under_a_key(
    mine: Store, theirs: Store
) -> None:
    mira = session(mine, "mira")
    mira.go_to(2)
    before = mira.current
    assert before is not None
    bring(theirs, judged(before.key, "baseline"), set_="s", update=True)
    assert mira.verdict is Verdict.CANDIDATE, "what is on the screen stays"
    mira.uphold(on_screen(mira))
    said = mine.one("SELECT choice, verdict FROM events WHERE kind = 'decision'")
    assert said == ("candidate", "candidate")
    mira.go_to(2)
    assert mira.verdict is Verdict.BASELINE


def test_a_blind_decision_is_on_the_verdict_that_is_there_when_it_is_made(mine: Store, theirs: Store) -> None:
    mira = open_review(mine, find_run(mine, None), "mira", ReviewOptions(blind=True))
    here = mira.current
    assert here is not None
    bring(theirs, judged(here.key, "baseline"), set_="s", update=True)
    mira.decide(Choice.BASELINE, on_screen(mira))
    assert mine.one("SELECT verdict, verdict_shown FROM events WHERE kind = 'decision'") == ("baseline", 0)
    assert mira.verdict is Verdict.BASELINE


def test_who_settles_a_dispute_sees_what_people_say_by_then(mine: Store, theirs: Store) -> None:
    mira, jonas = session(mine, "mira"), session(theirs, "jonas")
    for number in (1, 2):
        mira.go_to(number)
        jonas.go_to(number)
        decide(mira, Choice.CANDIDATE)
        decide(jonas, Choice.BASELINE)
    with open_store(mine.path) as third:
        ann = session(third, "ann", queue="disputed")
        assert ann.total == 2
        ann.go_to(2)
        met = ann.current
        ann.go_to(1)
        assert met is not None
        jonas.go_to(jonas.place_of(met.pair_id) + 1)
        decide(jonas, Choice.BOTH_BAD)
        ann.go_to(2)
        pair = ann.current
        assert pair is not None
        assert {one.reviewer: one.choice for one in pair.reviewer_decisions} == {
            "mira": Choice.CANDIDATE,
            "jonas": Choice.BOTH_BAD,
        }
        assert ann.shared() == (2, 0)


def test_one_s_own_writing_is_nothing_new(mine: Store) -> None:
    mira = session(mine, "mira")
    before = mine.data_version()
    decide(mira)
    bring(mine, compared("another"))
    assert mine.data_version() == before
    assert mira.current is not None
    assert mira.current.side_a in (Preference.CANDIDATE, Preference.BASELINE)


def test_a_dispute_that_another_settles_meanwhile_is_passed_over(mine: Store, theirs: Store) -> None:
    mira, jonas = session(mine, "mira"), session(theirs, "jonas")
    for _ in range(3):
        decide(mira, Choice.CANDIDATE)
        decide(jonas, Choice.BASELINE)
    ann, ben = session(mine, "ann", queue="disputed"), session(theirs, "ben", queue="disputed")
    assert ann.total == ben.total == 3
    ben.go_to(2)
    decide(ben)
    decide(ann)
    assert ann.index == 2
    decide(ann)
    assert ann.finished
    assert ann.progress.read == 2
    ben.undo()
    ann.go_to(1)
    assert not ann.finished
    assert ann.go_unread()
    assert ann.index == 1


def test_a_verdict_that_the_pair_on_the_screen_waits_for_is_seen_when_it_arrives(mine: Store, theirs: Store) -> None:
    bring(theirs, compared("late"))
    mira = session(mine, "mira")
    ((place, _),) = mira.named("late")
    mira.go_to(place)
    before = mira.current
    assert before is not None
    assert before.judge is None
    assert not mira.verdict_arrived()
    bring(theirs, judged("late", "baseline"))
    assert mira.verdict_arrived()
    after = mira.current
    assert after is not None
    assert after.judge is not None
    assert after.judge.verdict is Verdict.BASELINE
    assert not mira.verdict_arrived()


def test_a_verdict_that_changes_is_not_pulled_from_under_the_reviewer(mine: Store, theirs: Store) -> None:
    mira = session(mine, "mira")
    before = mira.current
    assert before is not None
    bring(theirs, judged(before.key, "baseline"), update=True)
    assert not mira.verdict_arrived()


def test_in_a_blind_session_nothing_arrives_before_the_decision(mine: Store, theirs: Store) -> None:
    bring(theirs, compared("late"))
    mira = open_review(mine, find_run(mine, None), "mira", ReviewOptions(blind=True))
    ((place, _),) = mira.named("late")
    mira.go_to(place)
    before = mira.current
    bring(theirs, judged("late", "baseline"))
    assert before is not None
    assert not mira.verdict_arrived()
