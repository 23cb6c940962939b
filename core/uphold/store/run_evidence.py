"""Queries of a run's report beside its statistics: how its pairs were read, which pairs tell most, what it was made from."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePath

from uphold.records.enums import Verdict
from uphold.records.judgments import JudgeRef
from uphold.records.labels import LABEL_CLASS, VERDICT_CLASS, Label
from uphold.records.run_evidence import JudgeOrigin, ReadCounts
from uphold.records.runs import Run
from uphold.store.database import Store

_MAX_FILES = 12


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """A current, unbroken pair: its label, the judge's verdict and mean confidence, and whether somebody wrote why."""

    pair_id: int
    key: str
    turn: int
    label: Label
    verdict: Verdict | None
    confidence: float | None = None
    explained: bool = False
    forgotten: bool = False

    @property
    def is_compared(self) -> bool:
        """Whether there is a verdict to uphold: an inconsistent one is none."""
        return self.label in LABEL_CLASS and self.verdict in VERDICT_CLASS and self.verdict is not Verdict.INCONSISTENT

    @property
    def is_upheld(self) -> bool:
        """Whether people say what the judge says."""
        return self.is_compared and self.verdict is not None and LABEL_CLASS[self.label] == VERDICT_CLASS[self.verdict]


_LABELLED = """
SELECT p.id, e.key, p.turn, h.label, v.verdict,
    (SELECT avg(confidence) FROM standing_judgments j WHERE j.pair_id = p.id AND j.judge_id = :judge),
    EXISTS (SELECT 1 FROM standing_events s WHERE s.pair_id = p.id AND s.note <> ''),
    p.text_id IN (SELECT text_id FROM forgotten_texts)
FROM current_pairs p JOIN examples e ON e.id = p.example_id JOIN human_labels h ON h.pair_id = p.id
LEFT JOIN verdicts v ON v.pair_id = p.id AND v.judge_id = :judge
WHERE p.run_id = :run AND p.id NOT IN (SELECT pair_id FROM broken_pairs) ORDER BY e.key, p.turn
"""

_READ = """
SELECT count(DISTINCT p.id), count(DISTINCT CASE WHEN d.kind = 'decision' THEN p.id END), min(d.created_at), max(d.created_at)
FROM current_pairs p JOIN current_decisions d ON d.pair_id = p.id
WHERE p.run_id = ? AND p.id NOT IN (SELECT pair_id FROM broken_pairs)
"""

_BLIND = """
SELECT count(DISTINCT p.id) FROM current_pairs p JOIN blind_decisions b ON b.pair_id = p.id
WHERE p.run_id = ? AND p.id NOT IN (SELECT pair_id FROM broken_pairs)
"""

_PAIRS = """
SELECT count(*) FROM current_pairs WHERE run_id = ? AND id NOT IN (SELECT pair_id FROM broken_pairs)
"""

_JUDGE = "SELECT definition FROM judges WHERE id = ?"

_ORDERS = "SELECT answer_order, samples FROM judge_orders WHERE run_id = ? AND judge_id = ? ORDER BY answer_order DESC"

_COST = """
SELECT count(*), total(j.cost), count(j.cost) FROM judgments j JOIN pairs p ON p.id = j.pair_id
WHERE p.run_id = ? AND j.judge_id = ? AND j.reused_id IS NULL AND j.purpose = 'verdict'
"""

_FILES = "SELECT files, created_at FROM imports WHERE set_name = ? ORDER BY id DESC LIMIT ?"

_EXAMPLES = """
SELECT count(*), coalesce(max(json_array_length(t.turns)), 1) FROM examples e JOIN texts t ON t.id = e.text_id
WHERE e.set_id = ? AND e.status = 'active'
"""


def labelled_pairs(store: Store, run: Run, judge: JudgeRef | None) -> list[LabelledPair]:
    """Return the labelled pairs of a run by key, each with the verdict of one judge."""
    rows = store.rows(_LABELLED, {"run": run.id, "judge": judge.id if judge is not None else 0})
    return [
        LabelledPair(
            pair,
            key,
            turn,
            Label(label),
            None if verdict is None else Verdict(verdict),
            confidence,
            bool(explained),
            bool(gone),
        )
        for pair, key, turn, label, verdict, confidence, explained, gone in rows
    ]


def read_counts(store: Store, run: Run, labelled: list[LabelledPair]) -> ReadCounts:
    """Return how a run's pairs were read, given those that have a label."""
    (pairs,) = store.one(_PAIRS, (run.id,))
    read, here, first, last = store.one(_READ, (run.id,))
    kinds = Counter("upheld" if one.is_upheld else "overturned" if one.is_compared else "decided" for one in labelled)
    return ReadCounts(
        pairs=pairs,
        read=read,
        carried=read - here,
        upheld=kinds["upheld"],
        overturned=kinds["overturned"],
        decided=kinds["decided"],
        blind=store.one(_BLIND, (run.id,))[0],
        first=first,
        last=last,
    )


def judge_origin(store: Store, run: Run, judge: JudgeRef) -> JudgeOrigin:
    """Return how a run asked a judge, and what it cost: unknown where a judgment of a model has no price."""
    orders = store.rows(_ORDERS, (run.id, judge.id)).fetchall()
    judgments, cost, priced = store.one(_COST, (run.id, judge.id))
    (definition,) = store.one(_JUDGE, (judge.id,))
    return JudgeOrigin(
        name=judge.name,
        version=judge.version,
        kind=judge.kind,
        orders=tuple(order for order, _ in orders),
        samples=max((samples for _, samples in orders), default=0),
        cost=cost if priced == judgments and judgments else None,
        judgments=judgments,
        definition={str(name): str(text) for name, text in json.loads(definition).items()},
    )


def imported_files(store: Store, set_name: str) -> tuple[tuple[str, str], ...]:
    """Return (name, day) of the files that a set's latest imports read, oldest first, without their folders."""
    rows = store.rows(_FILES, (set_name, _MAX_FILES)).fetchall()
    found = [(PurePath(name).name, at[:10]) for files, at in reversed(rows) for name in json.loads(files)]
    return tuple(dict.fromkeys(found))[-_MAX_FILES:]


def active_examples_and_turns(store: Store, set_id: int) -> tuple[int, int]:
    """Return how many active examples a set has, and the most turns that one of them has."""
    row = store.one(_EXAMPLES, (set_id,))
    return row[0], row[1]
