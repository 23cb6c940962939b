"""Missing judgments that this process has claimed, and the thread that claims them and writes what becomes of them."""

import asyncio
import secrets
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

from uphold.judging.judges import LlmJudge
from uphold.records.enums import Purpose
from uphold.records.judgments import Judgment
from uphold.records.model_calls import PairToJudge
from uphold.store import claims, judgments
from uphold.store.database import Store, open_store
from uphold.store.judgments import MissingJudgment
from uphold.store.outcomes import write_verdicts
from uphold.store.pairs import pair_texts
from uphold.workflows.judging_progress import RecordedQuestions, RecordedTask, SavedJudgment

_CLAIM_CHUNK = 200
"""Most missing judgments that are looked at in one transaction."""

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class ClaimedJudgment:
    """A missing judgment that this process has claimed, with the texts to judge."""

    missing: MissingJudgment
    pair: PairToJudge


@dataclass(frozen=True, slots=True)
class ReceivedJudgment:
    """The result of a request; `saved` is set once it is written."""

    missing: MissingJudgment
    judgment: Judgment
    saved: asyncio.Event


@dataclass(frozen=True, slots=True)
class ClaimRound:
    """The judgments written and those newly claimed at once; `some_elsewhere`: other processes hold some that are missing."""

    written: list[SavedJudgment]
    claimed: list[ClaimedJudgment]
    some_elsewhere: bool


class ClaimedWork:
    """The missing judgments of one judge that this process has claimed; a claim lasts `seconds`."""

    def __init__(
        self, store: Store, recorded: RecordedTask | RecordedQuestions, judge: LlmJudge, seconds: float
    ) -> None:
        self._store, self._judge, self.seconds = store, judge, seconds
        self._run_id, self._judge_id = recorded.run_id, recorded.judge_id
        self._scope = replace(recorded.scope, exclude_batched=True)
        self._purpose = recorded.scope.purpose
        self._holder = secrets.token_hex(8)
        self._last_pair: tuple[int, PairToJudge, int | None] | None = None
        self.held: set[MissingJudgment] = set()

    def missing(self) -> list[MissingJudgment]:
        """Return the judgments that are missing and not part of a batch."""
        return judgments.missing_judgments(self._store, self._run_id, self._judge_id, self._scope)

    def write_and_claim(
        self, received: Sequence[ReceivedJudgment], todo: deque[MissingJudgment], room: int, *, renewing: bool = False
    ) -> ClaimRound:
        """Write received judgments and release their claims, then claim up to `room` judgments from `todo`.

        Judgments that need no request are written at once; those that other processes have claimed are dropped from
        `todo`. With `renewing` the claims that are held are extended.
        """
        written: list[SavedJudgment] = []
        settled = [result.missing for result in received]
        with self._store.writing() as conn:
            if renewing:
                claims.renew(conn, self._judge_id, self.held, self._holder, self.seconds)
            for result in received:
                judgment = replace(result.judgment, reference_id=result.missing.reference_id)
                self._add(conn, written, SavedJudgment(result.missing.pair_id, judgment))
            claims.release(conn, self._judge_id, settled, self._holder)
            wanted = self._without_judgment(conn, todo, room, written)
            granted = set(
                claims.claim(conn, self._judge_id, [one.missing for one in wanted], self._holder, self.seconds)
            )
            if written and self._purpose is Purpose.VERDICT:
                write_verdicts(conn, {saved.pair_id for saved in written}, self._judge_id)
        self.held.difference_update(settled)
        self.held |= granted
        claimed = [item for item in wanted if item.missing in granted]
        return ClaimRound(written, claimed, len(claimed) < len(wanted))

    def _add(
        self,
        conn: sqlite3.Connection,
        written: list[SavedJudgment],
        saved: SavedJudgment,
        source: int | None = None,
    ) -> None:
        judgments.add_judgment_only(
            conn, saved.pair_id, self._judge_id, saved.judgment, source, redo=self._scope.redo, purpose=self._purpose
        )
        written.append(saved)

    def _without_judgment(
        self, conn: sqlite3.Connection, todo: deque[MissingJudgment], room: int, written: list[SavedJudgment]
    ) -> list[ClaimedJudgment]:
        """Take judgments from `todo` until `room` of them need a request, and write those that need none."""
        wanted: list[ClaimedJudgment] = []
        self._last_pair = None  # its reference may have been mended since
        for _ in range(min(_CLAIM_CHUNK, len(todo))):
            if len(wanted) >= room:
                break
            missing = todo.popleft()
            pair, reference_id = self._pair(missing.pair_id)
            seen = reference_id if self._judge.record.takes_reference else None
            item = ClaimedJudgment(replace(missing, reference_id=seen), pair)
            if not self._write_without_request(conn, item, written):
                wanted.append(item)
        return wanted

    def _write_without_request(
        self, conn: sqlite3.Connection, item: ClaimedJudgment, written: list[SavedJudgment]
    ) -> bool:
        """Write the judgment if it needs no request (identical answers, or an equal pair); return whether it is there."""
        missing, redo, purpose = item.missing, self._scope.redo, self._purpose
        if judgments.is_judged(self._store, self._judge_id, missing, redo=redo, purpose=purpose):
            return True  # another process was first
        judgment, source = self._judge.judge_identical(item.pair, missing.order, missing.sample), None
        if judgment is None:
            found = judgments.find_reusable(self._store, self._judge_id, missing, readable=redo, purpose=purpose)
            if found is None:
                return False
            source = found[0]
            judgment = replace(found[1], cost=0.0, input_tokens=None, output_tokens=None, seconds=None, at=None)
        judgment = replace(judgment, reference_id=missing.reference_id)
        self._add(conn, written, SavedJudgment(missing.pair_id, judgment, source is not None), source)
        return True

    def close(self) -> None:
        """Close the connection to the database."""
        self._store.close()

    def _pair(self, pair_id: int) -> tuple[PairToJudge, int | None]:
        if self._last_pair is None or self._last_pair[0] != pair_id:
            self._last_pair = pair_id, *pair_to_judge(self._store, pair_id)
        return self._last_pair[1:]

    def renew(self) -> None:
        """Extend the claims."""
        with self._store.writing() as conn:
            claims.renew(conn, self._judge_id, self.held, self._holder, self.seconds)

    def release_to_batch(self, conn: sqlite3.Connection, batched: Sequence[MissingJudgment]) -> None:
        """Release the claims on judgments that a batch requests, which need no claim from now on."""
        claims.release(conn, self._judge_id, batched, self._holder)
        self.held.difference_update(batched)

    def release_all(self) -> None:
        """Release all claims."""
        if not self.held:
            return
        with self._store.writing() as conn:
            claims.release(conn, self._judge_id, self.held, self._holder)
        self.held.clear()


def pair_to_judge(store: Store, pair_id: int) -> tuple[PairToJudge, int | None]:
    """Return the texts of a pair that a judge compares, and the id of the reference among them up to the pair's turn."""
    texts = pair_texts(store, pair_id)
    pair = PairToJudge(texts.text, texts.turn, texts.candidate_cells, texts.baseline_cells, texts.forgotten)
    return pair, texts.reference_id


class ClaimingThread:
    """A thread with its own connection to the database in which claimed work is done, so that no request waits for it."""

    def __init__(
        self, store: Store, recorded: RecordedTask | RecordedQuestions, judge: LlmJudge, seconds: float
    ) -> None:
        self.seconds, self.fence = seconds, recorded.fence
        self._path, self._recorded, self._judge = store.path, recorded, judge
        self._executor = ThreadPoolExecutor(1, "judgments")
        self._work: ClaimedWork | None = None

    async def call(self, act: Callable[["ClaimedWork"], _Result]) -> _Result:
        """Return `act` of the claimed work; it runs to its end, after all acts before it, even if the caller is cancelled."""
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._executor, self._run, act))

    def _run(self, act: Callable[["ClaimedWork"], _Result]) -> _Result:
        if self._work is None:
            self._work = ClaimedWork(open_store(self._path), self._recorded, self._judge, self.seconds)
        return act(self._work)

    async def close(self) -> None:
        """Release all claims and close the connection."""
        try:
            if self._work is not None:
                await self.call(_end)
        finally:
            self._executor.shutdown(wait=False)


def _end(work: ClaimedWork) -> None:
    try:
        work.release_all()
    finally:
        work.close()
