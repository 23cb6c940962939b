"""Any command by its name: our own, and none that makes no sense here. A number goes to that pair."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.app import App
from textual.content import Content
from textual.events import Key as KeyEvent
from textual.events import Paste
from textual.widget import Widget
from textual.widgets import Input, Static

from uphold_tui import showing
from uphold_tui.keys import Key, bindings, labels
from uphold_tui.look import BOLD, MUTED, TINT
from uphold_tui.screens.overlay import Overlay
from uphold_tui.widgets.lines import spread

_KEYS = (
    Key("commands.down", ("down", "ctrl+n"), "move(1)", "down"),
    Key("commands.up", ("up", "ctrl+p"), "move(-1)", "up"),
    Key("commands.run", ("enter",), "run", "run"),
    Key("commands.close", ("escape",), "close", "close"),
)
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Command:
    """Something that can be done, in words, with the keys that do it too."""

    words: str
    action: str
    keys: tuple[str, ...] = ()


def key_commands(table: Iterable[Key]) -> list[Command]:
    """The commands behind a table of keys; what rates a pair comes last, so that enter alone rates nothing."""
    offered = [key for key in table if key.action.split("(")[0] not in ("command", "press")]
    offered.sort(key=lambda key: key.group == "Decide")
    return [Command(key.help or key.word, key.action, labels(key)) for key in offered]


def theme_commands(app: App[object]) -> list[Command]:
    """One command for each theme, ours first."""
    names = sorted(app.available_themes, key=lambda name: (not name.startswith("uphold"), name))
    return [Command(f"theme {name}", f"app.theme({name!r})") for name in names]


def review_commands(table: Iterable[Key], app: App[object], *, blind: bool = False) -> list[Command]:
    """What can be done in the review."""
    turn = "open: verdicts on the table" if blind else "blind: verdicts after your decision"
    own = [Command(turn, "blind"), Command("plan: type plan and a number of pairs", "command")]
    return [*key_commands(table), *own, *theme_commands(app)]


def matching(commands: Sequence[Command], typed: str) -> list[Command]:
    """Commands whose words hold all that was typed, in any order; a number is a jump."""
    wanted = typed.strip().lstrip(":").lower().split()
    if len(wanted) == 1 and wanted[0].isdecimal() and len(wanted[0]) < 10:
        return [Command(f"go to pair {int(wanted[0])}", f"jump({int(wanted[0])})")]
    if len(wanted) == 2 and wanted[0] == "plan" and wanted[1].isdecimal() and 0 < len(wanted[1]) < 7 and int(wanted[1]):
        return [Command(f"plan {int(wanted[1])} pairs", f"plan({int(wanted[1])})")]
    return [command for command in commands if all(word in command.words.lower() for word in wanted)]


class CommandField(Input):
    """The field one types into; what is pasted is made harmless on its way in."""

    def _on_paste(self, event: Paste) -> None:
        event.text = showing.safe_line(event.text)
        super()._on_paste(event)


class CommandScreen(Overlay[str | None], inherit_bindings=False):
    """Answers the action of the command that was chosen."""

    AUTO_FOCUS = "Input"
    WIDTH = 72
    BINDINGS = bindings(_KEYS)

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self._commands = commands
        self._found = list(commands)
        self._at = 0
        self.field = CommandField(placeholder="a command, or the number of a pair", compact=True)
        self.field.cursor_blink = False
        self.found = Static(id="found", markup=False)

    def parts(self) -> Iterable[Widget]:
        yield self.field
        yield self.found

    def fill(self) -> None:
        """Draw the list."""
        self._draw()

    def on_key(self, event: KeyEvent) -> None:
        """What is typed before the field has the focus is not lost."""
        if event.is_printable and event.character and not self.field.has_focus:
            event.stop()
            self.field.insert_text_at_cursor(event.character)

    def on_input_submitted(self) -> None:
        self.action_run()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._search(event.value)

    def _search(self, typed: str) -> None:
        self._found = matching(self._commands, typed)
        self._at = 0
        self._draw()

    def _draw(self) -> None:
        width = self.text_width
        top = max(0, min(self._at - _SHOWN // 2, len(self._found) - _SHOWN))
        rows = []
        for place, command in enumerate(self._found[top : top + _SHOWN], top):
            keys = Content("  ").join([Content.styled(key, BOLD) for key in command.keys])
            row = spread(Content.styled(f" {command.words}", "" if place == self._at else MUTED), keys, width - 1)
            row = Content.assemble(row, " ")
            rows.append(row.stylize_before(TINT) if place == self._at else row)
        self.found.update(Content("\n").join(rows) if rows else Content.styled(" no such command", MUTED))

    def action_move(self, step: int) -> None:
        """Up and down the list."""
        if self._found:
            self._at = (self._at + step) % len(self._found)
            self._draw()

    def action_run(self) -> None:
        """Answer the command under the cursor; what was typed last counts, also when it was not drawn yet."""
        found = matching(self._commands, self.field.value)
        if found != self._found:
            self._found, self._at = found, 0
        if self._found:
            self.dismiss(self._found[self._at].action)
