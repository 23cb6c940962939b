"""What one row of any imported file says, in uphold's words: the only thing formats hand on."""

from dataclasses import dataclass, field

from uphold.records.texts import Cell
from uphold.records.words import Choice, Order, Preference, Status


@dataclass(frozen=True, slots=True)
class Where:
    """Where a row stands: file name, line from 1, and the item's number from 1 in arrays and CSV."""

    file: str
    line: int | None = None
    item: int | None = None

    def __str__(self) -> str:
        line = f":{self.line}" if self.line is not None else ""
        item = f" (item {self.item})" if self.item is not None else ""
        return f"{self.file}{line}{item}"


@dataclass(frozen=True, slots=True)
class GivenResponse:
    """What a system answered: one cell per turn."""

    system: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class GivenJudgment:
    """One recorded judgment; readable ones have a verdict, the others a `problem`."""

    judge: str
    order: Order
    status: Status
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
class GivenReview:
    """One recorded decision of a reviewer."""

    reviewer: str
    choice: Choice
    note: str | None = None
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row: an example, answers to it, and what was said of two of them.

    `key`, `turns`, `context` and `references` are None where the row leaves them out. `systems` names candidate and
    baseline of the comparison this row speaks of (None: it compares nothing); a verdict or review belongs to it.
    `compares` says that the row itself makes the pair: it holds both responses, or its format says so.
    """

    where: Where
    key: str | None = None
    turns: tuple[str, ...] | None = None
    context: str | None = None
    references: tuple[str | None, ...] | None = None
    tags: tuple[str, ...] = ()
    responses: tuple[GivenResponse, ...] = ()
    systems: tuple[str, str] | None = None
    compares: bool = False
    turn: int | None = None
    judgments: tuple[GivenJudgment, ...] = ()
    reviews: tuple[GivenReview, ...] = ()


@dataclass(frozen=True, slots=True)
class Odd:
    """Something kept, ignored or skipped that the person should know of."""

    where: Where
    what: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that could not be read and was left out because the person said so (`--skip-bad`)."""

    where: Where
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
    odd: list[Odd] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    unused_fields: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    number: int | None = None
