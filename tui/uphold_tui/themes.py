"""The strengths of text, the meanings of colour, and the signs that stand beside them.

The values are style names that the theme resolves when something is drawn (see themes.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from textual.color import Color
from textual.theme import Theme

BOLD = "bold"


MUTED = "$muted"


FAINT = "$faint"


STRONG = "$strong"


RULE = "$rule"


TINT = "$tint"


BAND = "$band"


UPHELD = "$success"


OVERTURNED = "$error"


DOUBT = "$warning"


EVEN = "$secondary"


THUMB = "on $thumb"


THICK, HAIR = "▌", "▏"
"""The bar at the left of a surface: in force, or not."""


HAIR_OF = {"A": "$hair-a", "B": "$hair-b"}


SIDE = {"A": "$side-a", "B": "$side-b"}


BADGE = {"A": "$badge-a", "B": "$badge-b"}


CHOSEN = {"A": "$chosen-a", "B": "$chosen-b"}


ONLY = {"A": "$only-a", "B": "$only-b"}


HEAT_SAME = tuple(f"$heat-same-{share}" for share in range(5))


HEAT_OTHER = tuple(f"$heat-other-{share}" for share in range(5))
"""Tints of a table's cells, from none to many: where two say the same, and where they do not."""


FOUND = "$found"
"""What was searched for, inside a text."""


BADGE_EVEN = "$badge-even"


BADGE_DOUBT = "$badge-doubt"


BADGE_WRONG = "$badge-wrong"


@dataclass(frozen=True, slots=True)
class Signs:
    """The marks of states; each stands with its word everywhere but in the first column of lists."""

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


_SEEN = 3.0
"""The least contrast of a side's letter and name with what they stand on."""


_COOL = (185 / 360, 290 / 360)


_WARM = (18 / 360, 68 / 360)


def _hue_within(colour: str, band: tuple[float, float]) -> bool:
    """Whether `colour` has a visible hue inside `band` (shares of the circle)."""
    hue, saturation, _ = Color.parse(colour).hsl
    return saturation > 0.15 and band[0] <= hue <= band[1]


def sides(theme: Theme) -> tuple[str, str]:
    """The colours of A and B: one blue or violet, one orange or yellow, else the warning colour for B."""
    if theme.ansi:
        return "ansi_blue", "ansi_yellow"
    named = [colour for colour in (theme.primary, theme.accent, theme.secondary, theme.warning) if colour]
    cool = next((colour for colour in named if _hue_within(colour, _COOL)), theme.primary)
    warm = next((colour for colour in (theme.accent, theme.primary, theme.secondary) if _is_warm(colour)), None)
    return cool, warm or theme.warning or theme.accent or theme.primary


def _is_warm(colour: str | None) -> bool:
    return colour is not None and _hue_within(colour, _WARM)


def _faded(colour: str, share: float) -> str:
    """`colour` with an alpha, in the one form that survives inside a variable."""
    red, green, blue = Color.parse(colour).rgb
    return f"#{red:02x}{green:02x}{blue:02x}{round(share * 255):02x}"


def _ansi_variables(side_a: str, side_b: str) -> dict[str, str]:
    """Where colours cannot be mixed: muted is dim, tints are reverse, marks are underlined."""
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
            "faint": "dim",
            "strong": "ansi_default",
            "tint": "reverse",
            "band": "on ansi_bright_black",
            "chosen-a": "reverse",
            "chosen-b": "reverse",
            "only-a": "underline",
            "only-b": "underline",
            "thumb": "ansi_bright_black",
            "found": "bold reverse",
            "muted-solid": "ansi_white",
            "rule": "ansi_bright_black",
        }
        | {f"heat-{of}-{n}": "reverse" if n == 4 else "default" for of in ("same", "other") for n in range(5)}
        | {name: f"bold reverse {colour}" for name, colour in filled.items()}
    )


@cache
def _palette(name: str, values: tuple[tuple[str, str], ...], dark: bool, side_a: str, side_b: str) -> dict[str, str]:
    colours = dict(values)
    foreground, ground = colours["foreground"], colours["background"]
    filled = {
        "badge-a": side_a,
        "badge-b": side_b,
        "badge-even": colours["secondary"],
        "badge-doubt": colours["warning"],
        "badge-wrong": colours["error"],
    }
    ink = {fill: _ink(ground, fill) for fill in filled.values()}
    heat = {"same": colours["success"], "other": colours["error"]}
    return (
        {
            "side-a": side_a,
            "side-b": side_b,
            "hair-a": _faded(side_a, 0.5),
            "hair-b": _faded(side_b, 0.5),
            "muted": _faded(foreground, 0.62 if dark else 0.72),
            "faint": _faded(foreground, 0.42 if dark else 0.54),
            "strong": _faded(foreground, 0.78),
            "tint": f"on {_faded(foreground, 0.11)}",
            "band": f"on {_faded(foreground, 0.11)}",
            "chosen-a": f"on {_faded(side_a, 0.26)}",
            "chosen-b": f"on {_faded(side_b, 0.26)}",
            "only-a": f"on {_faded(side_a, 0.26)}",
            "only-b": f"on {_faded(side_b, 0.26)}",
            "thumb": _faded(foreground, 0.16),
            "found": f"bold on {_faded(colours['warning'], 0.34)}",
            "muted-solid": _faded(foreground, 0.4),
            "rule": _faded(foreground, 0.18),
        }
        | {
            f"heat-{of}-{n}": f"on {_faded(colour, share)}"
            for of, colour in heat.items()
            for n, share in enumerate((0.05, 0.12, 0.2, 0.3, 0.42))
        }
        | {badge: f"bold {ink[fill]} on {fill}" for badge, fill in filled.items()}
    )


def contrast(one: str, other: str) -> float:
    """Contrast of two opaque colours, 1 to 21 (WCAG 2.1, relative luminance)."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    shares = [part / 255 for part in Color.parse(colour).rgb]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _ink(ground: str, fill: str) -> str:
    """Letters on a filled badge: the ground of the page where that can be read, else black or white."""
    if contrast(ground, fill) >= 3.5:
        return ground
    return max("#000000", "#ffffff", key=lambda ink: contrast(ink, fill))


def _readable(colour: str, grounds: Sequence[str], foreground: str) -> str:
    """A colour as it is, or as near to that of the text as it takes for its letters to be seen on every ground."""
    own, text = Color.parse(colour), Color.parse(foreground)
    mixed = [own.blend(text, share / 10).hex for share in range(8)]
    seen = (one for one in mixed if min(contrast(one, ground) for ground in grounds) >= _SEEN)
    return next(seen, mixed[-1])


def variables(theme: Theme) -> dict[str, str]:
    """What our styles and spans need beyond Textual's own variables, for `theme`."""
    side_a, side_b = sides(theme)
    if theme.ansi:
        return _ansi_variables(side_a, side_b)
    made = theme.to_color_system().generate()
    wanted = ("foreground", "background", "secondary", "success", "warning", "error")
    grounds = [made[name] for name in ("background", "surface", "panel")]
    side_a, side_b = (_readable(side, grounds, made["foreground"]) for side in (side_a, side_b))
    return _palette(theme.name, tuple((name, made[name]) for name in wanted), theme.dark, side_a, side_b)
