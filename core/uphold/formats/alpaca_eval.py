"""AlpacaEval: model outputs of candidate and baseline, and an annotator's preferences between them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from uphold.errors import BadFile
from uphold.formats.alpaca_annotations import ANNOTATION, Annotation, annotation_of
from uphold.formats.fields import name as named
from uphold.formats.fields import needed, note_cells, text, with_input
from uphold.formats.given import GivenFile, single
from uphold.formats.items import items
from uphold.formats.notes import BadRow, Notes, Options
from uphold.records.rows import GivenResponse, Row, Where

name = "alpaca-eval"
looks = 'JSON with "instruction", "output", "generator" (outputs) or "output_1", "output_2", "preference" (annotations)'
unread: frozenset[str] = frozenset()

_OUTPUT = frozenset({"instruction", "input", "output", "generator", "dataset"})


@dataclass(frozen=True, slots=True)
class _Output:
    where: Where
    turns: tuple[str]
    tags: tuple[str, ...]
    response: GivenResponse


_Outputs = dict[tuple[str, str], _Output]
"""By prompt and system."""


def sniff(file: GivenFile) -> str | None:
    """`annotations` or `outputs`."""
    fields = file.fields or frozenset()
    if {"instruction", "output_1", "output_2"} <= fields:
        return "annotations"
    return "outputs" if {"instruction", "output"} <= fields and file.shape != "csv" else None


def read(files: Mapping[str, Sequence[GivenFile]], options: Options, notes: Notes) -> Iterator[Row]:
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


def _baseline(options: Options, notes: Notes) -> _Outputs:
    if options.baseline_file is None:
        return {}
    file = single(options.baseline_file)
    if sniff(file) != "outputs" and file.fields is not None:
        raise BadFile(f'{file.name}: the baseline file must hold outputs: rows with "instruction" and "output"')
    return _outputs(file, options.baseline or "baseline", {}, notes)


def _outputs(file: GivenFile, system: str, found: _Outputs, notes: Notes) -> _Outputs:
    for where, given in items(file, notes):
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


def _output(where: Where, given: dict[str, Any], system: str, notes: Notes) -> _Output:
    turns = with_input(needed(given, "instruction"), text(given, "input"))
    cells = (needed(given, "output", dict.get),)
    tag = named(given, "dataset")
    response = GivenResponse(named(given, "generator") or system, cells)
    note_cells(notes, where, "output", cells)
    return _Output(where, turns, (tag,) if tag else (), response)


def _joined(candidates: _Outputs, baselines: _Outputs, notes: Notes) -> Iterator[Row]:
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


def _row(output: _Output, other: _Output | None = None) -> Row:
    if other is None:
        return Row(output.where, turns=output.turns, tags=output.tags, responses=(output.response,))
    return Row(
        output.where,
        turns=output.turns,
        tags=tuple(dict.fromkeys((*output.tags, *other.tags))),
        responses=(output.response, other.response),
        systems=(output.response.system, other.response.system),
        compares=True,
    )


def _annotations(file: GivenFile, options: Options, found: dict[tuple[str, ...], Annotation], notes: Notes) -> None:
    for where, given in items(file, notes):
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


def _unmatched(outputs: _Outputs, annotations: Mapping[tuple[str, ...], Annotation], notes: Notes) -> None:
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
