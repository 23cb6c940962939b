import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from uphold.errors import BadFile
from uphold.formats.registry import detect_format, open_files
from uphold.records.enums import AnswerOrder, Choice, JudgmentStatus, Preference

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "pandalm"

real = pytest.mark.skipif(not DATA.is_dir(), reason="the PandaLM test set is not beside this checkout")

PAIR = {
    "idx": 7,
    "motivation_app": "Mail",
    "cmp_key": "llama-7b_opt-7b",
    "instruction": "Shorten.",
    "input": "A long text.",
    "response1": "Short.",
    "response2": "Shorter.",
    "annotator1": 1,
    "annotator2": 2,
    "annotator3": 0,
}

VERDICT = {"idx": 7, "gpt_result": "Tie", "gpt_reason": "Both.", "gpt_reference": "S."}

TESTSET, GPT = "testset-v1.json", "gpt-3.5-turbo-testset-v1.json"


def test_a_pair_has_its_input_after_a_blank_line_and_its_models_as_systems(read_folder: Any) -> None:
    row = read_folder({TESTSET: [PAIR]}).only
    assert row.turns == ("Shorten.\n\nA long text.",)
    assert row.key is None
    assert row.systems == ("llama-7b", "opt-7b")
    assert [(given.system, given.cells) for given in row.responses] == [
        ("llama-7b", ("Short.",)),
        ("opt-7b", ("Shorter.",)),
    ]
    assert row.compares
    assert row.tags == ("Mail",)


def test_an_empty_input_leaves_the_instruction_alone(read_folder: Any) -> None:
    assert read_folder({TESTSET: [PAIR | {"input": ""}]}).only.turns == ("Shorten.",)


def test_annotators_are_reviewers(read_folder: Any) -> None:
    reviews = read_folder({TESTSET: [PAIR]}).only.reviews
    assert [(review.reviewer, review.choice) for review in reviews] == [
        ("annotator1", Choice.CANDIDATE),
        ("annotator2", Choice.BASELINE),
        ("annotator3", Choice.TIE),
    ]


def test_a_judge_is_named_by_its_file_and_keeps_its_own_fields_as_raw(read_folder: Any) -> None:
    (judgment,) = read_folder({TESTSET: [PAIR], GPT: [VERDICT]}).only.judgments
    assert (judgment.judge, judgment.verdict, judgment.reason) == ("gpt-3.5-turbo", Preference.TIE, "Both.")
    assert judgment.order is AnswerOrder.CANDIDATE_FIRST
    assert json.loads(judgment.raw) == {"gpt_result": "Tie", "gpt_reason": "Both.", "gpt_reference": "S."}


def test_garbage_is_unreadable(read_folder: Any) -> None:
    (judgment,) = read_folder({TESTSET: [PAIR], GPT: [VERDICT | {"gpt_result": "garbage"}]}).only.judgments
    assert (judgment.status, judgment.verdict, judgment.problem) == (
        JudgmentStatus.UNREADABLE,
        None,
        'recorded as "garbage"',
    )


def test_a_judge_file_alone_says_what_is_missing(read_folder: Any) -> None:
    with pytest.raises(BadFile, match=r"without the pairs; give testset-v1\.json together with it"):
        read_folder({GPT: [VERDICT]})


def test_a_verdict_on_no_pair_is_odd(read_folder: Any) -> None:
    read = read_folder({TESTSET: [PAIR], GPT: [VERDICT | {"idx": 8}]})
    assert read.only.judgments == ()
    assert read.warnings == ["a verdict on idx 8, which the test set does not have; left out"]


def test_an_idx_that_stands_twice_keeps_the_last(read_folder: Any) -> None:
    read = read_folder({TESTSET: [PAIR, PAIR | {"annotator1": 2}]})
    assert read.only.reviews[0].choice is Choice.BASELINE
    assert read.warnings == [f"idx 7 stands again in {TESTSET}:1 (item 2); the last one is kept"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"annotator2": 3}, "annotator2 must be 1, 2 or 0"),
        ({"annotator2": True}, "annotator2 must be 1, 2 or 0"),
        ({"cmp_key": "llama_7b_opt"}, "cmp_key must be two model names with one underscore"),
        ({"response1": None}, "response1 is missing"),
        ({"instruction": 1}, "instruction must be text"),
        ({"idx": "7"}, "idx must be a whole number"),
    ],
)
def test_a_bad_pair_is_told_at_its_place(read_folder: Any, change: dict[str, Any], why: str) -> None:
    with pytest.raises(BadFile) as told:
        read_folder({TESTSET: [PAIR, PAIR | {"idx": 9} | change]})
    assert str(told.value).startswith(f"{TESTSET}:1 (item 2): {why}")


def test_a_result_that_is_none_of_the_words_is_told_at_its_place(read_folder: Any) -> None:
    with pytest.raises(BadFile, match=r"gpt-3\.5-turbo-testset-v1\.json:1 \(item 1\): gpt_result must be 1, 2, 0"):
        read_folder({TESTSET: [PAIR], GPT: [VERDICT | {"gpt_result": 3}]})


@real
def test_the_published_counts_come_out_of_the_real_files() -> None:
    found = open_files([DATA])
    rows = list(found.rows)
    assert (found.format, found.set_name, len(rows)) == ("pandalm", "pandalm", 999)
    majority = Counter(Counter(review.choice for review in row.reviews).most_common(1)[0][0] for row in rows)
    assert majority == {Choice.TIE: 105, Choice.CANDIDATE: 422, Choice.BASELINE: 472}
    judgments = [judgment for row in rows for judgment in row.judgments]
    assert Counter(judgment.judge for judgment in judgments) == {"gpt-3.5-turbo": 999, "pandalm-7b": 999}
    assert Counter(judgment.status for judgment in judgments) == {
        JudgmentStatus.READABLE: 1973,
        JudgmentStatus.UNREADABLE: 25,
    }
    assert len({row.turns for row in rows}) == 170
    assert len({row.systems for row in rows}) == 10
    assert Counter(odd.message.partition(": ")[2] for odd in found.warnings) == {
        "empty response": 54,
        "true is no text; kept as it is": 6,
    }
    assert found.ignored == ["LICENSE.Apache-2.0"]


@real
def test_the_real_judges_call_our_candidate_response_1() -> None:
    named = {"Response 1 is better": Preference.CANDIDATE, "Response 2 is better": Preference.BASELINE}
    agrees = [
        judgment.verdict is verdict
        for row in open_files([DATA]).rows
        for judgment in row.judgments
        for words, verdict in named.items()
        if (judgment.reason or "").startswith(words)
    ]
    assert len(agrees) > 700
    assert agrees.count(False) <= 2


@real
def test_the_real_test_set_alone_holds_human_votes_only() -> None:
    found = open_files([DATA / "testset-v1.json"])
    rows = list(found.rows)
    assert found.set_name == "testset-v1"
    assert all(len(row.reviews) == 3 and not row.judgments for row in rows)
    assert detect_format(DATA) == "pandalm"
