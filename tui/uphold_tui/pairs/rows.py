"""Pairs as rows of a list: what mark each has, and how wide its columns are."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from textual.content import Content
from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.message import Message
from textual.widget import Widget

from uphold.records.enums import Choice, EventKind, Preference, Verdict
from uphold.records.pair_list import ListedPair, ListedTexts
from uphold.records.runs import Run
from uphold_tui import safe_text
from uphold_tui.themes import BOLD, DOUBT, FAINT, MUTED, STRONG, THICK, THUMB, TINT, Signs
from uphold_tui.widgets import badges
from uphold_tui.widgets.paint_gate import ReportsPaint
from uphold_tui.widgets.rows import spread

_LONGEST_KEY = 18


_VERDICT = len(Verdict.INCONSISTENT) + 2


_SPARE_FOR_WHY = 20
"""Columns that must be to spare before reasons have one of their own; else they stand where no note is."""


@dataclass(frozen=True, slots=True)
class PairColumns:
    """How wide each column is; 0 where there is no room for it."""

    key: int
    instruction: int
    apart: int = 0
    tags: int = 0
    judge: int = 0
    you: int = 0
    why: int = 0
    note: int = 0

    @classmethod
    def fitting(
        cls, width: int, key: int, name: int = 12, *, tagged: bool = True, reasoned: bool = False
    ) -> "PairColumns":
        """Columns for a width, with keys of `key` cells and systems of `name`; the instruction has what is left."""
        key = min(max(key, 4), _LONGEST_KEY if width >= 100 else 12) + 2
        if width >= 100:
            spare = max(width - 114, 0)
            said = min(max(name, 9), 12 + spare // 10) + 2
            why = 12 + spare // 8 if reasoned and spare >= _SPARE_FOR_WHY else 0
            made = cls(key, 0, 8, 11 + spare // 8 if tagged else 0, max(said, _VERDICT), said, why, 13 + spare // 3)
        elif width >= 60:
            made = cls(key, 0, judge=_VERDICT, you=12)
        else:
            made = cls(key, 0)
        others = made.key + made.apart + made.tags + made.judge + made.you + made.why + made.note
        return replace(made, instruction=max(width - 4 - others, 0))

    @property
    def all(self) -> tuple[tuple[str, int], ...]:
        """(name, width) from left to right."""
        names = ("key", "instruction", "apart", "tags", "judge", "you", "why", "note")
        return tuple((name, getattr(self, name)) for name in names)


@dataclass(frozen=True, slots=True)
class SystemNames:
    """What verdicts and decisions are called in lists: by the systems."""

    candidate: str
    baseline: str

    @classmethod
    def of(cls, run: Run) -> "SystemNames":
        """The names of a run's systems, harmless."""
        return cls(safe_text.safe_line(run.candidate), safe_text.safe_line(run.baseline))

    def of_preference(self, preferred: Preference) -> str:
        """A system's name, or tie."""
        words = {Preference.CANDIDATE: self.candidate, Preference.BASELINE: self.baseline}
        return words.get(preferred, "tie")

    def of_verdict(self, verdict: Verdict | None) -> str:
        """A verdict in a word."""
        if verdict is None:
            return ""
        return self.of_preference(verdict.preference) if verdict.preference is not None else verdict.value

    def of_choice(self, choice: Choice | None) -> str:
        """A decision in a word."""
        if choice is None:
            return ""
        return "both bad" if choice is Choice.BOTH_BAD else self.of_preference(choice.preference)


def heads(at: PairColumns) -> Content:
    """The words over the columns."""
    words = {"apart": "chars"}
    return Content.assemble(
        "    ", *(_cell(Content.styled(words.get(n, n), FAINT), w, n == "apart") for n, w in at.all)
    )


def mark(pair: ListedPair, signs: Signs) -> Content:
    """Four cells: where you stand, and a flag, or that it was carried over."""
    if pair.broken:
        first = Content.styled(signs.broken, DOUBT)
    elif pair.ruling is not None:
        first = badges.ruling_sign(pair.ruling, signs)
    else:
        first = Content.styled(signs.skipped if pair.skipped else signs.undecided, MUTED)
    carried = pair.decision is not None and pair.decision.kind is EventKind.CARRIED
    flag = Content.styled(signs.flagged, DOUBT) if pair.flagged else Content(signs.carried if carried else " ")
    return Content.assemble(first, " ", flag, " ")


def row(
    pair: ListedPair, texts: ListedTexts | None, at: PairColumns, names: SystemNames, signs: Signs, several: bool
) -> Content:
    """One pair; `several` says that keys alone do not tell pairs apart, so that turns are named."""
    judge, you = names.of_verdict(pair.told), names.of_choice(pair.choice)
    if pair.skipped and not you:
        you = "skipped"
    key = Content.assemble(safe_text.line(pair.key, MUTED), (f" {pair.turn}" if several else "", FAINT))
    why = safe_text.line(", ".join(pair.reasons), MUTED)
    cells = {
        "key": key,
        "instruction": safe_text.running(texts.instruction) if texts is not None else Content(""),
        "apart": Content.styled(_apart(pair, texts), FAINT),
        "tags": safe_text.tags(pair.tags, MUTED),
        "judge": Content.styled(judge, MUTED),
        "you": Content.styled(you, BOLD if pair.differs else MUTED if pair.choice is None else ""),
        "why": why,
        "note": safe_text.running(pair.note, MUTED) if pair.note else why if not at.why else Content(""),
    }
    return Content.assemble(mark(pair, signs), *(_cell(cells[name], width, name == "apart") for name, width in at.all))


def _apart(pair: ListedPair, texts: ListedTexts | None) -> str:
    """How much longer the candidate's answer is; without its sign where that would give away the sides."""
    if texts is None:
        return ""
    if not pair.read:
        return f"{abs(texts.apart):,}"
    return f"{texts.apart:+,}".replace("-", "−") if texts.apart else "0"


def marked(content: Content, *, is_marked: bool) -> Content:
    """The row with the column before it: a bar where the pair is marked."""
    return Content.assemble((THICK if is_marked else " ", STRONG), content)


def _cell(content: Content, width: int, right: bool = False) -> Content:
    if not width:
        return Content("")
    cut = content.truncate(max(width - 2, 0), ellipsis=True)
    gap = " " * (width - 2 - cut.cell_length)
    return Content.assemble(gap, cut, "  ") if right else Content.assemble(cut, gap, "  ")


def key_width(pairs: Iterable[ListedPair], several: bool) -> int:
    """Cells that the longest key takes."""
    return max((len(safe_text.safe_line(pair.key[:40])) for pair in pairs), default=4) + (2 if several else 0)


def has_turns(pairs: Sequence[ListedPair]) -> bool:
    """Is some key there more than once?"""
    return any(pair.turn > 1 for pair in pairs)


Rows = Callable[[Sequence[ListedPair], int], list[Content]]
"""(pairs that can be seen, width) -> a row for each."""


class PairList(ReportsPaint):
    """Rows with a cursor; `at` is the place of the pair under it."""

    ALLOW_SELECT = False

    class Moved(Message):
        """The cursor stands on another pair, or on none; `chosen` where somebody put it there."""

        def __init__(self, widget: "PairList", *, chosen: bool) -> None:
            super().__init__()
            self.widget, self.chosen = widget, chosen

        @property
        def control(self) -> Widget:
            """The list."""
            return self.widget

    class Opened(Message):
        """The pair under the cursor was clicked."""

    def __init__(self, name: str, rows: Rows) -> None:
        super().__init__(id=name)
        self.auto_links = False
        self._rows = rows
        self.pairs: Sequence[ListedPair] = ()
        self.at = 0
        self.top = 0

    @property
    def here(self) -> ListedPair | None:
        """The pair under the cursor."""
        return self.pairs[self.at] if self.pairs else None

    def put(self, pairs: Sequence[ListedPair], stay: int | None = None) -> None:
        """Show these pairs, with the cursor on the pair `stay` where it is among them, else on the first."""
        self.pairs = pairs
        self.at = next((place for place, pair in enumerate(pairs) if pair.pair_id == stay), 0)
        self._into_view(middle=True)
        self.post_message(self.Moved(self, chosen=False))
        self.refresh()

    def move(self, step: int) -> None:
        """Move the cursor by some rows."""
        self.go(self.at + step)

    def go(self, place: int) -> None:
        """Put the cursor on a place, as far as there is one."""
        place = min(max(place, 0), max(len(self.pairs) - 1, 0))
        if place != self.at:
            self.at = place
            self._into_view()
            self.post_message(self.Moved(self, chosen=True))
            self.refresh()

    @property
    def page(self) -> int:
        """Rows of a page, but for one that stays in sight."""
        return max(self.size.height - 1, 1)

    def _into_view(self, *, middle: bool = False) -> None:
        height = max(self.size.height, 1)
        if not self.top <= self.at < self.top + height:
            before = height // 2 if middle else 0 if self.at < self.top else height - 1
            self.top = self.at - before
        self.top = max(min(self.top, len(self.pairs) - height), 0)

    def render(self) -> Content:
        width, height = self.size.width, self.size.height
        self._into_view()  # the size may be another than when the cursor moved last
        shown = self.pairs[self.top : self.top + height]
        rows = [spread(row, Content(""), width - 1) for row in self._rows(shown, width - 1)] if width > 1 else []
        if rows:
            rows[self.at - self.top] = rows[self.at - self.top].stylize_before(TINT)
        first, last = self._thumb(height)
        return Content("\n").join(
            [Content.assemble(row, (" ", THUMB if first <= y < last else "")) for y, row in enumerate(rows)]
        )

    def _thumb(self, height: int) -> tuple[int, int]:
        """Rows of the scrollbar's handle, from and to."""
        total = len(self.pairs)
        if total <= height:
            return 0, 0
        length = max(height * height // total, 1)
        start = round((height - length) * self.top / (total - height))
        return start, start + length

    # mouse

    def on_click(self, event: Click) -> None:
        """A click puts the cursor; a second one opens."""
        place = self.top + event.y
        if place >= len(self.pairs):
            return
        if place == self.at:
            self.post_message(self.Opened())
        else:
            self.go(place)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self.move(3)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self.move(-3)
