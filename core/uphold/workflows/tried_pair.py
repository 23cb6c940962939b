"""One decided pair of a try with all that was said on it: by people, and by the old and the new judge, with their reasons."""

from dataclasses import dataclass

from uphold.records.checkpoints import Opinion
from uphold.records.enums import Purpose
from uphold.records.judgments import PairVerdict, verdict_of
from uphold.store import checkpoints, judgments, pairs
from uphold.store.database import Store
from uphold.store.headline_judges import all_judges
from uphold.store.pairs import PairTexts


@dataclass(frozen=True, slots=True)
class JudgeVersion:
    """A judge version as a try names it."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class TriedPair:
    """A pair with its texts, who decided it and why, and what the old and the new judge said, None where nothing is on file."""

    texts: PairTexts
    said: tuple[Opinion, ...]
    old: PairVerdict | None
    new: PairVerdict | None

    def is_read_by(self, reviewer: str) -> bool:
        """Whether a reviewer has decided it: to who has not, its answers are not shown by the names of their systems."""
        return any(opinion.reviewer == reviewer for opinion in self.said)


def read_tried_pair(store: Store, pair_id: int, old: JudgeVersion | None, new: JudgeVersion | None) -> TriedPair:
    """Return a pair with what was said on it.

    Of the old judge its verdict in force counts before that of a try, of the new one that of the try.
    """
    return TriedPair(
        pairs.pair_texts(store, pair_id),
        checkpoints.opinions(store, [pair_id]).get(pair_id, ()),
        _said(store, pair_id, old, (Purpose.VERDICT, Purpose.TRY)),
        _said(store, pair_id, new, (Purpose.TRY, Purpose.VERDICT)),
    )


def _said(store: Store, pair_id: int, wanted: JudgeVersion | None, purposes: tuple[Purpose, ...]) -> PairVerdict | None:
    if wanted is None:
        return None
    judge = next((one for one in all_judges(store) if (one.name, one.version) == (wanted.name, wanted.version)), None)
    if judge is None:
        return None
    found = (judgments.read_judgments(store, pair_id, judge.id, purpose) for purpose in purposes)
    said = next((one for one in found if one), None)
    return None if said is None else PairVerdict(judge.id, judge.name, judge.kind, verdict_of(said, None), said)
