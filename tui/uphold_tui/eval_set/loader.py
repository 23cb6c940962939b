"""Reads an eval set for its screen, in a thread where that takes long, and narrows, sorts and searches its examples."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from uphold.records.example_list import (
    ExampleFilter,
    ExampleOrder,
    Findings,
    filter_counts,
    holds,
    ordered,
    passes,
    search_text,
)
from uphold.records.sets import ExampleRow, ExampleStatus, Health, SetOverview
from uphold.workflows.curating import list_examples, overview
from uphold.workflows.lookup import Store, open_store
from uphold_tui.eval_set.health import FoundProblem, HealthLine, health_lines
from uphold_tui.eval_set.rows import shown_kinds
from uphold_tui.eval_set.side_by_side import Alike

READ_AT_ONCE = 1_000
"""Examples up to which a set is read again on the spot; it takes some 20 ms then."""


class ExampleLoader:
    """The examples of one set as they were last read, and what the last check found.

    `hides` says of a key whether a pair of that example is under review: how it fared is left out then.

    `counts` is how many examples each quick filter leaves, `problems` what the check found (None: not checked), `lines` what
    the rows themselves and the check say of the set's health.
    """

    def __init__(self, store: Store, set_name: str, hides: Callable[[str], bool]) -> None:
        self.store, self.set_name, self._hides = store, set_name, hides
        self.rows: list[ExampleRow] = []
        self.overview: SetOverview | None = None
        self.counts: dict[ExampleFilter, int] = {}
        self.problems: tuple[FoundProblem, ...] | None = None
        self.findings: Findings = {}
        self.lines: list[HealthLine] = []
        self.has_references = False
        self.is_read = False
        self._by_key: dict[str, ExampleRow] = {}
        self._searched: dict[str, tuple[ExampleRow, str]] = {}

    # reading

    @property
    def is_small(self) -> bool:
        """Whether reading the set again takes no time that anybody notices."""
        return self.is_read and len(self.rows) <= READ_AT_ONCE

    def read(self) -> None:
        """Read the set again."""
        self._take(*_read(self.store, self.set_name))

    async def read_in_thread(self) -> None:
        """Read the set again in a thread, which opens the file anew."""
        self._take(*await asyncio.to_thread(self._read_apart))

    def _read_apart(self) -> tuple[SetOverview, list[ExampleRow]]:
        with open_store(self.store.path) as store:
            return _read(store, self.set_name)

    def _take(self, found: SetOverview, rows: list[ExampleRow]) -> None:
        self.overview, self.rows = found, [_veiled(row) if self._hides(row.key) else row for row in rows]
        self._by_key = {row.key: row for row in self.rows}
        self.is_read = True
        self._count()

    def take_problems(self, problems: Iterable[FoundProblem]) -> None:
        """Take what a check found."""
        self.problems = tuple(problems)
        self._count()

    def _count(self) -> None:
        checked = list(self._checked_problems())
        kinds: dict[str, set[str]] = defaultdict(set)
        for problem in checked:
            for key in problem.keys:
                kinds[key].add(problem.kind)
        self.findings = kinds
        self.counts = filter_counts(self.rows, self.findings)
        self.has_references = any(any(row.text.references) for row in self.rows)
        self.lines = health_lines([*self._own_problems(), *checked])

    def _own_problems(self) -> Iterator[FoundProblem]:
        """Yield what the rows know themselves, as it is now."""
        for row in self.rows:
            for kind in shown_kinds(row, {}, has_references=self.has_references):
                keys = (row.key, *row.duplicates) if kind == "duplicate" else (row.key,)
                yield FoundProblem(kind, keys)

    def _checked_problems(self) -> Iterator[FoundProblem]:
        """Yield what only a check finds, as far as the examples still stand."""
        own = {kind.value for kind in Health}
        for problem in self.problems or ():
            keys = tuple(key for key in problem.keys if self.is_standing(key))
            is_two = problem.kind == "near-duplicate"
            if problem.kind not in own and (len(keys) > 1 if is_two else keys or not problem.keys):
                yield replace(problem, keys=keys)

    # choosing

    def find(self, key: str | None) -> ExampleRow | None:
        """Return the example with this key."""
        return self._by_key.get(key) if key is not None else None

    def select(
        self, only: ExampleFilter, order: ExampleOrder, typed: str = "", keys: frozenset[str] | None = None
    ) -> Sequence[ExampleRow]:
        """Return the examples that pass the quick filter and hold all words typed; only those of `keys` where it is given."""
        kept = [row for row in self.rows if (keys is None or row.key in keys) and passes(row, only, self.findings)]
        if typed:
            kept = [row for row in kept if holds(self._search_text(row), typed)]
        return ordered(kept, order)

    def _search_text(self, row: ExampleRow) -> str:
        known = self._searched.get(row.key)
        if known is None or known[0] is not row:
            known = self._searched[row.key] = (row, search_text(row))
        return known[1]

    def alike(self, row: ExampleRow) -> tuple[str, ...]:
        """Return the keys of the examples that are the same as this one, or nearly so."""
        near = [
            key
            for problem in self.problems or ()
            if problem.kind in ("duplicate", "near-duplicate") and row.key in problem.keys
            for key in problem.keys
            if key != row.key and self.is_standing(key)
        ]
        return tuple(dict.fromkeys([*row.duplicates, *near]))

    def is_standing(self, key: str) -> bool:
        """Whether the set has an example of this key that is not retired."""
        row = self._by_key.get(key)
        return row is not None and row.status is not ExampleStatus.RETIRED

    def twos(self, first: ExampleRow | None) -> list[Alike]:
        """Return the examples that are alike, two by two; those with `first` come first."""
        found: dict[frozenset[str], str] = {}
        for row in self.rows:
            if row.status is not ExampleStatus.RETIRED:
                found |= {frozenset((row.key, key)): "the same text" for key in row.duplicates}
        for problem in self.problems or ():
            if problem.kind == "near-duplicate" and len(problem.keys) == 2 and all(map(self.is_standing, problem.keys)):
                found.setdefault(frozenset(problem.keys), problem.detail or "nearly the same")
        twos = []
        for both, how in found.items():
            left, right = sorted((self._by_key[key] for key in both), key=lambda row: row.id)
            twos.append(Alike(left, right, how))
        return sorted(twos, key=lambda two: first is None or first.key not in (two.left.key, two.right.key))

    def tags(self) -> list[str]:
        """Return the tags of the set, the most used first."""
        counts: dict[str, int] = defaultdict(int)
        for row in self.rows:
            for tag in row.tags:
                counts[tag] += 1
        return sorted(counts, key=lambda tag: (-counts[tag], tag))


def _veiled(row: ExampleRow) -> ExampleRow:
    """Return an example without how it fared: that would give away the sides of a pair, or its verdict."""
    return replace(row, wins=0, ties=0, losses=0, runs=0, parted=0, flips=0, split=0)


def _read(store: Store, set_name: str) -> tuple[SetOverview, list[ExampleRow]]:
    return overview(store, set_name), list_examples(store, set_name)
