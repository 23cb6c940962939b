"""The review screen: the actions of its keys. Each calls the session or changes what is shown, and the screen redraws."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from rich.style import Style
from textual.app import ComposeResult, SuspendNotSupported
from textual.content import Content
from textual.events import Click, Event, MouseDown, Resize
from textual.events import Key as KeyEvent
from textual.screen import Screen
from textual.timer import Timer

from uphold.errors import UpholdError
from uphold.formatting import count, count_noun
from uphold.records.enums import Side
from uphold.records.reviews import OnScreen, PairView
from uphold.workflows.review_session import ReviewSession
from uphold_tui import keys, safe_text
from uphold_tui.app_options import AppOptions
from uphold_tui.clipboard import copy_text
from uphold_tui.place import Place
from uphold_tui.review import layout
from uphold_tui.review.actions import Act, Redraw, ReviewActions, Update, muted
from uphold_tui.review.answer_pane import PreparedAnswers
from uphold_tui.review.copying import CopyKey, LineSelection
from uphold_tui.review.layout import RATES_HIDDEN, ScreenState, Shape
from uphold_tui.review.live_numbers import NumbersFeed
from uphold_tui.review.paint_gate import PaintGate
from uphold_tui.review.reading import PaneState, ReadingState, pager_command, reading_refusal, run_pager
from uphold_tui.review.search import PairSearch, hidden_in_context
from uphold_tui.review.summary import ReviewExit, SessionSummary
from uphold_tui.review.view import ReviewView
from uphold_tui.themes import BOLD, MUTED
from uphold_tui.widgets import badges
from uphold_tui.widgets.movement import page_step
from uphold_tui.widgets.painting import Painted
from uphold_tui.widgets.text_body import TextBody

if TYPE_CHECKING:
    from uphold.records.judgments import JudgeRef
    from uphold.records.pair_list import PairFilter
    from uphold.workflows.pair_list import PairListing

MIN_DECISIONS_FOR_SUMMARY = 5
"""Fewer decisions than this in a session, and leaving shows no summary."""

RETRY_SECONDS = 0.15
"""How soon what met another program's lock is tried again; the app answers to keys in between."""

LOUD_SECONDS = 0.8
"""How long the receipt of an override stays inverted."""

WHOLE_TEXT = 10**9
"""More lines than a text has."""

VERDICT_CHECK_SECONDS = 1.0
"""Between two checks for a verdict that is still to come."""


class ReviewLinks(Protocol):
    """Where a review leads; implemented by the app's navigation, which alone opens and closes screens."""

    def open_list(self, *, choose: bool = False) -> None:
        """All pairs of the run, as they were left; `choose` offers the filters at once."""

    def open_filtered(self, wanted: "PairFilter", judge: "JudgeRef | None" = None) -> None:
        """Some pairs of the run, with the verdicts of a judge."""

    def open_numbers(self) -> None:
        """The numbers of the run."""

    def open_set(self, key: str) -> None:
        """The run's eval set, with the cursor on an example."""

    def review_queue(self, queue: str) -> None:
        """Another queue of the run; leaving it comes back here."""

    def return_to_list(self) -> bool:
        """Back to the list that the pair at hand was opened from; False where there is none."""

    def listing(self) -> "PairListing":
        """The run's pairs, to be searched."""

    def leave(self, exit_: ReviewExit) -> None:
        """Out of the review."""


class ReviewScreen(Screen[None]):
    """One reviewer at work on one run.

    Nothing on it has focus, so Textual looks for bindings and actions here. The helpers know neither the screen nor each
    other; what they return is drawn by `apply`.
    """

    CSS_PATH = "review.tcss"
    AUTO_FOCUS = ""
    BINDINGS = keys.bindings(keys.REVIEW)

    is_hit_testing = False
    """Whether rows are made only to know what is under the mouse."""

    def __init__(self, session: ReviewSession, navigation: ReviewLinks, options: AppOptions | None = None) -> None:
        super().__init__()
        self.session, self.navigation = session, navigation
        self.options = options or AppOptions({})
        self.table = {key.id: key for key in keys.remapped(keys.REVIEW, self.options.keymap)}
        self.paint_gate = PaintGate()
        self.actions = ReviewActions(session, self.options, self.table)
        self.matches = PairSearch()
        self.numbers = NumbersFeed(session)
        self.answer_cache = PreparedAnswers()
        self.reading = ReadingState(signs=self.options.signs)
        self.pane_state = PaneState(stacked=self.options.state.stacked)
        self.message = Content("")
        self.tour_offered = False
        self._started = False
        self._shown_pair: tuple[int, bool] | None = None
        self._quiet_timer: Timer | None = None
        self._retry_timer: Timer | None = None
        self._mouse_down: tuple[float, str | None] = (0.0, None)
        self.view = ReviewView()
        self.lines = LineSelection(self.view)
        self.copy_key = CopyKey()

    def compose(self) -> ComposeResult:
        yield from self.view.compose(layout.nothing_to_review(self.session))

    def on_mount(self) -> None:
        # While the app starts, frames are composed and thrown away; its queue is read when that is over.
        self.app.call_later(self._start)
        self.set_interval(VERDICT_CHECK_SECONDS, self.check_for_verdict)

    def _start(self) -> None:
        self._started = True
        self.draw()

    def on_resize(self, event: Resize) -> None:
        self.draw()

    # drawing

    @property
    def shape(self) -> Shape:
        """What the terminal has room for."""
        return Shape(self.app.size.width, self.app.size.height)

    @property
    def _state(self) -> ScreenState:
        return ScreenState(
            self.table,
            self.options,
            self.reading,
            self.pane_state,
            self.message,
            self.actions.not_saved,
            self.actions.lost,
            self.numbers.latest,
            self.lines.body is not None,
        )

    def apply(self, update: Update) -> None:
        """Draw what came of a key."""
        if update.message is not None:
            self.message = update.message
        if update.wait_for_repaint:
            self._shown_pair = None
        if self._quiet_timer is not None and update.message is not None:
            self._quiet_timer.stop()
            self._quiet_timer = None
        if update.later_message is not None:
            self._quiet_timer = self.set_timer(LOUD_SECONDS, partial(self._quieten, self.message, update.later_message))
        if update.redraw is Redraw.ALL:
            self.draw()
        else:
            self.draw_strip()
        if update.numbers_changed:
            self.call_after_refresh(self.refresh_numbers)
        if self.actions.waits_for_lock and self._retry_timer is None:
            self._retry_timer = self.set_timer(RETRY_SECONDS, self._retry_unsaved)

    def _retry_unsaved(self) -> None:
        """Try again to save what waits for another program to be done writing."""
        self._retry_timer = None
        if self.actions.waits_for_lock:
            self.apply(self.actions.retry(self.session.current, narrow=self.shape.narrow))

    def _quieten(self, loud: Content, quiet: Content) -> None:
        """Let the receipt of an override turn quiet, if it is still there."""
        if self.message is loud:
            self.show_message(quiet)

    def show_message(self, message: Content) -> None:
        """Show a message at the right of the You row."""
        self.apply(Update(message))

    def draw(self) -> None:
        """Draw the session as it stands; a new pair starts at its top, with the names hidden."""
        self._set_css_classes()
        if not self._started:
            return
        pair = self.session.current
        if pair is not None:
            if (pair.pair_id, pair.is_repeat) != self._shown_pair:
                self._start_pair(pair)
            elif pair.verdict_hidden and self.reading.names:
                self.reading = self.reading.without_names()
            self.view.show_texts(pair, self.answer_cache.both(pair, self.reading), self._state, self.shape)
            self.draw_strip()
        self._draw_frame()

    def _set_css_classes(self) -> None:
        for name, on in layout.css_classes(self.session, self.pane_state, self.shape).items():
            self.set_class(on, name)

    def _start_pair(self, pair: PairView) -> None:
        """Another pair comes on the screen: no key may rate it before it has been painted."""
        self._shown_pair = (pair.pair_id, pair.is_repeat)
        self.lines.end()
        self.reading = self.reading.without_names()
        self.pane_state = self.pane_state.unzoomed()
        self._set_css_classes()
        self.view.forget_instruction()
        self.paint_gate.wait_for(self.view.to_be_painted())

    def draw_strip(self) -> None:
        """Draw the verdict strip, with the message of the last key."""
        pair = self.session.current
        if pair is not None:
            self.view.show_strip(layout.strip_state(self.session, self._state, pair))

    def _draw_frame(self) -> None:
        """Draw what stands around the answers."""
        self.view.show_frame(layout.arrange(self.session, self._state, self.shape), self.session.progress)

    def on_painted(self, message: Painted) -> None:
        if self.paint_gate.note_painted(message.widget, self.view.hidden(), monotonic()):
            if self.numbers.first is None:
                self.call_later(self.refresh_numbers)
            self.call_later(self._record_seen)
            self.call_later(self._prepare_next)

    def _prepare_next(self) -> None:
        """Wrap the next pair's texts while this one is read."""
        following = self.session.peek(1)
        if following is not None:
            self.view.wrap(self.answer_cache.both(following, self.reading))

    def refresh_numbers(self) -> None:
        """Count the numbers anew and show them."""
        if self.session.current is not None:
            self.numbers.refresh()
            self._draw_frame()

    def check_for_verdict(self) -> None:
        """Draw the pair anew when the verdict it waits for has come; nothing else changes by itself."""
        if self.session.current is None or not self.is_current or self.actions.not_saved is not None:
            return
        try:
            arrived = self.session.verdict_arrived()
        except UpholdError:
            return  # the next key says what became of the file
        if arrived:
            self.paint_gate.wait_for(self.view.to_be_painted())
            self.view.repaint()
            self.apply(Update(redraw=Redraw.ALL, numbers_changed=True))
        self._record_seen()

    def _record_seen(self) -> None:
        """Write down what of an undecided pair is on the screen; tried again every second where it cannot be written."""
        pair = self.session.current
        if pair is None or not self.paint_gate.is_painted or self.actions.lost:
            return
        try:
            with self.session.store.waiting_at_most(0):
                self.session.record_seen(self._on_screen(pair))
        except UpholdError:
            return  # what cannot be saved is said when a decision cannot

    # keys and mouse

    def on_key(self, event: KeyEvent) -> None:
        """Remember when the key was pressed, before its action runs."""
        self.paint_gate.note_key(event.time)
        if not {event.key, event.character} & {*self.table["review.copy"].keys}:
            self.copy_key.restart()

    def _forward_event(self, event: Event) -> None:
        """A click on a key's word counts from when the button went down, on that word; Textual's own event forgets it."""
        action = self._action_at(event) if isinstance(event, MouseDown | Click) else None
        if isinstance(event, MouseDown):
            self._mouse_down = (event.time, action if event.button == 1 else None)
        if isinstance(event, Click) and action is not None:
            if action == self._mouse_down[1]:
                self.call_next(self._run_clicked, action, self._mouse_down[0])
            return
        super()._forward_event(event)

    def _action_at(self, event: MouseDown | Click) -> str | None:
        """The action of the word under the mouse."""
        action = self.get_style_at(event.screen_x, event.screen_y).meta.get("@click")
        return action if isinstance(action, str) else None

    async def _run_clicked(self, action: str, at: float) -> None:
        self.paint_gate.note_click(at)
        await self.run_action(action.removeprefix("screen."))

    def get_style_at(self, x: int, y: int) -> Style:
        """The style under the mouse; looking it up has a widget make its rows, and paints nothing."""
        self.is_hit_testing = True
        try:
            return super().get_style_at(x, y)
        finally:
            self.is_hit_testing = False

    async def action_press(self, key_id: str) -> None:
        """A click on a key's name does what the key does."""
        if key_id in self.table:
            await self.run_action(self.table[key_id].action)

    # acts on the pair

    def _accepted(self) -> PairView | None:
        """The pair to act on; None while it has not been painted: then the key was meant for another one."""
        return self.session.current if self.paint_gate.accepts() else None

    def _run(self, pair: PairView | None, act: Act) -> None:
        self.apply(self.actions.run(pair, act, narrow=self.shape.narrow))

    def _on_screen(self, pair: PairView) -> OnScreen:
        """What the reviewer had before them when they pressed the key."""
        return OnScreen(
            side_a=pair.side_a,
            names_shown=self.reading.names or self.session.names_were_shown(pair.pair_id),
            judge_id=pair.judge.judge_id if pair.judge else None,
            verdict=pair.judge.verdict if pair.judge else None,
            width=self.app.size.width,
            height=self.app.size.height,
        )

    def _seconds(self) -> float:
        """How long the pair has been on the screen."""
        return round(monotonic() - self.paint_gate.painted_at, 3)

    def _awaits_confirmation(self, pair: PairView) -> bool:
        """Whether this was decided blind, and its verdict is on the screen since."""
        return self.session.blind and pair.state.blind_decision is not None

    def action_decide(self, word: str) -> None:
        """A better, B better, tie or both bad."""
        pair = self._accepted()
        if pair is None:
            return
        choice = badges.choice_of(pair, word)
        if self.session.is_held:
            self.show_message(muted(self._held_words()))
            return
        if self._awaits_confirmation(pair) and badges.your_choice(pair) is choice:
            self._go_on()
            return
        hold = self.options.hold == "override"
        self._run(
            pair, partial(self.session.decide, choice, self._on_screen(pair), self._seconds(), hold_overturned=hold)
        )

    def _held_words(self) -> str:
        """What can be done on a pair that was just overturned, by its keys."""
        on, back = (keys.label(self.table[f"review.{name}"]) for name in ("uphold", "undo"))
        return f"{on} goes on, {back} takes back"

    def action_uphold(self) -> None:
        """Uphold the verdict that is shown; on a decided pair go on; after a failed save try again."""
        pair = self._accepted()
        if pair is None:
            return
        if self.actions.unsaved is not None:
            self.apply(self.actions.retry(pair, narrow=self.shape.narrow))
        elif badges.your_choice(pair) is not None:
            self._go_on()
        else:
            self._run(pair, partial(self.session.uphold, self._on_screen(pair), self._seconds()))

    def action_skip(self) -> None:
        """Skip; it comes back at the end of the queue."""
        pair = self._accepted()
        if pair is not None:
            self._run(pair, partial(self.session.skip, self._on_screen(pair), self._seconds()))

    def action_flag(self) -> None:
        """Flag for a second look, or no longer."""
        pair = self._accepted()
        if pair is not None:
            self._run(pair, partial(self.session.flag, self._on_screen(pair)))

    def action_broken(self) -> None:
        """Mark the example as broken, or no longer."""
        pair = self._accepted()
        if pair is not None:
            self._run(pair, partial(self.session.broken, self._on_screen(pair)))

    def action_undo(self) -> None:
        """Take back the last act; a verdict that could not be saved is dropped."""
        if not self.paint_gate.accepts():
            return
        if self.actions.unsaved is not None:
            self.apply(self.actions.drop_unsaved())
            return
        self._run(self.session.current, self.session.undo)

    def action_redo(self) -> None:
        """Do again what was taken back."""
        if self.paint_gate.accepts() and self.actions.unsaved is None:
            self._run(self.session.current, self.session.redo)

    def action_comment(self) -> None:
        """Write a comment."""
        pair = self._accepted()
        if pair is None:
            return
        from uphold_tui.dialogs.annotate import CommentScreen

        def write(text: str | None) -> None:
            if text is not None:
                self._run(pair, partial(self.session.comment, text, self._on_screen(pair)))

        self.app.push_screen(CommentScreen(pair), write)

    def action_why(self) -> None:
        """Say why, with one key a reason."""
        pair = self._accepted()
        if pair is None:
            return
        from uphold_tui.dialogs.annotate import ReasonsScreen

        held = self.session.is_held or self._awaits_confirmation(pair)

        def write(words: tuple[str, ...] | None) -> None:
            if words is None:
                return
            self._run(pair, partial(self.session.reasons, words, self._on_screen(pair)))
            if held and self.actions.unsaved is None:
                self._go_on(self.message)

        reasons = ReasonsScreen(pair, self.session.reason_words(), self.session.keep_reason_words, one_key=held)
        self.app.push_screen(reasons, write)

    def action_blind(self) -> None:
        """Verdicts after the own decision from now on, or again before it."""
        with suppress(UpholdError):  # then it is written with the next decision
            self.session.go_blind(not self.session.blind)
        pair = self.session.current
        words = "blind: verdicts come after your decision" if self.session.blind else "blind off: verdicts on the table"
        if self.session.blind and pair is not None and not pair.verdict_hidden:
            words = "blind from the next unread pair on"
        self.apply(Update(muted(words), Redraw.ALL, wait_for_repaint=True))

    def action_plan(self, number: int) -> None:
        """Plan to read so many pairs."""
        try:
            self.session.plan(number)
        except UpholdError as error:
            self.show_message(muted(safe_text.cause(str(error))))
            return
        self.apply(Update(muted(f"planned: {count(number)}"), Redraw.ALL))

    # moving

    def _move(self, move: Callable[[], bool], message: Content | None = None) -> bool:
        """Move, unless a verdict waits to be saved or the texts can no longer be read; False when there was nowhere to go.

        `message` is shown with the pair that is moved to.
        """
        if self.actions.unsaved is not None or self.actions.is_unreadable():
            self.draw_strip()
            return False
        moved = move()
        if moved:
            self.apply(Update(Content("") if message is None else message, Redraw.ALL))
        return moved

    def _move_or_say(self, move: Callable[[], bool], words: str) -> None:
        """Move, or say why not."""
        if not self._move(move) and self.actions.unsaved is None:
            trouble = self.actions.trouble()
            self.show_message(muted(words if trouble is None else trouble))

    def action_go(self, step: int) -> None:
        """To the next pair of the queue, or the one before; from a verdict that has come into view on to what is unread."""
        pair = self.session.current
        stays = pair is not None and (self.session.is_held or self._awaits_confirmation(pair))
        if step > 0 and stays and self._move(self.session.go_unread):
            return
        if step > 0:
            self._move_or_say(self.session.go_next, "this is the last pair")
        else:
            self._move_or_say(self.session.go_previous, "this is the first pair")

    def action_unread(self) -> None:
        """To the next unread pair."""
        self._move_or_say(self.session.go_unread, "every pair is read")

    def action_jump(self, number: int) -> None:
        """To a pair by its place in the queue, from 1."""
        words = f"there is no pair {count(number)}: this queue has {count(self.session.total)}"
        self._move_or_say(partial(self.session.go_to, number), words)

    def _go_on(self, message: Content | None = None) -> None:
        """From a decided pair to the next unread one, else to the next; `message` is shown there."""
        if not self._move(self.session.go_unread, message):
            self.action_go(1)

    def go_to_place(self, place: int) -> None:
        """Show the pair at a place of the queue, from 0."""
        self._move(partial(self.session.go_to, place + 1))

    def place_of(self, pair_id: int) -> int | None:
        """A pair's place in the queue, from 0; None where the queue does not have it."""
        try:
            return self.session.place_of(pair_id)
        except KeyError:
            return None

    def show_pair(self, pair_id: int) -> bool:
        """Show a pair, whichever place it has; False, with a message, where the queue does not have it."""
        place = self.place_of(pair_id)
        if place is None:
            self.show_message(muted("that pair is not in this queue"))
            return False
        self.go_to_place(place)
        return True

    def go_on_in_queue(self) -> None:
        """Go on with this queue, from another screen."""
        self.session.go_unread()
        self.apply(Update(Content(""), Redraw.ALL))

    def refresh_session(self) -> None:
        """Read the session anew: a decision or flag of this run was saved on another screen."""
        self.session.refresh()
        self.draw()

    def update_judge(self) -> None:
        """Take the judge of the headline as it is now; the verdict on the screen is that of another one then."""
        if self.session.update_judge():
            self.numbers.first = None
            name = self.session.judge_name or "none"
            message = safe_text.line(f"the judge is {name} now", MUTED)
            self.apply(Update(message, Redraw.ALL, numbers_changed=True, wait_for_repaint=True))

    def merge_review(self, other: "ReviewScreen") -> None:
        """Back from a review of another queue: what was decided there counts here too."""
        self.session.refresh(other.session)
        self.actions.patterns.kept |= other.actions.patterns.kept
        self.apply(Update(muted("back in the queue"), Redraw.ALL, numbers_changed=True))

    # reading

    def action_scroll(self, lines: int) -> None:
        """Some lines down, or up; while lines are selected, to select more of them, or fewer."""
        if self.lines.body is not None:
            self._select_more(lines)
            return
        for body in self.view.scrolled_bodies(self.pane_state, self.shape, lines):
            body.scroll_rows(body.top + lines)

    def action_page(self, pages: float) -> None:
        """Pages down, or up; a whole page up first leaves zoom."""
        if self.lines.body is not None:
            self._select_more(page_step(pages, self.lines.body.page))
            return
        if pages == -1 and self.pane_state.zoomed:
            self.action_panes("zoom")
            return
        bodies = self.view.scrolled_bodies(self.pane_state, self.shape, 1 if pages > 0 else -1)
        step = page_step(pages, min(body.page for body in bodies))
        for body in bodies:
            body.scroll_rows(body.top + step)

    def action_ends(self, end: bool) -> None:
        """To the top, or the end."""
        if self.lines.body is not None:
            self._select_more(WHOLE_TEXT if end else -WHOLE_TEXT)
            return
        for body in self.view.scrolled_bodies(self.pane_state, self.shape, 1 if end else -1):
            body.scroll_rows(body.max_top if end else 0)

    def on_text_body_wheel(self, message: TextBody.Wheel) -> None:
        """Scroll with the wheel."""
        for body in self.view.wheeled_bodies(message.body, self.pane_state):
            body.scroll_rows(body.top + message.lines)

    def action_panes(self, change: str) -> None:
        """Change which panes are on the screen: `alone`, `apart`, `zoom`, `stacked`."""
        both_shown = not self.shape.tiny and not self.pane_state.zoomed
        if change == "alone" and self.lines.side is not None and both_shown:
            self._begin_selecting(self.lines.side.other)
            return
        self.pane_state = self.pane_state.changed(change, one_pane=self.shape.tiny)
        self.options.state.stacked = self.pane_state.stacked
        if change == "zoom":
            self.view.whole.scroll_rows(0)
        message = None
        if change == "apart" or (change == "alone" and not self.shape.tiny):
            message = muted(self.pane_state.describe(narrow=self.shape.narrow))
        self.apply(Update(message, Redraw.ALL))

    def action_read(self, change: str) -> None:
        """Change how the texts are shown: `earlier`, `markdown`, `diff`, `reference`, `names`."""
        pair = self.session.current
        refusal = reading_refusal(pair, self.reading, change)
        if refusal:
            self.show_message(muted(refusal))
        elif pair is not None or change != "names":
            self._set_reading(self.reading.toggled(change))
            if change == "names":
                self._record_seen()

    def _set_reading(self, reading: ReadingState) -> None:
        self.reading = reading
        self.apply(Update(redraw=Redraw.ALL))

    def action_copy(self) -> None:
        """Copy what is selected, else the pair; pressed again, an answer or the instruction alone. All as it is shown."""
        pair = self.session.current
        if pair is None:
            return
        selected = self.lines.selected_body()
        if selected is not None:
            self._copy_selected(selected)
            self.lines.end()
            self._draw_frame()
            return
        copied = self.copy_key.press(pair, self.pane_state)
        key = keys.label(self.table["review.copy"])
        again = f"; {key} again: {copied.following}" if copied.following is not None else ""

        def tell(words: str) -> None:
            self.show_message(muted(f"{words}{again if words.startswith('copied') else ''}"))

        copy_text(self.app, copied.text, copied.what, tell)

    def on_text_body_selected(self, message: TextBody.Selected) -> None:
        """Copy what was selected with the mouse; it stays selected until something else is done."""
        message.stop()
        self._copy_selected(message.body)

    def _copy_selected(self, body: TextBody) -> None:
        text = body.selected_text()
        if text:
            what = count_noun(len(text), "character")
            copy_text(self.app, text, what, lambda words: self.show_message(muted(words)))

    def action_select(self) -> None:
        """Begin to select lines with the keys that scroll, or end that."""
        if self.session.current is None:
            return
        if self.lines.body is not None:
            self._end_selecting()
            return
        side = self.pane_state.single if self.shape.tiny else self.pane_state.alone or Side.A
        self._begin_selecting(side)

    def _begin_selecting(self, side: Side) -> None:
        self.lines.begin(side)
        self._draw_frame()
        self._say_selected()

    def _select_more(self, rows: int) -> None:
        self.lines.move(rows)
        self._say_selected()

    def _end_selecting(self) -> None:
        self.lines.end()
        self._draw_frame()
        self.show_message(Content(""))

    def _say_selected(self) -> None:
        body = self.lines.body
        if body is not None and body.selection is not None:
            rows = count_noun(body.selection.rows, "line")
            copy, out = (keys.label(self.table[f"review.{name}"]) for name in ("copy", "unfind"))
            self.show_message(muted(f"{rows} of {self.lines.side}: {copy} copies, {out} ends"))

    def action_pager(self) -> None:
        """Open the pair in $PAGER, else $EDITOR, else less."""
        pair = self.session.current
        if pair is None:
            return
        command = pager_command()
        try:
            with self.app.suspend():
                run_pager(command, safe_text.as_text(pair))
        except SuspendNotSupported:
            self.show_message(muted("this terminal cannot be handed to a pager"))
        except (OSError, ValueError) as error:
            said = Content.assemble(safe_text.line(command), " could not be started: ", safe_text.line(str(error)))
            self.show_message(said)

    # searching

    def action_find(self) -> None:
        """Write what to find in the run."""
        from uphold_tui.dialogs.ask import ask_search

        def find(text: str | None) -> None:
            if text:
                self.run_worker(self._find(text), exclusive=True, group="find")

        self.app.push_screen(ask_search(self.reading.find), find)

    def action_unfind(self) -> None:
        """End selecting, else the search."""
        if self.lines.selected_body() is not None:
            self._end_selecting()
        elif self.reading.find:
            self.matches.clear()
            self._set_reading(self.reading.finding(""))

    async def _find(self, text: str) -> None:
        """Find the pairs with these words; the index is made, or brought up to date, beside the app."""
        listing = self.navigation.listing()
        try:
            if not listing.is_searchable:
                self.show_message(muted("reading the texts for the search …"))
                await asyncio.to_thread(listing.bring_up_to_date)
            found = listing.search(text, listing.read_ids())
        except UpholdError as error:
            self.show_message(muted(safe_text.cause(str(error))))
            return
        keyed = [place - 1 for place, _ in self.session.named(text)]
        self.matches.set_places([*keyed, *(place for place in map(self.place_of, found) if place is not None)])
        self._set_reading(self.reading.finding(text if self.matches.places else ""))
        if not self.matches.places:
            self.show_message(Content.assemble(("found nowhere: ", MUTED), safe_text.line(text, MUTED)))
        elif self.session.index in self.matches.places:
            self._show_match(self.session.index)
        else:
            self._go_to_match(1)

    def action_change(self, step: int) -> None:
        """To the next change of the word diff; while something is searched for, to the next match, here or in another pair."""
        pair = self.session.current
        if pair is None:
            return
        if self.reading.diff:
            self._step_in_panes(pair, step)
        elif self.reading.find and not self._step_in_panes(pair, step):
            self._go_to_match(step)

    def _step_in_panes(self, pair: PairView, step: int) -> bool:
        """Both panes to their next change or match; whether there was one to go to."""
        return self.view.step_changes(self.answer_cache.both(pair, self.reading), step)

    def _go_to_match(self, step: int) -> None:
        """To the next pair that has the words, going round."""
        place = self.matches.step(self.session.index, step)
        self.go_to_place(place)
        self._show_match(place)

    def _show_match(self, place: int) -> None:
        narrow, pair = self.shape.narrow, self.session.current
        words = self.matches.describe(place, narrow=narrow)
        if not narrow and pair is not None and hidden_in_context(pair, self.reading.find):
            words = f"{words}; here in the context: + shows it"
        self.show_message(muted(words))

    # other screens

    def action_pairs(self) -> None:
        """All pairs of the run."""
        if not self._has_unsaved():
            self.navigation.open_list()

    def action_filter(self) -> None:
        """All pairs of the run, to be narrowed."""
        if not self._has_unsaved():
            self.navigation.open_list(choose=True)

    def action_overturned(self) -> None:
        """The pairs on which the reviewer overturned the judge."""
        if self._has_unsaved():
            return
        from uphold.records.enums import QuickFilter
        from uphold.records.pair_list import PairFilter

        self.navigation.open_filtered(PairFilter(QuickFilter.OVERTURNED))

    def action_numbers(self) -> None:
        """The numbers of the run; they rest while it is read blind."""
        if self._has_unsaved():
            return
        if self.session.blind:
            self.show_message(muted(RATES_HIDDEN))
        else:
            self.navigation.open_numbers()

    def action_edit_set(self) -> None:
        """The example of this pair in its eval set."""
        pair = self.session.current
        if pair is not None and not self._has_unsaved():
            self.navigation.open_set(pair.key)

    def action_raw(self) -> None:
        """The judge's raw answers."""
        pair = self.session.current
        if pair is not None and pair.verdict_hidden:
            self.show_message(muted("the judge's answers come after your decision"))
        elif pair is not None:
            from uphold_tui.dialogs.panels import RawScreen

            self.app.push_screen(RawScreen(pair, names_shown=self.reading.names))

    @property
    def place(self) -> Place:
        """What commands without a name mean here."""
        return Place.of_run(self.session.run)

    def action_command(self) -> None:
        """Any command by its name; a number goes to that pair."""
        from uphold_tui.dialogs.commands import open_palette, review_commands

        def pairs_named(text: str) -> Sequence[tuple[int, str]]:
            return [(place, safe_text.safe_line(key)) for place, key in self.session.named(text)]

        own = review_commands(self.session.reviewer, blind=self.session.blind)
        open_palette(self, self.table.values(), own, find=pairs_named, theme_action="theme")

    def offer_tour(self) -> None:
        """Say once, where receipts stand, that there is a tour."""
        self.tour_offered = True
        key = keys.label(self.table["review.help"])
        self.message = Content.assemble((key, BOLD), (" all keys, and a tour of two minutes", MUTED))

    def note_lost_keys(self) -> None:
        """Say once, where receipts stand, which keys were given to another entry."""
        if self.options.keymap:
            from uphold_tui.keymap_check import lost_keys

            own = [words for words in lost_keys(self.options.keymap) if "(review." in words]
            if own:
                more = f"; {count(len(own) - 1)} more in {keys.label(self.table['review.help'])}" if own[1:] else ""
                self.message = muted(own[0] + more)

    def note_other_sets(self) -> None:
        """Say once, where receipts stand, which responses of the run came with another set."""
        parts = [
            Content.assemble(
                (f"{count_noun(number, 'response')} came with the set ", MUTED), safe_text.line(name, MUTED)
            )
            for name, number in self.session.from_other_sets().items()
        ]
        if parts:
            self.message = Content(", ").join(parts)

    def action_guidelines(self) -> None:
        """What the set asks of its judges and reviewers."""
        from uphold.workflows.pair_list import guidelines_of
        from uphold_tui.dialogs.panels import GuidelinesScreen

        run = self.session.run
        self.app.push_screen(GuidelinesScreen(run.set, guidelines_of(self.session.store, run)))

    def action_help(self) -> None:
        """The keys of this screen, and the tour."""
        from uphold_tui.dialogs.help import REVIEW_NOTE, HelpScreen

        table = tuple(self.table.values())
        self.app.push_screen(HelpScreen("Keys while reviewing", table, REVIEW_NOTE, tour=self.action_tour))

    def action_tour(self) -> None:
        """A few sentences on the screen as it is."""
        from uphold_tui.dialogs.help import TourScreen

        self.app.push_screen(TourScreen(self.table))

    def action_theme(self, name: str) -> None:
        """Change the theme, and say whether it is kept."""
        if name in self.app.available_themes:
            self.app.theme = self.options.state.theme = name
            kept = "kept from now on" if self.options.theme is None else f'theme = "{name}" in uphold.toml keeps it'
            self.show_message(muted(kept))

    def action_who(self) -> None:
        """Say under which name this is, and how to take another."""
        name = safe_text.line(self.session.reviewer)
        said = Content.assemble("you review as ", name, ("; uphold review --reviewer NAME takes another", MUTED))
        self.show_message(said)

    # what cannot be saved, and leaving

    def _has_unsaved(self) -> bool:
        """Whether an act waits to be saved; the pair stays on the screen then, and other screens are not opened."""
        if self.actions.unsaved is None:
            return False
        self.draw_strip()
        return True

    def action_save_elsewhere(self) -> None:
        """Ask for a file, and save there what the database cannot take."""
        if self.actions.trouble() is None:
            self.show_message(muted("nothing is unsaved"))
            return
        from uphold_tui.dialogs.not_kept import ask_file

        def save(name: str | None) -> None:
            if name and self.actions.trouble() is None:
                self.show_message(muted("saved in the database meanwhile"))
            elif name:
                self.apply(self.actions.save_elsewhere(self.session.current, name, narrow=self.shape.narrow))

        self.app.push_screen(ask_file(str(self.actions.suggested_file())), save)

    def _ask_before_leaving(self, trouble: str, leave: Callable[[], None]) -> None:
        """Say what would be lost, and let the reviewer choose."""
        from uphold_tui.dialogs.not_kept import Choice, NotKeptScreen

        def chosen(choice: Choice | None) -> None:
            if choice is Choice.SAVE:
                self.action_save_elsewhere()
            elif choice is Choice.LEAVE:
                leave()

        self.app.push_screen(NotKeptScreen(trouble), chosen)

    def action_back(self) -> None:
        """Back to the list the pair was opened from; else leave, after a summary where there is something to see."""
        trouble = self.actions.trouble()
        if trouble is not None:
            self._ask_before_leaving(trouble, lambda: self.navigation.leave(ReviewExit(self.summary(), asked=True)))
            return
        if self.navigation.return_to_list():
            return
        summary = self.summary()
        if summary is None:
            self.navigation.leave(ReviewExit())
            return
        from uphold_tui.review.summary import SummaryScreen

        def answered(leave: bool | None) -> None:
            if leave:
                self.navigation.leave(ReviewExit(summary))

        self.app.push_screen(SummaryScreen(summary, self.options.signs), answered)

    def action_leave(self) -> None:
        """Quit at once; where something is not saved, ask first."""
        trouble = self.actions.trouble()
        if trouble is None:
            self.navigation.leave(ReviewExit(self.summary(), quit=True))
            return
        self._ask_before_leaving(
            trouble, lambda: self.navigation.leave(ReviewExit(self.summary(), quit=True, asked=True))
        )

    def summary(self) -> SessionSummary | None:
        """What this session came to; None after a few decisions only."""
        session = self.session
        totals = session.session_totals()
        if totals.decided < MIN_DECISIONS_FOR_SUMMARY:
            return None
        trouble = self.actions.trouble() or ""
        if not trouble:
            self.refresh_numbers()
        return SessionSummary(
            session.run,
            totals,
            session.progress,
            self.numbers.first,
            self.numbers.latest,
            self.actions.patterns.lines(),
            session.blind,
            "" if trouble else session.waiting(),
            trouble,
        )
