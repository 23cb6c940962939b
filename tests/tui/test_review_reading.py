"""Reading keys: they change what is seen, never what is saved."""

import re
from pathlib import Path

from textual.app import App

from support.app_samples import app, database, press, review, rows, shown
from uphold.records.enums import Side

LONG = "\n".join(f"line {number}" for number in range(80))


def _long(count: int = 3) -> list[dict[str, object]]:
    return rows(count, response_candidate=LONG, response_baseline=LONG + "\nand one more")


async def test_a_pane_that_goes_on_says_by_how_much_and_both_scroll_together(tmp_path: Path) -> None:
    store = database(tmp_path, _long())
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert "▾ 64 more lines" in shown(pilot)
        await press(pilot, "j", "j")
        assert [pane.body.top for pane in review(pilot).view.panes.values()] == [2, 2]
        assert "▾ 62 more lines" in shown(pilot)
        await press(pilot, "G")
        assert "more lines" not in shown(pilot)
        assert "and one more" in shown(pilot)
        assert "line 79" in shown(pilot)
        await press(pilot, "g")
        assert [pane.body.top for pane in review(pilot).view.panes.values()] == [0, 0]


async def test_a_page_never_passes_over_a_line(tmp_path: Path) -> None:
    store = database(tmp_path, _long())
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        seen: set[int] = set()
        for _ in range(8):
            seen |= _lines(shown(pilot))
            await press(pilot, "space")
        assert seen == set(range(80))
        await press(pilot, "minus")
        assert review(pilot).view.panes[Side.A].body.top < review(pilot).view.panes[Side.A].body.max_top


def _lines(screen: str) -> set[int]:
    return {int(number) for number in re.findall(r"line (\d+)", screen)}


async def test_tab_scrolls_one_pane_then_the_other_and_equals_both_again(tmp_path: Path) -> None:
    store = database(tmp_path, _long())
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "tab", "j")
        assert [pane.body.top for pane in review(pilot).view.panes.values()] == [1, 0]
        await press(pilot, "tab", "j", "j")
        assert [pane.body.top for pane in review(pilot).view.panes.values()] == [1, 2]
        await press(pilot, "equals_sign", "j")
        assert [pane.body.top for pane in review(pilot).view.panes.values()] == [2, 3]


async def test_another_pair_starts_at_its_top(tmp_path: Path) -> None:
    store = database(tmp_path, _long())
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "G", "right")
        assert [pane.body.top for pane in review(pilot).view.panes.values()] == [0, 0]


async def test_the_wheel_moves_both_panes(tmp_path: Path) -> None:
    store = database(tmp_path, _long())
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        pane = review(pilot).view.panes[Side.B]
        pane.body.post_message(pane.body.Wheel(pane.body, 3))
        await pilot.pause()
        assert [pane.body.top for pane in review(pilot).view.panes.values()] == [3, 3]


async def test_the_word_diff_counts_words_and_steps_through_changes(tmp_path: Path) -> None:
    words = [f"word{number}" for number in range(400)]
    other = [word if number % 100 else f"other{number}" for number, word in enumerate(words)]
    store = database(tmp_path, rows(2, response_candidate=" ".join(words), response_baseline=" ".join(other)))
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "d")
        screen = shown(pilot)
        assert "4 words only here" in screen
        assert "99 % of the words are the same" in screen
        assert " word diff " in screen
        assert "diff off" in screen
        await press(pilot, "n")
        first = review(pilot).view.panes[Side.A].body.top
        await press(pilot, "n")
        assert review(pilot).view.panes[Side.A].body.top > first > 0
        await press(pilot, "N")
        assert review(pilot).view.panes[Side.A].body.top == first
        await press(pilot, "d")
        assert "only here" not in shown(pilot)


async def test_markdown_draws_headings_and_m_goes_back(tmp_path: Path) -> None:
    store = database(tmp_path, rows(2, response_candidate="# Title\n\n* one\n* two", response_baseline="plain"))
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert "# Title" in shown(pilot)
        await press(pilot, "m")
        assert "# Title" not in shown(pilot)
        assert "• one" in shown(pilot)
        await press(pilot, "m")
        assert "# Title" in shown(pilot)


async def test_plus_unfolds_the_whole_instruction_and_the_next_pair_folds_it(tmp_path: Path) -> None:
    text = "What is asked. " * 60
    lines = [row for key in "ab" for row in rows(1, key=key, instruction=f"{key} {text} THE-END", context="the policy")]
    store = database(tmp_path, lines)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert "THE-END" not in shown(pilot)
        await press(pilot, "plus")
        assert "THE-END" in shown(pilot)
        assert "the policy" in shown(pilot)
        await press(pilot, "minus")
        assert "THE-END" not in shown(pilot)
        await press(pilot, "plus", "right")
        assert "THE-END" not in shown(pilot)


async def test_plus_gives_the_pane_that_scrolls_alone_all_the_room(tmp_path: Path) -> None:
    store = database(tmp_path, _long())
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "tab", "plus")
        assert [pane.display for pane in review(pilot).view.panes.values()] == [True, False]
        assert (
            review(pilot).view.panes[Side.A].size.width == 120 - 20
            or review(pilot).view.panes[Side.A].size.width >= 100
        )
        await press(pilot, "plus")
        assert [pane.display for pane in review(pilot).view.panes.values()] == [True, True]


async def test_earlier_turns_are_folded_until_p(tmp_path: Path) -> None:
    line = {
        "key": "two",
        "turns": ["Say hello.", "And now louder."],
        "response_candidate": ["first answer", "SECOND"],
        "response_baseline": ["other first", "OTHER"],
        "judge": "j",
        "order": "candidate-first",
        "verdict": "tie",
    }
    store = database(tmp_path, [line])
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        screen = shown(pilot)
        assert "▸ turn 1   2 words, folded" in screen
        assert "judged on turn 2, with turn 1 as context" in screen
        assert "first answer" not in screen
        await press(pilot, "p")
        assert "first answer" in shown(pilot)
        assert "fold turns" in shown(pilot)


async def test_y_copies_the_pair_without_the_names_of_the_systems(tmp_path: Path) -> None:
    store = database(tmp_path, rows(1, candidate="secret-c", baseline="secret-b"))
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "y")
        copied = pilot.app.clipboard
        assert "candidate 0" in copied
        assert "baseline 0" in copied
        assert "secret" not in copied
        await press(pilot, "tab", "y")
        assert pilot.app.clipboard in ("candidate 0", "baseline 0")


async def test_where_a_pager_cannot_be_had_it_says_so(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "e")
        assert "this terminal cannot be handed to a pager" in shown(pilot)


async def test_the_raw_answers_name_the_order_in_the_screens_letters(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "r")
        screen = shown(pilot)
        assert "Raw answers of judge" in screen
        assert "your A was shown first" in screen
        assert "your B was shown first, so its A is your B" in screen
        await press(pilot, "escape")
        assert "Raw answers" not in shown(pilot)


async def test_nothing_changes_its_place_from_one_pair_to_the_next(tmp_path: Path) -> None:
    lines = rows(1, key="short", response_candidate="a", response_baseline="b", instruction="x", reason="y")
    lines += rows(1, key="long", response_candidate=LONG, response_baseline=LONG, instruction=LONG, reason=LONG)
    store = database(tmp_path, lines)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        before = _places(pilot.app)
        await press(pilot, "t")
        assert _places(pilot.app) == before


def _places(running: App[str]) -> list[object]:
    return [widget.region for widget in running.screen.walk_children()]


async def test_a_text_read_otherwise_stays_where_it_was_and_the_next_pair_starts_at_its_top(tmp_path: Path) -> None:
    async with app(database(tmp_path, _long())).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, *"jjjjjjjjjj", "d")
        assert [pane.body.top for pane in review(pilot).view.panes.values()] == [10, 10]
        await press(pilot, "d", "G", "d")
        assert all(pane.body.top == pane.body.max_top > 0 for pane in review(pilot).view.panes.values())
        await press(pilot, "right")
        assert [pane.body.top for pane in review(pilot).view.panes.values()] == [0, 0]


async def test_a_third_tab_scrolls_both_again_and_each_says_so(tmp_path: Path) -> None:
    async with app(database(tmp_path, _long())).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        for told in ("A scrolls alone", "B scrolls alone", "both scroll together"):
            await press(pilot, "tab")
            assert told in shown(pilot)
        await press(pilot, "j")
        assert [pane.body.top for pane in review(pilot).view.panes.values()] == [1, 1]


async def test_past_the_end_of_an_unfolded_instruction_the_answers_scroll(tmp_path: Path) -> None:
    short = rows(2, response_candidate=LONG, response_baseline=LONG, context="The policy.")
    async with app(database(tmp_path, short)).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "plus", "j", "j")
        assert [pane.body.top for pane in review(pilot).view.panes.values()] == [2, 2]
        await press(pilot, "G")
        assert "line 79" in shown(pilot)
