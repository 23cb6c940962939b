"""The page of a list of pairs: what is read beside the app, what of it is shown, and the texts of what can be seen."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Static

from uphold.errors import UpholdError
from uphold.records.enums import QuickFilter, SortOrder
from uphold.records.pair_list import ListedPair, PairFilter
from uphold.reviewing.pair_filters import behind, counts, ordered, selected
from uphold.workflows.pair_list import PairListing
from uphold_tui import keys, safe_text
from uphold_tui.pairs.filters import chips, filter_row
from uphold_tui.pairs.preview import Preview
from uphold_tui.pairs.rows import PairColumns, PairList, SystemNames, has_turns, heads, key_width, marked, row
from uphold_tui.review import header
from uphold_tui.review.header import HairLine
from uphold_tui.themes import BOLD, DOUBT, MUTED, PLAIN, Signs
from uphold_tui.widgets.rows import Field, KeyFooter, SplitRow, entry

EVERYTHING = PairFilter()


_FIND = "find in instructions, responses, reasons, comments"


@dataclass(slots=True)
class PairsScreenState:
    """What a list goes on with when one comes back to it: what is wanted, in which order, where the cursor stood."""

    wanted: PairFilter = EVERYTHING
    order: SortOrder = SortOrder.REVIEWED
    pair_id: int | None = None
    marked: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class PairsScreenActions:
    """Where the list leads: a pair in the review, the marked ones in a row (None: not offered), the numbers, back.

    `changed` is told when something was said of a pair here.
    """

    open: Callable[[int], None]
    leave: Callable[[], None]
    numbers: Callable[[], None] | None = None
    review: Callable[[Sequence[int]], None] | None = None
    changed: Callable[[], None] | None = None


class PairPage(Screen[None]):
    """Draws what is wanted of a run's pairs; knows nothing of what keys do."""

    CSS_PATH = "pairs.tcss"
    AUTO_FOCUS = ""

    def __init__(
        self,
        listing: PairListing,
        ways: PairsScreenActions,
        kept: PairsScreenState | None = None,
        *,
        keymap: keys.KeyMap,
        signs: Signs = PLAIN,
        blind: bool = False,
        choose: bool = False,
    ) -> None:
        super().__init__()
        self.table = {key.id: key for key in keys.remapped(keys.PAIRS, keymap)}
        self.listing, self.ways, self.signs, self.blind = listing, ways, signs, blind
        self.kept = kept if kept is not None else PairsScreenState()
        self.names = SystemNames.of(listing.run)
        self.pairs: list[ListedPair] = []
        self.counts: dict[QuickFilter, int] = {}
        self.found: frozenset[int] | None = None
        self.told = Content("")
        self.complete = self._writing = False
        self._choose = choose
        self._mark: tuple[int | None, ...] | None = None
        self._offered: list[PairFilter] = []
        self._columns = PairColumns(4, 0)
        self._several, self._tagged, self._reasoned, self._key_width = False, False, False, 4
        self._orders: dict[SortOrder, list[ListedPair]] = {}
        self.header = SplitRow("header")
        self.filters = SplitRow("filters")
        self.find_line = SplitRow("find-line")
        self.field = Field(_FIND, name="find-field")
        self.heads = SplitRow("heads")
        self.list = PairList("list", self._rows)
        self.empty = Static(id="empty", markup=False)
        self.preview = Preview("preview", signs)
        self.footer = KeyFooter("footer")

    def compose(self) -> ComposeResult:
        yield self.header
        yield HairLine("hair")
        yield self.filters
        with Horizontal(id="find-row"):
            yield Static("/ ", id="find-slash", markup=False)
            yield self.field
            yield self.find_line
        yield self.heads
        yield self.list
        yield self.empty
        yield self.preview
        yield self.footer

    def on_mount(self) -> None:
        if self.kept.wanted == PairFilter() and self.kept.order is SortOrder.REVIEWED:
            self._take(self.listing.first(self.app.size.height), {})
        self.draw()

    def on_resize(self, event: Resize) -> None:
        width, height = event.size.width, event.size.height
        self.set_class(width < 100, "-narrow")
        self.set_class(height < 30, "-low")
        self.set_class(height < 16 or width < 60, "-tiny")
        self._fit()
        self.draw()

    # reading

    def _read_soon(self) -> None:
        mark = self.listing.mark()
        if mark != self._mark:
            self.run_worker(self._read(mark), exclusive=True, group="read")

    async def _read(self, mark: tuple[int | None, ...]) -> None:
        """Read the run again, beside the app."""
        try:
            pairs, orders, found = await asyncio.to_thread(self._read_all)
            self.complete, self.counts, self._mark = True, found, mark
            self._take(pairs, orders)
            if self.kept.wanted.text:
                await self._search()
            self.narrow()
            self.choose_when_read()
        except UpholdError as error:
            self.tell(safe_text.line(str(error), DOUBT))

    def _read_all(self) -> tuple[list[ListedPair], dict[SortOrder, list[ListedPair]], dict[QuickFilter, int]]:
        """The pairs, in each order, and how many each filter leaves: all that takes its time on a large run."""
        pairs = self.listing.read()
        return pairs, {order: ordered(pairs, order) for order in SortOrder}, counts(pairs, blind=self.blind)

    def _take(self, pairs: list[ListedPair], orders: dict[SortOrder, list[ListedPair]]) -> None:
        self.pairs, self._orders = pairs, orders
        self._several = has_turns(pairs)
        self._key_width = key_width(pairs, self._several)
        self._tagged = any(pair.tags for pair in pairs)
        self._reasoned = any(pair.reasons for pair in pairs)
        self._fit()
        self._put()

    def _put(self) -> None:
        """Put what is wanted into the list, in its order."""
        there = self._orders.get(self.kept.order, self.pairs)
        self.list.put(selected(there, self.kept.wanted, self.found, blind=self.blind), self.kept.pair_id)

    async def _search(self) -> None:
        """Find the text that is wanted; the index is made, or brought up to date, beside the app."""
        typed = self.kept.wanted.text
        if not typed:
            self.found = None
            return
        if not self.listing.is_searchable:
            self.tell(Content.styled("reading the texts for the search …", MUTED))
            await asyncio.to_thread(self.listing.bring_up_to_date)
        self.told = Content("")
        keyed = {pair.pair_id for pair in self.pairs if typed.lower() in pair.key.lower()}
        self.found = self.listing.search(typed, [pair.pair_id for pair in self.pairs if pair.read]) | keyed

    # drawing

    def narrow(self) -> None:
        """Show what is wanted, in its order."""
        self._put()
        self.draw()

    def choose_when_read(self) -> None:
        """The run has been read: what waited for that may go on."""

    def come_back(self, pair_id: int | None, *, choose: bool, blind: bool) -> None:
        """Before it is shown again: the pair that the cursor is to stand on, and whether to choose a filter at once."""
        self.kept.pair_id, self._choose = pair_id, choose
        if blind != self.blind:
            self.blind, self._mark = blind, None
            self.counts = counts(self.pairs, blind=blind)
        self.told = Content("")
        self.narrow()

    def _fit(self) -> None:
        room = self.app.size.width - (3 if self.has_class("-narrow") else 6)
        name = max(len(self.names.candidate), len(self.names.baseline))
        self._columns = PairColumns.fitting(
            room - 1, self._key_width, name, tagged=self._tagged, reasoned=self._reasoned
        )
        self.heads.put(heads(self._columns))

    def draw(self) -> None:
        """Draw everything around the list."""
        run, nothing = self.listing.run, self.complete and not self.list.pairs
        names = (safe_text.line(run.set), safe_text.line(run.candidate), safe_text.line(run.baseline))
        blind = ["blind"] if self.blind else []
        total = f"{len(self.pairs):,} {'pair' if len(self.pairs) == 1 else 'pairs'}" if self.complete else ""
        self.header.put(header.title(*names, blind), Content.styled(total, MUTED))
        self.filters.put(*self._filters())
        self._draw_find()
        self.set_class(nothing, "-empty")
        if nothing:
            self.empty.update(self._nothing())
        self._draw_foot()

    def _filters(self) -> tuple[Content, Content]:
        room = self.app.size.width - (2 if self.has_class("-narrow") else 6)
        extra = Content("  ").join(list(map(header.chip, chips(self.kept.wanted, self.names))))
        return filter_row(self.counts, self.kept.wanted.only, room - extra.cell_length - 2), extra

    def _draw_find(self) -> None:
        facts = [Content.styled(f"order: {self.kept.order}", MUTED)]
        if self.found is not None:
            facts.insert(0, Content.styled(f"in {len(self.list.pairs):,} of {len(self.pairs):,}", MUTED))
        if self.listing.judge_name is not None and not self.has_class("-narrow"):
            facts.append(
                Content.assemble(("judge: ", MUTED), safe_text.line(self.listing.judge_name, MUTED).truncate(24))
            )
        said = self.told or Content("   ").join(facts)
        self.find_line.styles.width = min(said.cell_length, max(self.app.size.width - 12, 1))
        self.find_line.put(said)

    def _rows(self, pairs: Sequence[ListedPair], width: int) -> list[Content]:
        texts = self.listing.texts(pairs) if pairs else {}
        made = []
        for pair in pairs:
            drawn = row(pair, texts.get(pair.pair_id), self._columns, self.names, self.signs, self._several)
            made.append(marked(drawn, is_marked=pair.pair_id in self.kept.marked))
        return made

    def _nothing(self) -> Content:
        """Why the list is empty, and what to press."""
        wanted = self.kept.wanted
        if not self.pairs:
            return Content.styled("This run has no current pair.", BOLD)
        parts = [Content.styled("No pair here.", BOLD)]
        if self.found is not None and not self.found:
            parts.append(Content.assemble(("found nowhere: ", MUTED), safe_text.line(wanted.text, MUTED)))
        stands = behind(self.pairs, wanted) if wanted.people is not None else 0
        if stands:
            stand = "pair stands" if stands == 1 else "pairs stand"
            words = f"{stands} {stand} behind this figure; you have read none of them."
            parts.append(Content.styled(f"{words} What others said of a pair is shown after you decide.", MUTED))
        back = keys.label(self.table["browse.clear"])
        parts.append(Content.assemble((back, BOLD), (" shows all pairs again", MUTED)))
        return Content("\n").join(parts)

    def _draw_foot(self) -> None:
        table = {name.removeprefix("browse."): key for name, key in self.table.items()}
        if self._writing:
            self.footer.put([[_entry("enter", "find"), _entry("esc", "leave it")]])
            return
        first = [entry(table["open"]), entry(table["only"])]
        if self.app.size.width >= 140:
            first.append(entry(table["filter"]))
        if not self.has_class("-tiny"):
            first.append(entry(table["find"]))
        second = [entry(table["order"])]
        if self.ways.review is not None:
            number = f" {len(self.kept.marked)}" if self.kept.marked else ""
            second += [entry(table["mark"]), entry(table["review"], f"review{number} marked")]
        third = [] if self.has_class("-narrow") else [entry(table["flag"])]
        if self.app.size.width >= 130:
            third.append(entry(table["copy"]))
        if self.kept.wanted != PairFilter():
            second.append(entry(table["clear"]))
        self.footer.put([first, second, third, [entry(table["help"]), entry(table["back"])]])

    def on_pair_list_moved(self, message: PairList.Moved) -> None:
        """Show the pair under the cursor."""
        here = self.list.here
        if here is not None and message.chosen:
            self.kept.pair_id = here.pair_id
            if self.told:
                self.tell(Content(""))
        self._show_here()

    def _show_here(self) -> None:
        here = self.list.here
        self.preview.put(
            here, self.listing.detail(here) if here is not None and self.preview.display else None, self.names
        )

    def tell(self, message: Content) -> None:
        """Say something in the line of the search."""
        self.told = message
        self._draw_find()


def _entry(key: str, word: str) -> Content:
    return Content.assemble((key, BOLD), (f" {word}", MUTED))
