"""Copies text: to the terminal's clipboard by an escape sequence (OSC 52), and to the system's by a program where there is one.

The sequence holds the text in base64, so nothing in it can end the sequence or begin another. Terminals drop sequences that
are too long, without a word; the system's program takes any length.
"""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from uphold.formatting import count, count_noun

if TYPE_CHECKING:
    from textual.app import App

LONGEST_IN_SEQUENCE = 56_000
"""Bytes of the longest text that is sent in an escape sequence: in base64 75,000, which common terminals take."""

_SECONDS = 3.0
"""How long the system's program may take."""

_PROGRAMS = (
    (("wl-copy",), "WAYLAND_DISPLAY"),
    (("xclip", "-selection", "clipboard"), "DISPLAY"),
    (("xsel", "--clipboard", "--input"), "DISPLAY"),
    (("pbcopy",), None),
    (("clip.exe",), None),
)
"""Command of each program that fills the system's clipboard, and the variable without which it cannot."""


def copy_text(app: "App[object]", text: str, what: str, tell: Callable[[str], None]) -> None:
    """Copy text; `tell` gets a sentence, and another one where something came of it later. Returns at once.

    `what` is the text in words, such as `response A`.
    """
    size = len(text.encode("utf-8", "replace"))
    if size <= LONGEST_IN_SEQUENCE:
        app.copy_to_clipboard(text.encode("utf-8", "replace").decode())
        tell(f"copied {what}")
    else:
        tell(f"copying {what}: {count(size)} bytes …")

    async def fill() -> None:
        problem = await asyncio.to_thread(fill_system_clipboard, text, os.environ)
        if size > LONGEST_IN_SEQUENCE:
            tell(f"copied {what}" if problem is None else _too_long(what, size, problem))
        elif problem:
            tell(f"copied {what} to the terminal; {problem}")

    app.run_worker(fill(), exclusive=True, group="clipboard", exit_on_error=False)


def fill_system_clipboard(text: str, environment: Mapping[str, str]) -> str | None:
    """Give the text to the system's program; returns None when it has it, else why not, empty where there is no program."""
    command = _system_program(environment)
    if command is None:
        return ""
    name = Path(command[0]).name
    encoded = text.encode("utf-16" if name == "clip.exe" else "utf-8", "replace")
    try:
        # What it prints is nobody's: xclip and wl-copy go on in the background and would keep a pipe open.
        ended = subprocess.run(
            command,
            input=encoded,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
            start_new_session=True,
        )
    except (OSError, subprocess.TimeoutExpired):
        return f"{name} could not be run"
    return None if ended.returncode == 0 else f"{name} ended with code {ended.returncode}"


def _system_program(environment: Mapping[str, str]) -> tuple[str, ...] | None:
    """Return the command of the first program that is there and has what it needs."""
    for (name, *options), variable in _PROGRAMS:
        usable = variable is None or environment.get(variable)
        path = shutil.which(name, path=environment.get("PATH")) if usable else None
        if path is not None:
            return path, *options
    return None


def _too_long(what: str, size: int, problem: str) -> str:
    """Why a long text was not copied, and what to do."""
    why = problem or "no program here fills the system's clipboard"
    most = count_noun(LONGEST_IN_SEQUENCE, "byte")
    return f"{what} is not copied: {count(size)} bytes, a terminal takes {most}, and {why}; e opens it"
