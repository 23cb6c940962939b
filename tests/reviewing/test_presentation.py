"""The judge's reason in the screen's letters: the order whose A is the screen's A, or a note that says otherwise."""

from dataclasses import replace

import pytest

from uphold.records.enums import AnswerOrder, JudgmentStatus, Preference, Side, Verdict
from uphold.records.judgments import Judgment, PairVerdict
from uphold.records.reviews import PairView
from uphold.records.texts import ExampleText
from uphold.reviewing.presentation import WITH_NAMES, first_answer_won, reason_shown

CANDIDATE_FIRST, BASELINE_FIRST = AnswerOrder.CANDIDATE_FIRST, AnswerOrder.BASELINE_FIRST

WIN, LOSS, TIE = Preference.CANDIDATE, Preference.BASELINE, Preference.TIE


def said(order: AnswerOrder, verdict: Preference | None = WIN, reason: str | None = "") -> Judgment:
    """A judgment whose reason names its order."""
    status = JudgmentStatus.READABLE if verdict else JudgmentStatus.UNREADABLE
    return Judgment(order, status, verdict, reason=order.value if reason == "" else reason)


def seen(side_a: Preference, *judgments: Judgment, verdict: Verdict = Verdict.CANDIDATE) -> PairView:
    judge = PairVerdict(1, "j", "llm", verdict, judgments) if judgments else None
    return PairView(1, "k", 1, ExampleText(("ask",)), (), "x", "y", ("cx",), ("cy",), side_a, judge)


@pytest.mark.parametrize(("side_a", "order"), [(WIN, CANDIDATE_FIRST), (LOSS, BASELINE_FIRST)])
def test_of_two_orders_the_one_whose_a_is_the_screens_a_is_shown_without_a_note(
    side_a: Preference, order: AnswerOrder
) -> None:
    for judgments in ([CANDIDATE_FIRST, BASELINE_FIRST], [BASELINE_FIRST, CANDIDATE_FIRST]):
        shown = reason_shown(seen(side_a, *map(said, judgments)))
        assert [(reason.text, reason.side_of_a) for reason in shown.reasons] == [(order.value, Side.A)]
        assert shown.notes == ()


@pytest.mark.parametrize(("side_a", "order"), [(WIN, BASELINE_FIRST), (LOSS, CANDIDATE_FIRST)])
def test_where_only_the_other_order_exists_its_a_is_your_b(side_a: Preference, order: AnswerOrder) -> None:
    shown = reason_shown(seen(side_a, said(order)))
    assert [(reason.text, reason.side_of_a) for reason in shown.reasons] == [(order.value, Side.B)]
    assert shown.notes == ("its A is your B",)


def test_where_the_fitting_order_has_no_reason_the_other_ones_is_shown_with_its_note() -> None:
    shown = reason_shown(seen(WIN, said(CANDIDATE_FIRST, reason=None), said(BASELINE_FIRST)))
    assert [reason.text for reason in shown.reasons] == ["baseline-first"]
    assert shown.notes == ("its A is your B",)


def test_where_the_order_is_not_known_it_is_said_so() -> None:
    shown = reason_shown(seen(WIN, said(AnswerOrder.UNKNOWN)))
    assert (shown.reasons[0].side_of_a, shown.notes) == (None, ("order not recorded",))


def test_a_rule_that_knows_no_order_needs_no_note() -> None:
    shown = reason_shown(seen(WIN, said(AnswerOrder.NONE)))
    assert (shown.reasons[0].text, shown.notes) == ("none", ())


@pytest.mark.parametrize("side_a", [WIN, LOSS])
def test_an_inconsistent_pair_shows_both_reasons_each_with_its_order(side_a: Preference) -> None:
    pair = seen(side_a, said(CANDIDATE_FIRST, WIN), said(BASELINE_FIRST, LOSS), verdict=Verdict.INCONSISTENT)
    shown = reason_shown(pair)
    expected = [("candidate-first", pair.side_of(WIN)), ("baseline-first", pair.side_of(LOSS))]
    assert sorted((r.text, r.side_of_a) for r in shown.reasons) == sorted(expected)
    assert shown.reasons[0].side_of_a is Side.A


@pytest.mark.parametrize(
    ("words", "first"), [((WIN, LOSS), True), ((LOSS, WIN), False), ((WIN, TIE), None), ((TIE, LOSS), None)]
)
def test_an_inconsistent_pair_tells_whether_the_first_answer_won_both_times(
    words: tuple[Preference, Preference], first: bool | None
) -> None:
    judgments = [said(CANDIDATE_FIRST, words[0]), said(BASELINE_FIRST, words[1])]
    assert first_answer_won(seen(WIN, *judgments, verdict=Verdict.INCONSISTENT)) is first


def test_without_a_judge_there_is_no_reason() -> None:
    assert reason_shown(seen(WIN)).reasons == ()
    assert first_answer_won(seen(WIN)) is None


def ruled(side_a: Preference, reason: str, **changes: str) -> PairView:
    """A pair with the verdict of a rule."""
    judgment = Judgment(AnswerOrder.NONE, JudgmentStatus.READABLE, WIN, reason=reason)
    judge = PairVerdict(1, "rules:closer", "rules", Verdict.CANDIDATE, (judgment,))
    return replace(seen(side_a), judge=judge, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reason", "with_candidate_as_a", "with_baseline_as_a"),
    [
        (
            "F1 with the reference: candidate .62, baseline .40; more than .05 apart wins",
            "F1 with the reference: A .62, B .40; more than .05 apart wins",
            "F1 with the reference: A .40, B .62; more than .05 apart wins",
        ),
        (
            "candidate equals the reference, baseline differs from the reference",
            "A equals the reference, B differs from the reference",
            "A differs from the reference, B equals the reference",
        ),
        ("reference C; candidate C, baseline none", "reference C; A C, B none", "reference C; A none, B C"),
    ],
)
def test_the_reason_of_a_rule_is_told_in_sides_and_its_order_says_nothing(
    reason: str, with_candidate_as_a: str, with_baseline_as_a: str
) -> None:
    assert [one.text for one in reason_shown(ruled(WIN, reason)).reasons] == [with_candidate_as_a]
    assert [one.text for one in reason_shown(ruled(LOSS, reason)).reasons] == [with_baseline_as_a]
    assert [one.text for one in reason_shown(ruled(LOSS, reason), names_shown=True).reasons] == [reason]


@pytest.mark.parametrize(
    ("reason", "changes"),
    [("overlap .60: above .5 wins", {"baseline": "reference"}), ("the candidate is better", {})],
)
def test_what_a_rule_says_that_cannot_be_told_in_sides_comes_with_the_names(
    reason: str, changes: dict[str, str]
) -> None:
    hidden = reason_shown(ruled(WIN, reason, **changes))
    assert (hidden.reasons, hidden.notes) == ((), (WITH_NAMES,))
    assert [one.text for one in reason_shown(ruled(WIN, reason, **changes), names_shown=True).reasons] == [reason]
