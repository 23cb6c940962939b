"""store -> generating <-> endpoints -> store: the responses that a system lacks."""

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from uphold.endpoints.addresses import TIMEOUT, find_address, open_endpoint
from uphold.endpoints.retrying import RetryingEndpoint, RetryPolicy
from uphold.errors import BadUsage, EndpointError
from uphold.generating.systems import System, find_system
from uphold.generating.turns import CellMarks, marks_of, turn_request, worst
from uphold.judging.costs import Price, price_of
from uphold.judging.parsing import storable
from uphold.records.model_calls import AccessRefused
from uphold.settings import Settings
from uphold.store import responses
from uphold.store.claims import CLAIM_SECONDS
from uphold.store.database import Store
from uphold.store.responses import Begun, Lacking
from uphold.store.sets import find_set
from uphold.workflows.concurrency import SpendingCap, WorkControl, run_concurrently

_PATIENCE = 4


@dataclass(frozen=True, slots=True)
class GenerateRequest:
    """Whose responses to which set; the other fields complete what uphold.toml says of the system."""

    set: str
    system: str
    endpoint: str | None = None
    redo: bool = False
    prompt: str | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    seed: int | None = None
    base_url: str | None = None
    key_variable: str | None = None
    timeout: float | None = None
    concurrency: int = 8
    max_cost: float | None = None
    claim_seconds: float = CLAIM_SECONDS
    patience: RetryPolicy = field(default_factory=RetryPolicy)
    settings: Settings = field(default_factory=Settings)
    control: WorkControl | None = None


@dataclass(frozen=True, slots=True)
class GenerationProgress:
    """How far it is, in examples and answered turns; `problems` are (key, why) of examples without a response.

    `cost` is in dollars, None without a price; `waiting` are the seconds that all still wait; `left` examples have no
    (new) response yet.
    """

    total: int
    answered: int = 0
    turns: int = 0
    truncated: int = 0
    empty: int = 0
    refused: int = 0
    odd: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None
    problems: tuple[tuple[str, str], ...] = ()
    again: int = 0
    waiting: float = 0.0
    seconds: float = 0.0
    stopped: str | None = None
    left: int = 0

    @property
    def failed(self) -> int:
        """Examples for which no answer could be had."""
        return len(self.problems)


@dataclass(frozen=True, slots=True)
class _Outcome:
    lacking: Lacking
    turns: int = 0
    marks: tuple[CellMarks, ...] = ()
    tokens: tuple[int, int] = (0, 0)
    cost: float = 0.0
    problem: str | None = None
    whole: bool = False


async def generate(store: Store, request: GenerateRequest) -> AsyncGenerator[GenerationProgress, None]:
    """Ask a system for the responses that a set lacks; yields how far it is, the last value is how it ended.

    Everything that can be wrong raises BadUsage before anything is written; Barred when key or model are refused. Each
    answer is in the file as it arrives: a response that was cut short goes on with its next turn.
    """
    set_id = find_set(store, request.set)
    system = system_of(request)
    address = find_address(
        system.provider, system.model, system.base_url, system.key_variable, system.timeout or TIMEOUT
    )
    if not 1 <= request.concurrency <= 1000:
        raise BadUsage(f"--concurrency {request.concurrency}: a number from 1 to 1000 was expected")
    price = price_of(system.model, request.settings.prices)
    if request.max_cost is not None and price is None:
        raise BadUsage(f"--max-cost: the price of {system.model!r} is not known; put it into [prices] of uphold.toml")
    lacking = responses.lacking(store, set_id, system.name, every=request.redo)
    todo = list({one.text_id: one for one in lacking}.values())
    progress = GenerationProgress(len(todo), cost=None if price is None else 0.0, left=len(todo))
    if not todo:
        yield progress
        return
    control = request.control or WorkControl(request.concurrency, request.max_cost)
    endpoint = RetryingEndpoint(open_endpoint(address), request.patience)
    work = _Work(store, system, endpoint, control, price, request.redo, request.claim_seconds)
    began = time.monotonic()
    try:
        idle = 0
        while todo and idle <= _PATIENCE and not control.stopped:
            async with aclosing(run_concurrently(todo, work.answer, control)) as outcomes:
                async for some in outcomes:
                    work.renew()
                    progress = replace(
                        _with(progress, some),
                        again=endpoint.again,
                        waiting=endpoint.pause,
                        seconds=time.monotonic() - began,
                        stopped=control.stopped,
                    )
                    yield progress
            # What another process was at: should its claim lapse without a response, it is answered here.
            before, todo = len(todo), work.left_to_others()
            idle = idle + 1 if len(todo) == before else 0
            if todo:
                await asyncio.sleep(request.claim_seconds / _PATIENCE)
    finally:
        work.give_back()
        await endpoint.close()
    # Another process may have answered some meanwhile.
    left = progress.left if request.redo else len(responses.lacking(store, set_id, system.name))
    yield replace(progress, stopped=control.stopped, left=left)


def system_of(request: GenerateRequest) -> System:
    """The system that is asked."""
    known = request.settings
    return find_system(
        request.system,
        request.endpoint,
        known.systems,
        known.endpoints,
        prompt=request.prompt,
        max_tokens=request.max_tokens,
        temperature=request.temperature,
        seed=request.seed,
        base_url=request.base_url,
        key_variable=request.key_variable,
        timeout=request.timeout,
    )


def _with(progress: GenerationProgress, outcomes: Sequence[_Outcome]) -> GenerationProgress:
    marks = [mark for outcome in outcomes for mark in outcome.marks]
    return replace(
        progress,
        answered=progress.answered + sum(outcome.whole for outcome in outcomes),
        left=progress.left - sum(outcome.whole for outcome in outcomes),
        turns=progress.turns + sum(outcome.turns for outcome in outcomes),
        truncated=progress.truncated + sum(mark.truncated for mark in marks),
        empty=progress.empty + sum(mark.empty for mark in marks),
        refused=progress.refused + sum(mark.refused for mark in marks),
        odd=progress.odd + sum(mark.odd for mark in marks),
        input_tokens=progress.input_tokens + sum(outcome.tokens[0] for outcome in outcomes),
        output_tokens=progress.output_tokens + sum(outcome.tokens[1] for outcome in outcomes),
        cost=None if progress.cost is None else progress.cost + sum(outcome.cost for outcome in outcomes),
        problems=progress.problems + tuple((o.lacking.key, o.problem) for o in outcomes if o.problem is not None),
    )


class _Work:
    """One system's answers, one example at a time for each worker."""

    def __init__(
        self,
        store: Store,
        system: System,
        endpoint: RetryingEndpoint,
        control: WorkControl,
        price: Price | None,
        redo: bool,
        claim_seconds: float,
    ) -> None:
        self._store, self._system, self._endpoint, self._control = store, system, endpoint, control
        self._price, self._purse, self._redo = price, SpendingCap(control, price), redo
        self._holder, self._claim_seconds = secrets.token_hex(8), claim_seconds
        self._held: set[int] = set()
        self._skipped: list[Lacking] = []
        self._renewed = time.monotonic()
        with store.writing() as conn:
            definition = system.definition
            self._system_id, self._generation_id = responses.add_generation(conn, system.name, definition, system.hash)

    async def answer(self, lacking: Lacking) -> _Outcome | None:
        """Every turn of one example; None where another process is at it, or was first."""
        text_id = lacking.text_id
        with self._store.writing() as conn:
            if text_id in self._held or not responses.claim(
                conn, self._system_id, [text_id], self._holder, self._claim_seconds
            ):
                self._skipped.append(lacking)
                return None
            self._held.add(text_id)
        try:
            if not self._redo and responses.is_answered(self._store, self._system_id, text_id):
                return _Outcome(lacking, whole=True)
            return await self._answer(lacking)
        finally:
            self._held.discard(text_id)
            with self._store.writing() as conn:
                responses.release(conn, self._system_id, [text_id], self._holder)

    async def _answer(self, lacking: Lacking) -> _Outcome:
        found = responses.begun(self._store, self._generation_id, lacking.text_id)
        so_far = found or Begun(f"{time.time_ns():020d}-{secrets.token_hex(6)}", (), ())
        answers, reasons = list(so_far.answers), list(so_far.reasons)
        outcome = _Outcome(lacking)
        while len(answers) < len(lacking.text.turns):
            if self._control.stopped:
                return outcome
            request = turn_request(self._system, lacking.text, answers)
            held = self._purse.hold(request)
            if held is None:
                self._control.stop("the next request could pass --max-cost")
                return replace(outcome, problem="not asked: --max-cost")
            answer = None
            try:
                answer = await self._endpoint.answer(request)
            except AccessRefused:
                raise
            except EndpointError as error:
                if self._endpoint.gave_up is not None:
                    self._control.stop(self._endpoint.gave_up)
                return replace(outcome, problem=storable(str(error)))
            finally:
                cost = self._price.of(answer) if answer is not None and self._price is not None else None
                tokens = (answer.input_tokens, answer.output_tokens) if answer is not None else (None, None)
                self._purse.settle(held, request, cost, tokens)
            text = storable(answer.text)
            with self._store.writing() as conn:
                responses.add_turn(
                    conn, self._generation_id, lacking.text_id, so_far.attempt, len(answers) + 1, answer, text, cost
                )
            answers.append(text)
            reasons.append(answer.stop_reason)
            outcome = replace(
                outcome,
                turns=outcome.turns + 1,
                marks=(*outcome.marks, marks_of(text, answer.stop_reason)),
                tokens=(outcome.tokens[0] + (tokens[0] or 0), outcome.tokens[1] + (tokens[1] or 0)),
                cost=outcome.cost + (cost or 0.0),
            )
        with self._store.writing() as conn:
            responses.make_response(conn, self._system_id, lacking.text_id, so_far.attempt, worst(reasons))
        return replace(outcome, whole=True)

    def left_to_others(self) -> list[Lacking]:
        """What another process was at and has not answered yet; it is forgotten here."""
        skipped, self._skipped = self._skipped, []
        return skipped

    def renew(self) -> None:
        """Make the claims last longer, when it is time."""
        if self._held and time.monotonic() - self._renewed >= self._claim_seconds / 3:
            self._renewed = time.monotonic()
            with self._store.writing() as conn:
                responses.claim(conn, self._system_id, self._held, self._holder, self._claim_seconds)

    def give_back(self) -> None:
        """Let others answer what is held."""
        if self._held:
            with self._store.writing() as conn:
                responses.release(conn, self._system_id, self._held, self._holder)
