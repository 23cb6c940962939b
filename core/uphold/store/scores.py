"""How likely systems find the reference answers."""

import math
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from uphold.store.database import Store, now


@dataclass(frozen=True, slots=True)
class SystemPerplexity:
    """The perplexity of a set's reference answers under a system, and where it came from.

    exp of the mean negative log probability of a token, over all tokens of `examples` of `of` active examples with a
    reference.
    """

    system: str
    perplexity: float
    examples: int
    of: int
    tokens: int
    model: str
    endpoint: str
    at: str


def add_perplexity(
    conn: sqlite3.Connection,
    system_id: int,
    text_id: int,
    how: str,
    endpoint: str,
    model: str,
    template: str,
    logprob: float,
    tokens: int,
    seconds: float,
) -> None:
    """Keep what was measured; measured again, it takes the old one's place."""
    conn.execute(
        "INSERT INTO perplexities (system_id, text_id, how, endpoint, model, template, logprob, tokens, perplexity, seconds,"
        " at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET logprob = excluded.logprob,"
        " tokens = excluded.tokens, perplexity = excluded.perplexity, seconds = excluded.seconds, at = excluded.at,"
        " endpoint = excluded.endpoint",
        (
            system_id,
            text_id,
            how,
            endpoint,
            model,
            template,
            logprob,
            tokens,
            perplexity(logprob, tokens),
            seconds,
            now(),
        ),
    )


def perplexity(logprob: float, tokens: int) -> float:
    """exp(-logprob / tokens); the largest number there is where that is more."""
    return math.exp(min(-logprob / tokens, 700.0))


def measured(store: Store, system: str, how: str) -> set[int]:
    """The texts that have been measured in this way."""
    rows = store.rows(
        "SELECT p.text_id FROM perplexities p JOIN systems s ON s.id = p.system_id WHERE s.name = ? AND p.how = ?",
        (system, how),
    )
    return {row[0] for row in rows}


def perplexities_of(store: Store, set_id: int, systems: Sequence[str] | None = None) -> list[SystemPerplexity]:
    """One for each system (of these, or all) that has been measured on the set's active examples, in its latest way."""
    (of,) = store.one(
        "SELECT count(*) FROM examples e JOIN texts t ON t.id = e.text_id WHERE e.set_id = ? AND e.status = 'active'"
        ' AND EXISTS (SELECT 1 FROM json_each(t."references") WHERE value IS NOT NULL)',
        (set_id,),
    )
    rows = store.rows(
        """
        SELECT s.name, sum(p.logprob), count(*), sum(p.tokens), p.model, p.endpoint, max(p.at)
        FROM examples e JOIN perplexities p ON p.text_id = e.text_id JOIN systems s ON s.id = p.system_id
        WHERE e.set_id = ? AND e.status = 'active' GROUP BY s.id, p.how ORDER BY s.name, max(p.at)
        """,
        (set_id,),
    ).fetchall()
    latest = {
        name: SystemPerplexity(name, perplexity(logprob, tokens), examples, of, tokens, model, endpoint, at)
        for name, logprob, examples, tokens, model, endpoint, at in rows
    }
    return [found for name, found in latest.items() if systems is None or name in systems]
