"""Writing the rows of an import: examples and tags, systems and responses, runs and pairs.

`BulkImport` holds one writer per subject over one `BulkWriter`; bulk_annotations has judgments and decisions. What is read
is the database as it was before the import, beside it the rows of the import itself: ids stay in memory, texts do not.
"""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from uphold.records.enums import REFERENCE
from uphold.records.texts import AnswerCell, ExampleText, canonical, cells_forms, contents_hash
from uphold.store import pairs, runs
from uphold.store.bulk_annotations import BulkAnnotations
from uphold.store.bulk_writer import BulkWriter, IdCache, StoredPair
from uphold.store.outcomes import write_example_verdicts
from uphold.store.sets import read_text, withdrawn_ids
from uphold.store.texts import delete_unused_references, delete_unused_texts


@dataclass(slots=True)
class StoredExample:
    """An example of the set, with its present text and reference.

    `prefixes` are the hashes of the text up to each turn, `reference_ids` the ids of the reference up to each turn, None
    while there is none.
    """

    id: int
    key: str
    text: ExampleText
    text_id: int
    prefixes: tuple[str, ...]
    reference_ids: tuple[int | None, ...]

    @property
    def reference_id(self) -> int | None:
        """The id of the whole reference."""
        return self.reference_ids[-1]


class BulkExamples:
    """The examples of the set, with their texts, references and tags."""

    def __init__(self, writer: BulkWriter) -> None:
        self._writer = writer
        self._text_ids = IdCache(writer.conn, writer.texts, "SELECT id FROM texts WHERE hash = ?", hashed=True)
        self._reference_ids = IdCache(
            writer.conn, writer.reference_texts, "SELECT id FROM reference_texts WHERE hash = ?", hashed=True
        )
        self._ids = IdCache(writer.conn, writer.examples, "SELECT id FROM examples WHERE set_id = ? AND key = ?")
        self._recent: dict[int, StoredExample] = {}
        self._tags: dict[int, set[str]] = {}
        self._edited: dict[int, tuple[StoredExample, tuple[int, int | None]]] = {}
        self._withdrawn = withdrawn_ids(writer.conn, writer.set_id)
        self._revived: dict[int, StoredExample] = {}

    def find(self, key: str) -> StoredExample | None:
        """Return the example with this key in the set, or None: also where its addition was undone."""
        number = self._ids.find((self._writer.set_id, key))
        return None if number is None or number in self._withdrawn else self.get(number)

    def get(self, number: int) -> StoredExample:
        """Return the example with this id, as it is after the rows so far."""
        if number in self._edited:
            return self._edited[number][0]
        if number in self._revived:
            return self._revived[number]
        found = self._recent.get(number)
        if found is None:
            found = self._recent[number] = self._load(number)
        return found

    def _load(self, number: int) -> StoredExample:
        examples, texts = self._writer.examples.source(number), self._writer.texts
        sql = f"SELECT key, text_id, reference_id FROM {examples} WHERE id = ?"
        key, text_id, reference_id = self._select(sql, number)
        turns, context = self._select(f"SELECT turns, context FROM {texts.source(text_id)} WHERE id = ?", text_id)
        references = None
        if reference_id is not None:
            source = self._writer.reference_texts.source(reference_id)
            (references,) = self._select(f"SELECT turns FROM {source} WHERE id = ?", reference_id)
        text = read_text(turns, context, references)
        return StoredExample(number, key, text, text_id, _prefixes(text), self._find_or_add_references(text))

    def _select(self, sql: str, number: int) -> tuple[Any, ...]:
        row: tuple[Any, ...] = self._writer.conn.execute(sql, (number,)).fetchone()
        return row

    def forget_recent(self) -> None:
        """Forget the texts of examples whose rows are no longer buffered; they can be read again."""
        self._recent.clear()

    @property
    def has_edits(self) -> bool:
        """Whether an example has been given another text or reference, or was added again."""
        return bool(self._edited or self._revived)

    def add(self, key: str, text: ExampleText) -> StoredExample:
        """Add an active example and return it; one whose addition was undone is added again."""
        writer, prefixes = self._writer, _prefixes(text)
        text_id, reference_ids = self._find_or_add_text(text, prefixes), self._find_or_add_references(text)
        known = self._ids.find((writer.set_id, key)) if self._withdrawn else None
        number = known if known is not None else writer.examples.add(writer.set_id, key, text_id, reference_ids[-1])
        writer.example_events.add(number, "added", text_id, reference_ids[-1], writer.at, writer.import_id)
        example = StoredExample(number, key, text, text_id, prefixes, reference_ids)
        if known is None:
            self._ids.add((writer.set_id, key), number)
            self._recent[number] = example
        else:
            self._withdrawn.discard(number)
            self._revived[number] = example
        return example

    def edit(self, example: StoredExample, text: ExampleText) -> None:
        """Give an example another text or reference for the rest of the import; `write_edits` writes it."""
        self._edited.setdefault(example.id, (example, (example.text_id, example.reference_id)))
        example.text, example.prefixes = text, _prefixes(text)
        example.text_id = self._find_or_add_text(text, example.prefixes)
        example.reference_ids = self._find_or_add_references(text)

    def count_edits(self) -> int:
        """Return how many examples have been given another text or reference."""
        return sum((example.text_id, example.reference_id) != before for example, before in self._edited.values())

    def write_edits(self) -> int:
        """Write one edit for every example whose text or reference has changed; return how many.

        The old text, its responses and their judgments stay in the database. Examples that are added again get their text.
        """
        writer = self._writer
        writer.conn.executemany(
            "UPDATE examples SET text_id = ?, reference_id = ?, status = 'active' WHERE id = ?",
            [(example.text_id, example.reference_id, example.id) for example in self._revived.values()],
        )
        write_example_verdicts(writer.conn, list(self._revived))
        changed = []
        for example, before in self._edited.values():
            if (example.text_id, example.reference_id) == before:
                continue
            changed.append(example)
            kind, text_id = ("referenced", None) if example.text_id == before[0] else ("edited", example.text_id)
            writer.example_events.add(example.id, kind, text_id, example.reference_id, writer.at, writer.import_id)
        writer.flush()
        sql = "UPDATE examples SET text_id = ?, reference_id = ? WHERE id = ?"
        writer.conn.executemany(sql, [(example.text_id, example.reference_id, example.id) for example in changed])
        write_example_verdicts(writer.conn, [example.id for example in changed])
        if self._edited:
            # Those that an example had only between two edits of this import.
            delete_unused_texts(writer.conn, range(writer.texts.first_new, writer.texts.next_id))
            delete_unused_references(writer.conn)
        return len(changed)

    def _find_or_add_text(self, text: ExampleText, prefixes: tuple[str, ...]) -> int:
        text_hash = prefixes[-1]
        number = self._text_ids.find(text_hash)
        if number is None:
            number = self._writer.texts.add(text_hash, canonical(text.turns), text.context)
            self._text_ids.add(text_hash, number)
            for turn, prefix in enumerate(prefixes, 1):
                self._writer.text_prefixes.append(number, turn, prefix)
        return number

    def _find_or_add_references(self, text: ExampleText) -> tuple[int | None, ...]:
        """Return the ids of the text's references up to each turn, adding those that are new."""
        references, ids = text.references, list[int | None]()
        if not any(reference is not None for reference in references):
            return (None,) * len(text.turns)
        for turn, digest in enumerate(cells_forms(references)[1], 1):
            if all(reference is None for reference in references[:turn]):
                ids.append(None)
                continue
            number = self._reference_ids.find(digest)
            if number is None:
                number = self._writer.reference_texts.add(digest, canonical(references[:turn]))
                self._reference_ids.add(digest, number)
                for earlier, prefix_id in enumerate((*ids, number), 1):
                    if prefix_id is not None:
                        self._writer.reference_prefixes.append(number, earlier, prefix_id)
            ids.append(number)
        return tuple(ids)

    def add_tags(self, example: StoredExample, tags: tuple[str, ...]) -> int:
        """Add the tags that the example does not have yet; return how many."""
        writer = self._writer
        present = self._tags.get(example.id)
        if present is None:
            present = self._tags[example.id] = set()
            if example.id < writer.examples.first_new:
                rows = writer.conn.execute("SELECT tag FROM tags WHERE example_id = ?", (example.id,))
                present.update(row[0] for row in rows)
        new = [tag for tag in dict.fromkeys(tags) if tag not in present]
        for tag in new:
            present.add(tag)
            writer.tags.append(example.id, tag, writer.import_id)
            writer.tag_events.add(example.id, tag, "added", writer.at, writer.import_id)
        return len(new)


def _prefixes(text: ExampleText) -> tuple[str, ...]:
    """Return the hash of the text up to each of its turns."""
    return tuple(text.prefix(turn) for turn in range(1, len(text.turns) + 1))


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """A response in the database; `prefixes` are the hashes of its cells up to each turn."""

    id: int
    cells: tuple[AnswerCell, ...]
    prefixes: tuple[str, ...]


class BulkResponses:
    """The systems and their responses to the examples of the set."""

    def __init__(self, writer: BulkWriter) -> None:
        self._writer = writer
        self._system_ids = IdCache(writer.conn, writer.systems, "SELECT id FROM systems WHERE name = ?")
        self._response_ids = IdCache(
            writer.conn,
            writer.responses,
            "SELECT id FROM responses WHERE system_id = ? AND text_id = ? AND hash = ?",
            hashed=True,
        )
        self._recent: dict[int, StoredResponse] = {}
        self._latest: dict[int, dict[int, int]] = {}

    def find_or_add_system(self, name: str) -> int:
        """Return the id of the system with this name, adding it if it is new."""
        number = self._system_ids.find(name)
        if number is None:
            number = self._writer.systems.add(name, self._writer.import_id)
            self._system_ids.add(name, number)
        return number

    def find_or_add(
        self,
        system: str,
        example: StoredExample,
        cells: tuple[AnswerCell, ...],
        check_earlier: Callable[[int], None] | None = None,
    ) -> tuple[StoredResponse, bool]:
        """Return a system's response to the example's present text, and whether it was added.

        Before another than the latest is added, `check_earlier` is called with the id of that, and may raise.
        """
        writer, (encoded, prefixes) = self._writer, cells_forms(cells)
        system_id = self.find_or_add_system(system)
        key = (system_id, example.text_id, prefixes[-1])
        number = self._response_ids.find(key)
        new = number is None
        if number is None:
            earlier = self._latest_id(system_id, example.text_id) if check_earlier is not None else None
            if earlier is not None and check_earlier is not None:
                check_earlier(earlier)
            number = writer.responses.add(*key, encoded, writer.at, writer.import_id)
            self._response_ids.add(key, number)
        found = self._recent[number] = StoredResponse(number, cells, prefixes)
        self._latest.setdefault(system_id, {})[example.text_id] = number
        return found, new

    def latest(self, system: str, example: StoredExample) -> StoredResponse | None:
        """Return the last response of this import to the example's text, else the latest in force, or None."""
        system_id = self._system_ids.find(system)
        number = None if system_id is None else self._latest_id(system_id, example.text_id)
        return None if number is None else self.get(number)

    def _latest_id(self, system_id: int, text_id: int) -> int | None:
        latest = self._latest.setdefault(system_id, {})
        number = latest.get(text_id)
        if number is None and text_id < self._writer.texts.first_new:
            number = self._latest_in_force(system_id, text_id)
            if number is not None:
                latest[text_id] = number
        return number

    def get(self, number: int) -> StoredResponse:
        """Return the response with this id."""
        found = self._recent.get(number)
        if found is None:
            found = self._recent[number] = self._load(number)
        return found

    def _latest_in_force(self, system_id: int, text_id: int) -> int | None:
        row = self._writer.conn.execute(
            "SELECT id FROM responses WHERE system_id = ? AND text_id = ?"
            " AND id NOT IN (SELECT response_id FROM replaced) ORDER BY id DESC LIMIT 1",
            (system_id, text_id),
        ).fetchone()
        return None if row is None else int(row[0])

    def _load(self, number: int) -> StoredResponse:
        source = self._writer.responses.source(number)
        (encoded,) = self._writer.conn.execute(f"SELECT cells FROM {source} WHERE id = ?", (number,)).fetchone()
        cells = tuple(json.loads(encoded))
        return StoredResponse(number, cells, cells_forms(cells)[1])

    def forget_recent(self) -> None:
        """Forget the cells of responses whose rows are no longer buffered; they can be read again."""
        self._recent.clear()


class BulkPairs:
    """The runs over the set and their pairs."""

    def __init__(self, writer: BulkWriter, responses: BulkResponses) -> None:
        self._writer, self._responses = writer, responses
        self._run_ids = IdCache(
            writer.conn, writer.runs, "SELECT id FROM runs WHERE set_id = ? AND candidate_id = ? AND baseline_id = ?"
        )
        self._pair_ids = IdCache(
            writer.conn,
            writer.pairs,
            "SELECT id FROM pairs WHERE run_id = ? AND example_id = ? AND turn = ? AND contents = ?",
            hashed=True,
        )
        self._run_names: set[str] = set()

    def find_or_add_run(self, candidate: str, baseline: str) -> int:
        """Return the id of the run of the two systems over the set, adding it if it is new."""
        writer, systems = self._writer, self._responses
        key = (writer.set_id, systems.find_or_add_system(candidate), systems.find_or_add_system(baseline))
        number = self._run_ids.find(key)
        if number is None:
            name = runs.default_run_name(writer.conn, writer.set_name, candidate, baseline, self._run_names)
            self._run_names.add(name)
            number = writer.runs.add(*key, name, writer.at, writer.import_id)
            self._run_ids.add(key, number)
        return number

    def find_or_add(
        self,
        systems: tuple[str, str],
        example: StoredExample,
        turn: int,
        candidate: StoredResponse,
        baseline: StoredResponse,
    ) -> tuple[StoredPair, bool]:
        """Return the pair of two responses up to `turn`, and whether it was added; `systems` is (candidate, baseline)."""
        run_id = self.find_or_add_run(*systems)
        prefix = example.prefixes[turn - 1]
        contents = contents_hash(prefix, candidate.prefixes[turn - 1], baseline.prefixes[turn - 1])
        key = (run_id, example.id, turn, contents)
        number = self._pair_ids.find(key)
        new = number is None
        if number is None:
            reference_id = example.reference_ids[turn - 1] if REFERENCE in systems else None
            number = self._writer.pairs.add(
                *key, prefix, example.text_id, candidate.id, baseline.id, reference_id, self._writer.import_id
            )
            self._pair_ids.add(key, number)
        return StoredPair(number, run_id, example.key, turn, contents, *systems), new


class BulkImport:
    """One import into one set: its examples, responses, pairs and annotations."""

    def __init__(self, conn: sqlite3.Connection, set_name: str, at: str) -> None:
        self.writer = BulkWriter(conn, set_name, at)
        self.examples = BulkExamples(self.writer)
        self.responses = BulkResponses(self.writer)
        self.pairs = BulkPairs(self.writer, self.responses)
        self.annotations = BulkAnnotations(self.writer)

    def stage(self) -> None:
        """Move all buffered rows, and texts that were kept at hand, out of memory."""
        self.writer.stage()
        self.examples.forget_recent()
        self.responses.forget_recent()

    def check(self) -> None:
        """Under the write lock, raise ChangedMeanwhile if another connection has changed what was looked at."""
        self.writer.check()
        self.annotations.check()

    def carry_decisions(self, *, from_earlier_only: bool = False) -> int:
        """Carry each reviewer's decisions on equal pairs of other runs to the new pairs; return how many.

        With `from_earlier_only` those on pairs that were there before: what is new has its decisions with it.
        """
        writer = self.writer
        writer.flush()
        self.annotations.write_outcomes()
        first, at, number = writer.pairs.first_new, writer.at, writer.import_id
        return pairs.carry_decisions(writer.conn, first, at, number, from_earlier_only=from_earlier_only)
