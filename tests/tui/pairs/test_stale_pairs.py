"""A pair that was decided before its texts changed is marked in the list, until it is decided again."""

from pathlib import Path

from support.app_samples import app, press, review, shown
from support.imports import bring, judged
from uphold.store.database import open_store
from uphold.workflows.lookup import find_run
from uphold.workflows.pair_list import PairListing


async def test_a_pair_whose_answer_changed_since_it_was_decided_is_marked_stale(tmp_path: Path) -> None:
    store = open_store(tmp_path / "u.db", create=True)
    bring(store, judged("one"), judged("two"))
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "t", "t")
    bring(store, judged("one", response_candidate="Something else."), update=True)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await press(pilot, "l")
        row = next(row for row in shown(pilot).splitlines() if " one " in row)
        assert row.lstrip().startswith("~")
        assert "stale" in row
        assert "Stale 1" in shown(pilot)
        await press(pilot, "home", "enter")
        review(pilot).show_pair(next(pair for pair, key in review(pilot).session._keys.items() if key == "one"))
        await pilot.pause()
        await press(pilot, "t", "l")
        assert "Stale" not in shown(pilot)


def test_only_ones_own_decisions_make_a_pair_stale(tmp_path: Path) -> None:
    store = open_store(tmp_path / "u.db", create=True)
    bring(store, judged("one", reviewer="ada", review="tie"))
    bring(store, judged("one", response_candidate="Something else."), update=True)
    run = find_run(store, None)
    assert [pair.stale for pair in PairListing(store, run, "ada").read()] == [True]
    assert [pair.stale for pair in PairListing(store, run, "ben").read()] == [False]
