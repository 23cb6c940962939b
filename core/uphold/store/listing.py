"""The current pairs of a run as a list reads them: everything that is small of all, texts of a page only."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from uphold.records.listed import ListedTexts
from uphold.records.words import Preference, Verdict
from uphold.store.database import Store
from uphold.store.looked import lengths_of

_PAIRS = """
SELECT p.id, e.key, p.turn, coalesce(q.position, 0), v.verdict, e.id, b.pair_id IS NOT NULL
FROM current_pairs p JOIN examples e ON e.id = p.example_id
LEFT JOIN queue_items q ON q.pair_id = p.id
    AND q.queue_id = (SELECT id FROM queues WHERE run_id = :run AND kind = 'random')
LEFT JOIN verdicts v ON v.judge_id = :judge AND v.pair_id = p.id
LEFT JOIN broken_pairs b ON b.pair_id = p.id
WHERE p.run_id = :run
"""
_FIRST = """
SELECT q.pair_id, e.key, p.turn, q.position FROM queue_items q JOIN current_pairs p ON p.id = q.pair_id
JOIN examples e ON e.id = p.example_id
WHERE q.queue_id = (SELECT id FROM queues WHERE run_id = ? AND kind = 'random') ORDER BY q.position LIMIT ?
"""
_LABELS = "SELECT h.pair_id, h.label FROM pairs p JOIN human_labels h ON h.pair_id = p.id WHERE p.run_id = ?"
_TAGS = """
SELECT t.example_id, t.tag FROM tags t JOIN examples e ON e.id = t.example_id JOIN runs r ON r.set_id = e.set_id
WHERE r.id = ? ORDER BY t.tag
"""
_TEXTS = """
SELECT p.id, substr(json_extract(t.turns, '$[' || (p.turn - 1) || ']'), 1, :most),
    length(json_extract(x.cells, '$[' || (p.turn - 1) || ']')) - length(json_extract(y.cells, '$[' || (p.turn - 1) || ']'))
FROM (SELECT value FROM json_each(:ids) LIMIT :many) i JOIN pairs p ON p.id = i.value JOIN texts t ON t.id = p.text_id
JOIN responses x ON x.id = p.candidate_response_id JOIN responses y ON y.id = p.baseline_response_id
"""

_MARK = """
SELECT (SELECT max(seq) FROM events), (SELECT max(id) FROM judgments), (SELECT max(id) FROM pairs),
    (SELECT max(id) FROM example_events), (SELECT max(id) FROM replacements), (SELECT count(*) FROM queues)
"""

PAGE = 200
"""Texts of so many pairs at most are read at once."""


@dataclass(frozen=True, slots=True)
class PairRow:
    """One current pair, without texts and without what the reviewer did."""

    pair_id: int
    key: str
    turn: int
    place: int
    verdict: Verdict | None = None
    broken: bool = False
    label: Preference | None = None
    tags: tuple[str, ...] = ()
    apart: int = 0


def first_rows(store: Store, run_id: int, many: int) -> list[PairRow]:
    """The first pairs of the run's random queue, and nothing more of them than where they stand."""
    return [PairRow(*row) for row in store.rows(_FIRST, (run_id, many))]


def pair_rows(store: Store, run_id: int, judge_id: int | None) -> list[PairRow]:
    """Every current pair of a run with its verdict, label, tags and length difference; in no order."""
    rows = store.rows(_PAIRS, {"run": run_id, "judge": judge_id}).fetchall()
    tags: dict[int, list[str]] = defaultdict(list)
    for example_id, tag in store.rows(_TAGS, (run_id,)):
        tags[example_id].append(tag)
    words = {word.value: word for word in Preference}
    labels = {pair: words.get(label) for pair, label in store.rows(_LABELS, (run_id,))}
    apart = lengths_of(store, [row[0] for row in rows]) if rows else {}
    return [
        PairRow(
            number, key, turn, place, Verdict(verdict) if verdict else None, bool(broken), labels.get(number),
            tuple(tags.get(example_id, ())), apart.get(number, 0),
        )
        for number, key, turn, place, verdict, example_id, broken in rows
    ]  # fmt: skip


def mark(store: Store) -> tuple[int | None, ...]:
    """What tells that nothing a list shows has changed, while it is the same."""
    return tuple(store.one(_MARK))


def texts_of(store: Store, ids: Sequence[int], most: int = 400) -> dict[int, ListedTexts]:
    """By pair id: the beginning of the instruction, and the length difference; for one page of a list."""
    rows = store.rows(_TEXTS, {"ids": json.dumps(list(ids)), "most": most, "many": PAGE})
    return {number: ListedTexts(str(text), apart or 0) for number, text, apart in rows}
