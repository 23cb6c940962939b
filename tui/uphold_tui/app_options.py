"""Options of the app: what the person set in uphold.toml or on the command line."""

from dataclasses import dataclass, field

from uphold_tui import keys
from uphold_tui.themes import PLAIN, Signs
from uphold_tui.user_state import UserState


@dataclass(frozen=True, slots=True)
class AppOptions:
    """How the app looks and answers.

    `keymap` gives keys by key id, `hold` says whether an overturned verdict stays on the screen until enter
    ("override") or not ("never"), `numbers_rest` whether rates and agreement are kept off the review's screen, `tour`
    offers the tour with the first review. `judge` is the one named with --judge, for every screen. `proposals` is the set
    whose proposals are the first screen. `state` is what is remembered of the user; the screens change it.
    """

    keymap: keys.KeyMap = field(default_factory=dict)
    signs: Signs = PLAIN
    hold: str = "override"
    numbers_rest: bool = False
    reviewer: str = ""
    theme: str | None = None
    tour: bool = False
    judge: str | None = None
    proposals: str | None = None

    @property
    def quit_keys(self) -> tuple[str, ...]:
        """The keys that leave the app from a dialog: those that leave it from the review."""
        return tuple(self.keymap.get("review.quit", "Q").split(","))

    state: UserState = field(default_factory=UserState)
