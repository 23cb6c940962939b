"""Tags of a run: the same numbers inside each, and whether it differs from the pairs without it."""

from collections.abc import Mapping, Sequence

from uphold.records.numbers import LEAST_FOR_RATE, RunCounts
from uphold.records.results import Difference, HumanNumbers, JudgeNumbers, TagNumbers
from uphold.stats.exact import fisher, holm
from uphold.stats.humans import humans
from uphold.stats.judges import judge_numbers

FEW = f"{LEAST_FOR_RATE} verdicts inside the tag and outside needed"
CLUSTERED = "several pairs share an example: no exact test"
POOLED = "pooled over the runs of a set"

Share = tuple[int, int]
"""Hits, and out of how many."""


def tag_numbers(
    whole: HumanNumbers, judges: Sequence[JudgeNumbers], parts: Mapping[str, RunCounts]
) -> list[TagNumbers]:
    """Every tag, the differences adjusted for how many tags were asked about."""
    human = {tag: humans(part) for tag, part in parts.items()}
    judged = {tag: {j.judge_id: judge_numbers(part, j) for j in part.judges} for tag, part in parts.items()}
    pooled = any(part.pooled for part in parts.values())
    win = adjusted([_against(_wins(human[tag]), _wins(whole), pooled, _is_clustered(whole)) for tag in parts])
    columns = []
    for judge in judges:
        mine = [judged[tag].get(judge.judge_id) for tag in parts]
        clustered = "clustered" in (judge.agreement.observed.method or "")
        columns.append(adjusted([_against(_agreed(m), _agreed(judge), False, clustered) for m in mine]))
    return [
        TagNumbers(tag, part.pairs, human[tag], tuple(judged[tag].values()), win[at], tuple(c[at] for c in columns))
        for at, (tag, part) in enumerate(parts.items())
    ]


def adjusted(found: Sequence[Difference]) -> list[Difference]:
    """The same differences with Holm's p over those that could be asked."""
    asked = [one for one in found if one.p is not None]
    larger = iter(holm([one.p for one in asked if one.p is not None]))
    return [one if one.p is None else Difference(one.p, next(larger)) for one in found]


def _against(inside: Share, whole: Share, pooled: bool, clustered: bool) -> Difference:
    hits, n = inside
    other_hits, other_n = whole[0] - hits, whole[1] - n
    if pooled:
        return Difference(None, None, POOLED)
    if clustered:
        return Difference(None, None, CLUSTERED)
    if min(n, other_n) < LEAST_FOR_RATE:
        return Difference(None, None, FEW)
    return Difference(fisher(hits, n, other_hits, other_n), None)


def _wins(human: HumanNumbers) -> Share:
    return human.wins, human.wins + human.ties + human.losses


def _is_clustered(human: HumanNumbers) -> bool:
    return "clustered" in (human.rates.win_rate.method or "")


def _agreed(judge: JudgeNumbers | None) -> Share:
    if judge is None:
        return 0, 0
    return sum(judge.agreement.confusion[k][k] for k in range(3)), judge.agreement.n
