"""Responses that a later one replaces: facts appended, so that an old answer can come back."""

import json
from dataclasses import dataclass, field

from uphold.store.ledger import Ledger


@dataclass(slots=True)
class Given:
    """The responses that the files of an update give, by (system id, text id)."""

    by_place: dict[tuple[int, int], set[int]] = field(default_factory=dict)

    def note(self, system_id: int, text_id: int, response_id: int) -> None:
        """Remember that the files give this response."""
        self.by_place.setdefault((system_id, text_id), set()).add(response_id)


def replace(ledger: Ledger, given: Given) -> int:
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
