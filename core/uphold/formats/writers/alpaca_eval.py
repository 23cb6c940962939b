"""Writer of AlpacaEval: annotations of pairs (annotations.json) and outputs of a system (model_outputs.json).

Each file is one JSON array. As AlpacaEval has it, `output_1` is the baseline's and `output_2` the candidate's, and
`preference` is 1 where the first is better, 2 where the second is, and between where a judge's preference is soft. Its
rows are single instructions, so that pairs of later turns have no place in it.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from uphold.formats.writers.json_line import ascii_json
from uphold.records.enums import Preference
from uphold.records.exports import ExportCounts, ExportedLabel, LeftOut
from uphold.records.rows import ExportedPair
from uphold.records.texts import cell_text
from uphold.records.training_data import LabelSource

_PREFERENCES = {Preference.BASELINE: 1.0, Preference.TIE: 1.5, Preference.CANDIDATE: 2.0}


def annotation_lines(pairs: Iterable[ExportedPair], source: LabelSource, counts: ExportCounts) -> Iterator[str]:
    """Yield the lines of an array with one annotation for each pair that has a label."""
    yield from _array(_annotations(pairs, source, counts))


def output_lines(pairs: Iterable[ExportedPair], system: Preference, counts: ExportCounts) -> Iterator[str]:
    """Yield the lines of an array with the answers of the candidates, or of the baselines, to single instructions."""
    yield from _array(_outputs(pairs, system, counts))


def _array(objects: Iterator[dict[str, Any]]) -> Iterator[str]:
    before = "[\n"
    for one in objects:
        yield before + ascii_json(one)
        before = ",\n"
    yield "\n]\n" if before != "[\n" else "[]\n"


def _annotations(pairs: Iterable[ExportedPair], source: LabelSource, counts: ExportCounts) -> Iterator[dict[str, Any]]:
    for pair in _single_instructions(pairs, counts):
        label = counts.labelled(pair, source)
        if label is not None:
            counts.write(label)
            yield _annotation(pair, label)


def _single_instructions(pairs: Iterable[ExportedPair], counts: ExportCounts) -> Iterator[ExportedPair]:
    for pair in pairs:
        if pair.turn == 1:
            yield pair
        else:
            counts.left_out[LeftOut.LATER_TURN] += 1


def _annotation(pair: ExportedPair, label: ExportedLabel) -> dict[str, Any]:
    return {
        "instruction": instruction(pair),
        "output_1": cell_text(pair.baseline_cells[0]),
        "generator_1": pair.baseline,
        "dataset": pair.set,
        "output_2": cell_text(pair.candidate_cells[0]),
        "generator_2": pair.candidate,
        "annotator": "human" if label.judge is None else label.judge.name,
        "preference": _preference(label),
        "by": label.by.value,
        "key": pair.key,
    }


def _preference(label: ExportedLabel) -> float:
    soft = label.judge.preference if label.judge is not None else None
    return _PREFERENCES[label.preference] if soft is None else 1 + soft


def instruction(pair: ExportedPair) -> str:
    """Return what is asked first, with the context before it where there is one."""
    first = pair.text.turns[0]
    return first if pair.text.context is None else f"{pair.text.context}\n\n{first}"


def _outputs(pairs: Iterable[ExportedPair], system: Preference, counts: ExportCounts) -> Iterator[dict[str, Any]]:
    for pair in _single_instructions(pairs, counts):
        if pair.forgotten:
            counts.left_out[LeftOut.FORGOTTEN] += 1
            continue
        counts.write()
        is_candidate = system is Preference.CANDIDATE
        yield {
            "instruction": instruction(pair),
            "output": cell_text((pair.candidate_cells if is_candidate else pair.baseline_cells)[0]),
            "generator": pair.candidate if is_candidate else pair.baseline,
            "dataset": pair.set,
            "key": pair.key,
        }
