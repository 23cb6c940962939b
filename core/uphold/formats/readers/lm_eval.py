"""Reader of lm-evaluation-harness's samples (`--log_samples`): the answers of one model to the documents of its tasks.

An output folder is one system, named by the results file beside the samples. The harness scores one answer at a time, so its
scores are not taken as verdicts. A document has a line for each filter, all with the same answer: one filter is read.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from uphold.errors import BadFile, BadUsage
from uphold.formats.fields import check_cells, required
from uphold.formats.files import InputFile, find_file, iter_rows
from uphold.formats.json_values import describe
from uphold.formats.messages import Prompt, is_message_list, prompt_of, prompt_of_text, read_messages
from uphold.formats.reading import BadRow, ReadNotes, ReadOptions
from uphold.formatting import count_noun
from uphold.records.rows import ImportedResponse, ImportRow, RowSource

NAME = "lm-eval"

DESCRIPTION = "samples_*.jsonl of lm-evaluation-harness, written with --log_samples, or its output folder"

IGNORED_KINDS: frozenset[str] = frozenset()

_SAMPLE_FIELDS = frozenset({"doc_id", "doc", "arguments", "resps"})
_RESULT_FIELDS = frozenset({"results", "configs", "versions"})

_USED = frozenset({"doc_id", "doc_hash", "target", "arguments", "resps", "filter"})

_NOT_TEXTS = frozenset({"doc", "filtered_resps", "metrics", "prompt_hash", "target_hash"})
"""Fields of every sample that hold no text to review; they are not listed as unused."""

_FILE_NAME = re.compile(r"samples_(?P<task>.+)_(?P<time>[0-9]{4}-[0-9]{2}-[0-9]{2}T[^_]*)")

_HASH_LENGTH = 10


@dataclass(frozen=True, slots=True)
class _Samples:
    """One file of samples; `time` is that of the run, as its name has it."""

    file: InputFile
    task: str
    time: str

    @property
    def folder(self) -> Path:
        return self.file.path.absolute().parent


@dataclass(slots=True)
class _Seen:
    """What has been read of one file: the filter that is read, keys with their document, and what was left out."""

    filter: Any = None
    documents: dict[str, Any] = field(default_factory=dict)
    other_filters: dict[str, None] = field(default_factory=dict)
    most_answers: int = 1


def sniff(file: InputFile) -> str | None:
    """Return `samples`, or `results` for the scores of a run."""
    fields = file.fields or frozenset()
    if file.shape != "jsonl":
        return None
    if fields >= _SAMPLE_FIELDS:
        return "samples"
    return "results" if fields >= _RESULT_FIELDS else None


def read(files: Mapping[str, Sequence[InputFile]], options: ReadOptions, notes: ReadNotes) -> Iterator[ImportRow]:
    """Yield one row a document. Raises BadFile for samples without answers in words or a model without a name."""
    results = files.get("results", ())
    for file in results:
        notes.warn(RowSource(file.name), "the scores of a run are not imported; only its model's name is taken")
        notes.meter.finish_file(file.size)
    samples = _in_words(_latest(files.get("samples", ()), notes), notes)
    if not samples:
        names = ", ".join(file.name for file in results)
        raise BadFile(f"{names}: scores without answers; run lm_eval with --log_samples")
    systems = _systems(samples, results, options)
    for one in samples:
        yield from _rows(one, systems[one.folder], notes)


def _latest(files: Sequence[InputFile], notes: ReadNotes) -> list[_Samples]:
    """Return the samples of each folder and task that were written last."""
    found: dict[tuple[Path, str], _Samples] = {}
    for file in files:
        name = file.path.name.removesuffix(".gz").removesuffix(".jsonl")
        match = _FILE_NAME.fullmatch(name)
        one = _Samples(file, match["task"] if match else name.removeprefix("samples_"), match["time"] if match else "")
        earlier = found.get((one.folder, one.task))
        kept = one if earlier is None or one.time >= earlier.time else earlier
        if earlier is not None:
            left = earlier if kept is one else one
            notes.warn(
                RowSource(left.file.name), f"a later run of {one.task} is in {kept.file.name}; this one is left out"
            )
            notes.meter.finish_file(left.file.size)
        found[one.folder, one.task] = kept
    return list(found.values())


def _in_words(samples: Sequence[_Samples], notes: ReadNotes) -> list[_Samples]:
    """Return the samples that hold texts, not the probabilities of given choices. Raises BadFile if there are none."""
    kept = []
    refusals = []
    for one in samples:
        if _has_texts(one.file.first_row or {}):
            kept.append(one)
            continue
        refusal = f"the samples of {one.task} are choices with log-probabilities, not answers that can be compared"
        refusals.append(f"{one.file.name}: {refusal}; import the samples of a task that generates text")
        notes.warn(RowSource(one.file.name), f"{refusal}; left out")
        notes.meter.finish_file(one.file.size)
    if refusals and not kept:
        raise BadFile(refusals[0])
    return kept


def _has_texts(record: dict[str, Any]) -> bool:
    """Whether a sample's first answer is text; what cannot be read counts as text, and is refused when it is read."""
    answer = record.get("resps")
    for _ in ("request", "repeat"):
        answer = answer[0] if type(answer) is list and answer else answer
    return type(answer) not in (list, int, float) or answer == []


def _systems(samples: Sequence[_Samples], results: Sequence[InputFile], options: ReadOptions) -> dict[Path, str]:
    """Return the name of the system of each folder."""
    folders = dict.fromkeys(one.folder for one in samples)
    if options.system is not None:
        if len(folders) > 1:
            names = ", ".join(folder.name for folder in folders)
            raise BadUsage(
                f"--system names one system, but there are samples of several ({names}); import each by itself"
            )
        return dict.fromkeys(folders, options.system)
    return {folder: _model_name(folder, samples, results) for folder in folders}


def _model_name(folder: Path, samples: Sequence[_Samples], results: Sequence[InputFile]) -> str:
    own = [one for one in samples if one.folder == folder]
    times = {one.time for one in own}
    beside = {file.path.absolute(): file for file in results if file.path.absolute().parent == folder}
    for path in sorted(folder.glob("results_*.json")):
        beside.setdefault(path, find_file(path))
    files = sorted(beside.values(), key=lambda file: (file.path.stem.removeprefix("results_") in times, file.path.name))
    for file in reversed(files):
        name = (file.first_row or {}).get("model_name")
        if type(name) is str and name:
            return name
    if "__" in folder.name:  # the harness writes a model's slash so
        return folder.name.replace("__", "/")
    raise BadFile(f"{own[0].file.name}: there is no results_*.json with the model's name beside it; add --system NAME")


def _rows(samples: _Samples, system: str, notes: ReadNotes) -> Iterator[ImportRow]:
    seen = _Seen()
    for source, record in iter_rows(samples.file, notes):
        try:
            row = _row(source, record, samples.task, system, seen)
        except BadRow as error:
            notes.skip_or_raise(source, str(error))
            continue
        notes.note_fields({name: None for name in record if name not in _NOT_TEXTS}, _USED)
        if row is None:
            continue
        document = record.get("doc_id")
        if seen.documents.setdefault(row.key or "", document) != document:
            notes.warn(
                source, f"the document stands in the task as {seen.documents[row.key or '']} too; the first is kept"
            )
            continue
        check_cells(notes, source, "resps", row.responses[0].cells)
        yield row
    where = RowSource(samples.file.name)
    if seen.other_filters:
        listed = ", ".join(map(repr, seen.other_filters))
        notes.warn(where, f"lines of the filter {listed} have the answers of {seen.filter!r} again; left out")
    if seen.most_answers > 1:
        notes.warn(where, f"{count_noun(seen.most_answers, 'answer')} to a document; the first is kept")


def _row(source: RowSource, record: dict[str, Any], task: str, system: str, seen: _Seen) -> ImportRow | None:
    """Return the row of a sample, None if it is of another filter than the one that is read."""
    if not seen.documents:
        seen.filter = record.get("filter")
    elif record.get("filter") != seen.filter:
        seen.other_filters[str(record.get("filter"))] = None
        return None
    prompt = _prompt(record)
    target = record.get("target")
    answers = _answers(record)
    seen.most_answers = max(seen.most_answers, len(answers))
    return ImportRow(
        source,
        key=f"{task}-{_document(record)}",
        turns=(prompt.instruction,),
        context=prompt.context,
        references=(target,) if type(target) is str and target else None,
        tags=(task,),
        responses=(ImportedResponse(system, (answers[0],)),),
    )


def _document(record: dict[str, Any]) -> str:
    """Return what names a document in every run of its task: the beginning of its hash, else its number."""
    digest = record.get("doc_hash")
    if type(digest) is str and digest:
        return digest[:_HASH_LENGTH]
    number = required(record, "doc_id", dict.get)
    if type(number) not in (int, str):
        raise BadRow(f"doc_id must be a whole number, found {describe(number)}")
    return str(number)


def _answers(record: dict[str, Any]) -> list[str]:
    """Return the answers to the first request, one for each time it was repeated."""
    answers = record.get("resps")
    if type(answers) is list and answers and type(answers[0]) is list:
        answers = answers[0]
    if type(answers) is not list or not answers or not all(type(answer) is str for answer in answers):
        raise BadRow("resps must hold the model's answer as text")
    return answers


def _prompt(record: dict[str, Any]) -> Prompt:
    """Return what was sent: a text, or messages, which the harness keeps as a JSON text."""
    requests = record.get("arguments")
    first = requests.get("gen_args_0") if type(requests) is dict else requests
    if type(first) is dict:
        first = first.get("arg_0")
    while type(first) is list and first and not is_message_list(first):
        first = first[0]
    if is_message_list(first):
        return prompt_of("arguments", read_messages("arguments", first))
    if type(first) is not str:
        raise BadRow("arguments must hold the prompt as text (gen_args_0.arg_0)")
    return prompt_of_text("arguments", first)
