"""A list of pairs, narrowed and put in order."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from uphold.records.enums import Choice, EventKind, Preference, QuickFilter, Ruling, SortOrder, Verdict, ruling
from uphold.records.pair_list import Behind, ListedPair, PairFilter, behind
from uphold.records.reviews import ReviewEvent
from uphold.reviewing.pair_filters import counts, ordered, selected


def listed(number: int, choice: Choice | None = None, verdict: Verdict | None = None, **more: object) -> ListedPair:
    """A pair; its ruling follows from choice and verdict."""
    decision = ReviewEvent(f"e{number}", EventKind.DECISION, number, choice) if choice is not None else None
    stands = ruling(choice, verdict) if choice is not None else None
    return ListedPair(number, f"k{number}", 1, number, verdict, decision, stands, **more)  # type: ignore[arg-type]


READ = listed(1, Choice.CANDIDATE, Verdict.CANDIDATE, label=Preference.CANDIDATE, tags=("a",), length_difference=5)

OVER = listed(
    2, Choice.BASELINE, Verdict.CANDIDATE, label=Preference.BASELINE, tags=("a", "b"), length_difference=5, note="why"
)

EVEN = listed(
    3, Choice.BOTH_BAD, Verdict.INCONSISTENT, label=Preference.TIE, length_difference=-9, reasons=("style", "unsafe")
)

UNREAD = listed(4, None, Verdict.CANDIDATE, label=Preference.CANDIDATE, length_difference=7, flagged=True)

PAIRS = [READ, OVER, EVEN, UNREAD]


def numbers(wanted: PairFilter, **more: Any) -> list[int]:
    return [pair.pair_id for pair in selected(PAIRS, wanted, **more)]


def test_what_the_judge_says_is_known_of_read_pairs_only() -> None:
    assert numbers(PairFilter(verdict=Preference.CANDIDATE)) == [1, 2]
    assert UNREAD.visible_verdict is None
    assert READ.visible_verdict is Verdict.CANDIDATE


def test_the_pairs_behind_a_number_are_those_it_counts_in_a_blind_review_those_that_were_read() -> None:
    wanted = behind(Behind.COMPARED, label=Preference.CANDIDATE, verdict=Preference.CANDIDATE)
    assert numbers(wanted, behind={1, 4}) == [1, 4]
    assert numbers(wanted, behind={1, 4}, blind=True) == [1]
    assert numbers(behind(Behind.COUNTED, tag="a"), behind={1, 4}) == [1]
    assert numbers(wanted) == []


def test_an_inconsistent_verdict_counts_as_a_tie() -> None:
    assert numbers(PairFilter(verdict=Preference.TIE)) == [3]


def test_rulings_notes_flags_and_tags_narrow() -> None:
    assert numbers(PairFilter(QuickFilter.OVERTURNED)) == [2]
    assert numbers(PairFilter(QuickFilter.UPHELD)) == [1]
    assert numbers(PairFilter(QuickFilter.DECIDED)) == [3]
    assert numbers(PairFilter(QuickFilter.UNREAD)) == [4]
    assert numbers(PairFilter(reason="style")) == [3]
    assert numbers(PairFilter(reason="wrong fact")) == []
    assert numbers(PairFilter(QuickFilter.FLAGGED)) == [4]
    assert numbers(PairFilter(QuickFilter.NOTED)) == [2]
    assert numbers(PairFilter(tag="a", choice=Choice.BASELINE)) == [2]


def test_the_longer_answer_is_looked_at_where_somebody_picked_one() -> None:
    assert numbers(PairFilter(QuickFilter.JUDGE_LONGER)) == [1, 2]
    assert numbers(PairFilter(QuickFilter.YOU_LONGER)) == [1]


def test_in_blind_reviews_nothing_of_the_judge_is_known_before_the_decision() -> None:
    hidden = listed(5, None, Verdict.INCONSISTENT)
    assert [p.pair_id for p in selected([EVEN, hidden], PairFilter(QuickFilter.INCONSISTENT))] == [3, 5]
    assert [p.pair_id for p in selected([EVEN, hidden], PairFilter(QuickFilter.INCONSISTENT), blind=True)] == [3]


def test_found_pairs_only() -> None:
    assert [pair.pair_id for pair in selected(PAIRS, PairFilter(text="x"), {2, 4})] == [2, 4]


def test_orders() -> None:
    drawn = [
        listed(2),
        listed(1),
        ListedPair(9, "a", 1, 0),
        listed(3, Choice.TIE, rank=5),
        listed(4, length_difference=-7),
    ]
    assert [pair.pair_id for pair in ordered(drawn, SortOrder.REVIEWED)] == [1, 2, 3, 4, 9]
    assert [pair.pair_id for pair in ordered(drawn, SortOrder.KEY)] == [9, 1, 2, 3, 4]
    assert ordered(drawn, SortOrder.LATEST)[0].pair_id == 3
    assert ordered(drawn, SortOrder.LENGTH_DIFFERENCE)[0].pair_id == 4


def test_a_word_that_differs_from_the_verdict_as_it_stands_differs() -> None:
    assert [pair.differs for pair in PAIRS] == [False, True, False, False]
    assert OVER.ruling is Ruling.OVERTURNED


@given(st.lists(st.tuples(st.sampled_from([None, *Choice]), st.sampled_from([None, *Verdict]), st.booleans())))
def test_counts_are_what_narrowing_leaves_and_orders_lose_nothing(made: list[tuple[Choice, Verdict, bool]]) -> None:
    pairs = [listed(i, choice, verdict, flagged=flag) for i, (choice, verdict, flag) in enumerate(made, 1)]
    found = counts(pairs)
    assert found[QuickFilter.ALL] == len(pairs) == found[QuickFilter.READ] + found[QuickFilter.UNREAD]
    assert (
        found[QuickFilter.READ]
        == found[QuickFilter.UPHELD] + found[QuickFilter.OVERTURNED] + found[QuickFilter.DECIDED]
    )
    for order in SortOrder:
        assert sorted(pair.pair_id for pair in ordered(pairs, order)) == [pair.pair_id for pair in pairs]
