"""Compares runs of a set, and gates one against another."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from uphold.errors import BadUsage
from uphold.formatting import count_noun, interval, percent
from uphold.records.comparisons import (
    NO_COMMON_JUDGE,
    GatedRun,
    GateResult,
    MatchedRuns,
    RankedRun,
    RunComparison,
    ScoreComparison,
    SeveralRuns,
)
from uphold.records.headline_judge import JudgeReason, distinct_names, what_is_missing
from uphold.records.runs import Run
from uphold.records.scores import NoWorse
from uphold.stats.agreement import agreement
from uphold.stats.best import difference_of, with_the_best
from uphold.stats.gating import examples_lacking, gate, judge_gate
from uphold.stats.run_difference import Estimate, Refusal, by_judge, by_people, rated_difference
from uphold.store import blessed, counts, reviews, runs
from uphold.store.counts import CountOptions
from uphold.store.database import Store
from uphold.store.headline_judges import headline_judge, run_judges
from uphold.store.matched import changed_details, matched_runs
from uphold.store.run_changes import run_changes
from uphold.workflows.benchmarks import compare_systems, gate_scores, top_level
from uphold.workflows.more_verdicts import more_verdicts
from uphold.workflows.standing import run_standing


def compare_runs(store: Store, before: str, after: str, judge: str | None = None) -> RunComparison:
    """Return what changed between two runs on the same examples, by human labels and by the verdicts of one judge.

    Without `judge`, it is that of both runs' headline. Raises BadUsage for runs that cannot be compared, or a judge that has
    not judged both.
    """
    old, new = _find_two_runs(store, before, after)
    matched = _matched(store, old, new, judge)
    found = _comparison(store, old, new, matched)
    if found.people.ties_half.low is not None:
        return found
    return replace(found, more=more_verdicts(store, old, new, matched, examples_lacking(matched)))


def compare_several(store: Store, names: Sequence[str], judge: str | None = None) -> SeveralRuns:
    """Compare three runs and more: each with the best of the others, by human labels with ties as half.

    Raises BadUsage as `compare_runs` does, and for a run that is named twice.
    """
    found = [runs.find_run(store, name) for name in names]
    for number, run in enumerate(found):
        if any(other.id == run.id for other in found[:number]):
            raise BadUsage(f"the run {run.name!r} is named twice; name different ones (`uphold runs` lists them)")
    pairs: list[RunComparison] = []
    estimates: dict[tuple[str, str], Estimate | Refusal] = {}
    for old, new in combinations(found, 2):
        _check_one_set(old, new)
        matched = _matched(store, old, new, judge)
        pairs.append(_comparison(store, old, new, matched))
        estimates[new.name, old.name] = difference_of(matched)
    ranked = with_the_best([run.name for run in found], estimates)
    best = tuple(RankedRun(run.name, run.candidate, *one) for run, one in zip(found, ranked, strict=True))
    return SeveralRuns(found[0].set, best, tuple(pairs))


def _matched(store: Store, old: Run, new: Run, judge: str | None) -> MatchedRuns:
    matched = matched_runs(store, old, new, judge)
    if judge is not None and matched.judge is None:
        raise BadUsage(f"judge {judge!r} has not judged both runs; {_judges_of_both(store, old, new)}")
    return matched


def _comparison(store: Store, old: Run, new: Run, matched: MatchedRuns) -> RunComparison:
    people = rated_difference(matched, by_people)
    changed = [(example.key, example.turn) for example in (*people.lost, *people.won)]
    return RunComparison(
        before=old.name,
        after=new.name,
        before_candidate=old.candidate,
        after_candidate=new.candidate,
        before_baseline=old.baseline,
        after_baseline=new.baseline,
        set=old.set,
        people=people,
        judge=matched.judge,
        by_judge=rated_difference(matched, by_judge) if matched.judge is not None else None,
        details=changed_details(store, old, new, changed) if changed else {},
        changes=run_changes(store, old, new),
        scores=_scores(store, old, new),
        no_judge="" if matched.judge is not None else _no_judge(store, old, new),
    )


def _no_judge(store: Store, old: Run, new: Run) -> str:
    """Return why no judge's verdicts stand beside people's in a comparison of two runs."""
    found = headline_judge(store, new, against=old)
    if found.unknown:
        return what_is_missing(found)
    if found.reason is JudgeReason.PINNED:
        return f"{found.name}, pinned to this set, has not judged both runs; {_judges_of_both(store, old, new)}"
    return NO_COMMON_JUDGE


def _judges_of_both(store: Store, old: Run, new: Run) -> str:
    earlier, later = run_judges(store, old.id), run_judges(store, new.id)
    names = distinct_names(judge for judge in later if judge in earlier)
    return f"judges that have, for --judge: {', '.join(names) or 'none'}"


def _scores(store: Store, old: Run, new: Run) -> tuple[ScoreComparison, ...]:
    """Return the scores of the candidates compared, where they are two; those that are part of a group are left out."""
    if old.candidate == new.candidate:
        return ()
    return tuple(top_level(compare_systems(store, old.candidate, new.candidate)))


@dataclass(frozen=True, slots=True)
class GateRequest:
    """The run to test, the run it is compared with, and the loss of win rate that is allowed (a share of 1).

    `against` is None for the blessed run of the set. Human labels decide; with `judge_only` it is said what the verdicts of
    `judge` (by default that of both runs' headline) would. Before `planned` examples (by default the run's latest
    plan) nothing is decided. `no_worse` are scores of the candidates that are tested too. With `require_standing` nothing
    passes unless the certificate of the run's judge stands.
    """

    run: str
    against: str | None
    margin: float
    judge_only: bool = False
    judge: str | None = None
    planned: int | None = None
    no_worse: tuple[NoWorse, ...] = ()
    require_standing: bool = False


def gate_run(store: Store, request: GateRequest) -> GatedRun:
    """Test whether a run is no worse than another by more than a margin.

    Raises BadUsage for a margin or a plan out of range, runs that cannot be compared, a judge that has not judged both, or a
    score that was not measured for both candidates.
    """
    margin = request.margin
    if not 0 <= margin < 1:
        raise BadUsage(f"--margin is a share between 0 and 1, such as .05 for 5 points; it was given {margin:g}")
    if request.planned is not None and request.planned < 1:
        raise BadUsage(f"--planned is a number of examples, at least 1; it was given {request.planned}")
    old, new = _find_two_runs(store, request.against or _blessed_run(store, request.run), request.run)
    matched = _matched(store, old, new, request.judge)
    no_worse = gate_scores(store, old.candidate, new.candidate, request.no_worse)
    comparison = _comparison(store, old, new, matched)
    standing = run_standing(store, new, headline_judge(store, new, request.judge).shown)
    if request.judge_only:
        if matched.judge is None:
            raise BadUsage(
                f"--judge-only: {comparison.no_judge}; `uphold judge RUN --judge SPEC` on each run makes one that has"
            )
        found = judge_gate(matched, margin, _judge_caveat(store, new, matched.judge))
        return GatedRun(comparison, found, no_worse, standing, request.require_standing)
    planned = reviews.planned_count(store, new.id) if request.planned is None else request.planned
    found = gate(matched, margin, planned)
    if found.outcome is GateResult.INCONCLUSIVE:
        lacking = found.lacking if found.lacking is not None else examples_lacking(matched, margin)
        found = replace(found, more=more_verdicts(store, old, new, matched, lacking))
    return GatedRun(comparison, found, no_worse, standing, request.require_standing)


def _blessed_run(store: Store, name: str) -> str:
    """Return the name of the blessed run that a run is held against."""
    run = runs.find_run(store, name)
    found = blessed.find_blessed(store, run.set_id)
    if found is None:
        raise BadUsage(
            f"no run of the set {run.set!r} is blessed; `uphold runs bless RUN` blesses one, or --against RUN names it for"
            " this call"
        )
    if found.run.id == run.id:
        raise BadUsage(f"{run.name!r} is the blessed run itself; name another to hold it against with --against RUN")
    return found.run.name


def _find_two_runs(store: Store, before: str, after: str) -> tuple[Run, Run]:
    old, new = runs.find_run(store, before), runs.find_run(store, after)
    if old.id == new.id:
        raise BadUsage(f"both are the run {old.name!r}; name two runs, by name or number (`uphold runs` lists them)")
    _check_one_set(old, new)
    return old, new


def _check_one_set(old: Run, new: Run) -> None:
    if old.set_id != new.set_id:
        raise BadUsage(
            f"{old.name!r} is over the set {old.set!r}, {new.name!r} over {new.set!r}: only runs over one set share examples"
        )


def _judge_caveat(store: Store, run: Run, judge: str) -> str:
    """Return a sentence on how far the judge agrees with people in this run."""
    found = counts.run_counts(store, run, CountOptions(judge))
    observed = agreement(found.judges[0], found.strata).observed if found.judges else None
    if observed is None or observed.rate is None or observed.low is None or observed.high is None:
        return "no human verdict stands behind this judge here: it is an unverified opinion"
    rate, bounds = percent(observed.rate), interval(observed.low, observed.high)
    pairs = count_noun(observed.n, "pair")
    return f"an opinion: in {run.name} the judge says what people say in {rate} ({bounds}) of {pairs}"
