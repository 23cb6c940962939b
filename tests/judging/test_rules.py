from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uphold.errors import BadUsage
from uphold.judging.judges import RulesJudge, ready_judge
from uphold.judging.rules import RULES
from uphold.records.enums import AnswerOrder, JudgmentStatus, Preference
from uphold.records.judgments import Judgment
from uphold.records.model_calls import PairToJudge
from uphold.records.texts import ExampleText

C, B, T = Preference.CANDIDATE, Preference.BASELINE, Preference.TIE


def judged(rule: str, reference: str | None, candidate: object, baseline: object, *options: str) -> Judgment:
    judge = ready_judge(f"rules:{rule}", options)
    assert isinstance(judge, RulesJudge)
    return judge.judge(PairToJudge(ExampleText(("Q",), None, (reference,)), 1, (candidate,), (baseline,)))


@pytest.mark.parametrize(
    ("candidate", "verdict", "reason"),
    [
        ("a b c d e f", C, "overlap .60: above .5 wins"),
        ("a b c d e", T, "overlap .50: above .3 ties, above .5 wins"),
        ("a b c d", T, "overlap .40: above .3 ties, above .5 wins"),
        ("a b c", B, "overlap .30: .3 or less loses"),
        ("", B, "overlap 0: .3 or less loses"),
        ("A B C D E F G H I J and more", C, "overlap 1: above .5 wins"),
    ],
)
def test_overlap_is_the_share_of_the_references_words(candidate: str, verdict: Preference, reason: str) -> None:
    reference = "a b c d e f g h i j J\tI\nA"
    judgment = judged("reference-overlap", reference, candidate, reference)
    assert (judgment.verdict, judgment.reason) == (verdict, reason)
    assert (judgment.order, judgment.status) == (AnswerOrder.NONE, JudgmentStatus.READABLE)


def test_words_are_split_on_white_space_only() -> None:
    assert judged("reference-overlap", "yes", "yes.", "yes").reason == "overlap 0: .3 or less loses"


def test_the_thresholds_of_overlap_can_be_set() -> None:
    judgment = judged("reference-overlap", "a b", "a", "a b", "win=.4", "tie=0.1")
    assert (judgment.verdict, judgment.reason) == (C, "overlap .50: above .4 wins")


@pytest.mark.parametrize(
    ("candidate", "baseline", "verdict"),
    [("a b", "a c", C), ("a c", "a b", B), ("a c", "a d", T), ("", "", T), ("A B", "a b", T)],
)
def test_closer_is_who_has_the_higher_f1_with_the_reference(candidate: str, baseline: str, verdict: Preference) -> None:
    judgment = judged("closer", "a b", candidate, baseline)
    assert judgment.verdict is verdict


def test_closer_says_both_scores() -> None:
    assert judged("closer", "a b", "a b", "a c d").reason == (
        "F1 with the reference: candidate 1, baseline .40; more than .05 apart wins"
    )


def test_a_difference_of_exactly_the_margin_is_a_tie() -> None:
    # F1 11/20 and 1/2: as floats their difference comes out above .05
    reference = " ".join(f"w{n}" for n in range(20))
    candidate = " ".join([f"w{n}" for n in range(11)] + [f"x{n}" for n in range(9)])
    baseline = " ".join([f"w{n}" for n in range(10)] + [f"y{n}" for n in range(10)])
    assert 0.55 - 0.5 > 0.05
    assert judged("closer", reference, candidate, baseline).verdict is T
    assert judged("closer", reference, candidate, baseline, "margin=.04").verdict is C


@pytest.mark.parametrize(
    ("candidate", "baseline", "verdict", "reason"),
    [
        (" 42\n", "41", C, "candidate equals the reference, baseline differs from the reference"),
        ("41", "42", B, "candidate differs from the reference, baseline equals the reference"),
        ("42", "42 ", T, "candidate equals the reference, baseline equals the reference"),
        ("forty-two", "", T, "candidate differs from the reference, baseline differs from the reference"),
        (42, "x", C, "candidate equals the reference, baseline differs from the reference"),
    ],
)
def test_exact_trims_and_compares(candidate: object, baseline: object, verdict: Preference, reason: str) -> None:
    judgment = judged("exact", "42", candidate, baseline)
    assert (judgment.verdict, judgment.reason) == (verdict, reason)


@pytest.mark.parametrize(
    ("candidate", "letter"),
    [
        ("B", "B"),
        ("I first thought A, but it is (B).", "B"),
        ("**B**", "B"),
        ("_B_", "B"),
        ("B\n", "B"),
        ("Answer: Bob", None),
        ("b", None),
        ("F", None),
        ("B1 or 2B", None),
        ("ÄB", None),
        ("", None),
    ],
)
def test_choice_takes_the_last_letter_that_stands_alone(candidate: str, letter: str | None) -> None:
    judgment = judged("choice", "The answer is B", candidate, "C")
    assert judgment.verdict is (C if letter == "B" else T)
    assert judgment.reason == f"reference B; candidate {letter or 'none'}, baseline C"


def test_choice_prefers_the_baseline_when_that_is_right_alone() -> None:
    assert judged("choice", "E", "A", "So E").verdict is B


@pytest.mark.parametrize("rule", list(RULES))
def test_an_example_without_a_reference_is_unreadable(rule: str) -> None:
    judgment = judged(rule, None, "x", "y")
    assert (judgment.status, judgment.problem, judgment.verdict) == (JudgmentStatus.UNREADABLE, "no reference", None)


@pytest.mark.parametrize(("rule", "reference"), [("closer", " \n"), ("reference-overlap", ""), ("choice", "no letter")])
def test_a_reference_that_measures_nothing_is_unreadable(rule: str, reference: str) -> None:
    judgment = judged(rule, reference, "x", "y")
    assert judgment.status is JudgmentStatus.UNREADABLE
    assert "in the reference" in str(judgment.problem)


def test_the_cell_and_the_reference_of_the_pairs_turn_count() -> None:
    text = ExampleText(("Q", "R", "S"), None, ("one", "two", "three"))
    judge = ready_judge("rules:exact")
    assert isinstance(judge, RulesJudge)
    assert judge.judge(PairToJudge(text, 2, ("x", "two", "x"), ("one", "x", "three"))).verdict is C
    assert judge.judge(PairToJudge(text, 1, ("x", "two", "x"), ("one", "x", "three"))).verdict is B


def test_overlap_is_for_the_baseline_reference_only() -> None:
    RULES["reference-overlap"].check_systems("new", "reference")
    with pytest.raises(BadUsage, match="rules:closer"):
        RULES["reference-overlap"].check_systems("new", "old")


@pytest.mark.parametrize("rule", ["closer", "exact", "choice"])
def test_the_other_rules_are_for_two_systems(rule: str) -> None:
    RULES[rule].check_systems("new", "old")
    with pytest.raises(BadUsage, match=f"rules:{rule} .*rules:reference-overlap.*rules:closer"):
        RULES[rule].check_systems("new", "reference")


@pytest.mark.parametrize("rule", list(RULES))
def test_the_reference_is_no_candidate_for_a_rule(rule: str) -> None:
    with pytest.raises(BadUsage, match="cannot be the candidate"):
        RULES[rule].check_systems("reference", "old")


texts = st.lists(st.sampled_from(["a", "b", "B", "C", "c", "\n", "d."]), max_size=8).map(" ".join)


@given(st.sampled_from(["closer", "exact", "choice"]), texts, texts, texts)
def test_changing_the_systems_over_mirrors_the_verdict(rule: str, reference: str, one: str, other: str) -> None:
    there, back = judged(rule, reference, one, other), judged(rule, reference, other, one)
    assert there.status is back.status
    assert back.verdict is (there.verdict.mirrored if there.verdict else None)


@given(texts.filter(str.strip), texts)
def test_overlap_agrees_with_counting_by_hand(reference: str, candidate: str) -> None:
    words = sorted(set(reference.lower().split()))
    share = Fraction(sum(word in candidate.lower().split() for word in words), len(words))
    expected = C if share > Fraction(1, 2) else T if share > Fraction(3, 10) else B
    assert judged("reference-overlap", reference, candidate, reference).verdict is expected


@pytest.mark.parametrize("rule", [name for name, rule in RULES.items() if not rule.against_reference])
@pytest.mark.parametrize("side_a", [C, B])
def test_the_reason_of_every_rule_can_be_told_in_sides(rule: str, side_a: Preference) -> None:
    from uphold.records.reviews import PairView
    from uphold.reviewing.presentation import rule_reason

    pair = PairView(1, "k", 1, ExampleText(("Q",), None, ("A",)), (), "x", "y", ("A",), ("B",), side_a, None)
    told = rule_reason(pair, judged(rule, "A", "A", "B").reason or "")
    assert told is not None
    assert "candidate" not in told
    assert "baseline" not in told
