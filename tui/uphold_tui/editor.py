"""Editing a text in the user's own editor, in a temporary file that only they can read; programs that take the terminal."""

import os
import shlex
import signal
import subprocess
import tempfile
from pathlib import Path

from uphold.errors import BadUsage


def edit_text(text: str, *, kept_for: str) -> str:
    """Return a text as the user's editor ($VISUAL, $EDITOR, else vi) leaves it; the program waits until that ends.

    Raises BadUsage where the editor cannot be started, ends with an error, or leaves something that is no UTF-8. What was
    written is then kept in a file that the message names; `kept_for` says in it what it was.
    """
    command = _editor()
    folder = Path(tempfile.mkdtemp(prefix="uphold-"))
    path = folder / "edit.txt"
    try:
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        code = run_in_foreground([*command, str(path)])
        edited = path.read_bytes()
        if code != 0:
            raise BadUsage(
                f"{command[0]} ended with code {code}; nothing is changed" + _kept(path, edited, text, kept_for)
            )
        found = edited.decode()
    except UnicodeDecodeError:
        raise BadUsage(f"what was saved is not UTF-8; {kept_for} is in {path}; nothing is changed") from None
    except OSError as error:
        path.unlink(missing_ok=True)
        folder.rmdir()
        raise BadUsage(f"{command[0]}: cannot be run ({error.strerror or error}); set $EDITOR to your editor") from None
    path.unlink(missing_ok=True)
    folder.rmdir()
    return found


def _editor() -> list[str]:
    """Return the command of the user's editor; raises BadUsage where it cannot be split into words."""
    variable = "VISUAL" if os.environ.get("VISUAL") else "EDITOR"
    named = os.environ.get(variable, "")
    try:
        return shlex.split(named) or ["vi"]
    except ValueError as error:
        raise BadUsage(f"${variable}: {named!r} is no command ({error}); set it to your editor") from None


def keep_text(text: str) -> Path:
    """Write a text that could not be used to a file of its own and return its path."""
    descriptor, name = tempfile.mkstemp(prefix="uphold-", suffix=".txt")
    with os.fdopen(descriptor, "wb") as file:
        file.write(text.encode("utf-8", "surrogatepass"))
    return Path(name)


def run_in_foreground(command: list[str]) -> int:
    """Run a program that has the terminal, wait for it, and return its exit code. To be called in the main thread.

    ctrl+c is meant for that program alone: it goes to every process of the terminal, and would end this one when the
    program is left. A handler is not inherited by a program that is started, as SIG_IGN would be.
    """
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        return subprocess.run(command, check=False).returncode
    finally:
        signal.signal(signal.SIGINT, before)


def _kept(path: Path, edited: bytes, text: str, kept_for: str) -> str:
    """Return where what was written is kept; a file without a change is removed."""
    if edited != text.encode("utf-8", "surrogatepass"):
        return f"; {kept_for} is in {path}"
    path.unlink()
    path.parent.rmdir()
    return ""
