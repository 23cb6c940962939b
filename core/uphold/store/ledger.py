"""What every part of an import writes with: one transaction that somebody else commits, and rows that wait for it."""

import sqlite3

from uphold.store.tables import Table


class Ledger:
    """One import into one set: its connection, its number, its time, and the tables it fills, parents before children."""

    def __init__(self, conn: sqlite3.Connection, set_name: str, import_id: int, at: str) -> None:
        self.conn, self.set_name, self.import_id, self.at = conn, set_name, import_id, at
        self.set_id = self._set(set_name)
        self._open_texts(conn)
        self._open_pairs(conn)
        self._open_words(conn)
        self._in_order = (
            self.texts, self.text_turns, self.examples, self.example_events, self.tags, self.systems, self.responses,
            self.replacements, self.runs, self.pairs, self.judges, self.asked, self.judgments, self.reviewers, self.events,
        )  # fmt: skip
        self.superseded: list[tuple[int, int]] = []

    def _open_texts(self, conn: sqlite3.Connection) -> None:
        self.texts = Table(conn, "texts", 'id, hash, turns, context, "references"')
        self.text_turns = Table(conn, "text_turns", "text_id, turn, prefix", numbered=None)
        self.examples = Table(conn, "examples", "id, set_id, key, text_id")
        self.example_events = Table(conn, "example_events", "id, example_id, kind, text_id, at, import_id")
        self.tags = Table(conn, "tags", "example_id, tag, import_id", numbered=None)

    def _open_pairs(self, conn: sqlite3.Connection) -> None:
        self.systems = Table(conn, "systems", "id, name, import_id")
        self.responses = Table(conn, "responses", "id, system_id, text_id, hash, cells, at, import_id")
        replacing = "id, response_id, by_response_id, from_turn, how, at, import_id"
        self.replacements = Table(conn, "replacements", replacing)
        self.runs = Table(conn, "runs", "id, set_id, candidate_id, baseline_id, name, seed, at, import_id")
        self.pairs = Table(
            conn,
            "pairs",
            "id, run_id, example_id, turn, contents, prefix, text_id, candidate_response_id, baseline_response_id, import_id",
        )

    def _open_words(self, conn: sqlite3.Connection) -> None:
        self.judges = Table(conn, "judges", "id, name, version, kind, definition, at, import_id")
        self.asked = Table(conn, "asked", 'run_id, judge_id, "order", samples, import_id', numbered=None)
        self.judgments = Table(
            conn,
            "judgments",
            'id, pair_id, judge_id, "order", status, verdict, preference, confidence, reason, raw, problem, prompt_name,'
            " cost, seconds, at, import_id",
        )
        self.reviewers = Table(conn, "reviewers", "id, name, import_id")
        said = "seq, id, kind, pair_id, reviewer_id, choice, note, source, at, import_id"
        self.events = Table(conn, "events", said, numbered="seq")

    def _set(self, name: str) -> int:
        row = self.conn.execute("SELECT id FROM sets WHERE name = ?", (name,)).fetchone()
        if row:
            return int(row[0])
        sql = "INSERT INTO sets (name, at, import_id) VALUES (?, ?, ?)"
        return int(self.conn.execute(sql, (name, self.at, self.import_id)).lastrowid or 0)

    def flush(self) -> None:
        """Write what waits."""
        if self.superseded:
            # The old ones step aside first, since only one may be in force; they point at the new ones once these are there.
            self.conn.executemany(
                "UPDATE judgments SET superseded_by = id WHERE id = ?", [(old,) for _, old in self.superseded]
            )
        for table in self._in_order:
            table.flush()
        if self.superseded:
            self.conn.executemany("UPDATE judgments SET superseded_by = ? WHERE id = ?", self.superseded)
            self.superseded.clear()
