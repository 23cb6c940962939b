"""A new checkpoint on its screen: from `uphold run` to the first decision, a failed step, nothing to read, and leaving."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.content import Content
from textual.pilot import Pilot

from support.app_samples import press, shown
from support.checkpoints import SETTINGS, brought, keys, project, read
from support.imports import write
from support.model_server import Asked, Gate, Reply, chat, error, serving
from support.picture_new_checkpoint import half_done
from uphold.endpoints.retrying import NO_RETRY
from uphold.records.enums import Choice
from uphold.store.database import Store, open_store
from uphold.store.runs import all_runs
from uphold.workflows.checkpoint_run import CheckpointRequest
from uphold.workflows.checkpoints import bless_run
from uphold_tui.app import NewCheckpoint, UpholdApp, app_end
from uphold_tui.app_options import AppOptions
from uphold_tui.checkpoints.screen import CheckpointsScreen
from uphold_tui.dialogs.checkpoint_form import CheckpointForm
from uphold_tui.new_checkpoint.page import NewCheckpointPage
from uphold_tui.new_checkpoint.screen import NewCheckpointScreen
from uphold_tui.review.screen import ReviewScreen
from uphold_tui.themes import PLAIN

KEYS = keys(12)

FIRST = {key: f"it is {key}" for key in KEYS}

SECOND = FIRST | {KEYS[0]: "no clue", KEYS[1]: f"it is {KEYS[1]} indeed"}

WIDE = (120, 36)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose first checkpoint is read and blessed."""
    path = tmp_path_factory.mktemp("new") / "x.db"
    with open_store(path, create=True) as store:
        project(store, len(KEYS))
        first = asyncio.run(brought(store, "v1", FIRST))
        read(store, first.run, dict.fromkeys(KEYS, Choice.CANDIDATE), len(KEYS))
        bless_run(store, "v1-vs-base", None, "ada")
    return path


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Iterator[Store]:
    with open_store(Path(shutil.copy(made, tmp_path / "x.db"))) as opened:
        yield opened


def app(store: Store, texts: dict[str, str] | None, system: str = "v2", **more: Any) -> UpholdApp:
    """The app as `uphold run` opens it."""
    if texts is not None:
        rows = ({"key": key, "response_candidate": text} for key, text in texts.items())
        more["answers"] = (write(store.path.with_name(f"{system}.jsonl"), *rows),)
    request = CheckpointRequest(system, settings=SETTINGS, **more)
    return UpholdApp(store, None, AppOptions(reviewer="ada"), SETTINGS, NewCheckpoint(request))


async def until(pilot: "Pilot[Any]", true: Callable[[], bool]) -> bool:
    """Let the app go on until something is so; False if that never comes."""
    for _ in range(600):
        if true():
            return True
        await pilot.pause(0.02)
    return False


def screen_of(pilot: "Pilot[Any]") -> NewCheckpointScreen:
    screen = pilot.app.screen
    assert isinstance(screen, NewCheckpointScreen)
    return screen


async def ended(pilot: "Pilot[Any]") -> str:
    """The screen once the steps have ended."""
    screen = screen_of(pilot)
    assert await until(pilot, lambda: screen.work.status.ended)
    await pilot.pause()
    return shown(pilot)


async def test_from_run_to_the_first_decision_it_is_one_key_and_the_figure_waits_for_the_reader(store: Store) -> None:
    application = app(store, SECOND)
    async with application.run_test(size=WIDE) as pilot:
        screen = await ended(pilot)
        assert "v2 against base" in screen
        assert "12 of 12" in screen
        assert "10 of 12    answers unchanged: their reviews stand" in screen
        assert "2 of 12    answers that are new; 1 flip first" in screen
        assert "percent won by v2, judge only" in screen
        assert "no interval, no rate until the 2 are read" in screen
        assert "people so far: 10 of 10 won, all carried" in screen
        rows = [row for row in screen.splitlines() if "Question" in row]
        assert [(KEYS[0] in rows[0], "flip" in rows[0]), (KEYS[1] in rows[1], "flip" in rows[1])] == [
            (True, True),
            (True, False),
        ]
        assert "enter review the 2" in screen
        assert "F the flip only" in screen
        await press(pilot, "enter")
        review = pilot.app.screen
        assert isinstance(review, ReviewScreen)
        pair = review.session.current
        assert pair is not None
        assert pair.key == KEYS[0]
        await press(pilot, "t", "t", "q")
        while not isinstance(pilot.app.screen, NewCheckpointScreen):
            await press(pilot, "enter")
        screen = shown(pilot)
        assert "judge only" not in screen
        assert "12 of 12 read" in screen
        assert "all 12 pairs are read" in screen
        await press(pilot, "q")
    end = app_end(application, None)
    assert end.checkpoint is not None
    assert end.checkpoint.result is not None
    assert end.checkpoint.result.work.left == ()


async def test_the_flips_alone_are_a_queue_that_ends_behind_them(store: Store) -> None:
    async with app(store, SECOND).run_test(size=WIDE) as pilot:
        await ended(pilot)
        await press(pilot, "F")
        review = pilot.app.screen
        assert isinstance(review, ReviewScreen)
        assert (review.session.queue, review.session.total) == ("changed", 1)


async def test_where_every_answer_is_known_there_is_nothing_to_read(store: Store) -> None:
    async with app(store, FIRST).run_test(size=(80, 24)) as pilot:
        assert "all 12 answers are known: nothing to read" in await ended(pilot)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, CheckpointsScreen)


async def test_a_step_that_failed_says_why_and_enter_tries_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-the-test")
    works = False

    async def answer(asked: Asked) -> Reply:
        return chat("an answer") if works else error(401, said="no such key")

    with serving(answer) as server:
        more = {"endpoint": "openai:m", "base_url": f"{server.url}/v1", "patience": NO_RETRY}
        async with app(store, None, "v3", **more).run_test(size=WIDE) as pilot:
            screen = await ended(pilot)
            assert "× answers" in screen
            assert "no such key" in screen
            assert "enter tries again" in screen
            works = True
            await press(pilot, "enter")
            screen = await ended(pilot)
            assert "✓ answers" in screen
            assert "enter review the 12" in screen


async def test_what_cannot_be_carried_out_is_said_and_q_leaves(store: Store) -> None:
    application = app(store, None, "v9", set="nowhere")
    async with application.run_test(size=WIDE) as pilot:
        assert "nowhere" in await ended(pilot)
        await press(pilot, "q")
    end = app_end(application, None)
    assert end.checkpoint is not None
    assert "nowhere" in str(end.checkpoint.error)


async def test_enter_ahead_of_the_judge_opens_the_review_when_it_is_done_and_q_leaves_it_running(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-the-test")
    gate = Gate()

    async def answer(asked: Asked) -> Reply:
        await gate.passed()
        return chat("an answer")

    with serving(answer) as server:
        async with app(store, None, "v3", endpoint="openai:m", base_url=f"{server.url}/v1").run_test(
            size=WIDE
        ) as pilot:
            work = screen_of(pilot).work
            assert await until(pilot, lambda: work.status.progress is not None)
            await press(pilot, "enter", "q")
            assert isinstance(pilot.app.screen, CheckpointsScreen)
            assert work.is_running
            await press(pilot, "r")
            assert screen_of(pilot).work is work
            gate.open()
            assert await until(pilot, lambda: isinstance(pilot.app.screen, ReviewScreen))


async def test_r_on_the_checkpoints_asks_for_a_name_and_the_answers(store: Store) -> None:
    file = write(
        store.path.with_name("v4.jsonl"), *({"key": key, "response_candidate": text} for key, text in SECOND.items())
    )
    application = UpholdApp(store, None, AppOptions(reviewer="ada"), SETTINGS)
    async with application.run_test(size=WIDE) as pilot:
        await press(pilot, "c", "r", "enter")
        assert isinstance(pilot.app.screen, CheckpointForm)
        assert "needs a name" in shown(pilot)
        await press(pilot, *"v4", "enter", *str(file), "enter")
        assert "2 of 12    answers that are new" in await ended(pilot)
        await press(pilot, "q")
        assert isinstance(pilot.app.screen, CheckpointsScreen)
        assert "v4" in shown(pilot)


def test_in_a_low_terminal_the_pairs_to_read_have_the_room_and_no_sentence_is_cut(store: Store) -> None:
    work = half_done(store, all_runs(store)[0])
    page = NewCheckpointPage(work.status, work.control, PLAIN)
    rows = [row.plain.rstrip() for row in page.rows(77, 18)]
    assert sum(row.endswith("flip") for row in rows) >= 4
    assert len(rows) <= 18
    assert not any(row.endswith("…") for row in rows)
    assert len(page.strip([Content("enter review")], 78, low=True)) == 2
