"""Writes an unexpected error to a log file, so that the terminal gets one sentence that names it."""

import contextlib
import os
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

from uphold_tui.safe_text import safe

KEPT = 20
"""How many log files are kept; older ones are removed."""

_PREFIX = "error-"


def log_folder() -> Path:
    """Return the folder of the log files: where the platform keeps logs of programs, such as ~/.local/state/uphold/log."""
    from platformdirs import user_log_path

    return user_log_path("uphold", appauthor=False)


def write_error_log(error: BaseException) -> Path | None:
    """Write the traceback of an error, without the values of variables, to a new file; None where that is impossible."""
    from uphold import __version__

    trace = "".join(traceback.TracebackException.from_exception(error, capture_locals=False).format())
    now = datetime.now(UTC)
    head = f"uphold {__version__}, Python {sys.version.split()[0]}, {sys.platform}, {now:%Y-%m-%d %H:%M:%S} UTC\n\n"
    try:
        folder = log_folder()
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{_PREFIX}{now:%Y%m%d-%H%M%S}-{os.getpid()}.log"
        descriptor = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(head + safe(trace))
    except OSError:
        return None
    _sweep(folder)
    return path


def _sweep(folder: Path) -> None:
    """Remove the oldest log files."""
    with contextlib.suppress(OSError):
        for old in sorted(folder.glob(f"{_PREFIX}*.log"))[:-KEPT]:
            old.unlink()


def place_of(error: BaseException) -> str:
    """Return where an error was raised, in this program where it was: `review/screen.py line 214`."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [
        frame
        for frame in frames
        if "uphold" in Path(frame.filename).parts or "uphold_tui" in Path(frame.filename).parts
    ]
    if not (own or frames):
        return "an unknown place"
    frame = (own or list(frames))[-1]
    return f"{'/'.join(Path(frame.filename).parts[-2:])} line {frame.lineno}"


def describe_error(error: BaseException, what: str = "uphold") -> str:
    """Log an unexpected error, and return the sentence on what stopped; it holds nothing of the error's own text."""
    log = write_error_log(error)
    where = f"details are in {log}" if log is not None else f"no log could be written to {log_folder()}"
    return f"{what} stopped because of an error of its own, {type(error).__name__} in {place_of(error)}; {where}"
