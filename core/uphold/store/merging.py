"""Brings the reviews of another database in: read and matched beside this one, then written in one transaction.

Sets, systems, runs and reviewers match by name, pairs by example, turn and contents, events by their ids. The events of the
file stand in a temporary table until they are written, each in a state: `new`, `known`, `absent` (its pair is not here),
`altered` (another word under the id of one that is here), `conflict` or `orphan` (it takes back nothing that is here).
"""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from uphold.errors import BadDatabase, BadUsage
from uphold.records.merges import MergeConflict, MergedReviewer, MergeSummary
from uphold.records.runs import Run
from uphold.store.database import Store, now
from uphold.store.outcomes import write_labels, write_undone
from uphold.store.run_list import open_disputes
from uphold.store.runs import all_runs

_EVENT_ID = re.compile(r"[0-9a-f]{32,64}")

_LONGEST_NAME = 1000

_LONGEST_NOTE = 2**20

_DECISIONS = "('decision', 'carried')"

# `word` is what an event says something about: a decision, a settled dispute, or null.
_TABLES = (
    """
CREATE TEMP TABLE IF NOT EXISTS merging (
    seq INTEGER PRIMARY KEY, id TEXT, kind TEXT, run_id INTEGER, key TEXT, turn INTEGER, contents TEXT, reviewer TEXT,
    choice TEXT, target_id TEXT, source TEXT, side_a TEXT, mode TEXT, verdict_shown INTEGER, names_shown INTEGER,
    judge TEXT, judge_version TEXT, verdict TEXT, reference_hash TEXT, width INTEGER, height INTEGER, seconds REAL,
    created_at TEXT, note TEXT, chosen INTEGER, is_packed INTEGER,
    pair_id INTEGER, word TEXT, state TEXT NOT NULL DEFAULT 'new'
)""",
    "CREATE INDEX IF NOT EXISTS temp.merging_id ON merging(id)",
    "CREATE INDEX IF NOT EXISTS temp.merging_target ON merging(target_id) WHERE target_id IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS temp.merging_pair ON merging(pair_id, reviewer)",
    "DELETE FROM temp.merging",
)

_FILE_RUNS = """
SELECT r.id, s.name, s.seed, c.name, b.name, r.name FROM runs r JOIN sets s ON s.id = r.set_id
JOIN systems c ON c.id = r.candidate_id JOIN systems b ON b.id = r.baseline_id ORDER BY r.id
"""

_FILE_EVENTS = """
SELECT p.run_id, v.seq, v.id, v.kind, e.key, p.turn, p.contents, w.name, v.choice, v.target_id, v.source, v.side_a, v.mode,
    v.verdict_shown, v.names_shown, g.name, g.version, v.verdict, f.hash, v.width, v.height, v.seconds, v.created_at, v.note,
    v.chosen
FROM events v JOIN pairs p ON p.id = v.pair_id JOIN examples e ON e.id = p.example_id JOIN reviewers w ON w.id = v.reviewer_id
LEFT JOIN judges g ON g.id = v.judge_id LEFT JOIN reference_texts f ON f.id = v.reference_id ORDER BY v.seq
"""

_STAGE = f"""
INSERT INTO temp.merging (run_id, seq, id, kind, key, turn, contents, reviewer, choice, target_id, source, side_a, mode,
    verdict_shown, names_shown, judge, judge_version, verdict, reference_hash, width, height, seconds, created_at, note, chosen,
    is_packed)
VALUES ({", ".join("?" * 26)})
"""


@dataclass(frozen=True, slots=True)
class ForeignReviews:
    """What the staged events belong to: runs of the file by their id there, each with the run here.

    `other_seeds` and `other_runs` are as in MergeSummary; `token` is that of the pack that the file is, None for another file.
    """

    file: str
    runs: Mapping[int, Run]
    other_seeds: tuple[str, ...]
    other_runs: tuple[str, ...]
    token: str | None


def stage_reviews(store: Store, foreign: sqlite3.Connection, path: Path) -> ForeignReviews:
    """Read the review events of another database into the temporary table of this one, without its write lock.

    Raises BadUsage where none of its runs is here, BadDatabase for an event that uphold does not write.
    """
    found = _match_runs(store, foreign, path)
    pack = foreign.execute("SELECT token, last_event FROM packs WHERE is_here = 1").fetchone()
    conn = store.conn
    for statement in _TABLES:
        conn.execute(statement)
    rows = _checked(foreign.execute(_FILE_EVENTS), found, pack[1] if pack is not None else 0, path)
    conn.executemany(_STAGE, rows)
    conn.execute(
        "UPDATE temp.merging AS m SET word = CASE coalesce("
        "CASE WHEN kind IN ('undo', 'redo') THEN (SELECT t.kind FROM temp.merging t WHERE t.id = m.target_id) END, kind)"
        " WHEN 'decision' THEN 'decision' WHEN 'carried' THEN 'decision' WHEN 'adjudicated' THEN 'adjudicated' END"
    )
    conn.commit()
    return replace(found, token=None if pack is None else pack[0])


def _match_runs(store: Store, foreign: sqlite3.Connection, path: Path) -> ForeignReviews:
    here = {(run.set, run.candidate, run.baseline): run for run in all_runs(store)}
    runs: dict[int, Run] = {}
    seeds, others = dict[str, None](), list[str]()
    for number, set_name, seed, candidate, baseline, name in foreign.execute(_FILE_RUNS).fetchall():
        run = here.get((set_name, candidate, baseline))
        if run is None:
            others.append(name)
            continue
        runs[number] = run
        if seed != run.seed:
            seeds[set_name] = None
    if not runs:
        there = f"its runs are {_listed(others)}" if others else "it has no run"
        raise BadUsage(
            f"{path}: no run of this file is here: {there}, and here are {_listed([run.name for run in here.values()])};"
            " a run is known by the names of its set and its two systems"
        )
    return ForeignReviews(path.name, runs, tuple(seeds), tuple(others), None)


def _listed(names: list[str]) -> str:
    return ", ".join(map(repr, names[:5])) + (", …" if len(names) > 5 else "") if names else "none"


def _checked(rows: sqlite3.Cursor, found: ForeignReviews, last_packed: int, path: Path) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of the events on runs that are here; raises BadDatabase for one that uphold does not write."""
    for file_run, seq, number, *rest in rows:
        run = found.runs.get(file_run)
        if run is None:
            continue
        name, note = rest[4], rest[-2]
        if not _EVENT_ID.fullmatch(number):
            raise BadDatabase(f"{path}: event {seq} has an id that uphold does not make; nothing was merged")
        if not name.strip() or len(name) > _LONGEST_NAME:
            raise BadDatabase(
                f"{path}: event {seq} is by a reviewer whose name is empty or longer than {_LONGEST_NAME} characters;"
                " nothing was merged"
            )
        if note is not None and len(note) > _LONGEST_NOTE:
            raise BadDatabase(
                f"{path}: the note of event {seq} has {len(note)} characters, more than anybody writes; nothing was merged"
            )
        *most, chosen = rest
        is_other = run.set in found.other_seeds
        yield (run.id, seq, number, *most, int(bool(chosen) or is_other), int(seq <= last_packed))


def merge_reviews(
    store: Store, conn: sqlite3.Connection, found: ForeignReviews, *, take_theirs: bool = False
) -> MergeSummary:
    """Write the staged events that are new within the open transaction, and return what came of them.

    Where a reviewer has decided a pair in both files, each time without the other, and differently, what stands here goes on
    standing, and the decision there is not written; with `take_theirs` it is, and stands.
    """
    _match_events(conn)
    conflicts = [*_altered(conn), *_conflicts(conn, take_theirs=take_theirs)]
    _leave_orphans(conn)
    summary = _counted(conn, found, tuple(conflicts))
    if conn.execute("SELECT 1 FROM temp.merging WHERE state = 'new'").fetchone() is not None:
        _write(conn, found, summary)
    disputes = {run.name: open_disputes(store, run.id) for run in found.runs.values()}
    return replace(summary, disputes={name: number for name, number in disputes.items() if number})


_MATCH = """
UPDATE temp.merging AS m SET pair_id = (
    SELECT p.id FROM runs r JOIN examples e ON e.set_id = r.set_id AND e.key = m.key
    JOIN pairs p ON p.run_id = r.id AND p.example_id = e.id AND p.turn = m.turn AND p.contents = m.contents
    WHERE r.id = m.run_id
)
"""


def _match_events(conn: sqlite3.Connection) -> None:
    """Find the pair of each event, and tell those that are here from new ones."""
    conn.execute(_MATCH)
    conn.execute(
        "UPDATE temp.merging AS m SET state = CASE WHEN pair_id IS NULL THEN 'absent'"
        " WHEN EXISTS (SELECT 1 FROM events v WHERE v.id = m.id) THEN 'known' ELSE 'new' END"
    )


_ALTERED = """
SELECT m.seq, m.kind, r.name, m.key, m.turn, m.reviewer, v.choice, m.choice, m.created_at
FROM temp.merging m JOIN events v ON v.id = m.id JOIN runs r ON r.id = m.run_id
WHERE m.state = 'known' AND (v.choice IS NOT m.choice OR v.pair_id <> m.pair_id) ORDER BY m.seq
"""


def _altered(conn: sqlite3.Connection) -> Iterator[MergeConflict]:
    for seq, kind, run, key, turn, reviewer, here, there, decided_at in conn.execute(_ALTERED).fetchall():
        conn.execute("UPDATE temp.merging SET state = 'altered' WHERE seq = ?", (seq,))
        yield MergeConflict(run, key, turn, reviewer, here, there, decided_at, kind == "adjudicated", is_altered=True)


# Pairs on which a reviewer (for settled disputes: anybody) has said something in each file that the other does not have.
_BOTH_NEW = """
SELECT DISTINCT m.pair_id, CASE m.word WHEN 'decision' THEN m.reviewer END, m.word FROM temp.merging m
JOIN events v ON v.pair_id = m.pair_id LEFT JOIN events t ON t.id = v.target_id AND v.kind IN ('undo', 'redo')
JOIN reviewers w ON w.id = v.reviewer_id
WHERE m.state = 'new' AND m.word IS NOT NULL AND (m.word = 'adjudicated' OR w.name = m.reviewer)
    AND CASE coalesce(t.kind, v.kind) WHEN 'carried' THEN 'decision' ELSE coalesce(t.kind, v.kind) END = m.word
    AND NOT EXISTS (SELECT 1 FROM temp.merging o WHERE o.id = v.id)
ORDER BY m.seq
"""

_WORD_HERE = """
SELECT v.choice FROM standing_events v JOIN reviewers w ON w.id = v.reviewer_id
WHERE v.pair_id = :pair AND (:name IS NULL OR w.name = :name)
    AND CASE v.kind WHEN 'carried' THEN 'decision' ELSE v.kind END = :word ORDER BY v.seq DESC LIMIT 1
"""

_WORD_THERE = """
SELECT m.choice, m.created_at, m.reviewer FROM temp.merging m
WHERE m.pair_id = :pair AND (:name IS NULL OR m.reviewer = :name) AND m.word = :word AND m.choice IS NOT NULL
    AND coalesce((
        SELECT a.kind FROM temp.merging a WHERE a.target_id = m.id AND a.kind IN ('undo', 'redo') ORDER BY a.seq DESC LIMIT 1
    ), 'redo') = 'redo'
ORDER BY m.seq DESC LIMIT 1
"""

_PLACE = """
SELECT r.name, e.key, p.turn FROM pairs p JOIN runs r ON r.id = p.run_id JOIN examples e ON e.id = p.example_id WHERE p.id = ?
"""

_KEEP_OUT = """
UPDATE temp.merging SET state = 'conflict'
WHERE state = 'new' AND pair_id = :pair AND word = :word AND (:name IS NULL OR reviewer = :name)
"""


def _conflicts(conn: sqlite3.Connection, *, take_theirs: bool) -> Iterator[MergeConflict]:
    """Yield the words that differ, and keep those of the file out unless they are taken."""
    for pair_id, name, word in conn.execute(_BOTH_NEW).fetchall():
        values = {"pair": pair_id, "name": name, "word": word}
        here = conn.execute(_WORD_HERE, values).fetchone()
        there = conn.execute(_WORD_THERE, values).fetchone()
        if (here and here[0]) == (there and there[0]):
            continue
        # A decision that was taken back there has no word which could stand here in place of another.
        if not take_theirs or there is None:
            conn.execute(_KEEP_OUT, values)
        choice, decided_at, by = there or (None, None, name or "")
        run, key, turn = conn.execute(_PLACE, (pair_id,)).fetchone()
        yield MergeConflict(run, key, turn, by, here and here[0], choice, decided_at, word == "adjudicated")


def _leave_orphans(conn: sqlite3.Connection) -> None:
    """Leave out what takes back or puts back an event that is not here, or another reviewer's."""
    conn.execute(
        "UPDATE temp.merging AS m SET state = 'orphan' WHERE state = 'new' AND kind IN ('undo', 'redo') AND NOT EXISTS ("
        "SELECT 1 FROM temp.merging t WHERE t.id = m.target_id AND t.reviewer = m.reviewer AND t.pair_id = m.pair_id"
        " AND t.state IN ('new', 'known')) AND NOT EXISTS ("
        "SELECT 1 FROM events v JOIN reviewers w ON w.id = v.reviewer_id WHERE v.id = m.target_id AND w.name = m.reviewer"
        " AND v.pair_id = m.pair_id)"
    )


_BY_PAIR = """
SELECT reviewer, max(state = 'new' AND choice IS NOT NULL) AS added, max(state = 'new') AS changed,
    max(state = 'known' AND choice IS NOT NULL AND NOT is_packed) AS known, max(chosen AND state = 'new') AS chosen,
    pair_id NOT IN (SELECT id FROM current_pairs) AS stale
FROM temp.merging WHERE word IS NOT NULL AND state IN ('new', 'known') GROUP BY word, pair_id, reviewer
"""


def _counted(conn: sqlite3.Connection, found: ForeignReviews, conflicts: tuple[MergeConflict, ...]) -> MergeSummary:
    known_names = {row[0] for row in conn.execute("SELECT name FROM reviewers")}
    people = [
        MergedReviewer(name, added, known, name not in known_names)
        for name, added, known in conn.execute(
            f"SELECT reviewer, total(added), total(known AND NOT added) FROM ({_BY_PAIR}) GROUP BY reviewer ORDER BY reviewer"
        )
    ]
    people = [replace(one, added=int(one.added), known=int(one.known)) for one in people if one.added or one.known]
    taken_back, stale, chosen = conn.execute(
        f"SELECT total(changed AND NOT added), total(added AND stale), total(added AND chosen) FROM ({_BY_PAIR})"
    ).fetchone()
    (notes,) = conn.execute("SELECT count(*) FROM temp.merging WHERE state = 'new' AND word IS NULL").fetchone()
    (absent,) = conn.execute(
        "SELECT count(*) FROM (SELECT DISTINCT run_id, key, turn, contents, reviewer FROM temp.merging"
        f" WHERE state = 'absent' AND kind IN {_DECISIONS})"
    ).fetchone()
    return MergeSummary(
        found.file,
        added=sum(one.added for one in people),
        known=sum(one.known for one in people),
        conflicts=conflicts,
        taken_back=int(taken_back),
        notes=notes,
        not_here=absent,
        stale=int(stale),
        chosen=int(chosen),
        reviewers=tuple(people),
        other_seeds=found.other_seeds,
        other_runs=found.other_runs,
    )


# A carried decision whose original is not here is one by itself.
_WITHOUT_ORIGINAL = """
UPDATE temp.merging AS m SET kind = 'decision', target_id = NULL WHERE state = 'new' AND kind = 'carried'
    AND NOT EXISTS (SELECT 1 FROM events v WHERE v.id = m.target_id)
    AND NOT EXISTS (SELECT 1 FROM temp.merging t WHERE t.id = m.target_id AND t.state = 'new')
"""

# Whether the reviewer had seen the verdict here when they decided without it there: seen stays seen, in any file.
_SEEN = """m.verdict_shown = 0 AND EXISTS (
    SELECT 1 FROM shown_pairs s WHERE s.pair_id = m.pair_id AND s.reviewer_id = w.id AND s.verdict_shown
        AND s.verdict <> 'pending' AND s.created_at < m.created_at
)"""

# A judge or a reference that is not here is left out, and so is a note on texts that were forgotten here.
_INSERT = f"""
INSERT INTO events (id, kind, pair_id, reviewer_id, choice, target_id, source, side_a, mode, verdict_shown, names_shown,
    judge_id, verdict, reference_id, width, height, seconds, created_at, note, chosen)
SELECT m.id, m.kind, m.pair_id, w.id, m.choice, m.target_id, m.source, m.side_a, CASE WHEN {_SEEN} THEN 'open' ELSE m.mode END,
    CASE WHEN {_SEEN} THEN 1 ELSE m.verdict_shown END, m.names_shown, g.id, m.verdict, f.id, m.width, m.height, m.seconds,
    m.created_at, CASE WHEN x.text_id IS NULL THEN m.note END, m.chosen
FROM temp.merging m JOIN reviewers w ON w.name = m.reviewer JOIN pairs p ON p.id = m.pair_id
LEFT JOIN forgotten_texts x ON x.text_id = p.text_id
LEFT JOIN judges g ON g.name = m.judge AND g.version = m.judge_version
LEFT JOIN reference_texts f ON f.hash = m.reference_hash
WHERE m.state = 'new' ORDER BY m.seq
"""


def _write(conn: sqlite3.Connection, found: ForeignReviews, summary: MergeSummary) -> None:
    merge_id = conn.execute(
        "INSERT INTO merges (file, token, added, known, conflicts, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        (found.file, found.token, summary.added, summary.known, len(summary.conflicts), now()),
    ).lastrowid
    conn.execute(
        "INSERT OR IGNORE INTO reviewers (name) SELECT reviewer FROM temp.merging WHERE state = 'new' GROUP BY reviewer"
        " ORDER BY min(seq)"
    )
    conn.execute(_WITHOUT_ORIGINAL)
    conn.execute(_INSERT)
    conn.execute(
        "INSERT INTO merged_events (event_id, merge_id) SELECT id, ? FROM temp.merging WHERE state = 'new'", (merge_id,)
    )
    targets = conn.execute(
        "SELECT DISTINCT target_id FROM temp.merging WHERE state = 'new' AND kind IN ('undo', 'redo')"
    ).fetchall()
    for (target,) in targets:
        write_undone(conn, target)
    pairs = conn.execute("SELECT DISTINCT pair_id FROM temp.merging WHERE state = 'new'").fetchall()
    write_labels(conn, [row[0] for row in pairs])
