"""Requests missing judgments from an LLM, many at a time.

Worker tasks send requests. What they receive is written in a thread, while they go on: all that arrives meanwhile is
written together next.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing

from uphold.endpoints.adapting import RetryingEndpoint
from uphold.endpoints.addresses import TIMEOUT
from uphold.errors import EndpointError
from uphold.judging.judges import LlmJudge, failed_judgment
from uphold.judging.parsing import keeps_to_schema
from uphold.records.judgments import Judgment
from uphold.records.model_calls import Endpoint, ModelAnswer
from uphold.store.judgments import MissingJudgment
from uphold.workflows.claimed_judgments import ClaimedJudgment, ClaimingThread, ReceivedJudgment
from uphold.workflows.concurrency import WorkControl
from uphold.workflows.judging_progress import SavedJudgment
from uphold.workflows.spending import CappedEndpoint, CapReached, SpendingCap

_RENEWALS_PER_CLAIM = 3
_MAX_IDLE_PASSES = _RENEWALS_PER_CLAIM + 1
"""Passes without progress after which claims of other processes must have expired or been used."""

_HEARTBEAT_SECONDS = 1.0

_LONG_TEXT = 64 * 1024
"""Characters of an answer that is read in a thread."""

_GATHERED_SECONDS, _MOST_GATHERED_SECONDS = 0.0005, 0.02
"""How long replies are gathered before they are written together: for each request in flight, and at most."""

_FEW = 4
"""Requests in flight up to which every reply is written at once."""


class _WakeUp:
    """Queued among received judgments when the control has changed or claims may be due for renewal."""


class JudgmentWorker:
    """Requests the missing judgments of one judge on one run concurrently; `served` are the models named in its answers.

    Worker tasks send requests and queue what they receive; the generator `judge_all` has it written to the store.
    """

    def __init__(
        self,
        claims: ClaimingThread,
        judge: LlmJudge,
        connect: Callable[[Callable[[Endpoint], Endpoint]], RetryingEndpoint],
        control: WorkControl | None = None,
    ) -> None:
        self._claims, self._judge, self._connect = claims, judge, connect
        self._control = control or WorkControl()
        self._cap = SpendingCap(self._control, judge.price)
        self._endpoint: RetryingEndpoint | None = None
        self._workers: dict[int, asyncio.Task[None]] = {}
        self._heartbeat: asyncio.Task[None] | None = None
        self._resumed = asyncio.Event()
        self._ready: asyncio.Queue[ClaimedJudgment] = asyncio.Queue()
        self._received: asyncio.Queue[ReceivedJudgment | _WakeUp | Exception] = asyncio.Queue()
        self._unsaved: list[ReceivedJudgment] = []
        self._attempted: set[MissingJudgment] = set()
        self._held = 0
        self._claimed_elsewhere = False
        self._failed = False
        self._renewed_at = 0.0
        self.opened_at: float | None = None
        self.served: set[str] = set()

    @property
    def endpoint(self) -> RetryingEndpoint | None:
        """The endpoint, once it is open, with its counts of retries and pauses."""
        return self._endpoint

    @property
    def unknown_cost(self) -> float:
        """The most, in dollars, that requests may have cost whose reply was lost or came without its tokens."""
        return self._cap.unknown_cost

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
                todo = deque(await self._missing() if self._claimed_elsewhere else ())
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

    async def _missing(self) -> list[MissingJudgment]:
        """Return what is still missing, without what has been attempted here."""
        missing = await self._claims.call(lambda work: work.missing())
        return [one for one in missing if one not in self._attempted]

    async def _run_pass(self, todo: deque[MissingJudgment]) -> AsyncGenerator[list[SavedJudgment], None]:
        """Go through `todo` once, claiming and requesting."""
        self._claimed_elsewhere = False
        while (todo or self._held) and not self._control.stopped:
            written = await self._write_and_claim(todo)
            if written:
                yield written
            if self._held:
                await self._keep_workers_running()
                await self._receive()
                if not self._unsaved:
                    yield []

    async def _write_and_claim(self, todo: deque[MissingJudgment]) -> list[SavedJudgment]:
        """Write what was received and queue newly claimed judgments, up to twice as many as there are workers."""
        received, self._unsaved = self._unsaved, []
        room = 0 if self._control.stopped else 2 * self._control.concurrency - self._held + len(received)
        renewing = time.monotonic() - self._renewed_at >= self._claims.seconds / _RENEWALS_PER_CLAIM
        if not (received or renewing or (todo and room > 0)):
            return []
        try:
            done = await self._claims.call(
                lambda work: work.write_and_claim(received, todo, max(room, 0), renewing=renewing)
            )
        except Exception:
            self._unsaved = received + self._unsaved
            raise
        self._held += len(done.claimed) - len(received)
        self._claimed_elsewhere |= done.some_elsewhere
        if renewing:
            self._renewed_at = time.monotonic()
        for result in received:
            result.saved.set()
        for item in done.claimed:
            self._ready.put_nowait(item)
        return done.written

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
                yield await self._write_and_claim(deque())
        errors = self._note_received(*self._queued())
        if self._unsaved:
            yield await self._write_and_claim(deque())
        if errors:
            raise errors[0]

    async def _keep_workers_running(self) -> None:
        """Open the endpoint, in a thread since its SDK may take a second to import, and start workers that are lacking."""
        if self._endpoint is None:
            self._endpoint = await asyncio.to_thread(
                self._connect, lambda endpoint: CappedEndpoint(endpoint, self._cap)
            )
            self.opened_at = time.monotonic()
            self._heartbeat = asyncio.create_task(self._send_heartbeats())
        if self._control.paused or self._control.stopped:
            self._resumed.clear()
        else:
            self._resumed.set()
        for number in range(self._control.concurrency):
            if number not in self._workers or self._workers[number].done():
                self._workers[number] = asyncio.create_task(self._run_worker(number, self._endpoint))

    async def _run_worker(self, number: int, endpoint: RetryingEndpoint) -> None:
        """Request one judgment after the other.

        The next request is sent while the last reply is written, but not before the one before is, so that a process
        that is killed never loses more replies than it has workers.
        """
        before_last = last = asyncio.Event()
        last.set()
        while not self._failed and number < self._control.concurrency:
            await self._resumed.wait()
            await before_last.wait()
            item = await self._ready.get()
            if self._control.paused or self._control.stopped:
                self._ready.put_nowait(item)
                self._resumed.clear()
                continue
            try:
                result: ReceivedJudgment | Exception = await self._request(endpoint, item)
            except CapReached:
                return
            except Exception as error:  # raised again by the consumer of the queue
                self._failed = True
                result = error
            if isinstance(result, ReceivedJudgment):
                before_last, last = last, result.saved
            self._received.put_nowait(result)

    async def _request(self, endpoint: RetryingEndpoint, item: ClaimedJudgment) -> ReceivedJudgment:
        """Request one judgment. Raises CapReached where the cap has no room for it."""
        order, sample = item.missing.order, item.missing.sample
        prompt = self._judge.prompt(item.pair, order, self._claims.fence)
        try:
            request = self._judge.request(prompt, sample)
            answer = await endpoint.answer(request)
            if answer.model:
                self.served.add(answer.model)
            judgment = await self._read(answer, item, prompt.fence)
            if answer.with_schema and judgment.raw and not keeps_to_schema(judgment.raw, judgment.stop_reason):
                endpoint.note_disobeyed()
            if request.logprobs and answer.text.strip() and not answer.tokens:
                endpoint.note_without_logprobs()
        except EndpointError as error:
            if endpoint.gave_up is not None:
                self._control.stop(endpoint.gave_up, grace=TIMEOUT)
            judgment = failed_judgment(order, sample, str(error))
        return ReceivedJudgment(item.missing, judgment, asyncio.Event())

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
        """Wait for a result and gather others that arrive soon, so that one transaction writes them together."""
        errors = self._note_received(await self._received.get())
        if self._unsaved and self._control.concurrency > _FEW:
            await asyncio.sleep(min(_GATHERED_SECONDS * self._control.concurrency, _MOST_GATHERED_SECONDS))
        errors += self._note_received(*self._queued())
        if errors:
            raise errors[0]

    def _queued(self) -> list[ReceivedJudgment | _WakeUp | Exception]:
        return [self._received.get_nowait() for _ in range(self._received.qsize())]

    def _note_received(self, *received: ReceivedJudgment | _WakeUp | Exception) -> list[Exception]:
        """Keep received judgments for writing, and return the errors among `received`."""
        errors = []
        for item in received:
            if isinstance(item, ReceivedJudgment):
                self._unsaved.append(item)
                self._attempted.add(item.missing)
            elif isinstance(item, Exception):
                errors.append(item)
        return errors

    async def _shut_down(self) -> None:
        """Stop the workers, write what was received, release the claims and close the endpoint."""
        tasks = [*self._workers.values(), *([self._heartbeat] if self._heartbeat is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._note_received(*self._queued())
        try:
            if self._unsaved:
                await self._write_and_claim(deque())
        finally:
            try:
                await self._claims.close()
            finally:
                if self._endpoint is not None:
                    await self._endpoint.close()
