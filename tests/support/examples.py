"""How many examples a property is tried on: a quarter in the suite, all of them with `UPHOLD_EXAMPLES=full`."""

import os

from hypothesis import settings

FULL = os.environ.get("UPHOLD_EXAMPLES") == "full"

_DEFAULT = 100
"""What Hypothesis tries where a test says nothing."""

FEWEST = 10


def examples(count: int) -> int:
    """How many of `count` examples this run tries."""
    return count if FULL else max(FEWEST, count // 4)


def register() -> None:
    """Have every test try so many; the time that an example takes says how busy the machine is, so there is no deadline."""
    settings.register_profile("uphold", max_examples=examples(_DEFAULT), deadline=None)
    settings.load_profile("uphold")
