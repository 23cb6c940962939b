"""The parts into which the pairs of a run are taken to see where a judge is wrong."""

from dataclasses import dataclass
from enum import StrEnum


class PartKind(StrEnum):
    """By what the pairs of a run are taken apart."""

    WHOLE = "whole"
    TAG = "tag"
    LENGTH = "length"
    ORDER = "order"
    CONFIDENCE = "confidence"
    TURN = "turn"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class RunPart:
    """Some pairs of a run: those with a tag, those of a turn, ..."""

    kind: PartKind
    name: str


CANDIDATE_LONGER, BASELINE_LONGER, SAME_LENGTH = "candidate longer", "baseline longer", "same length"

ORDERS_AGREE, ORDERS_DISAGREE, ONE_ORDER = "orders agree", "orders disagree", "one order only"

THIRDS = ("lowest third", "middle third", "highest third")
"""Parts by the judge's own confidence."""
