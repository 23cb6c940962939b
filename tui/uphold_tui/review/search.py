"""Searching the run from within the review: which pairs of the queue hold a text, and stepping through them."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from uphold.formatting import count, of_n
from uphold.records.reviews import PairView
from uphold.records.texts import cell_text
from uphold.workflows.review_session import ReviewSession
from uphold_tui.widgets.highlight import spans

if TYPE_CHECKING:
    from uphold.workflows.pair_list import PairListing


class PairSearch:
    """The pairs that were found, by their places in the queue, from 0."""

    def __init__(self) -> None:
        self.places: tuple[int, ...] = ()

    def set_places(self, places: Sequence[int]) -> None:
        """Keep what was found, in the order of the queue."""
        self.places = tuple(sorted(set(places)))

    def clear(self) -> None:
        """End the search."""
        self.places = ()

    def step(self, here: int, step: int) -> int:
        """The next place that was found after `here` (1), or the one before it (-1), going round."""
        ahead = [place for place in self.places if (place > here if step > 0 else place < here)]
        return (ahead or list(self.places))[0 if step > 0 else -1]

    def describe(self, place: int, pair: PairView | None, text: str, *, narrow: bool) -> str:
        """`pair 2 of the 5 found`, and where there is room whether `text` has to be unfolded to be seen in the pair."""
        number, found = self.places.index(place) + 1, len(self.places)
        if narrow:
            return f"{of_n(number, found)} found"
        words = f"pair {count(number)} of the {count(found)} found" if found > 1 else "found in this pair alone"
        folded = pair is not None and hidden_in_context(pair, text)
        return f"{words}; here in the context: + shows it" if folded else words


async def find_places(
    text: str, session: ReviewSession, listing: "PairListing", tell: Callable[[str], None]
) -> list[int]:
    """Return the places in the queue, from 0, of the pairs with these words in their texts, or in their key.

    The index is made, or brought up to date, in a thread, which `tell` is told. Raises UpholdError where that fails.
    """
    if not listing.is_searchable:
        tell("reading the texts for the search …")
        await asyncio.to_thread(listing.bring_up_to_date)
    found = listing.search(text, listing.read_ids())
    places = session.cursor.places
    keyed = [place - 1 for place, _ in session.named(text)]
    return [*keyed, *(places[pair_id] for pair_id in found if pair_id in places)]


def hidden_in_context(pair: PairView, text: str) -> bool:
    """Whether a searched text stands in the context of a pair, which is folded away, and nowhere else in it."""
    if not pair.text.context or not spans(pair.text.context, text):
        return False
    cells = map(cell_text, (*pair.candidate_cells, *pair.baseline_cells))
    return not any(spans(shown, text) for shown in [*pair.text.turns[: pair.turn], *cells])
