"""A dialog that asks for a new checkpoint: its name, and where its answers come from."""

from collections.abc import Iterable
from dataclasses import dataclass

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from uphold_tui import safe_text
from uphold_tui.dialogs.overlay import Overlay, key_row
from uphold_tui.keys import Key, bindings
from uphold_tui.themes import BOLD, DOUBT, MUTED
from uphold_tui.widgets.rows import Field

_KEYS = (
    Key("checkpoint_form.next", ("tab", "down", "up", "shift+tab"), "other_field", "other field"),
    Key("checkpoint_form.close", ("escape",), "close", "leave it"),
)


@dataclass(frozen=True, slots=True)
class NamedCheckpoint:
    """The name of a checkpoint, and a file with its answers or an endpoint; nothing: what is there, or the project's."""

    system: str
    source: str


class CheckpointForm(Overlay[NamedCheckpoint | None], inherit_bindings=False):
    """Asks for a new checkpoint of a set; returns None where it was left."""

    AUTO_FOCUS = "#system"
    BINDINGS = bindings(_KEYS, first=True)

    def __init__(self, set_name: str, endpoint: str | None) -> None:
        super().__init__()
        self.add_class("-form")
        self._set = set_name
        default = f"nothing: {safe_text.safe_line(endpoint)}" if endpoint else "nothing: those that are there"
        self.system_field = Field("its name: lora-r64", name="system")
        self.source_field = Field(f"a file with its answers, or openai:MODEL; {default}", name="source")
        self.message = Static(markup=False)

    def parts(self) -> Iterable[Widget]:
        title = Content.assemble(("A new checkpoint on ", BOLD), safe_text.line(self._set, BOLD))
        yield Static(Content.assemble(title, ("   its answers, judging, what changed", MUTED)), markup=False)
        yield self.system_field
        yield self.source_field
        yield self.message

    def fill(self) -> None:
        """Show the keys."""
        self.message.update(key_row((("enter", "run it"), ("tab", "other field"), ("esc", "leave it"))))

    def action_other_field(self) -> None:
        """Go to the other field."""
        (self.source_field if self.system_field.has_focus else self.system_field).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """From the name go on to the answers; from there run it."""
        event.stop()
        system = self.system_field.value.strip()
        if not system:
            self.message.update(Content.styled("a checkpoint needs a name", DOUBT))
            self.system_field.focus()
        elif self.system_field.has_focus:
            self.fill()
            self.source_field.focus()
        else:
            self.dismiss(NamedCheckpoint(system, self.source_field.value.strip()))
