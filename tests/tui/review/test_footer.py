"""The footer: each key stands once on the screen, and those that do nothing here do not stand there."""

import re
from pathlib import Path

import pytest

from support.app_samples import app, database, make_app, press, review, rows, shown
from uphold.workflows.lookup import find_run
from uphold.workflows.review_opening import ReviewOptions, open_review

SIZES = [(80, 24), (100, 24), (120, 36), (200, 60)]


def entries(row: str) -> set[str]:
    """The entries of a row of keys: `f flag`, `enter next`."""
    parts = re.split(r"\s{2,}", row.strip("▌ "))
    return {part for part in parts if re.fullmatch(r"(enter|esc|.) [a-z ]+", part)}


def you_row(screen: str) -> str:
    return next(row for row in reversed(screen.splitlines()) if row.lstrip("▌ ").startswith("You"))


@pytest.mark.parametrize("size", SIZES)
async def test_what_the_you_row_offers_after_a_decision_the_footer_does_not_repeat(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with app(database(tmp_path)).run_test(size=size) as pilot:
        await pilot.pause()
        for key, ruled in (("enter", "upheld"), ("t", "overturned")):
            await press(pilot, key, "left", "right", "left")
            screen = shown(pilot)
            above, footer = you_row(screen), screen.splitlines()[-1]
            assert ruled in above
            assert "enter next" in entries(above)
            assert {"c comment", "f flag", "u undo"} <= entries(above) | entries(footer)
            assert not entries(above) & entries(footer)
            assert not ("why" in above and "why" in footer)
            assert "skip" not in footer
            await press(pilot, "right")


async def test_while_a_message_stands_in_their_place_the_footer_has_them(tmp_path: Path) -> None:
    async with app(database(tmp_path)).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "t", "left", "p")
        screen = shown(pilot)
        assert "no earlier turn here" in you_row(screen)
        assert {"u undo", "c comment", "w why"} <= entries(screen.splitlines()[-1])


@pytest.mark.parametrize("size", SIZES)
async def test_while_something_is_found_the_keys_of_the_search_come_first(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with app(database(tmp_path)).run_test(size=size) as pilot:
        await pilot.pause()
        await press(pilot, "slash", *"candidate", "enter")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        footer = shown(pilot).splitlines()[-1]
        assert footer.split()[:3] == ["n", "next", "match"]
        assert footer.endswith("q back")


async def test_a_match_below_the_screen_is_scrolled_to_and_one_in_sight_is_left_where_it_is(tmp_path: Path) -> None:
    lines = rows(1, response_candidate="first words\n" + "line\n" * 60 + "the kettle", response_baseline="a kettle")
    async with app(database(tmp_path, lines)).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert "the kettle" not in shown(pilot)
        await press(pilot, "slash", *"kettle", "enter")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert "the kettle" in shown(pilot)
        assert "a kettle" in shown(pilot)


async def test_from_160_columns_there_is_room_for_the_list_and_the_numbers(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        assert "l pairs  i numbers    / find  F filter" in shown(pilot)
    hidden = open_review(store, find_run(store, None), "mira", ReviewOptions(blind=True))
    async with make_app(store, hidden).run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        assert "l pairs" in shown(pilot)
        assert "i numbers" not in shown(pilot)


async def test_the_whole_instruction_is_as_high_as_its_rows_beside_the_rail(tmp_path: Path) -> None:
    text = "\n".join(["word " * 34] * 8)
    async with app(database(tmp_path, rows(1, instruction=text))).run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        await press(pilot, "plus")
        whole = review(pilot).view.whole
        assert not whole.overflows
        assert shown(pilot).count("word ") >= 34 * 8 - 16
