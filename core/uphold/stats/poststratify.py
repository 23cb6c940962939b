"""Post-stratified win rates: human labels within each kind of judge verdict, weighted by how often that kind occurs.

In outputs this is called the chain rule. Each cell (a kind of verdict, or a kind in one stratum of the queue) has a
Dirichlet posterior whose mean and variance are matched by a beta (Hofer et al. 2024; post-stratification, Holt & Smith
1979). Two targets: the population that the pairs come from, and exactly these pairs (this set).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from uphold.formatting import count_noun
from uphold.records.counts import PairGroup, Stratum
from uphold.records.enums import Verdict
from uphold.records.labels import Label, human_label
from uphold.stats.distributions import LEVEL, beta_quantile
from uphold.stats.intervals import MAX_UNREAD_SHARE, PRIOR, Bounds

LabelCounts = tuple[float, float, float]
"""Losses, ties and wins of the candidate by human label; weighted ones need not be whole."""

Score = tuple[float, float, float]
"""What a loss, a tie and a win count."""

WIN: Score = (0.0, 0.0, 1.0)

WIN_TIE: Score = (0.0, 1.0, 1.0)

KIND_NAMES = ("win", "loss", "neither win nor loss")
"""The kinds of verdict, by index; the last holds ties, flips, unreadable, failed and unjudged pairs."""

_KIND = {Verdict.CANDIDATE: 0, Verdict.BASELINE: 1}

_OTHER_KIND = 2

_LABEL_INDEX = {Label.BASELINE: 0, Label.TIE: 1, Label.CANDIDATE: 2}

_MIN_SIZE = 0.2
"""The least a + b of a matched beta, for variances that are too large for one."""

_ZERO_VARIANCE = 1e-15

_MIN_LABELS_TO_SEPARATE = 40

_MIN_LABELS_IN_CELL = 5
"""Strata get cells of their own from so many labels on, in all and in each cell."""


@dataclass(frozen=True, slots=True)
class ChainCell:
    """Pairs of one cell: how many there are, and the labels of those that people have read.

    `population_labels` and `unread_labels` stand in for `labels` where pairs were not drawn alike: the same labels,
    weighted to represent all pairs and the unread ones, scaled to their effective number.
    """

    pairs: int
    labels: LabelCounts
    population_labels: LabelCounts | None = None
    unread_labels: LabelCounts | None = None


@dataclass(frozen=True, slots=True)
class Moments:
    """Mean and variance of a rate."""

    mean: float
    variance: float


@dataclass(frozen=True, slots=True)
class VerdictCell:
    """Pairs with one kind of verdict in one stratum, and the labels of those that people have read."""

    kind: int
    stratum: int
    pairs: int
    labels: LabelCounts

    @property
    def n(self) -> float:
        """The number of pairs with a human label."""
        return sum(self.labels)


def population_rate(cells: Sequence[ChainCell], score: Score) -> Moments:
    """Return the mean score in the population: V = sum (N w^2 + w)/(N+1) d/(A+1) + (sum w m^2 - E^2)/(N+1).

    N pairs in all; of each cell w is its share of them, A the posterior's size, m and d the posterior mean and variance
    of the score.
    """
    n = sum(cell.pairs for cell in cells)
    mean = within = squares = 0.0
    for cell in cells:
        if cell.pairs:
            weight = cell.pairs / n
            labels = cell.labels if cell.population_labels is None else cell.population_labels
            size, cell_mean, variance = _posterior(labels, score)
            mean += weight * cell_mean
            squares += weight * cell_mean**2
            within += (n * weight**2 + weight) / (n + 1) * variance / (size + 1)
    return Moments(mean, within + max(0.0, squares - mean**2) / (n + 1))


def this_set_rate(cells: Sequence[ChainCell], score: Score) -> Moments:
    """Return the mean score of exactly these pairs: V = sum u d (A+u)/(A+1) / N^2 with u unread pairs in a cell.

    Read pairs enter with their labels, without uncertainty; A and d as in `population_rate`.
    """
    n = sum(cell.pairs for cell in cells)
    total = variance = 0.0
    for cell in cells:
        labels = cell.labels if cell.unread_labels is None else cell.unread_labels
        size, cell_mean, cell_variance = _posterior(labels, score)
        unread = cell.pairs - sum(cell.labels)
        total += _dot(cell.labels, score) + unread * cell_mean
        variance += unread * cell_variance * (size + unread) / (size + 1)
    return Moments(total / n, variance / n**2)


def beta_interval(moments: Moments, level: float = LEVEL) -> Bounds:
    """Return the quantiles of the beta with this mean and variance; without variance both ends are the mean."""
    mean, variance = moments.mean, moments.variance
    if variance <= _ZERO_VARIANCE or not 0 < mean < 1:
        return mean, mean
    size = max(mean * (1 - mean) / variance - 1, _MIN_SIZE)
    tail = (1 - level) / 2
    low, high = (beta_quantile(p, mean * size, (1 - mean) * size) for p in (tail, 1 - tail))
    return low, high


def _posterior(labels: LabelCounts, score: Score) -> tuple[float, float, float]:
    """Return the size of a cell's Dirichlet posterior, and the mean and variance of the score under it."""
    (loss, tie, win), (prior_loss, prior_tie, prior_win) = labels, PRIOR
    loss, tie, win = loss + prior_loss, tie + prior_tie, win + prior_win
    size = loss + tie + win
    mean = (loss * score[0] + tie * score[1] + win * score[2]) / size
    square = (loss * score[0] ** 2 + tie * score[1] ** 2 + win * score[2] ** 2) / size
    return size, mean, max(0.0, square - mean**2)


def _dot(labels: LabelCounts, score: Score) -> float:
    return labels[0] * score[0] + labels[1] * score[1] + labels[2] * score[2]


def verdict_cells(groups: Iterable[PairGroup]) -> list[VerdictCell]:
    """Return the pairs by kind of verdict and stratum; a pair without a resolved label counts as unread."""
    found: dict[tuple[int, int], list[int]] = {}
    for group in groups:
        kind = _OTHER_KIND if group.verdict is None else _KIND.get(group.verdict, _OTHER_KIND)
        row = found.setdefault((kind, group.stratum), [0, 0, 0, 0])
        row[0] += group.count
        index = _LABEL_INDEX.get(human_label(group.votes))
        if index is not None:
            row[index + 1] += group.count
    return [
        VerdictCell(kind, stratum, pairs, (loss, tie, win))
        for (kind, stratum), (pairs, loss, tie, win) in found.items()
    ]


def by_stratum(cells: Iterable[VerdictCell]) -> dict[int, tuple[int, float]]:
    """Return for each stratum its number of pairs, and of labels among them."""
    found: dict[int, tuple[int, float]] = {}
    for cell in cells:
        pairs, n = found.get(cell.stratum, (0, 0.0))
        found[cell.stratum] = pairs + cell.pairs, n + cell.n
    return found


def fold_unread_strata(cells: Sequence[VerdictCell], strata: Sequence[Stratum]) -> tuple[list[VerdictCell], str | None]:
    """Return the cells with small unread strata counted to the largest read one, and None; or the cells and a reason.

    The reason is given where strata that nobody has read from hold more than a tenth of the pairs.
    """
    sizes = by_stratum(cells)
    unread = [stratum for stratum, (_, n) in sizes.items() if not n]
    drawn = [stratum for stratum, (_, n) in sizes.items() if n and not strata[stratum].chosen]
    if not unread or not drawn:
        return list(cells), None
    if sum(sizes[stratum][0] for stratum in unread) > MAX_UNREAD_SHARE * sum(pairs for pairs, _ in sizes.values()):
        worst = max(unread, key=lambda stratum: sizes[stratum][0])
        return list(cells), f"no verdict yet in the part {strata[worst].name!r} ({count_noun(sizes[worst][0], 'item')})"
    largest = max(drawn, key=lambda stratum: sizes[stratum][0])
    folded: dict[tuple[int, int], VerdictCell] = {}
    for cell in cells:
        stratum = largest if cell.stratum in unread else cell.stratum
        old = folded.get((cell.kind, stratum), VerdictCell(cell.kind, stratum, 0, (0, 0, 0)))
        labels = _summed([old.labels, cell.labels])
        folded[cell.kind, stratum] = VerdictCell(cell.kind, stratum, old.pairs + cell.pairs, labels)
    return list(folded.values()), None


def unread_kind(cells: Iterable[VerdictCell]) -> str | None:
    """Return a reason where a kind of verdict that holds more than a tenth of the pairs has no human label yet."""
    by_kind = [(kind, [cell for cell in cells if cell.kind == kind]) for kind in range(len(KIND_NAMES))]
    total = sum(cell.pairs for _, members in by_kind for cell in members)
    for kind, members in by_kind:
        pairs = sum(cell.pairs for cell in members)
        if pairs > MAX_UNREAD_SHARE * total and not any(cell.n for cell in members):
            return f"no verdict yet where the judge said {KIND_NAMES[kind]} ({count_noun(pairs, 'item')})"
    return None


def chain_cells(cells: Sequence[VerdictCell], *, judge: bool = True) -> list[ChainCell]:
    """Return the cells of the posterior: kind x stratum from 40 labels and 5 a cell on, else kinds with weighted labels.

    A label of a stratum with N pairs and n labels counts N/n for all pairs and N/n - 1 for the unread ones; weighted
    counts are scaled to their effective number (sum w)^2 / sum w^2. Without the `judge` there is one kind.
    """
    sizes = by_stratum(cells)
    enough = sum(n for _, n in sizes.values()) >= _MIN_LABELS_TO_SEPARATE
    if judge and len(sizes) > 1 and enough and all(cell.n >= _MIN_LABELS_IN_CELL for cell in cells if cell.pairs):
        return [ChainCell(cell.pairs, cell.labels) for cell in cells]
    by_kind = [[cell for cell in cells if cell.kind == kind] for kind in range(len(KIND_NAMES))]
    kinds = by_kind if judge else [list(cells)]
    if len(sizes) == 1:
        return [
            ChainCell(sum(cell.pairs for cell in members), _summed([cell.labels for cell in members]))
            for members in kinds
            if members
        ]
    weight = {stratum: pairs / n if n else 0.0 for stratum, (pairs, n) in sizes.items()}
    return [
        ChainCell(
            sum(cell.pairs for cell in members),
            _summed([cell.labels for cell in members]),
            _effective_labels([(cell, weight[cell.stratum]) for cell in members]),
            _effective_labels([(cell, max(0.0, weight[cell.stratum] - 1)) for cell in members]),
        )
        for members in kinds
        if members
    ]


def _summed(counts: Sequence[LabelCounts]) -> LabelCounts:
    return sum(c[0] for c in counts), sum(c[1] for c in counts), sum(c[2] for c in counts)


def _effective_labels(cells: Sequence[tuple[VerdictCell, float]]) -> LabelCounts:
    """Return the weighted labels of the cells, scaled to (sum w)^2 / sum w^2 in all."""
    total = sum(weight * cell.n for cell, weight in cells)
    if total <= 0:
        return 0.0, 0.0, 0.0
    scale = total / sum(weight**2 * cell.n for cell, weight in cells)
    loss, tie, win = (sum(weight * cell.labels[index] for cell, weight in cells) * scale for index in range(3))
    return loss, tie, win
