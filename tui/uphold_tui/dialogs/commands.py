"""The command palette: what can be done, searched by name; a number or a key goes to that pair."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from textual.app import App
from textual.content import Content
from textual.events import Key as KeyEvent
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, Static

from uphold.formatting import count, count_noun
from uphold_tui import safe_text
from uphold_tui.clipboard import copy_text
from uphold_tui.dialogs.overlay import Overlay, key_row
from uphold_tui.keys import Key, bindings, labels
from uphold_tui.themes import BOLD, MUTED, TINT
from uphold_tui.widgets.rows import Field, spread

_KEYS = (
    Key("commands.down", ("down", "ctrl+n"), "move(1)", "down"),
    Key("commands.up", ("up", "ctrl+p"), "move(-1)", "up"),
    Key("commands.run", ("enter",), "run", "run"),
    Key("commands.close", ("escape",), "close", "close"),
)

_FEWEST_ROWS = 12
"""Commands that are seen at once on any screen."""

_ROWS_BESIDES = 24
"""Rows of a high screen that are not for commands; the others show more of them."""

_NOT_OFFERED = ("command", "press", "move", "scroll", "page", "ends")
"""Actions that only move, or open this palette."""

_MOST_PAIRS = 6
"""Pairs that are offered for a part of their key."""

JUMPS = "a command, a pair's key, or its place in the queue"
"""The hint of a palette in which a number goes to a pair."""

FindPairs = Callable[[str], Sequence[tuple[int, str]]]
"""Returns (place in the queue, key) of the pairs whose key holds the text given."""


@dataclass(frozen=True, slots=True)
class Command:
    """An action in words, with the keys that run it too; `also` holds more words that find it and are not shown."""

    words: str
    action: str
    keys: tuple[str, ...] = ()
    also: str = ""

    def is_found_by(self, word: str) -> bool:
        """Whether a word is part of the command's own words, or one of the others begins with it."""
        return word in self.words.lower() or any(other.startswith(word) for other in self.also.lower().split())


@runtime_checkable
class OffersCommands(Protocol):
    """An app with commands that every screen offers beside its own."""

    def commands_anywhere(self, key_ids: Collection[str]) -> Sequence[Command]:
        """Return the commands of the screen at hand that has the keys with these ids."""

    def words_of_key(self, key_id: str) -> str:
        """Return more words that find the command of a key."""


_USUAL_WORDS = {
    "uphold": "agree accept confirm yes",
    "decide('tie')": "equal same draw",
    "decide('both-bad')": "neither none",
    "skip": "later pass defer",
    "broken": "exclude invalid bad example",
    "undo": "take back revert",
    "redo": "again repeat",
    "comment": "note remark",
    "why": "reason explain tag",
    "flag": "bookmark star mark",
    "copy": "clipboard yank",
    "find": "search grep",
    "filter": "narrow only tag",
    "clear": "reset",
    "order": "sort",
    "read('diff')": "compare changes difference",
    "read('names')": "unblind reveal systems which is which",
    "help": "keys shortcuts bindings",
    "back": "close leave",
    "quit": "exit leave close",
    "leave": "exit close",
    "quit_app": "exit leave close",
    "pager": "open editor less",
    "retire": "delete remove",
    "new": "add create",
    "bless": "baseline accept release",
    "cap": "money budget limit cost",
}
"""Words of other programs for what a key does, by its action."""


def key_commands(table: Iterable[Key], more_words: Callable[[str], str] = lambda key_id: "") -> list[Command]:
    """Return the commands behind a table of keys, without those that only move; `more_words` finds that of a key too.

    What rates a pair comes last, so that enter alone rates nothing.
    """
    offered = [key for key in table if key.action.split("(")[0] not in _NOT_OFFERED]
    offered.sort(key=lambda key: key.group == "Decide")
    shared = Counter(key.help for key in offered)
    return [
        Command(
            _words(key, shared),
            key.action,
            labels(key),
            f"{_USUAL_WORDS.get(key.action.removeprefix('app.'), '')} {more_words(key.id)}".strip(),
        )
        for key in offered
    ]


def _words(key: Key, shared: Counter[str]) -> str:
    """Return the key's text in the list of keys, unless it shares that with other keys."""
    is_own = key.help and shared[key.help] == 1 and key.action != "help"
    return key.help if is_own else key.word


def theme_commands(app: App[object], action: str = "app.theme") -> list[Command]:
    """Return one command for each theme, uphold's own first."""
    names = sorted(app.available_themes, key=lambda name: (not name.startswith("uphold"), name))
    return [
        Command(
            f"theme {name}{', as now' if name == app.theme else ''}", f"{action}({name!r})", also="colour color look"
        )
        for name in names
    ]


def review_commands(reviewer: str, *, blind: bool = False) -> list[Command]:
    """Return the commands of the review that have no key."""
    toggle_blind = "blind off: verdicts on the table" if blind else "blind on: verdicts after your decision"
    return [
        Command("pairs on which you and the judge differ", "overturned", also="disagree disagreement overturned"),
        Command("tour: two minutes", "tour", also="introduction tutorial"),
        Command(f"reviewer: you are {safe_text.safe_line(reviewer)}", "who", also="who name person"),
        Command(toggle_blind, "blind", also="open hide judge session end"),
        Command("plan: type plan and a number of pairs", "command", also="target goal"),
    ]


def matching(
    commands: Sequence[Command], typed: str, find: FindPairs | None = None, *, jumps: bool = True
) -> list[Command]:
    """Return the commands whose words hold all words typed, in any order, then those found by other words, then pairs.

    Where `jumps` is on, a number alone goes to that place of the queue; `plan` with a number plans so many reviews.
    """
    text = typed.strip().lstrip(":").lower()
    words = text.split()
    by_key = find(text)[:_MOST_PAIRS] if find is not None and text else ()
    pairs = [Command(f"go to {key}", f"jump({place})") for place, key in by_key]
    if jumps and len(words) == 1 and words[0].isdecimal() and len(words[0]) < 10:
        return [Command(f"go to pair {count(int(words[0]))} of the queue", f"jump({int(words[0])})"), *pairs]
    if len(words) == 2 and words[0] == "plan" and words[1].isdecimal() and 0 < len(words[1]) < 7 and int(words[1]):
        return [Command(f"plan {count_noun(int(words[1]), 'pair')}", f"plan({int(words[1])})")]
    by_words = [command for command in commands if all(word in command.words.lower() for word in words)]
    by_also = [command for command in commands if command not in by_words and all(map(command.is_found_by, words))]
    return [*by_words, *by_also, *pairs]


def open_palette(
    screen: Screen[None],
    table: Iterable[Key],
    own: Sequence[Command] = (),
    *,
    find: FindPairs | None = None,
    theme_action: str = "app.theme",
) -> None:
    """Open the palette over `screen`, and run the chosen action there.

    It offers what the screen's keys do, the screen's `own` commands, what the app offers everywhere, and the themes. With
    `find` a number or a part of a key goes to a pair.
    """
    table, app = tuple(table), screen.app
    commands = [*key_commands(table), *own]
    if isinstance(app, OffersCommands):
        commands = [*key_commands(table, app.words_of_key), *own, *app.commands_anywhere([key.id for key in table])]
    commands += theme_commands(app, theme_action)

    run_chosen_command(screen, commands, JUMPS if find is not None else "a command", find)


def run_chosen_command(
    screen: Screen[None], commands: Sequence[Command], hint: str, find: FindPairs | None = None
) -> None:
    """Ask for one of these commands over `screen`, and run its action there."""

    def run(action: str | None) -> None:
        if action is not None:
            screen.call_next(screen.run_action, action)

    screen.app.push_screen(CommandScreen(commands, hint, find), run)


class CommandScreen(Overlay[str | None], inherit_bindings=False):
    """The palette; returns the action of the command that was chosen, or None."""

    AUTO_FOCUS = "Input"
    WIDTH = 72
    BINDINGS = bindings(_KEYS)

    def __init__(
        self,
        commands: Sequence[Command],
        hint: str = "a command",
        find: FindPairs | None = None,
        nothing: str = "no such command",
    ) -> None:
        super().__init__()
        self._commands, self._find, self._nothing = commands, find, nothing
        self._found = list(commands)
        self._cursor = 0
        self.field = Field(hint)
        self.found = Static(id="found", markup=False)

    def parts(self) -> Iterable[Widget]:
        yield self.field
        yield self.found

    def fill(self) -> None:
        """Show the commands found."""
        width = self.text_width
        room = max(_FEWEST_ROWS, self.app.size.height - _ROWS_BESIDES)
        top = max(0, min(self._cursor - room // 2, len(self._found) - room))
        rows = []
        for index, command in enumerate(self._found[top : top + room], top):
            keys = Content("  ").join([Content.styled(key, BOLD) for key in command.keys])
            words = Content.styled(f" {command.words}", "" if index == self._cursor else MUTED)
            row = Content.assemble(spread(words, keys, width - 1), " ")
            rows.append(row.stylize_before(TINT) if index == self._cursor else row)
        more = len(self._found) - top - len(rows)
        if more > 0:
            rows.append(Content.styled(f" {count(more)} more below", MUTED))
        self.found.update(Content("\n").join(rows) if rows else Content.styled(f" {self._nothing}", MUTED))

    def on_key(self, event: KeyEvent) -> None:
        """Put what is typed before the field has the focus into the field."""
        if event.is_printable and event.character and not self.field.has_focus:
            event.stop()
            self.field.insert_text_at_cursor(event.character)

    def on_input_submitted(self) -> None:
        self.action_run()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._found, self._cursor = self._matching(event.value), 0
        self.fill()

    def _matching(self, typed: str) -> list[Command]:
        return matching(self._commands, typed, self._find, jumps=self._find is not None)

    def action_move(self, step: int) -> None:
        """Move the cursor down or up, going round."""
        if self._found:
            self._cursor = (self._cursor + step) % len(self._found)
            self.fill()

    def action_run(self) -> None:
        """Return the command under the cursor."""
        found = self._matching(self.field.value)  # enter may come before the change of the field has been handled
        if found != self._found:
            self._found, self._cursor = found, 0
        if self._found:
            self.dismiss(self._found[self._cursor].action)


_SHELL_KEYS = (
    Key("shell_command.copy", ("y", "enter"), "copy", "copy"),
    Key("shell_command.close", ("escape", "q"), "close", "close"),
)


class ShellCommandScreen(Overlay[None], inherit_bindings=False):
    """A command of the command line, for what has no screen: it is copied at once, ready to paste."""

    WIDTH = 84
    BINDINGS = bindings(_SHELL_KEYS)

    def __init__(self, words: str, line: str) -> None:
        super().__init__()
        self._words, self.line = words, line
        self.message = Static(markup=False)

    def parts(self) -> Iterable[Widget]:
        yield Static(Content.styled(self._words, BOLD), markup=False)
        yield Static(Content.styled("In a shell, words in capitals being yours to fill in:", MUTED), markup=False)
        yield Static(Content.assemble("\n", safe_text.line(self.line, BOLD), "\n"), markup=False)
        yield self.message
        yield Static(key_row((("y", "copy again"), ("esc", "close"))), markup=False)

    def on_mount(self) -> None:
        super().on_mount()
        self.action_copy()

    def action_copy(self) -> None:
        """Copy the command."""
        copy_text(
            self.app, self.line, "the command", lambda words: self.message.update(Content.styled(f"{words}\n", MUTED))
        )
