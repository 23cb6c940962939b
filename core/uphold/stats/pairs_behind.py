"""Which pairs a number counts: for every kind of number the condition under which a pair is counted.

Each condition is the one by which the statistics count (`human`, `agreement`, `bias`, `reviewers`), for a single pair.
"""

from collections.abc import Callable, Iterable, Mapping

from uphold.records.counts import CLASSES, PairGroup
from uphold.records.enums import Verdict
from uphold.records.labels import LABEL_CLASS, TIE_CLASS, VERDICT_CLASS, Label, human_label, reviewer_votes
from uphold.records.pair_list import Behind, PairsBehind
from uphold.stats.agreement import votes_to_compare
from uphold.stats.bias import is_flip, is_opposite

_WINNERS = (Verdict.CANDIDATE, Verdict.BASELINE)

_WON_OR_LOST = (Label.CANDIDATE, Label.BASELINE)

Condition = Callable[[PairGroup], bool]


def ids_behind(
    pairs: Iterable[tuple[int, PairGroup]], wanted: PairsBehind, reviewers: Mapping[str, int]
) -> frozenset[int]:
    """Return the ids of the pairs that a number counts, of (id, pair) with the verdicts of its judge.

    `reviewers` holds the ids of the reviewers by name. The pairs of `Behind.SIDES` are not known from groups.
    """
    known = list(pairs)
    condition = _condition(wanted, [pair for _, pair in known], reviewers)
    return frozenset(pair_id for pair_id, pair in known if condition(pair))


def _condition(wanted: PairsBehind, pairs: list[PairGroup], reviewers: Mapping[str, int]) -> Condition:
    match wanted.kind:
        case Behind.COMPARED | Behind.COMPARED_DECIDED | Behind.COMPARED_BLIND | Behind.COMPARED_WITH_DRAWS:
            return lambda pair: _is_compared(pair, wanted)
        case Behind.SHARED:
            ids = {reviewers[name] for name in wanted.reviewers if name in reviewers}
            return lambda pair: _is_shared(pair, ids)
        case Behind.JUDGE_LENGTH | Behind.PEOPLE_LENGTH:
            both = any(_is_read_by_both(pair) for pair in pairs)
            by_judge = wanted.kind is Behind.JUDGE_LENGTH
            return lambda pair: _has_longer_winner(pair, by_judge=by_judge, both=both)
    return _CONDITIONS[wanted.kind]


_CONDITIONS: Mapping[Behind, Condition] = {
    Behind.COUNTED: lambda pair: True,
    Behind.LABELLED: lambda pair: human_label(pair.votes) in LABEL_CLASS,
    Behind.UNLABELLED: lambda pair: human_label(pair.votes) not in LABEL_CLASS,
    Behind.WON: lambda pair: human_label(pair.votes) is Label.CANDIDATE,
    Behind.WON_OR_TIED: lambda pair: human_label(pair.votes) in (Label.CANDIDATE, Label.TIE),
    Behind.DECIDED: lambda pair: human_label(pair.votes) in _WON_OR_LOST,
    Behind.JUDGE_WON: lambda pair: pair.verdict is Verdict.CANDIDATE,
    Behind.FLIPPED: lambda pair: pair.orders is not None and is_flip(pair.orders),
    Behind.OPPOSITE: lambda pair: pair.orders is not None and is_opposite(pair.orders),
}


def _is_compared(pair: PairGroup, wanted: PairsBehind) -> bool:
    votes = pair.blind if wanted.kind is Behind.COMPARED_BLIND else votes_to_compare(pair)
    found = human_label(votes)
    drawn = wanted.kind is Behind.COMPARED_WITH_DRAWS and found is Label.UNRESOLVED
    label = TIE_CLASS if drawn else LABEL_CLASS.get(found)
    verdict = VERDICT_CLASS.get(pair.verdict) if pair.verdict is not None else None
    if label is None or verdict is None:
        return False
    if wanted.kind is Behind.COMPARED_DECIDED and TIE_CLASS in (label, verdict):
        return False
    return wanted.label in (None, CLASSES[label]) and wanted.verdict in (None, CLASSES[verdict])


def _is_shared(pair: PairGroup, reviewer_ids: set[int]) -> bool:
    voters = {reviewer for reviewer, _ in reviewer_votes(pair.votes)}
    return voters >= reviewer_ids if reviewer_ids else len(voters) > 1


def _is_read_by_both(pair: PairGroup) -> bool:
    return pair.verdict in VERDICT_CLASS and human_label(pair.votes) in LABEL_CLASS


def _has_longer_winner(pair: PairGroup, *, by_judge: bool, both: bool) -> bool:
    if not pair.longer or not (_is_read_by_both(pair) if both else pair.verdict in VERDICT_CLASS):
        return False
    return pair.verdict in _WINNERS if by_judge else human_label(pair.votes) in _WON_OR_LOST
