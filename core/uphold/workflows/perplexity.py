"""store -> endpoints -> store: how likely a system finds the reference answers of a set."""

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from uphold.endpoints.addresses import TIMEOUT, find_address, open_endpoint
from uphold.endpoints.retrying import RetryingEndpoint, RetryPolicy
from uphold.errors import BadUsage, EndpointError
from uphold.generating.systems import System, find_system
from uphold.generating.turns import ReferenceText, reference_text
from uphold.records.model_calls import AccessRefused, TokenLogprobs
from uphold.settings import Settings
from uphold.store import responses, scores
from uphold.store.database import Store
from uphold.store.responses import Lacking
from uphold.store.scores import SystemPerplexity
from uphold.store.sets import find_set
from uphold.workflows.concurrency import WorkControl, run_concurrently


@dataclass(frozen=True, slots=True)
class PerplexityRequest:
    """Which system is measured on the references of which set."""

    set: str
    system: str
    endpoint: str | None = None
    redo: bool = False
    template: str | None = None
    base_url: str | None = None
    key_variable: str | None = None
    timeout: float | None = None
    concurrency: int = 8
    patience: RetryPolicy = field(default_factory=RetryPolicy)
    settings: Settings = field(default_factory=Settings)
    control: WorkControl | None = None


@dataclass(frozen=True, slots=True)
class PerplexityProgress:
    """How far it is, in examples; `problems` are (key, why) of those without a number."""

    total: int
    done: int = 0
    no_reference: int = 0
    problems: tuple[tuple[str, str], ...] = ()
    waiting: float = 0.0
    stopped: str | None = None
    found: SystemPerplexity | None = None


@dataclass(frozen=True, slots=True)
class _Outcome:
    key: str
    problem: str | None = None


async def measure_perplexity(store: Store, request: PerplexityRequest) -> AsyncGenerator[PerplexityProgress, None]:
    """Measure what a set lacks; yields how far it is, and last the perplexity of the whole.

    Only tokens of the reference answers count. Raises BadUsage for whatever does not fit, an endpoint that tells no log
    probabilities too; Barred when key or model are refused.
    """
    set_id = find_set(store, request.set)
    known = request.settings
    system = find_system(
        request.system,
        request.endpoint,
        known.systems,
        known.endpoints,
        template=request.template,
        base_url=request.base_url,
        key_variable=request.key_variable,
        timeout=request.timeout,
    )
    if system.provider != "openai":
        raise BadUsage("perplexity: anthropic: endpoints tell no log probabilities; use openai:MODEL with --base-url")
    if not 1 <= request.concurrency <= 1000:
        raise BadUsage(f"--concurrency {request.concurrency}: a number from 1 to 1000 was expected")
    address = find_address(
        system.provider, system.model, system.base_url, system.key_variable, system.timeout or TIMEOUT
    )
    todo, without = _todo(store, set_id, system, redo=request.redo)
    progress = PerplexityProgress(len(todo), no_reference=without)
    if todo:
        control = request.control or WorkControl(request.concurrency)
        endpoint = RetryingEndpoint(open_endpoint(address), request.patience)
        with store.writing() as conn:
            system_id, _ = responses.add_generation(conn, system.name, system.definition, system.hash)

        async def one(work: tuple[Lacking, ReferenceText]) -> _Outcome:
            return await _measure(store, system, system_id, endpoint, control, address.place, *work)

        try:
            async with aclosing(run_concurrently(todo, one, control)) as outcomes:
                async for some in outcomes:
                    problems = tuple((had.key, had.problem) for had in some if had.problem is not None)
                    progress = replace(
                        progress,
                        done=progress.done + len(some) - len(problems),
                        waiting=endpoint.pause,
                        problems=progress.problems + problems,
                        stopped=control.stopped,
                    )
                    yield progress
        finally:
            await endpoint.close()
    found = scores.perplexities_of(store, set_id, [system.name])
    yield replace(progress, found=found[0] if found else None)


def _todo(store: Store, set_id: int, system: System, *, redo: bool) -> tuple[list[tuple[Lacking, ReferenceText]], int]:
    """What is to be measured, and how many examples have no reference."""
    there = set() if redo else scores.measured(store, system.name, system.scoring)
    todo: dict[int, tuple[Lacking, ReferenceText]] = {}
    without = 0
    for lacking in responses.lacking(store, set_id, system.name, every=True):
        text = reference_text(lacking.text, system.template, system.prompt)
        if text is None:
            without += 1
        elif lacking.text_id not in there:
            todo[lacking.text_id] = lacking, text
    return list(todo.values()), without


async def _measure(
    store: Store,
    system: System,
    system_id: int,
    endpoint: RetryingEndpoint,
    control: WorkControl,
    place: str,
    lacking: Lacking,
    written: ReferenceText,
) -> _Outcome:
    began = time.perf_counter()
    try:
        scored = await endpoint.score(written.text)
    except AccessRefused:
        raise
    except EndpointError as error:
        if endpoint.gave_up is not None:
            control.stop(endpoint.gave_up)
        return _Outcome(lacking.key, str(error))
    values = _of_reference(scored, written)
    if not values:
        return _Outcome(lacking.key, "the endpoint told no log probability of a token of the reference")
    with store.writing() as conn:
        scores.add_perplexity(
            conn,
            system_id,
            lacking.text_id,
            system.scoring,
            place,
            scored.model or system.model,
            system.template,
            sum(values),
            len(values),
            time.perf_counter() - began,
        )
    return _Outcome(lacking.key)


def _of_reference(scored: TokenLogprobs, written: ReferenceText) -> list[float]:
    told = zip(scored.starts, scored.logprobs, strict=True)
    return [value for start, value in told if value is not None and written.holds(start)]
