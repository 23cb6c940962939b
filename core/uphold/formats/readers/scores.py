"""Reader of scores measured elsewhere: one number of a system a row, with its standard error and what it rests on."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from uphold.errors import BadFile
from uphold.formats.fields import decode_numbers, read_name, read_number, required
from uphold.formats.files import InputFile, iter_rows
from uphold.formats.json_values import describe
from uphold.formats.reading import BadRow, ReadNotes, ReadOptions
from uphold.records.rows import ImportRow, RowSource
from uphold.records.scores import ImportedScore, is_better_higher, split_name

NAME = "scores"

DESCRIPTION = "rows with system, name, value and, where known, error, n and higher_is_better"

IGNORED_KINDS: frozenset[str] = frozenset()

_NUMBERS = ("value", "error", "n")

_FIELDS = frozenset({"system", "name", *_NUMBERS, "higher_is_better"})

_OF_ANSWERS = frozenset(
    {"instruction", "prompt", "turns", "messages", "response", "response_candidate", "response_baseline", "output"}
)
"""Fields of rows that hold answers, whatever else they hold."""

_WORDS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def sniff(file: InputFile) -> str | None:
    """Return `rows` for rows that hold a score: a system's, or nothing beside name and value."""
    fields = file.fields or frozenset()
    is_score = {"name", "value"} <= fields and ("system" in fields or fields <= _FIELDS) and not fields & _OF_ANSWERS
    return "rows" if is_score else None


def read(files: Mapping[str, Sequence[InputFile]], options: ReadOptions, notes: ReadNotes) -> Iterator[ImportRow]:
    """Read every row into `notes.scores`; there are no rows of a set. Raises BadFile for a score that stands twice."""
    seen: dict[tuple[str, str], ImportedScore] = {}
    for file in files["rows"]:
        for source, record in iter_rows(file, notes):
            try:
                score = _score(source, decode_numbers(record, _NUMBERS), options)
                earlier = seen.setdefault((score.system, score.name), score)
                if (earlier.value, earlier.error, earlier.n) != (score.value, score.error, score.n):
                    raise BadRow(f"{score.name} of {score.system!r} is another number at {earlier.source}; keep one")
            except BadRow as error:
                notes.skip_or_raise(source, str(error))
                continue
            notes.note_fields(record, _FIELDS)
            if earlier is score:
                notes.scores.append(score)
    if not notes.scores and not notes.skipped:
        raise BadFile("there is no score in the files")
    yield from ()


def _score(source: RowSource, record: Mapping[str, Any], options: ReadOptions) -> ImportedScore:
    system = options.system or read_name(record, "system")
    if system is None:
        raise BadRow("system is missing; --system NAME names the one of all rows")
    task, metric = split_name(required(record, "name", read_name))
    error = read_number(record, "error")
    if error is not None and error < 0:
        raise BadRow(f"error must be a standard error, 0 or more, found {describe(record['error'])}")
    higher = _higher(record)
    return ImportedScore(
        source,
        system,
        task,
        metric,
        required(record, "value", read_number),
        error=error,
        n=_count(record),
        higher_is_better=is_better_higher(metric or task) if higher is None else higher,
    )


def _count(record: Mapping[str, Any]) -> int | None:
    number = read_number(record, "n")
    if number is None:
        return None
    if number < 1 or number > 2**53 or number != int(number):
        raise BadRow(f"n must be a whole number from 1, found {describe(record['n'])}")
    return int(number)


def _higher(record: Mapping[str, Any]) -> bool | None:
    value = record.get("higher_is_better")
    if value is None or type(value) is bool:
        return value
    found = _WORDS.get(value.strip().lower()) if type(value) is str else None
    if found is None:
        raise BadRow(f"higher_is_better must be true or false, found {describe(value)}")
    return found
