"""Requests missing judgments from an LLM, with claims that keep other processes from requesting the same ones.

Received judgments are written and new ones claimed in one transaction. A claim expires unless it is renewed, so that a
process that died does not block others for long.
"""

import asyncio
import secrets
import sqlite3
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from uphold.endpoints.adapting import RetryingEndpoint
from uphold.endpoints.addresses import TIMEOUT
from uphold.errors import EndpointError
from uphold.judging.judges import LlmJudge, failed_judgment
from uphold.judging.parsing import keeps_to_schema
from uphold.records.judgments import Judgment
from uphold.records.model_calls import ModelAnswer, PairToJudge
from uphold.store import claims, judgments
from uphold.store.database import Store
from uphold.store.judgments import MissingJudgment
from uphold.store.pairs import pair_texts
from uphold.workflows.concurrency import SpendingCap, WorkControl
from uphold.workflows.judging_progress import RecordedTask, SavedJudgment

_CLAIM_CHUNK = 200
"""Most missing judgments that are looked at in one transaction."""

_RENEWALS_PER_CLAIM = 3
_MAX_IDLE_PASSES = _RENEWALS_PER_CLAIM + 1
"""Passes without progress after which claims of other processes must have expired or been used."""

_HEARTBEAT_SECONDS = 1.0

_LONG_TEXT = 64 * 1024
"""Characters of an answer that is read in a thread."""

_LOOP_TURNS = 3
"""Turns of the event loop in which further responses that have already arrived are gathered."""


@dataclass(frozen=True, slots=True)
class ClaimedJudgment:
    """A missing judgment that this process has claimed, with the texts to judge."""

    missing: MissingJudgment
    pair: PairToJudge


@dataclass(frozen=True, slots=True)
class ReceivedJudgment:
    """The result of a request; `saved` is called once it is written."""

    missing: MissingJudgment
    judgment: Judgment
    saved: Callable[[], None] = lambda: None


class ClaimedWork:
    """The missing judgments of one judge on one run that this process has claimed.

    `seconds` is how long a claim lasts; `claimed_elsewhere` is set when other processes hold some of the judgments.
    """

    def __init__(self, store: Store, recorded: RecordedTask, judge: LlmJudge, seconds: float) -> None:
        self._store, self._judge, self.seconds = store, judge, seconds
        self._run_id, self._judge_id = recorded.run_id, recorded.judge_id
        self._scope = replace(recorded.scope, exclude_batched=True)
        self._holder = secrets.token_hex(8)
        self._last_pair: tuple[int, PairToJudge, int | None] | None = None
        self.held: set[MissingJudgment] = set()
        self.claimed_elsewhere = False

    def missing(self) -> list[MissingJudgment]:
        """Return the judgments that are missing and not part of a batch."""
        return judgments.missing_judgments(self._store, self._run_id, self._judge_id, self._scope)

    def write_and_claim(
        self, received: Sequence[ReceivedJudgment], todo: deque[MissingJudgment], room: int
    ) -> tuple[list[SavedJudgment], list[ClaimedJudgment]]:
        """Write received judgments and release their claims, then claim up to `room` judgments from `todo`.

        Judgments that need no request are written at once; those that other processes have claimed are dropped from
        `todo`. Returns the written judgments and the newly claimed ones.
        """
        written: list[SavedJudgment] = []
        with self._store.writing() as conn:
            for result in received:
                pair_id = result.missing.pair_id
                judgment = replace(result.judgment, reference_id=result.missing.reference_id)
                judgments.add_judgment(conn, pair_id, self._judge_id, judgment, redo=self._scope.redo)
                claims.release(conn, self._judge_id, result.missing, self._holder)
                written.append(SavedJudgment(pair_id, result.judgment))
            claimed = self._claim(conn, todo, room, written)
        for result in received:
            result.saved()
        self.held.difference_update(result.missing for result in received)
        self.held.update(item.missing for item in claimed)
        return written, claimed

    def _claim(
        self, conn: sqlite3.Connection, todo: deque[MissingJudgment], room: int, written: list[SavedJudgment]
    ) -> list[ClaimedJudgment]:
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
        granted = set(claims.claim(conn, self._judge_id, [item.missing for item in wanted], self._holder, self.seconds))
        self.claimed_elsewhere |= len(granted) < len(wanted)
        return [item for item in wanted if item.missing in granted]

    def _write_without_request(
        self, conn: sqlite3.Connection, item: ClaimedJudgment, written: list[SavedJudgment]
    ) -> bool:
        """Write the judgment if it needs no request (identical answers, or an equal pair); return whether it is there."""
        missing, redo = item.missing, self._scope.redo
        if judgments.is_judged(self._store, self._judge_id, missing, redo=redo):
            return True  # another process was first
        judgment, source = self._judge.judge_identical(item.pair, missing.order, missing.sample), None
        if judgment is None:
            found = judgments.find_reusable(self._store, self._judge_id, missing, readable=redo)
            if found is None:
                return False
            source = found[0]
            judgment = replace(found[1], cost=0.0, input_tokens=None, output_tokens=None, seconds=None, at=None)
        judgment = replace(judgment, reference_id=missing.reference_id)
        judgments.add_judgment(conn, missing.pair_id, self._judge_id, judgment, source, redo=redo)
        written.append(SavedJudgment(missing.pair_id, judgment, source is not None))
        return True

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
        for missing in batched:
            claims.release(conn, self._judge_id, missing, self._holder)
        self.held.difference_update(batched)

    def release_all(self) -> None:
        """Release all claims."""
        if not self.held:
            return
        with self._store.writing() as conn:
            for missing in self.held:
                claims.release(conn, self._judge_id, missing, self._holder)
        self.held.clear()


def pair_to_judge(store: Store, pair_id: int) -> tuple[PairToJudge, int | None]:
    """Return the texts of a pair that a judge compares, and the id of the reference among them up to the pair's turn."""
    texts = pair_texts(store, pair_id)
    return PairToJudge(texts.text, texts.turn, texts.candidate_cells, texts.baseline_cells), texts.reference_id


@dataclass(frozen=True, slots=True)
class _WakeUp:
    """Queued among received judgments when the control has changed or claims may be due for renewal."""


class JudgmentWorker:
    """Requests the missing judgments of one judge on one run concurrently.

    Worker tasks send requests and queue what they receive; the generator `judge_all` writes it to the store.
    """

    def __init__(
        self,
        claims: ClaimedWork,
        judge: LlmJudge,
        connect: Callable[[], RetryingEndpoint],
        control: WorkControl | None = None,
    ) -> None:
        self._claims, self._judge, self._connect = claims, judge, connect
        self._control = control or WorkControl()
        self._budget = SpendingCap(self._control, judge.price)
        self._endpoint: RetryingEndpoint | None = None
        self._workers: dict[int, asyncio.Task[None]] = {}
        self._heartbeat: asyncio.Task[None] | None = None
        self._resumed = asyncio.Event()
        self._ready: asyncio.Queue[ClaimedJudgment] = asyncio.Queue()
        self._received: asyncio.Queue[ReceivedJudgment | _WakeUp | Exception] = asyncio.Queue()
        self._unsaved: list[ReceivedJudgment] = []
        self._attempted: set[MissingJudgment] = set()
        self._failed = False
        self._renewed_at = 0.0
        self.opened_at: float | None = None

    @property
    def endpoint(self) -> RetryingEndpoint | None:
        """The endpoint, once it is open, with its counts of retries and pauses."""
        return self._endpoint

    async def judge_all(self, missing: Iterable[MissingJudgment]) -> AsyncGenerator[list[SavedJudgment], None]:
        """Request all missing judgments; yields those written, and [] from time to time when there is nothing new.

        Judgments claimed by another process are left to it, and requested here if its claim expires without a result.
        However this ends, received judgments are written. Three equal refusals stop the control, with their sentence.
        """
        stop_listening = self._control.listen(self._wake_up_from_any_thread(asyncio.get_running_loop()))
        try:
            todo, idle_passes = deque(missing), 0
            while todo and idle_passes <= _MAX_IDLE_PASSES and not self._control.stopped:
                before = len(todo)
                async with aclosing(self._run_pass(todo)) as batches:
                    async for written in batches:
                        yield written
                todo = deque(self._missing() if self._claims.claimed_elsewhere else ())
                if todo and len(todo) == before and not self._control.stopped:
                    idle_passes += 1
                    yield []
                    await asyncio.sleep(self._claims.seconds / _RENEWALS_PER_CLAIM)
                else:
                    idle_passes = 0
            async for written in self._drain():
                yield written
        finally:
            stop_listening()
            await self._shut_down()

    def _wake_up_from_any_thread(self, loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
        def wake_up() -> None:
            loop.call_soon_threadsafe(self._received.put_nowait, _WakeUp())

        return wake_up

    def _missing(self) -> list[MissingJudgment]:
        """Return what is still missing, without what has been attempted here."""
        return [missing for missing in self._claims.missing() if missing not in self._attempted]

    async def _run_pass(self, todo: deque[MissingJudgment]) -> AsyncGenerator[list[SavedJudgment], None]:
        """Go through `todo` once, claiming and requesting."""
        self._claims.claimed_elsewhere = False
        while (todo or self._claims.held) and not self._control.stopped:
            written = self._write_and_claim(todo)
            if written:
                yield written
            if self._claims.held:
                await self._keep_workers_running()
                await self._receive()
                if not self._unsaved:
                    yield []

    def _write_and_claim(self, todo: deque[MissingJudgment]) -> list[SavedJudgment]:
        """Write what was received and queue newly claimed judgments, up to twice as many as there are workers."""
        room = (
            0 if self._control.stopped else 2 * self._control.concurrency - len(self._claims.held) + len(self._unsaved)
        )
        written, claimed = self._claims.write_and_claim(self._unsaved, todo, max(room, 0))
        self._unsaved.clear()
        for item in claimed:
            self._ready.put_nowait(item)
        return written

    async def _drain(self) -> AsyncGenerator[list[SavedJudgment], None]:
        """After a stop, wait for requests in flight, as long as the control allows."""
        while self._endpoint is not None and self._endpoint.retrier.in_flight and self._control.grace_left:
            timer = asyncio.get_running_loop().call_later(
                min(self._control.grace_left, 0.1), self._received.put_nowait, _WakeUp()
            )
            try:
                await self._receive()
            finally:
                timer.cancel()
            if self._unsaved:
                yield self._write_and_claim(deque())
        errors = self._note_received(*self._queued())
        if self._unsaved:
            yield self._write_and_claim(deque())
        if errors:
            raise errors[0]

    async def _keep_workers_running(self) -> None:
        """Open the endpoint, in a thread since its SDK may take a second to import, and start workers that are lacking."""
        if self._endpoint is None:
            self._endpoint = await asyncio.to_thread(self._connect)
            self._renewed_at = self.opened_at = time.monotonic()
            self._heartbeat = asyncio.create_task(self._send_heartbeats())
        if self._control.paused or self._control.stopped:
            self._resumed.clear()
        else:
            self._resumed.set()
        for number in range(self._control.concurrency):
            if number not in self._workers or self._workers[number].done():
                self._workers[number] = asyncio.create_task(self._run_worker(number, self._endpoint))

    async def _run_worker(self, number: int, endpoint: RetryingEndpoint) -> None:
        while not self._failed and number < self._control.concurrency:
            await self._resumed.wait()
            item = await self._ready.get()
            if self._control.paused or self._control.stopped:
                self._ready.put_nowait(item)
                self._resumed.clear()
                continue
            try:
                result: ReceivedJudgment | Exception | None = await self._request(endpoint, item)
            except Exception as error:  # raised again by the consumer of the queue
                self._failed = True
                result = error
            if result is None:  # the cap may have room again once other requests have finished
                self._ready.put_nowait(item)
                await asyncio.sleep(_HEARTBEAT_SECONDS / 20)
            else:
                await self._deliver(result)

    async def _deliver(self, result: ReceivedJudgment | Exception) -> None:
        """Queue a result and wait until it is written.

        A process that is killed so never loses more results than it has workers.
        """
        saved = asyncio.Event()
        if isinstance(result, ReceivedJudgment):
            result = replace(result, saved=saved.set)
        else:
            saved.set()
        self._received.put_nowait(result)
        await saved.wait()

    async def _request(self, endpoint: RetryingEndpoint, item: ClaimedJudgment) -> ReceivedJudgment | None:
        """Request one judgment; return None, without a request, where the cap has no room for it."""
        order, sample = item.missing.order, item.missing.sample
        prompt = self._judge.prompt(item.pair, order)
        request = self._judge.request(prompt, sample)
        reserved = self._budget.reserve(request)
        if reserved is None:
            return None
        judgment = None
        try:
            answer = await endpoint.answer(request)
            judgment = await self._read(answer, item, prompt.fence)
            if answer.with_schema and judgment.raw and not keeps_to_schema(judgment.raw, judgment.stop_reason):
                endpoint.note_disobeyed()
        except EndpointError as error:
            if endpoint.gave_up is not None:
                self._control.stop(endpoint.gave_up, grace=TIMEOUT)
            judgment = failed_judgment(order, sample, str(error))
        finally:
            usage = judgment or failed_judgment(order, sample, "")
            self._budget.record(reserved, request, usage.cost, (usage.input_tokens, usage.output_tokens))
        return ReceivedJudgment(item.missing, judgment)

    async def _read(self, answer: ModelAnswer, item: ClaimedJudgment, fence: str) -> Judgment:
        """Return the judgment in an answer; a long text is read in a thread, so that nobody waits for it."""
        order, sample = item.missing.order, item.missing.sample
        if len(answer.text) <= _LONG_TEXT:
            return self._judge.read(answer, order, sample, fence)
        return await asyncio.to_thread(self._judge.read, answer, order, sample, fence)

    async def _send_heartbeats(self) -> None:
        while True:
            await asyncio.sleep(min(_HEARTBEAT_SECONDS, self._claims.seconds / _RENEWALS_PER_CLAIM))
            self._received.put_nowait(_WakeUp())

    async def _receive(self) -> None:
        """Wait for a result and gather all others that have arrived, so that one transaction writes them together."""
        errors = self._note_received(await self._received.get())
        for _ in range(_LOOP_TURNS):
            await asyncio.sleep(0)
        errors += self._note_received(*self._queued())
        if errors:
            raise errors[0]

    def _queued(self) -> list[ReceivedJudgment | _WakeUp | Exception]:
        return [self._received.get_nowait() for _ in range(self._received.qsize())]

    def _note_received(self, *received: ReceivedJudgment | _WakeUp | Exception) -> list[Exception]:
        """Keep received judgments for writing, renew claims that are due, and return the errors among `received`."""
        errors = []
        for item in received:
            if isinstance(item, ReceivedJudgment):
                self._unsaved.append(item)
                self._attempted.add(item.missing)
            elif isinstance(item, Exception):
                errors.append(item)
        if time.monotonic() - self._renewed_at >= self._claims.seconds / _RENEWALS_PER_CLAIM:
            self._renewed_at = time.monotonic()
            self._claims.renew()
        return errors

    async def _shut_down(self) -> None:
        """Stop the workers, write what was received, release the claims and close the endpoint."""
        tasks = [*self._workers.values(), *([self._heartbeat] if self._heartbeat is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._unsaved += [item for item in self._queued() if isinstance(item, ReceivedJudgment)]
        try:
            if self._unsaved:
                self._claims.write_and_claim(self._unsaved, deque(), 0)
                self._unsaved.clear()
            self._claims.release_all()
        finally:
            if self._endpoint is not None:
                await self._endpoint.close()
