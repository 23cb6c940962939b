"""The same examples in two runs: exact McNemar and Bonett-Price for wins, paired t for ties as half."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

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
from uphold.records.reviews import COMPARED, SAID, human_label
from uphold.records.statistics import MIN_FOR_RATE
from uphold.stats.assisted import CHOSEN
from uphold.stats.distributions import t_quantile, t_tail, z_quantile
from uphold.stats.exact_tests import bonett_price, holm, mcnemar, mid_p
from uphold.stats.intervals import (
    CLUSTERED,
    FEW_EXAMPLES,
    LEAST_CLUSTERS,
    MeanSpread,
    ScoredPair,
    mean_spread,
    share,
    sign_test,
)

FEW = f"{MIN_FOR_RATE} pairs read in both runs needed"


NO_CHANGE = "no item changed"


Rater = Callable[[RatedExample], float | None]
"""The candidate's score by one rater, None where it has none."""


_SCORE = (1.0, 0.5, 0.0)


def by_people(side: RatedExample) -> float | None:
    """1, .5 or 0 by the human label; None where it is unread or unresolved."""
    place = COMPARED.get(human_label(side.votes))
    return None if place is None else _SCORE[place]


def by_judge(side: RatedExample) -> float | None:
    """1, .5 or 0 by the judge's verdict, an inconsistent one being a tie; None where it could not be read."""
    place = None if side.verdict is None else SAID.get(side.verdict)
    return None if place is None else _SCORE[place]


def paired_statistics(matched: Sequence[MatchedExample], reading: Rater) -> PairedStatistics:
    """What changed from one run to the other on the examples rated in both; after less before."""
    rows = [
        (one, old, new)
        for one in matched
        if (old := reading(one.before)) is not None and (new := reading(one.after)) is not None
    ]
    wins = [(one.example, float(new == 1) - float(old == 1), 1) for one, old, new in rows]
    halves = [(one.example, new - old, 1) for one, old, new in rows]
    lost, won = sum(change < 0 for _, change, _ in wins), sum(change > 0 for _, change, _ in wins)
    better, worse = sum(change > 0 for _, change, _ in halves), sum(change < 0 for _, change, _ in halves)
    return PairedStatistics(
        n=len(rows),
        matched=len(matched),
        chosen=sum(one.before.part is None or one.after.part is None for one, *_ in rows),
        wins_before=sum(old == 1 for _, old, _ in rows),
        wins_after=sum(new == 1 for *_, new in rows),
        only_before=lost,
        only_after=won,
        better=better,
        worse=worse,
        mid_p=mid_p(won, lost) if rows else None,
        sign_p=sign_test(better, worse) if rows else None,
        win_rate=win_change(wins),
        ties_half=half_change(halves),
        items=_items(rows),
    )


def win_change(changes: Sequence[ScoredPair]) -> Change:
    """Difference of two paired shares with Bonett-Price's interval and McNemar's exact p; clustered: t and no p."""
    over = mean_spread(changes)
    if over.n < MIN_FOR_RATE:
        return _refused(over, "bonett-price")
    if over.clustered:
        return _t_change(over)
    won = sum(count for _, change, count in changes if change > 0)
    lost = sum(count for _, change, count in changes if change < 0)
    low, high = bonett_price(won, lost, over.n)
    return Change(over.mean, low, high, mcnemar(won, lost), "bonett-price, exact mcnemar")


def half_change(changes: Sequence[ScoredPair]) -> Change:
    """Mean difference of paired scores with Student's interval; where no two differ, Bonett-Price's."""
    over = mean_spread(changes)
    if over.n < MIN_FOR_RATE:
        return _refused(over, "paired t")
    if over.error > 1e-12 or over.clustered:
        return _t_change(over)
    up, down = sum(change > 0 for _, change, _ in changes), sum(change < 0 for _, change, _ in changes)
    low, high = bonett_price(up, down, over.n)
    return Change(over.mean, low, high, sign_test(up, down), "bonett-price")


def _t_change(over: MeanSpread) -> Change:
    method = "paired t" + CLUSTERED * over.clustered
    if over.clustered and over.clusters < LEAST_CLUSTERS:
        return Change(over.mean, None, None, None, method, FEW_EXAMPLES)
    if over.error < 1e-12:
        return Change(over.mean, None, None, None, method, NO_CHANGE)
    half = t_quantile(over.clusters - 1) * over.error
    p = t_tail(over.mean / over.error, over.clusters - 1)
    return Change(over.mean, max(-1.0, over.mean - half), min(1.0, over.mean + half), p, method)


def _refused(over: MeanSpread, method: str) -> Change:
    return Change(over.mean if over.n else None, None, None, None, method, FEW)


def _items(rows: Iterable[tuple[MatchedExample, float, float]]) -> tuple[ChangedExample, ...]:
    changed = [ChangedExample(one.key, one.turn, old, new) for one, old, new in rows if old != new]
    return tuple(sorted(changed, key=lambda item: (item.after - item.before, item.key, item.turn)))


def compare_judge_pairs(names: Sequence[str], rows: Sequence[JointVerdicts]) -> tuple[JudgeComparison, ...]:
    """Each two judges; the p values adjusted for how many pairs of judges there are."""
    found = [_pair(names, rows, a, b) for a, b in combinations(range(len(names)), 2)]
    asked = [pair.change.p for pair in found if pair.change.p is not None]
    larger = iter(holm(asked))
    return tuple(pair if pair.change.p is None else replace(pair, adjusted=next(larger)) for pair in found)


def _pair(names: Sequence[str], rows: Sequence[JointVerdicts], a: int, b: int) -> JudgeComparison:
    both = []
    for row in rows:
        human, one, other = COMPARED.get(human_label(row.votes)), _said(row.verdicts[a]), _said(row.verdicts[b])
        if human is not None and one is not None and other is not None:
            both.append((row.example, float(one == human) - float(other == human), one == other, row.count))
    return JudgeComparison(
        names[a],
        names[b],
        sum(count for *_, count in both),
        sum(count for _, change, _, count in both if change > 0),
        sum(count for _, change, _, count in both if change < 0),
        share([(example, float(same), count) for example, _, same, count in both], "no pair that both can be read on"),
        win_change([(example, change, count) for example, change, _, count in both]),
        None,
    )


def _said(verdict: Verdict | None) -> int | None:
    return None if verdict is None else SAID.get(verdict)


LEVEL = 0.95


_BOTH_SIDES = 2 * LEVEL - 1


_MOST_UNREAD = 0.1


StratumCounts = tuple[str | None, str | None]
"""The strata of an example in both runs."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A mean difference with one-sided bounds, and the t of lying above - margin (None where there is no error)."""

    mean: float
    low: float
    high: float
    error: float
    df: float
    method: str

    def p(self, margin: float) -> float | None:
        """One-sided p of so good a difference if the run were worse by the whole margin."""
        if self.error <= 0:
            return None
        t = (self.mean + margin) / self.error
        tail = t_tail(t, self.df) / 2
        return tail if t > 0 else 1 - tail


@dataclass(frozen=True, slots=True)
class GateSubject:
    """What a gate is about: the run, the one it is held against, and the judge where only that one speaks."""

    run: str
    against: str
    judge: str | None = None
    worth: str | None = None


def gate(matched: Sequence[MatchedExample], margin: float, names: GateSubject, planned: int | None = None) -> Gate:
    """Hold a run (`after`) against another (`before`), by people's labels or, where a judge is named, by its verdicts."""
    reading = by_people if names.judge is None else by_judge
    rated = [one for one in matched if reading(one.before) is not None and reading(one.after) is not None]
    found = _refusal(matched, rated, names.judge is not None) or _bound(
        matched, rated, reading, names.judge is not None
    )
    if isinstance(found, str):
        return _gate(GateResult.INCONCLUSIVE, found, names, margin, len(rated), None, planned)
    result = _result(found, margin)
    if planned is not None and len(rated) < planned:
        reason = f"provisional: {len(rated)} of the {planned} planned pairs are read in both runs; so far it would be {result}"
        return _gate(GateResult.INCONCLUSIVE, reason, names, margin, len(rated), found, planned, result)
    return _gate(result, _reason(found, margin, result), names, margin, len(rated), found, planned)


def bound(differences: Sequence[ScoredPair]) -> Bound | str:
    """The bounds of a mean difference of pairs drawn alike, clustered by example; or the reason why there are none."""
    over = mean_spread(differences)
    if over.clustered and over.clusters < LEAST_CLUSTERS:
        return FEW_EXAMPLES
    method = "paired t" + CLUSTERED * over.clustered
    if over.error > 1e-12:
        half = t_quantile(over.clusters - 1, _BOTH_SIDES) * over.error
        return Bound(over.mean, over.mean - half, over.mean + half, over.error, over.clusters - 1, method)
    up = sum(count for _, change, count in differences if change > 0)
    down = sum(count for _, change, count in differences if change < 0)
    low, high = bonett_price(up, down, over.clusters if over.clustered else over.n, z_quantile(_BOTH_SIDES))
    return Bound(over.mean, min(low, over.mean), max(high, over.mean), 0.0, over.n, "bonett-price")


def _result(found: Bound, margin: float) -> GateResult:
    if found.low > -margin:
        return GateResult.PASS
    return GateResult.FAIL if found.high < -margin else GateResult.INCONCLUSIVE


def _refusal(matched: Sequence[MatchedExample], rated: Sequence[MatchedExample], judge_only: bool) -> str | None:
    rater = "judged" if judge_only else "read"
    if not rated:
        return f"no pair was {rater} in both runs"
    if judge_only or len(rated) == len(matched):
        return _few(len(rated), rater)
    parts = _parts(matched, rated)
    unread = {part: of for part, (of, n) in parts.items() if not n}
    if sum(unread.values()) > _MOST_UNREAD * len(matched):
        if all(part[0] is None or part[1] is None for part, (_, n) in parts.items() if n):
            return CHOSEN.format(f"{len(rated)} pair{'s' * (len(rated) != 1)}")
        worst = max(unread, key=lambda part: unread[part])
        named = " / ".join(name or "chosen" for name in worst)
        return f"no pair was read in both runs in the part {named!r} ({unread[worst]} items)"
    return _few(len(rated), rater)


def _few(n: int, rater: str) -> str | None:
    if n >= MIN_FOR_RATE:
        return None
    return f"{MIN_FOR_RATE} pairs {rater} in both runs needed, {n} {'is' if n == 1 else 'are'} there"


def _parts(matched: Sequence[MatchedExample], rated: Sequence[MatchedExample]) -> dict[StratumCounts, tuple[int, int]]:
    """For each part of the examples: how many there are, how many are rated in both runs."""
    found: dict[StratumCounts, tuple[int, int]] = {}
    for group, place in ((matched, 0), (rated, 1)):
        for one in group:
            part = (one.before.part, one.after.part)
            of, n = found.get(part, (0, 0))
            found[part] = (of + (not place), n + place)
    return found


def _bound(
    matched: Sequence[MatchedExample], rated: Sequence[MatchedExample], reading: Rater, judge_only: bool
) -> Bound | str:
    rows = [(one, (reading(one.after) or 0.0) - (reading(one.before) or 0.0)) for one in rated]
    parts = {part: sizes for part, sizes in _parts(matched, rated).items() if sizes[1]}
    if judge_only or len(rated) == len(matched) or len(parts) == 1:
        return bound([(one.example, change, 1) for one, change in rows])
    return _weighted(rows, parts)


def _weighted(rows: Sequence[tuple[MatchedExample, float]], parts: dict[StratumCounts, tuple[int, int]]) -> Bound | str:
    """Parts drawn unequally: sum W d, variance sum W^2 s^2 / n with s^2 pooled within the parts."""
    total = sum(of for of, _ in parts.values())
    groups = {part: [c for o, c in rows if (o.before.part, o.after.part) == part] for part in parts}
    means = {part: math.fsum(group) / len(group) for part, group in groups.items()}
    df = len(rows) - len(groups)
    squares = math.fsum((change - means[part]) ** 2 for part, group in groups.items() for change in group)
    plain = mean_spread([(one.example, change, 1) for one, change in rows])
    if df < MIN_FOR_RATE - 1 or squares < 1e-12:
        return f"{MIN_FOR_RATE} pairs and a change among them needed where parts of the queue were drawn unequally"
    if plain.clustered and plain.clusters < LEAST_CLUSTERS:
        return FEW_EXAMPLES
    effect = max(1.0, plain.n / plain.effective_n) if plain.clustered else 1.0
    mean = math.fsum(of / total * means[part] for part, (of, _) in parts.items())
    variance = math.fsum((of / total) ** 2 / n for of, n in parts.values()) * squares / df * effect
    half = t_quantile(df, _BOTH_SIDES) * math.sqrt(variance)
    method = "paired t, stratified" + CLUSTERED * plain.clustered
    return Bound(mean, mean - half, mean + half, math.sqrt(variance), df, method)


def _reason(found: Bound, margin: float, result: GateResult) -> str:
    allowed, low, high = f"{100 * margin:g} points", _points(found.low), _points(found.high)
    if result is GateResult.PASS:
        return f"not worse by {allowed} or more: the difference is {_points(found.mean)}, at least {low}"
    if result is GateResult.FAIL:
        return f"worse by more than {allowed}: the difference is {_points(found.mean)}, at most {high}"
    return f"not settled: the difference is {_points(found.mean)}, between {low} and {high}; {allowed} are allowed"


def _points(share: float) -> str:
    """A difference in points, with its sign."""
    written = f"{100 * share:+.1f}"
    return ("0.0" if written in ("+0.0", "-0.0") else written.replace("-", "−")) + " points"


def _gate(
    result: GateResult,
    reason: str,
    names: GateSubject,
    margin: float,
    n: int,
    found: Bound | None,
    planned: int | None,
    provisional: GateResult | None = None,
) -> Gate:
    return Gate(
        result,
        reason,
        names.run,
        names.against,
        margin,
        n,
        found.mean if found else None,
        found.low if found else None,
        found.high if found else None,
        found.p(margin) if found else None,
        LEVEL,
        found.method if found else "paired t",
        names.judge,
        names.worth,
        planned,
        provisional,
    )
