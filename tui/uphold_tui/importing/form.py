"""The options of an import as rows with a cursor; each change makes another request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeVar

from uphold.formats.label_words import ALLOWED, NO_LABEL, UNREADABLE
from uphold.records.import_preview import ImportPreview, ImportRefusal, PreviewColumn
from uphold.records.import_request import ImportRequest, ImportSuggestion

Value = TypeVar("Value")


class RowKind(Enum):
    """What a row of the form is about."""

    GO = "go"
    SET = "set"
    CANDIDATE = "candidate"
    BASELINE = "baseline"
    ENCODING = "encoding"
    BAD_ROWS = "bad rows"
    WORD = "word"
    COLUMN = "column"


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row that the cursor can be on. `column` is the name of a column; `word` is a word of the file for a `field`."""

    kind: RowKind
    column: str = ""
    field: str = ""
    word: str = ""


FIELD_WORDS: Mapping[str, str] = {
    "instruction": "what was asked",
    "turns": "what was asked, turn by turn",
    "context": "a policy, a system prompt, earlier talk",
    "reference": "the answer that is wanted",
    "key": "names the example",
    "tags": "groups of examples",
    "response_candidate": "the answer of the candidate",
    "response_baseline": "the answer of the baseline",
    "candidate": "the candidate's name",
    "baseline": "the baseline's name",
    "system": "who answered, one system a row",
    "response": "its answer",
    "turn": "which turn is compared, from 1",
    "judge": "who gave the verdict",
    "verdict": "which answer the judge prefers",
    "order": "which answer the judge saw first",
    "preference": "the judge's, for the candidate, 0 to 1",
    "confidence": "the judge's, 0 to 1",
    "reason": "the judge's, in words",
    "reviewer": "the person who decided",
    "review": "which answer the person prefers",
    "note": "the person's comment",
}
"""What the fields of the `pairs` format hold, in a few words."""


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """What a column is taken for: a field of the format, the answers of a system, or nothing."""

    field: str | None = None
    system: str | None = None

    @property
    def words(self) -> str:
        """What it is called in lists."""
        if self.system is not None:
            return f"answers of {self.system}"
        return self.field or "not used"


@dataclass(frozen=True, slots=True)
class Form:
    """What is chosen, and what the last preview, perhaps of an earlier choice, says about it.

    `trouble` says why it could not be read or imported now, though the files are not at fault.
    """

    request: ImportRequest
    preview: ImportPreview
    trouble: str = ""

    @property
    def is_current(self) -> bool:
        """Whether the preview is that of the request."""
        return self.preview.request == self.request

    @property
    def rows(self) -> list[FormRow]:
        """The rows that the cursor can be on."""
        preview, request = self.preview, self.request
        rows = [FormRow(RowKind.GO), FormRow(RowKind.SET)]
        if preview.takes_names:
            rows += [FormRow(RowKind.CANDIDATE), FormRow(RowKind.BASELINE)]
        refusal = preview.refusal
        suggestion = refusal.suggestion if refusal is not None else None
        is_unreadable = refusal is not None and not preview.columns
        if request.encoding or is_unreadable or (suggestion is not None and suggestion.encoding):
            rows.append(FormRow(RowKind.ENCODING))
        can_skip = refusal is not None and suggestion is None and not refusal.words and not is_unreadable
        if request.skip_bad or can_skip:
            rows.append(FormRow(RowKind.BAD_ROWS))
        if preview.fields:
            rows += [FormRow(RowKind.COLUMN, one.name) for one in preview.columns]
            rows += [FormRow(RowKind.WORD, field=field, word=word) for field, word in self._words]
        return rows

    @property
    def _words(self) -> list[tuple[str, str]]:
        """The words whose meaning was given, or is asked for, each with its field."""
        refusal = self.preview.refusal
        asked = refusal.words if refusal is not None else {}
        given = ((field, word) for field, words in self.request.words.items() for word in words)
        return list(dict.fromkeys([*given, *((field, word) for field, words in asked.items() for word in words)]))

    @property
    def set_name(self) -> str | None:
        """The eval set that the rows go into, where it is known."""
        return self.request.set or self.preview.set

    @property
    def sides(self) -> tuple[str | None, str | None]:
        """Candidate and baseline, where they are known."""
        found = next((row.row.systems for row in self.preview.rows if row.row.systems is not None), (None, None))
        return self.request.candidate or found[0], self.request.baseline or found[1]

    @property
    def has_several_runs(self) -> bool:
        """Whether the first rows compare more than two systems."""
        return len({row.row.systems for row in self.preview.rows if row.row.systems is not None}) > 1

    @property
    def systems(self) -> list[str]:
        """The systems whose answers the files hold."""
        names = [system for one in self.preview.columns if (system := self.choice(one).system) is not None]
        names += [response.system for row in self.preview.rows for response in row.row.responses]
        return list(dict.fromkeys(names))

    def column(self, name: str) -> PreviewColumn:
        """Return the column of this name."""
        return next(one for one in self.preview.columns if one.name == name)

    def choice(self, column: PreviewColumn) -> ColumnChoice:
        """Return what a column is taken for, by the request where that says it, else as it was understood."""
        request = self.request
        for system, source in request.systems.items():
            if source == column.name:
                return ColumnChoice("response", system)
        for field, source in request.mapping.items():
            if source == column.name:
                return ColumnChoice(field)
        if column.name in request.left_out or (column.system is None and column.field in request.mapping):
            return ColumnChoice()
        return ColumnChoice(column.field, column.system)

    def choices(self, column: PreviewColumn) -> list[ColumnChoice]:
        """Return what a column can be taken for."""
        now = self.choice(column)
        system = now.system or column.name
        first, *others = self.preview.fields
        fields = (ColumnChoice(field) for field in others)
        return [ColumnChoice(), ColumnChoice(first), ColumnChoice("response", system), *fields]

    def with_refusal(self, refusal: ImportRefusal) -> "Form":
        """Return the form after an import that was refused though the preview of its first rows was not."""
        return replace(self, preview=replace(self.preview, complete=False, refusal=refusal))

    def with_choice(self, column: str, choice: ColumnChoice) -> ImportRequest:
        """Return the request that takes a column for something else."""
        return self.request.taking(column, choice.field, choice.system)

    def cycled(self, row: FormRow, step: int) -> ImportRequest | None:
        """Return the request with the next value, or the one before, in a row; None where a value has to be typed."""
        if row.kind is RowKind.COLUMN:
            column = self.column(row.column)
            taken, others = self.choice(column), {self.choice(one) for one in self.preview.columns if one is not column}
            # On the way to another field, none is taken away from the column that has it.
            free = [one for one in self.choices(column) if one == taken or one.field is None or one not in others]
            return self.with_choice(row.column, _next(free, taken, step))
        if row.kind is RowKind.WORD:
            now = self.request.words.get(row.field, {}).get(row.word)
            meaning = _next(word_meanings(row.field), now, step)
            return self.request.with_suggestion(ImportSuggestion(words={row.field: {row.word: meaning}}))
        if row.kind is RowKind.BAD_ROWS:
            return replace(self.request, skip_bad=not self.request.skip_bad)
        if row.kind in (RowKind.CANDIDATE, RowKind.BASELINE) and len(self.systems) > 1:
            is_candidate = row.kind is RowKind.CANDIDATE
            side = self.sides[0 if is_candidate else 1]
            return self.with_side(row.kind, _next(self.systems, side, step))
        return None

    def with_side(self, kind: RowKind, name: str) -> ImportRequest:
        """Return the request with another candidate or baseline; where both would be the same they change places."""
        is_candidate = kind is RowKind.CANDIDATE
        candidate, baseline = self.sides
        before, other = (candidate, baseline) if is_candidate else (baseline, candidate)
        if name == other:
            other = before
        elif other is None and len(self.systems) == 2:
            other = next((system for system in self.systems if system != name), None)
        sides = (name, other) if is_candidate else (other, name)
        return replace(self.request, candidate=sides[0], baseline=sides[1])

    def with_text(self, kind: RowKind, text: str) -> ImportRequest:
        """Return the request with what was typed into a row; an empty text takes the usual value again."""
        if kind is RowKind.SET:
            return replace(self.request, set=text or None)
        if kind is RowKind.ENCODING:
            return replace(self.request, encoding=text or None)
        if text:
            return self.with_side(kind, text)
        if kind is RowKind.CANDIDATE:
            return replace(self.request, candidate=None)
        return replace(self.request, baseline=None)


def word_meanings(field: str) -> Sequence[str]:
    """Return what a word for a verdict, a decision or an order can mean."""
    return (*ALLOWED.get(field, ()), *((UNREADABLE,) if field == "verdict" else ()), NO_LABEL)


def _next(values: Sequence[Value], now: Value | None, step: int) -> Value:
    at = values.index(now) + step if now in values else (0 if step > 0 else -1)
    return values[at % len(values)]
