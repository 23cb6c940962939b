"""Widgets that report when what they were given has been painted."""

from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget


class Painted(Message):
    """A widget has painted what it was last given."""

    def __init__(self, widget: "ReportsPaint") -> None:
        super().__init__()
        self.widget = widget

    @property
    def control(self) -> "ReportsPaint":
        """The widget that was painted."""
        return self.widget


class ReportsPaint(Widget):
    """A widget that posts `Painted` once, after the first frame that holds what it was asked to report.

    The message is posted while the frame is being composed and so is handled after the frame was written.
    """

    _report_next_paint = False

    def report_paint(self) -> None:
        """Post one `Painted` with the next frame."""
        self._report_next_paint = True

    def render_lines(self, crop: Region) -> list[Strip]:
        # A screen that looks up what is under the mouse makes rows without painting them.
        if self._report_next_paint and not getattr(self.screen, "is_hit_testing", False):
            self._report_next_paint = False
            self.post_message(Painted(self))
        return super().render_lines(crop)
