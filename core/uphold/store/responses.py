"""Responses that systems are asked for: what is missing, every answer as it arrives, and the response they make."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from uphold.records.model_calls import ModelAnswer
from uphold.records.texts import ExampleText, canonical, cells_hash
from uphold.store.bulk_writer import BulkWriter
from uphold.store.database import Store, now
from uphold.store.sets import active_examples

_IN_FORCE = (
    "SELECT x.id, x.cells FROM responses x WHERE x.system_id = ? AND x.text_id = ?"
    " AND x.id NOT IN (SELECT response_id FROM replaced) ORDER BY x.id"
)


@dataclass(frozen=True, slots=True)
class Lacking:
    """An example that a system is to answer."""

    key: str
    text_id: int
    text: ExampleText


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt that has some of its turns: it goes on with the next."""

    attempt: str
    answers: tuple[str, ...]
    reasons: tuple[str | None, ...]


def add_generation(
    conn: sqlite3.Connection, system: str, definition: Mapping[str, str], digest: str
) -> tuple[int, int]:
    """(system id, generation id) of a system made in this way, added where they are new."""
    conn.execute("INSERT OR IGNORE INTO systems (name) VALUES (?)", (system,))
    (system_id,) = conn.execute("SELECT id FROM systems WHERE name = ?", (system,)).fetchone()
    conn.execute(
        "INSERT OR IGNORE INTO generations (system_id, hash, definition, at) VALUES (?, ?, ?, ?)",
        (system_id, digest, canonical(dict(definition)), now()),
    )
    found = conn.execute("SELECT id FROM generations WHERE system_id = ? AND hash = ?", (system_id, digest)).fetchone()
    return int(system_id), int(found[0])


def lacking(store: Store, set_id: int, system: str, *, every: bool = False) -> list[Lacking]:
    """The active examples whose present text a system has not answered; with `every`, all of them."""
    row = store.one("SELECT id FROM systems WHERE name = ?", (system,))
    examples = active_examples(store, set_id)
    return [
        Lacking(key, text_id, text)
        for _, key, text_id, text in examples
        if every or row is None or store.one(_IN_FORCE + " LIMIT 1", (row[0], text_id)) is None
    ]


def is_answered(store: Store, system_id: int, text_id: int) -> bool:
    """Has the system a response in force?"""
    return store.one(_IN_FORCE + " LIMIT 1", (system_id, text_id)) is not None


def begun(store: Store, generation_id: int, text_id: int) -> Begun | None:
    """The attempt at a text that was cut short, if there is one."""
    rows = store.rows(
        "SELECT attempt, answer, finish_reason FROM generated_turns WHERE generation_id = ? AND text_id = ?"
        " AND response_id IS NULL ORDER BY attempt DESC, turn",
        (generation_id, text_id),
    ).fetchall()
    rows = [row for row in rows if row[0] == rows[0][0]]
    return Begun(rows[0][0], tuple(r[1] for r in rows), tuple(r[2] for r in rows)) if rows else None


def add_turn(
    conn: sqlite3.Connection,
    generation_id: int,
    text_id: int,
    attempt: str,
    turn: int,
    answer: ModelAnswer,
    text: str,
    cost: float | None,
) -> None:
    """Keep one turn's answer."""
    conn.execute(
        "INSERT INTO generated_turns (generation_id, text_id, attempt, turn, answer, finish_reason, model, input_tokens,"
        " output_tokens, cost, seconds, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            generation_id,
            text_id,
            attempt,
            turn,
            text,
            answer.stop_reason,
            answer.model,
            answer.input_tokens,
            answer.output_tokens,
            cost,
            answer.seconds,
            now(),
        ),
    )


def make_response(
    conn: sqlite3.Connection, system_id: int, text_id: int, attempt: str, finish_reason: str | None, how: str = "redo"
) -> int:
    """Make a response of an attempt's turns and put it in force: others of the system to this text are replaced.

    A replacement holds from the first turn whose cell differs, so that pairs of earlier turns stay current.
    """
    rows = conn.execute(
        "SELECT answer, input_tokens, output_tokens, seconds FROM generated_turns WHERE attempt = ? ORDER BY turn",
        (attempt,),
    ).fetchall()
    cells = [row[0] for row in rows]
    sums = [_sum(row[column] for row in rows) for column in (1, 2, 3)]
    digest = cells_hash(tuple(cells))
    conn.execute(
        "INSERT OR IGNORE INTO responses (system_id, text_id, hash, cells, finish_reason, input_tokens, output_tokens,"
        " seconds, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (system_id, text_id, digest, canonical(cells), finish_reason, *sums, now()),
    )
    (number,) = conn.execute(
        "SELECT id FROM responses WHERE system_id = ? AND text_id = ? AND hash = ?", (system_id, text_id, digest)
    ).fetchone()
    conn.execute("UPDATE generated_turns SET response_id = ? WHERE attempt = ?", (number, attempt))
    _put_in_force(conn, number, cells, system_id, text_id, how)
    return int(number)


def _put_in_force(
    conn: sqlite3.Connection, number: int, cells: list[object], system_id: int, text_id: int, how: str
) -> None:
    sql = "INSERT INTO replacements (response_id, by_response_id, from_turn, how, at) VALUES (?, ?, ?, ?, ?)"
    if conn.execute("SELECT 1 FROM replaced WHERE response_id = ?", (number,)).fetchone():
        conn.execute(sql, (number, number, None, how, now()))
    for other, text in conn.execute(_IN_FORCE, (system_id, text_id)).fetchall():
        if other != number:
            old = json.loads(text)
            pairs = enumerate(zip(old, cells, strict=False), 1)
            turn = next((turn for turn, (a, b) in pairs if a != b or type(a) is not type(b)), min(len(old), len(cells)))
            conn.execute(sql, (other, number, max(turn, 1), how, now()))


def _sum(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def claim(conn: sqlite3.Connection, system_id: int, texts: Iterable[int], holder: str, seconds: float) -> set[int]:
    """Claim texts that nobody else is answering just now; those held already are held on. Returns what was had."""
    until = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="microseconds").replace("+00:00", "Z")
    conn.execute("DELETE FROM generation_claims WHERE until < ?", (now(),))
    had = set()
    for text_id in texts:
        made = conn.execute(
            "INSERT INTO generation_claims VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET until = excluded.until"
            " WHERE holder = excluded.holder",
            (system_id, text_id, holder, until),
        )
        if made.rowcount:
            had.add(text_id)
    return had


def release(conn: sqlite3.Connection, system_id: int, texts: Iterable[int], holder: str) -> None:
    """Give claims back."""
    conn.executemany(
        "DELETE FROM generation_claims WHERE system_id = ? AND text_id = ? AND holder = ?",
        [(system_id, text_id, holder) for text_id in texts],
    )


@dataclass(slots=True)
class Given:
    """The responses that the files of an update give, by (system id, text id)."""

    by_place: dict[tuple[int, int], set[int]] = field(default_factory=dict)

    def note(self, system_id: int, text_id: int, response_id: int) -> None:
        """Remember that the files give this response."""
        self.by_place.setdefault((system_id, text_id), set()).add(response_id)


def replace(ledger: BulkWriter, given: Given) -> int:
    """Replace, for each system and text that the files gave a response not in force, all others; returns how many.

    A response that was replaced and is given again comes back in force. A replacement holds from the first turn whose
    cell differs, so that pairs of earlier turns stay current.
    """
    count = 0
    for (system_id, text_id), responses in given.by_place.items():
        rows = ledger.conn.execute(
            "SELECT r.id, r.cells, x.replacement_id IS NOT NULL, r.import_id IS ? FROM responses r"
            " LEFT JOIN replaced x ON x.response_id = r.id WHERE r.system_id = ? AND r.text_id = ? ORDER BY r.id",
            (ledger.import_id, system_id, text_id),
        ).fetchall()
        back = [row for row in rows if row[0] in responses and (row[2] or row[3])]
        if not back:
            continue
        newest_id, newest_cells = back[-1][0], json.loads(back[-1][1])
        for number, _, was_replaced, _ in back:
            if was_replaced:
                ledger.replacements.add(number, newest_id, None, "update", ledger.at, ledger.import_id)
        for number, cells, *_ in rows:
            if number not in responses:
                turn = _first_difference(json.loads(cells), newest_cells)
                ledger.replacements.add(number, newest_id, turn, "update", ledger.at, ledger.import_id)
                count += 1
    ledger.flush()
    return count


def _first_difference(old: list[object], new: list[object]) -> int:
    for turn, (before, after) in enumerate(zip(old, new, strict=True), 1):
        if before != after or type(before) is not type(after):
            return turn
    return len(old)
