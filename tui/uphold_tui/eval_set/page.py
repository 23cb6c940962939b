"""The page of an eval set: what its rows, its list, the fields beside it and its footer show of the set as it is now."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from uphold.formatting import count, of_n
from uphold.records.example_list import ExampleFilter
from uphold.records.sets import ExampleRow, ExampleStatus
from uphold_tui import safe_text
from uphold_tui.eval_set import notes
from uphold_tui.eval_set.checking import SetHealth
from uphold_tui.eval_set.editing import values_of
from uphold_tui.eval_set.fields import FieldsView
from uphold_tui.eval_set.footer import FooterState, footer
from uphold_tui.eval_set.loader import ExampleLoader
from uphold_tui.eval_set.rows import ExampleColumns, RowLook, heads, offered_filters, row
from uphold_tui.eval_set.state import SetScreenState
from uphold_tui.eval_set.writing import ExampleWriter
from uphold_tui.keys import Key
from uphold_tui.themes import BOLD, MUTED, Signs
from uphold_tui.widgets import header
from uphold_tui.widgets.header import ProgressLine
from uphold_tui.widgets.quick_filters import filter_row
from uphold_tui.widgets.row_list import RowList
from uphold_tui.widgets.rows import Field, KeyFooter, SplitRow

_FIND = "find in keys, texts, references, tags"


@dataclass(frozen=True, slots=True)
class PageParts:
    """What a page shows: the state of the list, the set as it was read, what is being written, and the health of the set."""

    state: SetScreenState
    loader: ExampleLoader
    writer: ExampleWriter
    health: SetHealth


class SetPage:
    """The widgets of a set's screen, and what they show; `message` is what was said last, `is_finding` whether one searches."""

    def __init__(self, parts: PageParts, table: dict[str, Key], signs: Signs) -> None:
        self.state, self.loader, self.writer, self.health = parts.state, parts.loader, parts.writer, parts.health
        self.table, self.signs = table, signs
        self.message = Content("")
        self.is_finding = False
        self.is_narrow = self.is_tiny = False
        self.header = SplitRow("header")
        self.filters = SplitRow("filters")
        self.find_field = Field(_FIND, name="find-field")
        self.find_line = SplitRow("find-line")
        self.heads = SplitRow("heads")
        self.list: RowList[ExampleRow] = RowList("list", self._rows)
        self.empty = Static(id="empty", markup=False)
        self.title_row = SplitRow("title")
        self.fields = FieldsView("fields")
        self.footer = KeyFooter("footer")

    def compose(self) -> ComposeResult:
        """Yield the widgets, from the top."""
        yield self.header
        yield ProgressLine("hair")
        yield self.filters
        with Horizontal(id="middle"):
            with Vertical(id="left"):
                with Horizontal(id="find-row"):
                    yield Static("/ ", id="find-slash", markup=False)
                    yield self.find_field
                    yield self.find_line
                yield self.heads
                yield self.list
                yield self.empty
            with Vertical(id="right"):
                yield self.title_row
                yield self.fields
                yield self.writer.form
        yield self.health.panel
        yield self.footer

    def refresh(self) -> None:
        """Show everything as it is now."""
        overview = self.loader.now.overview
        if overview is None:
            self.header.show(notes.header(self.loader.set_name, None))
            return
        numbers = {
            ExampleStatus.ACTIVE: overview.active,
            ExampleStatus.DRAFT: overview.draft,
            ExampleStatus.RETIRED: overview.retired,
        }
        self.header.show(notes.header(overview.name, overview.purpose), notes.counts(numbers, overview.hash))
        if not self.loader.now.rows:
            self.empty.update(notes.empty_set(overview.name, self.table))
        elif not self.list.items:
            self.empty.update(notes.none_here(self._narrowed_words(), self.table))
        self.refresh_filters()
        self.refresh_find_line()
        self.refresh_example()
        self.health.refresh()
        self.refresh_footer()

    def fit(self) -> None:
        """Fit heads and messages to the room that the list has now."""
        self.heads.show(heads(self._columns(self.list.size.width - 1), self.signs))
        self.refresh_find_line()

    # messages

    def show_message(self, message: Content) -> None:
        """Show a message at the right of the search field; where there is no room for it, in place of filters or keys."""
        self.message = message
        self.refresh_find_line()
        self.refresh_filters()
        self.refresh_footer()
        if self.writer.now is not None:
            self.refresh_example()

    def drop_message(self) -> None:
        """Show what stood in the place of the message; the footer is left as it is."""
        self.message = Content("")
        self.refresh_find_line()
        self.refresh_filters()

    @property
    def _message_room(self) -> int:
        """Cells for a message beside the search field; a list that a form hides has no width to ask for."""
        width = self.heads.app.size.width if self.is_narrow else self.heads.size.width
        return width - 10

    # the list

    def show_selected(self) -> None:
        """Show the examples that filters and search leave, the cursor on the example it was on."""
        state = self.state
        rows = self.loader.select(state.only, state.order, state.typed, state.only_keys)
        if state.tag is not None:
            rows = [row for row in rows if state.tag in row.tags]
        at = next(
            (index for index, row in enumerate(rows) if row.key == state.key), min(self.list.cursor, len(rows) - 1)
        )
        self.list.show(rows, max(at, 0))

    def _narrowed_words(self) -> str:
        state = self.state
        parts = [] if state.only is ExampleFilter.ALL else [state.only.value]
        parts += [f"found nowhere: {state.typed}"] if state.typed else []
        parts += [f"tag {safe_text.safe_line(state.tag)}"] if state.tag is not None else []
        return ", ".join([*parts, *([state.only_words] if state.only_words else [])])

    def _columns(self, width: int) -> ExampleColumns:
        return ExampleColumns.fitting(max(width, 1), self.loader.now.contents)

    def _rows(self, examples: Sequence[ExampleRow], width: int) -> list[Content]:
        """Return the list's rows for the examples in view."""
        look = RowLook(self._columns(width), self.signs, self.loader.now.kinds, self.loader.now.contents)
        return [row(example, look, is_marked=example.key in self.state.marked) for example in examples]

    def refresh_filters(self) -> None:
        """Show the quick filters and what else leaves examples out, or a message that needs the room."""
        if self.is_narrow and self.writer.now is not None:
            self.filters.show(Content(""))  # the form has the place of the list
            return
        if self.message.cell_length > self._message_room:
            self.filters.show(self.message)
            return
        only, room = self.state.only, self.filters.app.size.width - (2 if self.is_narrow else 6)
        chips = [header.chip(self.state.only_words)] if self.state.only_words else []
        if self.state.tag is not None:
            chips.append(header.chip(safe_text.key(self.state.tag, width=20).plain))
        if self.state.marked:
            chips.append(header.chip(f"{count(len(self.state.marked))} marked"))
        extra = Content("  ").join(chips)
        offered = offered_filters(self.loader.now.counts, only)
        self.filters.show(filter_row(offered, self.loader.now.counts, only, room - extra.cell_length - 2), extra)

    def refresh_find_line(self) -> None:
        """Show the message beside the search field, else the order and how many were found."""
        facts = [Content.styled(f"order: {self.state.order}", MUTED)]
        if self.state.typed:
            facts.insert(0, Content.styled(f"in {of_n(len(self.list.items), len(self.loader.now.rows))}", MUTED))
        content = Content.assemble("  ", self.message or Content("   ").join(facts))
        self.find_line.styles.width = max(min(content.cell_length, self._message_room + 2), 1)
        self.find_line.show(content)

    # the example beside it, and the keys

    def refresh_example(self) -> None:
        """Show the fields of the example under the cursor, unless they are written in."""
        writing = self.writer.now
        if writing is not None:
            self.title_row.show(self._written_title(writing.key), self.message or self._version())
            return
        example = self.list.selected
        if example is None:
            self.title_row.show(Content(""))
            self.fields.show(None, Content(""))
            return
        self.title_row.show(notes.example_title(example, self.signs), self._version())
        kinds = self.loader.shown_kinds(example)
        note = notes.example_note(example, kinds, self.loader.alike(example), self.table, self.signs)
        self.fields.show(values_of(example), note)

    def _written_title(self, key: str | None) -> Content:
        """Return the title over the form: key and status of the example, None for a new one."""
        if key is None:
            return Content.styled("a new example", BOLD)
        example = self.list.selected
        if example is None or example.key != key:
            return safe_text.line(key, BOLD)
        return notes.example_title(example, self.signs)

    def _version(self) -> Content:
        overview = self.loader.now.overview
        if overview is None:
            return Content("")
        return Content.styled(notes.version_words(overview.version, is_as_cut=not overview.changed), MUTED)

    def refresh_footer(self) -> None:
        """Show the keys that do something now."""
        selected = self.list.selected
        state = FooterState(
            self.table,
            self.footer.app.size.width,
            narrow=self.is_narrow,
            writing=self.writer.now is not None,
            finding=self.is_finding,
            in_health=self.health.cursor is not None,
            is_empty=not self.loader.now.rows,
            is_narrowed=self.state.is_narrowed,
            status=selected.status if selected is not None else None,
        )
        # A tiny screen has no other place for a message, nor has one without a list; over a form it stands in the title.
        in_footer = (self.is_tiny or state.is_empty) and not state.writing
        message = self.message if in_footer else Content("")
        self.footer.show(footer(state, message))
