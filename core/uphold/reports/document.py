"""The document that is handed on: what a report file says, as items with numbers, for HTML and Markdown to draw.

It is made of the items of `reports.model` and of a few that only a file has: numbers on one scale, a divided bar, the
history of checkpoints, pairs side by side, a list of what it was made from. Text from users is in it as it came; whoever
draws it makes it harmless in his form.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from uphold.records.checkpoints import CheckpointRow
from uphold.records.run_evidence import TellingPair
from uphold.reports.model import Count, Item, NumberRow, ReportSection


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale of shares from `low` to `high` with a mark at `at`; `ends` are the words at its two ends."""

    low: float = 0.0
    high: float = 1.0
    at: float = 0.5
    ends: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Chart:
    """Numbers under each other, each with its interval on the same scale."""

    rows: tuple[NumberRow, ...]
    scale: Scale = Scale()


@dataclass(frozen=True, slots=True)
class DividedBar:
    """Counts that make up a whole, as parts of one bar; each is named where it is not 0."""

    parts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Runs of a set, latest first, each with its interval; the run with id `own` is the one that the report is about."""

    rows: tuple[CheckpointRow, ...]
    own: int


@dataclass(frozen=True, slots=True)
class SideBySide:
    """A pair with both answers; the systems' names stand over them."""

    pair: TellingPair
    candidate: str
    baseline: str


class Mark(StrEnum):
    """A sign before a line: what agrees with people, what does not, what a reader has to bear in mind."""

    UPHELD = "✓"
    OVERTURNED = "≠"
    LIMIT = "!"


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """A line with a sign before it; `lead` is its bold beginning."""

    mark: Mark
    text: str
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that begins with the words that matter most, in bold."""

    lead: str
    text: str


@dataclass(frozen=True, slots=True)
class Property:
    """A name with its value; `code` is a hash or command behind it, `folded` a long text to be opened."""

    name: str
    value: str
    code: str = ""
    folded: str = ""


@dataclass(frozen=True, slots=True)
class Folded:
    """Sections that are closed at first, under a title."""

    title: str
    sections: tuple[ReportSection, ...]


DocumentItem = Item | Chart | DividedBar | Checkpoints | SideBySide | MarkedLine | Statement | Property | Folded
"""What a section of a document consists of."""


@dataclass(frozen=True, slots=True)
class DocumentSection:
    """Items under a heading; two neighbours that are `half` stand beside each other where there is room."""

    title: str
    items: tuple[DocumentItem, ...]
    half: bool = False


@dataclass(frozen=True, slots=True)
class RunPart:
    """One run's part of a document: first the decision, as a sentence without a full stop.

    `systems` are the names of candidate and baseline, which stand in the decision.
    """

    set: str
    run: str
    about: str
    systems: tuple[str, str]
    decision: str
    sections: tuple[DocumentSection, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A report on some runs, made on a day (ISO 8601, UTC)."""

    created_at: str
    parts: Sequence[RunPart]
