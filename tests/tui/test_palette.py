"""The palette offers on every screen what the app and the command line can do, by the words people look for."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from support.app_samples import app, database, make_app, press, review, rows, shown
from uphold.workflows.lookup import all_runs
from uphold.workflows.review_opening import ReviewOptions, open_review
from uphold_tui import keys, palette
from uphold_tui.checkpoints.screen import CheckpointsScreen
from uphold_tui.dialogs.commands import CommandScreen, ShellCommandScreen, key_commands, matching, review_commands
from uphold_tui.dialogs.hand_on import HandOnScreen
from uphold_tui.eval_set.screen import SetScreen
from uphold_tui.home.screen import HomeScreen
from uphold_tui.importing.file_screen import FileScreen
from uphold_tui.judging.screen import JudgingScreen
from uphold_tui.numbers.wrong import WrongScreen
from uphold_tui.pairs.screen import PairsScreen
from uphold_tui.place import Place
from uphold_tui.review.screen import ReviewScreen
from uphold_tui.standing.screen import StandingScreen
from uphold_tui.workbench.screen import WorkbenchScreen

SIZE = (120, 36)


async def choose(pilot: Any, typed: str) -> None:
    """Run the first command of the palette that these words find."""
    await press(pilot, "colon", *letters(typed), "enter")


def letters(words: str) -> list[str]:
    """The keys that type some words."""
    return ["space" if letter == " " else letter for letter in words]


def test_every_command_of_the_command_line_is_in_the_table_or_left_out_with_a_reason() -> None:
    from typer.main import get_command

    from uphold_tui.cli import app as cli

    def names(group: Any, before: tuple[str, ...] = ()) -> set[str]:
        found = set()
        for name in group.list_commands(None):
            command = group.get_command(None, name)
            if hasattr(command, "list_commands"):
                found |= names(command, (*before, name))
            if not getattr(command, "no_args_is_help", False):
                found.add(" ".join((*before, name)))
        return found

    assert set(palette.stood_for()) == names(get_command(cli))


def test_the_keys_that_an_entry_stands_for_exist() -> None:
    tables = (value for name, value in vars(keys).items() if name.isupper() and isinstance(value, tuple))
    ids = {key.id for table in tables for key in table}
    assert {key for entry in palette.ENTRIES for key in entry.keys} <= ids


def test_a_command_line_is_filled_in_and_can_be_pasted(tmp_path: Path) -> None:
    run = all_runs(database(tmp_path))[0]
    place = Place("it's; rm -rf", run)
    line = palette.shell_line("set floor {set} 0.75", place, ("uphold", "--db", "my file.db"))
    assert shlex.split(line) == ["uphold", "--db", "my file.db", "set", "floor", "it's; rm -rf", "0.75"]
    assert palette.shell_line("gate {run} --against RUN", place, ("uphold",)) == "uphold gate 1 --against RUN"
    assert palette.shell_line("set floor {set} 0.75", Place("a\x1b[2Jb"), ("uphold",)) == "uphold set floor SET 0.75"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("kappa", "numbers"),
        ("browse", "list of pairs"),
        ("load", "import a file"),
        ("html", "hand on: a report, or the pairs"),
        ("evaluate", "have this run judged"),
        ("regressions", "checkpoints of the set"),
        ("certificate", "standing: what is certified of the judge"),
        ("home", "start screen: runs and sets"),
        ("backup", "a safe copy of this file"),
        ("colleague", "a file for another reviewer"),
        ("accept", "uphold the judge"),
        ("neither", "both bad"),
    ],
)
def test_in_the_review_a_command_is_found_by_the_words_that_people_have(tmp_path: Path, typed: str, words: str) -> None:
    place = Place.of_run(all_runs(database(tmp_path))[0])
    elsewhere = palette.commands_anywhere(place, [key.id for key in keys.REVIEW], blind=False)
    commands = [*key_commands(keys.REVIEW, palette.words_of_key), *review_commands("mira"), *elsewhere]
    assert matching(commands, typed)[0].words == words


async def test_a_command_opens_its_screen_or_dialog(tmp_path: Path) -> None:
    screens = (
        ("spreadsheet", HandOnScreen),
        ("rubric clause", WorkbenchScreen),
        ("certificate", StandingScreen),
        ("mistakes", WrongScreen),
        ("evaluate", JudgingScreen),
        ("versus", CheckpointsScreen),
        ("curate", SetScreen),
        ("label topic", CommandScreen),
        ("threshold ci", ShellCommandScreen),
    )
    async with app(database(tmp_path)).run_test(size=SIZE) as pilot:
        await pilot.pause()
        for typed, screen in screens:
            await choose(pilot, typed)
            assert type(pilot.app.screen) is screen
            while len(pilot.app.screen_stack) > 1:
                pilot.app.pop_screen()
            await pilot.pause()


async def test_what_only_the_command_line_does_is_shown_and_copied(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=SIZE) as pilot:
        await pilot.pause()
        await choose(pilot, "gate")
        line = f"uphold --db {store.path} gate 1 --against RUN --margin 0.05"
        assert pilot.app.clipboard == line
        assert "words in capitals being yours to fill in" in shown(pilot)
        await press(pilot, "escape")
        assert review(pilot).session.index == 0


def on_top(pilot: Any) -> ReviewScreen:
    """The review that is on the screen."""
    assert isinstance(pilot.app.screen, ReviewScreen)
    return pilot.app.screen


async def test_a_queue_is_opened_from_the_review_and_left_for_it(tmp_path: Path) -> None:
    async with app(database(tmp_path)).run_test(size=SIZE) as pilot:
        await pilot.pause()
        await choose(pilot, "uncertain")
        assert on_top(pilot).session.queue == "uncertain"
        await press(pilot, "q")
        assert on_top(pilot).session.queue == "random"


async def test_the_pairs_of_a_tag_are_listed_or_read_first(tmp_path: Path) -> None:
    lines = rows(4, tags=["billing"])
    for row in lines[4:]:
        row["tags"] = ["refund"]
    async with app(database(tmp_path, lines)).run_test(size=SIZE) as pilot:
        await pilot.pause()
        await choose(pilot, "pairs with a tag")
        await press(pilot, *"ref", "enter")
        assert isinstance(pilot.app.screen, PairsScreen)
        assert pilot.app.screen.state.pair_filter.tag == "refund"
        await press(pilot, "q")
        await choose(pilot, "one tag first")
        await press(pilot, *"bill", "enter")
        assert on_top(pilot).session.queue == "tag:billing"


async def test_a_set_without_tags_says_so(tmp_path: Path) -> None:
    async with app(database(tmp_path)).run_test(size=SIZE) as pilot:
        await pilot.pause()
        await choose(pilot, "one tag first")
        assert "no example of this set has such a tag" in shown(pilot)


async def test_a_blind_review_offers_nothing_that_tells(tmp_path: Path) -> None:
    store = database(tmp_path)
    session = open_review(store, all_runs(store)[0], "mira", ReviewOptions(blind=True))
    async with make_app(store, session).run_test(size=SIZE) as pilot:
        await pilot.pause()
        for words in ("spreadsheet", "checkpoints", "by tag", "workbench"):
            await press(pilot, "colon", *letters(words))
            assert "no such command" in shown(pilot)
            await press(pilot, "escape")


async def test_a_key_of_the_screen_is_found_by_the_words_of_the_table_and_offered_once(tmp_path: Path) -> None:
    async with app(database(tmp_path)).run_test(size=SIZE) as pilot:
        await pilot.pause()
        await press(pilot, "colon", *"stats")
        assert re.search(r"numbers +i ", shown(pilot))
        assert "win rate and agreement" not in shown(pilot)


async def test_the_start_screen_over_a_review_leads_back_to_it(tmp_path: Path) -> None:
    async with app(database(tmp_path)).run_test(size=SIZE) as pilot:
        await pilot.pause()
        await choose(pilot, "start screen")
        assert "q back" in shown(pilot)
        await press(pilot, "q")
        assert review(pilot).session.index == 0


async def test_back_at_the_start_screen_a_set_that_was_changed_has_its_version(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with make_app(store).run_test(size=SIZE) as pilot:
        await pilot.pause()
        await press(pilot, "E", "D", *"thin", "enter")
        await choose(pilot, "start screen")
        assert isinstance(pilot.app.screen, HomeScreen)
        assert store.one("SELECT COUNT(*) FROM set_versions")[0] == 1
        assert len(pilot.app.screen_stack) == 1


async def test_import_is_offered_on_every_screen(tmp_path: Path) -> None:
    async with app(database(tmp_path)).run_test(size=SIZE) as pilot:
        await pilot.pause()
        for key in ("l", "i", "E"):
            await press(pilot, key)
            await choose(pilot, "import a file")
            assert isinstance(pilot.app.screen, FileScreen)
            await press(pilot, "escape", "q")
