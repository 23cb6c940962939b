"""Showing a pair in the user's own pager."""

import os
import shlex
import tempfile
from pathlib import Path

from textual.app import App, SuspendNotSupported
from textual.content import Content

from uphold_tui import safe_text
from uphold_tui.editor import run_in_foreground
from uphold_tui.themes import MUTED


def show_in_pager(app: App[object], text: str) -> Content | None:
    """Show a text in $PAGER, else $EDITOR, else less, and wait until it is left; return why it could not be, else None."""
    command = os.environ.get("PAGER") or os.environ.get("EDITOR") or "less"
    try:
        with app.suspend():
            _run(command, text)
    except SuspendNotSupported:
        return Content.styled("this terminal cannot be handed to a pager", MUTED)
    except (OSError, ValueError) as error:
        return Content.assemble(safe_text.line(command), " could not be started: ", safe_text.line(str(error)))
    return None


def _run(command: str, text: str) -> None:
    """Run a pager or editor on a text.

    Raises OSError where the command cannot be started, ValueError where it cannot be split into words.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pair.txt"
        file.write_text(text, encoding="utf-8")
        run_in_foreground([*shlex.split(command), str(file)])
