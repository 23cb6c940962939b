"""The rows around the answers: header, hair line, instruction, numbers, receipts, rail, bars."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from support.app_samples import pair, plain
from uphold.formatting import share
from uphold.records.enums import Choice, EventKind, Ruling, Side
from uphold.records.reviews import ReviewProgress
from uphold.records.statistics import LiveNumbers, Rate, Value, WidthTarget
from uphold.records.texts import ExampleText
from uphold.reports.rate_text import value_text
from uphold.reviewing.receipts import Receipt
from uphold_tui.review import instruction
from uphold_tui.review.live_numbers import RailView, numbers_line
from uphold_tui.review.live_numbers import rows as rail_rows
from uphold_tui.review.verdict_strip import StripState, receipt, strip_rows, you_row
from uphold_tui.themes import PLAIN
from uphold_tui.widgets import header
from uphold_tui.widgets.bars import axis, interval, shares
from uphold_tui.widgets.rows import fitting, spread

FEW = LiveNumbers(9, 5, 2, 2, Rate(None, None, None, 9), Rate(None, None, None, 9), Value(None))

MANY = LiveNumbers(37, 21, 4, 12, Rate(0.58, 0.42, 0.71, 37), Rate(0.84, 0.7, 0.93, 35), Value(0.66))


def test_counts_name_the_plan_and_decided_only_when_there_are_some() -> None:
    planned = header.counts(ReviewProgress(200, 37, 31, 6, 0, 0, 60), PLAIN).plain
    assert planned == "37 of 60 planned   ✓ 31 upheld   ≠ 6 overturned"
    assert header.counts(ReviewProgress(200, 40, 31, 6, 3), PLAIN).plain.endswith("• 3 decided")
    assert header.counts(ReviewProgress(200, 0), PLAIN).plain.startswith("0 of 200 read")
    assert header.short_counts(ReviewProgress(200, 37, 31, 6, 0, 0, 60), PLAIN).plain == "37/60   ✓ 31   ≠ 6"


def test_the_numbers_say_whose_they_are_where_others_read_too() -> None:
    shared = numbers_line(replace(MANY, own=3, others=36, unresolved=2), "new", 114).plain
    assert "3 by you, 36 by others, 2 unresolved" in shared
    assert "0 by you, 9 by others" in numbers_line(replace(FEW, others=9), "new", 114).plain
    assert "by you" not in numbers_line(replace(MANY, own=37), "new", 114).plain


@given(st.integers(0, 500), st.integers(0, 500), st.one_of(st.none(), st.integers(0, 500)), st.integers(1, 240))
def test_the_hair_line_is_as_wide_as_the_screen_and_full_only_when_all_is_read(
    read: int, unread: int, planned: int | None, width: int
) -> None:
    total = read + unread
    row = header.progress_line(ReviewProgress(total, read, planned=planned), width)
    assert row.cell_length == width
    bright = sum(span.end - span.start for span in row.spans if span.style == "$strong")
    assert (bright == width) == (total > 0 and unread == 0) or width == 1
    if read > 0 and width > 1:
        assert bright > 0


def test_the_instruction_takes_what_room_the_rest_leaves() -> None:
    long = ExampleText(("word " * 200,), None, ("the reference",))
    rows = plain(instruction.rows(pair(text=long), 114, 4))
    assert len(rows) == 4
    assert rows[0].startswith("desk-0038   billing, refund")
    assert rows[0].endswith("+ all 200 words")
    assert rows[2].endswith("…")
    assert rows[3] == "reference  the reference"


def test_a_short_instruction_leaves_its_context_a_row_and_a_long_one_names_it() -> None:
    short = ExampleText(("Answer them.",), "the policy")
    assert plain(instruction.rows(pair(text=short), 114, 4))[1:] == ["context  the policy", "Answer them."]
    long = ExampleText(("word " * 60,), "the policy")
    assert plain(instruction.rows(pair(text=long), 114, 4))[0].endswith("+ context, 2 words")


def test_without_room_for_them_context_and_reference_are_named() -> None:
    def narrow(text: str, *others: str) -> list[str]:
        context, reference = others or (None, None)
        return plain(instruction.rows(pair(text=ExampleText((text,), context, (reference,))), 40, 2))

    assert narrow("Answer.", "policy", "yes") == ["Answer." + " " * 10 + "+ context and reference"]
    long = narrow("Answer this with some care and many words, please. " * 4, "policy", "")
    assert len(long) == 2
    assert "… " in long[1]
    assert long[1].endswith("   + context")
    assert narrow("Answer this with some care and words now.", "policy", "")[-1].endswith("+ context")
    assert not any("+" in row for row in narrow("word " * 60))


def test_of_two_turns_the_first_is_one_muted_row() -> None:
    two = pair(
        text=ExampleText(("Write a mail.", "Now shorter.")),
        turn=2,
        candidate_cells=("a", "b"),
        baseline_cells=("c", "d"),
    )
    rows = plain(instruction.rows(two, 114, 4))
    assert rows[0].endswith("judged on turn 2, with turn 1 as context")
    assert rows[1:] == ["turn 1  Write a mail.", "turn 2  Now shorter."]
    first = pair(text=two.text, turn=1, candidate_cells=("a",), baseline_cells=("c",))
    assert plain(instruction.rows(first, 114, 4))[0].endswith("turn 1 of 2")


@given(st.text(max_size=400), st.one_of(st.none(), st.text(max_size=200)), st.integers(1, 150), st.integers(1, 4))
def test_the_instruction_never_grows_beyond_its_block(text: str, context: str | None, width: int, height: int) -> None:
    rows = instruction.rows(pair(text=ExampleText((text,), context, (context,))), width, height)
    assert len(rows) <= height
    assert all(row.cell_length <= width for row in rows)


def test_below_ten_verdicts_the_line_counts() -> None:
    row = numbers_line(FEW, "gpt-3.5-turbo", 114).plain
    assert row.startswith("9 reviewed: 5 wins, 2 ties, 2 losses for gpt-3.5-turbo")
    assert row.endswith("10 verdicts needed for a rate")
    one = LiveNumbers(1, 1, 0, 0, Rate(None, None, None, 1), Rate(None, None, None, 1), Value(None))
    assert "1 win, 0 ties, 0 losses" in numbers_line(one, "x", 114).plain


def test_from_ten_on_it_has_rates_with_their_intervals_and_n() -> None:
    row = numbers_line(MANY, "x", 114).plain
    assert row == "win rate 58 %  42–71  of 37       agreement 84 %  κ .66  of 35"


def test_the_headline_speaks_of_instructions_like_these_and_of_this_set_and_what_more_reading_buys() -> None:
    assisted = replace(
        MANY,
        state="assisted",
        population=Rate(0.58, 0.49, 0.67, 37),
        this_set=Rate(0.58, 0.54, 0.62, 37),
        target=WidthTarget(0.08, 22, True),
    )
    row = numbers_line(assisted, "x", 114).plain
    assert row.startswith("win rate 58 %  49–67 like these, 54–62 this set       agreement 84 %  κ .66  of 35")
    assert row.endswith("22 more to ±8 like these")
    assert "±8" not in numbers_line(assisted, "x", 90).plain


def test_where_the_pairs_read_were_chosen_the_line_says_so() -> None:
    row = numbers_line(replace(MANY, state="refused", reason="chosen, not sampled"), "x", 114).plain
    assert row.startswith("win rate 58 %  42–71  of 37")
    assert row.endswith("chosen, not sampled")


def test_what_a_mode_has_to_say_comes_first_and_the_rest_drops_out_whole() -> None:
    row = numbers_line(MANY, "x", 60, Content("56 % of the words are the same")).plain
    assert row == "56 % of the words are the same"
    assert numbers_line(None, "x", 60).plain == ""


@pytest.mark.parametrize(
    ("value", "text"), [(0.66, ".66"), (0.8, ".80"), (1.0, "1.00"), (0.0, ".00"), (-0.12, "−.12"), (None, "–")]
)
def test_kappa_is_written_without_its_zero(value: float | None, text: str) -> None:
    assert value_text(Value(value)) == text


def test_a_share_is_written_without_trailing_zeros() -> None:
    assert [share(value) for value in (0.5, 0.91, 1, 0, 0.999)] == [".5", ".91", "1", "0", "1"]


def test_receipts_say_what_was_done_to_which_pair() -> None:
    upheld = Receipt(EventKind.DECISION, 1, "desk-0112", Choice.CANDIDATE, Ruling.UPHELD, Side.A)
    over = Receipt(EventKind.DECISION, 1, "desk-0038", Choice.BASELINE, Ruling.OVERTURNED, Side.B)
    both = Receipt(EventKind.DECISION, 1, "k", Choice.BOTH_BAD, Ruling.OVERTURNED, None)
    assert receipt(upheld, PLAIN).plain == "before: ✓ desk-0112 upheld"
    assert receipt(over, PLAIN).plain == "before: ≠ desk-0038, you B"
    assert receipt(over, PLAIN, loud=True).plain == "before:  ≠  desk-0038, you B"
    assert receipt(both, PLAIN).plain == "before: ≠ k, you both bad"
    assert receipt(upheld, PLAIN, narrow=True).plain == "✓ 0112"
    assert receipt(Receipt(EventKind.SKIP, 1, "k"), PLAIN).plain == "before: – k skipped"
    undone = Receipt(EventKind.UNDO, 1, "k", target_kind=EventKind.SKIP)
    assert receipt(undone, PLAIN).plain == "taken back: the skip"


def test_the_rail_has_the_interval_and_the_trail_and_fits() -> None:
    trail = tuple(Receipt(EventKind.DECISION, n, f"mt-{n:03d}", Choice.TIE, Ruling.UPHELD) for n in range(99))
    rows = rail_rows(RailView(MANY, ReviewProgress(200, 37, skipped=2), trail), 34, 30)
    assert len(rows) == 30
    assert all(row.cell_length <= 34 for row in rows)
    text = "\n".join(plain(rows))
    assert "42–71" in text
    assert "163" in text
    assert "✓  mt-000  tie" in text


def test_the_trail_tells_what_the_judge_had_said_where_you_said_another_thing() -> None:
    upheld = Receipt(EventKind.DECISION, 1, "k-1", Choice.CANDIDATE, Ruling.UPHELD, Side.A, judge_said=Side.A)
    over = Receipt(EventKind.DECISION, 2, "k-2", Choice.BASELINE, Ruling.OVERTURNED, Side.B, judge_said=Side.A)
    bad = Receipt(EventKind.DECISION, 3, "k-3", Choice.BOTH_BAD, Ruling.UPHELD, None, judge_said="tie")
    free = Receipt(EventKind.DECISION, 4, "k-4", Choice.TIE, Ruling.DECIDED)
    view = RailView(MANY, ReviewProgress(200, 37), (upheld, over, bad, free))
    assert [row.split() for row in plain(rail_rows(view, 34, 40))[-4:]] == [
        ["✓", "k-1", "A"],
        ["≠", "k-2", "B", "judge", "A"],
        ["✓", "k-3", "both", "bad", "judge", "tie"],
        ["•", "k-4", "tie"],
    ]


def test_in_the_trail_a_key_gives_way_before_what_was_said() -> None:
    over = Receipt(EventKind.DECISION, 2, "ex-eab9f4eaf9", Choice.BOTH_BAD, Ruling.OVERTURNED, None, judge_said=Side.A)
    row = plain(rail_rows(RailView(MANY, ReviewProgress(200, 37), (over,)), 34, 40))[-1]
    assert row.endswith("both bad  judge A")
    assert "ex-" in row
    assert len(row) == 34


def test_while_rates_rest_the_trail_does_not_tell_how_the_judge_is_doing() -> None:
    over = Receipt(EventKind.DECISION, 2, "k-2", Choice.BASELINE, Ruling.OVERTURNED, Side.B, judge_said=Side.A)
    skipped = Receipt(EventKind.SKIP, 3, "k-3")
    resting = RailView(None, ReviewProgress(200, 37, rates_hidden=True), (over, skipped), resting="rates rest")
    rows = plain(rail_rows(resting, 34, 40))
    assert [row.split() for row in rows[-2:]] == [["•", "k-2", "B"], ["–", "k-3", "skipped"]]
    assert not any("≠" in row or "judge" in row for row in rows)


def test_what_is_to_go_names_the_queue_and_has_its_numbers_at_the_right() -> None:
    numbers = replace(MANY, own=3, others=36, unresolved=12, target=WidthTarget(0.08, 22, True))
    rows = plain(rail_rows(RailView(numbers, ReviewProgress(200, 37), queue="random: a sample"), 34, 60))
    here = next(number for number, row in enumerate(rows) if row.startswith("To go"))
    assert [row.split() for row in rows[here : here + 4]] == [
        ["To", "go", "random", "queue"],
        ["a", "sample"],
        ["unread", "163"],
        ["±8", "like", "these", "22", "more"],
    ]
    assert {"3 by you, 36 by others", "12 unresolved"} <= set(rows)
    tag = plain(rail_rows(RailView(queue="refund: late first: a weighted sample"), 44, 60))
    assert tag[0].endswith("  refund: late first")


def test_an_interval_over_fifty_is_crossed_by_the_mark() -> None:
    settled = interval(0.7, 0.6, 0.8, 41).plain
    open_ = interval(0.58, 0.42, 0.71, 41).plain
    assert settled[20] == "┊"
    assert open_[20] == "┿"
    assert settled.count("●") == open_.count("●") == 1
    assert interval(None, None, None, 41).plain.strip("─") == "┊"
    assert axis(41).plain.split() == ["0", "50", "100"]


@pytest.mark.parametrize("width", range(11, 47))
def test_the_mark_at_fifty_says_what_the_ends_of_the_interval_say(width: int) -> None:
    half = width // 2
    above, below = interval(0.58, 0.501, 0.87, width).plain, interval(0.42, 0.13, 0.499, width).plain
    assert above[half] == below[half] == "┊"
    assert above.index("●") > half > below.index("●")
    assert interval(0.25, 0.13, 0.5, width).plain[half] == interval(0.75, 0.5, 0.87, width).plain[half] == "┿"
    assert interval(0.5, 0.27, 0.73, width).plain[half] == "●"


@given(st.integers(0, 90), st.integers(0, 90), st.integers(0, 90), st.integers(1, 90))
def test_shares_fill_their_row_and_show_every_overturned(
    upheld: int, overturned: int, decided: int, width: int
) -> None:
    row = shares(upheld, overturned, decided, width)
    assert row.cell_length == width


@given(st.text("ab ", max_size=60), st.text("cd ", max_size=60), st.integers(1, 100))
def test_a_row_is_never_wider_than_it_may_be(left: str, right: str, width: int) -> None:
    assert spread(Content(left), Content(right), width).cell_length == width


def test_groups_of_keys_drop_out_whole_from_the_middle() -> None:
    groups = [Content("first one"), Content("middle group"), Content("last")]
    assert fitting(groups, 40).plain == "first one    middle group    last"
    assert fitting(groups, 30).plain == "first one    last"
    assert fitting(groups, 12).plain == "first one"
    assert fitting(groups, 6).plain == "last"


@pytest.mark.parametrize("key", ["k-01", "desk-0038", "a-key-that-is-longer-than-others"])
def test_all_keys_that_decide_stand_before_a_receipt_on_a_narrow_screen(key: str) -> None:
    over = Receipt(EventKind.DECISION, 1, key, Choice.BOTH_BAD, Ruling.OVERTURNED)
    row = you_row(StripState(pair(), message=receipt(over, PLAIN, loud=True, narrow=True)), 78, narrow=True).plain
    assert "enter uphold A   a A   b B   t tie   4 both bad" in row
    assert "≠" in row


@pytest.mark.parametrize(
    "words", ["", "before: desk-0112 upheld", "nothing to uphold here: a b t 4 say it, s skips it, and u takes back"]
)
@pytest.mark.parametrize("width", range(36, 98, 3))
def test_the_four_keys_are_never_cut_whatever_else_is_said(width: int, words: str) -> None:
    strip = StripState(pair(), message=Content(words))
    rows = [row.plain for row in strip_rows(strip, width, 3)]
    assert all(key in rows[-1] for key in ("a A", "b B", "t tie", "4 both bad"))
    assert all(Content(row).cell_length <= width for row in rows)
    assert words[:20] in "".join(rows)


def test_a_long_word_about_the_last_key_stands_above_the_keys_also_beside_a_note_on_the_answers() -> None:
    same = pair(candidate_cells=("yes",), baseline_cells=("yes",))
    for words in ("the database is locked: enter tries again and again", "x" * 70):
        rows = [row.plain for row in strip_rows(StripState(same, message=Content(words)), 110, 5)]
        assert words in rows[-2]
        assert "4 both bad" in rows[-1]
