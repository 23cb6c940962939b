"""A pair as it leaves the file: everything that was said of it, by whom, and what that comes to."""

from collections.abc import Sequence
from dataclasses import dataclass

from uphold.records.judged import JudgeOnPair, Judgment
from uphold.records.reviewed import Event, Stand
from uphold.records.texts import Cell, ExampleText
from uphold.records.words import Ruling, Status, ruling


@dataclass(frozen=True, slots=True)
class JudgeSays:
    """A judge's verdict on a pair; `name` tells versions of one judge apart."""

    name: str
    version: str
    said: JudgeOnPair

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
        return [one for one in self.said.judgments if one.status is Status.READABLE]


@dataclass(frozen=True, slots=True)
class ReviewerSays:
    """Where a reviewer stands on a pair."""

    name: str
    stand: Stand

    @property
    def first(self) -> Event | None:
        """The decision that upheld and overturned are about: the one before the verdict was seen, where there is one."""
        return self.stand.early or self.stand.decision

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
        decision = self.stand.decision
        return self.stand.comment or (decision.note if decision is not None else None) or None


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
    candidate_cells: tuple[Cell, ...]
    baseline_cells: tuple[Cell, ...]
    judges: tuple[JudgeSays, ...]
    reviewers: tuple[ReviewerSays, ...]
    label: str | None
    votes: int
    adjudicated: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many pairs are not exported, and why."""

    stale: int = 0
    retired: int = 0
    broken: int = 0


@dataclass(frozen=True, slots=True)
class Voices:
    """Who may have said something: the judges, and the reviewers, by the names that an export gives them."""

    judges: Sequence[str] = ()
    reviewers: Sequence[str] = ()


def _mean(values: Sequence[float | None]) -> float | None:
    there = [value for value in values if value is not None]
    return sum(there) / len(there) if there else None
