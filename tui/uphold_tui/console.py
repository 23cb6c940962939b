"""Printing for the command line: all output goes through here and is made safe for the terminal."""

import contextlib
import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from uphold.errors import UpholdError
from uphold.text import one_line, terminal_safe

if TYPE_CHECKING:
    from uphold.reports.model import Report

INTERRUPTED = 130
"""Exit code after a Ctrl-C."""


def in_terminal() -> bool:
    """Whether standard input, output and error are a terminal; the app reads the first and draws on the last."""
    return sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()


def run_guarded(command: Callable[[], object], explain: Callable[[Exception], Exception | None] | None = None) -> int:
    """Run a command and return its exit code; an error is printed as one sentence on standard error.

    `explain` returns the error to print in the place of one that no sentence is known for, or None.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A character that the terminal's encoding lacks must not stop the output.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = command()
        sys.stdout.flush()
    except Exception as error:
        code = _print_error(error, explain)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except SystemExit as exit_request:
        code = 0 if isinstance(exit_request.__context__, BrokenPipeError) else exit_request.code
    if code == INTERRUPTED:
        print_note("interrupted; what is in the database stays there")
    return code if isinstance(code, int) else 0


def _print_error(error: Exception, explain: Callable[[Exception], Exception | None] | None = None) -> int:
    """Print an error that a person can act on as a sentence and return its exit code; raise any other again."""
    if isinstance(error, UpholdError):
        print_note(str(error))
        return error.exit_code
    if isinstance(error, OSError):
        _close_output()
        if isinstance(error, BrokenPipeError):
            return 0  # the reader of the pipe has closed it, which is not an error
        print_note(f"{error.filename or 'the output'}: cannot be written or read ({error.strerror or error})")
        return UpholdError.exit_code
    if type(error).__module__ == "sqlite3":
        print_note(f"the database cannot be read to its end ({error}); it may be damaged: go back to a copy of it")
        return UpholdError.exit_code
    message = getattr(error, "format_message", None)  # a usage error from the command line parser
    if message is None:
        explained = explain(error) if explain is not None else None
        if explained is None:
            raise error
        return _print_error(explained)
    context = getattr(error, "ctx", None)
    text = str(message()).rstrip(".")
    print_note(f"{text[:1].lower()}{text[1:]}" + (f"; see {context.command_path} --help" if context else ""))
    return UpholdError.exit_code


def _close_output() -> None:
    """Redirect standard output to the null device, so that flushing the rest cannot fail again."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_text(text: str = "") -> None:
    """Print data on standard output."""
    sys.stdout.write(terminal_safe(text) + "\n")


def print_note(text: str = "") -> None:
    """Print a message on standard error, never wrapped."""
    sys.stderr.write(terminal_safe(text) + "\n")


def print_line(text: str) -> None:
    """Print one line of data on standard output, with line breaks in it shown as symbols."""
    sys.stdout.write(one_line(text) + "\n")


def print_report(report: "Report") -> None:
    """Print a report, with adjacent table rows aligned and columns of numbers flush right."""
    from uphold.reports.text_tables import text_tables

    print_line(report.title)
    print_line(report.subtitle)
    for section in report.sections:
        print_text()
        if section.title:
            print_line(section.title)
        for table in text_tables(section):
            print_table([(f"  {row[0]}", *row[1:]) for row in table.rows], right=table.right)


def print_json(value: Any) -> None:
    """Print indented ASCII JSON on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=True, indent=2, allow_nan=False) + "\n")


def write_lines(lines: Iterable[str]) -> None:
    """Write the lines of a file, with their line ends, on standard output: unchanged in UTF-8, or safe for a terminal."""
    sys.stdout.flush()
    if sys.stdout.isatty():
        for line in lines:
            sys.stdout.write(terminal_safe(line))
        return
    for line in lines:
        sys.stdout.buffer.write(line.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def print_table(rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()) -> None:
    """Print rows with aligned columns; those whose numbers are in `right` are flush right."""
    for line in table_lines(rows, right=right):
        sys.stdout.write(line + "\n")


def table_lines(rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()) -> list[str]:
    """Return the lines of a table, safe for a terminal and aligned by the width of its cells there."""
    from rich.cells import cell_len

    safe = [[one_line(cell) for cell in row] for row in rows]
    columns = max((len(row) for row in safe), default=0)
    widths = [max((cell_len(row[i]) for row in safe if i < len(row)), default=0) for i in range(columns)]

    def pad(cell: str, i: int) -> str:
        space = " " * (widths[i] - cell_len(cell))
        return space + cell if i in right else cell + space

    return ["  ".join(pad(cell, i) for i, cell in enumerate(row)).rstrip() for row in safe]


class ProgressBar(Protocol):
    """A function that shows progress, with a text beside the bar."""

    def __call__(self, done: float, total: float, text: str = "") -> None:
        """Show that `done` of `total` is finished."""


@contextlib.contextmanager
def progress(title: str) -> Iterator[ProgressBar]:
    """Show a progress bar on standard error, or nothing if that is no terminal."""
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
