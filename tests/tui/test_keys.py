"""Keys are data: bindings, help and footers are made from the tables, and a person can remap them."""

from pathlib import Path

import pytest

from support.app_samples import app, database, press, review, shown
from uphold_tui.app import UpholdApp
from uphold_tui.checkpoints.screen import CheckpointsScreen
from uphold_tui.dialogs.help import REVIEW_NOTE, page
from uphold_tui.eval_set.proposals.screen import ProposalsScreen
from uphold_tui.eval_set.screen import SetScreen
from uphold_tui.eval_set.versions.screen import VersionsScreen
from uphold_tui.importing.file_screen import FileScreen
from uphold_tui.importing.screen import ImportScreen
from uphold_tui.keys import (
    CHECKPOINTS,
    EVAL_SET,
    FILES,
    HOME,
    IMPORT,
    NEW_CHECKPOINT,
    NUMBERS,
    OVERLAY,
    PAIRS,
    PROPOSALS,
    REVIEW,
    VERSIONS,
    WRONG,
    help_lines,
    label,
    labels,
    remapped,
)
from uphold_tui.new_checkpoint.screen import NewCheckpointScreen
from uphold_tui.numbers.screen import NumbersScreen
from uphold_tui.numbers.wrong import WrongScreen
from uphold_tui.pairs.screen import PairsScreen
from uphold_tui.review.screen import ReviewScreen

TABLES = (
    REVIEW,
    HOME,
    FILES,
    IMPORT,
    OVERLAY,
    PAIRS,
    NUMBERS,
    EVAL_SET,
    PROPOSALS,
    VERSIONS,
    CHECKPOINTS,
    NEW_CHECKPOINT,
    WRONG,
)


@pytest.mark.parametrize("table", TABLES)
def test_no_key_does_two_things_on_one_screen(table: tuple[object, ...]) -> None:
    keys = [key for entry in table for key in entry.keys]  # type: ignore[attr-defined]
    assert len(keys) == len(set(keys))


def test_ids_are_unique_over_all_screens() -> None:
    ids = [entry.id for table in TABLES for entry in table]
    assert len(ids) == len(set(ids))


def test_every_key_of_the_review_has_its_action() -> None:
    for entry in REVIEW:
        assert hasattr(ReviewScreen, f"action_{entry.action.split('(')[0]}"), entry.id


def test_every_key_of_the_list_and_the_numbers_has_its_action() -> None:
    screens = (
        (PAIRS, PairsScreen),
        (NUMBERS, NumbersScreen),
        (WRONG, WrongScreen),
        (EVAL_SET, SetScreen),
        (FILES, FileScreen),
        (IMPORT, ImportScreen),
        (PROPOSALS, ProposalsScreen),
        (VERSIONS, VersionsScreen),
        (CHECKPOINTS, CheckpointsScreen),
        (NEW_CHECKPOINT, NewCheckpointScreen),
    )
    for table, screen in screens:
        for entry in table:
            owner, _, action = entry.action.split("(")[0].rpartition(".")
            assert hasattr(UpholdApp if owner == "app" else screen, f"action_{action}"), entry.id


def test_neighbours_with_the_same_words_share_a_line_of_help() -> None:
    lines = {line.text: line.keys for line in help_lines(REVIEW)}
    assert lines["scroll"] == ("j", "k")
    assert lines["page"] == ("space", "-")
    assert lines["next"] == ("→", "J")


def test_help_names_every_key_and_cuts_nothing_where_there_is_room() -> None:
    text = page("Keys while reviewing", REVIEW, REVIEW_NOTE, 97).plain
    assert "…" not in text
    for entry in REVIEW:
        assert labels(entry)[0] in text
        assert entry.help in text


def test_help_goes_below_one_another_where_there_is_no_room_for_columns() -> None:
    rows = page("Keys", REVIEW, REVIEW_NOTE, 50).plain.splitlines()
    assert all(len(row) <= 50 for row in rows)
    assert len(rows) > len(REVIEW) // 2


def test_help_of_the_start_screen_stands_in_two_columns_and_in_one_has_no_blank_row_at_its_end() -> None:
    two, one = (page("Keys", HOME, "", width).plain.splitlines() for width in (100, 60))
    assert "Runs" in two[2]
    assert "Sets" in two[2]
    assert one[-1].strip()
    assert len(two) < len(one)


def test_a_remapped_key_is_shown_as_it_is() -> None:
    table = {entry.id: entry for entry in remapped(REVIEW, {"review.tie": "e,E"})}
    assert table["review.tie"].keys == ("e", "E")
    assert label(table["review.tie"]) == "e"
    assert table["review.a"].keys == ("a", "1")


async def test_a_remapped_key_works_and_stands_where_the_old_one_stood(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store, keymap={"review.tie": "T"}).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert "T tie" in shown(pilot)
        await press(pilot, "t")
        assert review(pilot).session.progress.read == 0
        await press(pilot, "T")
        assert review(pilot).session.progress.read == 1
        await press(pilot, "question_mark")
        assert "T         tie, both good" in shown(pilot)
