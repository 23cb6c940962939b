"""Which system stands on side A: drawn by seed, the same each time the same reviewer meets the same pair."""

import hashlib

from uphold.records.texts import canonical
from uphold.records.words import Preference


def side_a(seed: str, key: str, turn: int, contents: str, reviewer: str) -> Preference:
    """The system on side A for this reviewer."""
    drawn = hashlib.sha256(canonical([seed, key, turn, contents, reviewer]).encode()).digest()
    return Preference.CANDIDATE if drawn[0] & 1 else Preference.BASELINE
