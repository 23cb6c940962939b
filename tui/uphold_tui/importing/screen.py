"""The screen of an import: what the files hold and what uphold takes it for, the import itself, and what it did."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Click, Resize
from textual.geometry import Region
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from uphold.errors import UpholdError
from uphold.formatting import count_noun
from uphold.records.import_preview import ImportPreview
from uphold.records.import_request import ImportRequest
from uphold.records.reviews import ReviewProgress
from uphold.workflows.next_step import NextStep
from uphold_tui import keys, safe_text
from uphold_tui.app_options import AppOptions
from uphold_tui.dialogs.ask import AskScreen, Question
from uphold_tui.importing.background import ImportOutcome, ImportWork
from uphold_tui.importing.form import FIELD_WORDS, ColumnChoice, Form, FormRow, RowKind
from uphold_tui.importing.page import PageRow, file_names, form_page, outcome_page, progress_page
from uphold_tui.themes import BOLD, DOUBT, MUTED
from uphold_tui.widgets.header import ProgressLine
from uphold_tui.widgets.movement import page_step
from uphold_tui.widgets.rows import KeyFooter, SplitRow, entry

_QUESTIONS = {
    RowKind.SET: Question("Into which eval set", "a new name makes one; nothing: named after the file"),
    RowKind.CANDIDATE: Question("The candidate", "the system whose wins are counted"),
    RowKind.BASELINE: Question("The baseline", "the system that it is compared with"),
    RowKind.ENCODING: Question("The encoding of the file", "such as windows-1252, utf-16, gb18030; nothing: UTF-8"),
}


def _choice_words(choice: ColumnChoice, now: ColumnChoice) -> str:
    """Return what a column can be taken for, as a line of a list."""
    meaning = FIELD_WORDS.get(choice.field or "", "") if choice.system is None else ""
    words = f"{choice.words:<20}{meaning}" if meaning else choice.words
    return safe_text.safe_line(f"{words}, as now" if choice == now else words)


@dataclass(frozen=True, slots=True)
class ImportActions:
    """Callbacks of the screen into the app.

    `preview` and `begin` start reading and importing in the background; the last argument of each is called in their
    thread when something has changed. `review` and `judge` open those screens for what an import leads to, `another` goes
    back to choosing a file, and `close` to where that was opened from.
    """

    preview: Callable[[ImportRequest, Callable[[], None]], ImportWork[ImportPreview]]
    begin: Callable[[ImportRequest, Callable[[], None]], ImportWork[ImportOutcome]]
    review: Callable[[NextStep, str], None]
    judge: Callable[[NextStep, str], None]
    another: Callable[[], None]
    close: Callable[[], None]


class ImportScreen(Screen[None]):
    """What files hold, row by row; enter on the first row imports them, or takes what is suggested."""

    CSS_PATH = "importing.tcss"
    AUTO_FOCUS = ""
    BINDINGS = keys.bindings(keys.IMPORT)

    class Updated(Message):
        """A preview or the import has come further."""

    def __init__(self, paths: Sequence[Path], actions: ImportActions, options: AppOptions) -> None:
        super().__init__()
        self.table = {key.id: key for key in keys.remapped(keys.IMPORT, options.keymap)}
        self.actions = actions
        request = ImportRequest(tuple(paths))
        self.form = Form(request, ImportPreview(ImportRequest(())))
        self.cursor = 0
        self.preview: ImportWork[ImportPreview] | None = None
        self.work: ImportWork[ImportOutcome] | None = None
        self._earlier: list[ImportRequest] = []
        self._message = Content("")
        self._rows: list[PageRow] = []
        self.header = SplitRow("header")
        self.hair = ProgressLine("hair")
        self.list = Static(id="list", markup=False)
        self.list.auto_links = False
        self.page = VerticalScroll(self.list, id="page", can_focus=False)
        self.footer = KeyFooter("footer")

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.hair
        yield self.page
        yield self.footer

    def on_mount(self) -> None:
        self._read()

    def on_unmount(self) -> None:
        for work in (self.preview, self.work):
            if work is not None:
                work.stop()

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width < 100, "-narrow")
        self.refresh_page()

    # reading and importing in the background

    @property
    def outcome(self) -> ImportOutcome | None:
        """What the import did, once it has ended well."""
        return self.work.result if self.work is not None else None

    @property
    def is_importing(self) -> bool:
        """Whether the import is at work."""
        return self.work is not None and not self.work.has_ended

    def _read(self) -> None:
        """Preview what is chosen now; while another preview is at work, once that has ended."""
        if self.preview is None or self.preview.has_ended:
            self.preview = self.actions.preview(self.form.request, self._tell)
        else:
            self.preview.stop()

    def _tell(self) -> None:
        self.post_message(self.Updated())

    def on_import_screen_updated(self) -> None:
        """Take over what the thread has found, and show it."""
        self._take_preview()
        self._take_refusal()
        if self.outcome is not None:
            self._message = Content("")
        self.refresh_page()

    def _take_preview(self) -> None:
        work = self.preview
        if work is None or not work.has_ended:
            return
        if work.request != self.form.request or work.was_stopped:
            self._read()
        elif work.error is not None:
            self.form = replace(self.form, trouble=work.error)
        elif not self.form.is_current:
            row = self.row
            preview = work.result or ImportPreview(work.request, refusal=work.refusal)
            self.form = Form(self.form.request, preview)
            self._go_to(row)

    def _take_refusal(self) -> None:
        """After an import that was refused or stopped, show the form again."""
        work = self.work
        if work is None or not work.has_ended or work.result is not None:
            return
        self.work, self.cursor = None, 0
        if work.refusal is not None:
            self._message = Content("")
            self.form = self.form.with_refusal(work.refusal)
        elif work.error is not None:
            self._message = Content("")
            self.form = replace(self.form, trouble=work.error)
        else:
            self._message = Content.styled("stopped: nothing was written", DOUBT)

    # showing

    @property
    def row(self) -> FormRow:
        """The row under the cursor."""
        rows = self.form.rows
        return rows[min(self.cursor, len(rows) - 1)]

    def refresh_page(self) -> None:
        """Show everything as it is now."""
        left = Content.assemble(
            ("uphold", BOLD), ("   import   ", MUTED), safe_text.line(file_names(self.form.request.paths))
        )
        self.header.show(left, self._told(), self._message)
        self.hair.show(ReviewProgress())
        width = max(self.app.size.width - (0 if self.has_class("-narrow") else 2) - 1, 20)
        if self.outcome is not None:
            self._rows = [PageRow(row) for row in outcome_page(self.outcome, width)]
        elif self.work is not None:
            progress = progress_page(self.work.progress, is_stopping=self.work.is_stopping, width=width)
            self._rows = [PageRow(row) for row in progress]
        else:
            self._rows = form_page(self.form, self.cursor, width)
        self.list.update(Content("\n").join([row.content for row in self._rows]))
        self._refresh_footer()

    def _told(self) -> Content:
        preview = self.form.preview
        if self.work is not None or not self.form.is_current or preview.format is None:
            return Content("")
        rows = f"   {count_noun(preview.summary.rows, 'row')} read" if preview.summary.rows else ""
        return Content.styled(preview.format + rows, MUTED)

    def _refresh_footer(self) -> None:
        def named(*names: str) -> list[Content]:
            return [entry(self.table[f"import.{name}"]) for name in names]

        if self.outcome is not None:
            first = [entry(self.table["import.open"], "review"), *named("judge")] if self._leads_on else []
            another = [entry(self.table["import.go"], "import another")]
            self.footer.show([first, another, named("help", "back")])
        elif self.work is not None:
            self.footer.show([[entry(self.table["import.stop"], "stop")], named("help")])
        else:
            words = self._enter_words()
            first = [entry(self.table["import.open"], words)] if words else []
            row = named("next") if self.form.cycled(self.row, 1) is not None else []
            if self.row.kind is RowKind.GO and self.form.is_current:
                row = [entry(self.table["import.down"], "change what is below")]
            undo = named("undo") if self._earlier else []
            self.footer.show([[*first, *row], undo, named("help", "back")])

    def _enter_words(self) -> str:
        """Return what enter does on the row under the cursor; nothing where it does nothing."""
        if self.row.kind is not RowKind.GO:
            return "list of fields" if self.row.kind is RowKind.COLUMN else "change"
        if self.form.trouble:
            return "try again"
        if not self.form.is_current:
            return ""
        if self.form.preview.refusal is None:
            return "import"
        return "take this" if self.form.preview.suggested_request is not None else ""

    @property
    def _leads_on(self) -> bool:
        """Whether there is a run to review, or one that can be made."""
        return self.outcome is not None and (self.outcome.step.run is not None or self.outcome.step.sides is not None)

    # keys

    def action_open(self) -> None:
        """Import, or take what is suggested; on another row, change it; after the import, review."""
        if self.outcome is not None:
            self._lead_on(self.actions.review)
        elif self.row.kind is RowKind.GO:
            self.action_go()
        else:
            self.action_change()

    def action_go(self) -> None:
        """Import, or take what is suggested; after the import, choose another file."""
        if self.outcome is not None:
            self.actions.another()
            return
        if self.work is not None:
            return
        suggested = self.form.preview.suggested_request
        had_trouble = bool(self.form.trouble)
        self.form = replace(self.form, trouble="")
        if had_trouble and not self.form.is_current:
            self._read()
            self.refresh_page()
        elif not self.form.is_current:
            self._say("still reading")
        elif self.form.preview.refusal is None:
            self._message = Content("")
            self.work = self.actions.begin(self.form.request, self._tell)
            self.page.scroll_home(animate=False)
            self.refresh_page()
        elif suggested is not None:
            self._change_to(suggested)
        else:
            self._say("not imported: see why, and change what is below")

    def _say(self, words: str) -> None:
        self._message = Content.styled(words, DOUBT)
        self.refresh_page()

    def _change_to(self, request: ImportRequest) -> None:
        """Take another choice, and preview it."""
        if request != self.form.request:
            self._earlier.append(self.form.request)
            self._show_request(request)

    def _show_request(self, request: ImportRequest) -> None:
        self._message = Content("")
        self.form = Form(request, self.form.preview)
        self._read()
        self.refresh_page()

    def action_undo(self) -> None:
        """Take the last change back."""
        if self._earlier and self.work is None:
            self._show_request(self._earlier.pop())

    def action_cycle(self, step: int) -> None:
        """Take the row under the cursor for the next thing, or the one before."""
        if self.work is not None:
            return
        request = self.form.cycled(self.row, step)
        if request is not None:
            self._change_to(request)

    def action_change(self) -> None:
        """Choose a field for the column under the cursor from a list, or type what the row is to be."""
        row = self.row
        if self.work is not None or row.kind is RowKind.GO:
            return
        if row.kind is RowKind.COLUMN:
            self._choose_field(row.column)
        elif row.kind in (RowKind.BAD_ROWS, RowKind.WORD):
            self.action_cycle(1)
        else:
            self._ask(row.kind)

    def _ask(self, kind: RowKind) -> None:
        question = _QUESTIONS[kind]
        now = {
            RowKind.SET: self.form.set_name,
            RowKind.CANDIDATE: self.form.sides[0],
            RowKind.BASELINE: self.form.sides[1],
            RowKind.ENCODING: self.form.request.encoding,
        }[kind]

        def take(text: str | None) -> None:
            if text is not None and text != safe_text.safe_line(now or ""):
                self._change_to(self.form.with_text(kind, text))

        self.app.push_screen(AskScreen(Question(question.title, question.explanation, now or "")), take)

    def _choose_field(self, name: str) -> None:
        from uphold_tui.dialogs.commands import Command, CommandScreen

        column = self.form.column(name)
        now = self.form.choice(column)
        choices = self.form.choices(column)
        # What it is taken for now comes first, so that enter alone changes nothing, and "not used" last.
        order = sorted(range(len(choices)), key=lambda at: (choices[at] != now, choices[at].field is None))
        commands = [Command(_choice_words(choices[at], now), str(at)) for at in order]
        other = Command("answers of a system with another name …", str(len(choices)))

        def take(at: str | None) -> None:
            if at is None:
                return
            if int(at) < len(choices):
                self._change_to(self.form.with_choice(name, choices[int(at)]))
            else:
                self._ask_system(name)

        hint = f"what {safe_text.safe_line(name)[:40]} is"
        self.app.push_screen(CommandScreen([*commands[:2], other, *commands[2:]], hint), take)

    def _ask_system(self, column: str) -> None:
        def take(system: str | None) -> None:
            if system:
                self._change_to(self.form.with_choice(column, ColumnChoice("response", system)))

        self.app.push_screen(AskScreen(Question("Whose answers are these", "the name of a system", column)), take)

    def action_move(self, step: int) -> None:
        """Move the cursor over the rows."""
        self._go(self.cursor + step)

    def action_ends(self, end: bool) -> None:
        """Go to the first row or the last."""
        self._go(len(self.form.rows) - 1 if end else 0)

    def _go(self, index: int) -> None:
        if self.work is not None:
            self.action_page(1 if index > self.cursor else -1)
            return
        self.cursor = min(max(index, 0), len(self.form.rows) - 1)
        self._message = Content("")
        self.refresh_page()
        lines = [line for line, row in enumerate(self._rows) if row.at == self.cursor]
        top = 0 if self.cursor == 0 else lines[0]
        self.page.scroll_to_region(Region(0, top, 1, lines[-1] - top + 1), animate=False, immediate=True)

    def _go_to(self, row: FormRow) -> None:
        """Put the cursor on a row, or where it was if that is gone."""
        rows = self.form.rows
        self.cursor = rows.index(row) if row in rows else min(self.cursor, len(rows) - 1)

    def action_page(self, pages: float) -> None:
        """Scroll by pages."""
        step = page_step(pages, self.page.size.height - 1)
        self.page.scroll_to(y=self.page.scroll_offset.y + step, animate=False, immediate=True)

    def on_click(self, event: Click) -> None:
        """Put the cursor on the row clicked; a click on the one under the cursor does what enter does."""
        if self.work is not None or not self.page.region.contains(event.screen_x, event.screen_y):
            return
        line = event.screen_y - self.list.region.y
        at = self._rows[line].at if 0 <= line < len(self._rows) else None
        if at is None:
            return
        if at == self.cursor:
            self.action_open()
        else:
            self._go(at)

    def action_judge(self) -> None:
        """Open the judging of what was imported."""
        self._lead_on(self.actions.judge)

    def _lead_on(self, action: Callable[[NextStep, str], None]) -> None:
        if self.outcome is None or not self._leads_on:
            return
        try:
            action(self.outcome.step, self.outcome.summary.set)
        except UpholdError as error:
            self._message = safe_text.line(str(error), DOUBT)
            self.refresh_page()

    def action_press(self, key_id: str) -> None:
        """Do what a key does, after a click on its name."""
        if key_id in self.table:
            self.call_next(self.run_action, self.table[key_id].action)

    def action_help(self) -> None:
        """Show the keys of this screen."""
        from uphold_tui.dialogs.help import HelpScreen

        self.app.push_screen(HelpScreen("Keys of an import", tuple(self.table.values())))

    def action_command(self) -> None:
        """Offer all commands by name."""
        from uphold_tui.dialogs.commands import open_palette

        open_palette(self, self.table.values())

    def action_stop(self) -> None:
        """Stop the import; where none goes on, go back."""
        if self.is_importing and self.work is not None:
            self.work.stop()
            self.refresh_page()
        else:
            self.action_back()

    def action_back(self) -> None:
        """Go back: to choosing a file, or, after the import, to where that was opened from."""
        if self.is_importing:
            self._say("it goes on: esc stops it, and nothing is written then")
        elif self.outcome is not None:
            self.actions.close()
        else:
            self.actions.another()
