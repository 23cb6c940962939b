"""The verdict strip in every state."""

from dataclasses import replace

import pytest

from support.app_samples import decided, judge, judgment, pair, plain
from uphold.records.enums import AnswerOrder, Choice, Preference, Verdict
from uphold.records.judgments import PairVerdict
from uphold.records.reviews import PairView, ReviewerState, StaleDecision
from uphold.reviewing.presentation import reason_shown
from uphold_tui.review.verdict_strip import StripState, strip_rows
from uphold_tui.themes import ASCII
from uphold_tui.widgets import badges

CF, BF = AnswerOrder.CANDIDATE_FIRST, AnswerOrder.BASELINE_FIRST

INCONSISTENT = judge(
    Verdict.INCONSISTENT,
    judgment(CF, Preference.CANDIDATE, "every sentence carries a figure."),
    judgment(BF, Preference.BASELINE, "one metaphor holds it together."),
)

UNREADABLE = judge(Verdict.UNREADABLE, judgment(CF, None, None, problem="no verdict in its answer"))  # type: ignore[arg-type]

FAILED = judge(Verdict.FAILED, judgment(CF, None, None, problem="the endpoint was busy"))  # type: ignore[arg-type]

TIE = judge(Verdict.TIE)


def drawn(view: PairView, width: int = 115, height: int = 5, **more: object) -> list[str]:
    """The rows of the strip as text."""
    return plain(strip_rows(StripState(view, reason_shown(view), **more), width, height))  # type: ignore[arg-type]


def test_undecided_offers_the_keys_beside_the_verdict() -> None:
    rows = drawn(pair())
    assert rows[0].startswith("Judge     A   is better")
    assert rows[0].endswith("both orders agree   confidence .8   haiku strict")
    assert rows[1] == "         reason candidate-first"
    assert rows[4] == "You      enter uphold A    a A better    b B better    t tie    4 both bad"


@pytest.mark.parametrize(
    ("choice", "judged", "words"),
    [
        (Choice.CANDIDATE, None, "You       A   is better     ✓ upheld"),
        (Choice.BASELINE, None, "You       B   is better      ≠ overturned"),
        (Choice.TIE, TIE, "You       =   tie           ✓ upheld"),
        (Choice.BOTH_BAD, TIE, "You       ×   both bad      ✓ upheld   counts as a tie"),
        (Choice.BASELINE, INCONSISTENT, "You       B   is better     • decided   neither upheld nor overturned"),
        (Choice.BASELINE, UNREADABLE, "You       B   is better     • decided   neither upheld nor overturned"),
    ],
)
def test_decided_says_how_it_stands_to_the_verdict(choice: Choice, judged: PairVerdict | None, words: str) -> None:
    view = pair(state=decided(choice)) if judged is None else pair(state=decided(choice), judge=judged)
    assert drawn(view)[4].startswith(words)


def test_an_overturned_verdict_goes_quiet_and_asks_why() -> None:
    rows = drawn(pair(state=decided(Choice.BASELINE)))
    assert rows[4].endswith("enter next    w say why    c comment    u undo")
    made = strip_rows(StripState(pair(state=decided(Choice.BASELINE))), 115, 5)[0]
    assert not any("badge" in str(span.style) for span in made.spans)


def test_an_inconsistent_pair_shows_both_reasons_with_their_orders_and_offers_no_enter() -> None:
    rows = drawn(pair(judge=INCONSISTENT))
    assert "inconsistent" in rows[0]
    assert "orders disagree: the first one shown wins" in rows[0]
    said = f"{rows[1].strip()} {rows[2].strip()}"
    assert said.startswith("Counts as a tie in the rates. With A first: “every sentence carries a figure.”")
    assert "With B first (its A is your B): “one metaphor holds it together.”" in said
    assert "enter uphold" not in rows[4]
    assert rows[4].endswith("enter rests: there is no verdict to uphold")


def test_unreadable_and_failed_say_what_went_wrong_in_one_line() -> None:
    assert drawn(pair(judge=UNREADABLE))[1].strip() == "no verdict in its answer; r shows it"
    assert drawn(pair(judge=FAILED))[1].strip() == "the endpoint was busy; r shows it"
    assert "unreadable" in drawn(pair(judge=UNREADABLE))[0]
    assert " failed" in drawn(pair(judge=FAILED))[0]


def test_without_a_judge_the_keys_stay() -> None:
    rows = drawn(pair(judge=None))
    assert rows[0] == "Judge    has not read this pair"
    assert rows[4].startswith("You      a A better    b B better    t tie    4 both bad")


def test_where_only_the_other_order_exists_the_row_says_whose_letters_the_reason_speaks_in() -> None:
    one = judge(Verdict.CANDIDATE, judgment(BF, Preference.CANDIDATE, "B is better than A."))
    rows = drawn(pair(judge=one))
    assert "one order only   its A is your B   no confidence" in rows[0]
    assert rows[1].strip() == "B is better than A."


def test_an_order_that_is_not_known_is_said_to_be_not_recorded_once() -> None:
    one = judge(Verdict.CANDIDATE, judgment(AnswerOrder.UNKNOWN, Preference.CANDIDATE, "fine"))
    assert drawn(pair(judge=one))[0].count("order not recorded") == 1


def test_the_reason_is_quiet_where_you_overturned_it_and_loud_where_it_is_shown_after_you_decided() -> None:
    overturned = pair(state=decided(Choice.BASELINE))
    after = pair(state=decided(Choice.BASELINE, blind_decision=decided(Choice.BASELINE).decision))
    for shown_pair, quiet in ((overturned, True), (after, False)):
        row = strip_rows(StripState(shown_pair, reason_shown(shown_pair)), 114, 5)[1]
        assert "reason" in row.plain
        assert any("$muted" in str(span.style) for span in row.spans) == quiet


def test_flags_and_comments_stand_behind_the_verdict_never_in_its_place() -> None:
    row = drawn(pair(state=decided(Choice.CANDIDATE, flagged=True, comment="ask legal")))[4]
    assert row.index("✓ upheld") < row.index("⚑ flagged: “ask legal”")


def test_a_carried_decision_says_where_it_comes_from() -> None:
    row = drawn(pair(state=decided(Choice.CANDIDATE), carried_from="lora-r8-vs-base"))[4]
    assert "» from lora-r8-vs-base, same texts" in row


def test_a_skipped_pair_keeps_its_keys() -> None:
    row = drawn(pair(state=ReviewerState(skipped=True)), width=140)[4]
    assert "enter uphold A" in row
    assert "– skipped; comes back at the end" in row


def test_a_broken_pair_says_that_it_is_in_no_count() -> None:
    assert "! broken, in no count" in drawn(pair(), broken=True)[4]


def test_signs_can_be_ascii() -> None:
    row = drawn(pair(state=decided(Choice.CANDIDATE, flagged=True)), signs=ASCII)[4]
    assert "+ upheld" in row
    assert "! flagged" in row


def test_where_saving_failed_the_keys_give_way_to_the_reason() -> None:
    row = drawn(pair(), not_saved="the disk is full")[4]
    assert row == "Not saved: the disk is full. Your verdict is kept here; enter tries again, u drops it, S elsewhere."


def test_a_short_strip_has_three_rows_and_short_words() -> None:
    rows = drawn(pair(), width=77, height=3)
    assert len(rows) == 3
    assert rows[0].endswith("orders agree  .8")
    assert rows[2] == "You    enter uphold A   a A   b B   t tie   4 both bad"


@pytest.mark.parametrize("width", [20, 40, 77, 115, 200])
@pytest.mark.parametrize("judged", [None, INCONSISTENT, UNREADABLE, FAILED, TIE])
def test_no_row_is_ever_wider_than_the_strip(width: int, judged: PairVerdict | None) -> None:
    for stand in (
        ReviewerState(),
        ReviewerState(skipped=True, flagged=True, comment="x" * 90),
        decided(Choice.BOTH_BAD, flagged=True),
    ):
        for height in (3, 5):
            rows = strip_rows(StripState(pair(judge=judged, state=stand)), width, height)
            assert len(rows) == height
            assert all(row.cell_length <= width for row in rows)


def test_a_long_reason_ends_with_an_ellipsis() -> None:
    one = judge(Verdict.CANDIDATE, judgment(CF, Preference.CANDIDATE, "word " * 200))
    assert drawn(pair(judge=one))[2].endswith("…")


@pytest.mark.parametrize(
    ("view", "style"),
    [
        (pair(), "$side-a"),
        (pair(judge=judge(Verdict.BASELINE)), "$side-b"),
        (pair(judge=TIE), "$secondary"),
        (pair(judge=INCONSISTENT), "$warning"),
        (pair(judge=UNREADABLE), "$error"),
        (pair(state=decided(Choice.CANDIDATE)), "$success"),
        (pair(state=decided(Choice.BASELINE)), "$error"),
        (pair(judge=None), "$rule"),
    ],
)
def test_the_bar_has_the_colour_of_what_stands(view: PairView, style: str) -> None:
    assert badges.bar_style(view) == style


def test_letters_follow_the_screen_not_the_systems() -> None:
    mirrored = pair(side_a=Preference.BASELINE)
    assert badges.judge_side(mirrored) == "B"
    assert badges.choice_of(mirrored, "a") is Choice.BASELINE
    assert badges.choice_of(mirrored, "b") is Choice.CANDIDATE
    assert badges.choice_of(mirrored, "both-bad") is Choice.BOTH_BAD


STALE = StaleDecision(Choice.CANDIDATE, "2026-03-03T20:14:00Z", instruction_changed=False, answer_changed=True)


@pytest.mark.parametrize(
    ("said", "width", "words"),
    [
        (STALE, 150, "~ you said A on 3 March, "),
        (STALE, 150, "; an answer has changed"),
        (replace(STALE, choice=Choice.TIE, instruction_changed=True), 150, "; what was asked has changed"),
        (STALE, 115, "~ an answer changed"),
    ],
)
def test_a_word_on_older_texts_is_told_beside_the_keys(said: StaleDecision, width: int, words: str) -> None:
    row = drawn(pair(stale_decision=said), width)[4]
    assert row.startswith("You      enter uphold A    a A better    b B better    t tie    4 both bad")
    assert words in row


def test_what_stands_beside_the_keys_never_cuts_them() -> None:
    row = drawn(pair(state=ReviewerState(comment="a long comment " * 20)))[4]
    assert row.startswith("You      enter uphold A    a A better    b B better    t tie    4 both bad   ")
    assert row.endswith("…")


# criteria

SAID = (("correct", Preference.CANDIDATE), ("tone", Preference.BASELINE), ("brief", Preference.TIE))

TURNED = (("correct", Preference.CANDIDATE), ("tone", Preference.CANDIDATE), ("brief", Preference.TIE))

LONG = "The policy gives thirty days, and only this answer states both the last day and where the label is found. " * 2


def by_criteria(reason: str = "because") -> PairVerdict:
    """A verdict whose orders differ by one of three criteria."""
    return judge(
        Verdict.CANDIDATE,
        judgment(CF, Preference.CANDIDATE, reason, criteria=SAID),
        judgment(BF, Preference.CANDIDATE, reason, criteria=TURNED),
    )


def test_what_a_judge_says_by_its_criteria_stands_under_its_verdict_in_the_letters_of_the_screen() -> None:
    rows = drawn(pair(judge=by_criteria()))
    assert rows[1] == "         correct A   tone ⇄   brief ="
    assert rows[2] == "         because"
    swapped = drawn(pair(judge=by_criteria(), side_a=Preference.BASELINE))
    assert swapped[1] == "         correct B   tone ⇄   brief ="


def test_a_long_reason_takes_the_blank_row_below_criteria_and_the_strip_keeps_its_height() -> None:
    rows = drawn(pair(judge=by_criteria(LONG)))
    assert len(rows) == 5
    assert rows[2].startswith("         The policy gives")
    assert rows[3].strip()
    assert rows[4].startswith("You ")


def test_on_a_short_screen_criteria_stand_before_the_reason() -> None:
    rows = drawn(pair(judge=by_criteria()), width=76, height=3)
    assert rows[1] == "correct A   tone ⇄   brief =   because"


def test_criteria_without_room_are_counted() -> None:
    many = tuple((f"criterion {number}", Preference.TIE) for number in range(12))
    rows = drawn(pair(judge=judge(Verdict.TIE, judgment(CF, Preference.TIE, criteria=many))), width=60)
    assert rows[1].endswith("more")
    assert all(len(row) <= 60 for row in rows)


def test_a_judgment_that_says_nothing_by_a_criterion_is_unreadable_there() -> None:
    judged = judge(
        Verdict.CANDIDATE,
        judgment(CF, Preference.CANDIDATE, criteria=SAID),
        judgment(BF, Preference.CANDIDATE, criteria=SAID[:1]),
    )
    assert drawn(pair(judge=judged))[1] == "         correct A   tone ?   brief ?"


def test_a_criterion_named_by_a_stranger_is_shown_harmless() -> None:
    hostile = (("\x1b[31m[b]x[/b]\n", Preference.TIE),)
    rows = drawn(pair(judge=judge(Verdict.TIE, judgment(CF, Preference.TIE, criteria=hostile))))
    assert len(rows) == 5
    assert "\x1b" not in "".join(rows)
    assert "[b]x[/b]" in rows[1]
