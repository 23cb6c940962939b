"""The review: keys become acts of the session, and each act leaves a quiet receipt."""

from collections.abc import Callable
from functools import partial

from textual.content import Content

from uphold.errors import UpholdError
from uphold.records.reviewed import PairView
from uphold.steps.reviewing import ReviewSession
from uphold_tui import keys, showing
from uphold_tui.look import MUTED
from uphold_tui.screens.desk import Settings
from uphold_tui.screens.doing import Doing
from uphold_tui.sitting import Left, LookBack
from uphold_tui.widgets import verdicts

FEW = 5
"""Fewer decisions than this in a sitting, and leaving asks for no look back."""


class ReviewScreen(Doing):
    """One reviewer at work on one run."""

    BINDINGS = keys.bindings(keys.REVIEW)

    def __init__(self, session: ReviewSession, left: Callable[[Left], None], settings: Settings | None = None) -> None:
        super().__init__(session, settings)
        self._leave = left
        self._review_of = lambda other, after: ReviewScreen(other, after, self.settings)

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
        pair = self.session.current
        words = "blind: verdicts come after your decision" if self.session.blind else "blind off: verdicts on the table"
        if self.session.blind and pair is not None and not pair.veiled:
            words = "blind from the next unread pair on"
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
