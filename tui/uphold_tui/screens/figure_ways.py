"""From the numbers on: the pairs behind a figure, what to read next, and a file for others."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from textual.content import Content
from textual.screen import Screen

from uphold.errors import UpholdError
from uphold.records.listed import Wanted
from uphold.steps.advising import Advice
from uphold_tui import showing
from uphold_tui.look import DOUBT, MUTED
from uphold_tui.screens.counting import Counted, free_name
from uphold_tui.widgets.lines import Line


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the numbers lead: the pairs behind a figure, a queue to read, back."""

    pairs: Callable[[Wanted], None]
    read: Callable[[str], None]
    leave: Callable[[], None]


class FigureWays(Screen[None]):
    """What the screen of numbers can do with them; what comes of it stands above the footer."""

    def __init__(self, counted: Counted, doors: Doors) -> None:
        super().__init__()
        self.counted, self.doors = counted, doors
        self.judge: str | None = None
        self.said = Line("said")

    def say(self, message: Content) -> None:
        """Say something above the footer."""
        self.set_class(bool(message), "-said")
        self.said.put(message)

    def action_pairs(self) -> None:
        """All pairs of the run."""
        self.doors.pairs(Wanted())

    def action_next(self) -> None:
        """What to read next."""
        self.run_worker(self._advise(), exclusive=True, group="beside")

    async def _advise(self) -> None:
        try:
            found = await asyncio.to_thread(self.counted.advice, self.judge)
        except UpholdError as error:
            self.say(showing.line(str(error), DOUBT))
            return
        if self.app.screen is self:
            self._offer(found)

    def _offer(self, advice: Advice) -> None:
        from uphold_tui.screens.reading_next import NextScreen

        def chosen(queue: str | None) -> None:
            if queue is not None:
                try:
                    self.doors.read(queue)
                except UpholdError as error:
                    self.say(showing.line(str(error), DOUBT))

        self.app.push_screen(NextScreen(advice), chosen)

    def action_export(self) -> None:
        """Write the run's pairs into a file."""
        from uphold_tui.screens.asking import AskScreen

        def named(name: str | None) -> None:
            if not name:
                return
            try:
                target = Path(name).expanduser().absolute()
            except RuntimeError:  # ~name of nobody
                self.say(Content.assemble(showing.line(name, DOUBT), (": there is no such person here", DOUBT)))
                return
            self.run_worker(self._export(target), exclusive=True, group="beside")

        why = "csv, or jsonl where the name ends so"
        self.app.push_screen(AskScreen("Export the pairs to", why, free_name(self.counted.run)), named)

    async def _export(self, target: Path) -> None:
        self.say(Content.styled("writing …", MUTED))
        try:
            pairs = await asyncio.to_thread(self.counted.export, target)
        except UpholdError as error:
            self.say(showing.line(str(error), DOUBT))
            return
        written = f"{pairs:,} {'pair' if pairs == 1 else 'pairs'} written to "
        self.say(Content.assemble((written, MUTED), showing.line(str(target))))
