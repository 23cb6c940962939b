"""`uphold export`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from uphold.errors import BadUsage
from uphold.formatting import count, count_noun
from uphold_tui.commands.options import AsJson, Force, RunName, reviewer_name

if TYPE_CHECKING:
    from uphold.records.enums import Preference
    from uphold.records.exports import ExportCounts
    from uphold.records.training_data import LabelSource
    from uphold.workflows.export_any import WrittenExport

_FORMATS = "Format: csv, jsonl, xlsx, alpaca-eval, mt-bench, trl or uphold."


def export(
    context: typer.Context,
    file_format: Annotated[str, typer.Argument(metavar="FORMAT", help=_FORMATS)],
    run: RunName = None,
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
    force: Force = False,
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
    from uphold.workflows.export_any import export_pairs
    from uphold.workflows.export_formats import TRAINING, ExportTarget, FormatOptions
    from uphold.workflows.exporting import ExportRequest
    from uphold_tui.console import print_json, print_note, progress, write_lines

    if run is not None and set_ is not None:
        raise BadUsage("name a run, or a set with --set; not both")
    path = output if str(output) != "-" else None
    if json and path is None:
        raise BadUsage("--json goes with -o FILE: without it the export itself is printed")
    request = ExportRequest(run, set_, reviewer, judge)
    options = FormatOptions(_label_source(by), _system(outputs), messages, for_training)
    with (
        context.obj.open(reading=not for_training or file_format != TRAINING) as store,
        _hint_at_output(run),
        _hint_at_force(),
        progress("exporting") as bar,
    ):
        target = ExportTarget(path, force, write_lines, bar, reviewer_name(context.obj.settings, None))
        done = export_pairs(store, file_format, request, options, target)
    if json:
        print_json(_result_json(file_format, path, done))
    else:
        print_note(_summary(done.counts, path))
    for note in _notes(file_format, done):
        print_note(note)


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


def _notes(form: str, done: "WrittenExport") -> Iterator[str]:
    """Yield what else is to be known: what was cut or left out, whose word it is, and what was turned into training data."""
    from uphold.records.training_data import LabelSource
    from uphold.reports.training_text import training_sentence
    from uphold.workflows.export_formats import DEFAULT_LABELS, TRAINING

    counts = done.counts
    if counts.cut:
        yield f"{count_noun(counts.cut, 'text')} cut: a cell of a workbook takes 32,767 characters; csv has all"
    if counts.answers:
        yield f"{count_noun(counts.answers, 'earlier answer')} left out: FastChat has one answer of a model to a question"
    if done.more_runs:
        yield f"decisions were carried from {', '.join(done.more_runs)}: exported too"
    if done.lost_origins:
        lost = count_noun(done.lost_origins, "carried decision")
        yield f"{lost} left out: made on a pair that is current no longer"
    if len(counts.by) > 1 and form in DEFAULT_LABELS:
        people, judge = (count(counts.by[source]) for source in (LabelSource.HUMAN, LabelSource.JUDGE))
        yield f"{people} by people, {judge} by a judge: a rate over both is neither's; --by human or --by judge takes one"
    if done.training:
        yield training_sentence(done.training)
    if form == TRAINING:
        yield "remembered with the set: what is trained on these examples is no longer measured by them"


def _result_json(form: str, path: Path | None, done: "WrittenExport") -> dict[str, Any]:
    counts = done.counts
    left_out = {**_omitted(counts), **{reason.name.lower(): number for reason, number in counts.left_out.items()}}
    return {
        "format": form,
        "file": str(path),
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
