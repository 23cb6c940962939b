"""A dialog that hands runs on: in which form, and into which file."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from textual.app import App
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from uphold.errors import UpholdError
from uphold.formatting import count_noun
from uphold.records.runs import Run
from uphold.workflows.handing_on import HandOnForm, HandOnRequest, form_named, forms_for, free_file
from uphold_tui import safe_text
from uphold_tui.dialogs.overlay import Overlay, key_row
from uphold_tui.keys import Key, bindings
from uphold_tui.themes import BOLD, DOUBT, MUTED, TINT
from uphold_tui.widgets.rows import Field

_KEYS = (
    Key("hand_on.next", ("down", "tab"), "move(1)", "other form"),
    Key("hand_on.previous", ("up", "shift+tab"), "move(-1)", "other form"),
    Key("hand_on.close", ("escape",), "close", "leave it"),
)

_KEY_ROW = (("enter", "write it"), ("↓ ↑", "other form"), ("esc", "leave it"))


class HandsOn(Protocol):
    """What a screen has that hands runs on: a row for messages."""

    @property
    def app(self) -> App[Any]:
        """The app."""

    def show_message(self, message: Content) -> None:
        """Show a message."""

    def run_worker(self, work: Coroutine[Any, Any, None], *, exclusive: bool, group: str) -> object:
        """Run a worker of the screen."""


def offer_to_hand_on(
    screen: HandsOn, runs: Sequence[Run], judge: str | None, write: Callable[[HandOnRequest], str]
) -> None:
    """Ask for a form and a file, have `write` write it in a thread, and show on the screen what was written where."""

    async def handed_on(request: HandOnRequest) -> None:
        screen.show_message(Content.styled("writing …", MUTED))
        try:
            written = await asyncio.to_thread(write, request)
        except UpholdError as error:
            screen.show_message(safe_text.line(str(error), DOUBT))
            return
        screen.show_message(Content.assemble((f"{written}: ", MUTED), safe_text.line(str(request.path))))

    def answered(request: HandOnRequest | None) -> None:
        if request is not None:
            screen.run_worker(handed_on(request), exclusive=True, group="hand_on")

    screen.app.push_screen(HandOnScreen(runs, judge), answered)


class HandOnScreen(Overlay[HandOnRequest | None], inherit_bindings=False):
    """Asks for a form and a file; returns None where it was left. An existing file is replaced only at a second enter."""

    AUTO_FOCUS = "Field"
    BINDINGS = bindings(_KEYS, first=True)

    def __init__(self, runs: Sequence[Run], judge: str | None = None) -> None:
        super().__init__()
        self.add_class("-form")
        self._runs, self._judge = tuple(runs), judge
        self._forms, self._at = forms_for(runs), 0
        self._offered = free_file(runs, self.form)
        self._to_replace = ""
        self.list = Static(markup=False)
        self.field = Field("a file", self._offered)
        self.message = Static(markup=False)

    @property
    def form(self) -> HandOnForm:
        """The form under the cursor."""
        return self._forms[self._at]

    def parts(self) -> Iterable[Widget]:
        runs = self._runs
        name = safe_text.line(runs[0].name, BOLD) if len(runs) == 1 else Content(count_noun(len(runs), "run"))
        yield Static(Content.assemble(("Hand on ", BOLD), name.stylize(BOLD)), markup=False)
        yield Static(" ", markup=False)
        yield self.list
        yield self.field
        yield self.message

    def fill(self) -> None:
        """Show the forms and the keys."""
        rows = []
        for place, form in enumerate(self._forms):
            here = place == self._at
            row = Content.assemble("> " if here else "  ", (form.words, BOLD if here else MUTED))
            rows.append(row.pad_right(max(self.text_width - row.cell_length, 0)).stylize(TINT) if here else row)
        self.list.update(Content("\n").join(rows))
        self.message.update(key_row(_KEY_ROW))

    def action_move(self, step: int) -> None:
        """Go to another form; a file name that was offered follows it."""
        self._at = (self._at + step) % len(self._forms)
        typed = self.field.value
        if typed in ("", safe_text.safe_line(self._offered)):
            self._offered = free_file(self._runs, self.form)
            self.field.value = safe_text.safe_line(self._offered)
            self.field.select_all()  # as at first: what is typed takes its place
        else:
            stem = typed.removesuffix(Path(typed).suffix)
            self.field.value = f"{stem}{self.form.ending}"
            self.field.cursor_position = len(self.field.value)
        self.fill()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the file; one that is there at the second time only."""
        event.stop()
        typed = self.field.value.strip()
        name = self._offered if typed == safe_text.safe_line(self._offered) else typed
        if not name:
            self._say("a file needs a name")
            return
        try:
            path = Path(name).expanduser().absolute()
            path = path if path.suffix else path.with_name(path.name + self.form.ending)
            exists = path.exists()
        except (OSError, RuntimeError, ValueError):
            self._say("this can be no file here; name another one")
            return
        form = form_named(self._forms, self.form, path)
        if exists and self._to_replace != str(path):
            self._to_replace = str(path)
            self._say("is there already: enter again replaces it")
            return
        self.dismiss(HandOnRequest(self._runs, form, path, exists, self._judge))

    def _say(self, words: str) -> None:
        self.message.update(Content.assemble((words, DOUBT), "\n\n", key_row(_KEY_ROW)))
