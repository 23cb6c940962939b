"""The screen that asks which file to import: a path with completion, above the files of its folder."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from textual.app import ComposeResult
from textual.content import Content
from textual.events import Click, MouseScrollDown, MouseScrollUp, Paste, Resize
from textual.screen import Screen
from textual.widgets import Input, Static

from uphold.formatting import count
from uphold.records.reviews import ReviewProgress
from uphold_tui import keys, safe_text
from uphold_tui.app_options import AppOptions
from uphold_tui.importing.files import (
    Entry,
    Listing,
    PathText,
    common_beginning,
    folder_words,
    list_folder,
    missing,
    paths_in,
    quoted_lines,
    size_text,
)
from uphold_tui.themes import BOLD, MUTED, OVERTURNED, TINT
from uphold_tui.widgets.header import ProgressLine
from uphold_tui.widgets.rows import Field, KeyFooter, SplitRow, entry, spread

_WHERE_WIDTH = 48
"""Cells for the folder whose files are listed."""

_HINT = "a path; or paste one, or drag a file here"


class PathField(Field):
    """A field for paths; several lines that are pasted become several quoted paths."""

    def _on_paste(self, event: Paste) -> None:
        event.text = quoted_lines(event.text)


@dataclass(frozen=True, slots=True)
class FileActions:
    """Callbacks of the screen into the app.

    `choose` shows what files hold, `back` closes the screen, `database` returns the path of the open database.
    """

    choose: Callable[[Sequence[Path]], None]
    back: Callable[[], None]
    database: Callable[[], Path]


class FileScreen(Screen[None]):
    """Asks which file to import; enter opens the folder, or chooses the file, under the cursor."""

    CSS_PATH = "importing.tcss"
    AUTO_FOCUS = "Input"
    BINDINGS = keys.bindings(keys.FILES)

    def __init__(self, actions: FileActions, options: AppOptions) -> None:
        super().__init__()
        self.table = {key.id: key for key in keys.remapped(keys.FILES, options.keymap)}
        self.actions = actions
        self.listing = Listing(Path())
        self.cursor = 0
        self._top = 0
        self._paths = PathText()
        self._listed = ""
        self._where = ""
        self._problem = ""
        self.header = SplitRow("header")
        self.hair = ProgressLine("hair")
        self.field = PathField(_HINT, name="path")
        self.note = Static(id="note", markup=False)
        self.list = Static(id="list", markup=False)
        self.footer = KeyFooter("footer")

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.hair
        yield Static(Content.styled("Which file?", BOLD), id="question", markup=False)
        yield self.field
        yield self.note
        yield self.list
        yield self.footer

    def on_screen_resume(self) -> None:
        if self.is_current:  # it is not where an import above it was left for a screen further on
            self._look()

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width < 100, "-narrow")
        self.call_after_refresh(self.refresh_page)

    # what is listed

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._problem = ""
        self._look()

    def _look(self) -> None:
        self.run_worker(self._list(self.field.value), exclusive=True, group="list")

    async def _list(self, text: str) -> None:
        """List the folder that the text leads to, in a thread: a folder may be huge, or far away."""
        typed = paths_in(text)
        one = typed[0] if len(typed) == 1 else text.strip()
        folder, part = self._paths.split(one)
        whole = bool(one) and not part
        database = self.actions.database()
        self.listing = await asyncio.to_thread(list_folder, folder, part, whole=whole, database=database)
        self._where = await asyncio.to_thread(folder_words, folder)
        self._listed = text
        self.cursor, self._top = (1 if whole and len(self.listing.entries) > 1 else 0), 0
        self.refresh_page()

    @property
    def selected(self) -> Entry | None:
        """The entry under the cursor."""
        return self.listing.entries[self.cursor] if self.listing.entries else None

    # showing

    def refresh_page(self) -> None:
        """Show the listing around the cursor."""
        where = (
            Content.assemble(("in ", MUTED), safe_text.key(self._where, MUTED, _WHERE_WIDTH)) if self._where else None
        )
        self.header.show(Content.assemble(("uphold", BOLD), ("   import a file", MUTED)), where)
        self.hair.show(ReviewProgress())
        self.note.update(self._note())
        height = max(self.list.size.height, 1)
        self._top = min(max(self._top, self.cursor - height + 1), self.cursor)
        self._top = max(min(self._top, len(self.listing.entries) - height), 0)
        width = max(self.list.content_size.width, 20)
        rows = [
            self._row(one, width, under_cursor=index == self.cursor)
            for index, one in enumerate(self.listing.entries[self._top : self._top + height], self._top)
        ]
        self.list.update(Content("\n").join(rows))
        first = [entry(self.table["files.open"]), entry(self.table["files.complete"])]
        self.footer.show([first, [entry(self.table["files.help"]), entry(self.table["files.back"])]])

    def _note(self) -> Content:
        if self._problem:
            return safe_text.line(self._problem, OVERTURNED)
        typed, listing = paths_in(self._listed), self.listing
        if len(typed) > 1:
            return Content.styled(f"{count(len(typed))} files, imported as one; enter goes on", MUTED)
        if listing.problem:
            return safe_text.line(": ".join((str(listing.folder), listing.problem)), OVERTURNED)
        if not listing.entries:
            return Content.styled(
                "nothing here has such a name" if self._listed else "no files here: type a path", MUTED
            )
        if listing.is_cut:
            return Content.styled("more than can be listed; type more of the name", MUTED)
        return Content("")

    def _row(self, one: Entry, width: int, *, under_cursor: bool) -> Content:
        if one.is_whole:
            left, right = Content("  all files of this folder, as one import"), Content("")
        else:
            left = Content.assemble("  ", safe_text.line(one.name, "" if one.is_folder or one.may_be_read else MUTED))
            right = Content.styled("folder  " if one.is_folder else f"{size_text(one.size)}  ", MUTED)
        row = spread(left, right, width)
        return row.stylize_before(TINT) if under_cursor else row

    # keys

    def action_move(self, step: int) -> None:
        """Move the cursor over the entries."""
        self.cursor = min(max(self.cursor + step, 0), max(len(self.listing.entries) - 1, 0))
        self.refresh_page()

    def action_page(self, pages: int) -> None:
        """Move the cursor by a page."""
        self.action_move(pages * max(self.list.size.height - 1, 1))

    def action_complete(self) -> None:
        """Complete the path: with what all matching names begin with, else with the name under the cursor."""
        self.run_worker(self._complete(self.field.value), exclusive=True, group="open")

    async def _complete(self, text: str) -> None:
        if self._listed != text:
            await self._list(text)
        typed = paths_in(text)
        if self.selected is None or len(typed) > 1 or self.field.value != text:
            return
        folder, slash, part = (typed[0] if typed else text).rpartition("/")
        names = [safe_text.safe_line(one.name) for one in self.listing.entries if not one.is_whole]
        common = common_beginning(names, part)
        if len(common) > len(part):
            self._write(folder + slash + common)
        elif not self.selected.is_whole:
            self._fill(self.selected)

    def _fill(self, one: Entry) -> None:
        """Put the path of an entry into the field."""
        self._write(self._paths.folder_text(one.path) if one.is_folder else self._paths.text_of(one.path))

    def _write(self, text: str) -> None:
        self.field.value = text
        self.field.cursor_position = len(text)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The field takes enter first, so that it comes behind what was typed before it."""
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        """Open the folder under the cursor, or choose the file; several pasted paths are chosen as they are."""
        self.run_worker(self._open(self.field.value), exclusive=True, group="open")

    async def _open(self, text: str) -> None:
        typed = paths_in(text)
        if len(typed) > 1:
            await self._choose([self._paths.path(word) for word in typed])
            return
        if self._listed != text:
            await self._list(text)  # enter came before what was typed was looked up
        one = self.selected
        if one is not None and one.is_folder and not one.is_whole:
            self._fill(one)
        elif one is not None:
            await self._choose([one.path])
        elif typed:
            await self._choose([self._paths.path(typed[0])])

    async def _choose(self, paths: Sequence[Path]) -> None:
        """Choose paths where there is something at each of them, else say what is missing."""
        lacking = await asyncio.to_thread(missing, paths)
        if lacking is not None:
            self._problem = f"{lacking}: there is no such file"
            self.refresh_page()
        elif self.is_current:
            self.actions.choose(paths)

    def on_click(self, event: Click) -> None:
        """Put the cursor on the entry clicked; a click on the one under the cursor opens it."""
        region = self.list.region
        if not region.contains(event.screen_x, event.screen_y):
            return
        index = self._top + event.screen_y - region.y
        if index >= len(self.listing.entries):
            return
        if index == self.cursor:
            self.action_open()
        else:
            self.action_move(index - self.cursor)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self.action_move(3)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self.action_move(-3)

    def action_press(self, key_id: str) -> None:
        """Do what a key does, after a click on its name."""
        if key_id in self.table:
            self.call_next(self.run_action, self.table[key_id].action)

    def action_help(self) -> None:
        """Show the keys of this screen."""
        from uphold_tui.dialogs.help import HelpScreen

        self.app.push_screen(HelpScreen("Keys while choosing a file", tuple(self.table.values())))

    def action_back(self) -> None:
        """Close the screen."""
        self.actions.back()
