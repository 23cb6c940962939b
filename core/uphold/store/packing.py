"""Fills a new database with one run for another reviewer: of each table the rows that they need, and nothing else.

The file is built from nothing. What is left out was never in it, so that no free page or log holds a trace of it.
"""

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from uphold.records.packs import Pack
from uphold.records.runs import Run
from uphold.store import outcomes, packs
from uphold.store.database import Store, now
from uphold.store.schema import migrate

Tell = Callable[[int, int], None]
"""Is told how many steps of how many are done."""

_PAIRS = "IN (SELECT value FROM json_each(:pairs))"

_TEXTS = f"""
SELECT text_id FROM pairs WHERE id {_PAIRS}
UNION SELECT e.text_id FROM examples e JOIN pairs p ON p.example_id = e.id WHERE p.id {_PAIRS}
"""

_REFERENCES = f"""
WITH used AS (
    SELECT reference_id FROM pairs WHERE id {_PAIRS}
    UNION SELECT e.reference_id FROM examples e JOIN pairs p ON p.example_id = e.id WHERE p.id {_PAIRS}
    UNION SELECT reference_id FROM events WHERE seq IN (SELECT value FROM json_each(:events))
    UNION SELECT reference_id FROM standing_judgments WHERE pair_id {_PAIRS} AND NOT :blind
)
SELECT reference_id FROM used WHERE reference_id IS NOT NULL
UNION SELECT f.prefix_id FROM used u JOIN reference_prefixes f ON f.reference_id = u.reference_id
"""

_JUDGES = f"""
SELECT judge_id FROM judge_orders WHERE run_id = :run
UNION SELECT judge_id FROM pinned_judges WHERE set_id = :set
UNION SELECT judge_id FROM judgments WHERE pair_id {_PAIRS}
UNION SELECT judge_id FROM events WHERE seq IN (SELECT value FROM json_each(:events)) AND judge_id IS NOT NULL
"""

_OWN_EVENTS = (
    f"SELECT seq FROM events WHERE pair_id {_PAIRS} AND reviewer_id = (SELECT id FROM reviewers WHERE name = :name)"
)

_ALL_EVENTS = f"SELECT seq FROM events WHERE pair_id {_PAIRS}"

_BLIND_SETTINGS = ("purpose", "guidelines", "baseline")

_OPEN_SETTINGS = (*_BLIND_SETTINGS, "judge", "floor", "wanted")


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows to copy: the columns of a table, and the rest of a query for their values; `values` are those that differ."""

    table: str
    columns: str
    rest: str
    values: dict[str, str] = field(default_factory=dict)

    @property
    def query(self) -> str:
        names = [name.strip() for name in self.columns.split(",")]
        return f"SELECT {', '.join(self.values.get(name, f't.{name}') for name in names)} {self.rest}"

    @property
    def insert(self) -> str:
        marks = ", ".join("?" * len(self.columns.split(",")))
        return f"INSERT INTO {self.table} ({self.columns}) VALUES ({marks})"


# Parents before children, as the foreign keys want it. An import is a matter of the file it was made in: import_id is left out.
_TABLES = (
    _Rows("sets", "id, name, seed, created_at", "FROM sets t WHERE t.id = :set"),
    _Rows(
        "set_events",
        "set_id, kind, value, created_at",
        "FROM set_values t WHERE t.set_id = :set AND t.kind IN (SELECT value FROM json_each(:settings))",
    ),
    _Rows("reason_keys", "set_id, key, word", "FROM reason_keys t WHERE t.set_id = :set"),
    _Rows("systems", "id, name", "FROM systems t WHERE t.id IN (:candidate, :baseline)"),
    _Rows("texts", "id, hash, turns, context", f"FROM texts t WHERE t.id IN ({_TEXTS})"),
    _Rows("text_prefixes", "text_id, turn, prefix", f"FROM text_prefixes t WHERE t.text_id IN ({_TEXTS})"),
    _Rows("reference_texts", "id, hash, turns", f"FROM reference_texts t WHERE t.id IN ({_REFERENCES})"),
    _Rows(
        "reference_prefixes",
        "reference_id, turn, prefix_id",
        f"FROM reference_prefixes t WHERE t.reference_id IN ({_REFERENCES})",
    ),
    _Rows(
        "examples",
        "id, set_id, key, text_id, reference_id, status",
        f"FROM examples t WHERE t.id IN (SELECT example_id FROM pairs WHERE id {_PAIRS})",
    ),
    # One event that says how the example is now: its history stays where it is.
    _Rows(
        "example_events",
        "example_id, kind, text_id, reference_id, created_at",
        f"FROM examples t WHERE t.id IN (SELECT example_id FROM pairs WHERE id {_PAIRS})",
        {"example_id": "t.id", "kind": "'added'", "created_at": ":now"},
    ),
    _Rows(
        "tags", "example_id, tag", f"FROM tags t WHERE t.example_id IN (SELECT example_id FROM pairs WHERE id {_PAIRS})"
    ),
    _Rows(
        "responses",
        "id, system_id, text_id, hash, finish_reason, input_tokens, output_tokens, seconds, created_at, cells",
        f"FROM responses t WHERE t.id IN (SELECT candidate_response_id FROM pairs WHERE id {_PAIRS}"
        f" UNION SELECT baseline_response_id FROM pairs WHERE id {_PAIRS})",
    ),
    _Rows("runs", "id, set_id, candidate_id, baseline_id, name, created_at", "FROM runs t WHERE t.id = :run"),
    _Rows(
        "pairs",
        "id, run_id, example_id, turn, contents, prefix, text_id, candidate_response_id, baseline_response_id, reference_id",
        f"FROM pairs t WHERE t.id {_PAIRS}",
    ),
    # The random order, without gaps: what was read of it here counts as drawn there at once.
    _Rows("queues", "id, run_id, kind, created_at", "FROM queues t WHERE t.run_id = :run AND t.kind = 'random'"),
    _Rows(
        "queue_items",
        "queue_id, position, pair_id, stratum, weight, sort_key, draw",
        "FROM queue_items t JOIN queues q ON q.id = t.queue_id AND q.run_id = :run AND q.kind = 'random'"
        f" WHERE t.pair_id {_PAIRS}",
        {"position": "row_number() OVER (ORDER BY t.position)"},
    ),
)

_JUDGES_VIEW = (
    _Rows(
        "judges",
        "id, name, version, kind, definition, takes_reference, created_at, is_program",
        f"FROM judges t WHERE t.id IN ({_JUDGES})",
    ),
    _Rows("judge_orders", "run_id, judge_id, answer_order, samples", "FROM judge_orders t WHERE t.run_id = :run"),
    _Rows(
        "judgments",
        "id, pair_id, judge_id, answer_order, sample, reference_id, status, verdict, preference, confidence, created_at,"
        " prompt_name, fence, stop_reason, input_tokens, output_tokens, cost, seconds, problem, reason, raw, request_form,"
        " criteria",
        f"FROM standing_judgments t WHERE t.pair_id {_PAIRS}",
    ),
)

_PEOPLE = (
    _Rows(
        "reviewers",
        "id, name",
        "FROM reviewers t WHERE t.id IN"
        " (SELECT reviewer_id FROM events WHERE seq IN (SELECT value FROM json_each(:events)))",
    ),
    # A decision that was carried over from a run which is not packed is one without its original.
    _Rows(
        "events",
        "seq, id, kind, pair_id, reviewer_id, choice, undone, target_id, source, side_a, mode, verdict_shown, names_shown,"
        " judge_id, verdict, reference_id, width, height, seconds, created_at, note, chosen",
        "FROM events t LEFT JOIN events o ON o.id = t.target_id AND o.seq IN (SELECT value FROM json_each(:events))"
        " WHERE t.seq IN (SELECT value FROM json_each(:events)) AND (t.kind NOT IN ('undo', 'redo') OR o.id IS NOT NULL)"
        " ORDER BY t.seq",
        {
            "kind": "CASE WHEN t.kind = 'carried' AND o.id IS NULL THEN 'decision' ELSE t.kind END",
            "target_id": "o.id",
            "judge_id": "CASE WHEN :blind THEN NULL ELSE t.judge_id END",
            "verdict": "CASE WHEN :blind THEN NULL ELSE t.verdict END",
        },
    ),
)


@dataclass(frozen=True, slots=True)
class PackContents:
    """What goes into a pack: a run, which of its pairs, by id, and what the pack is to say of itself."""

    run: Run
    pairs: Sequence[int]
    pack: Pack

    @property
    def tables(self) -> Sequence[_Rows]:
        """What is copied; a blind pack has no judge, and of decisions only those of the reviewer that it is for."""
        return (*_TABLES, *_PEOPLE) if self.pack.is_blind else (*_TABLES, *_JUDGES_VIEW, *_PEOPLE)

    def values(self) -> dict[str, object]:
        """Return the values that the queries of the tables name."""
        run, pack = self.run, self.pack
        return {
            "set": run.set_id,
            "run": run.id,
            "candidate": run.candidate_id,
            "baseline": run.baseline_id,
            "pairs": json.dumps(list(self.pairs)),
            "name": pack.reviewer,
            "blind": int(pack.is_blind),
            "settings": json.dumps(_BLIND_SETTINGS if pack.is_blind else _OPEN_SETTINGS),
            "now": pack.created_at,
        }


def fill_pack(store: Store, target: Path, contents: PackContents, tell: Tell | None = None) -> None:
    """Make the database of a pack in an empty file, as the store's open transaction reads its run.

    `tell` is told how many tables of how many are written. Raises sqlite3.OperationalError where the file cannot be written.
    """
    with closing(sqlite3.connect(target, isolation_level=None)) as conn:
        conn.execute("PRAGMA synchronous=FULL")
        conn.execute("PRAGMA foreign_keys=ON")
        conn.execute("BEGIN IMMEDIATE")
        migrate(conn)
        conn.execute("INSERT INTO about VALUES ('created', ?)", (now(),))
        _copy_rows(store, conn, contents, tell)
        conn.execute("COMMIT")


def _copy_rows(store: Store, conn: sqlite3.Connection, contents: PackContents, tell: Tell | None) -> None:
    values = contents.values()
    events = [row[0] for row in store.rows(_OWN_EVENTS if contents.pack.is_blind else _ALL_EVENTS, values)]
    values["events"] = json.dumps(events)
    for number, rows in enumerate(contents.tables, 1):
        conn.executemany(rows.insert, store.rows(rows.query, values))
        if tell is not None:
            tell(number, len(contents.tables))
    packs.add_pack(conn, contents.pack, is_here=True, last_event=max(events, default=0))
    outcomes.rebuild(conn)
