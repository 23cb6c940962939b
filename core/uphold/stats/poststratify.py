"""The chain rule: human shares inside each judge verdict, re-weighted by how often the judge gave that verdict.

One Dirichlet posterior a cell, its mean and variance matched by a beta (Hofer et al. 2024; post-stratification, Holt &
Smith 1979). Two targets: the source of the pairs (`population`), and exactly these pairs (`this set`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from uphold.records.counts import PairGroup, Stratum
from uphold.records.enums import Verdict
from uphold.records.reviews import Label, human_label
from uphold.stats.distributions import LEVEL, beta_quantile
from uphold.stats.intervals import Bounds

Counts = tuple[float, float, float]
"""Losses, ties and wins of the candidate, in people's words; weighted ones need not be whole."""


PRIOR = (0.2, 0.1, 0.2)
"""Half a pseudo-pair a cell: chosen by simulation."""


WIN, WIN_TIE, HALF = (0.0, 0.0, 1.0), (0.0, 1.0, 1.0), (0.0, 0.5, 1.0)
"""The three scores of (loss, tie, win)."""


_LEAST_SIZE = 0.2


_NOTHING = 1e-15


@dataclass(frozen=True, slots=True)
class ChainCell:
    """Pairs on which the judge said the same: how many there are, and what people say of those they read.

    `source` and `rest` stand in for `read` where pairs were not drawn alike: the same decisions, weighted for all pairs
    and for the unread ones, scaled to their effective number.
    """

    pairs: int
    read: Counts
    source: Counts | None = None
    rest: Counts | None = None


@dataclass(frozen=True, slots=True)
class Moments:
    """Mean and variance of a rate."""

    mean: float
    variance: float


def population(cells: Sequence[ChainCell], score: Counts) -> Moments:
    """The rate in the source of the pairs: V = sum (N w^2 + w)/(N+1) d/(A+1) + (sum w m^2 - E^2)/(N+1)."""
    n = sum(cell.pairs for cell in cells)
    mean = within = squares = 0.0
    for cell in cells:
        if cell.pairs:
            weight = cell.pairs / n
            size, centre, spread = _posterior(cell.read if cell.source is None else cell.source, score)
            mean += weight * centre
            squares += weight * centre**2
            within += (n * weight**2 + weight) / (n + 1) * spread / (size + 1)
    return Moments(mean, within + max(0.0, squares - mean**2) / (n + 1))


def this_set(cells: Sequence[ChainCell], score: Counts) -> Moments:
    """The rate in exactly these pairs: what was read enters as it is, V = sum u d (A+u)/(A+1) / N^2 over the unread u."""
    n = sum(cell.pairs for cell in cells)
    total = variance = 0.0
    for cell in cells:
        size, centre, spread = _posterior(cell.read if cell.rest is None else cell.rest, score)
        unread = cell.pairs - sum(cell.read)
        total += _dot(cell.read, score) + unread * centre
        variance += unread * spread * (size + unread) / (size + 1)
    return Moments(total / n, variance / n**2)


def beta_interval(moments: Moments, level: float = LEVEL) -> Bounds:
    """Quantiles of the beta with this mean and variance; a variance of 0 is exact, and a too large one is cut."""
    mean, variance = moments.mean, moments.variance
    if variance <= _NOTHING or not 0 < mean < 1:
        return mean, mean
    size = max(mean * (1 - mean) / variance - 1, _LEAST_SIZE)
    tail = (1 - level) / 2
    low, high = (beta_quantile(p, mean * size, (1 - mean) * size) for p in (tail, 1 - tail))
    return low, high


def not_narrower(wide: Bounds, narrow: Bounds) -> Bounds:
    """`wide`, stretched to both sides where it is narrower than `narrow`: these pairs are never known less well."""
    lack = (narrow[1] - narrow[0]) - (wide[1] - wide[0])
    if lack <= 0:
        return wide
    low = min(max(0.0, wide[0] - lack / 2), 1.0 - (narrow[1] - narrow[0]))
    return low, low + narrow[1] - narrow[0]


def _posterior(counts: Counts, score: Counts) -> tuple[float, float, float]:
    """Size, mean and variance of the score in one cell."""
    (loss, tie, win), (a, b, c) = counts, PRIOR
    loss, tie, win = loss + a, tie + b, win + c
    size = loss + tie + win
    mean = (loss * score[0] + tie * score[1] + win * score[2]) / size
    square = (loss * score[0] ** 2 + tie * score[1] ** 2 + win * score[2] ** 2) / size
    return size, mean, max(0.0, square - mean**2)


def _dot(counts: Counts, score: Counts) -> float:
    return counts[0] * score[0] + counts[1] * score[1] + counts[2] * score[2]


SAID = ("win", "loss", "neither win nor loss")
"""The three kinds of cell by the judge's word; the last holds ties, flips, unreadable, failed and unjudged pairs."""


_KIND = {Verdict.CANDIDATE: 0, Verdict.BASELINE: 1}


_PLACE = {Label.BASELINE: 0, Label.TIE: 1, Label.CANDIDATE: 2}


_SEPARATE_FROM = 40


_LEAST_IN_CELL = 5


_MOST_UNREAD = 0.1


@dataclass(frozen=True, slots=True)
class VerdictCell:
    """Pairs of one kind in one stratum, and the labels on those that people read."""

    kind: int
    stratum: int
    pairs: int
    read: Counts

    @property
    def n(self) -> float:
        """How many of the pairs have a human label."""
        return sum(self.read)


def verdict_cells(cells: Iterable[PairGroup]) -> list[VerdictCell]:
    """The pairs by what the judge said and by stratum; what has no resolved label counts as unread."""
    found: dict[tuple[int, int], list[int]] = {}
    for cell in cells:
        kind = 2 if cell.verdict is None else _KIND.get(cell.verdict, 2)
        row = found.setdefault((kind, cell.stratum), [0, 0, 0, 0])
        row[0] += cell.count
        place = _PLACE.get(human_label(cell.votes))
        if place is not None:
            row[place + 1] += cell.count
    return [
        VerdictCell(kind, stratum, pairs, (loss, tie, win))
        for (kind, stratum), (pairs, loss, tie, win) in found.items()
    ]


def by_stratum(table: Iterable[VerdictCell]) -> dict[int, tuple[int, float]]:
    """For each stratum: pairs, and labels among them."""
    found: dict[int, tuple[int, float]] = {}
    for row in table:
        pairs, n = found.get(row.stratum, (0, 0.0))
        found[row.stratum] = pairs + row.pairs, n + row.n
    return found


def folded(table: Sequence[VerdictCell], strata: Sequence[Stratum]) -> tuple[list[VerdictCell], str | None]:
    """The table without strata that nobody has read from, and the reason where they hold more than a tenth of the pairs.

    Smaller ones are counted with the largest stratum that was read from.
    """
    sizes = by_stratum(table)
    unread = [stratum for stratum, (_, n) in sizes.items() if not n]
    drawn = [stratum for stratum, (_, n) in sizes.items() if n and not strata[stratum].chosen]
    if not unread or not drawn:
        return list(table), None
    if sum(sizes[stratum][0] for stratum in unread) > _MOST_UNREAD * sum(pairs for pairs, _ in sizes.values()):
        worst = max(unread, key=lambda stratum: sizes[stratum][0])
        return list(table), f"no verdict yet in the part {strata[worst].name!r} ({sizes[worst][0]} items)"
    home = max(drawn, key=lambda stratum: sizes[stratum][0])
    moved: dict[tuple[int, int], VerdictCell] = {}
    for row in table:
        stratum = home if row.stratum in unread else row.stratum
        old = moved.get((row.kind, stratum), VerdictCell(row.kind, stratum, 0, (0, 0, 0)))
        moved[row.kind, stratum] = VerdictCell(row.kind, stratum, old.pairs + row.pairs, _added([old.read, row.read]))
    return list(moved.values()), None


def empty_kind(table: Iterable[VerdictCell]) -> str | None:
    """The reason where a tenth of the pairs or more was said by the judge to be something that nobody has read yet."""
    rows = [(kind, [row for row in table if row.kind == kind]) for kind in range(3)]
    total = sum(row.pairs for _, group in rows for row in group)
    for kind, group in rows:
        pairs = sum(row.pairs for row in group)
        if pairs > _MOST_UNREAD * total and not any(row.n for row in group):
            return f"no verdict yet where the judge said {SAID[kind]} ({pairs} items)"
    return None


def chain_cells(table: Sequence[VerdictCell], *, judge: bool = True) -> list[ChainCell]:
    """The cells of the chain rule: kind x stratum while 40 labels and 5 a cell are there, else kinds, weighted.

    A label of a stratum with N pairs and n labels counts N/n for all pairs and N/n - 1 for the unread ones; weighted
    counts are scaled to their effective number (sum w)^2 / sum w^2. Without the `judge` there is one kind.
    """
    sizes = by_stratum(table)
    enough = sum(n for _, n in sizes.values()) >= _SEPARATE_FROM
    if judge and len(sizes) > 1 and enough and all(row.n >= _LEAST_IN_CELL for row in table if row.pairs):
        return [ChainCell(row.pairs, row.read) for row in table]
    kinds = [[row for row in table if row.kind == kind] for kind in range(3)] if judge else [list(table)]
    if len(sizes) == 1:
        return [ChainCell(sum(r.pairs for r in group), _added([r.read for r in group])) for group in kinds if group]
    weight = {stratum: pairs / n if n else 0.0 for stratum, (pairs, n) in sizes.items()}
    return [
        ChainCell(
            sum(row.pairs for row in group),
            _added([row.read for row in group]),
            _scaled([(row, weight[row.stratum]) for row in group]),
            _scaled([(row, max(0.0, weight[row.stratum] - 1)) for row in group]),
        )
        for group in kinds
        if group
    ]


def _added(counts: Sequence[Counts]) -> Counts:
    return sum(c[0] for c in counts), sum(c[1] for c in counts), sum(c[2] for c in counts)


def _scaled(rows: Sequence[tuple[VerdictCell, float]]) -> Counts:
    whole = sum(weight * row.n for row, weight in rows)
    if whole <= 0:
        return 0.0, 0.0, 0.0
    scale = whole / sum(weight**2 * row.n for row, weight in rows)
    loss, tie, win = (sum(weight * row.read[place] for row, weight in rows) * scale for place in range(3))
    return loss, tie, win
