"""judging -> store: claiming what is to be asked, writing what has arrived, both in one transaction.

A claim keeps other processes from asking the same; it lapses unless it is renewed, so that a dead process holds up
nobody for long.
"""

import asyncio
import secrets
import sqlite3
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from uphold.endpoints.retrying import RetryingEndpoint
from uphold.errors import EndpointError
from uphold.judging.judges import LlmJudge, failed
from uphold.records.judgments import Judgment
from uphold.records.model_calls import AccessRefused, PairToJudge
from uphold.store import claims, judgments
from uphold.store.claims import CLAIM_SECONDS
from uphold.store.database import Store
from uphold.store.judgments import WHOLE_RUN, JudgingScope, MissingJudgment
from uphold.store.pairs import pair_texts
from uphold.workflows.concurrency import SpendingCap, WorkControl
from uphold.workflows.judging_progress import SavedJudgment

_AT_A_TIME = 200


@dataclass(frozen=True, slots=True)
class ClaimedJudgment:
    """Something to ask, with everything that is read of it."""

    ask: MissingJudgment
    comparison: PairToJudge


@dataclass(frozen=True, slots=True)
class ReceivedJudgment:
    """What became of something asked; `saved` is called once it is in the file."""

    ask: MissingJudgment
    judgment: Judgment
    saved: Callable[[], None] = lambda: None


class ClaimedWork:
    """What one process holds of one judge on one run."""

    def __init__(
        self,
        store: Store,
        run_id: int,
        judge_id: int,
        judge: LlmJudge,
        seconds: float = CLAIM_SECONDS,
        scope: JudgingScope = WHOLE_RUN,
    ) -> None:
        self._store, self._run_id, self._judge_id, self._judge = store, run_id, judge_id, judge
        self.seconds, self._scope = seconds, replace(scope, not_out=True)
        self._holder = secrets.token_hex(8)
        self._last: tuple[int, PairToJudge] | None = None
        self.held: set[MissingJudgment] = set()
        self.left_to_others = False

    def missing(self) -> list[MissingJudgment]:
        """What is still to be had, but for what a batch is being asked."""
        return judgments.missing(self._store, self._run_id, self._judge_id, self._scope)

    def write_and_claim(
        self, arrivals: Sequence[ReceivedJudgment], todo: deque[MissingJudgment], room: int
    ) -> tuple[list[SavedJudgment], list[ClaimedJudgment]]:
        """Write arrivals and give their claims back; take up to `room` new ones from `todo`.

        What needs no asking is written at once; what others have claimed is left to them.
        """
        written: list[SavedJudgment] = []
        with self._store.writing() as conn:
            for arrival in arrivals:
                pair_id = arrival.ask.pair_id
                judgments.add_judgment(conn, pair_id, self._judge_id, arrival.judgment, redo=self._scope.redo)
                claims.release(conn, self._judge_id, arrival.ask, self._holder)
                written.append(SavedJudgment(pair_id, arrival.judgment))
            work = self._claim(conn, todo, room, written)
        for arrival in arrivals:
            arrival.saved()
        self.held.difference_update(arrival.ask for arrival in arrivals)
        self.held.update(one.ask for one in work)
        return written, work

    def _claim(
        self, conn: sqlite3.Connection, todo: deque[MissingJudgment], room: int, written: list[SavedJudgment]
    ) -> list[ClaimedJudgment]:
        wanted: list[ClaimedJudgment] = []
        for _ in range(min(_AT_A_TIME, len(todo))):
            if len(wanted) >= room:
                break
            ask = todo.popleft()
            work = ClaimedJudgment(ask, self._comparison(ask.pair_id))
            if not self._settle_unasked(conn, work, written):
                wanted.append(work)
        had = set(claims.claim(conn, self._judge_id, [one.ask for one in wanted], self._holder, self.seconds))
        self.left_to_others |= len(had) < len(wanted)
        return [one for one in wanted if one.ask in had]

    def _settle_unasked(self, conn: sqlite3.Connection, work: ClaimedJudgment, written: list[SavedJudgment]) -> bool:
        """Write the judgment that can be had without asking, if there is one; True where nothing is left to ask."""
        ask, redo = work.ask, self._scope.redo
        if judgments.settled(self._store, ask.pair_id, self._judge_id, ask.order, ask.sample, redo=redo):
            return True  # another process was first
        judgment, source = self._judge.unasked(work.comparison, ask.order, ask.sample), None
        if judgment is None:
            found = judgments.reusable(self._store, ask.contents, self._judge_id, ask.order, ask.sample, readable=redo)
            if found is None:
                return False
            source = found[0]
            judgment = replace(found[1], cost=0.0, input_tokens=None, output_tokens=None, seconds=None, at=None)
        judgments.add_judgment(conn, ask.pair_id, self._judge_id, judgment, source, redo=redo)
        written.append(SavedJudgment(ask.pair_id, judgment, source is not None))
        return True

    def _comparison(self, pair_id: int) -> PairToJudge:
        if self._last is None or self._last[0] != pair_id:
            self._last = pair_id, pair_to_judge(self._store, pair_id)
        return self._last[1]

    def renew(self) -> None:
        """Make the claims last longer."""
        with self._store.writing() as conn:
            claims.renew(conn, self._judge_id, self.held, self._holder, self.seconds)

    def hand_over(self, conn: sqlite3.Connection, asks: Sequence[MissingJudgment]) -> None:
        """What a batch asks from now on needs no claim."""
        for ask in asks:
            claims.release(conn, self._judge_id, ask, self._holder)
        self.held.difference_update(asks)

    def give_back(self) -> None:
        """Let others ask what is held."""
        if not self.held:
            return
        with self._store.writing() as conn:
            for ask in self.held:
                claims.release(conn, self._judge_id, ask, self._holder)
        self.held.clear()


def pair_to_judge(store: Store, pair_id: int) -> PairToJudge:
    """What a judge is to compare."""
    texts = pair_texts(store, pair_id)
    return PairToJudge(texts.text, texts.turn, texts.candidate_cells, texts.baseline_cells)


_RENEWALS = 3


_TURNS = 3


_PATIENCE = _RENEWALS + 1


_BEAT = 1.0


@dataclass(frozen=True, slots=True)
class _Beat:
    """Something may have changed, or it is time to renew the claims."""


class JudgmentWorker:
    """What is missing of one judge on one run, asked with bounded concurrency."""

    def __init__(
        self,
        claims: ClaimedWork,
        judge: LlmJudge,
        connect: Callable[[], RetryingEndpoint],
        control: WorkControl | None = None,
    ) -> None:
        self._claims, self._judge, self._connect = claims, judge, connect
        self._control = control or WorkControl()
        self._purse = SpendingCap(self._control, judge.price)
        self._endpoint: RetryingEndpoint | None = None
        self._workers: dict[int, asyncio.Task[None]] = {}
        self._beat: asyncio.Task[None] | None = None
        self._going = asyncio.Event()
        self._ready: asyncio.Queue[ClaimedJudgment] = asyncio.Queue()
        self._arrivals: asyncio.Queue[ReceivedJudgment | _Beat | Exception] = asyncio.Queue()
        self._unsaved: list[ReceivedJudgment] = []
        self._tried: set[MissingJudgment] = set()
        self._ended = False
        self._renewed = 0.0
        self.opened: float | None = None

    @property
    def endpoint(self) -> RetryingEndpoint | None:
        """The endpoint, once it is open: how often it was asked again, how long all wait."""
        return self._endpoint

    async def ask_all(self, asks: Iterable[MissingJudgment]) -> AsyncGenerator[list[SavedJudgment], None]:
        """Ask all that is missing; yields what was written, and nothing new ([]) from time to time.

        What another process asks just now is left to it; should its claim lapse without an answer, it is asked here.
        However this ends, what has arrived is in the file. Raises Barred at the first answer of that kind.
        """
        stop_listening = self._control.listen(self._nudge(asyncio.get_running_loop()))
        try:
            todo, idle = deque(asks), 0
            while todo and idle <= _PATIENCE and not self._control.stopped:
                before = len(todo)
                async with aclosing(self._round(todo)) as batches:
                    async for written in batches:
                        yield written
                todo = deque(self._missing() if self._claims.left_to_others else ())
                if todo and len(todo) == before and not self._control.stopped:
                    idle += 1
                    yield []
                    await asyncio.sleep(self._claims.seconds / _RENEWALS)
                else:
                    idle = 0
            async for written in self._grace():
                yield written
        finally:
            stop_listening()
            await self._leave()

    def _nudge(self, loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
        def nudge() -> None:
            loop.call_soon_threadsafe(self._arrivals.put_nowait, _Beat())

        return nudge

    def _missing(self) -> list[MissingJudgment]:
        """What is still to be had; what failed here is not tried twice."""
        return [ask for ask in self._claims.missing() if ask not in self._tried]

    async def _round(self, todo: deque[MissingJudgment]) -> AsyncGenerator[list[SavedJudgment], None]:
        """Go once through what is to be done."""
        self._claims.left_to_others = False
        while (todo or self._claims.held) and not self._control.stopped:
            written = self._write_and_claim(todo)
            if written:
                yield written
            if self._claims.held:
                await self._start()
                await self._receive()
                if not self._unsaved:
                    yield []

    def _write_and_claim(self, todo: deque[MissingJudgment]) -> list[SavedJudgment]:
        room = (
            0 if self._control.stopped else 2 * self._control.concurrency - len(self._claims.held) + len(self._unsaved)
        )
        written, work = self._claims.write_and_claim(self._unsaved, todo, max(room, 0))
        self._unsaved.clear()
        for one in work:
            self._ready.put_nowait(one)
        return written

    async def _grace(self) -> AsyncGenerator[list[SavedJudgment], None]:
        """After a stop: wait for what is in flight, as long as the control allows."""
        while self._endpoint is not None and self._endpoint.in_flight and self._control.grace_left:
            timer = asyncio.get_running_loop().call_later(
                min(self._control.grace_left, 0.1), self._arrivals.put_nowait, _Beat()
            )
            try:
                await self._receive()
            finally:
                timer.cancel()
            if self._unsaved:
                yield self._write_and_claim(deque())
        errors = self._take(*self._waiting())
        if self._unsaved:
            yield self._write_and_claim(deque())
        if errors:
            raise errors[0]

    async def _start(self) -> None:
        """Open the endpoint, in a thread since its SDK may take a second to import, and keep the workers going."""
        if self._endpoint is None:
            self._endpoint = await asyncio.to_thread(self._connect)
            self._renewed = self.opened = time.monotonic()
            self._beat = asyncio.create_task(self._tick())
        if self._control.paused or self._control.stopped:
            self._going.clear()
        else:
            self._going.set()
        for number in range(self._control.concurrency):
            if number not in self._workers or self._workers[number].done():
                self._workers[number] = asyncio.create_task(self._work(number, self._endpoint))

    async def _work(self, number: int, endpoint: RetryingEndpoint) -> None:
        while not self._ended and number < self._control.concurrency:
            await self._going.wait()
            work = await self._ready.get()
            if self._control.paused or self._control.stopped:
                self._ready.put_nowait(work)
                self._going.clear()
                continue
            try:
                arrival: ReceivedJudgment | Exception | None = await self._ask(endpoint, work)
            except Exception as error:  # raised again where arrivals are received
                self._ended = True
                arrival = error
            if arrival is None:  # not now: the cap may have room again when others have come back
                self._ready.put_nowait(work)
                await asyncio.sleep(_BEAT / 20)
            else:
                await self._handed_over(arrival)

    async def _handed_over(self, arrival: ReceivedJudgment | Exception) -> None:
        """Let it be written first: what a killed process has to ask again is never more than it asks at once."""
        saved = asyncio.Event()
        if isinstance(arrival, ReceivedJudgment):
            arrival = replace(arrival, saved=saved.set)
        else:
            saved.set()
        self._arrivals.put_nowait(arrival)
        await saved.wait()

    async def _ask(self, endpoint: RetryingEndpoint, work: ClaimedJudgment) -> ReceivedJudgment | None:
        order, sample = work.ask.order, work.ask.sample
        prompt = self._judge.prompt(work.comparison, order)
        request = self._judge.request(prompt, sample)
        held = self._purse.hold(request)
        if held is None:
            return None
        judgment = None
        try:
            answer = await endpoint.answer(request)
            judgment = self._judge.read(answer, order, sample, prompt.fence)
        except AccessRefused:
            raise
        except EndpointError as error:
            if endpoint.gave_up is not None:
                self._control.stop(endpoint.gave_up)
            judgment = failed(order, sample, str(error))
        finally:
            had = judgment or failed(order, sample, "")
            self._purse.settle(held, request, had.cost, (had.input_tokens, had.output_tokens))
        return ReceivedJudgment(work.ask, judgment)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(min(_BEAT, self._claims.seconds / _RENEWALS))
            self._arrivals.put_nowait(_Beat())

    async def _receive(self) -> None:
        """Wait for an arrival and take it with all others whose bytes are here: one transaction for them together."""
        errors = self._take(await self._arrivals.get())
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        errors += self._take(*self._waiting())
        if errors:
            raise errors[0]

    def _waiting(self) -> list[ReceivedJudgment | _Beat | Exception]:
        return [self._arrivals.get_nowait() for _ in range(self._arrivals.qsize())]

    def _take(self, *arrivals: ReceivedJudgment | _Beat | Exception) -> list[Exception]:
        errors = []
        for arrival in arrivals:
            if isinstance(arrival, ReceivedJudgment):
                self._unsaved.append(arrival)
                self._tried.add(arrival.ask)
            elif isinstance(arrival, Exception):
                errors.append(arrival)
        if time.monotonic() - self._renewed >= self._claims.seconds / _RENEWALS:
            self._renewed = time.monotonic()
            self._claims.renew()
        return errors

    async def _leave(self) -> None:
        """Stop the workers, write what has arrived, give back what is claimed."""
        tasks = [*self._workers.values(), *([self._beat] if self._beat is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._unsaved += [one for one in self._waiting() if isinstance(one, ReceivedJudgment)]
        try:
            if self._unsaved:
                self._claims.write_and_claim(self._unsaved, deque(), 0)
                self._unsaved.clear()
            self._claims.give_back()
        finally:
            if self._endpoint is not None:
                await self._endpoint.close()
