"""The formats there are, which of them a person's files are in, and the reading of them."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from uphold.errors import BadFile, BadUsage
from uphold.formats.files import InputFile, expand, set_name, single
from uphold.formats.readers import alpaca_eval, mt_bench, pairs, pandalm
from uphold.formats.reading import ByteMeter, FileReading, ReadNotes, ReadOptions, ReadProgress
from uphold.records.rows import ImportRow


class Format(Protocol):
    """A module that knows one file format.

    `sniff` names the kind of a file within the format, or gives None; `read` gets the files by kind. Files whose kind
    is in `IGNORED_KINDS` are known but hold nothing that is imported: they are named as ignored.
    """

    NAME: str
    DESCRIPTION: str
    IGNORED_KINDS: frozenset[str]

    def sniff(self, file: InputFile) -> str | None: ...
    def read(
        self, files: Mapping[str, Sequence[InputFile]], options: ReadOptions, notes: ReadNotes
    ) -> Iterator[ImportRow]: ...


_FORMATS: tuple[Format, ...] = (pandalm, mt_bench, alpaca_eval, pairs)  # pairs last: it is the least particular


FORMATS = tuple(sorted(known.NAME for known in _FORMATS))
"""The names that `as_` takes."""


_NAMED_BY_PERSON = ("pairs", "alpaca-eval")


def sniff(path: Path) -> str:
    """The name of the format that a file, or the files of a folder, are in; raises BadFile."""
    return _choose(expand([path]), frozenset())[0].NAME


def read(
    paths: Sequence[Path],
    as_: str | None = None,
    *,
    mapping: Mapping[str, str] | None = None,
    candidate: str | None = None,
    baseline: str | None = None,
    baseline_file: Path | None = None,
    skip_bad: bool = False,
    progress: ReadProgress | None = None,
) -> FileReading:
    """Open files or folders for reading.

    `mapping` is field -> column and makes the format `pairs`. Raises BadFile and BadUsage now for what cannot be
    chosen, and while `rows` is read for what is in the files.
    """
    options = ReadOptions(dict(mapping or {}), candidate, baseline, baseline_file)
    files = expand(paths)
    columns = frozenset(options.mapping.values())
    if as_ is None and options.mapping:
        as_ = pairs.NAME
    chosen, by_kind, ignored = _named(as_, files, columns) if as_ is not None else _choose(files, columns)
    _refuse_misfits(chosen, options)
    used = [file for given in by_kind.values() for file in given]
    extra = [single(baseline_file)] if baseline_file is not None else []
    notes = ReadNotes(ByteMeter(sum(file.size for file in (*used, *extra)), progress), skip_bad)
    return FileReading(
        chosen.NAME,
        set_name(paths),
        tuple(file.name for file in (*used, *extra)),
        _rows(chosen, by_kind, options, notes),
        notes.odd,
        notes.skipped,
        notes.unused,
        [file.name for file in ignored],
    )


_ByKind = dict[str, list[InputFile]]


_Chosen = tuple[Format, _ByKind, list[InputFile]]


def _rows(chosen: Format, by_kind: _ByKind, options: ReadOptions, notes: ReadNotes) -> Iterator[ImportRow]:
    yield from chosen.read(by_kind, options, notes)
    notes.close()


def _kind(known: Format, file: InputFile, columns: frozenset[str]) -> str | None:
    return pairs.sniff(file, columns) if known is pairs else known.sniff(file)


def _choose(files: list[InputFile], columns: frozenset[str]) -> _Chosen:
    """The one format of all files; those of a folder that no format knows are ignored."""
    found: dict[str, list[str]] = {}
    for file in files:
        known = next((known for known in _FORMATS if _kind(known, file, columns)), None)
        if known is not None:
            found.setdefault(known.NAME, []).append(file.name)
        elif file.alone:
            raise _unknown(file)
    if not found:
        raise BadFile(f"no file in the folder is in a format that uphold knows; {_known()}")
    if len(found) > 1:
        each = "; ".join(f"{name}: {', '.join(names[:3])}" for name, names in found.items())
        raise BadFile(f"these files are in different formats ({each}); name the one to read with --as")
    return _named(next(iter(found)), files, columns)


def _named(name: str, files: list[InputFile], columns: frozenset[str]) -> _Chosen:
    """The format of this name, its files by kind, and the files in folders that are not its own."""
    known = next((known for known in _FORMATS if name == known.NAME), None)
    if known is None:
        raise BadUsage(f'there is no format "{name}"; the formats are {", ".join(FORMATS)}')
    by_kind: _ByKind = {}
    ignored = []
    for file in files:
        kind = _kind(known, file, columns) or _forced(known, file)
        if kind is None or kind in known.IGNORED_KINDS:
            ignored.append(file)
        else:
            by_kind.setdefault(kind, []).append(file)
    if not by_kind:
        raise BadFile(
            f"{', '.join(file.name for file in files[:5])}: nothing here to import as {name}: {known.DESCRIPTION}"
        )
    return known, by_kind, ignored


def _forced(known: Format, file: InputFile) -> str | None:
    """The kind of a file that does not look like the format: `pairs` tries what the person named; None in a folder."""
    if not file.alone:
        return None
    if known is pairs:
        return "rows"
    if file.shape == "empty":
        raise BadFile(f"{file.name}: there is no row in it")
    file.text()
    raise BadFile(f"{file.name}: this is no file of {known.NAME}: {known.DESCRIPTION}")


def _unknown(file: InputFile) -> BadFile:
    if file.shape == "empty":
        return BadFile(f"{file.name}: there is no row in it")
    text = file.text()
    before, nul, _ = text.partition("\0")
    if nul:
        line = 1 + before.count("\n")
        return BadFile(f"{file.name}:{line}: a NUL byte; this is no text file, or a broken one")
    fields = ", ".join(f'"{field}"' for field in sorted(file.fields or ())[:12]) or "nothing that can be read"
    return BadFile(f"{file.name}:1: in no format that uphold knows: the first row has {fields}; {_known()}")


def _known() -> str:
    looks = "; ".join(f"{known.NAME}: {known.DESCRIPTION}" for known in _FORMATS)
    return f"it reads {looks}; --map FIELD=COLUMN reads other people's columns as pairs"


def _refuse_misfits(chosen: Format, options: ReadOptions) -> None:
    if options.mapping and chosen is not pairs:
        raise BadUsage(f"--map goes with the pairs format, not with {chosen.NAME}")
    if options.baseline_file is not None and chosen is not alpaca_eval:
        raise BadUsage(f"--baseline-file goes with the alpaca-eval format, not with {chosen.NAME}")
    if (options.candidate or options.baseline) and chosen.NAME not in _NAMED_BY_PERSON:
        raise BadUsage(f"{chosen.NAME} names its systems itself; leave out --candidate and --baseline")
    for name in (options.candidate, options.baseline):
        if name is not None and not name.isascii():
            try:
                name.encode()
            except UnicodeEncodeError:
                raise BadUsage("--candidate and --baseline must be UTF-8 text") from None
