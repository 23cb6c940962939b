"""The headline: the judge-assisted win rate, or the human one, or nothing with its reason.

Which of them it is follows from how many verdicts there are and whether the pairs they stand on were drawn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from uphold.records.counts import JudgeGroups, RunCounts, Stratum
from uphold.records.statistics import MIN_FOR_ASSISTED, MIN_FOR_RATE, Assisted, Rate, ThreeRates
from uphold.stats.distributions import LEVEL, t_quantile
from uphold.stats.human import labelled, no_rates, rates
from uphold.stats.intervals import (
    CLUSTERED,
    FEW_EXAMPLES,
    LEAST_CLUSTERS,
    MeanSpread,
    ScoredPair,
    StratumShare,
    finite_n,
    mean_spread,
    weighted_share,
    wilson,
)
from uphold.stats.poststratify import (
    HALF,
    WIN,
    WIN_TIE,
    ChainCell,
    Counts,
    Moments,
    VerdictCell,
    beta_interval,
    by_stratum,
    chain_cells,
    empty_kind,
    folded,
    not_narrower,
    verdict_cells,
)
from uphold.stats.poststratify import population as of_population
from uphold.stats.poststratify import this_set as of_this_set

OPINION = "no human verdict yet: a judge's opinion, not a win rate"


COUNTS = f"{MIN_FOR_RATE} verdicts needed for a rate"


HUMAN_ONLY = f"{MIN_FOR_ASSISTED} needed for the judge-assisted rate"


NO_JUDGE = "no judge has read these pairs"


CHOSEN = "chosen, not sampled: these numbers speak of the {} read"


NAMES = ("win_rate", "win_tie_rate", "ties_half")


SCORES = (WIN, WIN_TIE, HALF)
"""The scores of the three rates, in their order."""


@dataclass(frozen=True)
class HeadlineInputs:
    """What the headline is made of: the table of one judge and people, and what it allows.

    `state` is `assisted`, `human-only`, `counts`, `opinion` or `refused`; `n` labels on `pairs` pairs, `sampled` of
    them on pairs that were drawn. `drawn_alike` is false where strata have to be weighted.
    """

    state: str
    reason: str | None
    table: tuple[VerdictCell, ...]
    pairs: int
    n: int
    sampled: int
    drawn_alike: bool
    scored: tuple[ScoredPair, ...]

    @cached_property
    def cells(self) -> list[ChainCell]:
        """The cells of the chain rule; one where the judge is left out."""
        return chain_cells(self.table, judge=self.state == "assisted")

    @cached_property
    def alone(self) -> list[ChainCell]:
        """One cell: the same verdicts as if there were no judge."""
        return chain_cells(self.table, judge=False)

    @property
    def has_rates(self) -> bool:
        """Is there a rate to show?"""
        return self.state in ("assisted", "human-only")

    @property
    def is_complete(self) -> bool:
        """Does every pair have a label?"""
        return self.n == self.pairs

    def spread(self, score: Counts) -> MeanSpread:
        """The spread of the labels' scores."""
        return mean_spread([(cluster, score[round(2 * half)], count) for cluster, half, count in self.scored])

    def effect(self, score: Counts) -> float:
        """The design effect of several pairs from one example: at least 1."""
        over = self.spread(score)
        return max(1.0, over.n / over.effective_n) if over.clustered else 1.0

    @cached_property
    def has_few_examples(self) -> bool:
        """Do several pairs share an example, and are there too few examples for an interval?"""
        over = self.spread(HALF)
        return over.clustered and over.clusters < LEAST_CLUSTERS


def headline_inputs(counts: RunCounts, judge: JudgeGroups) -> HeadlineInputs:
    """The table of one judge, and which of the refusals holds."""
    return judge_inputs(verdict_cells(judge.cells), counts.strata, labelled(judge.cells))


def judge_inputs(
    rows: Sequence[VerdictCell], strata: Sequence[Stratum], scored: Sequence[ScoredPair]
) -> HeadlineInputs:
    """The same from a table of what the judge and people said, and the labels' scores with their examples."""
    table, unread = folded(rows, strata)
    sizes = by_stratum(table)
    chosen = {stratum for stratum in sizes if strata[stratum].chosen}
    n = round(sum(count for _, count in sizes.values()))
    sampled = n - round(sum(sizes[stratum][1] for stratum in chosen))
    pairs = sum(of for of, _ in sizes.values())
    alike = len(sizes) - len(chosen) <= 1
    state, reason = _state(table, pairs, n, sampled, unread, alike)
    return HeadlineInputs(state, reason, tuple(table), pairs, n, sampled, len(sizes) <= 1, tuple(scored))


def people_alone(counts: RunCounts) -> HeadlineInputs:
    """The same where no judge has read anything."""
    found = headline_inputs(counts, JudgeGroups(0, "", "", "", counts.votes))
    return replace(found, state="human-only", reason=NO_JUDGE) if found.state == "assisted" else found


def _state(
    table: Sequence[VerdictCell], pairs: int, n: int, sampled: int, unread: str | None, alike: bool
) -> tuple[str, str | None]:
    if not n:
        return "opinion", OPINION
    if n == pairs:
        return ("assisted", None) if n >= MIN_FOR_ASSISTED else ("human-only", HUMAN_ONLY)
    if not sampled:
        return "refused", CHOSEN.format(f"{n} pair{'s' * (n != 1)}")
    if sampled < MIN_FOR_RATE:
        return "counts", COUNTS
    if unread is not None:
        return "refused", unread
    if sampled < MIN_FOR_ASSISTED:
        return "human-only", HUMAN_ONLY
    if (empty := empty_kind(table)) is not None:
        return ("human-only" if alike else "refused"), empty
    return "assisted", None


def assisted(counts: RunCounts, judge: JudgeGroups) -> Assisted:
    """The three rates for instructions like these and for exactly these, or the state that allows none."""
    return headline(headline_inputs(counts, judge), counts.planned)


def headline(found: HeadlineInputs, planned: int | None = None) -> Assisted:
    """The rates that a study allows."""
    if not found.has_rates:
        none = no_rates(found.n, found.reason or "")
        return Assisted(found.state, found.reason, None, none, none, found.n, found.sampled, planned)
    make = _chain_rates if found.state == "assisted" else _human_rates
    like_these, these = make(found)
    return Assisted(found.state, found.reason, _worth(found), like_these, these, found.n, found.sampled, planned)


def _worth(found: HeadlineInputs) -> int | None:
    """How many more verdicts would have bought the same without a judge: n (V_human / V_assisted - 1)."""
    if found.state != "assisted":
        return None
    without, within = of_population(found.alone, WIN).variance, of_population(found.cells, WIN).variance
    return max(0, round(found.n * (without / within - 1)))


def win_rates(found: HeadlineInputs) -> tuple[Rate, Rate]:
    """The strict win rate alone, like these and this set; only where the study has rates."""
    if found.state == "assisted":
        return _chained(found, WIN)
    like_these, these = _human_rates(found)
    return like_these.win_rate, these.win_rate


def _chain_rates(found: HeadlineInputs) -> tuple[ThreeRates, ThreeRates]:
    made = [_chained(found, score) for score in SCORES]
    return ThreeRates(*(like for like, _ in made)), ThreeRates(*(this for _, this in made))


def _chained(found: HeadlineInputs, score: Counts) -> tuple[Rate, Rate]:
    like, this = of_population(found.cells, score), of_this_set(found.cells, score)
    effect = found.effect(score)
    method = "chain rule" + CLUSTERED * (effect > 1 or found.spread(score).clustered)
    if found.has_few_examples:
        rows = [Rate(at.mean, None, None, found.n, LEVEL, method, FEW_EXAMPLES) for at in (like, this)]
        return rows[0], _exact(found, score) if found.is_complete else rows[1]
    spread_out = Moments(like.mean, like.variance * effect)
    if found.is_complete:
        return _rate(like.mean, beta_interval(spread_out), found.n, method), _exact(found, score)
    narrow = beta_interval(Moments(this.mean, this.variance * effect))
    wide = not_narrower(beta_interval(spread_out), narrow)
    return _rate(like.mean, wide, found.n, method), _rate(this.mean, narrow, found.n, method)


def _human_rates(found: HeadlineInputs) -> tuple[ThreeRates, ThreeRates]:
    """Humans alone: Wilson's interval, for this set on n (N - 1)/(N - n); weighted where strata were drawn unequally."""
    if found.is_complete or found.drawn_alike:
        like_these = rates(list(found.scored))
    else:
        like_these = ThreeRates(
            _parted(found, WIN, True), _parted(found, WIN_TIE, True), _one_celled(found, of_population)
        )
    if found.is_complete:
        return like_these, ThreeRates(*(_exact(found, score) for score in SCORES))
    one = _finite if found.drawn_alike else lambda found, score: _parted(found, score, False)
    these = ThreeRates(one(found, WIN), one(found, WIN_TIE), _one_celled(found, of_this_set))
    wide = (_stretched(getattr(like_these, name), getattr(these, name)) for name in NAMES)
    return ThreeRates(*wide), these


def _stretched(wide: Rate, narrow: Rate) -> Rate:
    if wide.low is None or wide.high is None or narrow.low is None or narrow.high is None:
        return wide
    low, high = not_narrower((wide.low, wide.high), (narrow.low, narrow.high))
    return replace(wide, low=low, high=high)


def _finite(found: HeadlineInputs, score: Counts) -> Rate:
    over = found.spread(score)
    method = "wilson, finite population" + CLUSTERED * over.clustered
    if found.has_few_examples:
        return Rate(over.mean, None, None, over.n, LEVEL, method, FEW_EXAMPLES)
    n = finite_n(over.n, found.pairs) / found.effect(score)
    quantile = t_quantile(over.clusters - 1) if over.clustered else None
    return _rate(over.mean, wilson(over.mean * n, n, quantile=quantile), over.n, method)


def _parted(found: HeadlineInputs, score: Counts, like_these: bool) -> Rate:
    parts: dict[int, StratumShare] = {}
    for row in found.table:
        old = parts.get(row.stratum, StratumShare("", 0, 0, 0.0))
        hits = sum(count * worth for count, worth in zip(row.read, score, strict=True))
        parts[row.stratum] = StratumShare("", old.pairs + row.pairs, old.n + round(row.n), old.hits + hits)
    rate = weighted_share(list(parts.values()), population=like_these, effect=found.effect(score))
    if found.has_few_examples:
        return Rate(rate.rate, None, None, rate.n, LEVEL, rate.method, FEW_EXAMPLES)
    return rate


def _one_celled(found: HeadlineInputs, target: Callable[[Sequence[ChainCell], Counts], Moments]) -> Rate:
    at = target(found.alone, HALF)
    if found.has_few_examples:
        return Rate(at.mean, None, None, found.n, LEVEL, "posterior", FEW_EXAMPLES)
    bounds = beta_interval(Moments(at.mean, at.variance * found.effect(HALF)))
    return _rate(at.mean, bounds, found.n, "posterior")


def _exact(found: HeadlineInputs, score: Counts) -> Rate:
    """Every pair is read: the rate of this set is known."""
    mean = found.spread(score).mean
    return _rate(mean, (mean, mean), found.n, "exact")


def _rate(mean: float, bounds: tuple[float, float], n: int, method: str) -> Rate:
    return Rate(mean, *bounds, n, LEVEL, method)
