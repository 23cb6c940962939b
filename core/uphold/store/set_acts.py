"""Acts of curation: what somebody did to a set, listed and taken back as a whole.

The facts of an act carry its id. An undo is an act of its own: it writes facts that give everything the act changed the value
it had before, except what somebody has changed since.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from uphold.records.set_history import Act, ActKind, act_words
from uphold.store.database import Store, now


@dataclass(frozen=True, slots=True)
class OpenAct:
    """An act whose facts are being written; `reviewer_id` is that of the reviewer who acts."""

    id: int
    set_id: int
    reviewer_id: int | None
    at: str


def add_act(
    conn: sqlite3.Connection,
    set_id: int,
    kind: ActKind,
    reviewer_id: int | None,
    detail: Mapping[str, str | None] | None = None,
    target_id: int | None = None,
) -> OpenAct:
    """Insert an act within the caller's transaction; facts written with it are taken back with it."""
    at = now()
    values = (set_id, kind.value, reviewer_id, target_id, None if detail is None else json.dumps(dict(detail)), at)
    inserted = conn.execute(
        "INSERT INTO set_acts (set_id, kind, reviewer_id, target_id, detail, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        values,
    )
    return OpenAct(int(inserted.lastrowid or 0), set_id, reviewer_id, at)


def delete_act(conn: sqlite3.Connection, act: OpenAct) -> None:
    """Delete an act of the open transaction that turned out to change nothing."""
    conn.execute("DELETE FROM set_acts WHERE id = ?", (act.id,))


_ACTS = """
SELECT a.id, a.kind, r.name, a.created_at, coalesce(a.detail, '{}') FROM set_acts a
LEFT JOIN reviewers r ON r.id = a.reviewer_id
WHERE a.set_id = :set AND a.kind <> 'undo' AND (:reviewer IS NULL OR r.name = :reviewer)
AND NOT EXISTS (SELECT 1 FROM set_acts u WHERE u.target_id = a.id)
ORDER BY a.id DESC LIMIT :limit
"""

_KEYS = """
SELECT e.key FROM examples e WHERE e.id IN (
    SELECT example_id FROM example_events WHERE act_id = :act UNION SELECT example_id FROM tag_events WHERE act_id = :act
) ORDER BY e.id
"""


def standing_acts(store: Store, set_id: int, reviewer: str | None = None, limit: int = 20) -> list[Act]:
    """Return the acts on a set that were not taken back, the latest first; those of one reviewer where one is named."""
    values = {"set": set_id, "reviewer": reviewer, "limit": limit}
    return [_act(store, *row) for row in store.rows(_ACTS, values).fetchall()]


def _act(store: Store, number: int, kind: str, reviewer: str | None, at: str, detail: str) -> Act:
    keys = tuple(row[0] for row in store.rows(_KEYS, {"act": number}))
    found = ActKind(kind)
    return Act(number, found, reviewer, at, act_words(found, keys, json.loads(detail)), keys)


def act_detail(conn: sqlite3.Connection, act_id: int) -> dict[str, str | None]:
    """Return what is stored with an act itself."""
    (detail,) = conn.execute("SELECT coalesce(detail, '{}') FROM set_acts WHERE id = ?", (act_id,)).fetchone()
    found: dict[str, str | None] = json.loads(detail)
    return found


def write_setting(conn: sqlite3.Connection, act: OpenAct, kind: str, value: str | None) -> None:
    """Write one of a set's settings as part of an act; a value of None takes it away."""
    conn.execute(
        "INSERT INTO set_events (set_id, kind, value, reviewer_id, created_at, act_id) VALUES (?, ?, ?, ?, ?, ?)",
        (act.set_id, kind, value, act.reviewer_id, act.at, act.id),
    )


def undo_settings(conn: sqlite3.Connection, act: OpenAct, target_id: int) -> list[str]:
    """Give the settings that an act changed the values from before it; return sentences on those that were changed since."""
    left = []
    rows = conn.execute("SELECT id, kind FROM set_events WHERE act_id = ? ORDER BY id DESC", (target_id,)).fetchall()
    for number, kind in rows:
        sql = "SELECT value FROM set_events WHERE set_id = ? AND kind = ? AND id < ? ORDER BY id DESC LIMIT 1"
        before = conn.execute(sql, (act.set_id, kind, number)).fetchone()
        sql = (
            "SELECT r.name, v.created_at FROM set_events v LEFT JOIN reviewers r ON r.id = v.reviewer_id"
            " WHERE v.set_id = ? AND v.kind = ? AND v.id > ? AND v.act_id IS NOT ? ORDER BY v.id DESC LIMIT 1"
        )
        later = conn.execute(sql, (act.set_id, kind, number, act.id)).fetchone()
        if later is not None and not _is_undone_since(conn, act.set_id, kind, number):
            left.append(changed_since(f"{kind}", later[0], later[1]))
        else:
            write_setting(conn, act, kind, None if before is None else before[0])
    return left


def _is_undone_since(conn: sqlite3.Connection, set_id: int, kind: str, number: int) -> bool:
    """Whether a setting has the value again that an event gave it: what came later was taken back."""
    latest = conn.execute(
        "SELECT value FROM set_events WHERE set_id = ? AND kind = ? ORDER BY id DESC LIMIT 1", (set_id, kind)
    ).fetchone()
    own = conn.execute("SELECT value FROM set_events WHERE id = ?", (number,)).fetchone()
    return bool(latest == own)


def undo_proposals(conn: sqlite3.Connection, act: OpenAct, target_id: int) -> None:
    """Give the proposals that an act took, left or made the state from before it."""
    rows = conn.execute(
        "SELECT item_id, (SELECT b.state FROM pool_events b WHERE b.item_id = v.item_id AND b.id < v.id ORDER BY b.id DESC"
        " LIMIT 1) FROM pool_events v WHERE v.act_id = ? ORDER BY v.id DESC",
        (target_id,),
    ).fetchall()
    for item_id, before in rows:
        write_proposal_state(conn, act, item_id, before or "withdrawn")


def write_proposal_state(
    conn: sqlite3.Connection, act: OpenAct, item_id: int, state: str, example_id: int | None = None
) -> None:
    """Write what became of a proposal: taken (as which example), left, proposed again or withdrawn."""
    conn.execute(
        "INSERT INTO pool_events (item_id, state, act_id, created_at) VALUES (?, ?, ?, ?)",
        (item_id, state, act.id, act.at),
    )
    conn.execute("UPDATE pool_items SET state = ?, example_id = ? WHERE id = ?", (state, example_id, item_id))


def changed_since(what: str, by: str | None, at: str) -> str:
    """Return the sentence on something that stays as it is, since it was changed after the act that is taken back."""
    return f"{what} stays as it is: changed since, by {by or 'an import'} on {at[:10]}"


def keys_of(conn: sqlite3.Connection, example_ids: Sequence[int]) -> dict[int, str]:
    """Return the keys of some examples by id."""
    sql = "SELECT id, key FROM examples WHERE id IN (SELECT value FROM json_each(?))"
    return dict(conn.execute(sql, (json.dumps(list(example_ids)),)).fetchall())
