"""What a reading leaves beside its rows: odd things, skipped rows, fields nobody used, files nobody knew."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from uphold.errors import BadFile, UpholdError
from uphold.records.rows import ImportRow, RowSource, RowWarning, SkippedRow

ReadProgress = Callable[[int, int], None]
"""Called with the bytes read so far and the bytes there are."""


class BadRow(UpholdError):
    """What is wrong with one row; whoever reads the file adds the place and makes it a BadFile."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the person said beside the paths; `mapping` is field -> column."""

    mapping: Mapping[str, str] = field(default_factory=dict)
    candidate: str | None = None
    baseline: str | None = None
    baseline_file: Path | None = None


@dataclass(frozen=True)
class FileReading:
    """Rows as they are read, in file order; the lists are complete when `rows` is exhausted."""

    format: str
    set_name: str
    files: tuple[str, ...]
    rows: Iterator[ImportRow]
    odd: list[RowWarning]
    skipped: list[SkippedRow]
    unused_fields: list[str]
    ignored: list[str]


class ByteMeter:
    """Bytes read over all files of a reading."""

    def __init__(self, total: int, tell: ReadProgress | None) -> None:
        self._total = total
        self._tell = tell
        self._before = 0

    def reached(self, done: int) -> None:
        """`done` bytes of the present file are read."""
        if self._tell is not None:
            self._tell(min(self._before + done, self._total), self._total)

    def finished(self, size: int) -> None:
        """The present file, of `size` bytes, is read."""
        self._before += size
        self.reached(0)


class ReadNotes:
    """Takes down what a format meets; refuses a bad row, or skips it when the person said so."""

    def __init__(self, meter: ByteMeter, skip_bad: bool = False) -> None:
        self.meter = meter
        self.odd: list[RowWarning] = []
        self.skipped: list[SkippedRow] = []
        self.unused: list[str] = []
        self._skip_bad = skip_bad
        self._used: set[str] = set()
        self._left: dict[str, None] = {}

    def strange(self, where: RowSource, what: str) -> None:
        """List something that was kept, ignored or left out."""
        self.odd.append(RowWarning(where, what))

    def refuse(self, where: RowSource, why: str) -> None:
        """Record a bad row as skipped; raises BadFile unless bad rows are to be skipped."""
        if not self._skip_bad:
            raise BadFile(f"{where}: {why}")
        self.skipped.append(SkippedRow(where, why))

    def fields(self, given: Mapping[str, Any], used: frozenset[str]) -> None:
        """Take down which fields of `given` are among those that are `used`."""
        self._used |= given.keys() & used
        self.leave(name for name in given if name not in used)

    def leave(self, names: Iterator[str]) -> None:
        """Take down fields that one row had and that nothing was made of."""
        self._left.update(dict.fromkeys(names))

    def close(self) -> None:
        """Settle which fields were never used, in order of appearance."""
        self.unused.extend(name for name in self._left if name not in self._used)
