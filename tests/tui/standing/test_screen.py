"""Standing on its screen: what is certified, against floor and ceiling, checks for drift, and a test begun from there."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.app_samples import make_app, press, shown
from support.certified import StubJudge, decided_run, judge_file, key_of
from support.hostile_texts import attack
from support.picture_standing import lapsed, standing
from uphold.records.sets import SettingKind
from uphold.store.database import Store, open_store
from uphold.workflows.curating import SetEditor
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judging import judge_run
from uphold_tui.dialogs.confirm import ConfirmScreen
from uphold_tui.numbers.screen import NumbersScreen
from uphold_tui.pairs.screen import PairsScreen
from uphold_tui.standing.screen import StandingScreen

WIDE = (120, 36)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("standing")
    for name, make in (("standing", standing), ("lapsed", lapsed)):
        make(folder / f"{name}.db")
    return {name: folder / f"{name}.db" for name in ("standing", "lapsed")}


@pytest.fixture
def opened(made: dict[str, Path], tmp_path: Path) -> Iterator[dict[str, Store]]:
    copies = {name: open_store(Path(shutil.copy(path, tmp_path / f"{name}.db"))) for name, path in made.items()}
    yield copies
    for store in copies.values():
        store.close()


async def test_a_certificate_says_first_what_it_shows_and_against_what(opened: dict[str, Store]) -> None:
    async with make_app(opened["standing"], reviewer="mira").run_test(size=WIDE) as pilot:
        await press(pilot, "i", "s")
        assert isinstance(pilot.app.screen, StandingScreen)
        screen = shown(pilot)
        assert "✓ stands" in screen
        assert "percent the same as people: haiku-5-5 v3 may stand in for them on this set" in screen
        assert "at least 77.1 with 95 % confidence, on 43 locked pairs" in screen
        assert "the floor is 75; the bound is above it" in screen
        assert "mira and jonas agree no more often: 88 % is the ceiling" in screen
        rows = {
            words: row
            for row in screen.splitlines()
            for words in ("judge and people", "mira and jonas  ")
            if words in row
        }
        assert "┊" in rows["judge and people"]
        assert "┿" in rows["mira and jonas  "]
        assert "Not enough read" in screen
        assert "! warranty" in screen
        assert "limit" in screen
        assert "~   lapsed   haiku-4.5 strict-v3" in screen
        await press(pilot, "tab")
        assert "standing of haiku-4.5 strict-v3" in shown(pilot)
        assert "~ lapsed" in shown(pilot)
        await press(pilot, "q")
        assert isinstance(pilot.app.screen, NumbersScreen)


async def test_a_wide_screen_shows_every_test_the_checks_and_the_pairs_it_was_wrong_on(
    opened: dict[str, Store],
) -> None:
    async with make_app(opened["standing"], reviewer="mira").run_test(size=(200, 60)) as pilot:
        await press(pilot, "i", "s")
        screen = shown(pilot)
        assert "Tests   2 over this set" in screen
        row = next(row for row in screen.splitlines() if "2026-02-12  haiku-4.5 strict-v3" in row)
        assert "57 of 63   at least 82" in row
        assert "✓ 2026-03-31  2 of 60 changed" in screen
        assert "Said otherwise than people   on 5 of 43 tested pairs, when it was tested" in screen
        wrong = screen.partition("Said otherwise")[2].splitlines()[1:6]
        assert all(int(row.split()[0].removeprefix("k-")) % 8 == 3 for row in wrong)  # where the judge says baseline
        await press(pilot, "tab")
        assert "~ 2026-03-01  13 of 60 changed" in shown(pilot)
        assert "on 6 of 63 tested pairs" in shown(pilot)
    async with make_app(opened["standing"], reviewer="mira").run_test(size=(200, 30)) as pilot:
        await press(pilot, "i", "s")
        assert "and 2 others: l lists all that were tested" not in shown(pilot)  # it scrolls down to them
        await press(pilot, *["pagedown"] * 3)
        assert "l lists all that were tested" in shown(pilot)


async def test_the_numbers_say_it_too_and_its_pairs_are_listed(opened: dict[str, Store]) -> None:
    async with make_app(opened["standing"], reviewer="mira").run_test(size=(120, 60)) as pilot:
        await press(pilot, "enter")
        await pilot.app.workers.wait_for_complete()
        assert ", certified" in shown(pilot)
        await press(pilot, "q", "i")
        assert "haiku-5-5 v3 stands: the same as people on 38 of 43 locked pairs" in " ".join(shown(pilot).split())
        await press(pilot, "s", "l")
        assert isinstance(pilot.app.screen, PairsScreen)
        assert "locked, tested" in shown(pilot)
        assert "43 of 200" in shown(pilot)


async def test_a_lapsed_one_goes_quiet_and_the_strip_says_why(opened: dict[str, Store]) -> None:
    async with make_app(opened["lapsed"], reviewer="mira").run_test(size=WIDE) as pilot:
        await press(pilot, "i", "s")
        screen = shown(pilot)
        assert "haiku-4.5 strict-v3 does not stand any more" in screen
        assert "the drift check of 2026-03-01 found 13 of 60 verdicts changed, up to 7 may" in screen
        strip = pilot.app.screen.query_one("#strip")
        assert strip.styles.background.hex == pilot.app.theme_variables["panel"]
        await press(pilot, "C")
        assert "refused: haiku-4.5 strict-v3 was recorded elsewhere" in shown(pilot)


@pytest.mark.parametrize("size", [(80, 24), (56, 16), (200, 60)])
async def test_every_size_shows_the_sentence_and_keeps_to_its_width(
    opened: dict[str, Store], size: tuple[int, int]
) -> None:
    async with make_app(opened["standing"], reviewer="mira").run_test(size=size) as pilot:
        await press(pilot, "i", "s")
        screen = shown(pilot)
        assert "percent the same as people" in screen
        assert max(map(len, screen.splitlines())) <= size[0]
        await press(pilot, "G", "space", "j", "k", "-")


async def test_in_80_columns_no_sentence_is_cut_and_the_next_judge_has_its_key(opened: dict[str, Store]) -> None:
    async with make_app(opened["standing"], reviewer="mira").run_test(size=(80, 24)) as pilot:
        await press(pilot, "i", "s")
        assert "tab next judge" in shown(pilot).splitlines()[-1]
        strip = [
            "the drift check of 2026-03-01 found 13 of 60 verdicts changed, up to 7 may",
            "haiku-5-5 v3@5fb96d90 is in force, haiku-4.5 strict-v3@c40311bd was tested",
            "80 examples of 120 changed since version 1 of the set",
        ]
        assert all(f"▌{row}" in shown(pilot) for row in strip)
        await press(pilot, "tab")
        assert "percent when it was tested: haiku-4.5 strict-v3 stands no more" in shown(pilot)
        assert "…" not in shown(pilot)


async def test_without_a_test_it_says_what_one_is(tmp_path: Path) -> None:
    with decided_run(tmp_path, 30) as store:
        async with make_app(store, reviewer="ada").run_test(size=WIDE) as pilot:
            await press(pilot, "i", "s")
            assert "No judge was tested on locked pairs of this set." in shown(pilot)
            assert "there is none to test" in shown(pilot)
            await press(pilot, "L", "C", "l", "tab", "escape")
            assert isinstance(pilot.app.screen, StandingScreen)


async def ended(pilot, screen: StandingScreen) -> None:
    """Wait until a judge is not asked any more, and what came of it is read."""
    while screen.is_working or screen.work is not None:
        await pilot.pause(0.01)
    await pilot.pause()


async def test_a_test_and_a_check_are_begun_from_the_screen_after_what_they_spend_was_said(
    tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setitem(os.environ, "OPENAI_API_KEY", "key")
    judge = StubJudge(wrong={key_of(3), key_of(30)})
    with decided_run(tmp_path, 70) as store, judge_file(tmp_path, judge) as (file, _):
        async for _ in judge_run(store, JudgeRequest(str(file))):
            pass
        SetEditor(store, "s", "ada").set_value(SettingKind.FLOOR, "0.75")
        async with make_app(store, reviewer="ada").run_test(size=WIDE) as pilot:
            await press(pilot, "i", "s")
            screen = pilot.app.screen
            assert isinstance(screen, StandingScreen)
            await press(pilot, "L")
            await pilot.app.workers.wait_for_complete()
            await pilot.pause()
            assert isinstance(pilot.app.screen, ConfirmScreen)
            question = " ".join(shown(pilot).split())
            assert "testing stub spends 40 locked pairs of 40 examples" in question
            assert "the chance to reach 75 % is about 94 %" in question
            await press(pilot, "escape")
            assert store.one("SELECT count(*) FROM certificates") == (0,)
            await press(pilot, "L")
            await pilot.app.workers.wait_for_complete()
            await press(pilot, "enter")
            await ended(pilot, screen)
            assert "passed   40 locked pairs spent" in shown(pilot)
            assert "✓ stands" in shown(pilot)
            judge.turned = {key_of(number) for number in range(0, 70, 2)}
            await press(pilot, "C")
            await pilot.app.workers.wait_for_complete()
            assert "60 decided pairs asked again: 60 calls" in " ".join(shown(pilot).split())
            await press(pilot, "enter")
            await ended(pilot, screen)
            assert "~ lapsed" in shown(pilot)
            assert "changed:" in shown(pilot)


async def test_names_of_strangers_are_shown_harmless(tmp_path: Path, made: dict[str, Path]) -> None:
    path = Path(shutil.copy(made["standing"], tmp_path / "x.db"))
    with open_store(path) as store:
        with store.writing() as conn:
            conn.execute("UPDATE judges SET name = ?", (attack("judge"),))
            conn.execute("UPDATE tags SET tag = ? || tag", (attack("tag"),))
            conn.execute("UPDATE reviewers SET name = ? || name", (attack("who"),))
        async with make_app(store, reviewer="mira").run_test(size=WIDE) as pilot:
            await press(pilot, "i", "s")
            screen = shown(pilot)
            assert "\x1b" not in screen
            assert isinstance(pilot.app.screen, StandingScreen)
