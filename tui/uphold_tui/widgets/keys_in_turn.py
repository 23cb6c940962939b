"""Keys that come in one write, as when they are pasted or typed very fast, each for what the key before it has opened."""

from textual.events import Key as KeyEvent


class KeysInTurn:
    """Holds the keys behind one whose action has not run yet.

    Textual hands all keys of one write to a screen before the first of them does anything; those behind a key that opens a
    field would miss it. A plain object: the screen asks it about every key, and hands on what it held when the action has run.
    """

    def __init__(self) -> None:
        self._held: list[KeyEvent] | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether the action of a key is waited for."""
        return self._held is not None

    def hold(self, event: KeyEvent) -> bool:
        """Take a key; whether it is held. Where it is not, it is handed on now, and its action is waited for."""
        if self._held is None:
            self._held = []
            return False
        self._held.append(event)
        return True

    def release(self) -> list[KeyEvent]:
        """Return the keys that were held, in their order; no action is waited for any more."""
        held, self._held = self._held or [], None
        return held
