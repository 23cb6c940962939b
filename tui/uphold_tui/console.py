"""Printing for the command line: all output goes through here and is made safe for the terminal."""

import contextlib
import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from uphold.errors import UpholdError
from uphold.text import one_line, terminal_safe

if TYPE_CHECKING:
    from uphold.reports.model import Report

_SURROGATE = re.compile("[\ud800-\udfff]")

INTERRUPTED = 130
"""Exit code after a Ctrl-C."""

OWN_ERROR = 4
"""Exit code after an error of the program's own: none that says what came of the work."""


def in_terminal() -> bool:
    """Whether standard input, output and error are a terminal; the app reads the first and draws on the last."""
    return sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()


@dataclass(frozen=True, slots=True)
class UnknownErrors:
    """What becomes of an error that no sentence is known for.

    `explain` returns the error to print in its place, or None; then `describe` returns the sentence about it.
    """

    explain: Callable[[Exception], Exception | None]
    describe: Callable[[Exception], str]


def run_guarded(command: Callable[[], object], unknown: UnknownErrors) -> int:
    """Run a command and return its exit code; an error is printed as one sentence on standard error."""
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A character that the terminal's encoding lacks must not stop the output.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = command()
        sys.stdout.flush()
    except Exception as error:
        code = _print_error(error, unknown)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except SystemExit as exit_request:
        code = 0 if isinstance(exit_request.__context__, BrokenPipeError) else exit_request.code
    if code == INTERRUPTED:
        print_note("interrupted; what is in the database stays there")
    return code if isinstance(code, int) else 0


def _open_closed_streams() -> None:
    """Have a standard stream that was closed when the program was started read or write the null device.

    Its descriptor must not go to a file that is opened later: what is printed would be written into that.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) < 3:
        pass
    os.close(descriptor)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115  (as long as the program runs)


def _print_error(error: Exception, unknown: UnknownErrors) -> int:
    """Print an error and return its exit code."""
    if isinstance(error, UpholdError):
        print_note(_two_lines(str(error)))
        return error.exit_code
    if isinstance(error, OSError):
        _redirect_to_null(sys.stdout)
        if isinstance(error, BrokenPipeError):
            return 0  # the reader of the pipe has closed it, which is not an error
        if isinstance(error, FileNotFoundError) and error.filename is None:
            print_note("the current folder does not exist any more; change to another one")
            return UpholdError.exit_code
        print_note(f"{error.filename or 'the output'}: cannot be written or read ({error.strerror or error})")
        return UpholdError.exit_code
    if isinstance(error, UnicodeEncodeError) and _SURROGATE.search(error.object):
        print_note(f"{error.object[:200]!r}: not UTF-8; a name is UTF-8 text, only a path may hold other bytes")
        return UpholdError.exit_code
    message = getattr(error, "format_message", None)  # a usage error from the command line parser
    if message is None:
        explained = unknown.explain(error)
        if explained is not None:
            return _print_error(explained, unknown)
        if type(error).__module__ == "sqlite3":
            print_note(f"the database cannot be read to its end ({error}); it may be damaged: go back to a copy of it")
            return UpholdError.exit_code
        print_note(unknown.describe(error))
        return OWN_ERROR
    if type(error).__name__ == "NoArgsIsHelpError":  # a group of commands without one: the message is its help
        print_note(str(message()))
        return UpholdError.exit_code
    print_note(_two_lines(_usage_words(error, str(message()))))
    return UpholdError.exit_code


def _two_lines(message: str) -> str:
    """Return a message whose advice stands behind a semicolon with the advice on a line of its own, for a terminal.

    A log or a program gets one line.
    """
    return "\n".join(message.split("; ", 1)) if "\n" not in message and sys.stderr.isatty() else message


def _usage_words(error: Exception, message: str) -> str:
    """Return what is wrong with arguments or options, the options that may be meant, and the help to ask."""
    meant = getattr(error, "possibilities", None)
    text = str(getattr(error, "message", message) if meant else message).rstrip(".")
    context = getattr(error, "ctx", None)
    named = f"; did you mean {' or '.join(meant)}? See" if meant else "; see"
    advice = f"{named} {context.command_path} --help" if context is not None else ""
    return f"{text[:1].lower()}{text[1:]}{advice}"


def _redirect_to_null(stream: TextIO) -> None:
    """Redirect a standard stream to the null device, so that flushing the rest cannot fail again."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def print_text(text: str = "") -> None:
    """Print data on standard output."""
    sys.stdout.write(terminal_safe(text) + "\n")


def print_note(text: str = "") -> None:
    """Print a message on standard error, never wrapped."""
    try:
        sys.stderr.write(terminal_safe(text) + "\n")
        sys.stderr.flush()
    except OSError:
        _redirect_to_null(sys.stderr)  # the exit code is still told


def ask(question: str, default: str = "") -> str:
    """Ask a question on standard error and return the answer without the space around it, `default` for an empty one.

    Raises KeyboardInterrupt where the input ends.
    """
    sys.stderr.write(one_line(f"{question} [{default}]: " if default else f"{question}: "))
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise KeyboardInterrupt
    return line.strip() or default


def wait_notes(path: Path) -> Callable[[float], None]:
    """Return a function that says on standard error that another program is writing, when told the seconds waited."""
    moments = [60.0, 30.0, 15.0, 5.0, 1.0]

    def tell(seconds: float) -> None:
        if moments and seconds >= moments[-1]:
            moments.pop()
            print_note(f"{path}: another program is writing: waiting, {seconds:.0f} s")

    return tell


def print_line(text: str) -> None:
    """Print one line of data on standard output, with line breaks in it shown as symbols."""
    sys.stdout.write(one_line(text) + "\n")


def print_block(title: str, text: str) -> None:
    """Print a text below its title, after an empty line, each of its lines two cells in; `(empty)` where it is empty."""
    print_text()
    print_line(title)
    print_text("\n".join("  " + line for line in (text or "(empty)").replace("\r\n", "\n").split("\n")))


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


def cell_width(text: str) -> int:
    """Return how many cells of a terminal a text takes, once it is made safe for it."""
    from rich.cells import cell_len

    return cell_len(one_line(text))


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
