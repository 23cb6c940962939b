"""Judgments and decisions of an import: finding those in force, checking for earlier ones, and adding new ones."""

from array import array
from collections.abc import Iterator
from typing import NamedTuple

from uphold.records.enums import Choice, EventKind
from uphold.records.judgments import Judge
from uphold.records.rows import ImportedJudgment, ImportedReview
from uphold.records.texts import canonical, canonical_hash
from uphold.store.bulk_writer import BulkWriter, ChangedMeanwhile, IdCache, StoredPair
from uphold.store.outcomes import judgment_pattern, label_rows, verdict_columns, write_labels, write_verdicts

# Imported decisions rest on the reference that the example has after the import.
_SET_REFERENCES = """
UPDATE events SET reference_id = (
    SELECT f.prefix_id FROM pairs p JOIN examples e ON e.id = p.example_id
    JOIN reference_prefixes f ON f.reference_id = e.reference_id AND f.turn = p.turn WHERE p.id = events.pair_id
) WHERE seq BETWEEN ? AND ?
"""


_OUTCOMES = 16
"""More than there are outcomes of a judgment: a judgment is kept as its id times this, and the number of its outcome."""

_STAGED_TOGETHER = 5000


class CurrentJudgment(NamedTuple):
    """A judgment in force, with its id."""

    status: str
    verdict: str | None
    id: int


class CurrentDecision(NamedTuple):
    """A decision in force, with the id of its event."""

    choice: Choice
    event_id: str


class BulkAnnotations:
    """The judgments and decisions of one import.

    Only the `add_*` methods add judges and reviewers: a row that is looked up may still be rejected.
    """

    def __init__(self, writer: BulkWriter) -> None:
        self._writer = writer
        self._judges = IdCache(writer.conn, writer.judges, "SELECT id FROM judges WHERE name = ? AND version = ?")
        self._reviewers = IdCache(writer.conn, writer.reviewers, "SELECT id FROM reviewers WHERE name = ?")
        self._judge_versions: dict[str, str] = {}
        self._judgments: dict[tuple[int, str], dict[int, int]] = {}
        self._outcomes: list[tuple[str, str | None]] = []
        self._decisions: dict[int, dict[int, CurrentDecision]] = {}
        self._event_ids: set[str] = set()
        self._run_ids = array("q")
        self._stored_pairs: set[int] = set()
        self._requested_orders: set[tuple[int, int, str]] = set()

    def stage_outcomes(self) -> None:
        """After the last row, add the verdicts and labels of the new pairs, as they follow from the rows of this import."""
        writer, judges = self._writer, sorted({judge_id for judge_id, _ in self._judgments})
        for judge_id in judges:
            orders = [(order, found) for (judge, order), found in self._judgments.items() if judge == judge_id]
            for pair_id in range(writer.pairs.first_new, writer.pairs.next_id):
                said = [(order, *self._outcome(found[pair_id])) for order, found in orders if pair_id in found]
                if said:
                    columns = verdict_columns(" ".join(judgment_pattern(*each, 0) for each in said), None)
                    writer.verdicts.append(judge_id, pair_id, self._run_ids[pair_id - writer.pairs.first_new], *columns)
                if len(writer.verdicts.rows) >= _STAGED_TOGETHER:
                    writer.stage()
        for row in label_rows(self._decisions_on_new_pairs()):
            writer.human_labels.append(*row)

    def _decisions_on_new_pairs(self) -> Iterator[tuple[int, int, str, str]]:
        """Yield (pair id, reviewer id, kind, choice), by pair."""
        first_new, kind = self._writer.pairs.first_new, EventKind.DECISION.value
        decided = sorted({pair_id for found in self._decisions.values() for pair_id in found if pair_id >= first_new})
        for pair_id in decided:
            for reviewer_id, found in self._decisions.items():
                if pair_id in found:
                    yield pair_id, reviewer_id, kind, found[pair_id].choice.value

    def check(self) -> None:
        """Under the write lock, raise ChangedMeanwhile if somebody has acted on a pair whose decisions were looked at."""
        if not self._stored_pairs:
            return
        sql = "SELECT DISTINCT pair_id FROM events WHERE seq >= ?"
        acted_on = self._writer.conn.execute(sql, (self._writer.events.first_new,))
        if any(pair_id in self._stored_pairs for (pair_id,) in acted_on):
            raise ChangedMeanwhile

    def write_outcomes(self) -> None:
        """Write what could not be staged: the references of decisions, verdicts and labels of pairs that were there before."""
        writer, conn = self._writer, self._writer.conn
        if conn.execute("SELECT 1 FROM reference_texts LIMIT 1").fetchone() is not None:
            first, last = (
                number + writer.events.shift for number in (writer.events.first_new, writer.events.next_id - 1)
            )
            conn.execute(_SET_REFERENCES, (first, last))
        first_new = writer.pairs.first_new
        write_verdicts(
            conn, {pair_id for found in self._judgments.values() for pair_id in found if pair_id < first_new}
        )
        write_labels(conn, {pair_id for found in self._decisions.values() for pair_id in found if pair_id < first_new})

    def _is_stored(self, pair: StoredPair) -> bool:
        """Whether the pair was in the database before this import."""
        return pair.id < self._writer.pairs.first_new

    def _note_run(self, pair: StoredPair) -> None:
        """Remember the run of a new pair; new pairs come one after the other."""
        place = pair.id - self._writer.pairs.first_new
        if place >= 0:
            self._run_ids.extend([pair.run_id] * (place + 1 - len(self._run_ids)))
            self._run_ids[place] = pair.run_id

    # judgments

    def _judge_key(self, name: str) -> tuple[str, str]:
        """Return (name, version) of an imported judge; its version depends on its name alone."""
        version = self._judge_versions.get(name)
        if version is None:
            version = self._judge_versions[name] = Judge(name, "imported").version
        return name, version

    def find_judgment(self, pair: StoredPair, judge: str, order: str) -> CurrentJudgment | None:
        """Return the judge's judgment in force on the pair in this order, or None."""
        judge_id = self._judges.find(self._judge_key(judge))
        if judge_id is None:
            return None
        code = self._judgments.get((judge_id, order), {}).get(pair.id)
        if code is not None:
            return CurrentJudgment(*self._outcome(code), code // _OUTCOMES)
        found = None
        if self._is_stored(pair):
            row = self._writer.conn.execute(
                "SELECT status, verdict, id FROM judgments WHERE pair_id = ? AND judge_id = ? AND answer_order = ?"
                " AND sample = 0 AND superseded_by IS NULL AND purpose = 'verdict'",
                (pair.id, judge_id, order),
            ).fetchone()
            found = None if row is None else CurrentJudgment(*row)
        return found

    def was_ever_judged(self, pair: StoredPair, judge: str, order: str, outcome: tuple[str, str | None]) -> bool:
        """Whether the judge gave this outcome, (status, verdict), before this import, superseded or not."""
        judge_id = self._judges.find(self._judge_key(judge))
        if judge_id is None or not self._is_stored(pair):
            return False
        sql = (
            "SELECT 1 FROM judgments WHERE pair_id = ? AND judge_id = ? AND answer_order = ? AND status = ? AND verdict IS ?"
            " AND id < ?"
        )
        values = (pair.id, judge_id, order, *outcome, self._writer.judgments.first_new)
        return self._writer.conn.execute(sql, values).fetchone() is not None

    def add_judgment(self, pair: StoredPair, judgment: ImportedJudgment, replaces: int | None = None) -> None:
        """Add a judgment, superseding the one with the id `replaces` if given."""
        writer, order = self._writer, judgment.order.value
        judge_id = self._find_or_add_judge(judgment.judge)
        self._add_requested_order(pair.run_id, judge_id, order)
        verdict = judgment.verdict.value if judgment.verdict else None
        number = writer.judgments.add(
            pair.id,
            judge_id,
            order,
            judgment.status.value,
            verdict,
            judgment.preference,
            judgment.confidence,
            judgment.reason,
            judgment.raw,
            judgment.problem,
            judgment.prompt_name,
            judgment.cost,
            judgment.seconds,
            judgment.at or writer.at,
            writer.import_id,
        )
        if replaces is not None:
            writer.superseded.append((number, replaces))
        self._note_run(pair)
        code = self._outcome_code(judgment.status.value, verdict)
        self._judgments.setdefault((judge_id, order), {})[pair.id] = number * _OUTCOMES + code

    def _outcome_code(self, status: str, verdict: str | None) -> int:
        outcome = (status, verdict)
        if outcome not in self._outcomes:
            self._outcomes.append(outcome)
        return self._outcomes.index(outcome)

    def _outcome(self, code: int) -> tuple[str, str | None]:
        """Return (status, verdict) of a judgment that is kept as its id and its outcome in one number."""
        return self._outcomes[code % _OUTCOMES]

    def _find_or_add_judge(self, name: str) -> int:
        key, writer = self._judge_key(name), self._writer
        number = self._judges.find(key)
        if number is None:
            number = writer.judges.add(*key, "imported", canonical({}), 0, writer.at, writer.import_id)
            self._judges.add(key, number)
        return number

    def _add_requested_order(self, run_id: int, judge_id: int, order: str) -> None:
        """Record that a run has judgments of a judge in an order; 0 samples, since none were requested here."""
        requested = (run_id, judge_id, order)
        if requested in self._requested_orders:
            return
        self._requested_orders.add(requested)
        sql = "SELECT 1 FROM judge_orders WHERE run_id = ? AND judge_id = ? AND answer_order = ?"
        if self._writer.conn.execute(sql, requested).fetchone() is None:
            self._writer.judge_orders.append(*requested, 0, self._writer.import_id)

    # decisions

    def event_id(self, pair: StoredPair, review: ImportedReview, replaces: str | None = None) -> str:
        """Return the event id of an imported decision.

        It is a hash of the pair, the reviewer and the choice (and of the decision it replaces), so that importing the
        same file twice adds nothing.
        """
        identity = [
            self._writer.set_name,
            pair.key,
            pair.turn,
            pair.contents,
            pair.candidate,
            pair.baseline,
            review.reviewer,
            review.choice.value,
        ]
        return canonical_hash(identity if replaces is None else [*identity, replaces])[:32]

    def has_event(self, event_id: str, pair: StoredPair) -> bool:
        """Whether this event is in the database, in force or not."""
        if event_id in self._event_ids:
            return True
        if not self._is_stored(pair):
            return False
        self._stored_pairs.add(pair.id)
        return self._writer.conn.execute("SELECT 1 FROM events WHERE id = ?", (event_id,)).fetchone() is not None

    def find_decision(self, pair: StoredPair, reviewer: str) -> CurrentDecision | None:
        """Return the reviewer's current decision on the pair, or None; a carried one does not count."""
        if self._is_stored(pair):
            self._stored_pairs.add(pair.id)
        reviewer_id = self._reviewers.find(reviewer)
        if reviewer_id is None:
            return None
        found = self._decisions.get(reviewer_id, {}).get(pair.id)
        if found is None and self._is_stored(pair):
            row = self._writer.conn.execute(
                "SELECT choice, id, max(seq) FROM standing_events WHERE kind = 'decision' AND pair_id = ?"
                " AND reviewer_id = ?",
                (pair.id, reviewer_id),
            ).fetchone()
            found = CurrentDecision(Choice(row[0]), row[1]) if row[0] is not None else None
        return found

    def add_decision(self, pair: StoredPair, review: ImportedReview, event_id: str) -> None:
        """Add an imported decision."""
        writer = self._writer
        reviewer_id = self._reviewers.find(review.reviewer)
        if reviewer_id is None:
            reviewer_id = writer.reviewers.add(review.reviewer, writer.import_id)
            self._reviewers.add(review.reviewer, reviewer_id)
        writer.events.add(
            event_id,
            "decision",
            pair.id,
            reviewer_id,
            review.choice.value,
            review.note,
            "import",
            review.at or writer.at,
            writer.import_id,
        )
        self._event_ids.add(event_id)
        self._decisions.setdefault(reviewer_id, {})[pair.id] = CurrentDecision(review.choice, event_id)
