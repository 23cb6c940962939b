"""The look of the app: names of styles, the signs of states, and uphold's own themes with their variables.

The constants are style names such as `$muted`. Textual resolves them against the variables of the current theme, which
`variables` computes, so that any theme of Textual's works.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from textual.color import Color
from textual.theme import Theme

# Strengths of text, from strong to weak, and of lines: the part of a bar between its full and its empty one, and the empty one.
BOLD = "bold"
STRONG = "$strong"
MUTED = "$muted"
UNSHARED = "$unshared"
FAINT = "$faint"
MID = "$mid"
RULE = "$rule"

# Backgrounds: the row under the cursor, a title row that parts what stands above it from what stands below it, the
# interval in a chart, the thumb of a scrollbar, a match of the search.
TINT = "$tint"
DIVIDER = "$divider"
BAND = "$band"
THUMB = "on $thumb"
FOUND = "$found"

# Shares of a bar that are no verdict of colour: of the candidate, of ties, of the baseline, and what is left.
SHARES = ("$share-0", "$share-1", "$share-2", "$share-3")

# Meanings: rulings, and verdicts that are no side.
UPHELD = "$success"
OVERTURNED = "$error"
DOUBT = "$warning"
EVEN = "$secondary"

THICK, HAIR = "▌", "▏"
"""The bar at the left of a panel: of the answer in force, or of another."""

# By side: its letter and name, the thin bar, the badge, the background of the chosen name, words only that answer has.
SIDE = {"A": "$side-a", "B": "$side-b"}
HAIR_OF = {"A": "$hair-a", "B": "$hair-b"}
BADGE = {"A": "$badge-a", "B": "$badge-b"}
CHOSEN = {"A": "$chosen-a", "B": "$chosen-b"}
ONLY = {"A": "$only-a", "B": "$only-b"}

# Badges of verdicts that are no side: a tie, an inconsistent one, an unreadable or failed one.
BADGE_EVEN = "$badge-even"
BADGE_DOUBT = "$badge-doubt"
BADGE_WRONG = "$badge-wrong"

# Backgrounds of the cells of a confusion matrix, from few to many: on the diagonal and off it.
HEAT_SAME = tuple(f"$heat-same-{level}" for level in range(5))
HEAT_OTHER = tuple(f"$heat-other-{level}" for level in range(5))


@dataclass(frozen=True, slots=True)
class Signs:
    """The signs of states; each is shown with its word everywhere but in the first column of lists."""

    undecided: str = "·"
    upheld: str = "✓"
    overturned: str = "≠"
    decided: str = "•"
    tie: str = "="
    both_bad: str = "×"
    inconsistent: str = "⇄"
    unreadable: str = "?"
    failed: str = "×"
    flagged: str = "⚑"
    carried: str = "»"
    stale: str = "~"
    skipped: str = "–"
    broken: str = "!"
    draft: str = "○"
    retired: str = "×"
    more: str = "▾"
    folded: str = "▸"


PLAIN = Signs()

ASCII = Signs(
    undecided=".",
    upheld="+",
    overturned="/",
    decided="*",
    both_bad="x",
    inconsistent="%",
    failed="x",
    flagged="!",
    carried=">",
    skipped="-",
    draft="o",
    retired="x",
    more="v",
    folded=">",
)

SIGNS = {"plain": PLAIN, "ascii": ASCII}

DARK = Theme(
    name="uphold-dark",
    dark=True,
    background="#101317",
    surface="#181C22",
    panel="#20262E",
    foreground="#D9DEE5",
    primary="#62AEF2",
    secondary="#8C98A8",
    accent="#EBA244",
    success="#63BF8B",
    warning="#D8C565",
    error="#E2708F",
)

LIGHT = Theme(
    name="uphold-light",
    dark=False,
    background="#F4F2ED",
    surface="#FFFFFF",
    panel="#E9E6DF",
    foreground="#24292F",
    primary="#0B62AE",
    secondary="#5E6875",
    accent="#985200",
    success="#17693D",
    warning="#735C00",
    error="#B02A58",
)

CONTRAST = Theme(
    name="uphold-contrast",
    dark=True,
    background="#000000",
    surface="#0A0A0A",
    panel="#161616",
    foreground="#FFFFFF",
    primary="#A3D5FF",
    secondary="#CFD6DE",
    accent="#FFC456",
    success="#7DEBA6",
    warning="#FFE873",
    error="#FFA9BD",
    # The tints that Textual makes for what is selected are so bright that white text on them falls below 7.
    variables={
        "input-selection-background": "#A3D5FF",
        "input-selection-foreground": "#000000",
        "screen-selection-background": "#A3D5FF",
        "screen-selection-foreground": "#000000",
    },
)
"""Text of every strength, and colours that mean something, have a contrast of 7 and more with whatever is behind them."""

OWN = (DARK, LIGHT, CONTRAST)
"""The themes that come with uphold."""


@dataclass(frozen=True, slots=True)
class Strengths:
    """How much of a colour is left in weaker text, in lines and in backgrounds, as shares.

    `side` is behind the words that only one answer has, `chosen` behind a name in the colour of its side.
    """

    muted: float
    faint: float
    strong: float = 0.78
    mid: float = 0.65
    rule: float = 0.18
    solid: float = 0.4
    tint: float = 0.11
    thumb: float = 0.16
    side: float = 0.26
    chosen: float = 0.22
    hair: float = 0.5
    found: float = 0.34
    heat: tuple[float, ...] = (0.05, 0.12, 0.2, 0.3, 0.42)
    shares: tuple[float, ...] = (0.78, 0.6, 0.4, 0.18)


_ON_DARK = Strengths(muted=0.65, faint=0.42)
_ON_LIGHT = Strengths(muted=0.72, faint=0.54, mid=0.72, chosen=0.18)
_STRONG = Strengths(
    muted=0.88,
    faint=0.8,
    strong=0.92,
    mid=0.62,
    rule=0.5,
    solid=0.8,
    tint=0.12,
    thumb=0.4,
    side=0.22,
    found=0.2,
    hair=0.75,
    heat=(0.05, 0.1, 0.16, 0.2, 0.24),
    shares=(0.95, 0.7, 0.45, 0.2),
)

_LEAST_CONTRAST = 3.0
"""Of a side's letter and name with their background: what WCAG 2.1 asks of large text and of graphical objects."""

_COOL = (185 / 360, 290 / 360)
_WARM = (18 / 360, 68 / 360)


def _hue_within(colour: str, band: tuple[float, float]) -> bool:
    """Whether `colour` has a visible hue inside `band` (from and to, as shares of the colour circle)."""
    hue, saturation, _ = Color.parse(colour).hsl
    return saturation > 0.15 and band[0] <= hue <= band[1]


def sides(theme: Theme) -> tuple[str, str]:
    """Return the colours of A and B in a theme: one blue or violet, one orange or yellow, else the warning colour for B."""
    if theme.ansi:
        return "ansi_blue", "ansi_yellow"
    candidates = [colour for colour in (theme.primary, theme.accent, theme.secondary, theme.warning) if colour]
    cool = next((colour for colour in candidates if _hue_within(colour, _COOL)), theme.primary)
    warm = next((colour for colour in (theme.accent, theme.primary, theme.secondary) if _is_warm(colour)), None)
    return cool, warm or theme.warning or theme.accent or theme.primary


def _is_warm(colour: str | None) -> bool:
    return colour is not None and _hue_within(colour, _WARM)


def _faded(colour: str, share: float) -> str:
    """Return `colour` with an alpha as #rrggbbaa, the only notation of it that works inside a theme variable."""
    red, green, blue = Color.parse(colour).rgb
    return f"#{red:02x}{green:02x}{blue:02x}{round(share * 255):02x}"


def _ansi_variables(side_a: str, side_b: str) -> dict[str, str]:
    """Return the variables of an ANSI theme, whose colours cannot be mixed: dim, reverse and underline replace tints."""
    filled = {
        "badge-a": side_a,
        "badge-b": side_b,
        "badge-even": "ansi_bright_black",
        "badge-doubt": "ansi_yellow",
        "badge-wrong": "ansi_red",
    }
    return (
        {
            "side-a": side_a,
            "side-b": side_b,
            "hair-a": side_a,
            "hair-b": side_b,
            "muted": "dim",
            "unshared": "ansi_default",
            "faint": "dim",
            "strong": "ansi_default",
            "mid": "dim",
            "tint": "reverse",
            # Reversed, a bare letter would look like a filled badge, and every title row like that of the chosen side.
            "divider": "underline",
            "band": "on ansi_bright_black",
            "chosen-a": "reverse",
            "chosen-b": "reverse",
            "only-a": "underline",
            "only-b": "underline",
            "thumb": "ansi_bright_black",
            "found": "bold reverse",
            "muted-solid": "ansi_white",
            "hint": "ansi_bright_black",
            "rule": "ansi_bright_black",
        }
        | {f"heat-{of}-{n}": "reverse" if n == 4 else "default" for of in ("same", "other") for n in range(5)}
        | {f"share-{n}": look for n, look in enumerate(("ansi_default", "ansi_white", "dim", "ansi_bright_black"))}
        | {name: f"bold reverse {colour}" for name, colour in filled.items()}
    )


@cache
def _palette(
    name: str, values: tuple[tuple[str, str], ...], strengths: Strengths, side_a: str, side_b: str
) -> dict[str, str]:
    """Return the variables of a theme with RGB colours; `values` are its (name, colour) pairs."""
    colours = dict(values)
    foreground, background = colours["foreground"], colours["background"]
    filled = {
        "badge-a": side_a,
        "badge-b": side_b,
        "badge-even": colours["secondary"],
        "badge-doubt": colours["warning"],
        "badge-wrong": colours["error"],
    }
    ink = {fill: _ink(background, fill) for fill in filled.values()}
    heat = {"same": colours["success"], "other": colours["error"]}
    return (
        {
            "side-a": side_a,
            "side-b": side_b,
            "hair-a": _faded(side_a, strengths.hair),
            "hair-b": _faded(side_b, strengths.hair),
            "muted": _faded(foreground, strengths.muted),
            # Where muted text is nearly as bright as the rest, its brightness tells nothing.
            "unshared": f"bold {foreground}" if strengths is _STRONG else foreground,
            "faint": _faded(foreground, strengths.faint),
            "strong": _faded(foreground, strengths.strong),
            "mid": _faded(foreground, strengths.mid),
            "tint": f"on {_faded(foreground, strengths.tint)}",
            "divider": f"on {_faded(foreground, strengths.tint)}",
            "band": f"on {_faded(foreground, strengths.tint)}",
            "chosen-a": f"on {_faded(side_a, strengths.chosen)}",
            "chosen-b": f"on {_faded(side_b, strengths.chosen)}",
            "only-a": f"on {_faded(side_a, strengths.side)}",
            "only-b": f"on {_faded(side_b, strengths.side)}",
            "thumb": _faded(foreground, strengths.thumb),
            "found": f"bold {foreground} on {_faded(colours['warning'], strengths.found)}",
            "muted-solid": _faded(foreground, strengths.solid),
            "hint": _faded(foreground, strengths.muted),
            "rule": _faded(foreground, strengths.rule),
        }
        | {
            f"heat-{of}-{n}": f"on {_faded(colour, share)}"
            for of, colour in heat.items()
            for n, share in enumerate(strengths.heat)
        }
        | {f"share-{n}": _faded(foreground, share) for n, share in enumerate(strengths.shares)}
        | {badge: f"bold {ink[fill]} on {fill}" for badge, fill in filled.items()}
    )


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two opaque colours, 1 to 21 (WCAG 2.1)."""
    brighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.1)."""
    channels = [channel / 255 for channel in Color.parse(colour).rgb]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _ink(background: str, fill: str) -> str:
    """Return the colour of letters on a filled badge: the page's background if it is readable, else black or white."""
    if contrast(background, fill) >= 3.5:
        return background
    return max("#000000", "#ffffff", key=lambda ink: contrast(ink, fill))


def _readable(colour: str, backgrounds: Sequence[str], foreground: str) -> str:
    """Return a colour, blended with that of the text as far as it takes to be readable on every background."""
    own, text = Color.parse(colour), Color.parse(foreground)
    mixed = [own.blend(text, share / 10).hex for share in range(8)]
    readable = (blend for blend in mixed if min(contrast(blend, back) for back in backgrounds) >= _LEAST_CONTRAST)
    return next(readable, mixed[-1])


def variables(theme: Theme) -> dict[str, str]:
    """Return the variables that uphold's styles need in a theme beside Textual's own."""
    side_a, side_b = sides(theme)
    if theme.ansi:
        return _ansi_variables(side_a, side_b)
    colours = theme.to_color_system().generate()
    needed = ("foreground", "background", "secondary", "success", "warning", "error")
    backgrounds = [colours[name] for name in ("background", "surface", "panel")]
    side_a, side_b = (_readable(side, backgrounds, colours["foreground"]) for side in (side_a, side_b))
    strengths = _STRONG if theme is CONTRAST else _ON_DARK if theme.dark else _ON_LIGHT
    return _palette(theme.name, tuple((name, colours[name]) for name in needed), strengths, side_a, side_b)


def usual_theme(color_system: str | None) -> str:
    """Return the theme where none is named, for a terminal with so many colours as Rich calls it.

    With 16 colours the backgrounds of an RGB theme would all become black: there the terminal's own colours are taken, with
    reverse and dim text in the place of tints.
    """
    return "ansi-dark" if color_system == "standard" else DARK.name
