"""The summary of an import as text for people: rows, columns and counts."""

import json
from collections.abc import Iterator, Mapping

from uphold.formatting import count_noun
from uphold.records.import_preview import PreviewColumn, UnderstoodRow
from uphold.records.import_request import ImportSuggestion
from uphold.records.rows import ColumnUse, ImportedJudgment, ImportSummary
from uphold.records.texts import AnswerCell

ADDED_NAMES: Mapping[str, tuple[str, str]] = {
    "examples": ("example", "examples"),
    "responses": ("response", "responses"),
    "pairs": ("pair", "pairs"),
    "judgments": ("judgment", "judgments"),
    "reviews": ("review", "reviews"),
    "carried": ("decision carried from an equal pair", "decisions carried from equal pairs"),
    "edited": ("example edited", "examples edited"),
    "replaced": ("response replaced", "responses replaced"),
    "scores": ("score", "scores"),
    "items": ("result of a single document", "results of single documents"),
}
"""What was added, by the field of the summary that counts it: one of them, and several; in the order of the output."""

_NAMES_IN_ROW = 6


def added_counts(summary: ImportSummary) -> list[str]:
    """Return what an import added, such as `120 pairs`; an empty list where nothing was new."""
    return [count_noun(number, *names) for field, names in ADDED_NAMES.items() if (number := getattr(summary, field))]


def column_use_text(use: ColumnUse) -> str:
    """Return what a column was read as: `prompt`, or `'question' as instruction`."""
    if use.system is not None:
        return f"{use.name!r} as the answers of {use.system!r}"
    return use.name if use.name == use.field else f"{use.name!r} as {use.field}"


def taken_for(column: PreviewColumn) -> str:
    """Return what a column is taken for: a field, the answers of a system, what is suggested with a `?`, or `not used`."""
    if column.system is not None:
        return f"answers of {column.system}"
    if column.field is not None:
        return column.field
    return f"{column.suggested}?" if column.suggested else "not used"


def row_parts(row: UnderstoodRow) -> Iterator[tuple[str, str]]:
    """Yield what a row holds, each part with its name."""
    given = row.row
    yield "key", row.key
    for number, turn in enumerate(row.turns, 1):
        yield ("instruction" if len(row.turns) == 1 else f"turn {number}"), turn
    if row.context is not None:
        yield "context", row.context
    for reference in row.references:
        if reference is not None:
            yield "reference", reference
    if given.tags:
        yield "tags", ", ".join(given.tags)
    for response in given.responses:
        yield f"{response.system} says", " / ".join(map(_cell_text, response.cells))
    for judgment in given.judgments:
        yield "verdict", _judgment_text(judgment)
    for review in given.reviews:
        yield "decision", f"{review.choice.value} by {review.reviewer}" + (f": {review.note}" if review.note else "")


def _judgment_text(judgment: ImportedJudgment) -> str:
    verdict = judgment.verdict.value if judgment.verdict is not None else judgment.status.value
    return f"{verdict} by {judgment.judge}" + (f": {judgment.reason}" if judgment.reason else "")


def _cell_text(cell: AnswerCell) -> str:
    return cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False)


def suggestion_text(suggestion: ImportSuggestion) -> str:
    """Return what options would do, in words: `prompt as instruction, base and sft as answers of systems`."""
    parts = [f"{column} as {name}" for name, column in suggestion.mapping.items()]
    if suggestion.systems:
        parts.append(f"{_listed(list(suggestion.systems.values()))} as answers")
    parts += [
        f"{word} as {meaning} ({name})" for name, words in suggestion.words.items() for word, meaning in words.items()
    ]
    if suggestion.candidate and suggestion.baseline and suggestion.systems:
        parts.append(f"{suggestion.candidate} against {suggestion.baseline}")
    elif suggestion.candidate or suggestion.baseline:
        sides = (("candidate", suggestion.candidate), ("baseline", suggestion.baseline))
        parts += [f"{side} {name}" for side, name in sides if name]
    parts += [f"as {suggestion.format}"] if suggestion.format else []
    parts += [f"as {suggestion.encoding}"] if suggestion.encoding else []
    parts += [f"into the set {suggestion.set}"] if suggestion.set else []
    parts += ["what differs as an edit"] if suggestion.update else []
    return ", ".join(parts)


def _listed(names: list[str]) -> str:
    if len(names) > _NAMES_IN_ROW:
        return f"{', '.join(names[:_NAMES_IN_ROW])} and {len(names) - _NAMES_IN_ROW} more"
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
