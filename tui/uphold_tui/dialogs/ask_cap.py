"""The question how much work that asks models may cost."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.screen import Screen

from uphold_tui.dialogs.ask import AskScreen, Question

if TYPE_CHECKING:
    from uphold.workflows.concurrency import WorkControl


def ask_cap(screen: Screen[None], control: "WorkControl", answered: Callable[[str], None]) -> None:
    """Ask for the cap of `control` and set it; `answered` gets what was wrong with the answer, empty where nothing was."""

    def typed(amount: str | None) -> None:
        if amount is None:
            return
        try:
            control.set_cap(max(float(amount.lstrip("$")), 0.0) if amount else None)
        except ValueError:
            answered("dollars as a number, such as 2.50")
        else:
            answered("")

    initial = "" if control.cap is None else f"{control.cap:g}"
    question = Question("Stop before spending more than", "dollars; nothing: no cap", initial)
    screen.app.push_screen(AskScreen(question), typed)
