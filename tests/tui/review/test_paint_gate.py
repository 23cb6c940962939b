"""Keys that were pressed before a pair was on the screen rate nothing."""

from pathlib import Path
from time import monotonic

from textual.events import Key

from support.app_samples import app, database, press, review
from uphold_tui.review.paint_gate import TOGETHER, PaintGate
from uphold_tui.widgets.painting import ReportsPaint


def _key(character: str, at: float) -> Key:
    """A key as the terminal sends it, at a time of the events' clock."""
    event = Key(character, character)
    event.time = at
    return event


async def test_keys_that_came_together_decide_only_the_pair_that_was_on_the_screen(tmp_path: Path) -> None:
    store = database(tmp_path, count=30)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        now = monotonic()
        for _ in range(20):
            pilot.app.post_message(_key("t", now))
        await pilot.pause()
        await pilot.pause()
        assert review(pilot).session.progress.read == 1
        await press(pilot, "t")
        assert review(pilot).session.progress.read == 2


async def test_a_key_from_before_the_frame_is_dropped_though_it_is_read_after_it(tmp_path: Path) -> None:
    store = database(tmp_path, count=30)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "t")
        assert review(pilot).paint_gate.accepts()
        pilot.app.post_message(_key("t", review(pilot).paint_gate.painted_at - 0.001))
        await pilot.pause()
        assert review(pilot).session.progress.read == 1
        pilot.app.post_message(_key("t", monotonic() + 1))
        await pilot.pause()
        assert review(pilot).session.progress.read == 2


async def test_what_follows_a_dropped_key_too_closely_for_hands_is_dropped_with_it(tmp_path: Path) -> None:
    store = database(tmp_path, count=30)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "t")
        drawn = review(pilot).paint_gate.painted_at
        for at in (-0.001, 0.004, 0.012):
            pilot.app.post_message(_key("t", drawn + at))
        await pilot.pause()
        assert review(pilot).session.progress.read == 1
        pilot.app.post_message(_key("t", drawn + 0.05))
        await pilot.pause()
        assert review(pilot).session.progress.read == 2


async def test_dropped_keys_say_nothing(tmp_path: Path) -> None:
    store = database(tmp_path, count=30)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "t")
        said = review(pilot).message.plain.split()
        for key in ("s", "x", "f", "enter", "u"):
            pilot.app.post_message(_key(key, review(pilot).paint_gate.painted_at - 0.001))
        await pilot.pause()
        assert review(pilot).message.plain.split() == said
        assert review(pilot).session.progress.skipped == 0


async def test_keys_that_only_read_are_never_dropped(tmp_path: Path) -> None:
    store = database(tmp_path, count=30)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        now = monotonic()
        for _ in range(3):
            event = Key("J", "J")
            event.time = now
            pilot.app.post_message(event)
        await pilot.pause()
        assert review(pilot).session.index == 3


async def test_a_pair_is_live_when_only_one_pane_has_room(tmp_path: Path) -> None:
    store = database(tmp_path, count=3)
    async with app(store).run_test(size=(50, 15)) as pilot:
        await pilot.pause()
        assert review(pilot).paint_gate.accepts()
        await press(pilot, "t", "t")
        assert review(pilot).session.progress.read == 2


async def test_a_click_counts_when_the_pair_is_on_the_screen(tmp_path: Path) -> None:
    store = database(tmp_path, count=3)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "right", "left")
        await review(pilot).action_press("review.tie")
        await pilot.pause()
        assert review(pilot).session.progress.read == 1


def test_a_key_from_before_the_paint_counts_for_nothing_though_its_action_comes_after_it() -> None:
    pane, gate = ReportsPaint(), PaintGate()
    gate.wait_for([pane])
    gate.note_key(1.0)
    gate.note_painted(pane, (), 1.1)
    assert not gate.accepts()
    gate.note_key(1.1 + TOGETHER)
    assert gate.accepts()
