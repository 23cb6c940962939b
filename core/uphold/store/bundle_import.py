"""Writes what a bundle says of runs whose examples, answers and pairs are in the database already; all within one transaction.

What is there already stays: a judgment in force, an event by its id, a queue of a run by its kind. So the same bundle again
adds nothing.
"""

import sqlite3
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from uphold.errors import BadFile
from uphold.records.bundles import (
    BundleEvent,
    BundleFact,
    BundleHeader,
    BundleJudge,
    BundleJudgment,
    BundleOrder,
    BundlePair,
    BundlePlan,
    BundleQueue,
    BundleQueueItem,
    BundleReference,
    BundleRun,
    BundleSession,
    BundleShown,
    BundleStatus,
)
from uphold.records.enums import EventKind
from uphold.records.rows import RowSource, RowWarning
from uphold.records.sets import ExampleStatus, SettingKind
from uphold.store.examples import find_or_add_reference
from uphold.store.judges import add_judge
from uphold.store.judgments import insert_from_bundle
from uphold.store.outcomes import write_labels, write_undone, write_verdicts
from uphold.store.reviews import has_event, insert_event

_FACTS_AT_A_TIME = 5000


@dataclass(frozen=True, slots=True)
class ImportPlace:
    """The import that a bundle is part of: its number and time, the set, and whether that was made by it."""

    number: int
    at: str
    set_id: int
    is_new_set: bool


@dataclass(slots=True)
class BundleCounts:
    """How many judgments and review events of a bundle are new, and how many were there; `other` are rows of other tables."""

    judgments: int = 0
    events: int = 0
    already_there: int = 0
    other: int = 0
    warnings: list[RowWarning] = field(default_factory=list)

    @property
    def added(self) -> int:
        """How many rows were added."""
        return self.judgments + self.events + self.other


class BundleImport:
    """The facts of one bundle on their way into the database; ids by the numbers of the bundle."""

    def __init__(self, conn: sqlite3.Connection, place: ImportPlace) -> None:
        self._conn, self._place = conn, place
        self.counts = BundleCounts()
        self._runs: list[int] = []
        self._pairs = array("q")
        self._judges: list[int] = []
        self._queues: list[int | None] = []
        self._queue_ids: list[int] = []
        self._sessions: list[int | BundleSession] = []
        self._references: dict[str, int] = {}
        self._undone: dict[str, None] = {}
        self._labelled: set[int] = set()
        self._judged = False

    def write(self, facts: Iterable[tuple[RowSource, BundleFact]]) -> Iterator[None]:
        """Write facts in their order; yields from time to time, so that it can be stopped.

        Raises BadFile, with its line, for a fact that does not fit what is there.
        """
        writers: dict[type[Any], Any] = {
            BundleStatus: self._write_status,
            BundleRun: self._find_run,
            BundlePair: self._find_pair,
            BundleReference: self._write_reference,
            BundleJudge: self._write_judge,
            BundleOrder: self._write_order,
            BundleQueue: self._write_queue,
            BundleQueueItem: self._write_queue_item,
            BundlePlan: self._write_plan,
            BundleSession: self._note_session,
            BundleShown: self._write_shown,
            BundleJudgment: self._write_judgment,
            BundleEvent: self._write_event,
        }
        for number, (source, fact) in enumerate(facts):
            writers[type(fact)](source, fact)
            if number % _FACTS_AT_A_TIME == 0:
                yield
        for event_id in self._undone:
            write_undone(self._conn, event_id)
        if self._labelled:
            write_labels(self._conn, sorted(self._labelled))
        if self._judged:
            write_verdicts(self._conn, self._pairs)

    def write_header(self, source: RowSource, header: BundleHeader) -> None:
        """Give a set that is new the seed, settings and reasons of the file; of another say where its seed differs."""
        seed, place = header.set.seed, self._place
        for name in header.reviewers:
            self._reviewer(name)
        if not place.is_new_set:
            (present,) = self._conn.execute("SELECT seed FROM sets WHERE id = ?", (place.set_id,)).fetchone()
            if seed is not None and seed != present:
                what = "the set here has another seed: reading order and sides are not those of the file"
                self.counts.warnings.append(RowWarning(source, what))
            return
        if seed is not None:
            self._conn.execute("UPDATE sets SET seed = ? WHERE id = ?", (seed, place.set_id))
        settings = {**header.set.settings, SettingKind.JUDGE: header.pin}
        self._conn.executemany(
            "INSERT INTO set_events (set_id, kind, value, created_at, import_id) VALUES (?, ?, ?, ?, ?)",
            [
                (place.set_id, kind.value, value, place.at, place.number)
                for kind, value in settings.items()
                if value is not None
            ],
        )
        self._conn.executemany(
            "INSERT INTO reason_keys (set_id, key, word) VALUES (?, ?, ?)",
            [(place.set_id, key, word) for key, word in header.reasons.items()],
        )

    # Examples, runs and pairs, which are there.

    def _write_status(self, source: RowSource, fact: BundleStatus) -> None:
        """Give an example that came with this import its status."""
        if fact.status is ExampleStatus.ACTIVE:
            return
        row = self._conn.execute(
            "SELECT e.id FROM examples e JOIN example_events v ON v.example_id = e.id AND v.kind = 'added'"
            " WHERE e.set_id = ? AND e.key = ? AND v.import_id = ?",
            (self._place.set_id, fact.key, self._place.number),
        ).fetchone()
        if row is None:
            return
        kind = "retired" if fact.status is ExampleStatus.RETIRED else "drafted"
        self._conn.execute("UPDATE examples SET status = ? WHERE id = ?", (fact.status.value, row[0]))
        self._conn.execute(
            "INSERT INTO example_events (example_id, kind, created_at, import_id) VALUES (?, ?, ?, ?)",
            (row[0], kind, self._place.at, self._place.number),
        )

    def _find_run(self, source: RowSource, fact: BundleRun) -> None:
        row = self._conn.execute(
            "SELECT r.id FROM runs r JOIN systems c ON c.id = r.candidate_id JOIN systems b ON b.id = r.baseline_id"
            " WHERE r.set_id = ? AND c.name = ? AND b.name = ?",
            (self._place.set_id, fact.candidate, fact.baseline),
        ).fetchone()
        # A run without pairs is not made; nothing but its number is needed then.
        self._runs.append(-1 if row is None else row[0])

    def _find_pair(self, source: RowSource, fact: BundlePair) -> None:
        row = self._conn.execute(
            # in this form SQLite goes by the indices of both, and not through all pairs of the run
            "SELECT p.id FROM examples e CROSS JOIN pairs p ON p.run_id = ? AND p.example_id = e.id AND p.turn = ?"
            " AND p.contents = ? WHERE e.set_id = ? AND e.key = ?",
            (self._runs[fact.run], fact.turn, fact.contents, self._place.set_id, fact.key),
        ).fetchone()
        if row is None:
            raise BadFile(
                f"{source}: contents is not the hash of this pair's texts: the file was changed; export it anew"
            )
        self._pairs.append(row[0])

    def _write_reference(self, source: RowSource, fact: BundleReference) -> None:
        number = find_or_add_reference(self._conn, fact.turns)
        assert number is not None  # one of the turns has a reference
        self._references[fact.hash] = number

    def _reference_id(self, source: RowSource, digest: str | None) -> int | None:
        if digest is not None and digest not in self._references:
            raise BadFile(f"{source}: no earlier line has the reference {digest[:12]}: lines are missing")
        return None if digest is None else self._references[digest]

    # Judges.

    def _write_judge(self, source: RowSource, fact: BundleJudge) -> None:
        before = self._conn.total_changes
        number = add_judge(self._conn, fact.judge)
        if self._conn.total_changes > before:
            sql = "UPDATE judges SET import_id = ?, fence = ? WHERE id = ?"
            self._conn.execute(sql, (self._place.number, fact.fence, number))
            self.counts.other += 1
        self._judges.append(number)

    def _write_order(self, source: RowSource, fact: BundleOrder) -> None:
        run_id, judge_id = self._runs[fact.run], self._judges[fact.judge]
        if run_id < 0:
            return
        written = self._conn.execute(
            "INSERT INTO judge_orders (run_id, judge_id, answer_order, samples, import_id) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET samples = excluded.samples WHERE excluded.samples > samples",
            (run_id, judge_id, fact.order, fact.samples, self._place.number),
        )
        self.counts.other += written.rowcount
        self._judged = self._judged or written.rowcount > 0

    def _write_judgment(self, source: RowSource, fact: BundleJudgment) -> None:
        pair_id, judge_id, judgment = self._pairs[fact.pair], self._judges[fact.judge], fact.judgment
        reference_id = self._reference_id(source, fact.reference)
        there = self._conn.execute(
            "SELECT status, verdict FROM judgments WHERE pair_id = ? AND judge_id = ? AND answer_order = ? AND sample = ?"
            " AND reference_id IS ? AND purpose = ? AND superseded_by IS NULL",
            (pair_id, judge_id, judgment.order.value, judgment.sample, reference_id, fact.purpose),
        ).fetchone()
        if there is not None:
            self.counts.already_there += 1
            if there != (judgment.status.value, judgment.verdict and judgment.verdict.value):
                what = (
                    f"the judge says {there[1] or there[0]} here, and {judgment.verdict or judgment.status} in the file"
                )
                self.counts.warnings.append(RowWarning(source, f"{what}; what is here stays"))
            return
        stored = replace(fact, pair=pair_id, judge=judge_id, judgment=replace(judgment, reference_id=reference_id))
        insert_from_bundle(self._conn, stored, self._place.number)
        self.counts.judgments += 1
        self._judged = True

    # Queues, plans and sessions.

    def _write_queue(self, source: RowSource, fact: BundleQueue) -> None:
        """Add a queue that the run does not have; the places of one that it has stay."""
        run_id = self._runs[fact.run]
        row = self._conn.execute("SELECT id FROM queues WHERE run_id = ? AND kind = ?", (run_id, fact.kind)).fetchone()
        if row is not None or run_id < 0:
            self._queues.append(None)
            self._queue_ids.append(-1 if row is None else row[0])
            return
        sql = "INSERT INTO queues (run_id, kind, created_at) VALUES (?, ?, ?)"
        number = int(self._conn.execute(sql, (run_id, fact.kind, fact.at)).lastrowid or 0)
        self._queues.append(number)
        self._queue_ids.append(number)
        self.counts.other += 1

    def _write_queue_item(self, source: RowSource, fact: BundleQueueItem) -> None:
        queue_id = self._queues[fact.queue]
        if queue_id is not None:
            self._conn.execute(
                "INSERT INTO queue_items (queue_id, position, pair_id, stratum, weight, sort_key, draw)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (queue_id, fact.position, self._pairs[fact.pair], fact.stratum, fact.weight, fact.sort_key, fact.draw),
            )

    def _write_plan(self, source: RowSource, fact: BundlePlan) -> None:
        queue_id = self._queue_ids[fact.queue]
        if queue_id < 0:
            return
        values = (queue_id, self._reviewer(fact.reviewer), fact.planned, fact.reviewed, fact.at)
        known = "SELECT 1 FROM plans WHERE (queue_id, reviewer_id, planned, reviewed, created_at) = (?, ?, ?, ?, ?)"
        if self._conn.execute(known, values).fetchone() is None:
            self._conn.execute(
                "INSERT INTO plans (queue_id, reviewer_id, planned, reviewed, created_at, import_id, run_id)"
                " SELECT ?, ?, ?, ?, ?, ?, run_id FROM queues WHERE id = ?",
                (*values, self._place.number, queue_id),
            )
            self.counts.other += 1

    def _note_session(self, source: RowSource, fact: BundleSession) -> None:
        """Keep a session until an event of it is written: it has nothing of its own by which it would be known again."""
        self._sessions.append(fact)

    def _session_id(self, number: int | None) -> int | None:
        if number is None:
            return None
        found = self._sessions[number]
        if isinstance(found, BundleSession):
            queue_id = None if found.queue is None else self._queue_ids[found.queue]
            judge_id = None if found.judge is None else self._judges[found.judge]
            written = self._conn.execute(
                "INSERT INTO sessions (run_id, reviewer_id, queue_id, judge_id, mode, open_share, judge_named, created_at,"
                " import_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    self._runs[found.run],
                    self._reviewer(found.reviewer),
                    queue_id,
                    judge_id,
                    found.mode,
                    found.open_share,
                    int(found.judge_named),
                    found.at,
                    self._place.number,
                ),
            )
            found = self._sessions[number] = int(written.lastrowid or 0)
        return found

    def _write_shown(self, source: RowSource, fact: BundleShown) -> None:
        """Add what was shown of a pair; the same time, pair and viewer are the same."""
        queue_id = self._queue_ids[fact.queue]
        if queue_id < 0:
            return
        reviewer_id = None if fact.reviewer is None else self._reviewer(fact.reviewer)
        program_id = None if fact.program is None else self._judges[fact.program]
        whom = (self._pairs[fact.pair], reviewer_id, program_id, fact.at)
        known = (
            "SELECT 1 FROM shown_pairs WHERE pair_id = ? AND reviewer_id IS ? AND program_id IS ? AND created_at = ?"
        )
        if self._conn.execute(known, whom).fetchone() is not None:
            return
        judge_id = None if fact.judge is None else self._judges[fact.judge]
        seen = (fact.side_a, fact.mode, int(fact.verdict_shown), int(fact.names_shown), judge_id, fact.verdict)
        self._conn.execute(
            "INSERT INTO shown_pairs (pair_id, reviewer_id, program_id, created_at, queue_id, side_a, mode, verdict_shown,"
            " names_shown, judge_id, verdict, reference_id, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*whom, queue_id, *seen, self._reference_id(source, fact.reference), fact.source),
        )
        self.counts.other += 1

    # Reviews.

    def _reviewer(self, name: str) -> int:
        sql = "INSERT OR IGNORE INTO reviewers (name, import_id) VALUES (?, ?)"
        self._conn.execute(sql, (name, self._place.number))
        return int(self._conn.execute("SELECT id FROM reviewers WHERE name = ?", (name,)).fetchone()[0])

    def _write_event(self, source: RowSource, fact: BundleEvent) -> None:
        event, pair_id = fact.event, self._pairs[fact.event.pair_id]
        reviewer_id = self._reviewer(fact.reviewer)
        there = self._conn.execute(
            "SELECT pair_id, reviewer_id, kind, choice FROM events WHERE id = ?", (event.id,)
        ).fetchone()
        if there is not None:
            if there != (pair_id, reviewer_id, event.kind.value, event.choice and event.choice.value):
                raise BadFile(f"{source}: the event {event.id[:12]} says something else here: the file was changed")
            self.counts.already_there += 1
            return
        if event.target_id is not None:
            self._check_target(
                source, event.target_id, None if event.kind is EventKind.CARRIED else (pair_id, reviewer_id)
            )
        shown = event.shown
        if shown is not None and shown.judge_id is not None:
            shown = replace(shown, judge_id=self._judges[shown.judge_id])
        reference_id = self._reference_id(source, fact.reference)
        stored = replace(event, pair_id=pair_id, shown=shown, reference_id=reference_id)
        insert_event(self._conn, reviewer_id, self._session_id(fact.session), stored, self._place.number)
        if event.kind in (EventKind.UNDO, EventKind.REDO) and event.target_id is not None:
            self._undone[event.target_id] = None
        self._labelled.add(pair_id)
        self.counts.events += 1

    def _check_target(self, source: RowSource, target_id: str, own: tuple[int, int] | None) -> None:
        """Raise BadFile where what an event points at is not there, or, for an undo or a redo, is somebody else's."""
        found = self._conn.execute("SELECT pair_id, reviewer_id FROM events WHERE id = ?", (target_id,)).fetchone()
        if found is None:
            raise BadFile(f"{source}: no earlier line has the event {target_id[:12]} that this one points at")
        if own is not None and found != own:
            raise BadFile(f"{source}: takes back an event of another reviewer or pair: the file was changed")


_KNOWN_JUDGMENT = """
SELECT 1 FROM sets s CROSS JOIN runs r ON r.set_id = s.id CROSS JOIN systems c ON c.id = r.candidate_id
CROSS JOIN systems b ON b.id = r.baseline_id CROSS JOIN examples e ON e.set_id = s.id
CROSS JOIN pairs p ON p.run_id = r.id AND p.example_id = e.id
CROSS JOIN judgments j ON j.pair_id = p.id AND j.superseded_by IS NULL JOIN judges g ON g.id = j.judge_id
WHERE s.name = ? AND c.name = ? AND b.name = ? AND e.key = ? AND p.turn = ? AND p.contents = ? AND g.name = ? AND g.version = ?
AND j.answer_order = ? AND j.sample = ? AND j.purpose = ?
"""


def count_new(
    conn: sqlite3.Connection, set_name: str, facts: Iterable[tuple[RowSource, BundleFact]]
) -> tuple[int, int]:
    """Return how many judgments and review events of a bundle are not in the database; writes nothing."""
    runs: list[BundleRun] = []
    pairs: list[BundlePair] = []
    judges: list[BundleJudge] = []
    new_judgments = new_events = 0
    for _, fact in facts:
        if isinstance(fact, BundleRun):
            runs.append(fact)
        elif isinstance(fact, BundlePair):
            pairs.append(fact)
        elif isinstance(fact, BundleJudge):
            judges.append(fact)
        elif isinstance(fact, BundleEvent):
            new_events += not has_event(conn, fact.event.id)
        elif isinstance(fact, BundleJudgment):
            pair, judge, judgment = pairs[fact.pair], judges[fact.judge].judge, fact.judgment
            run = runs[pair.run]
            where = (
                set_name,
                run.candidate,
                run.baseline,
                pair.key,
                pair.turn,
                pair.contents,
                judge.name,
                judge.version,
            )
            values = (*where, judgment.order.value, judgment.sample, fact.purpose)
            new_judgments += conn.execute(_KNOWN_JUDGMENT, values).fetchone() is None
    return new_judgments, new_events
