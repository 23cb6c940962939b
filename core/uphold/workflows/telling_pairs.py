"""Chooses the pairs of a run that tell most: lost against the blessed run, overturned, or with orders that disagree."""

from collections.abc import Iterable, Iterator, Sequence

from uphold.records.enums import AnswerOrder, Preference, Verdict
from uphold.records.judgments import JudgeRef, Judgment
from uphold.records.labels import Label
from uphold.records.run_evidence import JudgeReason, TellingKind, TellingPair
from uphold.records.runs import Run
from uphold.records.texts import cell_text
from uphold.store import checkpoints, judgments, pairs
from uphold.store.database import Store
from uphold.store.run_evidence import LabelledPair
from uphold.workflows.checkpoints import lost_and_won

_MAX_OF_A_KIND = {
    TellingKind.LOST: 3,
    TellingKind.OVERTURNED: 3,
    TellingKind.INCONSISTENT: 2,
    TellingKind.UPHELD: 1,
}
"""How many pairs of each kind a report shows."""


def telling_pairs(
    store: Store, run: Run, against: Run | None, labelled: Sequence[LabelledPair], judge: JudgeRef | None
) -> Iterator[TellingPair]:
    """Yield the pairs that tell most, those lost against the blessed run first; pairs whose texts were forgotten are none."""
    lost = _lost(store, run, against)
    chosen = _chosen([one for one in labelled if not one.forgotten], lost)
    opinions = checkpoints.opinions(store, [one.pair_id for one in chosen])
    for one, kinds in chosen.items():
        texts = pairs.pair_texts(store, one.pair_id)
        verdict = judgments.read_pair_verdict(store, one.pair_id, judge.id) if judge is not None else None
        found = () if verdict is None else verdict.judgments
        yield TellingPair(
            key=one.key,
            turn=one.turn,
            kinds=kinds,
            instruction=texts.text.turns[one.turn - 1],
            context=texts.text.context,
            candidate_answer=cell_text(texts.candidate_cells[-1]),
            baseline_answer=cell_text(texts.baseline_cells[-1]),
            label=one.label,
            verdict=None if one.verdict is None else one.verdict.value,
            reasons=tuple(_reasons(found, inconsistent=one.verdict is Verdict.INCONSISTENT)),
            opinions=opinions.get(one.pair_id, ()),
            lost_against=against.candidate if against is not None and TellingKind.LOST in kinds else None,
        )


def _lost(store: Store, run: Run, against: Run | None) -> list[tuple[str, int]]:
    """Return key and turn of the examples that people say were lost against the blessed run, the largest losses first."""
    return [] if against is None else [(one.key, one.turn) for one in lost_and_won(store, against, run)[0] if one.by]


def _chosen(
    found: Sequence[LabelledPair], lost: Sequence[tuple[str, int]]
) -> dict[LabelledPair, tuple[TellingKind, ...]]:
    """Return the pairs that are shown, in order, each with every reason for it; the upheld one has been won."""
    by_place = {(one.key, one.turn): one for one in found}
    by_kind = {
        TellingKind.LOST: [by_place[place] for place in lost if place in by_place],
        TellingKind.OVERTURNED: _ranked(one for one in found if one.is_compared and not one.is_upheld),
        TellingKind.INCONSISTENT: _ranked(one for one in found if one.verdict is Verdict.INCONSISTENT),
        TellingKind.UPHELD: _ranked(one for one in found if one.is_upheld and one.label is Label.CANDIDATE),
    }
    shown = dict.fromkeys(one for kind, pairs in by_kind.items() for one in pairs[: _MAX_OF_A_KIND[kind]])
    return {one: tuple(kind for kind, pairs in by_kind.items() if one in pairs) for one in shown}


def _ranked(found: Iterable[LabelledPair]) -> list[LabelledPair]:
    """Return pairs by how much they tell: opposite winners, then those with a note, then the judge's confidence."""

    def rank(one: LabelledPair) -> tuple[bool, bool, float, str, int]:
        opposite = "tie" not in (one.label.value, one.verdict.value if one.verdict is not None else "tie")
        return not opposite, not one.explained, -(one.confidence or 0.0), one.key, one.turn

    return sorted(found, key=rank)


_SIDE_A = {AnswerOrder.CANDIDATE_FIRST: Preference.CANDIDATE, AnswerOrder.BASELINE_FIRST: Preference.BASELINE}


def _reasons(found: Iterable[Judgment], *, inconsistent: bool) -> Iterator[JudgeReason]:
    """Yield the judge's reasons: of an inconsistent pair one in each order, else the first there is."""
    seen: set[AnswerOrder] = set()
    for judgment in found:
        if not judgment.reason or judgment.order in seen or (seen and not inconsistent):
            continue
        seen.add(judgment.order)
        yield JudgeReason(judgment.reason, _SIDE_A.get(judgment.order), judgment.order is AnswerOrder.UNKNOWN)
