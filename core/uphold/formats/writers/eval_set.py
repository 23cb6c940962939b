"""Writer of an eval set as JSONL: a first line about the set, then one example a line in the `pairs` format. ASCII."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from uphold.formats.writers.json_line import json_line
from uphold.records.set_files import FILE_SETTINGS, SetHeader
from uphold.records.sets import Example, SettingKind


def set_lines(header: SetHeader, examples: Iterable[Example]) -> Iterator[str]:
    """Yield the lines of the file of a set, each with its line end."""
    yield json_line({"set": header_object(header)})
    for example in examples:
        yield json_line(example_object(example))


def header_object(header: SetHeader) -> dict[str, Any]:
    """Return what the first line says about the set."""
    settings = {kind.value: _setting(kind, header.settings.get(kind)) for kind in FILE_SETTINGS}
    return {"name": header.name, **settings, "seed": header.seed, "examples": header.examples, "hash": header.hash}


def _setting(kind: SettingKind, value: str | None) -> Any:
    if value is None:
        return None
    return json.loads(value) if kind in (SettingKind.FLOOR, SettingKind.WANTED) else value


def example_object(example: Example) -> dict[str, Any]:
    """Return an example as a row of the `pairs` format, with its status."""
    text = example.text
    single = len(text.turns) == 1
    row: dict[str, Any] = {"key": example.key}
    row |= {"instruction": text.turns[0]} if single else {"turns": list(text.turns)}
    if text.context is not None:
        row["context"] = text.context
    if any(reference is not None for reference in text.references):
        row["reference"] = text.references[0] if single else list(text.references)
    return row | {"tags": list(example.tags), "status": example.status.value}
