"""Examples of an import: found by key, added, edited, tagged."""

import json
import secrets
import sqlite3
from dataclasses import dataclass

from uphold.records.texts import AnswerCell, ExampleText, canonical, cells_forms, contents_hash
from uphold.store import pairs, runs
from uphold.store.bulk_annotations import BulkAnnotations
from uphold.store.bulk_writer import BulkWriter, IdCache, StoredPair
from uphold.store.sets import read_text


@dataclass(slots=True)
class StoredExample:
    """An example of the set as it stands, with the hash of its text up to each turn."""

    id: int
    key: str
    text: ExampleText
    text_id: int
    prefixes: tuple[str, ...]


class BulkExamples:
    """The examples of the set."""

    def __init__(self, ledger: BulkWriter) -> None:
        self._ledger = ledger
        self._known = IdCache(ledger.conn, ledger.texts, "SELECT id FROM texts WHERE hash = ?")
        self._examples: dict[str, StoredExample] = {}
        self._tags: dict[int, set[str]] = {}
        self._edited: dict[int, tuple[StoredExample, int]] = {}

    def find(self, key: str) -> StoredExample | None:
        """The example with this key in the set, or None."""
        found = self._examples.get(key)
        if found is None and self._ledger.examples.first_new > 1:
            found = self._load(key)
            if found is not None:
                self._examples[key] = found
        return found

    def _load(self, key: str) -> StoredExample | None:
        row = self._ledger.conn.execute(
            'SELECT e.id, t.id, t.turns, t.context, t."references" FROM examples e JOIN texts t ON t.id = e.text_id'
            " WHERE e.set_id = ? AND e.key = ?",
            (self._ledger.set_id, key),
        ).fetchone()
        if row is None:
            return None
        number, text_id, turns, context, references = row
        text = read_text(turns, context, references)
        return StoredExample(number, key, text, text_id, _prefixes(text))

    def add(self, key: str, text: ExampleText) -> StoredExample:
        """Add an active example."""
        ledger, prefixes = self._ledger, _prefixes(text)
        text_id = self._text(text, prefixes)
        number = ledger.examples.add(ledger.set_id, key, text_id)
        ledger.example_events.add(number, "added", text_id, ledger.at, ledger.import_id)
        example = self._examples[key] = StoredExample(number, key, text, text_id, prefixes)
        return example

    def edit(self, example: StoredExample, text: ExampleText) -> None:
        """Give an example another text for what follows; `keep_edits` writes it."""
        self._edited.setdefault(example.id, (example, example.text_id))
        example.text, example.prefixes = text, _prefixes(text)
        example.text_id = self._text(text, example.prefixes)

    def keep_edits(self) -> int:
        """Write the texts that examples have now and had not before, one edit each; returns how many.

        The old text and what was said of it stay in the file.
        """
        ledger = self._ledger
        kept = [example for example, before in self._edited.values() if example.text_id != before]
        for example in kept:
            ledger.example_events.add(example.id, "edited", example.text_id, ledger.at, ledger.import_id)
        ledger.flush()
        sql = "UPDATE examples SET text_id = ? WHERE id = ?"
        ledger.conn.executemany(sql, [(example.text_id, example.id) for example in kept])
        if self._edited:
            self._forget_unused()
        return len(kept)

    def _forget_unused(self) -> None:
        """Leave no text that an example had only on the way to the one it has."""
        users = ("examples", "example_events", "responses", "pairs")
        used = " UNION ".join(f"SELECT text_id FROM {table}" for table in users)
        first = (self._ledger.texts.first_new,)
        self._ledger.conn.execute(f"DELETE FROM text_turns WHERE text_id >= ? AND text_id NOT IN ({used})", first)
        self._ledger.conn.execute(f"DELETE FROM texts WHERE id >= ? AND id NOT IN ({used})", first)

    def _text(self, text: ExampleText, prefixes: tuple[str, ...]) -> int:
        whole = prefixes[-1]
        number = self._known.find(whole)
        if number is None:
            references = canonical(text.references) if any(r is not None for r in text.references) else None
            number = self._ledger.texts.add(whole, canonical(text.turns), text.context, references)
            self._known.ids[whole] = number
            for turn, prefix in enumerate(prefixes, 1):
                self._ledger.text_turns.put(number, turn, prefix)
        return number

    def tag(self, example: StoredExample, tags: tuple[str, ...]) -> int:
        """Add tags that the example has not yet; returns how many."""
        ledger = self._ledger
        old = self._tags.get(example.id)
        if old is None:
            old = self._tags[example.id] = set()
            if example.id < ledger.examples.first_new:
                rows = ledger.conn.execute("SELECT tag FROM tags WHERE example_id = ?", (example.id,))
                old.update(row[0] for row in rows)
        fresh = [tag for tag in dict.fromkeys(tags) if tag not in old]
        for tag in fresh:
            old.add(tag)
            ledger.tags.put(example.id, tag, ledger.import_id)
        return len(fresh)


def _prefixes(text: ExampleText) -> tuple[str, ...]:
    return tuple(text.prefix(turn) for turn in range(1, len(text.turns) + 1))


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """A response of the file, with the hash of its cells up to each turn."""

    id: int
    cells: tuple[AnswerCell, ...]
    prefixes: tuple[str, ...]


class BulkResponses:
    """The systems and their responses."""

    def __init__(self, ledger: BulkWriter) -> None:
        self._ledger = ledger
        self._systems = IdCache(ledger.conn, ledger.systems, "SELECT id FROM systems WHERE name = ?")
        self._known = IdCache(
            ledger.conn,
            ledger.responses,
            "SELECT id FROM responses WHERE system_id = ? AND text_id = ? AND hash = ?",
        )
        self._responses: dict[int, StoredResponse] = {}
        self._latest: dict[tuple[int, int], StoredResponse] = {}

    def system(self, name: str) -> int:
        """The system of this name, added where it is new."""
        number = self._systems.find(name)
        if number is None:
            number = self._systems.ids[name] = self._ledger.systems.add(name, self._ledger.import_id)
        return number

    def take(self, system: str, example: StoredExample, cells: tuple[AnswerCell, ...]) -> tuple[StoredResponse, bool]:
        """What a system answered to the example's present text, and whether it is new in the file."""
        ledger, (form, prefixes) = self._ledger, cells_forms(cells)
        place = (self.system(system), example.text_id)
        key = (*place, prefixes[-1])
        number = self._known.find(key)
        new = number is None
        if number is None:
            number = ledger.responses.add(*key, form, ledger.at, ledger.import_id)
            self._known.ids[key] = number
        found = self._responses.get(number)
        if found is None:
            found = self._responses[number] = StoredResponse(number, cells, prefixes)
        self._latest[place] = found
        return found, new

    def latest(self, system: str, example: StoredExample) -> StoredResponse | None:
        """The response to the example's text that this import gave last, else the latest not replaced, or None."""
        number = self._systems.find(system)
        if number is None:
            return None
        place = (number, example.text_id)
        found = self._latest.get(place)
        if found is None and example.text_id < self._ledger.texts.first_new:
            found = self._load(place)
            if found is not None:
                self._latest[place] = found
        return found

    def _load(self, place: tuple[int, int]) -> StoredResponse | None:
        row = self._ledger.conn.execute(
            "SELECT id, cells FROM responses WHERE system_id = ? AND text_id = ?"
            " AND id NOT IN (SELECT response_id FROM replaced) ORDER BY id DESC LIMIT 1",
            place,
        ).fetchone()
        if row is None:
            return None
        cells = tuple(json.loads(row[1]))
        return self._responses.setdefault(row[0], StoredResponse(row[0], cells, cells_forms(cells)[1]))


class BulkPairs:
    """The runs over the set and their pairs."""

    def __init__(self, ledger: BulkWriter, answers: BulkResponses) -> None:
        self._ledger, self._answers = ledger, answers
        self._runs = IdCache(
            ledger.conn, ledger.runs, "SELECT id FROM runs WHERE set_id = ? AND candidate_id = ? AND baseline_id = ?"
        )
        self._known = IdCache(
            ledger.conn,
            ledger.pairs,
            "SELECT id FROM pairs WHERE run_id = ? AND example_id = ? AND turn = ? AND contents = ?",
        )
        self._pairs: dict[int, StoredPair] = {}

    def run(self, candidate: str, baseline: str) -> int:
        """The run of the two systems over the set, added where it is new."""
        ledger = self._ledger
        key = (ledger.set_id, self._answers.system(candidate), self._answers.system(baseline))
        number = self._runs.find(key)
        if number is None:
            ledger.flush()
            name = runs.default_run_name(ledger.conn, ledger.set_name, candidate, baseline)
            number = ledger.runs.add(*key, name, secrets.token_hex(16), ledger.at, ledger.import_id)
            self._runs.ids[key] = number
            ledger.flush()
        return number

    def take(
        self,
        names: tuple[str, str],
        example: StoredExample,
        turn: int,
        candidate: StoredResponse,
        baseline: StoredResponse,
    ) -> tuple[StoredPair, bool]:
        """The pair of two responses up to `turn`, and whether it is new."""
        run_id = self.run(*names)
        prefix = example.prefixes[turn - 1]
        contents = contents_hash(prefix, candidate.prefixes[turn - 1], baseline.prefixes[turn - 1])
        key = (run_id, example.id, turn, contents)
        number = self._known.find(key)
        new = number is None
        if number is None:
            number = self._ledger.pairs.add(
                *key, prefix, example.text_id, candidate.id, baseline.id, self._ledger.import_id
            )
            self._known.ids[key] = number
        found = self._pairs.get(number)
        if found is None:
            found = self._pairs[number] = StoredPair(number, run_id, example.key, turn, contents, *names)
        return found, new


class BulkImport:
    """One import into one set, by subject; `flush` writes what waits."""

    def __init__(self, conn: sqlite3.Connection, set_name: str, import_id: int, at: str) -> None:
        self.ledger = BulkWriter(conn, set_name, import_id, at)
        self.texts = BulkExamples(self.ledger)
        self.answers = BulkResponses(self.ledger)
        self.pairs = BulkPairs(self.ledger, self.answers)
        self.words = BulkAnnotations(self.ledger)

    @property
    def set_id(self) -> int:
        """The set that is filled."""
        return self.ledger.set_id

    def flush(self) -> None:
        """Write what waits, parents before children."""
        self.ledger.flush()

    def carry(self) -> int:
        """Write each reviewer's decisions on equal pairs of other runs to the pairs this import made."""
        ledger = self.ledger
        ledger.flush()
        return pairs.carry_decisions(ledger.conn, ledger.pairs.first_new, ledger.at, ledger.import_id)
