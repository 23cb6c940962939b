"""The list of all pairs of a run: filtered, sorted and searched, with a preview of the pair under the cursor."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.events import Key as KeyEvent
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Input, Static

from uphold.errors import UpholdError
from uphold.formatting import count, count_noun, noun, of_n
from uphold.records.enums import QuickFilter, SortOrder
from uphold.records.pair_list import ListedPair, PairFilter
from uphold.reviewing.pair_filters import ordered
from uphold.workflows.pair_list import PairListing
from uphold_tui import keys, safe_text
from uphold_tui.app_options import AppOptions
from uphold_tui.attempt import attempt
from uphold_tui.clipboard import copy_text
from uphold_tui.pairs.filters import chips, choices, offered_filters
from uphold_tui.pairs.loader import PairLoader
from uphold_tui.pairs.preview import Preview
from uphold_tui.pairs.rows import ListContents, PairColumns, SystemNames, heads, marked, row
from uphold_tui.place import Place
from uphold_tui.themes import BOLD, DOUBT, MUTED
from uphold_tui.widgets import header
from uphold_tui.widgets.header import ProgressLine
from uphold_tui.widgets.movement import CountPrefix, page_step
from uphold_tui.widgets.quick_filters import filter_row, next_filter
from uphold_tui.widgets.row_list import RowList
from uphold_tui.widgets.rows import Field, KeyFooter, SplitRow, entry

_NO_FILTER = PairFilter()

_PREVIEW_WIDTH = 72
"""Columns of the preview beside the list; pairs.tcss holds the same number."""

_ORDERS = list(SortOrder)

_FIND = "find in instructions, responses, reasons, comments"

_HELP_NOTE = (
    "A pair that you have not read shows no verdict, no decision of others and no sign of which answer is the longer: that "
    "would give away the sides. Filters stay as they are when you come back."
)


@dataclass(slots=True)
class PairsScreenState:
    """State of a list that is restored on return to it: filter, order, the pair under the cursor, marked pairs."""

    pair_filter: PairFilter = _NO_FILTER
    order: SortOrder = SortOrder.REVIEWED
    pair_id: int | None = None
    marked: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class PairsScreenActions:
    """Callbacks of the list that open other screens.

    `open` reviews one pair, `leave` closes the list, `numbers` opens the numbers of the run, `review` reviews the marked
    pairs (None: not offered). `changed` is called after something was written about a pair here.
    """

    open: Callable[[int], None]
    leave: Callable[[], None]
    numbers: Callable[[], None] | None = None
    review: Callable[[Sequence[int]], None] | None = None
    changed: Callable[[], None] | None = None


class PairsScreen(Screen[None]):
    """All pairs of a run; enter opens the one under the cursor."""

    CSS_PATH = "pairs.tcss"
    AUTO_FOCUS = ""
    BINDINGS = keys.bindings(keys.PAIRS)

    def __init__(
        self,
        listing: PairListing,
        actions: PairsScreenActions,
        options: AppOptions,
        state: PairsScreenState | None = None,
        *,
        blind: bool = False,
        choose_filter: bool = False,
    ) -> None:
        super().__init__()
        self.table = {key.id: key for key in keys.remapped(keys.PAIRS, options.keymap)}
        self.listing, self.actions, self.signs = listing, actions, options.signs
        self.state = state if state is not None else PairsScreenState(order=options.state.pair_order)
        self._remembered = options.state
        self.loader = PairLoader(listing, blind=blind)
        self.names = SystemNames.of(listing.run)
        self.message = Content("")
        self._count = CountPrefix()
        self._is_typing = False
        self._choose_filter = choose_filter
        self._filter_choices: list[PairFilter] = []
        self._contents = ListContents()
        self._columns = PairColumns(4, 0)
        self.header = SplitRow("header")
        self.filters = SplitRow("filters")
        self.find_line = SplitRow("find-line")
        self.field = Field(_FIND, name="find-field")
        self.heads = SplitRow("heads")
        self.list: RowList[ListedPair] = RowList("list", self._rows)
        self.empty = Static(id="empty", markup=False)
        self.preview = Preview("preview", self.signs)
        self.footer = KeyFooter("footer")

    def compose(self) -> ComposeResult:
        yield self.header
        yield ProgressLine("hair")
        yield self.filters
        with Horizontal(id="find-row"):
            yield Static("/ ", id="find-slash", markup=False)
            yield self.field
            yield self.find_line
        with Container(id="body"):
            with Vertical(id="rows"):
                yield self.heads
                yield self.list
                yield self.empty
            yield self.preview
        yield self.footer

    def on_mount(self) -> None:
        if self.state.pair_filter == _NO_FILTER and self.state.order is SortOrder.REVIEWED:
            attempt(lambda: self.loader.read_first(self.app.size.height), self.show_message)
            self._show_read_pairs()
        self.refresh_page()

    def on_screen_resume(self) -> None:
        # Marks and decisions may have changed meanwhile; what is shown stays until the run has been read again.
        self.call_after_refresh(self._read_if_changed)
        self.call_after_refresh(self._offer_filters_when_read)

    def on_resize(self, event: Resize) -> None:
        width, height = event.size.width, event.size.height
        self.set_class(width < 100, "-narrow")
        self.set_class(self._is_wide, "-wide")
        self.set_class(height < 30, "-low")
        self.set_class(height < 16 or width < 60, "-tiny")
        self._fit_columns()
        self.refresh_page()

    def reopen(self, pair_id: int | None, *, choose_filter: bool, blind: bool) -> None:
        """Get ready to be shown again: with the cursor on a pair, and with the choice of filters open if wanted."""
        self.state.pair_id, self._choose_filter = pair_id, choose_filter
        self.update_judge()
        self.loader.blind = blind
        self.message = Content("")
        self._apply_filter()

    def update_judge(self) -> None:
        """Speak of the headline's judge as it is now; the run is read again when the list is shown."""
        self.listing.update_judge()

    # reading and searching

    def _read_if_changed(self) -> None:
        if self._is_current() is False:
            self.run_worker(self._read(), exclusive=True, group="read")

    def _is_current(self) -> bool | None:
        """Whether what was read is what there is now; None where that cannot be told any more, which is said."""
        return attempt(lambda: self.loader.is_current, self.show_message)

    async def _read(self) -> None:
        try:
            await self.loader.read(self.state.pair_filter.behind)
            self._show_read_pairs()
            if self.state.pair_filter.text:
                await self._search()
            self._apply_filter()
            self._offer_filters_when_read()
        except UpholdError as error:
            self.show_message(safe_text.line(str(error), DOUBT))

    async def _find(self) -> None:
        try:
            await self._search()
        except UpholdError as error:
            self.show_message(safe_text.line(str(error), DOUBT))
            return
        self._apply_filter()

    async def _search(self) -> None:
        text = self.state.pair_filter.text
        if text and not self.listing.is_searchable:
            self.show_message(Content.styled("reading the texts for the search …", MUTED))
        await self.loader.search(text)
        if text:
            self.message = Content("")

    # showing

    @property
    def pairs(self) -> Sequence[ListedPair]:
        """All pairs of the run that have been read so far, whatever the filter."""
        return self.loader.pairs

    def refresh_page(self) -> None:
        """Show everything around the list as it is now."""
        run, is_empty = self.listing.run, self.loader.is_complete and not self.list.items
        names = (safe_text.line(run.set), safe_text.line(run.candidate), safe_text.line(run.baseline))
        blind = ["blind"] if self.loader.blind else []
        self.header.show(header.title(*names, blind), Content.styled(self._total(), MUTED))
        self.filters.show(*self._filters())
        self._refresh_find_line()
        self.set_class(is_empty, "-empty")
        if is_empty:
            self.empty.update(self._why_empty())
        self._refresh_footer()

    def _total(self) -> str:
        """Return how many pairs there are; `12 of 200 pairs` where not all are shown."""
        if not self.loader.is_complete:
            return ""
        shown, total = len(self.list.items), len(self.pairs)
        return count_noun(total, "pair") if shown == total else f"{of_n(shown, total)} {noun(total, 'pair')}"

    def _say_later(self, message: Content) -> None:
        """Show a message once the rows that are being drawn are there."""
        self.call_later(self.show_message, message)

    def show_message(self, message: Content) -> None:
        """Show a message at the right of the search field."""
        self.message = message
        self._refresh_find_line()

    def _show_read_pairs(self) -> None:
        self._contents = ListContents.of(self.pairs)
        self._fit_columns()
        self._show_selected_pairs()

    def _show_selected_pairs(self) -> None:
        pairs = self.loader.select(self.state.pair_filter, self.state.order)
        self.list.show(
            pairs, next((index for index, pair in enumerate(pairs) if pair.pair_id == self.state.pair_id), 0)
        )

    def _apply_filter(self) -> None:
        self._show_selected_pairs()
        self.refresh_page()

    @property
    def _is_wide(self) -> bool:
        """Whether there is room for the preview beside the list."""
        return self.app.size.width >= 160 and self.app.size.height >= 30

    def _fit_columns(self) -> None:
        beside = _PREVIEW_WIDTH if self._is_wide else 0
        room = self.app.size.width - beside - (3 if self.has_class("-narrow") else 6)
        name_width = max(len(self.names.candidate), len(self.names.baseline))
        self._columns = PairColumns.fitting(room - 1, self._contents, name_width)
        self.heads.show(heads(self._columns))

    def _filters(self) -> tuple[Content, Content]:
        room = self.app.size.width - (2 if self.has_class("-narrow") else 6)
        pair_filter = self.state.pair_filter
        extra = Content("  ").join(list(map(header.chip, chips(pair_filter, self.names))))
        offered = offered_filters(self.loader.counts, pair_filter.only)
        return filter_row(offered, self.loader.counts, pair_filter.only, room - extra.cell_length - 2), extra

    def _refresh_find_line(self) -> None:
        facts = [Content.styled(f"order: {self.state.order}", MUTED)]
        behind = self.state.pair_filter.behind is not None and self.loader.is_complete
        if behind and (unread := sum(not pair.read for pair in self.list.items)):
            facts.insert(0, Content.styled(f"{count(unread)} not read by you", MUTED))
        if self.listing.judge_name is not None and not self.has_class("-narrow"):
            judge = safe_text.line(self.listing.judge_name, MUTED).truncate(24)
            facts.append(Content.assemble(("judge: ", MUTED), judge))
        content = self.message or Content("   ").join(facts)
        self.find_line.styles.width = min(content.cell_length, max(self.app.size.width - 12, 1))
        self.find_line.show(content)

    def _rows(self, pairs: Sequence[ListedPair], width: int) -> list[Content]:
        """Return the list's rows for the pairs in view; only their texts are read."""
        texts = (attempt(lambda: self.listing.texts(pairs), self._say_later) if pairs else None) or {}
        rows = []
        for pair in pairs:
            content = row(
                pair, texts.get(pair.pair_id), self._columns, self.names, self.signs, self._contents.has_turns
            )
            rows.append(marked(content, is_marked=pair.pair_id in self.state.marked))
        return rows

    def _why_empty(self) -> Content:
        """Return why the list is empty, and what to press."""
        if not self.pairs:
            return Content.styled("This run has no current pair.", BOLD)
        pair_filter, matches = self.state.pair_filter, self.loader.matches
        parts = [Content.styled("No pair here.", BOLD)]
        if matches is not None and not matches:
            parts.append(Content.assemble(("found nowhere: ", MUTED), safe_text.line(pair_filter.text, MUTED)))
        if pair_filter.behind is not None and self.loader.blind and self.loader.behind:
            stand = count_noun(len(self.loader.behind), "pair stands", "pairs stand")
            words = f"{stand} behind this number; you have read none of them."
            parts.append(Content.styled(f"{words} In a blind review they are listed after you decide.", MUTED))
        clear = keys.label(self.table["browse.clear"])
        parts.append(Content.assemble((clear, BOLD), (" shows all pairs again", MUTED)))
        return Content("\n").join(parts)

    def _refresh_footer(self) -> None:
        if self._is_typing:
            self.footer.show([[_plain_entry("enter", "find"), _plain_entry("esc", "leave it")]])
            return
        table = {name.removeprefix("browse."): key for name, key in self.table.items()}
        narrow = self.has_class("-narrow")
        has_pair = bool(self.list.items) or not self.loader.is_complete
        first = [entry(table["open"])] if has_pair else []
        first.append(entry(table["only"], "filter" if narrow else None))
        if self.app.size.width >= 140:
            first.append(entry(table["filter"]))
        if not self.has_class("-tiny"):
            first.append(entry(table["find"]))
        is_filtered = self.state.pair_filter != _NO_FILTER
        if self._contents.has_tags and not narrow and (not is_filtered or self.app.size.width >= 130):
            first.append(entry(table["tag"]))
        if is_filtered:
            first.append(entry(table["clear"]))
        number = len(self.state.marked)
        second = [entry(table["order"])] if has_pair and not (narrow and number) else []
        if self.actions.review is not None and has_pair:
            second.append(entry(table["mark"]))
            if not narrow or number:
                second.append(entry(table["review"], _review_words(number, narrow=narrow)))
        third = [entry(table["flag"])] if has_pair and not narrow else []
        if has_pair and self.app.size.width >= 130:
            third.append(entry(table["copy"]))
        self.footer.show([first, second, third, [entry(table["help"]), entry(table["back"])]])

    def _refresh_preview(self) -> None:
        pair = self.list.selected
        detail = self.listing.detail(pair) if pair is not None and self.preview.display else None
        self.preview.show(pair, detail, self.names)

    # the cursor

    def on_row_list_moved(self, message: RowList.Moved) -> None:
        """Show the pair under the cursor."""
        pair = self.list.selected
        if pair is not None and message.by_user:
            self.state.pair_id = pair.pair_id
            if self.message:
                self.show_message(Content(""))
        self._refresh_preview()

    def on_row_list_opened(self) -> None:
        """Open the pair that was clicked."""
        self.action_open()

    def on_key(self, event: KeyEvent) -> None:
        """Take the digits of a number before the key that it is for."""
        if not self._is_typing and self._count.note_key(event):
            self.show_message(Content.styled(self._count.typed, MUTED))

    def action_move(self, step: int) -> None:
        """Move the cursor down or up, by as many rows as were typed before."""
        self.list.move(step * (self._count.take() or 1))

    def action_page(self, pages: float) -> None:
        """Move the cursor by pages."""
        self.list.move(page_step(pages, self.list.page))

    def action_ends(self, end: bool) -> None:
        """Go to the first pair or the last; to the row whose number was typed before."""
        number = self._count.take() or (len(self.list.items) if end else 1)
        self.list.go(number - 1)

    def action_jump(self, number: int) -> None:
        """Go to a pair by its place in the queue, from 1."""
        index = next((index for index, pair in enumerate(self.list.items) if pair.place == number), None)
        if index is None:
            self.show_message(Content.styled(f"there is no pair {count(number)} here", MUTED))
        else:
            self.list.go(index)

    # filters, order, search

    def action_next_filter(self, step: int) -> None:
        """Choose the next quick filter that leaves something, or the previous one."""
        chosen = self.state.pair_filter.only
        only = next_filter(offered_filters(self.loader.counts, chosen), chosen, step)
        self._set_filter(replace(self.state.pair_filter, only=only))

    def action_quick_filter(self, name: str) -> None:
        """Choose a quick filter by its name."""
        self._set_filter(replace(self.state.pair_filter, only=QuickFilter[name]))

    def action_filter(self) -> None:
        """Offer all filters as soon as their counts are known."""
        self._choose_filter = True
        self._offer_filters_when_read()

    def action_apply_filter(self, index: int) -> None:
        """Apply one of the filters that were offered."""
        self._set_filter(self._filter_choices[index])

    def action_clear(self) -> None:
        """Leave the search field; outside it, show all pairs again."""
        if self._is_typing:
            self.field.value = safe_text.safe_line(self.state.pair_filter.text)
            self._close_field()
        elif self.state.pair_filter != _NO_FILTER:
            self.loader.matches, self.message = None, Content("")
            self.field.value = ""
            self._set_filter(_NO_FILTER)

    def action_order(self) -> None:
        """Choose the next order."""
        self.state.order = _ORDERS[(_ORDERS.index(self.state.order) + 1) % len(_ORDERS)]
        self._remembered.pair_order = self.state.order
        self._apply_filter()

    def action_find(self) -> None:
        """Focus the search field."""
        self._is_typing = True
        self.set_focus(self.field)
        self._refresh_footer()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Search for what was typed."""
        self._close_field()
        self.state.pair_filter = replace(self.state.pair_filter, text=event.value.strip())
        self.run_worker(self._find(), exclusive=True, group="find")

    def _set_filter(self, pair_filter: PairFilter) -> None:
        self.state.pair_filter = pair_filter
        self._apply_filter()

    def _offer_filters_when_read(self) -> None:
        """Offer the filters where that was asked for and the whole run has been read."""
        if self._choose_filter and self.loader.is_complete and self._is_current():
            self._choose_filter = False
            self._offer_filters()

    def _offer_filters(self, *, tags_only: bool = False) -> None:
        from uphold_tui.dialogs.commands import CommandScreen

        def chosen(action: str | None) -> None:
            if action is not None:
                self.call_next(self.run_action, action)

        offered = choices(self.pairs, self.state.pair_filter, self.names, blind=self.loader.blind, tags_only=tags_only)
        self._filter_choices = [pair_filter for _, pair_filter in offered]
        hint, nothing = ("a tag", "no pair has such a tag") if tags_only else ("a filter", "no such filter")
        self.app.push_screen(CommandScreen([command for command, _ in offered], hint, nothing=nothing), chosen)

    def action_tag(self) -> None:
        """Offer the tags of the pairs; the one that is chosen is taken off."""
        if self.loader.is_complete:
            self._offer_filters(tags_only=True)

    def _close_field(self) -> None:
        self._is_typing = False
        self.set_focus(None)
        self._refresh_footer()

    # acting on pairs

    def action_open(self) -> None:
        """Open the pair under the cursor in the review."""
        if self.list.selected is not None:
            pair_id = self.list.selected.pair_id
            attempt(lambda: self.actions.open(pair_id), self.show_message)

    def action_mark(self) -> None:
        """Mark or unmark the pair under the cursor, and move on."""
        pair = self.list.selected
        if pair is None or self.actions.review is None:
            return
        self.state.marked ^= {pair.pair_id}
        self.list.refresh()
        self.list.move(1)
        self._refresh_footer()

    def action_review(self) -> None:
        """Review the marked pairs."""
        if self.actions.review is None:
            return
        marked_ids = self.state.marked
        if not marked_ids:
            self.show_message(Content.styled("nothing is marked: space marks a pair", MUTED))
            return
        pair_ids = [pair.pair_id for pair in ordered(self.pairs, self.state.order) if pair.pair_id in marked_ids]
        try:
            self.actions.review(pair_ids)
        except UpholdError as error:
            self.show_message(Content.styled(safe_text.cause(str(error)), DOUBT))

    def action_flag(self) -> None:
        """Flag or unflag the pair under the cursor."""
        pair = self.list.selected
        if pair is None:
            return
        try:
            changed = self.listing.flag(pair)
        except UpholdError as error:
            self.show_message(Content.styled(safe_text.cause(str(error)), DOUBT))
            return
        self.state.pair_id = changed.pair_id
        self.list.items = [changed if shown.pair_id == changed.pair_id else shown for shown in self.list.items]
        self.list.refresh()
        self._refresh_preview()
        words = " flagged" if changed.flagged else " unflagged"
        self.show_message(Content.assemble(safe_text.line(changed.key, MUTED), (words, MUTED)))
        if self.actions.changed is not None:
            self.actions.changed()
        self._read_if_changed()

    def action_copy(self) -> None:
        """Copy the key of the pair under the cursor."""
        if self.list.selected is not None:
            key = safe_text.safe_line(self.list.selected.key)
            copy_text(self.app, key, key, lambda words: self.show_message(Content.styled(words, MUTED)))

    # other screens

    def action_numbers(self) -> None:
        """Open the numbers of the run."""
        if self.actions.numbers is not None:
            self.actions.numbers()

    def action_press(self, key_id: str) -> None:
        """Do what a key does, after a click on its name."""
        if key_id in self.table:
            self.call_next(self.run_action, self.table[key_id].action)

    def action_help(self) -> None:
        """Show the keys of this screen."""
        from uphold_tui.dialogs.help import HelpScreen

        left_out = () if self.actions.review is not None else ("browse.mark", "browse.review")
        offered = [key for key in self.table.values() if key.id not in left_out]
        self.app.push_screen(HelpScreen("Keys in the list of pairs", offered, _HELP_NOTE))

    @property
    def place(self) -> Place:
        """What commands without a name mean here."""
        return Place.of_run(self.listing.run)

    def action_command(self) -> None:
        """Offer all commands by name."""
        from uphold_tui.dialogs.commands import open_palette

        open_palette(self, self.table.values(), find=self._find_by_key)

    def _find_by_key(self, text: str) -> list[tuple[int, str]]:
        """Return (place in the queue, key) of the pairs whose key holds `text`."""
        return [
            (pair.place, safe_text.safe_line(pair.key))
            for pair in self.pairs
            if text in pair.key.lower() and pair.place
        ]

    def action_back(self) -> None:
        """Close the list."""
        self.actions.leave()


def _review_words(number: int, *, narrow: bool) -> str:
    """Return what the key that reviews the marked pairs does, with how many they are."""
    marked_pairs = f"{count(number)} marked" if number else "marked"
    return f"review {count(number)}" if narrow else f"review {marked_pairs}"


def _plain_entry(key: str, words: str) -> Content:
    return Content.assemble((key, BOLD), (f" {words}", MUTED))
