"""The review screen: the actions of its keys. Each calls the session or changes what is shown, and the screen redraws."""

from collections.abc import Sequence
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from rich.style import Style
from textual.app import ComposeResult
from textual.content import Content
from textual.events import Click, Event, MouseDown, Resize
from textual.events import Key as KeyEvent
from textual.screen import Screen
from textual.timer import Timer

from uphold.errors import UpholdError
from uphold.records.enums import Side
from uphold.records.reviews import OnScreen, PairView
from uphold.workflows.review_session import ReviewSession
from uphold_tui import keys, safe_text
from uphold_tui.app_options import AppOptions
from uphold_tui.attempt import RETRY_SECONDS
from uphold_tui.place import Place
from uphold_tui.review import layout, messages
from uphold_tui.review.actions import Act, Redraw, ReviewActions, Update, muted
from uphold_tui.review.answer_pane import PreparedAnswers
from uphold_tui.review.copying import CopyKey, LineSelection, copy_selected
from uphold_tui.review.layout import RATES_HIDDEN, RATES_RESTING, ScreenState, Shape
from uphold_tui.review.leaving import Leaving
from uphold_tui.review.live_numbers import NumbersFeed
from uphold_tui.review.moving import QueueMoves
from uphold_tui.review.paint_gate import PaintGate
from uphold_tui.review.reading import PaneState, ReadingState, reading_refusal
from uphold_tui.review.search import PairSearch, find_places
from uphold_tui.review.seen import on_screen, record_seen
from uphold_tui.review.summary import MIN_DECISIONS_FOR_SUMMARY, SessionSummary, summary_of
from uphold_tui.review.view import ReviewView
from uphold_tui.themes import MUTED
from uphold_tui.widgets import badges
from uphold_tui.widgets.movement import page_step
from uphold_tui.widgets.painting import Painted
from uphold_tui.widgets.text_body import TextBody

if TYPE_CHECKING:
    from uphold_tui.review.links import ReviewLinks

LOUD_SECONDS = 0.8
"""How long the receipt of an override stays inverted."""

WHOLE_TEXT = 10**9
"""More lines than a text has."""

VERDICT_CHECK_SECONDS = 1.0
"""Between two checks for a verdict that is still to come."""


class ReviewScreen(Screen[None]):
    """One reviewer at work on one run.

    Nothing on it has focus, so Textual looks for bindings and actions here. The helpers do not know the screen; what they
    return is drawn by `apply`.
    """

    CSS_PATH = "review.tcss"
    AUTO_FOCUS = ""
    BINDINGS = keys.bindings(keys.REVIEW)

    is_hit_testing = False
    """Whether rows are made only to know what is under the mouse."""

    def __init__(self, session: ReviewSession, navigation: "ReviewLinks", options: AppOptions | None = None) -> None:
        super().__init__()
        self.session, self.navigation = session, navigation
        self.options = options or AppOptions({})
        self.table = {key.id: key for key in keys.remapped(keys.REVIEW, self.options.keymap)}
        self.paint_gate = PaintGate()
        self.actions = ReviewActions(session, self.options, self.table)
        self.moves = QueueMoves(session, self.actions)
        self.matches = PairSearch()
        self.numbers = NumbersFeed(session)
        self.answer_cache = PreparedAnswers()
        self.reading = ReadingState(signs=self.options.signs)
        self.pane_state = PaneState(stacked=self.options.state.stacked)
        self.message = Content("")
        self._started = False
        self._shown_pair: tuple[int, bool] | None = None
        self._quiet_timer: Timer | None = None
        self._retry_timer: Timer | None = None
        self._mouse_down: tuple[float, str | None] = (0.0, None)
        self.view = ReviewView()
        self.lines = LineSelection(self.view)
        self.leaving = Leaving(navigation, self.actions, self.summary, self.action_save_elsewhere, self.options.signs)
        self.copy_key = CopyKey(keys.label(self.table["review.copy"]))

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
            self._draw_frame()
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

    def _say(self, words: str) -> None:
        self.show_message(muted(words))

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
        record_seen(self.session, self._on_screen(pair))

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
        return on_screen(self.session, pair, self.reading, self.shape)

    def _seconds(self) -> float:
        """How long the pair has been on the screen."""
        return round(monotonic() - self.paint_gate.painted_at, 3)

    def action_decide(self, word: str) -> None:
        """A better, B better, tie or both bad."""
        pair = self._accepted()
        if pair is None:
            return
        choice = badges.choice_of(pair, word)
        if self.session.is_held:
            self._say(messages.held(self.table))
            return
        if self.moves.awaits_confirmation(pair) and badges.your_choice(pair) is choice:
            self.apply(self.moves.on())
            return
        hold = self.options.hold == "override"
        self._run(
            pair, partial(self.session.decide, choice, self._on_screen(pair), self._seconds(), hold_overturned=hold)
        )

    def action_uphold(self) -> None:
        """Uphold the verdict that is shown; on a decided pair go on; after a failed save try again."""
        pair = self._accepted()
        if pair is None:
            return
        if self.actions.unsaved is not None:
            self.apply(self.actions.retry(pair, narrow=self.shape.narrow))
        elif badges.your_choice(pair) is not None:
            self.apply(self.moves.on())
        else:
            self._run(pair, partial(self.session.uphold, self._on_screen(pair), self._seconds()))

    def action_skip(self) -> None:
        """Skip; it comes back at the end of the queue."""
        pair = self._accepted()
        if pair is not None and not self._has_unsaved():
            self._run(pair, partial(self.session.skip, self._on_screen(pair), self._seconds()))

    def action_flag(self) -> None:
        """Flag for a second look, or no longer."""
        pair = self._accepted()
        if pair is not None and not self._has_unsaved():
            self._run(pair, partial(self.session.flag, self._on_screen(pair)))

    def action_broken(self) -> None:
        """Mark the example as broken, or no longer."""
        pair = self._accepted()
        if pair is not None and not self._has_unsaved():
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
        if pair is None or self._has_unsaved():
            return
        from uphold_tui.dialogs.annotate import CommentScreen

        def write(text: str | None) -> None:
            if text is not None:
                self._run(pair, partial(self.session.comment, text, self._on_screen(pair)))

        self.app.push_screen(CommentScreen(pair), write)

    def action_why(self) -> None:
        """Say why, with one key a reason."""
        pair = self._accepted()
        if pair is None or self._has_unsaved():
            return
        from uphold_tui.dialogs.annotate import ReasonsScreen

        held = self.session.is_held or self.moves.awaits_confirmation(pair)

        def write(words: tuple[str, ...] | None) -> None:
            if words is None:
                return
            self._run(pair, partial(self.session.reasons, words, self._on_screen(pair)))
            if held and self.actions.unsaved is None:
                self.apply(self.moves.on(self.message))

        note = messages.why_of_the_pair_before(self.session.peek(-1), pair, self.table)
        reasons = ReasonsScreen(
            pair, self.session.reason_words(), self.session.keep_reason_words, one_key=held, note=note
        )
        self.app.push_screen(reasons, write)

    def action_blind(self) -> None:
        """Verdicts after the own decision from now on, or again before it."""
        self.apply(self.actions.toggle_blind())

    def action_plan(self, number: int) -> None:
        """Plan to read so many pairs."""
        self.apply(self.actions.plan(number))

    # moving

    def action_go(self, step: int) -> None:
        """To the next pair of the queue, or the one before; from a verdict that has come into view on to what is unread."""
        self.apply(self.moves.step(step))

    def action_unread(self) -> None:
        """To the next unread pair."""
        self.apply(self.moves.to_unread())

    def action_jump(self, number: int) -> None:
        """To a pair by its place in the queue, from 1."""
        self.apply(self.moves.to_number(number))

    def go_to_place(self, place: int) -> None:
        """Show the pair at a place of the queue, from 0."""
        self.apply(self.moves.to_place(place))

    def show_pair(self, pair_id: int) -> bool:
        """Show a pair, whichever place it has; False, with a message, where the queue does not have it."""
        place = self.session.cursor.places.get(pair_id)
        if place is None:
            self._say("that pair is not in this queue")
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
        self.actions.patterns.made |= other.actions.patterns.made
        self.apply(Update(muted("back in the queue"), Redraw.ALL, numbers_changed=True))

    # reading

    def action_scroll(self, lines: int) -> None:
        """Some lines down, or up; while lines are selected, to select more of them, or fewer."""
        if self.lines.body is not None:
            self._select_more(lines)
            return
        self.view.scroll(self.pane_state, self.shape, lines)

    def action_page(self, pages: float) -> None:
        """Pages down, or up; a whole page up first leaves zoom."""
        if self.lines.body is not None:
            self._select_more(page_step(pages, self.lines.body.page))
            return
        if pages == -1 and self.pane_state.zoomed:
            self.action_panes("zoom")
            return
        self.view.scroll_pages(self.pane_state, self.shape, pages)

    def action_ends(self, end: bool) -> None:
        """To the top, or the end."""
        if self.lines.body is not None:
            self._select_more(WHOLE_TEXT if end else -WHOLE_TEXT)
            return
        self.view.scroll_to_end(self.pane_state, self.shape, end=end)

    def on_text_body_wheel(self, message: TextBody.Wheel) -> None:
        """Scroll with the wheel."""
        self.view.scroll_with_wheel(message.body, self.pane_state, message.lines)

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
            self._say(refusal)
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
        if selected is None:
            self.copy_key.copy(self.app, pair, self.pane_state, self._say)
            return
        copy_selected(self.app, selected, self._say)
        self.lines.end()
        self._draw_frame()

    def on_text_body_selected(self, message: TextBody.Selected) -> None:
        """Copy what was selected with the mouse; it stays selected until something else is done."""
        message.stop()
        copy_selected(self.app, message.body, self._say)

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
        words = self.lines.describe(self.table)
        if words:
            self._say(words)

    def action_pager(self) -> None:
        """Open the pair in $PAGER, else $EDITOR, else less."""
        pair = self.session.current
        if pair is None:
            return
        from uphold_tui.review.pager import show_in_pager

        problem = show_in_pager(self.app, safe_text.as_text(pair))
        if problem is not None:
            self.show_message(problem)

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
            self.message = Content("")
            self._set_reading(self.reading.finding(""))

    async def _find(self, text: str) -> None:
        """Find the pairs with these words, and go to the next of them."""
        listing = self.navigation.listing()
        try:
            places = await find_places(text, self.session, listing, self._say)
        except UpholdError as error:
            self._say(safe_text.cause(str(error)))
            return
        self.matches.set_places(places)
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
        """Bring a match of the pair into sight, and say which of the pairs found it is."""
        pair = self.session.current
        if pair is not None:
            self.view.show_matches(self.answer_cache.both(pair, self.reading))
        self._say(self.matches.describe(place, pair, self.reading.find, narrow=self.shape.narrow))

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
            self._say(RATES_RESTING if self.shape.has_numbers_row else RATES_HIDDEN)
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
            self._say("the judge's answers come after your decision")
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
        self.message = messages.tour_offer(self.table)

    def note_lost_keys(self) -> None:
        """Say once, where receipts stand, which keys were given to another entry."""
        self.message = messages.lost_keys(self.options.keymap, self.table) or self.message

    def note_other_sets(self) -> None:
        """Say once, where receipts stand, which responses of the run came with another set."""
        self.message = messages.from_other_sets(self.session.from_other_sets()) or self.message

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
            self._say(kept)

    def action_who(self) -> None:
        """Say under which name this is, and how to take another."""
        self.show_message(messages.reviewer(self.session.reviewer))

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
            self._say("nothing is unsaved")
            return
        from uphold_tui.dialogs.not_kept import ask_file

        def save(name: str | None) -> None:
            if name and self.actions.trouble() is None:
                self._say("saved in the database meanwhile")
            elif name:
                self.apply(self.actions.save_elsewhere(self.session.current, name, narrow=self.shape.narrow))

        self.app.push_screen(ask_file(str(self.actions.suggested_file())), save)

    def action_back(self) -> None:
        """Back to the list the pair was opened from; else leave, after a summary where there is something to see."""
        self.leaving.back(self.app)

    def action_leave(self) -> None:
        """Quit at once; where something is not saved, ask first."""
        self.leaving.quit(self.app)

    def summary(self) -> SessionSummary | None:
        """What this session came to; None after a few decisions only."""
        if self.session.session_totals().decided < MIN_DECISIONS_FOR_SUMMARY:
            return None
        trouble = self.actions.trouble() or ""
        if not trouble:
            self.refresh_numbers()
        return summary_of(self.session, self.numbers, self.actions.patterns, trouble)
