"""Pairs on which people have decided, with their label: what a judge is held against, pair by pair."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from uphold.records.enums import Verdict
from uphold.records.labels import LABEL_CLASS, human_label
from uphold.records.runs import Run
from uphold.store.database import Store
from uphold.store.matched import independent_votes
from uphold.store.pair_columns import PairCondition, read_pairs


@dataclass(frozen=True, slots=True)
class DecidedPair:
    """A current, unbroken pair and the category of its human label, an index into `records.counts.CLASSES`.

    `example_id` is that of its example; `asked` stands for its context and turns, whatever its key.
    """

    id: int
    example_id: int
    asked: int
    label: int


def _condition(set_id: int, run: Run | None) -> PairCondition:
    if run is not None:
        return PairCondition("p.run_id = :run", {"run": run.id})
    return PairCondition("p.run_id IN (SELECT id FROM runs WHERE set_id = :set)", {"set": set_id})


def read_decided(store: Store, set_id: int, run: Run | None) -> list[DecidedPair]:
    """Return the decided pairs of a run, or of all runs of a set, by id.

    Of a reviewer's votes the one from before the verdict was shown counts. Pairs on which reviewers are drawn are left out.
    """
    columns = read_pairs(store, _condition(set_id, run))
    rows = zip(columns.ids, columns.example_ids, columns.cluster_ids, columns.decisions, strict=True)
    labels = (
        (pair, example, asked, LABEL_CLASS.get(human_label(independent_votes(votes))))
        for pair, example, asked, votes in rows
    )
    return [DecidedPair(pair, example, asked, label) for pair, example, asked, label in labels if label is not None]


@dataclass(frozen=True, slots=True)
class UnreadPair:
    """A current pair that nobody has decided: its run's name, its example's id and key, and its turn."""

    run: str
    example_id: int
    key: str
    turn: int


def read_unread(store: Store, set_id: int, run: Run | None) -> list[UnreadPair]:
    """Return the pairs of a run, or of all runs of a set, that nobody has decided, marked broken or skipped, by id."""
    where, values = _condition(set_id, run)
    sql = (
        "SELECT r.name, p.example_id, e.key, p.turn FROM current_pairs p JOIN runs r ON r.id = p.run_id"
        f" JOIN examples e ON e.id = p.example_id WHERE {where} AND p.id NOT IN (SELECT pair_id FROM human_labels)"
        " AND p.id NOT IN (SELECT pair_id FROM standing_events WHERE kind IN ('skip', 'broken')) ORDER BY p.id"
    )
    return [UnreadPair(*row) for row in store.rows(sql, values)]


def settled_verdicts(store: Store, judge_id: int, pair_ids: Iterable[int]) -> dict[int, Verdict]:
    """Return a judge's verdicts on some pairs, by pair id, without those that are pending or failed."""
    sql = (
        "SELECT pair_id, verdict FROM verdicts WHERE judge_id = ? AND verdict NOT IN ('pending', 'failed')"
        " AND pair_id IN (SELECT value FROM json_each(?))"
    )
    return {pair_id: Verdict(verdict) for pair_id, verdict in store.rows(sql, (judge_id, json.dumps(list(pair_ids))))}


def places(store: Store, pair_ids: Sequence[int]) -> dict[int, tuple[str, int, str]]:
    """Return (key, turn, contents) of some pairs, by pair id."""
    sql = (
        "SELECT p.id, e.key, p.turn, p.contents FROM pairs p JOIN examples e ON e.id = p.example_id"
        " WHERE p.id IN (SELECT value FROM json_each(?))"
    )
    return {row[0]: row[1:] for row in store.rows(sql, (json.dumps(list(pair_ids)),))}
