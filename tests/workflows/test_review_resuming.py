"""A run is taken up again as the reviewer read it last, and what was seen of undecided pairs stays seen."""

from pathlib import Path

import pytest

from support.imports import bring, judged
from uphold.errors import BadUsage
from uphold.records.enums import Choice, QueueKind
from uphold.records.reviews import OnScreen
from uphold.workflows.lookup import Store, find_run, open_store
from uphold.workflows.review_opening import ReviewOptions, open_review
from uphold.workflows.review_resuming import WantedReview, resume_review
from uphold.workflows.review_session import ReviewSession


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A run of six pairs, each judged by two judges; the one that judged last is complete too."""
    store = open_store(tmp_path / "u.db", create=True)
    bring(store, *(judged(f"k-{number}", judge="first") for number in range(6)))
    bring(store, *(judged(f"k-{number}", "baseline", judge="second") for number in range(6)))
    return store


def again(store: Store, wanted: WantedReview | None = None, reviewer: str = "mira") -> ReviewSession:
    return resume_review(store, find_run(store, None), reviewer, wanted)


def shown(session: ReviewSession, **changes: bool) -> OnScreen:
    """What is on the screen of a session."""
    assert session.current is not None
    return OnScreen(session.current.side_a, **changes)  # type: ignore[arg-type]


def decide(session: ReviewSession) -> None:
    session.decide(Choice.CANDIDATE, shown(session))


def test_the_first_time_a_run_is_open_and_in_random_order(store: Store) -> None:
    session = again(store)
    assert (session.blind, session.queue, session.cursor.planned) == (False, QueueKind.RANDOM, None)


def test_mode_queue_plan_and_a_named_judge_are_taken_up_again(store: Store) -> None:
    decide(again(store, WantedReview("uncertain", blind=True, planned=4, judge="first")))
    session = again(store)
    assert (session.blind, session.queue, session.cursor.planned) == (True, "uncertain", 4)
    assert session.judge_name == "first"


def test_a_judge_that_was_not_named_is_not_held_to(store: Store) -> None:
    decide(again(store))
    bring(store, *(judged(f"k-{number}", judge="third") for number in range(6)))
    assert again(store).judge_name == "third"


def test_what_is_wanted_goes_before_what_was_last(store: Store) -> None:
    decide(again(store, WantedReview("uncertain", blind=True, judge="first")))
    session = again(store, WantedReview("random", blind=False, judge="second"))
    assert (session.blind, session.queue, session.judge_name) == (False, QueueKind.RANDOM, "second")


def test_a_mode_counts_from_when_it_was_chosen_and_not_from_the_first_decision(store: Store) -> None:
    again(store).go_blind(True)
    assert again(store).blind


def test_an_empty_name_of_a_judge_is_that_of_the_run_again(store: Store) -> None:
    decide(again(store, WantedReview(judge="first")))
    decide(again(store, WantedReview(judge="")))
    assert again(store).judge_name == "second"


def test_a_named_judge_whose_verdicts_were_taken_back_is_forgotten(store: Store) -> None:
    bring(store, *(judged(f"k-{number}", judge="third") for number in range(6)))
    decide(again(store, WantedReview(judge="third")))
    with store.writing() as conn:
        conn.execute("DELETE FROM verdicts WHERE judge_id = (SELECT id FROM judges WHERE name = 'third')")
        conn.execute("DELETE FROM judge_orders WHERE judge_id = (SELECT id FROM judges WHERE name = 'third')")
        conn.execute("DELETE FROM judgments WHERE judge_id = (SELECT id FROM judges WHERE name = 'third')")
    assert again(store).judge_name == "second"


def test_another_reviewer_begins_anew(store: Store) -> None:
    decide(again(store, WantedReview(blind=True)))
    assert not again(store, reviewer="ada").blind


def test_a_queue_in_which_all_is_read_is_not_opened_again(store: Store) -> None:
    session = again(store, WantedReview("uncertain"))
    while not session.finished:
        decide(session)
    assert again(store).queue == QueueKind.RANDOM


def test_hand_picked_pairs_are_not_opened_again(store: Store) -> None:
    run = find_run(store, None)
    pair = again(store).current
    assert pair is not None
    decide(open_review(store, run, "mira", ReviewOptions(QueueKind.HAND_PICKED, picked=[pair.pair_id])))
    assert again(store).queue == QueueKind.RANDOM


def test_a_judge_that_is_wanted_and_not_there_is_refused(store: Store) -> None:
    with pytest.raises(BadUsage, match="nobody"):
        again(store, WantedReview(judge="nobody"))


def test_a_verdict_that_was_seen_stays_seen_after_a_restart_in_a_blind_session(store: Store) -> None:
    session = again(store)
    session.record_seen(shown(session))
    seen, unseen = session.current, session.peek(1)
    assert seen is not None
    assert unseen is not None
    blind = again(store, WantedReview(blind=True, open_share=0.0))
    here = blind.current
    assert here is not None
    assert here.pair_id == seen.pair_id
    assert here.judge is not None
    decide(blind)
    assert store.one("SELECT mode, verdict_shown FROM events") == ("open", 1)
    following = blind.current
    assert following is not None
    assert following.pair_id == unseen.pair_id
    assert following.verdict_hidden


def test_what_was_seen_is_written_once(store: Store) -> None:
    session = again(store)
    session.record_seen(shown(session))
    session.record_seen(shown(session))
    again(store).record_seen(shown(session))
    assert store.one("SELECT count(*), min(source) FROM shown_pairs") == (1, "app")


def test_what_was_only_seen_is_nothing_that_was_done(store: Store) -> None:
    session = again(store)
    before = store.total_changes()
    session.record_seen(shown(session))
    assert store.total_changes() == before


def test_what_a_decision_says_is_not_written_twice(store: Store) -> None:
    session = again(store)
    decide(session)
    session.go_previous()
    session.record_seen(shown(session))
    assert store.one("SELECT count(*) FROM shown_pairs") == (0,)


def test_nothing_is_written_of_a_verdict_that_is_hidden(store: Store) -> None:
    session = again(store, WantedReview(blind=True, open_share=0.0))
    session.record_seen(shown(session))
    assert store.one("SELECT count(*) FROM shown_pairs") == (0,)


def test_names_that_were_shown_are_recorded_with_a_decision_after_a_restart(store: Store) -> None:
    session = again(store)
    session.record_seen(shown(session, names_shown=True))
    pair = session.current
    assert pair is not None
    assert again(store).names_were_shown(pair.pair_id)
    assert not again(store, reviewer="ada").names_were_shown(pair.pair_id)


def test_a_pair_that_only_the_app_has_shown_counts_as_chosen_for_decide(store: Store) -> None:
    from uphold.records.scripted_review import DecisionInput
    from uphold.workflows.scripted_review import decide as decide_without_a_screen

    session = again(store)
    session.record_seen(shown(session))
    pair = session.current
    assert pair is not None
    (written,) = decide_without_a_screen(
        store, session.run, "mira", ReviewOptions(), [DecisionInput(pair.key, "candidate", None, (), None)]
    )
    assert written.chosen
