"""Eval sets as files: exporting one, importing an exported one, and adding the examples of any file that can be imported."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from uphold.errors import BadFile
from uphold.formats import registry
from uphold.formats.files import find_file
from uphold.formats.reading import ReadOptions
from uphold.formats.writers.eval_set import set_lines
from uphold.records.rows import ImportRow
from uphold.records.set_files import (
    FILE_SETTINGS,
    FileExample,
    SetFile,
    SetHeader,
    SetImport,
    SettingChange,
    StatusChange,
    TagChange,
)
from uphold.records.set_history import ActKind, MemberChange, VersionReason
from uphold.records.sets import Example, ExampleStatus, NewExample, fitted_references
from uphold.records.texts import ExampleText, default_key
from uphold.store import examples, set_acts, set_versions, sets
from uphold.store.database import Store
from uphold.store.reviews import add_reviewer
from uphold.store.set_versions import CutVersion
from uphold.workflows.file_writing import check_target, write_lines


@dataclass(frozen=True, slots=True)
class ExportedSet:
    """A set that was exported; `version` is None for a read-only database, in which none can be cut.

    `forgotten` examples were left out: nothing of them is there to be written.
    """

    examples: int
    hash: str
    version: CutVersion | None
    forgotten: int = 0


def export_set(store: Store, set_name: str, path: Path, reviewer: str) -> ExportedSet:
    """Write a set to a file, replacing one that is there, and cut a version of it.

    Raises BadUsage for a set that does not exist or a path that is the database, BadFile where the file cannot be written.
    """
    set_id = sets.find_set(store, set_name)
    check_target(path, store.path, force=True)
    version = None
    if not store.read_only:
        with store.writing() as conn:
            version = set_versions.cut_version(store, set_id, VersionReason.EXPORTED, add_reviewer(conn, reviewer))
            lines, exported = _read(store, set_id)
    else:
        lines, exported = _read(store, set_id)
    write_lines(lines, path, store.path, force=True)
    return replace(exported, version=version)


def exported_lines(store: Store, set_name: str) -> list[str]:
    """Return the lines of the file of a set as it is now, for standard output; no version is cut."""
    return _read(store, sets.find_set(store, set_name))[0]


def _read(store: Store, set_id: int) -> tuple[list[str], ExportedSet]:
    known = list(examples.all_examples(store, set_id))
    forgotten = examples.forgotten_ids(store, set_id)
    kept = [example for example in known if example.id not in forgotten]
    name, seed = sets.name_and_seed(store, set_id)
    settings = sets.settings_of(store, set_id)
    digest = sets.set_hash(store, set_id)
    chosen = {kind: settings.get(kind.value) for kind in FILE_SETTINGS}
    header = SetHeader(name, seed, chosen, len(kept), digest)
    return list(set_lines(header, kept)), ExportedSet(len(kept), digest, None, len(known) - len(kept))


# Importing an exported set.


def preview_import(store: Store, file: SetFile) -> SetImport:
    """Return what importing the file of a set would change; writes nothing."""
    return _plan(store, sets.known_set(store, file.header.name), file)


def import_set(store: Store, file: SetFile, reviewer: str) -> tuple[SetImport, CutVersion | None]:
    """Import the file of a set, as one act, and cut a version of the result; return what changed and the version.

    The set is made where it is new. Examples of the file get its texts, references, tags and statuses; those that it does not
    have stay as they are. The same file again changes nothing.
    """
    with store.writing() as conn:
        known = sets.known_set(store, file.header.name)
        planned = _plan(store, known, file)
        set_id = sets.add_set(conn, file.header.name, file.header.seed) if known is None else known
        reviewer_id = add_reviewer(conn, reviewer)
        if planned:
            before = sets.name_and_seed(store, set_id)[1]
            taken = known is not None and planned.seed == "taken"
            detail = {"seed_before": before} if taken else None
            act = set_acts.add_act(conn, set_id, ActKind.IMPORT, reviewer_id, detail)
            if taken and file.header.seed is not None:
                sets.write_seed(conn, set_id, file.header.seed)
            _apply(store, act, planned, file)
        cut = set_versions.cut_version(store, set_id, VersionReason.IMPORTED, reviewer_id)
    return planned, cut


def _plan(store: Store, set_id: int | None, file: SetFile) -> SetImport:
    header = file.header
    if set_id is None:
        settings = tuple(
            SettingChange(kind, None, value) for kind, value in header.settings.items() if value is not None
        )
        seed = "same" if header.seed is None else "taken"
        return SetImport(header.name, True, file.examples, settings=settings, seed=seed)
    known = {example.key: example for example in examples.all_examples(store, set_id)}
    pairs = [(known[row.key], row) for row in file.examples if row.key in known]
    changes = [(example, row) for example, row in pairs if example.text != row.text]
    present = sets.settings_of(store, set_id)
    return SetImport(
        set=header.name,
        is_new=False,
        added=tuple(row for row in file.examples if row.key not in known),
        edited=tuple(MemberChange(row.key, example.text, row.text, example.tags) for example, row in changes),
        tags=tuple(_tag_changes(pairs)),
        statuses=tuple(
            StatusChange(row.key, example.status, row.status)
            for example, row in pairs
            if example.status is not row.status
        ),
        settings=tuple(
            SettingChange(kind, present.get(kind.value), value)
            for kind, value in header.settings.items()
            if present.get(kind.value) != value
        ),
        seed=_seed(store, set_id, header.seed),
        only_here=tuple(known.keys() - {row.key for row in file.examples}),
        same=len(pairs) - len(changes),
    )


def _seed(store: Store, set_id: int, seed: str | None) -> str:
    if seed is None or seed == sets.name_and_seed(store, set_id)[1]:
        return "same"
    return "kept" if sets.has_runs(store, set_id) else "taken"


def _tag_changes(pairs: Sequence[tuple[Example, FileExample]]) -> Iterator[TagChange]:
    for example, row in pairs:
        if row.tags is None or set(row.tags) == set(example.tags):
            continue
        added = tuple(tag for tag in row.tags if tag not in example.tags)
        yield TagChange(row.key, added, tuple(tag for tag in example.tags if tag not in row.tags))


def _apply(store: Store, act: set_acts.OpenAct, planned: SetImport, file: SetFile) -> None:
    conn = store.conn
    for setting in planned.settings:
        set_acts.write_setting(conn, act, setting.kind.value, setting.after)
    known = {example.key: example for example in examples.all_examples(store, act.set_id)}
    for change in planned.edited:
        if change.after is not None:
            examples.write_text(conn, act, known[change.key], change.after)
    edited = {example.key: example for example in examples.all_examples(store, act.set_id)}
    for status in planned.statuses:
        examples.write_status(conn, act, [edited[status.key]], status.after)
    for tags in planned.tags:
        examples.write_tags(conn, act, [edited[tags.key].id], tags.added, tags.removed)
    for row in planned.added:
        examples.add_example(conn, act, NewExample(row.text, row.key, row.tags or (), row.status))


# Adding the examples of any file.


@dataclass(slots=True)
class AddedExamples:
    """What adding the examples of files to a set did.

    `rows` were read; `added` are keys of new examples, `tagged` of known ones that got a tag; `answers` in the rows were left
    out, as verdicts and decisions are.
    """

    rows: int = 0
    added: list[str] = field(default_factory=list)
    tagged: list[str] = field(default_factory=list)
    known: int = 0
    answers: int = 0
    warnings: list[str] = field(default_factory=list)


def add_from_files(
    store: Store,
    set_name: str,
    paths: Sequence[Path],
    reviewer: str,
    *,
    status: ExampleStatus = ExampleStatus.ACTIVE,
    tags: Sequence[str] = (),
    file_format: str | None = None,
    mapping: Mapping[str, str] | None = None,
) -> AddedExamples:
    """Add the examples of files in any format that can be imported to a set, as one act.

    A row of an example that the set has, with the same text and reference, adds at most its tags. Raises BadFile, with nothing
    added, for the first row that cannot be read or whose key stands for another text.
    """
    set_id = sets.find_set(store, set_name)
    reading = registry.open_files(paths, ReadOptions(file_format, mapping or {}))
    rows = list(reading.rows)
    found = AddedExamples(rows=len(rows), warnings=[f"{one.source}: {one.message}" for one in reading.warnings])
    with store.writing() as conn:
        known = {example.key: example for example in examples.all_examples(store, set_id)}
        texts = {key: example.text for key, example in known.items()}
        ids = {key: example.id for key, example in known.items()}
        act = set_acts.add_act(conn, set_id, ActKind.ADD, add_reviewer(conn, reviewer))
        for row in rows:
            found.answers += len(row.responses)
            text = _text_of(row, texts)
            key = row.key if row.key is not None else default_key(text)
            row_tags = tuple(dict.fromkeys((*row.tags, *tags)))
            if key not in texts:
                ids[key], _ = examples.add_example(conn, act, NewExample(text, key, row_tags, status, str(row.source)))
                texts[key] = text
                found.added.append(key)
                continue
            if texts[key] != text:
                raise BadFile(
                    f"{row.source}: the key {key!r} stands for another text or reference in the set already; give the row"
                    " another key, or change the example with `uphold set edit`"
                )
            found.known += 1
            if examples.write_tags(conn, act, [ids[key]], row_tags) and key in known:
                found.tagged.append(key)
        if not found.added and not found.tagged:
            set_acts.delete_act(conn, act)
    return found


def _text_of(row: ImportRow, texts: Mapping[str, ExampleText]) -> ExampleText:
    """Return the text of a row; what it leaves out is that of the example with its key."""
    stored = texts.get(row.key) if row.key is not None else None
    turns = row.turns if row.turns is not None else stored.turns if stored is not None else None
    if turns is None:
        raise BadFile(f"{row.source}: the key {row.key!r} names no example of the set; give its instruction or turns")
    context = row.context if row.context is not None or stored is None else stored.context
    references = row.references if row.references is not None else stored.references if stored is not None else ()
    if row.references is not None and len(row.references) != len(turns):
        raise BadFile(f"{row.source}: {len(row.references)} references for {len(turns)} turns; give one per turn")
    return ExampleText(turns, context, fitted_references(references, len(turns)))


_LONGEST_TEXT = 1024 * 1024
"""Bytes of the longest text file that guidelines are read from."""


def read_text_file(path: Path, encoding: str | None = None) -> str:
    """Return the text of a file, without the line break at its end.

    Raises BadFile where it cannot be read, is no ordinary file, not in the encoding (default: UTF-8), or longer than a
    megabyte; BadUsage for an encoding that does not exist.
    """
    file = find_file(path, encoding)
    if file.size > _LONGEST_TEXT:
        raise BadFile(f"{file.name}: {file.size:,} bytes; guidelines may have up to {_LONGEST_TEXT:,}")
    text = file.read_text()
    if "\0" in text:
        raise BadFile(f"{file.name}: a NUL byte; this is no text file, or a broken one")
    return text.removesuffix("\n")
