"""The editor of the environment: a text is written to a private file, and read when the editor is left."""

import os
import shlex
import subprocess
import tempfile
from pathlib import Path


def editor_command() -> str:
    """Return the command of the editor: $VISUAL, else $EDITOR, else vi."""
    return os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"


def edit_text(command: str, text: str, name: str = "example.txt") -> str | None:
    """Open a text in an editor and wait; return what it was made into, None where it was left as it is.

    Raises OSError where the editor cannot be started or ended with an error, ValueError where the command cannot be split
    into words or the file is no UTF-8.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_text(text, encoding="utf-8", newline="")
        done = subprocess.run([*shlex.split(command), str(file)], check=False)
        if done.returncode:
            raise OSError(f"it ended with code {done.returncode}")
        written = file.read_bytes().decode("utf-8")
    return None if written == text else written
