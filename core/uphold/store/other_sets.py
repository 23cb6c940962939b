"""Examples of the other sets of a database, to see whether those of one set are among them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from uphold.store.database import Store

_EXAMPLES = """
SELECT s.name, e.key, t.context, t.turns FROM examples e JOIN sets s ON s.id = e.set_id JOIN texts t ON t.id = e.text_id
WHERE e.set_id <> ? AND e.status = 'active' ORDER BY e.id
"""


@dataclass(frozen=True, slots=True)
class OtherExample:
    """An active example of another set."""

    set: str
    key: str
    context: str | None
    turns: tuple[str, ...]


def examples_of_other_sets(store: Store, set_id: int) -> Iterator[OtherExample]:
    """Yield the active examples of all sets but one."""
    for name, key, context, turns in store.rows(_EXAMPLES, (set_id,)):
        yield OtherExample(name, key, context, tuple(json.loads(turns)))
