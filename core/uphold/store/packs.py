"""Packs that were made of a run, and what this file is where it is a pack itself."""

import sqlite3
from collections.abc import Iterable

from uphold.records.packs import Pack, PackProgress, Share
from uphold.store.database import Store, now

_COLUMNS = "token, run_id, mode, reviewer, part, parts, overlap, created_at"


def _pack(row: tuple[str, int, str, str | None, int, int, int, str]) -> Pack:
    token, run_id, mode, reviewer, part, parts, overlap, created_at = row
    return Pack(token, run_id, mode, reviewer, Share(part, parts, overlap), created_at)


def own_pack(store: Store) -> Pack | None:
    """Return what this file was packed as; None where it is no pack."""
    row = store.one(f"SELECT {_COLUMNS} FROM packs WHERE is_here = 1")
    return None if row is None else _pack(row)


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


_PROGRESS = f"""
SELECT {", ".join(f"k.{column.strip()}" for column in _COLUMNS.split(","))}, count(c.id), count(d.pair_id)
FROM packs k JOIN pack_pairs i ON i.pack_id = k.id JOIN current_pairs c ON c.id = i.pair_id
LEFT JOIN reviewers w ON w.name = k.reviewer
LEFT JOIN current_decisions d ON d.pair_id = c.id AND d.reviewer_id = w.id
WHERE k.id IN (SELECT max(id) FROM packs WHERE run_id = :run AND reviewer IS NOT NULL GROUP BY reviewer)
GROUP BY k.id ORDER BY k.id
"""


def pack_progress(store: Store, run_id: int) -> tuple[PackProgress, ...]:
    """Return how far each reviewer has read the latest pack of a run that was made for them, as merged by now."""
    if store.one("SELECT 1 FROM packs WHERE run_id = ? AND reviewer IS NOT NULL LIMIT 1", (run_id,)) is None:
        return ()
    return tuple(PackProgress(_pack(row[:-2]), *row[-2:]) for row in store.rows(_PROGRESS, {"run": run_id}))
