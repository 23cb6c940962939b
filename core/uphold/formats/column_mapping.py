"""Reads rows with other people's columns as rows of the `pairs` format: by the options, and the long form by itself."""

from collections.abc import Iterable, Mapping
from typing import Any

from uphold.errors import BadUsage
from uphold.formats.json_values import describe
from uphold.formats.label_words import ALLOWED, MAPPED_FIELDS, NO_LABEL, UNREADABLE
from uphold.formats.reading import BadRow, ReadOptions
from uphold.records.enums import REFERENCE

JUDGMENT_FIELDS = frozenset({"judge", "verdict", "order", "preference", "confidence", "reason"})
"""Fields that are used only together with a verdict."""

REVIEW_FIELDS = frozenset({"reviewer", "review", "note"})
"""Fields that are used only together with a review."""

RESPONSE_FIELDS = ("response_candidate", "response_baseline")

FIELDS = (
    JUDGMENT_FIELDS
    | REVIEW_FIELDS
    | frozenset(RESPONSE_FIELDS)
    | frozenset(
        {
            "key",
            "instruction",
            "turns",
            "messages",
            "conversations",
            "context",
            "reference",
            "tags",
            "candidate",
            "baseline",
            "turn",
        }
    )
    | frozenset({"system", "response"})
)
"""Fields of the `pairs` format."""

LONG_FORM = {"system": "model", "response": "output", "key": "id"}
"""By field of a row with one system's answer, the name that it may have too."""


class ColumnMapping:
    """Renames the columns of rows. Raises BadUsage for options that fit no file."""

    def __init__(self, options: ReadOptions) -> None:
        check_options(options)
        self.mapping, self._words = options.mapping, options.words
        self.systems, self._left_out = options.systems, options.left_out
        self.mapped_columns = frozenset(options.mapping.values())
        self.columns = self.mapped_columns | frozenset(options.systems.values())
        self._missing = dict.fromkeys((*options.mapping.values(), *options.systems.values(), *sorted(options.left_out)))
        self._columns: dict[str, None] = {}
        self.displaced: dict[str, None] = {}
        self._renames = bool(options.mapping or options.left_out)
        self._origins = dict(options.mapping)

    def note_columns(self, names: Iterable[str]) -> None:
        """Note which columns occur."""
        self._columns.update(dict.fromkeys(names))
        for column in self._columns if self._missing else ():
            self._missing.pop(column, None)

    def rename(self, record: dict[str, Any], *, in_csv: bool) -> dict[str, Any]:
        """Return the record with our field names and words.

        A field whose name another column takes is dropped (`displaced`). Raises BadRow for an answer of no system.
        """
        if self._missing:
            self.note_columns(record)
        if self._renames:
            record = self._rename(record, in_csv)
        if not self.systems and ("response" in record or "output" in record):
            record = self._read_long_form(record)
        if self._words:
            record = self._translate(record, in_csv)
        return record

    def _rename(self, record: dict[str, Any], in_csv: bool) -> dict[str, Any]:
        kept = {
            field: value
            for field, value in record.items()
            if field not in self.mapped_columns and field not in self.mapping and field not in self._left_out
        }
        dropped = (self.mapping.keys() - self.mapped_columns) | self._left_out
        self.displaced.update(dict.fromkeys(name for name in record if name in dropped))
        taken = {field: record[column] for field, column in self.mapping.items() if column in record}
        return kept | (taken if in_csv else {field: _as_field(field, value) for field, value in taken.items()})

    def _read_long_form(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return a row with one system's answer under the names of our fields; other rows as they are."""
        if any(field in record for field in RESPONSE_FIELDS):
            return record
        if "system" not in record and "model" not in record:
            return record
        renamed = dict(record)
        for field, name in LONG_FORM.items():
            if field not in renamed and name in renamed:
                renamed[field] = renamed.pop(name)
                self._origins.setdefault(field, name)
        return renamed

    def _translate(self, record: dict[str, Any], in_csv: bool) -> dict[str, Any]:
        changed = {}
        for field, words in self._words.items():
            value = record.get(field)
            meaning = words.get(word_of(value)) if value is not None else None
            if meaning is not None:
                changed[field] = meaning if in_csv or field != "preference" else float(meaning)
        if not changed:
            return record
        record = record | {field: None if meaning == UNREADABLE else meaning for field, meaning in changed.items()}
        return {field: value for field, value in record.items() if changed.get(field) != NO_LABEL}

    def column_of(self, field: str) -> str:
        """Return the column that a field was read from."""
        return self._origins.get(field, field)

    def missing_hint(self) -> str:
        """Return what to add to the message of a bad row as long as a mapped column has not occurred."""
        return f' (--map: no column "{next(iter(self._missing))}" so far)' if self._missing else ""

    def check_all_found(self) -> None:
        """Raise BadUsage if a column that an option names occurs in no row."""
        for column in self._missing:
            option = "--map" if column in self.mapped_columns else "--systems"
            option = option if column in self.columns else "--leave-out"
            names = ", ".join(f'"{column_name}"' for column_name in list(self._columns)[:20])
            raise BadUsage(f'{option}: no row has a column "{column}"; the columns are {names}')


def word_of(value: Any) -> str:
    """Return the value of a label as the text that `--map-value` names it by: 1 for the numbers 1 and 1.0."""
    if type(value) is float and value.is_integer():
        return str(int(value))
    return value if type(value) is str else str(value).lower()


def _as_field(field: str, value: Any) -> Any:
    """Return a value of somebody's column as the field wants it: one tag as a list, a number as the text of a reference."""
    if field == "tags" and type(value) in (str, int) and value != "":
        return [str(value)]
    if field == "reference" and type(value) in (int, float):
        return str(value)
    return value


def check_options(options: ReadOptions) -> None:
    """Raise BadUsage for a mapping, systems or words that fit no file."""
    unknown = sorted(options.mapping.keys() - FIELDS)
    if unknown:
        raise BadUsage(
            f'--map: "{unknown[0]}" is no field of the pairs format; its fields: {", ".join(sorted(FIELDS))}'
        )
    for field, words in options.words.items():
        if field not in MAPPED_FIELDS:
            raise BadUsage(f'--map-value: "{field}" takes no words; it is for {", ".join(MAPPED_FIELDS)}')
        for word, meaning in words.items():
            _check_word(field, word, meaning)
    if options.systems:
        _check_systems(options)


def _check_word(field: str, word: str, meaning: str) -> None:
    allowed = (*ALLOWED.get(field, ()), NO_LABEL, *((UNREADABLE,) if field == "verdict" else ()))
    if field == "preference" and _is_share(meaning):
        return
    if meaning not in allowed:
        wanted = f"a number from 0 to 1, or {NO_LABEL}" if field == "preference" else " or ".join(allowed)
        raise BadUsage(f'--map-value {field}:{word}={meaning}: {field} must be {wanted}, found "{meaning}"')


def _is_share(text: str) -> bool:
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False


def _check_systems(options: ReadOptions) -> None:
    clash = next((field for field in ("response", "system", *RESPONSE_FIELDS) if field in options.mapping), None)
    if clash is not None:
        raise BadUsage(f"--systems names the columns of all answers; leave out --map {clash}={options.mapping[clash]}")
    sides = {"--candidate": options.candidate, "--baseline": options.baseline}
    for option, name in sides.items():
        if name is not None and name not in (*options.systems, REFERENCE):
            names = ", ".join(f'"{system}"' for system in options.systems)
            raise BadUsage(f'{option} "{name}" is none of --systems, which are {names}')
    if (options.candidate is None) != (options.baseline is None):
        given, lacking = sides if options.candidate else reversed(sides)
        raise BadUsage(
            f"with --systems, {given} goes together with {lacking}: name both to compare two of them, or neither"
        )


def read_key(record: Mapping[str, Any], field: str = "key") -> str | None:
    """Read a key: a text that is not empty, or a whole number, which is taken as text. Raises BadRow."""
    value = record.get(field)
    if value is None or (type(value) is str and value):
        return value
    if type(value) is int or (type(value) is float and value.is_integer() and abs(value) < 2**53):
        return str(int(value))
    raise BadRow(
        f"{field} must be text or a whole number" + (", not empty" if value == "" else f", found {describe(value)}")
    )
