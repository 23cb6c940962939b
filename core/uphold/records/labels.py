"""The human label of a pair: what its reviewers' votes amount to."""

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from uphold.records.counts import ADJUDICATOR, Votes
from uphold.records.enums import Choice, EventKind, Preference, Verdict


class Label(StrEnum):
    """What reviewers' decisions on a pair amount to; a draw for first place is unresolved, not a tie."""

    CANDIDATE = "candidate"
    TIE = "tie"
    BASELINE = "baseline"
    UNRESOLVED = "unresolved"
    UNREAD = "unread"


TIE_CLASS = 1
"""The index of a tie in `records.counts.CLASSES`."""

LABEL_CLASS = {Label.CANDIDATE: 0, Label.TIE: TIE_CLASS, Label.BASELINE: 2}
"""The index in `CLASSES` of a label that can be compared; unresolved and unread have none."""

VERDICT_CLASS = {Verdict.CANDIDATE: 0, Verdict.TIE: TIE_CLASS, Verdict.INCONSISTENT: TIE_CLASS, Verdict.BASELINE: 2}
"""The index in `CLASSES` of a verdict that can be compared: inconsistent counts as a tie."""


def reviewer_votes(votes: Votes) -> Votes:
    """Return the votes without the adjudicated one that settles a dispute."""
    return tuple(vote for vote in votes if vote[0] != ADJUDICATOR)


@lru_cache(maxsize=4096)
def human_label(votes: Votes) -> Label:
    """Return the label of a pair: the adjudicated choice, else the one with most votes; both-bad counts as a tie."""
    if not votes:
        return Label.UNREAD
    for reviewer, choice in votes:
        if reviewer == ADJUDICATOR:
            return Label(choice.preference.value)
    counts: dict[Preference, int] = {}
    for _, choice in votes:
        counts[choice.preference] = counts.get(choice.preference, 0) + 1
    most = max(counts.values())
    first, *others = (preference for preference, count in counts.items() if count == most)
    return Label.UNRESOLVED if others else Label(first.value)


class PairLabel(NamedTuple):
    """The human label of a pair: how many reviewers decided, and whether an adjudication settled it."""

    label: Label
    votes: int
    adjudicated: bool


def label_of(decisions: Iterable[tuple[int, EventKind, Choice]]) -> PairLabel:
    """Return the label of a pair from (reviewer id, kind, choice) of its standing decisions, oldest first.

    The latest decision of each reviewer counts, and the latest adjudication, as long as anybody has decided.
    """
    votes: dict[int, Choice] = {}
    adjudicated: Choice | None = None
    for reviewer, kind, choice in decisions:
        if kind is EventKind.ADJUDICATED:
            adjudicated = choice
        else:
            votes[reviewer] = choice
    settled: Votes = ((ADJUDICATOR, adjudicated),) if adjudicated is not None and votes else ()
    return PairLabel(human_label((*settled, *votes.items())), len(votes), bool(settled))


def is_both_bad(votes: Votes) -> bool:
    """Whether the label is a tie because both answers are bad: more votes for both-bad than for tie."""
    if human_label(votes) is not Label.TIE:
        return False
    choices = [choice for reviewer, choice in votes if reviewer == ADJUDICATOR] or [choice for _, choice in votes]
    return choices.count(Choice.BOTH_BAD) > choices.count(Choice.TIE)
