"""Runs as they are listed and named."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """One candidate against one baseline over one eval set."""

    id: int
    name: str
    set_id: int
    set: str
    candidate_id: int
    candidate: str
    baseline_id: int
    baseline: str
    seed: str

    @property
    def number(self) -> int:
        """Its number in `uphold runs`."""
        return self.id


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as lists show it: `reviewed` are current pairs with a vote; broken ones are left out of the labels.

    On `disputed` pairs people differ, and nobody has settled it.
    """

    run: Run
    pairs: int
    reviewed: int
    wins: int
    ties: int
    losses: int
    unresolved: int
    judge: str | None
    judged: int
    orders: int
    agree: int
    compared: int
    disputed: int = 0


@dataclass(frozen=True, slots=True)
class SetRow:
    """An eval set as lists show it."""

    name: str
    purpose: str | None
    active: int
    draft: int
    retired: int
    turns: int
    reviewed: int
    reviewers: int
