"""Writer of preference pairs as TRL's DPO and reward trainers read them: JSONL with `prompt`, `chosen` and `rejected`.

Where every pair is a single instruction the three are texts, else lists of messages in all rows: a data set has one type
a column. The prompt of messages is what both conversations begin with; where earlier answers differ, `chosen` and
`rejected` begin with these. Each row has its `source`, and the `judge` where the choice is not a person's.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from uphold.formats.writers.alpaca_eval import instruction
from uphold.formats.writers.json_line import json_line
from uphold.records.enums import Preference
from uphold.records.exports import ExportCounts, ExportedLabel, LeftOut
from uphold.records.rows import ExportedPair
from uphold.records.texts import cell_text
from uphold.records.training_data import LabelSource

Message = dict[str, str]


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """By whose word an answer is chosen, whether rows are lists of messages, and the number of the set's version."""

    source: LabelSource
    messages: bool
    version: int


def preference_lines(
    pairs: Iterable[ExportedPair], options: TrainingOptions, counts: ExportCounts, keys: set[str]
) -> Iterator[str]:
    """Yield a line for each pair of which one answer is better; ties are left out. The keys of their examples go to `keys`."""
    for pair in pairs:
        label = counts.labelled(pair, options.source)
        if label is None:
            continue
        row = _row(pair, label, options)
        if isinstance(row, LeftOut):
            counts.left_out[row] += 1
            continue
        counts.write(label)
        keys.add(pair.key)
        yield json_line(row)


def _row(pair: ExportedPair, label: ExportedLabel, options: TrainingOptions) -> dict[str, Any] | LeftOut:
    if label.preference is Preference.TIE:
        return LeftOut.TIE
    answers = [[cell_text(cell) for cell in cells] for cells in (pair.candidate_cells, pair.baseline_cells)]
    if label.preference is Preference.BASELINE:
        answers.reverse()
    chosen, rejected = answers
    if chosen == rejected:
        return LeftOut.SAME
    texts = _messages(pair, chosen, rejected) if options.messages else _texts(pair, chosen, rejected)
    source = {"set": pair.set, "version": options.version, "key": pair.key, "turn": pair.turn, "by": label.by.value}
    return {**texts, "source": source, "judge": None if label.judge is None else label.judge.name}


def _texts(pair: ExportedPair, chosen: list[str], rejected: list[str]) -> dict[str, Any]:
    return {"prompt": instruction(pair), "chosen": chosen[0], "rejected": rejected[0]}


def _messages(pair: ExportedPair, chosen: list[str], rejected: list[str]) -> dict[str, Any]:
    better, worse = (_conversation(pair, answers) for answers in (chosen, rejected))
    shared = next(place for place, (one, other) in enumerate(zip(better, worse, strict=True)) if one != other)
    return {"prompt": better[:shared], "chosen": better[shared:], "rejected": worse[shared:]}


def _conversation(pair: ExportedPair, answers: list[str]) -> list[Message]:
    """Return the messages up to the pair's turn; the context is the system's message."""
    context = pair.text.context
    messages = [] if context is None else [{"role": "system", "content": context}]
    for turn, answer in zip(pair.text.turns, answers, strict=True):
        messages += [{"role": "user", "content": turn}, {"role": "assistant", "content": answer}]
    return messages
