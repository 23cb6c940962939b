"""The dialog that asks which pool to propose from, how many, and over what they are spread."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from uphold.workflows.proposals import ProposeRequest, Spread
from uphold_tui import safe_text
from uphold_tui.dialogs.overlay import Overlay, key_row
from uphold_tui.keys import Key, bindings
from uphold_tui.themes import BOLD, DOUBT, MUTED
from uphold_tui.widgets.rows import Field

_KEYS = (
    Key("pool.next", ("tab", "down"), "other_field(1)", "next field"),
    Key("pool.previous", ("shift+tab", "up"), "other_field(-1)", "previous field"),
    Key("pool.close", ("escape",), "close", "leave it"),
)

_MOST = 3_000
"""Proposals that can be asked for."""

_ENTRIES = (("enter", "propose"), ("tab", "next field"), ("esc", "leave it"))


@dataclass(frozen=True, slots=True)
class PoolFields:
    """What the fields of the dialog hold."""

    pool: str = ""
    number: str = "100"
    spread: str = ""
    columns: str = ""

    @property
    def mapping(self) -> dict[str, str]:
        """The columns by field."""
        parts = [part.partition("=") for part in self.columns.split(",") if part.strip()]
        return {name.strip(): column.strip() for name, _, column in parts}

    @property
    def request(self) -> ProposeRequest:
        """What is to be proposed."""
        spread = Spread(self.spread) if self.spread else None
        return ProposeRequest([Path(self.pool).expanduser()], int(self.number), spread, self.mapping)

    def problem(self) -> tuple[str, str] | None:
        """Return the first field that cannot be used as it is, and why."""
        if not self.pool or not Path(self.pool).expanduser().exists():
            return "pool", f"there is no file {self.pool}" if self.pool else "name a file of logs"
        is_number = self.number.isascii() and self.number.isdigit() and len(self.number) <= 6
        if not is_number or not 0 < int(self.number) <= _MOST:
            return "number", f"a number from 1 to {_MOST}"
        if self.spread not in ("", *Spread):
            return "spread", f"{' or '.join(Spread)}, or nothing"
        if any(not (name and column) for name, column in self.mapping.items()):
            return "columns", "FIELD=COLUMN, with commas between several"
        return None


class PoolScreen(Overlay[PoolFields | None], inherit_bindings=False):
    """Asks for a pool; returns what the fields hold, None where it is left.

    `problem` says why what they hold could not be used.
    """

    WIDTH = 84
    AUTO_FOCUS = "#pool"
    BINDINGS = bindings(_KEYS, first=True)

    def __init__(self, set_name: str, given: PoolFields, problem: str = "") -> None:
        super().__init__()
        self.add_class("-form")
        self._set, self._problem = set_name, problem
        hints = {
            "pool": "a file of logs, or a folder: JSONL, JSON, CSV, also gzipped",
            "number": "",
            "spread": "tag or cluster; when left empty tags, where the pool has any",
            "columns": "only where its names are not understood: instruction=frage, tags=thema",
        }
        self.fields = {name: Field(hint, getattr(given, name), name=name) for name, hint in hints.items()}
        self.message = Static(markup=False)

    def parts(self) -> Iterable[Widget]:
        head = Content.assemble(("Propose examples for ", BOLD), safe_text.line(self._set, BOLD))
        yield Static(head, markup=False)
        labels = {"number": "how many proposals", "spread": "spread over", "columns": "columns"}
        for name, field in self.fields.items():
            if name in labels:
                yield Static(Content.styled(labels[name], MUTED), markup=False)
            yield field
        yield self.message

    def fill(self) -> None:
        """Show the keys, and above them what was wrong."""
        problem = Content.assemble(safe_text.shown(self._problem, DOUBT), "\n\n") if self._problem else Content("")
        self.message.update(Content.assemble(problem, key_row(_ENTRIES)))

    def action_other_field(self, step: int) -> None:
        """Go to the next field or the previous one, going round."""
        fields = list(self.fields.values())
        at = next((index for index, field in enumerate(fields) if field.has_focus), 0)
        self.set_focus(fields[(at + step) % len(fields)])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Close with what the fields hold, unless that cannot be used; what is wrong is said here."""
        event.stop()
        filled = PoolFields(**{name: field.value.strip() for name, field in self.fields.items()})
        wrong = filled.problem()
        if wrong is None:
            self.dismiss(filled)
            return
        name, self._problem = wrong
        self.set_focus(self.fields[name])
        self.fill()
