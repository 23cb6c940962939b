"""The review without a screen: what `next` shows, what decisions are made on, what counts as drawn, what undo takes back."""

from typing import Any

import pytest

from support.imports import bring, compared, decisions, judged, reviewed, values, verdict
from support.sessions import on_screen
from uphold.errors import BadUsage
from uphold.records.enums import Choice, Ruling, Side, Verdict
from uphold.records.headline_judge import what_is_missing
from uphold.records.runs import Run
from uphold.records.scripted_review import DecisionInput
from uphold.records.statistics import RunStatistics
from uphold.store.database import Store
from uphold.store.imports import drop_import
from uphold.store.runs import all_runs
from uphold.workflows.pinning import pin_judge
from uphold.workflows.review_opening import ReviewOptions, open_review
from uphold.workflows.scripted_review import (
    WrittenDecision,
    decide,
    decide_as_program,
    next_pairs,
    next_pairs_for_program,
    undo_last,
    undo_last_of_program,
)
from uphold.workflows.statistics import read_run_statistics

OPEN, BLIND = ReviewOptions(), ReviewOptions(blind=True)


def run_of(store: Store) -> Run:
    return all_runs(store)[0]


def shown(store: Store, options: ReviewOptions = OPEN, count: int = 1, reviewer: str = "ada") -> list[Any]:
    return list(next_pairs(store, run_of(store), reviewer, options, count).pairs)


def decided(store: Store, *given: DecisionInput, options: ReviewOptions = OPEN) -> list[WrittenDecision]:
    return decide(store, run_of(store), "ada", options, given)


def statistics(store: Store) -> RunStatistics:
    return read_run_statistics(store, None)


def test_next_shows_the_pairs_that_the_app_would_show_with_the_same_sides(store: Store) -> None:
    bring(store, *[judged(key) for key in "abcdefgh"])
    session = open_review(store, run_of(store), "ada")
    in_app = []
    for number in range(1, 9):
        session.go_to(number)
        assert session.current is not None
        in_app.append((session.current.key, session.current.side_a))
    assert [(pair.key, pair.side_a) for pair in shown(store, count=8)] == in_app


def test_next_shows_unread_pairs_only_and_skipped_ones_last(store: Store) -> None:
    bring(store, *[judged(key) for key in "abcd"])
    session = open_review(store, run_of(store), "ada")
    order = [pair.key for pair in shown(store, count=4)]
    session.skip(on_screen(session))
    decided(store, DecisionInput(order[1], "tie"))
    assert [pair.key for pair in shown(store, count=4)] == [order[2], order[3], order[0]]
    assert next_pairs(store, run_of(store), "ada", OPEN, 1).unread == 3


def test_a_decision_names_the_system_that_was_on_the_side(store: Store) -> None:
    bring(store, *[judged(key) for key in "abcdefgh"])
    for pair in shown(store, count=8):
        decided(store, DecisionInput(pair.key, "a"))
        assert decisions(store, pair.key) == [("ada", "decision", pair.system_on(Side.A).value)]


def test_a_decision_is_made_on_the_verdict_that_was_shown_and_not_on_a_later_one(store: Store) -> None:
    bring(store, judged(verdict="candidate"))
    shown(store)
    bring(store, judged(verdict="baseline"), update=True)
    assert verdict(store) == ["baseline"]
    (written,) = decided(store, DecisionInput("k", "candidate"))
    assert (written.ruling, written.verdict) == (Ruling.UPHELD, "candidate")
    assert values(store, "SELECT verdict FROM events") == ["candidate"]


def test_a_decision_stays_on_the_texts_that_were_shown(store: Store) -> None:
    bring(store, judged())
    shown(store)
    bring(store, judged(response_candidate="another answer"), update=True)
    (written,) = decided(store, DecisionInput("k", "a"))
    assert not written.current
    assert not decisions(store)
    shown(store)
    (written,) = decided(store, DecisionInput("k", "a"))
    assert written.current
    assert len(decisions(store)) == 1


def test_blind_pairs_have_no_verdict_until_they_are_decided(store: Store) -> None:
    bring(store, judged())
    (pair,) = shown(store, BLIND)
    assert pair.judge is None
    assert pair.verdict_hidden
    decided(store, DecisionInput("k", "baseline"), options=BLIND)
    decided(store, DecisionInput("k", "candidate"), options=BLIND)
    rows = store.rows("SELECT mode, verdict_shown, verdict FROM events ORDER BY seq").fetchall()
    assert rows == [("blind", 0, "candidate"), ("blind", 1, "candidate")]
    agreement = statistics(store).judges[0].agreement
    assert (agreement.raw.rate, agreement.raw.n) == (0, 1)


def test_a_verdict_that_next_has_shown_stays_seen(store: Store) -> None:
    bring(store, judged())
    shown(store, OPEN)
    (pair,) = shown(store, BLIND)
    assert not pair.verdict_hidden
    decided(store, DecisionInput("k", "tie"), options=BLIND)
    assert values(store, "SELECT verdict_shown FROM events") == [1]


def test_what_next_gave_counts_as_drawn_and_anything_else_as_chosen(store: Store) -> None:
    bring(store, *[judged(f"k{number:02}") for number in range(40)])
    keys = [pair.key for pair in shown(store, count=20)]
    decided(store, *[DecisionInput(key, "candidate") for key in keys])
    assert statistics(store).judges[0].assisted.state == "assisted"
    assert values(store, "SELECT DISTINCT chosen FROM events") == [0]


def test_decisions_on_pairs_that_were_not_shown_speak_for_no_other_pair(store: Store) -> None:
    bring(store, *[judged(f"k{number:02}") for number in range(40)])
    written = decided(store, *[DecisionInput(f"k{number:02}", "candidate") for number in range(20)])
    assert all(item.chosen for item in written)
    assert statistics(store).human.reviewed == 20
    assert statistics(store).judges[0].assisted.state == "refused"


def test_what_was_chosen_is_chosen_where_it_is_carried_to(store: Store) -> None:
    rows = [judged(f"k{number:02}") for number in range(40)]
    bring(store, *rows)
    decided(store, *[DecisionInput(f"k{number:02}", "candidate") for number in range(20)])
    bring(store, *[row | {"candidate": "twin"} for row in rows])
    found = read_run_statistics(store, "2")
    assert found.human.carried == 20
    assert found.judges[0].assisted.state == "refused"


def test_a_choice_by_name_is_recorded_as_made_with_the_names_known(store: Store) -> None:
    bring(store, judged("x"), judged("y"))
    decided(store, DecisionInput("x", "candidate"), DecisionInput("y", "b"))
    assert values(store, "SELECT names_shown FROM events ORDER BY seq") == [1, 0]


def test_reasons_and_note_belong_to_the_decision(store: Store) -> None:
    bring(store, judged())
    decided(store, DecisionInput("k", "tie", reasons=("style", "too long"), note="both ramble"))
    session = open_review(store, run_of(store), "ada")
    session.go_to(1)
    assert session.current is not None
    state = session.current.state
    assert (state.reasons, state.comment) == (("style", "too long"), "both ramble")
    assert state.decision is not None
    assert state.decision.choice is Choice.TIE


def test_all_decisions_are_written_or_none(store: Store) -> None:
    bring(store, judged("x"), judged("y"))
    with pytest.raises(BadUsage, match="'z'"):
        decided(store, DecisionInput("x", "a"), DecisionInput("z", "a"))
    assert not values(store, "SELECT id FROM events")
    assert not values(store, "SELECT id FROM decide_calls")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (DecisionInput("x", "left"), "no choice 'left'; the choices are a, b, tie, both-bad, candidate, baseline"),
        (DecisionInput("x", "a", turn=3), "no pair of turn 3"),
        (DecisionInput("none", "a"), "keys of it: 'x'"),
    ],
)
def test_a_decision_that_cannot_be_written_says_why(store: Store, given: DecisionInput, problem: str) -> None:
    bring(store, judged("x"))
    with pytest.raises(BadUsage, match=problem):
        decided(store, given)


def test_of_several_turns_the_one_that_was_shown_is_meant_else_it_must_be_named(store: Store) -> None:
    turns = {
        "instruction": None,
        "turns": ["one", "two"],
        "response_candidate": ["a", "b"],
        "response_baseline": ["c", "d"],
    }
    bring(store, compared(**turns, turn=1), compared(**turns, turn=2))
    with pytest.raises(BadUsage, match="has turns 1, 2; say which with --turn"):
        decided(store, DecisionInput("k", "a"))
    (pair,) = shown(store)
    (written,) = decided(store, DecisionInput("k", "a"))
    assert written.turn == pair.turn
    (written,) = decided(store, DecisionInput("k", "a", turn=3 - pair.turn))
    assert written.chosen


def test_undo_takes_back_a_whole_call_and_then_the_act_before_it(store: Store) -> None:
    bring(store, *[judged(key) for key in "abcd"])
    session = open_review(store, run_of(store), "ada")
    first = session.current
    assert first is not None
    session.decide(Choice.TIE, on_screen(session))
    rest = sorted({*"abcd"} - {first.key})
    decided(store, *[DecisionInput(key, "a", reasons=("style",), note="n") for key in rest])
    assert undo_last(store, run_of(store), "ada") == rest
    assert [key for key in "abcd" if decisions(store, key)] == [first.key]
    assert undo_last(store, run_of(store), "ada") == [first.key]
    with pytest.raises(BadUsage, match="nothing"):
        undo_last(store, run_of(store), "ada")


def test_the_app_takes_a_scripted_decision_back_too(store: Store) -> None:
    bring(store, judged())
    decided(store, DecisionInput("k", "a"))
    open_review(store, run_of(store), "ada").undo()
    assert not decisions(store)


def test_imported_decisions_are_not_taken_back(store: Store) -> None:
    bring(store, reviewed())
    with pytest.raises(BadUsage, match="nothing"):
        undo_last(store, run_of(store), "ada")


def test_decisions_in_the_disputes_queue_settle_them(store: Store) -> None:
    bring(store, reviewed(), reviewed(reviewer="bo", review="baseline"))
    options = ReviewOptions(queue="disputed")
    (pair,) = shown(store, options)
    decided(store, DecisionInput(pair.key, "baseline"), options=options)
    assert values(store, "SELECT label FROM human_labels") == ["baseline"]
    assert not shown(store, options)


def test_a_program_decides_as_a_judge_and_enters_no_human_number(store: Store) -> None:
    bring(store, *[judged(key) for key in "abc"])
    run = run_of(store)
    found = next_pairs_for_program(store, run, "bot", OPEN, 2)
    assert found.unread == 3
    decide_as_program(store, run, "bot", [DecisionInput(pair.key, "a") for pair in found.pairs])
    for pair in found.pairs:
        assert verdict(store, pair.key, "bot") == [pair.system_on(Side.A).value]
    assert statistics(store).human.reviewed == 0
    assert not values(store, "SELECT name FROM reviewers")
    assert next_pairs_for_program(store, run, "bot", OPEN).unread == 1


def test_of_a_program_that_is_pinned_the_command_that_gives_it_the_rest_is_named(store: Store) -> None:
    bring(store, *[reviewed(f"k{number:02d}") for number in range(12)])
    decide_as_program(store, run_of(store), "bot", [DecisionInput("k01", "candidate")])
    pin_judge(store, run_of(store).set, "bot", "ada")
    found = statistics(store).judge
    assert (found.name, found.missing, found.pairs) == ("bot", 11, 12)
    assert found.ask.startswith("uphold --db ")
    assert found.ask.endswith(" next candidate-vs-baseline --as-program bot")
    assert what_is_missing(found) == f"bot has read 1 of 12 pairs; `{found.ask}` gives it the next ones"


def test_a_blind_program_sees_no_verdict(store: Store) -> None:
    bring(store, judged())
    (pair,) = next_pairs_for_program(store, run_of(store), "bot", BLIND).pairs
    assert (pair.judge, pair.other_verdicts) == (None, ())
    (pair,) = next_pairs_for_program(store, run_of(store), "bot", OPEN).pairs
    assert pair.judge is not None
    assert pair.judge.verdict is Verdict.CANDIDATE


def test_a_program_may_change_its_word_and_take_it_back(store: Store) -> None:
    bring(store, judged())
    run = run_of(store)
    decide_as_program(store, run, "bot", [DecisionInput("k", "candidate")])
    decide_as_program(store, run, "bot", [DecisionInput("k", "both-bad", note="neither")])
    assert verdict(store, judge="bot") == ["tie"]
    assert undo_last_of_program(store, run, "bot") == ["k"]
    assert verdict(store, judge="bot") == ["candidate"]
    assert undo_last_of_program(store, run, "bot") == ["k"]
    assert verdict(store, judge="bot") == []
    with pytest.raises(BadUsage, match="nothing"):
        undo_last_of_program(store, run, "bot")


def test_a_program_cannot_take_the_name_of_another_judge(store: Store) -> None:
    bring(store, judged())
    with pytest.raises(BadUsage, match="a judge 'j' is in this file already"):
        decide_as_program(store, run_of(store), "j", [DecisionInput("k", "a")])


def test_an_import_whose_pairs_were_only_shown_can_be_taken_back(store: Store) -> None:
    bring(store, judged())
    shown(store)
    drop_import(store, 1)
    assert not values(store, "SELECT id FROM pairs")


def test_an_import_is_dropped_whose_reference_was_only_shown(store: Store) -> None:
    bring(store, compared("a", reference="r"))
    mended = bring(store, {"key": "a", "reference": "s"}, update=True).number
    assert [pair.key for pair in shown(store)] == ["a"]
    assert mended is not None
    drop_import(store, mended)
    assert values(store, "SELECT r.turns FROM examples e JOIN reference_texts r ON r.id = e.reference_id") == ['["r"]']
    assert store.rows("PRAGMA foreign_key_check").fetchall() == []
