"""The desk of the review: what lies on it for the pair at hand, and when that has been drawn."""

import asyncio
import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from textual.app import ComposeResult, SuspendNotSupported
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Resize
from textual.timer import Timer
from textual.widgets import Static

from uphold.errors import UpholdError
from uphold.records.enums import EventKind, Ruling, Side
from uphold.records.reviews import OnScreen, PairView
from uphold.records.statistics import LiveNumbers
from uphold.records.texts import cell_text
from uphold.reviewing.presentation import reason_shown
from uphold.reviewing.receipts import Outcome, Receipt, Refusal
from uphold.workflows.queue_drawing import queue_words
from uphold.workflows.review_session import ReviewSession
from uphold_tui import keys, safe_text
from uphold_tui.app_options import AppOptions
from uphold_tui.review import header
from uphold_tui.review.answer_pane import ReadingState, ResponsePane, compare, prepare
from uphold_tui.review.header import HairLine
from uphold_tui.review.instruction import Instruction, whole
from uphold_tui.review.layout import RESTING, Shape, chips, last_keys, live_keys, nothing_to_review, session_chips
from uphold_tui.review.live_numbers import Rail, RailView, numbers_line
from uphold_tui.review.summary import OverturnPatterns, ReviewExit, SessionSummary
from uphold_tui.review.verdict_strip import StripState, VerdictStrip, receipt
from uphold_tui.themes import BOLD, MUTED
from uphold_tui.widgets import badges
from uphold_tui.widgets.highlight import spans
from uphold_tui.widgets.paint_gate import PaintGateScreen, ReportsPaint
from uphold_tui.widgets.rows import KeyFooter, SplitRow
from uphold_tui.widgets.text_body import Margins, PreparedAnswer, TextBody

if TYPE_CHECKING:
    from uphold.records.pair_list import PairFilter
    from uphold.workflows.pair_list import PairListing
    from uphold_tui.pairs.loader import PairsScreenState
    from uphold_tui.pairs.screen import PairsScreen

_KEPT = 24
"""So many prepared pairs are kept."""


class Desk(PaintGateScreen):
    """Draws the session's current pair; knows nothing of what keys do."""

    CSS_PATH = "review.tcss"
    AUTO_FOCUS = ""

    def __init__(self, session: ReviewSession, settings: AppOptions | None = None) -> None:
        super().__init__()
        self.session = session
        self.settings = settings or AppOptions({})
        self.table = {key.id: key for key in keys.remapped(keys.REVIEW, self.settings.keymap)}
        self.reading = ReadingState(signs=self.settings.signs)
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
        self._whole: PreparedAnswer | None = None
        self._answers: dict[tuple[int, bool, ReadingState], dict[Side, PreparedAnswer]] = {}
        self._names_seen: set[int] = set()
        self.header = SplitRow("header")
        self.hair = HairLine("hair")
        self.instruction = Instruction("instruction")
        self.whole = TextBody("whole")
        self.panes = {side: ResponsePane(side) for side in Side}
        self.strip = VerdictStrip("strip")
        self.numbers_row = SplitRow("numbers")
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
        elif pair.verdict_hidden and self.reading.names:
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
            self._whole = PreparedAnswer(whole(pair), "")
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
        self.reading = ReadingState(
            diff=self.reading.diff,
            markdown=self.reading.markdown,
            earlier=self.reading.earlier,
            find=self.reading.find,
            reference=self.reading.reference,
            signs=self.settings.signs,
        )
        self.zoomed = False
        self._whole = None
        self._lay()
        self.await_drawing([self.strip, *(pane.body for pane in self.panes.values())])

    def cannot_be_drawn(self) -> Iterable[ReportsPaint]:
        """The panes for which there is no room."""
        return [pane.body for pane in self.panes.values() if not pane.display]

    def all_drawn(self) -> None:
        """Fill in the first numbers, and get the next pair ready while this one is read."""
        if self.first_numbers is None:
            self.call_later(self.count)
        self.call_later(self._prepare_next)

    def answers(self, pair: PairView) -> dict[Side, PreparedAnswer]:
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
            StripState(
                pair,
                reason_shown(pair),
                self.message,
                self.not_saved,
                self.settings.signs,
                self.table,
                broken=self.session.is_broken(pair.pair_id),
            )
        )

    def _draw_head(self) -> None:
        run, progress, signs = self.session.run, self.session.progress, self.settings.signs
        names = (safe_text.line(run.set), safe_text.line(run.candidate), safe_text.line(run.baseline))
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
        queue = queue_words(self.session.queue)
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


class Reader(Desk):
    """The desk with the keys of reading."""

    def _bodies(self, step: int) -> list[TextBody]:
        """What the scrolling keys move down (1) or up (-1): an unfolded instruction as far as it goes, the pane that
        scrolls alone, or both panes."""
        if self.has_class("-whole") and 0 <= self.whole.top + step <= self.whole.max_top:
            return [self.whole]
        if self.has_class("-tiny"):
            return [self.panes[self.one_pane].body]
        if self.alone is not None:
            return [self.panes[self.alone].body]
        return [pane.body for pane in self.panes.values()]

    def action_scroll(self, lines: int) -> None:
        """Some lines down, or up."""
        for body in self._bodies(lines):
            body.scroll_rows(body.top + lines)

    def action_page(self, pages: int) -> None:
        """A page down, or up; `-` first leaves zoom."""
        if pages < 0 and self.zoomed:
            self.action_zoom()
            return
        bodies = self._bodies(pages)
        rows = min(body.page for body in bodies)
        for body in bodies:
            body.scroll_rows(body.top + pages * rows)

    def action_ends(self, end: bool) -> None:
        """To the top, or the end."""
        for body in self._bodies(1 if end else -1):
            body.scroll_rows(body.max_top if end else 0)

    def on_body_wheel(self, message: TextBody.Wheel) -> None:
        """The wheel scrolls both panes, or the text under it when they scroll apart."""
        both = [pane.body for pane in self.panes.values()]
        together = self.alone is None and message.body in both
        for body in both if together else [message.body]:
            body.scroll_rows(body.top + message.lines)

    def action_pane(self) -> None:
        """A scrolls alone, then B, then both again; where there is room for one only, the other is shown."""
        if self.has_class("-tiny"):
            self.one_pane = self.one_pane.other
        else:
            self.alone = {None: Side.A, Side.A: Side.B, Side.B: None}[self.alone]
            self._tell_alone()
        self._lay()
        self.draw()

    def _tell_alone(self) -> None:
        """Say what the scrolling keys move now."""
        alone = self.alone is not None
        more = "" if self.narrow else "; + gives it all the room"
        what = f"{self.alone} scrolls alone{more}" if alone else "both scroll together"
        self.message = Content.styled(what, MUTED)

    def action_apart(self) -> None:
        """Scroll apart, or together again."""
        self.alone = Side.A if self.alone is None else None
        self.zoomed = False
        self._tell_alone()
        self._lay()
        self.draw()

    def action_zoom(self) -> None:
        """Unfold the whole instruction; with a pane that scrolls alone, give it all the room."""
        self.zoomed = not self.zoomed
        self._lay()
        self.whole.scroll_rows(0)
        self.draw()

    def action_stacked(self) -> None:
        """A over B, or side by side."""
        self.stacked = not self.stacked
        self._lay()
        self.draw()

    def action_earlier(self) -> None:
        """Unfold the earlier turns, or fold them."""
        pair = self.session.current
        if pair is not None and pair.turn == 1:
            self.tell(Content.styled("no earlier turn here", MUTED))
            return
        self.reading = replace(self.reading, earlier=not self.reading.earlier)
        self.draw()

    def action_markdown(self) -> None:
        """Markdown, or the text as it is."""
        self.reading = replace(self.reading, markdown=not self.reading.markdown, diff=False)
        self.draw()

    def action_diff(self) -> None:
        """Show what differs, word by word."""
        self.reading = replace(self.reading, diff=not self.reading.diff)
        self.draw()

    def action_names(self) -> None:
        """Show which system is which; from then on this pair's decision says that it was known."""
        pair = self.session.current
        if pair is None:
            return
        if pair.verdict_hidden:
            self.tell(Content.styled("names come after your decision", MUTED))
            return
        self.reading = replace(self.reading, names=not self.reading.names)
        self._names_seen.add(pair.pair_id)
        self.draw()

    def action_change(self, step: int) -> None:
        """To the next change of the word diff, or the one before, in both panes."""
        pair = self.session.current
        if pair is not None and self.reading.diff:
            self.step_in_panes(pair, step)

    def step_in_panes(self, pair: PairView, step: int) -> bool:
        """Both panes to their next change or match; was there one to go to?"""
        moved = [pane.to_change(self.answers(pair)[side], step) for side, pane in self.panes.items()]
        return any(moved)

    def action_reference(self) -> None:
        """Which words of the reference each answer has, and which it lacks."""
        pair = self.session.current
        if pair is not None and not pair.text.reference(pair.turn) and not self.reading.reference:
            self.tell(Content.styled("no reference here", MUTED))
            return
        self.reading = replace(self.reading, reference=not self.reading.reference, diff=False)
        self.draw()

    def action_copy(self) -> None:
        """Copy the answer of the pane that scrolls alone, else the whole pair, as it is shown."""
        pair = self.session.current
        if pair is None:
            return
        if self.alone is not None:
            text, what = safe_text.answer(pair.cells(self.alone)[pair.turn - 1]).plain, f"response {self.alone}"
        else:
            text, what = safe_text.as_text(pair), "the pair"
        self.app.copy_to_clipboard(text)
        self.tell(Content.styled(f"copied {what}", MUTED))

    def action_pager(self) -> None:
        """Open the pair in $PAGER, else $EDITOR, else less."""
        pair = self.session.current
        if pair is None:
            return
        command = os.environ.get("PAGER") or os.environ.get("EDITOR") or "less"
        try:
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "pair.txt"
                file.write_text(safe_text.as_text(pair), encoding="utf-8")
                with self.app.suspend():
                    subprocess.run([*shlex.split(command), str(file)], check=False)
        except SuspendNotSupported:
            self.tell(Content.styled("this terminal cannot be handed to a pager", MUTED))
        except (OSError, ValueError) as error:
            self.tell(Content.assemble(safe_text.line(command), " could not be started: ", safe_text.line(str(error))))

    def tell(self, message: Content) -> None:
        """Say something at the right of the You row."""
        self.message = message
        self.draw_strip()


class Lists(Reader):
    """The reader with lists of pairs beside it."""

    _list: "PairsScreen | None" = None
    _listed: "tuple[int, PairsScreenState] | None" = None
    _leave: Callable[[ReviewExit], None]
    _review_of: "Callable[[ReviewSession, Callable[[ReviewExit], None]], Lists]"
    """Makes a review like this one, of another session on the run."""

    def __init__(self, session: "ReviewSession", settings: AppOptions | None = None) -> None:
        super().__init__(session, settings)
        self.partings = OverturnPatterns()

    def _listing(self) -> "PairListing":
        from uphold.workflows.pair_list import PairListing

        session = self.session
        return PairListing(session.store, session.run, session.reviewer, session.judge_name)

    def action_pairs(self) -> None:
        """All pairs of the run."""
        self._open_list()

    def action_filter(self) -> None:
        """All pairs of the run, to be narrowed."""
        self._open_list(choose=True)

    def _open_list(self, *, choose: bool = False) -> None:
        """The list is made once, and stays as it was left."""
        here = self.session.current.pair_id if self.session.current is not None else None
        if self._list is not None:
            self._list.come_back(here, choose=choose, blind=self.session.blind)
        else:
            from uphold_tui.pairs.loader import PairsScreenState

            self._list = self._list_of(PairsScreenState(pair_id=here), choose=choose)
            self.app.install_screen(self._list, f"pairs-{id(self)}")
        self.app.push_screen(self._list)

    def _list_of(self, kept: "PairsScreenState", *, choose: bool = False) -> "PairsScreen":
        from uphold_tui.pairs.loader import PairsScreenActions
        from uphold_tui.pairs.screen import PairsScreen

        numbers = None if self.session.blind else self.action_figures
        ways = PairsScreenActions(self._open_listed, self._close_one, numbers, self._review_picked, self._take_in)
        return PairsScreen(
            self._listing(),
            ways,
            kept,
            keymap=self.settings.keymap,
            signs=self.settings.signs,
            blind=self.session.blind,
            choose=choose,
        )

    def _close_one(self) -> None:
        self.app.pop_screen()

    def _review_picked(self, pairs: Sequence[int]) -> None:
        """Review these pairs in a row; leaving that comes back to this review."""
        from uphold.workflows.queue_drawing import HAND_PICKED

        self._review_in(HAND_PICKED, pairs)

    def _read_queue(self, queue: str) -> None:
        """Read a queue; where it is this one, go on with it."""
        if queue != self.session.queue:
            self._review_in(queue)
            return
        while self.app.screen is not self:
            self.app.pop_screen()
        self.session.go_unread()
        self.message = Content("")
        self.draw()

    def _review_in(self, queue: str, picked: Sequence[int] = ()) -> None:
        from uphold.workflows.review_opening import open_review

        here = self.session
        other = open_review(
            here.store,
            here.run,
            reviewer=here.reviewer,
            judge=here.judge_name,
            queue=queue,
            picked=picked,
            blind=here.blind,
        )
        here.share_seen(other)

        def left(way: ReviewExit) -> None:
            if way.quit:
                self._leave(way)
            else:
                self._back_from(screen)

        screen = self._review_of(other, left)
        self.app.push_screen(screen)

    def _back_from(self, other: "Lists") -> None:
        """Back from a review of another queue: what was said there counts here too."""
        while self.app.screen is not self:
            self.app.pop_screen()
        self._take_in(other.session)
        self.partings.kept |= other.partings.kept
        self.tell(Content.styled("back in the queue", MUTED))
        self.draw()
        self.count_soon()

    def _take_in(self, after: "ReviewSession | None" = None) -> None:
        """Something was said of the run on another screen."""
        self.session.refresh(after)
        if after is None:
            self.draw()

    def _open_listed(self, pair_id: int) -> None:
        """Back to the review, on this pair; as long as it stays there, `q` goes back to the list."""
        kept = getattr(self.app.screen, "kept", None)
        while self.app.screen is not self:
            self.app.pop_screen()
        place = self._place(pair_id)
        if place is None:
            self.tell(Content.styled("that pair is not in this queue", MUTED))
        else:
            self.go_to_place(place)
            self._listed = (pair_id, kept) if kept is not None else None

    def back_to_list(self) -> bool:
        """Back to the list that the pair at hand was opened from; False where there is none."""
        listed, self._listed = self._listed, None
        pair = self.session.current
        if listed is None or pair is None or pair.pair_id != listed[0]:
            return False
        if self._list is not None and self._list.kept is listed[1]:
            self._open_list()
        else:
            self.app.push_screen(self._list_of(listed[1]))
        return True

    def _place(self, pair_id: int) -> int | None:
        """A pair's place in the queue, from 0; None where the queue has it not."""
        try:
            return self.session.place_of(pair_id)
        except KeyError:
            return None

    def go_to_place(self, place: int) -> None:
        """Show the pair at a place of the queue, from 0."""
        self.session.go_to(place + 1)
        self.message = Content("")
        self.draw()

    def action_figures(self) -> None:
        """The numbers of the run; they rest while it is read blind."""
        if self.session.blind:
            self.tell(Content.styled(RESTING, MUTED))
            return
        from uphold_tui.numbers.screen import NumbersActions, NumbersScreen, numbers_source

        session = self.session
        numbers = numbers_source(session.store.path, session.run, session.reviewer)
        doors = NumbersActions(self._open_behind, self._read_queue, self._close_one)
        screen = NumbersScreen(numbers, doors, keymap=self.settings.keymap, signs=self.settings.signs)
        self.app.push_screen(screen)

    def _open_behind(self, wanted: "PairFilter") -> None:
        """The pairs behind a figure."""
        from uphold_tui.pairs.loader import PairsScreenState

        self.app.push_screen(self._list_of(PairsScreenState(wanted)))

    def action_differing(self) -> None:
        """The pairs on which the reviewer overturned the judge."""
        from uphold.records.enums import QuickFilter
        from uphold.records.pair_list import PairFilter

        self._open_behind(PairFilter(QuickFilter.OVERTURNED))

    def _pairs_named(self, text: str) -> list[tuple[int, str]]:
        return [(place, safe_text.safe_line(key)) for place, key in self.session.named(text)]


class Searching(Lists):
    """The reader that finds words."""

    _matches: tuple[int, ...] = ()

    def action_find(self) -> None:
        """Write what to find in the run."""
        from uphold_tui.dialogs.ask import FindScreen

        def written(text: str | None) -> None:
            if text:
                self.run_worker(self._find(text), exclusive=True, group="find")

        self.app.push_screen(FindScreen(self.reading.find), written)

    def action_unfind(self) -> None:
        """End the search."""
        if self.reading.find:
            self._matches = ()
            self._light("")

    def _light(self, text: str) -> None:
        self.reading = replace(self.reading, find=text, diff=False)
        self.draw()

    async def _find(self, text: str) -> None:
        """Find the pairs with these words; the index is made, or brought up to date, beside the app."""
        listing = self._listing()
        try:
            if not listing.is_searchable:
                self.tell(Content.styled("reading the texts for the search …", MUTED))
                await asyncio.to_thread(listing.bring_up_to_date)
            found = listing.search(text, listing.read_ids())
        except UpholdError as error:
            self.tell(Content.styled(safe_text.cause(str(error)), MUTED))
            return
        keyed = {place - 1 for place, _ in self.session.named(text)}
        places = sorted(keyed.union(place for place in map(self._place, found) if place is not None))
        self._matches = tuple(places)
        self._light(text if places else "")
        if not places:
            self.tell(Content.assemble(("found nowhere: ", MUTED), safe_text.line(text, MUTED)))
        elif self.session.index in places:
            self._tell_match(self.session.index)
        else:
            self._to_match(1)

    def action_change(self, step: int) -> None:
        """To the next change of the word diff; while something is searched for, to the next match, here or in another pair."""
        pair = self.session.current
        if pair is None:
            return
        if self.reading.diff or not self.reading.find:
            super().action_change(step)
        elif not self.step_in_panes(pair, step):
            self._to_match(step)

    def _to_match(self, step: int) -> None:
        """To the next pair that has the words, going round."""
        here, there = self.session.index, self._matches
        beyond: Callable[[int], bool] = (lambda place: place > here) if step > 0 else (lambda place: place < here)
        ahead = [place for place in there if beyond(place)]
        place = (ahead or list(there))[0 if step > 0 else -1]
        self.go_to_place(place)
        self._tell_match(place)

    def _tell_match(self, place: int) -> None:
        number, most = self._matches.index(place) + 1, len(self._matches)
        words = f"pair {number:,} of the {most:,} found" if most > 1 else "found in this pair alone"
        if self.narrow:
            words = f"{number:,} of {most:,} found"
        pair = self.session.current
        hidden = not self.narrow and pair is not None and pair.text.context and not self._seen(pair)
        self.tell(Content.styled(f"{words}; here in the context: + shows it" if hidden else words, MUTED))

    def _seen(self, pair: PairView) -> bool:
        """Does a word that was looked for stand in what is not folded away, or in nothing that is?"""
        shown = [*pair.text.turns[: pair.turn], *map(cell_text, (*pair.candidate_cells, *pair.baseline_cells))]
        return any(spans(text, self.reading.find) for text in shown) or not spans(
            pair.text.context or "", self.reading.find
        )


class Beside(Searching):
    """The review's ways to other screens."""

    tour_offered = False

    def offer_tour(self) -> None:
        """Say once, where receipts stand, that there is a tour."""
        self.tour_offered = True
        key = keys.label(self.table["review.help"])
        self.message = Content.assemble((key, BOLD), (" all keys, and a tour of two minutes", MUTED))

    def action_guidelines(self) -> None:
        """What the set asks of its judges and reviewers."""
        from uphold.workflows.pair_list import guidelines_of
        from uphold_tui.dialogs.panels import GuidelinesScreen

        run = self.session.run
        self.app.push_screen(GuidelinesScreen(run.set, guidelines_of(self.session.store, run)))

    def action_help(self) -> None:
        """The keys of this screen, and the tour."""
        from uphold_tui.dialogs.help import REVIEW_NOTE, HelpScreen

        self.app.push_screen(
            HelpScreen("Keys while reviewing", tuple(self.table.values()), REVIEW_NOTE, tour=self.action_tour)
        )

    def action_tour(self) -> None:
        """A few sentences on the screen as it is."""
        from uphold_tui.dialogs.help import TourScreen

        self.app.push_screen(TourScreen(self.table))

    def action_theme(self, name: str) -> None:
        """Change the theme, and say how to keep it."""
        if name in self.app.available_themes:
            self.app.theme = name
            self.tell(Content.styled(f'theme = "{name}" in uphold.toml keeps it', MUTED))

    def action_who(self) -> None:
        """Say under which name this is, and how to take another."""
        name = safe_text.line(self.session.reviewer)
        self.tell(Content.assemble("you review as ", name, ("; uphold review --reviewer NAME takes another", MUTED)))


LOUD_SECONDS = 0.8
"""How long the receipt of an override stays inverted."""


LOOK_SECONDS = 1.0
"""Between two looks for a verdict that is still to come."""


Act = Callable[[], Outcome]


class Doing(Beside):
    """The review without its keys."""

    def __init__(self, session: ReviewSession, settings: AppOptions | None = None) -> None:
        super().__init__(session, settings)
        self._unsaved: Act | None = None
        self._quiet: Timer | None = None

    def on_mount(self) -> None:
        self.set_interval(LOOK_SECONDS, self.look_for_verdict)

    def look_for_verdict(self) -> None:
        """Draw the pair anew when the verdict it waits for has come; nothing else changes by itself."""
        pair = self.session.current
        if pair is not None and self.is_current and self.not_saved is None and self.session.verdict_arrived(pair):
            self._shown_pair = None
            self.draw()

    def _acting(self) -> PairView | None:
        """The pair to act on; None while it has not been drawn: then the key was meant for another one."""
        return self.session.current if self.live else None

    def _seconds(self) -> float:
        return round(monotonic() - self.drawn_at, 3)

    def _do(self, pair: PairView | None, act: Act) -> None:
        """Do it and show what came of it; when it cannot be saved, everything stays."""
        place = self.session.index
        try:
            outcome = act()
        except UpholdError as error:
            self._unsaved, self.not_saved = act, safe_text.cause(str(error))
            self.draw_strip()
            return
        self._unsaved = self.not_saved = None
        if isinstance(outcome, Refusal):
            self.tell(Content.styled(outcome.reason, MUTED))
            return
        self.partings.take(pair, outcome)
        if self.settings.hold == "override" and outcome.ruling is Ruling.OVERTURNED:
            self.session.go_to(place + 1)
        self._receive(outcome)
        if self._was_unveiled(pair):
            self._shown_pair = None
        self.draw()
        self.count_soon()

    def _was_unveiled(self, pair: PairView | None) -> bool:
        """Has the verdict come into view on the pair that stays? Then no key may change what was decided before it."""
        here = self.session.current
        return (
            pair is not None
            and here is not None
            and pair.verdict_hidden
            and not here.verdict_hidden
            and here.pair_id == pair.pair_id
        )

    def _receive(self, done: Receipt) -> None:
        """Show the receipt; that of an override is loud for a moment."""
        here = self.session.current
        elsewhere = here is None or here.pair_id != done.pair_id
        loud = done.ruling is Ruling.OVERTURNED and elsewhere
        if done.kind in (EventKind.DECISION, EventKind.ADJUDICATED, EventKind.REPEAT) and not elsewhere:
            self.message = Content.styled("every pair is read", MUTED) if self.session.finished else Content("")
            return
        self.message = self._receipt(done, loud=loud)
        if self._quiet is not None:
            self._quiet.stop()
            self._quiet = None
        if loud:
            self._quiet = self.set_timer(LOUD_SECONDS, partial(self._hush, done, self.message))

    def _hush(self, done: Receipt, shown: Content) -> None:
        """Let the receipt of an override turn quiet, if it is still there."""
        if self.message is shown:
            self.tell(self._receipt(done))

    def _receipt(self, done: Receipt, *, loud: bool = False) -> Content:
        redo, back, why = (keys.label(self.table[f"review.{name}"]) for name in ("redo", "previous", "why"))
        return receipt(
            done, self.settings.signs, loud=loud, narrow=self.narrow, redo=redo, why=f"{back} {why} says why"
        )

    def _move(self, move: Callable[[], bool]) -> bool:
        """Move, unless a verdict waits to be saved; False when there was nowhere to go."""
        if self._unsaved is not None:
            self.draw_strip()
            return False
        moved = move()
        if moved:
            self.message = Content("")
            self.draw()
        return moved


FEW = 5
"""Fewer decisions than this in a sitting, and leaving asks for no look back."""


class ReviewScreen(Doing):
    """One reviewer at work on one run."""

    BINDINGS = keys.bindings(keys.REVIEW)

    def __init__(
        self, session: ReviewSession, left: Callable[[ReviewExit], None], settings: AppOptions | None = None
    ) -> None:
        super().__init__(session, settings)
        self._leave = left
        self._review_of = lambda other, after: ReviewScreen(other, after, self.settings)

    # acts

    def action_decide(self, word: str) -> None:
        """A better, B better, tie or both bad."""
        pair = self._acting()
        if pair is not None:
            choice = badges.choice_of(pair, word)
            if self._waits_for_more(pair) and badges.your_choice(pair) is choice:
                self._go_on()
                return
            self._do(pair, partial(self.session.decide, choice, self.on_screen(pair), self._seconds()))

    def action_uphold(self) -> None:
        """Uphold the verdict on the table; on a decided pair go on; after a failed save try again."""
        pair = self._acting()
        if pair is None:
            return
        if self._unsaved is not None:
            self._do(pair, self._unsaved)
        elif badges.your_choice(pair) is not None:
            self._go_on()
        else:
            self._do(pair, partial(self.session.uphold, self.on_screen(pair), self._seconds()))

    def action_skip(self) -> None:
        """Skip; it comes back at the end of the queue."""
        pair = self._acting()
        if pair is not None:
            self._do(pair, partial(self.session.skip, self.on_screen(pair), self._seconds()))

    def _waits_for_more(self, pair: PairView) -> bool:
        """Was this decided blind, and is its verdict on the screen since?"""
        return self.session.blind and pair.state.early is not None

    def action_flag(self) -> None:
        """Flag for a second look, or no longer."""
        pair = self._acting()
        if pair is not None:
            self._do(pair, partial(self.session.flag, self.on_screen(pair)))

    def action_broken(self) -> None:
        """Mark the example as broken, or no longer."""
        pair = self._acting()
        if pair is not None:
            self._do(pair, partial(self.session.broken, self.on_screen(pair)))

    def action_undo(self) -> None:
        """Take back the last act; a verdict that could not be saved is dropped."""
        if not self.live:
            return
        if self._unsaved is not None:
            self._unsaved = self.not_saved = None
            self.tell(Content.styled("dropped; nothing was saved", MUTED))
            return
        self._do(self.session.current, self.session.undo)

    def action_redo(self) -> None:
        """Do again what was taken back."""
        if self.live and self._unsaved is None:
            self._do(self.session.current, self.session.redo)

    def action_comment(self) -> None:
        """Write a comment."""
        pair = self._acting()
        if pair is None:
            return
        from uphold_tui.dialogs.annotate import CommentScreen

        def write(text: str | None) -> None:
            if text is not None:
                self._do(pair, partial(self.session.comment, text, self.on_screen(pair)))

        self.app.push_screen(CommentScreen(pair), write)

    def action_why(self) -> None:
        """Say why, with one key a reason."""
        pair = self._acting()
        if pair is None:
            return
        from uphold_tui.dialogs.annotate import ReasonsScreen

        def chosen(words: tuple[str, ...] | None) -> None:
            if words is not None:
                self._do(pair, partial(self.session.reasons, words, self.on_screen(pair)))

        self.app.push_screen(ReasonsScreen(pair, self.session.reason_words(), self.session.keep_reason_words), chosen)

    def action_blind(self) -> None:
        """Verdicts after the own decision from now on, or again before it."""
        self.session.go_blind(not self.session.blind)
        pair = self.session.current
        words = "blind: verdicts come after your decision" if self.session.blind else "blind off: verdicts on the table"
        if self.session.blind and pair is not None and not pair.verdict_hidden:
            words = "blind from the next unread pair on"
        self.message = Content.styled(words, MUTED)
        self._shown_pair = None
        self.draw()

    def action_plan(self, number: int) -> None:
        """Mean to read so many pairs."""
        try:
            self.session.plan(number)
        except UpholdError as error:
            self.tell(Content.styled(safe_text.cause(str(error)), MUTED))
            return
        self.message = Content.styled(f"planned: {number}", MUTED)
        self.draw()

    # moving

    def action_go(self, step: int) -> None:
        """To the next pair of the queue, or the one before; from a verdict that has come into view on to what is unread."""
        pair = self.session.current
        if step > 0 and pair is not None and self._waits_for_more(pair) and self._move(self.session.go_unread):
            return
        moved = self._move(self.session.go_next if step > 0 else self.session.go_previous)
        if not moved and self._unsaved is None:
            self.tell(Content.styled("this is the last pair" if step > 0 else "this is the first pair", MUTED))

    def action_unread(self) -> None:
        """To the next unread pair."""
        if not self._move(self.session.go_unread) and self._unsaved is None:
            self.tell(Content.styled("every pair is read", MUTED))

    def action_jump(self, number: int) -> None:
        """To a pair by its place in the queue, from 1."""
        if not self._move(partial(self.session.go_to, number)) and self._unsaved is None:
            self.tell(Content.styled(f"there is no pair {number}: this queue has {self.session.total}", MUTED))

    def _go_on(self) -> None:
        """From a decided pair to the next unread one, else to the next."""
        if not self._move(self.session.go_unread):
            self.action_go(1)

    # other screens

    async def action_press(self, key_id: str) -> None:
        """A click on a key's name does what the key does."""
        if key_id in self.table:
            await self.run_action(self.table[key_id].action)

    def action_raw(self) -> None:
        """The judge's raw answers."""
        pair = self.session.current
        if pair is not None and pair.verdict_hidden:
            self.tell(Content.styled("the judge's answers come after your decision", MUTED))
        elif pair is not None:
            from uphold_tui.dialogs.panels import RawScreen

            self.app.push_screen(RawScreen(pair))

    def action_command(self) -> None:
        """Any command by its name; a number goes to that pair."""
        from uphold_tui.dialogs.commands import JUMPS, CommandScreen, review_commands

        def run(action: str | None) -> None:
            if action is not None:
                self.call_next(self.run_action, action)

        session = self.session
        commands = review_commands(self.table.values(), self.app, reviewer=session.reviewer, blind=session.blind)
        self.app.push_screen(CommandScreen(commands, JUMPS, self._pairs_named), run)

    def action_back(self) -> None:
        """Back to the list the pair was opened from; else leave, after a look back where there is something to see."""
        if self.back_to_list():
            return
        back = self.look_back()
        if back is None:
            self._leave(ReviewExit())
            return
        from uphold_tui.review.summary import SummaryScreen

        def answered(leave: bool | None) -> None:
            if leave:
                self._leave(ReviewExit(back))

        self.app.push_screen(SummaryScreen(back, self.settings.signs), answered)

    def action_leave(self) -> None:
        """Quit at once."""
        self._leave(ReviewExit(self.look_back(), quit=True))

    def look_back(self) -> SessionSummary | None:
        """What this sitting came to; None after a few decisions only."""
        session = self.session
        sitting = session.sitting()
        if sitting.decided < FEW:
            return None
        self.count()
        parts = self.partings.lines()
        progress = session.progress
        return SessionSummary(
            session.run, sitting, progress, self.first_numbers, self.numbers, parts, session.blind, session.waiting()
        )
