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


Findings = Mapping[str, AbstractSet[str]]
"""What checks found, beside what a row knows itself: kinds such as `near-duplicate`, by the example's key."""

_KINDS: Mapping[ExampleFilter, tuple[str, ...]] = {
    ExampleFilter.DUPLICATE: ("duplicate", "near-duplicate"),
    ExampleFilter.LEAKED: ("leaked",),
    ExampleFilter.NO_REFERENCE: ("no-reference",),
    ExampleFilter.ALWAYS_TIE: ("always-tie",),
    ExampleFilter.ALWAYS_LOST: ("always-lost",),
    ExampleFilter.ALWAYS_WON: ("always-won",),
    ExampleFilter.SPLIT: ("split",),
    ExampleFilter.FLIPS: ("flips",),
    ExampleFilter.BROKEN: ("broken",),
    ExampleFilter.EMPTY: ("empty",),
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


def kinds_of(row: ExampleRow, findings: Findings) -> frozenset[str]:
    """Return what may be wrong with an example, from its row and from the checks; nothing for a retired one."""
    if row.status is ExampleStatus.RETIRED:
        return frozenset()
    return frozenset(row.health) | findings.get(row.key, frozenset())


def passes(row: ExampleRow, only: ExampleFilter, findings: Findings) -> bool:
    """Return whether a quick filter lets an example through."""
    if only in _KINDS:
        return not kinds_of(row, findings).isdisjoint(_KINDS[only])
    return _TESTS[only](row)


def filter_counts(rows: Iterable[ExampleRow], findings: Findings) -> dict[ExampleFilter, int]:
    """Return how many examples each quick filter lets through."""
    counts = dict.fromkeys(ExampleFilter, 0)
    for row in rows:
        kinds = kinds_of(row, findings)
        for only in ExampleFilter:
            counts[only] += not kinds.isdisjoint(_KINDS[only]) if only in _KINDS else _TESTS[only](row)
    return counts


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
