"""All pairs of a run: narrowed, put in order, searched; the pair under the cursor is shown below the list."""

from dataclasses import replace

from textual.content import Content
from textual.widgets import Input

from uphold.errors import UpholdError
from uphold.records.enums import QuickFilter, SortOrder
from uphold.records.pair_list import PairFilter
from uphold.reviewing.pair_filters import ordered
from uphold_tui import keys, safe_text
from uphold_tui.pairs.filters import choices, next_only
from uphold_tui.pairs.loader import PairPage
from uphold_tui.themes import DOUBT, MUTED

_ORDERS = list(SortOrder)


class PairsScreen(PairPage):
    """Enter opens the pair under the cursor."""

    BINDINGS = keys.bindings(keys.PAIRS)

    def on_screen_resume(self) -> None:
        # Marks and decisions may have changed meanwhile; what is shown stays until the run has been read again.
        self.call_after_refresh(self._read_soon)
        self.call_after_refresh(self.choose_when_read)

    def action_move(self, step: int) -> None:
        """Up and down the list."""
        self.list.move(step)

    def action_page(self, pages: int) -> None:
        """A page down, or up."""
        self.list.move(pages * self.list.page)

    def action_ends(self, end: bool) -> None:
        """The first pair, or the last."""
        self.list.go(len(self.list.pairs) - 1 if end else 0)

    def action_jump(self, number: int) -> None:
        """To a pair by its place in the queue, from 1."""
        place = next((at for at, pair in enumerate(self.list.pairs) if pair.place == number), None)
        if place is None:
            self.tell(Content.styled(f"there is no pair {number} here", MUTED))
        else:
            self.list.go(place)

    def on_pair_list_opened(self) -> None:
        """A click on the pair under the cursor opens it."""
        self.action_open()

    def action_open(self) -> None:
        """Open the pair under the cursor in the review."""
        if self.list.here is not None:
            self.ways.open(self.list.here.pair_id)

    def action_only(self, step: int) -> None:
        """The next way of narrowing that leaves something, or the one before."""
        self._want(replace(self.kept.wanted, only=next_only(self.counts, self.kept.wanted.only, step)))

    def action_narrow(self, name: str) -> None:
        """Narrow in one of the ways of the row."""
        self._want(replace(self.kept.wanted, only=QuickFilter[name]))

    def action_filter(self) -> None:
        """Choose among all ways of narrowing, as soon as their counts are there."""
        self._choose = True
        self.choose_when_read()

    def choose_when_read(self) -> None:
        """Offer the ways of narrowing, where that was asked for and the whole run has been read."""
        if self._choose and self.complete and self.listing.mark() == self._mark:
            self._choose = False
            self._offer()

    def _offer(self) -> None:
        from uphold_tui.dialogs.commands import CommandScreen

        def chosen(action: str | None) -> None:
            if action is not None:
                self.call_next(self.run_action, action)

        made = choices(self.pairs, self.kept.wanted, self.names, blind=self.blind)
        self._offered = [wanted for _, wanted in made]
        self.app.push_screen(CommandScreen([command for command, _ in made], "a filter"), chosen)

    def action_want(self, place: int) -> None:
        """Narrow as the filter at a place of the choices says."""
        self._want(self._offered[place])

    def action_clear(self) -> None:
        """Leave the field; else show all pairs again."""
        if self._writing:
            self.field.value = safe_text.safe_line(self.kept.wanted.text)
            self._close_field()
        elif self.kept.wanted != PairFilter():
            self.found, self.told = None, Content("")
            self.field.value = ""
            self._want(PairFilter())

    def _want(self, wanted: PairFilter) -> None:
        self.kept.wanted = wanted
        self.narrow()

    def action_order(self) -> None:
        """The next order."""
        self.kept.order = _ORDERS[(_ORDERS.index(self.kept.order) + 1) % len(_ORDERS)]
        self.narrow()

    def action_find(self) -> None:
        """Write what to find."""
        self._writing = True
        self.field.focus()
        self._draw_foot()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Find it."""
        self._close_field()
        self.kept.wanted = replace(self.kept.wanted, text=event.value.strip())
        self.run_worker(self._find(), exclusive=True, group="find")

    def _close_field(self) -> None:
        self._writing = False
        self.set_focus(None)
        self._draw_foot()

    async def _find(self) -> None:
        try:
            await self._search()
        except UpholdError as error:
            self.tell(safe_text.line(str(error), DOUBT))
            return
        self.narrow()

    def action_mark(self) -> None:
        """Mark the pair under the cursor, or no longer, and go on."""
        here = self.list.here
        if here is None or self.ways.review is None:
            return
        self.kept.marked ^= {here.pair_id}
        self.list.refresh()
        self.list.move(1)
        self._draw_foot()

    def action_review(self) -> None:
        """Review the marked pairs."""
        if self.ways.review is None:
            return
        if not self.kept.marked:
            self.tell(Content.styled("nothing is marked: space marks a pair", MUTED))
            return
        marked = [pair.pair_id for pair in ordered(self.pairs, self.kept.order) if pair.pair_id in self.kept.marked]
        try:
            self.ways.review(marked)
        except UpholdError as error:
            self.tell(Content.styled(safe_text.cause(str(error)), DOUBT))

    def action_flag(self) -> None:
        """Flag the pair under the cursor for a second look, or no longer."""
        here = self.list.here
        if here is None:
            return
        try:
            pair = self.listing.flag(here)
        except UpholdError as error:
            self.tell(Content.styled(safe_text.cause(str(error)), DOUBT))
            return
        self.kept.pair_id = here.pair_id
        self.list.pairs = [pair if one.pair_id == pair.pair_id else one for one in self.list.pairs]
        self.list.refresh()
        self._show_here()
        self.tell(
            Content.assemble(safe_text.line(pair.key, MUTED), (" flagged" if pair.flagged else " unflagged", MUTED))
        )
        if self.ways.changed is not None:
            self.ways.changed()
        self._read_soon()

    def action_copy(self) -> None:
        """Copy the key of the pair under the cursor."""
        if self.list.here is not None:
            key = safe_text.safe_line(self.list.here.key)
            self.app.copy_to_clipboard(key)
            self.tell(Content.styled(f"copied {key}", MUTED))

    def action_numbers(self) -> None:
        """The numbers of the run."""
        if self.ways.numbers is not None:
            self.ways.numbers()

    def action_press(self, key_id: str) -> None:
        """A click on a key's name does what the key does."""
        if key_id in self.table:
            self.call_next(self.run_action, self.table[key_id].action)

    def action_help(self) -> None:
        """The keys of this screen."""
        from uphold_tui.dialogs.help import HelpScreen

        left_out = () if self.ways.review is not None else ("browse.mark", "browse.review")
        offered = [key for key in self.table.values() if key.id not in left_out]
        self.app.push_screen(HelpScreen("Keys in the list of pairs", offered, _NOTE))

    def action_command(self) -> None:
        """Any command by its name."""
        from uphold_tui.dialogs.commands import JUMPS, CommandScreen, key_commands, theme_commands

        def run(action: str | None) -> None:
            if action is not None:
                self.call_next(self.run_action, action)

        commands = [*key_commands(self.table.values()), *theme_commands(self.app)]
        self.app.push_screen(CommandScreen(commands, JUMPS, self._named), run)

    def _named(self, text: str) -> list[tuple[int, str]]:
        """(place in the queue, key) of the pairs whose key holds this text."""
        keyed = [(pair.place, pair.key) for pair in self.pairs if text in pair.key.lower() and pair.place]
        return [(place, safe_text.safe_line(key)) for place, key in keyed]

    def action_back(self) -> None:
        """Back to where one came from."""
        self.ways.leave()


_NOTE = (
    "A pair that you have not read shows no verdict, no decision of others and no sign of which answer is the longer: that "
    "would give away the sides. Filters stay as they are when you come back."
)
