"""How often a judge says what people say: three words, an inconsistent verdict being a tie (MT-Bench's setup S1)."""

from collections.abc import Iterable, Sequence

from uphold.records.numbers import CLASSES, JudgeCells, Rate, Share
from uphold.records.results import Agreement, PerClass, PerVote
from uphold.records.words import Choice, Verdict
from uphold.stats.kappa import Rated, confusion, kappa_value
from uphold.stats.labels import Label, label
from uphold.stats.shares import NOT_YET, no_rate, no_value, share

NOTHING = "no pair with both a human label and a readable verdict"
NOT_INDEPENDENT = "votes on one pair are not independent: no interval"

_TIE = 1
_JUDGED = {Verdict.CANDIDATE: 0, Verdict.TIE: _TIE, Verdict.INCONSISTENT: _TIE, Verdict.BASELINE: 2}
_LABELLED = {Label.CANDIDATE: 0, Label.TIE: _TIE, Label.BASELINE: 2}
WORD = {choice: CLASSES.index(choice.preference) for choice in Choice}
"""The place of a vote's word in every table; both-bad is compared as a tie."""


def agreement(judge: JudgeCells) -> Agreement:
    """Everything that compares one judge with people; unreadable, failed, pending and unresolved pairs are outside."""
    rated = compared(judge)
    observed = share(_matches(rated), NOTHING)
    return Agreement(
        n=observed.n,
        observed=observed,
        raw=Share(observed.rate, observed.n, observed.reason if observed.rate is None else None),
        kappa=kappa_value(rated) if rated else no_value(NOTHING),
        ac1=no_value(NOT_YET),
        precision=_by_class(rated, given=2, asked=1, absent="the judge never said {} on a pair with a human label"),
        recall=_by_class(rated, given=1, asked=2, absent="people never said {} on a pair with a readable verdict"),
        confusion=confusion(rated),
        without_ties=without_ties(rated),
        per_vote=per_vote(votes_compared(judge), "no vote on a pair with a readable verdict"),
        blind=no_rate(0, NOT_YET),
    )


def compared(judge: JudgeCells) -> list[Rated]:
    """The pairs with a human label and a readable verdict: (example, people's word, the judge's word, count)."""
    tally: dict[tuple[int, int, int], int] = {}
    for cell in judge.cells:
        said = _JUDGED.get(cell.verdict) if cell.verdict is not None else None
        human = _LABELLED.get(label(cell.votes)) if said is not None else None
        if said is not None and human is not None:
            place = (cell.cluster, human, said)
            tally[place] = tally.get(place, 0) + cell.count
    return [(*place, count) for place, count in tally.items()]


def votes_compared(judge: JudgeCells) -> list[Rated]:
    """Every single vote beside the readable verdict on its pair, as MT-Bench counts agreement."""
    return [
        (0, WORD[choice], _JUDGED[cell.verdict], cell.count)
        for cell in judge.cells
        if cell.verdict in _JUDGED
        for _, choice in cell.votes
    ]


def without_ties(rated: Iterable[Rated]) -> Rate:
    """Agreement where neither side says tie (MT-Bench's setup S2)."""
    return share(_matches(_decided(rated)), "no pair where both name a winner")


def per_vote(rated: Sequence[Rated], nothing: str) -> PerVote:
    """Shares of equal words among comparisons of single votes."""
    return PerVote(_votes(rated, nothing), _votes(_decided(rated), "no comparison where both name a winner"))


def _votes(rated: Iterable[Rated], nothing: str) -> Rate:
    same = every = 0
    for _, one, other, count in rated:
        every += count
        same += count * (one == other)
    if not every:
        return Rate(None, None, None, 0, None, "votes", nothing)
    return Rate(same / every, None, None, every, None, "votes", NOT_INDEPENDENT)


def _matches(rated: Iterable[Rated]) -> list[tuple[int, float, int]]:
    return [(cluster, float(one == other), count) for cluster, one, other, count in rated]


def _decided(rated: Iterable[Rated]) -> list[Rated]:
    return [place for place in rated if _TIE not in place[1:3]]


def _by_class(rated: Iterable[Rated], given: int, asked: int, absent: str) -> PerClass:
    """For each word in column `given`, how often column `asked` says the same."""
    scored: tuple[list[tuple[int, float, int]], ...] = ([], [], [])
    for place in rated:
        scored[place[given]].append((place[0], float(place[asked] == place[given]), place[3]))
    return PerClass(*(share(rows, absent.format(word)) for rows, word in zip(scored, CLASSES, strict=True)))
