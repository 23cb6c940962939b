"""Reads an eval set for its screen, in a thread where that takes long, and narrows, sorts and searches its examples."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from uphold.records.example_list import (
    ExampleFilter,
    ExampleOrder,
    Kinds,
    filter_members,
    holds,
    kinds_by_key,
    ordered,
    search_text,
)
from uphold.records.set_checks import Finding, FindingKind
from uphold.records.sets import ExampleRow, ExampleStatus, Health, SetOverview
from uphold.workflows.curating import list_examples, overview
from uphold.workflows.lookup import Store, open_store
from uphold_tui.eval_set.health import HealthLine, health_lines
from uphold_tui.eval_set.rows import SetContents, shown_kinds
from uphold_tui.eval_set.side_by_side import Alike

READ_AT_ONCE = 500
"""Examples up to which a set is read again on the spot: some 20 ms on two cores."""

_KNOWN_BY_ROWS = {kind.value for kind in Health} & {kind.value for kind in FindingKind}
"""Findings that the rows themselves know; a check finds them too, but rows know them as they are now."""


@dataclass(frozen=True, slots=True)
class SetSnapshot:
    """A set as it was read: its examples in every order, what may be wrong with each, and which each quick filter leaves."""

    overview: SetOverview | None = None
    rows: Sequence[ExampleRow] = ()
    by_key: Mapping[str, ExampleRow] = field(default_factory=dict)
    kinds: Kinds = field(default_factory=dict)
    orders: Mapping[ExampleOrder, Sequence[ExampleRow]] = field(default_factory=dict)
    members: Mapping[ExampleFilter, AbstractSet[str]] = field(default_factory=dict)
    lines: Sequence[HealthLine] = ()
    contents: SetContents = field(default_factory=SetContents)

    @property
    def counts(self) -> dict[ExampleFilter, int]:
        """How many examples each quick filter leaves."""
        return {only: len(keys) for only, keys in self.members.items()}

    def is_standing(self, key: str) -> bool:
        """Whether the set has an example of this key that is not retired."""
        return _is_standing(self.by_key, key)


def make_snapshot(found: SetOverview, rows: Sequence[ExampleRow], findings: Iterable[Finding]) -> SetSnapshot:
    """Return a snapshot of these examples, and of the findings that a check found as far as they still are some."""
    by_key, contents = {row.key: row for row in rows}, SetContents.of(rows)
    checked = list(_standing_findings(by_key, findings))
    by_check: dict[str, set[str]] = defaultdict(set)
    for finding in checked:
        for key in finding.keys:
            by_check[key].add(finding.kind)
    kinds = kinds_by_key(rows, by_check)
    own = _own_findings(rows, kinds, has_references=contents.has_references)
    orders = {order: ordered(rows, order) for order in ExampleOrder}
    lines = health_lines([*own, *checked])
    return SetSnapshot(found, rows, by_key, kinds, orders, filter_members(rows, kinds), lines, contents)


def _is_standing(by_key: Mapping[str, ExampleRow], key: str) -> bool:
    row = by_key.get(key)
    return row is not None and row.status is not ExampleStatus.RETIRED


def _standing_findings(by_key: Mapping[str, ExampleRow], findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield what only a check finds, about the examples that still stand."""
    for finding in findings:
        keys = tuple(key for key in finding.keys if _is_standing(by_key, key))
        if finding.kind not in _KNOWN_BY_ROWS and len(keys) > (finding.kind is FindingKind.NEAR_DUPLICATE):
            yield replace(finding, keys=keys)


def _own_findings(rows: Iterable[ExampleRow], kinds: Kinds, *, has_references: bool) -> Iterator[Finding]:
    """Yield what the rows know themselves."""
    for row in rows:
        known = _KNOWN_BY_ROWS & kinds.get(row.key, frozenset())
        for kind in shown_kinds(known, has_references=has_references) if known else ():
            keys = (row.key, *row.duplicates) if kind == FindingKind.DUPLICATE else (row.key,)
            yield Finding(FindingKind(kind), keys, "")


class ExampleLoader:
    """The examples of one set as they were last read (`now`), and what the last check found (None: not checked).

    `hides` says of a key whether a pair of that example is under review: how it fared is left out then.
    """

    def __init__(self, store: Store, set_name: str, hides: Callable[[str], bool]) -> None:
        self.store, self.set_name, self._hides = store, set_name, hides
        self.now = SetSnapshot()
        self.findings: tuple[Finding, ...] | None = None
        self._searched: dict[str, tuple[ExampleRow, str]] = {}

    # reading

    @property
    def is_read(self) -> bool:
        """Whether the set has been read."""
        return self.now.overview is not None

    @property
    def is_small(self) -> bool:
        """Whether reading the set again takes no time that anybody notices."""
        return self.is_read and len(self.now.rows) <= READ_AT_ONCE

    def read(self) -> None:
        """Read the set again."""
        self.now = self._read(self.store)

    async def read_in_thread(self) -> None:
        """Read the set again in a thread, which opens the file anew."""
        self.now = await asyncio.to_thread(self._read_apart)

    def _read_apart(self) -> SetSnapshot:
        with open_store(self.store.path) as store:
            return self._read(store)

    def _read(self, store: Store) -> SetSnapshot:
        rows = list_examples(store, self.set_name)
        shown = [_veiled(row) if self._hides(row.key) else row for row in rows]
        return make_snapshot(overview(store, self.set_name), shown, self.findings or ())

    async def take_findings(self, findings: Iterable[Finding]) -> None:
        """Take what a check found; in a thread, since a set may be large."""
        self.findings, now = tuple(findings), self.now
        if now.overview is not None:
            self.now = await asyncio.to_thread(make_snapshot, now.overview, now.rows, self.findings)

    # choosing

    def find(self, key: str | None) -> ExampleRow | None:
        """Return the example with this key."""
        return self.now.by_key.get(key) if key is not None else None

    def select(
        self, only: ExampleFilter, order: ExampleOrder, typed: str = "", keys: frozenset[str] | None = None
    ) -> Sequence[ExampleRow]:
        """Return the examples that pass the quick filter and hold all words typed; only those of `keys` where it is given."""
        kept = self.now.orders.get(order, ())
        if only is not ExampleFilter.ALL:
            members = self.now.members.get(only, frozenset())
            kept = [row for row in kept if row.key in members]
        if keys is not None:
            kept = [row for row in kept if row.key in keys]
        return [row for row in kept if holds(self._search_text(row), typed)] if typed else kept

    def _search_text(self, row: ExampleRow) -> str:
        known = self._searched.get(row.key)
        if known is None or known[0] is not row:
            known = self._searched[row.key] = (row, search_text(row))
        return known[1]

    def shown_kinds(self, row: ExampleRow) -> list[str]:
        """Return what may be wrong with an example, the worst first."""
        return shown_kinds(self.now.kinds.get(row.key, frozenset()), has_references=self.now.contents.has_references)

    def alike(self, row: ExampleRow) -> tuple[str, ...]:
        """Return the keys of the examples that are the same as this one, or nearly so."""
        near = [
            key
            for finding in self.findings or ()
            if finding.kind is FindingKind.NEAR_DUPLICATE and row.key in finding.keys
            for key in finding.keys
            if key != row.key and self.now.is_standing(key)
        ]
        return tuple(dict.fromkeys([*row.duplicates, *near]))

    def twos(self, first: ExampleRow | None) -> list[Alike]:
        """Return the examples that are alike, two by two; those with `first` come first."""
        found: dict[frozenset[str], str] = {}
        for row in self.now.rows:
            if row.status is not ExampleStatus.RETIRED:
                found |= {frozenset((row.key, key)): "the same text" for key in row.duplicates}
        for finding in self.findings or ():
            if finding.kind is FindingKind.NEAR_DUPLICATE and len(finding.keys) == 2:
                found.setdefault(frozenset(finding.keys), finding.detail or "nearly the same")
        twos = []
        for both, how in found.items():
            if all(map(self.now.is_standing, both)):
                left, right = sorted((self.now.by_key[key] for key in both), key=lambda row: row.id)
                twos.append(Alike(left, right, how))
        return sorted(twos, key=lambda two: first is None or first.key not in (two.left.key, two.right.key))

    def tags(self) -> list[str]:
        """Return the tags of the set, the most used first."""
        counts = Counter(tag for row in self.now.rows for tag in row.tags)
        return sorted(counts, key=lambda tag: (-counts[tag], tag))


def _veiled(row: ExampleRow) -> ExampleRow:
    """Return an example without how it fared: that would give away the sides of a pair, or its verdict."""
    return replace(row, wins=0, ties=0, losses=0, runs=0, parted=0, flips=0, split=0)
