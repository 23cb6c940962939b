"""Doing an act of the session: saved, and a quiet receipt of it shown; where it cannot be saved, everything stays."""

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
from uphold_tui.widgets.receipts import receipt

LOUD_SECONDS = 0.8
"""How long the receipt of an override stays inverted."""

LOOK_SECONDS = 1.0
"""Between two looks for a verdict that is still to come."""

Act = Callable[[], Outcome]


class Doing(Beside):
    """The review without its keys."""

    def __init__(self, session: ReviewSession, settings: Settings | None = None) -> None:
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
