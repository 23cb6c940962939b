"""Proposals of a set, one log a key: taken or left out, beside the nearest example and what the set lacks."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Static

from uphold.errors import UpholdError
from uphold.formatting import count_noun
from uphold.records.proposals import ProposalState, ProposeProgress
from uphold.records.reviews import ReviewProgress
from uphold.records.texts import ExampleText
from uphold.workflows.curating import SetEditor
from uphold.workflows.proposal_session import ProposalItem, ProposalSession
from uphold_tui import keys, safe_text
from uphold_tui.app_options import AppOptions
from uphold_tui.attempt import attempt
from uphold_tui.clipboard import copy_text
from uphold_tui.eval_set.editing import change_of, new_example
from uphold_tui.eval_set.fields import FieldsForm, FieldValues
from uphold_tui.eval_set.proposals import text
from uphold_tui.eval_set.proposals.coverage_panel import CoveragePanel, CoverageState
from uphold_tui.eval_set.proposals.pool_form import PoolFields, PoolScreen
from uphold_tui.eval_set.proposals.propose_run import ProposeRun, progress_words, proposed_words
from uphold_tui.place import Place
from uphold_tui.themes import BOLD, DOUBT, MUTED
from uphold_tui.widgets.header import ProgressLine
from uphold_tui.widgets.movement import page_step
from uphold_tui.widgets.rows import KeyFooter, SplitRow, entry, with_message
from uphold_tui.widgets.text_body import Margins, PreparedAnswer, TextBody

Result = TypeVar("Result")

_WHILE_WRITING = frozenset({"escape", "next", "leave_now"})
"""The actions that keys have while a field is written in; every other key is text."""

_HELP_NOTE = (
    "What is taken is a draft of the set at once, so that nothing is lost; it counts when you go back, and all of it is one "
    "new version. What was taken or left out is not proposed again. The logged answer is kept with the log and is no reference."
)


@dataclass(frozen=True, slots=True)
class ProposalsActions:
    """Callbacks of the screen into the app: `leave` closes it, with the keys of the examples that count now."""

    leave: Callable[[list[str]], None]


class ProposalsScreen(Screen[None]):
    """The proposals of one set that wait; nothing on the screen has focus unless a proposal is written in."""

    CSS_PATH = "proposals.tcss"
    AUTO_FOCUS = ""
    BINDINGS = keys.bindings(keys.PROPOSALS)

    def __init__(self, session: ProposalSession, actions: ProposalsActions, options: AppOptions) -> None:
        super().__init__()
        self.table = {key.id: key for key in keys.remapped(keys.PROPOSALS, options.keymap)}
        self.session, self.actions = session, actions
        self.look = text.ReadingLook(options.signs)
        self.message = Content("")
        self._writing: FieldValues | None = None
        self._run: ProposeRun | None = None
        self._is_receipt = False
        self.header = SplitRow("header")
        self.hair = ProgressLine("hair")
        self.facts = SplitRow("facts")
        self.left_title, self.right_title = SplitRow(classes="title"), SplitRow(classes="title")
        self.body, self.near_body = TextBody("body"), TextBody("near")
        self.form = FieldsForm("form")
        self.empty = Static(id="empty", markup=False)
        self.why = Static(id="why", markup=False)
        self.coverage = CoveragePanel("coverage")
        self.keys_row = SplitRow("keys")
        self.footer = KeyFooter("footer")

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.hair
        yield self.facts
        with Container(id="panes"):
            with Vertical(id="left", classes="pane"):
                yield self.left_title
                yield self.body
                yield self.form
            with Vertical(id="right", classes="pane"):
                yield self.right_title
                yield self.near_body
        yield self.empty
        yield self.why
        with Vertical(id="strip"):
            yield self.coverage
            yield self.keys_row
        yield self.footer

    def on_mount(self) -> None:
        if not self.session.items:
            self.call_after_refresh(self.action_propose)

    def on_unmount(self) -> None:
        """Let no thread go on reading for a screen that is gone."""
        if self._run is not None:
            self._run.stop()

    def on_resize(self, event: Resize) -> None:
        width, height = event.size.width, event.size.height
        self.set_class(width < 100, "-narrow")
        self.set_class(height < 30, "-low")
        self.set_class(height < 16 or width < 50, "-tiny")
        self.call_after_refresh(self.refresh_page)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a proposal is written in, only the keys that leave it do anything."""
        return self._writing is None or action in _WHILE_WRITING

    # showing

    def refresh_page(self) -> None:
        """Show everything as it is now."""
        session, item, tally = self.session, self.session.item, self.session.tally
        self.set_class(item is None, "-empty")
        self.set_class(self._writing is not None, "-writing")
        title = Content.assemble(safe_text.line(session.editor.name, BOLD), ("   proposals", MUTED))
        place = min(session.at + 1, tally.total)
        self.header.show(title, text.counts(place, tally.total, session.counts.active))
        self.hair.show(ReviewProgress(tally.total, tally.taken + tally.left))
        if item is None:
            self.empty.update(text.none_left(tally, self.table))
        else:
            self._show_item(item, place)
        taken = tuple(sorted(session.taken_by_tag().items()))
        self.coverage.show(CoverageState(session.counts, taken, item.tags if item is not None else (), tally))
        self._refresh_keys()

    def _show_item(self, item: ProposalItem, place: int) -> None:
        self.facts.show(*text.facts(item, place))
        narrow = self.has_class("-narrow")
        margins = Margins(0, 1, 1) if narrow else Margins(1, 2, 2)
        for made, title, body in (
            (text.proposed(item, self.look), self.left_title, self.body),
            (text.nearest(item, self.look), self.right_title, self.near_body),
        ):
            title.show(made.title, made.facts)
            body.show(PreparedAnswer(made.body, ""), margins, Content(""), self.look.signs.more)
        width = self.app.size.width - (2 if narrow else 6)
        self.why.update(text.why(item, width, 1 if narrow else 2))

    def _refresh_keys(self) -> None:
        table = {name.removeprefix("proposals."): key for name, key in self.table.items()}
        last = [entry(table["help"]), entry(table["back"])]
        item = self.session.item
        if self._writing is not None:
            self.keys_row.show(self.message)
            self.footer.show([[entry(table["escape"], "done: take it so"), entry(table["field"])]])
            return
        decide = [entry(table[name]) for name in ("take", "leave", "edit", "tags", "undo")]
        if item is None or not item.waits:
            decide = [entry(table["undo"])] if self.session.items else []
        gap = "  " if self.has_class("-narrow") else "    "
        room = self.keys_row.size.width
        self.keys_row.show(*with_message(Content(gap).join(decide), self.message, room, quiet=self._is_receipt))
        if self._run is not None:
            self.footer.show([[entry(table["escape"], "stop reading")], last])
            return
        move = [entry(table[name]) for name in ("next", "previous") if item is not None or name == "previous"]
        move = move if self.session.items else []
        read = [entry(table["unfold"], "fold" if self.look.unfolded else None), entry(table["plain"])] if item else []
        self.footer.show([move, read, [entry(table["propose"])], last])

    def show_message(self, message: Content) -> None:
        """Show a message at the right of the keys that decide; where there is no room beside them, in their place."""
        self.message, self._is_receipt = message, False
        self._refresh_keys()

    def _show_receipt(self, item: ProposalItem) -> None:
        """Show the next proposal, and what was done with the one before; the keys are not hidden for that."""
        is_wide = not self.has_class("-narrow")
        self.message, self._is_receipt = text.receipt(item, self.look.signs, with_tags=is_wide), True
        self.refresh_page()

    def _say(self, words: str) -> None:
        self.show_message(safe_text.line(words, MUTED))

    def _try(self, act: Callable[[], Result]) -> Result | None:
        """Do something; where that cannot be done say why, and return None."""
        return attempt(act, self.show_message)

    # deciding

    def action_take(self) -> None:
        """Take the proposal at hand, and go on."""
        self._decide(self.session.take)

    def action_leave(self) -> None:
        """Leave the proposal at hand out, and go on."""
        self._decide(self.session.leave)

    def _decide(self, act: Callable[[], ProposalItem | None]) -> None:
        item = self.session.item
        if item is not None and not item.waits:
            undo = keys.label(self.table["proposals.undo"])
            was = {ProposalState.TAKEN: "taken", ProposalState.LEFT: "left out"}.get(
                item.state, "answered by somebody else"
            )
            self._say(f"it is {was} already; {undo} takes back what you did last")
            return
        decided = self._try(act)
        if decided is not None:
            self._show_receipt(decided)
        elif item is not None:  # somebody else may have taken or left it
            why = self.message
            self._try(self.session.reload)
            self.refresh_page()
            self.show_message(why)

    def action_undo(self) -> None:
        """Take back what was taken or left out last."""
        undone = self._try(self.session.undo)
        if undone is not None:
            left = f"; {'; '.join(undone.left)}" if undone.left else ""
            self.refresh_page()
            self._say(f"taken back: {undone.act.what}{left}")

    def action_tags(self) -> None:
        """Set and take tags of the proposal at hand, before it is taken."""
        item = self.session.item
        if item is None or not item.waits:
            return
        from uphold_tui.eval_set.tags import TagChange, TagsScreen

        def change(tags: TagChange | None) -> None:
            if tags is not None:
                self.session.set_tags(tags.add, tags.remove)
                self.refresh_page()

        self.app.push_screen(TagsScreen("this proposal", self.session.tags(), [item.tags]), change)

    # writing

    async def action_edit(self) -> None:
        """Write in the proposal at hand."""
        item = self.session.item
        if item is None or not item.waits:
            return
        one = item.proposal.text
        references = tuple(reference or "" for reference in one.references)
        references += ("",) * (len(one.turns) - len(references))
        self._writing = FieldValues(item.proposal.key, one.turns, one.context or "", references, item.tags)
        self.message = Content("")
        room = self.body.size - (4, 1)
        self.refresh_page()
        await self.form.begin(self._writing, room)

    def action_next(self, step: int) -> None:
        """Go to the next field or the previous one."""
        if self._writing is not None:
            self.form.go(step)

    def on_fields_form_done(self) -> None:
        """Enter in a field of one line: done."""
        self._finish_writing()

    def action_escape(self) -> None:
        """Be done with writing, which takes the proposal; else stop reading a pool."""
        if self._writing is not None:
            self._finish_writing()
        elif self._run is not None:
            self._run.stop()

    def _finish_writing(self) -> None:
        """Take the proposal as it was written; where nothing was changed it still waits."""
        before = self._writing
        if before is None:
            return
        after = self.form.values
        if not change_of(before, after):
            self._end_writing()
            self._say("nothing changed: it waits as it was")
            return
        made = new_example(after)
        if made is None:
            self.show_message(Content.styled("nothing is asked: write an instruction", DOUBT))
            return
        taken = self._try(lambda: self._take_written(made.text, made.tags))
        if taken is not None:
            self._end_writing()
            self._show_receipt(taken)

    def _take_written(self, written: ExampleText, tags: tuple[str, ...]) -> ProposalItem | None:
        return self.session.take(written, tags)

    def _end_writing(self) -> None:
        self._writing = None
        self.set_focus(None)
        self.refresh_page()

    # moving and reading

    def action_go(self, step: int) -> None:
        """Go to the next proposal or the previous one."""
        if self.session.go(step):
            self.message = Content("")
            self.refresh_page()

    def action_scroll(self, rows: int) -> None:
        """Scroll both texts."""
        for body in (self.body, self.near_body):
            body.scroll_rows(body.top + rows)

    def action_page(self, pages: float) -> None:
        """Scroll both texts by pages."""
        self.action_scroll(page_step(pages, self.body.page))

    def on_text_body_selected(self, message: TextBody.Selected) -> None:
        """Copy what was selected with the mouse."""
        text = message.body.selected_text()
        copy_text(self.app, text, count_noun(len(text), "character"), self._say)

    def on_text_body_wheel(self, message: TextBody.Wheel) -> None:
        """Scroll the text under the mouse."""
        message.body.scroll_rows(message.body.top + message.lines)

    def action_read(self, how: str) -> None:
        """Unfold or fold what is around a proposal; mute shared words or not."""
        if how == "unfolded":
            self.look = replace(self.look, unfolded=not self.look.unfolded)
        else:
            self.look = replace(self.look, plain=not self.look.plain)
        self.refresh_page()

    # proposing

    def action_propose(self) -> None:
        """Ask for a pool, and propose from it."""
        if self._run is None:
            self._ask_for_pool(PoolFields())

    def _ask_for_pool(self, fields: PoolFields, problem: str = "") -> None:
        def begin(filled: PoolFields | None) -> None:
            if filled is not None:
                self.run_worker(self._propose(filled), exclusive=True, group="propose")

        self.app.push_screen(PoolScreen(self.session.editor.name, fields, problem), begin)

    async def _propose(self, fields: PoolFields) -> None:
        editor = self.session.editor
        run = self._run = ProposeRun(editor.store.path, editor.name, fields.request, editor.reviewer)
        self._say("reading the pool")
        self.refresh_page()
        made, problem = None, ""
        try:
            made = await run.run(self._tell)
        except UpholdError as error:
            problem = str(error)
        self._run = None
        self._try(self.session.reload)
        words = problem or (proposed_words(made) if made is not None else "stopped: nothing was proposed")
        self.refresh_page()
        self.show_message(safe_text.line(words, DOUBT if problem else MUTED))
        if problem and self.is_current:
            self._ask_for_pool(fields, problem)

    def _tell(self, progress: ProposeProgress) -> None:
        if self._run is not None:
            self._say(progress_words(progress))

    # other screens

    def action_press(self, key_id: str) -> None:
        """Do what a key does, after a click on its name."""
        if key_id in self.table:
            self.call_next(self.run_action, self.table[key_id].action)

    def action_help(self) -> None:
        """Show the keys of this screen."""
        from uphold_tui.dialogs.help import HelpScreen

        self.app.push_screen(HelpScreen("Keys for proposals", tuple(self.table.values()), _HELP_NOTE))

    @property
    def place(self) -> Place:
        """What commands without a name mean here."""
        return Place(self.session.editor.name)

    def action_command(self) -> None:
        """Offer all commands by name."""
        from uphold_tui.dialogs.commands import open_palette

        open_palette(self, self.table.values())

    def action_back(self) -> None:
        """Close the screen; what was taken counts from now on."""
        kept = self._finish()
        if kept is not None:
            self.actions.leave(kept)

    def _finish(self) -> list[str] | None:
        """Stop reading, and have what was taken count; return its keys, None where that could not be written."""
        if self._run is not None:
            self._run.stop()
        return self._try(self.session.finish)

    def finish(self) -> bool:
        """Do what closing the screen does; whether the set was changed."""
        return bool(self._finish())

    @property
    def set_editor(self) -> SetEditor:
        """What changes the set."""
        return self.session.editor
