import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from uphold.formats.reading import FileReading, ReadOptions
from uphold.formats.registry import open_files
from uphold.records.rows import ImportRow


@dataclass(frozen=True)
class Read:
    """A reading that was read to its end."""

    reading: FileReading
    rows: list[ImportRow]

    @property
    def warnings(self) -> list[str]:
        return [warning.message for warning in self.reading.warnings]

    @property
    def only(self) -> ImportRow:
        (row,) = self.rows
        return row


def as_bytes(content: Any, name: str) -> bytes:
    """Bytes and text as they are; a list of objects as JSONL or, for a .json name, as an array."""
    if isinstance(content, bytes):
        return content
    if isinstance(content, str):
        return content.encode()
    if name.endswith(".json"):
        return json.dumps(content).encode()
    return "".join(json.dumps(row) + "\n" for row in content).encode()


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Path]:
    """Write files into a folder, given as name -> content; gives the folder."""

    def writing(files: dict[str, Any]) -> Path:
        folder = tmp_path / "bench"
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(as_bytes(content, name))
        return folder

    return writing


@pytest.fixture
def reading(put: Callable[..., Path]) -> Callable[..., Read]:
    """Write one file and read it to its end."""

    def read_one(
        content: Any, name: str = "set.jsonl", as_: str | None = None, progress: Any = None, **options: Any
    ) -> Read:
        found = open_files([put({name: content}) / name], ReadOptions(as_, **options), progress)
        return Read(found, list(found.rows))

    return read_one


@pytest.fixture
def read_folder(put: Callable[..., Path]) -> Callable[..., Read]:
    """Write a folder and read it to its end."""

    def read_all(files: dict[str, Any], as_: str | None = None, **options: Any) -> Read:
        found = open_files([put(files)], ReadOptions(as_, **options))
        return Read(found, list(found.rows))

    return read_all
