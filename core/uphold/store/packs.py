"""Packs that were made of a run, and what this file is where it is a pack itself."""

import sqlite3
from collections.abc import Iterable

from uphold.records.packs import Pack, ReviewerProgress, Share, progress_of
from uphold.store.database import Store, now

_COLUMNS = "token, run_id, mode, reviewer, part, parts, overlap, created_at"


def _pack(row: tuple[str, int, str, str | None, int, int, int, str]) -> Pack:
    token, run_id, mode, reviewer, part, parts, overlap, created_at = row
    return Pack(token, run_id, mode, reviewer, Share(part, parts, overlap), created_at)


def own_pack(store: Store) -> Pack | None:
    """Return what this file was packed as; None where it is no pack."""
    row = store.one(f"SELECT {_COLUMNS} FROM packs WHERE is_here = 1")
    return None if row is None else _pack(row)


def is_blind_pack(store: Store) -> bool:
    """Whether this file is a pack without what judges said."""
    pack = own_pack(store)
    return pack is not None and pack.is_blind


def add_pack(
    conn: sqlite3.Connection, pack: Pack, *, pairs: Iterable[int] = (), is_here: bool = False, last_event: int = 0
) -> None:
    """Insert a pack within the open transaction, with its pairs in the file that it is made from."""
    share = pack.share
    pack_id = conn.execute(
        f"INSERT INTO packs ({_COLUMNS}, is_here, last_event) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            pack.token,
            pack.run_id,
            pack.mode,
            pack.reviewer,
            share.part,
            share.parts,
            share.overlap,
            pack.created_at or now(),
            int(is_here),
            last_event,
        ),
    ).lastrowid
    conn.executemany("INSERT INTO pack_pairs (pack_id, pair_id) VALUES (?, ?)", ((pack_id, pair) for pair in pairs))


def shares_of_run(store: Store, run_id: int) -> tuple[frozenset[int], ...]:
    """Return the pairs of each pack of a run that holds a share of it."""
    shares: dict[int, set[int]] = {}
    sql = "SELECT i.pack_id, i.pair_id FROM packs k JOIN pack_pairs i ON i.pack_id = k.id WHERE k.run_id = ? AND k.parts > 1"
    for pack_id, pair_id in store.rows(sql, (run_id,)):
        shares.setdefault(pack_id, set()).add(pair_id)
    return tuple(dict.fromkeys(map(frozenset, shares.values())))


_READ = """
SELECT w.name, count(DISTINCT v.pair_id) FROM current_pairs p
JOIN standing_events v ON v.pair_id = p.id AND v.kind IN ('decision', 'carried') JOIN reviewers w ON w.id = v.reviewer_id
WHERE p.run_id = ? AND p.id NOT IN (SELECT pair_id FROM broken_pairs) GROUP BY w.id ORDER BY w.id
"""

# The latest pack that was made for each name; a pack in itself has no list of its pairs, which are all there are.
_PACKED = f"""
SELECT {", ".join(f"k.{column.strip()}" for column in _COLUMNS.split(","))}, count(c.id), total(EXISTS (
    SELECT 1 FROM standing_events v JOIN reviewers w ON w.id = v.reviewer_id
    WHERE v.pair_id = c.id AND w.name = k.reviewer AND v.kind IN ('decision', 'carried')
))
FROM packs k JOIN current_pairs c ON c.run_id = k.run_id
    AND (k.is_here = 1 OR c.id IN (SELECT pair_id FROM pack_pairs i WHERE i.pack_id = k.id))
WHERE k.id IN (SELECT max(id) FROM packs WHERE run_id = ? AND reviewer IS NOT NULL GROUP BY reviewer)
    AND c.id NOT IN (SELECT pair_id FROM broken_pairs)
GROUP BY k.id ORDER BY k.id
"""


def packed_progress(store: Store, run_id: int) -> tuple[ReviewerProgress, ...]:
    """Return how far those are in a run that a pack of it was made for, each in their latest one."""
    if store.one("SELECT 1 FROM packs LIMIT 1") is None:
        return ()
    rows = store.rows(_PACKED, (run_id,))
    return tuple(ReviewerProgress(row[3], int(row[-1]), row[-2], _pack(row[:-2])) for row in rows)


def reviewer_progress(store: Store, run_id: int, pairs: int) -> tuple[ReviewerProgress, ...]:
    """Return how far each of several reviewers is in a run of so many current pairs, see `progress_of`."""
    packed = packed_progress(store, run_id)
    (people,) = store.one("SELECT count(*) FROM reviewers")
    read = dict(store.rows(_READ, (run_id,)).fetchall()) if people > 1 or packed else {}
    return progress_of(read, pairs, packed)
