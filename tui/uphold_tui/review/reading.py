"""Reading state of the review: the form texts are shown in, and which panes are on the screen. Nothing of it is saved."""

from dataclasses import dataclass, replace

from uphold.records.enums import Side
from uphold.records.reviews import PairView
from uphold_tui.themes import PLAIN, Signs


@dataclass(frozen=True, slots=True)
class ReadingState:
    """The form in which the answers are shown.

    `diff` compares them word by word, `reference` marks the words of the reference in each; `earlier` unfolds earlier
    turns, `names` shows which system is which, `find` is a text to highlight.
    """

    diff: bool = False
    markdown: bool = False
    earlier: bool = False
    names: bool = False
    find: str = ""
    reference: bool = False
    signs: Signs = PLAIN

    def without_names(self) -> "ReadingState":
        """The same with the systems' names hidden, as every pair begins."""
        return replace(self, names=False)

    def toggled(self, change: str) -> "ReadingState":
        """The same with one way of reading turned on or off; markdown and reference each end the word diff."""
        match change:
            case "diff":
                return replace(self, diff=not self.diff)
            case "markdown":
                return replace(self, markdown=not self.markdown, diff=False)
            case "reference":
                return replace(self, reference=not self.reference, diff=False)
            case "earlier":
                return replace(self, earlier=not self.earlier)
            case "names":
                return replace(self, names=not self.names)
        raise ValueError(f"no way of reading is called {change!r}")

    def finding(self, text: str) -> "ReadingState":
        """The same with `text` highlighted, or nothing where it is empty; either ends the word diff."""
        return replace(self, find=text, diff=False)


@dataclass(frozen=True, slots=True)
class PaneState:
    """Which panes are on the screen and what the scrolling keys move.

    `alone` is the side that scrolls by itself, `zoomed` an unfolded instruction or, with a side that scrolls alone, that
    side given all the room; `stacked` puts A over B; `single` is the side shown where there is room for one only.
    """

    alone: Side | None = None
    zoomed: bool = False
    stacked: bool = False
    single: Side = Side.A

    def changed(self, change: str, *, one_pane: bool) -> "PaneState":
        """The same after one of these: `alone` (A scrolls alone, then B, then both; with room for one pane the other is
        shown), `apart` (scroll apart, or together again), `zoom`, `stacked`."""
        match change:
            case "alone" if one_pane:
                return replace(self, single=self.single.other)
            case "alone":
                return replace(self, alone={None: Side.A, Side.A: Side.B, Side.B: None}[self.alone])
            case "apart":
                return replace(self, alone=Side.A if self.alone is None else None, zoomed=False)
            case "zoom":
                return replace(self, zoomed=not self.zoomed)
            case "stacked":
                return replace(self, stacked=not self.stacked)
        raise ValueError(f"no change of panes is called {change!r}")

    def unzoomed(self) -> "PaneState":
        """The same with everything folded, as every pair begins."""
        return replace(self, zoomed=False)

    def describe(self, *, narrow: bool) -> str:
        """What the scrolling keys move now, as a message."""
        if self.alone is None:
            return "both scroll together"
        return f"{self.alone} scrolls alone{'' if narrow else '; + gives it all the room'}"


def reading_refusal(pair: PairView | None, reading: ReadingState, change: str) -> str:
    """Why a pair cannot be read so; empty where it can."""
    if pair is None:
        return ""
    if change == "earlier" and pair.turn == 1:
        return "no earlier turn here"
    if change == "reference" and not reading.reference and not pair.text.reference(pair.turn):
        return "no reference here"
    if change == "names" and pair.verdict_hidden:
        return "names come after your decision"
    return ""
