"""store -> judging -> store: judges' verdicts on every pair of a run; what is settled is never judged again."""

import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass, replace

from uphold.endpoints.addresses import open_endpoint
from uphold.endpoints.retrying import RetryingEndpoint
from uphold.errors import BadUsage
from uphold.judging.judges import RulesJudge
from uphold.judging.parsing import judgment_of
from uphold.judging.prompts import WITHOUT_SCHEMA
from uphold.records.judgments import Judgment
from uphold.records.model_calls import ModelAnswer
from uphold.records.runs import Run
from uphold.store import claims, judgments
from uphold.store.database import Store
from uphold.store.judgments import JudgingScope
from uphold.store.pairs import make_pairs
from uphold.store.runs import find_run, judges_of
from uphold.workflows.batch_judging import collect
from uphold.workflows.concurrency import WorkControl
from uphold.workflows.judge_request import JudgeRequest, JudgeTask, find_judges, find_target
from uphold.workflows.judging_progress import (
    JudgeSummary,
    JudgingProgress,
    SavedJudgment,
    initial_progress,
    judge_summary,
    record_request,
)
from uphold.workflows.llm_judging import ClaimedWork, JudgmentWorker, pair_to_judge

_RULES_AT_A_TIME = 1000


async def judge_run(store: Store, request: JudgeRequest) -> AsyncGenerator[JudgingProgress | JudgeSummary, None]:
    """Judge what a run lacks; yields how far it is, and the summary after each judge.

    The run and its pairs are made where they are new. Everything that can be wrong with the request, a missing key
    too, raises BadUsage before anything is written. With nothing left to do nobody is asked anything. Results of
    batches that have ended come in first. Raises Barred when the endpoint refuses key or model; what was done by then,
    or when the task was cancelled, is kept.
    """
    which = find_target(store, request)
    asked = find_judges(store, request, which)
    control = request.control or WorkControl(request.concurrency, request.max_cost)
    made = make_pairs(
        store, which.set_id, which.set, which.candidate, which.baseline, last_turn_only=request.last_turn_only
    )
    for one in asked:
        judge_id = record_request(store, made.run_id, one)
        collected = 0
        if one.address is not None and claims.open_batches(store, judge_id):
            collected = (await collect(store, judge_id, one, request.patience)).judgments
        progress = initial_progress(store, made.run_id, judge_id, one, request.scope)
        async with aclosing(_judged(store, made.run_id, judge_id, one, request, control, progress)) as told:
            async for progress in told:
                yield progress
        yield judge_summary(store, made, one, judge_id, request.scope, progress, control.stopped, collected=collected)


async def _judged(
    store: Store,
    run_id: int,
    judge_id: int,
    one: JudgeTask,
    request: JudgeRequest,
    control: WorkControl,
    progress: JudgingProgress,
) -> AsyncGenerator[JudgingProgress, None]:
    judge, address = one.judge, one.address
    if isinstance(judge, RulesJudge):
        for written in _by_rule(store, run_id, judge_id, judge, request.scope):
            yield (progress := progress.with_written(written))
    elif progress.total and address is not None and not control.stopped:
        claims = ClaimedWork(store, run_id, judge_id, judge, request.claim_seconds, request.scope)
        asking = JudgmentWorker(
            claims, judge, lambda: RetryingEndpoint(open_endpoint(address), request.patience), control
        )
        async with aclosing(asking.ask_all(claims.missing())) as batches_written:
            async for written in batches_written:
                progress = progress.with_written(written)
                if (endpoint := asking.endpoint) is not None and asking.opened is not None:
                    progress = replace(
                        progress,
                        again=endpoint.again,
                        waiting=endpoint.pause,
                        waited=endpoint.waited,
                        seconds=time.monotonic() - asking.opened,
                    )
                yield progress


def _by_rule(
    store: Store, run_id: int, judge_id: int, judge: RulesJudge, scope: JudgingScope
) -> Iterator[list[SavedJudgment]]:
    """What a rule says of all that is missing; unreadable once more, too, with `redo`, but once only."""
    todo = judgments.missing(store, run_id, judge_id, scope)
    for start in range(0, len(todo), _RULES_AT_A_TIME):
        written = []
        with store.writing() as conn:
            for lacking in todo[start : start + _RULES_AT_A_TIME]:
                if judgments.settled(store, lacking.pair_id, judge_id, lacking.order, lacking.sample, redo=scope.redo):
                    continue
                judgment = judge.judge(pair_to_judge(store, lacking.pair_id))
                judgments.add_judgment(conn, lacking.pair_id, judge_id, judgment, redo=scope.redo)
                written.append(SavedJudgment(lacking.pair_id, judgment))
        yield written


@dataclass(frozen=True, slots=True)
class Reread:
    """What reading a judge's answers again came to; `changed` of them now say something else."""

    run: Run
    judge: str
    version: str
    answers: int
    changed: int
    now_readable: int


def reread(store: Store, wanted: str | None, judge: str | None = None) -> list[Reread]:
    """Read the stored answers of a run's LLM judges (or of the one of this name) again.

    An answer that now says something else becomes a new judgment, which supersedes the old one and cost nothing.
    """
    run = find_run(store, wanted)
    models = [(number, name, version) for number, name, version, kind in judges_of(store, run.id) if kind == "llm"]
    chosen = [one for one in models if judge is None or one[1] == judge]
    if not chosen:
        names = ", ".join(sorted({name for _, name, _ in models})) or "none"
        raise BadUsage(f"{run.name}: no answers of {judge or 'a model'} to read again; models that judged it: {names}")
    return [_reread(store, run, *one) for one in chosen]


def _reread(store: Store, run: Run, judge_id: int, name: str, version: str) -> Reread:
    changed = now_readable = 0
    with store.writing() as conn:
        found = judgments.in_force(store, run.id, judge_id)
        for number, pair_id, old in found:
            new = _read_again(old)
            if _said(new) == _said(old):
                continue
            judgments.add_judgment(conn, pair_id, judge_id, new, number, reread=True)
            changed += 1
            now_readable += old.verdict is None and new.verdict is not None
    return Reread(run, name, version, len(found), changed, now_readable)


def _read_again(old: Judgment) -> Judgment:
    patient = (old.prompt_name or "").endswith(WITHOUT_SCHEMA)
    answer = ModelAnswer(old.raw or "", old.stop_reason)
    read = judgment_of(answer, old.order, old.sample, old.prompt_name, old.fence, patient=patient)
    return replace(read, cost=0.0)


def _said(judgment: Judgment) -> tuple[object, ...]:
    return judgment.status, judgment.verdict, judgment.reason, judgment.confidence
