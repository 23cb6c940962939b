"""What several votes on a pair amount to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.run_counts import votes
from uphold.records.labels import Label, human_label, is_both_bad


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("", Label.UNREAD),
        ("W", Label.CANDIDATE),
        ("LLW", Label.BASELINE),
        ("B", Label.TIE),
        ("TBW", Label.TIE),
        ("WL", Label.UNRESOLVED),
        ("WLT", Label.UNRESOLVED),
        ("WWLL", Label.UNRESOLVED),
        ("WTTW", Label.UNRESOLVED),
    ],
)
def test_the_word_with_most_votes_is_the_label_and_a_draw_is_unresolved(said, expected):
    assert human_label(votes(said)) is expected


@pytest.mark.parametrize(("said", "expected"), [("B", True), ("BBT", True), ("BT", False), ("T", False), ("BW", False)])
def test_a_tie_is_both_bad_when_more_say_so_than_plain_tie(said, expected):
    assert is_both_bad(votes(said)) is expected


@given(st.lists(st.sampled_from("WTLB"), max_size=7))
def test_the_label_does_not_depend_on_who_said_what(said):
    assert human_label(votes("".join(said))) is human_label(votes("".join(sorted(said))))
