"""Examples of an import: found by key, added, edited, tagged."""

from dataclasses import dataclass

from uphold.records.texts import ExampleText, canonical
from uphold.store.ledger import Ledger
from uphold.store.sets import read_text
from uphold.store.tables import Known


@dataclass(slots=True)
class Example:
    """An example of the set as it stands, with the hash of its text up to each turn."""

    id: int
    key: str
    text: ExampleText
    text_id: int
    prefixes: tuple[str, ...]


class Texts:
    """The examples of the set."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._known = Known(ledger.conn, ledger.texts, "SELECT id FROM texts WHERE hash = ?")
        self._examples: dict[str, Example] = {}
        self._tags: dict[int, set[str]] = {}
        self._edited: dict[int, tuple[Example, int]] = {}

    def find(self, key: str) -> Example | None:
        """The example with this key in the set, or None."""
        found = self._examples.get(key)
        if found is None and self._ledger.examples.first_new > 1:
            found = self._load(key)
            if found is not None:
                self._examples[key] = found
        return found

    def _load(self, key: str) -> Example | None:
        row = self._ledger.conn.execute(
            'SELECT e.id, t.id, t.turns, t.context, t."references" FROM examples e JOIN texts t ON t.id = e.text_id'
            " WHERE e.set_id = ? AND e.key = ?",
            (self._ledger.set_id, key),
        ).fetchone()
        if row is None:
            return None
        number, text_id, turns, context, references = row
        text = read_text(turns, context, references)
        return Example(number, key, text, text_id, _prefixes(text))

    def add(self, key: str, text: ExampleText) -> Example:
        """Add an active example."""
        ledger, prefixes = self._ledger, _prefixes(text)
        text_id = self._text(text, prefixes)
        number = ledger.examples.add(ledger.set_id, key, text_id)
        ledger.example_events.add(number, "added", text_id, ledger.at, ledger.import_id)
        example = self._examples[key] = Example(number, key, text, text_id, prefixes)
        return example

    def edit(self, example: Example, text: ExampleText) -> None:
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

    def tag(self, example: Example, tags: tuple[str, ...]) -> int:
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
