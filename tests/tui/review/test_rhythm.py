"""The rhythm of a review: an overturned pair stays, reasons take one key, the plan and places to pause are said quietly."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from support.app_samples import app, database, make_app, press, review, rows, session, shown
from support.imports import bring, compared, judged
from uphold.records.enums import Choice, Side
from uphold.store.database import Store, open_store
from uphold.workflows.lookup import find_run
from uphold.workflows.review_opening import ReviewOptions, open_review

SIZE = (120, 36)


def against(pilot: Pilot[str]) -> str:
    """The key that overturns the verdict on the screen."""
    pair = review(pilot).session.current
    assert pair is not None
    assert pair.judge is not None
    assert pair.judge.verdict.preference is not None
    return "b" if pair.side_of(pair.judge.verdict.preference) is Side.A else "a"


def acts(store: Store) -> list[tuple[Any, ...]]:
    """(kind, choice, note) of every event, in order."""
    return store.rows("SELECT kind, choice, note FROM events ORDER BY seq").fetchall()


def here(pilot: Pilot[str]) -> int:
    pair = review(pilot).session.current
    assert pair is not None
    return pair.pair_id


# an overturned pair


@pytest.mark.parametrize("key", ["enter", "right"])
async def test_an_overturned_pair_stays_until_enter_or_right_and_then_the_next_unread_one_comes(
    tmp_path: Path, key: str
) -> None:
    async with app(database(tmp_path), hold="override").run_test(size=SIZE) as pilot:
        await pilot.pause()
        first = here(pilot)
        await press(pilot, against(pilot))
        assert here(pilot) == first
        assert "overturned" in shown(pilot)
        assert "enter next    w say why    c comment    u undo" in shown(pilot)
        await press(pilot, key)
        assert here(pilot) != first
        assert review(pilot).session.current.state.decision is None  # type: ignore[union-attr]


async def test_the_keys_that_decide_only_say_how_to_go_on_where_a_pair_is_held(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store, hold="override").run_test(size=SIZE) as pilot:
        await pilot.pause()
        first, key = here(pilot), against(pilot)
        await press(pilot, key)
        for other in ("a", "b", "t", "4"):
            await press(pilot, other)
            assert "enter goes on, u takes back" in shown(pilot)
        assert here(pilot) == first
        assert len(acts(store)) == 1


async def test_why_and_one_key_say_why_and_go_on(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store, hold="override").run_test(size=SIZE) as pilot:
        await pilot.pause()
        first = here(pilot)
        await press(pilot, against(pilot), "w")
        assert "one key says why and goes on" in shown(pilot)
        await press(pilot, "h")
        assert here(pilot) != first
        assert "reasons saved" in shown(pilot)
    assert [(kind, note) for kind, _, note in acts(store)] == [("decision", None), ("reasons", '["more helpful"]')]


async def test_why_on_the_next_pair_tells_how_to_say_why_of_the_pair_before(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store, hold="override").run_test(size=SIZE) as pilot:
        await pilot.pause()
        await press(pilot, "w")
        assert "of the pair before" not in shown(pilot)
        await press(pilot, "escape")
        first = here(pilot)
        await press(pilot, "enter", "w")
        second = here(pilot)
        assert "of the pair before: esc, then ← w" in shown(pilot)
        await press(pilot, "escape", "K", "w")
        assert "of the pair before" not in shown(pilot)
        await press(pilot, "h", "enter", "enter")
        assert here(pilot) == second
    written = store.rows("SELECT kind, pair_id FROM events ORDER BY seq").fetchall()
    assert written == [("decision", first), ("reasons", first)]


async def test_tab_lets_several_reasons_be_said_of_a_held_pair(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store, hold="override").run_test(size=SIZE) as pilot:
        await pilot.pause()
        await press(pilot, against(pilot), "w", "tab", "h", "s", "enter")
    assert acts(store)[-1][2] == '["more helpful", "style"]'


async def test_leaving_the_reasons_leaves_the_pair_where_it_is(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store, hold="override").run_test(size=SIZE) as pilot:
        await pilot.pause()
        first = here(pilot)
        await press(pilot, against(pilot), "w", "escape")
        assert here(pilot) == first
    assert len(acts(store)) == 1


async def test_undo_takes_a_held_pair_back_and_it_can_be_decided_again(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store, hold="override").run_test(size=SIZE) as pilot:
        await pilot.pause()
        first = here(pilot)
        await press(pilot, against(pilot), "u")
        assert here(pilot) == first
        await press(pilot, "enter")
        assert here(pilot) != first
    assert [kind for kind, *_ in acts(store)] == ["decision", "undo", "decision"]


async def test_a_pair_that_is_met_again_is_not_held_and_can_be_changed(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store, hold="override").run_test(size=SIZE) as pilot:
        await pilot.pause()
        await press(pilot, against(pilot))
        screen = review(pilot)
        place = screen.session.index
        await press(pilot, "enter")
        screen.go_to_place(place)
        await pilot.pause()
        await press(pilot, "t")
    assert [choice for kind, choice, _ in acts(store) if kind == "decision"][-1] == "tie"


async def test_an_upheld_pair_does_not_stay(tmp_path: Path) -> None:
    async with app(database(tmp_path), hold="override").run_test(size=SIZE) as pilot:
        await pilot.pause()
        first = here(pilot)
        await press(pilot, "enter")
        assert here(pilot) != first


async def test_on_the_open_pairs_of_a_blind_session_a_decision_goes_on_at_once(tmp_path: Path) -> None:
    store = database(tmp_path, count=60)
    blind = open_review(store, find_run(store, None), "mira", ReviewOptions(blind=True, open_share=1.0))
    async with make_app(store, blind, hold="override").run_test(size=SIZE) as pilot:
        await pilot.pause()
        first = here(pilot)
        await press(pilot, against(pilot))
        assert here(pilot) != first


# the plan and the pace


async def test_that_the_plan_is_read_is_said_once(tmp_path: Path) -> None:
    async with app(database(tmp_path, count=6)).run_test(size=SIZE) as pilot:
        await pilot.pause()
        review(pilot).session.plan(2)
        await press(pilot, "enter")
        assert "plan read" not in shown(pilot)
        await press(pilot, "enter")
        assert "plan read: 2 pairs; q leaves, enter goes on" in shown(pilot)
        await press(pilot, "enter")
        assert "plan read" not in shown(pilot)


async def test_a_plan_that_was_read_before_is_not_said_again(tmp_path: Path) -> None:
    store = database(tmp_path, count=6)
    before = session(store)
    before.plan(1)
    pair = before.current
    assert pair is not None
    from uphold.records.reviews import OnScreen

    before.decide(Choice.TIE, OnScreen(pair.side_a))
    async with app(store).run_test(size=SIZE) as pilot:
        await press(pilot, "enter")
        assert "plan read" not in shown(pilot)


async def test_the_rail_says_how_many_were_decided_and_at_25_that_this_is_a_place_to_pause(tmp_path: Path) -> None:
    async with app(database(tmp_path, count=30)).run_test(size=(200, 50)) as pilot:
        await pilot.pause()
        assert "This session" not in shown(pilot)
        await press(pilot, *["enter"] * 24)
        assert "24 decided" in shown(pilot)
        assert "s a pair" in shown(pilot)
        assert "a place to pause" not in shown(pilot)
        await press(pilot, "enter")
        assert "a place to pause: all is kept" in shown(pilot)
        await press(pilot, "enter")
        assert "a place to pause" not in shown(pilot)


# rates that rest, answers alike, disputes


@pytest.mark.parametrize("size", [SIZE, (200, 50), (80, 24)])
async def test_rates_and_agreement_can_rest_while_the_verdicts_are_on_the_table(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with app(database(tmp_path, count=14), numbers_rest=True).run_test(size=size) as pilot:
        await pilot.pause()
        await press(pilot, *["enter"] * 12)
        assert "12/14" in shown(pilot) or "12 of 14 read" in shown(pilot)
        for words in ("win rate", "Win rate", "agreement", "Agreement", "✓ 12"):
            assert words not in shown(pilot)
        if size[0] >= 100:
            assert "i shows them" in shown(pilot)
        await press(pilot, "i")
        assert "percent won by" in shown(pilot)


async def test_answers_that_are_the_same_are_marked_in_both_panes_and_in_the_strip(tmp_path: Path) -> None:
    lines = rows(2, response_candidate="The same words.", response_baseline="The same words.")
    async with app(database(tmp_path, lines)).run_test(size=SIZE) as pilot:
        await pilot.pause()
        await press(pilot, "enter")
        assert shown(pilot).count("identical answers, 3 words") == 2
        assert shown(pilot).count("identical answers") == 3
        assert "before: ✓" in shown(pilot)


@pytest.mark.parametrize("size", [SIZE, (80, 24)])
async def test_an_answer_without_a_word_is_marked_at_once(tmp_path: Path, size: tuple[int, int]) -> None:
    async with app(database(tmp_path, rows(2, response_candidate=" \n "))).run_test(size=size) as pilot:
        await pilot.pause()
        pair = review(pilot).session.current
        assert pair is not None
        side = next(side for side in Side if pair.is_blank(side))
        assert "empty response: 3 characters of white space" in shown(pilot)
        assert f"{side} is empty" in shown(pilot)


async def test_enter_stands_among_the_keys_of_a_dispute_and_settles_it_as_the_judge_says(tmp_path: Path) -> None:
    store = open_store(tmp_path / "u.db", create=True)
    bring(store, judged("k"))
    for reviewer, choice in (("mira", "candidate"), ("ben", "baseline")):
        bring(store, compared("k", reviewer=reviewer, review=choice))
    disputes = open_review(store, find_run(store, None), "ada", ReviewOptions("disputed"))
    async with make_app(store, disputes).run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert "enter uphold" in shown(pilot)
        await press(pilot, "enter")
    assert acts(store)[-1][:2] == ("adjudicated", "candidate")
