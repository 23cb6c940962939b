"""Reader of Inspect AI's logs, JSON or `.eval`: the answers of one model to a task's samples.

A log is one system, named by its model. Inspect scores one answer at a time, so its scores are not taken as verdicts. Of a
sample that ran in several epochs the first is kept.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from uphold.errors import BadFile
from uphold.formats.fields import check_cells
from uphold.formats.files import InputFile
from uphold.formats.json_values import describe, parse_json
from uphold.formats.messages import Prompt, content_text, prompt_of, read_messages
from uphold.formats.reading import BadRow, ReadNotes, ReadOptions
from uphold.formats.zipped import open_archive, read_member
from uphold.records.rows import ImportedResponse, ImportRow, RowSource

NAME = "inspect"

DESCRIPTION = "logs of Inspect AI, .json or .eval"

IGNORED_KINDS: frozenset[str] = frozenset()

_USED = frozenset({"id", "epoch", "input", "target", "output", "metadata", "attachments"})

_NOT_TEXTS = frozenset({"messages", "events", "scores", "store", "model_usage", "uuid", "total_time", "working_time"})
"""Fields of every sample that hold no text to review; they are not listed as unused."""

_SAMPLE_MEMBER = re.compile(r"samples/[^/]+(/sample)?\.json")
"""A sample of an archive; the messages of a large one may be split off beside its `sample.json`."""

_ATTACHMENT = "attachment://"


def sniff(file: InputFile) -> str | None:
    """Return `archive` for an .eval file, `log` for a JSON log."""
    if file.path.suffix == ".eval" and zipfile.is_zipfile(file.path):
        return "archive"
    fields = file.fields or frozenset()
    return "log" if {"version", "status", "eval"} <= fields else None


def read(files: Mapping[str, Sequence[InputFile]], options: ReadOptions, notes: ReadNotes) -> Iterator[ImportRow]:
    """Yield one row a sample. Raises BadFile for a log that is not finished or has no samples."""
    for file in files.get("log", ()):
        yield from _rows(file, *_read_log(file), notes)
    for file in files.get("archive", ()):
        yield from _archive_rows(file, notes)


def _read_log(file: InputFile) -> tuple[dict[str, Any], list[Any]]:
    log = _parse(file, file.name, file.read_text())
    samples = log.get("samples") if isinstance(log, dict) else None
    if not isinstance(samples, list) or not samples:
        raise BadFile(f"{file.name}: this log has no samples; write it with log_samples, or take the .eval file")
    return log, samples


def _archive_rows(file: InputFile, notes: ReadNotes) -> Iterator[ImportRow]:
    with open_archive(file) as archive:
        names = sorted(filter(_SAMPLE_MEMBER.fullmatch, archive.namelist()))
        if "header.json" not in archive.namelist():
            raise BadFile(f"{file.name}: there is no header.json in it: the run was not finished")
        if not names:
            raise BadFile(f"{file.name}: this log has no samples")
        header = _parse(file, "header.json", read_member(file, archive, "header.json"))
        samples = (_parse(file, name, read_member(file, archive, name)) for name in names)
        yield from _rows(file, header, samples, notes)


def _parse(file: InputFile, name: str, text: str) -> Any:
    try:
        return parse_json(text)
    except BadRow as error:
        where = file.name if name == file.name else f"{file.name}, {name}"
        raise BadFile(f"{where}: {error}") from None


def _rows(file: InputFile, header: Any, samples: Any, notes: ReadNotes) -> Iterator[ImportRow]:
    details = header.get("eval") if isinstance(header, dict) else None
    system = details.get("model") if isinstance(details, dict) else None
    if type(system) is not str or not system:
        raise BadFile(f"{file.name}: the log does not name its model (eval.model)")
    seen: set[str] = set()
    for number, sample in enumerate(samples, 1):
        source = RowSource(file.name, None, number)
        try:
            row = _row(source, sample, system, notes)
        except BadRow as error:
            notes.skip_or_raise(source, str(error))
            continue
        if row.key in seen:
            notes.warn(source, f"sample {row.key} ran in several epochs; the first is kept")
            continue
        seen.add(row.key or "")
        notes.note_fields({name: None for name in sample if name not in _NOT_TEXTS}, _USED)
        yield row
    notes.meter.finish_file(file.size)


def _row(source: RowSource, sample: Any, system: str, notes: ReadNotes) -> ImportRow:
    if type(sample) is not dict:
        raise BadRow(f"a sample must be an object, found {describe(sample)}")
    key = sample.get("id")
    if type(key) not in (str, int) or key == "":
        raise BadRow(f"id must be text or a whole number, found {describe(key)}")
    attachments = sample.get("attachments")
    attachments = attachments if isinstance(attachments, dict) else {}
    prompt = _prompt(sample, attachments)
    answer = _answer(sample, attachments)
    responses: tuple[ImportedResponse, ...] = ()
    if answer is None:
        notes.warn(source, f"sample {key} has no answer")
    else:
        check_cells(notes, source, "output", (answer,))
        responses = (ImportedResponse(system, (answer,)),)
    reference = _target(sample)
    return ImportRow(
        source,
        key=str(key),
        turns=(prompt.instruction,),
        context=prompt.context,
        references=None if reference is None else (reference,),
        tags=_tags(sample),
        responses=responses,
    )


def _prompt(sample: dict[str, Any], attachments: dict[str, Any]) -> Prompt:
    given = sample.get("input")
    if type(given) is str:
        return Prompt(_whole(given, attachments), None)
    prompt = prompt_of("input", read_messages("input", given))
    context = None if prompt.context is None else _whole(prompt.context, attachments)
    return Prompt(_whole(prompt.instruction, attachments), context)


def _whole(text: str, attachments: dict[str, Any]) -> str:
    """Return a text, or the attachment that stands for it where it is long."""
    if not text.startswith(_ATTACHMENT):
        return text
    found = attachments.get(text.removeprefix(_ATTACHMENT))
    if type(found) is not str:
        raise BadRow(f"the text {text} is not among the sample's attachments")
    return found


def _answer(sample: dict[str, Any], attachments: dict[str, Any]) -> str | None:
    output = sample.get("output")
    if type(output) is not dict:
        return None
    completion = output.get("completion")
    if type(completion) is str and completion:
        return _whole(completion, attachments)
    choices = output.get("choices")
    message = choices[0].get("message") if type(choices) is list and choices and type(choices[0]) is dict else None
    if type(message) is not dict or message.get("content") is None:
        return None
    return _whole(content_text("output", message["content"]), attachments)


def _target(sample: dict[str, Any]) -> str | None:
    """Return the target as a reference; where several are right, each on a line."""
    target = sample.get("target")
    if type(target) is list:
        return "\n".join(text for text in target if type(text) is str) or None
    return target if type(target) is str and target else None


def _tags(sample: dict[str, Any]) -> tuple[str, ...]:
    metadata = sample.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return tuple(dict.fromkeys(tag for tag in tags if type(tag) is str and tag)) if isinstance(tags, list) else ()
