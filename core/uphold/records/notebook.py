"""Records that a notebook gets: flat, with names instead of ids, one for each row of a data frame."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run with its counts of current pairs.

    `reviewed` pairs have a vote; wins, ties, losses and `unresolved` are their human labels. `judge` is that of the
    headline, None where there is none; `judged` pairs have its verdict.
    """

    number: int
    run: str
    set: str
    candidate: str
    baseline: str
    pairs: int
    reviewed: int
    wins: int
    ties: int
    losses: int
    unresolved: int
    judge: str | None
    judged: int


@dataclass(frozen=True, slots=True)
class PairRecord:
    """A current pair: the texts of its turn, the verdict of the headline's judge, and the human label.

    `tags` are separated by commas. `verdict` is candidate, baseline, tie, inconsistent, unreadable, failed or pending,
    `human_label` candidate, baseline, tie or unresolved; None where there is none. `confidence` and `preference` (for the
    candidate) are 0 to 1. `contents` is the hash of the pair's texts.
    """

    run: str
    set: str
    key: str
    turn: int
    tags: str
    candidate: str
    baseline: str
    context: str | None
    instruction: str
    reference: str | None
    response_candidate: str
    response_baseline: str
    judge: str | None
    verdict: str | None
    confidence: float | None
    preference: float | None
    human_label: str | None
    human_votes: int
    adjudicated: bool
    contents: str


@dataclass(frozen=True, slots=True)
class ReviewRecord:
    """What one reviewer decided on a pair, as it stands; reviewers who only flagged or skipped it have no `decision`.

    `first_decision` is the one made before the verdict was seen, where there is one, else the same as `decision`; `ruling`
    (upheld, overturned or decided), `mode`, `verdict_shown`, `judge_verdict`, `seconds`, `source` and `at` belong to it.
    `reasons` are separated by commas. Times are UTC, ISO 8601.
    """

    run: str
    key: str
    turn: int
    reviewer: str
    decision: str | None
    first_decision: str | None
    ruling: str | None
    reasons: str
    comment: str | None
    flagged: bool
    skipped: bool
    mode: str | None
    verdict_shown: bool | None
    judge_verdict: str | None
    seconds: float | None
    source: str | None
    at: str | None


@dataclass(frozen=True, slots=True)
class JudgmentRecord:
    """One answer of a judge on a pair, in force; `pair_verdict` is what all of them on the pair amount to.

    `order` is candidate-first, baseline-first, none or unknown, `status` readable, unreadable or failed. `cost` is in
    dollars.
    """

    run: str
    key: str
    turn: int
    judge: str
    version: str
    kind: str
    order: str
    sample: int
    status: str
    verdict: str | None
    preference: float | None
    confidence: float | None
    reason: str | None
    problem: str | None
    cost: float | None
    seconds: float | None
    at: str | None
    pair_verdict: str


@dataclass(frozen=True, slots=True)
class StatisticRecord:
    """One number of `uphold stats`: `statistic` is its path there, such as human.win_rate or judges.gpt-4.agreement.kappa.

    `value` is a rate (0 to 1), a coefficient, a difference or a count, None where there is none: then `reason` says why.
    `low` and `high` are its interval of `level`, `n` what it rests on.
    """

    statistic: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: float | None = None
    level: float | None = None
    method: str | None = None
    reason: str | None = None
