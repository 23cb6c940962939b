"""The keys at the foot of an eval set: those that do something now."""

from collections.abc import Mapping
from dataclasses import dataclass

from textual.content import Content

from uphold.records.sets import ExampleStatus
from uphold_tui.keys import Key
from uphold_tui.themes import BOLD, MUTED
from uphold_tui.widgets.rows import entry

_WIDE = 140
"""Columns from which there is room for keys that are needed less often."""


@dataclass(frozen=True, slots=True)
class FooterState:
    """What decides which keys are live. `status` is that of the example under the cursor, None where there is none."""

    table: Mapping[str, Key]
    width: int
    narrow: bool = False
    writing: bool = False
    finding: bool = False
    in_health: bool = False
    is_empty: bool = False
    is_narrowed: bool = False
    status: ExampleStatus | None = None

    def entry(self, name: str, words: str | None = None) -> Content:
        """Return a key of the screen and what it does."""
        return entry(self.table[f"set.{name}"], words)


def footer(state: FooterState, message: Content) -> list[list[Content]]:
    """Return the groups of keys; a message stands in place of them where there is one."""
    last = [state.entry("help"), state.entry("back")]
    if state.writing:
        return [[state.entry("escape", "done"), state.entry("only", "next field"), state.entry("add_turn")]]
    if message:
        return [[message], last]
    if state.finding:
        return [[_plain("enter", "find"), _plain("esc", "leave it")]]
    if state.in_health:
        return [[_plain("enter", "its examples"), state.entry("alike"), state.entry("escape", "to the list")], last]
    if state.is_empty:
        return [[state.entry("new"), state.entry("proposals"), state.entry("texts")], last]
    return [*_list_keys(state), last]


def _list_keys(state: FooterState) -> list[list[Content]]:
    first = [state.entry("edit"), state.entry("new"), state.entry("tags")]
    if state.status is None:
        first = [state.entry("new")]
    elif state.status is ExampleStatus.ACTIVE:
        first.append(state.entry("retire"))
    else:
        first.append(state.entry("activate", "restore" if state.status is ExampleStatus.RETIRED else "active"))
    second = [state.entry("undo")]
    has_room = not state.narrow or (state.status is ExampleStatus.ACTIVE and not state.is_narrowed)
    if state.status is not None and has_room:
        second.append(state.entry("mark"))
    second += [] if state.narrow else [state.entry("filter")]
    if state.is_narrowed:
        second.append(state.entry("escape", "all"))
    third = [] if state.narrow else [state.entry("check"), state.entry("systems")]
    if state.width >= _WIDE:
        answers = [] if state.status is None else [state.entry("answers")]
        third += [*answers, state.entry("texts")]  # `/` stands before the search field
    others = [] if state.narrow else [state.entry("proposals"), state.entry("versions")]
    return [first, second, others, third]


def _plain(key: str, words: str) -> Content:
    return Content.assemble((key, BOLD), (f" {words}", MUTED))
