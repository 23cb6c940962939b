"""judging -> store: claiming what is to be asked, writing what has arrived, both in one transaction.

A claim keeps other processes from asking the same; it lapses unless it is renewed, so that a dead process holds up
nobody for long.
"""

import secrets
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from uphold.judging.specs import LlmJudge
from uphold.records.asking import Comparison
from uphold.records.judged import Judgment
from uphold.store import judgments
from uphold.store.database import Store
from uphold.store.judgments import WHOLE, Ask, Scope
from uphold.store.pairs import pair_texts

CLAIM_SECONDS = 15.0
"""How long a claim lasts unless it is renewed: a process that was killed keeps another waiting no longer than that."""

_AT_A_TIME = 200


@dataclass(frozen=True, slots=True)
class Written:
    """One judgment that is in the file now: asked for, had without asking, or (`reused`) copied from an equal pair."""

    pair_id: int
    judgment: Judgment
    reused: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """Something to ask, with everything that is read of it."""

    ask: Ask
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Arrival:
    """What became of something asked; `saved` is called once it is in the file."""

    ask: Ask
    judgment: Judgment
    saved: Callable[[], None] = lambda: None


class Claiming:
    """What one process holds of one judge on one run."""

    def __init__(
        self, store: Store, run_id: int, judge_id: int, judge: LlmJudge, seconds: float = CLAIM_SECONDS,
        scope: Scope = WHOLE,
    ) -> None:  # fmt: skip
        self._store, self._run_id, self._judge_id, self._judge = store, run_id, judge_id, judge
        self.seconds, self._scope = seconds, replace(scope, not_out=True)
        self._holder = secrets.token_hex(8)
        self._last: tuple[int, Comparison] | None = None
        self.held: set[Ask] = set()
        self.left_to_others = False

    def missing(self) -> list[Ask]:
        """What is still to be had, but for what a batch is being asked."""
        return judgments.missing(self._store, self._run_id, self._judge_id, self._scope)

    def write_and_claim(
        self, arrivals: Sequence[Arrival], todo: deque[Ask], room: int
    ) -> tuple[list[Written], list[Work]]:
        """Write arrivals and give their claims back; take up to `room` new ones from `todo`.

        What needs no asking is written at once; what others have claimed is left to them.
        """
        written: list[Written] = []
        with self._store.writing() as conn:
            for arrival in arrivals:
                pair_id = arrival.ask.pair_id
                judgments.add_judgment(conn, pair_id, self._judge_id, arrival.judgment, redo=self._scope.redo)
                judgments.release(conn, self._judge_id, arrival.ask, self._holder)
                written.append(Written(pair_id, arrival.judgment))
            work = self._claim(conn, todo, room, written)
        for arrival in arrivals:
            arrival.saved()
        self.held.difference_update(arrival.ask for arrival in arrivals)
        self.held.update(one.ask for one in work)
        return written, work

    def _claim(self, conn: sqlite3.Connection, todo: deque[Ask], room: int, written: list[Written]) -> list[Work]:
        wanted: list[Work] = []
        for _ in range(min(_AT_A_TIME, len(todo))):
            if len(wanted) >= room:
                break
            ask = todo.popleft()
            work = Work(ask, self._comparison(ask.pair_id))
            if not self._settle_unasked(conn, work, written):
                wanted.append(work)
        had = set(judgments.claim(conn, self._judge_id, [one.ask for one in wanted], self._holder, self.seconds))
        self.left_to_others |= len(had) < len(wanted)
        return [one for one in wanted if one.ask in had]

    def _settle_unasked(self, conn: sqlite3.Connection, work: Work, written: list[Written]) -> bool:
        """Write the judgment that can be had without asking, if there is one; True where nothing is left to ask."""
        ask, redo = work.ask, self._scope.redo
        if judgments.settled(self._store, ask.pair_id, self._judge_id, ask.order, ask.sample, redo=redo):
            return True  # another process was first
        judgment, source = self._judge.unasked(work.comparison, ask.order, ask.sample), None
        if judgment is None:
            found = judgments.reusable(
                self._store, ask.contents, self._judge_id, ask.order, ask.sample, readable=redo
            )  # fmt: skip
            if found is None:
                return False
            source = found[0]
            judgment = replace(found[1], cost=0.0, input_tokens=None, output_tokens=None, seconds=None, at=None)
        judgments.add_judgment(conn, ask.pair_id, self._judge_id, judgment, source, redo=redo)
        written.append(Written(ask.pair_id, judgment, source is not None))
        return True

    def _comparison(self, pair_id: int) -> Comparison:
        if self._last is None or self._last[0] != pair_id:
            self._last = pair_id, comparison(self._store, pair_id)
        return self._last[1]

    def renew(self) -> None:
        """Make the claims last longer."""
        with self._store.writing() as conn:
            judgments.renew(conn, self._judge_id, self.held, self._holder, self.seconds)

    def hand_over(self, conn: sqlite3.Connection, asks: Sequence[Ask]) -> None:
        """What a batch asks from now on needs no claim."""
        for ask in asks:
            judgments.release(conn, self._judge_id, ask, self._holder)
        self.held.difference_update(asks)

    def give_back(self) -> None:
        """Let others ask what is held."""
        if not self.held:
            return
        with self._store.writing() as conn:
            for ask in self.held:
                judgments.release(conn, self._judge_id, ask, self._holder)
        self.held.clear()


def comparison(store: Store, pair_id: int) -> Comparison:
    """What a judge is to compare."""
    texts = pair_texts(store, pair_id)
    return Comparison(texts.text, texts.turn, texts.candidate_cells, texts.baseline_cells)
