from typing import Any

import pytest

from uphold.errors import BadFile
from uphold.records.enums import AnswerOrder, Choice, JudgmentStatus, Preference
from uphold.records.rows import ImportedJudgment, ImportedResponse, ImportedReview

FULL = {
    "key": "greeting",
    "instruction": "Say hello.",
    "context": "A shop.",
    "reference": "Hello!",
    "tags": ["tone", "short"],
    "response_candidate": "Hello!",
    "response_baseline": "Hi",
    "candidate": "ft-3",
    "baseline": "base",
}


def test_a_full_row_says_everything(reading: Any) -> None:
    row = reading([FULL]).only
    assert (row.key, row.turns, row.context, row.references) == ("greeting", ("Say hello.",), "A shop.", ("Hello!",))
    assert row.tags == ("tone", "short")
    assert row.responses == (ImportedResponse("ft-3", ("Hello!",)), ImportedResponse("base", ("Hi",)))
    assert row.systems == ("ft-3", "base")
    assert row.compares
    assert row.turn is None


def test_a_row_with_one_response_compares_nothing(reading: Any) -> None:
    row = reading([{"key": "greeting", "response_candidate": "Hi", "candidate": "ft-4"}]).only
    assert row.responses == (ImportedResponse("ft-4", ("Hi",)),)
    assert row.turns is None
    assert row.systems is None
    assert not row.compares


def test_names_come_from_the_row_then_from_the_option_then_from_the_role(reading: Any) -> None:
    rows = [{"instruction": "x", "response_candidate": "a", "response_baseline": "b"}]
    assert reading(rows).only.systems == ("candidate", "baseline")
    assert reading(rows, candidate="ft", baseline="base").only.systems == ("ft", "base")
    assert reading([rows[0] | {"candidate": "own"}], candidate="ft").only.systems == ("own", "baseline")


def test_turns_take_one_cell_and_one_reference_each(reading: Any) -> None:
    row = reading(
        [{"turns": ["one", "two"], "reference": [None, "2"], "response_candidate": ["a", "b"], "turn": 1}]
    ).only
    assert row.turns == ("one", "two")
    assert row.references == (None, "2")
    assert row.responses[0].cells == ("a", "b")
    assert row.turn == 1


def test_cells_of_a_row_with_a_key_alone_are_left_for_the_set_to_check(reading: Any) -> None:
    assert reading([{"key": "k", "response_candidate": ["a", "b", "c"]}]).only.responses[0].cells == ("a", "b", "c")


def test_null_and_missing_are_no_answer_but_empty_text_is_one(reading: Any) -> None:
    assert reading([{"key": "k", "response_candidate": None}]).only.responses == ()
    read = reading([{"key": "k", "response_candidate": ""}])
    assert read.only.responses[0].cells == ("",)
    assert read.warnings == ["response_candidate: empty response"]


@pytest.mark.parametrize(
    ("cell", "shown"), [(True, "true"), (17, "the number 17"), (1.5, "the number 1.5"), ({"a": [1]}, "an object")]
)
def test_an_answer_that_is_no_text_is_kept_and_listed(reading: Any, cell: object, shown: str) -> None:
    read = reading([{"key": "k", "response_baseline": [cell]}])
    assert read.only.responses[0].cells == (cell,)
    assert read.warnings == [f"response_baseline: {shown} is no text; kept as it is"]


def test_a_verdict_is_a_judgment_by_whoever_is_named(reading: Any) -> None:
    said = {
        "key": "k",
        "judge": "gpt",
        "verdict": "tie",
        "order": "baseline-first",
        "confidence": 1,
        "reason": "Both do.",
    }
    row = reading([said]).only
    assert row.systems == ("candidate", "baseline")
    assert not row.compares
    assert row.judgments == (
        ImportedJudgment(
            "gpt", AnswerOrder.BASELINE_FIRST, JudgmentStatus.READABLE, Preference.TIE, None, 1.0, "Both do."
        ),
    )


def test_a_verdict_without_a_judge_and_a_review_without_a_reviewer_are_imported(reading: Any) -> None:
    row = reading([{"key": "k", "verdict": "candidate", "review": "both-bad", "note": "No."}]).only
    assert row.judgments[0].judge == "imported"
    assert row.judgments[0].order is AnswerOrder.UNKNOWN
    assert row.reviews == (ImportedReview("imported", Choice.BOTH_BAD, "No."),)


def test_a_verdict_that_is_null_is_unreadable_and_one_that_is_missing_is_none(reading: Any) -> None:
    unreadable = reading([{"key": "k", "verdict": None, "reason": "I cannot say."}]).only.judgments[0]
    assert (unreadable.status, unreadable.verdict) == (JudgmentStatus.UNREADABLE, None)
    assert unreadable.problem
    assert unreadable.reason == "I cannot say."
    assert reading([{"key": "k", "judge": "gpt"}]).only.judgments == ()


def test_a_preference_gives_the_verdict(reading: Any) -> None:
    given = [{"key": "k", "preference": share} for share in (0, 0.49, 0.5, 0.51, 1)]
    verdicts = [row.judgments[0].verdict for row in reading(given).rows]
    assert verdicts == ["baseline", "baseline", "tie", "candidate", "candidate"]


def test_fields_that_nothing_is_made_of_are_named_once(reading: Any) -> None:
    read = reading(
        [
            {"key": "a", "source": 1, "confidence": 0.5, "note": "n"},
            {"key": "b", "source": {"x": float(1)}, "review": "tie", "note": "n", "latency": 3},
        ]
    )
    assert read.reading.unused_fields == ["source", "confidence", "latency"]


WRONG = [
    ({"instruction": 5}, "instruction must be text, found the number 5"),
    ({"key": 1.5}, "key must be text or a whole number, found the number 1.5"),
    ({"key": True}, "key must be text or a whole number, found true"),
    ({"key": ""}, "key must be text or a whole number, not empty"),
    ({"context": "only"}, 'neither "instruction", "turns" nor "key" is there, only "context"'),
    ({}, 'neither "instruction", "turns" nor "key" is there, only nothing'),
    ({"instruction": "x", "turns": ["x"]}, "both instruction and turns"),
    ({"turns": []}, "turns is an empty list"),
    ({"turns": "x"}, "turns must be a list of texts"),
    ({"turns": ["x", None]}, "its entry 2 is null"),
    ({"instruction": "x", "context": ["c"]}, "context must be text, found a list"),
    ({"instruction": "x", "reference": True}, "reference must be text"),
    ({"instruction": "x", "reference": ["a", "b"]}, "reference has 2 entries for 1 turn"),
    ({"turns": ["x", "y"], "reference": "a"}, "reference has 1 entry for 2 turns"),
    ({"instruction": "x", "reference": [1]}, "reference must be text"),
    ({"instruction": "x", "tags": "a,b"}, "tags must be a list of texts"),
    ({"instruction": "x", "tags": ["a", ""]}, "tags holds an empty text"),
    ({"turns": ["x", "y"], "response_candidate": "a"}, "response_candidate has 1 entry for 2 turns"),
    ({"turns": ["x", "y"], "response_candidate": ["a", "b", "c"]}, "response_candidate has 3 entries for 2 turns"),
    ({"key": "k", "response_candidate": []}, "response_candidate is an empty list"),
    ({"turns": ["x", "y"], "response_baseline": ["a", None]}, "response_baseline has null for a turn"),
    ({"key": "k", "candidate": False, "verdict": "tie"}, "candidate must be text"),
    ({"key": "k", "candidate": "m", "baseline": "m", "verdict": "tie"}, 'candidate and baseline are both "m"'),
    ({"instruction": "x", "turn": 0}, "turn must be a whole number from 1"),
    ({"instruction": "x", "turn": True}, "turn must be a whole number from 1, found true"),
    ({"instruction": "x", "turn": 1.0}, "turn must be a whole number from 1"),
    ({"instruction": "x", "turn": 2}, "turn is 2, but there are only 1"),
    ({"key": "k", "verdict": "A"}, 'verdict must be candidate or baseline or tie, found the text "A"'),
    ({"key": "k", "verdict": True}, "verdict must be"),
    ({"key": "k", "verdict": "tie", "order": "none"}, "order must be candidate-first or baseline-first"),
    ({"key": "k", "preference": 1.5}, "preference must be from 0 to 1"),
    ({"key": "k", "preference": False}, "preference must be a number, found false"),
    ({"key": "k", "preference": "0.5"}, "preference must be a number"),
    ({"key": "k", "verdict": "tie", "preference": 0.6}, "verdict is tie, but preference 0.6 means candidate"),
    ({"key": "k", "verdict": None, "preference": 0.6}, "verdict is null (unreadable), but preference"),
    ({"key": "k", "verdict": "tie", "confidence": -0.1}, "confidence must be from 0 to 1"),
    ({"key": "k", "verdict": "tie", "reason": {}}, "reason must be text, found an object"),
    ({"key": "k", "judge": 4, "verdict": "tie"}, "judge must be text"),
    ({"key": "k", "review": "bad"}, "review must be candidate or baseline or tie or both-bad"),
    ({"key": "k", "reviewer": "", "review": "tie"}, "reviewer must be text that is not empty"),
    ({"key": "k", "review": "tie", "note": 1}, "note must be text"),
]


@pytest.mark.parametrize(("row", "why"), WRONG, ids=[why for _, why in WRONG])
def test_a_field_that_is_not_what_it_should_be_is_named_with_its_line(
    reading: Any, row: dict[str, Any], why: str
) -> None:
    with pytest.raises(BadFile) as told:
        reading([{"key": "good"}, row])
    assert str(told.value).startswith("set.jsonl:2: ")
    assert why in str(told.value)


def test_a_bad_row_can_be_skipped_and_is_then_named(reading: Any) -> None:
    read = reading([{"key": "a"}, {"key": []}, {"key": "b"}], skip_bad=True)
    assert [row.key for row in read.rows] == ["a", "b"]
    (skipped,) = read.reading.skipped
    assert str(skipped.source) == "set.jsonl:2"
    assert "key must be text" in skipped.reason


@pytest.mark.parametrize(
    ("verdict", "order", "winner"),
    [
        ("A", "candidate-first", Preference.CANDIDATE),
        ("b", "candidate-first", Preference.BASELINE),
        ("A", "baseline-first", Preference.BASELINE),
        ("B", "baseline-first", Preference.CANDIDATE),
    ],
)
def test_a_verdict_may_name_the_answer_as_the_judge_saw_it(
    reading: Any, verdict: str, order: str, winner: Preference
) -> None:
    (found,) = reading([{"key": "k", "judge": "gpt", "verdict": verdict, "order": order}]).only.judgments
    assert (found.verdict, found.order) == (winner, order)


def test_a_system_of_that_name_goes_before_the_answer_shown(reading: Any) -> None:
    row = {"key": "k", "candidate": "B", "baseline": "A", "verdict": "A", "order": "candidate-first"}
    assert reading([row]).only.judgments[0].verdict is Preference.BASELINE


def test_a_verdict_that_names_an_answer_shown_wants_its_order(reading: Any) -> None:
    rows = [{"key": "k", "verdict": "A", "order": "baseline-first"}, {"key": "l", "verdict": "A"}]
    with pytest.raises(BadFile, match="nothing says which answer the judge saw as A; add order: candidate-first"):
        reading(rows)
