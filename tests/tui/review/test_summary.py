"""Leaving: a look back after some work, and the same text in the terminal."""

from dataclasses import replace
from pathlib import Path

import pytest

from support.app_samples import app, database, pair, plain, press, shown
from uphold.formatting import duration
from uphold.records.enums import Choice, EventKind, Ruling, Side, Verdict
from uphold.records.reviews import ReviewProgress
from uphold.records.runs import Run
from uphold.records.statistics import LiveNumbers, Rate, Value
from uphold.reviewing.receipts import Receipt, SessionTotals
from uphold_tui.numbers.screen import NumbersScreen
from uphold_tui.review.summary import OverturnPatterns, SessionSummary
from uphold_tui.review.summary_screen import as_plain, blind_rows, rows

RUN = Run(1, "x-vs-y", 1, "support-desk", 1, "lora-r16", 2, "base-7b", "seed")

BEFORE = LiveNumbers(9, 5, 2, 2, Rate(None, None, None, 9), Rate(None, None, None, 9), Value(None))

NOW = LiveNumbers(57, 32, 4, 21, Rate(0.57, 0.49, 0.65, 57), Rate(0.78, 0.67, 0.86, 55), Value(0.5))

BACK = SessionSummary(
    RUN,
    SessionTotals(decided=48, seconds=1980, upheld=39, overturned=9, without_verdict=0, skipped=3, flagged=1),
    ReviewProgress(60, 57),
    BEFORE,
    NOW,
    ((5, "the judge had picked the longer answer"),),
)


def decision(choice: Choice, ruling: Ruling, side: Side | None, number: int = 1) -> Receipt:
    """A decision on a pair."""
    return Receipt(EventKind.DECISION, number, "k", choice, ruling, side)


async def test_after_five_decisions_q_looks_back_and_enter_leaves(tmp_path: Path) -> None:
    store = database(tmp_path, count=8)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "t", "t", "t", "t", "t", "q")
        screen = shown(pilot)
        assert "5 pairs in" in screen
        assert "≠ 5 overturned" in screen
        assert "All saved. 3 pairs are still unread." in screen
        await press(pilot, "escape")
        assert "5 pairs in" not in shown(pilot)
        await press(pilot, "q", "enter")
    said = pilot.app.return_value
    assert said is not None
    assert "5 pairs in" in said
    assert "\x1b" not in said


async def test_after_a_few_decisions_q_leaves_at_once(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "t", "q")
    assert pilot.app.return_value is None


@pytest.mark.parametrize("key", ["Q", "ctrl+c"])
async def test_capital_q_and_ctrl_c_leave_without_a_question(tmp_path: Path, key: str) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await pilot.press(key)
        await pilot.pause()
        assert not pilot.app.is_running or pilot.app._exit


async def test_esc_does_nothing_on_the_review(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        before = shown(pilot)
        await press(pilot, "escape")
        assert shown(pilot) == before


def test_the_text_for_the_terminal_has_everything_the_screen_has() -> None:
    text = as_plain(BACK)
    assert text.startswith("48 pairs in 33 minutes")
    for words in (
        "✓ 39 upheld",
        "≠ 9 overturned",
        "3 skipped",
        "1 flagged",
        "41 s a pair",
        "5 wins of 9",
        "57 %  49–65  of 57",
    ):
        assert words in text
    assert "5 of 9   the judge had picked the longer answer" in text
    assert text.endswith("All saved. 3 pairs are still unread.")


def test_the_reason_given_most_and_the_command_for_disputes_stand_alone() -> None:
    told = replace(BACK, reason=("made-up fact", 3), disputes=(2, "uphold review x-vs-y --queue disputed"))
    text = as_plain(told).splitlines()
    assert "3        made-up fact, the reason given most" in text
    assert text[-4:] == [
        "All saved. 3 pairs are still unread.",
        "",
        "2 pairs are in dispute; this settles them:",
        "uphold review x-vs-y --queue disputed",
    ]
    assert "made-up" not in "\n".join(plain(blind_rows(told, 83)))


async def test_i_goes_from_the_summary_to_the_numbers_and_back_to_the_review(tmp_path: Path) -> None:
    async with app(database(tmp_path, count=8)).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "t", "t", "t", "t", "t", "w", "w", "enter", "q")
        assert "enter leave    i numbers    esc stay" in shown(pilot)
        assert "wrong fact, the reason given most" in shown(pilot)
        await press(pilot, "i")
        assert isinstance(pilot.app.screen, NumbersScreen)
        await press(pilot, "q")
        assert "4 both bad" in shown(pilot)


@pytest.mark.parametrize("width", [30, 60, 83])
def test_no_row_is_wider_than_the_panel(width: int) -> None:
    assert all(row.cell_length <= max(width, 80) for row in rows(BACK, width))


def test_partings_name_what_the_pairs_can_tell() -> None:
    seen = OverturnPatterns()
    longer = pair(candidate_cells=("many more words here",), baseline_cells=("few",))
    seen.add(longer, decision(Choice.BASELINE, Ruling.OVERTURNED, Side.B, 1))
    seen.add(longer, decision(Choice.TIE, Ruling.OVERTURNED, None, 2))
    seen.add(pair(judge=_tie()), decision(Choice.BASELINE, Ruling.OVERTURNED, Side.B, 3))
    seen.add(longer, decision(Choice.BASELINE, Ruling.OVERTURNED, Side.B, 4))
    seen.add(longer, decision(Choice.CANDIDATE, Ruling.UPHELD, Side.A, 5))
    assert seen.lines() == (
        (2, "the judge had picked the longer answer"),
        (1, "the judge had a winner, you found none"),
        (1, "the judge said tie, you found a winner"),
    )


def test_a_parting_that_was_taken_back_is_gone_until_it_is_done_again() -> None:
    seen = OverturnPatterns()
    seen.add(pair(), decision(Choice.BASELINE, Ruling.OVERTURNED, Side.B))
    seen.add(pair(), Receipt(EventKind.UNDO, 1, "k", Choice.BASELINE, target_kind=EventKind.DECISION))
    assert seen.lines() == ()
    seen.add(pair(), Receipt(EventKind.REDO, 1, "k", Choice.BASELINE, target_kind=EventKind.DECISION))
    assert len(seen.lines()) == 1


def test_of_a_blind_pair_the_decision_before_the_verdict_counts_whatever_was_said_after_it() -> None:
    seen = OverturnPatterns()
    hidden, shown_pair = pair(verdict_hidden=True), pair()
    seen.add(hidden, decision(Choice.CANDIDATE, Ruling.UPHELD, Side.A))
    seen.add(shown_pair, decision(Choice.TIE, Ruling.OVERTURNED, None))
    assert seen.lines() == ()
    seen.add(shown_pair, Receipt(EventKind.UNDO, 1, "k", Choice.TIE, target_kind=EventKind.DECISION))
    seen.add(shown_pair, Receipt(EventKind.UNDO, 1, "k", Choice.CANDIDATE, target_kind=EventKind.DECISION))
    assert seen.lines() == ()
    seen.add(hidden, decision(Choice.TIE, Ruling.OVERTURNED, None))
    seen.add(shown_pair, decision(Choice.CANDIDATE, Ruling.UPHELD, Side.A))
    assert seen.lines() == ((1, "the judge had a winner, you found none"),)


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "1 second"), (59, "59 seconds"), (1980, "33 minutes"), (7500, "2 hours 5 minutes")]
)
def test_times_are_said_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def _tie() -> object:
    from support.app_samples import judge

    return judge(Verdict.TIE)
