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

Cell = Any
"""One turn's answer: text as a rule; other JSON is kept as what it is. `None` inside a response never occurs."""

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def canonical(value: object) -> str:
    """`value` as canonical JSON."""
    if type(value) in (tuple, list):
        return canonical_list(value)  # type: ignore[arg-type]
    return _encode(value)


def canonical_list(values: Sequence[object]) -> str:
    """A list as canonical JSON; texts, which nearly all lists here hold, take the short way."""
    return "[" + ",".join([encode_basestring(v) if type(v) is str else _encode(v) for v in values]) + "]"


def digest(value: object) -> str:
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

    def reference(self, turn: int) -> str | None:
        """The reference answer of `turn` (from 1), if there is one."""
        return self.references[turn - 1] if self.references else None


def cells_hash(cells: tuple[Cell, ...]) -> str:
    """Identity of a response, or of its first turns."""
    return digest(cells)


def contents_hash(text_prefix: str, candidate_cells: str, baseline_cells: str) -> str:
    """Identity of what is compared: three hashes, each up to the turn of the pair; system names are not in it."""
    return digest([text_prefix, candidate_cells, baseline_cells])


def default_key(text: ExampleText) -> str:
    """The key of an example that came without one."""
    return "ex-" + text.hash[:10]


def cell_text(cell: Cell) -> str:
    """A cell as it is read by people and judges: text as it is, anything else as JSON."""
    return cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False)
