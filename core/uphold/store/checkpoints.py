"""Runs as checkpoints: what of one is known from earlier runs of the set, what is to be read, and who decided what."""

import json
from collections.abc import Collection

from uphold.records.checkpoints import Opinion, Reader, RunReading
from uphold.records.reviews import parse_reasons
from uphold.store.database import Store
from uphold.store.pair_list import list_version

# CROSS JOIN: from the pairs of the run, by their contents, to those of earlier runs.
_KNOWN_EARLIER = """
EXISTS (
    SELECT 1 FROM pairs o WHERE o.contents = p.contents AND o.example_id = p.example_id AND o.turn = p.turn
        AND o.run_id < p.run_id
)
"""

_READING = f"""
SELECT count(*), coalesce(sum(NOT known), 0), coalesce(sum(NOT known AND unread AND NOT broken), 0),
    coalesce(sum(unread AND NOT broken), 0)
FROM (
    SELECT {_KNOWN_EARLIER} AS known,
        p.id NOT IN (SELECT pair_id FROM human_labels) AS unread,
        p.id IN (SELECT pair_id FROM broken_pairs) AS broken
    FROM current_pairs p WHERE p.run_id = :run
)
"""

_CARRIED = """
SELECT count(*) FILTER (WHERE d.kind = 'carried'), count(DISTINCT CASE d.kind WHEN 'carried' THEN d.pair_id END),
    count(DISTINCT CASE d.kind WHEN 'decision' THEN d.pair_id END)
FROM current_pairs p JOIN current_decisions d ON d.pair_id = p.id WHERE p.run_id = :run
"""

_TO_READ = f"""
SELECT p.id FROM current_pairs p WHERE p.run_id = :run AND NOT {_KNOWN_EARLIER}
    AND p.id NOT IN (SELECT pair_id FROM human_labels) AND p.id NOT IN (SELECT pair_id FROM broken_pairs)
"""

_OPINIONS = """
SELECT d.pair_id, w.name, d.choice, (
    SELECT note FROM standing_events c WHERE c.pair_id = d.pair_id AND c.reviewer_id = d.reviewer_id AND c.kind = 'reasons'
    ORDER BY seq DESC LIMIT 1
), coalesce((
    SELECT note FROM standing_events c WHERE c.pair_id = d.pair_id AND c.reviewer_id = d.reviewer_id AND c.kind = 'comment'
    ORDER BY seq DESC LIMIT 1
), d.note), (
    SELECT r.name FROM events c JOIN events o ON o.id = c.target_id JOIN pairs q ON q.id = o.pair_id
    JOIN runs r ON r.id = q.run_id WHERE c.id = d.event_id AND d.kind = 'carried'
) FROM current_decisions d JOIN reviewers w ON w.id = d.reviewer_id
WHERE d.pair_id IN (SELECT value FROM json_each(?)) ORDER BY d.seq
"""

_READERS = """
SELECT w.name, count(*) FILTER (WHERE d.kind = 'decision'), count(*) FILTER (WHERE d.kind = 'carried')
FROM current_pairs p JOIN current_decisions d ON d.pair_id = p.id JOIN reviewers w ON w.id = d.reviewer_id
WHERE p.run_id = ? GROUP BY w.id ORDER BY count(*) DESC, w.name
"""

_PLACES = """
SELECT p.id, json_extract(t.turns, '$[' || (p.turn - 1) || ']'),
    (SELECT json_group_array(tag) FROM (SELECT tag FROM tags WHERE example_id = p.example_id ORDER BY tag))
FROM pairs p JOIN texts t ON t.id = p.text_id WHERE p.id IN (SELECT value FROM json_each(?))
"""

_WAITING = """
SELECT p.id, e.key, p.turn, json_extract(t.turns, '$[' || (p.turn - 1) || ']')
FROM pairs p JOIN examples e ON e.id = p.example_id JOIN texts t ON t.id = p.text_id
WHERE p.id IN (SELECT value FROM json_each(?))
"""

_SECONDS = """
SELECT v.seconds FROM events v JOIN reviewers w ON w.id = v.reviewer_id
JOIN pairs p ON p.id = v.pair_id JOIN runs r ON r.id = p.run_id
WHERE r.set_id = :set AND w.name = :reviewer AND v.kind = 'decision' AND v.seconds IS NOT NULL
ORDER BY v.seq DESC LIMIT 60
"""

_HISTORY_VERSION = """
SELECT (SELECT max(id) FROM blessed), (SELECT max(id) FROM set_versions), (SELECT max(id) FROM runs),
    (SELECT max(id) FROM scores), (SELECT count(*) FROM scores), (SELECT count(*) FROM perplexities)
"""

_ANSWERED = """
SELECT count(DISTINCT e.id) FILTER (WHERE x.id IS NOT NULL), count(DISTINCT e.id)
FROM examples e LEFT JOIN systems s ON s.name = :system
LEFT JOIN responses x ON x.system_id = s.id AND x.text_id = e.text_id AND x.id NOT IN (SELECT response_id FROM replaced)
WHERE e.set_id = :set AND e.status = 'active'
"""


def answered(store: Store, set_id: int, system: str) -> tuple[int, int]:
    """Return how many active examples of a set a system has answered, and how many there are."""
    row = store.one(_ANSWERED, {"set": set_id, "system": system})
    return row[0], row[1]


def run_reading(store: Store, run_id: int) -> RunReading:
    """Return what of a run's current pairs is known from earlier runs of the set, and what is to be read."""
    pairs, changed, to_read, unread = store.one(_READING, {"run": run_id})
    carried, carried_pairs, read = store.one(_CARRIED, {"run": run_id})
    return RunReading(pairs, carried, carried_pairs, changed, to_read, read, unread)


def pairs_to_read(store: Store, run_id: int) -> set[int]:
    """Return the ids of the pairs that no earlier run has and nobody has read."""
    return {row[0] for row in store.rows(_TO_READ, {"run": run_id})}


def keys_and_questions(store: Store, pairs: Collection[int]) -> dict[int, tuple[str, int, str]]:
    """Return by pair id the key of its example, its turn, and what was asked at it."""
    return {row[0]: (row[1], row[2], str(row[3])) for row in store.rows(_WAITING, (json.dumps(sorted(pairs)),))}


def seconds_a_pair(store: Store, set_id: int, reviewer: str) -> float | None:
    """Return the median time in seconds that a reviewer's latest decisions in a set took; None where none was timed."""
    taken = sorted(row[0] for row in store.rows(_SECONDS, {"set": set_id, "reviewer": reviewer}))
    return taken[len(taken) // 2] if taken else None


def history_version(store: Store) -> tuple[int | None, ...]:
    """Return a value that changes whenever anything in the history of a set's runs may have changed."""
    return (*list_version(store), *store.one(_HISTORY_VERSION))


def created_at(store: Store, run_id: int) -> str:
    """Return when a run was made (UTC, ISO 8601)."""
    return str(store.one("SELECT created_at FROM runs WHERE id = ?", (run_id,))[0])


def opinions(store: Store, pairs: Collection[int]) -> dict[int, tuple[Opinion, ...]]:
    """Return by pair id who decided it, what and why, in the order of the decisions."""
    found: dict[int, list[Opinion]] = {}
    for pair, name, choice, reasons, note, carried_from in store.rows(_OPINIONS, (json.dumps(sorted(pairs)),)):
        found.setdefault(pair, []).append(Opinion(name, choice, parse_reasons(reasons), note, carried_from))
    return {pair: tuple(said) for pair, said in found.items()}


def readers(store: Store, run_id: int) -> list[Reader]:
    """Return the reviewers of a run's current pairs, who decided most first."""
    return [Reader(*row) for row in store.rows(_READERS, (run_id,))]


def asked_and_tags(store: Store, pairs: Collection[int]) -> dict[int, tuple[str, tuple[str, ...]]]:
    """Return by pair id what was asked at its turn, and its example's tags."""
    rows = store.rows(_PLACES, (json.dumps(sorted(pairs)),))
    return {pair: (str(asked), tuple(json.loads(tags))) for pair, asked, tags in rows}
