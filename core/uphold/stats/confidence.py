"""Does a judge's confidence tell when it is right? Agreement by band, Brier score and AUROC."""

import math
from collections.abc import Sequence

from uphold.records.numbers import LEAST_FOR_RATE, JudgeCells
from uphold.records.results import Band, Confidence
from uphold.stats.labels import COMPARED, SAID, label
from uphold.stats.ranks import auroc
from uphold.stats.shares import share

NEEDS_FULL = "--full"
NONE = "the judge gave no confidence on a pair with a human label"

Sure = tuple[float, bool, int]
"""Pairs alike: (the judge's confidence, does it say what people say, how many)."""

Placed = tuple[int, float, bool, int]
"""The same with the example in front, 0 where each pair is an example of its own."""


def confidence(judge: JudgeCells) -> Confidence:
    """Thirds of the compared pairs by confidence, equal ones kept together; nothing where nobody looked."""
    if judge.sure is None:
        return Confidence(0, (), None, None, NEEDS_FULL)
    rows = _rows(judge)
    n = sum(count for *_, count in rows)
    if not n:
        return Confidence(0, (), None, None, NONE)
    sure = [row[1:] for row in rows]
    return Confidence(n, tuple(_bands(rows, n)), brier(sure), auroc(sure), None if n >= LEAST_FOR_RATE else _few(n))


def brier(rows: Sequence[Sure]) -> float:
    """Mean squared distance of the confidence from being right (1) or wrong (0)."""
    n = sum(count for *_, count in rows)
    return math.fsum(count * (sure - agrees) ** 2 for sure, agrees, count in rows) / n


def _rows(judge: JudgeCells) -> list[Placed]:
    found: dict[tuple[int, float, bool], int] = {}
    for cluster, sure, votes, verdict, count in judge.sure or ():
        human, said = COMPARED.get(label(votes)), SAID.get(verdict)
        if human is not None and said is not None:
            key = (cluster, sure, human == said)
            found[key] = found.get(key, 0) + count
    return [(*key, count) for key, count in found.items()]


def _bands(rows: Sequence[Placed], n: int) -> list[Band]:
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


def _band(rows: Sequence[Placed]) -> Band:
    agreed = share([(cluster, float(agrees), count) for cluster, _, agrees, count in rows], "")
    return Band(min(row[1] for row in rows), max(row[1] for row in rows), agreed)


def _few(n: int) -> str:
    return f"{LEAST_FOR_RATE} pairs needed to judge a confidence, {n} are there"
