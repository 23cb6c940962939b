"""Versions of what a judge is asked about a set: kept, and never changed."""

import sqlite3

from uphold.records.judge_clauses import JudgePrompt, PromptVersion, parse_prompt
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
