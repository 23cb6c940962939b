"""The review: keys become acts of the session, and each act leaves a quiet receipt."""

from collections.abc import Callable
from functools import partial
from time import monotonic

from textual.content import Content
from textual.timer import Timer

from uphold.errors import UpholdError
from uphold.records.reviewed import PairView
from uphold.records.words import EventKind, Ruling
from uphold.steps.reviewing import Outcome, Receipt, Refusal, ReviewSession
from uphold_tui import keys, showing
from uphold_tui.look import MUTED
from uphold_tui.screens.beside import Beside
from uphold_tui.screens.desk import Settings
from uphold_tui.sitting import Left, LookBack
from uphold_tui.widgets import verdicts
from uphold_tui.widgets.receipts import receipt

LOUD_SECONDS = 0.8
"""How long the receipt of an override stays inverted."""

FEW = 5
"""Fewer decisions than this in a sitting, and leaving asks for no look back."""

Act = Callable[[], Outcome]


class ReviewScreen(Beside):
    """One reviewer at work on one run."""

    BINDINGS = keys.bindings(keys.REVIEW)

    def __init__(self, session: ReviewSession, left: Callable[[Left], None], settings: Settings | None = None) -> None:
        super().__init__(session, settings)
        self._leave = left
        self._unsaved: Act | None = None
        self._quiet: Timer | None = None

    # acts

    def action_decide(self, word: str) -> None:
        """A better, B better, tie or both bad."""
        pair = self._acting()
        if pair is not None:
            choice = verdicts.choice_of(pair, word)
            if self._waits_for_more(pair) and verdicts.your_choice(pair) is choice:
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
        elif verdicts.your_choice(pair) is not None:
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
        return self.session.blind and pair.stand.early is not None

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
        from uphold_tui.screens.comment import CommentScreen

        def write(text: str | None) -> None:
            if text is not None:
                self._do(pair, partial(self.session.comment, text, self.on_screen(pair)))

        self.app.push_screen(CommentScreen(pair), write)

    def action_why(self) -> None:
        """Say why, with one key a reason."""
        pair = self._acting()
        if pair is None:
            return
        from uphold_tui.screens.reasons import ReasonsScreen

        def chosen(words: tuple[str, ...] | None) -> None:
            if words is not None:
                self._do(pair, partial(self.session.reasons, words, self.on_screen(pair)))

        self.app.push_screen(ReasonsScreen(pair, self.session.reason_words(), self.session.keep_reason_words), chosen)

    def action_blind(self) -> None:
        """Verdicts after the own decision from now on, or again before it."""
        self.session.go_blind(not self.session.blind)
        words = "blind: verdicts come after your decision" if self.session.blind else "open: verdicts are on the table"
        self.message = Content.styled(words, MUTED)
        self._shown_pair = None
        self.draw()

    def action_plan(self, number: int) -> None:
        """Mean to read so many pairs."""
        try:
            self.session.plan(number)
        except UpholdError as error:
            self.tell(Content.styled(showing.cause(str(error)), MUTED))
            return
        self.message = Content.styled(f"planned: {number}", MUTED)
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
            self._unsaved, self.not_saved = act, showing.cause(str(error))
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
            pair is not None and here is not None and pair.veiled and not here.veiled and here.pair_id == pair.pair_id
        )

    def _receive(self, done: Receipt) -> None:
        """Show the receipt; that of an override is loud for a moment."""
        here = self.session.current
        elsewhere = here is None or here.pair_id != done.pair_id
        loud = done.ruling is Ruling.OVERTURNED and elsewhere
        if done.kind in (EventKind.DECISION, EventKind.ADJUDICATED, EventKind.REPEAT) and not elsewhere:
            self.message = Content.styled("every pair is read", MUTED) if self.session.finished else Content("")
            return
        redo = keys.label(self.table["review.redo"])
        self.message = receipt(done, self.settings.signs, loud=loud, narrow=self.narrow, redo=redo)
        if self._quiet is not None:
            self._quiet.stop()
            self._quiet = None
        if loud:
            self._quiet = self.set_timer(LOUD_SECONDS, partial(self._hush, done, self.message))

    def _hush(self, done: Receipt, shown: Content) -> None:
        """Let the receipt of an override turn quiet, if it is still there."""
        if self.message is shown:
            self.tell(receipt(done, self.settings.signs, narrow=self.narrow))

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

    # other screens

    async def action_press(self, key_id: str) -> None:
        """A click on a key's name does what the key does."""
        if key_id in self.table:
            await self.run_action(self.table[key_id].action)

    def action_raw(self) -> None:
        """The judge's raw answers."""
        pair = self.session.current
        if pair is not None and pair.veiled:
            self.tell(Content.styled("the judge's answers come after your decision", MUTED))
        elif pair is not None:
            from uphold_tui.screens.raw import RawScreen

            self.app.push_screen(RawScreen(pair))

    def action_command(self) -> None:
        """Any command by its name; a number goes to that pair."""
        from uphold_tui.screens.commands import JUMPS, CommandScreen, review_commands

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
            self._leave(Left())
            return
        from uphold_tui.screens.leaving import LeavingScreen

        def answered(leave: bool | None) -> None:
            if leave:
                self._leave(Left(back))

        self.app.push_screen(LeavingScreen(back, self.settings.signs), answered)

    def action_leave(self) -> None:
        """Quit at once."""
        self._leave(Left(self.look_back(), quit=True))

    def look_back(self) -> LookBack | None:
        """What this sitting came to; None after a few decisions only."""
        session = self.session
        sitting = session.sitting()
        if sitting.decided < FEW:
            return None
        self.count()
        parts = self.partings.lines()
        progress = session.progress
        return LookBack(
            session.run, sitting, progress, self.first_numbers, self.numbers, parts, session.blind, session.waiting()
        )  # fmt: skip
