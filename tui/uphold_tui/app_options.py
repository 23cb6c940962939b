from dataclasses import dataclass

from uphold_tui import keys
from uphold_tui.themes import PLAIN, Signs


@dataclass(frozen=True, slots=True)
class AppOptions:
    """What the person set for the app: their key map, the signs, whether an override is held until enter."""

    keymap: keys.KeyMap
    signs: Signs = PLAIN
    hold: str | None = None
