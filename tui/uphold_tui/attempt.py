"""Doing what may fail with a sentence, and showing that sentence on the screen it was done from."""

from collections.abc import Callable
from typing import TypeVar

from textual.content import Content

from uphold.errors import UpholdError
from uphold_tui import safe_text
from uphold_tui.themes import DOUBT

Result = TypeVar("Result")


def attempt(act: Callable[[], Result], show: Callable[[Content], object]) -> Result | None:
    """Do something and return what it returns; where it raises an UpholdError, show its sentence and return None."""
    try:
        return act()
    except UpholdError as error:
        show(safe_text.line(str(error), DOUBT))
        return None
