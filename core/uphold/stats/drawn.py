"""What a judge and people said of the pairs, by the stratum that each pair was drawn from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from uphold.records.numbers import Cell, Stratum
from uphold.records.words import Verdict
from uphold.stats.chain import ChainCell, Counts
from uphold.stats.labels import Label, label

SAID = ("win", "loss", "neither win nor loss")
"""The three kinds of cell by the judge's word; the last holds ties, flips, unreadable, failed and unjudged pairs."""

_KIND = {Verdict.CANDIDATE: 0, Verdict.BASELINE: 1}
_PLACE = {Label.BASELINE: 0, Label.TIE: 1, Label.CANDIDATE: 2}
_SEPARATE_FROM = 40
_LEAST_IN_CELL = 5
_MOST_UNREAD = 0.1


@dataclass(frozen=True, slots=True)
class Tally:
    """Pairs of one kind in one stratum, and the labels on those that people read."""

    kind: int
    stratum: int
    pairs: int
    read: Counts

    @property
    def n(self) -> float:
        """How many of the pairs have a human label."""
        return sum(self.read)


def tallies(cells: Iterable[Cell]) -> list[Tally]:
    """The pairs by what the judge said and by stratum; what has no resolved label counts as unread."""
    found: dict[tuple[int, int], list[int]] = {}
    for cell in cells:
        kind = 2 if cell.verdict is None else _KIND.get(cell.verdict, 2)
        row = found.setdefault((kind, cell.stratum), [0, 0, 0, 0])
        row[0] += cell.count
        place = _PLACE.get(label(cell.votes))
        if place is not None:
            row[place + 1] += cell.count
    return [Tally(kind, stratum, pairs, (loss, tie, win)) for (kind, stratum), (pairs, loss, tie, win) in found.items()]


def by_stratum(table: Iterable[Tally]) -> dict[int, tuple[int, float]]:
    """For each stratum: pairs, and labels among them."""
    found: dict[int, tuple[int, float]] = {}
    for row in table:
        pairs, n = found.get(row.stratum, (0, 0.0))
        found[row.stratum] = pairs + row.pairs, n + row.n
    return found


def folded(table: Sequence[Tally], strata: Sequence[Stratum]) -> tuple[list[Tally], str | None]:
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
    moved: dict[tuple[int, int], Tally] = {}
    for row in table:
        stratum = home if row.stratum in unread else row.stratum
        old = moved.get((row.kind, stratum), Tally(row.kind, stratum, 0, (0, 0, 0)))
        moved[row.kind, stratum] = Tally(row.kind, stratum, old.pairs + row.pairs, _added([old.read, row.read]))
    return list(moved.values()), None


def empty_kind(table: Iterable[Tally]) -> str | None:
    """The reason where a tenth of the pairs or more was said by the judge to be something that nobody has read yet."""
    rows = [(kind, [row for row in table if row.kind == kind]) for kind in range(3)]
    total = sum(row.pairs for _, group in rows for row in group)
    for kind, group in rows:
        pairs = sum(row.pairs for row in group)
        if pairs > _MOST_UNREAD * total and not any(row.n for row in group):
            return f"no verdict yet where the judge said {SAID[kind]} ({pairs} items)"
    return None


def chain_cells(table: Sequence[Tally], *, judge: bool = True) -> list[ChainCell]:
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


def _scaled(rows: Sequence[tuple[Tally, float]]) -> Counts:
    whole = sum(weight * row.n for row, weight in rows)
    if whole <= 0:
        return 0.0, 0.0, 0.0
    scale = whole / sum(weight**2 * row.n for row, weight in rows)
    loss, tie, win = (sum(weight * row.read[place] for row, weight in rows) * scale for place in range(3))
    return loss, tie, win
