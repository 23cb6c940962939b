"""The eval set and the run that a command without a name means on a screen."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from uphold.records.runs import Run


@dataclass(frozen=True, slots=True)
class Place:
    """An eval set by its name and a run; None where a screen is about neither, or about all of them."""

    set: str | None = None
    run: Run | None = None

    @classmethod
    def of_run(cls, run: Run | None) -> "Place":
        """Return the place of a run and its set; nowhere for None."""
        return cls(run.set, run) if run is not None else cls()


@runtime_checkable
class HasPlace(Protocol):
    """A screen that is about a set or a run."""

    @property
    def place(self) -> Place:
        """The set and the run at hand."""
