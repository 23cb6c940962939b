"""Reads and searches the pairs of a run for the list of pairs, in threads where that takes long."""

import asyncio
from collections.abc import Mapping, Sequence

from uphold.records.enums import QuickFilter, SortOrder
from uphold.records.pair_list import ListedPair, PairFilter, PairsBehind
from uphold.reviewing.pair_filters import counts, ordered, selected
from uphold.workflows.pair_list import PairListing


class PairLoader:
    """The pairs of one run as they were last read.

    `counts` is how many pairs each quick filter leaves, `matches` the ids of the pairs that hold the text searched for
    (None: nothing is searched for), `behind` the ids of the pairs behind the number that the list was opened from,
    `is_complete` whether the whole run has been read and not only its first pairs.
    """

    def __init__(self, listing: PairListing, *, blind: bool) -> None:
        self.listing = listing
        self.pairs: list[ListedPair] = []
        self.counts: dict[QuickFilter, int] = {}
        self.matches: frozenset[int] | None = None
        self.behind: frozenset[int] = frozenset()
        self.is_complete = False
        self._blind = blind
        self._by_order: Mapping[SortOrder, list[ListedPair]] = {}
        self._mark: tuple[int | None, ...] | None = None

    @property
    def is_current(self) -> bool:
        """Whether reading the run again would find the same."""
        return self.listing.mark() == self._mark

    @property
    def blind(self) -> bool:
        """Whether filters must not show what the judge says before the reviewer has decided."""
        return self._blind

    @blind.setter
    def blind(self, blind: bool) -> None:
        if blind != self._blind:
            self._blind, self._mark = blind, None
            self.counts = counts(self.pairs, blind=blind)

    def read_first(self, limit: int) -> None:
        """Read the first pairs of the queue, so that the first frame has something to show."""
        self.pairs, self._by_order = self.listing.first(limit), {}

    async def read(self, behind: PairsBehind | None = None) -> None:
        """Read the whole run in a thread, sort it in every order and count what each filter leaves.

        `behind` names the pairs behind a number, which are read too.
        """
        mark = self.listing.mark()
        pairs, by_order, found = await asyncio.to_thread(self._read)
        if behind is not None:
            self.behind = await asyncio.to_thread(self.listing.behind, behind)
        self.pairs, self._by_order, self.counts = pairs, by_order, found
        self.is_complete, self._mark = True, mark

    def _read(self) -> tuple[list[ListedPair], dict[SortOrder, list[ListedPair]], dict[QuickFilter, int]]:
        pairs = self.listing.read()
        return pairs, {order: ordered(pairs, order) for order in SortOrder}, counts(pairs, blind=self._blind)

    async def search(self, text: str) -> None:
        """Search instructions, responses, reasons, comments and keys; the index is brought up to date in a thread.

        An empty text ends the search.
        """
        if not text:
            self.matches = None
            return
        if not self.listing.is_searchable:
            await asyncio.to_thread(self.listing.bring_up_to_date)
        by_key = {pair.pair_id for pair in self.pairs if text.lower() in pair.key.lower()}
        self.matches = self.listing.search(text, [pair.pair_id for pair in self.pairs if pair.read]) | by_key

    def select(self, pair_filter: PairFilter, order: SortOrder) -> Sequence[ListedPair]:
        """Return the pairs that pass the filter and the search, in the order given."""
        pairs = self._by_order.get(order, self.pairs)
        return selected(pairs, pair_filter, self.matches, behind=self.behind, blind=self._blind)
