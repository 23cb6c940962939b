"""Colours: text can be read on every ground, and A and B differ in every theme."""

from itertools import pairwise
from pathlib import Path

import pytest
from textual.color import Color
from textual.filter import Monochrome, NoColor
from textual.theme import BUILTIN_THEMES

from support.app_samples import app, database, press, rows
from support.recorded_app import recorded
from uphold_tui import themes
from uphold_tui.app import UpholdApp

GROUNDS = ("background", "surface", "panel")


def over(colour: str, ground: str) -> str:
    """A colour with alpha, as it looks on a ground."""
    top = Color.parse(colour)
    return Color.parse(ground).blend(top.with_alpha(1), top.a).hex


@pytest.mark.parametrize("theme", themes.OWN)
@pytest.mark.parametrize("ground", GROUNDS)
def test_muted_text_reaches_contrast_four_and_a_half_on_every_ground(theme: themes.Theme, ground: str) -> None:
    behind = getattr(theme, ground)
    assert themes.contrast(over(themes.variables(theme)["muted"], behind), behind) >= 4.5


async def test_what_stands_in_an_empty_field_can_be_read(tmp_path: Path) -> None:
    async with app(database(tmp_path)).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await pilot.press("l")
        await pilot.pause()
        field = pilot.app.screen.query_one("#find-field")
        for theme in themes.OWN:
            pilot.app.theme = theme.name
            await pilot.pause()
            words, limit = (
                field.get_component_styles("input--placeholder").color,
                7 if theme is themes.CONTRAST else 4.5,
            )
            assert themes.contrast(over(words.hex, theme.background), theme.background or "") >= limit


@pytest.mark.parametrize("theme", themes.OWN)
@pytest.mark.parametrize("ground", GROUNDS)
def test_hints_in_empty_fields_can_be_read_on_every_ground(theme: themes.Theme, ground: str) -> None:
    page = getattr(theme, ground)
    assert themes.contrast(over(themes.variables(theme)["hint"], page), page) >= 4.5


@pytest.mark.parametrize("theme", themes.OWN)
@pytest.mark.parametrize("name", ["primary", "accent", "success", "error", "warning"])
def test_colours_that_mean_something_can_be_read_as_text(theme: themes.Theme, name: str) -> None:
    for ground in GROUNDS:
        assert themes.contrast(getattr(theme, name), getattr(theme, ground)) >= 4.5


@pytest.mark.parametrize("name", sorted(BUILTIN_THEMES))
def test_every_theme_has_two_sides_that_differ(name: str) -> None:
    a, b = themes.sides(BUILTIN_THEMES[name])
    assert a != b
    if not BUILTIN_THEMES[name].ansi:
        hues = [Color.parse(colour).hsl.h for colour in (a, b)]
        assert hues[0] != pytest.approx(hues[1], abs=0.02)


@pytest.mark.parametrize("theme", [*themes.OWN, *BUILTIN_THEMES.values()], ids=lambda theme: theme.name)
def test_letters_on_a_filled_badge_can_be_read(theme: themes.Theme) -> None:
    made = themes.variables(theme)
    for name in ("badge-a", "badge-b", "badge-even", "badge-doubt", "badge-wrong"):
        if theme.ansi:
            assert "reverse" in made[name]
            continue
        _, ink, _, fill = made[name].split()
        assert themes.contrast(ink, fill) >= 3.5


@pytest.mark.parametrize("name", sorted(set(BUILTIN_THEMES) - {"ansi-dark", "ansi-light"}))
def test_the_letters_of_both_sides_can_be_seen_in_every_theme(name: str) -> None:
    theme = BUILTIN_THEMES[name]
    made, grounds = themes.variables(theme), theme.to_color_system().generate()
    for side in ("side-a", "side-b"):
        assert min(themes.contrast(made[side], grounds[ground]) for ground in GROUNDS) >= 3


@pytest.mark.parametrize("theme", themes.OWN)
def test_the_shares_of_a_bar_can_be_told_apart(theme: themes.Theme) -> None:
    made, page = themes.variables(theme), theme.background or ""
    shades = [over(made[name.removeprefix("$")], page) for name in themes.SHARES]
    assert min(themes.contrast(one, other) for one, other in pairwise([*shades, page])) >= 1.25


@pytest.mark.parametrize("theme", themes.OWN)
def test_the_three_parts_of_a_bar_can_be_told_apart(theme: themes.Theme) -> None:
    made, panel = themes.variables(theme), theme.panel or ""
    shades = [theme.foreground or "", over(made["mid"], panel), over(made["rule"], panel)]
    assert min(themes.contrast(one, other) for one, other in pairwise(shades)) >= 1.4


def test_every_theme_defines_the_same_variables() -> None:
    every = [themes.variables(theme).keys() for theme in (*themes.OWN, *BUILTIN_THEMES.values())]
    assert all(keys == every[0] for keys in every)


def test_ansi_themes_mix_nothing() -> None:
    made = themes.variables(BUILTIN_THEMES["ansi-dark"])
    assert made["muted"] == "dim"
    assert made["tint"] == "reverse"
    assert not any("#" in value for value in made.values())


@pytest.mark.parametrize("ground", GROUNDS)
def test_the_contrast_theme_reaches_seven_for_text_of_every_strength_on_whatever_is_behind_it(ground: str) -> None:
    made, page = themes.variables(themes.CONTRAST), getattr(themes.CONTRAST, ground)
    tints = [name for name in made if made[name].startswith(("on ", "bold on "))]
    behind = [page, *(over(made[name].split("on ")[-1], page) for name in tints)]
    assert len(behind) > 10
    for ground_of_text in behind:
        for name in ("muted", "faint", "strong"):
            assert themes.contrast(over(made[name], ground_of_text), ground_of_text) >= 7, (name, ground_of_text)
    for name in ("primary", "secondary", "accent", "success", "warning", "error", "foreground"):
        for ground_of_text in (page, over(made["tint"].removeprefix("on "), page)):
            assert themes.contrast(getattr(themes.CONTRAST, name), ground_of_text) >= 7, (name, ground_of_text)
    for side in ("a", "b"):
        assert themes.contrast(made[f"side-{side}"], page) >= 7
        _, ink, _, fill = made[f"badge-{side}"].split()
        assert themes.contrast(ink, fill) >= 7


@pytest.mark.parametrize("theme", themes.OWN)
def test_what_stands_on_a_tint_can_be_read_too(theme: themes.Theme) -> None:
    made, least = themes.variables(theme), 7 if theme is themes.CONTRAST else 4.5
    for ground in GROUNDS:
        page = getattr(theme, ground)
        tint = over(made["tint"].removeprefix("on "), page)
        assert themes.contrast(over(made["muted"], tint), tint) >= least
        *_, ink, _, found = made["found"].split()
        assert themes.contrast(ink, over(found, page)) >= least
    for side in ("a", "b"):  # titles of answers
        chosen = over(made[f"chosen-{side}"].removeprefix("on "), theme.surface)
        only = over(made[f"only-{side}"].removeprefix("on "), theme.surface)
        assert themes.contrast(made[f"side-{side}"], chosen) >= least
        assert themes.contrast(theme.foreground, chosen) >= least
        assert themes.contrast(theme.foreground, only) >= least


@pytest.mark.parametrize("theme", themes.OWN)
@pytest.mark.parametrize("ground", GROUNDS)
def test_what_is_selected_can_be_read(theme: themes.Theme, ground: str) -> None:
    made, page = theme.to_color_system().generate(), getattr(theme, ground)
    for where, least in (("input", 4.5), ("screen", 4)):
        behind, ink = over(made[f"{where}-selection-background"], page), made[f"{where}-selection-foreground"]
        ink = theme.foreground if ink == "transparent" else ink  # what is selected keeps its colour
        assert themes.contrast(ink, behind) >= (7 if theme is themes.CONTRAST else least)


@pytest.mark.parametrize("theme", themes.OWN)
async def test_the_comments_of_code_in_markdown_can_be_read(tmp_path: Path, theme: themes.Theme) -> None:
    code = "```python\n# a comment\nx = 1\n```"
    made = app(database(tmp_path, rows(1, response_candidate=code, response_baseline=code)), theme=theme.name)
    async with made.run_test(size=(120, 36)) as pilot:
        await press(pilot, "m")
        strips = made.screen._compositor.render_strips()
        styles = [style for strip in strips for text, style, _ in strip if "a comment" in text]
        assert styles
        for style in styles:
            ink, ground = (Color.from_rich_color(colour).hex for colour in (style.color, style.bgcolor))  # type: ignore[union-attr]
            assert themes.contrast(ink, ground) >= (7 if theme is themes.CONTRAST else 4.5)


@pytest.mark.parametrize("theme", themes.OWN)
def test_words_that_only_one_text_has_differ_from_muted_ones_by_brightness_or_weight(theme: themes.Theme) -> None:
    made = themes.variables(theme)
    *weight, ink = made["unshared"].split()
    assert weight == ["bold"] or themes.contrast(over(made["muted"], theme.surface), ink) >= 2


def test_a_terminal_of_sixteen_colours_gets_a_theme_that_mixes_nothing() -> None:
    assert BUILTIN_THEMES[themes.usual_theme("standard")].ansi
    assert {themes.usual_theme(system) for system in ("256", "truecolor", None)} == {themes.DARK.name}


async def test_without_colours_greys_are_taken_from_themes_of_rgb_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    made = app(database(tmp_path), theme="ansi-dark")
    async with made.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert filters(made) == [NoColor]  # greys of the terminal's own colours would be black on black
        made.theme = "uphold-dark"
        await pilot.pause()
        assert filters(made) == [Monochrome]


def filters(made: UpholdApp) -> list[type]:
    return [type(one) for one in made.get_line_filters() if isinstance(one, (NoColor, Monochrome))]


@pytest.mark.parametrize(("theme", "other"), [(themes.LIGHT, themes.DARK), (themes.DARK, themes.LIGHT)])
async def test_the_first_frame_has_the_colours_of_the_theme_chosen(
    theme: themes.Theme, other: themes.Theme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    async with recorded(app(database(tmp_path), theme=theme.name)) as terminal:
        drawn = bytes(terminal.stream)
    assert ground(theme) in drawn
    assert ground(other) not in drawn


def ground(theme: themes.Theme) -> bytes:
    """The sequence that a terminal is sent for the background of a theme."""
    assert theme.background is not None
    red, green, blue = Color.parse(theme.background).rgb
    return f"48;2;{red};{green};{blue}".encode()
