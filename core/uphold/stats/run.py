"""All numbers of a run, of a set, or of its tags; and the few that the review shows at its foot."""

from dataclasses import replace

from uphold.records.numbers import LEAST_FOR_RATE, JudgeCells, LiveNumbers, Rate, RunCounts, Value
from uphold.records.results import JudgeNumbers, RunNumbers, TagNumbers
from uphold.stats.agreement import NOTHING, agreement
from uphold.stats.clusters import merged
from uphold.stats.humans import humans
from uphold.stats.judges import judge_numbers
from uphold.stats.reviewers import reviewers
from uphold.stats.shares import no_rate, no_value

NEEDS_TEN = f"{LEAST_FOR_RATE} verdicts needed for a rate"


def numbers(counts: RunCounts, full: bool = False) -> RunNumbers:
    """Everything that can be said about `counts`.

    `full` asks for the intervals that need resampling as well; all intervals here are closed forms, so both give
    the same.
    """
    counts = _merged(counts)
    return RunNumbers(
        set=counts.set,
        set_hash=counts.set_hash,
        run=None if counts.pooled else counts.run,
        candidate=None if counts.pooled else counts.candidate,
        baseline=None if counts.pooled else counts.baseline,
        pairs=counts.pairs,
        human=humans(counts),
        judges=_judges(counts),
        reviewers=reviewers(counts),
        tags=tuple(_tag(tag, _merged(part)) for tag, part in counts.tags.items()),
    )


def live(counts: RunCounts, judge_id: int | None = None) -> LiveNumbers:
    """The human win rate, and agreement with one judge; below 10 verdicts counts and a reason instead of a rate."""
    counts = _merged(counts)
    human = humans(counts)
    n = human.wins + human.ties + human.losses
    win_rate = human.rates.win_rate if n >= LEAST_FOR_RATE else no_rate(n, NEEDS_TEN, "wilson")
    judge = next((judge for judge in counts.judges if judge.judge_id == judge_id), None)
    same, kappa = _live_agreement(judge)
    return LiveNumbers(n, human.wins, human.ties, human.losses, win_rate, same, kappa)


def _live_agreement(judge: JudgeCells | None) -> tuple[Rate, Value]:
    if judge is None:
        return no_rate(0, NOTHING, "wilson"), no_value(NOTHING)
    same = agreement(judge)
    if same.n < LEAST_FOR_RATE:
        return no_rate(same.n, NEEDS_TEN, "wilson"), no_value(NEEDS_TEN)
    return same.observed, same.kappa


def _merged(counts: RunCounts) -> RunCounts:
    judges = tuple(replace(judge, cells=tuple(merged(judge.cells))) for judge in counts.judges)
    return replace(counts, votes=tuple(merged(counts.votes)), judges=judges)


def _tag(tag: str, counts: RunCounts) -> TagNumbers:
    return TagNumbers(tag, counts.pairs, humans(counts), _judges(counts))


def _judges(counts: RunCounts) -> tuple[JudgeNumbers, ...]:
    return tuple(judge_numbers(counts, judge) for judge in counts.judges)
