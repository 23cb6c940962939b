"""Versions of a set: cutting one, reading its members, what differs between two, and what that did to the set's pairs."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from uphold.errors import BadUsage
from uphold.records.set_history import (
    EffectCounts,
    Member,
    MemberChange,
    SetVersion,
    VersionDiff,
    VersionEffects,
    VersionReason,
    changed_members,
)
from uphold.records.texts import ExampleText
from uphold.store.database import Store, now
from uphold.store.sets import read_text, set_hash

Members = dict[int, Member]
"""The members of a version, or the active examples of a set, by example id."""


@dataclass(frozen=True, slots=True)
class CutVersion:
    """A version of a set; `is_new` whether it was cut just now, and not there already."""

    id: int
    number: int
    hash: str
    is_new: bool


_PRESENT = """
SELECT e.id, e.key, e.text_id, t.hash, e.reference_id, r.hash FROM examples e JOIN texts t ON t.id = e.text_id
LEFT JOIN reference_texts r ON r.id = e.reference_id WHERE e.set_id = ? AND e.status = 'active' ORDER BY e.id
"""

_MEMBERS = """
SELECT e.id, e.key, m.text_id, t.hash, m.reference_id, r.hash FROM set_members m JOIN examples e ON e.id = m.example_id
JOIN texts t ON t.id = m.text_id LEFT JOIN reference_texts r ON r.id = m.reference_id WHERE m.version_id = ? ORDER BY e.id
"""

_VERSIONS = """
SELECT v.id, v.number, v.hash, v.created_at, v.why, w.name FROM set_versions v LEFT JOIN reviewers w ON w.id = v.reviewer_id
WHERE v.set_id = ? ORDER BY v.number
"""


def present_members(store: Store, set_id: int) -> Members:
    """Return the active examples of a set as they are now."""
    return {row[0]: Member(*row) for row in store.rows(_PRESENT, (set_id,))}


def members(store: Store, version_id: int) -> Members:
    """Return the examples of a version as they were."""
    return {row[0]: Member(*row) for row in store.rows(_MEMBERS, (version_id,))}


def cut_version(store: Store, set_id: int, why: VersionReason, reviewer_id: int | None = None) -> CutVersion | None:
    """Within the open transaction, cut a version of the set as it is, unless it is as in its latest version.

    Returns that version in either case; None for a set without active examples that has no version yet.
    """
    present, latest = present_members(store, set_id), latest_version(store, set_id)
    if latest is not None and _is_same(members(store, latest.id), present):
        return latest
    if latest is None and not present:
        return None
    digest, number = set_hash(store, set_id), 1 if latest is None else latest.number + 1
    inserted = store.conn.execute(
        "INSERT INTO set_versions (set_id, number, hash, why, reviewer_id, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        (set_id, number, digest, why.value, reviewer_id, now()),
    )
    version_id = int(inserted.lastrowid or 0)
    store.conn.executemany(
        "INSERT INTO set_members (version_id, example_id, text_id, reference_id) VALUES (?, ?, ?, ?)",
        [(version_id, one.example_id, one.text_id, one.reference_id) for one in present.values()],
    )
    return CutVersion(version_id, number, digest, True)


def _is_same(before: Members, after: Members) -> bool:
    changed = changed_members(before, after)
    return not (changed.added or changed.retired or changed.edited)


def changed_since_latest(store: Store, set_id: int, latest: CutVersion | None) -> bool:
    """Whether the active examples of a set differ from its latest version; without one, whether there are any."""
    return not _is_same({} if latest is None else members(store, latest.id), present_members(store, set_id))


def latest_version(store: Store, set_id: int) -> CutVersion | None:
    """Return the latest version of a set, None if it has none."""
    row = store.one(
        "SELECT id, number, hash FROM set_versions WHERE set_id = ? ORDER BY number DESC LIMIT 1", (set_id,)
    )
    return None if row is None else CutVersion(row[0], row[1], row[2], is_new=False)


def changed_since(store: Store, set_id: int, version_id: int) -> int:
    """Return how many examples of a set were added, edited or retired since a version."""
    sql = """
    SELECT (SELECT count(*) FROM examples e WHERE e.set_id = :set AND e.status = 'active' AND NOT EXISTS (
        SELECT 1 FROM set_members m WHERE m.version_id = :version AND m.example_id = e.id AND m.text_id = e.text_id
            AND m.reference_id IS e.reference_id
    )) + (
        SELECT count(*) FROM set_members m JOIN examples e ON e.id = m.example_id
        WHERE m.version_id = :version AND e.status <> 'active'
    )
    """
    return int(store.one(sql, {"set": set_id, "version": version_id})[0])


def find_version(store: Store, set_id: int, number: int) -> CutVersion:
    """Return a version by its number; raises BadUsage, with the numbers that there are, where the set has none of it."""
    row = store.one("SELECT id, number, hash FROM set_versions WHERE set_id = ? AND number = ?", (set_id, number))
    if row is None:
        latest = latest_version(store, set_id)
        there = f"its versions are 1 to {latest.number}" if latest is not None else "none was cut yet"
        raise BadUsage(f"the set has no version {number}; {there}")
    return CutVersion(row[0], row[1], row[2], is_new=False)


def name_version(store: Store, run_id: int, version: CutVersion | None) -> None:
    """Within the open transaction, write that a run is judged on a version, where it does not say so already."""
    if version is None:
        return
    row = store.one("SELECT version_id FROM run_versions WHERE run_id = ? ORDER BY id DESC LIMIT 1", (run_id,))
    if row is None or row[0] != version.id:
        store.conn.execute(
            "INSERT INTO run_versions (run_id, version_id, created_at) VALUES (?, ?, ?)", (run_id, version.id, now())
        )


def judged_versions(store: Store) -> dict[int, int]:
    """Return the number of the version of its set that each run was judged on last, by run id."""
    return dict(store.rows("SELECT run_id, number FROM judged_versions").fetchall())


def version_list(store: Store, set_id: int) -> list[SetVersion]:
    """Return every version of a set, the oldest first, with what changed since the one before."""
    runs: dict[int, list[str]] = defaultdict(list)
    for run, version_id in store.rows("SELECT run, version_id FROM judged_versions ORDER BY run_id"):
        runs[version_id].append(run)
    found, before = [], Members()
    for version_id, number, digest, at, why, reviewer in store.rows(_VERSIONS, (set_id,)).fetchall():
        present = members(store, version_id)
        changed = changed_members(before, present)
        counts = (len(present), len(changed.added), len(changed.retired), len(changed.edited))
        judged = tuple(runs[version_id])
        found.append(SetVersion(number, digest, at, VersionReason(why), reviewer, *counts, judged))
        before = present
    return found


_TEXTS = """
SELECT t.turns, t.context, (SELECT turns FROM reference_texts WHERE id = ?) FROM texts t WHERE t.id = ?
"""


def diff(store: Store, set_id: int, before: int | None, after: int | None) -> VersionDiff:
    """Return what differs between two versions by number; None is the set as it is now.

    Raises BadUsage for a version that does not exist.
    """
    one, two = (_members_of(store, set_id, number) for number in (before, after))
    changed = changed_members(one, two)
    reasons = dict(store.rows(_REASONS, (set_id,)).fetchall())
    tags: dict[int, list[str]] = defaultdict(list)
    for example_id, tag in store.rows(_TAGS, (set_id,)):
        tags[example_id].append(tag)

    def change(example_id: int) -> MemberChange:
        old, new = one.get(example_id), two.get(example_id)
        key = (new or old).key  # type: ignore[union-attr]
        reason = reasons.get(example_id) if new is None else None
        return MemberChange(key, _text(store, old), _text(store, new), tuple(tags[example_id]), reason)

    added, retired, edited = (tuple(map(change, ids)) for ids in (changed.added, changed.retired, changed.edited))
    return VersionDiff(before, after, added, retired, edited, changed.same)


_REASONS = """
SELECT v.example_id, v.reason FROM example_events v JOIN examples e ON e.id = v.example_id
WHERE e.set_id = ? AND v.kind = 'retired' ORDER BY v.id
"""

_TAGS = (
    "SELECT t.example_id, t.tag FROM tags t JOIN examples e ON e.id = t.example_id WHERE e.set_id = ? ORDER BY t.tag"
)


def _members_of(store: Store, set_id: int, number: int | None) -> Members:
    return present_members(store, set_id) if number is None else members(store, find_version(store, set_id, number).id)


def _text(store: Store, member: Member | None) -> ExampleText | None:
    if member is None:
        return None
    turns, context, references = store.one(_TEXTS, (member.reference_id, member.text_id))
    return read_text(turns, context, references)


# What a change of the set did to the pairs of its runs.

_PAIRS = """
SELECT p.id, r.name, p.example_id, p.turn, p.prefix, p.reference_id,
    (SELECT count(*) FROM current_decisions d WHERE d.pair_id = p.id)
FROM pairs p JOIN runs r ON r.id = p.run_id WHERE r.set_id = ? AND NOT EXISTS (
    SELECT 1 FROM replaced x WHERE x.response_id IN (p.candidate_response_id, p.baseline_response_id) AND x.from_turn <= p.turn
) ORDER BY p.id
"""

_JUDGMENTS = """
SELECT p.id, g.takes_reference, j.reference_id FROM judgments j JOIN pairs p ON p.id = j.pair_id JOIN runs r ON r.id = p.run_id
JOIN judges g ON g.id = j.judge_id WHERE r.set_id = ? AND j.superseded_by IS NULL AND j.purpose = 'verdict'
"""


class _Prefixes:
    """The hashes of texts and the ids of references up to each turn."""

    def __init__(self, store: Store, sides: Iterable[Mapping[int, Member]]) -> None:
        known = [one for side in sides for one in side.values()]
        texts = json.dumps(sorted({one.text_id for one in known}))
        references = json.dumps(sorted({one.reference_id for one in known if one.reference_id is not None}))
        chosen = "IN (SELECT value FROM json_each(?))"
        rows = store.rows(f"SELECT text_id, turn, prefix FROM text_prefixes WHERE text_id {chosen}", (texts,))
        self._texts = {(text_id, turn): prefix for text_id, turn, prefix in rows}
        sql = f"SELECT reference_id, turn, prefix_id FROM reference_prefixes WHERE reference_id {chosen}"
        self._references = {(number, turn): prefix for number, turn, prefix in store.rows(sql, (references,))}

    def reference(self, member: Member, turn: int) -> int | None:
        """Return the id of a member's reference up to a turn."""
        return None if member.reference_id is None else self._references.get((member.reference_id, turn))

    def fits(self, member: Member | None, turn: int, prefix: str, reference_id: int | None) -> bool:
        """Whether a pair is about a member's text, and compares with its reference where it compares with one."""
        if member is None or self._texts.get((member.text_id, turn)) != prefix:
            return False
        return reference_id is None or self.reference(member, turn) == reference_id


def effects(store: Store, set_id: int, before: int | None, after: int | None) -> VersionEffects:
    """Return what the change from one version to another did to the pairs that were current with the first.

    Numbers as in `diff`. Pairs whose answers were replaced are left out.
    """
    one, two = (_members_of(store, set_id, number) for number in (before, after))
    prefixes = _Prefixes(store, (one, two))
    judgments: dict[int, list[tuple[bool, int | None]]] = defaultdict(list)
    for pair_id, takes_reference, reference_id in store.rows(_JUDGMENTS, (set_id,)):
        judgments[pair_id].append((bool(takes_reference), reference_id))
    counts = {"stale": [0, 0, 0], "retired": [0, 0, 0], "stand": [0, 0, 0]}
    runs: dict[str, None] = {}
    for pair_id, run, example_id, turn, prefix, reference_id, decisions in store.rows(_PAIRS, (set_id,)):
        old, new = one.get(example_id), two.get(example_id)
        if old is None or not prefixes.fits(old, turn, prefix, reference_id):
            continue
        stands = prefixes.fits(new, turn, prefix, reference_id)
        where = "stand" if stands else "retired" if new is None else "stale"
        was = prefixes.reference(old, turn)
        made = [seen for seen in judgments[pair_id] if not seen[0] or seen[1] == was]
        lost = 0
        if stands and new is not None and (now_is := prefixes.reference(new, turn)) != was:
            lost = sum(takes and now_is != seen for takes, seen in made)
        for place, number in enumerate((1, len(made) - lost, decisions)):
            counts[where][place] += number
        counts["stale"][1] += lost
        if where != "stand" or lost:
            runs[run] = None
    stale, retired, stand = (EffectCounts(*counts[name]) for name in ("stale", "retired", "stand"))
    return VersionEffects(stale, retired, stand, tuple(runs))
