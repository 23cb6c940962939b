"""A screen as text that can be read in a diff: its cells, then one letter a cell for what its colours mean, and a legend."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from rich.cells import cell_len
from rich.style import Style
from textual.app import App
from textual.color import Color

from uphold_tui import themes

_GROUNDS = {"background": " ", "surface": ".", "panel": ":"}

_ON = {
    "badge-a": ("1", "badge of A"),
    "badge-b": ("2", "badge of B"),
    "badge-even": ("3", "badge of a tie"),
    "badge-doubt": ("4", "badge of doubt"),
    "badge-wrong": ("5", "badge of what is overturned, or went wrong"),
    "only-a": ("x", "words only in A, or a row of A that is chosen"),
    "only-b": ("y", "the same of B"),
    "found": ("q", "found"),
    "thumb": ("|", "scrollbar"),
    "tint": ("-", "tinted ground"),
    **{f"heat-same-{n}": ("g", "cell of a table: the same") for n in range(5)},
    **{f"heat-other-{n}": ("d", "cell of a table: not the same") for n in range(5)},
}

_INKS = {
    "foreground": ("n", "text"),
    "muted": ("m", "muted"),
    "faint": ("f", "faint"),
    "strong": ("s", "strong bar"),
    "rule": ("r", "rule"),
    "side-a": ("a", "colour of A"),
    "side-b": ("b", "colour of B"),
    "hair-a": ("h", "hair bar of A"),
    "hair-b": ("k", "hair bar of B"),
    "success": ("u", "upheld"),
    "error": ("o", "overturned, failed"),
    "warning": ("w", "doubt"),
    "secondary": ("e", "even"),
    "share-1": ("t", "share of ties"),
    "share-2": ("l", "share of the baseline"),
    "muted-solid": ("z", "bar of a panel"),
}

_TEXT_ON = ("tint", "thumb")
"""Grounds on which the letter of a text is that of its ink."""

_OTHER = ("~", "dimmed, or another colour")

_UNDERLINED, _REVERSED = ("_", "underlined"), ("#", "cursor of a field")


class Colours:
    """What the colours of a theme mean, mixed as they are on the screen."""

    def __init__(self, app: App[Any]) -> None:
        values = {**app.current_theme.to_color_system().generate(), **themes.variables(app.current_theme)}
        page = {name: Color.parse(values[name]) for name in _GROUNDS}
        self.grounds = {page[name]: sign for name, sign in _GROUNDS.items()}
        self.on: dict[Color, tuple[str, str, str]] = {}
        for name, (sign, word) in _ON.items():
            colour = Color.parse(values[name].rsplit("on ", 1)[-1])
            for ground in page.values():
                self.on.setdefault(_mixed(ground, colour), (name, sign, word))
        self.inks = [(Color.parse(values[name]), *said) for name, said in _INKS.items()]

    def letter(self, style: Style, blank: bool) -> tuple[str, str]:
        """The letter of a cell, and what it stands for; blank cells show their ground."""
        ground, ink = _colour(style.bgcolor), _colour(style.color)
        if style.reverse:
            return _REVERSED
        known = _near(self.on, ground)
        if known is not None and (blank or known[0] not in _TEXT_ON):
            _, sign, word = known
            return sign, word
        if blank:
            return _near(self.grounds, ground) or "~", ""
        if style.underline:
            return _UNDERLINED
        for colour, sign, word in self.inks:
            if _same(_mixed(ground, colour), ink):
                return (sign.upper(), f"{word}, bold") if style.bold else (sign, word)
        return _OTHER


def _colour(colour: Any) -> Color:
    return Color(*colour.get_truecolor()) if colour is not None else Color(0, 0, 0)


def _mixed(ground: Color, colour: Color) -> Color:
    return ground.blend(colour.with_alpha(1.0), colour.a)


def _same(one: Color, other: Color) -> bool:
    return all(abs(a - b) <= 2 for a, b in zip(one.rgb, other.rgb, strict=True))


def _near(known: Mapping[Color, Any], colour: Color) -> Any:
    return next((said for one, said in known.items() if _same(one, colour)), None)


def strips(app: App[Any]) -> list[Any]:
    """The rows of the screen as they are drawn."""
    return app.screen._compositor.render_strips()


def as_text(app: App[Any]) -> str:
    """The cells of the screen."""
    return "\n".join(strip.text.rstrip() for strip in strips(app))


def as_snapshot(app: App[Any]) -> str:
    """The cells of the screen, what their colours mean, and the legend of the letters that occur."""
    colours, legend = Colours(app), dict[str, str]()
    letter = cache(colours.letter)
    rows = ["".join(_letters(strip, letter, legend)).rstrip() for strip in strips(app)]
    known = [f"{sign}  {word}" for sign, word in sorted(legend.items()) if word]
    return "\n".join([as_text(app), "", *rows, "", *known, ""])


def _letters(strip: Any, letter: Callable[..., tuple[str, str]], legend: dict[str, str]) -> Iterator[str]:
    for text, style, _ in strip:
        for character in text:
            sign, word = letter(style or Style(), not character.strip())
            legend[sign] = word
            yield sign * cell_len(character)
