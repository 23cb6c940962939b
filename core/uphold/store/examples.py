"""Examples of a set: finding, adding and changing them, each change a fact of an act; and taking an act's changes back."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from uphold.errors import BadUsage
from uphold.records.set_history import (
    ExampleEvent,
    ExampleState,
    earlier_state,
    example_state,
    status_before_retirement,
)
from uphold.records.sets import Example, ExampleStatus, NewExample, PairUse, fitted_references
from uphold.records.texts import ExampleText, canonical, cells_forms, default_key
from uphold.store.database import Store, first_values
from uphold.store.outcomes import write_example_verdicts
from uphold.store.set_acts import OpenAct, changed_since, keys_of

_EXAMPLES = """
SELECT e.id, e.key, e.status, e.text_id, e.reference_id, t.turns, t.context, r.turns,
    (SELECT json_group_array(tag) FROM (SELECT tag FROM tags WHERE example_id = e.id ORDER BY tag))
FROM examples e JOIN texts t ON t.id = e.text_id LEFT JOIN reference_texts r ON r.id = e.reference_id
WHERE e.set_id = :set AND {} ORDER BY e.id
"""

_NOT_WITHDRAWN = "e.id NOT IN (SELECT example_id FROM withdrawn_examples)"


def all_examples(store: Store, set_id: int, *, withdrawn: bool = False) -> Iterator[Example]:
    """Yield every example of a set with its tags, in the order they were added.

    With `withdrawn` also those whose addition was undone.
    """
    return map(_example, store.rows(_EXAMPLES.format("true" if withdrawn else _NOT_WITHDRAWN), {"set": set_id}))


def kept_examples(store: Store, set_id: int) -> tuple[int, Iterator[Example]]:
    """Return how many examples of a set are not forgotten, and an iterator over them in the order they were added."""
    forgotten = forgotten_ids(store, set_id)
    (known,) = store.one(f"SELECT count(*) FROM examples e WHERE e.set_id = ? AND {_NOT_WITHDRAWN}", (set_id,))
    lost = sum(example.id in forgotten for example in all_examples(store, set_id)) if forgotten else 0
    return known - lost, (example for example in all_examples(store, set_id) if example.id not in forgotten)


def find_examples(store: Store, set_id: int, keys: Sequence[str]) -> list[Example]:
    """Return the examples with these keys, in the order of the keys, each once.

    Raises BadUsage, naming the first, where the set has none of that key.
    """
    chosen = f"e.key IN (SELECT value FROM json_each(:keys)) AND {_NOT_WITHDRAWN}"
    rows = store.rows(_EXAMPLES.format(chosen), {"set": set_id, "keys": json.dumps(list(keys))})
    found = {example.key: example for example in map(_example, rows)}
    for key in keys:
        if key not in found:
            raise BadUsage(_no_example(store, set_id, key))
    return [found[key] for key in dict.fromkeys(keys)]


def find_example(store: Store, set_id: int, key: str) -> Example:
    """Return the example with this key; raises BadUsage, with keys that are like it, where there is none."""
    return find_examples(store, set_id, [key])[0]


def _example(row: Sequence[object]) -> Example:
    number, key, status, text_id, reference_id, turns, context, references, tags = row
    read = tuple(json.loads(str(turns)))
    known = tuple(json.loads(str(references))) if references is not None else ()
    text = ExampleText(read, None if context is None else str(context), fitted_references(known, len(read)))
    return Example(
        int(str(number)),
        str(key),
        ExampleStatus(str(status)),
        int(str(text_id)),
        None if reference_id is None else int(str(reference_id)),
        text,
        tuple(json.loads(str(tags))),
    )


def _no_example(store: Store, set_id: int, key: str) -> str:
    from difflib import get_close_matches  # only a wrong key needs it

    (name,) = store.one("SELECT name FROM sets WHERE id = ?", (set_id,))
    keys = [row[0] for row in store.rows("SELECT key FROM examples WHERE set_id = ? ORDER BY id LIMIT 5000", (set_id,))]
    alike = ", ".join(map(repr, get_close_matches(key, keys, 3)))
    hint = f"; did you mean {alike}?" if alike else "; `uphold set list SET` lists them"
    return f"the set {name!r} has no example {key!r}{hint}"


def key_state(conn: sqlite3.Connection, set_id: int, key: str) -> tuple[int, bool] | None:
    """Return (id, whether its addition was undone) of the example with a key; None where there is none."""
    row = conn.execute(
        "SELECT id, id IN (SELECT example_id FROM withdrawn_examples) FROM examples WHERE set_id = ? AND key = ?",
        (set_id, key),
    ).fetchone()
    return None if row is None else (int(row[0]), bool(row[1]))


def is_withdrawn(conn: sqlite3.Connection, example: Example) -> bool:
    """Whether the addition of an example was undone."""
    sql = "SELECT 1 FROM withdrawn_examples WHERE example_id = ?"
    return conn.execute(sql, (example.id,)).fetchone() is not None


def find_or_add_text(conn: sqlite3.Connection, text: ExampleText) -> int:
    """Return the id of a text, added with the hashes up to each of its turns where it is new."""
    inserted = conn.execute(
        "INSERT OR IGNORE INTO texts (hash, turns, context) VALUES (?, ?, ?)",
        (text.hash, canonical(text.turns), text.context),
    )
    (number,) = conn.execute("SELECT id FROM texts WHERE hash = ?", (text.hash,)).fetchone()
    if inserted.rowcount:
        conn.executemany(
            "INSERT INTO text_prefixes (text_id, turn, prefix) VALUES (?, ?, ?)",
            [(number, turn, text.prefix(turn)) for turn in range(1, len(text.turns) + 1)],
        )
    return int(number)


def find_or_add_reference(conn: sqlite3.Connection, references: Sequence[str | None]) -> int | None:
    """Return the id of references, one a turn, added with those up to each turn; None where all of them are lacking."""
    ids: list[int | None] = []
    if all(one is None for one in references):
        return None
    for turn, digest in enumerate(cells_forms(tuple(references))[1], 1):
        upto = tuple(references[:turn])
        if all(one is None for one in upto):
            ids.append(None)
            continue
        inserted = conn.execute(
            "INSERT OR IGNORE INTO reference_texts (hash, turns) VALUES (?, ?)", (digest, canonical(upto))
        )
        (number,) = conn.execute("SELECT id FROM reference_texts WHERE hash = ?", (digest,)).fetchone()
        ids.append(int(number))
        if inserted.rowcount:
            conn.executemany(
                "INSERT INTO reference_prefixes (reference_id, turn, prefix_id) VALUES (?, ?, ?)",
                [(number, earlier, prefix) for earlier, prefix in enumerate(ids, 1) if prefix is not None],
            )
    return ids[-1]


_EVENT = (
    "INSERT INTO example_events (example_id, kind, text_id, reference_id, reviewer_id, reason, target_id, created_at, act_id)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def _write_event(
    conn: sqlite3.Connection,
    act: OpenAct,
    example_id: int,
    kind: str,
    text: tuple[int | None, int | None] = (None, None),
    reason: str | None = None,
    target_id: int | None = None,
) -> None:
    conn.execute(_EVENT, (example_id, kind, *text, act.reviewer_id, reason, target_id, act.at, act.id))


def add_example(conn: sqlite3.Connection, act: OpenAct, new: NewExample) -> tuple[int, str]:
    """Add an example; return its id and key.

    One whose addition was taken back is added again. Raises BadUsage where the set has an example of that key.
    """
    key = new.key if new.key is not None else default_key(new.text)
    text_id, reference_id = find_or_add_text(conn, new.text), find_or_add_reference(conn, new.text.references)
    known = key_state(conn, act.set_id, key)
    if known is not None and not known[1]:
        raise BadUsage(f"the set has an example {key!r} already; give the new one another key")
    status = new.status.value
    if known is None:
        inserted = conn.execute(
            "INSERT INTO examples (set_id, key, text_id, reference_id, status) VALUES (?, ?, ?, ?, ?)",
            (act.set_id, key, text_id, reference_id, status),
        )
        number = int(inserted.lastrowid or 0)
    else:
        number = known[0]
        _write_present(conn, number, ExampleState(text_id, reference_id, new.status))
    _write_event(conn, act, number, "added", (text_id, reference_id), new.reason)
    if new.status is not ExampleStatus.ACTIVE:
        _write_event(conn, act, number, _STATUS_EVENTS[new.status])
    write_tags(conn, act, [number], add=new.tags)
    if known is not None:
        write_example_verdicts(conn, [number])
    return number, key


_STATUS_EVENTS = {
    ExampleStatus.DRAFT: "drafted",
    ExampleStatus.ACTIVE: "activated",
    ExampleStatus.RETIRED: "retired",
}


def write_text(conn: sqlite3.Connection, act: OpenAct, example: Example, text: ExampleText) -> bool:
    """Give an example another text and references; return whether anything changed.

    What was judged and decided on the old text stays in the file, and is current again when that comes back.
    """
    text_id, reference_id = find_or_add_text(conn, text), find_or_add_reference(conn, text.references)
    if (text_id, reference_id) == (example.text_id, example.reference_id):
        return False
    if text_id == example.text_id:
        _write_event(conn, act, example.id, "referenced", (None, reference_id))
    else:
        _write_event(conn, act, example.id, "edited", (text_id, reference_id))
    _write_present(conn, example.id, ExampleState(text_id, reference_id, example.status))
    if reference_id != example.reference_id:
        write_example_verdicts(conn, [example.id])
    return True


def write_status(
    conn: sqlite3.Connection,
    act: OpenAct,
    examples: Iterable[Example],
    status: ExampleStatus,
    reason: str | None = None,
) -> list[str]:
    """Give examples a status; return the keys of those that had another one."""
    changed = [example for example in examples if example.status is not status]
    for example in changed:
        _write_event(conn, act, example.id, _STATUS_EVENTS[status], reason=reason)
    sql = "UPDATE examples SET status = ? WHERE id = ?"
    conn.executemany(sql, [(status.value, example.id) for example in changed])
    return [example.key for example in changed]


def restore(conn: sqlite3.Connection, act: OpenAct, examples: Iterable[Example]) -> list[str]:
    """Give retired examples the status back that they had before; return their keys."""
    retired = [example for example in examples if example.status is ExampleStatus.RETIRED]
    events = read_events(conn, [example.id for example in retired])
    keys: list[str] = []
    for example in retired:
        keys += write_status(conn, act, [example], status_before_retirement(events[example.id]))
    return keys


def write_tags(
    conn: sqlite3.Connection,
    act: OpenAct,
    example_ids: Iterable[int],
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
) -> list[int]:
    """Set and take tags; return the ids of the examples whose tags changed."""
    changed: dict[int, None] = {}
    for kind, tags in (("added", add), ("removed", remove)):
        for example_id in example_ids:
            for tag in dict.fromkeys(tags):
                if _write_tag(conn, act, example_id, tag, kind):
                    changed[example_id] = None
    return list(changed)


def _write_tag(conn: sqlite3.Connection, act: OpenAct, example_id: int, tag: str, kind: str) -> bool:
    sql = {
        "added": "INSERT OR IGNORE INTO tags (example_id, tag) VALUES (?, ?)",
        "removed": "DELETE FROM tags WHERE example_id = ? AND tag = ?",
    }[kind]
    if not conn.execute(sql, (example_id, tag)).rowcount:
        return False
    conn.execute(
        "INSERT INTO tag_events (example_id, tag, kind, reviewer_id, created_at, act_id) VALUES (?, ?, ?, ?, ?, ?)",
        (example_id, tag, kind, act.reviewer_id, act.at, act.id),
    )
    return True


def _write_present(conn: sqlite3.Connection, example_id: int, state: ExampleState) -> None:
    conn.execute(
        "UPDATE examples SET text_id = ?, reference_id = ?, status = ? WHERE id = ?",
        (state.text_id, state.reference_id, state.status.value, example_id),
    )


# Taking an act back.

_EVENTS = """
SELECT v.example_id, v.id, v.kind, v.text_id, v.reference_id, t.kind, v.act_id
FROM example_events v LEFT JOIN example_events t ON t.id = v.target_id
WHERE v.example_id IN (SELECT value FROM json_each(?)) ORDER BY v.example_id, v.id
"""


def read_events(conn: sqlite3.Connection, example_ids: Sequence[int]) -> dict[int, list[ExampleEvent]]:
    """Return the facts about some examples, oldest first."""
    found: dict[int, list[ExampleEvent]] = {number: [] for number in example_ids}
    for example_id, *event, _ in conn.execute(_EVENTS, (json.dumps(list(example_ids)),)):
        found[example_id].append(ExampleEvent(*event))
    return found


def undo_examples(conn: sqlite3.Connection, act: OpenAct, target_id: int) -> list[str]:
    """Give the examples that an act changed their text, reference and status from before it, where nobody changed them since.

    Returns sentences on what was changed since and stays.
    """
    own: dict[int, list[int]] = defaultdict(list)
    rows = conn.execute("SELECT example_id, id FROM example_events WHERE act_id = ? ORDER BY id", (target_id,))
    for example_id, number in rows.fetchall():
        own[example_id].append(number)
    events, keys = read_events(conn, list(own)), keys_of(conn, list(own))
    left, mended = [], []
    for example_id, numbers in own.items():
        known = events[example_id]
        before = example_state(event for event in known if event.id < numbers[0])
        after = example_state(event for event in known if event.id <= numbers[-1])
        present = example_state(known)
        goal, is_whole = earlier_state(before, after, present)
        if not is_whole:
            left.append(_changed_since(conn, keys[example_id], example_id, numbers[-1]))
        if goal != present:
            _go_to(conn, act, example_id, present, goal, numbers[0])
            mended.append(example_id)
    write_example_verdicts(conn, mended)
    return left


def _go_to(
    conn: sqlite3.Connection, act: OpenAct, example_id: int, present: ExampleState, goal: ExampleState, target_id: int
) -> None:
    """Write the facts that lead from the present state of an example to another; `target_id` is the event taken back."""
    if goal.text_id is None:
        _write_event(conn, act, example_id, "retired", target_id=target_id)
        conn.execute("UPDATE examples SET status = 'retired' WHERE id = ?", (example_id,))
        return
    if goal.text_id != present.text_id:
        _write_event(conn, act, example_id, "edited", (goal.text_id, goal.reference_id), target_id=target_id)
    elif goal.reference_id != present.reference_id:
        _write_event(conn, act, example_id, "referenced", (None, goal.reference_id), target_id=target_id)
    if goal.status is not present.status:
        _write_event(conn, act, example_id, _STATUS_EVENTS[goal.status], target_id=target_id)
    _write_present(conn, example_id, goal)


def _changed_since(conn: sqlite3.Connection, key: str, example_id: int, number: int) -> str:
    row = conn.execute(
        "SELECT r.name, v.created_at FROM example_events v LEFT JOIN reviewers r ON r.id = v.reviewer_id"
        " WHERE v.example_id = ? AND v.id > ? ORDER BY v.target_id IS NULL DESC, v.id DESC LIMIT 1",
        (example_id, number),
    ).fetchone()
    return changed_since(key, row[0], row[1])


def undo_tags(conn: sqlite3.Connection, act: OpenAct, target_id: int) -> None:
    """Set the tags again that an act took, and take those that it set."""
    rows = conn.execute("SELECT example_id, tag, kind FROM tag_events WHERE act_id = ? ORDER BY id DESC", (target_id,))
    for example_id, tag, kind in rows.fetchall():
        _write_tag(conn, act, example_id, tag, "removed" if kind == "added" else "added")


# What rests on an example.

_USES = """
SELECT p.id, p.run_id, p.turn, p.prefix, f.hash,
    (SELECT count(*) FROM current_decisions d WHERE d.pair_id = p.id)
FROM current_pairs p LEFT JOIN reference_texts f ON f.id = p.reference_id WHERE p.example_id = ?
"""

_SEEN = """
SELECT v.judge_id, g.takes_reference, r.hash FROM verdicts v JOIN judges g ON g.id = v.judge_id
JOIN judgments j ON j.pair_id = v.pair_id AND j.judge_id = v.judge_id AND j.superseded_by IS NULL AND j.purpose = 'verdict'
LEFT JOIN reference_texts r ON r.id = j.reference_id WHERE v.pair_id = ? AND v.verdict <> 'pending'
"""


def pair_uses(store: Store, example_id: int) -> list[PairUse]:
    """Return the current pairs of an example with what rests on them, for `records.sets.stale_counts`."""
    found = []
    for pair_id, run_id, turn, prefix, reference, decisions in store.rows(_USES, (example_id,)).fetchall():
        seen: dict[int, list[str | None]] = {}
        for judge_id, takes_reference, digest in store.rows(_SEEN, (pair_id,)):
            seen.setdefault(judge_id, []).extend([digest] if takes_reference else [])
        verdicts = tuple(tuple(one) for one in seen.values())
        found.append(PairUse(run_id, turn, prefix, reference, verdicts, decisions))
    return found


def example_keys(store: Store, set_id: int) -> list[str]:
    """Return every key of a set in the order of the examples, also of those whose addition was undone."""
    return [row[0] for row in store.rows("SELECT key FROM examples WHERE set_id = ? ORDER BY id", (set_id,))]


def forgotten_ids(store: Store, set_id: int) -> set[int]:
    """Return the ids of the examples whose present text was forgotten."""
    sql = "SELECT e.id FROM examples e JOIN forgotten_texts f ON f.text_id = e.text_id WHERE e.set_id = ?"
    return first_values(store, sql, (set_id,))
