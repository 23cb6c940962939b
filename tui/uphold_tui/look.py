"""The strengths of text, the meanings of colour, and the signs that stand beside them.

The values are style names that the theme resolves when something is drawn (see themes.py).
"""

from dataclasses import dataclass

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
