"""judging -> endpoints -> store: judging through batches: handing them in, finding them again, bringing them in.

A batch is in the file before it is handed in, under a prefix that begins the id of each of its requests; its own id is
written once the provider has told it. A process that ends between the two leaves a batch that is looked for by that
prefix the next time.
"""

import secrets
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from uphold.endpoints.retrying import RetryPolicy, SharedPause
from uphold.errors import BadUsage, EndpointError
from uphold.judging.costs import ASSUMED_OUTPUT, guessed_tokens
from uphold.judging.judges import LlmJudge, failed
from uphold.records.judgments import Judgment
from uphold.store import claims, judgments
from uphold.store.claims import Batch, BatchItem
from uphold.store.database import Store
from uphold.store.pairs import make_pairs
from uphold.workflows.judge_request import JudgeRequest, JudgeTask, find_judges, find_target
from uphold.workflows.judging_progress import JudgeSummary, initial_progress, judge_summary, record_request
from uphold.workflows.llm_judging import ClaimedJudgment, ClaimedWork

if TYPE_CHECKING:
    from uphold.endpoints.anthropic_batches import Batches, BatchResult, BatchState, SubmittedBatch

_SLACK = timedelta(minutes=10)
"""How far the provider's clock may be behind ours."""


_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Collected:
    """What was brought in: judgments, and the batches that are still out."""

    judgments: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Submitted:
    """What was handed in: the provider's ids; `unknown` batches are looked for the next time."""

    ids: tuple[str, ...] = ()
    requests: int = 0
    unknown: int = 0
    stopped: str | None = None


async def submit(
    store: Store, run_id: int, judge_id: int, one: JudgeTask, claimed: ClaimedWork, cap: float | None = None
) -> Submitted:
    """Hand in all that is missing, in batches within the provider's limits; raises Barred or Refused.

    What needs no asking is written at once. `cap`: dollars that the batches may be expected to cost.
    """
    judge = batchable(one)
    work = _claim_all(claimed)
    sent, stopped = _requests(judge, work, cap, claimed)
    if not sent:
        claimed.give_back()
        return Submitted(stopped=stopped)
    from uphold.endpoints.anthropic_batches import Batches, chunked, surely_not_made

    assert one.address is not None
    desk = Batches(one.address)
    done = Submitted(stopped=stopped)
    try:
        waiting = iter(sent)
        for chunk in chunked([entry for entry, _, _ in sent]):
            items = [next(waiting) for _ in chunk]
            prefix = f"uphold-{secrets.token_hex(12)}"
            with store.writing() as conn:
                asks = [(had.ask, fence) for _, had, fence in items]
                batch_id = claims.add_batch(conn, run_id, judge_id, prefix, judge.schema, asks)
                claimed.hand_over(conn, [ask for ask, _ in asks])
            named = [replace(entry, custom_id=f"{prefix}-{number}") for number, entry in enumerate(chunk)]
            try:
                provider_id = await desk.submit(named)
            except EndpointError as error:
                if not surely_not_made(error):
                    return replace(done, unknown=done.unknown + 1, stopped=str(error))
                with store.writing() as conn:
                    claims.mark_never(conn, batch_id)
                raise
            with store.writing() as conn:
                claims.mark_submitted(conn, batch_id, provider_id)
            done = replace(done, ids=(*done.ids, provider_id), requests=done.requests + len(chunk))
    finally:
        claimed.give_back()
        await desk.close()
    return done


async def collect(store: Store, judge_id: int, one: JudgeTask, patience: RetryPolicy | None = None) -> Collected:
    """Bring in the results of the judge's batches that have ended; raises Unavailable where the provider cannot be asked."""
    judge = batchable(one)
    from uphold.endpoints.anthropic_batches import Batches

    assert one.address is not None
    desk, pace = Batches(one.address), SharedPause(patience)
    done = Collected()
    try:
        for batch in claims.open_batches(store, judge_id):
            provider_id = batch.provider_id or await _found(store, desk, pace, batch)
            if provider_id is None:
                done = replace(done, waiting=done.waiting + _still_open(store, judge_id, batch))
                continue
            if not (await pace.through(desk.state, provider_id)).ended:
                done = replace(done, waiting=done.waiting + 1)
                continue

            async def bring(provider_id: str, batch: Batch = batch) -> int:
                return await _bring_in(store, desk, judge_id, judge, batch, provider_id)

            done = replace(done, judgments=done.judgments + await pace.through(bring, provider_id))
    finally:
        await desk.close()
    return done


def batchable(one: JudgeTask) -> LlmJudge:
    """The judge, where it can be asked through batches; raises BadUsage where it cannot."""
    if not isinstance(one.judge, LlmJudge) or one.judge.provider != "anthropic":
        raise BadUsage(f"--batch: {one.judge.record.name} has no batches; anthropic:MODEL has")
    if one.judge.temperature is not None or one.judge.seed is not None:
        raise BadUsage(f"--batch: {one.judge.record.name} has options that a batch does not take")
    return one.judge


def _still_open(store: Store, judge_id: int, batch: Batch) -> int:
    return sum(one.id == batch.id for one in claims.open_batches(store, judge_id))


def _claim_all(claimed: ClaimedWork) -> list[ClaimedJudgment]:
    todo = deque(claimed.missing())
    work: list[ClaimedJudgment] = []
    while todo:
        _, had = claimed.write_and_claim((), todo, len(todo))
        work += had
    return work


def _requests(
    judge: LlmJudge, work: Iterable[ClaimedJudgment], cap: float | None, claimed: ClaimedWork
) -> tuple[list[tuple["SubmittedBatch", ClaimedJudgment, str]], str | None]:
    """The requests, each with what it asks and its fence, as far as the cap allows; and why it ended there."""
    from uphold.endpoints.anthropic_batches import SubmittedBatch

    sent: list[tuple[SubmittedBatch, ClaimedJudgment, str]] = []
    cost, renewed = 0.0, time.monotonic()
    for one in work:
        if time.monotonic() - renewed > claimed.seconds / 3:
            claimed.renew()
            renewed = time.monotonic()
        prompt = judge.prompt(one.comparison, one.ask.order)
        request = judge.request(prompt, one.ask.sample)
        if cap is not None and judge.price is not None:
            tokens = guessed_tokens(request.system or "") + guessed_tokens(request.user)
            cost += judge.price.estimate(tokens, ASSUMED_OUTPUT, batched=True)
            if cost > cap:
                return sent, f"more than these {len(sent):,} requests are expected to pass --max-cost ${cap:.4f}"
        sent.append((SubmittedBatch("", request), one, prompt.fence))
    return sent, None


async def _found(store: Store, desk: "Batches", pace: SharedPause, batch: Batch) -> str | None:
    """The provider's id of a batch whose handing in was cut short; None where it is not known, or never came there."""
    since = (datetime.fromisoformat(batch.at) - _SLACK).isoformat().replace("+00:00", "Z")
    known = claims.known_ids(store)
    candidates: list[BatchState] = await pace.through(desk.since, since)
    unsure = False
    for state in candidates:
        if state.id in known or state.requests not in (0, batch.requests):
            continue
        if not state.ended:
            unsure = True
        elif await pace.through(lambda batch_id: _begins(desk, batch_id, batch.prefix), state.id):
            with store.writing() as conn:
                claims.mark_submitted(conn, batch.id, state.id)
            return state.id
    if not unsure:
        with store.writing() as conn:
            claims.mark_never(conn, batch.id)
    return None


async def _begins(desk: "Batches", batch_id: str, prefix: str) -> bool:
    async for result in desk.results(batch_id):
        return result.custom_id.startswith(prefix + "-")
    return False


async def _bring_in(
    store: Store, desk: "Batches", judge_id: int, judge: LlmJudge, batch: Batch, provider_id: str
) -> int:
    """Write every result that is not in the file yet; returns how many."""
    items = claims.open_items(store, batch.id)
    brought = 0
    async for results in _gathered(desk.results(provider_id)):
        had = [(number, result) for result in results if (number := _number(result, batch)) in items]
        with store.writing() as conn:
            for number, result in had:
                if number is None or not claims.is_open(conn, batch.id, number):
                    continue  # another process was first
                item = items[number]
                judgment = _judgment(judge, result, item, batch)
                judgment_id, _ = judgments.add_judgment(conn, item.pair_id, judge_id, judgment, redo=True)
                claims.settle_item(conn, batch.id, number, judgment_id)
                brought += 1
    with store.writing() as conn:
        for number, item in claims.open_items(store, batch.id).items():
            lost = failed(item.order, item.sample, "the batch ended without a result for this")
            judgment_id, _ = judgments.add_judgment(conn, item.pair_id, judge_id, lost)
            claims.settle_item(conn, batch.id, number, judgment_id)
        claims.mark_collected(conn, batch.id)
    return brought


async def _gathered(results: AsyncIterator["BatchResult"]) -> AsyncIterator[list["BatchResult"]]:
    some: list[BatchResult] = []
    async for result in results:
        some.append(result)
        if len(some) == _AT_A_TIME:
            yield some
            some = []
    if some:
        yield some


def _number(result: "BatchResult", batch: Batch) -> int | None:
    prefix, _, number = result.custom_id.rpartition("-")
    return int(number) if prefix == batch.prefix and number.isdecimal() else None


def _judgment(judge: LlmJudge, result: "BatchResult", item: BatchItem, batch: Batch) -> Judgment:
    if result.answer is None:
        return failed(item.order, item.sample, result.problem or "no result")
    answer = replace(result.answer, schema=batch.schema)
    return judge.read(answer, item.order, item.sample, item.fence, batched=True)


async def judge_in_batches(
    store: Store, request: JudgeRequest, *, submitting: bool
) -> AsyncGenerator[JudgeSummary, None]:
    """Bring in the judges' results that are there, and unless that is all, hand in what is missing; a summary a judge.

    Raises BadUsage as judging does, and where a judge has no batches; Barred or Refused where the provider says no.
    """
    which = find_target(store, request)
    asked = find_judges(store, request, which)
    judges = [batchable(one) for one in asked]
    made = make_pairs(
        store, which.set_id, which.set, which.candidate, which.baseline, last_turn_only=request.last_turn_only
    )
    for one, judge in zip(asked, judges, strict=True):
        judge_id = record_request(store, made.run_id, one)
        had = await collect(store, judge_id, one, request.patience) if claims.open_batches(store, judge_id) else None
        progress = initial_progress(store, made.run_id, judge_id, one, request.scope)
        sent: tuple[str, ...] = ()
        stopped = None
        if submitting:
            claimed = ClaimedWork(store, made.run_id, judge_id, judge, request.claim_seconds, request.scope)
            done = await submit(store, made.run_id, judge_id, one, claimed, request.max_cost)
            sent, stopped = done.ids, done.stopped
        yield judge_summary(
            store,
            made,
            one,
            judge_id,
            request.scope,
            progress,
            stopped,
            submitted=sent,
            collected=had.judgments if had else 0,
        )
