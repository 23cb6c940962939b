"""store -> batches -> store: handing in what a run lacks, and bringing in what has come back."""

from collections.abc import AsyncGenerator

from uphold.steps.batching import batchable, collect, submit
from uphold.steps.claiming import Claiming
from uphold.steps.judges import JudgeRequest, find_judges, find_which
from uphold.steps.judging import ask, beginning, summary
from uphold.steps.told import JudgeSummary
from uphold.store import batches
from uphold.store.database import Store
from uphold.store.pairs import make_pairs


async def judge_in_batches(
    store: Store, request: JudgeRequest, *, submitting: bool
) -> AsyncGenerator[JudgeSummary, None]:
    """Bring in the judges' results that are there, and unless that is all, hand in what is missing; a summary a judge.

    Raises BadUsage as judging does, and where a judge has no batches; Barred or Refused where the provider says no.
    """
    which = find_which(store, request)
    asked = find_judges(store, request, which)
    judges = [batchable(one) for one in asked]
    made = make_pairs(
        store, which.set_id, which.set, which.candidate, which.baseline, last_turn_only=request.last_turn_only
    )
    for one, judge in zip(asked, judges, strict=True):
        judge_id = ask(store, made.run_id, one)
        had = await collect(store, judge_id, one, request.patience) if batches.open_batches(store, judge_id) else None
        progress = beginning(store, made.run_id, judge_id, one, request.scope)
        sent: tuple[str, ...] = ()
        stopped = None
        if submitting:
            claims = Claiming(store, made.run_id, judge_id, judge, request.claim_seconds, request.scope)
            done = await submit(store, made.run_id, judge_id, one, claims, request.max_cost)
            sent, stopped = done.ids, done.stopped
        yield summary(
            store, made, one, judge_id, request.scope, progress, stopped, submitted=sent,
            collected=had.judgments if had else 0,
        )  # fmt: skip
