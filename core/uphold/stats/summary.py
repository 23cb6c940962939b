"""All numbers of a run, of a set, or of its tags; and the few that the review shows at its foot."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from uphold.records.counts import JudgeGroups, RunCounts
from uphold.records.enums import Verdict
from uphold.records.statistics import (
    MIN_FOR_RATE,
    Difference,
    HumanStatistics,
    JudgeStatistics,
    LiveNumbers,
    MeanPreference,
    Rate,
    RunStatistics,
    Share,
    TagStatistics,
    Value,
)
from uphold.stats.agreement import NOTHING, agreement
from uphold.stats.assisted import assisted, headline, headline_inputs, people_alone, win_rates
from uphold.stats.bias import length, position
from uphold.stats.exact_tests import fisher, holm
from uphold.stats.human import POOLED, humans
from uphold.stats.intervals import merged, no_rate, no_value
from uphold.stats.power import budget, nearest
from uphold.stats.reviewers import reviewers
from uphold.stats.sequential import peek_safe

NEEDS_TEN = f"{MIN_FOR_RATE} verdicts needed for a rate"


def run_statistics(counts: RunCounts, full: bool = False) -> RunStatistics:
    """Everything that can be said about `counts`; `full` adds the intervals that need resampling."""
    counts = merged_counts(counts)
    human = humans(counts)
    judges = tuple(judge_statistics(counts, judge) for judge in counts.judges)
    found = (
        None if counts.pooled else headline_inputs(counts, counts.judges[0]) if counts.judges else people_alone(counts)
    )
    parts = {tag: merged_counts(part) for tag, part in counts.tags.items()}
    return RunStatistics(
        set=counts.set,
        set_hash=counts.set_hash,
        run=None if counts.pooled else counts.run,
        candidate=None if counts.pooled else counts.candidate,
        baseline=None if counts.pooled else counts.baseline,
        pairs=counts.pairs,
        human=replace(human, peek_safe=peek_safe(counts)),
        judges=judges,
        reviewers=reviewers(counts, full),
        tags=tuple(tag_statistics(human, judges, parts)),
        headline=None if found is None else headline(found, counts.planned),
        budget=() if found is None else budget(found),
        tag=counts.tag,
        others=counts.others,
    )


def live_numbers(counts: RunCounts, judge_id: int | None = None, reviewer_id: int | None = None) -> LiveNumbers:
    """The headline win rate, and agreement with one judge; where there are too few verdicts a reason instead of a rate."""
    own = sum(cell.count for cell in counts.votes if any(who == reviewer_id for who, _ in cell.votes))
    counts = merged_counts(counts)
    human = humans(counts)
    n = human.wins + human.ties + human.losses
    judge = next((judge for judge in counts.judges if judge.judge_id == judge_id), None)
    same, kappa = _live_agreement(counts, judge)
    found = headline_inputs(counts, judge) if judge is not None else people_alone(counts)
    like_these, this_set = win_rates(found) if found.has_rates else (None, None)
    return LiveNumbers(
        n=n,
        wins=human.wins,
        ties=human.ties,
        losses=human.losses,
        win_rate=human.rates.win_rate if n >= MIN_FOR_RATE else no_rate(n, NEEDS_TEN, "wilson"),
        agreement=same,
        kappa=kappa,
        state=found.state,
        refused=found.reason,
        like_these=like_these,
        this_set=this_set,
        target=nearest(found),
        planned=counts.planned,
        own=own,
        others=human.reviewed - own,
        unresolved=human.unresolved,
    )


def _live_agreement(counts: RunCounts, judge: JudgeGroups | None) -> tuple[Rate, Value]:
    if judge is None:
        return no_rate(0, NOTHING, "wilson"), no_value(NOTHING)
    same = agreement(judge, counts.strata)
    if same.n < MIN_FOR_RATE:
        return no_rate(same.n, NEEDS_TEN, "wilson"), no_value(NEEDS_TEN)
    return same.observed, same.kappa


def merged_counts(counts: RunCounts) -> RunCounts:
    """The same counts in fewer cells: examples with a single pair are added up."""
    judges = tuple(replace(judge, cells=tuple(merged(judge.cells))) for judge in counts.judges)
    return replace(counts, votes=tuple(merged(counts.votes)), judges=judges)


_NO_VERDICT = "no readable verdict"


def judge_statistics(counts: RunCounts, judge: JudgeGroups) -> JudgeStatistics:
    """Everything about one judge; its own rates are an opinion and have no interval."""
    said = dict.fromkeys(Verdict, 0)
    for cell in judge.cells:
        said[cell.verdict or Verdict.PENDING] += cell.count
    wins, losses = said[Verdict.CANDIDATE], said[Verdict.BASELINE]
    drawn = said[Verdict.TIE] + said[Verdict.INCONSISTENT]
    n = wins + drawn + losses
    return JudgeStatistics(
        judge_id=judge.judge_id,
        name=judge.name,
        version=judge.version,
        kind=judge.kind,
        wins=wins,
        ties=said[Verdict.TIE],
        losses=losses,
        inconsistent=said[Verdict.INCONSISTENT],
        unreadable=said[Verdict.UNREADABLE],
        failed=said[Verdict.FAILED],
        pending=0 if judge.kind == "imported" else said[Verdict.PENDING],
        win_rate=_share(wins, n, counts.pooled),
        win_tie_rate=_share(wins + drawn, n, counts.pooled),
        ties_half=_share(wins + drawn / 2, n, counts.pooled),
        mean_preference=None if counts.pooled else mean_preference(judge.preferences),
        assisted=None if counts.pooled else assisted(counts, judge),
        agreement=agreement(judge, counts.strata),
        position=position(judge.cells),
        length=length(judge),
    )


def mean_preference(preferences: tuple[float, ...]) -> MeanPreference | None:
    """Mean of soft preferences with sd (n - 1) over root n, as AlpacaEval reports; None where the source gave none."""
    n = len(preferences)
    if not n:
        return None
    mean = math.fsum(preferences) / n
    if n == 1:
        return MeanPreference(mean, None, n, "2 preferences needed for a standard error")
    squares = math.fsum((preference - mean) ** 2 for preference in preferences)
    return MeanPreference(mean, math.sqrt(squares / (n - 1) / n), n)


def _share(hits: float, n: int, pooled: bool) -> Share:
    if pooled:
        return Share(None, n, POOLED)
    return Share(hits / n, n) if n else Share(None, 0, _NO_VERDICT)


FEW = f"{MIN_FOR_RATE} verdicts inside the tag and outside needed"


CLUSTERED = "several pairs share an example: no exact test"


TAGS_POOLED = "pooled over the runs of a set"


TagShare = tuple[int, int]
"""Hits, and out of how many."""


def tag_statistics(
    whole: HumanStatistics, judges: Sequence[JudgeStatistics], parts: Mapping[str, RunCounts]
) -> list[TagStatistics]:
    """Every tag, the differences adjusted for how many tags were asked about."""
    human = {tag: humans(part) for tag, part in parts.items()}
    judged = {tag: {j.judge_id: judge_statistics(part, j) for j in part.judges} for tag, part in parts.items()}
    pooled = any(part.pooled for part in parts.values())
    win = adjusted([_against(_wins(human[tag]), _wins(whole), pooled, _is_clustered(whole)) for tag in parts])
    columns = []
    for judge in judges:
        mine = [judged[tag].get(judge.judge_id) for tag in parts]
        clustered = "clustered" in (judge.agreement.observed.method or "")
        columns.append(adjusted([_against(_agreed(m), _agreed(judge), False, clustered) for m in mine]))
    return [
        TagStatistics(tag, part.pairs, human[tag], tuple(judged[tag].values()), win[at], tuple(c[at] for c in columns))
        for at, (tag, part) in enumerate(parts.items())
    ]


def adjusted(found: Sequence[Difference]) -> list[Difference]:
    """The same differences with Holm's p over those that could be asked."""
    asked = [one for one in found if one.p is not None]
    larger = iter(holm([one.p for one in asked if one.p is not None]))
    return [one if one.p is None else Difference(one.p, next(larger)) for one in found]


def _against(inside: TagShare, whole: TagShare, pooled: bool, clustered: bool) -> Difference:
    hits, n = inside
    other_hits, other_n = whole[0] - hits, whole[1] - n
    if pooled:
        return Difference(None, None, TAGS_POOLED)
    if clustered:
        return Difference(None, None, CLUSTERED)
    if min(n, other_n) < MIN_FOR_RATE:
        return Difference(None, None, FEW)
    return Difference(fisher(hits, n, other_hits, other_n), None)


def _wins(human: HumanStatistics) -> TagShare:
    return human.wins, human.wins + human.ties + human.losses


def _is_clustered(human: HumanStatistics) -> bool:
    return "clustered" in (human.rates.win_rate.method or "")


def _agreed(judge: JudgeStatistics | None) -> TagShare:
    if judge is None:
        return 0, 0
    return sum(judge.agreement.confusion[k][k] for k in range(3)), judge.agreement.n
