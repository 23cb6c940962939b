"""Pairs as CSV, one row a pair: UTF-8, RFC 4180 quoting, texts in quotation marks and numbers bare, lines end in LF.

What judges and people say stands in columns of their own, `judge:NAME:verdict`, `reviewer:NAME:decision` and so on, so
that a data frame needs no reshaping; the last colon ends the name. A text that a spreadsheet would take for a formula
(`=`, `+`, `-`, `@`, also in their full-width forms, a tab, CR or LF at its beginning) gets an apostrophe before it; so
does one that begins with apostrophes and then such a sign, so that taking off one apostrophe always gives the text back.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping

from uphold.records.rows import ExportedJudge, ExportedPair, ExportedPeople, ExportedReviewer
from uphold.records.texts import cell_text

Value = str | int | float | None


PAIR = (
    "run",
    "set",
    "key",
    "turn",
    "tags",
    "candidate",
    "baseline",
    "context",
    "instruction",
    "reference",
    "response_candidate",
    "response_baseline",
    "earlier_turns",
    "human_label",
    "human_votes",
    "adjudicated",
)
"""Columns of the pair itself; the texts are those of its own turn, `earlier_turns` is a JSON list of those before it."""


JUDGE = ("verdict", "confidence", "preference", "reason", "reason_order")
"""Columns of a judge; its reason speaks of A as the answer that `reason_order` names first."""


REVIEWER = ("decision", "first_decision", "ruling", "reasons", "comment", "flag", "mode", "seconds")
"""Columns of a reviewer; `first_decision` is the one from before the verdict was seen, where there is one, else the same:
`ruling`, `mode` and `seconds` are its own."""


_ACTS = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


class _Row:
    """What a csv writer writes, given back."""

    def write(self, text: str) -> str:
        return text


def csv_lines(voices: ExportedPeople, pairs: Iterable[ExportedPair]) -> Iterator[str]:
    """The header, then a row a pair, each with its line end."""
    writer = csv.writer(_Row(), quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    names = columns(voices)
    yield writer.writerow(names)
    for pair in pairs:
        found = cells(pair)
        yield writer.writerow([harmless(found.get(name)) for name in names])


def columns(voices: ExportedPeople) -> list[str]:
    """The names of all columns."""
    judges = [f"judge:{name}:{column}" for name in voices.judges for column in JUDGE]
    return [*PAIR, *judges, *(f"reviewer:{name}:{column}" for name in voices.reviewers for column in REVIEWER)]


def harmless(value: Value) -> Value:
    """A cell that does nothing in a spreadsheet; numbers are numbers."""
    return f"'{value}" if isinstance(value, str) and _ACTS.match(value) else value


def cells(pair: ExportedPair) -> dict[str, Value]:
    """By column: what stands there as it is; what is not there was not said."""
    found = _pair(pair)
    for judge in pair.judges:
        found |= {f"judge:{judge.name}:{column}": value for column, value in _judge(judge).items()}
    for person in pair.reviewers:
        found |= {f"reviewer:{person.name}:{column}": value for column, value in _reviewer(person).items()}
    return found


def _pair(pair: ExportedPair) -> dict[str, Value]:
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
        "earlier_turns": _earlier(pair),
        "human_label": pair.label,
        "human_votes": pair.votes,
        "adjudicated": pair.adjudicated,
    }


def _earlier(pair: ExportedPair) -> str | None:
    if pair.turn == 1:
        return None
    turns = [
        {
            "instruction": pair.text.turns[at],
            "response_candidate": pair.candidate_cells[at],
            "response_baseline": pair.baseline_cells[at],
        }
        for at in range(pair.turn - 1)
    ]
    return json.dumps(turns, ensure_ascii=False)


def _judge(judge: ExportedJudge) -> Mapping[str, Value]:
    reasoned = judge.reasoned
    return {
        "verdict": judge.said.verdict.value,
        "confidence": judge.confidence,
        "preference": judge.preference,
        "reason": reasoned.reason if reasoned is not None else None,
        "reason_order": reasoned.order.value if reasoned is not None else None,
    }


def _reviewer(person: ExportedReviewer) -> Mapping[str, Value]:
    stand, first = person.state, person.first
    decision = stand.decision.choice if stand.decision is not None else None
    ruling = person.ruling
    return {
        "decision": decision.value if decision is not None else None,
        "first_decision": first.choice.value if first is not None and first.choice is not None else None,
        "ruling": ruling.value if ruling is not None else None,
        "reasons": ",".join(stand.reasons),
        "comment": person.comment,
        "flag": stand.flagged,
        "mode": first.shown.mode if first is not None and first.shown is not None else None,
        "seconds": first.seconds if first is not None else None,
    }
