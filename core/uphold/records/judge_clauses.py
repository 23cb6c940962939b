"""The rubric of a judge as clauses with their evidence, and the decisions it is shown as examples."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from uphold.records.enums import Preference
from uphold.records.texts import canonical, canonical_hash


@dataclass(frozen=True, slots=True)
class NamedPair:
    """A pair by the names of its run and example, and its turn from 1."""

    run: str
    key: str
    turn: int


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """A reason or a note that people gave when they overturned the judge, and the pairs it was given on."""

    reason: str
    pairs: tuple[NamedPair, ...]
    is_note: bool = False

    @property
    def count(self) -> int:
        """On how many pairs it was given."""
        return len(self.pairs)


class ClauseSource(StrEnum):
    """Where a clause comes from: the rubric that the judge had, a reviewer who wrote it, or a reason that people gave."""

    RUBRIC = "rubric"
    WRITTEN = "written"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a rubric; only those that are on are sent.

    `since` is the version it came with, `off_since` the one it was turned off in. A clause from a `reason` names the `pairs`
    whose verdict was overturned for it.
    """

    text: str
    source: ClauseSource = ClauseSource.WRITTEN
    since: int = 1
    off_since: int | None = None
    reason: str = ""
    pairs: tuple[NamedPair, ...] = ()

    @property
    def is_on(self) -> bool:
        """Whether it is sent."""
        return self.off_since is None


@dataclass(frozen=True, slots=True)
class ShownPair:
    """A decided pair that a judge is shown as an example: `winner` is what people say, `reason` why."""

    pair_id: int
    run: str
    key: str
    turn: int
    winner: Preference
    reason: str = ""
    since: int = 1


@dataclass(frozen=True, slots=True)
class JudgePrompt:
    """What a judge is asked: clauses and decisions to show, over `judge`, its table as in a TOML file."""

    judge: Mapping[str, Any] = field(default_factory=dict)
    clauses: tuple[Clause, ...] = ()
    shown: tuple[ShownPair, ...] = ()

    @property
    def rubric(self) -> str:
        """The clauses that are on, a line each."""
        return "\n".join(clause.text for clause in self.clauses if clause.is_on and clause.text)

    @property
    def text(self) -> str:
        """Everything as canonical JSON."""
        return canonical(asdict(self))

    @property
    def hash(self) -> str:
        """The sha256 of the text."""
        return canonical_hash(asdict(self))

    def with_clause(self, place: int, clause: Clause) -> "JudgePrompt":
        """Return the prompt with another clause at a place."""
        return replace(self, clauses=(*self.clauses[:place], clause, *self.clauses[place + 1 :]))

    def without_clause(self, place: int) -> "JudgePrompt":
        """Return the prompt without the clause at a place."""
        return replace(self, clauses=(*self.clauses[:place], *self.clauses[place + 1 :]))

    def with_new_clause(self, clause: Clause) -> "JudgePrompt":
        """Return the prompt with one clause more."""
        return replace(self, clauses=(*self.clauses, clause))

    def toggled(self, place: int, number: int) -> "JudgePrompt":
        """Return the prompt with the clause at a place on or off, in the version `number` that is being written."""
        clause = self.clauses[place]
        return self.with_clause(place, replace(clause, off_since=number if clause.is_on else None))

    def with_shown(self, pair: ShownPair) -> "JudgePrompt":
        """Return the prompt with one more pair to show, or without it where it is shown already."""
        kept = tuple(one for one in self.shown if one.pair_id != pair.pair_id)
        return replace(self, shown=kept if len(kept) < len(self.shown) else (*kept, pair))


def parse_prompt(text: str) -> JudgePrompt:
    """Return the prompt that `JudgePrompt.text` wrote. Raises ValueError for another text."""
    try:
        found = json.loads(text)
        return JudgePrompt(
            dict(found["judge"]), tuple(map(_clause, found["clauses"])), tuple(map(_shown, found["shown"]))
        )
    except (KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"no version of a judge's prompt: {error}") from None


def _clause(fields: Mapping[str, Any]) -> Clause:
    return Clause(
        str(fields["text"]),
        ClauseSource(fields["source"]),
        int(fields["since"]),
        None if fields["off_since"] is None else int(fields["off_since"]),
        str(fields["reason"]),
        tuple(NamedPair(str(one["run"]), str(one["key"]), int(one["turn"])) for one in fields["pairs"]),
    )


def _shown(fields: Mapping[str, Any]) -> ShownPair:
    return ShownPair(
        int(fields["pair_id"]),
        str(fields["run"]),
        str(fields["key"]),
        int(fields["turn"]),
        Preference(fields["winner"]),
        str(fields["reason"]),
        int(fields["since"]),
    )


def clauses_of_rubric(rubric: str | None) -> tuple[Clause, ...]:
    """Return the lines of a rubric as clauses; empty lines are none."""
    lines = [line.rstrip() for line in (rubric or "").splitlines()]
    return tuple(Clause(line, ClauseSource.RUBRIC) for line in lines if line)


_SUGGESTED = {
    "more helpful": "The answer that does more of what was asked for is better.",
    "wrong fact": "A wrong or invented fact loses, however well the answer is written.",
    "missed instruction": "An answer that leaves out or goes against a part of the instruction is worse.",
    "style": "Where both say the same, the one that reads better is better.",
    "too long": "Length is no merit: where both are complete, the shorter one is better.",
    "unsafe": "An unsafe answer loses.",
}


def suggested_clause(reason: ReasonCount, number: int) -> Clause:
    """Return a clause to begin with for a reason that people gave, in the version `number`; a note is taken as it is."""
    text = _SUGGESTED.get(reason.reason, reason.reason if reason.is_note else f"Mind this: {reason.reason}.")
    return Clause(" ".join(text.split()), ClauseSource.REASON, number, None, reason.reason, reason.pairs)


@dataclass(frozen=True, slots=True)
class PromptVersion:
    """A kept version of what a judge is asked about a set; `parent` is the number of the version it was made from."""

    id: int
    name: str
    number: int
    prompt: JudgePrompt
    judge_id: int
    judge_version: str
    parent: int | None
    reviewer: str | None
    created_at: str


class ClauseChange(StrEnum):
    """What became of a clause or a shown pair from one version to another."""

    ADDED = "added"
    REMOVED = "removed"
    ON = "turned on"
    OFF = "turned off"
    SAME = "same"


def changed_clauses(before: JudgePrompt, after: JudgePrompt) -> list[tuple[ClauseChange, str]]:
    """Return what became of each clause and shown pair from one version to another, those of the later one first."""
    earlier = {clause.text: clause for clause in before.clauses}
    found: list[tuple[ClauseChange, str]] = []
    for clause in after.clauses:
        known = earlier.pop(clause.text, None)
        if known is None:
            found.append((ClauseChange.ADDED, clause.text))
        elif known.is_on != clause.is_on:
            found.append((ClauseChange.ON if clause.is_on else ClauseChange.OFF, clause.text))
        else:
            found.append((ClauseChange.SAME, clause.text))
    found += [(ClauseChange.REMOVED, text) for text in earlier]
    return found + _changed_shown(before.shown, after.shown)


def _changed_shown(before: Sequence[ShownPair], after: Sequence[ShownPair]) -> list[tuple[ClauseChange, str]]:
    def name(pair: ShownPair) -> str:
        turn = f" turn {pair.turn}" if pair.turn > 1 else ""
        return f"shown: {pair.key}{turn}, {pair.winner.value}"

    earlier, later = {name(pair): None for pair in before}, {name(pair): None for pair in after}
    same = [(ClauseChange.SAME, text) for text in later if text in earlier]
    added = [(ClauseChange.ADDED, text) for text in later if text not in earlier]
    return [*same, *added, *((ClauseChange.REMOVED, text) for text in earlier if text not in later)]
