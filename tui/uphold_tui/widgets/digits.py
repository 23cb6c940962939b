"""Large figures, three rows high."""

_GLYPHS = {
    "0": ("┌─┐", "│ │", "└─┘"),
    "1": ("─┐ ", " │ ", "─┴─"),
    "2": ("──┐", "┌─┘", "└──"),
    "3": ("──┐", " ─┤", "──┘"),
    "4": ("│ │", "└─┤", "  │"),
    "5": ("┌──", "└─┐", "──┘"),
    "6": ("┌──", "├─┐", "└─┘"),
    "7": ("──┐", "  │", "  │"),
    "8": ("┌─┐", "├─┤", "└─┘"),
    "9": ("┌─┐", "└─┤", "──┘"),
}


def large(figure: str) -> tuple[str, str, str]:
    """The digits of `figure` side by side, as three rows."""
    top, middle, bottom = ("".join(_GLYPHS[digit][row] for digit in figure) for row in range(3))
    return top, middle, bottom
