"""Training data that was exported from a set: how much, of which version, by whose labels."""

from dataclasses import dataclass
from enum import StrEnum


class LabelSource(StrEnum):
    """Whose word an export takes: that of people, that of a judge, or a judge's where no person has decided."""

    HUMAN = "human"
    JUDGE = "judge"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class TrainingExport:
    """A file of preference pairs that was made of a set.

    `version` is the number of the set's version; `examples` are in the file, `pairs` are its rows. `file` is its name, None
    where it went to standard output; `at` is UTC, ISO 8601.
    """

    at: str
    version: int
    labels: LabelSource
    pairs: int
    examples: int
    file: str | None = None
    reviewer: str | None = None


@dataclass(frozen=True, slots=True)
class TrainingUse:
    """The training files that were made of a set, oldest first; `examples` is how many of its active ones they have."""

    exports: tuple[TrainingExport, ...] = ()
    examples: int = 0

    def __bool__(self) -> bool:
        return bool(self.exports)


NO_TRAINING = TrainingUse()
"""Of a set that was never turned into training data."""
