"""Responses of systems: generating missing ones turn by turn, and replacing them with later ones."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from uphold.records.model_calls import ModelAnswer
from uphold.records.texts import ExampleText, canonical, cells_hash
from uphold.store.bulk_writer import BulkWriter
from uphold.store.database import Store, expiry, now
from uphold.store.sets import active_examples

_IN_FORCE = (
    "SELECT x.id, x.cells FROM responses x WHERE x.system_id = ? AND x.text_id = ?"
    " AND x.id NOT IN (SELECT response_id FROM replaced) ORDER BY x.id"
)


@dataclass(frozen=True, slots=True)
class UnansweredExample:
    """An example that a system is to generate a response for."""

    key: str
    text_id: int
    reference_id: int | None
    text: ExampleText


@dataclass(frozen=True, slots=True)
class PartialAttempt:
    """An attempt at an example that has its first turns and is continued with the next.

    One answer and one finish reason per turn.
    """

    attempt: str
    answers: tuple[str, ...]
    finish_reasons: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class GeneratedTurn:
    """One turn of an attempt: the reply of the endpoint, and its text as it is stored; `cost` in dollars."""

    generation_id: int
    text_id: int
    attempt: str
    turn: int
    reply: ModelAnswer
    text: str
    cost: float | None


def add_generation(
    conn: sqlite3.Connection, system: str, definition: Mapping[str, str], digest: str
) -> tuple[int, int]:
    """Return (system id, generation id) of a system with this definition, adding those that are new.

    `digest` is the hash of the definition: model, prompt and sampling options.
    """
    conn.execute("INSERT OR IGNORE INTO systems (name) VALUES (?)", (system,))
    (system_id,) = conn.execute("SELECT id FROM systems WHERE name = ?", (system,)).fetchone()
    conn.execute(
        "INSERT OR IGNORE INTO generations (system_id, hash, definition, created_at) VALUES (?, ?, ?, ?)",
        (system_id, digest, canonical(dict(definition)), now()),
    )
    found = conn.execute("SELECT id FROM generations WHERE system_id = ? AND hash = ?", (system_id, digest)).fetchone()
    return int(system_id), int(found[0])


def unanswered_examples(
    store: Store, set_id: int, system: str, *, include_answered: bool = False
) -> list[UnansweredExample]:
    """Return the active examples whose present text has no response in force of a system."""
    row = store.one("SELECT id FROM systems WHERE name = ?", (system,))
    examples = active_examples(store, set_id)
    return [
        UnansweredExample(example.key, example.text_id, example.reference_id, example.text)
        for example in examples
        if include_answered or row is None or store.one(_IN_FORCE + " LIMIT 1", (row[0], example.text_id)) is None
    ]


def is_answered(store: Store, system_id: int, text_id: int) -> bool:
    """Whether the system has a response to the text in force."""
    return store.one(_IN_FORCE + " LIMIT 1", (system_id, text_id)) is not None


def find_partial_attempt(store: Store, generation_id: int, text_id: int) -> PartialAttempt | None:
    """Return the latest attempt at a text that was interrupted, or None."""
    rows = store.rows(
        "SELECT attempt, answer, finish_reason FROM generated_turns WHERE generation_id = ? AND text_id = ?"
        " AND response_id IS NULL ORDER BY attempt DESC, turn",
        (generation_id, text_id),
    ).fetchall()
    if not rows:
        return None
    latest = [row for row in rows if row[0] == rows[0][0]]
    return PartialAttempt(rows[0][0], tuple(row[1] for row in latest), tuple(row[2] for row in latest))


def add_turn(conn: sqlite3.Connection, turn: GeneratedTurn) -> None:
    """Store the reply to one turn."""
    reply = turn.reply
    conn.execute(
        "INSERT INTO generated_turns (generation_id, text_id, attempt, turn, answer, finish_reason, model, input_tokens,"
        " output_tokens, cost, seconds, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            turn.generation_id,
            turn.text_id,
            turn.attempt,
            turn.turn,
            turn.text,
            reply.stop_reason,
            reply.model,
            reply.input_tokens,
            reply.output_tokens,
            turn.cost,
            reply.seconds,
            now(),
        ),
    )


def make_response(
    conn: sqlite3.Connection, system_id: int, text_id: int, attempt: str, finish_reason: str | None, how: str = "redo"
) -> int:
    """Make a response from the turns of an attempt and put it in force; return its id.

    The system's other responses to this text are replaced from the first turn whose cell differs, so that pairs of
    earlier turns stay current.
    """
    rows = conn.execute(
        "SELECT answer, input_tokens, output_tokens, seconds FROM generated_turns WHERE attempt = ? ORDER BY turn",
        (attempt,),
    ).fetchall()
    cells = [row[0] for row in rows]
    totals = [_sum_known(row[column] for row in rows) for column in (1, 2, 3)]
    digest = cells_hash(tuple(cells))
    conn.execute(
        "INSERT OR IGNORE INTO responses (system_id, text_id, hash, cells, finish_reason, input_tokens, output_tokens,"
        " seconds, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (system_id, text_id, digest, canonical(cells), finish_reason, *totals, now()),
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
    """Replace the other responses in force by this one, and this one's own replacement if it had been replaced."""
    sql = "INSERT INTO replacements (response_id, by_response_id, from_turn, how, created_at) VALUES (?, ?, ?, ?, ?)"
    if conn.execute("SELECT 1 FROM replaced WHERE response_id = ?", (number,)).fetchone():
        conn.execute(sql, (number, number, None, how, now()))
    for other, text in conn.execute(_IN_FORCE, (system_id, text_id)).fetchall():
        if other != number:
            conn.execute(sql, (other, number, _first_differing_turn(json.loads(text), cells), how, now()))


def _first_differing_turn(old: list[object], new: list[object]) -> int:
    """Return the first turn, from 1, whose cells differ in value or type; the last one if none does."""
    for turn, (before, after) in enumerate(zip(old, new, strict=False), 1):
        if before != after or type(before) is not type(after):
            return turn
    return max(min(len(old), len(new)), 1)


def _sum_known(values: Iterable[float | None]) -> float | None:
    """Return the sum of the values that are not None; None if all are."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def claim(conn: sqlite3.Connection, system_id: int, texts: Iterable[int], holder: str, seconds: float) -> set[int]:
    """Claim texts for a holder, except those that another holder has claimed; return the ids of those claimed.

    A claim expires after `seconds`; claiming again what one holds renews it.
    """
    until = expiry(seconds)
    conn.execute("DELETE FROM generation_claims WHERE until < ?", (now(),))
    claimed = set()
    for text_id in texts:
        made = conn.execute(
            "INSERT INTO generation_claims (system_id, text_id, holder, until) VALUES (?, ?, ?, ?) ON"
            " CONFLICT DO UPDATE SET until = excluded.until"
            " WHERE holder = excluded.holder",
            (system_id, text_id, holder, until),
        )
        if made.rowcount:
            claimed.add(text_id)
    return claimed


def release(conn: sqlite3.Connection, system_id: int, texts: Iterable[int], holder: str) -> None:
    """Release the claims of a holder on these texts."""
    conn.executemany(
        "DELETE FROM generation_claims WHERE system_id = ? AND text_id = ? AND holder = ?",
        [(system_id, text_id, holder) for text_id in texts],
    )


@dataclass(slots=True)
class ImportedResponses:
    """The ids of the responses in the files of an update, by (system id, text id)."""

    by_text: dict[tuple[int, int], set[int]] = field(default_factory=dict)

    def add(self, system_id: int, text_id: int, response_id: int) -> None:
        """Record that the files contain this response."""
        self.by_text.setdefault((system_id, text_id), set()).add(response_id)


def count_known(conn: sqlite3.Connection, given: Iterable[tuple[str, str, str]]) -> int:
    """Return how many responses, given as (system, text hash, response hash), are stored."""
    sql = (
        "SELECT count(*) FROM json_each(?) j WHERE EXISTS (SELECT 1 FROM responses x JOIN systems s ON s.id = x.system_id"
        " JOIN texts t ON t.id = x.text_id WHERE s.name = json_extract(j.value, '$[0]')"
        " AND t.hash = json_extract(j.value, '$[1]') AND x.hash = json_extract(j.value, '$[2]'))"
    )
    return int(conn.execute(sql, (json.dumps(list(given)),)).fetchone()[0])


def count_replacements(writer: BulkWriter, imported: ImportedResponses) -> int:
    """Return how many stored responses `replace_responses` would replace, before anything is written."""
    count = 0
    for (system_id, text_id), responses in imported.by_text.items():
        rows = writer.conn.execute(
            "SELECT r.id, x.replacement_id IS NOT NULL FROM responses r LEFT JOIN replaced x ON x.response_id = r.id"
            " WHERE r.system_id = ? AND r.text_id = ?",
            (system_id, text_id),
        ).fetchall()
        is_new = any(number >= writer.responses.first_new for number in responses)
        if is_new or any(was_replaced and number in responses for number, was_replaced in rows):
            count += sum(number not in responses for number, _ in rows)
    return count


def replace_responses(writer: BulkWriter, imported: ImportedResponses) -> int:
    """Replace stored responses by those of an update; return how many were replaced.

    For each system and text for which the files contain a response that is not in force, all others are replaced, from
    the first turn whose cell differs, so that pairs of earlier turns stay current. A response that had been replaced
    and is imported again comes back in force.
    """
    count = 0
    for (system_id, text_id), responses in imported.by_text.items():
        rows = writer.conn.execute(
            "SELECT r.id, r.cells, x.replacement_id IS NOT NULL, r.import_id IS ? FROM responses r"
            " LEFT JOIN replaced x ON x.response_id = r.id WHERE r.system_id = ? AND r.text_id = ? ORDER BY r.id",
            (writer.import_id, system_id, text_id),
        ).fetchall()
        restored = [row for row in rows if row[0] in responses and (row[2] or row[3])]
        if not restored:
            continue
        newest_id, newest_cells = restored[-1][0], json.loads(restored[-1][1])
        for number, _, was_replaced, _ in restored:
            if was_replaced:
                writer.replacements.add(number, newest_id, None, "update", writer.at, writer.import_id)
        for number, cells, *_ in rows:
            if number not in responses:
                turn = _first_differing_turn(json.loads(cells), newest_cells)
                writer.replacements.add(number, newest_id, turn, "update", writer.at, writer.import_id)
                count += 1
    writer.flush()
    return count
