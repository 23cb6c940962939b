"""Filters, searches and sorts the examples of a set; without a store or a screen."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from enum import StrEnum

from uphold.records.sets import ExampleRow, ExampleStatus


class ExampleFilter(StrEnum):
    """Quick filters of a list of examples; the values are how the list names them."""

    ALL = "all"
    ACTIVE = "active"
    DRAFT = "draft"
    RETIRED = "retired"
    DUPLICATE = "duplicate"
    LEAKED = "leaked"
    NO_REFERENCE = "no reference"
    ALWAYS_TIE = "always tie"
    ALWAYS_LOST = "always lost"
    ALWAYS_WON = "always won"
    UNREAD = "unread"
    PARTED = "judge differs"
    SPLIT = "split"
    FLIPS = "flips"
    BROKEN = "broken"
    EMPTY = "empty"
    STALE = "stale"
    UNTAGGED = "no tag"


class ExampleOrder(StrEnum):
    """Orders of a list of examples."""

    KEY = "key"
    LATEST = "latest first"
    PARTED = "judge differs"


Kinds = Mapping[str, AbstractSet[str]]
"""What may be wrong with examples, such as `near-duplicate`, by key; nothing for those that are not in it."""

_FILTER_OF_KIND: Mapping[str, ExampleFilter] = {
    "duplicate": ExampleFilter.DUPLICATE,
    "near-duplicate": ExampleFilter.DUPLICATE,
    "leaked": ExampleFilter.LEAKED,
    "no-reference": ExampleFilter.NO_REFERENCE,
    "always-tie": ExampleFilter.ALWAYS_TIE,
    "always-lost": ExampleFilter.ALWAYS_LOST,
    "always-won": ExampleFilter.ALWAYS_WON,
    "split": ExampleFilter.SPLIT,
    "flips": ExampleFilter.FLIPS,
    "broken": ExampleFilter.BROKEN,
    "empty": ExampleFilter.EMPTY,
}

_TESTS: Mapping[ExampleFilter, Callable[[ExampleRow], bool]] = {
    ExampleFilter.ALL: lambda row: True,
    ExampleFilter.ACTIVE: lambda row: row.status is ExampleStatus.ACTIVE,
    ExampleFilter.DRAFT: lambda row: row.status is ExampleStatus.DRAFT,
    ExampleFilter.RETIRED: lambda row: row.status is ExampleStatus.RETIRED,
    ExampleFilter.UNREAD: lambda row: row.status is ExampleStatus.ACTIVE and row.unread > 0,
    ExampleFilter.PARTED: lambda row: row.status is not ExampleStatus.RETIRED and row.parted > 0,
    ExampleFilter.STALE: lambda row: row.stale > 0,
    ExampleFilter.UNTAGGED: lambda row: row.status is not ExampleStatus.RETIRED and not row.tags,
}


def kinds_by_key(rows: Iterable[ExampleRow], found: Kinds) -> dict[str, AbstractSet[str]]:
    """Return what may be wrong with each example: what its row knows, and what checks `found`; nothing for a retired one."""
    kinds: dict[str, AbstractSet[str]] = {}
    for row in rows:
        if row.status is not ExampleStatus.RETIRED and (both := {*row.health, *found.get(row.key, ())}):
            kinds[row.key] = both
    return kinds


def filter_members(rows: Iterable[ExampleRow], kinds: Kinds) -> dict[ExampleFilter, set[str]]:
    """Return the keys of the examples that each quick filter lets through."""
    members: dict[ExampleFilter, set[str]] = {only: set() for only in ExampleFilter}
    for row in rows:
        for only, test in _TESTS.items():
            if test(row):
                members[only].add(row.key)
        for kind in kinds.get(row.key, ()):
            if kind in _FILTER_OF_KIND:
                members[_FILTER_OF_KIND[kind]].add(row.key)
    return members


def ordered(rows: Sequence[ExampleRow], order: ExampleOrder) -> list[ExampleRow]:
    """Return the examples sorted."""
    if order is ExampleOrder.LATEST:
        return sorted(rows, key=lambda row: -row.id)
    if order is ExampleOrder.PARTED:
        return sorted(rows, key=lambda row: (-row.parted, row.key))
    return sorted(rows, key=lambda row: row.key)


def search_text(row: ExampleRow) -> str:
    """Return what a search looks through, without capitals and accents: key, turns, context, references and tags."""
    text = row.text
    parts = (row.key, *text.turns, text.context or "", *(one or "" for one in text.references), *row.tags)
    return _folded("\n".join(parts))


def holds(searched: str, typed: str) -> bool:
    """Return whether a `search_text` holds every word typed."""
    return all(word in searched for word in _folded(typed).split())


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).lower()
