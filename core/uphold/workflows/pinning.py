"""Pins a judge to a set, so that the headlines of all its runs rest on it, and takes the pin away."""

from dataclasses import dataclass

from uphold.errors import BadUsage
from uphold.records.judgments import JudgeRef
from uphold.store import reviews, sets
from uphold.store.database import Store
from uphold.store.headline_judges import JudgeCoverage, coverage, find_judge, pinned_judge, write_pin
from uphold.store.runs import all_runs


@dataclass(frozen=True, slots=True)
class PinnedJudge:
    """A set and the judge that is pinned to it (None: no one), with what that judge lacks in each run of the set.

    `before` is the judge that was pinned until now.
    """

    set: str
    judge: JudgeRef | None
    before: JudgeRef | None
    runs: tuple[JudgeCoverage, ...] = ()

    @property
    def missing(self) -> int:
        """How many pairs the judge was not asked about, in all runs."""
        return sum(run.missing for run in self.runs)

    @property
    def pairs(self) -> int:
        """How many current, unbroken pairs the runs have."""
        return sum(run.pairs for run in self.runs)


def pin_judge(store: Store, set_name: str, judge: JudgeRef | str, reviewer: str) -> PinnedJudge:
    """Pin a judge to a set; nothing is written where it is pinned already.

    Raises BadUsage for a set or judge that does not exist, or a name that several versions have.
    """
    set_id = sets.find_set(store, set_name)
    found = judge if isinstance(judge, JudgeRef) else find_judge(store, judge)
    before = _write(store, set_id, found, reviewer)
    runs = tuple(coverage(store, run, found) for run in all_runs(store) if run.set_id == set_id)
    return PinnedJudge(set_name, found, before, runs)


def unpin_judge(store: Store, set_name: str, reviewer: str) -> PinnedJudge:
    """Take the pin of a set away; raises BadUsage for a set that does not exist, or that has none."""
    set_id = sets.find_set(store, set_name)
    if pinned_judge(store, set_id) == (None, ""):
        raise BadUsage(f"no judge is pinned to the set {set_name!r}; `uphold set pin SET JUDGE` pins one")
    return PinnedJudge(set_name, None, _write(store, set_id, None, reviewer))


def _write(store: Store, set_id: int, judge: JudgeRef | None, reviewer: str) -> JudgeRef | None:
    """Write the pin, and return the judge that was pinned before."""
    with store.writing() as conn:
        before, unknown = pinned_judge(store, set_id)
        if judge is None or judge != before or unknown:
            write_pin(conn, set_id, judge, reviews.add_reviewer(conn, reviewer))
    return before
