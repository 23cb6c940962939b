"""Reads, keeps and tries for the workbench; each function opens the database itself, so that a thread can call it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, replace
from pathlib import Path

from uphold.records.judge_clauses import JudgePrompt, PromptVersion
from uphold.records.runs import Run
from uphold.records.trials import Trial
from uphold.settings import Settings
from uphold.workflows.concurrency import WorkControl
from uphold.workflows.decided_half import PairScope
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judge_trial import TrialPrice, TrialProgress, price_trial, run_trial
from uphold.workflows.judge_workbench import (
    ShowablePair,
    Workbench,
    keep_version,
    known_trial,
    open_workbench,
    plan_draft,
    showable_pairs,
    text_asked,
)
from uphold.workflows.lookup import Store, open_store
from uphold.workflows.tried_pair import JudgeVersion, TriedPair, read_tried_pair
from uphold_tui.widgets.background_work import BackgroundWork, WorkStatus

TrialWork = BackgroundWork[TrialProgress, Trial]
TrialStatus = WorkStatus[TrialProgress, Trial]


@dataclass(frozen=True, slots=True)
class PlannedTrial:
    """What a try of a draft would take, and the try as far as its answers are on file (None: nothing of it).

    The draft is asked so many `calls_each` about one pair; `asked` is what every request to it begins with.
    """

    price: TrialPrice
    trial: Trial | None
    calls_each: int
    asked: str


@dataclass(frozen=True, slots=True)
class WorkbenchSource:
    """Reads what the screen shows of one run, keeps versions, and begins tries.

    `plan` says what a try of a draft would take, without asking any server; `try_` returns that work, not started yet. `pair`
    reads a decided pair, with what the judges of a try said where there was one. `reviewer` is the one who looks.
    """

    run: Run
    reviewer: str
    read: Callable[[], Workbench]
    plan: Callable[[Workbench, JudgePrompt], PlannedTrial]
    try_: Callable[[Workbench, JudgePrompt], TrialWork]
    keep: Callable[[Workbench, JudgePrompt], PromptVersion]
    showable: Callable[[Workbench], list[ShowablePair]]
    pair: Callable[[int, Trial | None], TriedPair]


def workbench_source(path: Path, run: Run, reviewer: str, settings: Settings) -> WorkbenchSource:
    """Return the source of the workbench of a run in the database at `path`."""
    cap = settings.project.max_cost
    request = JudgeRequest((), run.name, max_cost=cap, settings=settings)

    def read() -> Workbench:
        with open_store(path) as store:
            return open_workbench(store, PairScope(run.set_id, run.set, (run,), run), settings)

    def plan(bench: Workbench, draft: JudgePrompt) -> PlannedTrial:
        with open_store(path) as store:
            found = plan_draft(store, bench, draft, request, with_address=False)
            price = asyncio.run(price_trial(store, found, asking=False))
            task = found.tries.task
            return PlannedTrial(price, known_trial(store, found), len(task.orders) * task.samples, text_asked(found))

    def try_(bench: Workbench, draft: JudgePrompt) -> TrialWork:
        async def work(store: Store, control: WorkControl) -> AsyncGenerator[TrialProgress | Trial, None]:
            found = plan_draft(store, bench, draft, replace(request, control=control))
            async for update in run_trial(store, found):
                yield update

        return BackgroundWork(path, bench.name_of(draft), work, TrialProgress, cap)

    def keep(bench: Workbench, draft: JudgePrompt) -> PromptVersion:
        with open_store(path) as store:
            return keep_version(store, bench, draft, reviewer, request)

    def showable(bench: Workbench) -> list[ShowablePair]:
        with open_store(path) as store:
            return showable_pairs(store, bench)

    def pair(pair_id: int, trial: Trial | None) -> TriedPair:
        with open_store(path) as store:
            if trial is None:
                return read_tried_pair(store, pair_id, None, None)
            old, new = JudgeVersion(trial.against, trial.against_version), JudgeVersion(trial.judge, trial.version)
            return read_tried_pair(store, pair_id, old, new)

    return WorkbenchSource(run, reviewer, read, plan, try_, keep, showable, pair)
