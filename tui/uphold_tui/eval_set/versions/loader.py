"""Reads the versions of a set and what differs between two, in a thread where that takes long."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from uphold.records.set_history import SetVersion, VersionDiff, VersionEffects
from uphold.records.sets import SetOverview
from uphold.workflows.curating import overview
from uphold.workflows.lookup import Store, open_store
from uphold.workflows.set_versions import difference, effects, list_versions

READ_AT_ONCE = 500
"""Examples of a set up to which two versions are compared on the spot."""

Numbers = tuple[int | None, int | None]
"""The earlier and the later version by number; None is the set as it is now."""


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """A line of the list: a version, or (`version` is None) the set as it is now, where that is no version yet.

    `place` is its place in time, from 0. `before` is the number of the version before, None for the first.
    `added`, `retired` and `edited` count against that.
    """

    place: int
    version: SetVersion | None
    before: int | None
    active: int
    added: int
    retired: int
    edited: int

    @property
    def number(self) -> int | None:
        """Its number; None for the set as it is now."""
        return None if self.version is None else self.version.number

    @property
    def name(self) -> str:
        """`v5`, or `now`."""
        return "now" if self.version is None else f"v{self.version.number}"


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two states of a set, and what the change did to the pairs of its runs."""

    diff: VersionDiff
    effects: VersionEffects


class VersionsLoader:
    """The versions of one set as they were last read, the latest first; differences are kept until it is read again."""

    def __init__(self, store: Store, set_name: str) -> None:
        self.store, self.set_name = store, set_name
        self.entries: Sequence[VersionEntry] = ()
        self.overview: SetOverview | None = None
        self._known: dict[Numbers, Difference] = {}

    async def read(self) -> None:
        """Read the versions again, in a thread which opens the file anew."""
        self.overview, self.entries = await asyncio.to_thread(self._read_apart)
        self._known.clear()

    def _read_apart(self) -> tuple[SetOverview, Sequence[VersionEntry]]:
        with open_store(self.store.path) as store:
            found, versions = overview(store, self.set_name), list_versions(store, self.set_name)
            entries = [
                VersionEntry(
                    place,
                    one,
                    versions[place - 1].number if place else None,
                    one.active,
                    one.added,
                    one.retired,
                    one.edited,
                )
                for place, one in enumerate(versions)
            ]
            if versions and found.changed:
                diff = difference(store, self.set_name, versions[-1].number)
                counts = (len(diff.added), len(diff.retired), len(diff.edited))
                entries.append(VersionEntry(len(versions), None, versions[-1].number, found.active, *counts))
        return found, entries[::-1]

    @property
    def is_small(self) -> bool:
        """Whether comparing two versions takes no time that anybody notices."""
        return max((entry.active for entry in self.entries), default=0) <= READ_AT_ONCE

    def known(self, numbers: Numbers) -> Difference | None:
        """Return a difference that was read, or that is read at once; else None, and `read_difference` reads it."""
        if numbers not in self._known and self.is_small:
            self._known[numbers] = self._difference(self.store, numbers)
        return self._known.get(numbers)

    def against_now(self, number: int | None) -> Difference:
        """Return what bringing a version back would change, read on the spot."""
        return self._difference(self.store, (None, number))

    async def read_difference(self, numbers: Numbers) -> None:
        """Read a difference in a thread."""
        self._known[numbers] = await asyncio.to_thread(self._difference_apart, numbers)

    def _difference_apart(self, numbers: Numbers) -> Difference:
        with open_store(self.store.path) as store:
            return self._difference(store, numbers)

    def _difference(self, store: Store, numbers: Numbers) -> Difference:
        before, after = numbers
        return Difference(difference(store, self.set_name, before, after), effects(store, self.set_name, before, after))
