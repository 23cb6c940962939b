"""Findings of `uphold doctor`: in a database, in the settings, in the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Area(StrEnum):
    """What a finding is about."""

    FILE = "file"
    OUTCOMES = "outcomes"
    SETTINGS = "settings"
    KEYS = "keys"
    ENVIRONMENT = "environment"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something worth saying: `where` it is, `what` is so, and what to do about it (`advice`, empty for nothing).

    `is_wrong`: it has to be put right; otherwise it only explains what somebody may wonder about.
    """

    area: Area
    where: str
    what: str
    advice: str = ""
    is_wrong: bool = True


@dataclass(frozen=True, slots=True)
class OutdatedOutcome:
    """Rows of a stored outcome that are not what the facts amount to: its table or column, how many, and some of them."""

    table: str
    rows: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All findings, and plain facts by area, each a name and a value; of API keys only whether they are set."""

    findings: tuple[Finding, ...]
    facts: Mapping[Area, Mapping[str, str]]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not any(finding.is_wrong for finding in self.findings)
