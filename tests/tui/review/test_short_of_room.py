"""Where room is short, what matters least gives way, and nothing is cut in the middle of a word."""

from collections import Counter

import pytest
from textual.content import Content

from support.app_samples import judge, judgment, pair, plain
from uphold.records.enums import AnswerOrder, Choice, Preference, Verdict
from uphold.records.reviews import PairView, ReviewerDecision
from uphold.reviewing.presentation import reason_shown
from uphold_tui.dialogs.commands import key_commands
from uphold_tui.dialogs.help import page
from uphold_tui.keys import CHECKPOINTS, HOME, JUDGING, NEW_CHECKPOINT, NUMBERS, PAIRS, REVIEW, WRONG, Key
from uphold_tui.review.verdict_strip import StripState, strip_rows
from uphold_tui.widgets.bars import _scale
from uphold_tui.widgets.rows import ended

TABLES = [REVIEW, HOME, JUDGING, PAIRS, NUMBERS, CHECKPOINTS, NEW_CHECKPOINT, WRONG]


def disputed() -> PairView:
    people = tuple(
        ReviewerDecision(f"annotator{n}", choice)
        for n, choice in enumerate((Choice.CANDIDATE, Choice.TIE, Choice.BASELINE), 1)
    )
    return pair(reviewer_decisions=people, adjudicating=True)


def test_people_in_dispute_are_named_in_full_and_stand_below_each_other() -> None:
    rows = plain(strip_rows(StripState(disputed()), 114, 5))
    assert [row.split()[0] for row in rows] == ["annotator1", "annotator2", "annotator3", "Judge", "Settle"]
    assert len({row.index(word) for row, word in zip(rows[:4], ("A", "=", "B", "A"), strict=True)}) == 1


def test_where_there_is_one_row_for_them_all_people_are_on_it() -> None:
    first, *_ = plain(strip_rows(StripState(disputed()), 77, 3))
    assert first.split() == ["annotator1", "A", "annotator2", "=", "annotator3", "B"]


def test_beside_several_judges_the_verdict_stays_whole() -> None:
    said = judgment(AnswerOrder.BASELINE_FIRST, Preference.CANDIDATE)
    other = judge(Verdict.BASELINE, judgment(AnswerOrder.BASELINE_FIRST, Preference.BASELINE), name="gpt-3.5-turbo")
    split = pair(judge=judge(Verdict.CANDIDATE, said, name="pandalm-7b"), other_verdicts=(other,))
    row = plain(strip_rows(StripState(split), 90, 5))[0]
    assert "is better" in row
    assert "judges split" in row
    assert "no confidence" not in row
    assert "is better" in plain(strip_rows(StripState(split), 77, 3))[0]


def test_a_text_that_goes_on_ends_behind_a_whole_word() -> None:
    assert ended(Content("wants a refund now"), 15).plain == "wants a …"
    assert ended(Content("wants a"), 16).plain == "wants a …"
    assert ended(Content("refundrefundrefund"), 10).plain == "refundre …"


@pytest.mark.parametrize("width", [72, 98])
@pytest.mark.parametrize("table", TABLES)
def test_help_names_every_key_and_cuts_none(table: tuple[Key, ...], width: int) -> None:
    text = page("Keys", table, "", width).plain
    assert not [key.id for key in table if key.help and key.help not in text]
    assert "…" not in text


@pytest.mark.parametrize("table", TABLES)
def test_no_two_commands_have_the_same_words(table: tuple[Key, ...]) -> None:
    assert not [words for words, times in Counter(one.words for one in key_commands(table)).items() if times > 1]


@pytest.mark.parametrize(("low", "high"), [(0.14, 0.72), (0.18, 0.34), (0.0, 1.0), (0.93, 1.0), (0.44, 0.58)])
def test_the_labels_of_the_history_are_round_and_all_fits(low: float, high: float) -> None:
    scale = _scale(low, high)
    assert scale.low <= low
    assert high <= scale.high <= 1
    labels = [100 * scale.share(row) for row in range(0, 9, 2)]
    assert labels == pytest.approx([5 * round(label / 5) for label in labels])


def test_on_one_row_the_first_of_two_reasons_stands_and_the_key_that_shows_both() -> None:
    both = pair(
        judge=judge(
            Verdict.INCONSISTENT,
            judgment(AnswerOrder.CANDIDATE_FIRST, Preference.CANDIDATE, "A is warmer and " * 5),
            judgment(AnswerOrder.BASELINE_FIRST, Preference.CANDIDATE.mirrored, "A is shorter."),
        )
    )
    strip = StripState(both, reason_shown(both))
    verdict, reason, _ = plain(strip_rows(strip, 78, 3))
    assert verdict.endswith("orders disagree: the first one shown wins")
    assert reason.startswith("With A first: “A is warmer")
    assert reason.endswith("…   r shows both")
    assert all(len(row) <= 78 for row in (verdict, reason))


def test_few_rows_take_no_words_away_where_there_are_columns() -> None:
    verdict, reason, you = plain(strip_rows(StripState(pair(), reason_shown(pair())), 115, 3))
    assert verdict.endswith("both orders agree   confidence .8   haiku strict")
    assert reason.startswith(" " * 9 + "reason")
    assert you.endswith("enter uphold A    a A better    b B better    t tie    4 both bad")


def test_in_a_dispute_a_reason_of_which_hardly_a_word_would_stand_is_left_out() -> None:
    roomy = plain(strip_rows(StripState(disputed()), 114, 5))[-2]
    assert "reason" in roomy
    assert roomy.endswith("both orders agree   .8")
    tight = plain(strip_rows(StripState(disputed()), 77, 3))[-2]
    assert tight.startswith("Judge")
    assert tight.endswith("orders agree   .8")
    assert "both orders" not in tight
    cut = plain(strip_rows(StripState(disputed()), 62, 3))[-2]
    assert "reason" not in cut
    assert "…" not in cut
