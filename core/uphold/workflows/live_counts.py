"""The numbers that are shown while a run is reviewed, counted anew after each act."""

from dataclasses import replace
from typing import TYPE_CHECKING

from uphold.records.judgments import JudgeRef
from uphold.records.runs import Run
from uphold.store.database import Store

if TYPE_CHECKING:
    from uphold.records.statistics import LiveNumbers
    from uphold.store.counts import CountedRun


class LiveCounts:
    """The counts behind the live numbers of a run; pairs, strata and verdicts are kept while only reviews change."""

    def __init__(self, store: Store, run: Run, judge: JudgeRef | None, reviewer_id: int) -> None:
        self._store, self._run, self._reviewer_id = store, run, reviewer_id
        self.use_judge(judge)

    def use_judge(self, judge: JudgeRef | None) -> None:
        """Count with the verdicts of another judge from now on."""
        self._judge = judge
        self._counted: CountedRun | None = None

    def numbers(self) -> "LiveNumbers":
        """Return the run's win rate and agreement as the file has them now."""
        # The first frame of a review needs no statistics: they are imported after it.
        from uphold.stats.summary import live_numbers
        from uphold.store.counts import count_reviews, read_counted_run
        from uphold.workflows.standing import run_state

        judge_id = self._judge.id if self._judge is not None else None
        self._counted = read_counted_run(self._store, self._run, judge_id, self._counted)
        found = live_numbers(count_reviews(self._store, self._counted), judge_id, self._reviewer_id)
        state = run_state(self._store, self._run, self._judge)
        return found if state is None else replace(found, certificate=state.value)
