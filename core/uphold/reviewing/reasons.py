"""Why somebody decided so, in single words: one key each, a set's own where it has some."""

import json
from collections.abc import Iterable

USUAL = {
    "h": "more helpful", "w": "wrong fact", "i": "missed instruction", "s": "style", "l": "too long", "u": "unsafe",
}  # fmt: skip
"""The reasons of a set that has none of its own."""


def told(note: str | None) -> tuple[str, ...]:
    """The reasons that an event holds; an event without any takes them away."""
    try:
        found = json.loads(note or "[]")
    except json.JSONDecodeError:
        return ()
    return tuple(word for word in found if isinstance(word, str)) if isinstance(found, list) else ()


def noted(words: Iterable[str]) -> str:
    """Reasons as an event holds them."""
    return json.dumps(list(dict.fromkeys(words)), ensure_ascii=False)
