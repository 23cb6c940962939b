"""Foreign text is shown, never interpreted: no control or bidi character is drawn, no markup does anything."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.content import Content
from textual.pilot import Pilot

from support.app_samples import app, database, make_app, press, review, rows, shown
from support.hostile_texts import BIDI, CONTROLS, MARKUP, attack
from uphold_tui import safe_text

FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

TEXTS = st.text(
    st.one_of(st.characters(), st.sampled_from(CONTROLS + BIDI + "\x1b\x9b\x9d[]/@$\\\u2028")), max_size=200
)


def drawn(pilot: "Pilot[str]") -> list[str]:
    """Every row of the screen, as it would be sent."""
    return [strip.text for strip in pilot.app.screen._compositor.render_strips()]


@given(TEXTS)
def test_nothing_that_showing_makes_holds_a_control_or_bidi_character(text: str) -> None:
    one_row = [safe_text.line(text), safe_text.running(text), safe_text.quoted(text), safe_text.tail(text)]
    for made in one_row:
        assert not FORBIDDEN.search(made.plain)
    for many in (safe_text.shown(text).plain, safe_text.safe(text), safe_text.answer([text, 1]).plain):
        assert not FORBIDDEN.search(many.replace("\n", "").replace("\t", ""))


@given(TEXTS)
def test_markup_in_foreign_text_stays_text(text: str) -> None:
    made = safe_text.shown(f"[b]{text}[/b]")
    assert isinstance(made, Content)
    assert not made.spans
    assert made.plain.startswith("[b]")


def test_a_very_long_text_is_cut_and_says_how_much_is_left_out() -> None:
    made = safe_text.shown("x" * (safe_text.LONGEST + 1234))
    assert made.plain.endswith("1,234 more characters; e opens the whole")


async def test_no_screen_draws_a_control_character(tmp_path: Path) -> None:
    await assert_every_screen_is_clean(
        tmp_path, "".join(map(chr, range(0x20, 0x100))) + BIDI + "\u2028\u3000\U0010ffff"
    )


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS)
async def test_no_screen_draws_a_control_character_whatever_the_file_holds(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    await assert_every_screen_is_clean(tmp_path_factory.mktemp("hostile"), text)


async def assert_every_screen_is_clean(folder: Path, text: str) -> None:
    """Go through all screens of a database whose every text holds attacks and this."""
    text = text.encode("utf-8", "replace").decode()
    hostile = f"{attack('x')}{text}"
    lines = rows(
        2,
        instruction=hostile,
        response_candidate=hostile,
        response_baseline=hostile[::-1],
        reason=hostile,
        judge=f"j{hostile}",
        candidate=f"c{hostile}",
        baseline=f"b{hostile}",
        tags=[hostile],
        context=hostile,
        reference=hostile,
    )
    store = database(folder, lines)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        for key in (
            "v",
            "d",
            "d",
            "m",
            "m",
            "plus",
            "plus",
            "r",
            "escape",
            "t",
            "left",
            "question_mark",
            "escape",
            "R",
            "R",
            "I",
            "escape",
            "slash",
            "k",
            "e",
            "y",
            "enter",
            "escape",
            "l",
            "tab",
            "F",
            "escape",
            "slash",
            "x",
            "enter",
            "escape",
            "o",
            "i",
            "j",
            "t",
            "enter",
            "q",
            "q",
            "q",
            "colon",
        ):
            await press(pilot, key)
            assert not any(FORBIDDEN.search(row) for row in drawn(pilot)), key


async def test_markup_in_the_list_and_the_numbers_cannot_be_clicked(tmp_path: Path) -> None:
    lines = rows(
        3, candidate=f"c{MARKUP}", baseline="b", judge=MARKUP, instruction=MARKUP, tags=[MARKUP], reason=MARKUP
    )
    store = database(tmp_path, lines)
    async with app(store).run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        await press(pilot, "t", "l")
        for key in ("g", "i"):
            await press(pilot, key)
            opened = pilot.app.screen
            for y, row in enumerate(shown(pilot).splitlines()):
                for found in re.finditer("click me", row):
                    if pilot.app.screen is opened:
                        await pilot.click(offset=(found.start() + 2, y))
                        await pilot.pause()
        assert pilot.app.is_running
        assert not any(FORBIDDEN.search(row) for row in drawn(pilot))


async def test_markup_with_an_action_cannot_be_clicked(tmp_path: Path) -> None:
    store = database(tmp_path, rows(1, response_candidate=MARKUP, response_baseline=MARKUP, instruction=MARKUP))
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        for y, row in enumerate(shown(pilot).splitlines()):
            for found in re.finditer("click me", row):
                await pilot.click(offset=(found.start() + 2, y))
                await pilot.pause()
        assert pilot.app.is_running
        assert review(pilot).session.current is not None


async def test_a_hostile_comment_and_a_hostile_paste_are_made_harmless(tmp_path: Path) -> None:
    from textual.events import Paste

    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "c")
        pilot.app.post_message(Paste("pasted \x1b]0;x\x07 \u202e"))
        await pilot.pause()
        assert not any(FORBIDDEN.search(row) for row in drawn(pilot))
        assert shown(pilot).count("pasted") == 1
        await press(pilot, "enter")
        assert not any(FORBIDDEN.search(row) for row in drawn(pilot))


async def test_the_start_screen_draws_no_control_character(tmp_path: Path) -> None:
    hostile = attack("x")
    store = database(tmp_path, rows(1, candidate=hostile, baseline="b" + hostile, judge=hostile))
    async with make_app(store, reviewer=hostile).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert "against" in shown(pilot)
        assert not any(FORBIDDEN.search(row) for row in drawn(pilot))
