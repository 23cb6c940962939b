"""Searching in the review, and holding answers against the reference."""

from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from support.app_samples import app, database, pair, press, review, rows, shown
from uphold.records.enums import Side
from uphold.records.texts import ExampleText
from uphold_tui.review.answer_pane import prepare
from uphold_tui.review.reading import ReadingState
from uphold_tui.themes import FOUND
from uphold_tui.widgets.highlight import content_words, fold, spans


def lines() -> list[dict[str, Any]]:
    made = rows(6)
    for row in made:
        if "instruction" in row:
            number = int(row["key"].removeprefix("k-"))
            row["response_candidate"] = "A Kettle, and a kettle again." if number in (1, 4) else "a lamp"
            row["response_baseline"] = "line\n" * 60 + ("the kettle" if number == 4 else "nothing")
    return made


async def found(pilot: "Pilot[str]", typed: str) -> None:
    await press(pilot, "slash", *typed, "enter")
    for _ in range(200):
        if not pilot.app.screen.workers._workers:
            break
        await pilot.pause(0.01)
    await pilot.pause()


async def test_a_search_goes_to_a_pair_that_has_it_and_lights_it_up(tmp_path: Path) -> None:
    async with app(database(tmp_path, lines())).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await found(pilot, "kettle")
        screen = review(pilot)
        assert screen.session.current.key in ("k-001", "k-004")  # type: ignore[union-attr]
        assert "of the 2 found" in shown(pilot)
        assert " / kettle " in shown(pilot)
        bodies = [answer.body for answer in screen.answer_cache.both(screen.session.current, screen.reading).values()]  # type: ignore[arg-type]
        lit = [body.plain[s.start : s.end] for body in bodies for s in body.spans if s.style == FOUND]  # type: ignore[union-attr]
        assert {"Kettle", "kettle"} <= set(lit)


async def test_the_end_of_a_search_takes_its_words_away_too(tmp_path: Path) -> None:
    async with app(database(tmp_path, lines())).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await found(pilot, "kettle")
        await press(pilot, "escape")
        assert "found" not in shown(pilot)


async def test_n_goes_to_a_match_out_of_sight_then_to_the_next_pair_and_esc_ends_it(tmp_path: Path) -> None:
    async with app(database(tmp_path, lines())).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await found(pilot, "kettle")
        screen = review(pilot)
        keys = []
        for _ in range(4):
            keys.append(screen.session.current.key)  # type: ignore[union-attr]
            await press(pilot, "n")
        assert set(keys) == {"k-001", "k-004"}
        assert keys.count("k-004") >= 2
        await press(pilot, "escape")
        assert not screen.reading.find
        assert "/ kettle" not in shown(pilot)


async def test_what_is_nowhere_says_so_and_moves_nothing(tmp_path: Path) -> None:
    async with app(database(tmp_path, lines())).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        before = review(pilot).session.index
        await found(pilot, '"')
        assert "found nowhere" in shown(pilot)
        assert review(pilot).session.index == before
        await press(pilot, "t")
        assert review(pilot).session.progress.read == 1


async def test_capital_r_holds_the_answers_against_the_reference(tmp_path: Path) -> None:
    store = database(tmp_path, rows(2, reference="Refund within 14 days", response_candidate="We refund in 14 days"))
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "R")
        assert "3 of 4 words of the reference" in shown(pilot)
        assert "lacks: within" in shown(pilot)
        assert "0 of 4 words of the reference" in shown(pilot)
        await press(pilot, "R")
        assert "of the reference" not in shown(pilot)


async def test_without_a_reference_the_key_says_so(tmp_path: Path) -> None:
    async with app(database(tmp_path)).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "R")
        assert "no reference here" in shown(pilot)


def test_words_are_found_as_the_search_finds_them() -> None:
    assert spans("Kettles, un café; teakettle", "kettle CAFE") == ((0, 6), (12, 16))
    assert spans("a and ab", "a") == ((0, 1),)
    assert spans("x", '"') == ()
    assert len(fold("İstanbul ﬁ ẞ")) == len("İstanbul ﬁ ẞ")


def test_short_words_of_a_reference_tell_nothing() -> None:
    assert set(content_words("The fee is 12.50, paid by Dana")) == {"12.50", "paid", "dana"}


def test_an_answer_with_every_word_of_the_reference_says_so() -> None:
    view = pair(text=ExampleText(("x",), None, ("second charge",)))
    answer = prepare(view, Side.A, ReadingState(reference=True))
    assert answer.length == "2 of 2 words of the reference"
    assert answer.body.plain.startswith("has every telling word")  # type: ignore[union-attr]


async def test_a_match_in_the_folded_context_is_said_to_be_there(tmp_path: Path) -> None:
    made = rows(3)
    made[0]["context"] = "The policy. " * 40 + "No vouchers are given."
    async with app(database(tmp_path, made)).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await found(pilot, "voucher")
        assert "found in this pair alone; here in the context: + shows it" in shown(pilot)


async def test_a_pair_is_found_by_a_part_of_its_key(tmp_path: Path) -> None:
    async with app(database(tmp_path, lines())).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await found(pilot, "K-003")
        assert review(pilot).session.current.key == "k-003"  # type: ignore[union-attr]
        assert "found in this pair alone" in shown(pilot)
