"""The dialog with the systems that answered a set: what each lacks, and a run of two of them."""

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from uphold.formatting import count, count_noun
from uphold.records.enums import REFERENCE
from uphold.records.sets import AnsweringSystem, ExampleRow, ExampleStatus
from uphold_tui import safe_text
from uphold_tui.dialogs.overlay import Overlay, key_row
from uphold_tui.keys import Key, bindings
from uphold_tui.themes import BOLD, DOUBT, FAINT, MUTED, TINT
from uphold_tui.widgets.rows import spread

_KEYS = (
    Key("systems.down", ("j", "down"), "move(1)", "down"),
    Key("systems.up", ("k", "up"), "move(-1)", "up"),
    Key("systems.candidate", ("c",), "choose('candidate')", "candidate"),
    Key("systems.baseline", ("b",), "choose('baseline')", "baseline"),
    Key("systems.run", ("enter",), "run", "make the run, review it"),
    Key("systems.close", ("escape", "q", "s"), "close", "close"),
)

_ENTRIES = (("c", "candidate"), ("b", "baseline"), ("enter", "make the run, review it"), ("esc", "close"))


@dataclass(frozen=True, slots=True)
class TwoSystems:
    """The two systems of a run."""

    candidate: str
    baseline: str


def with_references(systems: Sequence[AnsweringSystem], examples: Sequence[ExampleRow]) -> list[AnsweringSystem]:
    """Return the systems with `reference` last, where active examples have a reference for every turn."""
    active = [example for example in examples if example.status is ExampleStatus.ACTIVE]
    missing = tuple(example.key for example in active if not example.text.has_all_references)
    found = [system for system in systems if system.name != REFERENCE]
    if len(missing) < len(active):
        found.append(AnsweringSystem(REFERENCE, len(active) - len(missing), missing))
    return found


class SystemsScreen(Overlay[TwoSystems | None], inherit_bindings=False):
    """The systems of a set; returns the two that a run is to be made of, or None."""

    WIDTH = 84
    BINDINGS = bindings(_KEYS)

    def __init__(self, set_name: str, systems: Sequence[AnsweringSystem], usual_baseline: str | None = None) -> None:
        super().__init__()
        self._set, self._systems = set_name, systems
        names = [system.name for system in systems]
        self.baseline = usual_baseline if usual_baseline in names else names[0] if names else ""
        self.candidate = next((name for name in names if name != self.baseline), "")
        self._cursor = names.index(self.candidate) if self.candidate else 0
        self.text = Static(markup=False)

    def parts(self) -> Iterable[Widget]:
        yield self.text

    def fill(self) -> None:
        """Show each system with what it lacks."""
        rows = [Content.assemble(("Systems that answered ", BOLD), safe_text.line(self._set, BOLD)), Content("")]
        rows += [self._row(index, system) for index, system in enumerate(self._systems)]
        if not self._systems:
            rows.append(Content.styled("None has answered an active example yet.", BOLD))
        lacking = next((one for one in self._systems if one.missing and one.name != REFERENCE), None)
        if not self._systems or lacking is not None:
            rows.append(Content(""))
            rows.append(Content.styled("Missing answers come from a model server, or from a file:", MUTED))
            name = lacking.name if lacking is not None else "NAME"
            to_set = f"--set {shlex.quote(self._set)}"
            rows.append(safe_text.line(f"uphold generate {to_set} --system {shlex.quote(name)} --endpoint SPEC"))
            rows.append(safe_text.line(f"uphold import FILE {to_set}"))
        entries = _ENTRIES if len(self._systems) > 1 else _ENTRIES[-1:]
        if len(self._systems) == 1:
            rows += [
                Content(""),
                Content.styled("A run takes two systems; references of every turn count as one.", MUTED),
            ]
        self.text.update(Content("\n").join([*rows, Content(""), key_row(entries)]))

    def _row(self, index: int, system: AnsweringSystem) -> Content:
        role = {self.candidate: "candidate", self.baseline: "baseline"}.get(system.name, "")
        name = Content.assemble(
            (f"{role:<11}", MUTED if role else FAINT), safe_text.line(system.name, BOLD if role else "")
        )
        missing = Content.styled(f"   {count(len(system.missing))} missing", DOUBT) if system.missing else Content("")
        answered = Content.assemble((count_noun(system.answered, "answer"), MUTED), missing)
        row = spread(Content.assemble(" ", name), Content.assemble(answered, " "), self.text_width)
        return row.stylize_before(TINT) if index == self._cursor else row

    def action_move(self, step: int) -> None:
        """Move the cursor over the systems."""
        if self._systems:
            self._cursor = (self._cursor + step) % len(self._systems)
            self.fill()

    def action_choose(self, role: str) -> None:
        """Make the system under the cursor candidate or baseline; the other one keeps its role where it can."""
        if not self._systems:
            return
        name = self._systems[self._cursor].name
        if role == "candidate":
            self.candidate, self.baseline = name, self.candidate if self.baseline == name else self.baseline
        else:
            self.candidate, self.baseline = self.baseline if self.candidate == name else self.candidate, name
        self.fill()

    def action_run(self) -> None:
        """Close, returning the two systems."""
        if self.candidate and self.baseline:
            self.dismiss(TwoSystems(self.candidate, self.baseline))
