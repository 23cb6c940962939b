"""Options, progress and warnings of reading import files.

Readers get a `ReadOptions` and a `ReadNotes`; callers of `registry.open_files` get a `FileReading`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from uphold.errors import BadFile, UpholdError
from uphold.records.bundles import OpenBundle
from uphold.records.import_request import ImportSuggestion, WordMaps
from uphold.records.rows import ColumnUse, ImportRow, RowSource, RowWarning, SkippedRow
from uphold.records.scores import ImportedScore

ReadProgress = Callable[[int, int], None]
"""Called with the bytes read so far and the bytes in all files."""

FileRow = tuple[RowSource, dict[str, Any]]
"""A row as it was decoded, with its place."""


class BadRow(UpholdError):
    """A row that cannot be imported; `iter_rows` and the readers add its place and report it to `ReadNotes`."""


class NeedsOptions(BadFile):
    """Files that options would take; `suggestion` are these options, the message is one sentence without them."""

    def __init__(self, message: str, suggestion: ImportSuggestion) -> None:
        super().__init__(message)
        self.suggestion = suggestion


class UnknownWords(BadFile):
    """Words of verdicts, decisions or orders that the format does not know; `words` are all of a file, by field."""

    def __init__(self, message: str, words: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__(message)
        self.words = words


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How files are to be read.

    `format` is a format name (None: detect it). `mapping` is field -> column, `systems` is system -> column of its
    answers, `words` are other people's words for labels, `left_out` the columns that are left out: these apply to the
    `pairs` format. `candidate` and `baseline` name the systems where the files do not. `baseline_file` holds the
    baseline's outputs (`alpaca-eval`). `skip_bad` skips bad rows instead of raising BadFile. `encoding` is that of text
    files (None: UTF-8). `system` names the system whose answers or scores the files are, where they do not (`lm-eval`,
    `scores`). `database` is the open database, whose files are not to be opened. Without `answers` only the scores of
    `lm-eval` files are read.
    """

    format: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    candidate: str | None = None
    baseline: str | None = None
    baseline_file: Path | None = None
    skip_bad: bool = False
    systems: Mapping[str, str] = field(default_factory=dict)
    words: WordMaps = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    encoding: str | None = None
    system: str | None = None
    database: Path | None = None
    answers: bool = True

    @property
    def names_columns(self) -> bool:
        """Whether the options speak of columns, as only those of the `pairs` format do."""
        return bool(self.mapping or self.systems or self.words or self.left_out)


@dataclass(frozen=True)
class FileReading:
    """Files that are open for reading. `rows` are in file order; the lists are complete once `rows` is exhausted.

    Files with `scores_only` hold no rows of a set. A `bundle` holds more than its rows.
    """

    format: str
    set_name: str
    files: tuple[str, ...]
    rows: Iterator[ImportRow]
    warnings: list[RowWarning]
    skipped: list[SkippedRow]
    unused_fields: list[str]
    ignored: list[str]
    columns: list[ColumnUse]
    scores: list[ImportedScore] = field(default_factory=list)
    scores_only: bool = False
    bundle: OpenBundle | None = None


class ByteMeter:
    """Counts the bytes read over all files and reports them to a progress callback."""

    def __init__(self, total: int, on_progress: ReadProgress | None) -> None:
        self._total = total
        self._on_progress = on_progress
        self._finished = 0

    def update(self, position: int) -> None:
        """Report that the current file has been read up to `position` bytes."""
        if self._on_progress is not None:
            self._on_progress(min(self._finished + position, self._total), self._total)

    def finish_file(self, size: int) -> None:
        """Report that the current file, of `size` bytes, has been read to its end."""
        self._finished += size
        self.update(0)


class ReadNotes:
    """Collects scores, warnings, skipped rows and unused fields while a format is read."""

    def __init__(self, meter: ByteMeter, skip_bad: bool = False) -> None:
        self.meter = meter
        self.warnings: list[RowWarning] = []
        self.skipped: list[SkippedRow] = []
        self.unused: list[str] = []
        self.columns: list[ColumnUse] = []
        self.scores: list[ImportedScore] = []
        self._skip_bad = skip_bad
        self._used: set[str] = set()
        self._maybe_unused: dict[str, None] = {}  # in order of appearance
        self._uses: dict[str, ColumnUse] = {}  # likewise

    def warn(self, source: RowSource, message: str) -> None:
        """Add a warning about something that was kept, ignored or left out."""
        self.warnings.append(RowWarning(source, message))

    def skip_or_raise(self, source: RowSource, reason: str) -> None:
        """Record a bad row as skipped. Raises BadFile unless bad rows are to be skipped."""
        if not self._skip_bad:
            raise BadFile(f"{source}: {reason}")
        self.skipped.append(SkippedRow(source, reason))

    def note_fields(self, record: Mapping[str, Any], used: frozenset[str]) -> None:
        """Note which fields of `record` were used, under their own names, and which were not."""
        if not record.keys() <= self._uses.keys() or not self._used >= record.keys() & used:
            for name in record:
                if name in used:
                    self.note_use(ColumnUse(name, name))
                else:
                    self.note_unused((name,))

    def note_columns(self, names: Iterable[str]) -> None:
        """Note which columns there are, in the order in which they are to be listed."""
        for name in names:
            self._uses.setdefault(name, ColumnUse(name))

    def note_use(self, use: ColumnUse) -> None:
        """Note that a column was used."""
        self._used.add(use.name)
        self._uses[use.name] = use

    def note_unused(self, names: Iterable[str]) -> None:
        """Note fields that one row had and that were not imported."""
        for name in names:
            self._maybe_unused[name] = None
            self._uses.setdefault(name, ColumnUse(name))

    def close(self) -> None:
        """Fill `unused` with the fields that no row used, and `columns` with all, in order of appearance."""
        self.columns.extend(self._uses.values())
        self.unused.extend(name for name in self._maybe_unused if name not in self._used)
