"""Which queue to read next, and the words that say why."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from uphold.records.enums import Preference, Verdict
from uphold.reviewing.advice import PairOutlook, advice
from uphold.reviewing.queue_order import DOUBTFUL, FLIPPED_ORDERS, NO_VERDICT, REST, Stratum

A, B, TIE = Preference.CANDIDATE, Preference.BASELINE, Preference.TIE


def some(
    number: int,
    stratum: Stratum,
    label: Preference | None = None,
    *,
    read: bool | None = None,
    verdict: Verdict | None = Verdict.CANDIDATE,
) -> list[PairOutlook]:
    return [PairOutlook(stratum, verdict, label, label is not None if read is None else read)] * number


def queue(pairs: Sequence[PairOutlook], disputes: int = 0, *, judged: bool = True) -> str | None:
    return advice(pairs, disputes, judged=judged).queue


READ = some(24, REST, A) + some(2, REST, B)


def test_where_all_is_read_disputes_come_next_then_nothing() -> None:
    assert queue(READ, 2) == "disputed"
    assert advice(READ, 1, judged=True).why == "Every pair is read; people differ on 1 pair."
    assert queue(READ) is None
    assert queue([]) is None


def test_without_a_judge_or_before_twenty_labels_a_plain_sample_is_read() -> None:
    assert queue(some(3, NO_VERDICT, verdict=None), judged=False) == "random"
    found = advice(some(19, REST, A) + some(5, FLIPPED_ORDERS), 0, judged=True)
    assert (found.queue, found.unread) == ("random", 5)
    assert found.why == "1 more verdict and the judge helps: a plain sample gets there."


def test_unread_pairs_in_doubt_come_first_with_what_was_seen_of_such() -> None:
    pairs = READ + some(3, DOUBTFUL, B) + some(1, DOUBTFUL, A) + some(4, FLIPPED_ORDERS) + some(2, DOUBTFUL)
    found = advice(pairs, 0, judged=True)
    assert found.queue == "uncertain"
    assert found.why == (
        "4 pairs whose orders disagree and 2 where the judge is unsure or judges split are unread: people part with the"
        " judge on 3 of 4 such, elsewhere on 2 of 26."
    )


def test_an_inconsistent_verdict_is_compared_as_a_tie() -> None:
    tied = some(5, FLIPPED_ORDERS, TIE, verdict=Verdict.INCONSISTENT)
    assert "0 of 5" in advice(READ + tied + some(1, FLIPPED_ORDERS), 0, judged=True).why


def test_where_doubt_has_shown_no_more_errors_or_nothing_is_in_doubt_a_plain_sample_brings_as_much() -> None:
    fine = READ + some(8, DOUBTFUL, A) + some(5, DOUBTFUL)
    assert advice(fine, 0, judged=True).why.startswith("Where the judge is in doubt people differ no more: 0 of 8")
    assert queue(fine) == "random"
    assert queue(READ + some(5, REST)) == "random"


PAIRS = st.lists(
    st.builds(
        PairOutlook,
        st.sampled_from([REST, DOUBTFUL, FLIPPED_ORDERS, NO_VERDICT]),
        st.none() | st.sampled_from(Verdict),
        st.none() | st.sampled_from(Preference),
        st.booleans(),
    ),
    max_size=40,
)


@given(PAIRS, st.integers(0, 3), st.booleans())
def test_there_is_always_one_sentence_and_a_queue_while_anything_is_left(
    pairs: list[PairOutlook], disputes: int, judged: bool
) -> None:
    found = advice(pairs, disputes, judged=judged)
    left = any(not pair.read for pair in pairs) or disputes
    assert (found.queue is not None) == bool(left)
    assert found.why.endswith(".")
    assert "\n" not in found.why
