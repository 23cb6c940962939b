"""Reader of AlpacaEval: outputs of systems (model_outputs.json) and pairwise annotations (annotations.json).

Outputs are joined by instruction with those of the baseline file. An annotation holds two outputs and how much the
annotator prefers the second: `preference` is 1 (output_1) to 2 (output_2), the candidate being output_2.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from uphold.errors import BadFile
from uphold.formats.fields import (
    check_cells,
    decode_numbers,
    join_input,
    read_name,
    read_number,
    read_text,
    required,
)
from uphold.formats.files import InputFile, find_file, iter_rows
from uphold.formats.json_values import describe
from uphold.formats.reading import BadRow, ReadNotes, ReadOptions
from uphold.records.enums import AnswerOrder, JudgmentStatus, preference_from_share
from uphold.records.rows import ImportedJudgment, ImportedResponse, ImportRow, RowSource

NAME = "alpaca-eval"

DESCRIPTION = (
    'JSON with "instruction", "output", "generator" (outputs) or "output_1", "output_2", "preference" (annotations)'
)

IGNORED_KINDS: frozenset[str] = frozenset()

_ROUNDING = 1e-6
"""Weighted annotators exceed 1 and 2 by about 1e-7 (rounding); anything further out is an error."""

_DETAIL_FIELDS = ("raw_completion", "price_per_example", "time_per_example")

_NUMBERS = ("preference", *(prefix + name for prefix in ("", "preference_") for name in _DETAIL_FIELDS[1:]))
"""Fields that hold a number, which is text in CSV."""

_ANNOTATION_FIELDS = frozenset(
    {
        "instruction",
        "input",
        "dataset",
        "output_1",
        "output_2",
        "generator_1",
        "generator_2",
        "annotator",
        "preference",
        *_DETAIL_FIELDS,
        *(f"preference_{detail}" for detail in _DETAIL_FIELDS),
    }
)

_OUTPUT_FIELDS = frozenset({"instruction", "input", "output", "generator", "dataset"})


@dataclass(frozen=True, slots=True)
class _Annotation:
    """A row; two annotations with the same `identity` (prompt, systems and annotator) replace each other."""

    identity: tuple[str, ...]
    row: ImportRow


@dataclass(frozen=True, slots=True)
class _Output:
    """One system's answer to one prompt."""

    source: RowSource
    turns: tuple[str]
    tags: tuple[str, ...]
    response: ImportedResponse


_OutputsByIdentity = dict[tuple[str, str], _Output]
"""Outputs by (prompt, system)."""


def sniff(file: InputFile) -> str | None:
    """Return `annotations` or `outputs`."""
    fields = file.fields or frozenset()
    if {"instruction", "output_1", "output_2"} <= fields:
        return "annotations"
    is_long_form = fields & {"system", "model"} and "generator" not in fields  # of the pairs format
    return "outputs" if {"instruction", "output"} <= fields and file.shape != "csv" and not is_long_form else None


def read(files: Mapping[str, Sequence[InputFile]], options: ReadOptions, notes: ReadNotes) -> Iterator[ImportRow]:
    """Yield outputs, joined with the baseline's by instruction, then annotations."""
    baseline = _read_baseline(options, notes)
    candidates: _OutputsByIdentity = {}
    for file in files.get("outputs", ()):
        _read_outputs(file, options.candidate or "candidate", candidates, notes)
    annotations: dict[tuple[str, ...], _Annotation] = {}
    for file in files.get("annotations", ()):
        _read_annotations(file, options, annotations, notes)
    yield from _join(candidates, baseline, notes)
    yield from (annotation.row for annotation in annotations.values())
    if annotations:
        _warn_unmatched(candidates | baseline, annotations, notes)


def _read_annotation(source: RowSource, record: dict[str, Any], options: ReadOptions, notes: ReadNotes) -> _Annotation:
    """Read an annotation: output_2 is the candidate's, output_1 the baseline's. Raises BadRow."""
    turns = join_input(required(record, "instruction"), read_text(record, "input"))
    candidate = read_name(record, "generator_2") or options.candidate or "candidate"
    baseline = read_name(record, "generator_1") or options.baseline or "baseline"
    if candidate == baseline:
        raise BadRow(f'generator_1 and generator_2 are both "{candidate}"')
    judgment = _read_judgment(record)
    tag = read_name(record, "dataset")
    cells = {field: (required(record, field, dict.get),) for field in ("output_2", "output_1")}
    for field, cell in cells.items():
        check_cells(notes, source, field, cell)
    row = ImportRow(
        source,
        turns=turns,
        tags=(tag,) if tag else (),
        responses=(ImportedResponse(candidate, cells["output_2"]), ImportedResponse(baseline, cells["output_1"])),
        systems=(candidate, baseline),
        compares=True,
        judgments=(judgment,),
    )
    return _Annotation((turns[0], candidate, baseline, judgment.judge), row)


def _read_judgment(record: dict[str, Any]) -> ImportedJudgment:
    judge = read_name(record, "annotator") or "imported"
    share = _candidate_share(record)
    return ImportedJudgment(
        judge,
        AnswerOrder.UNKNOWN,  # outputs are shown in a random order that the file does not keep
        JudgmentStatus.UNREADABLE if share is None else JudgmentStatus.READABLE,
        None if share is None else preference_from_share(share),
        share,
        raw=_raw(record),
        problem="recorded without a preference" if share is None else None,
        cost=read_number(record, _field_name(record, "price_per_example")),
        seconds=read_number(record, _field_name(record, "time_per_example")),
    )


def _candidate_share(record: dict[str, Any]) -> float | None:
    """Read the preference for the candidate, 0 to 1; .5 for draws (1.5, or 0 in older files), None for null and -1."""
    preference = read_number(record, "preference")
    if preference is None or preference == -1:
        return None
    if preference == 0:
        return 0.5
    if not 1 - _ROUNDING <= preference <= 2 + _ROUNDING:
        raise BadRow(f"preference must be from 1 to 2, 0 or -1, found {describe(record['preference'])}")
    return min(max(preference - 1, 0.0), 1.0)


def _field_name(record: dict[str, Any], field: str) -> str:
    """Return the name of a detail field in this file: newer AlpacaEval puts `preference_` before it."""
    return f"preference_{field}" if f"preference_{field}" in record else field


def _raw(record: dict[str, Any]) -> str | None:
    raw = record.get(_field_name(record, "raw_completion"))
    return raw if raw is None or isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)


def _read_baseline(options: ReadOptions, notes: ReadNotes) -> _OutputsByIdentity:
    if options.baseline_file is None:
        return {}
    file = find_file(options.baseline_file, options.encoding)
    if sniff(file) != "outputs" and file.fields is not None:
        raise BadFile(f'{file.name}: the baseline file must hold outputs: rows with "instruction" and "output"')
    return _read_outputs(file, options.baseline or "baseline", {}, notes)


def _read_outputs(file: InputFile, system: str, found: _OutputsByIdentity, notes: ReadNotes) -> _OutputsByIdentity:
    for source, record in iter_rows(file, notes):
        try:
            output = _read_output(source, record, system, notes)
        except BadRow as error:
            notes.skip_or_raise(source, str(error))
            continue
        notes.note_fields(record, _OUTPUT_FIELDS)
        identity = (output.turns[0], output.response.system)
        if identity in found:
            earlier = found.pop(identity).source
            notes.warn(earlier, f"{output.response.system} answers this again in {source}; the last one is kept")
        found[identity] = output
    return found


def _read_output(source: RowSource, record: dict[str, Any], system: str, notes: ReadNotes) -> _Output:
    turns = join_input(required(record, "instruction"), read_text(record, "input"))
    cells = (required(record, "output", dict.get),)
    tag = read_name(record, "dataset")
    response = ImportedResponse(read_name(record, "generator") or system, cells)
    check_cells(notes, source, "output", cells)
    return _Output(source, turns, (tag,) if tag else (), response)


def _join(candidates: _OutputsByIdentity, baselines: _OutputsByIdentity, notes: ReadNotes) -> Iterator[ImportRow]:
    by_prompt: dict[str, list[_Output]] = {}
    for (prompt, _), output in baselines.items():
        by_prompt.setdefault(prompt, []).append(output)
    answered = {prompt for prompt, _ in candidates}
    for (prompt, system), output in candidates.items():
        baseline_outputs = [other for other in by_prompt.get(prompt, ()) if other.response.system != system]
        for baseline_output in baseline_outputs:
            yield _output_row(output, baseline_output)
        if not baseline_outputs:
            if baselines:
                notes.warn(output.source, "no row of the baseline file has this instruction; it makes no pair")
            yield _output_row(output)
    for (prompt, system), output in baselines.items():
        if prompt not in answered:
            if candidates:
                notes.warn(output.source, f"only {system} answers this instruction; it makes no pair")
            yield _output_row(output)


def _output_row(output: _Output, baseline: _Output | None = None) -> ImportRow:
    if baseline is None:
        return ImportRow(output.source, turns=output.turns, tags=output.tags, responses=(output.response,))
    return ImportRow(
        output.source,
        turns=output.turns,
        tags=tuple(dict.fromkeys((*output.tags, *baseline.tags))),
        responses=(output.response, baseline.response),
        systems=(output.response.system, baseline.response.system),
        compares=True,
    )


def _read_annotations(
    file: InputFile, options: ReadOptions, found: dict[tuple[str, ...], _Annotation], notes: ReadNotes
) -> None:
    for source, raw in iter_rows(file, notes):
        record = decode_numbers(raw, _NUMBERS) if file.shape == "csv" else raw
        try:
            annotation = _read_annotation(source, record, options, notes)
        except BadRow as error:
            notes.skip_or_raise(source, str(error))
            continue
        notes.note_fields(record, _ANNOTATION_FIELDS)
        if annotation.identity in found:
            earlier = found.pop(annotation.identity).row.source
            notes.warn(earlier, f"annotated again in {source}; the last one is kept")
        found[annotation.identity] = annotation


def _warn_unmatched(
    outputs: _OutputsByIdentity, annotations: Mapping[tuple[str, ...], _Annotation], notes: ReadNotes
) -> None:
    """Warn about outputs without an annotation, and about annotated answers that differ from a system's outputs."""
    annotated = {
        (prompt, response.system): response
        for (prompt, *_), annotation in annotations.items()
        for response in annotation.row.responses
    }
    for identity, unannotated in outputs.items():
        if identity not in annotated:
            notes.warn(unannotated.source, f"no annotation speaks of this output of {identity[1]}")
    systems = {system for _, system in outputs}
    for (prompt, *_), annotation in annotations.items():
        for response in annotation.row.responses:
            output = outputs.get((prompt, response.system))
            if response.system in systems and output is None:
                notes.warn(annotation.row.source, f"the outputs of {response.system} do not have this instruction")
            elif output is not None and output.response.cells != response.cells:
                notes.warn(
                    annotation.row.source, f"{response.system} answers otherwise in {output.source}; both are kept"
                )
