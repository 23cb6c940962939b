"""Any command by its name: our own, and none that makes no sense here. A number goes to that pair."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from textual.app import App
from textual.content import Content
from textual.events import Key as KeyEvent
from textual.widget import Widget
from textual.widgets import Input, Static

from uphold_tui import safe_text
from uphold_tui.dialogs.overlay import Overlay
from uphold_tui.keys import Key, bindings, labels
from uphold_tui.themes import BOLD, MUTED, TINT
from uphold_tui.widgets.rows import Field, spread

_KEYS = (
    Key("commands.down", ("down", "ctrl+n"), "move(1)", "down"),
    Key("commands.up", ("up", "ctrl+p"), "move(-1)", "up"),
    Key("commands.run", ("enter",), "run", "run"),
    Key("commands.close", ("escape",), "close", "close"),
)


_SHOWN = 12


_NO_COMMANDS = ("command", "press", "move", "scroll", "page", "ends")


_PAIRS = 6


JUMPS = "a command, a pair's key, or its place in the queue"
"""What may be typed where a number goes to a pair."""


FindPairs = Callable[[str], Sequence[tuple[int, str]]]
"""Part of a key -> (place in the queue, key) of the pairs that have it."""


@dataclass(frozen=True, slots=True)
class Command:
    """Something that can be done, in words, with the keys that do it too; `also` is found, and not shown."""

    words: str
    action: str
    keys: tuple[str, ...] = ()
    also: str = ""


def key_commands(table: Iterable[Key]) -> list[Command]:
    """The commands behind a table of keys, without those that only move; what rates a pair comes last, so that enter
    alone rates nothing."""
    offered = [key for key in table if key.action.split("(")[0] not in _NO_COMMANDS]
    offered.sort(key=lambda key: key.group == "Decide")
    shared = Counter(key.help for key in offered)
    return [Command(_words(key, shared), key.action, labels(key)) for key in offered]


def _words(key: Key, shared: Counter[str]) -> str:
    """What the list of keys says of it, where that is about this key alone."""
    alone = key.help and shared[key.help] == 1 and key.action != "help"
    return key.help if alone else key.word


def theme_commands(app: App[object], action: str = "app.theme") -> list[Command]:
    """One command for each theme, ours first."""
    names = sorted(app.available_themes, key=lambda name: (not name.startswith("uphold"), name))
    return [
        Command(
            f"theme {name}{', as now' if name == app.theme else ''}", f"{action}({name!r})", also="colour color look"
        )
        for name in names
    ]


def review_commands(table: Iterable[Key], app: App[object], *, reviewer: str, blind: bool = False) -> list[Command]:
    """What can be done in the review."""
    turn = "blind off: verdicts on the table" if blind else "blind on: verdicts after your decision"
    own = [
        Command("pairs on which you and the judge differ", "differing", also="disagree disagreement overturned"),
        Command("tour: two minutes", "tour", also="introduction tutorial"),
        Command(f"reviewer: you are {safe_text.safe_line(reviewer)}", "who", also="who name person"),
        Command(turn, "blind", also="open hide judge session end"),
        Command("plan: type plan and a number of pairs", "command"),
    ]
    return [*key_commands(table), *own, *theme_commands(app, "theme")]


def matching(
    commands: Sequence[Command], typed: str, find: FindPairs | None = None, *, jumps: bool = True
) -> list[Command]:
    """Commands whose words hold all that was typed, in any order, then pairs by their key; a number is a place."""
    text = typed.strip().lstrip(":").lower()
    wanted = text.split()
    pairs = [Command(f"go to {key}", f"jump({place})") for place, key in (find(text) if find and text else ())[:_PAIRS]]
    if jumps and len(wanted) == 1 and wanted[0].isdecimal() and len(wanted[0]) < 10:
        return [Command(f"go to pair {int(wanted[0])} of the queue", f"jump({int(wanted[0])})"), *pairs]
    if len(wanted) == 2 and wanted[0] == "plan" and wanted[1].isdecimal() and 0 < len(wanted[1]) < 7 and int(wanted[1]):
        return [Command(f"plan {int(wanted[1])} pairs", f"plan({int(wanted[1])})")]
    found = [one for one in commands if all(word in f"{one.words} {one.also}".lower() for word in wanted)]
    return [*found, *pairs]


class CommandScreen(Overlay[str | None], inherit_bindings=False):
    """Answers the action of the command that was chosen."""

    AUTO_FOCUS = "Input"
    WIDTH = 72
    BINDINGS = bindings(_KEYS)

    def __init__(self, commands: Sequence[Command], hint: str = "a command", find: FindPairs | None = None) -> None:
        super().__init__()
        self._commands, self._find, self._jumps = commands, find, hint == JUMPS
        self._found = list(commands)
        self._at = 0
        self.field = Field(hint)
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

    def _matching(self, typed: str) -> list[Command]:
        return matching(self._commands, typed, self._find, jumps=self._jumps)

    def _search(self, typed: str) -> None:
        self._found = self._matching(typed)
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
        found = self._matching(self.field.value)
        if found != self._found:
            self._found, self._at = found, 0
        if self._found:
            self.dismiss(self._found[self._at].action)
