"""Perplexities of the reference answers under the systems of a set."""

import math
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from uphold.store.database import Store, now


@dataclass(frozen=True, slots=True)
class TextPerplexity:
    """Log probability of an example's reference tokens under a system, and how it was measured.

    `method` identifies model, template and scoring (column `how`); `logprob` is the sum over all reference tokens
    (natural logarithm); `seconds` is what the request took.
    """

    system_id: int
    text_id: int
    reference_id: int
    method: str
    endpoint: str
    model: str
    template: str
    logprob: float
    tokens: int
    seconds: float


@dataclass(frozen=True, slots=True)
class SystemPerplexity:
    """Perplexity of a set's reference answers under a system, and how it was measured.

    It is exp of the mean negative log probability per token, over all tokens of the `examples` that were measured, `of`
    the active examples with a reference.
    """

    system: str
    perplexity: float
    examples: int
    of: int
    tokens: int
    model: str
    endpoint: str
    at: str


def add_perplexity(conn: sqlite3.Connection, measured: TextPerplexity) -> None:
    """Store a measurement, overwriting an earlier one of the same system, text, reference and method."""
    conn.execute(
        "INSERT INTO perplexities (system_id, text_id, reference_id, how, endpoint, model, template,"
        " logprob, tokens, perplexity, seconds,"
        " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET logprob = excluded.logprob,"
        " tokens = excluded.tokens, perplexity = excluded.perplexity, seconds = excluded.seconds,"
        " created_at = excluded.created_at,"
        " endpoint = excluded.endpoint",
        (
            measured.system_id,
            measured.text_id,
            measured.reference_id,
            measured.method,
            measured.endpoint,
            measured.model,
            measured.template,
            measured.logprob,
            measured.tokens,
            perplexity(measured.logprob, measured.tokens),
            measured.seconds,
            now(),
        ),
    )


def perplexity(logprob: float, tokens: int) -> float:
    """Return exp(-logprob / tokens), capped at exp(700)."""
    # A float overflows at about exp(709).
    return math.exp(min(-logprob / tokens, 700.0))


def measured_texts(store: Store, system: str, method: str) -> set[tuple[int, int]]:
    """Return (text id, reference id) of what has been measured under a system with a method."""
    rows = store.rows(
        "SELECT p.text_id, p.reference_id FROM perplexities p JOIN systems s ON s.id = p.system_id"
        " WHERE s.name = ? AND p.how = ?",
        (system, method),
    )
    return {(row[0], row[1]) for row in rows}


def perplexities_of(store: Store, set_id: int, systems: Sequence[str] | None = None) -> list[SystemPerplexity]:
    """Return the perplexities on the set's active examples, one per system, of its latest method; all systems if None."""
    (of,) = store.one(
        "SELECT count(*) FROM examples WHERE set_id = ? AND status = 'active' AND reference_id IS NOT NULL", (set_id,)
    )
    rows = store.rows(
        """
        SELECT s.name, sum(p.logprob), count(*), sum(p.tokens), p.model, p.endpoint, max(p.created_at)
        FROM examples e JOIN perplexities p ON p.text_id = e.text_id AND p.reference_id = e.reference_id
        JOIN systems s ON s.id = p.system_id
        WHERE e.set_id = ? AND e.status = 'active' GROUP BY s.id, p.how ORDER BY s.name, max(p.created_at)
        """,
        (set_id,),
    ).fetchall()
    latest = {
        name: SystemPerplexity(name, perplexity(logprob, tokens), examples, of, tokens, model, endpoint, at)
        for name, logprob, examples, tokens, model, endpoint, at in rows
    }
    return [found for name, found in latest.items() if systems is None or name in systems]
