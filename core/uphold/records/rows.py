"""Records of imported rows, of the summary of an import, and of exported pairs.

An `ImportRow` is what every import format is read into, an `ExportedPair` what every export format is written from.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from uphold.records.enums import AnswerOrder, Choice, JudgmentStatus, Preference, Ruling, ruling
from uphold.records.judgments import Judgment, PairVerdict
from uphold.records.reviews import ReviewerState, ReviewEvent
from uphold.records.texts import AnswerCell, ExampleText


@dataclass(frozen=True, slots=True)
class RowSource:
    """Place of a row: file name, line from 1, and the item's number from 1 in JSON arrays and CSV."""

    file: str
    line: int | None = None
    item: int | None = None

    def __str__(self) -> str:
        line = f":{self.line}" if self.line is not None else ""
        item = f" (item {self.item})" if self.item is not None else ""
        return f"{self.file}{line}{item}"


@dataclass(frozen=True, slots=True)
class ImportedResponse:
    """A system's answer to an example: one cell per turn."""

    system: str
    cells: tuple[AnswerCell, ...]


@dataclass(frozen=True, slots=True)
class ImportedJudgment:
    """One recorded judgment; readable ones have a verdict, the others a `problem`. `cost` is in dollars, `at` ISO 8601."""

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
    """One recorded decision of a reviewer; `at` is ISO 8601."""

    reviewer: str
    choice: Choice
    note: str | None = None
    at: str | None = None


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row: an example, responses to it, and judgments and reviews of two of them.

    `key`, `turns`, `context` and `references` are None if the row does not have them. `systems` are candidate and
    baseline of the comparison that the judgments and reviews belong to (None: it compares nothing). `compares`: the row
    itself makes the pair, because it holds both responses or its format says so.
    """

    source: RowSource
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
    """Something that was kept, ignored or left out although it looks wrong."""

    source: RowSource
    message: str


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row that could not be imported and was left out because of `--skip-bad`."""

    source: RowSource
    reason: str


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """What became of a column: the field it was read as (`response` with its `system`), None where it was not used."""

    name: str
    field: str | None = None
    system: str | None = None


@dataclass(slots=True)
class ImportSummary:
    """Counts of what an import read and added; `number` is that of the import, None if nothing was added.

    `from_other_sets` counts by set the responses in the set's runs that came with another set. `set_reason` says why the
    set was chosen where neither an option nor the name of the file did. An import of scores alone has no `set`; `scores`
    are new, `scores_replaced` of them in place of earlier ones, `scores_there` were there already, `items` results of single
    documents are new; `systems` have them, `score_names` are those that are no part of another.
    """

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
    warnings: list[RowWarning] = field(default_factory=list)
    skipped: list[SkippedRow] = field(default_factory=list)
    unused_fields: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    from_other_sets: dict[str, int] = field(default_factory=dict)
    number: int | None = None
    columns: list[ColumnUse] = field(default_factory=list)
    set_reason: str | None = None
    scores: int = 0
    scores_replaced: int = 0
    scores_there: int = 0
    items: int = 0
    systems: list[str] = field(default_factory=list)
    score_names: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ExportedJudge:
    """A judge's verdict on a pair; `name` is unique, also among versions of one judge."""

    name: str
    version: str
    verdict: PairVerdict

    @property
    def confidence(self) -> float | None:
        """Mean confidence of the readable judgments that have one."""
        return _mean_of_known([judgment.confidence for judgment in self._readable])

    @property
    def preference(self) -> float | None:
        """Mean soft preference for the candidate."""
        return _mean_of_known([judgment.preference for judgment in self._readable])

    @property
    def explaining_judgment(self) -> Judgment | None:
        """The judgment whose reason is exported: the first with a reason that agrees with the verdict, else with any reason."""
        explained = [judgment for judgment in self._readable if judgment.reason]
        verdict = self.verdict.verdict.value
        agreeing = [
            judgment for judgment in explained if judgment.verdict is not None and judgment.verdict.value == verdict
        ]
        return next(iter(agreeing or explained), None)

    @property
    def _readable(self) -> list[Judgment]:
        return [judgment for judgment in self.verdict.judgments if judgment.status is JudgmentStatus.READABLE]


@dataclass(frozen=True, slots=True)
class ExportedReviewer:
    """A reviewer's current state on a pair."""

    name: str
    state: ReviewerState

    @property
    def first_decision(self) -> ReviewEvent | None:
        """The decision that counts for upheld and overturned: the one made before the verdict was seen, if any."""
        return self.state.blind_decision or self.state.decision

    @property
    def ruling(self) -> Ruling | None:
        """Whether the first decision upholds or overturns the verdict it was made on; None without a decision."""
        first = self.first_decision
        if first is None or first.choice is None:
            return None
        return ruling(first.choice, first.shown.verdict if first.shown is not None else None)

    @property
    def comment(self) -> str | None:
        """The reviewer's comment, else the note of the decision."""
        decision = self.state.decision
        return self.state.comment or (decision.note if decision is not None else None) or None


@dataclass(frozen=True, slots=True)
class ExportedPair:
    """A current pair with its texts up to its turn.

    `label` is the human label, None without a decision; `judge` is that of the run's headline or the one that was named,
    with its verdict. The texts of a `forgotten` pair are blank.
    """

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
    judge: ExportedJudge | None = None
    forgotten: bool = False


@dataclass(frozen=True, slots=True)
class ExportedQuestion:
    """An example with all its turns."""

    key: str
    text: ExampleText
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExportedAnswer:
    """What a system answered to all turns of an example; `at` is when it came, UTC, ISO 8601."""

    system: str
    key: str
    cells: tuple[AnswerCell, ...]
    at: str


@dataclass(frozen=True, slots=True)
class ExportOmissions:
    """Number of pairs that are not exported, by reason."""

    stale: int = 0
    retired: int = 0
    broken: int = 0


@dataclass(frozen=True, slots=True)
class ExportedAnnotators:
    """Names of the judges and reviewers of an export: each has columns of its own in CSV."""

    judges: Sequence[str] = ()
    reviewers: Sequence[str] = ()


def _mean_of_known(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
