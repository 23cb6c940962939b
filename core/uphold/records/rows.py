"""What one row of any imported file says, in uphold's words: the only thing formats hand on."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from uphold.records.enums import AnswerOrder, Choice, JudgmentStatus, Preference, Ruling, ruling
from uphold.records.judgments import Judgment, PairVerdict
from uphold.records.reviews import ReviewerState, ReviewEvent
from uphold.records.texts import AnswerCell, ExampleText


@dataclass(frozen=True, slots=True)
class RowSource:
    """Where a row stands: file name, line from 1, and the item's number from 1 in arrays and CSV."""

    file: str
    line: int | None = None
    item: int | None = None

    def __str__(self) -> str:
        line = f":{self.line}" if self.line is not None else ""
        item = f" (item {self.item})" if self.item is not None else ""
        return f"{self.file}{line}{item}"


@dataclass(frozen=True, slots=True)
class ImportedResponse:
    """What a system answered: one cell per turn."""

    system: str
    cells: tuple[AnswerCell, ...]


@dataclass(frozen=True, slots=True)
class ImportedJudgment:
    """One recorded judgment; readable ones have a verdict, the others a `problem`."""

    judge: str
    order: AnswerOrder
    status: JudgmentStatus
    verdict: Preference | None
    preference: float | None = None
    confidence: float | None = None
    reason: str | None = None
    raw: str | None = None
    problem: str | None = None
    prompt_name: str | None = None
    cost: float | None = None
    seconds: float | None = None
    at: str | None = None


@dataclass(frozen=True, slots=True)
class ImportedReview:
    """One recorded decision of a reviewer."""

    reviewer: str
    choice: Choice
    note: str | None = None
    at: str | None = None


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row: an example, answers to it, and what was said of two of them.

    `key`, `turns`, `context` and `references` are None where the row leaves them out. `systems` names candidate and
    baseline of the comparison this row speaks of (None: it compares nothing); a verdict or review belongs to it.
    `compares` says that the row itself makes the pair: it holds both responses, or its format says so.
    """

    where: RowSource
    key: str | None = None
    turns: tuple[str, ...] | None = None
    context: str | None = None
    references: tuple[str | None, ...] | None = None
    tags: tuple[str, ...] = ()
    responses: tuple[ImportedResponse, ...] = ()
    systems: tuple[str, str] | None = None
    compares: bool = False
    turn: int | None = None
    judgments: tuple[ImportedJudgment, ...] = ()
    reviews: tuple[ImportedReview, ...] = ()


@dataclass(frozen=True, slots=True)
class RowWarning:
    """Something kept, ignored or skipped that the person should know of."""

    where: RowSource
    what: str


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row that could not be read and was left out because the person said so (`--skip-bad`)."""

    where: RowSource
    why: str


@dataclass(slots=True)
class ImportSummary:
    """What an import read and what it added."""

    files: list[str] = field(default_factory=list)
    format: str = ""
    set: str = ""
    rows: int = 0
    examples: int = 0
    responses: int = 0
    pairs: int = 0
    judgments: int = 0
    reviews: int = 0
    carried: int = 0
    edited: int = 0
    replaced: int = 0
    already_there: int = 0
    odd: list[RowWarning] = field(default_factory=list)
    skipped: list[SkippedRow] = field(default_factory=list)
    unused_fields: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    number: int | None = None


@dataclass(frozen=True, slots=True)
class ExportedJudge:
    """A judge's verdict on a pair; `name` tells versions of one judge apart."""

    name: str
    version: str
    said: PairVerdict

    @property
    def confidence(self) -> float | None:
        """The mean of the readable judgments that have one."""
        return _mean([one.confidence for one in self._readable])

    @property
    def preference(self) -> float | None:
        """The mean soft preference for the candidate."""
        return _mean([one.preference for one in self._readable])

    @property
    def reasoned(self) -> Judgment | None:
        """The judgment whose reason stands for the verdict: the first that says what the verdict says, else the first."""
        given = [one for one in self._readable if one.reason]
        word = self.said.verdict.value
        return next((one for one in given if one.verdict is not None and one.verdict.value == word), None) or next(
            iter(given), None
        )

    @property
    def _readable(self) -> list[Judgment]:
        return [one for one in self.said.judgments if one.status is JudgmentStatus.READABLE]


@dataclass(frozen=True, slots=True)
class ExportedReviewer:
    """Where a reviewer stands on a pair."""

    name: str
    state: ReviewerState

    @property
    def first(self) -> ReviewEvent | None:
        """The decision that upheld and overturned are about: the one before the verdict was seen, where there is one."""
        return self.state.early or self.state.decision

    @property
    def ruling(self) -> Ruling | None:
        """How it stands to the verdict it was made on; None without a decision."""
        word = self.first
        if word is None or word.choice is None:
            return None
        return ruling(word.choice, word.shown.verdict if word.shown is not None else None)

    @property
    def comment(self) -> str | None:
        """What they wrote: the comment, else the note that came with the decision."""
        decision = self.state.decision
        return self.state.comment or (decision.note if decision is not None else None) or None


@dataclass(frozen=True, slots=True)
class ExportedPair:
    """A current pair with its texts up to its turn; `label` is what people say together, None where nobody decided."""

    run: str
    set: str
    key: str
    turn: int
    contents: str
    tags: tuple[str, ...]
    text: ExampleText
    candidate: str
    baseline: str
    candidate_cells: tuple[AnswerCell, ...]
    baseline_cells: tuple[AnswerCell, ...]
    judges: tuple[ExportedJudge, ...]
    reviewers: tuple[ExportedReviewer, ...]
    label: str | None
    votes: int
    adjudicated: bool


@dataclass(frozen=True, slots=True)
class ExportOmissions:
    """How many pairs are not exported, and why."""

    stale: int = 0
    retired: int = 0
    broken: int = 0


@dataclass(frozen=True, slots=True)
class ExportedPeople:
    """Who may have said something: the judges, and the reviewers, by the names that an export gives them."""

    judges: Sequence[str] = ()
    reviewers: Sequence[str] = ()


def _mean(values: Sequence[float | None]) -> float | None:
    there = [value for value in values if value is not None]
    return sum(there) / len(there) if there else None
