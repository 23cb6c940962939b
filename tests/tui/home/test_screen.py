"""The start screen: runs and sets, or how to begin."""

import json
from pathlib import Path

from support.app_samples import database, make_app, press, rows, shown
from support.imports import bring
from uphold.records.enums import Choice
from uphold.records.packs import Share
from uphold.records.reviews import OnScreen
from uphold.store.runs import all_runs
from uphold.workflows.importing import ImportRequest, import_files
from uphold.workflows.lookup import Store, open_store
from uphold.workflows.packing import PackRequest, pack_run
from uphold.workflows.review_opening import ReviewOptions, open_review
from uphold_tui.home.screen import HomeScreen
from uphold_tui.review.screen import ReviewScreen


def two_runs(tmp_path: Path, count: int = 3) -> Store:
    """A database with two runs."""
    store = database(tmp_path, count=count)
    reviewed = [
        row | {"reviewer": "ann", "review": "candidate"}
        for row in rows(12, candidate="second")
        if "response_candidate" in row
    ]
    file = tmp_path / "other.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in reviewed), encoding="utf-8")
    for _ in import_files(store, ImportRequest([file])):
        pass
    return store


async def test_it_lists_runs_with_their_progress_rates_and_judges(tmp_path: Path) -> None:
    async with make_app(two_runs(tmp_path), reviewer="mira").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        screen = shown(pilot)
        assert "2 runs   2 sets   as mira" in screen
        assert "candidate against baseline" in screen
        assert "second against baseline" in screen
        assert "12 of 12" in screen
        assert "100  76–100" in screen
        assert "3 active" in screen


async def test_enter_reviews_the_run_under_the_cursor_and_q_comes_back(tmp_path: Path) -> None:
    async with make_app(two_runs(tmp_path), reviewer="mira").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "down", "enter")
        screen = pilot.app.screen
        assert isinstance(screen, ReviewScreen)
        assert screen.session.run.candidate == "second"
        await press(pilot, "t", "q")
        assert isinstance(pilot.app.screen, HomeScreen)
        await press(pilot, "q")
    assert pilot.app.return_value is None


async def test_the_cursor_stays_within_the_list(tmp_path: Path) -> None:
    async with make_app(two_runs(tmp_path), reviewer="mira").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "up", "up", "down", "down", "down", "G")
        screen = pilot.app.screen
        assert isinstance(screen, HomeScreen)
        assert screen.cursor == 3, "below two runs stand two sets"
        assert screen.set_row is not None
        await press(pilot, "i")
        assert "that is about a run" in shown(pilot)
        await press(pilot, "g")
        assert screen.cursor == 0


async def test_a_click_puts_the_cursor_and_a_second_one_opens(tmp_path: Path) -> None:
    async with make_app(two_runs(tmp_path), reviewer="mira").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        row = next(y for y, text in enumerate(shown(pilot).splitlines()) if "second against" in text)
        await pilot.click(offset=(6, row))
        await pilot.pause()
        assert isinstance(pilot.app.screen, HomeScreen)
        assert pilot.app.screen.cursor == 1
        await pilot.click(offset=(6, row))
        await pilot.pause()
        assert isinstance(pilot.app.screen, ReviewScreen)


async def test_a_first_start_offers_the_demo_and_enter_is_enough(tmp_path: Path) -> None:
    store = open_store(tmp_path / "new.db", create=True)
    async with make_app(store, reviewer="mira").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        screen = shown(pilot)
        assert "Nothing to review yet." in screen
        assert "new.db, new" in screen
        assert "uphold import FILE" in screen
        await press(pilot, "enter")
        opened = pilot.app.screen
        assert isinstance(opened, ReviewScreen)
        assert opened.session.total > 0


async def test_it_is_drawn_at_every_size(tmp_path: Path) -> None:
    store = two_runs(tmp_path)
    for size in ((30, 10), (80, 24), (104, 30), (200, 60)):
        async with make_app(store, reviewer="mira").run_test(size=size) as pilot:
            await pilot.pause()
            assert all(len(row) <= size[0] for row in shown(pilot).splitlines())
            assert "candidate" in shown(pilot)


async def test_what_waits_in_dispute_stands_with_its_run_until_it_is_settled(tmp_path: Path) -> None:
    said = [
        {"key": key, "candidate": "candidate", "baseline": "baseline", "reviewer": who, "review": word}
        for key, words in (("k-000", ("candidate", "tie")), ("k-001", ("tie", "both-bad")))
        for who, word in zip(("ann", "bo"), words, strict=True)
    ]
    store = database(tmp_path, [*rows(3), *said])
    async with make_app(store, reviewer="mira").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert "1 in dispute" in shown(pilot)
    session = open_review(store, all_runs(store)[0], "mira", ReviewOptions("disputed"))
    assert session.current is not None
    session.decide(Choice.TIE, OnScreen(session.current.side_a))
    async with make_app(store, reviewer="mira").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert "in dispute" not in shown(pilot)


async def test_how_far_several_people_are_stands_below_their_run_and_clicks_hit_what_is_below(tmp_path: Path) -> None:
    store = two_runs(tmp_path)
    first, second = all_runs(store)
    pack_run(store, first, PackRequest(tmp_path / "ann.db", reviewer="ann", share=Share(1, 2)))
    decided = {"key": "k-000", "candidate": "second", "baseline": "baseline", "reviewer": "bo", "review": "tie"}
    bring(store, decided, set_=second.set)
    async with make_app(store, reviewer="mira").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        lines = shown(pilot).splitlines()
        assert any("ann read 0 of 2, part 1 of 2" in line for line in lines)
        assert any("ann read 12 of 12   bo read 1 of 12" in line for line in lines)
        await pilot.click(offset=(6, next(y for y, text in enumerate(lines) if "bo read" in text)))
        await pilot.pause()
        assert isinstance(pilot.app.screen, HomeScreen)
        assert pilot.app.screen.cursor == 1
        last_set = max(y for y, text in enumerate(lines) if "active" in text)
        await pilot.click(offset=(6, last_set))
        await pilot.pause()
        assert pilot.app.screen.set_row is pilot.app.screen.home.sets[-1]


async def test_a_blind_pack_is_reviewed_blind_from_the_start_screen_with_one_key_a_pair(tmp_path: Path) -> None:
    store = database(tmp_path, rows(6, judge="j", verdict="candidate"))
    pack_run(store, all_runs(store)[0], PackRequest(tmp_path / "ann.db", blind=True, reviewer="ann"))
    async with make_app(open_store(tmp_path / "ann.db"), reviewer="ann").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        if isinstance(pilot.app.screen, HomeScreen):
            await press(pilot, "enter")
        screen = pilot.app.screen
        assert isinstance(screen, ReviewScreen)
        assert screen.session.blind
        assert "Judge    its verdicts are not in this pack" in shown(pilot)
        before = screen.session.current
        await press(pilot, "a")
        assert screen.session.current != before
        assert screen.session.progress.read == 1
        await press(pilot, "K", "l")
        assert "judge    its verdicts are not in this pack" in shown(pilot)


async def test_people_who_all_read_everything_are_named_once_and_the_last_are_counted_where_room_is_short(
    tmp_path: Path,
) -> None:
    names = [f"annotator-{number}" for number in range(1, 8)]
    votes = [{**row, "reviewer": name, "review": "tie"} for row in rows(2) for name in names]
    for size, words in (
        ((160, 36), f"{', '.join(names)}, each read all 2"),
        ((80, 24), "annotator-1, annotator-2, annotator-3 and 4 more, each read all 2"),
    ):
        async with make_app(database(tmp_path, votes), reviewer="mira").run_test(size=size) as pilot:
            await pilot.pause()
            assert words in shown(pilot)


async def test_counts_of_reviewed_pairs_end_in_one_column_on_a_narrow_screen(tmp_path: Path) -> None:
    async with make_app(two_runs(tmp_path), reviewer="mira").run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        unread, read = (line for line in shown(pilot).splitlines() if " of 3" in line or " of 12" in line)
        assert unread.index(" of 3") == read.index(" of 12")


async def test_ways_to_begin_stand_in_the_middle_of_a_wide_screen(tmp_path: Path) -> None:
    with open_store(tmp_path / "new.db", create=True) as store:
        async with make_app(store, reviewer="mira").run_test(size=(200, 60)) as pilot:
            await pilot.pause()
            line = next(line for line in shown(pilot).splitlines() if "Nothing to review yet" in line)
            assert len(line) - len(line.lstrip()) == (200 - 76) // 2


async def test_a_wide_screen_draws_longer_bars_up_to_its_right_edge(tmp_path: Path) -> None:
    store, bars = two_runs(tmp_path), []
    for size in ((120, 36), (200, 60)):
        async with make_app(store, reviewer="mira").run_test(size=size) as pilot:
            await pilot.pause()
            line = next(line for line in shown(pilot).splitlines() if "12 of 12" in line)
            bars.append((line.count("━") + line.count("─"), size[0] - len(line)))
    (narrow, _), (wide, blank) = bars
    assert wide > 1.7 * narrow
    assert blank < 20
