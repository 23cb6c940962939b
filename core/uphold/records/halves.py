"""The two halves of an eval set: one whose decisions may be used to improve a judge, and one kept for a single test."""

import hashlib
from enum import StrEnum

from uphold.records.texts import canonical


class Half(StrEnum):
    """A half of a set's examples; nothing of the locked one may be seen by those who improve a judge."""

    DEVELOPMENT = "development"
    LOCKED = "locked"


def half_of(seed: str, first_hash: str) -> Half:
    """Return the half of an example, given the seed of its set and the hash of the first text that it had.

    The first bit of a SHA-256 of both decides. Examples that are nearly the same as an older one are in the half of that one
    instead.
    """
    digest = hashlib.sha256(canonical(["half", seed, first_hash]).encode()).digest()
    return Half.LOCKED if digest[0] >> 7 else Half.DEVELOPMENT
