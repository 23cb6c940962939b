"""Searching the run from within the review: what was found is lit in the texts, and stepped through."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from textual.content import Content

from uphold.errors import UpholdError
from uphold.records.reviewed import PairView
from uphold.records.texts import cell_text
from uphold_tui import showing
from uphold_tui.look import MUTED
from uphold_tui.screens.lists import Lists
from uphold_tui.widgets.finding import spans


class Searching(Lists):
    """The reader that finds words."""

    _matches: tuple[int, ...] = ()

    def action_find(self) -> None:
        """Write what to find in the run."""
        from uphold_tui.screens.asking import FindScreen

        def written(text: str | None) -> None:
            if text:
                self.run_worker(self._find(text), exclusive=True, group="find")

        self.app.push_screen(FindScreen(self.reading.find), written)

    def action_unfind(self) -> None:
        """End the search."""
        if self.reading.find:
            self._matches = ()
            self._light("")

    def _light(self, text: str) -> None:
        self.reading = replace(self.reading, find=text, diff=False)
        self.draw()

    async def _find(self, text: str) -> None:
        """Find the pairs with these words; the index is made, or brought up to date, beside the app."""
        listing = self._listing()
        try:
            if not listing.is_searchable:
                self.tell(Content.styled("reading the texts for the search …", MUTED))
                await asyncio.to_thread(listing.bring_up_to_date)
            found = listing.search(text, listing.read_ids())
        except UpholdError as error:
            self.tell(Content.styled(showing.cause(str(error)), MUTED))
            return
        keyed = {place - 1 for place, _ in self.session.named(text)}
        places = sorted(keyed.union(place for place in map(self._place, found) if place is not None))
        self._matches = tuple(places)
        self._light(text if places else "")
        if not places:
            self.tell(Content.assemble(("found nowhere: ", MUTED), showing.line(text, MUTED)))
        elif self.session.index in places:
            self._tell_match(self.session.index)
        else:
            self._to_match(1)

    def action_change(self, step: int) -> None:
        """To the next change of the word diff; while something is searched for, to the next match, here or in another pair."""
        pair = self.session.current
        if pair is None:
            return
        if self.reading.diff or not self.reading.find:
            super().action_change(step)
        elif not self.step_in_panes(pair, step):
            self._to_match(step)

    def _to_match(self, step: int) -> None:
        """To the next pair that has the words, going round."""
        here, there = self.session.index, self._matches
        beyond: Callable[[int], bool] = (lambda place: place > here) if step > 0 else (lambda place: place < here)
        ahead = [place for place in there if beyond(place)]
        place = (ahead or list(there))[0 if step > 0 else -1]
        self.go_to_place(place)
        self._tell_match(place)

    def _tell_match(self, place: int) -> None:
        number, most = self._matches.index(place) + 1, len(self._matches)
        words = f"pair {number:,} of the {most:,} found" if most > 1 else "found in this pair alone"
        if self.narrow:
            words = f"{number:,} of {most:,} found"
        pair = self.session.current
        hidden = not self.narrow and pair is not None and pair.text.context and not self._seen(pair)
        self.tell(Content.styled(f"{words}; here in the context: + shows it" if hidden else words, MUTED))

    def _seen(self, pair: PairView) -> bool:
        """Does a word that was looked for stand in what is not folded away, or in nothing that is?"""
        shown = [*pair.text.turns[: pair.turn], *map(cell_text, (*pair.candidate_cells, *pair.baseline_cells))]
        return any(spans(text, self.reading.find) for text in shown) or not spans(
            pair.text.context or "", self.reading.find
        )
