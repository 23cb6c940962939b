"""Writer of pairs as CSV, one row per pair: UTF-8, RFC 4180 quoting, all texts and no numbers quoted, LF line ends.

Verdicts and decisions have columns of their own, `judge:NAME:verdict`, `reviewer:NAME:decision` and so on, so that a
data frame needs no reshaping; the last colon ends the name. What a spreadsheet would take for a formula is defused by
`csv_cells`; reading such a file restores it.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping

from uphold.formats.csv_cells import PAIR_COLUMNS, defuse
from uphold.records.rows import ExportedAnnotators, ExportedJudge, ExportedPair, ExportedReviewer
from uphold.records.texts import cell_text

Value = str | int | float | None

JUDGE_COLUMNS = ("verdict", "confidence", "preference", "reason", "reason_order")
"""Columns of a judge; `A` in its reason is the answer that `reason_order` names first."""

REVIEWER_COLUMNS = ("decision", "first_decision", "ruling", "reasons", "comment", "flag", "mode", "seconds")
"""Columns of a reviewer; `first_decision` is the one made before the verdict was seen, if any, else the same as `decision`;
`ruling`, `mode` and `seconds` belong to it."""


class _EchoFile:
    """A file whose `write` returns the text, so that a csv writer gives its lines back."""

    def write(self, text: str) -> str:
        return text


def csv_lines(annotators: ExportedAnnotators, pairs: Iterable[ExportedPair]) -> Iterator[str]:
    """Yield the header, then one row per pair, each with its line end."""
    writer = csv.writer(_EchoFile(), quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    names = column_names(annotators)
    yield writer.writerow([escape_formula(name) for name in names])
    for pair in pairs:
        values = row_values(pair)
        yield writer.writerow([escape_formula(values.get(name)) for name in names])


def column_names(annotators: ExportedAnnotators) -> list[str]:
    """Return the names of all columns."""
    judges = [f"judge:{name}:{column}" for name in annotators.judges for column in JUDGE_COLUMNS]
    return [
        *PAIR_COLUMNS,
        *judges,
        *(f"reviewer:{name}:{column}" for name in annotators.reviewers for column in REVIEWER_COLUMNS),
    ]


def escape_formula(value: Value) -> Value:
    """Return a text that no spreadsheet takes for a formula; other values are returned as they are."""
    return defuse(value) if isinstance(value, str) else value


def row_values(pair: ExportedPair) -> dict[str, Value]:
    """Return the unescaped values of a pair by column, without the columns of judges and reviewers that have none."""
    values = _pair_values(pair)
    for judge in pair.judges:
        values |= {f"judge:{judge.name}:{column}": value for column, value in _judge_values(judge).items()}
    for reviewer in pair.reviewers:
        values |= {f"reviewer:{reviewer.name}:{column}": value for column, value in _reviewer_values(reviewer).items()}
    return values


def _pair_values(pair: ExportedPair) -> dict[str, Value]:
    last = pair.turn - 1
    return {
        "run": pair.run,
        "set": pair.set,
        "key": pair.key,
        "turn": pair.turn,
        "tags": ",".join(pair.tags),
        "candidate": pair.candidate,
        "baseline": pair.baseline,
        "context": pair.text.context,
        "instruction": pair.text.turns[last],
        "reference": pair.text.reference(pair.turn),
        "response_candidate": cell_text(pair.candidate_cells[last]),
        "response_baseline": cell_text(pair.baseline_cells[last]),
        "earlier_turns": _earlier_turns(pair),
        "human_label": pair.label,
        "human_votes": pair.votes,
        "adjudicated": pair.adjudicated,
    }


def _earlier_turns(pair: ExportedPair) -> str | None:
    if pair.turn == 1:
        return None
    turns = [
        {
            "instruction": pair.text.turns[position],
            "response_candidate": pair.candidate_cells[position],
            "response_baseline": pair.baseline_cells[position],
        }
        for position in range(pair.turn - 1)
    ]
    return json.dumps(turns, ensure_ascii=False)


def _judge_values(judge: ExportedJudge) -> Mapping[str, Value]:
    explaining = judge.explaining_judgment
    return {
        "verdict": judge.verdict.verdict.value,
        "confidence": judge.confidence,
        "preference": judge.preference,
        "reason": explaining.reason if explaining is not None else None,
        "reason_order": explaining.order.value if explaining is not None else None,
    }


def _reviewer_values(reviewer: ExportedReviewer) -> Mapping[str, Value]:
    state, first = reviewer.state, reviewer.first_decision
    decision = state.decision.choice if state.decision is not None else None
    ruling = reviewer.ruling
    return {
        "decision": decision.value if decision is not None else None,
        "first_decision": first.choice.value if first is not None and first.choice is not None else None,
        "ruling": ruling.value if ruling is not None else None,
        "reasons": ",".join(state.reasons),
        "comment": reviewer.comment,
        "flag": state.flagged,
        "mode": first.shown.mode if first is not None and first.shown is not None else None,
        "seconds": first.seconds if first is not None else None,
    }
