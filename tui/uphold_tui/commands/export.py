"""`uphold export`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from uphold.errors import BadUsage
from uphold.formatting import count, count_noun
from uphold_tui.commands.options import AsJson, Context, reviewer_name

if TYPE_CHECKING:
    from uphold.records.enums import Preference
    from uphold.records.exports import ExportCounts
    from uphold.records.training_data import LabelSource, TrainingUse
    from uphold.workflows.export_formats import FormatOptions
    from uphold.workflows.exporting import ExportRequest

_FORMATS = "Format: csv, jsonl, xlsx, alpaca-eval, mt-bench, trl or uphold."


def export(
    context: typer.Context,
    file_format: Annotated[str, typer.Argument(metavar="FORMAT", help=_FORMATS)],
    run: Annotated[str | None, typer.Argument(metavar="[RUN]", help="Name or number of the run.")] = None,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE", help="File or folder to write; - is standard output, the default."
        ),
    ] = Path("-"),
    set_: Annotated[str | None, typer.Option("--set", metavar="NAME", help="Export all runs of a set.")] = None,
    reviewer: Annotated[
        str | None, typer.Option("--reviewer", metavar="NAME", help="Export the decisions of this reviewer only.")
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="WHO",
            help="Whose word labels a pair in alpaca-eval and trl: human, judge, or both: a judge's where nobody has decided.",
        ),
    ] = None,
    judge: Annotated[
        str | None,
        typer.Option("--judge", metavar="NAME", help="The judge whose word that is, instead of the headline's."),
    ] = None,
    outputs: Annotated[
        str | None,
        typer.Option(
            "--outputs",
            metavar="SYSTEM",
            help="In alpaca-eval, write the model outputs of the candidate or of the baseline instead of annotations.",
        ),
    ] = None,
    messages: Annotated[
        bool, typer.Option("--messages", help="In trl, write lists of messages also for single instructions.")
    ] = False,
    for_training: Annotated[
        bool, typer.Option("--for-training", help="Turn the set into training data, which is remembered (trl).")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
    json: AsJson = False,
) -> None:
    """Export the current pairs of a run or set.

    \b
    csv, jsonl   a row or object a pair, with texts, verdicts and decisions
    xlsx         the columns of the CSV as a workbook
    alpaca-eval  annotations.json of AlpacaEval, or with --outputs its model outputs
    mt-bench     a folder with the three kinds of files of FastChat
    trl          preference pairs for DPO and reward models; needs --for-training
    uphold       everything of a run or set, for `uphold import` elsewhere

    Stale, retired and broken pairs are left out and counted on standard error. In CSV, an apostrophe goes before what a
    spreadsheet would read as a formula; the other formats keep texts as they are.

    \b
    uphold export csv sft-2-vs-base -o pairs.csv
    uphold export alpaca-eval --by human -o annotations.json
    uphold export mt-bench -o my_bench
    uphold export trl --set desk --for-training -o train.jsonl
    """
    from uphold.workflows.export_formats import BUNDLE, TRAINING, FormatOptions, check_options
    from uphold.workflows.exporting import ExportRequest

    if run is not None and set_ is not None:
        raise BadUsage("name a run, or a set with --set; not both")
    path = output if str(output) != "-" else None
    if json and path is None:
        raise BadUsage("--json goes with -o FILE: without it the export itself is printed")
    request = ExportRequest(run, set_, reviewer, judge)
    options = FormatOptions(_label_source(by), _system(outputs), messages, for_training)
    check_options(file_format, request, options, to_file=path is not None)
    order = _Order(file_format, request, options, path, force)
    with _hint_at_output(run), _hint_at_force():
        write = {TRAINING: _export_training, BUNDLE: _export_bundle}.get(file_format, _export)
        counts, before = write(context.obj, order)
    _print_result(order, counts, before, json=json)


def _label_source(by: str | None) -> "LabelSource | None":
    from uphold.records.training_data import LabelSource

    if by is not None and by not in list(LabelSource):
        raise BadUsage(f"--by {by!r}: it is one of {', '.join(LabelSource)}")
    return None if by is None else LabelSource(by)


def _system(outputs: str | None) -> "Preference | None":
    from uphold.records.enums import Preference

    if outputs is not None and outputs not in ("candidate", "baseline"):
        raise BadUsage(f"--outputs {outputs!r}: it is candidate or baseline")
    return None if outputs is None else Preference(outputs)


@dataclass(frozen=True, slots=True)
class _Order:
    """What is to be exported, how, and where to: a file or folder, or standard output where `path` is None."""

    form: str
    request: "ExportRequest"
    options: "FormatOptions"
    path: Path | None
    force: bool


def _export(context: Context, order: _Order) -> "tuple[ExportCounts, TrainingUse]":
    """Write the export; return what it wrote, and what of the set had been turned into training data before."""
    from uphold.workflows.export_formats import export_lines, write_export
    from uphold.workflows.exporting import open_export
    from uphold_tui.console import progress, write_lines

    with (
        context.open(reading=True) as store,
        open_export(store, order.request) as exported,
        progress("exporting") as bar,
    ):
        before = exported.training_use()
        if order.path is None:
            write_lines(export_lines(exported, order.form, order.options))
        else:
            exported.tell = bar
            write_export(exported, order.form, order.options, order.path, force=order.force)
        return exported.counts, before


def _export_bundle(context: Context, order: _Order) -> "tuple[ExportCounts, TrainingUse]":
    """Write a bundle; returns as `_export` does."""
    from uphold.workflows.bundles import open_bundle_export
    from uphold.workflows.file_writing import write_lines as write_file
    from uphold_tui.console import print_note, progress, write_lines

    with (
        context.open(reading=True) as store,
        open_bundle_export(store, order.request.run, order.request.set) as bundle,
        progress("exporting") as bar,
    ):
        if order.path is None:
            write_lines(bundle.lines())
        else:
            bundle.tell = bar
            write_file(bundle.lines(), order.path, store.path, force=order.force)
        if bundle.more_runs:
            print_note(f"decisions were carried from {', '.join(bundle.more_runs)}: exported too")
        if bundle.lost_origins:
            carried = count_noun(bundle.lost_origins, "carried decision")
            print_note(f"{carried} left out: made on a pair that is current no longer")
        return bundle.counts, bundle.training_use()


def _export_training(context: Context, order: _Order) -> "tuple[ExportCounts, TrainingUse]":
    """Write training data, which is remembered with the set; returns as `_export` does."""
    from uphold.workflows.training_data import TrainingTarget, training_use_before, write_training_data
    from uphold_tui.console import progress, write_lines

    with context.open() as store, progress("exporting") as bar:
        before = training_use_before(store, order.request)
        who = reviewer_name(context.settings, None)
        target = TrainingTarget(order.path, who, write_lines, bar, order.force)
        return write_training_data(store, order.request, order.options, target), before


@contextmanager
def _hint_at_output(run: str | None) -> Iterator[None]:
    """Add a hint at --output to the error about an unknown run that looks like a file name."""
    try:
        yield
    except BadUsage as error:
        if run is None or not run.lower().endswith((".csv", ".jsonl", ".json", ".xlsx")):
            raise
        raise BadUsage(f"{error}; a file to write is named with -o {run}") from error


@contextmanager
def _hint_at_force() -> Iterator[None]:
    """Add a hint at --force to the error about a file that is there."""
    from uphold.workflows.file_writing import FileExists

    try:
        yield
    except FileExists as error:
        raise BadUsage(f"{error}, or replace it with --force") from error


def _print_result(order: _Order, counts: "ExportCounts", before: "TrainingUse", *, json: bool) -> None:
    """Say what was written, left out and cut, and whether the set had been turned into training data."""
    from uphold.records.training_data import LabelSource
    from uphold.reports.training_text import training_sentence
    from uphold.workflows.export_formats import DEFAULT_LABELS, TRAINING
    from uphold_tui.console import print_json, print_note

    if json:
        print_json(_result_json(order, counts))
    else:
        print_note(_summary(counts, order.path))
    if counts.cut:
        print_note(f"{count_noun(counts.cut, 'text')} cut: a cell of a workbook takes 32,767 characters; csv has all")
    if counts.answers:
        print_note(
            f"{count_noun(counts.answers, 'earlier answer')} left out: FastChat has one answer of a model to a question"
        )
    if len(counts.by) > 1 and order.form in DEFAULT_LABELS:
        people, judge = (count(counts.by[source]) for source in (LabelSource.HUMAN, LabelSource.JUDGE))
        print_note(
            f"{people} by people, {judge} by a judge: a rate over both is neither's; --by human or --by judge takes one"
        )
    if before:
        print_note(training_sentence(before))
    if order.form == TRAINING:
        print_note("remembered with the set: what is trained on these examples is no longer measured by them")


def _result_json(order: _Order, counts: "ExportCounts") -> dict[str, Any]:
    left_out = {**_omitted(counts), **{reason.name.lower(): number for reason, number in counts.left_out.items()}}
    return {
        "format": order.form,
        "file": str(order.path),
        "pairs": counts.pairs,
        "by": {source.value: number for source, number in counts.by.items()},
        "left_out": left_out,
        "cut": counts.cut,
        "answers_left_out": counts.answers,
    }


def _omitted(counts: "ExportCounts") -> dict[str, int]:
    """Return how many pairs are not exported in any format, by reason."""
    every = {name: getattr(counts.omitted, name) for name in ("stale", "retired", "broken")}
    return {name: number for name, number in every.items() if number}


def _summary(counts: "ExportCounts", path: Path | None) -> str:
    """Return a line such as `200 pairs written to FILE; left out: 3 stale, 1 retired, 2 broken`."""
    reasons = {**_omitted(counts), **{reason.value: number for reason, number in counts.left_out.items()}}
    left_out = ", ".join(f"{count(number)} {reason}" for reason, number in reasons.items())
    written = f"{count_noun(counts.pairs, 'pair')} written" + (f" to {path}" if path is not None else "")
    return f"{written}; left out: {left_out}" if left_out else written
