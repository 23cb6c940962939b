from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uphold.records.enums import BOTH_ORDERS, AnswerOrder, JudgmentStatus, Preference, Verdict
from uphold.records.judgments import Judgment, verdict_of

FIRST, SECOND = BOTH_ORDERS

C, B, T = Preference.CANDIDATE, Preference.BASELINE, Preference.TIE

BOTH = {FIRST: 1, SECOND: 1}


def said(order: AnswerOrder, what: Preference | JudgmentStatus, sample: int = 0) -> Judgment:
    if isinstance(what, Preference):
        return Judgment(order, JudgmentStatus.READABLE, what, sample)
    return Judgment(order, what, None, sample, problem="some problem")


def in_both(first: Preference | JudgmentStatus, second: Preference | JudgmentStatus) -> Verdict:
    return verdict_of([said(FIRST, first), said(SECOND, second)], BOTH)


@pytest.mark.parametrize("word", list(Preference))
def test_two_orders_that_agree_are_the_verdict(word: Preference) -> None:
    assert in_both(word, word) == Verdict(word.value)


@pytest.mark.parametrize(("first", "second"), [(C, B), (B, C), (T, C), (B, T)])
def test_two_orders_that_differ_are_inconsistent_also_when_one_says_tie(first: Preference, second: Preference) -> None:
    assert in_both(first, second) is Verdict.INCONSISTENT


@pytest.mark.parametrize("other", [C, JudgmentStatus.UNREADABLE, JudgmentStatus.FAILED])
def test_failed_comes_before_everything(other: Preference | JudgmentStatus) -> None:
    assert in_both(JudgmentStatus.FAILED, other) is Verdict.FAILED
    assert in_both(other, JudgmentStatus.FAILED) is Verdict.FAILED


def test_failed_and_unreadable_come_before_missing() -> None:
    assert verdict_of([said(FIRST, JudgmentStatus.FAILED)], BOTH) is Verdict.FAILED
    assert verdict_of([said(FIRST, JudgmentStatus.UNREADABLE)], BOTH) is Verdict.UNREADABLE


def test_a_missing_order_is_pending() -> None:
    assert verdict_of([said(FIRST, C)], BOTH) is Verdict.PENDING
    assert verdict_of([], BOTH) is Verdict.PENDING


def test_an_order_with_a_missing_sample_is_missing_whatever_the_others_say() -> None:
    judgments = [said(FIRST, C, 0), said(FIRST, C, 1), said(SECOND, C, 0), said(SECOND, C, 1), said(SECOND, C, 2)]
    assert verdict_of(judgments, {FIRST: 3, SECOND: 3}) is Verdict.PENDING


def test_samples_vote_and_a_draw_for_first_place_is_a_tie() -> None:
    votes = [C, B, C, B, T]
    judgments = [said(FIRST, vote, sample) for sample, vote in enumerate(votes)]
    assert verdict_of(judgments, {FIRST: 5}) is Verdict.TIE
    assert verdict_of([*judgments, said(FIRST, B, 5)], {FIRST: 6}) is Verdict.BASELINE


def test_only_readable_samples_vote() -> None:
    judgments = [said(FIRST, JudgmentStatus.FAILED, 0), said(FIRST, JudgmentStatus.UNREADABLE, 1), said(FIRST, B, 2)]
    assert verdict_of(judgments, {FIRST: 3}) is Verdict.BASELINE
    assert verdict_of(judgments[:2], {FIRST: 2}) is Verdict.FAILED


def test_a_sample_that_failed_and_was_settled_later_counts_as_settled() -> None:
    judgments = [said(FIRST, JudgmentStatus.FAILED), said(FIRST, C)]
    assert verdict_of(judgments, {FIRST: 1}) is Verdict.CANDIDATE
    assert verdict_of(judgments[::-1], {FIRST: 1}) is Verdict.CANDIDATE


@pytest.mark.parametrize("order", list(AnswerOrder))
def test_one_order_an_unknown_one_or_none_is_the_verdict_alone(order: AnswerOrder) -> None:
    assert verdict_of([said(order, B)], {order: 1}) is Verdict.BASELINE
    assert verdict_of([said(order, B)], None) is Verdict.BASELINE


def test_of_an_imported_judge_the_orders_that_are_there_count() -> None:
    assert verdict_of([said(FIRST, C), said(SECOND, B)], None) is Verdict.INCONSISTENT
    assert verdict_of([said(FIRST, JudgmentStatus.FAILED), said(SECOND, B)], None) is Verdict.FAILED


def test_an_order_that_was_not_asked_for_does_not_count() -> None:
    assert verdict_of([said(FIRST, C), said(SECOND, B)], {FIRST: 1}) is Verdict.CANDIDATE


orders = st.sampled_from(list(AnswerOrder))

words = st.sampled_from([*Preference, JudgmentStatus.UNREADABLE, JudgmentStatus.FAILED])

judgments = st.lists(
    st.builds(said, orders, words, st.integers(0, 3)), max_size=12, unique_by=lambda j: (j.order, j.sample)
)

asking = st.none() | st.dictionaries(orders, st.integers(1, 4), max_size=4)


def plainly(judgments: list[Judgment], asked: dict[AnswerOrder, int] | None) -> Verdict:
    """The rule of `verdict_of`, written a second time, sentence by sentence of its docstring."""
    there = defaultdict(list)
    for judgment in judgments:
        there[judgment.order].append(judgment)
    results = []
    for order in asked if asked is not None else there:
        samples = there[order]
        readable = [judgment.verdict for judgment in samples if judgment.status is JudgmentStatus.READABLE]
        if asked is not None and len(samples) < asked[order]:
            results.append("missing")
        elif readable:
            most = max(readable.count(word) for word in Preference)
            leaders = [word for word in Preference if readable.count(word) == most]
            results.append(leaders[0].value if len(leaders) == 1 else "tie")
        elif any(judgment.status is JudgmentStatus.FAILED for judgment in samples):
            results.append("failed")
        else:
            results.append("unreadable")
    if "failed" in results:
        return Verdict.FAILED
    if "unreadable" in results:
        return Verdict.UNREADABLE
    if "missing" in results or not results:
        return Verdict.PENDING
    if all(result == results[0] for result in results):
        return Verdict(results[0])
    return Verdict.INCONSISTENT


@given(judgments, asking)
def test_the_rule_is_the_one_of_its_docstring(judgments: list[Judgment], asked: dict[AnswerOrder, int] | None) -> None:
    assert verdict_of(judgments, asked) is plainly(judgments, asked)


@given(judgments, asking, st.randoms())
def test_the_order_of_judgments_is_irrelevant(
    judgments: list[Judgment], asked: dict[AnswerOrder, int] | None, random: object
) -> None:
    shuffled = list(judgments)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert verdict_of(shuffled, asked) is verdict_of(judgments, asked)


@given(judgments, asking)
def test_swapping_the_systems_mirrors_the_verdict(
    judgments: list[Judgment], asked: dict[AnswerOrder, int] | None
) -> None:
    mirrored = [
        said(judgment.order, judgment.verdict.mirrored if judgment.verdict else judgment.status, judgment.sample)
        for judgment in judgments
    ]
    verdict = verdict_of(judgments, asked)
    expected = Verdict(verdict.preference.mirrored.value) if verdict.preference else verdict
    assert verdict_of(mirrored, asked) is expected
