"""Distances of movement keys: pages, halves of them, and the number typed before, as in pagers and editors."""

from textual.events import Key as KeyEvent

_MOST_DIGITS = 6


def page_step(pages: float, rows: int) -> int:
    """Return by how many rows to move for `pages` (a half is .5, negative is back), where a page has so many rows."""
    step = max(round(abs(pages) * rows), 1)
    return step if pages > 0 else -step


class CountPrefix:
    """The number typed before a key that moves: `5j` moves by five rows, `12G` goes to the twelfth.

    A plain object: the screen tells it of every key before that key's action runs.
    """

    def __init__(self) -> None:
        self.typed = ""
        self._number: int | None = None

    def note_key(self, event: KeyEvent) -> bool:
        """Note a key; whether it is a digit of a number. Any other key ends the number, which counts for that key only."""
        digit = event.character
        if digit is not None and digit.isdecimal() and digit.isascii() and (self.typed or digit != "0"):
            self.typed = (self.typed + digit)[:_MOST_DIGITS]
            return True
        self._number, self.typed = (int(self.typed) if self.typed else None), ""
        return False

    def take(self) -> int | None:
        """Return the number typed before the last key; None without one."""
        number, self._number = self._number, None
        return number
