"""The measure for the app: a Textual program that says hello and counts keys."""

from textual.app import App, ComposeResult
from textual.events import Key
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static


class Counter(Widget):
    """A line that counts."""

    pressed = reactive(0)

    def render(self) -> str:
        return f"pressed-{self.pressed:04d}"


class Hello(App[None]):
    """A line that says hello, and one that counts."""

    def compose(self) -> ComposeResult:
        yield Static("hello-world")
        yield Counter()

    def on_key(self, event: Key) -> None:
        """Say how many keys there were."""
        self.query_one(Counter).pressed += 1


if __name__ == "__main__":
    Hello().run()
