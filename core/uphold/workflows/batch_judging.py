"""Judges through the provider's batch API: submits batches, finds interrupted submissions again, collects results.

A batch is written to the store before it is submitted, with a random prefix that the ids of its requests start with;
the provider's id is added once it is known. If the process ends between the two, the next one looks for the batch by
that prefix.
"""

import secrets
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from uphold.endpoints import batches
from uphold.endpoints.batches import Batches, BatchRequest, BatchResult, BatchState
from uphold.endpoints.retrying import Retrier, RetryPolicy
from uphold.errors import BadUsage, EndpointError
from uphold.formatting import count_noun, noun
from uphold.judging.judges import LlmJudge, failed_judgment
from uphold.records.judgments import Judgment
from uphold.store import claims, judgments
from uphold.store.claims import Batch, BatchItem
from uphold.store.database import Store
from uphold.workflows.claimed_judgments import ClaimedJudgment, ClaimedWork
from uphold.workflows.concurrency import WorkControl
from uphold.workflows.cost_estimate import check_room
from uphold.workflows.judge_request import JudgeRequest, JudgeTask, find_judges, find_target
from uphold.workflows.judging_progress import (
    JudgeSummary,
    RecordedTask,
    initial_progress,
    judge_summary,
    make_run_to_judge,
    missing_outside_batches,
    record_task,
)
from uphold.workflows.spending import SpendingCap

_CLOCK_SKEW = timedelta(minutes=10)
"""How far the provider's clock may be behind ours."""

_RESULT_CHUNK = 500
"""Results written per transaction."""


@dataclass(frozen=True, slots=True)
class Collected:
    """Number of judgments that were collected, and of batches that have not ended."""

    judgments: int = 0
    pending_batches: int = 0


@dataclass(frozen=True, slots=True)
class Submitted:
    """The provider's ids of the submitted batches and the number of their requests.

    `unknown` counts batches whose submission may have failed; they are looked for the next time. `stopped` is the
    reason why not everything was submitted.
    """

    ids: tuple[str, ...] = ()
    requests: int = 0
    unknown: int = 0
    stopped: str | None = None


@dataclass(frozen=True, slots=True)
class _BatchRequest:
    """A request to submit, the judgment it is for, and the fence of its prompt."""

    entry: BatchRequest
    item: ClaimedJudgment
    fence: str


async def submit(store: Store, recorded: RecordedTask, claimed: ClaimedWork, cap: SpendingCap) -> Submitted:
    """Submit requests for all missing judgments that the cap has room for, in batches within the provider's limits.

    Judgments that need no request are written at once. Raises AccessRefused or Refused where the provider refuses the
    key, the model or a batch.
    """
    judge = batch_judge(recorded.task)
    requests, stopped = _requests(judge, recorded.fence, claimed, cap)
    if not requests:
        claimed.release_all()
        return Submitted(stopped=stopped)
    assert recorded.task.address is not None
    client = batches.open_batches(recorded.task.address)
    done = Submitted(stopped=stopped)
    try:
        remaining = iter(requests)
        for chunk in batches.chunked([request.entry for request in requests], client):
            batched = [next(remaining) for _ in chunk]
            prefix = f"uphold-{secrets.token_hex(12)}"
            with store.writing() as conn:
                items = [(request.item.missing, request.fence) for request in batched]
                batch_id = claims.add_batch(conn, recorded.run_id, recorded.judge_id, prefix, judge.with_schema, items)
                claimed.release_to_batch(conn, [missing for missing, _ in items])
            named = [replace(entry, custom_id=f"{prefix}-{number}") for number, entry in enumerate(chunk)]
            try:
                provider_id = await client.submit(named, prefix)
            except EndpointError as error:
                if not batches.was_rejected(error):
                    return replace(done, unknown=done.unknown + 1, stopped=str(error))
                with store.writing() as conn:
                    claims.mark_not_submitted(conn, batch_id)
                raise
            with store.writing() as conn:
                claims.mark_submitted(conn, batch_id, provider_id)
            done = replace(done, ids=(*done.ids, provider_id), requests=done.requests + len(chunk))
    finally:
        claimed.release_all()
        await client.close()
    return done


async def collect(store: Store, recorded: RecordedTask, patience: RetryPolicy | None = None) -> Collected:
    """Write the results of the judge's batches that have ended; raises Unavailable where the provider cannot be reached."""
    judge, judge_id = batch_judge(recorded.task), recorded.judge_id
    assert recorded.task.address is not None
    client, retry = batches.open_batches(recorded.task.address), Retrier(patience)
    done = Collected()
    try:
        for batch in claims.open_batches(store, judge_id):
            provider_id = batch.provider_id or await _find_submitted(store, client, retry, batch)
            if provider_id is None:
                still_open = any(other.id == batch.id for other in claims.open_batches(store, judge_id))
                done = replace(done, pending_batches=done.pending_batches + still_open)
                continue
            state = await retry.call(client.state, provider_id)
            if not state.ended:
                done = replace(done, pending_batches=done.pending_batches + 1)
                continue

            async def collect_results(state: BatchState, batch: Batch = batch) -> int:
                results = client.results(state.id)
                return await _write_results(store, results, judge_id, judge, batch, state.problem)

            done = replace(done, judgments=done.judgments + await retry.call(collect_results, state))
    finally:
        await client.close()
    return done


def batch_judge(task: JudgeTask, option: str = "--batch") -> LlmJudge:
    """Return the task's judge; raises BadUsage, about `option`, where its requests cannot be batched."""
    if not isinstance(task.judge, LlmJudge) or task.judge.provider not in batches.KINDS:
        kinds = " and ".join(f"{kind}:MODEL" for kind in batches.KINDS)
        raise BadUsage(f"{option}: {task.judge.record.name} has no batches; {kinds} have")
    return task.judge


def _claim_all(claimed: ClaimedWork) -> list[ClaimedJudgment]:
    todo = deque(claimed.missing())
    items: list[ClaimedJudgment] = []
    while todo:
        items += claimed.write_and_claim((), todo, len(todo)).claimed
    return items


def _requests(
    judge: LlmJudge, fence: str, claimed: ClaimedWork, cap: SpendingCap
) -> tuple[list[_BatchRequest], str | None]:
    """Return the requests that the cap has room for, and the reason if there are more than that."""
    requests: list[_BatchRequest] = []
    renewed_at = time.monotonic()
    for item in _claim_all(claimed):
        if time.monotonic() - renewed_at > claimed.seconds / 3:
            claimed.renew()
            renewed_at = time.monotonic()
        prompt = judge.prompt(item.pair, item.missing.order, fence)
        request = judge.request(prompt, item.missing.sample)
        # Held to the end of the command: nobody knows what a batch costs before its results are collected.
        if cap.try_hold(request) is None:
            these = f"{noun(len(requests), 'this', 'these')} {count_noun(len(requests), 'request')}"
            return requests, f"only {these} {noun(len(requests), 'was', 'were')} submitted: {cap.no_room(request)}"
        requests.append(_BatchRequest(BatchRequest("", request), item, prompt.fence))
    return requests, None


async def _find_submitted(store: Store, client: Batches, retry: Retrier, batch: Batch) -> str | None:
    """Return the provider's id of a batch whose submission was interrupted.

    None where the batch was never submitted, or where that is not certain yet.
    """
    since = (datetime.fromisoformat(batch.at) - _CLOCK_SKEW).isoformat().replace("+00:00", "Z")
    known = claims.provider_ids(store)
    candidates: list[BatchState] = await retry.call(client.list_since, since)
    uncertain = False
    for state in candidates:
        if state.id in known:
            continue
        if state.prefix is not None:
            is_ours = state.prefix == batch.prefix
        elif state.requests not in (0, batch.requests):
            continue
        elif not state.ended:
            uncertain = True
            continue
        else:
            is_ours = await retry.call(lambda batch_id: _has_prefix(client, batch_id, batch.prefix), state.id)
        if is_ours:
            with store.writing() as conn:
                claims.mark_submitted(conn, batch.id, state.id)
            return state.id
    if not uncertain:
        with store.writing() as conn:
            claims.mark_not_submitted(conn, batch.id)
    return None


async def _has_prefix(client: Batches, batch_id: str, prefix: str) -> bool:
    """Whether the ids of the batch's requests start with the prefix."""
    async for result in client.results(batch_id):
        return result.custom_id.startswith(prefix + "-")
    return False


async def _write_results(
    store: Store,
    results: AsyncIterator[BatchResult],
    judge_id: int,
    judge: LlmJudge,
    batch: Batch,
    problem: str | None,
) -> int:
    """Write every result that is not in the store yet, and a failed judgment for requests without one.

    `problem` is why the whole batch failed, None if it did not. Returns the number of results written.
    """
    items = claims.open_items(store, batch.id)
    count = 0
    async for chunk in _chunks(results):
        numbered = [(number, result) for result in chunk if (number := _item_number(result, batch)) in items]
        with store.writing() as conn:
            for number, result in numbered:
                if number is None or not claims.is_item_open(conn, batch.id, number):
                    continue  # another process was first
                item = items[number]
                judgment = replace(_judgment(judge, result, item, batch), reference_id=item.reference_id)
                judgment_id, _ = judgments.add_judgment(conn, item.pair_id, judge_id, judgment, redo=True)
                claims.complete_item(conn, batch.id, number, judgment_id)
                count += 1
    with store.writing() as conn:
        for number, item in claims.open_items(store, batch.id).items():
            failed = failed_judgment(item.order, item.sample, problem or "the batch ended without a result for this")
            judgment = replace(failed, reference_id=item.reference_id)
            judgment_id, _ = judgments.add_judgment(conn, item.pair_id, judge_id, judgment)
            claims.complete_item(conn, batch.id, number, judgment_id)
        claims.mark_collected(conn, batch.id)
    return count


async def _chunks(results: AsyncIterator[BatchResult]) -> AsyncIterator[list[BatchResult]]:
    chunk: list[BatchResult] = []
    async for result in results:
        chunk.append(result)
        if len(chunk) == _RESULT_CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _item_number(result: BatchResult, batch: Batch) -> int | None:
    prefix, _, number = result.custom_id.rpartition("-")
    return int(number) if prefix == batch.prefix and number.isdecimal() else None


def _judgment(judge: LlmJudge, result: BatchResult, item: BatchItem, batch: Batch) -> Judgment:
    if result.answer is None:
        return failed_judgment(item.order, item.sample, result.problem or "no result")
    answer = replace(result.answer, with_schema=batch.schema)
    return judge.read(answer, item.order, item.sample, item.fence, batched=True)


async def judge_in_batches(
    store: Store, request: JudgeRequest, *, submitting: bool
) -> AsyncGenerator[JudgeSummary, None]:
    """Collect the results of the judges' batches and, if `submitting`, submit what is missing; yields a summary a judge.

    Raises BadUsage as `judge_run` does, and for a judge that cannot be batched; AccessRefused or Refused where the
    provider refuses the key, the model or a batch.
    """
    target = find_target(store, request)
    tasks = find_judges(store, request, target, models_only=True)
    option = "--batch" if submitting else "--collect"
    judges = [batch_judge(task, option) for task in tasks]
    control = request.control or WorkControl(request.concurrency, request.max_cost)
    made = make_run_to_judge(store, target, request)
    for task, judge in zip(tasks, judges, strict=True):
        recorded = record_task(store, made, task, request.scope)
        has_open_batches = bool(claims.open_batches(store, recorded.judge_id))
        collected = await collect(store, recorded, request.patience) if has_open_batches else Collected()
        progress = initial_progress(store, recorded)
        submitted = Submitted()
        if submitting:
            cap = SpendingCap(control, judge.price, batched=True)
            check_room(store, recorded, judge, cap, missing_outside_batches(store, recorded))
            claimed = ClaimedWork(store, recorded, judge, request.claim_seconds)
            submitted = await submit(store, recorded, claimed, cap)
        yield judge_summary(
            store,
            recorded,
            progress,
            stopped=submitted.stopped,
            submitted=submitted.ids,
            collected=collected.judgments,
        )
