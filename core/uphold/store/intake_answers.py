"""Responses of an import: found by system, text and contents, or added."""

import json
from dataclasses import dataclass

from uphold.records.texts import Cell, cells_forms
from uphold.store.intake_texts import Example
from uphold.store.ledger import Ledger
from uphold.store.tables import Known


@dataclass(frozen=True, slots=True)
class Response:
    """A response of the file, with the hash of its cells up to each turn."""

    id: int
    cells: tuple[Cell, ...]
    prefixes: tuple[str, ...]


class Answers:
    """The systems and their responses."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._systems = Known(ledger.conn, ledger.systems, "SELECT id FROM systems WHERE name = ?")
        self._known = Known(
            ledger.conn,
            ledger.responses,
            "SELECT id FROM responses WHERE system_id = ? AND text_id = ? AND hash = ?",
        )
        self._responses: dict[int, Response] = {}
        self._latest: dict[tuple[int, int], Response] = {}

    def system(self, name: str) -> int:
        """The system of this name, added where it is new."""
        number = self._systems.find(name)
        if number is None:
            number = self._systems.ids[name] = self._ledger.systems.add(name, self._ledger.import_id)
        return number

    def take(self, system: str, example: Example, cells: tuple[Cell, ...]) -> tuple[Response, bool]:
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
            found = self._responses[number] = Response(number, cells, prefixes)
        self._latest[place] = found
        return found, new

    def latest(self, system: str, example: Example) -> Response | None:
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

    def _load(self, place: tuple[int, int]) -> Response | None:
        row = self._ledger.conn.execute(
            "SELECT id, cells FROM responses WHERE system_id = ? AND text_id = ?"
            " AND id NOT IN (SELECT response_id FROM replaced) ORDER BY id DESC LIMIT 1",
            place,
        ).fetchone()
        if row is None:
            return None
        cells = tuple(json.loads(row[1]))
        return self._responses.setdefault(row[0], Response(row[0], cells, cells_forms(cells)[1]))
