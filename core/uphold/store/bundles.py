"""Queries of a bundle: the runs, pairs, judges, judgments, queues and review events of a set, with numbers of the bundle."""

import json
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from uphold.records.bundles import (
    BundleEvent,
    BundleFact,
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
    PairAnswers,
)
from uphold.records.headline_judge import PROGRAM
from uphold.records.judgments import Judge
from uphold.records.reviews import ReviewEvent
from uphold.records.rows import ExportOmissions
from uphold.records.runs import Run
from uphold.store.database import Store
from uphold.store.judgments import COLUMNS_OF_J, read_judgment
from uphold.store.reviews import COLUMNS_OF_V, read_event
from uphold.store.runs import all_runs

# A pair of an example whose later turns were edited since has answers to a text that the set has no more.
_PAIR_IDS = """
SELECT p.id FROM current_pairs p JOIN examples e ON e.id = p.example_id
WHERE p.run_id IN (SELECT value FROM json_each(:runs)) AND p.text_id = e.text_id
AND p.text_id NOT IN (SELECT text_id FROM forgotten_texts) ORDER BY p.id
"""

_PAIR = """
SELECT p.run_id, e.key, p.turn, p.contents, x.cells, y.cells FROM pairs p JOIN examples e ON e.id = p.example_id
JOIN responses x ON x.id = p.candidate_response_id JOIN responses y ON y.id = p.baseline_response_id WHERE p.id = ?
"""

_COUNTS = """
SELECT coalesce(sum(e.status = 'active'), 0), coalesce(sum(e.status <> 'active'), 0) FROM pairs p
JOIN examples e ON e.id = p.example_id WHERE p.run_id IN (SELECT value FROM json_each(:runs))
"""

_OF_PAIRS = "pair_id IN (SELECT value FROM json_each(:pairs))"

# Runs on whose pairs decisions were made that were carried to pairs of these.
_CARRIED_FROM = """
SELECT DISTINCT o.run_id FROM events v JOIN pairs p ON p.id = v.pair_id JOIN events t ON t.id = v.target_id
JOIN pairs o ON o.id = t.pair_id
WHERE v.kind = 'carried' AND p.run_id IN (SELECT value FROM json_each(?)) AND o.run_id <> p.run_id
"""

_JUDGES = f"""
SELECT g.id, g.name, CASE WHEN g.is_program THEN '{PROGRAM}' ELSE g.kind END, g.definition, g.fence FROM judges g
WHERE g.id IN (
    SELECT judge_id FROM judge_orders WHERE run_id IN (SELECT value FROM json_each(:runs))
    UNION SELECT judge_id FROM sessions WHERE run_id IN (SELECT value FROM json_each(:runs))
    UNION SELECT judge_id FROM judgments WHERE {_OF_PAIRS} UNION SELECT judge_id FROM events WHERE {_OF_PAIRS}
    UNION SELECT judge_id FROM shown_pairs WHERE {_OF_PAIRS} UNION SELECT program_id FROM shown_pairs WHERE {_OF_PAIRS}
) ORDER BY g.id
"""

_JUDGMENTS = f"""
SELECT j.pair_id, j.judge_id, j.purpose, r.hash, {COLUMNS_OF_J} FROM judgments j
LEFT JOIN reference_texts r ON r.id = j.reference_id WHERE j.superseded_by IS NULL AND j.{_OF_PAIRS} ORDER BY j.id
"""

# A carried decision points at one on a pair of another run, which may not be in the bundle.
_HAS_ORIGIN = """
(SELECT t.pair_id FROM events t WHERE t.id = v.target_id) IN (SELECT value FROM json_each(:pairs))
"""

_LOST_ORIGINS = f"SELECT count(*) FROM events v WHERE v.{_OF_PAIRS} AND v.kind = 'carried' AND NOT {_HAS_ORIGIN}"

_EVENTS = f"""
SELECT w.name, v.session_id, r.hash, {COLUMNS_OF_V} FROM events v JOIN reviewers w ON w.id = v.reviewer_id
LEFT JOIN reference_texts r ON r.id = v.reference_id WHERE v.{_OF_PAIRS}
AND (v.kind <> 'carried' OR {_HAS_ORIGIN}) ORDER BY v.seq
"""

_REFERENCES = f"""
SELECT hash, turns FROM reference_texts WHERE id IN (
    SELECT reference_id FROM judgments WHERE superseded_by IS NULL AND {_OF_PAIRS}
    UNION SELECT reference_id FROM events WHERE {_OF_PAIRS}
    UNION SELECT reference_id FROM shown_pairs WHERE {_OF_PAIRS}
) ORDER BY id
"""

_QUEUES = (
    "SELECT id, run_id, kind, created_at FROM queues WHERE run_id IN (SELECT value FROM json_each(:runs)) ORDER BY id"
)

_QUEUE_ITEMS = f"""
SELECT queue_id, position, pair_id, stratum, weight, sort_key, draw FROM queue_items WHERE {_OF_PAIRS}
ORDER BY queue_id, position
"""

_SESSIONS = """
SELECT s.id, s.run_id, w.name, s.queue_id, s.judge_id, s.mode, s.open_share, s.judge_named, s.created_at
FROM sessions s
JOIN reviewers w ON w.id = s.reviewer_id WHERE s.run_id IN (SELECT value FROM json_each(:runs)) ORDER BY s.id
"""

_SHOWN = f"""
SELECT s.pair_id, s.queue_id, w.name, s.program_id, s.side_a, s.mode, s.verdict_shown, s.names_shown, s.judge_id, s.verdict,
    r.hash, s.source, s.created_at
FROM shown_pairs s LEFT JOIN reviewers w ON w.id = s.reviewer_id LEFT JOIN reference_texts r ON r.id = s.reference_id
WHERE s.{_OF_PAIRS} ORDER BY s.id
"""

_PLANS = """
SELECT p.queue_id, w.name, p.planned, p.reviewed, p.created_at FROM plans p JOIN reviewers w ON w.id = p.reviewer_id
WHERE p.run_id IN (SELECT value FROM json_each(:runs)) ORDER BY p.id
"""

_REVIEWERS = f"""
SELECT name FROM reviewers WHERE id IN (SELECT reviewer_id FROM events WHERE {_OF_PAIRS}) ORDER BY id
"""

_ORDERS = """
SELECT run_id, judge_id, answer_order, samples FROM judge_orders WHERE run_id IN (SELECT value FROM json_each(:runs))
ORDER BY run_id, judge_id, answer_order
"""


def with_origins(store: Store, runs: Sequence[Run]) -> list[Run]:
    """Return the runs, and those on whose pairs decisions were made that were carried to theirs; by number."""
    chosen = {run.id for run in runs}
    while True:
        more = {row[0] for row in store.rows(_CARRIED_FROM, (json.dumps(sorted(chosen)),))} - chosen
        if not more:
            return [run for run in all_runs(store) if run.id in chosen]
        chosen |= more


class BundleSource:
    """What a bundle of some runs of one set holds; read within one snapshot."""

    def __init__(self, store: Store, runs: Sequence[Run]) -> None:
        self._store = store
        self.runs = [BundleRun(number, run.candidate, run.baseline) for number, run in enumerate(runs)]
        self._run_numbers = {run.id: number for number, run in enumerate(runs)}
        self._run_ids = json.dumps(list(self._run_numbers))
        self._pair_ids = array("q", (row[0] for row in store.rows(_PAIR_IDS, {"runs": self._run_ids})))
        self._values = {"runs": self._run_ids, "pairs": json.dumps(self._pair_ids.tolist())}
        self._judges = self._numbers(_JUDGES)
        self._queues = self._numbers(_QUEUES)
        self._sessions = self._numbers(_SESSIONS)

    def _numbers(self, sql: str) -> dict[int, int]:
        return {row[0]: number for number, row in enumerate(self._rows(sql))}

    def _rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        return self._store.rows(sql, self._values)

    def _pair_number(self, pair_id: int) -> int:
        return bisect_left(self._pair_ids, pair_id)

    @property
    def omitted(self) -> ExportOmissions:
        """How many pairs of the runs are not in the bundle."""
        active, retired = self._store.one(_COUNTS, self._values)
        return ExportOmissions(stale=active - len(self._pair_ids), retired=retired)

    @property
    def lost_origins(self) -> int:
        """How many decisions are left out that were carried from a pair which is not in the bundle."""
        return int(self._store.one(_LOST_ORIGINS, self._values)[0])

    def __len__(self) -> int:
        return len(self._pair_ids)

    @property
    def reviewers(self) -> tuple[str, ...]:
        """Those who have reviewed its pairs, the oldest first."""
        return tuple(row[0] for row in self._rows(_REVIEWERS))

    def pairs(self) -> Iterator[PairAnswers]:
        """Yield the pairs with their answers, in the order in which they were added."""
        for number, pair_id in enumerate(self._pair_ids):
            run_id, key, turn, contents, candidate, baseline = self._store.one(_PAIR, (pair_id,))
            pair = BundlePair(number, self._run_numbers[run_id], key, turn, contents)
            yield PairAnswers(pair, tuple(json.loads(candidate)), tuple(json.loads(baseline)))

    def facts(self) -> Iterator[BundleFact]:
        """Yield everything else, each after what it refers to."""
        for digest, turns in self._rows(_REFERENCES):
            yield BundleReference(digest, tuple(json.loads(turns)))
        for number, (_, name, kind, definition, fence) in enumerate(self._rows(_JUDGES)):
            yield BundleJudge(number, Judge(name, kind, tuple(sorted(json.loads(definition).items()))), fence)
        for run_id, judge_id, order, samples in self._rows(_ORDERS):
            yield BundleOrder(self._run_numbers[run_id], self._judges[judge_id], order, samples)
        for number, (_, run_id, kind, at) in enumerate(self._rows(_QUEUES)):
            yield BundleQueue(number, self._run_numbers[run_id], kind, at)
        for queue_id, position, pair_id, *drawn in self._rows(_QUEUE_ITEMS):
            yield BundleQueueItem(self._queues[queue_id], position, self._pair_number(pair_id), *drawn)
        for queue_id, reviewer, planned, reviewed, at in self._rows(_PLANS):
            yield BundlePlan(self._queues[queue_id], reviewer, planned, reviewed, at)
        for number, (_, run_id, reviewer, queue_id, judge_id, *how) in enumerate(self._rows(_SESSIONS)):
            queue, judge = self._queues.get(queue_id), self._judges.get(judge_id)
            mode, open_share, judge_named, at = how
            run = self._run_numbers[run_id]
            yield BundleSession(number, run, reviewer, queue, judge, mode, open_share, bool(judge_named), at)
        for pair_id, queue_id, reviewer, program_id, *shown in self._rows(_SHOWN):
            side_a, mode, verdict_shown, names_shown, judge_id, *rest = shown
            pair, program, judge = self._pair_number(pair_id), self._judges.get(program_id), self._judges.get(judge_id)
            seen = bool(verdict_shown), bool(names_shown)
            yield BundleShown(pair, self._queues[queue_id], reviewer, program, side_a, mode, *seen, judge, *rest)
        for pair_id, judge_id, purpose, digest, *columns in self._rows(_JUDGMENTS):
            judgment = replace(read_judgment(tuple(columns)), reference_id=None)
            yield BundleJudgment(self._pair_number(pair_id), self._judges[judge_id], purpose, digest, judgment)
        for reviewer, session_id, digest, *columns in self._rows(_EVENTS):
            yield BundleEvent(self._event(tuple(columns)), reviewer, self._sessions.get(session_id), digest)

    def _event(self, columns: tuple[Any, ...]) -> ReviewEvent:
        event = read_event(columns)
        shown = event.shown
        if shown is not None and shown.judge_id is not None:
            shown = replace(shown, judge_id=self._judges[shown.judge_id])
        return replace(event, pair_id=self._pair_number(event.pair_id), shown=shown, reference_id=None)
