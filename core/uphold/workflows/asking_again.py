"""Asks a judge about given pairs for another purpose than a verdict: a rerun, a try, a drift check.

It is the loop of judging, with its claims, cap, concurrency and progress. What was asked for the same purpose is not asked
twice, so that work that was stopped goes on. None of it enters a verdict, and no run's list of judges.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from uphold.judging.fences import new_fence
from uphold.judging.judges import LlmJudge
from uphold.records.enums import JudgmentStatus
from uphold.records.judgments import JudgmentProblem
from uphold.store import judges
from uphold.store.database import Store
from uphold.store.judge_specs import record_spec
from uphold.store.judgments import JudgingScope, PairsToAsk, missing_judgments, problem_counts_again
from uphold.workflows.concurrency import WorkControl
from uphold.workflows.cost_estimate import Estimate, estimate_recorded
from uphold.workflows.judge_request import JudgeRequest, JudgeTask
from uphold.workflows.judging import judge_missing
from uphold.workflows.judging_progress import JudgingProgress, RecordedQuestions, group_problems, initial_progress


@dataclass(frozen=True, slots=True)
class Questions:
    """A judge and the pairs that it is asked about; `request` says how: server, key, cap, concurrency, patience."""

    task: JudgeTask
    pairs: PairsToAsk
    request: JudgeRequest


@dataclass(frozen=True, slots=True)
class QuestionsAsked:
    """What came of the questions: `left` judgments are missing or failed, `stopped` is why not everything was tried.

    `problems` are why judgments failed or could not be read.
    """

    judge_id: int
    progress: JudgingProgress
    left: int
    stopped: str | None = None
    problems: tuple[JudgmentProblem, ...] = ()

    @property
    def why_left(self) -> str | None:
        """Why judgments are left: what stopped the work, else what went wrong with most of those that failed."""
        failed = (problem.what for problem in self.problems if problem.status is JudgmentStatus.FAILED)
        return (self.stopped or next(failed, None)) if self.left else None


async def ask_pairs(store: Store, questions: Questions) -> AsyncGenerator[JudgingProgress | QuestionsAsked, None]:
    """Ask what was not answered for this purpose yet; yields progress, and at last what came of it.

    Raises BadUsage where the cap has no room for one request. Three equal refusals of key, account, model or request stop it.
    """
    request = questions.request
    control = request.control or WorkControl(request.concurrency, request.max_cost)
    recorded = record_questions(store, questions)
    progress = initial_progress(store, recorded)
    if progress.total:
        async with aclosing(judge_missing(store, recorded, request, control, progress)) as updates:
            async for progress in updates:
                yield progress
    left = len(missing_judgments(store, 0, recorded.judge_id, recorded.scope))
    stopped = (control.stopped or progress.refused) if left else None
    problems = group_problems(problem_counts_again(store, recorded.judge_id, questions.pairs))
    yield QuestionsAsked(recorded.judge_id, progress, left, stopped, tuple(problems))


def record_questions(store: Store, questions: Questions) -> RecordedQuestions:
    """Record the judge version and its spec; no run wants its orders."""
    task = questions.task
    with store.writing() as conn:
        judge_id = judges.add_judge(conn, task.judge.record)
        record_spec(conn, judge_id, task.spec)
        fence = judges.fence_of(conn, judge_id, new_fence()) if isinstance(task.judge, LlmJudge) else ""
    return RecordedQuestions(task, judge_id, JudgingScope(again=questions.pairs), fence)


async def estimate_questions(store: Store, questions: Questions, *, asking: bool = True) -> Estimate:
    """Return what the questions would take: calls, tokens, dollars. This works on a copy of the database in memory.

    Without `asking` no endpoint is asked to count tokens.
    """
    with store.copy_in_memory() as copy:
        recorded = record_questions(copy, questions)
        return await estimate_recorded(copy, questions.request, recorded, asking=asking)
