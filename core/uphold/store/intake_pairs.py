"""Runs and pairs of an import: found by what is compared, or added."""

import secrets
from dataclasses import dataclass

from uphold.records.texts import contents_hash
from uphold.store import naming
from uphold.store.intake_answers import Answers, Response
from uphold.store.intake_texts import Example
from uphold.store.ledger import Ledger
from uphold.store.tables import Known


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair of the file, with what its events are named by."""

    id: int
    run_id: int
    key: str
    turn: int
    contents: str
    candidate: str
    baseline: str


class Pairs:
    """The runs over the set and their pairs."""

    def __init__(self, ledger: Ledger, answers: Answers) -> None:
        self._ledger, self._answers = ledger, answers
        self._runs = Known(
            ledger.conn, ledger.runs, "SELECT id FROM runs WHERE set_id = ? AND candidate_id = ? AND baseline_id = ?"
        )
        self._known = Known(
            ledger.conn,
            ledger.pairs,
            "SELECT id FROM pairs WHERE run_id = ? AND example_id = ? AND turn = ? AND contents = ?",
        )
        self._pairs: dict[int, Pair] = {}

    def run(self, candidate: str, baseline: str) -> int:
        """The run of the two systems over the set, added where it is new."""
        ledger = self._ledger
        key = (ledger.set_id, self._answers.system(candidate), self._answers.system(baseline))
        number = self._runs.find(key)
        if number is None:
            ledger.flush()
            name = naming.run_name(ledger.conn, ledger.set_name, candidate, baseline)
            number = ledger.runs.add(*key, name, secrets.token_hex(16), ledger.at, ledger.import_id)
            self._runs.ids[key] = number
            ledger.flush()
        return number

    def take(
        self, names: tuple[str, str], example: Example, turn: int, candidate: Response, baseline: Response
    ) -> tuple[Pair, bool]:
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
            found = self._pairs[number] = Pair(number, run_id, example.key, turn, contents, *names)
        return found, new
