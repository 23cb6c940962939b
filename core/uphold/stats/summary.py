"""All statistics of a run, of a set or of its tags, and the few that are shown during a review.

`run_statistics` is where everything in this package comes together: `RunCounts` in, `RunStatistics` out.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from uphold.records.counts import MIN_FOR_RATE, CriterionGroups, JudgeGroups, RunCounts, Stratum
from uphold.records.enums import Verdict
from uphold.records.headline_judge import PROGRAM
from uphold.records.statistics import (
    CriterionStatistics,
    Difference,
    HumanStatistics,
    JudgeStatistics,
    LiveNumbers,
    MeanPreference,
    Rate,
    RunStatistics,
    SampleSpread,
    Share,
    TagStatistics,
    Value,
)
from uphold.stats.agreement import agreement, observed_agreement
from uphold.stats.assisted import assisted, headline, headline_inputs, not_asked, run_inputs, win_rates
from uphold.stats.bias import NO_EXACT_TEST_CLUSTERED, NO_EXACT_TEST_WEIGHTED, length_bias, position_bias
from uphold.stats.both_orders import both_orders
from uphold.stats.exact_tests import fisher, holm_where_known
from uphold.stats.human import NOTHING, POOLED, human_statistics
from uphold.stats.intervals import merge_groups, no_rate, no_value
from uphold.stats.power import budget, nearest_target
from uphold.stats.reviewers import reviewer_statistics
from uphold.stats.sequential import peek_safe

FEW_VERDICTS = f"{MIN_FOR_RATE} verdicts needed for a rate"

NO_VERDICT = "no readable verdict"

FEW_IN_TAG = f"{MIN_FOR_RATE} verdicts inside the tag and outside needed"

TAGS_POOLED = "pooled over the runs of a set"

HitsAndN = tuple[int, int]
"""Hits, and out of how many pairs."""


def run_statistics(counts: RunCounts, full: bool = False) -> RunStatistics:
    """Return all statistics of the counts; `full` adds the intervals that need resampling."""
    counts = merge_counts(counts)
    human = human_statistics(counts)
    judges = tuple(judge_statistics(counts, judge) for judge in counts.judges)
    inputs = None if counts.pooled else run_inputs(counts)
    by_tag = {tag: merge_counts(part) for tag, part in counts.tags.items()}
    return RunStatistics(
        set=counts.set,
        set_hash=counts.set_hash,
        run=None if counts.pooled else counts.run,
        candidate=None if counts.pooled else counts.candidate,
        baseline=None if counts.pooled else counts.baseline,
        pairs=counts.pairs,
        human=replace(human, peek_safe=peek_safe(counts)),
        judges=judges,
        reviewers=reviewer_statistics(counts, full),
        tags=tuple(tag_statistics(human, judges, by_tag)),
        headline=None if inputs is None else headline(inputs, counts.planned),
        budget=() if inputs is None else budget(inputs),
        tag=counts.tag,
        other_judges=counts.unread_judges,
        judge=counts.judge,
    )


def live_numbers(counts: RunCounts, judge_id: int | None = None, reviewer_id: int | None = None) -> LiveNumbers:
    """Return the numbers shown during a review: the headline win rate, and the agreement with one judge.

    With too few verdicts a rate is withheld with the reason.
    """
    own = sum(group.count for group in counts.votes if any(reviewer == reviewer_id for reviewer, _ in group.votes))
    counts = merge_counts(counts)
    human = human_statistics(counts)
    n = human.wins + human.ties + human.losses
    judge = next((judge for judge in counts.judges if judge.judge_id == judge_id), None)
    observed, kappa, raw = _live_agreement(counts, judge)
    inputs = headline_inputs(counts, judge)
    population, this_set = win_rates(inputs) if inputs.has_rates else (None, None)
    return LiveNumbers(
        n=n,
        wins=human.wins,
        ties=human.ties,
        losses=human.losses,
        win_rate=human.rates.win_rate if n >= MIN_FOR_RATE else no_rate(n, FEW_VERDICTS, "wilson"),
        agreement=observed,
        kappa=kappa,
        state=inputs.state,
        reason=inputs.reason,
        population=population,
        this_set=this_set,
        target=nearest_target(inputs),
        planned=counts.planned,
        own=own,
        others=human.reviewed - own,
        unresolved=human.unresolved,
        raw_agreement=raw,
        judge_name=judge.name if judge is not None else None,
        missing=not_asked(judge) if judge is not None else 0,
    )


def _live_agreement(counts: RunCounts, judge: JudgeGroups | None) -> tuple[Rate, Value, Share]:
    if judge is None:
        return no_rate(0, NOTHING, "wilson"), no_value(NOTHING), Share(None, 0, NOTHING)
    observed, kappa, raw = observed_agreement(judge, counts.strata)
    if observed.n < MIN_FOR_RATE:
        return no_rate(observed.n, FEW_VERDICTS, "wilson"), no_value(FEW_VERDICTS), raw
    return observed, kappa, raw


def merge_counts(counts: RunCounts) -> RunCounts:
    """Return the same counts in fewer groups, as `merge_groups` makes them."""
    judges = tuple(replace(judge, cells=tuple(merge_groups(judge.cells))) for judge in counts.judges)
    return replace(counts, votes=tuple(merge_groups(counts.votes)), judges=judges)


def judge_statistics(counts: RunCounts, judge: JudgeGroups) -> JudgeStatistics:
    """Return everything about one judge; its own win rates are opinions and have no interval."""
    tally = dict.fromkeys(Verdict, 0)
    for group in judge.cells:
        if group.verdict is not None or not counts.pooled:  # of pooled runs a judge may have been asked for some only
            tally[group.verdict or Verdict.PENDING] += group.count
    wins, losses = tally[Verdict.CANDIDATE], tally[Verdict.BASELINE]
    ties = tally[Verdict.TIE] + tally[Verdict.INCONSISTENT]
    n = wins + ties + losses
    return JudgeStatistics(
        judge_id=judge.judge_id,
        name=judge.name,
        version=judge.version,
        kind=judge.kind,
        wins=wins,
        ties=tally[Verdict.TIE],
        losses=losses,
        inconsistent=tally[Verdict.INCONSISTENT],
        unreadable=tally[Verdict.UNREADABLE],
        failed=tally[Verdict.FAILED],
        pending=0 if judge.kind in ("imported", PROGRAM) else tally[Verdict.PENDING],
        win_rate=_share(wins, n, counts.pooled),
        win_tie_rate=_share(wins + ties, n, counts.pooled),
        ties_half=_share(wins + ties / 2, n, counts.pooled),
        mean_preference=None if counts.pooled else mean_preference(judge.preferences),
        assisted=None if counts.pooled else assisted(counts, judge),
        agreement=agreement(judge, counts.strata),
        position=position_bias(judge.cells),
        length=length_bias(judge, counts.strata),
        both_orders=both_orders(judge, counts.strata),
        criteria=tuple(criterion_statistics(judge, one, counts.strata) for one in judge.criteria),
        samples=sample_spread(judge.sample_splits),
    )


def criterion_statistics(
    judge: JudgeGroups, criterion: CriterionGroups, strata: Sequence[Stratum]
) -> CriterionStatistics:
    """Return what a judge says by one criterion, and how often that alone is what people say of the whole."""
    tally = dict.fromkeys(Verdict, 0)
    for group in criterion.cells:
        if group.verdict is not None:
            tally[group.verdict] += group.count
    return CriterionStatistics(
        name=criterion.name,
        wins=tally[Verdict.CANDIDATE],
        ties=tally[Verdict.TIE],
        losses=tally[Verdict.BASELINE],
        inconsistent=tally[Verdict.INCONSISTENT],
        not_said=tally[Verdict.UNREADABLE],
        agreement=observed_agreement(replace(judge, cells=criterion.cells), strata)[0],
    )


def sample_spread(splits: Sequence[tuple[tuple[int, ...], int]] | None) -> SampleSpread | None:
    """Return how the samples of a judge split; None where it was asked once an order."""
    if splits is None:
        return None
    alike = sum(number for votes, number in splits if len(votes) == 1)
    return SampleSpread(sum(number for _, number in splits), alike, tuple(splits))


def mean_preference(preferences: tuple[float, ...]) -> MeanPreference | None:
    """Return the mean of soft preferences with its standard error, sd (n - 1) over root n, as AlpacaEval reports it.

    None where the source gave no preferences.
    """
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
    return Share(hits / n, n) if n else Share(None, 0, NO_VERDICT)


def tag_statistics(
    whole: HumanStatistics, judges: Sequence[JudgeStatistics], by_tag: Mapping[str, RunCounts]
) -> list[TagStatistics]:
    """Return the statistics of every tag, and Fisher's exact tests of whether it differs from the pairs without it.

    The p values of the win rate, and those of each judge's agreement, are adjusted by Holm's method over the tags.
    """
    human = {tag: human_statistics(counts) for tag, counts in by_tag.items()}
    judged = {
        tag: {judge.judge_id: judge_statistics(counts, judge) for judge in counts.judges}
        for tag, counts in by_tag.items()
    }
    reason = TAGS_POOLED if any(counts.pooled for counts in by_tag.values()) else _no_exact_test(whole.rates.win_rate)
    win_rates_ = _adjusted([_difference(_wins(human[tag]), _wins(whole), reason) for tag in by_tag])
    agreements = []
    for judge in judges:
        in_tags = [_agreements(judged[tag].get(judge.judge_id)) for tag in by_tag]
        reason = _no_exact_test(judge.agreement.observed)
        agreements.append(_adjusted([_difference(in_tag, _agreements(judge), reason) for in_tag in in_tags]))
    return [
        TagStatistics(
            tag=tag,
            pairs=counts.pairs,
            human=human[tag],
            judges=tuple(judged[tag].values()),
            win_rate=win_rates_[index],
            agreements=tuple(by_judge[index] for by_judge in agreements),
        )
        for index, (tag, counts) in enumerate(by_tag.items())
    ]


def _adjusted(differences: Sequence[Difference]) -> list[Difference]:
    adjusted = holm_where_known([difference.p for difference in differences])
    return [replace(difference, adjusted=p) for difference, p in zip(differences, adjusted, strict=True)]


def _no_exact_test(rate: Rate) -> str | None:
    """Return why a rate's counts cannot be tested exactly: its pairs are not independent, or were drawn unequally."""
    method = rate.method or ""
    if "stratified" in method:
        return NO_EXACT_TEST_WEIGHTED
    return NO_EXACT_TEST_CLUSTERED if "clustered" in method else None


def _difference(inside: HitsAndN, whole: HitsAndN, reason: str | None) -> Difference:
    """Return the test of the pairs `inside` a tag against the rest of the `whole`, or the `reason` for none."""
    hits, n = inside
    outside_hits, outside_n = whole[0] - hits, whole[1] - n
    if reason is not None:
        return Difference(None, None, reason)
    if min(n, outside_n) < MIN_FOR_RATE:
        return Difference(None, None, FEW_IN_TAG)
    return Difference(fisher(hits, n, outside_hits, outside_n), None)


def _wins(human: HumanStatistics) -> HitsAndN:
    return human.wins, human.wins + human.ties + human.losses


def _agreements(judge: JudgeStatistics | None) -> HitsAndN:
    if judge is None:
        return 0, 0
    return sum(judge.agreement.confusion[k][k] for k in range(3)), judge.agreement.n
