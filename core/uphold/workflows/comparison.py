"""Compares two runs of a set, and gates one against the other."""

from dataclasses import dataclass

from uphold.errors import BadUsage
from uphold.formatting import count_noun, interval, percent
from uphold.records.comparisons import Gate, RunComparison
from uphold.records.runs import Run
from uphold.stats.agreement import agreement
from uphold.stats.paired import GateSubject, by_judge, by_people, gate, paired_statistics
from uphold.store import counts, runs
from uphold.store.counts import CountOptions
from uphold.store.database import Store
from uphold.store.matched import matched_pairs


def compare_runs(store: Store, before: str, after: str, judge: str | None = None) -> RunComparison:
    """Return what changed between two runs on the same examples, by human labels and by the verdicts of one judge.

    Without `judge`, the first judge that has judged both runs is taken. Raises BadUsage for runs that cannot be
    compared, or a judge that has not judged both.
    """
    old, new = _find_two_runs(store, before, after)
    pairs, name = matched_pairs(store, old, new, judge)
    _check_judge(judge, name)
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


@dataclass(frozen=True, slots=True)
class GateRequest:
    """The run to test, the run it is compared with, and the loss of win rate that is allowed (a share of 1).

    Human labels decide, or with `judge_only` the verdicts of `judge` (by default the first that has judged both runs).
    The result is provisional before `planned` examples.
    """

    run: str
    against: str
    margin: float
    judge_only: bool = False
    judge: str | None = None
    planned: int | None = None


def gate_run(store: Store, request: GateRequest) -> Gate:
    """Test whether a run is no worse than another by more than a margin.

    Raises BadUsage for a margin out of range, runs that cannot be compared, or a judge that has not judged both.
    """
    margin = request.margin
    if not 0 <= margin < 1:
        raise BadUsage(f"--margin is a share between 0 and 1, such as .05 for 5 points; it was given {margin:g}")
    old, new = _find_two_runs(store, request.against, request.run)
    pairs, name = matched_pairs(store, old, new, request.judge)
    _check_judge(request.judge, name)
    if request.judge_only and name is None:
        raise BadUsage(
            "--judge-only: no judge version has judged both runs; `uphold judge RUN --judge SPEC` on each makes one"
        )
    deciding_judge = name if request.judge_only else None
    caveat = _judge_caveat(store, new, deciding_judge) if deciding_judge is not None else None
    return gate(pairs, margin, GateSubject(new.name, old.name, deciding_judge, caveat), request.planned)


def _find_two_runs(store: Store, before: str, after: str) -> tuple[Run, Run]:
    old, new = runs.find_run(store, before), runs.find_run(store, after)
    if old.id == new.id:
        raise BadUsage(f"both are the run {old.name!r}; name two runs, by name or number (`uphold runs` lists them)")
    if old.set_id != new.set_id:
        raise BadUsage(
            f"{old.name!r} is over the set {old.set!r}, {new.name!r} over {new.set!r}: only runs over one set share examples"
        )
    return old, new


def _check_judge(requested: str | None, found: str | None) -> None:
    if requested is not None and found is None:
        raise BadUsage(f"judge {requested!r} has not judged both runs; without --judge the first one that has is taken")


def _judge_caveat(store: Store, run: Run, judge: str) -> str:
    """Return a sentence on how far the judge agrees with people in this run."""
    found = counts.run_counts(store, run, CountOptions(judge))
    observed = agreement(found.judges[0], found.strata).observed if found.judges else None
    if observed is None or observed.rate is None or observed.low is None or observed.high is None:
        return "no human verdict stands behind this judge here: it is an unverified opinion"
    rate, bounds = percent(observed.rate), interval(observed.low, observed.high)
    pairs = count_noun(observed.n, "pair")
    return f"an opinion: in {run.name} the judge says what people say in {rate} ({bounds}) of {pairs}"
