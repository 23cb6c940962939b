"""A judge in the midst of its work, for a picture: nothing is asked of anybody."""

from uphold.records.enums import Verdict
from uphold.records.runs import Run
from uphold.settings import Settings
from uphold.store.database import Store
from uphold.store.judgments import JudgedPair
from uphold.workflows.concurrency import WorkControl
from uphold.workflows.judging_progress import JudgingProgress, JudgingView
from uphold_tui.judging.background import BackgroundJudging, JudgingStatus

_VERDICTS = {
    Verdict.CANDIDATE: 24,
    Verdict.TIE: 6,
    Verdict.BASELINE: 9,
    Verdict.INCONSISTENT: 3,
    Verdict.UNREADABLE: 1,
    Verdict.FAILED: 1,
    Verdict.PENDING: 16,
}

_NEEDS = (
    JudgedPair(
        1, "desk-0043", 1, Verdict.UNREADABLE, None, "no verdict in the answer: “As an assistant I cannot compare…”"
    ),
    JudgedPair(
        2,
        "desk-0019",
        1,
        Verdict.FAILED,
        None,
        "too long for the model: 210,433 of 200,000 tokens; shorten or retire it",
    ),
)

_LAST = (
    JudgedPair(
        3, "desk-0027", 1, Verdict.CANDIDATE, 0.9, "Asks for the photo and says why it helps; the other demands it."
    ),
    JudgedPair(4, "desk-0004", 1, Verdict.BASELINE, 0.8, "Keeps to the five-day rule; the candidate promises two."),
    JudgedPair(5, "desk-0051", 1, Verdict.INCONSISTENT, 0.5, "The first one shown wins both times."),
    JudgedPair(6, "desk-0006", 1, Verdict.TIE, 0.6, "Both say customs, both in two lines."),
)


class _AtWork(BackgroundJudging):
    """Always in the midst of it."""

    @property
    def is_running(self) -> bool:
        return True


def at_work(store: Store, run: Run) -> BackgroundJudging:
    """A judge that has read two thirds of a run."""
    work = _AtWork(store.path, run, "haiku-4.5 strict-v3", Settings(), WorkControl(8, 2.0))
    judging = JudgingProgress(
        120,
        readable=84,
        unreadable=2,
        failed=2,
        cost=0.41,
        retries=5,
        paused=12.0,
        elapsed=61.0,
        run_id=run.id,
        judge_id=1,
    )
    work.status = JudgingStatus(judging, JudgingView(_VERDICTS, _NEEDS, _LAST))
    return work
