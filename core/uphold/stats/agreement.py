"""How often a judge says what people say: three words, an inconsistent verdict being a tie (MT-Bench's setup S1)."""

import math
from collections.abc import Iterable, Sequence

from uphold.records.counts import CLASSES, JudgeGroups, PairGroup, Stratum, Votes
from uphold.records.enums import Choice
from uphold.records.reviews import COMPARED, SAID, TIE, human_label, majority_label
from uphold.records.statistics import (
    MIN_FOR_RATE,
    Agreement,
    Anchoring,
    ConfidenceBand,
    ConfidenceStatistics,
    PerClass,
    PerVote,
    Rate,
    Share,
)
from uphold.stats.coefficients import RatedItems as Words
from uphold.stats.coefficients import RatedPairs, ac1_value, auroc, confusion, kappa_value
from uphold.stats.exact_tests import newcombe
from uphold.stats.intervals import StratumShare, mean_spread, no_rate, no_value, share, weighted_share

NOTHING = "no pair with both a human label and a readable verdict"


NOT_INDEPENDENT = "votes on one pair are not independent: no interval"


NOT_BLIND = "no pair was decided before its verdict was shown"


WORD = {choice: CLASSES.index(choice.preference) for choice in Choice}
"""The place of a vote's word in every table; both-bad is compared as a tie."""


_MOST_UNREAD = 0.1


def agreement(judge: JudgeGroups, strata: Sequence[Stratum] = (Stratum("all"),)) -> Agreement:
    """Everything that compares one judge with people; unreadable, failed, pending and unresolved pairs are outside.

    A decision made before the verdict was seen goes before a later one of the same reviewer.
    """
    rated = compared(judge.cells)
    plain = share(_matches(rated), NOTHING)
    parts = _parts(judge.cells, strata, rated)
    table = _weighted_table(judge.cells, parts) if parts else None
    return Agreement(
        n=plain.n,
        observed=_observed(parts, rated, plain.n) if parts else plain,
        raw=Share(plain.rate, plain.n, plain.reason if plain.rate is None else None),
        kappa=kappa_value(rated, table) if rated else no_value(NOTHING),
        ac1=ac1_value(_words(rated, table), weighted=table is not None),
        precision=_by_class(rated, given=2, asked=1, absent="the judge never said {} on a pair with a human label"),
        recall=_by_class(rated, given=1, asked=2, absent="people never said {} on a pair with a readable verdict"),
        confusion=confusion(rated),
        without_ties=without_ties(rated),
        per_vote=per_vote(votes_compared(judge), "no vote on a pair with a readable verdict"),
        blind=share(_matches(compared(judge.cells, blind=True)), NOT_BLIND),
        anchoring=anchoring(judge.cells),
        confidence=confidence(judge),
    )


def before(cell: PairGroup) -> Votes:
    """The votes to compare with a verdict: each reviewer's word from before it was seen, where there is one."""
    if not cell.blind:
        return cell.votes
    early = dict(cell.blind)
    return tuple((reviewer, early.get(reviewer, choice)) for reviewer, choice in cell.votes)


def compared(cells: Iterable[PairGroup], *, blind: bool = False) -> list[RatedPairs]:
    """The pairs with a human label and a readable verdict: (example, people's word, the judge's word, count).

    With `blind` only decisions made before the verdict was seen make the label.
    """
    tally: dict[tuple[int, int, int], int] = {}
    for cell in cells:
        said = SAID.get(cell.verdict) if cell.verdict is not None else None
        human = COMPARED.get(human_label(cell.blind if blind else before(cell))) if said is not None else None
        if said is not None and human is not None:
            place = (cell.cluster, human, said)
            tally[place] = tally.get(place, 0) + cell.count
    return [(*place, count) for place, count in tally.items()]


def votes_compared(judge: JudgeGroups) -> list[RatedPairs]:
    """Every single vote beside the readable verdict on its pair, as MT-Bench counts agreement."""
    return [
        (0, WORD[choice], SAID[cell.verdict], cell.count)
        for cell in judge.cells
        if cell.verdict in SAID
        for _, choice in majority_label(before(cell))
    ]


def without_ties(rated: Iterable[RatedPairs]) -> Rate:
    """Agreement where neither side says tie (MT-Bench's setup S2)."""
    return share(_matches(_decided(rated)), "no pair where both name a winner")


def per_vote(rated: Sequence[RatedPairs], nothing: str) -> PerVote:
    """Shares of equal words among comparisons of single votes."""
    return PerVote(_votes(rated, nothing), _votes(_decided(rated), "no comparison where both name a winner"))


def _parts(cells: Sequence[PairGroup], strata: Sequence[Stratum], rated: Sequence[RatedPairs]) -> list[StratumShare]:
    """The strata of a weighted queue; none where all pairs were drawn alike, or nothing was compared."""
    drawn = {cell.stratum for cell in cells if not strata[cell.stratum].chosen}
    if len(drawn) < 2 or not rated:
        return []
    found = []
    for stratum in sorted({cell.stratum for cell in cells}):
        own = [cell for cell in cells if cell.stratum == stratum and cell.verdict in SAID]
        matches = _matches(compared(own))
        hits = sum(count for _, same, count in matches if same)
        pairs = sum(cell.count for cell in own)
        found.append(StratumShare(strata[stratum].name, pairs, sum(count for *_, count in matches), hits))
    return found if _unread(found) or sum(part.n > 0 for part in found) > 1 else []


def _unread(parts: Sequence[StratumShare]) -> StratumShare | None:
    """The largest stratum without a verdict, where those without one hold more than a tenth of the pairs."""
    unread = [part for part in parts if part.pairs and not part.n]
    if sum(part.pairs for part in unread) > _MOST_UNREAD * sum(part.pairs for part in parts):
        return max(unread, key=lambda part: part.pairs)
    return None


def _observed(parts: Sequence[StratumShare], rated: Sequence[RatedPairs], n: int) -> Rate:
    if (worst := _unread(parts)) is not None:
        return no_rate(n, f"no verdict yet in the part {worst.name!r} ({worst.pairs} items)", "wilson, stratified")
    over = mean_spread(_matches(rated))
    effect = max(1.0, over.n / over.effective_n) if over.clustered else 1.0
    return weighted_share([part for part in parts if part.n], effect=effect)


def _weighted_table(cells: Sequence[PairGroup], parts: Sequence[StratumShare]) -> list[list[float]]:
    """The confusion matrix in which a pair of a stratum with N pairs, n of them compared, counts N / n."""
    table = [[0.0] * len(CLASSES) for _ in CLASSES]
    strata = sorted({cell.stratum for cell in cells})
    for stratum, part in zip(strata, parts, strict=True):
        for _, human, said, count in compared(cell for cell in cells if cell.stratum == stratum):
            table[human][said] += count * part.pairs / part.n
    return table


def _words(rated: Iterable[RatedPairs], table: Sequence[Sequence[float]] | None) -> list[Words]:
    """Each pair as the words of its two raters, people and the judge."""
    if table is not None:
        rows = [(0, one, other, count) for one, row in enumerate(table) for other, count in enumerate(row) if count]
    else:
        rows = [(cluster, one, other, float(count)) for cluster, one, other, count in rated]
    places = range(len(CLASSES))
    return [(c, tuple((one == k) + (other == k) for k in places), count) for c, one, other, count in rows]


def _votes(rated: Iterable[RatedPairs], nothing: str) -> Rate:
    same = every = 0
    for _, one, other, count in rated:
        every += count
        same += count * (one == other)
    if not every:
        return Rate(None, None, None, 0, None, "votes", nothing)
    return Rate(same / every, None, None, every, None, "votes", NOT_INDEPENDENT)


def _matches(rated: Iterable[RatedPairs]) -> list[tuple[int, float, int]]:
    return [(cluster, float(one == other), count) for cluster, one, other, count in rated]


def _decided(rated: Iterable[RatedPairs]) -> list[RatedPairs]:
    return [place for place in rated if TIE not in place[1:3]]


def _by_class(rated: Iterable[RatedPairs], given: int, asked: int, absent: str) -> PerClass:
    """For each word in column `given`, how often column `asked` says the same."""
    scored: tuple[list[tuple[int, float, int]], ...] = ([], [], [])
    for place in rated:
        scored[place[given]].append((place[0], float(place[asked] == place[given]), place[3]))
    return PerClass(*(share(rows, absent.format(word)) for rows, word in zip(scored, CLASSES, strict=True)))


NEEDS_FULL = "--full"


NONE = "the judge gave no confidence on a pair with a human label"


Sure = tuple[float, bool, int]
"""Pairs alike: (the judge's confidence, does it say what people say, how many)."""


Placed = tuple[int, float, bool, int]
"""The same with the example in front, 0 where each pair is an example of its own."""


def confidence(judge: JudgeGroups) -> ConfidenceStatistics:
    """Thirds of the compared pairs by confidence, equal ones kept together; nothing where nobody looked."""
    if judge.sure is None:
        return ConfidenceStatistics(0, (), None, None, NEEDS_FULL)
    rows = _rows(judge)
    n = sum(count for *_, count in rows)
    if not n:
        return ConfidenceStatistics(0, (), None, None, NONE)
    sure = [row[1:] for row in rows]
    return ConfidenceStatistics(
        n, tuple(_bands(rows, n)), brier(sure), auroc(sure), None if n >= MIN_FOR_RATE else _few(n)
    )


def brier(rows: Sequence[Sure]) -> float:
    """Mean squared distance of the confidence from being right (1) or wrong (0)."""
    n = sum(count for *_, count in rows)
    return math.fsum(count * (sure - agrees) ** 2 for sure, agrees, count in rows) / n


def _rows(judge: JudgeGroups) -> list[Placed]:
    found: dict[tuple[int, float, bool], int] = {}
    for cluster, sure, votes, verdict, count in judge.sure or ():
        human, said = COMPARED.get(human_label(votes)), SAID.get(verdict)
        if human is not None and said is not None:
            key = (cluster, sure, human == said)
            found[key] = found.get(key, 0) + count
    return [(*key, count) for key, count in found.items()]


def _bands(rows: Sequence[Placed], n: int) -> list[ConfidenceBand]:
    thirds: tuple[list[Placed], ...] = ([], [], [])
    by_sure: dict[float, list[Placed]] = {}
    for row in rows:
        by_sure.setdefault(row[1], []).append(row)
    below = 0
    for _, same in sorted(by_sure.items()):
        size = sum(count for *_, count in same)
        thirds[min(2, int(3 * (below + size / 2) / n))].extend(same)
        below += size
    return [_band(third) for third in thirds if third]


def _band(rows: Sequence[Placed]) -> ConfidenceBand:
    agreed = share([(cluster, float(agrees), count) for cluster, _, agrees, count in rows], "")
    return ConfidenceBand(min(row[1] for row in rows), max(row[1] for row in rows), agreed)


def _few(n: int) -> str:
    return f"{MIN_FOR_RATE} pairs needed to judge a confidence, {n} are there"


FEW = f"{MIN_FOR_RATE} votes of each kind needed"


def anchoring(cells: Iterable[PairGroup]) -> Anchoring | None:
    """Agreement with the verdict in view less agreement without, vote by vote (Newcombe's interval).

    None where no blind session was held.
    """
    seen, unseen = [0, 0], [0, 0]
    for cell in cells:
        said = SAID.get(cell.verdict) if cell.verdict is not None else None
        if said is None:
            continue
        for votes, tally in ((cell.opened, seen), (cell.blind, unseen)):
            for vote in votes:
                tally[0] += cell.count * (COMPARED[human_label((vote,))] == said)
                tally[1] += cell.count
    if not seen[1] and not unseen[1]:
        return None
    if min(seen[1], unseen[1]) < MIN_FOR_RATE:
        return Anchoring(None, None, None, seen[1], unseen[1], FEW)
    low, high = newcombe(*seen, *unseen)
    return Anchoring(seen[0] / seen[1] - unseen[0] / unseen[1], low, high, seen[1], unseen[1])
