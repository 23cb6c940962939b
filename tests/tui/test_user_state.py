"""What the app remembers of a user: read where it is as uphold writes it, written whole or not at all, never in the way."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from support.app_samples import app, database, press, review, shown
from uphold.records.enums import SortOrder
from uphold_tui.themes import usual_theme
from uphold_tui.user_state import UserState, read_state, save_state, state_file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "state.json"


def test_without_a_file_nothing_is_remembered_and_nothing_is_amiss(path: Path) -> None:
    assert read_state(path) == (UserState(), None)


def test_what_is_saved_is_read_again(path: Path) -> None:
    now = UserState("nord", True, SortOrder.LATEST, "LATEST")
    save_state(path, UserState(), now)
    assert read_state(path) == (now, None)
    assert [one.name for one in path.parent.iterdir()] == ["state.json"]


def test_only_what_changed_is_written_so_that_two_programs_keep_each_others(path: Path) -> None:
    before = UserState()
    save_state(path, before, replace(before, theme="nord"))
    save_state(path, before, replace(before, stacked=True))
    assert read_state(path)[0] == UserState("nord", True)


def test_where_nothing_changed_no_file_is_made(path: Path) -> None:
    save_state(path, UserState(), UserState())
    assert not path.parent.exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '"text"', "\ud800", "[" * 200_000, "x" * 70_000])
def test_a_broken_file_is_ignored_with_a_sentence_and_made_anew(path: Path, content: str) -> None:
    path.parent.mkdir()
    path.write_text(content, "utf-8", errors="surrogatepass")
    state, problem = read_state(path)
    assert state == UserState()
    assert problem is not None
    assert str(path) in problem
    save_state(path, UserState(), UserState(stacked=True))
    assert read_state(path) == (UserState(stacked=True), None)


@pytest.mark.parametrize("odd", [{"theme": 5}, {"stacked": "yes"}, {"pair_order": "sideways"}, {"theme": "x" * 100}])
def test_a_value_that_cannot_be_is_left_out_and_the_others_count(path: Path, odd: dict[str, object]) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"example_order": "LATEST", **odd, "unknown": 1}))
    state, problem = read_state(path)
    assert state == UserState(example_order="LATEST")
    assert problem is not None
    assert next(iter(odd)) in problem


def test_a_folder_that_cannot_be_written_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    save_state(tmp_path / "file" / "state.json", UserState(), UserState(stacked=True))
    assert read_state(tmp_path / "file" / "state.json")[0] == UserState()


def test_the_environment_says_where_it_is(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setenv("UPHOLD_STATE", str(path))
    assert state_file() == path
    monkeypatch.delenv("UPHOLD_STATE")
    assert state_file().name == "state.json"


async def test_theme_stacked_panes_and_the_order_of_a_list_go_into_the_state(tmp_path: Path) -> None:
    state = UserState()
    async with app(database(tmp_path), state=state, theme=None).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "o")
        await review(pilot).run_action("theme('nord')")
        await press(pilot, "l", "o")
    assert state == UserState("nord", True, SortOrder.KEY)
    async with app(database(tmp_path), state=state, theme=None).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert pilot.app.theme == "nord"
        assert review(pilot).has_class("-stacked")
        await press(pilot, "l")
        assert "order: by key" in shown(pilot)


async def test_the_settings_go_before_what_is_remembered_and_a_theme_that_is_gone_is_not_missed(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store, state=UserState("nord"), theme="uphold-light").run_test() as pilot:
        assert pilot.app.theme == "uphold-light"
    async with app(store, state=UserState("no-such-theme"), theme=None).run_test() as pilot:
        assert pilot.app.theme == usual_theme(pilot.app.console.color_system)
