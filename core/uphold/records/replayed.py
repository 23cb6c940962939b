"""The facts that a report rests on, the record of a written report, and what a replay of it finds."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class FactKind(StrEnum):
    """What a fact is; the values are short, since a report keeps thousands of facts."""

    TEXT = "t"
    CANDIDATE = "c"
    BASELINE = "b"
    REFERENCE = "r"
    PLACE = "q"
    JUDGMENT = "j"
    EVENT = "e"


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of the database that the figures rest on, by its row id, with the digest of what it says.

    `value` is what is shown of it: a choice, a verdict, the kind of an event. `owner` is the row id of the judge or
    reviewer. `label` is the kind of an event, or the order of a judgment.
    """

    kind: FactKind
    id: int
    digest: str
    value: str = ""
    owner: int = 0
    label: str = ""


@dataclass(frozen=True, slots=True)
class PairFacts:
    """The facts on one pair."""

    pair: int
    run: int
    key: str
    turn: int
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class WrittenReport:
    """A report of a run that was written to a file, as it is recorded.

    `figures` are its numbers by name, `judge_named` the judge that the user named, `judge` and `judge_version` the one whose
    verdicts it shows. `made_with` is the version of uphold.
    """

    run_id: int
    form: str
    path: str
    sha256: str
    fingerprint: str
    state: str
    sentence: str
    set_hash: str
    set_version: int | None
    judge_id: int | None
    judge_named: str | None
    made_with: str
    figures: Mapping[str, object]
    facts: tuple[PairFacts, ...]
    created_at: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """Something of a report that no longer holds: what, as it was when the report was written, and as it is."""

    what: str
    was: str | float | None
    now: str | float | None


@dataclass(frozen=True, slots=True)
class Replay:
    """What became of the last report of a run.

    `changed` names the file, facts and figures that no longer hold, `since` what was added in the ordinary way since then.
    """

    report: WrittenReport
    run: str
    changed: tuple[Changed, ...]
    since: tuple[str, ...]
    facts: int

    @property
    def holds(self) -> bool:
        """Whether everything that the report says is as it was."""
        return not self.changed
