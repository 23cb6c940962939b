"""The command line's one door: everything printed passes here and is made harmless."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any, Protocol

from uphold.records.page import Line, Page, Role
from uphold.text import one_line, terminal_safe


def in_terminal() -> bool:
    """Is there a person at a terminal? The app reads standard input and draws on standard error."""
    return sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()


def say(text: str = "") -> None:
    """Print data on standard output."""
    sys.stdout.write(terminal_safe(text) + "\n")


def talk(text: str = "") -> None:
    """Print talk on standard error, never wrapped."""
    sys.stderr.write(terminal_safe(text) + "\n")


def say_line(text: str) -> None:
    """Print one line of data: line breaks in it are shown as signs."""
    sys.stdout.write(one_line(text) + "\n")


def say_page(page: Page) -> None:
    """Print a page: neighbouring table rows line up, numbers at the right of their column."""
    say_line(page.title)
    say_line(page.subtitle)
    for section in page.sections:
        say()
        if section.title:
            say_line(section.title)
        for is_table, group in groupby(section.lines, key=lambda line: len(line.spans) > 1):
            lines = list(group)
            rows = [["  " + line.spans[0].text, *(span.text for span in line.spans[1:])] for line in lines]
            right = (
                [i for i in range(max(map(len, rows))) if any(_figure(line, i) for line in lines)] if is_table else []
            )
            say_table(rows, right=right)


def _figure(line: Line, column: int) -> bool:
    return column < len(line.spans) and line.spans[column].role in (Role.NUMBER, Role.STRONG_NUMBER)


def say_json(value: Any) -> None:
    """Print JSON on standard output: ASCII, on as many lines as it likes, never wrapped."""
    sys.stdout.write(json.dumps(value, ensure_ascii=True, indent=2, allow_nan=False) + "\n")


def say_table(rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()) -> None:
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


class Bar(Protocol):
    """A progress bar."""

    def __call__(self, done: float, total: float, text: str = "") -> None:
        """Show how far the work is."""


@contextmanager
def progress(title: str) -> Iterator[Bar]:
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
