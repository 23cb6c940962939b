"""One judge over a run: what it says, how far people agree with it, and what the order did to it."""

import math

from uphold.records.numbers import JudgeCells, RunCounts, Share
from uphold.records.results import JudgeNumbers, MeanPreference
from uphold.records.words import Verdict
from uphold.stats.agreement import agreement
from uphold.stats.assisted import assisted
from uphold.stats.humans import POOLED
from uphold.stats.lengths import length
from uphold.stats.position import position

_NO_VERDICT = "no readable verdict"


def judge_numbers(counts: RunCounts, judge: JudgeCells) -> JudgeNumbers:
    """Everything about one judge; its own rates are an opinion and have no interval."""
    said = dict.fromkeys(Verdict, 0)
    for cell in judge.cells:
        said[cell.verdict or Verdict.PENDING] += cell.count
    wins, losses = said[Verdict.CANDIDATE], said[Verdict.BASELINE]
    drawn = said[Verdict.TIE] + said[Verdict.INCONSISTENT]
    n = wins + drawn + losses
    return JudgeNumbers(
        judge_id=judge.judge_id,
        name=judge.name,
        version=judge.version,
        kind=judge.kind,
        wins=wins,
        ties=said[Verdict.TIE],
        losses=losses,
        inconsistent=said[Verdict.INCONSISTENT],
        unreadable=said[Verdict.UNREADABLE],
        failed=said[Verdict.FAILED],
        pending=0 if judge.kind == "imported" else said[Verdict.PENDING],
        win_rate=_share(wins, n, counts.pooled),
        win_tie_rate=_share(wins + drawn, n, counts.pooled),
        ties_half=_share(wins + drawn / 2, n, counts.pooled),
        mean_preference=None if counts.pooled else mean_preference(judge.preferences),
        assisted=None if counts.pooled else assisted(counts, judge),
        agreement=agreement(judge, counts.strata),
        position=position(judge.cells),
        length=length(judge),
    )


def mean_preference(preferences: tuple[float, ...]) -> MeanPreference | None:
    """Mean of soft preferences with sd (n - 1) over root n, as AlpacaEval reports; None where the source gave none."""
    n = len(preferences)
    if not n:
        return None
    mean = math.fsum(preferences) / n
    if n == 1:
        return MeanPreference(mean, None, n, "2 preferences needed for a standard error")
    squares = math.fsum((preference - mean) ** 2 for preference in preferences)
    return MeanPreference(mean, math.sqrt(squares / (n - 1) / n), n)


def _share(hits: float, n: int, pooled: bool) -> Share:
    if pooled:
        return Share(None, n, POOLED)
    return Share(hits / n, n) if n else Share(None, 0, _NO_VERDICT)
