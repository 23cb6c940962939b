"""Exports a run or a set in any format, to a file, a folder or a stream of lines."""

from dataclasses import dataclass

from uphold.records.exports import ExportCounts
from uphold.records.training_data import NO_TRAINING, TrainingUse
from uphold.store.database import Store
from uphold.workflows.bundles import open_bundle_export
from uphold.workflows.export_formats import (
    BUNDLE,
    TRAINING,
    ExportTarget,
    FormatOptions,
    check_options,
    export_lines,
    write_export,
)
from uphold.workflows.exporting import ExportRequest, open_export
from uphold.workflows.file_writing import write_lines
from uphold.workflows.training_data import training_use_before, write_training_data


@dataclass(frozen=True, slots=True)
class WrittenExport:
    """What an export wrote, and what of the set had been turned into training data before.

    Of a bundle, `more_runs` came along since decisions were carried from them, and `lost_origins` carried decisions are left
    out since they were made on pairs that are current no longer.
    """

    counts: ExportCounts
    training: TrainingUse = NO_TRAINING
    more_runs: tuple[str, ...] = ()
    lost_origins: int = 0


def export_pairs(
    store: Store, form: str, request: ExportRequest, options: FormatOptions, target: ExportTarget
) -> WrittenExport:
    """Export the current pairs of a run or set in a format.

    Raises BadUsage for a run, set, format or option that does not exist, or fit, FileExists for a file that is there and may
    not be replaced, BadFile where writing fails.
    """
    check_options(form, request, options, to_file=target.path is not None)
    if form == TRAINING:
        before = training_use_before(store, request)
        return WrittenExport(write_training_data(store, request, options, target), before)
    if form == BUNDLE:
        return _export_bundle(store, request, target)
    with open_export(store, request) as export:
        if target.path is None:
            target.emit(export_lines(export, form, options))
        else:
            export.tell = target.tell
            write_export(export, form, options, target.path, force=target.force)
        return WrittenExport(export.counts, export.training_use())


def _export_bundle(store: Store, request: ExportRequest, target: ExportTarget) -> WrittenExport:
    with open_bundle_export(store, request.run, request.set) as bundle:
        if target.path is None:
            target.emit(bundle.lines())
        else:
            bundle.tell = target.tell
            write_lines(bundle.lines(), target.path, store.path, force=target.force)
        return WrittenExport(bundle.counts, bundle.training_use(), tuple(bundle.more_runs), bundle.lost_origins)
