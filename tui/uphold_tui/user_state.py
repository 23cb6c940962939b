"""The state of the app from one start to the next: the theme, how panes stand, the orders of lists.

It is kept in a small file of the user's own, apart from settings and databases. What uphold.toml says goes before it. Where
the file cannot be read or written, the app works without it.
"""

import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from uphold.records.enums import SortOrder

_LARGEST = 64 * 2**10
"""Bytes of the largest file that is read."""

_LONGEST_NAME = 80
"""Characters of the longest name of a theme or an order."""


@dataclass(slots=True)
class UserState:
    """What is remembered.

    `stacked` puts answer A over B. The orders are those of the list of pairs and, by the name of an `ExampleOrder`, of an eval
    set, whose records the first frame of a review does without.
    """

    theme: str | None = None
    stacked: bool = False
    pair_order: SortOrder = SortOrder.REVIEWED
    example_order: str | None = None


def state_file() -> Path:
    """Return the path of the file: $UPHOLD_STATE, else state.json where the platform keeps the state of programs."""
    if given := os.environ.get("UPHOLD_STATE"):
        return Path(given)
    from platformdirs import user_state_path

    return user_state_path("uphold", appauthor=False) / "state.json"


def read_state(path: Path) -> tuple[UserState, str | None]:
    """Return what the file remembers, and a sentence where it is not as uphold writes it; what is amiss counts as unsaid."""
    try:
        if path.stat().st_size > _LARGEST or not path.is_file():
            return UserState(), f"{path}: too large, or no ordinary file; it is not read"
        values = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return UserState(), None
    except OSError as error:
        return UserState(), f"{path}: cannot be read ({error.strerror}); nothing is remembered"
    except (ValueError, RecursionError):
        return UserState(), f"{path}: not as uphold writes it; it is not read"
    if not isinstance(values, dict):
        return UserState(), f"{path}: not as uphold writes it; it is not read"
    known = {field.name: _valid(field.name, values[field.name]) for field in fields(UserState) if field.name in values}
    odd = [name for name, value in known.items() if value is None and values[name] is not None]
    state = UserState(**{name: value for name, value in known.items() if value is not None})
    return state, f"{path}: {odd[0]} is not as uphold writes it; it is not read" if odd else None


def _valid(name: str, value: object) -> Any:
    """Return the value of a field; None where it is none that the field can have."""
    if name == "stacked":
        return value if isinstance(value, bool) else None
    if name == "pair_order":
        return next((order for order in SortOrder if order.name == value), None)
    return value if isinstance(value, str) and len(value) <= _LONGEST_NAME else None


def save_state(path: Path, before: UserState, now: UserState) -> None:
    """Write what changed between `before` and `now`; what another uphold has changed meanwhile stays. Never fails."""
    changed = {
        field.name: getattr(now, field.name)
        for field in fields(UserState)
        if getattr(now, field.name) != getattr(before, field.name)
    }
    if not changed:
        return
    state = replace(read_state(path)[0], **changed)
    values = {field.name: _as_json(getattr(state, field.name)) for field in fields(UserState)}
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(json.dumps(values, indent=1) + "\n")
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)


def _as_json(value: object) -> object:
    return value.name if isinstance(value, StrEnum) else value
