"""store -> judging -> store: judges' verdicts on every pair of a run; what is settled is never judged again."""

import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import replace

from uphold.endpoints import open_endpoint
from uphold.endpoints.pacing import Paced
from uphold.judging.specs import LlmJudge, RulesJudge
from uphold.steps.asking import Asking
from uphold.steps.batching import collect
from uphold.steps.claiming import Claiming, Written, comparison
from uphold.steps.control import Control
from uphold.steps.judges import Asked, JudgeRequest, find_judges, find_which
from uphold.steps.told import JudgeSummary, Judging
from uphold.store import batches, judgments
from uphold.store.database import Store
from uphold.store.judgments import Scope
from uphold.store.pairs import MadePairs, make_pairs
from uphold.store.runs import get_run

__all__ = ["JudgeRequest", "JudgeSummary", "Judging", "judge_run"]

_RULES_AT_A_TIME = 1000


async def judge_run(store: Store, request: JudgeRequest) -> AsyncGenerator[Judging | JudgeSummary, None]:
    """Judge what a run lacks; yields how far it is, and the summary after each judge.

    The run and its pairs are made where they are new. Everything that can be wrong with the request, a missing key
    too, raises BadUsage before anything is written. With nothing left to do nobody is asked anything. Results of
    batches that have ended come in first. Raises Barred when the endpoint refuses key or model; what was done by then,
    or when the task was cancelled, is kept.
    """
    which = find_which(store, request)
    asked = find_judges(store, request, which)
    control = request.control or Control(request.concurrency, request.max_cost)
    made = make_pairs(
        store, which.set_id, which.set, which.candidate, which.baseline, last_turn_only=request.last_turn_only
    )
    for one in asked:
        judge_id = ask(store, made.run_id, one)
        collected = 0
        if one.address is not None and batches.open_batches(store, judge_id):
            collected = (await collect(store, judge_id, one, request.patience)).judgments
        progress = beginning(store, made.run_id, judge_id, one, request.scope)
        async with aclosing(_judged(store, made.run_id, judge_id, one, request, control, progress)) as told:
            async for progress in told:
                yield progress
        yield summary(store, made, one, judge_id, request.scope, progress, control.stopped, collected=collected)


def ask(store: Store, run_id: int, one: Asked) -> int:
    """Record what the run asks of a judge; returns the judge's id."""
    with store.writing() as conn:
        judge_id = judgments.add_judge(conn, one.judge.record)
        judgments.ask(conn, run_id, judge_id, one.orders, one.samples)
    return judge_id


def summary(
    store: Store, made: MadePairs, one: Asked, judge_id: int, scope: Scope, done: Judging, stopped: str | None = None, *,
    submitted: tuple[str, ...] = (), collected: int = 0,
) -> JudgeSummary:  # fmt: skip
    """How a judge stands to a run now."""
    run_id = made.run_id
    missing = judgments.missing(store, run_id, judge_id, replace(scope, redo=False))
    return JudgeSummary(
        get_run(store, run_id), one.judge.record.name, judge_id, done, made,
        judgments.verdict_counts(store, run_id, judge_id), len({lacking.pair_id for lacking in missing}),
        len(missing) - len(judgments.missing(store, run_id, judge_id, replace(scope, redo=False, not_out=True))),
        stopped, submitted, collected,
    )  # fmt: skip


def beginning(store: Store, run_id: int, judge_id: int, one: Asked, scope: Scope) -> Judging:
    missing = judgments.missing(store, run_id, judge_id, replace(scope, not_out=True))
    priced = isinstance(one.judge, LlmJudge) and one.judge.price is not None
    name = one.judge.record.name
    return Judging(len(missing), judge=name, run_id=run_id, judge_id=judge_id, cost=0.0 if priced else None)


async def _judged(
    store: Store, run_id: int, judge_id: int, one: Asked, request: JudgeRequest, control: Control, progress: Judging
) -> AsyncGenerator[Judging, None]:
    judge, address = one.judge, one.address
    if isinstance(judge, RulesJudge):
        for written in _by_rule(store, run_id, judge_id, judge, request.scope):
            yield (progress := progress.with_written(written))
    elif progress.total and address is not None and not control.stopped:
        claims = Claiming(store, run_id, judge_id, judge, request.claim_seconds, request.scope)
        asking = Asking(claims, judge, lambda: Paced(open_endpoint(address), request.patience), control)
        async with aclosing(asking.ask_all(claims.missing())) as batches_written:
            async for written in batches_written:
                progress = progress.with_written(written)
                if (endpoint := asking.endpoint) is not None and asking.opened is not None:
                    progress = replace(
                        progress, again=endpoint.again, waiting=endpoint.pause, waited=endpoint.waited,
                        seconds=time.monotonic() - asking.opened,
                    )  # fmt: skip
                yield progress


def _by_rule(store: Store, run_id: int, judge_id: int, judge: RulesJudge, scope: Scope) -> Iterator[list[Written]]:
    """What a rule says of all that is missing; unreadable once more, too, with `redo`, but once only."""
    todo = judgments.missing(store, run_id, judge_id, scope)
    for start in range(0, len(todo), _RULES_AT_A_TIME):
        written = []
        with store.writing() as conn:
            for lacking in todo[start : start + _RULES_AT_A_TIME]:
                if judgments.settled(store, lacking.pair_id, judge_id, lacking.order, lacking.sample, redo=scope.redo):
                    continue
                judgment = judge.judge(comparison(store, lacking.pair_id))
                judgments.add_judgment(conn, lacking.pair_id, judge_id, judgment, redo=scope.redo)
                written.append(Written(lacking.pair_id, judgment))
        yield written
