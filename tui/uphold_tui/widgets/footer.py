"""The keys that are live now, in groups that drop out whole."""

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

from uphold_tui.keys import Key, label
from uphold_tui.look import BOLD, MUTED
from uphold_tui.widgets.lines import clickable, fitting


def entry(key: Key, word: str | None = None) -> Content:
    """A key and its word; a click does what the key does."""
    return clickable(Content.assemble((label(key), BOLD), (f" {word or key.word}", MUTED)), f"press('{key.id}')")


class KeyFooter(Widget):
    """One row of keys; each entry can be clicked."""

    DEFAULT_CSS = "KeyFooter { height: 1; }"

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self.auto_links = False
        self._groups: tuple[Content, ...] = ()

    def put(self, groups: Sequence[Sequence[Content]]) -> None:
        """Show these groups of entries."""
        made = tuple(Content("  ").join(group) for group in groups if group)
        if len(made) != len(self._groups) or not all(a.is_same(b) for a, b in zip(made, self._groups, strict=True)):
            self._groups = made
            self.refresh()

    def render(self) -> Content:
        return fitting(self._groups, self.size.width)
