"""Guesses from the names of two systems which is the candidate and which the baseline."""

import re
from collections.abc import Sequence

_BASELINE_WORDS = frozenset({"base", "baseline", "old", "control", "before", "reference", "original", "previous", "v0"})


def name_words(name: str) -> list[str]:
    """Return the words of a name in lower case: `SFT-output_2` is `sft`, `output`, `2`."""
    return [word for word in re.split(r"[\W_]+", re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()) if word]


def likely_sides(systems: Sequence[str]) -> tuple[str, str]:
    """Return the probable candidate and baseline of two or more systems; the baseline is the one called so, or the first."""
    baseline = next((name for name in systems if _BASELINE_WORDS & set(name_words(name))), systems[0])
    return next(name for name in reversed(systems) if name != baseline), baseline
