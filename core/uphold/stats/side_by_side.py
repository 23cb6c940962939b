"""Two judges on the same reviews: who is right where the other is wrong, with an exact test (McNemar)."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from uphold.records.compared import Joint, JudgePair
from uphold.records.words import Verdict
from uphold.stats.exact import holm
from uphold.stats.labels import COMPARED, SAID, label
from uphold.stats.pairing import win_change
from uphold.stats.shares import share


def judge_pairs(names: Sequence[str], rows: Sequence[Joint]) -> tuple[JudgePair, ...]:
    """Each two judges; the p values adjusted for how many pairs of judges there are."""
    found = [_pair(names, rows, a, b) for a, b in combinations(range(len(names)), 2)]
    asked = [pair.change.p for pair in found if pair.change.p is not None]
    larger = iter(holm(asked))
    return tuple(pair if pair.change.p is None else replace(pair, adjusted=next(larger)) for pair in found)


def _pair(names: Sequence[str], rows: Sequence[Joint], a: int, b: int) -> JudgePair:
    both = []
    for row in rows:
        human, one, other = COMPARED.get(label(row.votes)), _said(row.verdicts[a]), _said(row.verdicts[b])
        if human is not None and one is not None and other is not None:
            both.append((row.example, float(one == human) - float(other == human), one == other, row.count))
    return JudgePair(
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
