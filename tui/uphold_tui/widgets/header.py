"""The first two rows of a screen: a title with modes and counts, and progress as a thin line from edge to edge."""

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget

from uphold.formatting import count, of_n
from uphold.records.reviews import ReviewProgress
from uphold_tui.themes import BOLD, FAINT, MUTED, OVERTURNED, RULE, STRONG, TINT, UPHELD, Signs


def chip(word: str) -> Content:
    """A mode that is on, such as `blind`."""
    return Content.styled(f" {word} ", TINT)


def title(set_name: Content, candidate: Content, baseline: Content, chips: Iterable[str], gap: str = "   ") -> Content:
    """Set, candidate against baseline, and the modes that are on; the names have been made safe."""
    systems = Content.assemble(candidate.stylize(MUTED), (" against ", FAINT), baseline.stylize(MUTED))
    return Content(gap).join([set_name.stylize(BOLD), systems, *map(chip, chips)])


def counts(progress: ReviewProgress, signs: Signs) -> Content:
    """`37 of 60 planned   ✓ 31 upheld   ≠ 6 overturned`; decided only when there are some."""
    read = (
        f"{of_n(progress.read, progress.planned)} planned"
        if progress.planned
        else f"{of_n(progress.read, progress.total)} read"
    )
    if progress.rates_hidden:
        return Content.styled(read, MUTED)
    parts = [
        Content.styled(read, MUTED),
        _count(signs.upheld, UPHELD, progress.upheld, "upheld"),
        _count(signs.overturned, OVERTURNED, progress.overturned, "overturned"),
    ]
    if progress.decided:
        parts.append(_count(signs.decided, MUTED, progress.decided, "decided"))
    return Content("   ").join(parts)


def short_counts(progress: ReviewProgress, signs: Signs) -> Content:
    """The counts where the row is short: `37/60   ✓ 31   ≠ 6`."""
    read = Content.styled(f"{count(progress.read)}/{count(progress.planned or progress.total)}", MUTED)
    if progress.rates_hidden:
        return read
    parts = [
        read,
        _count(signs.upheld, UPHELD, progress.upheld, ""),
        _count(signs.overturned, OVERTURNED, progress.overturned, ""),
    ]
    if progress.decided:
        parts.append(_count(signs.decided, MUTED, progress.decided, ""))
    return Content("   ").join(parts)


def _count(sign: str, colour: str, number: int, word: str) -> Content:
    return Content.assemble((sign, colour), (f" {count(number)} {word}".rstrip(), MUTED))


def progress_line(progress: ReviewProgress, width: int) -> Content:
    """Bright what is read, mid what is planned, faint the rest."""
    read = _columns(progress.read, progress.total, width)
    planned = max(_columns(progress.planned or 0, progress.total, width) - read, 0)
    return Content.assemble(("━" * read, STRONG), ("━" * planned, RULE), ("─" * (width - read - planned), RULE))


def _columns(part: int, whole: int, width: int) -> int:
    """Columns for a share: at least one for anything, all of them only for everything."""
    if not part or not whole:
        return 0
    if part >= whole:
        return width
    return min(max(round(width * part / whole), 1), width - 1)


class ProgressLine(Widget):
    """Progress as one thin row."""

    DEFAULT_CSS = "ProgressLine { height: 1; }"

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self._progress = ReviewProgress()

    def show(self, progress: ReviewProgress) -> None:
        """Show this progress."""
        if progress != self._progress:
            self._progress = progress
            self.refresh()

    def render(self) -> Content:
        return progress_line(self._progress, self.size.width)
