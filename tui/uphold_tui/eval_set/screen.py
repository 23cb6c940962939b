"""The eval set: its examples in a list, the fields of one of them beside it, and what may be wrong below."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from textual.app import ComposeResult
from textual.content import Content
from textual.events import Key as KeyEvent
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Input

from uphold.errors import UpholdError
from uphold.formatting import count, count_noun
from uphold.records.example_list import ExampleFilter, ExampleOrder
from uphold.records.sets import (
    ExampleEdit,
    ExampleRow,
    ExampleStatus,
    next_key,
)
from uphold.records.texts import cell_text
from uphold.workflows.curating import SetEditor, answering_systems, answers_to
from uphold_tui import keys, safe_text
from uphold_tui.app_options import AppOptions
from uphold_tui.attempt import PatientActs
from uphold_tui.clipboard import copy_text
from uphold_tui.eval_set.acts import Done, ExampleActs, describe
from uphold_tui.eval_set.checking import SetHealth
from uphold_tui.eval_set.editing import Writing, values_of
from uphold_tui.eval_set.fields import FieldsForm, FieldValues
from uphold_tui.eval_set.health import FILTERS, HealthPanel
from uphold_tui.eval_set.loader import ExampleLoader
from uphold_tui.eval_set.page import PageParts, SetPage
from uphold_tui.eval_set.rows import offered_filters
from uphold_tui.eval_set.state import SetActions, SetScreenState, remembered_order
from uphold_tui.eval_set.writing import ExampleWriter, WritingActions
from uphold_tui.place import Place
from uphold_tui.themes import DOUBT, MUTED
from uphold_tui.widgets.movement import CountPrefix, page_step
from uphold_tui.widgets.quick_filters import next_filter
from uphold_tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from uphold.records.sets import SystemAnswer

Result = TypeVar("Result")

_ORDERS = list(ExampleOrder)

CHECKED_WHEN_OPENED = 200
"""Examples up to which a set is checked as soon as it is opened."""

_WHILE_WRITING = frozenset({"escape", "next", "add_turn", "leave_now"})
"""The actions that keys have while a field is written in; every other key is text."""

_HELP_NOTE = (
    "While you write in a field all keys are text: tab goes on to the next field, esc is done and saves. Everything can be "
    "taken back with u. Nothing is deleted: a retired example and an older text keep what was judged and decided."
)


class SetScreen(Screen[None]):
    """The examples of one eval set; bare keys act on the one under the cursor while no field is written in."""

    CSS_PATH = "eval_set.tcss"
    AUTO_FOCUS = ""
    BINDINGS = keys.bindings(keys.EVAL_SET)

    def __init__(
        self, editor: SetEditor, actions: SetActions, options: AppOptions, state: SetScreenState | None = None
    ) -> None:
        super().__init__()
        self.table = {key.id: key for key in keys.remapped(keys.EVAL_SET, options.keymap)}
        self.editor, self.actions, self.signs = editor, actions, options.signs
        self.acts = ExampleActs(editor)
        self.patient = PatientActs(self, editor.store, self.show_message)
        self.state = state if state is not None else SetScreenState(order=remembered_order(options.state))
        self._remembered = options.state
        self.loader = ExampleLoader(editor.store, editor.name, actions.hides)
        self.changed = False
        self._tags: list[str] = []
        self._went_to_review = False
        self._count = CountPrefix()
        self.form = FieldsForm("form")
        self.writer = ExampleWriter(
            editor, self.form, self.signs, WritingActions(self._do, self._end_writing, self.show_message)
        )
        self.health = SetHealth(HealthPanel("health", self.signs), self.loader, keys.label(self.table["set.check"]))
        self.page = SetPage(PageParts(self.state, self.loader, self.writer, self.health), self.table, self.signs)
        self.list, self.fields = self.page.list, self.page.fields

    def compose(self) -> ComposeResult:
        yield from self.page.compose()

    def on_mount(self) -> None:
        self.run_worker(self._read_first(), exclusive=True, group="read")

    def on_unmount(self) -> None:
        self.health.close()

    def on_screen_resume(self) -> None:
        if self._went_to_review:
            self._went_to_review = False
            self.call_after_refresh(self.read_again)

    def on_resize(self, event: Resize) -> None:
        width, height = event.size.width, event.size.height
        self.page.is_narrow = width < 100
        self.set_class(self.page.is_narrow, "-narrow")
        self.set_class(width >= 160, "-wide")
        self.set_class(height < 30, "-low")
        self.page.is_tiny = height < 16 or width < 60
        self.set_class(self.page.is_tiny, "-tiny")
        self.call_after_refresh(self.refresh_page)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a field is written in, only the keys that leave it do anything."""
        return self.writing is None or action in _WHILE_WRITING

    # reading

    async def _read_first(self) -> None:
        await self._read_apart()
        if 1 < len(self.loader.now.rows) <= CHECKED_WHEN_OPENED:
            await self._check_quietly()

    async def _check_quietly(self) -> None:
        """Check a small set as soon as it is shown, without a word."""
        with self._errors_told():
            if await self.health.check_quietly():
                self.list.refresh()
                self.page.refresh_filters()
                self.page.refresh_example()
                self.health.refresh()

    async def _read_apart(self) -> None:
        with self._errors_told():
            await self.loader.read_in_thread()
            self._show_read()

    def read_again(self) -> None:
        """Read the set again, after a change: on the spot where it is small, else in a thread."""
        self.health.is_check_old = True
        if not self.loader.is_small:
            self.run_worker(self._read_apart(), exclusive=True, group="read")
            return
        with self._errors_told():
            self.loader.read()
            self._show_read()

    def _show_read(self) -> None:
        self.state.marked &= {row.key for row in self.loader.now.rows}
        self.page.show_selected()
        self.refresh_page()

    # showing

    def refresh_page(self) -> None:
        """Show everything as it is now."""
        if self.loader.is_read:
            self.set_class(not self.loader.now.rows, "-none")
            self.set_class(not self.list.items, "-empty")
            self.set_class(self.writing is not None, "-writing")
        self.page.refresh()
        if self.loader.is_read:
            self.call_after_refresh(self.page.fit)  # what is shown and hidden changes the room for the list

    def show_message(self, message: Content) -> None:
        """Show a message at the right of the search field; where there is no room for it, in place of filters or keys."""
        self.page.show_message(message)

    def say(self, words: str) -> None:
        """Show a message of our own words."""
        self.show_message(Content.styled(words, MUTED))

    @property
    def selected(self) -> ExampleRow | None:
        """The example under the cursor."""
        return self.list.selected

    # the cursor

    def on_row_list_moved(self, message: RowList.Moved) -> None:
        """Show the example under the cursor."""
        example = self.selected
        if example is not None and message.by_user:
            self.state.key = example.key
            self.page.drop_message()
        self.page.refresh_example()
        self.page.refresh_footer()

    async def on_row_list_opened(self) -> None:
        """Write in the example that was clicked."""
        await self.action_edit()

    async def on_fields_view_clicked(self) -> None:
        """Write in the example whose fields were clicked."""
        await self.action_edit()

    def on_key(self, event: KeyEvent) -> None:
        """Take the digits of a number before the key that it is for."""
        if self.focused is None and self._count.note_key(event):
            self.say(self._count.typed)

    def action_move(self, step: int) -> None:
        """Move the cursor down or up, in the list or over the lines of the health panel, by the number typed before."""
        step *= self._count.take() or 1
        if self.health.cursor is None:
            self.list.move(step)
        else:
            self.health.move(step)

    def action_page(self, pages: float) -> None:
        """Move the cursor by pages."""
        self.list.move(page_step(pages, self.list.page))

    def action_ends(self, end: bool) -> None:
        """Go to the first example or the last; to the row whose number was typed before."""
        number = self._count.take() or (len(self.list.items) if end else 1)
        self.list.go(number - 1)

    # filters, order, search

    def action_next(self, step: int) -> None:
        """Choose the next quick filter that leaves something, or the previous one; while writing, go to the next field."""
        if self.writing is not None:
            self.form.go(step)
        elif not self.page.is_finding:
            only = next_filter(offered_filters(self.loader.now.counts, self.state.only), self.state.only, step)
            self._narrow(only=only)

    def action_quick_filter(self, name: str) -> None:
        """Choose a quick filter by its name."""
        if self.writing is None:
            self._narrow(only=ExampleFilter[name])

    def _narrow(self, only: ExampleFilter, typed: str | None = None) -> None:
        self.state.only, self.state.only_keys, self.state.only_words = only, None, ""
        if typed is not None:
            self.state.typed = typed
        self.health.cursor, self.page.message = None, Content("")
        self.page.show_selected()
        self.refresh_page()

    def action_order(self) -> None:
        """Choose the next order."""
        self.state.order = _ORDERS[(_ORDERS.index(self.state.order) + 1) % len(_ORDERS)]
        self._remembered.example_order = self.state.order.name
        self.page.show_selected()
        self.refresh_page()

    def action_filter(self) -> None:
        """Show only the examples with a tag, besides the quick filter; the tag that is chosen is taken off."""
        from uphold_tui.dialogs.commands import Command, run_chosen_command

        counted = Counter(tag for example in self.loader.now.rows for tag in example.tags)
        self._tags = sorted(counted)
        commands = [
            Command(f"tag {safe_text.safe_line(tag)}", f"only_tag({index})", (count(counted[tag]),))
            for index, tag in enumerate(self._tags)
        ]
        run_chosen_command(self, commands, "only examples with the tag …")

    def action_only_tag(self, index: int) -> None:
        """Show only the examples with a tag that was offered, or all again."""
        tag = self._tags[index]
        self.state.tag = None if self.state.tag == tag else tag
        self.page.show_selected()
        self.refresh_page()

    def action_find(self) -> None:
        """Go to the search field."""
        if self.loader.now.rows:
            self.page.is_finding = True
            self.set_focus(self.page.find_field)
            self.page.refresh_footer()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Search for what was typed."""
        if self.page.is_finding:
            self._leave_find_field()
            self._narrow(self.state.only, event.value.strip())

    def _leave_find_field(self) -> None:
        self.page.is_finding = False
        self.set_focus(None)

    def action_escape(self) -> None:
        """Be done with writing, else leave the search field or the health panel, else show all examples again."""
        if self.writing is not None:
            self._try(self.writer.finish)
        elif self.page.is_finding:
            self.page.find_field.value = safe_text.safe_line(self.state.typed)
            self._leave_find_field()
            self.page.refresh_footer()
        elif self.health.is_checking:
            self._stop_check()
        elif self.health.cursor is not None:
            self.health.cursor = None
            self.health.refresh()
            self.page.refresh_footer()
        elif self.state.is_narrowed:
            self.page.find_field.value, self.state.tag = "", None
            self._narrow(ExampleFilter.ALL, "")

    # writing

    @property
    def writing(self) -> Writing | None:
        """What is being written in the form; None where nothing is."""
        return self.writer.now

    async def action_edit(self, focus: str = "") -> None:
        """Write in the fields of the example under the cursor; on a line of the health panel, go to its examples."""
        if self.health.cursor is not None:
            self._go_to_line(self.health.cursor)
            return
        example = self.selected
        if example is None or self.writing is not None:
            return
        if example.forgotten:
            self.say("its texts were blanked for good: there is nothing to write in")
            return
        values = values_of(example)
        several = len(values.turns) > 1 and focus == "reference"
        await self._begin(Writing(example.key, values), "reference 1" if several else focus)

    async def action_new(self) -> None:
        """Write a new example."""
        key = next_key(row.key for row in sorted(self.loader.now.rows, key=lambda row: row.id))
        await self._begin(Writing(None, FieldValues(key=key)), "")

    async def _begin(self, writing: Writing, focus: str) -> None:
        self.writer.now, self.page.message = writing, Content("")
        self.health.cursor = None
        self.refresh_page()
        room = self.fields.size or self.app.size - (2, 5)  # a narrow screen has no fields beside the list
        await self.writer.show_form(room, focus)

    async def action_add_turn(self) -> None:
        """Add an empty turn to the example that is written."""
        if self.writing is not None:
            await self.form.add_turn()

    def on_fields_form_done(self) -> None:
        """Enter in a field of one line: done."""
        self._try(self.writer.finish)

    def unsaved_words(self) -> str | None:
        """Return what is not saved yet, in words: being written, or waiting for another program; None where all is."""
        waits = self.patient.is_waiting
        words = f"the last act on the set {safe_text.safe_line(self.editor.name)}, which waits for another program"
        return self.writer.unsaved_words() or (words if waits else None)

    def _end_writing(self, words: str) -> None:
        self.writer.now = None
        self.set_focus(None)
        self.say(words)
        self.refresh_page()

    def _do(self, act: Callable[[], Done | None]) -> None:
        """Do something to the set, say what was done, and read the set again.

        Where it cannot be done say why; what is being written stays. Where another program is writing it is done after that.
        """
        self.patient.do(act, self._show_done)

    def _show_done(self, done: Done | None) -> None:
        if done is None:
            return
        self.changed = True
        self.state.marked.clear()
        if done.key is not None and done.show_all:
            self.state.show_all()
        self.state.key = done.key or self.state.key
        self._end_writing(done.words)
        self.read_again()

    def _try(self, act: Callable[[], Result]) -> Result | None:
        """Do something with the set; where that cannot be done say why, and return None."""
        with self._errors_told():
            return act()
        return None

    @contextmanager
    def _errors_told(self) -> Iterator[None]:
        """Where something cannot be done say why, and leave it at that."""
        try:
            yield
        except UpholdError as error:
            self.show_message(safe_text.line(str(error), DOUBT))

    def _ask(self, dialog: Screen[Result | None], act: Callable[[Result], Done]) -> None:
        """Show a dialog and do what was chosen in it; nothing where it was left."""

        def answered(answer: Result | None) -> None:
            if answer is not None:
                self._do(lambda: act(answer))

        self.app.push_screen(dialog, answered)

    def action_editor(self) -> None:
        """Open the whole example in the editor of the environment, and save what comes back; where that is stale, ask first."""
        example = self.selected
        if example is None or example.forgotten:
            return
        self._try(lambda: self.writer.write_in_editor(example))

    # acts on the example under the cursor, or on the marked ones

    @property
    def targets(self) -> list[str]:
        """The keys of the marked examples, else that of the one under the cursor."""
        if self.state.marked:
            return [row.key for row in self.loader.now.rows if row.key in self.state.marked]
        return [self.selected.key] if self.selected is not None else []

    def action_mark(self) -> None:
        """Mark or unmark the example under the cursor, and move on."""
        if self.selected is not None:
            self.state.marked ^= {self.selected.key}
            self.list.refresh()
            self.list.move(1)
            self.page.refresh_filters()

    def action_tags(self) -> None:
        """Set and take tags."""
        targets = self.targets
        if not targets:
            return
        from uphold_tui.eval_set.tags import TagsScreen

        tags = [found.tags for key in targets if (found := self.loader.find(key)) is not None]
        self._ask(TagsScreen(describe(targets), self.loader.tags(), tags), partial(self.acts.tag, targets))

    def action_retire(self) -> None:
        """Ask for a reason, and retire."""
        targets = [key for key in self.targets if self.loader.now.is_standing(key)]
        if not targets:
            self.say(f"it is retired already; {keys.label(self.table['set.activate'])} restores it")
            return
        stale = self._try(lambda: self.editor.preview_retire(targets))
        if stale is None:
            return
        from uphold_tui.dialogs.ask import AskScreen
        from uphold_tui.eval_set import questions

        self._ask(AskScreen(questions.retire(targets, stale)), partial(self.acts.retire, targets))

    def action_activate(self) -> None:
        """Restore retired examples, and make drafts active."""
        found = [one for key in self.targets if (one := self.loader.find(key)) is not None]
        if found and all(one.status is ExampleStatus.ACTIVE for one in found):
            self.say("it is active already")
        elif found:
            self._do(lambda: self.acts.activate(found))

    def action_draft(self) -> None:
        """Make examples drafts."""
        targets = [key for key in self.targets if self.loader.now.is_standing(key)]
        if targets:
            self._do(lambda: self.acts.make_draft(targets))

    def action_duplicate(self) -> None:
        """Add a draft with the text of the example under the cursor, and go to it."""
        example = self.selected
        if example is not None:
            self._do(lambda: self.acts.duplicate(example.key))

    def action_undo(self) -> None:
        """Take back the reviewer's last act on the set, also one from before a restart."""
        self._do(self.acts.undo)

    def action_copy(self) -> None:
        """Copy the key of the example under the cursor."""
        if self.selected is not None:
            key = safe_text.safe_line(self.selected.key)
            copy_text(self.app, key, key, self.say)

    def action_answers(self) -> None:
        """Show what the systems answered; one key makes an answer the reference."""
        example = self.selected
        if example is None:
            return
        if self.actions.hides(example.key):
            self.say("a pair of it is under review: the answers come after your decision")
            return
        answers = self._try(lambda: answers_to(self.editor.store, self.loader.set_name, example.key))
        if answers is None:
            return
        from uphold_tui.eval_set.answers import SystemAnswersScreen

        def take(answer: "SystemAnswer | None") -> None:
            if answer is not None:
                edit = ExampleEdit(references=tuple(map(cell_text, answer.cells)))
                take_it = partial(self.acts.take_reference, example.key, answer)
                self._try(lambda: self.writer.ask_if_stale(example.key, edit, take_it))

        self.app.push_screen(SystemAnswersScreen(example.key, answers, example.text.references), take)

    # the set as a whole

    def action_texts(self) -> None:
        """Write purpose and guidelines."""
        overview = self.loader.now.overview
        if overview is None:
            return
        from uphold_tui.dialogs.set_forms import SetTexts, SetTextsScreen

        before = SetTexts(overview.purpose or "", overview.guidelines or "")

        self._ask(SetTextsScreen(overview.name, before), partial(self.acts.write_texts, before))

    def action_systems(self) -> None:
        """Show which system lacks how many answers; two of them make a run."""
        systems = self._try(lambda: answering_systems(self.editor.store, self.loader.set_name))
        overview = self.loader.now.overview
        if systems is None or overview is None:
            return
        if self.actions.review is None:
            self.say("a run is under review: q goes back to it")
            return
        from uphold_tui.eval_set.systems import SystemsScreen, TwoSystems, with_references

        def make(two: TwoSystems | None) -> None:
            review = self.actions.review
            if two is not None and review is not None:
                self._went_to_review = True
                self._try(lambda: review(two.candidate, two.baseline))

        offered = with_references(systems, self.loader.now.rows)
        self.app.push_screen(SystemsScreen(overview.name, offered, overview.baseline), make)

    def action_proposals(self) -> None:
        """Open the proposals of the set."""
        if self.actions.proposals is not None:
            self._open(self.actions.proposals)

    def action_versions(self) -> None:
        """Open the versions of the set."""
        if self.actions.versions is not None:
            self._open(self.actions.versions)

    def _open(self, screen: Callable[[Callable[[str], None]], None]) -> None:
        self._stop_check()
        self._try(lambda: screen(self._came_back))

    def _came_back(self, words: str) -> None:
        """Another screen of the set was left, and may have changed it."""
        self.say(words)
        self.read_again()

    # health

    def action_health(self) -> None:
        """Move the cursor to the lines of the health panel, or back to the list."""
        if self.health.cursor is None and not self.loader.now.lines:
            self.say("nothing found; " + keys.label(self.table["set.check"]) + " checks for likeness and leaks too")
            return
        self.health.cursor = 0 if self.health.cursor is None else None
        self.health.refresh()
        self.page.refresh_footer()

    def on_health_panel_chosen(self, message: HealthPanel.Chosen) -> None:
        """Go to the examples of the line that was clicked."""
        if self.writing is None:
            self._go_to_line(message.index)

    def _go_to_line(self, index: int) -> None:
        """Show the examples of a line of the health panel."""
        line = self.loader.now.lines[index]
        if line.kind in FILTERS:
            self._narrow(FILTERS[line.kind], "")
            return
        self._narrow(ExampleFilter.ALL, "")
        self.state.only_keys, self.state.only_words = frozenset(line.keys), line.words
        self.page.show_selected()
        self.refresh_page()

    def action_alike(self) -> None:
        """Show two examples that are alike side by side: those of the example under the cursor first."""
        example = self.selected
        twos = self.loader.twos(example)
        if not twos:
            check = keys.label(self.table["set.check"])
            words = (
                "no two examples are alike"
                if self.loader.findings is not None
                else f"no two are the same; {check} finds those nearly so"
            )
            self.say(words)
            return
        from uphold_tui.eval_set.side_by_side import AlikeScreen

        self._ask(AlikeScreen(twos, self.signs), self.acts.keep_one)

    def action_check(self) -> None:
        """Ask for a training file, and check the set; esc stops it."""
        from uphold_tui.dialogs.ask import AskScreen
        from uphold_tui.eval_set.questions import CHECK

        def check(name: str | None) -> None:
            if name is not None:
                against = (Path(name).expanduser(),) if name else ()
                self.run_worker(self._check(against), exclusive=True, group="check")

        self.app.push_screen(AskScreen(CHECK), check)

    async def _check(self, against: Sequence[Path]) -> None:
        self._stop_check()
        with self._errors_told():
            found = await self.health.check(against)
            if found is not None:
                effective = count_noun(found.effective, "different example")
                self.say(f"checked: {effective}, {count_noun(len(found.findings), 'finding')}")
                self.page.show_selected()
        self.refresh_page()

    def _stop_check(self) -> None:
        """Stop the check."""
        if self.health.stop():
            self.say("the check is stopped")
            self.health.refresh()

    # other screens

    def action_press(self, key_id: str) -> None:
        """Do what a key does, after a click on its name."""
        if key_id in self.table:
            self.call_next(self.run_action, self.table[key_id].action)

    def action_help(self) -> None:
        """Show the keys of this screen."""
        from uphold_tui.dialogs.help import HelpScreen

        self.app.push_screen(HelpScreen("Keys in an eval set", tuple(self.table.values()), _HELP_NOTE))

    @property
    def place(self) -> Place:
        """What commands without a name mean here."""
        return Place(self.editor.name)

    def action_command(self) -> None:
        """Offer all commands by name."""
        from uphold_tui.dialogs.commands import open_palette

        open_palette(self, self.table.values())

    def action_back(self) -> None:
        """Close the set, once nothing waits to be written; where it was changed here, a version is cut."""
        if self.patient.is_waiting:
            self.patient.say_waiting()
        else:
            self.actions.leave(self.finish())

    def finish(self) -> bool:
        """Stop what goes on here; whether the set was changed, so that a version is to be cut."""
        self._stop_check()
        return self.changed

    @property
    def set_editor(self) -> SetEditor:
        """What changes the set."""
        return self.editor
