"""Exports the current pairs of runs, with verdicts and decisions, and writes files atomically."""

import contextlib
import os
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from uphold.errors import BadFile, BadUsage
from uphold.formats.writers.pairs_csv import csv_lines
from uphold.formats.writers.pairs_jsonl import json_lines
from uphold.records.judgments import JudgeRef
from uphold.records.reviews import ReviewerState, ReviewEvent
from uphold.records.rows import ExportedAnnotators, ExportedJudge, ExportedPair, ExportedReviewer, ExportOmissions
from uphold.records.runs import Run
from uphold.records.texts import ExampleText
from uphold.reviewing.history import replay
from uphold.store import exports, judgments, pairs, reviews
from uphold.store.database import Store
from uphold.temporary_files import sweep, temporary_file

FORMATS = ("csv", "jsonl")


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """The run, or the set whose runs are exported; with `reviewer`, the decisions of that reviewer only.

    The human label is that of all reviewers in any case.
    """

    run: str | None = None
    set: str | None = None
    reviewer: str | None = None


class Export:
    """The pairs of one export, read one at a time; `omitted` counts the pairs that are left out."""

    def __init__(self, store: Store, request: ExportRequest) -> None:
        self._store = store
        runs = exports.runs_to_export(store, request.run, request.set)
        self._runs: dict[int, Run] = {run.id: run for run in runs}
        self._ids = exports.pair_ids(store, runs)
        self._judges = _with_distinct_names(exports.judges_of_runs(store, runs))
        self._annotators = ExportedAnnotators(
            [name for name, _ in self._judges], exports.reviewers_of(store, runs, request.reviewer)
        )
        self.omitted: ExportOmissions = exports.omitted_counts(store, runs, len(self._ids))

    def __len__(self) -> int:
        return len(self._ids)

    def lines(self, file_format: str) -> Iterator[str]:
        """Return the lines of a whole file in this format; raises BadUsage if there is no such format."""
        if file_format not in FORMATS:
            raise BadUsage(f"there is no export format {file_format!r}; formats are {', '.join(FORMATS)}")
        return csv_lines(self._annotators, self.pairs()) if file_format == "csv" else json_lines(self.pairs())

    def pairs(self) -> Iterator[ExportedPair]:
        """Read each pair, in the order in which they were added."""
        names = set(self._annotators.reviewers)
        for pair_id in self._ids:
            yield self._pair(pair_id, names)

    def _pair(self, pair_id: int, reviewers: set[str]) -> ExportedPair:
        texts = pairs.pair_texts(self._store, pair_id)
        run, turn = self._runs[texts.run_id], texts.turn
        events = reviews.events_on_pair(self._store, pair_id)
        states = _reviewer_states(events, pair_id)
        label = reviews.find_label(self._store, pair_id)
        return ExportedPair(
            run=run.name,
            set=run.set,
            key=texts.key,
            turn=turn,
            contents=texts.contents,
            tags=texts.tags,
            text=ExampleText(texts.text.turns[:turn], texts.text.context, texts.text.references[:turn]),
            candidate=texts.candidate,
            baseline=texts.baseline,
            candidate_cells=texts.candidate_cells,
            baseline_cells=texts.baseline_cells,
            judges=tuple(self._verdicts(pair_id)),
            reviewers=tuple(ExportedReviewer(name, state) for name, state in states.items() if name in reviewers),
            label=label.label.value if label is not None else None,
            votes=label.votes if label is not None else 0,
            adjudicated=label is not None and label.adjudicated,
        )

    def _verdicts(self, pair_id: int) -> Iterator[ExportedJudge]:
        for name, judge in self._judges:
            verdict = judgments.read_pair_verdict(self._store, pair_id, judge.id)
            if verdict is not None:
                yield ExportedJudge(name, judge.version, verdict)


@contextlib.contextmanager
def open_export(store: Store, request: ExportRequest) -> Iterator[Export]:
    """Open an export that reads one state of the database, whatever is written meanwhile.

    Raises BadUsage for a run, set or reviewer that does not exist.
    """
    with exports.snapshot(store):
        yield Export(store, request)


def _with_distinct_names(judges: Sequence[JudgeRef]) -> list[tuple[str, JudgeRef]]:
    """Return the judges with their names, to which the start of the hash is added where versions share a name."""
    versions = Counter(judge.name for judge in judges)
    return [
        (judge.name if versions[judge.name] == 1 else f"{judge.name}@{judge.version[:8]}", judge) for judge in judges
    ]


def _reviewer_states(events: Sequence[tuple[str, ReviewEvent]], pair_id: int) -> dict[str, ReviewerState]:
    """Return each reviewer's state on the pair, sorted by name."""
    by_reviewer: dict[str, list[ReviewEvent]] = {}
    for name, event in events:
        by_reviewer.setdefault(name, []).append(event)
    return {name: replay(own).state_of(pair_id) for name, own in sorted(by_reviewer.items())}


class FileExists(BadUsage):
    """A file of this name exists and may not be replaced."""


def check_target(path: Path, database: Path, *, force: bool = False) -> Path:
    """Return the path to write to, with symbolic links resolved.

    Raises FileExists for an existing file unless `force` is given, BadUsage for the database or anything that is not a
    regular file, BadFile for a path that cannot exist.
    """
    try:
        target, base = Path(os.path.realpath(path)), Path(os.path.realpath(database))
        exists, is_file, has_folder = target.exists(), target.is_file(), target.parent.is_dir()
    except (OSError, ValueError) as error:
        raise BadFile(f"{path}: cannot be a file here ({_message(error)}); name another one") from error
    if target in (base, base.with_name(base.name + "-wal"), base.with_name(base.name + "-shm")):
        raise BadUsage(f"{path}: this is the database itself; name another file")
    if not has_folder:
        raise BadFile(f"{path}: there is no folder {target.parent}; make it, or name another file")
    if exists and not is_file:
        raise BadUsage(f"{path}: this is no ordinary file; name another one")
    if exists and not force:
        raise FileExists(f"{path}: is there already; name another file")
    return target


def write_lines(lines: Iterable[str], path: Path, database: Path, *, force: bool = False) -> None:
    """Write a file atomically: an existing one stays until the new one is complete.

    What killed exports left in the folder is removed. Raises as `check_target` does, and BadFile where the file cannot
    be written.
    """
    target = check_target(path, database, force=force)
    sweep(target.parent)
    try:
        with temporary_file(target.parent, secrets.token_hex(8)) as part:
            with part.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
                file.writelines(lines)
                file.flush()
                os.fsync(file.fileno())
            check_target(path, database, force=force)
            part.replace(target)
    except OSError as error:
        raise BadFile(f"{path}: cannot be written ({_message(error)}); name another place") from error


def _message(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
