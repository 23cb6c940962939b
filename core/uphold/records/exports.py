"""Labels of exported pairs (whose word decides which answer is better), and counts of the pairs a format leaves out."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from uphold.records.enums import Preference, Verdict
from uphold.records.labels import Label
from uphold.records.rows import ExportedJudge, ExportedPair, ExportOmissions
from uphold.records.training_data import LabelSource


class LeftOut(StrEnum):
    """Why a current pair is not in a file, as summaries name it."""

    UNLABELLED = "without a label"
    UNRESOLVED = "on which reviewers disagree"
    UNREADABLE = "with an unreadable or failed verdict"
    TIE = "tied"
    SAME = "with equal answers"
    LATER_TURN = "of a later turn"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class ExportedLabel:
    """Which answer is better, and whose word that is; `judge` has the verdict where it is a judge's."""

    preference: Preference
    judge: ExportedJudge | None = None

    @property
    def by(self) -> LabelSource:
        """Whether a person or a judge says so."""
        return LabelSource.HUMAN if self.judge is None else LabelSource.JUDGE


def label_of(pair: ExportedPair, source: LabelSource) -> ExportedLabel | LeftOut:
    """Return the label that a pair is exported with, or why there is none.

    Both-bad is a tie, and so is a verdict that depends on the order of the answers. A draw between reviewers is no label,
    whatever the judge says.
    """
    if source is not LabelSource.JUDGE and pair.label is not None:
        if pair.label == Label.UNRESOLVED.value:
            return LeftOut.UNRESOLVED
        return ExportedLabel(Preference(pair.label))
    if source is LabelSource.HUMAN or pair.judge is None:
        return LeftOut.UNLABELLED
    verdict = pair.judge.verdict.verdict
    if verdict in (Verdict.UNREADABLE, Verdict.FAILED):
        return LeftOut.UNREADABLE
    preference = verdict.compared_preference
    return LeftOut.UNLABELLED if preference is None else ExportedLabel(preference, pair.judge)


@dataclass(slots=True)
class ExportCounts:
    """What an export wrote: rows by whose word they are (of formats with labels), and the pairs that it left out.

    `pairs` were written. `cut` is how many texts were cut to what a cell of a workbook holds, `answers` how many earlier
    answers a format has no place for that knows one answer of a system to an example.
    """

    pairs: int = 0
    by: Counter[LabelSource] = field(default_factory=Counter)
    left_out: Counter[LeftOut] = field(default_factory=Counter)
    omitted: ExportOmissions = field(default_factory=ExportOmissions)
    cut: int = 0
    answers: int = 0

    def labelled(self, pair: ExportedPair, source: LabelSource) -> ExportedLabel | None:
        """Return the label of a pair; None, and the pair is counted as left out, where it has none or was forgotten."""
        found = LeftOut.FORGOTTEN if pair.forgotten else label_of(pair, source)
        if isinstance(found, LeftOut):
            self.left_out[found] += 1
            return None
        return found

    def write(self, label: ExportedLabel | None = None) -> None:
        """Count a pair that is written, with its label in a format that has one."""
        self.pairs += 1
        if label is not None:
            self.by[label.by] += 1
