"""Registry of import formats: lists the readers, detects the format of files and opens them.

To add a format, write a module in `readers/` with the members of `Format` and add it to `_READERS`.
"""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Protocol

from uphold.errors import BadFile, BadUsage
from uphold.formats.column_check import check_head
from uphold.formats.column_guess import HEAD_ROWS
from uphold.formats.encodings import find_encoding
from uphold.formats.files import FileRow, InputFile, default_set_name, find_file, find_files, iter_rows
from uphold.formats.readers import (
    alpaca_eval,
    arena_hard,
    bundle,
    inspect_ai,
    lm_eval,
    mt_bench,
    pairs,
    pandalm,
    preferences,
    promptfoo,
    scores,
)
from uphold.formats.readers.eval_set import is_set_file
from uphold.formats.reading import ByteMeter, FileReading, NeedsOptions, ReadNotes, ReadOptions, ReadProgress
from uphold.records.rows import ImportRow


class Format(Protocol):
    """Interface of a reader module.

    `NAME` is what `--as` takes, `DESCRIPTION` completes the message that a file is in no known format. Files whose
    kind is in `IGNORED_KINDS` belong to the format but hold nothing to import; they are listed as ignored.
    """

    NAME: str
    DESCRIPTION: str
    IGNORED_KINDS: frozenset[str]

    def sniff(self, file: InputFile) -> str | None:
        """Return the kind of a file within this format (such as `questions`), None if it is in another format."""
        ...

    def read(
        self, files: Mapping[str, Sequence[InputFile]], options: ReadOptions, notes: ReadNotes
    ) -> Iterator[ImportRow]:
        """Yield the rows of `files`, which are grouped by kind. Raises BadFile and BadUsage."""
        ...


_READERS: tuple[Format, ...] = (
    pandalm,
    mt_bench,
    arena_hard,
    alpaca_eval,
    inspect_ai,
    lm_eval,
    promptfoo,
    preferences,
    scores,
    bundle,
    pairs,
)
"""In the order in which they are tried: results of lm-eval look like promptfoo's, and `pairs` accepts the most files."""

FORMATS = tuple(sorted(reader.NAME for reader in _READERS))
"""Names of the formats."""

TAKES_SYSTEM_NAMES = ("pairs", "alpaca-eval", "preferences", "promptfoo")
"""Formats whose files may leave out the names of the systems."""

_FilesByKind = dict[str, list[InputFile]]
_Selection = tuple[Format, _FilesByKind, list[InputFile]]
"""A reader, its files by kind, and the files that are ignored."""


def detect_format(path: Path) -> str:
    """Return the name of the format that a file, or the files of a folder, are in. Raises BadFile."""
    return _select_by_content(find_files([path]), ReadOptions())[0].NAME


def open_files(
    paths: Sequence[Path], options: ReadOptions | None = None, progress: ReadProgress | None = None
) -> FileReading:
    """Open files or folders for reading. Options with a `mapping` and no `format` mean the format `pairs`.

    Raises BadFile and BadUsage where no format can be selected; errors in the files' rows are raised while
    `FileReading.rows` is read.
    """
    options = options or ReadOptions()
    if options.encoding is not None:
        options = replace(options, encoding=find_encoding(options.encoding))
    files = find_files(paths, options.encoding, options.database)
    columns = frozenset(options.mapping.values()) | frozenset(options.systems.values())
    format_name = options.format
    if format_name is None and options.names_columns:
        format_name = pairs.NAME
    reader, by_kind, ignored = (
        _select_by_content(files, options) if format_name is None else _select_by_name(format_name, files, columns)
    )
    _check_options(reader, options)
    read_files = [file for files_of_kind in by_kind.values() for file in files_of_kind]
    if options.baseline_file is not None:
        read_files.append(find_file(options.baseline_file, options.encoding))
    notes = ReadNotes(ByteMeter(sum(file.size for file in read_files), progress), options.skip_bad)
    opened = bundle.open_bundle(read_files) if reader is bundle else None
    return FileReading(
        reader.NAME,
        default_set_name(paths) if opened is None else opened.header.set.name,
        tuple(file.name for file in read_files),
        _rows(reader, by_kind, options, notes),
        notes.warnings,
        notes.skipped,
        notes.unused,
        [file.name for file in ignored],
        notes.columns,
        notes.scores,
        scores_only=reader is scores or (reader is lm_eval and not options.answers),
        bundle=opened,
    )


def _rows(reader: Format, by_kind: _FilesByKind, options: ReadOptions, notes: ReadNotes) -> Iterator[ImportRow]:
    yield from reader.read(by_kind, options, notes)
    notes.close()


def _kind_of(reader: Format, file: InputFile, columns: frozenset[str]) -> str | None:
    return pairs.sniff(file, columns) if reader is pairs else reader.sniff(file)


def _select_by_content(files: list[InputFile], options: ReadOptions) -> _Selection:
    """Select the one format that all files are in; files of a folder that are in no format are ignored."""
    columns: frozenset[str] = frozenset()
    names_by_format: dict[str, list[str]] = {}
    for file in files:
        reader = next((reader for reader in _READERS if _kind_of(reader, file, columns)), None)
        if reader is not None:
            names_by_format.setdefault(reader.NAME, []).append(file.name)
        elif file.named_directly:
            raise _unknown_format(file, options)
    if not names_by_format:
        for file in files:
            if file.problem is not None:
                raise _unknown_format(file, options)
        raise _unknown_folder(files, options)
    if len(names_by_format) > 1:
        each = "; ".join(f"{name}: {', '.join(names[:3])}" for name, names in names_by_format.items())
        raise BadFile(f"these files are in different formats ({each}); name the one to read with --as")
    return _select_by_name(next(iter(names_by_format)), files, columns)


def _select_by_name(name: str, files: list[InputFile], columns: frozenset[str]) -> _Selection:
    """Select the format `name`; files in folders that are not in this format are ignored."""
    reader = next((reader for reader in _READERS if name == reader.NAME), None)
    if reader is None:
        raise BadUsage(f'there is no format "{name}"; the formats are {", ".join(FORMATS)}')
    by_kind: _FilesByKind = {}
    ignored = []
    for file in files:
        kind = _kind_of(reader, file, columns) or _fallback_kind(reader, file)
        if kind is None or kind in reader.IGNORED_KINDS:
            ignored.append(file)
        else:
            by_kind.setdefault(kind, []).append(file)
    if not by_kind:
        raise BadFile(
            f"{', '.join(file.name for file in files[:5])}: nothing here to import as {name}: {reader.DESCRIPTION}"
        )
    return reader, by_kind, ignored


def _fallback_kind(reader: Format, file: InputFile) -> str | None:
    """Return the kind of a file that does not look like the format: None in a folder, `rows` for `pairs`, else raise."""
    if not file.named_directly:
        return None
    if reader is pairs:
        return "rows"
    if file.shape == "empty":
        raise BadFile(f"{file.name}: there is no row in it")
    file.check_text()
    raise BadFile(f"{file.name}: this is no file of {reader.NAME}: {reader.DESCRIPTION}")


def _unknown_format(file: InputFile, options: ReadOptions) -> BadFile:
    if file.shape == "empty":
        return BadFile(f"{file.name}: there is no row in it")
    if is_set_file(file):
        command = f"uphold set import {shlex.quote(str(file.path))}"
        return BadFile(
            f"{file.name}:1: an exported eval set: `{command}` shows what it changes, and takes it with --yes"
        )
    if not file.is_workbook:
        file.check_text()
    needed = _needed_options(file, options)
    if needed is not None:
        return needed
    fields = ", ".join(f'"{field}"' for field in sorted(file.fields or ())[:12]) or "nothing that can be read"
    return BadFile(f"{file.name}:1: in no format that uphold knows: the first row has {fields}\n{_MAP_HINT}")


def _unknown_folder(files: list[InputFile], options: ReadOptions) -> BadFile:
    needed = (_needed_options(file, options) for file in files if file.shape != "empty")
    return next(
        (one for one in needed if one is not None and (one.suggestion.mapping or one.suggestion.systems)),
        BadFile(f"no file in the folder is in a format that uphold knows\n{_MAP_HINT}"),
    )


def _needed_options(file: InputFile, options: ReadOptions) -> NeedsOptions | None:
    """Return the options with which a file in no known format can be read as pairs, or None."""
    try:
        check_head(file.name, list(islice(read_head(file), HEAD_ROWS)), options)
    except NeedsOptions as needed:
        return needed
    except BadFile:
        return None
    return None


def read_head(file: InputFile) -> Iterator[FileRow]:
    """Yield the rows of a file of rows as they are, leaving out those that cannot be read."""
    return iter_rows(file, ReadNotes(ByteMeter(file.size, None), skip_bad=True))


_MAP_HINT = (
    "name its columns: uphold import FILE --map instruction=COLUMN --systems COLUMN,COLUMN; `uphold import --help` lists the"
    " formats"
)


def _check_options(reader: Format, options: ReadOptions) -> None:
    """Raise BadUsage for options that do not apply to the format."""
    if reader is not pairs:
        for option, given in (
            ("--map", options.mapping),
            ("--systems", options.systems),
            ("--map-value", options.words),
            ("--leave-out", options.left_out),
        ):
            if given:
                raise BadUsage(f"{option} goes with the pairs format, not with {reader.NAME}")
    if options.baseline_file is not None and reader is not alpaca_eval:
        raise BadUsage(f"--baseline-file goes with the alpaca-eval format, not with {reader.NAME}")
    if options.system is not None and reader not in (lm_eval, scores):
        raise BadUsage(f"--system goes with the lm-eval and scores formats, not with {reader.NAME}")
    if (options.candidate or options.baseline) and reader.NAME not in TAKES_SYSTEM_NAMES:
        raise BadUsage(f"{reader.NAME} names its systems itself; leave out --candidate and --baseline")
    for name in (options.candidate, options.baseline):
        if name is not None and not name.isascii():
            try:
                name.encode()
            except UnicodeEncodeError:
                raise BadUsage("--candidate and --baseline must be UTF-8 text") from None
