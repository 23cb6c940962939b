"""One row of AlpacaEval's annotations.json: two outputs and how much the annotator prefers the second."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from uphold.errors import BadFile
from uphold.formats.fields import name, needed, note_cells, number, preferred, text, with_input
from uphold.formats.fields import name as named
from uphold.formats.files import InputFile, iter_rows, single
from uphold.formats.json_values import described
from uphold.formats.reading import BadRow, ReadNotes, ReadOptions
from uphold.records.enums import AnswerOrder, JudgmentStatus
from uphold.records.rows import ImportedJudgment, ImportedResponse, ImportRow, RowSource

_OVERSHOOT = 1e-6
"""The weighted annotators overstep 1 and 2 by about 1e-7; what oversteps by more is no preference."""


_DETAILS = ("raw_completion", "price_per_example", "time_per_example")


ANNOTATION = frozenset(
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
        *_DETAILS,
        *(f"preference_{detail}" for detail in _DETAILS),
    }
)


@dataclass(frozen=True, slots=True)
class Annotation:
    """A row, and what makes it the same annotation as another: prompt, systems and annotator."""

    identity: tuple[str, ...]
    row: ImportRow


def annotation_of(where: RowSource, given: dict[str, Any], options: ReadOptions, notes: ReadNotes) -> Annotation:
    """The annotation: output_2 is the candidate's, output_1 the baseline's; raises BadRow."""
    turns = with_input(needed(given, "instruction"), text(given, "input"))
    candidate = name(given, "generator_2") or options.candidate or "candidate"
    baseline = name(given, "generator_1") or options.baseline or "baseline"
    if candidate == baseline:
        raise BadRow(f'generator_1 and generator_2 are both "{candidate}"')
    judgment = _judgment(given)
    tag = name(given, "dataset")
    cells = {field: (needed(given, field, dict.get),) for field in ("output_2", "output_1")}
    for field, cell in cells.items():
        note_cells(notes, where, field, cell)
    row = ImportRow(
        where,
        turns=turns,
        tags=(tag,) if tag else (),
        responses=(ImportedResponse(candidate, cells["output_2"]), ImportedResponse(baseline, cells["output_1"])),
        systems=(candidate, baseline),
        compares=True,
        judgments=(judgment,),
    )
    return Annotation((turns[0], candidate, baseline, judgment.judge), row)


def _judgment(given: dict[str, Any]) -> ImportedJudgment:
    judge = name(given, "annotator") or "imported"
    share = _candidate_share(given)
    return ImportedJudgment(
        judge,
        AnswerOrder.UNKNOWN,  # outputs are shown in a random order that the file does not keep
        JudgmentStatus.UNREADABLE if share is None else JudgmentStatus.READABLE,
        None if share is None else preferred(share),
        share,
        raw=_raw(given),
        problem="recorded without a preference" if share is None else None,
        cost=number(given, _newer(given, "price_per_example")),
        seconds=number(given, _newer(given, "time_per_example")),
    )


def _candidate_share(given: dict[str, Any]) -> float | None:
    """preference - 1, in 0..1; .5 for the draws (1.5, or 0 in older files), None for null and -1."""
    preference = number(given, "preference")
    if preference is None or preference == -1:
        return None
    if preference == 0:
        return 0.5
    if not 1 - _OVERSHOOT <= preference <= 2 + _OVERSHOOT:
        raise BadRow(f"preference must be from 1 to 2, 0 or -1, found {described(given['preference'])}")
    return min(max(preference - 1, 0.0), 1.0)


def _newer(given: dict[str, Any], field: str) -> str:
    """The name of a detail in this file: newer AlpacaEval puts `preference_` before it."""
    return f"preference_{field}" if f"preference_{field}" in given else field


def _raw(given: dict[str, Any]) -> str | None:
    raw = given.get(_newer(given, "raw_completion"))
    return raw if raw is None or isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)


NAME = "alpaca-eval"


DESCRIPTION = (
    'JSON with "instruction", "output", "generator" (outputs) or "output_1", "output_2", "preference" (annotations)'
)


IGNORED_KINDS: frozenset[str] = frozenset()


_OUTPUT = frozenset({"instruction", "input", "output", "generator", "dataset"})


@dataclass(frozen=True, slots=True)
class _Output:
    where: RowSource
    turns: tuple[str]
    tags: tuple[str, ...]
    response: ImportedResponse


_Outputs = dict[tuple[str, str], _Output]
"""By prompt and system."""


def sniff(file: InputFile) -> str | None:
    """`annotations` or `outputs`."""
    fields = file.fields or frozenset()
    if {"instruction", "output_1", "output_2"} <= fields:
        return "annotations"
    return "outputs" if {"instruction", "output"} <= fields and file.shape != "csv" else None


def read(files: Mapping[str, Sequence[InputFile]], options: ReadOptions, notes: ReadNotes) -> Iterator[ImportRow]:
    """Outputs first, joined with the baseline's by instruction, then annotations."""
    baseline = _baseline(options, notes)
    candidates: _Outputs = {}
    for file in files.get("outputs", ()):
        _outputs(file, options.candidate or "candidate", candidates, notes)
    annotations: dict[tuple[str, ...], Annotation] = {}
    for file in files.get("annotations", ()):
        _annotations(file, options, annotations, notes)
    yield from _joined(candidates, baseline, notes)
    yield from (annotation.row for annotation in annotations.values())
    if annotations:
        _unmatched(candidates | baseline, annotations, notes)


def _baseline(options: ReadOptions, notes: ReadNotes) -> _Outputs:
    if options.baseline_file is None:
        return {}
    file = single(options.baseline_file)
    if sniff(file) != "outputs" and file.fields is not None:
        raise BadFile(f'{file.name}: the baseline file must hold outputs: rows with "instruction" and "output"')
    return _outputs(file, options.baseline or "baseline", {}, notes)


def _outputs(file: InputFile, system: str, found: _Outputs, notes: ReadNotes) -> _Outputs:
    for where, given in iter_rows(file, notes):
        try:
            output = _output(where, given, system, notes)
        except BadRow as bad:
            notes.refuse(where, str(bad))
            continue
        notes.fields(given, _OUTPUT)
        identity = (output.turns[0], output.response.system)
        if identity in found:
            earlier = found.pop(identity).where
            notes.strange(earlier, f"{output.response.system} answers this again in {where}; the last one is kept")
        found[identity] = output
    return found


def _output(where: RowSource, given: dict[str, Any], system: str, notes: ReadNotes) -> _Output:
    turns = with_input(needed(given, "instruction"), text(given, "input"))
    cells = (needed(given, "output", dict.get),)
    tag = named(given, "dataset")
    response = ImportedResponse(named(given, "generator") or system, cells)
    note_cells(notes, where, "output", cells)
    return _Output(where, turns, (tag,) if tag else (), response)


def _joined(candidates: _Outputs, baselines: _Outputs, notes: ReadNotes) -> Iterator[ImportRow]:
    by_prompt: dict[str, list[_Output]] = {}
    for (prompt, _), output in baselines.items():
        by_prompt.setdefault(prompt, []).append(output)
    answered = {prompt for prompt, _ in candidates}
    for (prompt, system), output in candidates.items():
        others = [other for other in by_prompt.get(prompt, ()) if other.response.system != system]
        for other in others:
            yield _row(output, other)
        if not others:
            if baselines:
                notes.strange(output.where, "no row of the baseline file has this instruction; it makes no pair")
            yield _row(output)
    for (prompt, system), output in baselines.items():
        if prompt not in answered:
            if candidates:
                notes.strange(output.where, f"only {system} answers this instruction; it makes no pair")
            yield _row(output)


def _row(output: _Output, other: _Output | None = None) -> ImportRow:
    if other is None:
        return ImportRow(output.where, turns=output.turns, tags=output.tags, responses=(output.response,))
    return ImportRow(
        output.where,
        turns=output.turns,
        tags=tuple(dict.fromkeys((*output.tags, *other.tags))),
        responses=(output.response, other.response),
        systems=(output.response.system, other.response.system),
        compares=True,
    )


def _annotations(
    file: InputFile, options: ReadOptions, found: dict[tuple[str, ...], Annotation], notes: ReadNotes
) -> None:
    for where, given in iter_rows(file, notes):
        try:
            annotation = annotation_of(where, given, options, notes)
        except BadRow as bad:
            notes.refuse(where, str(bad))
            continue
        notes.fields(given, ANNOTATION)
        if annotation.identity in found:
            earlier = found.pop(annotation.identity).row.where
            notes.strange(earlier, f"annotated again in {where}; the last one is kept")
        found[annotation.identity] = annotation


def _unmatched(outputs: _Outputs, annotations: Mapping[tuple[str, ...], Annotation], notes: ReadNotes) -> None:
    """List outputs nobody annotated, and annotated answers that the outputs of the same system do not have."""
    annotated = {
        (prompt, response.system): response
        for (prompt, *_), annotation in annotations.items()
        for response in annotation.row.responses
    }
    for identity, output in outputs.items():
        if identity not in annotated:
            notes.strange(output.where, f"no annotation speaks of this output of {identity[1]}")
    systems = {system for _, system in outputs}
    for (prompt, *_), annotation in annotations.items():
        for response in annotation.row.responses:
            there = outputs.get((prompt, response.system))
            if response.system in systems and there is None:
                notes.strange(annotation.row.where, f"the outputs of {response.system} do not have this instruction")
            elif there is not None and there.response.cells != response.cells:
                notes.strange(
                    annotation.row.where, f"{response.system} answers otherwise in {there.where}; both are kept"
                )
