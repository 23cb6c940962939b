"""The desk of the review: what lies on it for the pair at hand, and when that has been drawn."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from uphold.records.numbers import LiveNumbers
from uphold.records.reviewed import OnScreen, PairView
from uphold.records.words import Side
from uphold.reviewing.letters import reason_shown
from uphold.steps.queueing import in_words
from uphold.steps.reviewing import ReviewSession
from uphold_tui import keys, showing
from uphold_tui.look import MUTED, PLAIN, Signs
from uphold_tui.screens.around import RESTING, Shape, chips, last_keys, live_keys, nothing_to_review, session_chips
from uphold_tui.screens.drawing import DrawingScreen
from uphold_tui.widgets import header
from uphold_tui.widgets.answer import Answer, Reading, compare, prepare
from uphold_tui.widgets.body import Body, Margins
from uphold_tui.widgets.drawn import TellsDrawn
from uphold_tui.widgets.footer import KeyFooter
from uphold_tui.widgets.header import HairLine
from uphold_tui.widgets.instruction import Instruction, whole
from uphold_tui.widgets.lines import Line
from uphold_tui.widgets.numbers import numbers_line
from uphold_tui.widgets.pane import ResponsePane
from uphold_tui.widgets.rail import Rail, RailView
from uphold_tui.widgets.strip import Strip, VerdictStrip

_KEPT = 24
"""So many prepared pairs are kept."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the person set for the app: their key map, the signs, whether an override is held until enter."""

    keymap: keys.KeyMap
    signs: Signs = PLAIN
    hold: str | None = None


class Desk(DrawingScreen):
    """Draws the session's current pair; knows nothing of what keys do."""

    CSS_PATH = "review.tcss"
    AUTO_FOCUS = ""

    def __init__(self, session: ReviewSession, settings: Settings | None = None) -> None:
        super().__init__()
        self.session = session
        self.settings = settings or Settings({})
        self.table = {key.id: key for key in keys.remapped(keys.REVIEW, self.settings.keymap)}
        self.reading = Reading(signs=self.settings.signs)
        self.alone: Side | None = None
        self.zoomed = False
        self.stacked = False
        self.one_pane = Side.A
        self.message = Content("")
        self.not_saved: str | None = None
        self.numbers: LiveNumbers | None = None
        self.first_numbers: LiveNumbers | None = None
        self._started = False
        self._shown_pair: tuple[int, bool] | None = None
        self._whole: Answer | None = None
        self._answers: dict[tuple[int, bool, Reading], dict[Side, Answer]] = {}
        self._names_seen: set[int] = set()
        self.header = Line("header")
        self.hair = HairLine("hair")
        self.instruction = Instruction("instruction")
        self.whole = Body("whole")
        self.panes = {side: ResponsePane(side) for side in Side}
        self.strip = VerdictStrip("strip")
        self.numbers_row = Line("numbers")
        self.footer = KeyFooter("footer")
        self.rail = Rail("rail")

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.hair
        with Horizontal(id="desk"):
            with Vertical(id="left"):
                yield self.instruction
                yield self.whole
                yield Static(nothing_to_review(self.session), id="nothing", markup=False)
                with Horizontal(id="panes"):
                    yield from self.panes.values()
                yield self.strip
                yield self.numbers_row
                yield self.footer
            yield self.rail

    def on_mount(self) -> None:
        # While the app starts, frames are composed and thrown away; its queue is read when that is over.
        self.app.call_later(self._begin_drawing)

    def _begin_drawing(self) -> None:
        self._started = True
        self.draw()

    def on_resize(self, event: Resize) -> None:
        self._fit(event.size.width, event.size.height)
        self.draw()

    def _fit(self, width: int, height: int) -> None:
        """The shape of the desk for a size of the terminal."""
        self.set_class(width < 100, "-narrow")
        self.set_class(width >= 160, "-wide")
        self.set_class(height < 30 and width >= 100, "-low")
        self.set_class(width < 60 or height < 18, "-tiny")
        self._lay()

    def _lay(self) -> None:
        """Which panes are on the desk, and how."""
        tiny = self.has_class("-tiny")
        only = self.one_pane if tiny else self.alone if self.zoomed else None
        self.set_class(self.stacked, "-stacked")
        self.set_class(only is Side.A, "-only-a")
        self.set_class(only is Side.B, "-only-b")
        self.set_class(self.zoomed and self.alone is None and not tiny, "-whole")
        self.set_class(self.session.current is None, "-empty")

    def _shape(self) -> Shape:
        return Shape(narrow=self.narrow, tiny=self.has_class("-tiny"), zoomed=self.zoomed)

    @property
    def narrow(self) -> bool:
        """Is there less room than for two panes side by side?"""
        return self.has_class("-narrow")

    # drawing

    def draw(self) -> None:
        """Draw the session as it stands; a new pair starts at its top, with the names hidden."""
        if not self._started:
            return
        pair = self.session.current
        if pair is None:
            self._draw_head()
            self.footer.put(last_keys(self.table))
            return
        if (pair.pair_id, pair.again) != self._shown_pair:
            self._begin(pair)
        elif pair.veiled and self.reading.names:
            self.reading = replace(self.reading, names=False)
        answers = self.answers(pair)
        for side, pane in self.panes.items():
            tinted = self.narrow or self.stacked
            alone = self.alone is side
            pane.put(pair, answers[side], self.reading, alone=alone, tinted=tinted, margins=self._margins())
        self.instruction.put(pair, self.reading.find)
        if self.has_class("-whole"):
            self._draw_whole(pair)
        self.draw_strip()
        self._draw_head()
        self._draw_foot(pair)

    def _draw_whole(self, pair: PairView) -> None:
        """The instruction unfolded: as high as it is, but never more than half of the screen."""
        if self._whole is None:
            self._whole = Answer(whole(pair), "")
        margins = Margins(above=0, left=1 if self.narrow else 3, right=1)
        self.whole.put(self._whole, margins, Content(""), self.settings.signs.more)
        self.whole.styles.height = min(self.whole.height_at(self.app.size.width), self.app.size.height // 2)

    def _margins(self) -> Margins:
        """Blank rows and columns around the answers."""
        if self.narrow:
            return Margins(above=0, left=1)
        return Margins(above=0) if self.has_class("-low") else Margins()

    def _begin(self, pair: PairView) -> None:
        """Another pair comes to the desk: no key may rate it before it has been drawn."""
        self._shown_pair = (pair.pair_id, pair.again)
        self.reading = Reading(
            diff=self.reading.diff, markdown=self.reading.markdown, earlier=self.reading.earlier,
            find=self.reading.find, reference=self.reading.reference, signs=self.settings.signs,
        )  # fmt: skip
        self.zoomed = False
        self._whole = None
        self._lay()
        self.await_drawing([self.strip, *(pane.body for pane in self.panes.values())])

    def cannot_be_drawn(self) -> Iterable[TellsDrawn]:
        """The panes for which there is no room."""
        return [pane.body for pane in self.panes.values() if not pane.display]

    def all_drawn(self) -> None:
        """Fill in the first numbers, and get the next pair ready while this one is read."""
        if self.first_numbers is None:
            self.call_later(self.count)
        self.call_later(self._prepare_next)

    def answers(self, pair: PairView) -> dict[Side, Answer]:
        """Both sides ready to be drawn; kept for when they are met again."""
        known = (pair.pair_id, pair.again, self.reading)
        found = self._answers.get(known)
        if found is None:
            found = {side: prepare(pair, side, self.reading) for side in Side}
            self._answers[known] = found
            while len(self._answers) > _KEPT:
                del self._answers[next(iter(self._answers))]
        return found

    def _prepare_next(self) -> None:
        """Get the next pair ready while this one is read."""
        following = self.session.peek(1)
        if following is not None:
            for side, answer in self.answers(following).items():
                self.panes[side].body.wrap(answer)

    def draw_strip(self) -> None:
        """Draw the verdict strip, with the message of the last key."""
        pair = self.session.current
        if pair is None:
            return
        self.strip.put(
            Strip(
                pair, reason_shown(pair), self.message, self.not_saved, self.settings.signs, self.table,
                broken=self.session.is_broken(pair.pair_id),
            )
        )  # fmt: skip

    def _draw_head(self) -> None:
        run, progress, signs = self.session.run, self.session.progress, self.settings.signs
        names = (showing.line(run.set), showing.line(run.candidate), showing.line(run.baseline))
        modes = chain(session_chips(self.session, short=self.narrow), chips(self.reading))
        read = self._disputes() if self.session.adjudicating else None
        if self.narrow:
            left = header.title(*names, modes, gap="  ")
            self.header.put(left, header.short_counts(progress, signs))
        else:
            self.header.put(header.title(*names, modes), read or header.counts(progress, signs))
        self.hair.put(progress)
        if self.has_class("-wide"):
            self.rail.put(self._rail_view())

    def _disputes(self) -> Content:
        """How often people agree, in place of counts about the judge."""
        shared, same = self.session.shared()
        words = f"{shared} {'pair' if shared == 1 else 'pairs'} read by several   {same} the same"
        return Content.styled(words, MUTED)

    def _rail_view(self) -> RailView:
        back = keys.label(self.table["review.previous"])
        trail = tuple(self.session.trail(self.size.height))
        numbers = None if self.session.blind else self.numbers
        queue = in_words(self.session.queue)
        return RailView(numbers, self.session.progress, trail, back, self.settings.signs, queue)

    def _draw_foot(self, pair: PairView) -> None:
        said = f"{round(compare(pair).same * 100)} % of the words are the same" if self.reading.diff else ""
        before = Content.styled(said, MUTED) if said else None
        width = self.app.size.width - 6
        if self.session.blind:
            self.numbers_row.put(before or Content.styled(RESTING, MUTED))
        else:
            self.numbers_row.put(numbers_line(self.numbers, self.session.run.candidate, width, before))
        self.footer.put(live_keys(self.table, pair, self.reading, self._shape()))

    def count_soon(self) -> None:
        """Fill in the numbers as soon as the pair is painted."""
        self.call_after_refresh(self.count)

    def count(self) -> None:
        """Fill in the numbers."""
        if self.session.current is None:
            return
        self.numbers = self.session.numbers()
        self.first_numbers = self.first_numbers or self.numbers
        self._draw_foot(self.session.current)
        if self.has_class("-wide"):
            self.rail.put(self._rail_view())

    def on_screen(self, pair: PairView) -> OnScreen:
        """What the reviewer had before them when they pressed the key."""
        return OnScreen(
            side_a=pair.side_a,
            names_shown=pair.pair_id in self._names_seen,
            judge_id=pair.judge.judge_id if pair.judge else None,
            verdict=pair.judge.verdict if pair.judge else None,
            width=self.app.size.width,
            height=self.app.size.height,
        )
