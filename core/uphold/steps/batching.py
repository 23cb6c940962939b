"""judging -> endpoints -> store: judging through batches: handing them in, finding them again, bringing them in.

A batch is in the file before it is handed in, under a prefix that begins the id of each of its requests; its own id is
written once the provider has told it. A process that ends between the two leaves a batch that is looked for by that
prefix the next time.
"""

import secrets
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from uphold.endpoints.pacing import Pace, Patience
from uphold.errors import BadUsage, EndpointError
from uphold.judging.estimating import ASSUMED_OUTPUT, guessed_tokens
from uphold.judging.specs import LlmJudge, failed
from uphold.records.judged import Judgment
from uphold.steps.claiming import Claiming, Work
from uphold.steps.judges import Asked
from uphold.store import batches, judgments
from uphold.store.batches import Batch, Item
from uphold.store.database import Store

if TYPE_CHECKING:
    from uphold.endpoints.batches import Batches, BatchState, Result, Sent

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
    store: Store, run_id: int, judge_id: int, one: Asked, claims: Claiming, cap: float | None = None
) -> Submitted:
    """Hand in all that is missing, in batches within the provider's limits; raises Barred or Refused.

    What needs no asking is written at once. `cap`: dollars that the batches may be expected to cost.
    """
    judge = batchable(one)
    work = _claimed(claims)
    sent, stopped = _requests(judge, work, cap, claims)
    if not sent:
        claims.give_back()
        return Submitted(stopped=stopped)
    from uphold.endpoints.batches import Batches, chunked, surely_not_made

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
                batch_id = batches.add_batch(conn, run_id, judge_id, prefix, judge.schema, asks)
                claims.hand_over(conn, [ask for ask, _ in asks])
            named = [replace(entry, custom_id=f"{prefix}-{number}") for number, entry in enumerate(chunk)]
            try:
                provider_id = await desk.submit(named)
            except EndpointError as error:
                if not surely_not_made(error):
                    return replace(done, unknown=done.unknown + 1, stopped=str(error))
                with store.writing() as conn:
                    batches.mark_never(conn, batch_id)
                raise
            with store.writing() as conn:
                batches.mark_submitted(conn, batch_id, provider_id)
            done = replace(done, ids=(*done.ids, provider_id), requests=done.requests + len(chunk))
    finally:
        claims.give_back()
        await desk.close()
    return done


async def collect(store: Store, judge_id: int, one: Asked, patience: Patience | None = None) -> Collected:
    """Bring in the results of the judge's batches that have ended; raises Unavailable where the provider cannot be asked."""
    judge = batchable(one)
    from uphold.endpoints.batches import Batches

    assert one.address is not None
    desk, pace = Batches(one.address), Pace(patience)
    done = Collected()
    try:
        for batch in batches.open_batches(store, judge_id):
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


def batchable(one: Asked) -> LlmJudge:
    """The judge, where it can be asked through batches; raises BadUsage where it cannot."""
    if not isinstance(one.judge, LlmJudge) or one.judge.provider != "anthropic":
        raise BadUsage(f"--batch: {one.judge.record.name} has no batches; anthropic:MODEL has")
    if one.judge.temperature is not None or one.judge.seed is not None:
        raise BadUsage(f"--batch: {one.judge.record.name} has options that a batch does not take")
    return one.judge


def _still_open(store: Store, judge_id: int, batch: Batch) -> int:
    return sum(one.id == batch.id for one in batches.open_batches(store, judge_id))


def _claimed(claims: Claiming) -> list[Work]:
    todo = deque(claims.missing())
    work: list[Work] = []
    while todo:
        _, had = claims.write_and_claim((), todo, len(todo))
        work += had
    return work


def _requests(
    judge: LlmJudge, work: Iterable[Work], cap: float | None, claims: Claiming
) -> tuple[list[tuple["Sent", Work, str]], str | None]:
    """The requests, each with what it asks and its fence, as far as the cap allows; and why it ended there."""
    from uphold.endpoints.batches import Sent

    sent: list[tuple[Sent, Work, str]] = []
    cost, renewed = 0.0, time.monotonic()
    for one in work:
        if time.monotonic() - renewed > claims.seconds / 3:
            claims.renew()
            renewed = time.monotonic()
        prompt = judge.prompt(one.comparison, one.ask.order)
        request = judge.request(prompt, one.ask.sample)
        if cap is not None and judge.price is not None:
            tokens = guessed_tokens(request.system or "") + guessed_tokens(request.user)
            cost += judge.price.estimate(tokens, ASSUMED_OUTPUT, batched=True)
            if cost > cap:
                return sent, f"more than these {len(sent):,} requests are expected to pass --max-cost ${cap:.4f}"
        sent.append((Sent("", request), one, prompt.fence))
    return sent, None


async def _found(store: Store, desk: "Batches", pace: Pace, batch: Batch) -> str | None:
    """The provider's id of a batch whose handing in was cut short; None where it is not known, or never came there."""
    since = (datetime.fromisoformat(batch.at) - _SLACK).isoformat().replace("+00:00", "Z")
    known = batches.known_ids(store)
    candidates: list[BatchState] = await pace.through(desk.since, since)
    unsure = False
    for state in candidates:
        if state.id in known or state.requests not in (0, batch.requests):
            continue
        if not state.ended:
            unsure = True
        elif await pace.through(lambda batch_id: _begins(desk, batch_id, batch.prefix), state.id):
            with store.writing() as conn:
                batches.mark_submitted(conn, batch.id, state.id)
            return state.id
    if not unsure:
        with store.writing() as conn:
            batches.mark_never(conn, batch.id)
    return None


async def _begins(desk: "Batches", batch_id: str, prefix: str) -> bool:
    async for result in desk.results(batch_id):
        return result.custom_id.startswith(prefix + "-")
    return False


async def _bring_in(
    store: Store, desk: "Batches", judge_id: int, judge: LlmJudge, batch: Batch, provider_id: str
) -> int:
    """Write every result that is not in the file yet; returns how many."""
    items = batches.open_items(store, batch.id)
    brought = 0
    async for results in _gathered(desk.results(provider_id)):
        had = [(number, result) for result in results if (number := _number(result, batch)) in items]
        with store.writing() as conn:
            for number, result in had:
                if number is None or not batches.is_open(conn, batch.id, number):
                    continue  # another process was first
                item = items[number]
                judgment = _judgment(judge, result, item, batch)
                judgment_id, _ = judgments.add_judgment(conn, item.pair_id, judge_id, judgment, redo=True)
                batches.settle(conn, batch.id, number, judgment_id)
                brought += 1
    with store.writing() as conn:
        for number, item in batches.open_items(store, batch.id).items():
            lost = failed(item.order, item.sample, "the batch ended without a result for this")
            judgment_id, _ = judgments.add_judgment(conn, item.pair_id, judge_id, lost)
            batches.settle(conn, batch.id, number, judgment_id)
        batches.mark_collected(conn, batch.id)
    return brought


async def _gathered(results: AsyncIterator["Result"]) -> AsyncIterator[list["Result"]]:
    some: list[Result] = []
    async for result in results:
        some.append(result)
        if len(some) == _AT_A_TIME:
            yield some
            some = []
    if some:
        yield some


def _number(result: "Result", batch: Batch) -> int | None:
    prefix, _, number = result.custom_id.rpartition("-")
    return int(number) if prefix == batch.prefix and number.isdecimal() else None


def _judgment(judge: LlmJudge, result: "Result", item: Item, batch: Batch) -> Judgment:
    if result.answer is None:
        return failed(item.order, item.sample, result.problem or "no result")
    answer = replace(result.answer, schema=batch.schema)
    return judge.read(answer, item.order, item.sample, item.fence, batched=True)
