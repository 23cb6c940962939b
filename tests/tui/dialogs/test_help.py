"""The tour, which changes nothing, and the guidelines of a set."""

from pathlib import Path

from support.app_samples import app, database, make_app, press, review, session, shown
from support.imports import dump, give_guidelines
from uphold_tui.dialogs.help import TourScreen, page
from uphold_tui.keys import REVIEW
from uphold_tui.review.screen import ReviewScreen


def test_keys_in_one_column_end_like_those_in_several() -> None:
    alone = page("Keys", [key for key in REVIEW if key.id in ("review.undo", "review.a")], "", 105).plain.splitlines()
    assert alone[-1].strip()
    noted = page("Keys", REVIEW, "a note", 40).plain.splitlines()
    assert [bool(row.strip()) for row in noted[-3:]] == [True, False, True]


async def test_the_tour_is_offered_once_and_begins_in_the_list_of_keys(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with make_app(store, session(store), tour=True).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert "? all keys, and a tour of two minutes" in shown(pilot)
        await press(pilot, "question_mark", "t")
        assert isinstance(pilot.app.screen, TourScreen)
        assert "1 of 5" in shown(pilot)


async def test_the_tour_goes_on_with_enter_and_leaves_nothing_behind(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        before, screen = dump(store), shown(pilot)
        await press(pilot, "question_mark", "t")
        said = []
        for _ in range(5):
            said.append(shown(pilot))
            await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ReviewScreen)
        assert "enter uphold" in said[1]
        assert "a A better" in said[2]
        assert "u undo" in said[3]
        assert "i numbers" in said[4]
        assert shown(pilot) == screen
        assert dump(store) == before


async def test_esc_ends_the_tour_at_any_step_and_a_decision_key_in_it_decides_nothing(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "question_mark", "t", "enter", "a", "escape")
        assert isinstance(pilot.app.screen, ReviewScreen)
        assert review(pilot).session.progress.read == 0


async def test_remapped_keys_are_named_as_they_are_in_the_tour(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store, keymap={"review.uphold": "y"}).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await press(pilot, "question_mark", "t", "enter")
        assert "y uphold" in shown(pilot)


async def test_capital_i_shows_the_guidelines_or_says_that_there_are_none(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "I")
        assert "None are written down for this set." in shown(pilot)
        await press(pilot, "I")
        with store.writing() as conn:
            give_guidelines(conn, "Short, [b]kind\x1b[2J, correct.")
        await press(pilot, "I")
        assert "Guidelines of sample" in shown(pilot)
        assert "[b]kind␛[2J, correct." in shown(pilot)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, ReviewScreen)
