"""Reader of an exported eval set: JSONL whose first line is about the set, each further one an example."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from uphold.errors import BadFile
from uphold.formats.fields import read_choice, read_name, read_number, read_text, required
from uphold.formats.files import InputFile, find_file, iter_rows
from uphold.formats.json_values import describe
from uphold.formats.readers.pairs import read_references, read_tags, read_turns
from uphold.formats.reading import BadRow, ByteMeter, ReadNotes
from uphold.records.rows import RowSource, RowWarning
from uphold.records.set_files import FILE_SETTINGS, FileExample, SetFile, SetHeader
from uphold.records.sets import ExampleStatus, SettingKind, fitted_references
from uphold.records.texts import ExampleText, default_key

_STATUSES = {status.value: status for status in ExampleStatus}

_SEED = re.compile(r"[0-9a-f]{2,64}", re.ASCII)

_HEADER_FIELDS = frozenset({"name", "seed", "examples", "hash", *FILE_SETTINGS})

_ROW_FIELDS = frozenset({"key", "instruction", "turns", "context", "reference", "tags", "status"})

_WITHOUT_HEADER = (
    'the first line is not about a set, such as {{"set": {{"name": "desk"}}}}; `uphold set export` writes such files.'
    " Rows without it are taken by `uphold set add NAME --from {0}`, and with answers by `uphold import {0}`"
)


def is_set_file(file: InputFile) -> bool:
    """Whether a file begins like an exported set."""
    row = file.first_row if file.shape == "jsonl" else None
    return row is not None and row.keys() == {"set"} and isinstance(row["set"], dict)


def read_set_file(path: Path) -> SetFile:
    """Return what the file of an exported set holds. Raises BadFile, with the line, for what cannot be read."""
    file = find_file(path)
    notes = ReadNotes(ByteMeter(file.size, None))
    if not is_set_file(file):
        raise BadFile(f"{file.name}:1: {_WITHOUT_HEADER.format(file.name)}")
    rows = iter_rows(file, notes)
    source, first = next(rows)
    try:
        header = read_header(first["set"])
    except BadRow as error:
        raise BadFile(f"{source}: {error}") from None
    notes.note_fields(first["set"], _HEADER_FIELDS)
    examples = tuple(_read_examples(rows, notes))
    notes.close()
    warnings = tuple(notes.warnings)
    if header.examples is not None and header.examples != len(examples):
        what = f"the set had {header.examples:,} examples when it was exported, here are {len(examples):,}"
        warnings += (RowWarning(source, f"{what}: the file was changed or cut short"),)
    return SetFile(header, examples, warnings, tuple(notes.unused))


def read_header(value: dict[str, Any]) -> SetHeader:
    """Read what a first line says of a set. Raises BadRow."""
    seed = read_text(value, "seed")
    if seed is not None and not _SEED.fullmatch(seed):
        raise BadRow(f"seed must be 2 to 64 hex digits in lower case, found {describe(seed)}")
    count = read_number(value, "examples")
    settings = {kind: _read_setting(value, kind) for kind in FILE_SETTINGS if kind.value in value}
    return SetHeader(
        required(value, "name", read_name),
        seed,
        settings,
        None if count is None else int(count),
        read_text(value, "hash"),
    )


def _read_setting(value: dict[str, Any], kind: SettingKind) -> str | None:
    if kind is SettingKind.FLOOR:
        floor = read_number(value, kind.value)
        if floor is not None and not 0 <= floor <= 1:
            raise BadRow(f"floor must be from 0 to 1, found {describe(floor)}")
        return None if floor is None else json.dumps(floor)
    if kind is not SettingKind.WANTED:
        return read_text(value, kind.value)
    wanted = value.get(kind.value)
    if wanted is None:
        return None
    if not isinstance(wanted, dict) or any(type(count) is not int or count < 0 for count in wanted.values()):
        raise BadRow("wanted must be an object of whole numbers by tag")
    return json.dumps(wanted, ensure_ascii=False, sort_keys=True)


def _read_examples(rows: Iterator[tuple[RowSource, dict[str, Any]]], notes: ReadNotes) -> Iterator[FileExample]:
    seen: dict[str, RowSource] = {}
    for source, record in rows:
        try:
            example = read_example(source, record)
            if example.key in seen:
                raise BadRow(f"the key {describe(example.key)} stands in {seen[example.key]} already")
        except BadRow as error:
            raise BadFile(f"{source}: {error}") from None
        seen[example.key] = source
        notes.note_fields(record, _ROW_FIELDS)
        yield example


def read_example(source: RowSource, record: dict[str, Any]) -> FileExample:
    """Read an example with its status. Raises BadRow."""
    turns = read_turns(record)
    if turns is None:
        raise BadRow('neither "instruction" nor "turns" is there')
    references = fitted_references(read_references(record, turns) or (), len(turns))
    text = ExampleText(turns, read_text(record, "context"), references)
    key = read_name(record, "key") or default_key(text)
    status = read_choice(record, "status", _STATUSES) or ExampleStatus.ACTIVE
    tags = None if record.get("tags") is None else read_tags(record)
    return FileExample(source, key, text, status, tags)
