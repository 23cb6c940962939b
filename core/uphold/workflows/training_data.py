"""Turns the pairs of a set into training data, and remembers that with the set."""

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from uphold.errors import BadUsage
from uphold.formats.writers.trl import TrainingOptions, preference_lines
from uphold.records.exports import ExportCounts
from uphold.records.set_history import VersionReason
from uphold.records.training_data import LabelSource, TrainingExport, TrainingUse
from uphold.store import exports, set_versions, sets
from uphold.store.database import Store, now
from uphold.store.reviews import add_reviewer
from uphold.store.set_versions import CutVersion
from uphold.store.training_exports import add_training_export, training_use
from uphold.workflows.export_formats import DEFAULT_LABELS, TRAINING, ExportTarget, FormatOptions
from uphold.workflows.exporting import ExportRequest, open_export
from uphold.workflows.file_writing import new_file, write_text

_ATTEMPTS = 3

_NOTHING = "no pair has {whose} that prefers one of two different answers: there is nothing to train on{hint}"

_WHOSE = {
    LabelSource.HUMAN: ("a human label", "; --by judge takes the judge's verdicts"),
    LabelSource.JUDGE: ("a verdict", ""),
    LabelSource.BOTH: ("a label", ""),
}


@dataclass(frozen=True, slots=True)
class _Written:
    """What was written: counts, the set with its version, and the keys of the examples."""

    counts: ExportCounts
    set_id: int
    version: CutVersion
    keys: set[str]


def write_training_data(
    store: Store, request: ExportRequest, options: FormatOptions, target: ExportTarget
) -> ExportCounts:
    """Write preference pairs of a run or set, and write down that its examples were turned into training data.

    That is on the disk before the file has its name, or the first line is given out. Raises BadUsage, with nothing written,
    where no pair has a better answer, and as `new_file` does.
    """
    labels = options.labels or DEFAULT_LABELS[TRAINING]
    with _output(store, target) as part:
        for _ in range(_ATTEMPTS):
            written = _write(store, request, options, target, part)
            if written is not None:
                break
        else:
            raise BadUsage("the set is being changed by another program; wait until it is done, and try again")
        file = target.path.name if target.path is not None else None
        counts, version = written.counts, written.version
        made = TrainingExport(now(), version.number, labels, counts.pairs, len(written.keys), file, target.reviewer)
        with store.writing() as conn:
            add_training_export(conn, written.set_id, version.id, made, written.keys)
    return counts


@contextlib.contextmanager
def _output(store: Store, target: ExportTarget) -> Iterator[Path]:
    """Give the file to write to; it gets its name, or its lines are given out, once the block has ended without an error."""
    if target.path is not None:
        with new_file(target.path, store.path, force=target.force) as part:
            yield part
        return
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder, "pairs.jsonl")
        yield part
        with part.open(encoding="utf-8") as lines:
            target.emit(lines)


def _write(
    store: Store, request: ExportRequest, options: FormatOptions, target: ExportTarget, part: Path
) -> _Written | None:
    """Write the pairs of the set's present version; None where the set was changed after that was cut."""
    labels = options.labels or DEFAULT_LABELS[TRAINING]
    version = _cut_version(store, request, target.reviewer)
    with open_export(store, request) as export:
        if export.set_id is None or version is None:
            raise BadUsage("there is nothing to train on: the set has no run, or no active example")
        if sets.set_hash(store, export.set_id) != version.hash:
            return None
        export.tell = target.tell
        how = TrainingOptions(labels, options.messages or export.has_conversations, version.number)
        keys: set[str] = set()
        write_text(part, preference_lines(export.pairs(), how, export.counts, keys))
        if not export.counts.pairs:
            whose, hint = _WHOSE[labels]
            raise BadUsage(_NOTHING.format(whose=whose, hint=hint))
        return _Written(export.counts, export.set_id, version, keys)


def _cut_version(store: Store, request: ExportRequest, reviewer: str) -> CutVersion | None:
    """Cut a version of the set whose pairs are asked for."""
    runs = exports.runs_to_export(store, request.run, request.set)
    if not runs:
        return None
    with store.writing() as conn:
        return set_versions.cut_version(store, runs[0].set_id, VersionReason.EXPORTED, add_reviewer(conn, reviewer))


def training_use_before(store: Store, request: ExportRequest) -> TrainingUse:
    """Return the training files that were made so far of the set whose pairs are asked for."""
    runs = exports.runs_to_export(store, request.run, request.set)
    return training_use(store, runs[0].set_id) if runs else TrainingUse()
