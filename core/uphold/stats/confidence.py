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


def confidence(judge: JudgeCells) -> Confidence:
    """Thirds of the compared pairs by confidence, equal ones kept together; nothing where nobody looked."""
    if judge.sure is None:
        return Confidence(0, (), None, None, NEEDS_FULL)
    rows = _rows(judge)
    n = sum(count for *_, count in rows)
    if not n:
        return Confidence(0, (), None, None, NONE)
    return Confidence(n, tuple(_bands(rows, n)), brier(rows), auroc(rows), None if n >= LEAST_FOR_RATE else _few(n))


def brier(rows: Sequence[Sure]) -> float:
    """Mean squared distance of the confidence from being right (1) or wrong (0)."""
    n = sum(count for *_, count in rows)
    return math.fsum(count * (sure - agrees) ** 2 for sure, agrees, count in rows) / n


def _rows(judge: JudgeCells) -> list[Sure]:
    found: dict[tuple[float, bool], int] = {}
    for sure, votes, verdict, count in judge.sure or ():
        human, said = COMPARED.get(label(votes)), SAID.get(verdict)
        if human is not None and said is not None:
            found[sure, human == said] = found.get((sure, human == said), 0) + count
    return [(*key, count) for key, count in found.items()]


def _bands(rows: Sequence[Sure], n: int) -> list[Band]:
    thirds: tuple[list[Sure], ...] = ([], [], [])
    below = 0
    for sure in sorted({row[0] for row in rows}):
        same = [row for row in rows if row[0] == sure]
        size = sum(count for *_, count in same)
        thirds[min(2, int(3 * (below + size / 2) / n))].extend(same)
        below += size
    return [
        Band(
            min(row[0] for row in third),
            max(row[0] for row in third),
            share([(0, float(a), c) for _, a, c in third], ""),
        )
        for third in thirds
        if third
    ]


def _few(n: int) -> str:
    return f"{LEAST_FOR_RATE} pairs needed to judge a confidence, {n} are there"
