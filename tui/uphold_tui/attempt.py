"""Doing what may fail with a sentence, and showing that sentence on the screen it was done from; waiting for locks in sight."""

from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import TypeVar

from textual.content import Content
from textual.message_pump import MessagePump

from uphold.errors import DatabaseBusy, UpholdError
from uphold.workflows.lookup import MAX_WAIT, Store
from uphold_tui import safe_text
from uphold_tui.themes import DOUBT

Result = TypeVar("Result")

PATIENCE = 0.1
"""Seconds for which a key waits for another program's lock: longer than a short write, too short to be felt as a stop."""

RETRY_SECONDS = 0.15
"""How soon what met another program's lock is tried again; the app answers to keys in between."""


def waiting_words(seconds: float) -> str:
    """Return that another program holds the lock, and for how long it has been waited for."""
    return f"another program is writing: waiting, {int(seconds)} s"


def attempt(act: Callable[[], Result], show: Callable[[Content], object]) -> Result | None:
    """Do something and return what it returns; where it raises an UpholdError, show its sentence and return None."""
    try:
        return act()
    except UpholdError as error:
        show(safe_text.line(str(error), DOUBT))
        return None


class PatientActs:
    """Does what a screen writes, one act at a time; one that meets another program's lock is tried again until that is free.

    `show` shows why something cannot be done, and that it waits. After `MAX_WAIT` it is given up, with the reason.
    """

    def __init__(self, screen: MessagePump, store: Store, show: Callable[[Content], None]) -> None:
        self._screen, self._store, self._show = screen, store, show
        self._since: float | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether an act waits for another program to be done writing; nothing of it is written yet."""
        return self._since is not None

    def do(self, act: Callable[[], Result], then: Callable[[Result], None]) -> None:
        """Do something, now or when the lock is free, and hand on what it returns; while another act waits, say so."""
        if self._since is None:
            self._try(act, then)
        else:
            self.say_waiting()

    def say_waiting(self) -> None:
        """Show for how long an act has been waiting."""
        if self._since is not None:
            self._show(safe_text.line(waiting_words(monotonic() - self._since), DOUBT))

    def _try(self, act: Callable[[], Result], then: Callable[[Result], None]) -> None:
        since, self._since = self._since, None
        try:
            with self._store.waiting_at_most(PATIENCE):
                done = act()
        except DatabaseBusy as error:
            now = monotonic()
            if since is not None and now - since >= MAX_WAIT:
                self._show(safe_text.line(str(error), DOUBT))
                return
            self._since = now if since is None else since
            self.say_waiting()
            self._screen.set_timer(RETRY_SECONDS, partial(self._try, act, then))
        except UpholdError as error:
            self._show(safe_text.line(str(error), DOUBT))
        else:
            then(done)
