"""The dialog that asks which pool to propose from, how many, and over what they are spread."""

from collections.abc import Iterable
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

_ENTRIES = (("enter", "propose"), ("tab", "next field"), ("esc", "leave it"))


class PoolScreen(Overlay[ProposeRequest | None], inherit_bindings=False):
    """Asks for a pool; returns what to propose from it, None where it is left."""

    WIDTH = 84
    AUTO_FOCUS = "#pool"
    BINDINGS = bindings(_KEYS, first=True)

    def __init__(self, set_name: str, number: int) -> None:
        super().__init__()
        self.add_class("-form")
        self._set = set_name
        self.pool = Field("a file of logs, or a folder: JSONL, JSON, CSV, also gzipped", name="pool")
        self.number = Field("", str(number), name="number")
        self.spread = Field("tag or cluster; when left empty tags, where the pool has any", name="spread")
        self.columns = Field("only where its names are not understood: instruction=frage, tags=thema", name="columns")
        self.message = Static(markup=False)

    def parts(self) -> Iterable[Widget]:
        head = Content.assemble(("Propose examples for ", BOLD), safe_text.line(self._set, BOLD))
        yield Static(head, markup=False)
        yield self.pool
        for label, field in (
            ("until so many wait", self.number),
            ("spread over", self.spread),
            ("columns", self.columns),
        ):
            yield Static(Content.styled(label, MUTED), markup=False)
            yield field
        yield self.message

    def fill(self) -> None:
        """Show the keys."""
        self.message.update(key_row(_ENTRIES))

    @property
    def _fields(self) -> list[Field]:
        return [self.pool, self.number, self.spread, self.columns]

    def action_other_field(self, step: int) -> None:
        """Go to the next field or the previous one, going round."""
        at = next((index for index, field in enumerate(self._fields) if field.has_focus), 0)
        self._fields[(at + step) % len(self._fields)].focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Close with the request, unless something in it cannot be; that is said here."""
        event.stop()
        field, problem = self._problem()
        if field is None:
            self.dismiss(self._request())
            return
        self.message.update(safe_text.line(problem, DOUBT))
        field.focus()

    def _problem(self) -> tuple[Field | None, str]:
        """Return the first field that cannot be used as it is, and why."""
        typed, number = self.pool.value.strip(), self.number.value.strip()
        if not typed:
            return self.pool, "name a file of logs"
        if not Path(typed).expanduser().exists():
            return self.pool, f"there is no file {typed}"
        if not (number.isascii() and number.isdigit() and 0 < int(number[:6]) <= 3000 and len(number) <= 6):
            return self.number, "a number from 1 to 3000"
        if self.spread.value.strip() not in ("", *Spread):
            return self.spread, f"{' or '.join(Spread)}, or nothing"
        if any(not (name and column) for name, column in self._columns()):
            return self.columns, "FIELD=COLUMN, with commas between several"
        return None, ""

    def _columns(self) -> list[tuple[str, str]]:
        parts = [part.strip() for part in self.columns.value.split(",") if part.strip()]
        split = [part.partition("=") for part in parts]
        return [(name.strip(), column.strip()) for name, _, column in split]

    def _request(self) -> ProposeRequest:
        spread = self.spread.value.strip()
        return ProposeRequest(
            [Path(self.pool.value.strip()).expanduser()],
            int(self.number.value),
            Spread(spread) if spread else None,
            dict(self._columns()),
        )
