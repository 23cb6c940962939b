"""Driving the screens of imports in tests: keys, and waiting until what they began in a thread has been shown."""

import asyncio
from typing import Any

from textual.pilot import Pilot

from uphold_tui.importing.screen import ImportScreen

_NAMES = {".": "full_stop", "/": "slash", "-": "minus", "_": "underscore"}


async def settled(pilot: "Pilot[Any]") -> None:
    """Wait until nothing is listed, read or imported beside the app any more, and the screen shows it."""
    await pilot.pause()
    while True:
        screen = pilot.app.screen
        works = [work for work in (screen.preview, screen.work) if work] if isinstance(screen, ImportScreen) else []
        busy = [work for work in works if not work.wait(0)]
        if not busy and not pilot.app.workers:
            break
        for work in busy:
            await asyncio.to_thread(work.wait)
        if pilot.app.workers:
            await pilot.app.workers.wait_for_complete()
        await pilot.pause()
    await pilot.pause()


async def press_settled(pilot: "Pilot[Any]", *keys: str) -> None:
    """Press keys, each when what the one before began has ended; a word of several letters after `"` is typed."""
    for key in keys:
        if key[0] == '"':
            await pilot.press(*(_NAMES.get(letter, letter) for letter in key[1:]))
        else:
            await pilot.press(key)
        await settled(pilot)
