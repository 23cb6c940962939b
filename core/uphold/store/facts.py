"""The facts that a run's figures rest on, each as a digest of its row, and as one fingerprint that no row id enters.

A digest is over what a row says in the columns that figures, or the texts of a report, are made of. Outcomes that are kept
beside the facts (`verdicts`, `human_labels`, `events.undone`) are not facts. Digests know a row by its id in this file; the
fingerprint names examples by key and events by their own ids, so that it is the same wherever the same facts are.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from uphold.records.replayed import Fact, FactKind, PairFacts
from uphold.records.runs import Run
from uphold.records.texts import canonical
from uphold.store.database import Store

_DIGEST = 16
"""Hex digits of a fact's digest: enough to find a change, short enough to keep for every row."""

_CURRENT = "SELECT id FROM current_pairs WHERE run_id = ? ORDER BY id"

_CHOSEN = "IN (SELECT value FROM json_each(?))"

_PAIRS = f"""
SELECT p.id, p.run_id, e.key, p.turn, p.text_id, p.candidate_response_id, p.baseline_response_id, f.prefix_id
FROM pairs p JOIN examples e ON e.id = p.example_id
LEFT JOIN reference_prefixes f ON f.reference_id = e.reference_id AND f.turn = p.turn
WHERE p.id {_CHOSEN} ORDER BY p.id
"""

_TEXTS = f"SELECT id, turns, context FROM texts WHERE id {_CHOSEN}"

_RESPONSES = f"SELECT id, cells FROM responses WHERE id {_CHOSEN}"

_REFERENCES = f"SELECT id, turns FROM reference_texts WHERE id {_CHOSEN}"

_JUDGMENT_COLUMNS = (
    "judge_id, answer_order, coalesce(verdict, status), sample, purpose, status, preference, confidence, reason, raw, problem,"
    " reference_id"
)

_JUDGMENTS = f"""
SELECT pair_id, id, {_JUDGMENT_COLUMNS} FROM judgments
WHERE pair_id {_CHOSEN} AND judge_id {_CHOSEN} AND superseded_by IS NULL AND purpose IN ('verdict', 'rerun')
ORDER BY pair_id, id
"""

_SUPERSEDED = f"SELECT id, {_JUDGMENT_COLUMNS} FROM judgments WHERE superseded_by IS NOT NULL AND id {_CHOSEN}"

_EVENTS = f"""
SELECT pair_id, seq, reviewer_id, kind, choice, id, target_id, source, mode, verdict_shown, names_shown, side_a, judge_id,
    verdict, chosen, note, reference_id
FROM events WHERE pair_id {_CHOSEN} ORDER BY pair_id, seq
"""

# A reviewer without a name: by the least id of their events.
_FIRST_EVENTS = f"SELECT reviewer_id, min(id) FROM events WHERE pair_id {_CHOSEN} GROUP BY reviewer_id"

_PLACES = f"""
SELECT i.pair_id, i.queue_id, q.kind, i.position, i.stratum, i.weight, i.sort_key, i.draw
FROM queue_items i JOIN queues q ON q.id = i.queue_id WHERE i.pair_id {_CHOSEN} ORDER BY i.pair_id, i.queue_id
"""

_TAGS = f"""
SELECT p.id, t.tag FROM pairs p JOIN tags t ON t.example_id = p.example_id WHERE p.id {_CHOSEN} ORDER BY p.id, t.tag
"""

_JUDGES = f"SELECT id, name, version FROM judges WHERE id {_CHOSEN} ORDER BY name, version"

_FORGOTTEN = f"SELECT id FROM pairs WHERE id {_CHOSEN} AND text_id IN (SELECT text_id FROM forgotten_texts)"

_NAMES = "SELECT id, name FROM {} ORDER BY id"


def current_pair_ids(store: Store, run: Run) -> list[int]:
    """Return the ids of a run's current pairs, those marked broken too."""
    return [row[0] for row in store.rows(_CURRENT, (run.id,))]


def read_facts(store: Store, pair_ids: Sequence[int], judge_ids: Collection[int]) -> list[PairFacts]:
    """Return the facts on some pairs by their ids: texts, places in queues, judgments in force of some judges, all events."""
    pairs = json.dumps(list(pair_ids))
    own = _facts_by_pair(store, pairs, json.dumps(sorted(judge_ids)))
    rows = store.rows(_PAIRS, (pairs,)).fetchall()
    texts = text_facts(store, FactKind.TEXT, {row[4] for row in rows})
    responses = text_facts(store, FactKind.CANDIDATE, {number for row in rows for number in row[5:7]})
    references = text_facts(store, FactKind.REFERENCE, {row[7] for row in rows if row[7] is not None})
    found = []
    for pair, run, key, turn, text, candidate, baseline, reference in rows:
        facts = [
            Fact(FactKind.TEXT, text, texts.get(text, "")),
            Fact(FactKind.CANDIDATE, candidate, responses.get(candidate, "")),
            Fact(FactKind.BASELINE, baseline, responses.get(baseline, "")),
        ]
        if reference is not None:
            facts.append(Fact(FactKind.REFERENCE, reference, references.get(reference, "")))
        found.append(PairFacts(pair, run, key, turn, (*facts, *own.get(pair, ()))))
    return found


def text_facts(store: Store, kind: FactKind, ids: Collection[int]) -> dict[int, str]:
    """Return the digests of texts, responses or references by their row ids; those that are not there are left out."""
    sql = {FactKind.TEXT: _TEXTS, FactKind.REFERENCE: _REFERENCES}.get(kind, _RESPONSES)
    return {row[0]: _digest(row[1:]) for row in store.rows(sql, (json.dumps(sorted(ids)),))}


def superseded_judgments(store: Store, ids: Collection[int]) -> dict[int, str]:
    """Return the digests of those of some judgments that another one has superseded, by their row ids."""
    return {row[0]: _digest(row[1:]) for row in store.rows(_SUPERSEDED, (json.dumps(sorted(ids)),))}


def _facts_by_pair(store: Store, pairs: str, judges: str) -> Mapping[int, list[Fact]]:
    found: dict[int, list[Fact]] = defaultdict(list)
    for pair, queue, *place in store.rows(_PLACES, (pairs,)):
        found[pair].append(Fact(FactKind.PLACE, queue, _digest(place), label=place[0]))
    for pair, number, judge, order, verdict, *rest in store.rows(_JUDGMENTS, (pairs, judges)):
        digest = _digest((judge, order, verdict, *rest))
        found[pair].append(Fact(FactKind.JUDGMENT, number, digest, verdict, judge, order))
    for pair, seq, reviewer, kind, choice, *rest in store.rows(_EVENTS, (pairs,)):
        digest = _digest((reviewer, kind, choice, *rest))
        found[pair].append(Fact(FactKind.EVENT, seq, digest, choice or "", reviewer, kind))
    return found


def _digest(columns: Sequence[Any]) -> str:
    return hashlib.sha256(canonical(list(columns)).encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST]


def fingerprint(store: Store, pair_ids: Sequence[int], judge_ids: Collection[int], basis: Mapping[str, object]) -> str:
    """Return the sha256 of all facts on some pairs and of `basis`, which holds whatever else the figures rest on.

    It depends on no row id and on no person's name.
    """
    pairs, judges = json.dumps(list(pair_ids)), json.dumps(sorted(judge_ids))
    names = {number: [name, version] for number, name, version in store.rows(_JUDGES, (judges,))}
    digest = hashlib.sha256()
    said = sorted(_said_by_pair(store, pairs, judges, names))
    for part in (canonical(dict(basis)), canonical(sorted(names.values())), *said):
        digest.update(part.encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()


def _said_by_pair(store: Store, pairs: str, judges: str, names: Mapping[int, list[str]]) -> Iterator[str]:
    """Yield a line of canonical JSON for each pair, without row ids: events stand in their order."""
    rows = store.rows(_PAIRS, (pairs,)).fetchall()
    texts = _hashes(store, _TEXTS, {row[4] for row in rows})
    responses = _hashes(store, _RESPONSES, {number for row in rows for number in row[5:7]})
    references = _hashes(store, _REFERENCES, {row[7] for row in rows if row[7] is not None})
    lists: dict[str, dict[int, list[Any]]] = {name: defaultdict(list) for name in ("queue", "judge", "event", "tag")}
    for pair, _, *place in store.rows(_PLACES, (pairs,)):
        lists["queue"][pair].append(place)
    for pair, _, judge, *columns in store.rows(_JUDGMENTS, (pairs, judges)):
        lists["judge"][pair].append([names[judge], *columns[:-1]])
    people = dict(store.rows(_FIRST_EVENTS, (pairs,)).fetchall())
    for pair, _, reviewer, *columns in store.rows(_EVENTS, (pairs,)):
        *said, shown_judge, verdict, chosen, note, _ = columns
        lists["event"][pair].append([people[reviewer], *said, names.get(shown_judge), verdict, chosen, note])
    for pair, tag in store.rows(_TAGS, (pairs,)):
        lists["tag"][pair].append(tag)
    for pair, _, key, turn, text, candidate, baseline, reference in rows:
        judged = sorted(lists["judge"][pair], key=canonical)
        queued = sorted(lists["queue"][pair], key=canonical)
        hashes = [texts.get(text), responses.get(candidate), responses.get(baseline), references.get(reference)]
        yield canonical([key, turn, hashes, queued, judged, lists["event"][pair], lists["tag"][pair]])


def _hashes(store: Store, sql: str, ids: Collection[int]) -> dict[int | None, str]:
    """Return the sha256 of texts by their row ids."""
    rows = store.rows(sql, (json.dumps(sorted(ids)),))
    return {
        row[0]: hashlib.sha256(canonical(list(row[1:])).encode("utf-8", "surrogatepass")).hexdigest() for row in rows
    }


def forgotten_pairs(store: Store, pair_ids: Sequence[int]) -> set[int]:
    """Return the pairs whose texts were blanked by `set forget`."""
    return {row[0] for row in store.rows(_FORGOTTEN, (json.dumps(list(pair_ids)),))}


def owner_names(store: Store) -> tuple[dict[int, str], dict[int, str]]:
    """Return the names of judges and of reviewers by row id."""
    judges, reviewers = (dict(store.rows(_NAMES.format(table)).fetchall()) for table in ("judges", "reviewers"))
    return judges, reviewers


_STORED = {
    "verdict of {}": (
        "SELECT pair_id, judge_id, verdict || '/' || coalesce(candidate_first, '') || '/' || coalesce(baseline_first, '')"
        f" FROM verdicts WHERE pair_id {_CHOSEN}"
    ),
    "human label": f"SELECT pair_id, 0, label || ', ' || votes || ' votes' FROM human_labels WHERE pair_id {_CHOSEN}",
    "undone acts": (
        f"SELECT pair_id, 0, group_concat(kind || ' ' || id, ', ') FROM events WHERE undone AND pair_id {_CHOSEN}"
        " GROUP BY pair_id"
    ),
}


def stored_outcomes(store: Store, pair_ids: Sequence[int]) -> dict[tuple[str, int, int], str]:
    """Return the outcomes that are kept beside the facts on some pairs: by what it is, pair and judge (0: none)."""
    pairs = json.dumps(list(pair_ids))
    return {
        (what, pair, judge): text for what, sql in _STORED.items() for pair, judge, text in store.rows(sql, (pairs,))
    }
