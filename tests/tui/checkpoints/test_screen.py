"""The checkpoints of a set on their screen: the history, what was lost, blessing, marks, old and new answer."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.app_samples import make_app, press, shown
from support.hostile_texts import attack, short
from support.imports import bring, bring_files, compared, write
from support.picture_checkpoints import checkpoints
from support.stores import new_store
from uphold.store.blessed import find_blessed
from uphold.store.database import Store, open_store
from uphold.store.sets import find_set
from uphold_tui.checkpoints.screen import CheckpointsScreen
from uphold_tui.dialogs.report import ReportScreen
from uphold_tui.home.screen import HomeScreen
from uphold_tui.numbers.screen import NumbersScreen

WIDE = (120, 36)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("checkpoints") / "made" / "x.db"
    path.parent.mkdir()
    checkpoints(path)
    return path


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Iterator[Store]:
    with open_store(Path(shutil.copy(made, tmp_path / "x.db"))) as opened:
        yield opened


async def test_each_run_stands_against_the_blessed_one_with_a_row_where_judge_or_set_changed(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=WIDE) as pilot:
        await press(pilot, "c")
        assert isinstance(pilot.app.screen, CheckpointsScreen)
        screen = shown(pilot)
        assert "4 runs   blessed: lora-r16" in screen
        rows = [row.split()[0] for row in screen.splitlines() if row.strip().startswith(("lora", "~"))]
        assert rows == ["lora-r32", "~", "lora-r16-e3", "~", "lora-r16", "lora-r8"]
        assert "the judge changed here   rules:closer to rules:exact: a jump may be the judge's" in screen
        assert "the set changed here   v1 to v2, +0 −1 ~0: compared on the 23 they share" in screen
        assert "−13  −32 to +6" in screen
        assert "20 read" not in screen
        assert "0 read   » 20" in screen
        assert "45  carried" in screen
        assert "c compare  x hand on    r new checkpoint    ? all keys  q back" in screen
        await press(pilot, "q")
        assert isinstance(pilot.app.screen, HomeScreen)


async def test_enter_goes_to_the_lost_examples_and_on_to_old_and_new_answer(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=WIDE) as pilot:
        await press(pilot, "c")
        assert "» carried    from lora-r16-e3" in shown(pilot)
        await press(pilot, "down")
        assert "Lost by lora-r16-e3 what lora-r16 had won" in shown(pilot)
        assert "3 of the 23 known in both" in shown(pilot)
        assert "you          “reads like a contract”" in shown(pilot)
        await press(pilot, "enter")
        assert "esc to the checkpoints    ? all keys  q back" in shown(pilot)
        await press(pilot, "enter")
        both = shown(pilot)
        assert "win to loss   1 of 3" in both
        assert both.index("esc close    n N next, previous") < both.index("A customer writes")
        assert "2 words only here" in both
        assert "you: base-7b  “reads like a contract”" in both
        assert "you: lora-r16  » from lora-r8" in both
        assert "rules:closer: lora-r16-e3  “F1 with the reference" in both
        await press(pilot, "n", "escape")
        screen = pilot.app.screen
        assert isinstance(screen, CheckpointsScreen)
        assert screen.example == 1
        await press(pilot, "tab")
        assert "Won by lora-r16-e3 what lora-r16 had lost" in shown(pilot)
        await press(pilot, "q")
        assert pilot.app.screen is screen
        assert screen.example is None


async def test_where_no_lost_example_has_a_reason_the_instructions_have_its_room(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=WIDE) as pilot:
        await press(pilot, "c", "G")
        row = next(row.rstrip() for row in shown(pilot).splitlines() if "desk-0009" in row)
        assert row.endswith("…  you")
        assert len(row) > 100


async def test_b_blesses_with_a_note_and_the_differences_are_read_again(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=WIDE) as pilot:
        await press(pilot, "c", "G", "b", *"old", "enter")
        found = find_blessed(store, find_set(store, "support-desk"))
        assert found is not None
        assert (found.run.candidate, found.note, found.reviewer) == ("lora-r8", "old", "mira")
        screen = shown(pilot)
        assert "lora-r8  blessed" in screen
        assert "lora-r8 is blessed since" in screen
        assert "“old”" in screen
        assert "+26  +4 to +48" in screen


async def test_the_marked_ones_are_compared_and_one_alone_with_the_blessed(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=WIDE) as pilot:
        await press(pilot, "c", "G", "c")
        assert isinstance(pilot.app.screen, ReportScreen)
        assert "lora-r8-vs-base-7b -> lora-r16-vs-base-7b" in shown(pilot)
        await press(pilot, "escape", "space", "up", "space", "up", "space")
        assert shown(pilot).count("marked") >= 3
        await press(pilot, "c")
        assert "lora-r8: not the best" in shown(pilot)
        assert "lora-r16: may be best" in shown(pilot)


async def test_in_a_low_terminal_the_list_has_the_rows_that_the_strip_can_spare(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=(80, 24)) as pilot:
        await press(pilot, "c")
        screen = pilot.app.screen
        assert isinstance(screen, CheckpointsScreen)
        assert screen.list.size.height == 12
        assert screen.lost.size.height == 5
        await press(pilot, "enter")
        assert "q back" in shown(pilot).splitlines()[-1]


async def test_without_a_blessed_run_the_columns_say_which_key_blesses_one(store: Store) -> None:
    with store.writing() as conn:
        conn.execute("DELETE FROM blessed")
    async with make_app(store, reviewer="mira").run_test(size=(80, 24)) as pilot:
        await press(pilot, "c")
        screen = shown(pilot)
        assert "b blesses a run" in screen
        assert "No run is blessed" in screen
        assert "lost" not in screen.splitlines()[3]
        await press(pilot, "enter", "tab", "space", "c", "escape")
        assert isinstance(pilot.app.screen, CheckpointsScreen)


async def test_benchmarks_stand_against_the_baseline_and_give_way_where_it_is_narrow(store: Store) -> None:
    rows = [
        {"system": system, "name": "mmlu:acc", "value": value, "error": 0.01, "n": 1000}
        for system, value in (("base-7b", 0.5), ("lora-r8", 0.45), ("lora-r16", 0.505))
    ]
    bring_files(store, write(store.path.with_name("scores.jsonl"), *rows), format="scores")
    async with make_app(store, reviewer="mira").run_test(size=WIDE) as pilot:
        await press(pilot, "c")
        screen = shown(pilot)
        assert "mmlu:acc" in screen
        assert "−5.0 !" in screen
        assert "+0.5" in screen
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "mmlu" not in shown(pilot)


async def test_numbers_of_a_run_and_back_and_a_set_without_runs(store: Store, tmp_path: Path) -> None:
    bring(store, {"key": "a", "instruction": "Say a."}, set_="bare")
    async with make_app(store, reviewer="mira").run_test(size=WIDE) as pilot:
        await press(pilot, "i", "c")
        assert isinstance(pilot.app.screen, CheckpointsScreen)
        await press(pilot, "i")
        assert isinstance(pilot.app.screen, NumbersScreen)
        await press(pilot, "q", "q", "q", "G", "c")
        assert "No run yet" in shown(pilot)
        await press(pilot, "enter", "b", "space", "c", "i", "j")
        assert isinstance(pilot.app.screen, CheckpointsScreen)


async def test_hostile_names_notes_and_answers_are_shown_as_text(tmp_path: Path) -> None:
    with new_store(tmp_path / "x.db") as store:
        for name, said in (("one", "candidate"), ("two", "baseline")):
            row = compared(short("key"), candidate=short(name), baseline="base", review=said, reviewer=short("who"))
            row |= {"instruction": attack("asked"), "note": attack("note"), "response_candidate": attack(name)}
            bring(store, row, set_=short("set"))
        with store.writing() as conn:
            conn.execute(
                "INSERT INTO blessed (run_id, note, created_at) VALUES (1, ?, '2026-03-03T00:00:00Z')", (attack("why"),)
            )
        async with make_app(store, reviewer="mira").run_test(size=WIDE) as pilot:
            await press(pilot, "c")
            assert "1 of the 1 known in both" in shown(pilot)
            await press(pilot, "enter", "enter")
            assert "win to loss" in shown(pilot)
            await press(pilot, "escape", "q", "space", "down", "c")
            assert isinstance(pilot.app.screen, ReportScreen)
            assert shown(pilot).replace("\n", "").isprintable()


async def test_x_hands_on_a_report_of_the_marked_checkpoints(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = store.path.parent
    monkeypatch.chdir(folder)
    async with make_app(store, reviewer="mira").run_test(size=WIDE) as pilot:
        await press(pilot, "c", "space", "down", "space", "x")
        assert "Hand on 2 runs" in shown(pilot)
        assert "CSV" not in shown(pilot)
        await press(pilot, "enter")
        for _ in range(200):
            if "report written: " in shown(pilot):
                break
            await pilot.pause(0.01)
        assert (folder / "support-desk-checkpoints.html").read_text("utf-8").count("<h1>") == 2
