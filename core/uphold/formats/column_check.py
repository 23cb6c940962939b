"""Refuses files whose answers or words would be lost, with the options that take them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import PurePath
from typing import Any

from uphold.errors import BadFile
from uphold.formats.column_guess import Column, ColumnGuess, columns_of, guess_columns, named_answers
from uphold.formats.column_mapping import FIELDS, LONG_FORM, RESPONSE_FIELDS
from uphold.formats.conversations import with_plain_texts
from uphold.formats.label_check import check_words, has_unknown_word
from uphold.formats.reading import BadRow, NeedsOptions, ReadOptions
from uphold.records.import_request import ImportSuggestion
from uphold.records.rows import RowSource

Record = Mapping[str, Any]

_TEXT_FIELDS = frozenset({"instruction", "turns", "messages", "conversations", "key"})
_OWN_SIDES = dict(zip(RESPONSE_FIELDS, ("candidate", "baseline"), strict=True))


def check_head(file_name: str, rows: Sequence[tuple[RowSource, Record]], options: ReadOptions) -> Mapping[str, str]:
    """Raise NeedsOptions where the first rows of a file hold answers, an instruction or words that would be lost.

    Returns the fields that these rows have, by column.
    """
    columns = [one for one in columns_of(_plain(record) for _, record in rows) if one.name not in options.left_out]
    taken = taken_fields(columns, options)
    _check_answers(file_name, columns, taken, options)
    if not options.skip_bad:
        check_words(rows, taken, options)
    return taken


def check_later_words(rows: Iterable[tuple[RowSource, Record]], taken: Mapping[str, str], options: ReadOptions) -> None:
    """Raise as `check_words` does if the first of these rows has an unknown word; further words are looked for in all.

    `taken` are the fields that earlier rows have, by column.
    """
    first = next(iterator := iter(rows))
    taken = {**taken, **taken_fields(columns_of([first[1]]), options)}
    if has_unknown_word(first, taken, options):
        check_words(chain([first], _until_error(iterator)), taken, options)


def _until_error(rows: Iterator[tuple[RowSource, Record]]) -> Iterator[tuple[RowSource, Record]]:
    """Yield rows up to one that cannot be read."""
    with suppress(BadFile):
        yield from rows


def _plain(record: Record) -> Record:
    """Return a row with texts in place of messages; one whose messages cannot be read as it is."""
    try:
        return with_plain_texts(dict(record))
    except BadRow:
        return record


def taken_fields(columns: Iterable[Column], options: ReadOptions) -> dict[str, str]:
    """Return field -> column for the columns that are read without further options."""
    by_name = {column.name: column for column in columns}
    taken = {field: column for field, column in options.mapping.items() if column in by_name}
    used = set(taken.values()) | set(options.systems.values())
    taken |= {field: field for field in FIELDS if field in by_name and field not in taken and field not in used}
    if options.systems:
        taken.pop("response", None)
    for field in ("system", "response"):
        name = LONG_FORM[field]
        if field not in taken and name in by_name and name not in used and not options.systems:
            taken[field] = name
    is_long = {"system", "response"} <= taken.keys() and not taken.keys() & _OWN_SIDES.keys()
    if is_long and taken["system"] == "system" and not by_name["system"].holds_names:
        is_long = False
    if not is_long:
        mapped = options.mapping.keys()
        taken = {field: name for field, name in taken.items() if field not in ("system", "response") or field in mapped}
    elif "key" not in taken and "id" in by_name and "id" not in used:
        taken["key"] = "id"
    return taken


def suggest(columns: Sequence[Column], options: ReadOptions, file_name: str) -> tuple[ColumnGuess, ImportSuggestion]:
    """Return what the columns that are not taken seem to hold, and the options that take them."""
    taken = taken_fields(columns, options)
    free = [column for column in columns if column.name not in options.systems.values()]
    guess = guess_columns(free, taken, PurePath(file_name).name.split(".")[0] or "system")
    return guess, ImportSuggestion(
        mapping=guess.mapping,
        systems=guess.systems,
        words={field: words for field, words in guess.words.items() if words},
        candidate=options.candidate or guess.candidate,
        baseline=options.baseline or guess.baseline,
    )


def _check_answers(file_name: str, columns: Sequence[Column], taken: Mapping[str, str], options: ReadOptions) -> None:
    chosen = options.systems or any(field in options.mapping for field in ("response", *_OWN_SIDES))
    if chosen:
        _check_text(file_name, columns, taken, options)
        return
    if taken.keys() & {*_OWN_SIDES, "response"}:
        _check_further_answers(file_name, columns, taken, options)
        _check_text(file_name, columns, taken, options)
        return
    guess, suggestion = suggest(columns, options, file_name)
    if not guess.answers:
        _check_text(file_name, columns, taken, options)
        return
    names = _listed(guess.answers)
    holds = "seems to hold answers" if len(guess.answers) == 1 else "seem to hold answers"
    raise NeedsOptions(f"{file_name}: {names} {holds} and would be left out{_otherwise(guess)}", suggestion)


def _otherwise(guess: ColumnGuess) -> str:
    """Return what to do where the columns do not hold answers, if that may be."""
    if guess.either:
        return f" (if these are the answers wanted: --map reference={guess.answers[0]})"
    return " (if not: --leave-out COLUMN)" if guess.unsure else ""


def _check_further_answers(
    file_name: str, columns: Sequence[Column], taken: Mapping[str, str], options: ReadOptions
) -> None:
    """Refuse a file that names further answers beside those that are taken."""
    further = named_answers([column for column in columns if column.name not in taken.values()])
    sides = {side: taken[field] for field, side in _OWN_SIDES.items() if field in taken}
    if not further or not sides:
        return
    names = {"candidate": options.candidate or "candidate", "baseline": options.baseline or "baseline"}
    systems = {names[side]: column for side, column in sides.items()} | further
    compared: tuple[str | None, str | None] = (None, None)
    if len(sides) == 2:
        compared = names["candidate"], names["baseline"]
    elif len(systems) == 2:
        own, other = names[next(iter(sides))], next(iter(further))
        compared = (own, other) if "candidate" in sides else (other, own)
    suggestion = ImportSuggestion(systems=systems, candidate=compared[0], baseline=compared[1])
    raise NeedsOptions(f"{file_name}: {_listed(further.values())} would be left out", suggestion)


def _check_text(file_name: str, columns: Sequence[Column], taken: Mapping[str, str], options: ReadOptions) -> None:
    """Refuse a file of which no column says what was asked, where another name of it is known."""
    if _TEXT_FIELDS & taken.keys():
        return
    guess, suggestion = suggest(columns, options, file_name)
    if _TEXT_FIELDS & guess.mapping.keys():
        names = ", ".join(f'"{column.name}"' for column in columns[:12])
        missing = next((options.mapping[field] for field in sorted(_TEXT_FIELDS & options.mapping.keys())), None)
        problem = f'no column "{missing}"' if missing else 'neither "instruction", "turns" nor "key" is there'
        raise NeedsOptions(f"{file_name}: {problem}, only {names or 'nothing'}", suggestion)


def _listed(names: Iterable[str]) -> str:
    quoted = [f'"{name}"' for name in names]
    shown = quoted[:6] + ([f"{len(quoted) - 6} more"] if len(quoted) > 6 else [])
    noun = "the column" if len(quoted) == 1 else "the columns"
    return f"{noun} {', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else f"{noun} {shown[0]}"
