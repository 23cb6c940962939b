"""The widget of wide screens for what is under the cursor; it reads pairs in a thread and keeps the latest."""

import asyncio
from dataclasses import dataclass

from textual.content import Content
from textual.widget import Widget

from uphold.errors import UpholdError
from uphold.records.trials import Trial
from uphold.workflows.tried_pair import TriedPair
from uphold_tui import safe_text
from uphold_tui.themes import DOUBT, MUTED, Signs
from uphold_tui.workbench.detail import PairShown, pair_detail, prompt_detail
from uphold_tui.workbench.source import WorkbenchSource

_KEPT = 20
"""Pairs that are kept."""


@dataclass(frozen=True, slots=True)
class PairWanted:
    """A pair to show, of a try where there is one; `old` and `new` are what its judges are called, `change` a word on it."""

    pair_id: int
    trial: Trial | None
    old: str
    new: str
    change: str

    @property
    def key(self) -> tuple[int, str, str]:
        """What is read: the pair, and the versions of both judges."""
        versions = ("", "") if self.trial is None else (self.trial.against_version, self.trial.version)
        return (self.pair_id, *versions)


class DetailPane(Widget):
    """Shows the pair under the cursor with both answers, or what the draft asks."""

    ALLOW_SELECT = False

    def __init__(self, source: WorkbenchSource, signs: Signs) -> None:
        super().__init__(id="detail")
        self.auto_links = False
        self._source, self._signs = source, signs
        self._wanted: PairWanted | None = None
        self._prompt: tuple[str, str] | None = None
        self._error = ""
        self._pairs: dict[tuple[int, str, str], TriedPair] = {}

    def show_pair(self, wanted: PairWanted) -> None:
        """Show a pair, which is read unless it is among the latest."""
        if wanted == self._wanted:
            return
        self._wanted, self._prompt, self._error = wanted, None, ""
        self.refresh()
        if wanted.key not in self._pairs:
            self.call_after_refresh(self._start_reading)  # the thread would hold up the frame

    def show_prompt(self, title: str, asked: str) -> None:
        """Show what a judge of this name is asked."""
        if (title, asked) != self._prompt:
            self._wanted, self._prompt = None, (title, asked)
            self.refresh()

    def show_nothing(self) -> None:
        """Show an empty pane."""
        if self._wanted is not None or self._prompt is not None:
            self._wanted, self._prompt = None, None
            self.refresh()

    def _start_reading(self) -> None:
        if self._wanted is not None and self._wanted.key not in self._pairs:
            self.run_worker(self._read(self._wanted), exclusive=True)

    async def _read(self, wanted: PairWanted) -> None:
        try:
            pair = await asyncio.to_thread(self._source.pair, wanted.pair_id, wanted.trial)
        except UpholdError as error:
            self._error = str(error)
        else:
            while len(self._pairs) >= _KEPT:
                self._pairs.pop(next(iter(self._pairs)))
            self._pairs[wanted.key] = pair
        self.refresh()

    def render(self) -> Content:
        width, height = self.size.width, self.size.height
        if width < 1 or height < 1:
            return Content("")
        return Content("\n").join(self._rows(width, height))

    def _rows(self, width: int, height: int) -> list[Content]:
        if self._prompt is not None:
            return prompt_detail(*self._prompt, self._signs, width, height)
        if self._wanted is None:
            return []
        if self._error:
            return [safe_text.running(self._error, DOUBT)]
        wanted = self._wanted
        pair = self._pairs.get(wanted.key)
        if pair is None:
            return [Content.styled("reading …", MUTED)]
        shown = PairShown(pair, wanted.old, wanted.new, self._source.reviewer, self._signs, wanted.change)
        return pair_detail(shown, width, height)
