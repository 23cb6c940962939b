"""All numbers of a run, of a set, or of its tags; and the few that the review shows at its foot."""

from dataclasses import replace

from uphold.records.numbers import LEAST_FOR_RATE, JudgeCells, LiveNumbers, Rate, RunCounts, Value
from uphold.records.results import RunNumbers
from uphold.stats.agreement import NOTHING, agreement
from uphold.stats.assisted import of_study, people_alone, study, win_rates
from uphold.stats.clusters import merged
from uphold.stats.humans import humans
from uphold.stats.judges import judge_numbers
from uphold.stats.peeking import peek_safe
from uphold.stats.reviewers import reviewers
from uphold.stats.shares import no_rate, no_value
from uphold.stats.tags import tag_numbers
from uphold.stats.widths import budget, nearest

NEEDS_TEN = f"{LEAST_FOR_RATE} verdicts needed for a rate"


def numbers(counts: RunCounts, full: bool = False) -> RunNumbers:
    """Everything that can be said about `counts`; `full` adds the intervals that need resampling."""
    counts = merged_counts(counts)
    human = humans(counts)
    judges = tuple(judge_numbers(counts, judge) for judge in counts.judges)
    found = None if counts.pooled else study(counts, counts.judges[0]) if counts.judges else people_alone(counts)
    parts = {tag: merged_counts(part) for tag, part in counts.tags.items()}
    return RunNumbers(
        set=counts.set,
        set_hash=counts.set_hash,
        run=None if counts.pooled else counts.run,
        candidate=None if counts.pooled else counts.candidate,
        baseline=None if counts.pooled else counts.baseline,
        pairs=counts.pairs,
        human=replace(human, peek_safe=peek_safe(counts)),
        judges=judges,
        reviewers=reviewers(counts, full),
        tags=tuple(tag_numbers(human, judges, parts)),
        headline=None if found is None else of_study(found, counts.planned),
        budget=() if found is None else budget(found),
        tag=counts.tag,
        others=counts.others,
    )


def live(counts: RunCounts, judge_id: int | None = None, reviewer_id: int | None = None) -> LiveNumbers:
    """The headline win rate, and agreement with one judge; where there are too few verdicts a reason instead of a rate."""
    own = sum(cell.count for cell in counts.votes if any(who == reviewer_id for who, _ in cell.votes))
    counts = merged_counts(counts)
    human = humans(counts)
    n = human.wins + human.ties + human.losses
    judge = next((judge for judge in counts.judges if judge.judge_id == judge_id), None)
    same, kappa = _live_agreement(counts, judge)
    found = study(counts, judge) if judge is not None else people_alone(counts)
    like_these, this_set = win_rates(found) if found.has_rates else (None, None)
    return LiveNumbers(
        n=n,
        wins=human.wins,
        ties=human.ties,
        losses=human.losses,
        win_rate=human.rates.win_rate if n >= LEAST_FOR_RATE else no_rate(n, NEEDS_TEN, "wilson"),
        agreement=same,
        kappa=kappa,
        state=found.state,
        refused=found.reason,
        like_these=like_these,
        this_set=this_set,
        target=nearest(found),
        planned=counts.planned,
        own=own,
        others=human.reviewed - own,
        unresolved=human.unresolved,
    )


def _live_agreement(counts: RunCounts, judge: JudgeCells | None) -> tuple[Rate, Value]:
    if judge is None:
        return no_rate(0, NOTHING, "wilson"), no_value(NOTHING)
    same = agreement(judge, counts.strata)
    if same.n < LEAST_FOR_RATE:
        return no_rate(same.n, NEEDS_TEN, "wilson"), no_value(NEEDS_TEN)
    return same.observed, same.kappa


def merged_counts(counts: RunCounts) -> RunCounts:
    """The same counts in fewer cells: examples with a single pair are added up."""
    judges = tuple(replace(judge, cells=tuple(merged(judge.cells))) for judge in counts.judges)
    return replace(counts, votes=tuple(merged(counts.votes)), judges=judges)
