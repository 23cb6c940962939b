"""Judgments and decisions of an import: finding those in force, checking for earlier ones, and adding new ones."""

from typing import NamedTuple

from uphold.records.enums import Choice
from uphold.records.judgments import Judge
from uphold.records.rows import ImportedJudgment, ImportedReview
from uphold.records.texts import canonical, canonical_hash
from uphold.store.bulk_writer import BulkWriter, IdCache, StoredPair
from uphold.store.outcomes import write_labels, write_verdicts

# Imported decisions rest on the reference that the example has after the import.
_SET_REFERENCES = """
UPDATE events SET reference_id = (
    SELECT f.prefix_id FROM pairs p JOIN examples e ON e.id = p.example_id
    JOIN reference_prefixes f ON f.reference_id = e.reference_id AND f.turn = p.turn WHERE p.id = events.pair_id
) WHERE seq >= ?
"""


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
        self._judgments: dict[tuple[int, int, str], CurrentJudgment] = {}
        self._decisions: dict[tuple[int, int], CurrentDecision] = {}
        self._event_ids: set[str] = set()
        self._requested_orders: set[tuple[int, int, str]] = set()

    def write_outcomes(self) -> None:
        """Write the verdicts and labels of the pairs with new judgments or decisions; all rows must be flushed."""
        conn = self._writer.conn
        if conn.execute("SELECT 1 FROM reference_texts LIMIT 1").fetchone() is not None:
            conn.execute(_SET_REFERENCES, (self._writer.events.first_new,))
        write_verdicts(conn, {pair_id for pair_id, *_ in self._judgments})
        write_labels(conn, {pair_id for pair_id, _ in self._decisions})

    def _is_stored(self, pair: StoredPair) -> bool:
        """Whether the pair was in the database before this import."""
        return pair.id < self._writer.pairs.first_new

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
        key = (pair.id, judge_id, order)
        found = self._judgments.get(key)
        if found is None and self._is_stored(pair):
            row = self._writer.conn.execute(
                "SELECT status, verdict, id FROM judgments WHERE pair_id = ? AND judge_id = ? AND answer_order = ?"
                " AND sample = 0 AND superseded_by IS NULL AND purpose = 'verdict'",
                key,
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
        self._judgments[pair.id, judge_id, order] = CurrentJudgment(judgment.status.value, verdict, number)

    def _find_or_add_judge(self, name: str) -> int:
        key, writer = self._judge_key(name), self._writer
        number = self._judges.find(key)
        if number is None:
            number = writer.judges.add(*key, "imported", canonical({}), 0, writer.at, writer.import_id)
            self._judges.ids[key] = number
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
        return self._writer.conn.execute("SELECT 1 FROM events WHERE id = ?", (event_id,)).fetchone() is not None

    def find_decision(self, pair: StoredPair, reviewer: str) -> CurrentDecision | None:
        """Return the reviewer's current decision on the pair, or None; a carried one does not count."""
        reviewer_id = self._reviewers.find(reviewer)
        if reviewer_id is None:
            return None
        found = self._decisions.get((pair.id, reviewer_id))
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
            self._reviewers.ids[review.reviewer] = reviewer_id
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
        self._decisions[pair.id, reviewer_id] = CurrentDecision(review.choice, event_id)
