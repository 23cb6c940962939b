"""Checks that the schema of a file is the one that uphold makes: what a stranger put into it is refused by name.

A trigger or view could change or invent rows, a changed table could take what ours refuses. The whole schema is compared by
its hash, which costs less than a millisecond; only where that differs is it compared object by object.
"""

import hashlib
import re
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from uphold.errors import BadDatabase
from uphold.store.connections import DAMAGED
from uphold.store.schema import SEARCH_INDEX, SEARCH_TABLES, migrate

SCHEMA_HASHES = {
    6: "520e54e6c3ea826be900889abc99af4dabd6ad7115990223f89367c8247ee1d6",
    7: "c50353adce16afe23ad462054a1129a77d50b7c75a90333153df7a662b361601",
    8: "79fb102c86dfea565813fbcfe9dd6d50af6a0dcbe2e36177a3ab6ee6e160fd6d",
    9: "043c6d859f3db076d995bd574892cd746422f2b0b6921b820ab2356234997ae2",
    10: "56bb0417a7c631db327540ee804cd8dc1bc1165198a73d7fc84a4e6c3c088eae",
    11: "41519531f443c6d2639fc93a2cd488027e91646011d533e3946404b1b3f01cd7",
    12: "a0e51fbbac75be087b95858d92a928ed1ffe724f669833219844207144a743dc",
    13: "e891aa9b48f13aa41fc7949b0117d933b2f32076b3d37f4266627e0c40f3cf94",
    14: "487789184edf6e456ee82fd8191985f24eecf94651a48b24079d47c1bcaa4f3f",
    15: "004ca75ff5127c05ebb16733ca07e0e509b00f5589439c6e5d9447bb32701b09",
    16: "097162c078b8f6087980f5169546c01d3f45946108f9e131005bd9928e23ceb8",
}
"""`schema_hash` of a file of each version; tests/store/test_schema_check.py says what they have to be."""

_LONGEST_NAME = 80

SchemaObject = tuple[str, str, str, str | None]
"""Type, name, table, and the SQL that made it."""

_OBJECTS = "SELECT type, name, tbl_name, sql FROM sqlite_master"

_SQLITES_OWN = {
    "sqlite_sequence": "CREATE TABLE sqlite_sequence(name,seq)",
    "sqlite_stat1": "CREATE TABLE sqlite_stat1(tbl,idx,stat)",
    "sqlite_stat4": "CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)",
}
"""Tables that SQLite makes by itself, or for ANALYZE."""

_COLUMN = r'(?:"\w+"|\[\w+\]|\w+)'

_PLAIN_INDEX = (
    r'CREATE INDEX\s+(?:"(?:[^"]|"")*"|\[[^\]]*\]|\w+)\s+ON\s+' + _COLUMN + r"\s*"
    rf"\(\s*{_COLUMN}(?:\s+(?:ASC|DESC))?(?:\s*,\s*{_COLUMN}(?:\s+(?:ASC|DESC))?)*\s*\)\s*"
)
"""An index of columns: no expression, no condition, not unique. It changes no result and may be added by anyone."""

_PLAIN_TABLE = r"CREATE TABLE '\w+'\([\w ,]+(?:PRIMARY KEY\([\w, ]+\))?[\w ,]*\)(?: WITHOUT ROWID)?"
"""A table of columns without expressions, as the full-text index makes them."""


def check_schema(conn: sqlite3.Connection, version: int, path: Path) -> None:
    """Raise BadDatabase, naming the object, if the schema is not that of its version.

    Besides what the migrations make there may be SQLite's own tables, the full-text index, and plain indices, which
    change no result. Those who add such an index pay for the comparison object by object, some milliseconds.
    """
    problem = next(schema_problems(conn, version), None)
    if problem is not None:
        raise BadDatabase(f"{path}: {problem}")


def schema_problems(conn: sqlite3.Connection, version: int) -> Iterator[str]:
    """Yield a sentence on each object of a schema that is not that of its version, as `check_schema` sees it."""
    objects = conn.execute(_OBJECTS).fetchall()
    ours = [one for one in objects if not _is_harmless(one)]
    if schema_hash(ours) != SCHEMA_HASHES.get(version):
        yield from _differences(ours, expected_objects(version))


def schema_hash(objects: Iterable[SchemaObject]) -> str:
    """Return the sha256 of the objects of a schema, in any order."""
    lines = sorted("\x1f".join(map(str, one)) for one in objects)
    return hashlib.sha256("\x1e".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def expected_objects(version: int) -> list[SchemaObject]:
    """Return what the migrations up to a version make."""
    conn = sqlite3.connect(":memory:", isolation_level=None)
    try:
        migrate(conn, upto=version)
        return [one for one in conn.execute(_OBJECTS) if not _is_harmless(one)]
    finally:
        conn.close()


def _is_harmless(one: SchemaObject) -> bool:
    """Whether an object is one that files may have or not."""
    kind, name, table, sql = one
    if kind == "index":
        return sql is None and str(name).startswith("sqlite_autoindex_")
    if kind != "table" or name != table or not isinstance(sql, str):
        return False
    if name in SEARCH_TABLES:
        return sql == SEARCH_INDEX if name == "search" else re.fullmatch(_PLAIN_TABLE, sql) is not None
    return _SQLITES_OWN.get(name) == sql


def _differences(found: list[SchemaObject], expected: list[SchemaObject]) -> Iterator[str]:
    """Yield a sentence on each object that is too many, changed or missing.

    The texts are compared without their white space, which programs that copy databases may change.
    """
    wanted = {one[:2]: one for one in expected}
    for one in sorted(found, key=str):
        kind, name = one[:2]
        ours = wanted.pop(one[:2], None)
        if ours is None and kind == "index" and re.fullmatch(_PLAIN_INDEX, str(one[3]), re.IGNORECASE):
            continue
        if ours is None:
            yield _not_ours(str(kind), str(name))
        elif _words(one) != _words(ours):
            yield f"the {kind} {_shown(name)} is not as uphold makes it; the file was changed: {DAMAGED}"
    for kind, name in wanted:
        yield f"the {kind} {_shown(name)} is missing; {DAMAGED}"


def _not_ours(kind: str, name: str) -> str:
    quoted = name.replace('"', '""')
    if kind not in ("table", "index", "trigger", "view") or len(name) > _LONGEST_NAME:
        return f"the {kind[:_LONGEST_NAME]} {_shown(name)} is not uphold's; {DAMAGED}"
    return (
        f"the {kind} {_shown(name)} is not uphold's and could change what is read or written. If it is yours, keep its SQL"
        f' elsewhere and take it out of this file: DROP {kind.upper()} "{quoted}"; if it is not, use another copy'
    )


def _shown(name: object) -> str:
    text = str(name)
    return repr(text if len(text) <= _LONGEST_NAME else text[:_LONGEST_NAME] + "…")


def _words(one: SchemaObject) -> list[str]:
    return " ".join(str(part) for part in one).split()
