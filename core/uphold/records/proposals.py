"""Proposals: rows of a pool that may become examples of a set."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from uphold.records.texts import AnswerCell, ExampleText


class ProposalState(StrEnum):
    """What became of a proposal; `withdrawn`: proposing it was taken back."""

    PROPOSED = "proposed"
    TAKEN = "taken"
    LEFT = "left"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class NearExample:
    """The example of the set that is nearest to a proposal; `likeness` is the share of words in common, 0 to 1."""

    key: str
    likeness: float
    text: ExampleText
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A row of a pool that was proposed.

    `key` is the one it gets when it is taken; `source` and `line` are where it comes from; `reasons` say in sentences why it
    was chosen; `answers` are those that were logged, cells by system; `near` is None where the set had nothing like it.
    """

    id: int
    key: str
    state: ProposalState
    source: str
    line: int | None
    text: ExampleText
    tags: tuple[str, ...]
    reasons: tuple[str, ...]
    near: NearExample | None
    answers: Mapping[str, tuple[AnswerCell, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewProposal:
    """A proposal to write; `near` is the key of the nearest example."""

    key: str
    source: str
    line: int | None
    text: ExampleText
    tags: tuple[str, ...]
    reasons: tuple[str, ...]
    near: str | None
    likeness: float | None
    answers: Mapping[str, tuple[AnswerCell, ...]]


@dataclass(frozen=True, slots=True)
class TagCoverage:
    """Active examples of a tag: how many there are, how many of them were taken since the latest version, and are wanted."""

    tag: str
    have: int
    taken: int
    wanted: int | None


@dataclass(frozen=True, slots=True)
class ProposeProgress:
    """How far a pool is read, in bytes; `rows` of it so far."""

    done: int
    total: int
    rows: int


@dataclass(frozen=True, slots=True)
class Proposed:
    """What came of proposing: the new proposals, and how many wait in all.

    `rows` were read, of which `skipped` could not be taken (each with its place and reason), `known` were in the set or
    proposed before, and `different` are the different texts that were looked at. `columns` says which column was read as which
    field.
    """

    new: tuple[Proposal, ...]
    waiting: int
    rows: int
    known: int
    different: int
    skipped: tuple[tuple[str, str], ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
