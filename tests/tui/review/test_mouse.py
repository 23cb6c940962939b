"""The mouse: never needed; a click does what the key under it does, and no more often."""

from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from textual.events import MouseDown, MouseScrollDown, MouseScrollUp, MouseUp
from textual.pilot import Pilot

from support.app_samples import app, database, make_app, press, review, rows, shown
from uphold.workflows.lookup import Store, find_run, open_store
from uphold.workflows.review_opening import ReviewOptions, open_review
from uphold_tui.dialogs.annotate import CommentScreen
from uphold_tui.dialogs.help import HelpScreen
from uphold_tui.home.screen import HomeScreen
from uphold_tui.numbers.screen import NumbersScreen
from uphold_tui.pairs.screen import PairsScreen
from uphold_tui.review.screen import ReviewScreen

SIZES = [(120, 36), (80, 24), (200, 60)]

LONG = "\n".join(f"line {number}" for number in range(200))


def spot(pilot: Pilot[str], words: str) -> tuple[int, int]:
    """Where these words stand, from the foot of the screen upwards."""
    lines = shown(pilot).splitlines()
    y = next(y for y in reversed(range(len(lines))) if words in lines[y])
    return lines[y].index(words) + 1, y


async def click(pilot: Pilot[str], *words: str) -> None:
    """Click on words, one after the other."""
    for one in words:
        await pilot.click(offset=spot(pilot, one))
        await pilot.pause()


def post(
    pilot: Pilot[str], at: tuple[int, int], time: float, button: int = 1, kinds: Any = (MouseDown, MouseUp)
) -> None:
    """Mouse events as the terminal sends them, at a time of the events' clock."""
    for kind in kinds:
        event = kind(None, *at, 0, 0, button, False, False, False, *at)
        event.time = time
        pilot.app.post_message(event)


def decided(store: Store) -> list[str]:
    return [row[0] for row in store.rows("SELECT choice FROM events WHERE kind = 'decision' ORDER BY seq")]


@pytest.mark.parametrize("size", SIZES)
async def test_each_word_of_the_you_row_decides(tmp_path: Path, size: tuple[int, int]) -> None:
    store = database(tmp_path, count=8)
    a, b = ("a A", "b B") if size[0] < 100 else ("A better", "B better")
    async with app(store).run_test(size=size) as pilot:
        await pilot.pause()
        expected = []
        for word in (a, b, "t tie", "both bad", "uphold"):
            pair = review(pilot).session.current
            assert pair is not None
            of_side = {a: pair.side_a.value, b: pair.side_a.mirrored.value, "uphold": "candidate", "t tie": "tie"}
            expected.append(of_side.get(word, "both-bad"))
            await click(pilot, word)
        assert decided(store) == expected
        assert review(pilot).session.progress.read == 5


async def test_each_word_of_the_footer_does_what_its_key_does(tmp_path: Path) -> None:
    store = database(tmp_path, count=6)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        screen = review(pilot)
        await click(pilot, "flag")
        assert screen.session.current.state.flagged  # type: ignore[union-attr]
        await click(pilot, "word diff")
        assert screen.reading.diff
        await click(pilot, "diff off", "names")
        assert screen.reading.names
        assert not screen.reading.diff
        await click(pilot, "zoom")
        assert screen.pane_state.zoomed
        await click(pilot, "fold", "comment")
        assert isinstance(pilot.app.screen, CommentScreen)
        await press(pilot, "escape")
        await click(pilot, "all keys")
        assert isinstance(pilot.app.screen, HelpScreen)
        await press(pilot, "escape")
        await click(pilot, "skip")
        assert screen.session.progress.skipped == 1
        await click(pilot, "undo")
        assert screen.session.progress.skipped == 0
        await click(pilot, "back")
        assert pilot.app._exit


async def test_a_second_quick_click_rates_no_pair_that_was_not_on_the_screen(tmp_path: Path) -> None:
    store = database(tmp_path, count=8)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        at, now = spot(pilot, "t tie"), monotonic()
        for _ in range(6):
            post(pilot, at, now)
        await pilot.pause()
        await pilot.pause()
        assert decided(store) == ["tie"]
        await click(pilot, "t tie")
        assert decided(store) == ["tie", "tie"]


async def test_a_click_from_before_the_frame_is_dropped_though_it_is_read_after_it(tmp_path: Path) -> None:
    store = database(tmp_path, count=8)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "t")
        said = review(pilot).message.plain.split()
        for word in ("A better", "both bad", "skip", "flag", "undo"):
            post(pilot, spot(pilot, word), review(pilot).paint_gate.painted_at - 0.001)
            await pilot.pause()
        assert decided(store) == ["tie"]
        # The receipt may turn quiet in between; it says the same then, with other blanks.
        assert review(pilot).message.plain.split() == said
        post(pilot, spot(pilot, "word diff"), review(pilot).paint_gate.painted_at - 0.001)
        await pilot.pause()
        assert review(pilot).reading.diff, "what only reads is never dropped"


async def test_looking_up_what_is_under_the_mouse_does_not_count_as_drawing_it(tmp_path: Path) -> None:
    async with app(database(tmp_path, count=8)).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        screen = review(pilot)
        screen.action_go(1)
        for widget in (screen.view.strip, *(pane.body for pane in screen.view.panes.values())):
            screen.get_style_at(widget.region.x + 4, widget.region.y)
            assert widget._report_next_paint
        assert not screen.paint_gate.accepts()
        await pilot.pause()
        assert screen.paint_gate.accepts()


async def test_only_the_left_button_and_only_a_whole_click_on_a_word_counts(tmp_path: Path) -> None:
    store = database(tmp_path, count=8)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        for button in (2, 3):
            post(pilot, spot(pilot, "t tie"), monotonic(), button)
            await pilot.pause()
        post(pilot, spot(pilot, "A better"), monotonic(), kinds=(MouseDown,))
        post(pilot, spot(pilot, "B better"), monotonic(), kinds=(MouseUp,))
        await pilot.pause()
        assert decided(store) == []


async def test_blind_a_click_decides_once_and_then_goes_on_by_a_click(tmp_path: Path) -> None:
    store = database(tmp_path, count=8)
    session = open_review(store, find_run(store, None), "mira", ReviewOptions(blind=True))
    async with make_app(store, session, reviewer="mira").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        first = session.current
        at, now = spot(pilot, "A better"), monotonic()
        for _ in range(4):
            post(pilot, at, now)
        await pilot.pause()
        await pilot.pause()
        assert len(decided(store)) == 1
        assert session.current.pair_id == first.pair_id  # type: ignore[union-attr]
        await click(pilot, "next")
        assert session.current.pair_id != first.pair_id  # type: ignore[union-attr]
        assert "shown after you decide" in shown(pilot)


async def test_the_wheel_scrolls_both_panes_or_the_one_under_it(tmp_path: Path) -> None:
    lines = rows(3, response_candidate=LONG, response_baseline=LONG + "\nmore")
    async with app(database(tmp_path, lines)).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        left, right = (pane.body for pane in review(pilot).view.panes.values())
        here = (left.region.x + 5, left.region.y + 5)

        async def turn(kind: type[MouseScrollDown | MouseScrollUp]) -> None:
            post(pilot, here, monotonic(), 0, (kind,))
            await pilot.pause()

        await turn(MouseScrollDown)
        assert (left.top, right.top) == (3, 3)
        await turn(MouseScrollUp)
        await turn(MouseScrollUp)
        assert (left.top, right.top) == (0, 0)
        await press(pilot, "=")
        await turn(MouseScrollDown)
        assert (left.top, right.top) == (3, 0)


async def test_the_bar_at_the_edge_of_a_pane_can_be_dragged(tmp_path: Path) -> None:
    lines = rows(3, response_candidate=LONG, response_baseline=LONG + "\nmore")
    async with app(database(tmp_path, lines)).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        body = next(iter(review(pilot).view.panes.values())).body
        foot = (body.region.right - 1, body.region.bottom - 1)
        post(pilot, foot, monotonic())
        await pilot.pause()
        assert body.top == body.max_top > 0


async def test_the_list_is_narrowed_scrolled_and_left_with_the_mouse(tmp_path: Path) -> None:
    store = database(tmp_path, count=40)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "t", "t", "l")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        screen = pilot.app.screen
        assert isinstance(screen, PairsScreen)
        await click(pilot, "Overturned")
        assert len(screen.list.items) == 2
        await click(pilot, "All")
        assert len(screen.list.items) == 40
        screen.list.go(0)
        post(pilot, (30, screen.list.region.y + 4), monotonic(), 0, (MouseScrollDown,))
        await pilot.pause()
        assert screen.list.cursor == 3
        await click(pilot, "order")
        assert screen.state.order.value == "by key"
        screen.list.go(0)
        third = screen.list.items[2]
        for _ in range(2):
            await pilot.click(offset=(30, screen.list.region.y + 2))
            await pilot.pause()
        assert review(pilot).session.current.key == third.key  # type: ignore[union-attr]
        assert isinstance(pilot.app.screen, ReviewScreen)


async def test_the_start_screen_is_gone_through_with_the_mouse(tmp_path: Path) -> None:
    store = database(tmp_path, count=4)
    database(tmp_path, rows(3, candidate="second"))
    async with make_app(store, reviewer="mira").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await click(pilot, "second")
        assert isinstance(pilot.app.screen, HomeScreen)
        assert pilot.app.screen.cursor == 1
        await click(pilot, "numbers")
        assert isinstance(pilot.app.screen, NumbersScreen)
        await press(pilot, "q")
        await click(pilot, "pairs ")
        assert isinstance(pilot.app.screen, PairsScreen)
        await press(pilot, "q")
        await click(pilot, "all keys")
        assert isinstance(pilot.app.screen, HelpScreen)
        await press(pilot, "escape")
        await click(pilot, "second")
        opened = pilot.app.screen
        assert isinstance(opened, ReviewScreen)
        assert opened.session.run.candidate == "second"
        await click(pilot, "back")
        assert isinstance(pilot.app.screen, HomeScreen)


async def test_at_a_first_start_a_click_on_the_demo_opens_it(tmp_path: Path) -> None:
    store = open_store(tmp_path / "new.db", create=True)
    async with make_app(store, reviewer="mira").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await click(pilot, "Try it on the demo")
        assert isinstance(pilot.app.screen, ReviewScreen)
