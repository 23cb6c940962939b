"""Commands by name: ours, and a number is a pair."""

from pathlib import Path
from time import monotonic

import pytest
from textual.events import Key
from textual.widgets import Static

from support.app_samples import app, database, press, review, shown
from uphold.records.enums import QuickFilter
from uphold_tui.dialogs.commands import Command, key_commands, matching
from uphold_tui.keys import REVIEW
from uphold_tui.pairs.screen import PairsScreen

ALL = key_commands(REVIEW)


def test_a_number_is_a_jump_whatever_stands_before_it() -> None:
    assert matching(ALL, ":37") == matching(ALL, " 37") == [Command("go to pair 37 of the queue", "jump(37)")]


def test_a_part_of_a_key_goes_to_its_pair_and_a_number_to_both() -> None:
    def find(text: str) -> list[tuple[int, str]]:
        return [(place, key) for place, key in ((3, "desk-0042"), (42, "desk-0007")) if text in key]

    assert [one.action for one in matching(ALL, "desk-0042", find)] == ["jump(3)"]
    assert [one.action for one in matching(ALL, "42", find)] == ["jump(42)", "jump(3)"]
    assert matching(ALL, "", find) == ALL
    assert matching(ALL, "42", jumps=False) == []


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


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("disagree", "pairs on which you and the judge differ"),
        ("reviewer", "reviewer: you are mira"),
        ("tour", "tour: two minutes"),
        ("colour", "theme uphold-dark, as now"),
        ("k-002", "go to k-002"),
    ],
)
async def test_a_command_is_found_by_the_word_that_people_have_for_it(tmp_path: Path, typed: str, told: str) -> None:
    async with app(database(tmp_path)).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "colon", *typed)
        assert told in shown(pilot)


async def test_the_pairs_one_overturned_are_listed_by_name(tmp_path: Path) -> None:
    async with app(database(tmp_path)).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "colon", *"differ", "enter")
        assert isinstance(pilot.app.screen, PairsScreen)
        assert pilot.app.screen.state.pair_filter.only is QuickFilter.OVERTURNED


async def test_the_list_follows_the_arrows_and_esc_closes(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "ctrl+p", *"diff", "enter")
        assert review(pilot).reading.diff
        await press(pilot, "colon", "down", "up", "escape")
        assert len(pilot.app.screen_stack) == 1
        assert review(pilot).session.progress.read == 0


@pytest.mark.parametrize(("size", "seen"), [((80, 24), 12), ((120, 36), 12), ((200, 60), 36)])
async def test_a_high_screen_shows_more_commands_at_once(tmp_path: Path, size: tuple[int, int], seen: int) -> None:
    async with app(database(tmp_path)).run_test(size=size) as pilot:
        await pilot.pause()
        await press(pilot, "colon")
        found = pilot.app.screen.query_one("#found", Static)
        assert found.size.height == seen + 1, "one more says how many follow"
        assert " more below" in shown(pilot)


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
        await pilot.pause()
        assert review(pilot).session.index == 2
        for character in "cquick":
            pilot.app.post_message(Key(character, character))
        await pilot.pause()
        await press(pilot, "enter")
        assert review(pilot).session.current.state.comment == "quick"  # type: ignore[union-attr]


async def test_enter_alone_rates_nothing(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "colon", "enter")
        assert review(pilot).session.progress.read == 0
