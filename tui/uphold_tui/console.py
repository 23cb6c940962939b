"""The command line's one door: everything printed passes here and is made harmless."""

import contextlib
import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Protocol

from uphold.errors import UpholdError
from uphold.reports.model import Report, ReportRow, Role
from uphold.text import one_line, terminal_safe

INTERRUPTED = 130


def in_terminal() -> bool:
    """Is there a person at a terminal? The app reads standard input and draws on standard error."""
    return sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()


def run_guarded(command: Callable[[], object]) -> int:
    """Run a command and return its exit code; what went wrong is one sentence on standard error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A sign that the terminal's encoding lacks is no reason to stop.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = command()
        sys.stdout.flush()
    except Exception as error:
        code = _tell(error)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except SystemExit as leaving:
        code = 0 if isinstance(leaving.__context__, BrokenPipeError) else leaving.code
    if code == INTERRUPTED:
        print_note("interrupted; what is in the database stays there")
    return code if isinstance(code, int) else 0


def _tell(error: Exception) -> int:
    """The exit code of an error that a person can act on, told in a sentence; raises any other again."""
    if isinstance(error, UpholdError):
        print_note(str(error))
        return error.exit_code
    if isinstance(error, OSError):
        _close_output()
        if isinstance(error, BrokenPipeError):
            return 0  # the reader of a pipe has left: nothing is wrong, and nothing more can be said
        print_note(f"{error.filename or 'the output'}: cannot be written or read ({error.strerror or error})")
        return UpholdError.exit_code
    if type(error).__module__ == "sqlite3":
        print_note(f"the database cannot be read to its end ({error}); it may be damaged: go back to a copy of it")
        return UpholdError.exit_code
    message = getattr(error, "format_message", None)  # bad usage, as the command line's parser tells it
    if message is None:
        raise error
    context = getattr(error, "ctx", None)
    said = str(message()).rstrip(".")
    print_note(f"{said[:1].lower()}{said[1:]}" + (f"; see {context.command_path} --help" if context else ""))
    return UpholdError.exit_code


def _close_output() -> None:
    """Let what is still to be written go nowhere, so that it cannot fail again."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_text(text: str = "") -> None:
    """Print data on standard output."""
    sys.stdout.write(terminal_safe(text) + "\n")


def print_note(text: str = "") -> None:
    """Print talk on standard error, never wrapped."""
    sys.stderr.write(terminal_safe(text) + "\n")


def print_line(text: str) -> None:
    """Print one line of data: line breaks in it are shown as signs."""
    sys.stdout.write(one_line(text) + "\n")


def print_report(page: Report) -> None:
    """Print a page: neighbouring table rows line up, numbers at the right of their column."""
    print_line(page.title)
    print_line(page.subtitle)
    for section in page.sections:
        print_text()
        if section.title:
            print_line(section.title)
        for is_table, group in groupby(section.lines, key=lambda line: len(line.spans) > 1):
            lines = list(group)
            rows = [["  " + line.spans[0].text, *(span.text for span in line.spans[1:])] for line in lines]
            right = (
                [i for i in range(max(map(len, rows))) if any(_figure(line, i) for line in lines)] if is_table else []
            )
            print_table(rows, right=right)


def _figure(line: ReportRow, column: int) -> bool:
    return column < len(line.spans) and line.spans[column].role in (Role.NUMBER, Role.STRONG_NUMBER)


def print_json(value: Any) -> None:
    """Print JSON on standard output: ASCII, on as many lines as it likes, never wrapped."""
    sys.stdout.write(json.dumps(value, ensure_ascii=True, indent=2, allow_nan=False) + "\n")


def write_lines(lines: Iterable[str]) -> None:
    """Write a file's lines, line ends and all, on standard output: as they are, in UTF-8; made harmless in a terminal."""
    sys.stdout.flush()
    if sys.stdout.isatty():
        for line in lines:
            sys.stdout.write(terminal_safe(line))
        return
    for line in lines:
        sys.stdout.buffer.write(line.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def print_table(rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()) -> None:
    """Print rows with their columns aligned; `right` numbers the columns that hold figures."""
    for line in table_lines(rows, right=right):
        sys.stdout.write(line + "\n")


def table_lines(rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()) -> list[str]:
    """The lines of a table, harmless and aligned by the width that cells have in a terminal."""
    from rich.cells import cell_len

    safe = [[one_line(cell) for cell in row] for row in rows]
    columns = max((len(row) for row in safe), default=0)
    widths = [max((cell_len(row[i]) for row in safe if i < len(row)), default=0) for i in range(columns)]

    def pad(cell: str, i: int) -> str:
        space = " " * (widths[i] - cell_len(cell))
        return space + cell if i in right else cell + space

    return ["  ".join(pad(cell, i) for i, cell in enumerate(row)).rstrip() for row in safe]


class ProgressBar(Protocol):
    """A progress bar."""

    def __call__(self, done: float, total: float, text: str = "") -> None:
        """Show how far the work is."""


@contextlib.contextmanager
def progress(title: str) -> Iterator[ProgressBar]:
    """A progress bar on standard error; nothing at all where that is no terminal."""
    if not sys.stderr.isatty():
        yield lambda done, total, text="": None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[text]}", markup=False),
    )
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bars:
        task = bars.add_task(one_line(title), total=None, text="")

        def show(done: float, total: float, text: str = "") -> None:
            bars.update(task, completed=done, total=total or None, text=one_line(text))

        yield show
