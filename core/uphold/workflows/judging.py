"""Judges the pairs of a run that lack a judgment, and parses stored answers again."""

import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass, replace

from uphold.errors import BadUsage
from uphold.judging.judges import RulesJudge
from uphold.judging.parsing import AnswerContext, parse_judgment
from uphold.records.judgments import Judgment
from uphold.records.model_calls import ModelAnswer
from uphold.records.runs import Run
from uphold.store import claims, judgments
from uphold.store.database import Store
from uphold.store.headline_judges import run_judges
from uphold.store.judge_specs import criterion_names
from uphold.store.runs import find_run
from uphold.workflows.batch_judging import collect
from uphold.workflows.claimed_judgments import ClaimingThread, pair_to_judge
from uphold.workflows.concurrency import WorkControl
from uphold.workflows.cost_estimate import check_room
from uphold.workflows.judge_request import JudgeRequest, find_judges, find_target
from uphold.workflows.judge_revisions import note_served
from uphold.workflows.judging_progress import (
    JudgeSummary,
    JudgingProgress,
    RecordedQuestions,
    RecordedTask,
    SavedJudgment,
    initial_progress,
    judge_summary,
    make_run_to_judge,
    missing_outside_batches,
    record_task,
)
from uphold.workflows.llm_judging import JudgmentWorker
from uphold.workflows.model_servers import ServerMemory
from uphold.workflows.spending import SpendingCap

_RULE_CHUNK = 1000
"""Judgments by rule written per transaction."""


async def judge_run(store: Store, request: JudgeRequest) -> AsyncGenerator[JudgingProgress | JudgeSummary, None]:
    """Judge what a run lacks with each judge of the request; yields progress, and a summary after each judge.

    The run and its pairs are made where they are new. Judgments that are settled are not requested again. Results of
    earlier batches that have ended are collected first.

    Raises BadUsage, before anything is written, for a request that cannot be carried out, a missing API key included.
    Three equal refusals of key, account, model or request stop it; the summary says why. What was made is kept.
    """
    target = find_target(store, request)
    tasks = find_judges(store, request, target)
    control = request.control or WorkControl(request.concurrency, request.max_cost)
    made = make_run_to_judge(store, target, request)
    for task in tasks:
        recorded = record_task(store, made, task, request.scope)
        collected = 0
        if task.address is not None and claims.open_batches(store, recorded.judge_id):
            collected = (await collect(store, recorded, request.patience)).judgments
        progress = initial_progress(store, recorded)
        async with aclosing(judge_missing(store, recorded, request, control, progress)) as updates:
            async for progress in updates:
                yield progress
        stopped = control.stopped or progress.refused
        yield judge_summary(store, recorded, progress, stopped=stopped, collected=collected)


async def judge_missing(
    store: Store,
    recorded: RecordedTask | RecordedQuestions,
    request: JudgeRequest,
    control: WorkControl,
    progress: JudgingProgress,
) -> AsyncGenerator[JudgingProgress, None]:
    """Make the judgments that one judge lacks; yields progress. Raises BadUsage where the cap has no room for one request."""
    judge, address = recorded.task.judge, recorded.task.address
    if isinstance(judge, RulesJudge):
        for saved in _apply_rule(store, recorded, judge):
            yield (progress := progress.add(saved))
    elif progress.total and address is not None and not control.stopped:
        missing = missing_outside_batches(store, recorded)
        check_room(store, recorded, judge, SpendingCap(control, judge.price), missing)
        thread = ClaimingThread(store, recorded, judge, request.claim_seconds)
        server = ServerMemory(store, address, request.patience, judge.endpoint.pace)
        worker = JudgmentWorker(thread, judge, server.connect, control)
        async with aclosing(worker.judge_all(missing)) as updates:
            async for saved in updates:
                progress = progress.add(saved)
                if (endpoint := worker.endpoint) is not None and worker.opened_at is not None:
                    progress = replace(
                        progress,
                        retries=endpoint.retrier.retries,
                        pause_left=endpoint.retrier.pause_left,
                        paused=endpoint.retrier.paused_seconds,
                        elapsed=time.monotonic() - worker.opened_at,
                        unknown_cost=worker.unknown_cost,
                        adapted=tuple(endpoint.notes),
                        refused=endpoint.refusals.refused_all,
                    )
                    server.keep(endpoint)
                yield progress
        if (note := note_served(store, recorded.judge_id, worker.served)) is not None:
            yield replace(progress, adapted=(*progress.adapted, note))


def _apply_rule(
    store: Store, recorded: RecordedTask | RecordedQuestions, judge: RulesJudge
) -> Iterator[list[SavedJudgment]]:
    """Make the missing judgments of a rule; with `redo` unreadable ones are made again once."""
    judge_id, redo, purpose = recorded.judge_id, recorded.scope.redo, recorded.scope.purpose
    todo = judgments.missing_judgments(store, recorded.run_id, judge_id, recorded.scope)
    for start in range(0, len(todo), _RULE_CHUNK):
        saved = []
        with store.writing() as conn:
            for missing in todo[start : start + _RULE_CHUNK]:
                if judgments.is_judged(store, judge_id, missing, redo=redo, purpose=purpose):
                    continue
                pair, reference_id = pair_to_judge(store, missing.pair_id)
                seen = reference_id if judge.record.takes_reference else None
                wanted = replace(missing, reference_id=seen)
                known = None if redo else judgments.find_reusable(store, judge_id, wanted, purpose=purpose)
                source, judgment = known if known is not None else (None, replace(judge.judge(pair), reference_id=seen))
                judgment = replace(judgment, at=None)
                judgments.add_judgment(conn, missing.pair_id, judge_id, judgment, source, redo=redo, purpose=purpose)
                saved.append(SavedJudgment(missing.pair_id, judgment, reused=known is not None))
        yield saved


@dataclass(frozen=True, slots=True)
class Reread:
    """Result of parsing a judge's stored answers again; `changed` of them gave another judgment."""

    run: Run
    judge: str
    version: str
    answers: int
    changed: int
    now_readable: int


def reread(store: Store, wanted: str | None, judge: str | None = None) -> list[Reread]:
    """Parse the stored answers of a run's LLM judges, or of those named `judge`, again.

    An answer that is now read differently becomes a new judgment of cost 0, which supersedes the old one. Raises
    BadUsage where no such judge has judged the run.
    """
    run = find_run(store, wanted)
    models = [model for model in run_judges(store, run.id) if model.kind == "llm"]
    chosen = [model for model in models if judge is None or model.name == judge]
    if not chosen:
        names = ", ".join(sorted({model.name for model in models})) or "none"
        raise BadUsage(f"{run.name}: no answers of {judge or 'a model'} to read again; models that judged it: {names}")
    return [_reread(store, run, model.id, model.name, model.version) for model in chosen]


def _reread(store: Store, run: Run, judge_id: int, name: str, version: str) -> Reread:
    changed = now_readable = 0
    criteria = criterion_names(store, judge_id)
    with store.writing() as conn:
        found = judgments.judgments_with_raw_answer(store, run.id, judge_id)
        for number, pair_id, old in found:
            new = _parse_again(old, criteria)
            if _parsed_fields(new) == _parsed_fields(old):
                continue
            judgments.replace_judgment(conn, pair_id, judge_id, new, number)
            changed += 1
            now_readable += old.verdict is None and new.verdict is not None
    return Reread(run, name, version, len(found), changed, now_readable)


def _parse_again(old: Judgment, criteria: tuple[str, ...]) -> Judgment:
    answer = ModelAnswer(old.raw or "", old.stop_reason, form=old.request_form)
    context = AnswerContext(old.order, old.sample, old.prompt_name, old.fence, criteria)
    parsed = replace(parse_judgment(answer, context), cost=0.0, reference_id=old.reference_id)
    if parsed.verdict is not None and old.preference is not None:
        # The token probabilities are not in the text: what they said stays.
        return replace(parsed, verdict=old.verdict, preference=old.preference)
    return parsed


def _parsed_fields(judgment: Judgment) -> tuple[object, ...]:
    return judgment.status, judgment.verdict, judgment.reason, judgment.confidence, judgment.criteria
