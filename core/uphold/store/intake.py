"""Writing an import: finds or adds each thing by its identity, within one transaction that somebody else commits."""

import json
import secrets
import sqlite3
from dataclasses import dataclass

from uphold.records.judged import Judge
from uphold.records.rows import GivenJudgment, GivenReview
from uphold.records.texts import Cell, ExampleText, canonical, cells_hash, contents_hash, digest
from uphold.records.words import Choice
from uphold.store import carrying, naming
from uphold.store.sets import read_text
from uphold.store.tables import Known, Table


@dataclass(slots=True)
class Example:
    """An example of the set as it stands, with the hash of its text up to each turn."""

    id: int
    key: str
    text: ExampleText
    text_id: int
    prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Response:
    """A response of the file, with the hash of its cells up to each turn."""

    id: int
    cells: tuple[Cell, ...]
    prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair of the file, with what its events are named by."""

    id: int
    key: str
    turn: int
    contents: str
    candidate: str
    baseline: str


class Intake:
    """One import into one set. Every method returns what is there afterwards; `flush` writes what waits."""

    def __init__(self, conn: sqlite3.Connection, set_name: str, import_id: int, at: str) -> None:
        self.conn, self.at, self.import_id, self.set_name = conn, at, import_id, set_name
        self._open_tables(conn)
        self._open_known(conn)
        self.set_id = self._set(set_name)
        self._examples: dict[str, Example] = {}
        self._tags: dict[int, set[str]] = {}
        self._responses: dict[int, Response] = {}
        self._latest: dict[tuple[int, int], Response] = {}
        self._pairs: dict[int, Pair] = {}
        self._said: dict[tuple[int, int, str], tuple[str, str | None, int]] = {}
        self._choices: dict[tuple[int, int], tuple[Choice, str]] = {}
        self._event_ids: set[str] = set()
        self._asked: set[tuple[int, int, str]] = set()
        self.superseded: list[tuple[int, int]] = []

    def _open_tables(self, conn: sqlite3.Connection) -> None:
        self.texts = Table(conn, "texts", 'id, hash, turns, context, "references"')
        self.text_turns = Table(conn, "text_turns", "text_id, turn, prefix", numbered=None)
        self.examples = Table(conn, "examples", "id, set_id, key, text_id")
        self.example_events = Table(conn, "example_events", "id, example_id, kind, text_id, at, import_id")
        self.tags = Table(conn, "tags", "example_id, tag, import_id", numbered=None)
        self.systems = Table(conn, "systems", "id, name, import_id")
        self.responses = Table(conn, "responses", "id, system_id, text_id, hash, cells, at, import_id")
        self.replacements = Table(
            conn, "replacements", "id, response_id, by_response_id, from_turn, how, at, import_id"
        )
        self.runs = Table(conn, "runs", "id, set_id, candidate_id, baseline_id, name, seed, at, import_id")
        self.pairs = Table(
            conn,
            "pairs",
            "id, run_id, example_id, turn, contents, prefix, text_id, candidate_response_id, baseline_response_id, import_id",
        )
        self.judges = Table(conn, "judges", "id, name, version, kind, definition, at, import_id")
        self.asked = Table(conn, "asked", 'run_id, judge_id, "order", samples, import_id', numbered=None)
        self.judgments = Table(
            conn,
            "judgments",
            'id, pair_id, judge_id, "order", status, verdict, preference, confidence, reason, raw, problem, prompt_name,'
            " cost, seconds, at, import_id",
        )
        self.reviewers = Table(conn, "reviewers", "id, name, import_id")
        self.events = Table(
            conn,
            "events",
            "seq, id, kind, pair_id, reviewer_id, choice, note, refers, source, at, import_id",
            numbered="seq",
        )
        self._in_order = (
            self.texts, self.text_turns, self.examples, self.example_events, self.tags, self.systems, self.responses,
            self.replacements, self.runs, self.pairs, self.judges, self.asked, self.judgments, self.reviewers, self.events,
        )  # fmt: skip

    def _open_known(self, conn: sqlite3.Connection) -> None:
        def asking(table: Table, sql: str) -> Known:
            def ask(key: object) -> int | None:
                row = conn.execute(sql, key if isinstance(key, tuple) else (key,)).fetchone()
                return None if row is None else int(row[0])

            return Known(ask, table.first_new)

        self._texts_known = asking(self.texts, "SELECT id FROM texts WHERE hash = ?")
        self._systems_known = asking(self.systems, "SELECT id FROM systems WHERE name = ?")
        self._responses_known = asking(
            self.responses, "SELECT id FROM responses WHERE system_id = ? AND text_id = ? AND hash = ?"
        )
        self._runs_known = asking(
            self.runs, "SELECT id FROM runs WHERE set_id = ? AND candidate_id = ? AND baseline_id = ?"
        )
        self._pairs_known = asking(
            self.pairs, "SELECT id FROM pairs WHERE run_id = ? AND example_id = ? AND turn = ? AND contents = ?"
        )
        self._judges_known = asking(self.judges, "SELECT id FROM judges WHERE name = ? AND version = ?")
        self._reviewers_known = asking(self.reviewers, "SELECT id FROM reviewers WHERE name = ?")

    def _set(self, name: str) -> int:
        row = self.conn.execute("SELECT id FROM sets WHERE name = ?", (name,)).fetchone()
        if row:
            return int(row[0])
        sql = "INSERT INTO sets (name, at, import_id) VALUES (?, ?, ?)"
        return int(self.conn.execute(sql, (name, self.at, self.import_id)).lastrowid or 0)

    def flush(self) -> None:
        """Write what waits, parents before children."""
        for table in self._in_order:
            table.flush()
        self._supersede()

    def _supersede(self) -> None:
        if self.superseded:
            self.conn.executemany("UPDATE judgments SET superseded_by = ? WHERE id = ?", self.superseded)
            self.superseded.clear()

    # examples

    def example(self, key: str) -> Example | None:
        """The example with this key in the set, or None."""
        found = self._examples.get(key)
        if found is None and self.examples.first_new > 1:
            found = self._load_example(key)
            if found is not None:
                self._examples[key] = found
        return found

    def _load_example(self, key: str) -> Example | None:
        row = self.conn.execute(
            'SELECT e.id, t.id, t.turns, t.context, t."references" FROM examples e JOIN texts t ON t.id = e.text_id'
            " WHERE e.set_id = ? AND e.key = ?",
            (self.set_id, key),
        ).fetchone()
        if row is None:
            return None
        number, text_id, turns, context, references = row
        text = read_text(turns, context, references)
        return Example(number, key, text, text_id, _prefixes(text))

    def add_example(self, key: str, text: ExampleText) -> Example:
        """Add an active example."""
        prefixes = _prefixes(text)
        text_id = self._text(text, prefixes)
        number = self.examples.add(self.set_id, key, text_id)
        self.example_events.add(number, "added", text_id, self.at, self.import_id)
        example = self._examples[key] = Example(number, key, text, text_id, prefixes)
        return example

    def edit_example(self, example: Example, text: ExampleText) -> None:
        """Give an example another text; the old one and what was said of it stay in the file."""
        self.flush()
        example.text, example.prefixes = text, _prefixes(text)
        example.text_id = self._text(text, example.prefixes)
        self.example_events.add(example.id, "edited", example.text_id, self.at, self.import_id)
        self.flush()
        self.conn.execute("UPDATE examples SET text_id = ? WHERE id = ?", (example.text_id, example.id))

    def _text(self, text: ExampleText, prefixes: tuple[str, ...]) -> int:
        whole = prefixes[-1]
        number = self._texts_known.find(whole)
        if number is None:
            references = canonical(text.references) if any(r is not None for r in text.references) else None
            number = self.texts.add(whole, canonical(text.turns), text.context, references)
            self._texts_known.ids[whole] = number
            for turn, prefix in enumerate(prefixes, 1):
                self.text_turns.put(number, turn, prefix)
        return number

    def tag(self, example: Example, tags: tuple[str, ...]) -> int:
        """Add tags that the example has not yet; returns how many."""
        old = self._tags.get(example.id)
        if old is None:
            old = self._tags[example.id] = set()
            if example.id < self.examples.first_new:
                rows = self.conn.execute("SELECT tag FROM tags WHERE example_id = ?", (example.id,))
                old.update(row[0] for row in rows)
        fresh = [tag for tag in dict.fromkeys(tags) if tag not in old]
        for tag in fresh:
            old.add(tag)
            self.tags.put(example.id, tag, self.import_id)
        return len(fresh)

    # systems, responses

    def system(self, name: str) -> int:
        """The system of this name, added where it is new."""
        number = self._systems_known.find(name)
        if number is None:
            number = self._systems_known.ids[name] = self.systems.add(name, self.import_id)
        return number

    def response(self, system: str, example: Example, cells: tuple[Cell, ...]) -> tuple[Response, bool]:
        """What a system answered to the example's present text, and whether it is new in the file."""
        prefixes = tuple(cells_hash(cells[: turn + 1]) for turn in range(len(cells)))
        place = (self.system(system), example.text_id)
        key = (*place, prefixes[-1])
        number = self._responses_known.find(key)
        new = number is None
        if number is None:
            number = self.responses.add(*key, canonical(cells), self.at, self.import_id)
            self._responses_known.ids[key] = number
        found = self._responses.get(number)
        if found is None:
            found = self._responses[number] = Response(number, cells, prefixes)
        if new:
            self._latest[place] = found
        return found, new

    def latest_response(self, system: str, example: Example) -> Response | None:
        """The system's latest response to the example's text that was not replaced, or None."""
        place = (self.system(system), example.text_id)
        found = self._latest.get(place)
        if found is None and example.text_id < self.texts.first_new:
            found = self._load_latest(place)
            if found is not None:
                self._latest[place] = found
        return found

    def _load_latest(self, place: tuple[int, int]) -> Response | None:
        row = self.conn.execute(
            "SELECT id, cells FROM responses WHERE system_id = ? AND text_id = ?"
            " AND id NOT IN (SELECT response_id FROM replaced) ORDER BY id DESC LIMIT 1",
            place,
        ).fetchone()
        if row is None:
            return None
        cells = tuple(json.loads(row[1]))
        prefixes = tuple(cells_hash(cells[: turn + 1]) for turn in range(len(cells)))
        return self._responses.setdefault(row[0], Response(row[0], cells, prefixes))

    # runs, pairs

    def run(self, candidate: str, baseline: str) -> int:
        """The run of the two systems over the set, added where it is new."""
        key = (self.set_id, self.system(candidate), self.system(baseline))
        number = self._runs_known.find(key)
        if number is None:
            self.flush()
            name = naming.run_name(self.conn, self.set_name, candidate, baseline)
            number = self.runs.add(*key, name, secrets.token_hex(16), self.at, self.import_id)
            self._runs_known.ids[key] = number
            self.flush()
        return number

    def pair(
        self, run_id: int, names: tuple[str, str], example: Example, turn: int, candidate: Response, baseline: Response
    ) -> tuple[Pair, bool]:
        """The pair of two responses up to `turn`, and whether it is new."""
        prefix = example.prefixes[turn - 1]
        contents = contents_hash(prefix, candidate.prefixes[turn - 1], baseline.prefixes[turn - 1])
        key = (run_id, example.id, turn, contents)
        number = self._pairs_known.find(key)
        new = number is None
        if number is None:
            number = self.pairs.add(*key, prefix, example.text_id, candidate.id, baseline.id, self.import_id)
            self._pairs_known.ids[key] = number
        found = self._pairs.get(number)
        if found is None:
            found = self._pairs[number] = Pair(number, example.key, turn, contents, *names)
        return found, new

    # what was said of pairs

    def judge(self, name: str) -> int:
        """The imported judge of this name: its version is its name alone."""
        judge = Judge(name, "imported")
        key = (name, judge.version)
        number = self._judges_known.find(key)
        if number is None:
            number = self.judges.add(*key, judge.kind, canonical({}), self.at, self.import_id)
            self._judges_known.ids[key] = number
        return number

    def judgment_in_force(self, pair: Pair, judge_id: int, order: str) -> tuple[str, str | None, int] | None:
        """(status, verdict, id) of what the judge says of the pair in this order, or None."""
        key = (pair.id, judge_id, order)
        found = self._said.get(key)
        if found is None and pair.id < self._pairs_known.first_new:
            found = self.conn.execute(
                'SELECT status, verdict, id FROM judgments WHERE pair_id = ? AND judge_id = ? AND "order" = ?'
                " AND sample = 0 AND superseded_by IS NULL",
                key,
            ).fetchone()
        return found

    def judgment_ever(self, pair: Pair, judge_id: int, order: str, word: tuple[str, str | None]) -> bool:
        """Has the judge said this word of the pair in this order before, superseded or not?"""
        sql = (
            'SELECT 1 FROM judgments WHERE pair_id = ? AND judge_id = ? AND "order" = ? AND status = ? AND verdict IS ?'
        )
        return self.conn.execute(sql, (pair.id, judge_id, order, *word)).fetchone() is not None

    def add_judgment(self, run_id: int, pair: Pair, judge_id: int, given: GivenJudgment, replaces: int | None) -> None:
        """Write a judgment, superseding another where there is one."""
        order = given.order.value
        asked = (run_id, judge_id, order)
        if asked not in self._asked:
            self._asked.add(asked)
            sql = 'SELECT 1 FROM asked WHERE run_id = ? AND judge_id = ? AND "order" = ?'
            if self.conn.execute(sql, asked).fetchone() is None:
                self.asked.put(*asked, 0, self.import_id)
        if replaces is not None:
            self.flush()
            # The old one steps aside first: only one may be in force.
            self.conn.execute("UPDATE judgments SET superseded_by = id WHERE id = ?", (replaces,))
        number = self.judgments.add(
            pair.id, judge_id, order, given.status.value, given.verdict.value if given.verdict else None,
            given.preference, given.confidence, given.reason, given.raw, given.problem, given.prompt_name,
            given.cost, given.seconds, given.at or self.at, self.import_id,
        )  # fmt: skip
        if replaces is not None:
            self.superseded.append((number, replaces))
        verdict = given.verdict.value if given.verdict else None
        self._said[pair.id, judge_id, order] = (given.status.value, verdict, number)

    def reviewer(self, name: str) -> int:
        """The reviewer of this name, added where they are new."""
        number = self._reviewers_known.find(name)
        if number is None:
            number = self._reviewers_known.ids[name] = self.reviewers.add(name, self.import_id)
        return number

    def event_id(self, pair: Pair, reviewer: str, choice: Choice, replaces: str | None = None) -> str:
        """The id of an imported decision: the hash of what it says, so that importing twice adds nothing."""
        said = [
            self.set_name,
            pair.key,
            pair.turn,
            pair.contents,
            pair.candidate,
            pair.baseline,
            reviewer,
            choice.value,
        ]
        return digest(said if replaces is None else [*said, replaces])[:32]

    def event_ever(self, event_id: str, pair: Pair) -> bool:
        """Is this event in the file, in force or not?"""
        if event_id in self._event_ids:
            return True
        if pair.id >= self._pairs_known.first_new:
            return False
        return self.conn.execute("SELECT 1 FROM events WHERE id = ?", (event_id,)).fetchone() is not None

    def choice_in_force(self, pair: Pair, reviewer_id: int) -> tuple[Choice, str] | None:
        """The reviewer's current decision on the pair and its event id, or None; a carried one is not their own."""
        found = self._choices.get((pair.id, reviewer_id))
        if found is None and pair.id < self._pairs_known.first_new:
            row = self.conn.execute(
                "SELECT choice, id, max(seq) FROM acts_in_force WHERE kind = 'decision' AND pair_id = ?"
                " AND reviewer_id = ?",
                (pair.id, reviewer_id),
            ).fetchone()
            found = (Choice(row[0]), row[1]) if row[0] is not None else None
        return found

    def add_review(self, pair: Pair, reviewer_id: int, event_id: str, given: GivenReview) -> None:
        """Write an imported decision."""
        at = given.at or self.at
        self.events.add(
            event_id,
            "decision",
            pair.id,
            reviewer_id,
            given.choice.value,
            given.note,
            None,
            "import",
            at,
            self.import_id,
        )
        self._event_ids.add(event_id)
        self._choices[pair.id, reviewer_id] = (given.choice, event_id)

    def carry(self) -> int:
        """Write each reviewer's decisions on equal pairs of other runs to the pairs this import made."""
        self.flush()
        return carrying.carry(self.conn, self._pairs_known.first_new, self.at, self.import_id)


def _prefixes(text: ExampleText) -> tuple[str, ...]:
    return tuple(text.prefix(turn) for turn in range(1, len(text.turns) + 1))
