"""A judge's agreement with people on parts of a run."""

from collections.abc import Mapping
from dataclasses import dataclass

from uphold.records.judge_parts import PartKind, RunPart
from uphold.records.judgments import JudgeRef
from uphold.records.statistics import Rate


@dataclass(frozen=True, slots=True)
class BreakdownRow:
    """How often a judge says what people say on one part: `right` of `n`, and the share with its interval where there is one.

    `bounds` are the lowest and highest confidence of a part by confidence.
    """

    part: RunPart
    right: int
    n: int
    agreement: Rate
    bounds: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class JudgeBreakdown:
    """A judge's agreement with people on the parts of a run, the worst part first in each kind.

    `whole` is the agreement on all pairs that are looked at. `locked` is how many read pairs are left out: they are in the
    half of the set that is kept for tests, and no test has spent them, so that nobody who improves the judge may see them.
    """

    judge: JudgeRef
    whole: BreakdownRow
    rows: Mapping[PartKind, tuple[BreakdownRow, ...]]
    locked: int = 0
