"""One row of AlpacaEval's annotations.json: two outputs and how much the annotator prefers the second."""

import json
from dataclasses import dataclass
from typing import Any

from uphold.formats.decoding import described
from uphold.formats.fields import name, needed, note_cells, number, preferred, text, with_input
from uphold.formats.notes import BadRow, Notes, Options
from uphold.records.rows import GivenJudgment, GivenResponse, Row, Where
from uphold.records.words import Order, Status

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
    row: Row


def annotation_of(where: Where, given: dict[str, Any], options: Options, notes: Notes) -> Annotation:
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
    row = Row(
        where,
        turns=turns,
        tags=(tag,) if tag else (),
        responses=(GivenResponse(candidate, cells["output_2"]), GivenResponse(baseline, cells["output_1"])),
        systems=(candidate, baseline),
        compares=True,
        judgments=(judgment,),
    )
    return Annotation((turns[0], candidate, baseline, judgment.judge), row)


def _judgment(given: dict[str, Any]) -> GivenJudgment:
    judge = name(given, "annotator") or "imported"
    share = _candidate_share(given)
    return GivenJudgment(
        judge,
        Order.UNKNOWN,  # outputs are shown in a random order that the file does not keep
        Status.UNREADABLE if share is None else Status.READABLE,
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
