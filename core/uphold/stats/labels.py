"""The human label of a pair: what its reviewers' votes amount to."""

from enum import StrEnum
from functools import lru_cache

from uphold.records.numbers import SETTLED, Votes
from uphold.records.words import Choice, Preference, Verdict


class Label(StrEnum):
    """What people say about a pair; a draw for first place is unresolved, not a tie."""

    CANDIDATE = "candidate"
    TIE = "tie"
    BASELINE = "baseline"
    UNRESOLVED = "unresolved"
    UNREAD = "unread"


TIE = 1
COMPARED = {Label.CANDIDATE: 0, Label.TIE: TIE, Label.BASELINE: 2}
"""The place of a label in every table; unresolved and unread have none."""

SAID = {Verdict.CANDIDATE: 0, Verdict.TIE: TIE, Verdict.INCONSISTENT: TIE, Verdict.BASELINE: 2}
"""The place of a verdict in every table: an inconsistent one is compared as a tie, what was not read has none."""


def voted(votes: Votes) -> Votes:
    """What people said each, without the word that settles a dispute."""
    return tuple(vote for vote in votes if vote[0] != SETTLED)


@lru_cache(maxsize=4096)
def label(votes: Votes) -> Label:
    """The word that settles it, else the one with most votes; both-bad counted as a tie."""
    if not votes:
        return Label.UNREAD
    for reviewer, choice in votes:
        if reviewer == SETTLED:
            return Label(choice.preference.value)
    tally: dict[Preference, int] = {}
    for _, choice in votes:
        word = choice.preference
        tally[word] = tally.get(word, 0) + 1
    most = max(tally.values())
    first, *others = (word for word, count in tally.items() if count == most)
    return Label.UNRESOLVED if others else Label(first.value)


def is_both_bad(votes: Votes) -> bool:
    """Whether the label is a tie because both answers are bad: more say both-bad than plain tie."""
    if label(votes) is not Label.TIE:
        return False
    said = [choice for reviewer, choice in votes if reviewer == SETTLED] or [choice for _, choice in votes]
    return said.count(Choice.BOTH_BAD) > said.count(Choice.TIE)
