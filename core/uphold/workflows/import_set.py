"""Chooses the set that an import goes into when none is named."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from uphold.errors import BadFile
from uphold.formats.reading import NeedsOptions
from uphold.formatting import count, count_noun
from uphold.records.import_request import ImportSuggestion
from uphold.records.rows import ImportRow
from uphold.records.texts import ExampleText, cells_hash
from uphold.store import sets
from uphold.store.responses import count_known

ROWS_LOOKED_AT = 50
"""Rows at the beginning of an import whose keys and texts are compared with those of the sets."""


@dataclass(frozen=True, slots=True)
class SetChoice:
    """The set of an import, and why it is this one where it is not named after the file."""

    name: str
    reason: str | None = None


def choose_set(conn: sqlite3.Connection, guessed: str, rows: Sequence[ImportRow]) -> SetChoice:
    """Return the set that rows belong to; `guessed` is named after their file.

    A set of that name is taken, and a new one is made for rows that no set has. Rows of keys alone go into the set that
    has the keys. Raises NeedsOptions for new answers to the texts of a set that has another name, and where several sets
    have the keys.
    """
    names = sets.set_names(conn)
    if not names or guessed in names or not rows:
        return SetChoice(guessed)
    if all(row.turns is None for row in rows):
        return _choose_by_keys(conn, guessed, names, rows)
    hashes = {ExampleText(row.turns, row.context).hash for row in rows if row.turns is not None}
    found = sets.sets_with_texts(conn, hashes)
    if found and found[0][1] * 2 >= len(hashes) and _brings_answers(conn, rows):
        name, known = found[0]
        raise NeedsOptions(
            f"{rows[0].source.file}: the set {name!r} has {count(known)} of the first"
            f" {count_noun(len(hashes), 'instruction')}; name the set that these answers go into (there is no {guessed!r} yet)",
            ImportSuggestion(set=name),
        )
    return SetChoice(guessed)


def _brings_answers(conn: sqlite3.Connection, rows: Sequence[ImportRow]) -> bool:
    """Whether the rows hold answers that are not stored for their texts."""
    given = {
        (response.system, ExampleText(row.turns, row.context).hash, cells_hash(response.cells))
        for row in rows
        if row.turns is not None
        for response in row.responses
    }
    return count_known(conn, sorted(given)) < len(given)


def _choose_by_keys(
    conn: sqlite3.Connection, guessed: str, names: Sequence[str], rows: Sequence[ImportRow]
) -> SetChoice:
    if len(names) == 1:
        return SetChoice(names[0], "the only set there is")
    keys = {row.key for row in rows if row.key is not None}
    found = sets.sets_with_keys(conn, keys)
    file = rows[0].source.file
    if not found:
        listed = ", ".join(map(repr, names[:8]))
        raise BadFile(f"{file}: rows of keys alone, and no set has these keys\nname the set with --set: {listed}")
    if len(found) == 1 or found[1][1] < found[0][1] == len(keys):
        return SetChoice(found[0][0], "the set that has these keys")
    also = " and ".join(repr(name) for name, _ in found[:4])
    raise NeedsOptions(
        f"{file}: the sets {also} have these keys; say which is meant", ImportSuggestion(set=found[0][0])
    )
