"""Reads lm-evaluation-harness output: metrics of tasks and groups out of its results, passed documents out of its samples.

Groups stand in `results` beside their tasks, and again in `groups`; `group_subtasks` is the tree. A metric's key is
`METRIC,FILTER`, its standard error's `METRIC_stderr,FILTER`, which may be "N/A".
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from uphold.errors import BadFile
from uphold.formats.files import InputFile
from uphold.formats.reading import ReadNotes
from uphold.records.rows import RowSource
from uphold.records.scores import NO_FILTER, ImportedItem, ImportedScore, is_better_higher

LONGEST_ASKED = 200
"""Characters that are kept of what a document asks."""

_STDERR = "_stderr"

_NO_METRICS = frozenset({"alias", "name", "sample_len", "sample_count", "samples", " "})

_QUESTIONS = ("question", "query", "prompt", "input", "ctx", "goal", "sentence", "text")
"""Fields in which documents of benchmarks have what they ask."""

_TOLERANCE = 0.005

MetricKey = tuple[str, str]
"""A metric and its filter."""


@dataclass(frozen=True)
class Results:
    """One results file: what it measured of which model, and when, as its name says."""

    file: InputFile
    content: Mapping[str, Any]
    time: str

    @property
    def model(self) -> str | None:
        """The model's name, if the file has one."""
        name = self.content.get("model_name")
        return name if type(name) is str and name and _is_text(name) else None

    @cached_property
    def tasks(self) -> dict[str, Mapping[str, Any]]:
        """Tasks and groups with what was measured of them."""
        found = {**_object(self.content.get("groups")), **_object(self.content.get("results"))}
        return {name: one for name, one in found.items() if type(one) is dict and name and _is_text(name)}

    def leaves(self, name: str) -> tuple[str, ...]:
        """Return the tasks that a group is made of, each once; none for a task."""
        tree = _object(self.content.get("group_subtasks"))
        found: dict[str, None] = {}
        open_groups, seen = [name], {name}
        while open_groups:
            for part in _names(tree.get(open_groups.pop(0))):
                if _names(tree.get(part)):
                    if part not in seen:
                        seen.add(part)
                        open_groups.append(part)
                elif part != name:
                    found[part] = None
        return tuple(found)

    def documents(self, name: str, key: str, leaves: Sequence[str]) -> int | None:
        """Return how many documents a metric of a task has, those of its `leaves` a group; None where that is not told."""
        counts = [self.documents(leaf, key, ()) for leaf in leaves]
        known = [number for number in counts if number is not None]
        if leaves and len(known) == len(counts):
            return sum(known)
        told, task = _object(_object(self.content.get("n-samples")).get(name)), self.tasks.get(name, {})
        of_group = _object(task.get("sample_count")).get(key)
        numbers = (told.get("effective"), told.get("original"), of_group, task.get("sample_len"))
        return next((number for number in numbers if type(number) is int and 0 < number < 2**53), None)

    def scores(self, name: str, system: str, notes: ReadNotes) -> Iterator[ImportedScore]:
        """Yield every metric of a task or group; what is no finite number is named and left out."""
        task, source, leaves = self.tasks[name], RowSource(self.file.name), self.leaves(name)
        directions = _object(_object(self.content.get("higher_is_better")).get(name))
        for key in _metric_keys(task):
            metric, _, name_of_filter = key.partition(",")
            value = task[key]
            if not _is_number(value):
                if value not in ("N/A", " ", "", None):
                    notes.warn(source, f"{name}: {key} is no number; left out")
                continue
            error = task.get(f"{metric}{_STDERR},{name_of_filter}", task.get(f"{metric}{_STDERR}"))
            higher = directions.get(metric)
            # A group's metric is that of the tasks that have it.
            own = tuple(leaf for leaf in leaves if leaf not in self.tasks or key in self.tasks[leaf])
            yield ImportedScore(
                source,
                system,
                name,
                metric,
                float(value),
                filter=name_of_filter or NO_FILTER,
                error=float(error) if _is_number(error) and error >= 0 else None,
                n=self.documents(name, key, own),
                higher_is_better=higher if type(higher) is bool else is_better_higher(metric),
                leaves=own,
            )


def read_results(file: InputFile, time: str) -> Results:
    """Return the contents of a results file, which is one JSON object. Raises BadFile."""
    try:
        content = json.loads(file.read_text())
    except RecursionError:
        raise BadFile(f"{file.name}: nested too deeply to be read") from None
    except ValueError as error:
        raise BadFile(f"{file.name}: not JSON that can be read: {error}") from None
    if type(content) is not dict or type(content.get("results")) is not dict:
        raise BadFile(f"{file.name}: lm-evaluation-harness has `results`, an object of tasks; there is none")
    return Results(file, content, time)


def _metric_keys(task: Mapping[str, Any]) -> list[str]:
    """Return the keys of metrics; those without a filter only where none has one, as older versions wrote them."""
    names = [key for key in task if key not in _NO_METRICS and key.strip() and _is_text(key)]
    filtered = [key for key in names if "," in key]
    return [key for key in filtered or names if not key.partition(",")[0].endswith(_STDERR)]


def _object(value: Any) -> Mapping[str, Any]:
    return value if type(value) is dict else {}


def _names(value: Any) -> list[str]:
    return [name for name in value if type(name) is str and name and _is_text(name)] if type(value) is list else []


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) <= 1e300


def _is_text(text: str) -> bool:
    """Whether a text can be stored: no half of a surrogate pair, no NUL."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


@dataclass(slots=True)
class TaskItems:
    """The documents of one task's samples, by metric and filter: those that each passes or fails."""

    items: dict[MetricKey, list[ImportedItem]] = field(default_factory=dict)
    not_passed: set[MetricKey] = field(default_factory=set)
    without_hash: int = 0
    _occurrences: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, record: Mapping[str, Any]) -> None:
        """Add one line of samples: a document under one filter."""
        name_of_filter, digest = record.get("filter"), record.get("doc_hash")
        name_of_filter = name_of_filter if type(name_of_filter) is str and name_of_filter else NO_FILTER
        if type(digest) is not str or not digest or not _is_text(digest):
            self.without_hash += 1
            return
        occurrence = self._occurrences.get((name_of_filter, digest), 0) + 1
        self._occurrences[name_of_filter, digest] = occurrence
        metrics = record.get("metrics")
        asked = _asked(record)
        for metric in metrics if type(metrics) is list else ():
            key = (metric, name_of_filter)
            if type(metric) is not str or key in self.not_passed:
                continue
            value = record.get(metric)
            if type(value) in (bool, int, float) and value in (0, 1):
                place = str(record.get("doc_id"))[:LONGEST_ASKED]
                item = ImportedItem(digest, occurrence, place, asked, bool(value))
                self.items.setdefault(key, []).append(item)
            else:
                self.not_passed.add(key)
                self.items.pop(key, None)

    def of(self, key: MetricKey) -> tuple[ImportedItem, ...]:
        """Return the documents of a metric that each passes or fails; none for another one."""
        return tuple(self.items.get(key, ()))


def differs(items: tuple[ImportedItem, ...], value: float) -> bool:
    """Whether the share of documents passed is another number than a score, rounding aside."""
    share = sum(item.passed for item in items) / len(items)
    return abs(share - value) > max(_TOLERANCE, 0.5 / len(items))


def score_of_items(
    source: RowSource, system: str, task: str, key: MetricKey, items: tuple[ImportedItem, ...]
) -> ImportedScore:
    """Return the share of documents passed, with its standard error, for samples without results."""
    n, passed = len(items), sum(item.passed for item in items)
    share = passed / n
    error = math.sqrt(share * (1 - share) / (n - 1)) if n > 1 else None
    metric, name_of_filter = key
    return ImportedScore(source, system, task, metric, share, name_of_filter, error, n, items=items)


def _asked(record: Mapping[str, Any]) -> str:
    """Return the beginning of a document's question, else the end of the prompt, where the question stands."""
    document = record.get("doc")
    if type(document) is dict:
        for name in _QUESTIONS:
            text = document.get(name)
            if type(text) is str and text.strip():
                return _storable(text[:LONGEST_ASKED])
    prompt: Any = record.get("arguments")
    while type(prompt) in (dict, list) and prompt:
        prompt = next(iter(prompt.values())) if type(prompt) is dict else prompt[0]
    return _storable(prompt[-LONGEST_ASKED:]) if type(prompt) is str else ""


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\0", " ")
