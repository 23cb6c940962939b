"""judging <-> endpoints -> store: asking a model for every judgment that is missing.

Workers ask; one loop writes what they bring, each batch of arrivals in one transaction, and claims what comes next in
that same transaction, so that two processes never ask the same.
"""

import asyncio
import secrets
import sqlite3
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass, replace

from uphold.errors import EndpointError
from uphold.judging.specs import LlmJudge, failed
from uphold.records.asking import Barred, Comparison, Endpoint
from uphold.records.judged import Judgment
from uphold.records.words import Status
from uphold.store import judgments
from uphold.store.database import Store
from uphold.store.judgments import Ask
from uphold.store.pairs import pair_texts

CLAIM_SECONDS = 15.0
"""How long a claim lasts unless it is renewed: a process that was killed keeps another waiting no longer than that."""

_AT_A_TIME = 200
_RENEWALS = 3
_TURNS = 3
_PATIENCE = _RENEWALS + 1


@dataclass(frozen=True, slots=True)
class Written:
    """One judgment that is in the file now: asked for, had without asking, or (`reused`) copied from an equal pair."""

    pair_id: int
    judgment: Judgment
    reused: bool = False


@dataclass(frozen=True, slots=True)
class _Work:
    ask: Ask
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class _Arrival:
    ask: Ask
    judgment: Judgment


@dataclass(frozen=True, slots=True)
class _Tick:
    """It is time to renew the claims."""


class Asking:
    """What is missing of one judge on one run, asked with bounded concurrency."""

    def __init__(
        self, store: Store, run_id: int, judge_id: int, judge: LlmJudge, connect: Callable[[], Endpoint],
        concurrency: int, claim_seconds: float = CLAIM_SECONDS,
    ) -> None:  # fmt: skip
        self._store, self._run_id, self._judge_id, self._judge = store, run_id, judge_id, judge
        self._connect, self._concurrency, self._claim_seconds = connect, concurrency, claim_seconds
        self._endpoint: Endpoint | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._ready: asyncio.Queue[_Work] = asyncio.Queue()
        self._arrivals: asyncio.Queue[_Arrival | _Tick | Exception] = asyncio.Queue()
        self._unsaved: list[_Arrival] = []
        self._held: set[Ask] = set()
        self._tried: set[Ask] = set()
        self._left_to_others = self._ended = False
        self._holder = secrets.token_hex(8)
        self._last: tuple[int, Comparison] | None = None

    async def ask_all(self, asks: Iterable[Ask]) -> AsyncGenerator[list[Written], None]:
        """Ask all that is missing; yields what was written, and nothing new ([]) while it waits for others.

        What another process asks just now is left to it; should its claim lapse without an answer, it is asked here.
        However this ends, what has arrived is in the file. Raises Barred at the first answer of that kind.
        """
        try:
            todo, idle = deque(asks), 0
            while todo and idle <= _PATIENCE:
                before = len(todo)
                async with aclosing(self._round(todo)) as batches:
                    async for written in batches:
                        yield written
                todo = deque(self._missing() if self._left_to_others else ())
                if todo and len(todo) == before:
                    idle += 1
                    yield []
                    await asyncio.sleep(self._claim_seconds / _RENEWALS)
                else:
                    idle = 0
        finally:
            await self._leave()

    def _missing(self) -> list[Ask]:
        """What is still to be had; what failed here is not tried twice."""
        asks = judgments.missing(self._store, self._run_id, self._judge_id)
        return [ask for ask in asks if ask not in self._tried]

    async def _round(self, todo: deque[Ask]) -> AsyncGenerator[list[Written], None]:
        """Go once through what is to be done."""
        self._left_to_others = False
        while todo or self._held:
            written = self._write_and_claim(todo)
            if written:
                yield written
            if self._held:
                await self._start()
                await self._receive()

    def _write_and_claim(self, todo: deque[Ask]) -> list[Written]:
        written: list[Written] = []
        with self._store.writing() as conn:
            for arrival in self._unsaved:
                judgments.add_judgment(conn, arrival.ask.pair_id, self._judge_id, arrival.judgment)
                judgments.release(conn, self._judge_id, arrival.ask)
                written.append(Written(arrival.ask.pair_id, arrival.judgment))
            work = self._claim(conn, todo, written)
        self._held.difference_update(arrival.ask for arrival in self._unsaved)
        self._held.update(one.ask for one in work)
        self._unsaved.clear()
        for one in work:
            self._ready.put_nowait(one)
        return written

    def _claim(self, conn: sqlite3.Connection, todo: deque[Ask], written: list[Written]) -> list[_Work]:
        """Take the next asks: write what needs no asking, claim the rest, and leave what others have claimed."""
        room = 2 * self._concurrency - len(self._held) + len(self._unsaved)
        wanted: list[_Work] = []
        for _ in range(min(_AT_A_TIME, len(todo))):
            if len(wanted) >= room:
                break
            ask = todo.popleft()
            work = _Work(ask, self._comparison(ask.pair_id))
            if not self._settle_unasked(conn, work, written):
                wanted.append(work)
        had = set(judgments.claim(conn, self._judge_id, [one.ask for one in wanted], self._holder, self._claim_seconds))
        self._left_to_others |= len(had) < len(wanted)
        return [one for one in wanted if one.ask in had]

    def _settle_unasked(self, conn: sqlite3.Connection, work: _Work, written: list[Written]) -> bool:
        """Write the judgment that can be had without asking, if there is one; True where nothing is left to ask."""
        ask = work.ask
        judgment = self._judge.unasked(work.comparison, ask.order, ask.sample)
        source = None
        if judgment is None:
            found = judgments.reusable(self._store, ask.contents, self._judge_id, ask.order, ask.sample)
            if found is None:
                return False
            source = found[0]
            judgment = replace(found[1], cost=0.0, input_tokens=None, output_tokens=None, seconds=None, at=None)
        if not self._settled(ask):
            judgments.add_judgment(conn, ask.pair_id, self._judge_id, judgment, source)
            written.append(Written(ask.pair_id, judgment, source is not None))
        return True

    def _settled(self, ask: Ask) -> bool:
        """Has another process settled it since?"""
        on_pair = judgments.on_pair(self._store, ask.pair_id, self._judge_id)
        return on_pair is not None and any(
            judgment.order is ask.order and judgment.sample == ask.sample and judgment.status is not Status.FAILED
            for judgment in on_pair.judgments
        )

    def _comparison(self, pair_id: int) -> Comparison:
        if self._last is None or self._last[0] != pair_id:
            texts = pair_texts(self._store, pair_id)
            self._last = pair_id, Comparison(texts.text, texts.turn, texts.candidate_cells, texts.baseline_cells)
        return self._last[1]

    async def _start(self) -> None:
        """Open the endpoint, in a thread since its SDK may take a second to import, and set the workers going."""
        if self._endpoint is None:
            self._endpoint = await asyncio.to_thread(self._connect)
            workers = [self._work(self._endpoint) for _ in range(self._concurrency)]
            self._tasks = [asyncio.create_task(one) for one in (*workers, self._tick())]

    async def _work(self, endpoint: Endpoint) -> None:
        while not self._ended:
            work = await self._ready.get()
            try:
                arrival: _Arrival | Exception = await self._ask(endpoint, work)
            except Exception as error:  # raised again where arrivals are received
                self._ended = True
                arrival = error
            self._arrivals.put_nowait(arrival)

    async def _ask(self, endpoint: Endpoint, work: _Work) -> _Arrival:
        order, sample = work.ask.order, work.ask.sample
        prompt = self._judge.prompt(work.comparison, order)
        try:
            answer = await endpoint.answer(prompt.request(self._judge.max_tokens, self._judge.effort))
        except Barred:
            raise
        except EndpointError as error:
            return _Arrival(work.ask, failed(order, sample, str(error)))
        return _Arrival(work.ask, self._judge.read(answer, order, sample, prompt.fence))

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(self._claim_seconds / _RENEWALS)
            self._arrivals.put_nowait(_Tick())

    async def _receive(self) -> None:
        """Wait for an arrival and take it with all others whose bytes are here: one transaction for them together."""
        errors = self._take(await self._arrivals.get())
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        errors += self._take(*self._waiting())
        if errors:
            raise errors[0]

    def _waiting(self) -> list[_Arrival | _Tick | Exception]:
        return [self._arrivals.get_nowait() for _ in range(self._arrivals.qsize())]

    def _take(self, *arrivals: _Arrival | _Tick | Exception) -> list[Exception]:
        errors = []
        for arrival in arrivals:
            if isinstance(arrival, _Arrival):
                self._unsaved.append(arrival)
                self._tried.add(arrival.ask)
            elif isinstance(arrival, Exception):
                errors.append(arrival)
            else:
                self._renew()
        return errors

    def _renew(self) -> None:
        with self._store.writing() as conn:
            for ask in self._held:
                judgments.release(conn, self._judge_id, ask)
            judgments.claim(conn, self._judge_id, self._held, self._holder, self._claim_seconds)

    async def _leave(self) -> None:
        """Stop the workers, write what has arrived, give back what is claimed."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._take(*(one for one in self._waiting() if isinstance(one, _Arrival)))
        try:
            if self._unsaved or self._held:
                self._write_and_claim(deque())
                self._give_back()
        finally:
            if self._endpoint is not None:
                await self._endpoint.close()

    def _give_back(self) -> None:
        with self._store.writing() as conn:
            for ask in self._held:
                judgments.release(conn, self._judge_id, ask)
