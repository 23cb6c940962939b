"""What an import's judges and reviewers say of pairs: what is in force, what was ever said, and what is written."""

from typing import NamedTuple

from uphold.records.enums import Choice
from uphold.records.judgments import Judge
from uphold.records.rows import ImportedJudgment, ImportedReview
from uphold.records.texts import canonical, canonical_hash
from uphold.store.bulk_writer import BulkWriter, IdCache, StoredPair


class StandingVerdict(NamedTuple):
    """A judgment in force."""

    status: str
    verdict: str | None
    id: int


class StandingDecision(NamedTuple):
    """A decision in force."""

    choice: Choice
    event_id: str


class BulkAnnotations:
    """Judgments and decisions. Asking what is in force adds nobody: a row may yet be refused."""

    def __init__(self, ledger: BulkWriter) -> None:
        self._ledger = ledger
        self._judges = IdCache(ledger.conn, ledger.judges, "SELECT id FROM judges WHERE name = ? AND version = ?")
        self._reviewers = IdCache(ledger.conn, ledger.reviewers, "SELECT id FROM reviewers WHERE name = ?")
        self._versions: dict[str, str] = {}
        self._said: dict[tuple[int, int, str], StandingVerdict] = {}
        self._chosen: dict[tuple[int, int], StandingDecision] = {}
        self._event_ids: set[str] = set()
        self._asked: set[tuple[int, int, str]] = set()

    def _old(self, pair: StoredPair) -> bool:
        return pair.id < self._ledger.pairs.first_new

    # judgments

    def _judge(self, name: str) -> tuple[str, str]:
        """An imported judge's name and version: its name alone."""
        version = self._versions.get(name)
        if version is None:
            version = self._versions[name] = Judge(name, "imported").version
        return name, version

    def said(self, pair: StoredPair, judge: str, order: str) -> StandingVerdict | None:
        """What the judge says of the pair in this order, or None."""
        judge_id = self._judges.find(self._judge(judge))
        if judge_id is None:
            return None
        key = (pair.id, judge_id, order)
        found = self._said.get(key)
        if found is None and self._old(pair):
            row = self._ledger.conn.execute(
                'SELECT status, verdict, id FROM judgments WHERE pair_id = ? AND judge_id = ? AND "order" = ?'
                " AND sample = 0 AND superseded_by IS NULL",
                key,
            ).fetchone()
            found = None if row is None else StandingVerdict(*row)
        return found

    def ever_said(self, pair: StoredPair, judge: str, order: str, word: tuple[str, str | None]) -> bool:
        """Did the judge say this word of the pair in this order before this import, superseded or not?"""
        judge_id = self._judges.find(self._judge(judge))
        if judge_id is None or not self._old(pair):
            return False
        sql = (
            'SELECT 1 FROM judgments WHERE pair_id = ? AND judge_id = ? AND "order" = ? AND status = ? AND verdict IS ?'
            " AND id < ?"
        )
        values = (pair.id, judge_id, order, *word, self._ledger.judgments.first_new)
        return self._ledger.conn.execute(sql, values).fetchone() is not None

    def judge_says(self, pair: StoredPair, given: ImportedJudgment, replaces: int | None = None) -> None:
        """Write a judgment, superseding another where there is one."""
        ledger, order = self._ledger, given.order.value
        judge_id = self._find_or_add_judge(given.judge)
        self._ask(pair.run_id, judge_id, order)
        verdict = given.verdict.value if given.verdict else None
        number = ledger.judgments.add(
            pair.id,
            judge_id,
            order,
            given.status.value,
            verdict,
            given.preference,
            given.confidence,
            given.reason,
            given.raw,
            given.problem,
            given.prompt_name,
            given.cost,
            given.seconds,
            given.at or ledger.at,
            ledger.import_id,
        )
        if replaces is not None:
            ledger.superseded.append((number, replaces))
        self._said[pair.id, judge_id, order] = StandingVerdict(given.status.value, verdict, number)

    def _find_or_add_judge(self, name: str) -> int:
        key, ledger = self._judge(name), self._ledger
        number = self._judges.find(key)
        if number is None:
            number = ledger.judges.add(*key, "imported", canonical({}), ledger.at, ledger.import_id)
            self._judges.ids[key] = number
        return number

    def _ask(self, run_id: int, judge_id: int, order: str) -> None:
        """Note that a run has judgments of a judge: it was asked for none here."""
        asked = (run_id, judge_id, order)
        if asked in self._asked:
            return
        self._asked.add(asked)
        sql = 'SELECT 1 FROM asked WHERE run_id = ? AND judge_id = ? AND "order" = ?'
        if self._ledger.conn.execute(sql, asked).fetchone() is None:
            self._ledger.asked.put(*asked, 0, self._ledger.import_id)

    # decisions

    def event_id(self, pair: StoredPair, given: ImportedReview, replaces: str | None = None) -> str:
        """The id of an imported decision: the hash of what it says, so that importing twice adds nothing."""
        said = [
            self._ledger.set_name,
            pair.key,
            pair.turn,
            pair.contents,
            pair.candidate,
            pair.baseline,
            given.reviewer,
            given.choice.value,
        ]
        return canonical_hash(said if replaces is None else [*said, replaces])[:32]

    def ever_chosen(self, event_id: str, pair: StoredPair) -> bool:
        """Is this event in the file, in force or not?"""
        if event_id in self._event_ids:
            return True
        if not self._old(pair):
            return False
        return self._ledger.conn.execute("SELECT 1 FROM events WHERE id = ?", (event_id,)).fetchone() is not None

    def chosen(self, pair: StoredPair, reviewer: str) -> StandingDecision | None:
        """The reviewer's current decision on the pair, or None; a carried one is not their own."""
        reviewer_id = self._reviewers.find(reviewer)
        if reviewer_id is None:
            return None
        found = self._chosen.get((pair.id, reviewer_id))
        if found is None and self._old(pair):
            row = self._ledger.conn.execute(
                "SELECT choice, id, max(seq) FROM acts_in_force WHERE kind = 'decision' AND pair_id = ?"
                " AND reviewer_id = ?",
                (pair.id, reviewer_id),
            ).fetchone()
            found = StandingDecision(Choice(row[0]), row[1]) if row[0] is not None else None
        return found

    def reviewer_says(self, pair: StoredPair, given: ImportedReview, event_id: str) -> None:
        """Write an imported decision."""
        ledger = self._ledger
        reviewer_id = self._reviewers.find(given.reviewer)
        if reviewer_id is None:
            reviewer_id = ledger.reviewers.add(given.reviewer, ledger.import_id)
            self._reviewers.ids[given.reviewer] = reviewer_id
        ledger.events.add(
            event_id,
            "decision",
            pair.id,
            reviewer_id,
            given.choice.value,
            given.note,
            "import",
            given.at or ledger.at,
            ledger.import_id,
        )
        self._event_ids.add(event_id)
        self._chosen[pair.id, reviewer_id] = StandingDecision(given.choice, event_id)
