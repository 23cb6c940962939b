"""The app in this process, in a terminal that records: every byte it is sent, and keys as a terminal sends them.

Bytes that are typed go through Textual's parser and reach the app as they do from a real terminal; what the app draws is
rendered into control sequences as for one. A key is done when the app has nothing left to do, and comes no sooner than a
hand could press it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

from textual._xterm_parser import XTermParser
from textual.driver import Driver
from textual.events import Key, Resize
from textual.geometry import Size

from support.settling import settled
from support.terminal import Ended
from uphold_tui.app import UpholdApp
from uphold_tui.review.paint_gate import TOGETHER

ESC = "\x1b"


class RecordingDriver(Driver):
    """Keeps what the app writes; what a terminal is told at the start and at the end is left out."""

    def __init__(self, app: Any, **options: Any) -> None:
        super().__init__(app, **options)
        self.written: list[str] = []

    @property
    def can_suspend(self) -> bool:
        """A pager can be opened."""
        return True

    def write(self, data: str) -> None:
        """Keep it."""
        self.written.append(data)

    def start_application_mode(self) -> None:
        """Say how large the terminal is."""
        size = Size(*self._size) if self._size is not None else Size(80, 24)
        asyncio.run_coroutine_threadsafe(self._app._post_message(Resize(size, size)), self._loop)

    def stop_application_mode(self) -> None:
        """Nothing is to be restored."""

    def disable_input(self) -> None:
        """Nothing is read."""


class RecordedTerminal:
    """What is typed into the app and what comes back, as `support.terminal.Terminal` has it of a process."""

    def __init__(self, app: UpholdApp) -> None:
        self.app = app
        self._parser = XTermParser(debug=False)
        self._typed_at = 0.0

    @property
    def _driver(self) -> RecordingDriver:
        driver = self.app._driver
        assert isinstance(driver, RecordingDriver)
        return driver

    async def type(self, keys: str) -> None:
        """Type all of it at once, and wait until the app has done what there is to do.

        Not sooner after what was typed before than hands can: such keys would count as one write.
        """
        await asyncio.sleep(max(self._typed_at + TOGETHER - monotonic(), 0))
        self._typed_at = monotonic()
        events = [Key("escape", ESC)] if keys == ESC else self._parser.feed(keys)
        for event in events:
            self._driver.process_message(event)
        await settled(self.app)

    async def see(self, holds: Callable[[str], bool]) -> str:
        """The screen, of which this holds."""
        await settled(self.app)
        text = "\n".join(self.display)
        if not holds(text):
            raise Ended("not seen; the screen was:\n" + text)
        return text

    @property
    def stream(self) -> bytes:
        """Everything that was written."""
        return "".join(self._driver.written).encode("utf-8", "surrogateescape")

    @property
    def display(self) -> list[str]:
        """The rows of the screen."""
        return [strip.text.rstrip() for strip in self.app.screen._compositor.render_strips()]


@asynccontextmanager
async def recorded(app: UpholdApp, size: tuple[int, int] = (120, 36)) -> AsyncIterator[RecordedTerminal]:
    """Run an app in a recording terminal."""
    app.driver_class = RecordingDriver
    async with app.run_test(headless=False, size=size):
        terminal = RecordedTerminal(app)
        await settled(app)
        yield terminal
