"""A review of a pair that a judge is still reading: its verdict appears in place, and no key is taken for it before."""

from pathlib import Path

from support.app_samples import app, press, review, shown
from support.imports import bring, compared, judged
from uphold.records.enums import Verdict
from uphold.workflows.lookup import open_store


async def test_the_verdict_appears_in_place_and_enter_upholds_it_once_it_is_painted(tmp_path: Path) -> None:
    path = tmp_path / "u.db"
    store = open_store(path, create=True)
    bring(store, judged("first"), compared("late"))
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        screen = review(pilot)
        ((place, _),) = screen.session.named("late")
        screen.go_to_place(place - 1)
        await pilot.pause()
        assert "has not read this pair" in shown(pilot)
        await press(pilot, "enter")
        assert screen.session.progress.read == 0
        with open_store(path) as elsewhere:
            bring(elsewhere, judged("late", "baseline"))
        screen.check_for_verdict()
        await pilot.pause()
        assert "is better" in shown(pilot)
        await press(pilot, "enter")
        assert store.one("SELECT choice, verdict FROM events") == ("baseline", Verdict.BASELINE.value)
