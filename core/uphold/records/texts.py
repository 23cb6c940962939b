"""Texts of examples and cells of responses, and the hashes that identify them across databases.

A hash is the sha256 of the UTF-8 bytes of canonical JSON: sorted keys, no spaces, non-ASCII characters unescaped. Text
is hashed as it was imported, neither trimmed nor normalised.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from json.encoder import encode_basestring
from typing import Any

AnswerCell = Any
"""The answer to one turn: usually text, otherwise any JSON value but null."""

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def canonical(value: object) -> str:
    """Return `value` as canonical JSON."""
    # Nearly all values are text or None; these branches are faster than the general encoder.
    if type(value) is str:
        return encode_basestring(value)
    if value is None:
        return "null"
    if type(value) in (tuple, list):
        return canonical_list(value)  # type: ignore[arg-type]
    return _encode(value)


def canonical_list(values: Sequence[object]) -> str:
    """Return a list as canonical JSON."""
    encoded = [encode_basestring(v) if type(v) is str else "null" if v is None else _encode(v) for v in values]
    return f"[{','.join(encoded)}]"


def canonical_hash(value: object) -> str:
    """Return the sha256 of the canonical JSON of `value`, as 64 hex digits."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def canonical_list_hash(values: Iterable[object]) -> str:
    """Return `canonical_hash` of a list, without having the whole of it in memory."""
    digest = hashlib.sha256(b"[")
    for place, value in enumerate(values):
        digest.update((("," if place else "") + canonical(value)).encode())
    digest.update(b"]")
    return digest.hexdigest()


@dataclass(frozen=True)
class ExampleText:
    """The text of an example: its turns and optional context; beside it one reference answer (or None) per turn."""

    turns: tuple[str, ...]
    context: str | None = None
    references: tuple[str | None, ...] = ()

    @cached_property
    def hash(self) -> str:
        """Hash of turns and context; the references are not in it."""
        return self.prefix(len(self.turns))

    def prefix(self, turn: int) -> str:
        """Return the hash of turns and context up to `turn` (from 1); the references are not in it."""
        # Canonical JSON of an object with these two keys, which are in sorted order.
        text = f'{{"context":{canonical(self.context)},"turns":{canonical(self.turns[:turn])}}}'
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def has_all_references(self) -> bool:
        """Whether every turn has a reference, so that the references can serve as a system's response."""
        return bool(self.references) and None not in self.references

    def reference(self, turn: int) -> str | None:
        """Return the reference of `turn` (from 1), or None."""
        return self.references[turn - 1] if self.references else None


def cells_hash(cells: tuple[AnswerCell, ...]) -> str:
    """Return the hash of a response, or of its first turns."""
    return canonical_hash(cells)


def cells_forms(cells: tuple[AnswerCell, ...]) -> tuple[str, tuple[str, ...]]:
    """Return a response as canonical JSON, and its hash up to each of its turns."""
    encoded = [canonical(cell) for cell in cells]
    forms = [f"[{','.join(encoded[:turns])}]" for turns in range(1, len(cells) + 1)]
    return forms[-1], tuple(hashlib.sha256(form.encode()).hexdigest() for form in forms)


def contents_hash(text_prefix: str, candidate_cells: str, baseline_cells: str) -> str:
    """Return the hash of a pair's contents, given the hashes of its text and responses up to its turn.

    System names are not in it.
    """
    return canonical_hash([text_prefix, candidate_cells, baseline_cells])


def default_key(text: ExampleText) -> str:
    """Return the key of an example that was imported without one."""
    return "ex-" + text.hash[:10]


def cell_text(cell: AnswerCell) -> str:
    """Return a cell as people and judges read it: text as it is, any other value as JSON."""
    return cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False)
