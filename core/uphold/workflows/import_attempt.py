"""One pass over the files of an import: every row is read, checked and staged, ready to be written."""

import sqlite3
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

from uphold.errors import BadFile, UpholdError
from uphold.formats import registry
from uphold.formats.encodings import WrongEncoding
from uphold.formats.reading import FileReading, NeedsOptions, ReadOptions, ReadProgress
from uphold.records.import_preview import ImportRefusal, UnderstoodRow
from uphold.records.import_request import ImportRequest, ImportSuggestion
from uphold.records.rows import ImportRow, ImportSummary, SkippedRow
from uphold.records.scores import ImportedScore, Score, SystemScores
from uphold.store import benchmarks, imports
from uphold.store.benchmarks import ScoreChanges
from uphold.store.bulk_import import BulkImport
from uphold.store.bundle_import import BundleImport, ImportPlace, count_new
from uphold.store.database import now
from uphold.store.put_off_rows import PutOffRows
from uphold.workflows.import_rules import ImportRules, NeedsOtherRows, PartlyApplied
from uphold.workflows.import_set import ROWS_LOOKED_AT, SetChoice, choose_set

PAIRS = "pairs"
"""The format in which a system has one answer to an example."""

_Result = TypeVar("_Result")

_PROGRESS_ROWS = 500
"""Rows between two progress values."""


class ImportRefused(BadFile):
    """Files that are taken with other options; the message ends with the command line that takes them."""

    def __init__(self, sentence: str, suggestion: ImportSuggestion, command: str) -> None:
        super().__init__(f"{sentence}\n{command}")
        self.sentence, self.suggestion = sentence, suggestion


def refusal_error(request: ImportRequest, refusal: ImportRefusal) -> BadFile:
    """Return the error that says why files are refused, with the whole command that takes them where one is known."""
    if refusal.suggestion is None:
        return BadFile(refusal.sentence)
    command = request.with_suggestion(refusal.suggestion).command()
    return ImportRefused(refusal.sentence, refusal.suggestion, command)


@contextmanager
def naming_commands(request: ImportRequest, database: Path | None = None) -> Iterator[None]:
    """Turn the error of a file that needs other options into ImportRefused, which names the whole command."""
    try:
        yield
    except NeedsOptions as needed:
        raise refusal_error(request, ImportRefusal(str(needed), needed.suggestion)) from None
    except WrongEncoding as wrong:
        suggestion = encoding_suggestion(request, wrong, database)
        if suggestion is None:
            raise
        raise refusal_error(request, ImportRefusal(str(wrong), suggestion)) from None


def encoding_suggestion(request: ImportRequest, wrong: WrongEncoding, database: Path | None) -> ImportSuggestion | None:
    """Return the encoding that a file seems to be in, with what else it needs when it is read so; None where none is named."""
    if request.encoding is not None or not wrong.guesses:
        return None
    encoding = wrong.guesses[0]
    try:
        reading = open_request(replace(request, encoding=encoding), database)
        next(iter(reading.rows), None)
    except NeedsOptions as needed:
        return replace(needed.suggestion, encoding=encoding)
    except UpholdError:  # what else is wrong with the file is told once it is read in its encoding
        return ImportSuggestion(encoding=encoding)
    return ImportSuggestion(encoding=encoding)


def read_options(request: ImportRequest, database: Path | None) -> ReadOptions:
    """Return how the files of a request are to be read; `database` is the open one, whose files are not opened."""
    return ReadOptions(
        request.format,
        request.mapping,
        request.candidate,
        request.baseline,
        request.baseline_file,
        request.skip_bad,
        request.systems,
        request.words,
        frozenset(request.left_out),
        request.encoding,
        request.system,
        database,
        answers=request.set is not None and not request.default_set,
    )


def open_request(request: ImportRequest, database: Path | None, progress: ReadProgress | None = None) -> FileReading:
    """Open the files of a request for reading. Raises BadFile and BadUsage as `registry.open_files` does."""
    return registry.open_files(request.paths, read_options(request, database), progress)


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far an import is: bytes read of the total size of the files, or, once `writing`, rows written of all to write.

    `rows` is how many rows of the files have been read.
    """

    done: int
    total: int
    rows: int
    writing: bool = False


class ImportAttempt:
    """One pass over the files; `left_out` maps the numbers of rows to skip to the reason.

    `keep_rows` of the first rows are kept for `understood_rows`.
    """

    def __init__(
        self,
        conn: sqlite3.Connection,
        database: Path,
        request: ImportRequest,
        left_out: Mapping[int, str],
        keep_rows: int = 0,
    ) -> None:
        self._kept, self._first = keep_rows, list[ImportRow]()
        self._bytes = (0, 0)
        self._files = open_request(request, database, self._set_progress)
        self._conn, self._request = conn, request
        self.left_out = dict(left_out)
        self._rows_to_write = 0
        self._scores = ScoreChanges()
        first = list(islice(self._files.rows, ROWS_LOOKED_AT if request.set is None else 0))
        self._rows = chain(first, self._files.rows)
        self._bundle = self._files.bundle
        choice = self._choose_set(first)
        self.summary = ImportSummary(format=self._files.format, set=choice.name, set_reason=choice.reason)
        self._bulk = BulkImport(conn, choice.name, now())
        self.is_new_set = self._bulk.writer.sets.count > 0
        one_answer = self._files.format == PAIRS
        self._rules = ImportRules(self._bulk, self.summary, update=request.update, one_answer=one_answer)

    def _choose_set(self, first: Sequence[ImportRow]) -> SetChoice:
        """Return the set that the rows go into; a bundle names its own."""
        if self._request.set is not None:
            return SetChoice(self._request.set)
        if self._bundle is not None:
            return SetChoice(self._files.set_name)
        return choose_set(self._conn, self._files.set_name, first)

    def _set_progress(self, done: int, total: int) -> None:
        self._bytes = (done, total)

    def read(self, at_most: int | None = None) -> Generator[ImportProgress, None, None]:
        """Read every row, or the first ones, apply the rules and stage what is to be written; yields progress."""
        summary = self.summary
        deferred = PutOffRows(self._conn)
        for number, row in enumerate(islice(self._rows, at_most)):
            summary.rows += 1
            if len(self._first) < self._kept:
                self._first.append(row)
            if number in self.left_out:
                self._skip(row, self.left_out[number])
            elif not self._apply(number, row):
                deferred.add(number, row)
            if summary.rows % _PROGRESS_ROWS == 0:
                self._bulk.stage()
                yield ImportProgress(*self._bytes, summary.rows)
        refused = yield from self._with_progress(self._rules.apply_deferred(deferred))
        for number, row, error in refused:
            if summary.rows == at_most and isinstance(error, NeedsOtherRows):
                continue  # they may come later
            if not self._request.skip_bad:
                raise error
            self.left_out[number] = _without_source(error, row)
        self._rules.finish_reading()
        self._rows_to_write = self._bulk.writer.rows
        self._complete_summary()

    def _with_progress(self, steps: Generator[None, None, _Result]) -> Generator[ImportProgress, None, _Result]:
        """Yield progress at every step; return what the steps return."""
        while True:
            try:
                next(steps)
            except StopIteration as end:
                result: _Result = end.value
                return result
            yield ImportProgress(*self._bytes, self.summary.rows)

    def _apply(self, number: int, row: ImportRow) -> bool:
        """Apply or skip a row; return False where it depends on rows that may come later."""
        try:
            self._rules.apply(number, row)
        except NeedsOtherRows:
            return False
        except PartlyApplied as error:
            if not self._request.skip_bad:
                raise
            self.left_out[number] = _without_source(error, row)
        except BadFile as error:
            if not self._request.skip_bad:
                raise
            self._skip(row, _without_source(error, row))
        return True

    def _skip(self, row: ImportRow, why: str) -> None:
        self.summary.skipped.append(SkippedRow(row.source, why))

    def _complete_summary(self) -> None:
        summary, files = self.summary, self._files
        summary.files = [str(file) for file in files.files]
        summary.warnings.extend(files.warnings)
        summary.skipped.extend(files.skipped)
        summary.unused_fields = list(files.unused_fields)
        summary.ignored = list(files.ignored)
        summary.columns = list(files.columns)
        self._scores = benchmarks.score_changes(self._conn, files.scores, update=self._request.update)
        count_scores(summary, files.scores, self._scores)

    def understood_rows(self) -> Iterator[UnderstoodRow]:
        """Yield the first rows that were read, as they were understood; those that were refused are left out."""
        for row in self._first:
            with suppress(BadFile):
                yield self._rules.understand(row)

    def count_changes(self, *, whole: bool) -> None:
        """Where nothing is going to be written, count in the summary the edits that writing would make.

        Of `whole` bundles also the judgments and reviews.
        """
        self._rules.count_changes()
        if self._bundle is not None and whole:
            judgments, events = count_new(self._conn, self.summary.set, self._bundle.facts())
            self.summary.judgments += judgments
            self.summary.reviews += events

    @property
    def may_change(self) -> bool:
        """Whether there may be anything to write."""
        return self._rules.may_change or bool(self._scores) or self._bundle is not None

    def write_progress(self, done: int) -> ImportProgress:
        """Return how far writing is, after so many rows."""
        return ImportProgress(done, self._rows_to_write, self.summary.rows, writing=True)

    def write(self) -> Generator[ImportProgress, None, None]:
        """Under the write lock, write what is staged, and the import's record; an import that adds nothing has none."""
        writer, summary = self._bulk.writer, self.summary
        self._bulk.check()
        imports.open_import(self._conn, writer.import_id, writer.at)
        for done in writer.write():
            yield self.write_progress(done)
        brought = yield from self._write_bundle()
        self._rules.finish_writing(is_bundle=self._bundle is not None)
        benchmarks.write_scores(self._conn, self._scores, writer.import_id, writer.at)
        if self._rules.changed or self._scores or brought:
            summary.number = writer.import_id
            imports.close_import(self._conn, writer.import_id, summary)
            if not summary.rows:
                imports.forget_empty_set(self._conn, writer.import_id, writer.set_id)
        else:
            imports.forget_import(self._conn, writer.import_id, writer.set_id)

    def _write_bundle(self) -> Generator[ImportProgress, None, int]:
        """Write what a bundle holds besides its rows, before decisions are carried; return how many rows are new."""
        if self._bundle is None:
            return 0
        writer, summary = self._bulk.writer, self.summary
        place = ImportPlace(writer.import_id, writer.at, writer.set_id, self.is_new_set)
        bringing = BundleImport(self._conn, place)
        bringing.write_header(self._bundle.source, self._bundle.header)
        for _ in bringing.write(self._bundle.facts()):
            yield self.write_progress(self._rows_to_write)
        counts = bringing.counts
        summary.judgments += counts.judgments
        summary.reviews += counts.events
        summary.already_there += counts.already_there
        summary.warnings.extend(counts.warnings)
        return counts.added


def count_scores(summary: ImportSummary, scores: Sequence[ImportedScore], changes: ScoreChanges) -> None:
    """Count in the summary the scores of the files, and what of them is new."""
    summary.systems = list(dict.fromkeys(score.system for score in scores))
    summary.scores, summary.scores_replaced = len(changes.added), changes.replaced
    summary.scores_there, summary.items = changes.already_there, changes.items
    of_systems = [
        SystemScores.of(system, [as_score(score) for score in scores if score.system == system])
        for system in summary.systems
    ]
    summary.score_names = list(dict.fromkeys(name for one in of_systems for name in one.top_level()))


def as_score(score: ImportedScore) -> Score:
    """Return a score of a file as one that counts."""
    numbers = score.value, score.error, score.n, score.higher_is_better
    return Score(None, score.task, score.metric, score.filter, *numbers, score.leaves, len(score.items))


def _without_source(error: BadFile, row: ImportRow) -> str:
    return str(error).removeprefix(f"{row.source}: ")
