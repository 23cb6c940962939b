"""Runs acts of the session (the `action_` methods are in `screen.py`): makes receipts, keeps an act that failed to save."""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from textual.content import Content

from uphold.errors import DatabaseBusy, DatabaseLost, UpholdError
from uphold.formatting import count, count_noun
from uphold.records.enums import EventKind, Ruling
from uphold.records.reviews import PairView
from uphold.reviewing.receipts import Outcome, Receipt, Refusal
from uphold.workflows.lookup import MAX_WAIT
from uphold.workflows.review_session import ReviewSession
from uphold_tui import keys, safe_text
from uphold_tui.app_options import AppOptions
from uphold_tui.attempt import PATIENCE, waiting_words
from uphold_tui.review.summary import OverturnPatterns
from uphold_tui.review.verdict_strip import receipt
from uphold_tui.themes import BOLD, MUTED

if TYPE_CHECKING:
    from uphold.workflows.saving_elsewhere import SavedElsewhere

Act = Callable[[], Outcome]
"""An act of the session that is still to be done: a decision, a flag, an undo."""


_DECISIONS = (EventKind.DECISION, EventKind.ADJUDICATED, EventKind.REPEAT)


class Redraw(Enum):
    """How much of the review is to be drawn anew."""

    STRIP = "strip"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Update:
    """What came of a key: the message to show (None: the one that is there stays) and what is to be drawn anew.

    `wait_for_repaint`: no key counts until the pair has been painted again, as if it were new. `numbers_changed`: count
    them anew after the paint. `later_message` replaces the message after a moment.
    """

    message: Content | None = None
    redraw: Redraw = Redraw.STRIP
    wait_for_repaint: bool = False
    numbers_changed: bool = False
    later_message: Content | None = None


def muted(words: str) -> Content:
    """A message in muted type."""
    return Content.styled(words, MUTED)


class ReviewActions:
    """Runs acts of a session; keeps the one that could not be saved, and why verdicts were overturned.

    `cause` is why it could not be saved, `not_saved` what is shown of that as long as it may yet be saved by itself, `lost`
    whether the database is no longer there; `saved_elsewhere` are sentences about the files that it was saved to.
    """

    def __init__(self, session: ReviewSession, options: AppOptions, table: Mapping[str, keys.Key]) -> None:
        self.session = session
        self.patterns = OverturnPatterns()
        self.unsaved: Act | None = None
        self.not_saved: str | None = None
        self.cause = ""
        self._locked_since: float | None = None
        self.lost = False
        self.saved_elsewhere: list[str] = []
        self._plan_said: int | None = session.cursor.planned if session.plan_is_read else None
        self._options, self._table = options, table

    def run(self, pair: PairView | None, act: Act, *, narrow: bool) -> Update:
        """Do an act on a pair. Where it cannot be saved everything stays as it is, and the act is kept to be tried again."""
        try:
            with self.session.store.waiting_at_most(PATIENCE):
                outcome = act()
        except UpholdError as error:
            self.unsaved, self.cause = act, safe_text.cause(str(error))
            self.not_saved = self._shown_cause(error)
            self.lost = isinstance(error, DatabaseLost)
            return Update()
        self._forget_unsaved()
        if isinstance(outcome, Refusal):
            return Update(muted(outcome.reason))
        self.patterns.add(pair, outcome)
        message, later_message = self._messages(outcome, narrow)
        return Update(message, Redraw.ALL, self._was_revealed(pair), numbers_changed=True, later_message=later_message)

    def _shown_cause(self, error: UpholdError) -> str:
        """Why an act is not saved; for a while after it has met another program's lock, that it waits."""
        if not isinstance(error, DatabaseBusy):
            self._locked_since = None
            return self.cause
        now = monotonic()
        since = self._locked_since = now if self._locked_since is None else self._locked_since
        if now - since >= MAX_WAIT:
            return self.cause
        return waiting_words(now - since)

    @property
    def waits_for_lock(self) -> bool:
        """Whether an act waits for another program to be done writing, and is to be tried again soon."""
        return self._locked_since is not None and monotonic() - self._locked_since < MAX_WAIT

    def retry(self, pair: PairView | None, *, narrow: bool) -> Update:
        """Try again to save the act that could not be saved."""
        return self.run(pair, self.unsaved, narrow=narrow) if self.unsaved is not None else Update()

    def drop_unsaved(self) -> Update:
        """Forget the act that could not be saved."""
        self._forget_unsaved()
        return Update(muted("dropped; nothing was saved"))

    def _forget_unsaved(self) -> None:
        self.unsaved = self.not_saved = self._locked_since = None
        self.lost = False
        self.session.drop_unsaved()

    # how the session goes on

    def toggle_blind(self) -> Update:
        """Verdicts after the own decision from now on, or again before it."""
        with suppress(UpholdError):  # then it is written with the next decision
            self.session.go_blind(not self.session.blind)
        pair = self.session.current
        words = "blind: verdicts come after your decision" if self.session.blind else "blind off: verdicts on the table"
        if self.session.blind and pair is not None and not pair.verdict_hidden:
            words = "blind from the next unread pair on"
        return Update(muted(words), Redraw.ALL, wait_for_repaint=True)

    def plan(self, number: int) -> Update:
        """Plan to read so many pairs."""
        try:
            self.session.plan(number)
        except UpholdError as error:
            return Update(muted(safe_text.cause(str(error))))
        return Update(muted(f"planned: {count(number)}"), Redraw.ALL)

    # what cannot be saved in the database

    def trouble(self) -> str | None:
        """Why leaving now would lose something: what could not be saved, or what became of the file; None if all is well."""
        if self.unsaved is not None:
            return f"{self.unsaved_words()} is not saved: {self.cause}"
        lost = self.session.store.lost()
        return safe_text.cause(str(lost)) if lost is not None else None

    def is_unreadable(self) -> bool:
        """Whether nothing more can be read from the database: it was truncated, damaged or written over."""
        lost = self.session.store.lost()
        return lost is not None and not lost.readable

    def unsaved_words(self) -> str:
        """The act that could not be saved."""
        from uphold.workflows.saving_elsewhere import describe

        event = self.session.unsaved
        return describe(self.session, event) if event is not None else "the last act"

    def suggested_file(self) -> Path:
        """A new file to save to."""
        from uphold.workflows.saving_elsewhere import default_target

        return default_target(self.session.store)

    def save_elsewhere(self, pair: PairView | None, name: str, *, narrow: bool) -> Update:
        """Save to a file of this name: decisions to one that ends in .jsonl, else the whole database, and go on in that.

        Where that cannot be done everything stays as it is, and the message says why.
        """
        from uphold.workflows.saving_elsewhere import is_for_decisions, save_database, save_decisions

        path = Path(name).expanduser()
        try:
            if is_for_decisions(path):
                return self._saved_decisions(save_decisions(self.session, path))
            saved = save_database(self.session.store, path)
            self.session.settle()
        except UpholdError as error:
            # There is room for one row, and where the files are is in the last words.
            return Update(safe_text.running(str(error).replace(f"{path.parent}{os.sep}", "")))
        self.saved_elsewhere.append(f"the whole database was copied to {saved.path}, where the review went on")
        update = self.retry(pair, narrow=narrow)
        if self.unsaved is not None:
            return update
        said = Content.assemble(("saved; the review goes on in ", MUTED), safe_text.line(saved.path.name))
        return Update(said, Redraw.ALL, update.wait_for_repaint, numbers_changed=True)

    def _saved_decisions(self, saved: "SavedElsewhere") -> Update:
        decisions = count_noun(saved.decisions or 0, "decision")
        self.saved_elsewhere.append(f"{decisions} written to {saved.path}; {saved.command} takes them in")
        self._forget_unsaved()
        said = Content.assemble((f"{decisions} written to ", MUTED), safe_text.line(saved.path.name))
        return Update(Content.assemble(said, ("; `uphold import` takes them in", MUTED)))

    def _was_revealed(self, pair: PairView | None) -> bool:
        """Whether the verdict has come into view on the pair that stays; then no key may change what was decided before."""
        here = self.session.current
        return (
            pair is not None
            and here is not None
            and pair.verdict_hidden
            and not here.verdict_hidden
            and here.pair_id == pair.pair_id
        )

    def _messages(self, done: Receipt, narrow: bool) -> tuple[Content, Content | None]:
        """The message for an act, and what it becomes after a moment: the receipt of an override is loud at first.

        The decision that completes the plan says so, once.
        """
        planned, is_decision = self.session.cursor.planned, done.kind in _DECISIONS
        if is_decision and self.session.plan_is_read and planned != self._plan_said:
            self._plan_said = planned
            return self._plan_read(narrow), None
        if done.kind is EventKind.FLAG:
            return Content(""), None  # its mark has come into the You row, with the comment
        here = self.session.current
        elsewhere = here is None or here.pair_id != done.pair_id
        if is_decision and not elsewhere:
            return (muted("every pair is read") if self.session.finished else Content("")), None
        if done.ruling is Ruling.OVERTURNED and elsewhere:
            return self._receipt(done, narrow, loud=True), self._receipt(done, narrow)
        return self._receipt(done, narrow), None

    def _plan_read(self, narrow: bool) -> Content:
        """All that was planned is read: a place to stop, and how to go on."""
        planned = count_noun(self.session.cursor.planned or 0, "pair")
        on, out = (keys.label(self._table[f"review.{name}"]) for name in ("uphold", "back"))
        then = "" if narrow else f"; {out} leaves, {on} goes on"
        return Content.assemble(("plan read", BOLD), (f": {planned}{then}", MUTED))

    def _receipt(self, done: Receipt, narrow: bool, *, loud: bool = False) -> Content:
        redo, back, why = (keys.label(self._table[f"review.{name}"]) for name in ("redo", "previous", "why"))
        return receipt(done, self._options.signs, loud=loud, narrow=narrow, redo=redo, why=f"{back} {why} says why")
