"""The progress of each of several reviewers in a run, as text for people."""

from uphold.formatting import of_n
from uphold.records.packs import ReviewerProgress


def progress_text(one: ReviewerProgress) -> str:
    """Return how far a reviewer is, such as `ann read 12 of 80, part 1 of 3, blind`."""
    parts = [f"{one.name} read {of_n(one.read, one.of)}"]
    if one.pack is not None:
        share = one.pack.share
        parts += [] if share.is_whole else [f"part {share.part} of {share.parts}"]
        parts += ["blind"] if one.pack.is_blind else []
    return ", ".join(parts)
