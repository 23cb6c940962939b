"""The difference between two runs over a set: the one function behind `compare`, `gate`, history and the best of several.

Its unit is what was asked. Examples with equal context and turns are one unit, and so are the turns of a conversation: its
change is the mean over its turns. Units whose texts and answers are equal in both runs have a change known to be 0, read or
not. The others are parts by the chance with which they are read in both runs by now: a queue orders them all by the
same numbers, so that this is the smaller of their chances in the two runs. Parts are weighted by their share of the
units (post-stratification, Holt & Smith 1979), their variances never pooled.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from uphold.formatting import count, count_noun, noun
from uphold.records.comparisons import (
    BY_JUDGE,
    ChangedExample,
    GateBounds,
    MatchedExample,
    MatchedRuns,
    RatedDifference,
    RatedExample,
    RunDifference,
    SharedExamples,
)
from uphold.records.counts import MIN_FOR_RATE
from uphold.records.enums import Verdict
from uphold.records.labels import LABEL_CLASS, VERDICT_CLASS, human_label
from uphold.stats.distributions import LEVEL, t_quantile, z_quantile
from uphold.stats.intervals import MAX_UNREAD_SHARE

NOT_READ = "no example was read in both runs"

FEW_KNOWN = f"{MIN_FOR_RATE} examples read in both runs needed, {{}} {{}} there"

FEW_CHANGED = "{} examples with different answers read in both runs needed, {} {} there"

CHOSEN = "chosen, not sampled: these numbers speak of the {} read in both runs"

ASKED_IN_PART = "{} of {} shared examples judged in both runs: the judge's verdicts on these speak for no others"

NOT_DRAWN = "{} examples cannot have been read in both runs yet: neither they nor any like them were drawn"

ALL_EQUAL = "every answer is equal in both runs: nothing can have changed"

NOTHING_SHARED = "the runs share no example"

MIN_IN_PART = 5
"""Parts with fewer examples read in both runs are joined; a cell with fewer is none."""

ALIKE = 0.9
"""Chances of having been read of which the smaller is at least this share of the larger count as equal."""

_CHANGES = (-1.0, -0.5, 0.0, 0.5, 1.0)

_PRIOR = (0.1 / 1.2, 0.1 / 1.2, 0.2 / 1.2, 0.1 / 1.2, 0.1 / 1.2)
"""Pseudo-counts of the changes in a cell, half an example in all."""

_ZERO = 1e-12

Rater = Callable[[RatedExample], float | None]
"""Returns the candidate's score by people or by a judge, None where there is none."""

Score = Callable[[float], float]
"""What a score of 1, .5 or 0 counts."""

_SCORE = (1.0, 0.5, 0.0)
"""Scores of the classes candidate, tie, baseline."""


def by_people(example: RatedExample) -> float | None:
    """Return 1, .5 or 0 by the human label; None where it is unread or unresolved."""
    category = LABEL_CLASS.get(human_label(example.votes))
    return None if category is None else _SCORE[category]


def by_judge(example: RatedExample) -> float | None:
    """Return 1, .5 or 0 by the judge's verdict, an inconsistent one being a tie; None where it is unreadable."""
    category = None if example.verdict is None else VERDICT_CLASS.get(example.verdict)
    return None if category is None else _SCORE[category]


def wins_only(score: float) -> float:
    """Return 1 for a win, else 0."""
    return float(score == 1)


def with_ties_half(score: float) -> float:
    """Return the score as it is: a tie is half a win."""
    return score


@dataclass(frozen=True, slots=True)
class Unit:
    """What was asked once, in both runs, and not known to be unchanged.

    `change` is the mean change over its turns, None where it is not rated in both runs. `inclusion` is the chance that
    it is by now; `chosen`: it was rated without having been drawn. `said` is the sign of the judge's change: -1 worse, 0
    the same, 1 better, None where the judge says nothing.
    """

    change: float | None
    inclusion: float
    chosen: bool
    said: int | None


@dataclass(frozen=True)
class Part:
    """Units that are alike in how they were read, and how many units there are in all (`of`)."""

    units: tuple[Unit, ...]
    of: int

    @property
    def share(self) -> float:
        """The part's share of all units."""
        return len(self.units) / self.of

    @cached_property
    def rated(self) -> list[tuple[float, float]]:
        """(change, weight) of the units that are rated; a unit counts as many as there are for each that was read."""
        return [(unit.change, 1 / unit.inclusion) for unit in self.units if unit.change is not None]

    @property
    def n(self) -> int:
        """The number of units that are rated."""
        return len(self.rated)


@dataclass(frozen=True, slots=True)
class PartMoments:
    """Mean change in a part, its variance, and the degrees of freedom of that."""

    share: float
    mean: float
    variance: float
    df: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """The mean change over all parts, its variance for instructions like these, and what the two rest on."""

    mean: float
    variance: float
    df: int
    n: int
    method: str

    @property
    def standard_error(self) -> float:
        """The square root of the variance."""
        return math.sqrt(self.variance)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no estimate; `mean` is that of the `n` units read, where there are any, `lacking` how many more it needs."""

    reason: str
    mean: float | None
    n: int
    lacking: int | None = None


@dataclass(frozen=True)
class SharedUnits:
    """The units of two runs by one rater: `open` ones may have changed, `equal` ones have not, others are `unresolved`."""

    open: tuple[Unit, ...]
    equal: int
    equal_read: int
    unresolved: int
    by_judge: bool

    @property
    def total(self) -> int:
        """The number of units that a difference speaks of."""
        return len(self.open) + self.equal

    @cached_property
    def rated(self) -> list[float]:
        """The changes of the open units that are rated in both runs."""
        return [unit.change for unit in self.open if unit.change is not None]

    @property
    def known(self) -> int:
        """The number of units whose change is known."""
        return self.equal + len(self.rated)

    @property
    def is_complete(self) -> bool:
        """Whether every unit's change is known."""
        return len(self.rated) == len(self.open)

    def said(self, sentence: str) -> str:
        """Return a sentence on what people read as one on what the rater did."""
        return sentence.replace("read in both", "judged in both") if self.by_judge else sentence


def shared_units(pairs: Iterable[MatchedExample], rater: Rater, score: Score) -> SharedUnits:
    """Return the units that the pairs of two runs make up."""
    groups: dict[int, list[MatchedExample]] = defaultdict(list)
    for pair in pairs:
        groups[pair.asked].append(pair)
    found: list[Unit] = []
    equal = equal_read = unresolved = 0
    for group in groups.values():
        is_judge = rater is by_judge
        different = [pair for pair in group if not pair.equal]
        left = [pair for pair in different if not _is_unresolved(pair, is_judge)]
        if not different:
            equal += 1
            equal_read += all(rater(pair.before) is not None and rater(pair.after) is not None for pair in group)
        elif left:
            found.append(_unit(left, rater, score, (len(group) - len(different) + len(left))))
        else:
            unresolved += 1
    return SharedUnits(tuple(found), equal, equal_read, unresolved, rater is by_judge)


def _is_unresolved(pair: MatchedExample, is_judge: bool) -> bool:
    """Whether a pair is rated in both runs and yet has no score in one: reviewers are drawn, a verdict cannot be read."""
    sides = (pair.before, pair.after)
    if is_judge:
        return any(
            side.verdict is not None and side.verdict not in _WAITING and by_judge(side) is None for side in sides
        )
    return all(side.votes for side in sides) and any(by_people(side) is None for side in sides)


_WAITING = (Verdict.PENDING,)


def _unit(different: Sequence[MatchedExample], rater: Rater, score: Score, turns: int) -> Unit:
    """Return the unit of pairs whose answers differ, out of `turns` pairs of it, the others having changed by 0."""
    changes = []
    missed, chosen = 1.0, True
    for pair in different:
        before, after = rater(pair.before), rater(pair.after)
        missed *= 1 - (min(pair.before.inclusion, pair.after.inclusion) if rater is by_people else 1.0)
        if before is not None and after is not None:
            changes.append(score(after) - score(before))
            chosen &= pair.before.chosen or pair.after.chosen
    change = len(different) / turns * math.fsum(changes) / len(changes) if changes else None
    return Unit(change, 1 - missed, bool(changes) and chosen and rater is by_people, _judge_change(different))


def _judge_change(pairs: Sequence[MatchedExample]) -> int | None:
    changes = [
        after - before
        for pair in pairs
        if (before := by_judge(pair.before)) is not None and (after := by_judge(pair.after)) is not None
    ]
    total = math.fsum(changes)
    return None if not changes else (total > 0) - (total < 0)


def refusal(units: SharedUnits) -> Refusal | None:
    """Return why the units that are rated cannot speak for all; None where they can."""
    n, rated = len(units.rated), units.rated
    read = units.known if units.is_complete else n + units.equal_read  # what the mean is of
    mean = math.fsum(rated) / read if rated else None
    few = FEW_KNOWN.format(units.known, noun(units.known, "is", "are"))
    if not units.total:
        return Refusal(NOTHING_SHARED, None, 0)
    if units.is_complete:
        return None if units.known >= MIN_FOR_RATE else Refusal(units.said(few), mean, read)
    if not rated:
        return Refusal(units.said(NOT_READ), None, units.known, min(MIN_IN_PART, len(units.open)))
    if units.by_judge:  # what a judge was asked about is no sample of the rest
        return Refusal(ASKED_IN_PART.format(count(read), count(units.total)), mean, read)
    if all(unit.chosen for unit in units.open if unit.change is not None):
        return Refusal(CHOSEN.format(count_noun(read, "example")), mean, read, min(MIN_IN_PART, len(units.open) - n))
    if units.known < MIN_FOR_RATE:
        return Refusal(units.said(few), mean, read, MIN_FOR_RATE - units.known)
    never = sum(unit.inclusion <= 0 for unit in units.open)
    if never > MAX_UNREAD_SHARE * units.total:
        return Refusal(NOT_DRAWN.format(count(never)), mean, read, min(MIN_IN_PART, never))
    least = min(MIN_IN_PART, len(units.open))
    if n < least:
        return Refusal(units.said(FEW_CHANGED.format(least, n, noun(n, "is", "are"))), mean, read, least - n)
    return None


def parts_of(units: SharedUnits) -> list[Part]:
    """Return the parts of the open units: by how likely they were to be read, those with fewer than 5 read ones joined."""
    ordered = sorted(units.open, key=lambda unit: -unit.inclusion)
    groups: list[list[Unit]] = []
    for unit in ordered:
        if groups and unit.inclusion >= ALIKE * groups[-1][0].inclusion:
            groups[-1].append(unit)
        else:
            groups.append([unit])
    while len(groups) > 1:
        small = min(range(len(groups)), key=lambda place: _rated(groups[place]))
        if _rated(groups[small]) >= MIN_IN_PART:
            break
        other = _neighbour(groups, small)
        low, high = sorted((small, other))
        groups[low : high + 1] = [groups[low] + groups[high]]
    return [Part(tuple(group), units.total) for group in groups]


def _rated(group: Sequence[Unit]) -> int:
    return sum(unit.change is not None for unit in group)


def _neighbour(groups: Sequence[Sequence[Unit]], place: int) -> int:
    """Return the place of the group next to one whose chance of being read is nearer to its own."""
    beside = [other for other in (place - 1, place + 1) if 0 <= other < len(groups)]
    chance = groups[place][0].inclusion
    return min(beside, key=lambda other: abs(groups[other][0].inclusion - chance))


def plain_moments(part: Part, *, added: bool = False, grown: float = 1.0) -> PartMoments:
    """Return the moments of a part without a judge: the raw mean, its variance v/n with n - 1 in v.

    Where units of a joined part were not drawn alike each counts 1 / its chance, and n is the effective number.
    With `added` the variance has one change of +1 and one of -1 more (Bonett & Price 2012), and n + 2 in both places; so it
    has where all changes are equal, since no interval may be of zero width. `grown`: as if so many times as many had been
    read, with the same changes.
    """
    total = math.fsum(weight for _, weight in part.rated)
    mean = math.fsum(weight * change for change, weight in part.rated) / total
    effective = grown * total**2 / math.fsum(weight**2 for _, weight in part.rated)
    square = math.fsum(weight * change**2 for change, weight in part.rated) / total
    spread = max(0.0, square - mean**2)
    if added or spread < _ZERO or effective <= 1 + _ZERO:
        n = effective + 2
        variance = (effective * square + 2 - (effective * mean) ** 2 / n) / n / n
    else:
        variance = spread / (effective - 1)
    return PartMoments(part.share, mean, variance, part.n - 1)


def cell_moments(part: Part) -> PartMoments | None:
    """Return the moments of a part whose cells are the judge's own changes; None where a cell holds fewer than 5 rated units.

    With w a cell's share of the part, A the size of its posterior, m and d mean and variance of the change under it:
    V = sum (N w^2 + w)/(N + 1) d/(A + 1) + (sum w m^2 - E^2)/(N + 1).
    """
    if len({weight for _, weight in part.rated}) > 1:
        return None
    cells: dict[int | None, list[Unit]] = defaultdict(list)
    for unit in part.units:
        cells[unit.said].append(unit)
    if len(cells) < 2 or None in cells or any(_rated(cell) < MIN_IN_PART for cell in cells.values()):
        return None
    size = len(part.units)
    found = [(len(cell) / size, *posterior(_change_counts(cell))) for cell in cells.values()]
    mean, variance = cell_mean_and_variance(found, size)
    return PartMoments(part.share, mean, variance, part.n - len(cells))


def cell_mean_and_variance(cells: Sequence[tuple[float, float, float, float]], size: int) -> tuple[float, float]:
    """Return mean and variance over cells, each (its share, posterior size, mean, variance), of `size` units in all."""
    mean = math.fsum(share * m for share, _, m, _ in cells)
    within = math.fsum((size * share**2 + share) / (size + 1) * d / (a + 1) for share, a, _, d in cells)
    between = math.fsum(share * m**2 for share, _, m, _ in cells) - mean**2
    return mean, within + max(0.0, between) / (size + 1)


def posterior(counts: Sequence[tuple[float, int]]) -> tuple[float, float, float]:
    """Return size, mean and variance of the change in a cell from (change, how many), with a prior of half a unit."""
    weighted = [*counts, *zip(_CHANGES, _PRIOR, strict=True)]
    size = math.fsum(number for _, number in weighted)
    mean = math.fsum(number * change for change, number in weighted) / size
    return size, mean, max(0.0, math.fsum(number * change**2 for change, number in weighted) / size - mean**2)


def _change_counts(cell: Sequence[Unit]) -> list[tuple[float, int]]:
    return [(unit.change, 1) for unit in cell if unit.change is not None]


def over_parts(parts: Sequence[PartMoments], total: int, n: int, method: str) -> Estimate:
    """Return the estimate over parts; the units that are in none have changed by 0.

    E = sum W d, V = sum W^2 v + (sum W d^2 - E^2)/N with W a part's share of the N units.
    """
    mean = math.fsum(part.share * part.mean for part in parts)
    within = math.fsum(part.share**2 * part.variance for part in parts)
    between = max(0.0, math.fsum(part.share * part.mean**2 for part in parts) - mean**2) / total
    return Estimate(mean, within + between, max(1, sum(part.df for part in parts)), n, method)


def estimate(units: SharedUnits, *, cells: bool = True) -> Estimate | Refusal:
    """Return the mean change of the units with its variance, or why there is none; with `cells` the judge may help."""
    refused = refusal(units)
    if refused is not None:
        return refused
    if not units.open:
        return Refusal(ALL_EQUAL, 0.0, units.known)
    parts, helped = [], False
    for part in parts_of(units):
        by_cell = cell_moments(part) if cells else None
        parts.append(by_cell or plain_moments(part))
        helped |= by_cell is not None
    method = "t" + ", in parts" * (len(parts) > 1) + BY_JUDGE * helped
    return over_parts(parts, units.total, units.known, method)


def as_difference(found: Estimate | Refusal) -> RunDifference:
    """Return an estimate with its two-sided interval, cut to [-1, 1]."""
    if isinstance(found, Refusal):
        return RunDifference(found.mean, None, None, found.n, LEVEL, None, found.reason)
    half = t_quantile(found.df) * found.standard_error
    low, high = max(-1.0, found.mean - half), min(1.0, found.mean + half)
    return RunDifference(found.mean, low, high, found.n, LEVEL, found.method)


def gate_bounds(units: SharedUnits) -> GateBounds:
    """Return the one-sided bounds of the mean change with ties as half, at 95 %: raw mean, `plain_moments` with `added`."""
    refused = refusal(units)
    if refused is not None:
        return GateBounds(None, None, LEVEL, refused.reason)
    parts = [plain_moments(part, added=True) for part in parts_of(units)] if units.open else []
    found = over_parts(parts, units.total, units.known, "bonett-price")
    half = z_quantile(2 * LEVEL - 1) * found.standard_error
    return GateBounds(max(-1.0, found.mean - half), min(1.0, found.mean + half), LEVEL)


def rated_difference(runs: MatchedRuns, rater: Rater) -> RatedDifference:
    """Return what changed between two runs by one rater."""
    halves = shared_units(runs.pairs, rater, with_ties_half)
    wins = shared_units(runs.pairs, rater, wins_only)
    rated = [
        (pair, before, after)
        for pair in runs.pairs
        if (before := rater(pair.before)) is not None and (after := rater(pair.after)) is not None
    ]
    cells = rater is by_people
    changed = [(pair, before, after) for pair, before, after in rated if before != after and not pair.equal]
    lost = [ChangedExample(pair.key, pair.turn, before, after) for pair, before, after in changed if after < before]
    won = [ChangedExample(pair.key, pair.turn, before, after) for pair, before, after in changed if after > before]
    return RatedDifference(
        shared=SharedExamples(
            examples=runs.examples,
            shared=halves.total + halves.unresolved,
            equal=halves.equal,
            read_in_both=len(halves.rated) + halves.equal_read,
            known=halves.known,
            unresolved=halves.unresolved,
        ),
        wins_before=sum(before == 1 for _, before, _ in rated),
        wins_after=sum(after == 1 for *_, after in rated),
        rated=len(rated),
        win_rate=as_difference(estimate(wins, cells=cells)),
        ties_half=as_difference(estimate(halves, cells=cells)),
        lost=tuple(sorted(lost, key=lambda item: (item.after - item.before, item.key, item.turn))),
        won=tuple(sorted(won, key=lambda item: (item.before - item.after, item.key, item.turn))),
    )
