"""Versions of a set: the list, what differs between two of them, and what the change did to the pairs of runs."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Static

from uphold.errors import UpholdError
from uphold.formatting import count, count_noun
from uphold.records.set_history import ActKind, VersionReason
from uphold.settings import Settings
from uphold.workflows.curating import SetEditor
from uphold.workflows.judging_again import JudgingAgain, judging_again
from uphold.workflows.lookup import open_store
from uphold.workflows.set_versions import bring_back, cut_version
from uphold_tui import keys, safe_text
from uphold_tui.app_options import AppOptions
from uphold_tui.attempt import attempt
from uphold_tui.clipboard import copy_text
from uphold_tui.eval_set.versions import page
from uphold_tui.eval_set.versions.loader import Difference, Numbers, VersionEntry, VersionsLoader
from uphold_tui.eval_set.versions.strip import EffectsPanel, effect_rows
from uphold_tui.place import Place
from uphold_tui.themes import BOLD, DOUBT, MUTED
from uphold_tui.widgets.header import ProgressLine
from uphold_tui.widgets.movement import page_step
from uphold_tui.widgets.row_list import RowList
from uphold_tui.widgets.rows import KeyFooter, SplitRow, entry, with_message
from uphold_tui.widgets.text_body import Margins, PreparedAnswer, TextBody

Result = TypeVar("Result")

_HELP_NOTE = (
    "A version is cut when the set is judged, exported, imported or brought back, and when it is left with changes. Its "
    "number and hash speak of texts and references; tags are no part of it. Nothing is deleted: an old text brings its "
    "verdicts and reviews back."
)


@dataclass(frozen=True, slots=True)
class VersionsActions:
    """Callbacks of the screen into the app.

    `leave` closes it, with a sentence about what was changed; `judge` starts the judge of that name on the run of that name
    (None: not offered).
    """

    leave: Callable[[str], None]
    judge: Callable[[str, str], None] | None


class VersionsScreen(Screen[None]):
    """The versions of one set, the latest first; the one under the cursor is compared with the one before it."""

    CSS_PATH = "versions.tcss"
    AUTO_FOCUS = ""
    BINDINGS = keys.bindings(keys.VERSIONS)

    def __init__(self, editor: SetEditor, actions: VersionsActions, options: AppOptions, settings: Settings) -> None:
        super().__init__()
        self.table = {key.id: key for key in keys.remapped(keys.VERSIONS, options.keymap)}
        self.editor, self.actions, self.signs, self._settings = editor, actions, options.signs, settings
        self.loader = VersionsLoader(editor.store, editor.name)
        self.message = Content("")
        self.marked: int | None = None
        self.comparing = False
        self.alone = False
        self._shown_place = -1
        self._told = ""
        self._went_to_judging = False
        self.header = SplitRow("header")
        self.hair = ProgressLine("hair")
        self.heads = SplitRow("heads")
        self.list: RowList[VersionEntry] = RowList("list", self._rows)
        self.title_row, self.about = SplitRow("title"), SplitRow("about")
        self.diff = TextBody("diff")
        self.empty = Static(id="empty", markup=False)
        self.strip = EffectsPanel("strip")
        self.footer = KeyFooter("footer")

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.hair
        with Horizontal(id="middle"):
            with Vertical(id="left"):
                yield self.heads
                yield self.list
            with Vertical(id="right"):
                yield self.title_row
                yield self.about
                yield self.diff
        yield self.empty
        yield self.strip
        yield self.footer

    def on_mount(self) -> None:
        self._read()

    def on_screen_resume(self) -> None:
        if self._went_to_judging:
            self._went_to_judging = False
            self._read()

    def on_resize(self, event: Resize) -> None:
        width, height = event.size.width, event.size.height
        self.set_class(width < 100, "-narrow")
        self.set_class(100 <= width < 140, "-medium")
        self.set_class(width >= 180, "-wide")
        self.set_class(height < 30, "-low")
        self.set_class(height < 16 or width < 50, "-tiny")
        self.call_after_refresh(self.refresh_page)

    # reading

    def _read(self) -> None:
        self.run_worker(self._read_apart(), exclusive=True, group="read")

    async def _read_apart(self) -> None:
        try:
            await self.loader.read()
        except UpholdError as error:
            self.show_message(safe_text.line(str(error), DOUBT))
            return
        self.list.show(self.loader.entries, min(self.list.cursor, max(len(self.loader.entries) - 1, 0)))
        self.refresh_page()

    @property
    def selected(self) -> VersionEntry | None:
        """The version under the cursor."""
        return self.list.selected

    def _compared(self) -> tuple[VersionEntry, VersionEntry] | None:
        """Return the earlier and the later of the two that are compared; None where there is nothing to compare with."""
        here, entries = self.selected, self.loader.entries
        if here is None:
            return None
        marked = self._marked_entry()
        other = marked if self.comparing and marked is not None and marked is not here else None
        if other is None:
            other = next((one for one in entries if one.place == here.place - 1), None)
        if other is None:
            return None
        return (other, here) if other.place < here.place else (here, other)

    def _marked_entry(self) -> VersionEntry | None:
        return next((one for one in self.loader.entries if one.place == self.marked), None)

    # showing

    def refresh_page(self) -> None:
        """Show everything as it is now."""
        overview, entries = self.loader.overview, self.loader.entries
        name = Content.assemble(safe_text.line(self.editor.name, BOLD), ("   versions", MUTED))
        if overview is None:
            self.header.show(name)
            return
        versions = sum(one.version is not None for one in entries)
        facts = f"{count_noun(versions, 'version')}   {count(overview.active)} active   {overview.hash[:7]}"
        self.header.show(name, Content.styled(facts, MUTED))
        self.set_class(not entries, "-empty")
        self.set_class(self.alone, "-alone")
        if not entries:
            words = "One is cut when the set is judged or exported, and when the set screen is left with changes."
            self.empty.update(Content.assemble(("No version yet.", BOLD), "\n", (words, MUTED)))
        self.heads.show(page.heads(max(self.list.size.width - 1, 1)))
        self.list.refresh()
        self._refresh_difference()
        self._refresh_footer()

    def _rows(self, entries: Sequence[VersionEntry], width: int) -> list[Content]:
        """Return the list's rows for the versions in view."""
        latest = self.loader.entries[0] if self.loader.entries else None
        return [
            page.row(one, width, is_now=one is latest, is_marked=self.marked is not None and one.place == self.marked)
            for one in entries
        ]

    def _refresh_difference(self) -> None:
        """Show the difference, on the spot where it is known, else as soon as it is read."""
        here, compared = self.selected, self._compared()
        overview = self.loader.overview
        if here is None or overview is None:
            return
        self._shown_place = here.place
        shown = here if compared is None else compared[1]
        self.about.show(page.about(shown, overview.hash, self.about.size.width))
        if compared is None:
            self._show_first(here)
            return
        numbers = (compared[0].number, compared[1].number)
        found = self._try(lambda: self.loader.known(numbers))
        if found is not None:
            self._show_difference(compared, found)
            return
        self._show_diff_rows([])
        self.title_row.show(self._title(compared), Content.styled("comparing", MUTED))
        self.run_worker(self._read_difference(numbers), exclusive=True, group="difference")

    async def _read_difference(self, numbers: Numbers) -> None:
        try:
            await self.loader.read_difference(numbers)
        except UpholdError as error:
            self.show_message(safe_text.line(str(error), DOUBT))
            return
        self._refresh_difference()

    def _show_first(self, here: VersionEntry) -> None:
        self.title_row.show(
            Content.styled(here.name, BOLD), Content.styled(f"{count_noun(here.active, 'example')}", MUTED)
        )
        self._show_diff_rows([Content.styled("The first version: nothing to compare.", MUTED)])
        self.strip.show([Content.styled("Nothing was judged before it.", MUTED)], is_stale=False)
        self._refresh_keys()

    def _title(self, compared: tuple[VersionEntry, VersionEntry]) -> Content:
        return Content.assemble((compared[1].name, BOLD), (f" against {compared[0].name}", MUTED))

    def _show_difference(self, compared: tuple[VersionEntry, VersionEntry], found: Difference) -> None:
        diff, did = found.diff, found.effects
        self.title_row.show(self._title(compared), Content.styled(f"{count(diff.same)} the same", MUTED))
        self._show_diff_rows(page.difference_rows(diff, max(self.diff.size.width - 6, 20), self.signs))
        names = (compared[0].name, compared[1].name)
        rows = effect_rows(names, diff, did, self.strip.room, self.signs)
        self.strip.show(rows, is_stale=bool(did.stale.pairs or did.stale.judgments))
        self._refresh_keys()

    def _show_diff_rows(self, rows: Sequence[Content]) -> None:
        margins = Margins(0 if self.has_class("-low") else 1, 1 if self.has_class("-narrow") else 2, 2)
        self.diff.show(PreparedAnswer(Content("\n").join(rows), ""), margins, Content(""), self.signs.more)
        self._refresh_footer()

    def _refresh_keys(self) -> None:
        table = {name.removeprefix("versions."): key for name, key in self.table.items()}
        here = self.selected
        entries = [entry(table["open"], "the list" if self.alone else None)]
        if here is not None and here.place < len(self.loader.entries) - 1:
            entries.append(entry(table["bring_back"], f"bring {here.name} back as a new one"))
        elif self.actions.judge is not None and self.strip.is_stale:
            entries.append(entry(table["judge"], "judge again what is lacking"))
        self.strip.show_keys(*with_message(Content("    ").join(entries), self.message, self.strip.room))

    def _refresh_footer(self) -> None:
        table = {name.removeprefix("versions."): key for name, key in self.table.items()}
        last = [entry(table["help"]), entry(table["back"])]
        if not self.loader.entries:
            self.footer.show([last])
            return
        words = "compare no more" if self.comparing else "compare with marked"
        first = [entry(table["mark"]), entry(table["compare"], words)]
        # What brings a version back, or has it judged again, stands in the panel where it can be done.
        is_seen = self.alone or not self.has_class("-narrow")
        pages = [entry(table["page"], "page")] if is_seen and self.diff.max_top else []
        self.footer.show([first, pages, last])

    def show_message(self, message: Content) -> None:
        """Show a message at the right of the keys in the panel."""
        self.message = message
        self._refresh_keys()

    def _say(self, words: str) -> None:
        self.show_message(safe_text.line(words, MUTED))

    def _try(self, act: Callable[[], Result]) -> Result | None:
        """Do something; where that cannot be done say why, and return None."""
        return attempt(act, self.show_message)

    # the cursor

    def on_row_list_moved(self, message: RowList.Moved) -> None:
        """Show the version under the cursor."""
        if message.by_user:
            self._show_moved()

    def _show_moved(self) -> None:
        """Show the version under the cursor, in the frame that shows the cursor there; nothing where it is shown already."""
        here = self.selected
        if here is not None and here.place != self._shown_place:
            self.message = Content("")
            self._refresh_difference()

    def on_row_list_opened(self) -> None:
        """Show the difference alone, after a click on the version under the cursor."""
        self.action_open()

    def on_text_body_selected(self, message: TextBody.Selected) -> None:
        """Copy what was selected with the mouse."""
        text = message.body.selected_text()
        copy_text(self.app, text, count_noun(len(text), "character"), self._say)

    def on_text_body_wheel(self, message: TextBody.Wheel) -> None:
        """Scroll the difference."""
        message.body.scroll_rows(message.body.top + message.lines)

    def action_move(self, step: int) -> None:
        """Move the cursor; where the difference stands alone, scroll it."""
        if self.alone:
            self.diff.scroll_rows(self.diff.top + step)
        else:
            self.list.move(step)
            self._show_moved()

    def action_ends(self, end: bool) -> None:
        """Go to the latest version or to the first."""
        if self.alone:
            self.diff.scroll_rows(self.diff.max_top if end else 0)
        else:
            self.list.go(len(self.list.items) - 1 if end else 0)
            self._show_moved()

    def action_page(self, pages: float) -> None:
        """Scroll the difference by pages."""
        self.diff.scroll_rows(self.diff.top + page_step(pages, self.diff.page))

    def action_open(self) -> None:
        """Show the difference alone, or the list again."""
        if self.loader.entries:
            self.alone = not self.alone
            self.set_class(self.alone, "-alone")
            self.call_after_refresh(self.refresh_page)

    def action_escape(self) -> None:
        """Go back to the list; there, compare no more."""
        if self.alone:
            self.action_open()
        elif self.comparing:
            self.action_compare()

    def action_mark(self) -> None:
        """Mark the version under the cursor to compare others with, or unmark it."""
        if self.selected is not None:
            self.marked = None if self.marked == self.selected.place else self.selected.place
            self.comparing = False
            self.refresh_page()

    def action_compare(self) -> None:
        """Compare the version under the cursor with the marked one, or with the one before it again."""
        marked = self._marked_entry()
        if marked is None:
            self._say(f"{keys.label(self.table['versions.mark'])} marks the one to compare with")
            return
        self.comparing = not self.comparing
        if self.comparing and marked is self.selected:
            self._say("it is the marked one: go to another")
        self.refresh_page()

    # bringing back

    def action_bring_back(self) -> None:
        """Say what bringing the version under the cursor back changes, and do it."""
        here = self.selected
        if here is None or here.number is None:
            return
        found = self._try(lambda: self.loader.against_now(here.number))
        if found is None:
            return
        if not found.diff:
            self._say(f"the set is as in {here.name} already")
            return
        from uphold_tui.eval_set.versions.questions import BringBackScreen

        def bring(wanted: bool | None) -> None:
            if wanted:
                self._bring_back(here)

        self.app.push_screen(BringBackScreen(here, found, self.signs), bring)

    def _bring_back(self, here: VersionEntry) -> None:
        """Bring a version back; the set as it is becomes a version of its own before, so that it can be brought back too."""
        store, name, reviewer = self.editor.store, self.editor.name, self.editor.reviewer
        number = here.number or 0
        if self._try(lambda: (cut_version(store, name, VersionReason.EDITED, reviewer),)) is None:
            return
        done = self._try(lambda: bring_back(store, name, number, reviewer))
        if done is not None and done[1] is not None:
            self._changed(f"version {number} is back as version {done[1].number}")

    def _changed(self, words: str) -> None:
        self._told, self.marked, self.comparing = words, None, False
        self._say(words)
        self.list.cursor = 0
        self._read()

    def action_undo(self) -> None:
        """Take back that a version was brought back."""
        last = self._try(lambda: self.editor.last_acts(1))
        if not last or last[0].kind is not ActKind.BRING_BACK:
            self._say("nothing brought back to take back; in the set, the same key takes back what was done there")
            return
        undone = self._try(self.editor.undo)
        if undone is not None:
            left = f"; {'; '.join(undone.left)}" if undone.left else ""
            self._try(
                lambda: (cut_version(self.editor.store, self.editor.name, VersionReason.EDITED, self.editor.reviewer),)
            )
            self._changed(f"taken back: {undone.act.what}{left}")

    # judging

    def action_judge(self) -> None:
        """Name what judging what is lacking takes, and begin it."""
        if self.actions.judge is None:
            self._say("a run is under review: q goes back to it")
            return
        self._say("looking what is lacking")
        self.run_worker(self._ask_to_judge(), exclusive=True, group="judge")

    async def _ask_to_judge(self) -> None:
        try:
            lacking = await asyncio.to_thread(self._lacking)
        except UpholdError as error:
            self.show_message(safe_text.line(str(error), DOUBT))
            return
        if not lacking:
            self._say("nothing is lacking: judges have read the present texts")
            return
        self._say("")
        from uphold_tui.eval_set.versions.questions import JudgeAgainScreen

        def begin(wanted: JudgingAgain | None) -> None:
            judge = self.actions.judge
            if wanted is not None and judge is not None:
                self._went_to_judging = True
                self._try(lambda: judge(wanted.run, wanted.judge))

        self.app.push_screen(JudgeAgainScreen(lacking), begin)

    def _lacking(self) -> list[JudgingAgain]:
        with open_store(self.editor.store.path) as store:
            return asyncio.run(judging_again(store, self.loader.set_name, self._settings))

    # other screens

    def action_press(self, key_id: str) -> None:
        """Do what a key does, after a click on its name."""
        if key_id in self.table:
            self.call_next(self.run_action, self.table[key_id].action)

    def action_help(self) -> None:
        """Show the keys of this screen."""
        from uphold_tui.dialogs.help import HelpScreen

        self.app.push_screen(HelpScreen("Keys for versions", tuple(self.table.values()), _HELP_NOTE))

    @property
    def place(self) -> Place:
        """What commands without a name mean here."""
        return Place(self.editor.name)

    def action_command(self) -> None:
        """Offer all commands by name."""
        from uphold_tui.dialogs.commands import open_palette

        open_palette(self, self.table.values())

    def action_back(self) -> None:
        """Close the screen."""
        self.actions.leave(self._told)
