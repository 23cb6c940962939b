"""Files of the `pairs` format brought into a store, and what the store then holds."""

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from uphold.records.rows import ImportSummary
from uphold.store.database import Store
from uphold.workflows.importing import ImportRequest, import_files

DATA = Path(__file__).parents[3] / "shared" / "data"
"""Real data sets, beside the checkout where they are there at all."""


def compared(key: str = "k", **fields: Any) -> dict[str, Any]:
    """A row that compares two answers to the example `key`; a field given as None is left out."""
    row = {
        "key": key,
        "instruction": f"Say {key}.",
        "response_candidate": f"{key}, says the candidate",
        "response_baseline": f"{key}, says the baseline",
    }
    return {name: value for name, value in (row | fields).items() if value is not None}


def judged(key: str = "k", verdict: str = "candidate", **fields: Any) -> dict[str, Any]:
    """A row with both answers and a judge's verdict."""
    return compared(key, **({"judge": "j", "verdict": verdict, "order": "candidate-first"} | fields))


def reviewed(key: str = "k", review: str = "candidate", **fields: Any) -> dict[str, Any]:
    """A row with both answers and a review."""
    return compared(key, **({"reviewer": "ada", "review": review} | fields))


def write(path: Path, *rows: Mapping[str, Any]) -> Path:
    """A JSONL file of these rows."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def bring(store: Store, *rows: Mapping[str, Any], set_: str = "s", **options: Any) -> ImportSummary:
    """Import these rows as one file; returns the summary."""
    path = write(store.path.with_name("rows.jsonl"), *rows)
    return bring_files(store, path, set=set_, **options)


def bring_files(store: Store, *paths: Path, **options: Any) -> ImportSummary:
    """Import files; returns the summary."""
    *_, summary = import_files(store, ImportRequest(list(paths), **options))
    assert isinstance(summary, ImportSummary)
    return summary


def give_guidelines(conn: sqlite3.Connection, text: str) -> None:
    """Give every set these guidelines."""
    conn.execute(
        "INSERT INTO set_events (set_id, kind, value, created_at) SELECT id, 'guidelines', ?, '2026-03-01T10:00:00Z' FROM sets",
        (text,),
    )


def added(summary: ImportSummary) -> dict[str, int]:
    """What an import added, without the zeros."""
    names = ("examples", "responses", "pairs", "judgments", "reviews", "carried", "edited", "replaced")
    return {name: getattr(summary, name) for name in names if getattr(summary, name)}


def dump(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Everything the store holds, by table."""
    names = store.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1")
    return {name: store.rows(f'SELECT * FROM "{name}"').fetchall() for (name,) in names.fetchall()}


def values(store: Store, sql: str, *parameters: Any) -> list[Any]:
    """The first column of a query."""
    return [row[0] for row in store.rows(sql, parameters)]


def current(store: Store) -> list[tuple[str, int, str, str]]:
    """(key, turn, candidate's cells, baseline's cells) of every current pair."""
    return store.rows(
        "SELECT e.key, p.turn, x.cells, y.cells FROM current_pairs p JOIN examples e ON e.id = p.example_id"
        " JOIN responses x ON x.id = p.candidate_response_id JOIN responses y ON y.id = p.baseline_response_id"
        " ORDER BY p.id"
    ).fetchall()


def verdict(store: Store, key: str = "k", judge: str = "j") -> list[str]:
    """The judge's verdicts on the current pairs of an example."""
    return values(
        store,
        "SELECT v.verdict FROM current_pairs p JOIN examples e ON e.id = p.example_id JOIN verdicts v ON v.pair_id = p.id"
        " JOIN judges j ON j.id = v.judge_id WHERE e.key = ? AND j.name = ? ORDER BY p.id",
        key,
        judge,
    )


def decisions(store: Store, key: str = "k") -> list[tuple[str, str, str]]:
    """(reviewer, kind, choice) of the current decisions on the current pairs of an example."""
    return store.rows(
        "SELECT w.name, d.kind, d.choice FROM current_pairs p JOIN examples e ON e.id = p.example_id"
        " JOIN current_decisions d ON d.pair_id = p.id JOIN reviewers w ON w.id = d.reviewer_id WHERE e.key = ?"
        " ORDER BY p.id, w.name",
        (key,),
    ).fetchall()
