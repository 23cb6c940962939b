"""Commands by name: ours, and a number is a pair."""

from pathlib import Path
from time import monotonic

from textual.events import Key

from tui_samples import app, database, press, review, shown
from uphold_tui.keys import REVIEW
from uphold_tui.screens.commands import Command, key_commands, matching

ALL = key_commands(REVIEW)


def test_a_number_is_a_jump_whatever_stands_before_it() -> None:
    assert matching(ALL, ":37") == matching(ALL, " 37") == [Command("go to pair 37", "jump(37)")]


def test_words_may_come_in_any_order() -> None:
    assert [command.words for command in matching(ALL, "turns ear")] == ["earlier turns"]
    assert matching(ALL, "no such thing") == []
    assert matching(ALL, "") == ALL


def test_two_keys_with_the_same_words_stay_two_commands_only_where_they_do_different_things() -> None:
    actions = [command.action for command in ALL]
    assert len(actions) == len(set(actions))


async def test_the_theme_can_be_changed_and_everything_is_drawn_anew(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "colon", *"light", "enter")
        assert "light" in pilot.app.theme
        assert "enter uphold" in shown(pilot)


async def test_the_list_follows_the_arrows_and_esc_closes(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "ctrl+p", *"diff", "enter")
        assert review(pilot).reading.diff
        await press(pilot, "colon", "down", "up", "escape")
        assert len(pilot.app.screen_stack) == 1
        assert review(pilot).session.progress.read == 0


async def test_textuals_own_commands_are_not_there(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "colon", *"screenshot")
        assert "no such command" in shown(pilot)


async def test_keys_that_come_together_reach_the_field_and_not_the_panel(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        now = monotonic()
        for key, character in (("colon", ":"), ("3", "3"), ("enter", None)):
            event = Key(key, character)
            event.time = now
            pilot.app.post_message(event)
        await pilot.pause(0.2)
        assert review(pilot).session.index == 2
        for character in "cquick":
            pilot.app.post_message(Key(character, character))
        await pilot.pause(0.2)
        await press(pilot, "enter")
        assert review(pilot).session.current.stand.comment == "quick"  # type: ignore[union-attr]


async def test_enter_alone_rates_nothing(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "colon", "enter")
        assert review(pilot).session.progress.read == 0
