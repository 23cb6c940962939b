"""Generates the responses that a system has not given yet to the examples of an eval set."""

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from uphold.endpoints.adapting import RetryingEndpoint
from uphold.endpoints.addresses import TIMEOUT, find_address
from uphold.endpoints.retrying import RetryPolicy
from uphold.errors import BadUsage, EndpointError
from uphold.generating.systems import System, find_system
from uphold.generating.turns import CellMarks, combined_stop_reason, mark_cell, turn_request
from uphold.judging.costs import Price, find_price
from uphold.judging.parsing import storable
from uphold.records.model_calls import PaceLimits
from uphold.settings import Settings
from uphold.store import responses
from uphold.store.claims import CLAIM_SECONDS
from uphold.store.database import Store
from uphold.store.responses import GeneratedTurn, PartialAttempt, UnansweredExample
from uphold.store.sets import find_set
from uphold.workflows.concurrency import WorkControl, check_concurrency, run_concurrently
from uphold.workflows.model_servers import ServerMemory
from uphold.workflows.spending import CappedEndpoint, CapReached, SpendingCap

_MAX_IDLE_PASSES = 4
"""Passes without progress after which claims of other processes must have expired or been used."""


@dataclass(frozen=True, slots=True)
class GenerateRequest:
    """The eval set and the system to generate for; the other fields complete the system's settings in uphold.toml.

    `timeout` and `claim_seconds` are in seconds, `max_cost` in dollars.
    """

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
    """Progress of generation: `total`, `answered` and `left` count examples, the next five fields turns.

    `problems` holds (key, message) of examples whose generation failed. `cost` is in dollars, None for a model without
    a price. `retries` counts repeated requests; `pause_left` is the time in seconds until requests are sent again after
    the server asked for a pause. `stopped` is the reason why generation ended early. `adapted` says how requests were
    changed since the server takes no others.
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
    retries: int = 0
    pause_left: float = 0.0
    stopped: str | None = None
    left: int = 0
    adapted: tuple[str, ...] = ()

    @property
    def failed(self) -> int:
        """Number of examples whose generation failed."""
        return len(self.problems)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """Turns generated for one example in this invocation; `complete` if its response is stored.

    `tokens` are (input, output) tokens.
    """

    key: str
    turns: int = 0
    marks: tuple[CellMarks, ...] = ()
    tokens: tuple[int, int] = (0, 0)
    cost: float = 0.0
    problem: str | None = None
    complete: bool = False

    def add(self, marks: CellMarks, tokens: tuple[int | None, int | None], cost: float | None) -> "_Outcome":
        """Return the outcome with one more turn."""
        return replace(
            self,
            turns=self.turns + 1,
            marks=(*self.marks, marks),
            tokens=(self.tokens[0] + (tokens[0] or 0), self.tokens[1] + (tokens[1] or 0)),
            cost=self.cost + (cost or 0.0),
        )


async def generate(store: Store, request: GenerateRequest) -> AsyncGenerator[GenerationProgress, None]:
    """Generate the missing responses of a system to a set; yields progress, the last value being the result.

    Each turn is written when it arrives, so that an interrupted response continues with its next turn. Raises BadUsage,
    before anything is written, for a request that cannot be carried out. Three equal refusals of key, account, model or
    request stop it; the last value says why.
    """
    set_id = find_set(store, request.set)
    system = _system(request)
    address = find_address(
        system.provider, system.model, system.base_url, system.key_variable, system.timeout or TIMEOUT
    )
    check_concurrency(request.concurrency)
    price = find_price(system.model, request.settings.prices)
    if request.max_cost is not None and price is None:
        raise BadUsage(f"--max-cost: the price of {system.model!r} is not known; put it into [prices] of uphold.toml")
    examples = responses.unanswered_examples(store, set_id, system.name, include_answered=request.redo)
    todo = list({example.text_id: example for example in examples}.values())
    progress = GenerationProgress(len(todo), cost=None if price is None else 0.0, left=len(todo))
    if not todo:
        yield progress
        return
    control = request.control or WorkControl(request.concurrency, request.max_cost)
    server = ServerMemory(
        store, address, request.patience, PaceLimits(system.requests_per_minute, system.tokens_per_minute)
    )
    cap = SpendingCap(control, price)
    endpoint = server.connect(lambda opened: CappedEndpoint(opened, cap))
    generator = _ResponseGenerator(store, system, endpoint, control, price, request)
    try:
        idle_passes = 0
        while todo and idle_passes <= _MAX_IDLE_PASSES and not control.stopped:
            async with aclosing(run_concurrently(todo, generator.generate, control)) as outcomes:
                async for finished in outcomes:
                    generator.renew_claims()
                    progress = replace(
                        _add_outcomes(progress, finished),
                        retries=endpoint.retrier.retries,
                        pause_left=endpoint.retrier.pause_left,
                        stopped=control.stopped,
                        adapted=tuple(endpoint.notes),
                    )
                    server.keep(endpoint)
                    yield progress
            # Examples that another process has claimed are generated here if its claim expires without a response.
            before, todo = len(todo), generator.take_skipped()
            idle_passes = idle_passes + 1 if len(todo) == before else 0
            if todo:
                await asyncio.sleep(request.claim_seconds / _MAX_IDLE_PASSES)
    finally:
        generator.release_claims()
        await endpoint.close()
    # Another process may have generated some of them meanwhile.
    left = progress.left if request.redo else len(responses.unanswered_examples(store, set_id, system.name))
    yield replace(progress, stopped=control.stopped or endpoint.refusals.refused_all, left=left)


def _system(request: GenerateRequest) -> System:
    return find_system(
        request.system,
        request.endpoint,
        request.settings.systems,
        request.settings.endpoints,
        prompt=request.prompt,
        max_tokens=request.max_tokens,
        temperature=request.temperature,
        seed=request.seed,
        base_url=request.base_url,
        key_variable=request.key_variable,
        timeout=request.timeout,
    )


def _add_outcomes(progress: GenerationProgress, outcomes: Sequence[_Outcome]) -> GenerationProgress:
    marks = [mark for outcome in outcomes for mark in outcome.marks]
    return replace(
        progress,
        answered=progress.answered + sum(outcome.complete for outcome in outcomes),
        left=progress.left - sum(outcome.complete for outcome in outcomes),
        turns=progress.turns + sum(outcome.turns for outcome in outcomes),
        truncated=progress.truncated + sum(mark.truncated for mark in marks),
        empty=progress.empty + sum(mark.empty for mark in marks),
        refused=progress.refused + sum(mark.refused for mark in marks),
        odd=progress.odd + sum(mark.unknown_stop for mark in marks),
        input_tokens=progress.input_tokens + sum(outcome.tokens[0] for outcome in outcomes),
        output_tokens=progress.output_tokens + sum(outcome.tokens[1] for outcome in outcomes),
        cost=None if progress.cost is None else progress.cost + sum(outcome.cost for outcome in outcomes),
        problems=progress.problems + tuple((o.key, o.problem) for o in outcomes if o.problem is not None),
    )


class _ResponseGenerator:
    """Generates one system's responses, with a claim on each example while it is worked on."""

    def __init__(
        self,
        store: Store,
        system: System,
        endpoint: RetryingEndpoint,
        control: WorkControl,
        price: Price | None,
        request: GenerateRequest,
    ) -> None:
        self._store, self._system, self._endpoint, self._control = store, system, endpoint, control
        self._price, self._redo = price, request.redo
        self._holder, self._claim_seconds = secrets.token_hex(8), request.claim_seconds
        self._claimed: set[int] = set()
        self._skipped: list[UnansweredExample] = []
        self._renewed_at = time.monotonic()
        with store.writing() as conn:
            definition = system.definition
            self._system_id, self._generation_id = responses.add_generation(conn, system.name, definition, system.hash)

    async def generate(self, example: UnansweredExample) -> _Outcome | None:
        """Generate the response to one example; return None where it is claimed elsewhere."""
        text_id = example.text_id
        with self._store.writing() as conn:
            if text_id in self._claimed or not responses.claim(
                conn, self._system_id, [text_id], self._holder, self._claim_seconds
            ):
                self._skipped.append(example)
                return None
            self._claimed.add(text_id)
        try:
            if not self._redo and responses.is_answered(self._store, self._system_id, text_id):
                return _Outcome(example.key, complete=True)
            return await self._generate_turns(example)
        finally:
            self._claimed.discard(text_id)
            with self._store.writing() as conn:
                responses.release(conn, self._system_id, [text_id], self._holder)

    async def _generate_turns(self, example: UnansweredExample) -> _Outcome:
        """Generate the turns that the example's attempt lacks, and store the response once it has all of them."""
        found = responses.find_partial_attempt(self._store, self._generation_id, example.text_id)
        partial = found or PartialAttempt(f"{time.time_ns():020d}-{secrets.token_hex(6)}", (), ())
        answers, finish_reasons = list(partial.answers), list(partial.finish_reasons)
        outcome = _Outcome(example.key)
        while len(answers) < len(example.text.turns):
            if self._control.stopped:
                return outcome
            request = turn_request(self._system, example.text, answers)
            try:
                answer = await self._endpoint.answer(request)
            except CapReached:
                return outcome
            except EndpointError as error:
                if self._endpoint.gave_up is not None:
                    self._control.stop(self._endpoint.gave_up, grace=TIMEOUT)
                return replace(outcome, problem=storable(str(error)))
            cost = self._price.cost_of(answer) if self._price is not None else None
            tokens = (answer.input_tokens, answer.output_tokens)
            text = storable(answer.text)
            with self._store.writing() as conn:
                responses.add_turn(
                    conn,
                    GeneratedTurn(
                        self._generation_id, example.text_id, partial.attempt, len(answers) + 1, answer, text, cost
                    ),
                )
            answers.append(text)
            finish_reasons.append(answer.stop_reason)
            outcome = outcome.add(mark_cell(text, answer.stop_reason), tokens, cost)
        with self._store.writing() as conn:
            responses.make_response(
                conn, self._system_id, example.text_id, partial.attempt, combined_stop_reason(finish_reasons)
            )
        return replace(outcome, complete=True)

    def take_skipped(self) -> list[UnansweredExample]:
        """Return the examples skipped because they were claimed elsewhere, and forget them."""
        skipped, self._skipped = self._skipped, []
        return skipped

    def renew_claims(self) -> None:
        """Extend the claims if they are due for renewal."""
        if self._claimed and time.monotonic() - self._renewed_at >= self._claim_seconds / 3:
            self._renewed_at = time.monotonic()
            with self._store.writing() as conn:
                responses.claim(conn, self._system_id, self._claimed, self._holder, self._claim_seconds)

    def release_claims(self) -> None:
        """Release all claims."""
        if self._claimed:
            with self._store.writing() as conn:
                responses.release(conn, self._system_id, self._claimed, self._holder)
