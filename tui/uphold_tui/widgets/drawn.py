"""How a screen learns that what it gave a widget has been drawn, so that nothing unread is rated."""

from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget


class Drawn(Message):
    """A widget has drawn what it was last given."""

    def __init__(self, widget: "TellsDrawn") -> None:
        super().__init__()
        self.widget = widget

    @property
    def control(self) -> "TellsDrawn":
        """The widget that was drawn."""
        return self.widget


class TellsDrawn(Widget):
    """A widget that posts `Drawn` once, after the first frame that holds what it was asked to tell about.

    The message is posted while the frame is being composed and so is handled after the frame was written.
    """

    _asked = False

    def tell_when_drawn(self) -> None:
        """Ask for one `Drawn` at the next frame."""
        self._asked = True

    def render_lines(self, crop: Region) -> list[Strip]:
        if self._asked and not getattr(self.screen, "is_looking", False):
            self._asked = False
            self.post_message(Drawn(self))
        return super().render_lines(crop)
