"""Writing an import: finds or adds each thing by its identity, within one transaction that somebody else commits."""

import sqlite3

from uphold.store import carrying
from uphold.store.intake_answers import Answers, Response
from uphold.store.intake_pairs import Pair, Pairs
from uphold.store.intake_texts import Example, Texts
from uphold.store.intake_words import Words
from uphold.store.ledger import Ledger

__all__ = ["Example", "Intake", "Pair", "Response"]


class Intake:
    """One import into one set, by subject; `flush` writes what waits."""

    def __init__(self, conn: sqlite3.Connection, set_name: str, import_id: int, at: str) -> None:
        self.ledger = Ledger(conn, set_name, import_id, at)
        self.texts = Texts(self.ledger)
        self.answers = Answers(self.ledger)
        self.pairs = Pairs(self.ledger, self.answers)
        self.words = Words(self.ledger)

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
        return carrying.carry(ledger.conn, ledger.pairs.first_new, ledger.at, ledger.import_id)
