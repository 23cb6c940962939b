"""Queues by kind: their strata, their order, and who sees what in a dispute."""

import shlex
from dataclasses import replace
from typing import Any

import pytest

from support.imports import bring, compared, judged, reviewed, values
from uphold.errors import BadUsage
from uphold.records.enums import Choice, EventKind, Preference
from uphold.records.reviews import OnScreen
from uphold.reviewing.receipts import Receipt
from uphold.store.database import Store
from uphold.store.runs import all_runs
from uphold.workflows.queue_drawing import describe_queue, is_sampled
from uphold.workflows.review_opening import ReviewOptions, open_review
from uphold.workflows.review_session import ReviewSession
from uphold.workflows.statistics import read_run_statistics

HERE = OnScreen(Preference.CANDIDATE)


def review(store: Store, reviewer: str = "ada", run: int = 0, **options: Any) -> ReviewSession:
    return open_review(store, all_runs(store)[run], reviewer, ReviewOptions(**options))


def keys(session: ReviewSession) -> list[str]:
    found = []
    for number in range(session.total):
        session.go_to(number + 1)
        assert session.current is not None
        found.append(session.current.key)
    return found


def strata(store: Store, kind: str) -> dict[str, tuple[str, float]]:
    rows = store.rows(
        "SELECT e.key, i.stratum, i.weight FROM queues q JOIN queue_items i ON i.queue_id = q.id"
        " JOIN pairs p ON p.id = i.pair_id JOIN examples e ON e.id = p.example_id WHERE q.kind = ?",
        (kind,),
    )
    return {key: (stratum, weight) for key, stratum, weight in rows}


def test_the_uncertain_queue_weighs_flips_and_doubts(store: Store) -> None:
    rows = [judged(f"s{number}", confidence=0.9) for number in range(4)]
    rows += [judged("low", confidence=0.1), compared("none")]
    rows += [judged("flip"), judged("flip", "baseline", order="baseline-first")]
    rows += [judged("split"), judged("split", "baseline", judge="other")]
    bring(store, *rows)
    review(store, queue="uncertain", judge="j")
    found = strata(store, "uncertain")
    assert found["flip"] == ("orders disagree", 3.0)
    assert found["low"] == found["split"] == ("low confidence or judges split", 2.0)
    assert found["none"] == ("no verdict yet", 1.0)
    assert found["s0"] == ("rest", 1.0)


def test_a_tag_queue_weighs_the_tag(store: Store) -> None:
    bring(store, judged("a", tags=["billing"]), judged("b"))
    review(store, queue="tag:billing")
    assert strata(store, "tag:billing") == {"a": ("tag billing", 3.0), "b": ("rest", 1.0)}
    with pytest.raises(BadUsage, match="has the tag"):
        review(store, queue="tag:nothing")


def test_pairs_that_come_later_are_a_further_draw(store: Store) -> None:
    bring(store, judged("a"), judged("b"))
    review(store, queue="uncertain")
    bring(store, judged("c"))
    assert review(store, queue="uncertain").total == 3
    assert values(store, "SELECT draw FROM queue_items i JOIN queues q ON q.id = i.queue_id ORDER BY position") == [
        1,
        1,
        2,
    ]


def test_flagged_pairs_are_those_one_flagged_oneself(store: Store) -> None:
    bring(store, judged("a"), judged("b"))
    one = review(store)
    assert one.current is not None
    key = one.current.key
    one.flag(HERE)
    assert keys(review(store, queue="flagged")) == [key]
    assert keys(review(store, "ben", queue="flagged")) == []


def test_hand_picked_pairs_are_walked_in_the_order_of_picking(store: Store) -> None:
    bring(store, *(judged(key) for key in "abc"))
    picked = values(store, "SELECT id FROM pairs ORDER BY id DESC LIMIT 2")
    assert keys(review(store, queue="hand-picked", picked=picked)) == ["c", "b"]
    assert set(strata(store, "hand-picked")) == {"b", "c"}


def test_what_changed_since_the_last_checkpoint_comes_first(store: Store) -> None:
    new = {"candidate": "two", "baseline": "base"}
    old = {"candidate": "one", "baseline": "base"}
    for key, verdict in (("a", "candidate"), ("b", "candidate"), ("c", "candidate")):
        bring(store, judged(key, verdict, **old))
    for key, verdict in (("a", "candidate"), ("b", "baseline"), ("c", "candidate")):
        bring(store, judged(key, verdict, response_candidate=f"{key} anew", **new))
    session = review(store, run=1, queue="changed")
    assert keys(session)[0] == "b"
    assert strata(store, "changed")["b"][0] == "flipped"


def test_a_queue_that_does_not_exist_is_named_with_those_that_do(store: Store) -> None:
    bring(store, judged("a"))
    with pytest.raises(BadUsage, match="random, uncertain"):
        review(store, queue="best")


def test_a_queue_says_what_its_numbers_are_worth() -> None:
    assert describe_queue("uncertain").endswith("a weighted sample")
    assert is_sampled("uncertain")
    assert describe_queue("flagged").endswith("chosen, not sampled")
    assert not is_sampled("flagged")


def test_a_plan_is_kept_and_every_change_of_it(store: Store) -> None:
    bring(store, judged("a"), judged("b"))
    session = review(store, planned=2)
    session.decide(Choice.TIE, HERE)
    session.plan(1)
    assert session.progress.planned == 1
    assert review(store).progress.planned == 1
    assert store.rows("SELECT planned, reviewed FROM plans ORDER BY id").fetchall() == [(2, 0), (1, 1)]


def disputed(store: Store) -> None:
    bring(store, judged("same"), judged("apart"))
    for who, word in (("mira", "candidate"), ("jonas", "baseline")):
        bring(store, reviewed("same", "tie", reviewer=who), reviewed("apart", word, reviewer=who, note=f"says {who}"))


def test_a_dispute_shows_who_said_what_and_is_settled_by_a_word_of_its_own(store: Store) -> None:
    disputed(store)
    session = review(store, queue="disputed")
    pair = session.current
    assert session.total == 1
    assert pair is not None
    assert pair.key == "apart"
    assert [(one.reviewer, one.choice, one.note) for one in pair.reviewer_decisions] == [
        ("jonas", Choice.BASELINE, "says jonas"),
        ("mira", Choice.CANDIDATE, "says mira"),
    ]
    assert read_run_statistics(store, None).human.unresolved == 1
    done = session.decide(Choice.BASELINE, HERE)
    assert isinstance(done, Receipt)
    assert done.kind is EventKind.ADJUDICATED
    assert session.finished
    assert values(store, "SELECT label FROM human_labels ORDER BY pair_id") == ["tie", "baseline"]
    numbers = read_run_statistics(store, None)
    assert (numbers.human.unresolved, numbers.human.losses, numbers.human.ties) == (0, 1, 1)
    assert set(numbers.reviewers.names) == {"jonas", "mira"}
    session.undo()
    assert values(store, "SELECT label FROM human_labels ORDER BY pair_id") == ["tie", "unresolved"]


def test_the_command_for_open_disputes_names_the_run_so_that_it_works_beside_other_runs(store: Store) -> None:
    disputed(store)
    bring(store, compared("same", candidate="-x"), set_="other")
    number, command = review(store).open_disputes()
    assert number == 1
    assert shlex.split(command)[-4:] == ["review", "candidate-vs-baseline", "--queue", "disputed"]
    assert review(store, queue="disputed").open_disputes() == (0, "")
    assert [run.argument for run in all_runs(store)] == ["candidate-vs-baseline", "2"]
    review(store, queue="disputed").decide(Choice.TIE, HERE)
    assert review(store).open_disputes() == (0, "")


def test_the_trail_tells_what_the_judge_had_said_on_the_side_where_it_stood(store: Store) -> None:
    bring(store, judged("one"), judged("two", "tie"), compared("three"))
    session = review(store)
    for _ in range(3):
        assert session.current is not None
        pair, verdict = session.current, session.current.judge.verdict if session.current.judge else None
        session.decide(Choice.BOTH_BAD, replace(HERE, side_a=pair.side_a, verdict=verdict))
        wanted = {"one": pair.side_of(Preference.CANDIDATE), "two": "tie", "three": None}[pair.key]
        assert session.trail(1)[0].judge_said == wanted


def test_a_blind_adjudicator_sees_people_and_judge_only_afterwards(store: Store) -> None:
    disputed(store)
    session = review(store, queue="disputed", blind=True)
    pair = session.current
    assert pair is not None
    assert pair.reviewer_decisions == ()
    assert pair.judge is None
    session.decide(Choice.TIE, HERE)
    pair = session.current
    assert pair is not None
    assert len(pair.reviewer_decisions) == 2
    assert pair.judge is not None


def test_nobody_sees_what_others_said_outside_of_disputes(store: Store) -> None:
    disputed(store)
    session = review(store)
    for number in range(session.total):
        session.go_to(number + 1)
        pair = session.current
        assert pair is not None
        assert pair.reviewer_decisions == ()
        assert pair.state.decision is None
        assert pair.state.comment is None
