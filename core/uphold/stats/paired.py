"""Paired comparisons on the same examples: two runs, the regression gate, and two judges.

Runs are compared by wins (Bonett-Price's interval, McNemar's exact test) and with ties as half (paired t). Differences
are after less before. The gate is a non-inferiority test with a margin declared beforehand: PASS where the one-sided 95 %
lower bound of the paired difference (ties as half) lies above - margin, FAIL where the upper bound lies below it, else
INCONCLUSIVE; "no significant difference" is never a pass. Judges are compared by which one is right where the other is
wrong (McNemar), with Holm's adjustment over all pairs of judges.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from uphold.formatting import count, count_noun, noun, points_noun
from uphold.formatting import margin as format_margin
from uphold.records.comparisons import (
    Change,
    ChangedExample,
    Gate,
    GateResult,
    JointVerdicts,
    JudgeComparison,
    MatchedExample,
    PairedStatistics,
    RatedExample,
)
from uphold.records.enums import Verdict
from uphold.records.labels import LABEL_CLASS, VERDICT_CLASS, human_label
from uphold.records.statistics import MIN_FOR_RATE
from uphold.stats.assisted import CHOSEN
from uphold.stats.distributions import LEVEL, t_quantile, t_tail, z_quantile
from uphold.stats.exact_tests import bonett_price, holm_where_known, mcnemar, mid_p
from uphold.stats.intervals import (
    CLUSTERED,
    FEW_EXAMPLES,
    MAX_UNREAD_SHARE,
    MIN_CLUSTERS,
    ZERO_ERROR,
    MeanSpread,
    ScoredPair,
    mean_spread,
    share,
    sign_test,
)

FEW_PAIRS = f"{MIN_FOR_RATE} pairs read in both runs needed"

FEW_FOR_JUDGES = f"{MIN_FOR_RATE} pairs read by people and by both judges needed"

NO_CHANGE = "no item changed"

Rater = Callable[[RatedExample], float | None]
"""Returns the candidate's score by people or by a judge, None where there is none."""

StratumPair = tuple[str | None, str | None]
"""The strata that an example was drawn from in the run before and in the run after."""

_SCORE = (1.0, 0.5, 0.0)
"""Scores of the classes candidate, tie, baseline."""

_ONE_SIDED = 2 * LEVEL - 1
"""The two-sided level whose ends are one-sided bounds at `LEVEL`."""


@dataclass(frozen=True, slots=True)
class OneSidedBounds:
    """A mean difference with its one-sided lower and upper bound; `standard_error` is 0 where no difference varies."""

    mean: float
    low: float
    high: float
    standard_error: float
    df: float
    method: str

    def p(self, margin: float) -> float | None:
        """Return the one-sided p of a difference this good if the run were worse by the whole margin."""
        if self.standard_error <= 0:
            return None
        t = (self.mean + margin) / self.standard_error
        tail = t_tail(t, self.df) / 2
        return tail if t > 0 else 1 - tail


@dataclass(frozen=True, slots=True)
class GateSubject:
    """The run that a gate is about, the run it is held against, and the judge where only its verdicts count."""

    run: str
    against: str
    judge: str | None = None
    judge_caveat: str | None = None


def by_people(example: RatedExample) -> float | None:
    """Return 1, .5 or 0 by the human label; None where it is unread or unresolved."""
    category = LABEL_CLASS.get(human_label(example.votes))
    return None if category is None else _SCORE[category]


def by_judge(example: RatedExample) -> float | None:
    """Return 1, .5 or 0 by the judge's verdict, an inconsistent one being a tie; None where it is unreadable."""
    category = _verdict_class(example.verdict)
    return None if category is None else _SCORE[category]


def _verdict_class(verdict: Verdict | None) -> int | None:
    return None if verdict is None else VERDICT_CLASS.get(verdict)


def paired_statistics(matched: Sequence[MatchedExample], rater: Rater) -> PairedStatistics:
    """Return what changed from one run to the other on the examples rated in both."""
    rows = [
        (pair, before, after)
        for pair in matched
        if (before := rater(pair.before)) is not None and (after := rater(pair.after)) is not None
    ]
    wins = [(pair.example, float(after == 1) - float(before == 1), 1) for pair, before, after in rows]
    halves = [(pair.example, after - before, 1) for pair, before, after in rows]
    won, lost = _ups_and_downs(wins)
    better, worse = _ups_and_downs(halves)
    return PairedStatistics(
        n=len(rows),
        matched=len(matched),
        chosen=sum(pair.before.stratum is None or pair.after.stratum is None for pair, *_ in rows),
        wins_before=sum(before == 1 for _, before, _ in rows),
        wins_after=sum(after == 1 for *_, after in rows),
        only_before=lost,
        only_after=won,
        better=better,
        worse=worse,
        mid_p=mid_p(won, lost) if rows else None,
        sign_p=sign_test(better, worse) if rows else None,
        win_rate=win_change(wins),
        ties_half=half_change(halves),
        items=_changed_examples(rows),
    )


def win_change(changes: Sequence[ScoredPair], few: str = FEW_PAIRS) -> Change:
    """Return the difference of two paired win rates from changes of -1, 0 and 1.

    Bonett-Price's interval and McNemar's exact p; where pairs share examples a clustered t interval. `few` is the reason
    given below ten pairs.
    """
    spread = mean_spread(changes)
    if spread.n < MIN_FOR_RATE:
        return _too_few(spread, "bonett-price", few)
    if spread.clustered:
        return _t_change(spread)
    won, lost = _ups_and_downs(changes)
    low, high = bonett_price(won, lost, spread.n)
    return Change(spread.mean, low, high, mcnemar(won, lost), "bonett-price, exact mcnemar")


def half_change(changes: Sequence[ScoredPair]) -> Change:
    """Return the mean difference of paired scores with Student's interval; where none varies, Bonett-Price's."""
    spread = mean_spread(changes)
    if spread.n < MIN_FOR_RATE:
        return _too_few(spread, "paired t", FEW_PAIRS)
    if spread.standard_error > ZERO_ERROR or spread.clustered:
        return _t_change(spread)
    up, down = _ups_and_downs(changes)
    low, high = bonett_price(up, down, spread.n)
    return Change(spread.mean, low, high, sign_test(up, down), "bonett-price")


def _ups_and_downs(changes: Iterable[ScoredPair]) -> tuple[int, int]:
    """Return how many pairs changed for the better, and for the worse."""
    changes = list(changes)
    up = sum(count for _, change, count in changes if change > 0)
    return up, sum(count for _, change, count in changes if change < 0)


def _t_change(spread: MeanSpread) -> Change:
    method = "paired t" + CLUSTERED * spread.clustered
    if spread.clustered and spread.clusters < MIN_CLUSTERS:
        return Change(spread.mean, None, None, None, method, FEW_EXAMPLES)
    if spread.standard_error < ZERO_ERROR:
        return Change(spread.mean, None, None, None, method, NO_CHANGE)
    half = t_quantile(spread.clusters - 1) * spread.standard_error
    p = t_tail(spread.mean / spread.standard_error, spread.clusters - 1)
    return Change(spread.mean, max(-1.0, spread.mean - half), min(1.0, spread.mean + half), p, method)


def _too_few(spread: MeanSpread, method: str, reason: str) -> Change:
    return Change(spread.mean if spread.n else None, None, None, None, method, reason)


def _changed_examples(rows: Iterable[tuple[MatchedExample, float, float]]) -> tuple[ChangedExample, ...]:
    changed = [ChangedExample(pair.key, pair.turn, before, after) for pair, before, after in rows if before != after]
    return tuple(sorted(changed, key=lambda item: (item.after - item.before, item.key, item.turn)))


def compare_judge_pairs(names: Sequence[str], rows: Sequence[JointVerdicts]) -> tuple[JudgeComparison, ...]:
    """Return the comparison of every two judges, p values adjusted for how many there are.

    `names` are the judges, in the order of `JointVerdicts.verdicts`.
    """
    found = [_judge_comparison(names, rows, a, b) for a, b in combinations(range(len(names)), 2)]
    adjusted = holm_where_known([pair.change.p for pair in found])
    return tuple(replace(pair, adjusted=p) for pair, p in zip(found, adjusted, strict=True))


def _judge_comparison(names: Sequence[str], rows: Sequence[JointVerdicts], a: int, b: int) -> JudgeComparison:
    equal: list[ScoredPair] = []
    changes: list[ScoredPair] = []
    for row in rows:
        label = LABEL_CLASS.get(human_label(row.votes))
        class_a, class_b = _verdict_class(row.verdicts[a]), _verdict_class(row.verdicts[b])
        if label is not None and class_a is not None and class_b is not None:
            equal.append((row.example, float(class_a == class_b), row.count))
            changes.append((row.example, float(class_a == label) - float(class_b == label), row.count))
    only_a, only_b = _ups_and_downs(changes)
    return JudgeComparison(
        a=names[a],
        b=names[b],
        n=sum(count for *_, count in changes),
        only_a=only_a,
        only_b=only_b,
        agree=share(equal, "no pair that both can be read on"),
        change=win_change(changes, FEW_FOR_JUDGES),
        adjusted=None,
    )


def gate(matched: Sequence[MatchedExample], margin: float, subject: GateSubject, planned: int | None = None) -> Gate:
    """Return whether a run (`after`) is no worse than another (`before`) by more than the margin, ties as half.

    By people's labels, or by a judge's verdicts where the subject names one. Below the `planned` number of pairs the
    result is inconclusive, and `provisional` holds what it would be.
    """
    judge_only = subject.judge is not None
    rater = by_judge if judge_only else by_people
    rated = [pair for pair in matched if rater(pair.before) is not None and rater(pair.after) is not None]
    bounds = _refusal(matched, rated, judge_only) or _bounds(matched, rated, rater, judge_only)
    unknown = Gate(
        result=GateResult.INCONCLUSIVE,
        reason="",
        run=subject.run,
        against=subject.against,
        margin=margin,
        n=len(rated),
        difference=None,
        low=None,
        high=None,
        p=None,
        level=LEVEL,
        method="paired t",
        judge=subject.judge,
        judge_caveat=subject.judge_caveat,
        planned=planned,
    )
    if isinstance(bounds, str):
        return replace(unknown, reason=bounds)
    known = replace(
        unknown,
        difference=bounds.mean,
        low=bounds.low,
        high=bounds.high,
        p=bounds.p(margin),
        method=bounds.method,
    )
    result = _result(bounds, margin)
    if planned is not None and len(rated) < planned:
        there = f"{count(len(rated))} of the {count_noun(planned, 'planned pair')}"
        reason = f"provisional: {there} are read in both runs; so far it would be {result}"
        return replace(known, reason=reason, provisional=result)
    return replace(known, result=result, reason=_reason(bounds, margin, result))


def one_sided_bounds(differences: Sequence[ScoredPair]) -> OneSidedBounds | str:
    """Return the bounds of the mean difference of pairs drawn alike, or the reason why there are none.

    Paired t, clustered by example; where no difference varies Bonett-Price's interval, stretched to hold the mean.
    """
    spread = mean_spread(differences)
    if spread.clustered and spread.clusters < MIN_CLUSTERS:
        return FEW_EXAMPLES
    method = "paired t" + CLUSTERED * spread.clustered
    mean, error, df = spread.mean, spread.standard_error, spread.clusters - 1
    if error > ZERO_ERROR:
        half = t_quantile(df, _ONE_SIDED) * error
        return OneSidedBounds(mean, mean - half, mean + half, error, df, method)
    up, down = _ups_and_downs(differences)
    n = spread.clusters if spread.clustered else spread.n
    low, high = bonett_price(up, down, n, z_quantile(_ONE_SIDED))
    return OneSidedBounds(mean, min(low, mean), max(high, mean), 0.0, spread.n, "bonett-price")


def _result(bounds: OneSidedBounds, margin: float) -> GateResult:
    if bounds.low > -margin:
        return GateResult.PASS
    return GateResult.FAIL if bounds.high < -margin else GateResult.INCONCLUSIVE


def _refusal(matched: Sequence[MatchedExample], rated: Sequence[MatchedExample], judge_only: bool) -> str | None:
    """Return why the rated pairs cannot speak for the matched ones."""
    verb = "judged" if judge_only else "read"
    if not rated:
        return f"no pair was {verb} in both runs"
    if judge_only or len(rated) == len(matched):
        return _few_rated(len(rated), verb)
    strata = _by_strata(matched, rated)
    unread = {stratum: pairs for stratum, (pairs, n) in strata.items() if not n}
    if sum(unread.values()) > MAX_UNREAD_SHARE * len(matched):
        if all(None in stratum for stratum, (_, n) in strata.items() if n):
            return CHOSEN.format(count_noun(len(rated), "pair"))
        worst = max(unread, key=lambda stratum: unread[stratum])
        name = " / ".join(part or "chosen" for part in worst)
        return f"no pair was read in both runs in the part {name!r} ({count_noun(unread[worst], 'item')})"
    return _few_rated(len(rated), verb)


def _few_rated(n: int, verb: str) -> str | None:
    if n >= MIN_FOR_RATE:
        return None
    return f"{MIN_FOR_RATE} pairs {verb} in both runs needed, {n} {noun(n, 'is', 'are')} there"


def _by_strata(
    matched: Sequence[MatchedExample], rated: Sequence[MatchedExample]
) -> dict[StratumPair, tuple[int, int]]:
    """Return for each pair of strata how many examples there are, and how many are rated in both runs."""
    found: dict[StratumPair, tuple[int, int]] = {}
    for pair in matched:
        pairs, n = found.get(_strata(pair), (0, 0))
        found[_strata(pair)] = pairs + 1, n
    for pair in rated:
        pairs, n = found[_strata(pair)]
        found[_strata(pair)] = pairs, n + 1
    return found


def _strata(pair: MatchedExample) -> StratumPair:
    return pair.before.stratum, pair.after.stratum


def _bounds(
    matched: Sequence[MatchedExample], rated: Sequence[MatchedExample], rater: Rater, judge_only: bool
) -> OneSidedBounds | str:
    changes = [(pair, (rater(pair.after) or 0.0) - (rater(pair.before) or 0.0)) for pair in rated]
    strata = {stratum: sizes for stratum, sizes in _by_strata(matched, rated).items() if sizes[1]}
    if judge_only or len(rated) == len(matched) or len(strata) == 1:
        return one_sided_bounds([(pair.example, change, 1) for pair, change in changes])
    return _stratified_bounds(changes, strata)


def _stratified_bounds(
    changes: Sequence[tuple[MatchedExample, float]], strata: dict[StratumPair, tuple[int, int]]
) -> OneSidedBounds | str:
    """Return the bounds where strata were drawn unequally, or the reason why there are none.

    Mean sum W d, variance sum W^2 s^2 / n with s^2 pooled within the strata.
    """
    total = sum(pairs for pairs, _ in strata.values())
    groups = {stratum: [change for pair, change in changes if _strata(pair) == stratum] for stratum in strata}
    means = {stratum: math.fsum(group) / len(group) for stratum, group in groups.items()}
    df = len(changes) - len(groups)
    squares = math.fsum((change - means[stratum]) ** 2 for stratum, group in groups.items() for change in group)
    spread = mean_spread([(pair.example, change, 1) for pair, change in changes])
    if df < MIN_FOR_RATE - 1 or squares < ZERO_ERROR:
        return f"{MIN_FOR_RATE} pairs and a change among them needed where parts of the queue were drawn unequally"
    if spread.clustered and spread.clusters < MIN_CLUSTERS:
        return FEW_EXAMPLES
    mean = math.fsum(pairs / total * means[stratum] for stratum, (pairs, _) in strata.items())
    weights = math.fsum((pairs / total) ** 2 / n for pairs, n in strata.values())
    error = math.sqrt(weights * squares / df * spread.design_effect)
    half = t_quantile(df, _ONE_SIDED) * error
    method = "paired t, stratified" + CLUSTERED * spread.clustered
    return OneSidedBounds(mean, mean - half, mean + half, error, df, method)


def _reason(bounds: OneSidedBounds, margin: float, result: GateResult) -> str:
    allowed = format_margin(margin)
    mean, low, high = (points_noun(value, 1) for value in (bounds.mean, bounds.low, bounds.high))
    if result is GateResult.PASS:
        return f"not worse by {allowed} or more: the difference is {mean}, at least {low}"
    if result is GateResult.FAIL:
        return f"worse by more than {allowed}: the difference is {mean}, at most {high}"
    are_allowed = "is allowed" if allowed == "1 point" else "are allowed"
    return f"not settled: the difference is {mean}, between {low} and {high}; {allowed} {are_allowed}"
