"""Example texts and response cells, and the hashes that are their identity across files.

Text hash: sha256 of the UTF-8 of canonical JSON (sorted keys, no spaces, non-ASCII as it is) of the text as it came:
nothing is trimmed, nothing is normalised.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from json.encoder import encode_basestring
from typing import Any

AnswerCell = Any
"""One turn's answer: text as a rule; other JSON is kept as what it is. `None` inside a response never occurs."""


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def canonical(value: object) -> str:
    """`value` as canonical JSON; texts and nothing, which nearly all values here are, take the short way."""
    if type(value) is str:
        return encode_basestring(value)
    if value is None:
        return "null"
    if type(value) in (tuple, list):
        return canonical_list(value)  # type: ignore[arg-type]
    return _encode(value)


def canonical_list(values: Sequence[object]) -> str:
    """A list as canonical JSON."""
    encoded = [encode_basestring(v) if type(v) is str else "null" if v is None else _encode(v) for v in values]
    return f"[{','.join(encoded)}]"


def canonical_hash(value: object) -> str:
    """sha256 of the canonical JSON of `value`, as 64 hex digits."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


@dataclass(frozen=True)
class ExampleText:
    """What an example asks: its turns, with optional context and one reference (or None) per turn."""

    turns: tuple[str, ...]
    context: str | None = None
    references: tuple[str | None, ...] = ()

    @cached_property
    def hash(self) -> str:
        """Identity of the whole text."""
        return self.prefix(len(self.turns))

    def prefix(self, turn: int) -> str:
        """Identity of the text up to `turn` (from 1)."""
        references = self.references or (None,) * len(self.turns)
        context, asked, answers = canonical(self.context), canonical(self.turns[:turn]), canonical(references[:turn])
        # Canonical JSON of an object with these three names, in their order.
        text = f'{{"context":{context},"references":{answers},"turns":{asked}}}'
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def referenced(self) -> bool:
        """Has every turn a reference, so that the references can stand as a system's answer?"""
        return bool(self.references) and None not in self.references

    def reference(self, turn: int) -> str | None:
        """The reference answer of `turn` (from 1), if there is one."""
        return self.references[turn - 1] if self.references else None


def cells_hash(cells: tuple[AnswerCell, ...]) -> str:
    """Identity of a response, or of its first turns."""
    return canonical_hash(cells)


def cells_forms(cells: tuple[AnswerCell, ...]) -> tuple[str, tuple[str, ...]]:
    """A response as canonical JSON, and its identity up to each of its turns; every cell is encoded once."""
    encoded = [canonical(cell) for cell in cells]
    forms = [f"[{','.join(encoded[:turns])}]" for turns in range(1, len(cells) + 1)]
    return forms[-1], tuple(hashlib.sha256(form.encode()).hexdigest() for form in forms)


def contents_hash(text_prefix: str, candidate_cells: str, baseline_cells: str) -> str:
    """Identity of what is compared: three hashes, each up to the turn of the pair; system names are not in it."""
    return canonical_hash([text_prefix, candidate_cells, baseline_cells])


def default_key(text: ExampleText) -> str:
    """The key of an example that came without one."""
    return "ex-" + text.hash[:10]


def cell_text(cell: AnswerCell) -> str:
    """A cell as it is read by people and judges: text as it is, anything else as JSON."""
    return cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False)
