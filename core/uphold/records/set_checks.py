"""The findings of a check of an eval set. A check suggests; a person decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

ENOUGH_OF_A_TAG = 10
"""Examples that a tag needs for a rate of its own, where nobody has said how many are wanted."""


class FindingKind(StrEnum):
    """The kinds of findings, in the order in which they are listed."""

    EMPTY = "empty"
    BROKEN = "broken"
    LEAKED = "leaked"
    DUPLICATE = "duplicate"
    NEAR_DUPLICATE = "near-duplicate"
    SPLIT = "split"
    FLIPS = "flips"
    NO_REFERENCE = "no-reference"
    LONG = "long"
    THIN_TAG = "thin-tag"
    ALWAYS_LOST = "always-lost"
    ALWAYS_TIE = "always-tie"
    ALWAYS_WON = "always-won"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at. `keys` are the examples that it is about, in a duplicate both.

    `where` is where a leaked example stands: PATH:LINE, or SET:KEY in another set; None for other kinds. `tag` is that of a
    thin tag, `likeness` the share of their words that two near-duplicates have in common (0 to 1).
    """

    kind: FindingKind
    keys: tuple[str, ...]
    detail: str
    where: str | None = None
    tag: str | None = None
    likeness: float | None = None


@dataclass(frozen=True, slots=True)
class TemplateNote:
    """Examples that were taken for a template rather than for duplicates or leaks, because so many texts are like them.

    `where` is the likest place in another text, None for examples of the set that are like each other; `count` is how many
    texts there are.
    """

    keys: tuple[str, ...]
    count: int
    detail: str
    where: str | None = None


@dataclass(frozen=True, slots=True)
class SetCheck:
    """What a check found. `effective` is the number of active examples that ask different things.

    `counts` are the findings by kind, `lines` how many rows of other files were read, `undecoded` how many of them hold U+FFFD,
    the sign for bytes that are no text in the file's encoding.
    """

    set: str
    active: int
    draft: int
    effective: int
    findings: tuple[Finding, ...]
    templates: tuple[TemplateNote, ...] = ()
    lines: int = 0
    undecoded: int = 0

    @property
    def counts(self) -> Mapping[FindingKind, int]:
        """How many findings there are of each kind that was found, in the order of the kinds."""
        numbers = {kind: sum(finding.kind is kind for finding in self.findings) for kind in FindingKind}
        return {kind: number for kind, number in numbers.items() if number}


@dataclass(frozen=True, slots=True)
class CheckProgress:
    """How far a check is: `done` of `total` examples compared, or of the bytes of other files read."""

    what: str
    done: int
    total: int
