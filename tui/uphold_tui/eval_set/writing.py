"""An example while it is written, in the form or in an editor: what was changed is saved, after a question where it must be."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from textual.app import SuspendNotSupported
from textual.content import Content
from textual.geometry import Size

from uphold.errors import UpholdError
from uphold.formats.example_document import example_document
from uphold.records.sets import ExampleEdit, ExampleRow
from uphold.workflows.curating import SetEditor, find_one
from uphold_tui import safe_text
from uphold_tui.editor import edit_text, keep_text
from uphold_tui.eval_set.acts import Done, ExampleActs
from uphold_tui.eval_set.editing import FieldChange, Writing, change_from, change_of, new_example, values_of
from uphold_tui.eval_set.fields import FieldsForm
from uphold_tui.themes import DOUBT, MUTED, Signs


@dataclass(frozen=True, slots=True)
class WritingActions:
    """Callbacks into the screen of the set.

    `do` does something to the set and reads it again; `ended` is told, in words, why nothing is written any more; `tell`
    shows a message.
    """

    do: Callable[[Callable[[], Done]], None]
    ended: Callable[[str], None]
    tell: Callable[[Content], None]


class ExampleWriter:
    """Writes the examples of one set; `now` is what is being written in the form, None where nothing is.

    Methods that read the set raise BadUsage and BadFile, with nothing changed, as `SetEditor` does.
    """

    def __init__(self, editor: SetEditor, form: FieldsForm, signs: Signs, actions: WritingActions) -> None:
        self.now: Writing | None = None
        self._editor, self._set_name, self._acts = editor, editor.name, ExampleActs(editor)
        self.form, self._signs, self._actions = form, signs, actions

    async def show_form(self, room: Size, focus: str) -> None:
        """Show what is being written in the form, which has so much room; the cursor in the field named `focus`."""
        if self.now is not None:
            await self.form.begin(self.now.before, room, with_key=self.now.key is None, focus=focus)

    def finish(self) -> None:
        """Save what was written in the form; where that makes something stale, ask first."""
        writing = self.now
        if writing is None:
            return
        after = self.form.values
        if writing.key is not None:
            change = change_of(writing.before, after)
            if change:
                self._save(writing.key, change)
            else:
                self._actions.ended("nothing changed")
            return
        new = new_example(after)
        if new is None:
            self._actions.ended("nothing written: no example added")
        else:
            self._actions.do(lambda: self._acts.add(new))

    def unsaved_words(self) -> str | None:
        """Return what is being written and not saved yet, in words; None where nothing is."""
        writing = self.now
        if writing is None or self.form.values == writing.before:
            return None
        what = "a new example" if writing.key is None else f"the change of {safe_text.safe_line(writing.key)}"
        return f"{what} in the set {safe_text.safe_line(self._set_name)}, which was still being written"

    def write_in_editor(self, example: ExampleRow) -> None:
        """Hand the terminal to the editor of the environment with the whole example; save what comes back, as `finish` does."""
        document = example_document(find_one(self._editor.store, self._set_name, example.key), self._set_name)
        try:
            with self.form.app.suspend():
                text = edit_text(document.text, kept_for="what you wrote")
        except SuspendNotSupported:
            self._say("this terminal cannot be handed to an editor")
            return
        try:
            change = change_from(values_of(example), document.parse(text))
        except UpholdError as error:
            kept = safe_text.safe_line(str(keep_text(text)))
            self._actions.tell(Content.assemble(safe_text.line(str(error), DOUBT), f"; what you wrote is in {kept}"))
            return
        if change:
            self._save(example.key, change)
        else:
            self._say("nothing changed")

    def _say(self, words: str) -> None:
        self._actions.tell(Content.styled(words, MUTED))

    def _save(self, key: str, change: FieldChange) -> None:
        self.ask_if_stale(key, change.whole, partial(self._acts.save, key, change))

    def ask_if_stale(self, key: str, edit: ExampleEdit, save: Callable[[], Done]) -> None:
        """Save at once where nothing becomes stale, else ask."""
        from uphold_tui.eval_set.stale import Answer, StaleScreen

        def answered(answer: Answer | None) -> None:
            if answer is Answer.SAVE:
                self._actions.do(save)
            elif answer is Answer.LEAVE:
                self._actions.ended("left as it was")

        stale = self._editor.preview_edit(key, edit)
        if stale:
            self.form.app.push_screen(StaleScreen(key, stale, self._signs), answered)
        else:
            self._actions.do(save)
