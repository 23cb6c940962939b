"""Blind, disputes, reasons, panel and plan on the screen."""

from pathlib import Path
from typing import Any

import pytest

from support.app_samples import database, make_app, press, review, rows, shown
from uphold.workflows.lookup import Store, find_run
from uphold.workflows.review_opening import ReviewOptions, open_review
from uphold_tui.app import UpholdApp

SIZES = [(120, 36), (80, 24), (200, 60)]


def app(store: Store, reviewer: str = "ann", **options: Any) -> UpholdApp:
    session = open_review(store, find_run(store, None), reviewer, ReviewOptions(**options))
    return make_app(store, session, reviewer=reviewer)


def named(count: int, **changes: Any) -> list[dict[str, Any]]:
    return rows(count, candidate="zebra", baseline="quokka", **changes)


def said(key: str, who: str, word: str) -> dict[str, Any]:
    return {
        "key": key,
        "candidate": "zebra",
        "baseline": "quokka",
        "reviewer": who,
        "review": word,
        "note": f"so {who}",
    }


@pytest.mark.parametrize("size", SIZES)
async def test_nothing_is_given_away_before_and_the_verdict_comes_in_place(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with app(database(tmp_path, named(6)), blind=True).run_test(size=size) as pilot:
        await pilot.pause()
        before = shown(pilot).split("\n", 1)[1]
        assert not [word for word in ("zebra", "quokka", "is right", "is better", "pick") if word in before]
        await press(pilot, "v", "r", "enter")
        assert not [
            word for word in ("zebra", "quokka", "is right", "is better") if word in shown(pilot).split("\n", 1)[1]
        ]
        await press(pilot, "a")
        after = shown(pilot)
        assert "is right" in after
        assert "agrees with you" in after or "disagrees" in after
        assert "before the verdict" in after
        assert "the blind session ends" in after or "rates rest" in after or size[0] < 100


async def test_enter_keeps_and_another_key_changes(tmp_path: Path) -> None:
    store = database(tmp_path, named(6))
    async with app(store, blind=True).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "a", "enter", "a", "b", "a", "a")
        assert store.rows("SELECT verdict_shown, count(*) FROM events GROUP BY 1").fetchall() == [(0, 3), (1, 1)]
        assert review(pilot).session.progress.read == 3
        await press(pilot, "left", "left")
        assert "changed after the verdict" in shown(pilot) or "decided before" in shown(pilot)


async def test_numbers_and_leaving_rest_while_it_is_blind(tmp_path: Path) -> None:
    async with app(database(tmp_path, named(8)), blind=True).run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        await press(pilot, *("a", "enter") * 6)
        assert "upheld" not in shown(pilot).split("\n")[0]
        assert "win rate" not in shown(pilot).lower()
        await press(pilot, "i")
        assert "rates are shown when the blind session ends" in shown(pilot)
        await press(pilot, "q")
        assert "come when you have left" in shown(pilot)
        assert "agreement" not in shown(pilot)


async def test_blind_is_turned_on_by_a_command(tmp_path: Path) -> None:
    async with app(database(tmp_path, named(6))).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, ":", *"blind", "enter", "right")
        assert "shown after you decide" in shown(pilot)
        await press(pilot, ":", *"plan", "space", "4", "enter")
        assert "0 of 4 planned" in shown(pilot)


async def test_a_dispute_stands_side_by_side_and_is_settled(tmp_path: Path) -> None:
    extra = [said("k-001", "mira", "candidate"), said("k-001", "jonas", "baseline")]
    store = database(tmp_path, [*named(3), *extra])
    async with app(store, queue="disputed").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        text = shown(pilot)
        assert "dispute 1 of 1" in text
        assert "1 pair read by several   0 the same" in text
        assert "1 unresolved pair is left out of the rate" in text
        assert text.count("unresolved") == 1
        assert "“so mira”" in text
        assert "“so jonas”" in text
        assert "Settle" in text
        assert "as adjudicator" in text
        await press(pilot, "t")
        assert store.one("SELECT kind, choice FROM events WHERE source = 'app'") == ("adjudicated", "tie")


async def test_in_a_dispute_the_footer_has_the_key_to_the_whole_reason_where_there_is_room(tmp_path: Path) -> None:
    extra = [said("k-001", "mira", "candidate"), said("k-001", "jonas", "baseline")]
    store = database(tmp_path, [*named(3), *extra])
    async with app(store, queue="disputed").run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        assert "d word diff  r raw answers  v names" in shown(pilot)
        assert shown(pilot).splitlines()[-1].endswith("q back")
        await press(pilot, "r")
        assert "Raw answers of" in shown(pilot)


async def test_without_a_dispute_the_page_says_so_and_counts_nothing(tmp_path: Path) -> None:
    for size in ((120, 36), (80, 24)):
        store = database(tmp_path, named(3))
        async with app(store, queue="disputed").run_test(size=size) as pilot:
            await pilot.pause()
            assert "No pair is in dispute." in shown(pilot)
            assert shown(pilot).splitlines()[0].endswith("no pair read by several")


async def test_a_pair_that_a_blind_session_shows_open_says_so(tmp_path: Path) -> None:
    store = database(tmp_path, named(60))
    shown_open = open_review(store, find_run(store, None), "mira", ReviewOptions(blind=True, open_share=1.0))
    async with make_app(store, shown_open).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert "is better     shown open" in shown(pilot)
        await press(pilot, "enter", "left")
        assert "shown open" not in shown(pilot)


async def test_reasons_are_chosen_by_their_keys_and_the_set_can_have_its_own(tmp_path: Path) -> None:
    store = database(tmp_path, named(3))
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "w", "h", "s", "h", "enter", "right", "left")
        assert "why style" in shown(pilot)
        await press(pilot, "w", "+", "n", "space", *"number", "enter", "n", "enter", "right", "left")
        assert "why style, number" in shown(pilot)
        await press(pilot, "u")
        assert "taken back: the reasons" in shown(pilot)
        await press(pilot, "right", "left")
        assert "why style" in shown(pilot)
        assert "number" not in shown(pilot)
    assert store.rows("SELECT key, word FROM reason_keys WHERE key = 'n'").fetchall() == [("n", "number")]


async def test_several_judges_stand_side_by_side(tmp_path: Path) -> None:
    other = [row for row in named(3, judge="second", verdict="baseline") if row.get("order") == "candidate-first"]
    store = database(tmp_path, [*other, *named(3)])
    async with app(store, judge="judge").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert "second" in shown(pilot)
        assert "judges split" in shown(pilot)


async def test_the_header_says_what_the_queue_is(tmp_path: Path) -> None:
    async with app(database(tmp_path, named(3)), queue="uncertain", planned=2).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert "uncertain: a weighted sample" in shown(pilot)
        assert "0 of 2 planned" in shown(pilot)


async def test_the_reviewer_is_shown_and_changed_on_the_start_screen(tmp_path: Path) -> None:
    async with make_app(database(tmp_path, named(3)), reviewer="ann").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert "as ann" in shown(pilot)
        await press(pilot, "w", *["backspace"] * 3, *"ben", "enter")
        assert "as ben" in shown(pilot)
        assert pilot.app.navigator.reviewer == "ben"


async def test_blind_is_turned_on_for_what_was_not_seen_and_off_by_the_same_word(tmp_path: Path) -> None:
    async with app(database(tmp_path, named(3))).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "colon", *"blind", "enter")
        assert "blind from the next unread pair on" in shown(pilot)
        await press(pilot, "right")
        assert "shown after you decide" in shown(pilot)
        await press(pilot, "colon", *"blind", "enter")
        assert "blind off: verdicts on the table" in shown(pilot)
        assert "shown after you decide" not in shown(pilot)
