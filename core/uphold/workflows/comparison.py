"""store -> stats: two runs of a set against each other, described or held to a margin."""

from dataclasses import dataclass

from uphold.errors import BadUsage
from uphold.records.comparisons import Gate, RunComparison
from uphold.records.judgments import verdict_of
from uphold.records.runs import Run
from uphold.records.statistics import Rate
from uphold.stats.agreement import agreement
from uphold.stats.paired import GateSubject, by_judge, by_people, gate, paired_statistics
from uphold.stats.summary import live_numbers
from uphold.store import counts, runs
from uphold.store.counts import matched_pairs
from uphold.store.database import Store


def compare_runs(store: Store, before: str, after: str, judge: str | None = None) -> RunComparison:
    """What changed from one run to another on the same examples, by people and by one judge."""
    old, new = _two(store, before, after)
    pairs, name = matched_pairs(store, old, new, verdict_of, judge)
    _known(judge, name)
    return RunComparison(
        before=old.name,
        after=new.name,
        before_candidate=old.candidate,
        after_candidate=new.candidate,
        before_baseline=old.baseline,
        after_baseline=new.baseline,
        set=old.set,
        people=paired_statistics(pairs, by_people),
        judge=name,
        by_judge=paired_statistics(pairs, by_judge) if name is not None else None,
    )


def gate_run(
    store: Store,
    run: str,
    against: str,
    margin: float,
    *,
    judge_only: bool = False,
    judge: str | None = None,
    planned: int | None = None,
) -> Gate:
    """Is `run` no worse than `against` by more than `margin`? By people; by a judge only when asked for in words."""
    if not 0 <= margin < 1:
        raise BadUsage(f"--margin is a share between 0 and 1, such as .05 for 5 points; it was given {margin:g}")
    old, new = _two(store, against, run)
    pairs, name = matched_pairs(store, old, new, verdict_of, judge)
    _known(judge, name)
    if judge_only and name is None:
        raise BadUsage(
            "--judge-only: no judge version has judged both runs; `uphold judge RUN --judge SPEC` on each makes one"
        )
    speaks = name if judge_only else None
    worth = _worth(store, new, name) if speaks is not None and name is not None else None
    return gate(pairs, margin, GateSubject(new.name, old.name, speaks, worth), planned)


def _two(store: Store, before: str, after: str) -> tuple[Run, Run]:
    old, new = runs.find_run(store, before), runs.find_run(store, after)
    if old.id == new.id:
        raise BadUsage(f"both are the run {old.name!r}; name two runs, by name or number (`uphold runs` lists them)")
    if old.set_id != new.set_id:
        raise BadUsage(
            f"{old.name!r} is over the set {old.set!r}, {new.name!r} over {new.set!r}: only runs over one set share examples"
        )
    return old, new


def _known(judge: str | None, found: str | None) -> None:
    if judge is not None and found is None:
        raise BadUsage(f"judge {judge!r} has not judged both runs; without --judge the first one that has is taken")


def _worth(store: Store, run: Run, judge: str) -> str:
    """What the judge's word is worth: how often it says what people say in this run."""
    found = counts.run_counts(store, run, verdict_of, judge)
    same = agreement(found.judges[0], found.strata).observed if found.judges else None
    if same is None or same.rate is None or same.low is None or same.high is None:
        return "no human verdict stands behind this judge here: it is an unverified opinion"
    ends = f"{100 * same.low:.0f}–{100 * same.high:.0f}"
    return f"an opinion: in {run.name} the judge says what people say in {100 * same.rate:.0f} % ({ends}) of {same.n} pairs"


@dataclass(frozen=True, slots=True)
class RunPoint:
    """A run and its win rate: for instructions like these where it speaks of them, else people's own; None below ten."""

    run: Run
    rate: Rate


def set_history(store: Store, set_id: int, baseline_id: int) -> list[RunPoint]:
    """Every run of a set against one baseline, the oldest first."""
    found = [run for run in runs.all_runs(store) if run.set_id == set_id and run.baseline_id == baseline_id]
    return [RunPoint(run, _rate(store, run)) for run in found]


def _rate(store: Store, run: Run) -> Rate:
    seen = counts.run_counts(store, run, verdict_of, first_only=True)
    found = live_numbers(seen, seen.judges[0].judge_id if seen.judges else None)
    return found.like_these or found.win_rate
