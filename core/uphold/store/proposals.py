"""Proposals from pools: writing and listing them, and what became of each."""

import json
import sqlite3
from collections.abc import Sequence

from uphold.errors import BadUsage
from uphold.records.proposals import NearExample, NewProposal, Proposal, ProposalState
from uphold.records.texts import ExampleText, canonical
from uphold.store.database import Store
from uphold.store.set_acts import OpenAct, write_proposal_state
from uphold.store.sets import read_text

_ITEMS = """
SELECT i.id, i.key, i.state, i.source, i.line, i.turns, i.context, i.reference, i.tags, i.reason, i.answers,
    e.key, i.likeness, t.turns, t.context, r.turns, (SELECT json_group_array(tag) FROM tags g WHERE g.example_id = e.id)
FROM pool_items i LEFT JOIN examples e ON e.id = i.near_example_id LEFT JOIN texts t ON t.id = e.text_id
LEFT JOIN reference_texts r ON r.id = e.reference_id
WHERE i.set_id = :set AND {} ORDER BY i.id
"""


def waiting_proposals(store: Store, set_id: int) -> list[Proposal]:
    """Return the proposals that nobody has taken or left, in the order in which they were made."""
    rows = store.rows(_ITEMS.format("i.state = 'proposed'"), {"set": set_id})
    return [_proposal(row) for row in rows]


def find_proposals(store: Store, set_id: int, keys: Sequence[str]) -> list[Proposal]:
    """Return the waiting proposals with these keys, each once. Raises BadUsage, saying what became of it, for another key."""
    chosen = "i.key IN (SELECT value FROM json_each(:keys))"
    found: dict[str, Proposal] = {}
    for row in store.rows(_ITEMS.format(chosen), {"set": set_id, "keys": json.dumps(list(keys))}):
        proposal = _proposal(row)
        if proposal.key not in found or proposal.state is ProposalState.PROPOSED:
            found[proposal.key] = proposal
    for key in keys:
        known = found.get(key)
        if known is None:
            raise BadUsage(f"nothing with the key {key!r} is proposed; `uphold set propose SET` lists what is")
        if known.state is not ProposalState.PROPOSED:
            raise BadUsage(f"the proposal {key!r} is {known.state.value} already; `uphold set undo` takes that back")
    return [found[key] for key in dict.fromkeys(keys)]


def known_hashes(store: Store, set_id: int) -> set[str]:
    """Return the hashes of all texts that are or were in the set, and of those that were proposed and not withdrawn."""
    rows = store.rows(
        "SELECT t.hash FROM examples e JOIN texts t ON t.id = e.text_id WHERE e.set_id = :set"
        " AND e.id NOT IN (SELECT example_id FROM withdrawn_examples)"
        " UNION SELECT hash FROM pool_items WHERE set_id = :set AND state <> 'withdrawn'",
        {"set": set_id},
    )
    return {row[0] for row in rows}


def proposal_keys(store: Store, set_id: int) -> set[str]:
    """Return the keys of all proposals that were not withdrawn."""
    sql = "SELECT key FROM pool_items WHERE set_id = ? AND state <> 'withdrawn' AND key IS NOT NULL"
    return {row[0] for row in store.rows(sql, (set_id,))}


def present_keys(store: Store, set_id: int, keys: Sequence[str]) -> set[str]:
    """Return those of some keys that examples of a set have, without those whose addition was undone."""
    rows = store.rows(
        "SELECT key FROM examples WHERE set_id = :set AND key IN (SELECT value FROM json_each(:keys))"
        " AND id NOT IN (SELECT example_id FROM withdrawn_examples)",
        {"set": set_id, "keys": json.dumps(list(keys))},
    )
    return {row[0] for row in rows}


def answered_texts(store: Store, set_id: int) -> list[ExampleText]:
    """Return the texts of proposals that wait or were left: what is like them is not proposed again."""
    sql = "SELECT turns, context FROM pool_items WHERE set_id = ? AND state IN ('proposed', 'left') ORDER BY id"
    return [read_text(turns, context, None) for turns, context in store.rows(sql, (set_id,))]


def taken_since_version(store: Store, set_id: int) -> set[int]:
    """Return the ids of the examples that were made of proposals since the latest version of the set, or ever without one."""
    rows = store.rows(
        "SELECT i.example_id FROM pool_items i WHERE i.set_id = :set AND i.state = 'taken' AND i.example_id IS NOT NULL"
        " AND i.example_id NOT IN (SELECT m.example_id FROM set_members m WHERE m.version_id ="
        " (SELECT id FROM set_versions WHERE set_id = :set ORDER BY number DESC LIMIT 1))",
        {"set": set_id},
    )
    return {row[0] for row in rows}


def add_proposals(conn: sqlite3.Connection, act: OpenAct, new: Sequence[NewProposal]) -> int:
    """Write proposals as part of an act; a text that was proposed meanwhile is left out. Returns how many were written."""
    written = 0
    for one in new:
        near = conn.execute(
            "SELECT id FROM examples WHERE set_id = ? AND key = ?", (act.set_id, one.near) if one.near else (0, "")
        ).fetchone()
        row = conn.execute(
            "INSERT INTO pool_items (set_id, source, line, hash, key, state, reason, near_example_id, likeness, created_at,"
            " tags, turns, context, reference, answers) VALUES (?, ?, ?, ?, ?, 'proposed', ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (set_id, hash) DO UPDATE SET source = excluded.source, line = excluded.line, key = excluded.key,"
            " reason = excluded.reason, near_example_id = excluded.near_example_id, likeness = excluded.likeness,"
            " tags = excluded.tags, reference = excluded.reference, answers = excluded.answers"
            " WHERE state = 'withdrawn' RETURNING id",
            (
                act.set_id,
                one.source,
                one.line,
                one.text.hash,
                one.key,
                "\n".join(one.reasons),
                None if near is None else near[0],
                one.likeness,
                act.at,
                canonical(list(one.tags)),
                canonical(list(one.text.turns)),
                one.text.context,
                canonical(list(one.text.references)) if any(one.text.references) else None,
                canonical({system: list(cells) for system, cells in one.answers.items()}),
            ),
        ).fetchone()
        if row is not None:
            write_proposal_state(conn, act, int(row[0]), ProposalState.PROPOSED.value)
            written += 1
    return written


def _proposal(row: Sequence[object]) -> Proposal:
    number, key, state, source, line, turns, context, reference, tags, reason, answers, *near = row
    near_key, likeness, near_turns, near_context, near_reference, near_tags = near
    logged = json.loads(str(answers))
    return Proposal(
        int(str(number)),
        str(key),
        ProposalState(str(state)),
        str(source),
        None if line is None else int(str(line)),
        _text(turns, context, reference),
        tuple(json.loads(str(tags))),
        tuple(str(reason).split("\n")),
        None
        if near_key is None
        else NearExample(
            str(near_key),
            float(str(likeness or 0)),
            _text(near_turns, near_context, near_reference),
            tuple(sorted(json.loads(str(near_tags)))),
        ),
        {str(system): tuple(cells) for system, cells in logged.items()},
    )


def _text(turns: object, context: object, references: object) -> ExampleText:
    return read_text(
        str(turns), None if context is None else str(context), None if references is None else str(references)
    )
