"""What files say of pairs: verdicts and reviews, repeated, contradicted, updated, and in any order."""

from typing import Any

import pytest

from support.imports import added, bring, compared, decisions, dump, judged, reviewed, values, verdict
from uphold.errors import BadFile
from uphold.records.texts import canonical_hash
from uphold.store.database import Store

VERDICT = {"key": "k", "judge": "j", "verdict": "tie", "order": "candidate-first"}

REVIEW = {"key": "k", "reviewer": "ada", "review": "tie"}


def base_id(store: Store, choice: str, *replaced: str) -> str:
    (contents,) = values(store, "SELECT contents FROM pairs")
    return canonical_hash(["s", "k", 1, contents, "candidate", "baseline", "ada", choice, *replaced])[:32]


def test_equal_words_count_once(store: Store) -> None:
    summary = bring(store, judged(), judged(), reviewed(), reviewed())
    assert added(summary) == {"examples": 1, "responses": 2, "pairs": 1, "judgments": 1, "reviews": 1}
    assert summary.already_there == 2


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([judged(), judged(verdict="tie")], r"judge 'j' says tie here, and candidate elsewhere.*\(candidate-first\)"),
        ([reviewed(), reviewed(review="both-bad")], "reviewer 'ada' says both-bad here, and candidate elsewhere"),
        (
            [judged(), judged(verdict=None) | {"verdict": None}],
            "judge 'j' says unreadable here, and candidate elsewhere",
        ),
    ],
)
def test_a_contradiction_is_an_error_that_names_file_and_line(
    store: Store, rows: list[dict[str, Any]], said: str
) -> None:
    before = dump(store)
    with pytest.raises(BadFile, match=rf"^rows\.jsonl:2: {said}"):
        bring(store, *rows)
    assert dump(store) == before
    bring(store, rows[0])
    before = dump(store)
    with pytest.raises(BadFile, match=rf"^rows\.jsonl:1: {said}"):
        bring(store, rows[1])
    assert dump(store) == before


def test_a_judge_may_say_one_word_in_each_order_and_every_reviewer_their_own(store: Store) -> None:
    bring(store, judged(), judged(verdict="tie", order="baseline-first"), judged(verdict="baseline", judge="other"))
    bring(store, reviewed(), reviewed(review="tie", reviewer="ben"))
    assert verdict(store) == ["inconsistent"]
    assert verdict(store, judge="other") == ["baseline"]
    assert decisions(store) == [("ada", "decision", "candidate"), ("ben", "decision", "tie")]


def test_an_update_supersedes_the_word_and_keeps_the_old_one(store: Store) -> None:
    bring(store, judged(), reviewed())
    summary = bring(store, judged(verdict="tie"), reviewed(review="tie"), update=True)
    assert added(summary) == {"judgments": 1, "reviews": 1}
    assert verdict(store) == ["tie"]
    assert decisions(store) == [("ada", "decision", "tie")]
    assert values(store, "SELECT superseded_by FROM judgments ORDER BY id") == [2, None]


def test_events_are_named_by_what_they_say_and_an_update_by_what_it_replaces_as_well(store: Store) -> None:
    bring(store, reviewed())
    bring(store, reviewed(review="tie"), update=True)
    bring(store, reviewed(), update=True)
    first = base_id(store, "candidate")
    second = base_id(store, "tie", first)
    third = base_id(store, "candidate", second)
    assert values(store, "SELECT id FROM events ORDER BY seq") == [first, second, third]
    assert decisions(store) == [("ada", "decision", "candidate")]


def test_a_word_that_was_superseded_is_there_already(store: Store) -> None:
    bring(store, judged(), reviewed())
    bring(store, judged(verdict="tie"), reviewed(review="tie"), update=True)
    before = dump(store)
    again = bring(store, judged(), reviewed())
    assert (added(again), again.already_there) == ({}, 2)
    assert dump(store) == before


def test_an_update_with_the_current_word_adds_nothing(store: Store) -> None:
    bring(store, judged(), reviewed())
    assert added(bring(store, judged(), reviewed(), update=True)) == {}


def test_in_an_update_the_last_word_of_the_file_counts_and_a_second_time_adds_nothing(store: Store) -> None:
    rows = [judged(), judged(verdict="tie"), reviewed(), reviewed(review="tie")]
    summary = bring(store, *rows, update=True)
    assert added(summary) == {"examples": 1, "responses": 2, "pairs": 1, "judgments": 1, "reviews": 1}
    assert [(str(odd.source), "the last one counts" in odd.message) for odd in summary.warnings] == [
        ("rows.jsonl:1", True),
        ("rows.jsonl:3", True),
    ]
    assert (verdict(store), decisions(store)) == (["tie"], [("ada", "decision", "tie")])
    before = dump(store)
    assert added(bring(store, *rows, update=True)) == {}
    assert dump(store) == before


def test_in_an_update_the_last_word_is_the_one_that_stands_last_whatever_the_rows_leave_out(store: Store) -> None:
    bring(store, compared())
    bring(store, VERDICT, judged(verdict="baseline"), update=True)
    assert verdict(store) == ["baseline"]
    bring(store, judged(verdict="candidate"), VERDICT, update=True)
    assert verdict(store) == ["tie"]


def test_in_an_update_answers_belong_to_the_text_that_the_file_gives_their_key(store: Store) -> None:
    bring(store, compared())
    rows = [{"key": "k", "response_candidate": "new"}, {"key": "k", "instruction": "Sing k."}]
    assert added(bring(store, *rows, update=True)) == {"responses": 1, "edited": 1}
    assert added(bring(store, *rows, update=True)) == {}


@pytest.mark.parametrize("late", [VERDICT, REVIEW])
def test_a_word_without_answers_belongs_to_the_latest_ones(store: Store, late: dict[str, Any]) -> None:
    bring(store, compared())
    bring(store, compared(response_candidate="another"), update=True)
    bring(store, late)
    assert values(
        store,
        "SELECT x.cells FROM win_loss w, pairs p JOIN responses x ON x.id = p.candidate_response_id"
        " WHERE p.id IN (SELECT pair_id FROM judgments UNION SELECT pair_id FROM events) LIMIT 1",
    ) == ['["another"]']


@pytest.mark.parametrize("late", [VERDICT, REVIEW])
def test_a_word_where_a_system_has_not_answered_is_an_error(store: Store, late: dict[str, Any]) -> None:
    bring(store, compared(response_baseline=None))
    before = dump(store)
    with pytest.raises(BadFile, match=r"rows\.jsonl:1: no response of 'baseline' to this example"):
        bring(store, late)
    assert dump(store) == before


def test_a_word_with_both_systems_unknown_adds_no_name(store: Store) -> None:
    bring(store, {"key": "k", "instruction": "x"})
    before = dump(store)
    with pytest.raises(BadFile, match="no response of 'nobody'"):
        bring(store, VERDICT | {"candidate": "nobody", "baseline": "none"})
    summary = bring(store, VERDICT | {"candidate": "nobody", "baseline": "none"}, skip_bad=True)
    assert [str(bad.source) for bad in summary.skipped] == ["rows.jsonl:1"]
    assert dump(store) == before


@pytest.mark.parametrize(
    "rows",
    [
        [VERDICT, REVIEW, compared()],
        [VERDICT, {"key": "k", "response_candidate": "x"}, compared(response_candidate=None)],
        [VERDICT | {"response_candidate": "x"}, compared(response_candidate=None)],
        [VERDICT | {"response_candidate": "x"}, REVIEW | {"response_baseline": "y"}, {"key": "k", "instruction": "z"}],
        [VERDICT | {"response_candidate": "x"}, judged(response_candidate=None, judge="other")],
        [{"key": "k", "response_candidate": "x"}, REVIEW, compared(response_candidate=None)],
    ],
)
def test_rows_that_come_before_what_they_speak_of_work_and_a_second_time_add_nothing(
    store: Store, rows: list[dict[str, Any]]
) -> None:
    summary = bring(store, *rows)
    assert (summary.examples, summary.pairs) == (1, 1)
    assert summary.judgments + summary.reviews >= 1
    assert summary.skipped == []
    before = dump(store)
    assert added(bring(store, *rows)) == {}
    assert dump(store) == before


def test_a_word_belongs_to_the_answers_of_its_own_file_wherever_it_stands(store: Store) -> None:
    bring(store, compared())
    rows = [VERDICT, {"key": "k", "response_candidate": "another"}]
    assert added(bring(store, *rows, update=True)) == {"responses": 1, "pairs": 1, "judgments": 1, "replaced": 1}
    assert added(bring(store, *rows)) == {}
    bring(store, {"key": "k", "response_candidate": "a third"}, update=True)
    assert added(bring(store, *rows)) == {}


@pytest.mark.parametrize("update", [False, True])
def test_skip_bad_leaves_the_bad_rows_out_and_takes_nothing_of_them(store: Store, update: bool) -> None:
    good = [judged("a"), reviewed("b")]
    bad = [
        judged("c", response_baseline=None, tags=["t"], judge="new judge"),
        {"key": "nobody", "response_candidate": "x", "candidate": "new system"},
        reviewed("d", response_candidate=None, candidate="other system", reviewer="new reviewer"),
        compared("e", response_candidate=["two", "cells"]),
        compared("f", baseline="candidate"),
        VERDICT | {"key": "a", "candidate": "new candidate"},
    ]
    bring(store, *good, update=update)
    before = dump(store)
    summary = bring(store, *bad, *good, skip_bad=True, update=update)
    assert sorted(bad.source.line or 0 for bad in summary.skipped) == [1, 2, 3, 4, 5, 6]
    assert (added(summary), summary.already_there) == ({}, 2)
    assert dump(store) == before


def test_skip_bad_takes_nothing_of_a_row_that_contradicts(store: Store) -> None:
    bring(store, judged(), reviewed())
    before = dump(store)
    rows = [
        judged(verdict="tie", tags=["t"], reviewer="new reviewer", review="tie"),
        reviewed(review="tie", judge="new judge", verdict="tie"),
        VERDICT | {"tags": ["late"], "reviewer": "late reviewer", "review": "tie"},
    ]
    summary = bring(store, *rows, skip_bad=True)
    assert sorted(bad.source.line or 0 for bad in summary.skipped) == [1, 2, 3]
    assert dump(store) == before


def test_skip_bad_keeps_what_another_row_needs_only_of_rows_that_are_good(store: Store) -> None:
    rows = [
        VERDICT | {"response_candidate": "x"},
        # The answer that the first row needs stands in a row that is bad itself: nobody answered as `third`.
        REVIEW | {"response_candidate": "y", "candidate": "baseline", "baseline": "third"},
        {"key": "k", "instruction": "z"},
    ]
    summary = bring(store, *rows, skip_bad=True)
    assert sorted(bad.source.line or 0 for bad in summary.skipped) == [1, 2]
    assert added(summary) == {"examples": 1}
    assert values(store, "SELECT count(*) FROM systems") == [0]


def test_an_update_that_edits_and_then_cannot_be_taken_edits_nothing(store: Store) -> None:
    bring(store, compared())
    before = dump(store)
    row = VERDICT | {"instruction": "Sing k."}
    with pytest.raises(BadFile, match="no response"):
        bring(store, row, update=True)
    assert dump(store) == before
    assert len(bring(store, row, update=True, skip_bad=True).skipped) == 1
    assert dump(store) == before


def test_a_preference_stays_a_real_number(store: Store) -> None:
    bring(store, compared(judge="j", preference=0.25), compared("b", judge="j", preference=1))
    assert values(store, "SELECT preference FROM judgments ORDER BY id") == [0.25, 1.0]
    assert values(store, "SELECT verdict FROM judgments ORDER BY id") == ["baseline", "candidate"]
