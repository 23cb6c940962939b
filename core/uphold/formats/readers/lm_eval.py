"""Reader of lm-evaluation-harness's output: the scores of a model, and its answers to the documents of its tasks.

An output folder is one system, named by the results file beside the samples (`--log_samples`). The harness scores one answer
at a time, so its scores are not taken as verdicts. A document has a line for each filter, all with the same answer: the answers
of one filter are read.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from uphold.errors import BadFile, BadUsage
from uphold.formats.fields import check_cells, required
from uphold.formats.files import InputFile, find_file, iter_rows
from uphold.formats.json_values import describe
from uphold.formats.lm_eval_results import Results, TaskItems, differs, read_results, score_of_items
from uphold.formats.messages import Prompt, is_message_list, prompt_of, prompt_of_text, read_messages
from uphold.formats.reading import BadRow, ReadNotes, ReadOptions
from uphold.formatting import count_noun
from uphold.records.rows import ImportedResponse, ImportRow, RowSource
from uphold.records.scores import ImportedScore

NAME = "lm-eval"

DESCRIPTION = "results_*.json or samples_*.jsonl of lm-evaluation-harness, or its output folder"

IGNORED_KINDS: frozenset[str] = frozenset()

_SAMPLE_FIELDS = frozenset({"doc_id", "doc", "arguments", "resps"})
_RESULT_FIELDS = frozenset({"configs", "versions", "group_subtasks", "n-samples", "model_name"})

_USED = frozenset({"doc_id", "doc_hash", "target", "arguments", "resps", "filter"})

_NOT_TEXTS = frozenset({"doc", "filtered_resps", "metrics", "prompt_hash", "target_hash"})
"""Fields of every sample that hold no text to review; they are not listed as unused."""

_FILE_NAME = re.compile(r"samples_(?P<task>.+)_(?P<time>[0-9]{4}-[0-9]{2}-[0-9]{2}T[^_]*)")

_RESULTS_NAME = re.compile(r"results_(?P<time>[0-9]{4}-[0-9]{2}-[0-9]{2}T.*)")

_TASKS_NAMED = 3

_HASH_LENGTH = 10


@dataclass(frozen=True, slots=True)
class _Samples:
    """One file of samples and the system that answered; `time` is that of the run, as its name has it."""

    file: InputFile
    system: str
    task: str
    time: str


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
    is_results = "results" in fields and fields & _RESULT_FIELDS
    return "results" if is_results and type((file.first_row or {}).get("results")) is dict else None


def read(files: Mapping[str, Sequence[InputFile]], options: ReadOptions, notes: ReadNotes) -> Iterator[ImportRow]:
    """Yield one row a document that was answered in words, if answers are wanted; fill `notes.scores` with the scores.

    Raises BadFile where there is neither, or a model has no name.
    """
    results = [_results(file, notes) for file in files.get("results", ())]
    _check_one_system(results, files.get("samples", ()), options)
    samples = _latest(files.get("samples", ()), results, options, notes)
    scores, times = _scores(results, options, notes)
    in_words = {one.file.name for one in _in_words(samples, notes)} if options.answers else set()
    for one in samples:
        items = TaskItems()
        yield from _rows(one, notes, items, with_answers=one.file.name in in_words)
        time = times.get((one.system, one.task), "")
        _add_items(scores, one, items, notes, other_run=bool(time and one.time and time != one.time))
    notes.scores.extend(scores.values())
    if not notes.scores and not in_words:
        names = ", ".join(file.name for found in files.values() for file in found)
        raise BadFile(f"{names}: there is neither a score nor an answer in words in it")


_ScoreKey = tuple[str, str, str, str]
"""System, task, metric and filter."""


def _results(file: InputFile, notes: ReadNotes) -> Results:
    match = _RESULTS_NAME.search(_stem(file))
    found = read_results(file, match["time"] if match else "")
    notes.meter.finish_file(file.size)
    return found


def _stem(file: InputFile) -> str:
    return file.path.name.removesuffix(".gz").removesuffix(".jsonl").removesuffix(".json")


def _check_one_system(results: Sequence[Results], samples: Sequence[InputFile], options: ReadOptions) -> None:
    """Raise BadUsage where --system names one system and there are several."""
    if options.system is None:
        return
    folders = dict.fromkeys(_folder(file).name for file in samples)
    models = dict.fromkeys(one.model for one in results if one.model is not None)
    for what, names in (("samples", list(folders)), ("results", list(models))):
        if len(names) > 1:
            raise BadUsage(
                f"--system names one system, but there are {what} of several ({', '.join(names)}); import each by itself"
            )


def _folder(file: InputFile) -> Path:
    return file.path.absolute().parent


def _scores(
    results: Sequence[Results], options: ReadOptions, notes: ReadNotes
) -> tuple[dict[_ScoreKey, ImportedScore], dict[tuple[str, str], str]]:
    """Return what was measured, of every system and task as the latest file has it, and the time of that file."""
    found: dict[_ScoreKey, ImportedScore] = {}
    latest: dict[tuple[str, str], Results] = {}
    for one in sorted(results, key=lambda one: (one.time, one.file.path.name)):
        system = options.system or one.model or _folder_name(_folder(one.file))
        if system is None:
            raise BadFile(f"{one.file.name}: the file does not name its model (model_name); add --system NAME")
        for task in one.tasks:
            earlier = latest.get((system, task))
            if earlier is not None:
                notes.warn(
                    RowSource(earlier.file.name), f"a later run of {task} is in {one.file.name}; this one is left out"
                )
                found = {key: score for key, score in found.items() if key[:2] != (system, task)}
            latest[system, task] = one
            for score in one.scores(task, system, notes):
                found[system, task, score.metric, score.filter] = score
        _warn_of_samples_beside(one, notes)
    return found, {place: one.time for place, one in latest.items()}


def _warn_of_samples_beside(results: Results, notes: ReadNotes) -> None:
    """Say so where a results file was named alone and its samples stand beside it."""
    path = results.file.path
    if results.file.named_directly and results.time and any(path.absolute().parent.glob(f"samples_*_{results.time}*")):
        notes.warn(
            RowSource(results.file.name),
            "its samples beside it were not named; import the folder for a comparison document by document",
        )


def _add_items(
    scores: dict[_ScoreKey, ImportedScore], samples: _Samples, items: TaskItems, notes: ReadNotes, *, other_run: bool
) -> None:
    """Give the scores of a task their documents, or make scores of them where no results name the task.

    Documents of another run than the results are left out where they do not come to its score.
    """
    where = RowSource(samples.file.name)
    if items.without_hash:
        notes.warn(
            where, f"{count_noun(items.without_hash, 'line')} without doc_hash, which no other run can be matched by"
        )
    system = samples.system
    measured = any(key[:2] == (system, samples.task) for key in scores)
    for metric, name_of_filter in list(items.items):
        documents = items.of((metric, name_of_filter))
        key = (system, samples.task, metric, name_of_filter)
        score = scores.get(key)
        if score is None:
            if not measured:
                scores[key] = score_of_items(where, system, samples.task, (metric, name_of_filter), documents)
            continue
        if differs(documents, score.value):
            share = sum(item.passed for item in documents) / len(documents)
            left = "; the documents are left out: they are of another run" if other_run else ""
            notes.warn(where, f"{metric} is {share:.4g} over the documents, and {score.value:.4g} in the results{left}")
            if other_run:
                continue
        scores[key] = replace(score, items=documents, n=score.n or len(documents))


def _latest(
    files: Sequence[InputFile], results: Sequence[Results], options: ReadOptions, notes: ReadNotes
) -> list[_Samples]:
    """Return the samples of each system and task that were written last."""
    found: dict[tuple[str, str], _Samples] = {}
    for file in files:
        name = _stem(file)
        match = _FILE_NAME.fullmatch(name)
        task, time = (match["task"], match["time"]) if match else (name.removeprefix("samples_"), "")
        one = _Samples(file, options.system or _model_name(file, time, results), task, time)
        earlier = found.get((one.system, task))
        kept = one if earlier is None or one.time >= earlier.time else earlier
        if earlier is not None:
            left = earlier if kept is one else one
            notes.warn(RowSource(left.file.name), f"a later run of {task} is in {kept.file.name}; this one is left out")
            notes.meter.finish_file(left.file.size)
        found[one.system, task] = kept
    return list(found.values())


def _in_words(samples: Sequence[_Samples], notes: ReadNotes) -> list[_Samples]:
    """Return the samples that hold texts, not the probabilities of given choices."""
    kept = [one for one in samples if _has_texts(one.file.first_row or {})]
    choices = [one for one in samples if one not in kept]
    if choices:
        tasks = ", ".join(dict.fromkeys(one.task for one in choices[:_TASKS_NAMED]))
        more = f" and {count_noun(len(choices) - _TASKS_NAMED, 'other')}" if len(choices) > _TASKS_NAMED else ""
        what = "choices with log-probabilities, not answers that can be compared: they are scores only"
        notes.warn(RowSource(choices[0].file.name), f"the samples of {tasks}{more} are {what}")
    return kept


def _has_texts(record: dict[str, Any]) -> bool:
    """Whether a sample's first answer is text; what cannot be read counts as text, and is refused when it is read."""
    answer = record.get("resps")
    for _ in ("request", "repeat"):
        answer = answer[0] if type(answer) is list and answer else answer
    return type(answer) not in (list, int, float) or answer == []


def _model_name(samples: InputFile, time: str, results: Sequence[Results]) -> str:
    """Return the model of a samples file: that of the results of its run beside it, else of the latest ones there."""
    folder = _folder(samples)
    named = {one.file.path.absolute(): one.model for one in results if _folder(one.file) == folder}
    for path in folder.glob("results_*.json"):
        if path not in named:
            name = (find_file(path).first_row or {}).get("model_name")
            named[path] = name if type(name) is str and name else None
    times = {path: path.stem.removeprefix("results_") for path in named}
    for path in sorted(named, key=lambda path: (times[path] == time, path.name), reverse=True):
        if model := named[path]:
            return model
    of_folder = _folder_name(folder)
    if of_folder is not None:
        return of_folder
    raise BadFile(f"{samples.name}: there is no results_*.json with the model's name beside it; add --system NAME")


def _folder_name(folder: Path) -> str | None:
    """Return the model that a folder is named after, if the harness named it: it writes a model's slash as `__`."""
    return folder.name.replace("__", "/") if "__" in folder.name else None


def _rows(samples: _Samples, notes: ReadNotes, items: TaskItems, *, with_answers: bool) -> Iterator[ImportRow]:
    """Read the samples of a task into `items`; yield its answers if they are wanted."""
    seen = _Seen()
    for source, record in iter_rows(samples.file, notes):
        items.add(record)
        if not with_answers:
            continue
        try:
            row = _row(source, record, samples.task, samples.system, seen)
        except BadRow as error:
            notes.skip_or_raise(source, str(error))
            continue
        metrics = record.get("metrics")
        scored = frozenset(name for name in metrics if type(name) is str) if type(metrics) is list else frozenset()
        notes.note_fields({name: None for name in record if name not in _NOT_TEXTS}, _USED | scored)
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
