"""store -> what stands around a review: the set's reasons, how far people agree, what else waits, what others write."""

import shlex
from pathlib import Path
from typing import Self

from uphold.records.reviewed import Event, PairView
from uphold.records.runs import Run
from uphold.records.words import Verdict
from uphold.reviewing.history import replay
from uphold.reviewing.reasons import USUAL
from uphold.reviewing.walking import Walk
from uphold.settings import database_path
from uphold.steps.meeting import Meeting
from uphold.steps.queueing import DISPUTED
from uphold.store import events, plans, sifting
from uphold.store.database import Store


class AroundRun:
    """A run that is read in one of its queues."""

    _walk: Walk
    _meeting: Meeting
    _reviewer_id: int
    _made: list[Event]

    def __init__(self, store: Store, run: Run, queue: str) -> None:
        self.store, self.run, self.queue = store, run, queue
        self._written = store.written_elsewhere()
        self._shared: tuple[int, int] | None = None

    def reason_words(self) -> dict[str, str]:
        """The reasons to choose from, by their keys: the set's own, else the usual ones."""
        return plans.reason_keys(self.store, self.run.set_id) or dict(USUAL)

    def keep_reason_words(self, words: dict[str, str]) -> None:
        """Give the set reasons of its own."""
        plans.write_reason_keys(self.store, self.run.set_id, words)

    def waiting(self) -> str:
        """What else waits in this run, as a sentence; empty where nothing does."""
        open_ = set(sifting.disputed_pairs(self.store, self.run.id)) - sifting.settled_pairs(self.store, self.run.id)
        if not open_ or self.queue == DISPUTED:
            return ""
        return f"{len(open_)} in dispute: uphold{_naming(self.store.path)} review --queue {DISPUTED}."

    def shared(self) -> tuple[int, int]:
        """How many pairs of the run several people read, and on how many they say the same."""
        if self._shared is None:
            self._shared = sifting.shared_pairs(self.store, self.run.id)
        return self._shared

    def place_of(self, pair_id: int) -> int:
        """A pair's place in the queue, from 0."""
        return self._walk.places[pair_id]

    def named(self, text: str) -> list[tuple[int, str]]:
        """(place in the queue, from 1; key) of the pairs whose key holds this text, whatever its case."""
        return [(place, item.key) for place, item in enumerate(self._walk.items, 1) if text.lower() in item.key.lower()]

    def is_broken(self, pair_id: int) -> bool:
        """Has somebody marked the pair as broken?"""
        return pair_id in self._walk.broken

    def verdict_arrived(self, pair: PairView) -> bool:
        """Has the verdict that a pair, as it is shown, still waits for come meanwhile? Then it is read anew."""
        if pair.veiled or not self._meeting.judges or (pair.judge and pair.judge.verdict is not Verdict.PENDING):
            return False
        if self._meeting.judged(pair.pair_id) == pair.judge:
            return False
        self._meeting.forget(pair.pair_id)
        return True

    def _look_round(self) -> None:
        """Before moving on: take in what others wrote. The pair on the screen is acted on as it was shown."""
        written = self.store.written_elsewhere()
        if written != self._written:
            self._written, self._shared = written, None
            self._walk.broken = events.broken_pairs(self.store, self.run.id)
            self._meeting.forget_all()
            if self.queue == DISPUTED:
                self._walk.passed = sifting.settled_pairs(self.store, self.run.id)

    def _advance(self) -> None:
        self._look_round()
        self._walk.advance()

    # to another session on the same run, and back

    def set_out(self, to: Self) -> None:
        """Leave for another session on the run: a verdict that was seen here has been seen there too."""
        to._meeting.saw(self._meeting)

    def take_in(self, after: Self | None = None) -> None:
        """Take in what the reviewer said of the run meanwhile; the session stays at its place.

        What was done in `after`, a session that began and ended in between, belongs to this sitting.
        """
        history = replay(events.own_events(self.store, self.run.id, self._reviewer_id))
        self._walk.renew(history, events.broken_pairs(self.store, self.run.id))
        self._meeting.renew(history)
        self._shared = None
        if after is not None:
            self._made.extend(after._made)
            self._meeting.saw(after._meeting)


def _naming(path: Path) -> str:
    """How a command names this file; not at all where it is the one that is there without a word."""
    return "" if database_path(None).absolute() == path.absolute() else f" --db {shlex.quote(str(path))}"
