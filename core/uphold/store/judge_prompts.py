"""Versions of what a judge is asked about a set: kept, and never changed."""

import json
import sqlite3
from collections.abc import Collection
from dataclasses import replace

from uphold.errors import BadDatabase
from uphold.records.judge_clauses import Clause, JudgePrompt, NamedPair, PromptVersion, parse_prompt
from uphold.records.texts import canonical
from uphold.store.database import Store, now


def add_version(
    conn: sqlite3.Connection, set_id: int, name: str, prompt: JudgePrompt, judge_id: int, reviewer_id: int
) -> int:
    """Keep the next version of a judge for a set, made from the latest one; return its number, from 1."""
    row = conn.execute(
        "SELECT id, number FROM judge_prompts WHERE set_id = ? AND name = ? ORDER BY number DESC LIMIT 1",
        (set_id, name),
    ).fetchone()
    parent_id, number = (None, 1) if row is None else (row[0], row[1] + 1)
    conn.execute(
        "INSERT INTO judge_prompts (set_id, name, number, hash, text, parent_id, judge_id, reviewer_id, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (set_id, name, number, prompt.hash, prompt.text, parent_id, judge_id, reviewer_id, now()),
    )
    return number


_VERSIONS = """
SELECT q.id, q.name, q.number, q.text, q.judge_id, g.version, p.number, w.name, q.created_at
FROM judge_prompts q JOIN judges g ON g.id = q.judge_id LEFT JOIN judge_prompts p ON p.id = q.parent_id
LEFT JOIN reviewers w ON w.id = q.reviewer_id WHERE :set IS NULL OR q.set_id = :set ORDER BY q.id
"""


def prompt_versions(store: Store, set_id: int | None = None) -> list[PromptVersion]:
    """Return the versions kept for a set, or for all sets, of all judges, the oldest first."""
    return [
        PromptVersion(number, name, version, parse_prompt(text), *rest)
        for number, name, version, text, *rest in store.rows(_VERSIONS, {"set": set_id})
    ]


# Forgetting.


def blank_pairs(conn: sqlite3.Connection, pair_ids: Collection[int], instructions: Collection[str]) -> None:
    """Blank what kept versions and judges hold of pairs that are forgotten, within the open transaction.

    These are why a pair is shown, notes that became clauses, where every pair they were given on is forgotten, and the examples
    in a judge's definition with one of the `instructions`. Hashes stay. Raises BadDatabase for a definition that uphold cannot
    have written.
    """
    places, notes = _places(conn, pair_ids), set()
    for number, text in conn.execute("SELECT id, text FROM judge_prompts").fetchall():
        prompt = parse_prompt(text)
        blank = replace(
            prompt,
            clauses=tuple(_without_note(clause, places) for clause in prompt.clauses),
            shown=tuple(replace(one, reason="") if one.pair_id in pair_ids else one for one in prompt.shown),
        )
        pairs = zip(prompt.clauses, blank.clauses, strict=True)
        notes |= {clause.text for clause, without in pairs if clause.text != without.text}
        if blank != prompt:
            conn.execute("UPDATE judge_prompts SET text = ? WHERE id = ?", (blank.text, number))
    _blank_definitions(conn, instructions, notes)


def _blank_definitions(conn: sqlite3.Connection, instructions: Collection[str], notes: Collection[str]) -> None:
    """Blank examples with one of the instructions, and lines of rubrics that are one of the notes, in judges' definitions."""
    sql = "SELECT id, definition FROM judges WHERE kind = 'llm'"
    for number, definition in conn.execute(sql).fetchall():
        fields = json.loads(definition)
        try:
            found = _blanked(fields, instructions, notes)
        except (ValueError, TypeError, AttributeError, RecursionError):
            raise BadDatabase(
                f"the definition in the table judges, row {number}, is not one that uphold writes"
            ) from None
        if found != fields:
            conn.execute("UPDATE judges SET definition = ? WHERE id = ?", (canonical(found), number))


def _blanked(fields: dict[str, str], instructions: Collection[str], notes: Collection[str]) -> dict[str, str]:
    found = dict(fields)
    if "examples" in fields:
        examples = json.loads(fields["examples"])
        kept = [one if one.get("instruction") not in instructions else dict.fromkeys(one, "") for one in examples]
        found["examples"] = canonical(kept)
    if "rubric" in fields:
        found["rubric"] = "\n".join("" if line in notes else line for line in fields["rubric"].split("\n"))
    return found


def _without_note(clause: Clause, places: Collection[NamedPair]) -> Clause:
    """Return a clause without its reason, and without its text where that is the reason, if nothing else gave it."""
    if not clause.pairs or not all(pair in places for pair in clause.pairs):
        return clause
    is_note = clause.text == " ".join(clause.reason.split())
    return replace(clause, reason="", text="" if is_note else clause.text)


def _places(conn: sqlite3.Connection, pair_ids: Collection[int]) -> set[NamedPair]:
    sql = (
        "SELECT r.name, e.key, p.turn FROM pairs p JOIN runs r ON r.id = p.run_id JOIN examples e ON e.id = p.example_id"
        " WHERE p.id IN (SELECT value FROM json_each(?))"
    )
    return {NamedPair(*row) for row in conn.execute(sql, (json.dumps(list(pair_ids)),))}
