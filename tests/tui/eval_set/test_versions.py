"""Versions in the app: the difference and what it did, two compared, one brought back, and what is lacking judged."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from support.app_samples import app, database, make_app, press, rows, shown
from uphold.records.set_history import VersionReason
from uphold.records.sets import ExampleEdit, NewExample
from uphold.records.texts import ExampleText
from uphold.workflows.curating import SetEditor, list_examples
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judging import judge_run
from uphold.workflows.lookup import Store, open_store
from uphold.workflows.set_versions import cut_version, list_versions
from uphold_tui.eval_set.screen import SetScreen
from uphold_tui.eval_set.versions.screen import VersionsScreen
from uphold_tui.judging.background import BackgroundJudging
from uphold_tui.judging.screen import JudgingScreen

SET, SIZE = "sample", (120, 36)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A judged run of four examples: version 1; then one is added, one retired, one edited: version 2."""
    folder = tmp_path_factory.mktemp("versions")
    with database(folder, rows(4)) as store:
        cut_version(store, SET, VersionReason.JUDGED, "mira")
        editor = SetEditor(store, SET, "mira")
        editor.add([NewExample(ExampleText(("A new one.",), None, (None,)), "k-new")])
        editor.retire(["k-001"], "it asks nothing")
        editor.edit("k-002", ExampleEdit(turns=("another instruction 2",)))
        cut_version(store, SET, VersionReason.EDITED, "mira")
    return folder / "uphold.db"


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Iterator[Store]:
    """A copy of it."""
    with open_store(Path(shutil.copy(made, tmp_path / "uphold.db"))) as opened:
        yield opened


async def opened(pilot: "Pilot[str]") -> VersionsScreen:
    """The versions of the run's set, opened from its screen."""
    await pilot.pause()
    await press(pilot, "E", "V")
    assert isinstance(pilot.app.screen, VersionsScreen)
    return pilot.app.screen


async def test_the_difference_and_what_it_did_add_up(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        page = shown(pilot)
        for words in ("v2 against v1", "1 added", "1 retired", "“it asks nothing”", "1 edited", "2 the same"):
            assert words in page
        assert "another instruction 2" in page
        assert "What v2 did to the 4 pairs made on v1" in page
        assert screen.strip.is_stale
        rows_of = {row.split()[2]: re.findall(r"\d+", row)[:3] for row in page.splitlines() if " judgments " in row}
        assert rows_of == {"stale": ["1", "2", "0"], "retired": ["1", "2", "0"], "stand": ["2", "4", "0"]}
        await press(pilot, "j")
        assert "The first version: nothing to compare." in shown(pilot)
        assert not screen.strip.is_stale


async def test_marked_ones_are_compared_and_one_is_brought_back_and_taken_back(store: Store) -> None:
    SetEditor(store, SET, "mira").edit("k-003", ExampleEdit(context="Be kind."))
    async with make_app(store, reviewer="mira").run_test(size=SIZE) as pilot:
        await opened(pilot)
        assert "now against v2" in shown(pilot)
        await press(pilot, "c")
        assert "space marks the one to compare with" in shown(pilot)
        await press(pilot, "space", "G", "c")
        assert "now against v1" in shown(pilot)
        assert "2 edited" in shown(pilot)
        await press(pilot, "V")
        assert "Bring v1 back, as a new version?" in shown(pilot)
        await press(pilot, "escape", "V", "enter")
        assert "version 1 is back as version 4" in shown(pilot)
        assert [one.active for one in list_versions(store, SET)] == [4, 4, 4, 4]
        assert next(row for row in list_examples(store, SET) if row.key == "k-003").text.context is None
        await press(pilot, "G", "V")
        assert "the set is as in v1 already" in shown(pilot)
        await press(pilot, "u")
        assert "taken back: version 1 brought back" in shown(pilot)
        assert next(row for row in list_examples(store, SET) if row.key == "k-003").text.context == "Be kind."
        await press(pilot, "q")
        assert isinstance(pilot.app.screen, SetScreen)
        assert "Active 4" in shown(pilot)


async def judged_with_an_older_reference(folder: Path) -> Store:
    """A judged run of two examples, of which one has another reference since."""
    answers = {"response_candidate": "It is blue.", "response_baseline": "No."}
    lines = [{"key": key, "instruction": f"Which colour has {key}?", "reference": "Blue.", **answers} for key in "ab"]
    store = database(folder, lines)
    async for _ in judge_run(store, JudgeRequest("rules:closer")):
        pass
    SetEditor(store, SET, "mira").edit("a", ExampleEdit(references=("It is blue.",)))
    return store


async def test_what_is_lacking_is_named_with_its_cost_before_it_is_judged(store: Store, tmp_path: Path) -> None:
    async with app(store).run_test(size=SIZE) as pilot:
        await opened(pilot)
        await press(pilot, "J")
        assert "a run is under review" in shown(pilot)
    (tmp_path / "lacking").mkdir()
    with await judged_with_an_older_reference(tmp_path / "lacking") as unjudged:
        async with make_app(unjudged, reviewer="mira").run_test(size=SIZE) as pilot:
            await opened(pilot)
            assert "verdicts that saw an older reference; decisions stand" in shown(pilot)
            await press(pilot, "J")
            assert "1 pair, 0 calls, about $0.00" in shown(pilot)
            await press(pilot, "enter")
            screen = pilot.app.screen
            assert isinstance(screen, JudgingScreen)
            assert screen.work is not None
            screen.work.stop_and_wait()
            await press(pilot, "q", "J")
            assert "nothing is lacking: judges have read the present texts" in shown(pilot)


async def test_judging_that_ends_before_its_screen_is_there_is_shown_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = BackgroundJudging.start

    def start_and_end(work: BackgroundJudging) -> None:
        start(work)
        work._thread.wait(20)

    monkeypatch.setattr(BackgroundJudging, "start", start_and_end)
    with await judged_with_an_older_reference(tmp_path) as store:
        async with make_app(store, reviewer="mira").run_test(size=SIZE) as pilot:
            await opened(pilot)
            await press(pilot, "J", "enter")
            screen = pilot.app.screen
            assert isinstance(screen, JudgingScreen)
            assert screen.work is not None
            assert screen.work.status.ended
            assert "Which judge reads this run?" not in shown(pilot)


async def test_a_narrow_screen_has_the_list_then_the_difference(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        assert not screen.diff.region.width
        await press(pilot, "enter")
        assert not screen.list.region.width
        assert "v2 against v1" in shown(pilot)
        await press(pilot, "escape")
        assert screen.list.region.width


async def test_paging_is_offered_where_the_difference_goes_on(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        assert not screen.diff.max_top
        assert "pgdn page" not in shown(pilot)
        await pilot.resize_terminal(SIZE[0], 20)
        await press(pilot)
        assert screen.diff.max_top
        assert "pgdn page" in shown(pilot)
        await press(pilot, "j")
        assert "The first version: nothing to compare." in shown(pilot)
        assert "pgdn page" not in shown(pilot)
