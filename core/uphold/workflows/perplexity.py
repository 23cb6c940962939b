"""Measures the perplexity of a set's reference answers under a system."""

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from uphold.endpoints.adapting import RetryingEndpoint
from uphold.endpoints.addresses import TIMEOUT, find_address, open_endpoint
from uphold.endpoints.retrying import RetryPolicy
from uphold.errors import BadUsage, EndpointError
from uphold.generating.systems import System, find_system
from uphold.generating.turns import ReferenceText, reference_text
from uphold.records.model_calls import TextToScore, TokenLogprobs
from uphold.settings import Settings
from uphold.store import responses, scores
from uphold.store.database import Store
from uphold.store.responses import UnansweredExample
from uphold.store.scores import SystemPerplexity
from uphold.store.sets import find_set
from uphold.workflows.concurrency import WorkControl, check_concurrency, run_concurrently


@dataclass(frozen=True, slots=True)
class PerplexityRequest:
    """The eval set and the system to measure; the other fields complete the system's settings in uphold.toml."""

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
    """Progress in examples; `problems` holds (key, message) of those that could not be measured.

    `no_reference` counts examples without a reference answer; `pause_left` is the time in seconds until requests are
    sent again after the server asked for a pause. The last value holds the result, the perplexity over the whole set.
    """

    total: int
    done: int = 0
    no_reference: int = 0
    problems: tuple[tuple[str, str], ...] = ()
    pause_left: float = 0.0
    stopped: str | None = None
    result: SystemPerplexity | None = None


@dataclass(frozen=True, slots=True)
class _Outcome:
    key: str
    problem: str | None = None


async def measure_perplexity(store: Store, request: PerplexityRequest) -> AsyncGenerator[PerplexityProgress, None]:
    """Measure the examples that have not been measured yet; yields progress, and last the perplexity of the whole set.

    Only tokens of the reference answers count. Raises BadUsage for a request that cannot be carried out, such as one to
    an endpoint without log probabilities. Three equal refusals of key, account or model stop it.
    """
    set_id = find_set(store, request.set)
    system = find_system(
        request.system,
        request.endpoint,
        request.settings.systems,
        request.settings.endpoints,
        template=request.template,
        base_url=request.base_url,
        key_variable=request.key_variable,
        timeout=request.timeout,
    )
    if system.provider != "openai":
        raise BadUsage("perplexity: anthropic: endpoints return no log probabilities; use openai:MODEL with --base-url")
    check_concurrency(request.concurrency)
    address = find_address(
        system.provider, system.model, system.base_url, system.key_variable, system.timeout or TIMEOUT
    )
    todo, no_reference = _unmeasured(store, set_id, system, redo=request.redo)
    progress = PerplexityProgress(len(todo), no_reference=no_reference)
    if todo:
        control = request.control or WorkControl(request.concurrency)
        endpoint = RetryingEndpoint(open_endpoint(address), request.patience)
        with store.writing() as conn:
            system_id, _ = responses.add_generation(conn, system.name, system.definition, system.hash)
        measurement = _Measurement(store, system, system_id, endpoint, control, address.display_name)
        try:
            async with aclosing(run_concurrently(todo, measurement.measure, control)) as outcomes:
                async for finished in outcomes:
                    problems = tuple((o.key, o.problem) for o in finished if o.problem is not None)
                    progress = replace(
                        progress,
                        done=progress.done + len(finished) - len(problems),
                        pause_left=endpoint.retrier.pause_left,
                        problems=progress.problems + problems,
                        stopped=control.stopped,
                    )
                    yield progress
        finally:
            await endpoint.close()
    found = scores.perplexities_of(store, set_id, [system.name])
    yield replace(progress, result=found[0] if found else None)


def _unmeasured(
    store: Store, set_id: int, system: System, *, redo: bool
) -> tuple[list[tuple[UnansweredExample, ReferenceText]], int]:
    """Return the examples to measure with their texts, and the number of examples without a reference."""
    measured: set[tuple[int, int]] = set() if redo else scores.measured_texts(store, system.name, system.scoring_hash)
    todo: dict[tuple[int, int], tuple[UnansweredExample, ReferenceText]] = {}
    no_reference = 0
    for example in responses.unanswered_examples(store, set_id, system.name, include_answered=True):
        text = reference_text(example.text, system.template, system.prompt)
        if text is None or example.reference_id is None:
            no_reference += 1
        elif (place := (example.text_id, example.reference_id)) not in measured:
            todo[place] = example, text
    return list(todo.values()), no_reference


@dataclass(frozen=True, slots=True)
class _Measurement:
    """Measures examples with one system; `endpoint_name` is the address as it is stored."""

    store: Store
    system: System
    system_id: int
    endpoint: RetryingEndpoint
    control: WorkControl
    endpoint_name: str

    async def measure(self, item: tuple[UnansweredExample, ReferenceText]) -> _Outcome:
        """Measure one example and store the sum of the log probabilities of its reference answers."""
        example, text = item
        assert example.reference_id is not None
        start = time.perf_counter()
        try:
            scored = await self.endpoint.score(TextToScore(text.text, text.spans))
        except EndpointError as error:
            if self.endpoint.gave_up is not None:
                self.control.stop(self.endpoint.gave_up, grace=TIMEOUT)
            return _Outcome(example.key, str(error))
        values = _reference_logprobs(scored, text)
        if not values:
            return _Outcome(example.key, "the endpoint returned no log probability of a token of the reference")
        with self.store.writing() as conn:
            scores.add_perplexity(
                conn,
                scores.TextPerplexity(
                    self.system_id,
                    example.text_id,
                    example.reference_id,
                    self.system.scoring_hash,
                    self.endpoint_name,
                    scored.model or self.system.model,
                    self.system.template,
                    sum(values),
                    len(values),
                    time.perf_counter() - start,
                ),
            )
        return _Outcome(example.key)


def _reference_logprobs(scored: TokenLogprobs, text: ReferenceText) -> list[float]:
    tokens = zip(scored.starts, scored.logprobs, strict=True)
    return [value for start, value in tokens if value is not None and text.contains(start)]
