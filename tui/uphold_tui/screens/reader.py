"""How the pair is read: scrolling, turning, comparing, unfolding. Nothing here is saved."""

import os
import shlex
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from textual.app import SuspendNotSupported
from textual.content import Content

from uphold.records.reviewed import PairView
from uphold.records.words import Side
from uphold_tui import showing
from uphold_tui.look import MUTED
from uphold_tui.screens.desk import Desk
from uphold_tui.widgets.body import Body


class Reader(Desk):
    """The desk with the keys of reading."""

    def _bodies(self, step: int) -> list[Body]:
        """What the scrolling keys move down (1) or up (-1): an unfolded instruction as far as it goes, the pane that
        scrolls alone, or both panes."""
        if self.has_class("-whole") and 0 <= self.whole.top + step <= self.whole.max_top:
            return [self.whole]
        if self.has_class("-tiny"):
            return [self.panes[self.one_pane].body]
        if self.alone is not None:
            return [self.panes[self.alone].body]
        return [pane.body for pane in self.panes.values()]

    def action_scroll(self, lines: int) -> None:
        """Some lines down, or up."""
        for body in self._bodies(lines):
            body.scroll_rows(body.top + lines)

    def action_page(self, pages: int) -> None:
        """A page down, or up; `-` first leaves zoom."""
        if pages < 0 and self.zoomed:
            self.action_zoom()
            return
        bodies = self._bodies(pages)
        rows = min(body.page for body in bodies)
        for body in bodies:
            body.scroll_rows(body.top + pages * rows)

    def action_ends(self, end: bool) -> None:
        """To the top, or the end."""
        for body in self._bodies(1 if end else -1):
            body.scroll_rows(body.max_top if end else 0)

    def on_body_wheel(self, message: Body.Wheel) -> None:
        """The wheel scrolls both panes, or the text under it when they scroll apart."""
        both = [pane.body for pane in self.panes.values()]
        together = self.alone is None and message.body in both
        for body in both if together else [message.body]:
            body.scroll_rows(body.top + message.lines)

    def action_pane(self) -> None:
        """A scrolls alone, then B, then both again; where there is room for one only, the other is shown."""
        if self.has_class("-tiny"):
            self.one_pane = self.one_pane.other
        else:
            self.alone = {None: Side.A, Side.A: Side.B, Side.B: None}[self.alone]
            self._tell_alone()
        self._lay()
        self.draw()

    def _tell_alone(self) -> None:
        """Say what the scrolling keys move now."""
        alone = self.alone is not None
        more = "" if self.narrow else "; + gives it all the room"
        what = f"{self.alone} scrolls alone{more}" if alone else "both scroll together"
        self.message = Content.styled(what, MUTED)

    def action_apart(self) -> None:
        """Scroll apart, or together again."""
        self.alone = Side.A if self.alone is None else None
        self.zoomed = False
        self._tell_alone()
        self._lay()
        self.draw()

    def action_zoom(self) -> None:
        """Unfold the whole instruction; with a pane that scrolls alone, give it all the room."""
        self.zoomed = not self.zoomed
        self._lay()
        self.whole.scroll_rows(0)
        self.draw()

    def action_stacked(self) -> None:
        """A over B, or side by side."""
        self.stacked = not self.stacked
        self._lay()
        self.draw()

    def action_earlier(self) -> None:
        """Unfold the earlier turns, or fold them."""
        pair = self.session.current
        if pair is not None and pair.turn == 1:
            self.tell(Content.styled("no earlier turn here", MUTED))
            return
        self.reading = replace(self.reading, earlier=not self.reading.earlier)
        self.draw()

    def action_markdown(self) -> None:
        """Markdown, or the text as it is."""
        self.reading = replace(self.reading, markdown=not self.reading.markdown, diff=False)
        self.draw()

    def action_diff(self) -> None:
        """Show what differs, word by word."""
        self.reading = replace(self.reading, diff=not self.reading.diff)
        self.draw()

    def action_names(self) -> None:
        """Show which system is which; from then on this pair's decision says that it was known."""
        pair = self.session.current
        if pair is None:
            return
        if pair.veiled:
            self.tell(Content.styled("names come after your decision", MUTED))
            return
        self.reading = replace(self.reading, names=not self.reading.names)
        self._names_seen.add(pair.pair_id)
        self.draw()

    def action_change(self, step: int) -> None:
        """To the next change of the word diff, or the one before, in both panes."""
        pair = self.session.current
        if pair is not None and self.reading.diff:
            self.step_in_panes(pair, step)

    def step_in_panes(self, pair: PairView, step: int) -> bool:
        """Both panes to their next change or match; was there one to go to?"""
        moved = [pane.to_change(self.answers(pair)[side], step) for side, pane in self.panes.items()]
        return any(moved)

    def action_reference(self) -> None:
        """Which words of the reference each answer has, and which it lacks."""
        pair = self.session.current
        if pair is not None and not pair.text.reference(pair.turn) and not self.reading.reference:
            self.tell(Content.styled("no reference here", MUTED))
            return
        self.reading = replace(self.reading, reference=not self.reading.reference, diff=False)
        self.draw()

    def action_copy(self) -> None:
        """Copy the answer of the pane that scrolls alone, else the whole pair, as it is shown."""
        pair = self.session.current
        if pair is None:
            return
        if self.alone is not None:
            text, what = showing.answer(pair.cells(self.alone)[pair.turn - 1]).plain, f"response {self.alone}"
        else:
            text, what = showing.as_text(pair), "the pair"
        self.app.copy_to_clipboard(text)
        self.tell(Content.styled(f"copied {what}", MUTED))

    def action_pager(self) -> None:
        """Open the pair in $PAGER, else $EDITOR, else less."""
        pair = self.session.current
        if pair is None:
            return
        command = os.environ.get("PAGER") or os.environ.get("EDITOR") or "less"
        try:
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "pair.txt"
                file.write_text(showing.as_text(pair), encoding="utf-8")
                with self.app.suspend():
                    subprocess.run([*shlex.split(command), str(file)], check=False)
        except SuspendNotSupported:
            self.tell(Content.styled("this terminal cannot be handed to a pager", MUTED))
        except (OSError, ValueError) as error:
            self.tell(Content.assemble(showing.line(command), " could not be started: ", showing.line(str(error))))

    def tell(self, message: Content) -> None:
        """Say something at the right of the You row."""
        self.message = message
        self.draw_strip()
