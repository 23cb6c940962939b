"""The forms of request that model servers take, as their refusals have taught."""

import sqlite3
from datetime import UTC, datetime, timedelta

from uphold.store.database import Store, now

_LASTS = timedelta(days=1)
"""How long a learnt form is used: then the server may have learnt something, and is asked in full again."""


def learnt_form(store: Store, kind: str, address: str, model: str) -> str | None:
    """Return the form of requests learnt within the last day, as JSON; None if there is none."""
    row = store.one(
        "SELECT request_form, learnt_at FROM model_servers WHERE kind = ? AND address = ? AND model = ?",
        (kind, address, model),
    )
    if row is None:
        return None
    form, learnt_at = row
    recent = datetime.fromisoformat(learnt_at) > datetime.now(UTC) - _LASTS
    return str(form) if recent else None


def keep_form(conn: sqlite3.Connection, kind: str, address: str, model: str, form: str) -> None:
    """Keep the form of requests that a server has taught."""
    conn.execute(
        "INSERT INTO model_servers VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET request_form = excluded.request_form, learnt_at = excluded.learnt_at",
        (kind, address, model, form, now()),
    )
