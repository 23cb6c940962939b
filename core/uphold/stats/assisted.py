"""The headline win rates: judge-assisted, or human-only, or none, with the reason.

Which of them is given depends on how many human labels there are and on whether the labelled pairs were drawn from the
queue. Judge-assisted rates are post-stratified by the judge's verdicts (`poststratify`); human-only rates have Wilson's
interval, corrected for the finite set or stratified where needed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from uphold.formatting import count, count_noun
from uphold.records.counts import MIN_FOR_ASSISTED, MIN_FOR_RATE, JudgeGroups, RunCounts, Stratum
from uphold.records.enums import Verdict
from uphold.records.headline_judge import what_is_missing
from uphold.records.statistics import Assisted, Rate, ThreeRates
from uphold.stats.distributions import LEVEL
from uphold.stats.human import NO_LABEL, label_scores, no_rates, three_rates
from uphold.stats.intervals import (
    CLUSTERED,
    FEW_EXAMPLES,
    MIN_CLUSTERS,
    TIES_HALF,
    Bounds,
    MeanSpread,
    ScoredPair,
    StratumShare,
    finite_share,
    hull,
    is_extreme,
    mean_spread,
    middle,
    not_narrower,
    not_narrower_rate,
    share,
    stratified_share,
)
from uphold.stats.poststratify import (
    WIN,
    WIN_TIE,
    ChainCell,
    Moments,
    Score,
    VerdictCell,
    beta_interval,
    by_stratum,
    chain_cells,
    fold_unread_strata,
    population_rate,
    this_set_rate,
    unread_kind,
    verdict_cells,
)

OPINION = "no human verdict yet: a judge's opinion, not a win rate"

TOO_FEW = f"{MIN_FOR_RATE} verdicts needed for a rate"

HUMAN_ONLY = f"{MIN_FOR_ASSISTED} needed for the judge-assisted rate"

NO_JUDGE = "no judge has read these pairs"

CHOSEN = "chosen, not sampled: these numbers speak of the {} read"

SCORES = (WIN, WIN_TIE, TIES_HALF)
"""The scores of the three rates, in the order of the fields of `ThreeRates`."""


@dataclass(frozen=True)
class HeadlineInputs:
    """Human labels beside one judge's verdicts, and the kind of headline that they allow.

    `state` is `assisted`, `human-only`, `counts`, `opinion` or `refused`. There are `n` labels on `pairs` pairs,
    `sampled` of them on pairs that were drawn. `drawn_alike` is False where strata have to be weighted. `scored` holds
    the labels' scores (1, .5, 0) with their examples.
    """

    state: str
    reason: str | None
    verdict_cells: tuple[VerdictCell, ...]
    pairs: int
    n: int
    sampled: int
    drawn_alike: bool
    scored: tuple[ScoredPair, ...]

    @cached_property
    def cells(self) -> list[ChainCell]:
        """The cells of the posterior; a single one where the judge is left out."""
        return chain_cells(self.verdict_cells, judge=self.state == "assisted")

    @cached_property
    def cells_without_judge(self) -> list[ChainCell]:
        """A single cell with the same labels, as if there were no judge."""
        return chain_cells(self.verdict_cells, judge=False)

    @property
    def has_rates(self) -> bool:
        """Whether there is a rate to show."""
        return self.state in ("assisted", "human-only")

    @property
    def is_complete(self) -> bool:
        """Whether every pair has a label."""
        return self.n == self.pairs

    def spread(self, score: Score) -> MeanSpread:
        """Return the mean and the standard error of the labels' scores."""
        return mean_spread([(cluster, score[round(2 * value)], count) for cluster, value, count in self.scored])

    def design_effect(self, score: Score) -> float:
        """Return how many times the variance grows because pairs share examples; at least 1."""
        return self.spread(score).design_effect

    @cached_property
    def has_few_examples(self) -> bool:
        """Whether several pairs share an example and there are too few examples for an interval."""
        spread = self.spread(TIES_HALF)
        return spread.clustered and spread.clusters < MIN_CLUSTERS


def not_asked(judge: JudgeGroups) -> int:
    """Return how many pairs a judge was not asked about in all orders; what people say elsewhere speaks for none of them."""
    return sum(group.count for group in judge.cells if group.verdict in (None, Verdict.PENDING))


def headline_inputs(counts: RunCounts, judge: JudgeGroups | None) -> HeadlineInputs:
    """Return the inputs of the headline from one judge's groups; of a human-only one where it has not read every pair.

    Without a judge it is human-only too.
    """
    groups, reason = counts.votes, NO_JUDGE
    if judge is not None:
        missing = not_asked(judge)
        if not missing:
            return inputs_from_cells(verdict_cells(judge.cells), counts.strata, label_scores(judge.cells))
        pairs = sum(group.count for group in judge.cells)
        groups = tuple(replace(group, verdict=None) for group in judge.cells)
        reason = f"{judge.name} has read {count(pairs - missing)} of {count_noun(pairs, 'pair')}"
    inputs = inputs_from_cells(verdict_cells(groups), counts.strata, label_scores(groups))
    if inputs.state in ("assisted", "human-only"):
        return replace(inputs, state="human-only", reason=reason)
    return inputs


def run_inputs(counts: RunCounts) -> HeadlineInputs:
    """Return the inputs of a run's headline, from the groups of its judge; the reason says what that judge lacks."""
    judge = counts.judge.judge
    groups = next((groups for groups in counts.judges if judge is not None and groups.judge_id == judge.id), None)
    inputs = headline_inputs(counts, groups)
    lack = what_is_missing(counts.judge)
    return replace(inputs, reason=lack) if inputs.state == "human-only" and lack else inputs


def inputs_from_cells(
    cells: Sequence[VerdictCell], strata: Sequence[Stratum], scored: Sequence[ScoredPair]
) -> HeadlineInputs:
    """Return the inputs of the headline from cells of verdicts and labels, and the labels' scores with their examples."""
    folded, unread_stratum = fold_unread_strata(cells, strata)
    sizes = by_stratum(folded)
    chosen = {stratum for stratum in sizes if strata[stratum].chosen}
    n = round(sum(labels for _, labels in sizes.values()))
    inputs = HeadlineInputs(
        state="",
        reason=None,
        verdict_cells=tuple(folded),
        pairs=sum(pairs for pairs, _ in sizes.values()),
        n=n,
        sampled=n - round(sum(sizes[stratum][1] for stratum in chosen)),
        drawn_alike=len(sizes) <= 1,
        scored=tuple(scored),
    )
    # Where only chosen pairs are left, all are decided: on those without a label reviewers are drawn.
    all_decided = bool(chosen) and len(chosen) == len(sizes)
    sampled_alike = len(sizes) - len(chosen) <= 1
    state, reason = _state(inputs, unread_stratum, sampled_alike=sampled_alike, all_decided=all_decided)
    return replace(inputs, state=state, reason=reason)


def _state(
    inputs: HeadlineInputs, unread_stratum: str | None, *, sampled_alike: bool, all_decided: bool
) -> tuple[str, str | None]:
    """Return which headline is allowed, with the reason where it is not the assisted one."""
    n, sampled = inputs.n, inputs.sampled
    if not n:
        return "opinion", OPINION
    if inputs.is_complete or all_decided:
        return ("assisted", None) if n >= MIN_FOR_ASSISTED else ("human-only", HUMAN_ONLY)
    if not sampled:
        return "refused", CHOSEN.format(count_noun(n, "pair"))
    if sampled < MIN_FOR_RATE:
        return "counts", TOO_FEW
    if unread_stratum is not None:
        return "refused", unread_stratum
    if sampled < MIN_FOR_ASSISTED:
        return "human-only", HUMAN_ONLY
    if (reason := unread_kind(inputs.verdict_cells)) is not None:
        return ("human-only" if sampled_alike else "refused"), reason
    return "assisted", None


def assisted(counts: RunCounts, judge: JudgeGroups) -> Assisted:
    """Return the headline that one judge's verdicts give."""
    return headline(headline_inputs(counts, judge), counts.planned)


def headline(inputs: HeadlineInputs, planned: int | None = None) -> Assisted:
    """Return the three rates for the population and for this set, or the state and the reason that withhold them."""
    if not inputs.has_rates:
        none = no_rates(inputs.n, inputs.reason or "")
        return Assisted(inputs.state, inputs.reason, None, none, none, inputs.n, inputs.sampled, planned)
    rates = _assisted_rates if inputs.state == "assisted" else _human_rates
    population, this_set = rates(inputs)
    worth = _worth_verdicts(inputs)
    return Assisted(inputs.state, inputs.reason, worth, population, this_set, inputs.n, inputs.sampled, planned)


def win_rates(inputs: HeadlineInputs) -> tuple[Rate, Rate]:
    """Return the win rate alone, for the population and for this set; only where `inputs.has_rates`."""
    if inputs.state == "assisted":
        return _assisted_rate(inputs, WIN)
    population, this_set = _human_rates(inputs)
    return population.win_rate, this_set.win_rate


def _worth_verdicts(inputs: HeadlineInputs) -> int | None:
    """Return how many more verdicts would buy the same precision without the judge: n (V_human / V_assisted - 1)."""
    if inputs.state != "assisted":
        return None
    without_judge = population_rate(inputs.cells_without_judge, WIN).variance
    with_judge = population_rate(inputs.cells, WIN).variance
    return max(0, round(inputs.n * (without_judge / with_judge - 1)))


def _assisted_rates(inputs: HeadlineInputs) -> tuple[ThreeRates, ThreeRates]:
    rates = [_assisted_rate(inputs, score) for score in SCORES]
    return ThreeRates(*(population for population, _ in rates)), ThreeRates(*(this_set for _, this_set in rates))


def _assisted_rate(inputs: HeadlineInputs, score: Score) -> tuple[Rate, Rate]:
    """Return the post-stratified rate for the population and for this set, variances scaled by the design effect.

    At the extremes (`_is_extreme`) its interval is joined with that of the labels alone.
    """
    population, this_set = population_rate(inputs.cells, score), this_set_rate(inputs.cells, score)
    spread = inputs.spread(score)
    effect, extreme = spread.design_effect, _is_extreme(inputs, score)
    method = "chain rule" + " and wilson" * extreme + CLUSTERED * spread.clustered
    if inputs.has_few_examples:
        rates = [
            Rate(moments.mean, None, None, inputs.n, LEVEL, method, FEW_EXAMPLES) for moments in (population, this_set)
        ]
        return rates[0], _exact_rate(inputs, score) if inputs.is_complete else rates[1]
    wide = beta_interval(Moments(population.mean, population.variance * effect))
    if extreme:
        wide = hull(wide, _wilson_bounds(inputs, score, population=True))
    if inputs.is_complete:
        return _rate(population.mean, wide, inputs.n, method), _exact_rate(inputs, score)
    narrow = beta_interval(Moments(this_set.mean, this_set.variance * effect))
    if extreme:
        narrow = hull(narrow, _wilson_bounds(inputs, score, population=False))
    wide = not_narrower(wide, narrow)
    return _rate(population.mean, wide, inputs.n, method), _rate(this_set.mean, narrow, inputs.n, method)


def _is_extreme(inputs: HeadlineInputs, score: Score) -> bool:
    """Whether at most 5 labels have another score than the most frequent one: the chain rule alone is too narrow then."""
    sizes: dict[float, int] = {}
    for _, value, pairs in inputs.scored:
        scored = score[round(2 * value)]
        sizes[scored] = sizes.get(scored, 0) + pairs
    return is_extreme(max(sizes.values()), inputs.n)


def _wilson_bounds(inputs: HeadlineInputs, score: Score, *, population: bool) -> Bounds:
    """Return Wilson's interval of the labels alone; of ties as half the mean of those of win and of win or tie."""
    if score == TIES_HALF:
        return middle(
            _wilson_bounds(inputs, WIN, population=population), _wilson_bounds(inputs, WIN_TIE, population=population)
        )
    rate = _human_rate(inputs, score, population=population)
    return (0.0, 1.0) if rate.low is None or rate.high is None else (rate.low, rate.high)


def _human_rate(inputs: HeadlineInputs, score: Score, *, population: bool) -> Rate:
    """Return the share of labels that score 1, for the population or for this set, weighted where it is needed."""
    if not inputs.is_complete and not inputs.drawn_alike:
        return _stratified_rate(inputs, score, population=population)
    if not population:
        return finite_share(inputs.spread(score), inputs.pairs)
    return share([(cluster, score[round(2 * value)], count) for cluster, value, count in inputs.scored], NO_LABEL)


def _human_rates(inputs: HeadlineInputs) -> tuple[ThreeRates, ThreeRates]:
    """Return the rates without the judge, for the population and for this set.

    Wilson's interval, for this set on the effective n of `finite_n`; weighted where strata were drawn unequally.
    """
    if inputs.is_complete or inputs.drawn_alike:
        population = three_rates(list(inputs.scored))
    else:
        population = ThreeRates(
            _human_rate(inputs, WIN, population=True),
            _human_rate(inputs, WIN_TIE, population=True),
            _posterior_rate(inputs, population_rate),
        )
    if inputs.is_complete:
        return population, ThreeRates(*(_exact_rate(inputs, score) for score in SCORES))
    this_set = ThreeRates(
        _human_rate(inputs, WIN, population=False),
        _human_rate(inputs, WIN_TIE, population=False),
        _posterior_rate(inputs, this_set_rate),
    )
    return (
        ThreeRates(
            not_narrower_rate(population.win_rate, this_set.win_rate),
            not_narrower_rate(population.win_tie_rate, this_set.win_tie_rate),
            not_narrower_rate(population.ties_half, this_set.ties_half),
        ),
        this_set,
    )


def _stratified_rate(inputs: HeadlineInputs, score: Score, *, population: bool) -> Rate:
    """Return the stratum-weighted rate with Wilson's interval on its effective n."""
    strata: dict[int, StratumShare] = {}
    for cell in inputs.verdict_cells:
        old = strata.get(cell.stratum, StratumShare("", 0, 0, 0.0))
        hits = sum(count * value for count, value in zip(cell.labels, score, strict=True))
        strata[cell.stratum] = StratumShare("", old.pairs + cell.pairs, old.n + round(cell.n), old.hits + hits)
    return stratified_share(list(strata.values()), population=population, spread=inputs.spread(score))


def _posterior_rate(inputs: HeadlineInputs, target_rate: Callable[[Sequence[ChainCell], Score], Moments]) -> Rate:
    """Return the rate with ties as half from the posterior of a single cell."""
    moments = target_rate(inputs.cells_without_judge, TIES_HALF)
    if inputs.has_few_examples:
        return Rate(moments.mean, None, None, inputs.n, LEVEL, "posterior", FEW_EXAMPLES)
    bounds = beta_interval(Moments(moments.mean, moments.variance * inputs.design_effect(TIES_HALF)))
    if not _is_extreme(inputs, TIES_HALF):
        return _rate(moments.mean, bounds, inputs.n, "posterior")
    bounds = hull(bounds, _wilson_bounds(inputs, TIES_HALF, population=target_rate is population_rate))
    return _rate(moments.mean, bounds, inputs.n, "posterior and wilson")


def _exact_rate(inputs: HeadlineInputs, score: Score) -> Rate:
    """Return the rate of this set where every pair is read: it is known, its interval has no width."""
    mean = inputs.spread(score).mean
    return _rate(mean, (mean, mean), inputs.n, "exact")


def _rate(mean: float, bounds: Bounds, n: int, method: str) -> Rate:
    return Rate(mean, *bounds, n, LEVEL, method)
