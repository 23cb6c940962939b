"""Writes exported pairs in a format, as lines, as a file or as a folder."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from uphold.errors import BadUsage
from uphold.formats.writers.json_line import json_line
from uphold.formats.writers.pairs_csv import csv_lines
from uphold.formats.writers.pairs_jsonl import pair_object
from uphold.records.enums import Preference
from uphold.records.exports import ExportCounts, ExportedLabel, LeftOut, label_of
from uphold.records.rows import ExportedPair
from uphold.records.training_data import LabelSource
from uphold.temporary_files import temporary_folder
from uphold.workflows.exporting import Export, ExportRequest
from uphold.workflows.file_writing import new_file, new_folder, write_text

TRAINING = "trl"
"""The format whose files are training data."""

WORKBOOK = "xlsx"

FOLDER = "mt-bench"

BUNDLE = "uphold"
"""The format that brings everything back; `workflows.bundles` writes it."""

FORMATS = ("csv", "jsonl", WORKBOOK, "alpaca-eval", FOLDER, TRAINING, BUNDLE)

DEFAULT_LABELS = {"alpaca-eval": LabelSource.BOTH, TRAINING: LabelSource.HUMAN}
"""The formats with one label a pair, and whose it is where nothing is said."""

_WHY_NOT_TRAINING = (
    "a set that is turned into training data stops being an evaluation set: what is trained on its examples is no longer"
    " measured by them, and every number on it would be too good. If that is wanted, say --for-training; it is remembered with"
    " the set"
)


@dataclass(frozen=True, slots=True)
class FormatOptions:
    """How a format is written.

    `labels` says whose word is taken. `outputs` writes the answers of one of the two systems (`alpaca-eval`). With
    `messages` rows are lists of messages also where all pairs are single instructions (`trl`). `for_training` says that the
    set may be turned into training data.
    """

    labels: LabelSource | None = None
    outputs: Preference | None = None
    messages: bool = False
    for_training: bool = False


def _nowhere(lines: Iterable[str]) -> None:
    """Where lines go that nobody wants."""


@dataclass(frozen=True, slots=True)
class ExportTarget:
    """Where an export goes: a file or folder, or where `path` is None to `emit`, which gets the lines.

    With `force` a file that is there is replaced. `tell` is called with the number of pairs read and of all pairs.
    `reviewer` is who turns a set into training data.
    """

    path: Path | None
    force: bool = False
    emit: Callable[[Iterable[str]], None] = _nowhere
    tell: Callable[[int, int], None] | None = None
    reviewer: str = ""


def check_options(form: str, request: ExportRequest, options: FormatOptions, *, to_file: bool) -> None:
    """Raise BadUsage for a format that does not exist, or options that it does not take."""
    if form not in FORMATS:
        raise BadUsage(f"there is no export format {form!r}; formats are {', '.join(FORMATS)}")
    if form == TRAINING and not options.for_training:
        raise BadUsage(_WHY_NOT_TRAINING)
    tables, labelled = ("csv", "jsonl", WORKBOOK), tuple(DEFAULT_LABELS)
    for option, is_given, takers in (
        ("--reviewer", request.reviewer is not None, tables),
        ("--by", options.labels is not None, labelled),
        ("--judge", request.judge is not None, labelled),
        ("--outputs", options.outputs is not None, ("alpaca-eval",)),
        ("--messages", options.messages, (TRAINING,)),
        ("--for-training", options.for_training, (TRAINING,)),
    ):
        if is_given and form not in takers:
            raise BadUsage(f"{option} goes with {' and '.join(takers)}, not with {form}")
    if options.outputs is not None and (options.labels is not None or request.judge is not None):
        raise BadUsage(
            "--outputs writes the answers of a system, which nobody's word changes: leave --by and --judge out"
        )
    if form in (WORKBOOK, FOLDER) and not to_file:
        what = (
            "a folder of several files: name it with -o FOLDER" if form == FOLDER else "no text: name it with -o FILE"
        )
        raise BadUsage(f"{form} is {what}")


def export_lines(export: Export, form: str, options: FormatOptions) -> Iterator[str]:
    """Return the lines of a whole file in a format that has lines, each with its line end."""
    pairs, counts = export.pairs(), export.counts
    if form == "csv":
        return csv_lines(export.annotators, _counted(pairs, counts))
    if form == "jsonl":
        return (json_line(pair_object(pair)) for pair in _counted(pairs, counts))
    from uphold.formats.writers.alpaca_eval import annotation_lines, output_lines

    if options.outputs is not None:
        return output_lines(pairs, options.outputs, counts)
    return annotation_lines(pairs, options.labels or DEFAULT_LABELS[form], counts)


def _counted(pairs: Iterator[ExportedPair], counts: ExportCounts) -> Iterator[ExportedPair]:
    for pair in pairs:
        counts.write()
        yield pair


def write_export(export: Export, form: str, options: FormatOptions, path: Path, *, force: bool = False) -> None:
    """Write an export to a file or folder, atomically.

    Raises FileExists for one that is there, unless with `force`, BadUsage for a path that cannot be written to, BadFile
    where writing fails.
    """
    if form == FOLDER:
        _write_mt_bench(export, path, force=force)
        return
    if form == WORKBOOK:
        _write_workbook(export, path, force=force)
        return
    with new_file(path, export.database, force=force) as part:
        write_text(part, export_lines(export, form, options))


def _write_workbook(export: Export, path: Path, *, force: bool) -> None:
    from uphold.formats.writers.workbook import check_fits, write_workbook

    check_fits(export.annotators, len(export))
    with new_file(path, export.database, force=force) as part, temporary_folder(part.parent) as scratch:
        write_workbook(part, export.annotators, export.pairs(), export.counts, scratch)


# MT-Bench: a folder.


def _write_mt_bench(export: Export, path: Path, *, force: bool) -> None:
    from uphold.formats.writers import mt_bench

    with new_folder(path, (mt_bench.QUESTIONS, mt_bench.ANSWERS, mt_bench.JUDGMENTS), force=force) as folder:
        for name in (mt_bench.ANSWERS, mt_bench.JUDGMENTS):
            (folder / name).mkdir()
        write_text(folder / mt_bench.QUESTIONS, mt_bench.question_lines(export.questions()))
        _write_answers(export, folder / mt_bench.ANSWERS)
        _write_judgments(export, folder / mt_bench.JUDGMENTS)


def _write_answers(export: Export, folder: Path) -> None:
    """Write a file of answers for each system; FastChat has one answer of a model to a question: the latest is taken."""
    from uphold.formats.writers.mt_bench import answer_line, file_names

    systems = list(dict.fromkeys(name for run in export.runs for name in (run.candidate, run.baseline)))
    names = dict[str | None, str](zip(systems, file_names(systems, ".jsonl"), strict=True))
    with _Files(folder, names) as files:
        waiting = None
        for answer in export.answers():
            if waiting is not None and (waiting.system, waiting.key) == (answer.system, answer.key):
                export.counts.answers += 1
            elif waiting is not None:
                files.write(waiting.system, answer_line(waiting))
            waiting = answer
        if waiting is not None:
            files.write(waiting.system, answer_line(waiting))


def _write_judgments(export: Export, folder: Path) -> None:
    """Write a file for each judge, and one for people. A pair is left out where nobody says a word on it that can be read."""
    from uphold.formats.writers.mt_bench import HUMAN, file_names, judgment_line

    judges = export.annotators.judges
    names = dict(zip([None, *judges], file_names([HUMAN, *judges], "_pair.jsonl"), strict=True))
    with _Files(folder, names) as files:
        for pair in export.pairs():
            labels = _all_labels(pair, export.counts)
            for label in labels:
                files.write(None if label.judge is None else label.judge.name, judgment_line(pair, label))
                export.counts.by[label.by] += 1
            export.counts.pairs += bool(labels)


def _all_labels(pair: ExportedPair, counts: ExportCounts) -> list[ExportedLabel]:
    """Return the label of people and the verdict of each judge; where there is none, the pair is counted as left out."""
    if pair.forgotten:
        counts.left_out[LeftOut.FORGOTTEN] += 1
        return []
    found = [label_of(pair, LabelSource.HUMAN)]
    found += [label_of(replace(pair, judge=judge), LabelSource.JUDGE) for judge in pair.judges]
    labels = [one for one in found if isinstance(one, ExportedLabel)]
    if not labels:
        reasons = [one for one in found if isinstance(one, LeftOut)]
        counts.left_out[next((one for one in reasons if one is not LeftOut.UNLABELLED), LeftOut.UNLABELLED)] += 1
    return labels


class _Files:
    """Files of lines in a folder, each opened at its first line; named by system or judge, None for people."""

    def __init__(self, folder: Path, names: Mapping[str | None, str]) -> None:
        self._folder, self._names = folder, names
        self._open: dict[str | None, TextIO] = {}
        self._stack = ExitStack()

    def __enter__(self) -> "_Files":
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def write(self, whose: str | None, line: str) -> None:
        """Write a line to somebody's file."""
        file = self._open.get(whose)
        if file is None:
            path = self._folder / self._names[whose]
            file = self._open[whose] = self._stack.enter_context(path.open("w", encoding="ascii", newline=""))
        file.write(line)
